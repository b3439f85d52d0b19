"""Gaps in streets: where a centreline breaks off and goes straight on a few metres farther, it is one street."""

import numpy as np
from numba import njit

from geo.engine.flat import fixed
from geo.engine.grid import Grid, grid_of
from geo.engine.lots import listed
from geo.engine.nearest import NONE
from geo.engine.shapes import Lines
from geo.engine.ways import TOUCH_M

GAP_M = 10.0  # about the width of a crossing: a street that breaks off for longer may have two ends
STRAIGHT = np.cos(np.pi / 4)  # what turns off by more goes round something, as lines of a couple do
ROOM_M = 1.0  # of the box about an end in the grid


def bridges(lines: Lines, row_of: np.ndarray, name: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw what is missing of streets: the ends (n, 4) of each piece, and its row (n,), the lower of the two.

    Two ends of one row or one name (codes by row, `NONE` where unknown) that are at most `GAP_M` apart are joined where both
    lines go straight on into the gap, give or take 45 degrees, and no line of their street begins at them. `row_of` is the row
    of each part.
    """
    first, last = lines.parts[:-1], lines.parts[1:] - 1
    long = last > first
    first, last, row = first[long], last[long], np.tile(row_of[long], 2)
    xy = np.concatenate([lines.xy[first], lines.xy[last]])
    out = xy - np.concatenate([lines.xy[first + 1], lines.xy[last - 1]])
    if not len(xy):
        return np.empty((0, 4)), np.empty(0, np.int64)
    boxes = fixed(np.hstack([xy - ROOM_M, xy + ROOM_M]))
    ends = fixed(np.hstack([xy, out]))
    pairs = met(ends, row.astype(np.int64), name[row].astype(np.int64), boxes, grid_of(boxes))
    one, other = pairs.T
    return np.hstack([xy[one], xy[other]]), np.minimum(row[one], row[other])


@njit(cache=True, nogil=True, error_model="numpy")
def met(
    ends: np.ndarray, row: np.ndarray, name: np.ndarray, boxes: np.ndarray, grid: Grid
) -> np.ndarray:
    """Pair the ends between which a street goes on: each is a place and the way out of the line there."""
    found, room = np.empty(64, np.int64), np.empty((len(ends), 2), np.int64)
    taken = np.zeros(len(ends), np.bool_)
    for turn in range(2):  # first see which ends are taken, then pair the others
        size = 0
        for one in range(len(ends)):
            x, y = ends[one, 0], ends[one, 1]
            found, count = listed(x, y, GAP_M + TOUCH_M, boxes, grid, found)
            for other in found[:count]:
                known = name[one] != NONE and name[one] == name[other]
                if other == one or not (known or row[one] == row[other]):
                    continue
                far = np.hypot(ends[other, 0] - x, ends[other, 1] - y)
                if turn == 0:
                    taken[one] |= far <= TOUCH_M
                elif (
                    one < other
                    and not (taken[one] or taken[other])
                    and far <= GAP_M + TOUCH_M
                    and _straight(ends[one], ends[other], far)
                ):
                    if size == len(room):
                        room = np.concatenate((room, room))
                    room[size, 0], room[size, 1] = one, other
                    size += 1
    return room[:size]


@njit(cache=True, nogil=True, error_model="numpy")
def _straight(one: np.ndarray, other: np.ndarray, far: float) -> bool:
    """Tell whether both lines go straight on from end to end."""
    x, y = (other[0] - one[0]) / far, (other[1] - one[1]) / far
    here, there = one[2] * x + one[3] * y, -other[2] * x - other[3] * y
    out, back = np.hypot(one[2], one[3]), np.hypot(other[2], other[3])
    return here > STRAIGHT * out and there > STRAIGHT * back
