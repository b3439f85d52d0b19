"""The parcels on the tree's side of every street, and how far each is on that side.

The rules in `geo.kernels.frontage.choose_parcel` call `same_side_distance`. A parcel may face a
tree from several sides. It may have parts on both sides of a street, or two arms around its end. So
the shortest ray to the parcel is not enough. Every point of the outline that faces the tree is
tried. Such a point is nearer to the tree than the outline around it, and the ray reaches it from
outside the parcel.
"""

from typing import Any

import numpy as np
from numba import njit

from geo.kernels.frontage.nearby_parcels import SIDE_ACROSS, SIDE_SAME, SIDE_UNKNOWN, is_edge_above
from geo.kernels.frontage.nearby_streets import AssignedStreet, crosses_centerline
from geo.kernels.frontage.rays import TOUCH_TOLERANCE_M, nearest_point_on_edge
from geo.kernels.nearest_area import squared_distance_to_segment

SIDE_LONGER_RAY = 2  # the shortest ray to the parcel meets a centerline, but a longer one may not
RAY_END_GAP_M = 1e-3  # test this far before the end of a ray whether it comes from outside the parcel


@njit(cache=True, nogil=True, error_model="numpy")
def same_side_distance(
    parcel: Any, street: AssignedStreet, nearby_segments: np.ndarray, edges: np.ndarray, max_m: float
) -> float:
    """Return the distance of a parcel on the tree's side: the shortest ray to it that meets no centerline.

    If the tree has no side, all parcels are on its side. The result is inf if there is no such ray.
    Rays longer than the distance of the parcel count only up to `max_m`.
    """
    if not street.has_side:
        return parcel.metres
    if parcel.side == SIDE_UNKNOWN:
        parcel.side = SIDE_SAME if _has_direct_ray(parcel, nearby_segments, edges) else SIDE_LONGER_RAY
    if parcel.side == SIDE_SAME:
        return parcel.metres
    if parcel.side == SIDE_ACROSS:
        return np.inf
    distance_m = _longer_ray_distance(parcel.metres, nearby_segments, edges[parcel.first : parcel.last], max_m)
    if distance_m == np.inf:
        parcel.side = SIDE_ACROSS
    return distance_m


@njit(cache=True, nogil=True, error_model="numpy")
def _has_direct_ray(parcel: Any, nearby_segments: np.ndarray, edges: np.ndarray) -> bool:
    if parcel.metres <= TOUCH_TOLERANCE_M:
        return not crosses_centerline(0.0, 0.0, nearby_segments)
    max_squared = (parcel.metres + TOUCH_TOLERANCE_M) ** 2
    for nth in range(parcel.first, parcel.last):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        if squared_distance_to_segment(0.0, 0.0, ax, ay, bx, by) <= max_squared:
            x, y = nearest_point_on_edge(ax, ay, bx, by)
            if not crosses_centerline(x, y, nearby_segments):
                return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _longer_ray_distance(min_m: float, nearby_segments: np.ndarray, edges: np.ndarray, max_m: float) -> float:
    """Return the length of the shortest ray above `min_m` to a facing point that meets no centerline."""
    shortest_m, limit_m = np.inf, max_m + TOUCH_TOLERANCE_M
    if min_m <= TOUCH_TOLERANCE_M:
        return shortest_m
    for nth in range(len(edges)):
        x, y = nearest_point_on_edge(edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3])
        distance_m = np.sqrt(x * x + y * y)
        if distance_m <= min_m + TOUCH_TOLERANCE_M or distance_m > limit_m or distance_m >= shortest_m:
            continue
        if _is_facing_point(x, y, distance_m, edges) and not crosses_centerline(x, y, nearby_segments):
            shortest_m = distance_m
    return shortest_m


@njit(cache=True, nogil=True, error_model="numpy")
def _is_facing_point(x: float, y: float, distance_m: float, edges: np.ndarray) -> bool:
    """Return whether a point of an outline faces the tree.

    It does if it is nearer than the outline around it, and the ray reaches it from outside.
    """
    is_inside, fraction = False, 1 - RAY_END_GAP_M / distance_m
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        is_adjacent = squared_distance_to_segment(x, y, ax, ay, bx, by) <= TOUCH_TOLERANCE_M * TOUCH_TOLERANCE_M
        if (
            is_adjacent
            and squared_distance_to_segment(0.0, 0.0, ax, ay, bx, by) < (distance_m - TOUCH_TOLERANCE_M) ** 2
        ):
            return False
        is_inside ^= is_edge_above(x * fraction, y * fraction, ax, ay, bx, by)
    return not is_inside
