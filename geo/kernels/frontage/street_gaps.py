"""Gaps in streets: a centerline that stops and goes straight on a few meters farther is one street.

`geo.kernels.frontage.nearby_streets` calls `build_gap_segments`.
"""

import numpy as np
from numba import njit

from geo.kernels.edge_index import readonly_view
from geo.kernels.frontage.nearby_parcels import list_boxes_within
from geo.kernels.frontage.rays import TOUCH_TOLERANCE_M
from geo.kernels.geometry_arrays import Lines
from geo.kernels.grid_index import Grid, grid_of
from geo.kernels.nearest_area import NONE

MAX_GAP_M = 10.0  # about the width of an intersection: a street with a longer gap may really end there
# A line that bends more goes around something, as the two lines of a divided street do.
MIN_STRAIGHT_COSINE = np.cos(np.pi / 4)
END_MARGIN_M = 1.0  # margin of the bounding box around an end


def build_gap_segments(lines: Lines, part_rows: np.ndarray, name_codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return segments that close gaps in streets: their ends (n, 4), and the lower of the two rows (n,).

    Two ends at most `MAX_GAP_M` apart are connected if they have the same row or the same name.
    Both lines must go straight on into the gap, within 45 degrees. No line of their street may
    begin at either end. `part_rows` is the row of each part. `name_codes` is by row, `NONE` if
    unknown.
    """
    first, last = lines.part_offsets[:-1], lines.part_offsets[1:] - 1
    has_length = last > first
    first, last, rows = first[has_length], last[has_length], np.tile(part_rows[has_length], 2)
    xy = np.concatenate([lines.xy[first], lines.xy[last]])
    directions = xy - np.concatenate([lines.xy[first + 1], lines.xy[last - 1]])
    if not len(xy):
        return np.empty((0, 4)), np.empty(0, np.int64)
    boxes = readonly_view(np.hstack([xy - END_MARGIN_M, xy + END_MARGIN_M]))
    ends = readonly_view(np.hstack([xy, directions]))
    pairs = find_matching_ends(ends, rows.astype(np.int64), name_codes[rows].astype(np.int64), boxes, grid_of(boxes))
    from_end, to_end = pairs.T
    return np.hstack([xy[from_end], xy[to_end]]), np.minimum(rows[from_end], rows[to_end])


@njit(cache=True, nogil=True, error_model="numpy")
def find_matching_ends(
    ends: np.ndarray, rows: np.ndarray, name_codes: np.ndarray, boxes: np.ndarray, grid: Grid
) -> np.ndarray:
    """Return pairs of ends (n, 2) that continue the same street.

    `ends` (n, 4) are the point of each end, and the direction of its line out of it.
    """
    candidates, pairs = np.empty(64, np.int64), np.empty((len(ends), 2), np.int64)
    is_connected = np.zeros(len(ends), np.bool_)
    for pass_number in range(2):  # first mark the connected ends, then pair the others
        size = 0
        for end in range(len(ends)):
            x, y = ends[end, 0], ends[end, 1]
            candidates, count = list_boxes_within(x, y, MAX_GAP_M + TOUCH_TOLERANCE_M, boxes, grid, candidates)
            for other_end in candidates[:count]:
                same_name = name_codes[end] != NONE and name_codes[end] == name_codes[other_end]
                if other_end == end or not (same_name or rows[end] == rows[other_end]):
                    continue
                distance_m = np.hypot(ends[other_end, 0] - x, ends[other_end, 1] - y)
                if pass_number == 0:
                    is_connected[end] |= distance_m <= TOUCH_TOLERANCE_M
                elif (
                    end < other_end
                    and not (is_connected[end] or is_connected[other_end])
                    and distance_m <= MAX_GAP_M + TOUCH_TOLERANCE_M
                    and _is_straight(ends[end], ends[other_end], distance_m)
                ):
                    if size == len(pairs):
                        pairs = np.concatenate((pairs, pairs))
                    pairs[size, 0], pairs[size, 1] = end, other_end
                    size += 1
    return pairs[:size]


@njit(cache=True, nogil=True, error_model="numpy")
def _is_straight(end: np.ndarray, other_end: np.ndarray, distance_m: float) -> bool:
    """Return whether both lines go straight on from end to end."""
    x, y = (other_end[0] - end[0]) / distance_m, (other_end[1] - end[1]) / distance_m
    end_progress, other_progress = end[2] * x + end[3] * y, -other_end[2] * x - other_end[3] * y
    end_length, other_length = np.hypot(end[2], end[3]), np.hypot(other_end[2], other_end[3])
    return end_progress > MIN_STRAIGHT_COSINE * end_length and other_progress > MIN_STRAIGHT_COSINE * other_length
