"""Choose the parcel of one tree from those near it, and the runner-up.

`geo.kernels.frontage.assign_frontage` calls `find_parcel_abreast`, then `choose_parcels`.
docs/decisions/0012 has the rules and their reasons.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from geo.kernels.frontage.nearby_parcels import find_first_parcel_on_ray, is_parcel_between
from geo.kernels.frontage.nearby_streets import (
    AssignedStreet,
    ray_distance_to_line,
    ray_distance_to_same_street,
)
from geo.kernels.frontage.rays import TOUCH_TOLERANCE_M, distance_in_steps
from geo.kernels.frontage.same_side import same_side_distance
from geo.kernels.nearest_area import NONE

METHODS = ("none", "nearest", "frontage", "median")  # by method code
METHOD_NONE, METHOD_NEAREST, METHOD_FRONTAGE, METHOD_MEDIAN = range(4)


class FrontageRules(NamedTuple):
    """The distances of the rules in meters: the settings of the join with the same names."""

    near_m: float
    edge_m: float
    street_reach_m: float
    centre_m: float
    median_m: float
    half_median_m: float
    tie_m: float


@njit(cache=True, nogil=True, error_model="numpy")
def find_parcel_abreast(
    street: AssignedStreet,
    nearby_segments: np.ndarray,
    nearby_parcels: np.ndarray,
    edges: np.ndarray,
    rules: FrontageRules,
) -> tuple[int, float]:
    """Find the parcel abreast, and how far along the ray it is: the first parcel that the ray meets.

    The ray leads from the street through the tree. There is no parcel abreast if that parcel is not
    eligible, if a parcel lies between street and tree, or if the tree has no side.
    """
    if not street.has_side:
        return NONE, 0.0
    parcel, along_m = find_first_parcel_on_ray(
        street.ray_x, street.ray_y, rules.near_m, nearby_parcels, edges, rules.tie_m
    )
    if parcel == NONE or not is_eligible(nearby_parcels[parcel], street, nearby_segments, edges, rules):
        return NONE, 0.0
    if is_parcel_between(street.ray_x, street.ray_y, street.distance_m, nearby_parcels, edges):
        return NONE, 0.0
    return parcel, along_m


@njit(cache=True, nogil=True, error_model="numpy")
def choose_parcels(
    abreast_parcel: int,
    street: AssignedStreet,
    nearby_segments: np.ndarray,
    nearby_parcels: np.ndarray,
    edges: np.ndarray,
    rules: FrontageRules,
    result: Any,
) -> None:
    """Write the parcel and the runner-up of a tree to `result`."""
    chosen, distance_m = find_best_parcel(abreast_parcel, street, nearby_segments, nearby_parcels, edges, rules)
    if is_in_median(chosen, street, nearby_segments, nearby_parcels, edges, rules):
        chosen, result.method = NONE, METHOD_MEDIAN
    elif chosen != NONE:
        result.method = METHOD_FRONTAGE if street.has_side else METHOD_NEAREST
    result.has_side = street.has_side
    if chosen != NONE:
        result.parcel, result.distance_m = nearby_parcels[chosen].row, distance_m
    runner_up, distance_m = find_runner_up(chosen, street, nearby_segments, nearby_parcels, edges, rules)
    if runner_up != NONE:
        result.runner_up, result.runner_up_distance_m = nearby_parcels[runner_up].row, distance_m


@njit(cache=True, nogil=True, error_model="numpy")
def find_best_parcel(
    abreast_parcel: int,
    street: AssignedStreet,
    nearby_segments: np.ndarray,
    nearby_parcels: np.ndarray,
    edges: np.ndarray,
    rules: FrontageRules,
) -> tuple[int, float]:
    """Find the parcel of a tree and its distance: the lowest of those as near as the one abreast, else the nearest."""
    min_step, chosen, distance_m = np.inf, NONE, np.nan
    if abreast_parcel != NONE:
        min_step = distance_in_steps(
            same_side_distance(nearby_parcels[abreast_parcel], street, nearby_segments, edges, 2 * rules.near_m),
            rules.tie_m,
        )
    abreast_step = min_step
    for nth in range(len(nearby_parcels)):
        if nearby_parcels[nth].step > min_step:  # no ray to a parcel is shorter than its distance
            break
        side_distance_m = same_side_distance(nearby_parcels[nth], street, nearby_segments, edges, 2 * rules.near_m)
        if side_distance_m > rules.near_m + rules.edge_m:
            continue
        step = distance_in_steps(side_distance_m, rules.tie_m)
        if abreast_parcel != NONE and step != abreast_step:
            continue
        if step < min_step or (
            step == min_step and (chosen == NONE or nearby_parcels[nth].row < nearby_parcels[chosen].row)
        ):
            min_step, chosen, distance_m = step, nth, side_distance_m
    return chosen, distance_m


@njit(cache=True, nogil=True, error_model="numpy")
def find_runner_up(
    chosen: int,
    street: AssignedStreet,
    nearby_segments: np.ndarray,
    nearby_parcels: np.ndarray,
    edges: np.ndarray,
    rules: FrontageRules,
) -> tuple[int, float]:
    """Find the runner-up and its distance: the nearest other parcel on the same side, else the nearest across."""
    min_step, best, best_across, distance_m = np.inf, NONE, NONE, np.nan
    for nth in range(len(nearby_parcels)):
        if nth == chosen or nearby_parcels[nth].metres > 2 * rules.near_m + TOUCH_TOLERANCE_M:
            continue
        if nearby_parcels[nth].step > min_step:
            break
        side_distance_m = same_side_distance(nearby_parcels[nth], street, nearby_segments, edges, 2 * rules.near_m)
        if side_distance_m == np.inf:
            best_across = nth if best_across == NONE else best_across
            continue
        step = distance_in_steps(side_distance_m, rules.tie_m)
        if step < min_step or (step == min_step and nearby_parcels[nth].row < nearby_parcels[best].row):
            min_step, best, distance_m = step, nth, side_distance_m
    if best == NONE and best_across != NONE:
        return best_across, nearby_parcels[best_across].metres
    return best, distance_m


@njit(cache=True, nogil=True, error_model="numpy")
def is_eligible(
    parcel: Any, street: AssignedStreet, nearby_segments: np.ndarray, edges: np.ndarray, rules: FrontageRules
) -> bool:
    """Return whether a parcel is within reach on the tree's side of the street."""
    side_distance_m = same_side_distance(parcel, street, nearby_segments, edges, 2 * rules.near_m)
    return side_distance_m <= rules.near_m + rules.edge_m


@njit(cache=True, nogil=True, error_model="numpy")
def is_in_median(
    chosen: int,
    street: AssignedStreet,
    nearby_segments: np.ndarray,
    nearby_parcels: np.ndarray,
    edges: np.ndarray,
    rules: FrontageRules,
) -> bool:
    """Return whether a tree stands in a median.

    If it has a parcel, it does so only within `half_median_m` of its street. There, a tree at a
    divided street that is drawn as one line is always in the median. All others need one of two
    things. The ray away from the street may meet the street's other line before any parcel, at most
    `median_m` from the street. Or the tree may stand on an island.
    """
    is_near_center = street.distance_m <= rules.half_median_m + TOUCH_TOLERANCE_M
    if street.row == NONE or (chosen != NONE and not is_near_center):
        return False
    if is_near_center and street.is_divided:
        return True
    remaining_m = rules.median_m - street.distance_m
    if not street.has_side or remaining_m <= 0:
        return False
    line_distance_m = ray_distance_to_same_street(street, remaining_m, nearby_segments, rules.tie_m)
    if line_distance_m < np.inf:
        _, parcel_distance_m = find_first_parcel_on_ray(
            street.ray_x, street.ray_y, remaining_m, nearby_parcels, edges, rules.tie_m
        )
        if line_distance_m < parcel_distance_m - TOUCH_TOLERANCE_M:
            return True
    return is_on_island(street, nearby_segments, nearby_parcels, edges, rules)


@njit(cache=True, nogil=True, error_model="numpy")
def is_on_island(
    street: AssignedStreet,
    nearby_segments: np.ndarray,
    nearby_parcels: np.ndarray,
    edges: np.ndarray,
    rules: FrontageRules,
) -> bool:
    """Return whether centerlines surround a tree: ahead, behind and on both sides, before any parcel.

    Opposite lines are at most `median_m` apart.
    """
    ray_x, ray_y = street.ray_x, street.ray_y
    for _ in range(2):
        width_m = 0.0
        for _ in range(2):
            line_distance_m = ray_distance_to_line(ray_x, ray_y, nearby_segments)
            _, parcel_distance_m = find_first_parcel_on_ray(
                ray_x, ray_y, rules.median_m, nearby_parcels, edges, rules.tie_m
            )
            if parcel_distance_m <= line_distance_m + TOUCH_TOLERANCE_M:
                return False
            width_m += line_distance_m
            ray_x, ray_y = -ray_x, -ray_y
        if width_m > rules.median_m + TOUCH_TOLERANCE_M:
            return False
        ray_x, ray_y = -ray_y, ray_x
    return True
