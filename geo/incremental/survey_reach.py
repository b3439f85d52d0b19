"""Survey reach: the parcels that the tree inventory covers, when a few of its records change.

A parcel is covered if a record of the inventory is within `survey_reach_m`. A record with others all
around it changes no coverage (see `is_interior`), so no parcel need be read for it.
"""

from collections.abc import Collection

import numpy as np
import shapely

from geo.crs import Bbox
from geo.geometry_column import is_missing_point, point_coordinates
from geo.incremental.edit_context import EditContext
from geo.incremental.neighbors import build_row_layer, read_near
from geo.incremental.row_layer import RowLayer
from geo.kernels.geometry_arrays import areas_from_shapely
from geo.kernels.within_distance import has_point_within
from geo.projected_layer import NAN_POINT
from geo.store.protocol import WriteTransaction
from geo.store.records import RowSet

LOCATION_FIELDS = {"trees": "location", "sites": "site_type"}  # the field with the kind of location
SEARCH_STEPS = (1 / 8, 1 / 3, 1.0)  # shares of the reach, searched in this order
MAX_RAY_GAP_RAD = 2 * np.pi / 3  # the widest gap between rays to other records


def survey_points(records: RowLayer, parcel_ids: np.ndarray, parcels: RowLayer, location_field: str) -> np.ndarray:
    """Return the point at which each record counts for coverage: its own, else the centroid of its parcel.

    `parcel_ids` (n,) are the frontage parcels. Points (n, 2) are in the metric CRS. They are nan if neither is
    known, and for records in parks, which say nothing about other parcels.
    """
    centroids = np.concatenate([point_coordinates(shapely.centroid(parcels.metric_geometries)), NAN_POINT])
    points = records.points.copy()
    lacks_point = is_missing_point(points)
    points[lacks_point] = centroids[parcels.rows_of_ids(parcel_ids)][lacks_point]
    points[records.normalized_text(location_field) == "park"] = np.nan
    return points


def is_interior(point: np.ndarray, other_points: np.ndarray, reach_m: float) -> bool:
    """Return whether every place within reach of `point` is also within reach of another point.

    This is so if the directions to the points within half the reach leave no gap wider than 120 degrees.
    Proof: let z be a place at distance r from `point`, with r at most the reach. Let q be one of those
    points at distance d, with a direction within 60 degrees of that of z. By the law of cosines q is at
    most sqrt(r*r + d*(d - r)) from z. For r >= d that is at most r. Else it is less than r + d, hence less
    than the reach.

    >>> ring = np.array([[9.0, 0.0], [0.0, 9.0], [-9.0, 0.0], [0.0, -9.0]])
    >>> is_interior(np.zeros(2), ring, 500.0), is_interior(np.zeros(2), ring[:3], 500.0)
    (True, False)
    """
    rays = other_points - point
    distance_m = np.hypot(rays[:, 0], rays[:, 1])
    if (distance_m == 0).any():
        return True
    rays = rays[distance_m <= reach_m / 2]
    if len(rays) < 3:
        return False
    angles = np.sort(np.arctan2(rays[:, 1], rays[:, 0]))
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    return bool(gaps.max() <= MAX_RAY_GAP_RAD)


def is_interior_to_survey(
    transaction: WriteTransaction, context: EditContext, point: np.ndarray, excluded_ids: Collection[str]
) -> bool:
    """Return whether the survey has records all around a point in meters (see `is_interior`).

    `excluded_ids` are left out: they are the edited records.
    """
    reach_m = context.settings.survey_reach_m
    bbox = context.to_lonlat_bbox(*point, *point)
    for fraction in SEARCH_STEPS:
        other_points = read_survey_points(transaction, context, bbox, reach_m / 2 * fraction, excluded_ids)
        if is_interior(point, other_points, reach_m):
            return True
    return False


def ground_ids_within_reach(transaction: WriteTransaction, context: EditContext, point: np.ndarray) -> set[str]:
    """Return the ids of the ground parcels within `survey_reach_m` of a point in meters."""
    reach_m = context.settings.survey_reach_m
    rows = read_near(transaction, "parcels", [context.to_lonlat_bbox(*point, *point)], reach_m, ("ground_id",))
    parcels = build_row_layer("parcels", rows, context)
    is_close = shapely.dwithin(parcels.metric_geometries, shapely.Point(point), reach_m + 1)
    return set(parcels.values("ground_id")[is_close])


def is_within_survey_reach(transaction: WriteTransaction, context: EditContext, geometries: np.ndarray) -> np.ndarray:
    """Return a mask of the geometries (metric CRS) with a survey record within `survey_reach_m`."""
    within_reach, reach_m = np.zeros(len(geometries), bool), context.settings.survey_reach_m
    for fraction in SEARCH_STEPS:
        remaining = np.flatnonzero(~within_reach & ~shapely.is_missing(geometries))
        if not len(remaining):
            break
        areas = areas_from_shapely(geometries[remaining])
        bbox = context.to_lonlat_bbox(*shapely.total_bounds(geometries[remaining]).tolist())
        points = read_survey_points(transaction, context, bbox, reach_m * fraction, ())
        within_reach[remaining] = has_point_within(areas, points - areas.origin, reach_m)
    remaining = np.flatnonzero(~within_reach & ~shapely.is_missing(geometries))
    if len(remaining):
        within_reach[remaining] = _is_near_parcel_centroid(transaction, context, geometries[remaining])
    return within_reach


def read_survey_points(
    transaction: WriteTransaction, context: EditContext, bbox: Bbox, distance_m: float, excluded_ids: Collection[str]
) -> np.ndarray:
    """Return the points (n, 2) in meters of survey records around a bbox, without those in parks."""
    point_arrays = [np.zeros((0, 2))]
    for layer, location_field in LOCATION_FIELDS.items():
        rows = read_near(transaction, layer, [bbox], distance_m, (location_field,))
        rows = RowSet(rows.fields, [row for row in rows.rows if row[0] not in excluded_ids])
        records = build_row_layer(layer, rows, context)
        point_arrays.append(records.points[records.normalized_text(location_field) != "park"])
    points = np.concatenate(point_arrays)
    return points[np.isfinite(points).all(axis=1)]


def _is_near_parcel_centroid(transaction: WriteTransaction, context: EditContext, geometries: np.ndarray) -> np.ndarray:
    """Return a mask of the geometries near the centroid of a parcel that has records without a point."""
    areas, reach_m = areas_from_shapely(geometries), context.settings.survey_reach_m
    bbox = context.to_lonlat_bbox(*shapely.total_bounds(geometries).tolist())
    parcels = build_row_layer("parcels", read_near(transaction, "parcels", [bbox], reach_m, ()), context)
    within_reach = np.zeros(len(geometries), bool)
    for layer, location_field in LOCATION_FIELDS.items():
        fields = (location_field, "frontage_parcel_id")
        rows = transaction.rows_where_in(layer, "frontage_parcel_id", list(parcels.values("id")), fields)
        rows_without_point = RowSet(fields, [row for row in rows.rows if row[-1] is None])
        records = build_row_layer(layer, rows_without_point, context)
        centroids = survey_points(records, records.values("frontage_parcel_id"), parcels, location_field)
        centroids = centroids[np.isfinite(centroids).all(axis=1)]
        within_reach |= has_point_within(areas, centroids - areas.origin, reach_m)
    return within_reach
