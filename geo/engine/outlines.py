"""Outlines as a vector tile draws them: projected, snapped to whole units and written as commands, all in one pass.

What needs thought is named and left: outlines that have holes or several parts, are long, or touch themselves once they are
cut and snapped. Of a town's lots these are few. Commands: Mapbox Vector Tile 2.1, section 4.3.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numba import njit

from geo.engine.flat import fixed
from geo.engine.shapes import Areas
from geo.mercator import NORTHMOST

NONE, DRAWN, ODD = 0, 1, 2  # what becomes of a row
LONG = 96  # corners, beyond which looking at every pair of edges takes longer than GEOS does
ROOM = 2 * LONG  # for those that cutting adds
_MOVE, _LINE, _CLOSE = 1 | 1 << 3, 2, 7 | 1 << 3


class Square(NamedTuple):
    """A tile in the web's square: units around the Earth, its corner, and the least and highest unit that is kept."""

    across: float
    left: float
    top: float
    low: float
    high: float

    @classmethod
    def of(cls, across: float, corner: Sequence[float], low: float, high: float) -> Self:
        """Make one of floats alone: a kernel is compiled anew, which takes seconds, for every other kind of number."""
        left, top = corner
        return cls(float(across), float(left), float(top), float(low), float(high))


def outlined(areas: Areas, square: Square) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Write areas in degrees (EPSG:4326) as commands of polygons.

    Gives what becomes of each row (`NONE` where nothing of it lies in the tile, `DRAWN`, or `ODD` where it was left),
    how many numbers each has, and the numbers of all.
    """
    size = len(areas)
    state, counts = np.zeros(size, np.int8), np.zeros(size, np.int64)
    stream = np.empty(3 * size + 3 * len(areas.xy) + 2 * ROOM, np.int64)  # cutting adds corners
    given = (fixed(areas.xy), fixed(areas.rings), fixed(areas.rows))
    used = write(*given, *areas.origin, square, state, counts, stream)
    return state, counts, stream[:used]


@njit(cache=True, nogil=True, error_model="numpy")
def write(
    xy: np.ndarray,
    rings: np.ndarray,
    rows: np.ndarray,
    x0: float,
    y0: float,
    square: Square,
    state: np.ndarray,
    counts: np.ndarray,
    stream: np.ndarray,
) -> int:
    """Write each row's commands behind the ones before; gives how many numbers there are."""
    used = 0
    ring, spare = np.empty((ROOM, 2)), np.empty((ROOM, 2))
    corners = np.empty((ROOM, 2), np.int64)
    for row in range(len(rows) - 1):
        first, last = rings[rows[row]], rings[rows[row + 1]]
        if first == last:
            continue
        inside, beside = seen(xy, first, last, x0, y0, square)
        if beside:
            continue
        state[row] = ODD
        if rows[row + 1] - rows[row] != 1 or last - first > LONG:
            continue
        size = last - first - 1  # its end is its beginning
        for at in range(size):
            ring[at] = projected(xy[first + at, 0] + x0, xy[first + at, 1] + y0, square)
        if not inside:
            size = cut(ring, spare, size, square)
        size = snapped(ring, corners, size)
        room = len(stream) - used >= 2 * size + 3
        if size < 3 or not room or touching(corners, size):
            continue
        state[row] = DRAWN
        counts[row] = put(corners, size, stream, used)
        used += counts[row]
    return used


@njit(cache=True, nogil=True, error_model="numpy")
def projected(lon: float, lat: float, square: Square) -> tuple[float, float]:
    """Bring degrees to a tile's units, as `geo.mercator` does."""
    sine = np.sin(np.radians(min(max(lat, -NORTHMOST), NORTHMOST)))
    south = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return (lon + 180) / 360 * square.across - square.left, south * square.across - square.top


@njit(cache=True, nogil=True, error_model="numpy")
def seen(
    xy: np.ndarray, first: int, last: int, x0: float, y0: float, square: Square
) -> tuple[bool, bool]:
    """Tell whether the box of some corners lies within what is kept, and whether it lies beside that."""
    west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
    for at in range(first, last):
        west, east = min(west, xy[at, 0]), max(east, xy[at, 0])
        south, north = min(south, xy[at, 1]), max(north, xy[at, 1])
    left, top = projected(west + x0, north + y0, square)
    right, bottom = projected(east + x0, south + y0, square)
    low, high = square.low, square.high
    inside = left >= low and top >= low and right <= high and bottom <= high
    return inside, right < low or bottom < low or left > high or top > high


@njit(cache=True, nogil=True, error_model="numpy")
def cut(ring: np.ndarray, spare: np.ndarray, size: int, square: Square) -> int:
    """Cut a ring at what is kept, one edge of it after the other; gives how many corners stay, 0 where there is no room for them.

    Sutherland and Hodgman, 1974. Where several parts stay, edges lie on each other along the cut: `touching` finds them.
    """
    for turn in range(4):
        axis, sign = turn % 2, (1.0 if turn < 2 else -1.0)
        edge = square.low if turn < 2 else square.high
        kept = 0
        for at in range(size):
            then = (at + 1) % size
            here, there = sign * (ring[at, axis] - edge), sign * (ring[then, axis] - edge)
            if kept + 2 > ROOM:
                return 0
            if here >= 0:
                spare[kept] = ring[at]
                kept += 1
            if (here > 0 and there < 0) or (here < 0 and there > 0):
                share = here / (here - there)
                spare[kept] = ring[at] + share * (ring[then] - ring[at])
                spare[kept, axis] = edge
                kept += 1
        size = kept
        ring[:size] = spare[:size]
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def snapped(ring: np.ndarray, corners: np.ndarray, size: int) -> int:
    """Put corners on whole units, without those that fall on the one before; gives how many stay."""
    kept = 0
    for at in range(size):
        x, y = int(np.rint(ring[at, 0])), int(np.rint(ring[at, 1]))
        if kept and corners[kept - 1, 0] == x and corners[kept - 1, 1] == y:
            continue
        corners[kept, 0], corners[kept, 1] = x, y
        kept += 1
    closed = kept > 1 and (corners[kept - 1] == corners[0]).all()
    return kept - 1 if closed else kept


@njit(cache=True, nogil=True, error_model="numpy")
def side(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    """Tell on which side of the line from a to b a place c lies: exact, since all are small whole numbers."""
    cross = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return 1 if cross > 0 else (-1 if cross < 0 else 0)


@njit(cache=True, nogil=True, error_model="numpy")
def between(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> bool:
    """Tell whether a place c on the line through a and b lies between them."""
    return min(ax, bx) <= cx <= max(ax, bx) and min(ay, by) <= cy <= max(ay, by)


@njit(cache=True, nogil=True, error_model="numpy")
def touching(ring: np.ndarray, size: int) -> bool:
    """Tell whether a ring touches itself: two edges meet elsewhere than at the corner that they share."""
    for one in range(size):
        ax, ay = ring[one]
        bx, by = ring[(one + 1) % size]
        cx, cy = ring[(one + 2) % size]
        back = (ax - bx) * (cx - bx) + (ay - by) * (cy - by)
        if back > 0 and side(ax, ay, bx, by, cx, cy) == 0:
            return True
        for other in range(one + 2, size - (1 if one == 0 else 0)):
            cx, cy = ring[other]
            dx, dy = ring[(other + 1) % size]
            if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
                continue
            if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
                continue
            if meeting(ax, ay, bx, by, cx, cy, dx, dy):
                return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def meeting(ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int) -> bool:
    """Tell whether the edges from a to b and from c to d have a place in common."""
    c, d = side(ax, ay, bx, by, cx, cy), side(ax, ay, bx, by, dx, dy)
    a, b = side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)
    if c * d < 0 and a * b < 0:
        return True
    return (
        (c == 0 and between(ax, ay, bx, by, cx, cy))
        or (d == 0 and between(ax, ay, bx, by, dx, dy))
        or (a == 0 and between(cx, cy, dx, dy, ax, ay))
        or (b == 0 and between(cx, cy, dx, dy, bx, by))
    )


@njit(cache=True, nogil=True, error_model="numpy")
def put(ring: np.ndarray, size: int, stream: np.ndarray, at: int) -> int:
    """Write a ring from its first corner on, its area positive as the format has it; gives how many numbers that takes."""
    area = 0
    for one in range(size):
        then = (one + 1) % size
        area += ring[one, 0] * ring[then, 1] - ring[then, 0] * ring[one, 1]
    stream[at], place = _MOVE, at + 1
    last_x = last_y = 0
    for nth in range(size):
        one = nth if area > 0 else (size - nth) % size
        if nth == 1:
            stream[place] = _LINE | (size - 1) << 3
            place += 1
        step_x, step_y = ring[one, 0] - last_x, ring[one, 1] - last_y
        stream[place], stream[place + 1] = step_x << 1 ^ step_x >> 63, step_y << 1 ^ step_y >> 63
        last_x, last_y, place = ring[one, 0], ring[one, 1], place + 2
    stream[place] = _CLOSE
    return place + 1 - at
