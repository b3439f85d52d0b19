"""Centrelines as a spot sees them: its own street, and what its ways meet.

Lines are cut into their segments, numbered so that a lower line has lower numbers. A spot looks around once (`seen`), and asks
what it saw for everything.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from geo.engine.flat import fixed
from geo.engine.gaps import bridges
from geo.engine.nearest import NONE, squared
from geo.engine.shapes import Lines
from geo.engine.ways import TOUCH_M, first_along, foot_on, meets_edge, step_of

EVEN_M = 1e-6  # two streets whose distances differ by less than about this are equally near

# A segment as a spot sees it: from (ax, ay) to (bx, by), its number, and its line with its names. One array of
# such rows is one reference to count for each call, where a tuple of columns is nine.
SEEN = np.dtype(
    [
        *[(name, "f8") for name in ("ax", "ay", "bx", "by")],
        *[(name, "i8") for name in ("number", "row", "name", "bare", "divided")],
    ]
)


@dataclass(frozen=True)
class Streets:
    """Centrelines with their names as codes (-1 where unknown), and whether they are marked as divided.

    `name` is the code of the whole name and `bare` that of the name without its type, as "Elm" of "Elm Street", from one
    list of codes with the names that are asked for.
    """

    lines: Lines
    name: np.ndarray
    bare: np.ndarray
    divided: np.ndarray


class Segments(NamedTuple):
    """Segment s runs from `ends[s, :2]` to `ends[s, 2:]`, in the box `bounds[s]`, and is of the line `row[s]`."""

    ends: np.ndarray
    bounds: np.ndarray
    row: np.ndarray
    name: np.ndarray
    bare: np.ndarray
    divided: np.ndarray


class Own(NamedTuple):
    """The street at which a spot stands (`NONE` where none is in reach), how far, and the way out from it.

    The unit vector (`out_x`, `out_y`) leads from the nearest place of the street to the spot. `told` where the
    inventory told the street, and not nearness; `sided` where the spot is on a known side of it.
    """

    street: int
    name: int
    divided: bool
    metres: float
    out_x: float
    out_y: float
    told: bool
    sided: bool


def segments_of(streets: Streets) -> Segments:
    """Cut the lines into their segments, and close the gaps of streets."""
    lines = streets.lines
    begins = np.ones(len(lines.xy), np.bool_)
    begins[lines.parts[1:] - 1] = False  # at the last vertex of a part no segment begins
    first = np.flatnonzero(begins)
    part = np.searchsorted(lines.parts, first, side="right") - 1
    row_of = np.searchsorted(lines.rows, np.arange(len(lines.parts) - 1), side="right") - 1
    missing, of_missing = bridges(lines, row_of, streets.name)
    ends = np.concatenate([np.hstack([lines.xy[first], lines.xy[first + 1]]), missing])
    row = np.concatenate([row_of[part], of_missing])
    order = np.argsort(row, kind="stable")
    ends, row = ends[order], row[order]
    a, b = ends[:, :2], ends[:, 2:]
    return Segments(
        fixed(ends),
        fixed(np.hstack([np.minimum(a, b), np.maximum(a, b)])),
        fixed(row.astype(np.int64)),
        fixed(streets.name.astype(np.int64)),
        fixed(streets.bare.astype(np.int64)),
        fixed(streets.divided.astype(np.bool_)),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def seen(
    x: float, y: float, numbers: np.ndarray, size: int, streets: Segments, room: np.ndarray
) -> np.ndarray:
    """Look at the listed segments from (x, y); gives `room` with them, or a larger one where they need it."""
    if len(room) < size:
        room = np.empty(2 * size, SEEN)
    ends, rows = streets.ends, streets.row
    names, bares, divided = streets.name, streets.bare, streets.divided
    for nth in range(size):
        number, one = numbers[nth], room[nth]
        row = rows[number]
        one.ax, one.ay = ends[number, 0] - x, ends[number, 1] - y
        one.bx, one.by = ends[number, 2] - x, ends[number, 3] - y
        one.number, one.row = number, row
        one.name, one.bare, one.divided = names[row], bares[row], divided[row]
    return room


@njit(cache=True, nogil=True, error_model="numpy")
def own_street(asked: int, around: np.ndarray, reach_m: float, centre_m: float) -> Own:
    """Find the street of a spot: the nearest of the name asked for, where one is in reach, else the nearest.

    Of equally near ones the lowest row, and of its segments the first. Within `centre_m` of it a spot has no side.
    """
    nth = _nearest(asked, around, reach_m) if asked != NONE else NONE
    told = nth != NONE
    if not told:
        nth = _nearest(NONE, around, reach_m)
    if nth == NONE:
        return Own(NONE, NONE, False, np.inf, 0.0, 0.0, False, False)
    one = around[nth]
    x, y = foot_on(one.ax, one.ay, one.bx, one.by)
    metres = np.sqrt(x * x + y * y)
    out_x, out_y = (-x / metres, -y / metres) if metres > 0 else (0.0, 0.0)
    sided = metres > centre_m + TOUCH_M
    return Own(one.row, one.name, one.divided != 0, metres, out_x, out_y, told, sided)


@njit(cache=True, nogil=True, error_model="numpy")
def _nearest(asked: int, around: np.ndarray, reach_m: float) -> int:
    """Find the nearest segment in reach, of the name asked for where it is not NONE."""
    most, least, found = (reach_m + TOUCH_M) ** 2, np.inf, NONE
    for nth in range(len(around)):
        one = around[nth]
        if asked not in (NONE, one.name, one.bare):
            continue
        far = squared(0.0, 0.0, one.ax, one.ay, one.bx, one.by)
        if far > most:
            continue
        step = step_of(np.sqrt(far), EVEN_M)
        if step < least or (step == least and one.number < around[found].number):
            most = min(most, (np.sqrt(far) + 2 * EVEN_M) ** 2)
            least, found = step, nth
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def crossed(x: float, y: float, around: np.ndarray) -> bool:
    """Tell whether the way to (x, y) meets a centreline."""
    for nth in range(len(around)):
        one = around[nth]
        if meets_edge(x, y, one.ax, one.ay, one.bx, one.by):
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def same_line_ahead(own: Own, most_m: float, around: np.ndarray, tie_m: float) -> float:
    """Tell how far ahead the way out meets the street's other line, where that is the first line that it meets; else inf.

    The other line is one of the same name, or one that is marked as divided as the own one is, or the own one again. Of lines
    met within about `tie_m` of each other, the lowest row.
    """
    least, found, first = np.inf, NONE, np.inf
    for nth in range(len(around)):
        one = around[nth]
        along = first_along(one.ax, one.ay, one.bx, one.by, own.out_x, own.out_y)
        if along > most_m + TOUCH_M:
            continue
        step = step_of(along, tie_m)
        if step > least or (step == least and one.row > around[found].row):
            continue
        if step < least or one.row < around[found].row or along < first:
            least, found, first = step, nth, along
    if found == NONE:
        return np.inf
    line = around[found]
    if own.divided and line.divided != 0:
        return first
    return first if one_street(own, line.row, line.name) else np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def line_ahead(out_x: float, out_y: float, around: np.ndarray) -> float:
    """Tell how far ahead the way out meets a line; inf where it meets none."""
    first = np.inf
    for nth in range(len(around)):
        one = around[nth]
        first = min(first, first_along(one.ax, one.ay, one.bx, one.by, out_x, out_y))
    return first


@njit(cache=True, nogil=True, error_model="numpy")
def one_street(own: Own, row: int, name: int) -> bool:
    """Tell whether a line is of the own street: the same, or one of the same name."""
    return row == own.street or (name == own.name and name != NONE)


@njit(cache=True, nogil=True, error_model="numpy")
def still_nearest(own: Own, along: float, around: np.ndarray, tie_m: float) -> bool:
    """Tell whether the own street is still the nearest `along` the way out.

    It is when no centreline is nearer there than the way from the street is long, or when the nearest that is belongs to it.
    """
    x, y = own.out_x * along, own.out_y * along
    bound = max(own.metres + along - tie_m, 0.0) ** 2
    least, found = np.inf, NONE
    for nth in range(len(around)):
        one = around[nth]
        far = squared(x, y, one.ax, one.ay, one.bx, one.by)
        if far >= bound:
            continue
        step = step_of(np.sqrt(far), EVEN_M)
        if step < least or (step == least and one.row < around[found].row):
            least, found = step, nth
    return found == NONE or one_street(own, around[found].row, around[found].name)
