"""Rays from a tree, and the edges that they meet.

The kernels of this package call these functions. All coordinates are relative to the tree, which is
(0, 0). A ray ends at a point, or runs along a unit vector (`ray_x`, `ray_y`). In ray coordinates a
point has a distance `along` the ray and an `offset` to its left.

An edge within `TOUCH_TOLERANCE_M` of a ray meets it. So rounding does not decide whether a ray
meets a centerline that it ends on, or a parcel with a corner that it passes.
"""

import numpy as np
from numba import njit

from geo.kernels.nearest_area import squared_distance_to_segment

TOUCH_TOLERANCE_M = 1e-6  # far above the rounding error of a metric coordinate (1e-9 m), far below any survey
ROUNDING_NOISE_M = 1e-9


@njit(cache=True, nogil=True, error_model="numpy")
def distance_in_steps(distance_m: float, step_m: float) -> float:
    """Return a distance in whole steps. Equal steps are a tie.

    A half goes to the even step. Within `ROUNDING_NOISE_M` a value counts as a half.

    >>> distance_in_steps(0.034, 0.01), distance_in_steps(0.025, 0.01), distance_in_steps(0.0350000001, 0.01)
    (3.0, 2.0, 4.0)
    """
    half_steps = np.rint(2 * distance_m / step_m)
    if abs(half_steps * step_m / 2 - distance_m) < ROUNDING_NOISE_M:
        return np.rint(half_steps / 2)
    return np.rint(distance_m / step_m)


@njit(cache=True, nogil=True, error_model="numpy")
def nearest_point_on_edge(ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """Return the point of an edge that is nearest to the tree.

    >>> nearest_point_on_edge(-5.0, 3.0, 10.0, 3.0), nearest_point_on_edge(4.0, 3.0, 10.0, 3.0)
    ((0.0, 3.0), (4.0, 3.0))
    """
    run, rise = bx - ax, by - ay
    length_squared = run * run + rise * rise
    along = -(ax * run + ay * rise)
    if along <= 0 or length_squared == 0:
        return ax, ay
    if along >= length_squared:
        return bx, by
    return ax + run * (along / length_squared), ay + rise * (along / length_squared)


@njit(cache=True, nogil=True, error_model="numpy")
def ray_meets_edge(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> bool:
    """Return whether the ray that ends at (x, y) meets an edge.

    They cross if the ends of each lie on both sides of the other. They touch if an end of one is
    within `TOUCH_TOLERANCE_M` of the other.
    """
    if max(ax, bx) < min(x, 0.0) - TOUCH_TOLERANCE_M or min(ax, bx) > max(x, 0.0) + TOUCH_TOLERANCE_M:
        return False
    if max(ay, by) < min(y, 0.0) - TOUCH_TOLERANCE_M or min(ay, by) > max(y, 0.0) + TOUCH_TOLERANCE_M:
        return False
    a_side, b_side = x * ay - y * ax, x * by - y * bx
    origin_side, end_side = ax * by - ay * bx, (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    if (a_side > 0) != (b_side > 0) and (origin_side > 0) != (end_side > 0):
        return True
    min_squared = min(
        squared_distance_to_segment(0.0, 0.0, ax, ay, bx, by), squared_distance_to_segment(x, y, ax, ay, bx, by)
    )
    min_squared = min(
        min_squared,
        squared_distance_to_segment(ax, ay, 0.0, 0.0, x, y),
        squared_distance_to_segment(bx, by, 0.0, 0.0, x, y),
    )
    return min_squared <= TOUCH_TOLERANCE_M * TOUCH_TOLERANCE_M


@njit(cache=True, nogil=True, error_model="numpy")
def to_ray_coordinates(x: float, y: float, ray_x: float, ray_y: float) -> tuple[float, float]:
    """Return the distance of a point along the ray, and its offset to the left.

    >>> to_ray_coordinates(3.0, 4.0, 0.0, 1.0)
    (4.0, -3.0)
    """
    return x * ray_x + y * ray_y, y * ray_x - x * ray_y


@njit(cache=True, nogil=True, error_model="numpy")
def ray_distance_to_edge(ax: float, ay: float, bx: float, by: float, ray_x: float, ray_y: float) -> float:
    """Return how far along the ray an edge is first met, inf if it is not met.

    >>> ray_distance_to_edge(-5.0, 6.0, 5.0, 6.0, 0.0, 1.0), ray_distance_to_edge(-5.0, -6.0, 5.0, -6.0, 0.0, 1.0)
    (6.0, inf)
    """
    a_along, a_offset = to_ray_coordinates(ax, ay, ray_x, ray_y)
    b_along, b_offset = to_ray_coordinates(bx, by, ray_x, ray_y)
    if min(a_offset, b_offset) > TOUCH_TOLERANCE_M or max(a_offset, b_offset) < -TOUCH_TOLERANCE_M:
        return np.inf
    if max(a_along, b_along) < -TOUCH_TOLERANCE_M:
        return np.inf
    a_on_ray, b_on_ray = abs(a_offset) <= TOUCH_TOLERANCE_M, abs(b_offset) <= TOUCH_TOLERANCE_M
    if a_on_ray and b_on_ray:  # the edge lies along the ray
        return max(min(a_along, b_along), 0.0)
    first_along_m = np.inf
    if a_on_ray and a_along >= -TOUCH_TOLERANCE_M:
        first_along_m = max(a_along, 0.0)
    if b_on_ray and b_along >= -TOUCH_TOLERANCE_M:
        first_along_m = max(b_along, 0.0)
    if (a_offset > 0) != (b_offset > 0):
        hit_m = a_along + (b_along - a_along) * (a_offset / (a_offset - b_offset))
        if hit_m >= -TOUCH_TOLERANCE_M:
            first_along_m = min(first_along_m, max(hit_m, 0.0))
    return first_along_m


@njit(cache=True, nogil=True, error_model="numpy")
def ray_range_near_edge(a_along: float, a_offset: float, b_along: float, b_offset: float) -> tuple[float, float]:
    """Return the range along the ray within which an edge is within `TOUCH_TOLERANCE_M`, inf and -inf if nowhere.

    The ends of the edge are in ray coordinates.
    """
    if min(a_offset, b_offset) > TOUCH_TOLERANCE_M or max(a_offset, b_offset) < -TOUCH_TOLERANCE_M:
        return np.inf, -np.inf
    offset_change = b_offset - a_offset
    if offset_change != 0:
        low_fraction, high_fraction = (
            (-TOUCH_TOLERANCE_M - a_offset) / offset_change,
            (TOUCH_TOLERANCE_M - a_offset) / offset_change,
        )
        begin, end = (max(min(low_fraction, high_fraction), 0.0), min(max(low_fraction, high_fraction), 1.0))
        a_along, b_along = (a_along + (b_along - a_along) * begin, a_along + (b_along - a_along) * end)
    return min(a_along, b_along), max(a_along, b_along)
