"""Who governs where: towns by date, wards, and the bodies that serve each town; and known places."""

from typing import Any

import numpy as np
import shapely

from geo.naming import slug
from geo.sample.ground import Ground
from geo.sample.limits import wards
from geo.sample.plan import Cell, Plan
from geo.sample.sites import Site
from geo.sample.tables import Table, objects
from geo.sample.words import FIRST_DAY, LAST_DAY, MERGED, STREETS, WORDS, Town

WARD_PARCELS = 40  # a town with fewer parcels has no wards
LOTS_A_SCHOOL = 350


def municipality_table(plan: Plan, limits: dict[int, shapely.Geometry], ground: Ground) -> Table:
    """Write the towns as they were and as they are: a merged town has its own row since the merger."""
    drawn_towns = [(plan.towns[i], shape) for i, shape in sorted(limits.items())]
    pair = [shape for town, shape in drawn_towns if town.name in MERGED]
    merged = len(pair) == len(MERGED)
    ended = MERGED if merged else ()
    found: list[tuple[Any, ...]] = [
        (town.name, town.kind, None, LAST_DAY if town.name in ended else None, shape)
        for town, shape in drawn_towns
    ]
    if merged:
        found.append((MERGED[0], "city", FIRST_DAY, None, shapely.coverage_union_all(pair)))
    names, kinds, since, until, shapes = (list(column) for column in zip(*found, strict=True))
    return objects(
        {
            "id": [
                slug(n) + (f"-until-{t[:4]}" if t else "")
                for n, t in zip(names, until, strict=True)
            ],
            "name": names,
            "slug": [slug(name) for name in names],
            "kind": kinds,
            "valid_from": since,
            "valid_to": until,
            "geometry": ground.shapes_in_degrees(np.array(shapes, dtype=object)),
        }
    )


def district_table(towns: list[Town]) -> Table:
    """List police, court hub and inspecting agency of each town; a town without a known hub has no row."""
    merged = {town.name for town in towns} >= set(MERGED)
    found = [
        (kind, name, one.name, LAST_DAY if merged and one.name == MERGED[1] else None)
        for one in towns
        for kind, name in _bodies(one)
        if name
    ]
    kinds, names, of, until = (list(column) for column in zip(*found, strict=True))
    ids = [
        f"{kind}-{slug(town)}" + (f"-until-{last[:4]}" if last else "")
        for kind, town, last in zip(kinds, of, until, strict=True)
    ]
    return objects(
        {
            "id": ids,
            "kind": kinds,
            "name": names,
            "town": of,
            "valid_from": None,
            "valid_to": until,
        }
    )


def _bodies(town: Town) -> list[tuple[str, str]]:
    inspects = town.inspection or f"{town.name} code inspection (illustrative)"
    police, court = WORDS["police"][town.police], WORDS["courts"][town.court]
    return [("police", police), ("court", court), ("inspection", inspects)]


def ward_table(plan: Plan, limits: dict[int, shapely.Geometry], ground: Ground) -> Table | None:
    """Draw two wards in every other large town."""
    found = [
        (plan.towns[town].name, nth, shape)
        for cell, town in _with_wards(plan, limits)
        for nth, shape in enumerate(wards(cell, limits[town], ground), 1)
    ]
    found = [row for row in found if row[2].geom_type in ("Polygon", "MultiPolygon")]
    if not found:
        return None
    shapes = np.array([shape for *_, shape in found], dtype=object)
    return objects(
        {
            "id": [f"ward-{slug(town)}-{nth}" for town, nth, _ in found],
            "kind": "ward",
            "name": [f"{town} Ward {nth}" for town, nth, _ in found],
            "town": [town for town, *_ in found],
            "geometry": ground.shapes_in_degrees(shapes),
        }
    )


def _with_wards(plan: Plan, limits: dict[int, shapely.Geometry]) -> list[tuple[Cell, int]]:
    large = [
        (cell, cell.town)
        for cell in plan.cells
        if cell.town in limits
        and plan.quota[cell.town] >= WARD_PARCELS
        and plan.towns[cell.town].name not in MERGED
    ]
    return sorted(large, key=lambda pair: pair[1])[::2]


def landmark_table(
    site: Site, parcels: Table, points: np.ndarray, rng: np.random.Generator
) -> Table | None:
    """Name the parks, a hall, schools and chapels at some of the town's addresses."""
    parks = np.flatnonzero(parcels["kind"] == "park")
    lots = np.flatnonzero((parcels["kind"] == "lot") & site.situs.has)
    schools = 1 + len(lots) // LOTS_A_SCHOOL
    some = rng.permutation(lots)[: 1 + 2 * schools]
    which = np.concatenate([parks, some])
    if not len(some):
        return None
    kinds = ["park"] * len(parks) + ["hall"] + ["school", "church"] * schools
    kinds = kinds[: len(which)]
    words = rng.permutation(np.array(STREETS, dtype=object))
    titles = {"park": "Park", "school": "School", "church": "Chapel"}
    names = [
        f"{site.town.today} Hall" if kind == "hall" else f"{words[i % len(words)]} {titles[kind]}"
        for i, kind in enumerate(kinds)
    ]
    return objects(
        {
            "id": [f"{site.prefix}-L{i}" for i in range(1, len(which) + 1)],
            "name": [f"{name} (illustrative)" for name in names],
            "kind": kinds,
            "address": parcels["address"][which],
            "geometry": shapely.points(points[which]),
        }
    )


def alias_table(plan: Plan) -> Table | None:
    """List other names of the through streets that there are."""
    there = {f"{line.name} {line.suffix}" for line in plan.lines}
    found = [(alias, street) for alias, street in WORDS["aliases"] if street in there]
    if not found:
        return None
    ids = [f"alias-{i}" for i in range(1, len(found) + 1)]
    return objects(
        {"id": ids, "alias": [a for a, _ in found], "street": [s for _, s in found], "town": None}
    )
