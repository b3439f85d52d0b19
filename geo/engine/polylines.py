"""Lines as a vector tile draws them: projected, cut at the tile's edge, snapped to whole units and written as commands, in one pass.

Cut by Liang and Barsky's rule, 1984. Commands: Mapbox Vector Tile 2.1, section 4.3.
"""

import numpy as np
from numba import njit

from geo.engine.flat import fixed
from geo.engine.outlines import Square, projected
from geo.engine.shapes import Lines

MOST = 6  # numbers that a piece between two corners takes, where each is a line of its own
_MOVE, _LINE = 1 | 1 << 3, 2


def lined(lines: Lines, square: Square) -> tuple[np.ndarray, np.ndarray]:
    """Write lines in degrees (EPSG:4326) as commands: how many numbers each row has (0 where nothing of it is kept), and all numbers."""
    counts = np.zeros(len(lines), np.int64)
    stream = np.empty(MOST * len(lines.xy), np.int64)
    given = (fixed(lines.xy), fixed(lines.parts), fixed(lines.rows))
    used = write(*given, *lines.origin, square, counts, stream)
    return counts, stream[:used]


@njit(cache=True, nogil=True, error_model="numpy")
def write(
    xy: np.ndarray,
    parts: np.ndarray,
    rows: np.ndarray,
    x0: float,
    y0: float,
    square: Square,
    counts: np.ndarray,
    stream: np.ndarray,
) -> int:
    """Write each row's commands behind the ones before; gives how many numbers there are."""
    used = 0
    cursor, kept_ = np.zeros(2, np.int64), np.empty((len(xy) + 1, 2), np.int64)
    for row in range(len(rows) - 1):
        first = used
        cursor[:] = 0
        for part in range(rows[row], rows[row + 1]):
            size = 0
            ax, ay = projected(xy[parts[part], 0] + x0, xy[parts[part], 1] + y0, square)
            for at in range(parts[part] + 1, parts[part + 1]):
                bx, by = projected(xy[at, 0] + x0, xy[at, 1] + y0, square)
                start, end = inside(ax, ay, bx, by, square)
                if size and (start > 0.0 or start >= end):  # the line has left what is kept
                    used, size = put(kept_, size, cursor, stream, used), 0
                if start < end:
                    if not size:
                        size = add(ax + start * (bx - ax), ay + start * (by - ay), kept_, size)
                    size = add(ax + end * (bx - ax), ay + end * (by - ay), kept_, size)
                    if end < 1.0:
                        used, size = put(kept_, size, cursor, stream, used), 0
                ax, ay = bx, by
            used = put(kept_, size, cursor, stream, used)
        counts[row] = used - first
    return used


@njit(cache=True, nogil=True, error_model="numpy")
def inside(ax: float, ay: float, bx: float, by: float, square: Square) -> tuple[float, float]:
    """Tell from which share of a piece to which it is kept; nothing of it is where the first is not before the second."""
    start, end = 0.0, 1.0
    for step, room in (
        (ax - bx, ax - square.low),
        (bx - ax, square.high - ax),
        (ay - by, ay - square.low),
        (by - ay, square.high - ay),
    ):
        if step == 0.0:
            if room < 0.0:
                return 1.0, 0.0
        elif step < 0.0:
            start = max(start, room / step)
        else:
            end = min(end, room / step)
    return start, end


@njit(cache=True, nogil=True, error_model="numpy")
def add(x: float, y: float, corners: np.ndarray, size: int) -> int:
    """Add a corner on whole units, unless it falls on the one before; gives how many there are."""
    column, row = int(np.rint(x)), int(np.rint(y))
    if size and corners[size - 1, 0] == column and corners[size - 1, 1] == row:
        return size
    corners[size, 0], corners[size, 1] = column, row
    return size + 1


@njit(cache=True, nogil=True, error_model="numpy")
def put(corners: np.ndarray, size: int, cursor: np.ndarray, stream: np.ndarray, at: int) -> int:
    """Write a line from where the last one of its row ended; one of a single corner is none. Gives the place behind it."""
    if size < 2:
        return at
    stream[at] = _MOVE
    place = at + 1
    for nth in range(size):
        if nth == 1:
            stream[place] = _LINE | (size - 1) << 3
            place += 1
        step_x, step_y = corners[nth, 0] - cursor[0], corners[nth, 1] - cursor[1]
        stream[place], stream[place + 1] = step_x << 1 ^ step_x >> 63, step_y << 1 ^ step_y >> 63
        cursor[0], cursor[1] = corners[nth, 0], corners[nth, 1]
        place += 2
    return place
