"""Placement of trees and sites by their points: the parcel, the method and the confidence.

`geo.join.placement.tree_sites` calls `place_points`. The rules are in
docs/decisions/0012-frontage.md.
"""

import re
from dataclasses import astuple

import numpy as np
import shapely

from geo.geometry_column import to_shapely_points
from geo.join.areas.containment import Containment, find_containing_areas, lowest_per_group
from geo.join.areas.ground import Ground
from geo.join.placement.frontage import find_frontage
from geo.join.settings import JoinSettings
from geo.kernels.geometry_arrays import Areas
from geo.projected_layer import NONE, NONE_VALUE, Columns, ProjectedLayer, constant_column, map_distinct

# No tree stands in front of these. A tree inside a water parcel still belongs to it.
KINDS_WITHOUT_FRONTAGE = ("right_of_way", "water")
STREET_KIND = "right_of_way"
NEVER_MEDIAN_KINDS = ("lot", "unit", "master", "park")  # no medians, even if the land use says so
ROW_COLUMNS = ("inside", "parcel", "runner_up")  # columns of parcel positions


def place_points(
    hints: Columns,
    points: np.ndarray,
    parcels: ProjectedLayer,
    ground: Ground,
    streets: ProjectedLayer,
    settings: JoinSettings,
) -> Columns:
    """Place records by their points: the parcel of each, how it was found, and the runner-up.

    `hints` holds `location` (a code or None) and `on_street`. `points` (n, 2) are in the metric CRS. The
    first rule that applies decides:

    - The point is inside a park, or `location` is park and a park is within `near_m`: that park. If the
      point is outside, confidence is medium.
    - It is inside a parcel that is neither right of way nor median: that parcel, even if a right of way
      overlaps it.
    - It is inside a parcel with median as land use, or `location` is median: method "median", no parcel.
    - Else, inside a right of way or in no parcel: `find_frontage`.

    On an edge of several parcels the lowest id contains the point, and the next one is the runner-up. So
    it is where parcels overlap. Confidence is then low, unless the other one is a right of way.

    Returns `inside`, `parcel` and `runner_up` (positions in `parcels` or `NONE`), `method`, `distance_m` and
    `confidence`.
    """
    areas = ground.areas
    kind = parcels.normalized_text("kind")[ground.parcel_rows]
    is_median = _is_median(parcels)[ground.parcel_rows]
    any_containment = find_containing_areas(points, areas, edge_m=settings.edge_m)
    parcel_containment = _find_containing_parcel(
        points, areas, np.flatnonzero((kind != STREET_KIND) & ~is_median), any_containment, settings
    )
    median_containment = find_containing_areas(points, areas.take(np.flatnonzero(is_median)), edge_m=settings.edge_m)
    stated_location, kind_by_row = hints["location"], np.append(kind, "")
    stated_park = _find_stated_park(points, stated_location, parcel_containment.first, kind_by_row, areas, settings)
    in_parcel = (parcel_containment.first != NONE) & (stated_park == NONE)
    in_median = (median_containment.first != NONE) | (stated_location == "median")
    in_median &= ~in_parcel & (stated_park == NONE)
    table = _table_from_containment(any_containment, parcel_containment, kind_by_row)
    table["parcel"][in_median] = table["runner_up"][in_median] = NONE
    table["method"][in_median], table["confidence"][in_median], table["distance_m"][in_median] = "median", None, np.nan
    outside_rows = np.flatnonzero(~in_parcel & ~in_median)
    has_frontage = ~np.isin(kind, KINDS_WITHOUT_FRONTAGE) & ~is_median & (areas.area_m2 >= settings.sliver_m2)
    frontage_rows = np.flatnonzero(has_frontage)
    frontage = find_frontage(
        points[outside_rows], hints["on_street"][outside_rows], areas.take(frontage_rows), streets, settings
    )
    row_of_candidate = np.append(frontage_rows, NONE)
    table["parcel"][outside_rows] = row_of_candidate[frontage["lot"]]
    table["runner_up"][outside_rows] = row_of_candidate[frontage["runner_up"]]
    for name in ("method", "distance_m", "confidence"):
        table[name][outside_rows] = frontage[name]
    _assign_to_parks(table, points, stated_park, parcel_containment.first, areas)
    parcel_rows = np.append(ground.parcel_rows, NONE)
    return table | {name: parcel_rows[table[name]] for name in ROW_COLUMNS}


def _find_containing_parcel(
    points: np.ndarray, areas: Areas, candidate_rows: np.ndarray, any_containment: Containment, settings: JoinSettings
) -> Containment:
    """Find the candidate parcel that contains each point. Candidates are neither street nor median.

    A point on the edge of its parcel is in none, if a street or median with a lower id contains it too.
    """
    row_of_candidate = np.append(candidate_rows, NONE)
    first, second = (
        row_of_candidate[row]
        for row in astuple(find_containing_areas(points, areas.take(candidate_rows), edge_m=settings.edge_m))
    )
    edge_rows = np.flatnonzero((first != NONE) & (first != any_containment.first))
    edge_distance_m = shapely.distance(
        to_shapely_points(points[edge_rows]), shapely.boundary(_area_geometries(areas, first[edge_rows]))
    )
    first[edge_rows[edge_distance_m <= settings.edge_m]] = NONE
    return Containment(first, second)


def _find_stated_park(
    points: np.ndarray,
    stated_location: np.ndarray,
    containing_parcel: np.ndarray,
    kind_by_row: np.ndarray,
    areas: Areas,
    settings: JoinSettings,
) -> np.ndarray:
    """Find the nearest park within `near_m` for records that should stand in one but do not, else `NONE`."""
    park = np.full(len(points), NONE)
    rows = np.flatnonzero((stated_location == "park") & (kind_by_row[containing_parcel] != "park"))
    park_rows = np.flatnonzero(kind_by_row[:-1] == "park")
    if len(park_rows) and len(rows):  # an empty STRtree has no nearest geometry
        spatial_index = shapely.STRtree(_area_geometries(areas, park_rows))
        point_index, park_index = spatial_index.query_nearest(
            to_shapely_points(points[rows]), max_distance=settings.near_m
        )
        park[rows] = np.append(park_rows, NONE)[lowest_per_group(point_index, park_index, len(rows))]
    return park


def _assign_to_parks(
    table: Columns, points: np.ndarray, park: np.ndarray, containing_parcel: np.ndarray, areas: Areas
) -> None:
    """Set the stated parks in `table`. The parcel of the other rules becomes the runner-up."""
    rows = np.flatnonzero(park != NONE)
    rule_parcel = np.where(containing_parcel[rows] == NONE, table["parcel"][rows], containing_parcel[rows])
    table["runner_up"][rows] = np.where(rule_parcel == park[rows], table["runner_up"][rows], rule_parcel)
    table["parcel"][rows], table["method"][rows] = park[rows], "park"
    table["distance_m"][rows] = shapely.distance(to_shapely_points(points[rows]), _area_geometries(areas, park[rows]))
    table["confidence"][rows] = "medium"


def _area_geometries(areas: Areas, rows: np.ndarray) -> np.ndarray:
    """Return some of the areas as Shapely polygons. Each distinct area is built once."""
    geometries = {row: areas.to_shapely(row) for row in set(rows.tolist())}
    return np.array([*map(geometries.__getitem__, rows.tolist()), None], object)[:-1]


def _is_median(parcels: ProjectedLayer) -> np.ndarray:
    """Return a mask of the parcels that are medians by land use, unless their kind excludes it."""
    by_land_use = map_distinct(
        parcels.normalized_text("land_use"), lambda land_use: re.search(r"\bmedian\b", land_use) is not None
    )
    return by_land_use.astype(bool) & ~np.isin(parcels.normalized_text("kind"), NEVER_MEDIAN_KINDS)


def _table_from_containment(
    any_containment: Containment, parcel_containment: Containment, kind_by_row: np.ndarray
) -> Columns:
    """Return the placement of points by the parcel that contains them.

    The runner-up is the next area that contains the point. If that is a parcel too, confidence is low.
    """
    next_row = np.where(
        any_containment.first == parcel_containment.first, any_containment.second, any_containment.first
    )
    is_outside = parcel_containment.first == NONE
    method = constant_column("contains", len(is_outside))
    method[kind_by_row[parcel_containment.first] == "park"] = "park"
    is_tied = parcel_containment.second != NONE  # nothing says which of two parcels is meant
    confidence = np.where(is_tied, np.array("low", object), np.array("high", object))
    return {
        "inside": any_containment.first,
        "parcel": parcel_containment.first.copy(),
        "method": method,
        "distance_m": np.where(is_outside, np.nan, 0.0),
        "runner_up": np.where(parcel_containment.second == NONE, next_row, parcel_containment.second),
        "confidence": np.where(is_outside, NONE_VALUE, confidence),
    }
