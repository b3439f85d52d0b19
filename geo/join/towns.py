"""Towns as they stand on a day, and which of them a place or a parcel is in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.engine.grid import Grid, grid_of
from geo.engine.shapes import Areas, areas_from
from geo.join.inside import inside
from geo.join.measured import NONE, NOTHING, Columns, Measured, each, nowhere
from geo.join.settings import JoinSettings
from geo.join.shares import largest, parts, shares
from geo.naming import OF_TOWN, UNINCORPORATED, governs, slug


@dataclass(frozen=True)
class Towns:
    """The towns of a day, one for each name, in the order of their ids.

    `rows` gives the row of the municipalities that carries the town's figures: of several with one
    name the lowest id. `shapes` do not overlap: where limits do, the lower id has the ground.
    `loaded` tells whether there are limits at all; without, the workspace is one area.
    """

    names: np.ndarray  # object; None behind the last: names[NONE] is None
    rows: np.ndarray
    shapes: np.ndarray
    loaded: bool
    seen: dict[str, int] = field(
        default_factory=dict
    )  # what was asked for before, as it was written
    grids: dict[float, Grid] = field(default_factory=dict)  # of the boxes, by their margin

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def columns(self) -> Areas:
        """The shapes as the engine measures them, laid out once."""
        return areas_from(self.shapes)

    def at(self, points: np.ndarray, settings: JoinSettings) -> np.ndarray:
        """Find the town that contains each point; on a border the lower id."""
        margin = settings.edge_m
        if margin not in self.grids:
            self.grids[margin] = grid_of(self.columns.bounds, margin)
        return inside(points, self.columns, edge_m=margin, grid=self.grids[margin]).first

    def called(self, words: Iterable[Any]) -> np.ndarray:
        """Find the town that each text names, by name or slug in any spelling of case and dots."""
        return np.array([self.named(word) for word in words], np.int64)

    def named(self, word: Any) -> int:
        """Find the town that a text names; `NONE` for what is no text, or no town."""
        if not isinstance(word, str):
            return NONE
        if word not in self.seen:
            self.seen[word] = self.by_slug.get(slug(word), NONE)
        return self.seen[word]

    def brought(self, sources: np.ndarray) -> np.ndarray:
        """Name the town whose file brought each row, as "pagedale/inventory"; None where none did."""
        town = each(sources, lambda source: self.named(source.partition(OF_TOWN)[0]))
        names: np.ndarray = self.names[town.astype(np.int64)]
        return names

    @cached_property
    def by_slug(self) -> dict[str, int]:
        """Each town by its slug; of several the lowest."""
        return {slug(name): row for row, name in reversed([*enumerate(self.names[:-1])])}


def towns_on(today: date, limits: Measured, settings: JoinSettings) -> Towns:
    """Take the towns whose limits hold on `today`, both the first and the last day included.

    An unincorporated place has limits, and governs nobody: it is no town.
    """
    governs = limits.text("kind") != UNINCORPORATED
    drawn = ~shapely.is_missing(limits.shapes)
    valid = np.flatnonzero(holds(limits.rows, today) & drawn & governs)
    names = limits.rows["name"].to_numpy(object)[valid]
    firsts, town = np.unique(names, return_index=True)[1], pd.factorize(names)[0]
    firsts = np.sort(firsts)
    shapes = _joined(limits.shapes[valid], town, len(firsts))
    return Towns(
        names=np.append(names[firsts], NOTHING),
        rows=valid[firsts],
        shapes=_apart(shapes, settings),
        loaded=len(limits) > 0,
    )


def holds(rows: pd.DataFrame, today: date) -> np.ndarray:
    """Mark the rows that hold on a day: an open end has no limit, both ends are included."""
    day = today.isoformat()
    begun = rows["valid_from"].isna() | (rows["valid_from"] <= day)
    still = rows["valid_to"].isna() | (rows["valid_to"] >= day)
    return (begun & still).to_numpy(bool)


def homes(parcels: Measured, towns: Towns, settings: JoinSettings) -> Columns:
    """Find each parcel's home `town` (`NONE` where none), its `name`, its `share`, and the `text` of all.

    Home is the town that holds most of the parcel. The text tells every town of a parcel that a
    border truly crosses ("Bel-Nor 0.62; Normandy 0.38"), largest first; what it leaves of 1 lies in no
    town. A parcel that is not drawn, or any where no limits are loaded, has the town that the file
    declares; a drawn one beyond all limits has none.
    """
    cut = shares(parts(parcels.columns, towns.shapes), parcels.areas, settings)
    town, share = largest(cut, len(parcels))
    undrawn = nowhere(parcels.columns.bounds)
    words = parcels.values("town_declared")
    town = np.where(undrawn, towns.called(words), town)
    name = np.where(undrawn | (not towns.loaded), declared(words, towns), towns.names[town])
    text = _crossings(cut, towns).reindex(range(len(parcels))).to_numpy(object)
    return {"town": town, "name": name, "share": share, "text": text}


def declared(words: np.ndarray, towns: Towns) -> np.ndarray:
    """Name the towns that files declare: as the town writes itself, else in the file's words."""
    said = each(words, lambda word: word if word is not None and governs(word) else None)
    town = towns.called(said)
    return np.where(town == NONE, said, towns.names[town])


def _crossings(cut: pd.DataFrame, towns: Towns) -> pd.Series:
    """Tell the shares of the parcels that more than one town, or a town and no town, hold."""
    crossed = cut[cut.groupby("zone")["zone"].transform("size") > 1]
    crossed = crossed[crossed["area"] != NONE]
    share = np.char.mod(" %.2f", crossed["share"].to_numpy(float)).astype(object)
    told = pd.Series(towns.names[crossed["area"]] + share, dtype=object)
    return told.groupby(crossed["zone"].to_numpy()).agg("; ".join)


def _joined(shapes: np.ndarray, town: np.ndarray, count: int) -> np.ndarray:
    """Unite the shapes of each town."""
    several = [shapely.union_all(shapes[town == spot]) for spot in range(count)]
    return np.array(several, dtype=object)


def _apart(shapes: np.ndarray, settings: JoinSettings) -> np.ndarray:
    """Give ground that two towns claim to the first; touching and noise along borders stay."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    both = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    shapes = shapes.copy()
    for low, high in zip(
        first[both > settings.sliver_m2], second[both > settings.sliver_m2], strict=True
    ):
        shapes[high] = shapely.difference(shapes[high], shapes[low])
    return shapes
