"""Towns in force on a date, and the town of each point and parcel.

The join calls `towns_on_date` once, then `find_home_towns` for parcels and `Towns.find_at_points` for
records. See docs/decisions/0010-home-town.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.geometry_column import is_missing_point
from geo.identifiers import TOWN_SEPARATOR, UNINCORPORATED, is_incorporated, slugify
from geo.in_force import rows_in_force
from geo.join.areas.area_shares import compute_area_shares, largest_share, overlay_zones
from geo.join.areas.containment import find_containing_areas
from geo.join.settings import JoinSettings
from geo.kernels.geometry_arrays import Areas, areas_from_shapely
from geo.kernels.grid_index import Grid, grid_of
from geo.projected_layer import NONE, NONE_VALUE, Columns, ProjectedLayer, map_distinct


@dataclass(frozen=True)
class Towns:
    """The towns in force on one date, one for each name, in the order of ids.

    `municipality_rows` (n,) are rows of the municipalities layer. If several rows share a name, it is the
    lowest id. `geometries` (n,) are polygons that do not overlap: the lower id has the ground that two
    boundaries claim. Without boundaries (`has_boundaries` False) the workspace is one area.
    """

    names: np.ndarray  # (n + 1,), with None at the end, so that names[NONE] is None
    municipality_rows: np.ndarray
    geometries: np.ndarray
    has_boundaries: bool
    town_by_text: dict[str, int] = field(default_factory=dict)  # the results of `find_by_name` so far
    grids: dict[float, Grid] = field(default_factory=dict)  # spatial indexes of the bboxes, by margin in meters

    def __len__(self) -> int:
        return len(self.municipality_rows)

    @cached_property
    def areas(self) -> Areas:
        """The geometries as `Areas`."""
        return areas_from_shapely(self.geometries)

    def find_at_points(self, points: np.ndarray, settings: JoinSettings) -> np.ndarray:
        """Find the town (position) that contains each point, or `NONE`. On a border the lowest id wins.

        `points` (n, 2) are in the metric CRS.
        """
        edge_m = settings.edge_m
        if edge_m not in self.grids:
            self.grids[edge_m] = grid_of(self.areas.bounds, edge_m)
        return find_containing_areas(points, self.areas, edge_m=edge_m, grid=self.grids[edge_m]).first

    def find_by_names(self, names: Iterable[Any]) -> np.ndarray:
        """Find the town (position) of each name or slug, or `NONE`. Case and punctuation do not matter."""
        return np.array([self.find_by_name(name) for name in names], np.int64)

    def find_by_name(self, name: Any) -> int:
        """Find the town (position) of a name or slug, or `NONE`.

        >>> towns = Towns(np.array(["Bel-Nor", None], object), np.array([4]), np.array([shapely.box(0, 0, 9, 9)]), True)
        >>> towns.find_by_name("BEL NOR"), towns.find_by_name("Normandy"), towns.find_by_name(None)
        (0, -1, -1)
        """
        if not isinstance(name, str):
            return NONE
        if name not in self.town_by_text:
            self.town_by_text[name] = self.town_by_slug.get(slugify(name), NONE)
        return self.town_by_text[name]

    def town_names_of_sources(self, sources: np.ndarray) -> np.ndarray:
        """Return the name of the town in each source name, or None.

        >>> towns = Towns(np.array(["Bel-Nor", None], object), np.array([4]), np.array([shapely.box(0, 0, 9, 9)]), True)
        >>> towns.town_names_of_sources(np.array(["bel-nor/inventory", "county"], object)).tolist()
        ['Bel-Nor', None]
        """
        town = map_distinct(sources, lambda source: self.find_by_name(source.partition(TOWN_SEPARATOR)[0]))
        names: np.ndarray = self.names[town.astype(np.int64)]
        return names

    @cached_property
    def town_by_slug(self) -> dict[str, int]:
        """The position of each town by slug. If several share a slug, it is the lowest."""
        return {slugify(name): row for row, name in reversed([*enumerate(self.names[:-1])])}


def towns_on_date(today: date, boundaries: ProjectedLayer, settings: JoinSettings) -> Towns:
    """Return the towns with boundaries in force on `today`.

    Unincorporated places have boundaries but no government, so they are not towns.
    """
    is_town = boundaries.normalized_text("kind") != UNINCORPORATED
    has_geometry = ~shapely.is_missing(boundaries.metric_geometries)
    in_force = rows_in_force(boundaries.series("valid_from"), boundaries.series("valid_to"), today)
    town_rows = np.flatnonzero(in_force & has_geometry & is_town)
    names = boundaries.series("name").to_numpy(object)[town_rows]
    first_rows, town = np.unique(names, return_index=True)[1], pd.factorize(names)[0]
    first_rows = np.sort(first_rows)
    geometries = _union_by_town(boundaries.metric_geometries[town_rows], town, len(first_rows))
    return Towns(
        names=np.append(names[first_rows], NONE_VALUE),
        municipality_rows=town_rows[first_rows],
        geometries=_remove_overlaps(geometries, settings),
        has_boundaries=len(boundaries) > 0,
    )


def find_home_towns(parcels: ProjectedLayer, towns: Towns, settings: JoinSettings) -> Columns:
    """Find the home town of each parcel: `town` (position or `NONE`), `name`, `share` and `text`.

    The home town holds most of the parcel's area. `text` lists all towns of a split parcel, as in "Bel-Nor
    0.62; Normandy 0.38", the largest first. It is nan for other parcels. If the shares do not sum to 1,
    the rest lies in no town. A parcel without geometry has its declared town. So has every parcel without
    town boundaries. A parcel outside all boundaries has no town.
    """
    town_shares = compute_area_shares(overlay_zones(parcels.areas, towns.geometries), parcels.area_m2, settings)
    town, share = largest_share(town_shares, len(parcels))
    lacks_geometry = is_missing_point(parcels.areas.bounds)
    declared_names = parcels.values("town_declared")
    town = np.where(lacks_geometry, towns.find_by_names(declared_names), town)
    name = np.where(
        lacks_geometry | (not towns.has_boundaries), declared_town_names(declared_names, towns), towns.names[town]
    )
    text = _describe_shares(town_shares, towns).reindex(range(len(parcels))).to_numpy(object)
    return {"town": town, "name": name, "share": share, "text": text}


def declared_town_names(names: np.ndarray, towns: Towns) -> np.ndarray:
    """Return declared town names as the towns spell them, else as written. Unincorporated is None."""
    stated_names = map_distinct(names, lambda name: name if name is not None and is_incorporated(name) else None)
    town = towns.find_by_names(stated_names)
    return np.where(town == NONE, stated_names, towns.names[town])


def _describe_shares(town_shares: pd.DataFrame, towns: Towns) -> pd.Series:
    """Return the text of shares for each split parcel, indexed by parcel position."""
    split_parcels = town_shares[town_shares.groupby("zone")["zone"].transform("size") > 1]
    split_parcels = split_parcels[split_parcels["area"] != NONE]
    share_text = np.char.mod(" %.2f", split_parcels["share"].to_numpy(float)).astype(object)
    descriptions = pd.Series(towns.names[split_parcels["area"]] + share_text, dtype=object)
    return descriptions.groupby(split_parcels["zone"].to_numpy()).agg("; ".join)


def _union_by_town(geometries: np.ndarray, town: np.ndarray, count: int) -> np.ndarray:
    """Return the union of the geometries of each town."""
    unions = [shapely.union_all(geometries[town == town_row]) for town_row in range(count)]
    return np.array(unions, dtype=object)


def _remove_overlaps(geometries: np.ndarray, settings: JoinSettings) -> np.ndarray:
    """Return polygons without overlaps. Ground claimed twice goes to the lower position.

    Overlaps up to `sliver_m2` stay: they are digitizing noise along borders.

    >>> polygons = np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])
    >>> shapely.area(_remove_overlaps(polygons, JoinSettings())).tolist()
    [100.0, 50.0]
    """
    first, second = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    first, second = first[first < second], second[first < second]
    overlap_m2 = shapely.area(shapely.intersection(geometries[first], geometries[second]))
    geometries = geometries.copy()
    for low, high in zip(first[overlap_m2 > settings.sliver_m2], second[overlap_m2 > settings.sliver_m2], strict=True):
        geometries[high] = shapely.difference(geometries[high], geometries[low])
    return geometries
