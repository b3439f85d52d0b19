"""The centerlines near a tree: which street it stands at, and which lines a ray meets.

`geo.kernels.frontage.assign_frontage` calls `build_segments` once, then `translate_segments` and
`assign_street` for each tree. Lines are split into segments, and lower lines have lower segment
numbers.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from geo.kernels.edge_index import readonly_view
from geo.kernels.frontage.rays import (
    TOUCH_TOLERANCE_M,
    distance_in_steps,
    nearest_point_on_edge,
    ray_distance_to_edge,
    ray_meets_edge,
)
from geo.kernels.frontage.street_gaps import build_gap_segments
from geo.kernels.geometry_arrays import Lines
from geo.kernels.nearest_area import NONE, squared_distance_to_segment

STREET_TIE_M = 1e-6  # two streets whose distances differ by less than about this are equally near

# A segment near a tree: from (ax, ay) to (bx, by), its number, its line and the names of that. One array of
# records is one reference to count for each call. A tuple of columns would be nine.
SEGMENT_DTYPE = np.dtype(
    [
        *[(name, "f8") for name in ("ax", "ay", "bx", "by")],
        *[(name, "i8") for name in ("number", "row", "name", "bare", "divided")],
    ]
)


@dataclass(frozen=True)
class Streets:
    """Centerlines with their names as codes (-1 if unknown), and whether each is marked as divided.

    `name_codes` (n,) are codes of full names. `base_name_codes` (n,) are codes of names without the
    street type: "Elm" of "Elm Street". Both use the same codes as `on_street` of the trees.
    """

    lines: Lines
    name_codes: np.ndarray
    base_name_codes: np.ndarray
    is_divided: np.ndarray


class Segments(NamedTuple):
    """The segments of all lines, as arrays that numba can read.

    Segment s runs from `ends[s, :2]` to `ends[s, 2:]`, has the bounding box `bounds[s]`, and
    belongs to line `line_rows[s]`. Names and `is_divided` are by line.
    """

    ends: np.ndarray
    bounds: np.ndarray
    line_rows: np.ndarray
    name_codes: np.ndarray
    base_name_codes: np.ndarray
    is_divided: np.ndarray


class AssignedStreet(NamedTuple):
    """The street at which a tree stands, its distance in meters, and the direction of the ray.

    `row` is `NONE` if no street is within reach. (`ray_x`, `ray_y`) is the unit vector from the
    nearest point of the street to the tree. `is_from_inventory` is True if the inventory names the
    street. `has_side` is True if the tree is on a known side of it.
    """

    row: int
    name_code: int
    is_divided: bool
    distance_m: float
    ray_x: float
    ray_y: float
    is_from_inventory: bool
    has_side: bool


def build_segments(streets: Streets) -> Segments:
    """Split lines into segments, and close the gaps of streets."""
    lines = streets.lines
    starts_segment = np.ones(len(lines.xy), np.bool_)
    starts_segment[lines.part_offsets[1:] - 1] = False  # no segment begins at the last vertex of a part
    first = np.flatnonzero(starts_segment)
    part = np.searchsorted(lines.part_offsets, first, side="right") - 1
    part_rows = np.searchsorted(lines.row_offsets, np.arange(len(lines.part_offsets) - 1), side="right") - 1
    gap_ends, gap_rows = build_gap_segments(lines, part_rows, streets.name_codes)
    ends = np.concatenate([np.hstack([lines.xy[first], lines.xy[first + 1]]), gap_ends])
    rows = np.concatenate([part_rows[part], gap_rows])
    order = np.argsort(rows, kind="stable")
    ends, rows = ends[order], rows[order]
    a, b = ends[:, :2], ends[:, 2:]
    return Segments(
        readonly_view(ends),
        readonly_view(np.hstack([np.minimum(a, b), np.maximum(a, b)])),
        readonly_view(rows.astype(np.int64)),
        readonly_view(streets.name_codes.astype(np.int64)),
        readonly_view(streets.base_name_codes.astype(np.int64)),
        readonly_view(streets.is_divided.astype(np.bool_)),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def translate_segments(
    x: float, y: float, segment_ids: np.ndarray, size: int, streets: Segments, segment_buffer: np.ndarray
) -> np.ndarray:
    """Copy segments relative to (x, y) into `segment_buffer`, or into a larger one, and return it."""
    if len(segment_buffer) < size:
        segment_buffer = np.empty(2 * size, SEGMENT_DTYPE)
    ends, rows = streets.ends, streets.line_rows
    names, base_names, divided = streets.name_codes, streets.base_name_codes, streets.is_divided
    for nth in range(size):
        segment_id, segment = segment_ids[nth], segment_buffer[nth]
        row = rows[segment_id]
        segment.ax, segment.ay = ends[segment_id, 0] - x, ends[segment_id, 1] - y
        segment.bx, segment.by = ends[segment_id, 2] - x, ends[segment_id, 3] - y
        segment.number, segment.row = segment_id, row
        segment.name, segment.bare, segment.divided = names[row], base_names[row], divided[row]
    return segment_buffer


@njit(cache=True, nogil=True, error_model="numpy")
def assign_street(street_code: int, nearby_segments: np.ndarray, reach_m: float, centre_m: float) -> AssignedStreet:
    """Find the street of a tree: the nearest with the name in the inventory, else the nearest of all.

    Both must be within `reach_m`. Ties go to the lowest row, and in it to the first segment. Within
    `centre_m` of its street a tree has no side.
    """
    nth = _find_nearest_segment(street_code, nearby_segments, reach_m) if street_code != NONE else NONE
    is_from_inventory = nth != NONE
    if not is_from_inventory:
        nth = _find_nearest_segment(NONE, nearby_segments, reach_m)
    if nth == NONE:
        return AssignedStreet(NONE, NONE, False, np.inf, 0.0, 0.0, False, False)
    segment = nearby_segments[nth]
    x, y = nearest_point_on_edge(segment.ax, segment.ay, segment.bx, segment.by)
    distance_m = np.sqrt(x * x + y * y)
    ray_x, ray_y = (-x / distance_m, -y / distance_m) if distance_m > 0 else (0.0, 0.0)
    has_side = distance_m > centre_m + TOUCH_TOLERANCE_M
    return AssignedStreet(
        segment.row, segment.name, segment.divided != 0, distance_m, ray_x, ray_y, is_from_inventory, has_side
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _find_nearest_segment(street_code: int, nearby_segments: np.ndarray, reach_m: float) -> int:
    """Find the nearest segment within reach. It must have the name `street_code`, unless that is `NONE`."""
    max_squared, min_step, nearest = (reach_m + TOUCH_TOLERANCE_M) ** 2, np.inf, NONE
    for nth in range(len(nearby_segments)):
        segment = nearby_segments[nth]
        if street_code not in (NONE, segment.name, segment.bare):
            continue
        squared_distance = squared_distance_to_segment(0.0, 0.0, segment.ax, segment.ay, segment.bx, segment.by)
        if squared_distance > max_squared:
            continue
        step = distance_in_steps(np.sqrt(squared_distance), STREET_TIE_M)
        if step < min_step or (step == min_step and segment.number < nearby_segments[nearest].number):
            max_squared = min(max_squared, (np.sqrt(squared_distance) + 2 * STREET_TIE_M) ** 2)
            min_step, nearest = step, nth
    return nearest


@njit(cache=True, nogil=True, error_model="numpy")
def crosses_centerline(x: float, y: float, nearby_segments: np.ndarray) -> bool:
    """Return whether the straight line from the tree to (x, y) meets a centerline."""
    for nth in range(len(nearby_segments)):
        segment = nearby_segments[nth]
        if ray_meets_edge(x, y, segment.ax, segment.ay, segment.bx, segment.by):
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def ray_distance_to_same_street(
    street: AssignedStreet, max_m: float, nearby_segments: np.ndarray, tie_m: float
) -> float:
    """Return how far ahead the ray meets the other line of its street, inf if it meets another line first.

    The other line has the same name, or both lines are marked as divided, or it is the same row
    again. Of lines at equal distances in steps of `tie_m` the lowest row counts.
    """
    min_step, first_segment, first_along_m = np.inf, NONE, np.inf
    for nth in range(len(nearby_segments)):
        segment = nearby_segments[nth]
        along_m = ray_distance_to_edge(segment.ax, segment.ay, segment.bx, segment.by, street.ray_x, street.ray_y)
        if along_m > max_m + TOUCH_TOLERANCE_M:
            continue
        step = distance_in_steps(along_m, tie_m)
        if step > min_step or (step == min_step and segment.row > nearby_segments[first_segment].row):
            continue
        if step < min_step or segment.row < nearby_segments[first_segment].row or along_m < first_along_m:
            min_step, first_segment, first_along_m = step, nth, along_m
    if first_segment == NONE:
        return np.inf
    line = nearby_segments[first_segment]
    if street.is_divided and line.divided != 0:
        return first_along_m
    return first_along_m if is_same_street(street, line.row, line.name) else np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def ray_distance_to_line(ray_x: float, ray_y: float, nearby_segments: np.ndarray) -> float:
    """Return how far ahead the ray meets any line, inf if it meets none."""
    first_along_m = np.inf
    for nth in range(len(nearby_segments)):
        segment = nearby_segments[nth]
        first_along_m = min(
            first_along_m, ray_distance_to_edge(segment.ax, segment.ay, segment.bx, segment.by, ray_x, ray_y)
        )
    return first_along_m


@njit(cache=True, nogil=True, error_model="numpy")
def is_same_street(street: AssignedStreet, row: int, name_code: int) -> bool:
    """Return whether a line is the tree's street: the same row, or one with the same name."""
    return row == street.row or (name_code == street.name_code and name_code != NONE)


@njit(cache=True, nogil=True, error_model="numpy")
def is_still_nearest(street: AssignedStreet, along_m: float, nearby_segments: np.ndarray, tie_m: float) -> bool:
    """Return whether the tree's street is still the nearest at `along_m` ahead on the ray.

    It is if no centerline is nearer to that point than the start of the ray, or if the nearest one
    belongs to the street.
    """
    x, y = street.ray_x * along_m, street.ray_y * along_m
    max_squared = max(street.distance_m + along_m - tie_m, 0.0) ** 2
    min_step, nearest = np.inf, NONE
    for nth in range(len(nearby_segments)):
        segment = nearby_segments[nth]
        squared_distance = squared_distance_to_segment(x, y, segment.ax, segment.ay, segment.bx, segment.by)
        if squared_distance >= max_squared:
            continue
        step = distance_in_steps(np.sqrt(squared_distance), STREET_TIE_M)
        if step < min_step or (step == min_step and segment.row < nearby_segments[nearest].row):
            min_step, nearest = step, nth
    return nearest == NONE or is_same_street(street, nearby_segments[nearest].row, nearby_segments[nearest].name)
