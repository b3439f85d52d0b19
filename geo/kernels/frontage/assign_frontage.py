"""Assign each street tree the parcel that it stands in front of, in one compiled pass.

`geo.join.placement.frontage` calls `assign_frontage` and states the rules. docs/decisions/0012 has
the reasons. A tree is the origin of its own coordinates. The kernel first looks at the streets
around it (`nearby_streets`), then at the parcels (`nearby_parcels`). It casts rays to the parcels
(`rays`) to find those on the tree's side of the street (`same_side`).

Results do not depend on the last digit of a sum:

- Geometries touch if they come within `TOUCH_TOLERANCE_M`. A ray that begins or ends on a
  centerline meets it. A parcel that only touches the ray from the street does not separate the tree
  from the street.
- Limits are closed: a distance is within a limit if it is at most `TOUCH_TOLERANCE_M` larger. A
  tree exactly `centre_m` from its street has no side.
- Distances are compared in whole steps of `tie_m`, those of streets in steps of `STREET_TIE_M`.
  Equal steps are a tie.
- If several rays to a parcel are equally short, it is on the tree's side if one of them meets no
  centerline.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.kernels.edge_index import EdgeIndex, readonly_view
from geo.kernels.frontage.choose_parcel import METHOD_NONE, FrontageRules, choose_parcels, find_parcel_abreast
from geo.kernels.frontage.nearby_parcels import (
    PARCEL_DTYPE,
    collect_nearby_parcels,
    ensure_capacity,
    list_boxes_within,
)
from geo.kernels.frontage.nearby_streets import (
    SEGMENT_DTYPE,
    Segments,
    Streets,
    assign_street,
    build_segments,
    is_still_nearest,
    translate_segments,
)
from geo.kernels.frontage.rays import TOUCH_TOLERANCE_M
from geo.kernels.geometry_arrays import Areas
from geo.kernels.grid_index import Grid, grid_of, visiting_order
from geo.kernels.nearest_area import NONE
from geo.kernels.parallel import parallel_for

RESULT_DTYPE = np.dtype(
    [
        *[(name, "i8") for name in ("parcel", "method", "runner_up")],
        *[(name, "f8") for name in ("distance_m", "runner_up_distance_m")],
        ("has_side", "?"),
    ]
)
EMPTY_RESULT = np.array((NONE, METHOD_NONE, NONE, np.nan, np.nan, False), RESULT_DTYPE)


class FrontageResult(NamedTuple):
    """The parcel of each point, its runner-up, and the distance in meters to each.

    Rows are `NONE` and distances nan if there is no parcel. `method` is an index of `METHODS`.
    `has_side` marks the points on a known side of a known street.
    """

    parcel: np.ndarray
    method: np.ndarray
    distance_m: np.ndarray
    runner_up: np.ndarray
    runner_up_distance_m: np.ndarray
    has_side: np.ndarray


def assign_frontage(
    points: np.ndarray, on_street: np.ndarray, parcels: Areas, streets: Streets, rules: FrontageRules
) -> FrontageResult:
    """Find the parcel that each point stands in front of.

    `points` (n, 2) are relative to the common origin of parcels and streets. A point with nan has
    no parcel. `on_street` (n,) is the code of the street that the inventory names, -1 if it names
    none. Every row of `parcels` may have a frontage. Ties go to the lowest row.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely, lines_from_wkb, to_wkb_buffer
    >>> lots = [shapely.box(0, 10, 20, 40), shapely.box(20, 10, 40, 40), shapely.box(0, -40, 40, -10)]
    >>> parcels = areas_from_shapely(np.array(lots))
    >>> elm_street = np.array([shapely.LineString([(-50, 0), (90, 0)])])
    >>> lines = lines_from_wkb(*to_wkb_buffer(elm_street), parcels.origin)
    >>> streets = Streets(lines, np.array([7]), np.array([7]), np.array([False]))
    >>> trees = np.array([[5.0, 6.0], [30.0, 6.0], [30.0, -6.0]])
    >>> rules = FrontageRules(15, 0, 40, 0.1, 30, 3, 0.01)
    >>> result = assign_frontage(trees, np.array([7, -1, -1]), parcels, streets, rules)
    >>> result.parcel.tolist(), result.runner_up.tolist(), result.distance_m.tolist()
    ([0, 1, 2], [1, 0, 1], [4.0, 4.0, 4.0])
    """
    points, street_codes = (readonly_view(np.ascontiguousarray(points)), readonly_view(on_street.astype(np.int64)))
    segments = build_segments(streets)
    parcel_grid, street_grid = grid_of(parcels.bounds), grid_of(segments.bounds)
    order = visiting_order(points, parcel_grid)
    float_rules = FrontageRules(*(float(value) for value in rules))
    results = np.full(len(points), EMPTY_RESULT, RESULT_DTYPE)
    edge_index = parcels.edge_index

    def assign_range(low: int, high: int) -> None:
        assign_points(
            points, street_codes, order[low:high], edge_index, parcel_grid, segments, street_grid, float_rules, results
        )

    parallel_for(assign_range, len(order))
    return FrontageResult(*(results[name].copy() for name in FrontageResult._fields))


@njit(cache=True, nogil=True, error_model="numpy")
def assign_points(
    points: np.ndarray,
    street_codes: np.ndarray,
    order: np.ndarray,
    edge_index: EdgeIndex,
    parcel_grid: Grid,
    streets: Segments,
    street_grid: Grid,
    rules: FrontageRules,
    results: np.ndarray,
) -> None:
    """Write the parcels of the points in `order` to `results` (n,) of `RESULT_DTYPE`."""
    segment_ids, candidates, edge_ids = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(512, np.int64)
    segment_buffer, parcel_buffer, edges = np.empty(64, SEGMENT_DTYPE), np.empty(64, PARCEL_DTYPE), np.empty((512, 4))
    parcel_reach_m = max(2 * rules.near_m, rules.median_m) + TOUCH_TOLERANCE_M
    segment_reach_m = max(rules.street_reach_m + TOUCH_TOLERANCE_M, parcel_reach_m)
    for point in order:
        x, y = points[point, 0], points[point, 1]
        segment_ids, size = list_boxes_within(x, y, segment_reach_m, streets.bounds, street_grid, segment_ids)
        segment_buffer = translate_segments(x, y, segment_ids, size, streets, segment_buffer)
        nearby_segments = segment_buffer[:size]
        street = assign_street(street_codes[point], nearby_segments, rules.street_reach_m, rules.centre_m)
        reach_m = max(parcel_reach_m, street.distance_m + TOUCH_TOLERANCE_M) if street.has_side else parcel_reach_m
        candidates, size = list_boxes_within(x, y, reach_m, edge_index.bounds, parcel_grid, candidates)
        parcel_buffer, edges, edge_ids = ensure_capacity(
            candidates, size, edge_index.row_offsets, edge_index.ring_offsets, parcel_buffer, edges, edge_ids
        )
        size = collect_nearby_parcels(
            x, y, reach_m, candidates, size, edge_index, rules.tie_m, parcel_buffer, edges, edge_ids
        )
        nearby_parcels = parcel_buffer[:size]
        abreast_parcel, along_m = find_parcel_abreast(street, nearby_segments, nearby_parcels, edges, rules)
        wider_reach_m = street.distance_m + 2 * along_m  # a street this near to the tree may be nearer there
        if abreast_parcel != NONE and wider_reach_m > segment_reach_m:
            segment_ids, size = list_boxes_within(x, y, wider_reach_m, streets.bounds, street_grid, segment_ids)
            segment_buffer = translate_segments(x, y, segment_ids, size, streets, segment_buffer)
            nearby_segments = segment_buffer[:size]
        is_at_named_street = street.is_from_inventory and street.distance_m <= rules.near_m + TOUCH_TOLERANCE_M
        is_settled = abreast_parcel == NONE or is_at_named_street
        if not (is_settled or is_still_nearest(street, along_m, nearby_segments, rules.tie_m)):
            abreast_parcel = NONE
        choose_parcels(abreast_parcel, street, nearby_segments, nearby_parcels, edges, rules, results[point])
