"""Crowns that come, go or change: the canopy of the lots and towns that they or their heaps lie over."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np
import shapely

from geo.engine.overlaps import overlapping, parts
from geo.engine.shapes import areas_from
from geo.join.canopy import told_of
from geo.join.crowns import MM2, canopy_over, dissolved
from geo.join.measured import DECIMALS, Columns, xy_of
from geo.join.rasters import percent
from geo.join.towns import Towns
from geo.live.around import NotAlone, layer_of, listed, near
from geo.live.few import Few, column, merged
from geo.live.moves import Row, plain, rows_of
from geo.live.standing import Standing, ground_of_joined
from geo.live.towns import Covered
from geo.places import Bbox
from geo.store import shapes
from geo.store.protocol import Rows, Turn

FACTS = ("method", "year")
FIELDS = (*FACTS, "town")
MOST = 3000  # crowns that hang together, of which an edit is still an edit of a few rows


def crowns_of(turn: Turn, standing: Standing, ids: Iterable[str]) -> Few:
    """Read crowns as they stand, with what the join told of them last."""
    return layer_of("canopy", listed(turn, "canopy", ids, FIELDS), standing)


def crowns_again(turn: Turn, standing: Standing, was: Few, ids: Collection[str]) -> set[str]:
    """Find the towns of crowns again, and what towns have of canopy; gives the ground parcels whose canopy may differ."""
    if not ids:
        return set()
    now = crowns_of(turn, standing, ids)
    middles = shapely.point_on_surface(now.shapes)
    town = standing.towns.names[standing.towns.at(xy_of(middles), standing.settings)]
    told = {id_: {"town": name} for id_, name in zip(now.values("id"), town, strict=True)}
    turn.keep_joined("canopy", told)
    now = crowns_of(turn, standing, now.values("id"))
    for row in (*rows_of(was), *rows_of(now)):
        _amid_its_like(turn, row, {*was.values("id"), *now.values("id")})
    seeds = np.concatenate([was.shapes, now.shapes])
    present = heaps(turn, standing, [*boxes_of(was), *boxes_of(now)], seeds)
    edited = {*was.values("id"), *now.values("id")}
    others = Rows(FIELDS, [row for row in present.rows if row[0] not in edited])
    past = merged(others, was.as_rows())
    _keep_towns(turn, standing, past, present)
    boxes = [shapes.box(row[-1]) for row in (*present.rows, *past.rows)]
    lots = near(turn, "parcels", boxes, 0.0, ("ground_id",))
    return {row[2] for row in lots.rows}


def canopy_again(
    turn: Turn, standing: Standing, covered: Covered, grounds: Collection[str]
) -> dict[str, Row]:
    """Measure the canopy of ground parcels; gives for each parcel on them what is told."""
    if not grounds:
        return {}
    fields = ("town", "ground_id")
    units = layer_of(
        "parcels", turn.having("parcels", "ground_id", sorted(grounds), fields), standing
    )
    ground = ground_of_joined(units)
    shapes_, home = units.shapes[ground.rows], units.values("town")[ground.rows]
    crowns = layer_of("canopy", heaps(turn, standing, boxes_of(units), shapes_), standing)
    m2 = canopy_over(ground.areas, areas_from(dissolved(crowns.shapes), ground.areas.origin))
    crowned = np.array([covered.crowned(town) for town in home], bool)
    if any(town is None and area > 0 for town, area in zip(home, m2, strict=True)):
        raise NotAlone("a lot under canopy lies in no town")
    sure = crowned | (m2 > 0)
    desk = standing.desk({}, ground, standing.home(units))
    desk = replace(desk, rasters=() if sure.all() else standing.cells.all)
    found = told_of(
        desk, ground.areas, lambda: shapes_, m2, _facts(turn, standing, home, crowned), sure
    )
    columns = {name: plain(column) for name, column in found.items()}
    return {
        id_: {name: column[at] for name, column in columns.items()}
        for id_, at in zip(units.values("id"), ground.of.tolist(), strict=True)
    }


def _facts(turn: Turn, standing: Standing, home: np.ndarray, crowned: np.ndarray) -> Columns:
    """Give how the crowns of each lot's town were measured, as the town's own figures tell."""
    ids = {town: standing.limits[standing.town_of[town]] for town in set(home[crowned])}
    names = ("canopy_method", "canopy_year")
    rows = turn.having("municipalities", "id", sorted(ids.values()), names, shaped=False).rows
    told = {row[0]: row[2:4] for row in rows}
    each = [
        told[ids[town]] if known else (None, None)
        for town, known in zip(home, crowned, strict=True)
    ]
    return {name: column([one[nth] for one in each]) for nth, name in enumerate(names)}


def _keep_towns(turn: Turn, standing: Standing, past: Rows, present: Rows) -> None:
    """Add to the canopy of towns what crowns cover now, and take away what they covered."""
    towns = standing.towns
    before, after = (
        _over_towns(towns, layer_of("canopy", rows, standing)) for rows in (past, present)
    )
    more = np.rint((after - before) * MM2)
    areas = towns.columns.m2
    for town in np.flatnonzero(more):
        if not turn.some("canopy", "town", towns.names[town], 1):
            continue  # cells tell about it
        id_ = standing.limits[town]
        (row,) = turn.having("municipalities", "id", [id_], ("canopy_m2",), shaped=False).rows
        m2 = (np.rint(row[2] * MM2) + more[town]) / MM2
        pct = percent(np.array([m2]), areas[town : town + 1]).round(DECIMALS)
        turn.keep_joined(
            "municipalities", {id_: {"canopy_m2": float(m2), "canopy_pct": float(pct[0])}}
        )


def _amid_its_like(turn: Turn, row: Row, but: set[str]) -> None:
    """Make sure that a town has another crown measured in the same way: else what is told of all its lots may change."""
    if row["town"] is None:
        raise NotAlone("a crown lies in no town")
    others = turn.some("canopy", "town", row["town"], len(but) + 50)
    told = listed(turn, "canopy", set(others) - but, FACTS)
    if not any(one[2:4] == (row["method"], row["year"]) for one in told.rows):
        raise NotAlone(f"a crown in {row['town']} is measured as no other there")


def _over_towns(towns: Towns, crowns: Few) -> np.ndarray:
    """Measure the canopy of towns as `canopy_over_large` does, without laying them out anew."""
    pieces = areas_from(dissolved(crowns.shapes), towns.columns.origin)
    cut = parts(pieces, towns.columns)
    return np.bincount(cut.area, np.rint(cut.m2 * MM2), len(towns)) / MM2


def heaps(turn: Turn, standing: Standing, boxes: list[Bbox], seeds: np.ndarray) -> Rows:
    """Read the crowns that hang together, through crowns that share ground, with any of the `seeds` (shapes in metres)."""
    found, members = Rows(FIELDS, []), set[str]()
    while boxes:
        found = merged(found, near(turn, "canopy", boxes, 0.0, FIELDS))
        if len(found.rows) > MOST:
            raise NotAlone(f"more than {MOST:,} crowns hang together")
        crowns = layer_of("canopy", found, standing)
        hanging = _hanging(crowns, seeds)
        new = [
            row
            for row, id_ in enumerate(crowns.values("id"))
            if hanging[row] and id_ not in members
        ]
        members |= set(crowns.values("id")[new])
        boxes = [shapes.box(crowns.wkbs[row]) for row in new]
    return Rows(FIELDS, [row for row in found.rows if row[0] in members])


def _hanging(crowns: Few, seeds: np.ndarray) -> np.ndarray:
    """Mark the crowns that share ground with a seed, or with a crown that hangs on one."""
    together = np.concatenate([crowns.shapes, seeds])
    one, other = overlapping(areas_from(together))
    marks = np.zeros(len(together), bool)
    marks[len(crowns) :] = True
    # A seed that is one of the crowns shares all its ground with itself.
    while True:
        more = marks.copy()
        more[one] |= marks[other]
        more[other] |= marks[one]
        if (more == marks).all():
            return marks[: len(crowns)]
        marks = more


def boxes_of(few: Few) -> list[Bbox]:
    """Give the boxes of some rows in degrees."""
    return [shapes.box(wkb) for wkb in few.wkbs if wkb is not None]
