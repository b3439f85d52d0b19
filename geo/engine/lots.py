"""Lots as a spot sees them: how far each is, and which its ways meet first.

The edges of the lots near by are taken over once, seen from the spot. A large lot gives only those above, below and beside the
place: enough to tell what lies in it there.
"""

import numpy as np
from numba import njit

from geo.engine.flat import Flat, gathered
from geo.engine.grid import Grid, cell_at, reach
from geo.engine.nearest import NONE, squared
from geo.engine.points import IN, ON, OUT
from geo.engine.ways import TOUCH_M, beside, first_along, step_of, turned

UNKNOWN, ACROSS, FREE = -1, 0, 1  # what is known of the way to a lot

# A lot as a spot sees it: its row, its edges from `first` up to `last`, how far it is (0 inside), the same in whole
# steps, and what is known of the way to it.
NEAR = np.dtype(
    [
        *[(name, "i8") for name in ("row", "first", "last", "side")],
        *[(name, "f8") for name in ("metres", "step")],
    ]
)


@njit(cache=True, nogil=True, error_model="numpy")
def listed(
    x: float, y: float, reach_m: float, bounds: np.ndarray, grid: Grid, found: np.ndarray
) -> tuple[np.ndarray, int]:
    """List the boxes within `reach_m` of a place in `found`, or in a larger room where they need one; gives how many."""
    start, box, columns = grid.start, grid.box, grid.columns
    left, right, low, high = reach(grid, x - reach_m, y - reach_m, x + reach_m, y + reach_m)
    most = 0
    for row in range(low, high + 1):
        most += start[row * columns + right + 1] - start[row * columns + left]
    if most > len(found):
        found = np.empty(2 * most, np.int64)
    size = 0
    for row in range(low, high + 1):
        for column in range(left, right + 1):
            for nth in range(start[row * columns + column], start[row * columns + column + 1]):
                one = box[nth]
                west, south = bounds[one, 0], bounds[one, 1]
                aside = max(west - x, x - bounds[one, 2], 0.0)
                beyond = max(south - y, y - bounds[one, 3], 0.0)
                if aside * aside + beyond * beyond > reach_m * reach_m:
                    continue
                # A box that stands in several of the cells is listed in the first of them.
                if column != max(left, cell_at(west - grid.margin, grid.x, grid.per_m, columns)):
                    continue
                if row == max(low, cell_at(south - grid.margin, grid.y, grid.per_m, grid.rows)):
                    found[size] = one
                    size += 1
    return found, size


@njit(cache=True, nogil=True, error_model="numpy")
def roomy(
    lots: np.ndarray,
    size: int,
    rows: np.ndarray,
    rings: np.ndarray,
    near: np.ndarray,
    edges: np.ndarray,
    numbers: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the rooms for the listed lots and their edges, or larger ones where they need them."""
    count = 0
    for nth in range(size):
        count += rings[rows[lots[nth] + 1]] - rings[rows[lots[nth]]]
    if size > len(near) or count > len(edges):
        size, count = max(2 * size, len(near)), max(2 * count, len(edges))
        return np.empty(size, NEAR), np.empty((count, 4)), np.empty(count, np.int64)
    return near, edges, numbers


@njit(cache=True, nogil=True, error_model="numpy")
def near_lots(
    x: float,
    y: float,
    reach_m: float,
    lots: np.ndarray,
    size: int,
    flat: Flat,
    tie_m: float,
    near: np.ndarray,
    edges: np.ndarray,
    numbers: np.ndarray,
) -> int:
    """Look from (x, y) at the listed lots, and put those within reach into `near`: by their steps, then rows.

    `near`, `edges` and `numbers` are rooms large enough. Gives how many there are.
    """
    xy, rings, rows, bands = flat.xy, flat.rings, flat.rows, flat.first
    count, first = 0, 0
    for nth in range(size):
        row = lots[nth]
        if bands[row] == bands[row + 1]:
            last = _all_edges(x, y, xy, rings, rows[row], rows[row + 1], edges, first)
        else:
            found = gathered(flat, row, x - reach_m, x + reach_m, numbers)
            last = _some_edges(x, y, xy, numbers[:found], edges, first)
        metres = _distance(edges[first:last])
        if metres <= reach_m:
            _put(row, first, last, metres, step_of(metres, tie_m), near, count)
            count, first = count + 1, last
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _put(
    row: int, first: int, last: int, metres: float, step: float, near: np.ndarray, size: int
) -> None:
    place = size
    while place > 0:
        other = near[place - 1]
        if other.step < step or (other.step == step and other.row < row):
            break
        near[place] = other
        place -= 1
    one = near[place]
    one.row, one.first, one.last = row, first, last
    one.metres, one.step, one.side = metres, step, UNKNOWN


@njit(cache=True, nogil=True, error_model="numpy")
def _all_edges(
    x: float,
    y: float,
    xy: np.ndarray,
    rings: np.ndarray,
    ring: int,
    end: int,
    edges: np.ndarray,
    size: int,
) -> int:
    for nth in range(ring, end):
        ax, ay = xy[rings[nth], 0] - x, xy[rings[nth], 1] - y
        for vertex in range(rings[nth] + 1, rings[nth + 1]):
            bx, by = xy[vertex, 0] - x, xy[vertex, 1] - y
            edges[size, 0], edges[size, 1], edges[size, 2], edges[size, 3] = ax, ay, bx, by
            ax, ay, size = bx, by, size + 1
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def _some_edges(
    x: float, y: float, xy: np.ndarray, numbers: np.ndarray, edges: np.ndarray, size: int
) -> int:
    for edge in numbers:
        edges[size, 0], edges[size, 1] = xy[edge, 0] - x, xy[edge, 1] - y
        edges[size, 2], edges[size, 3] = xy[edge + 1, 0] - x, xy[edge + 1, 1] - y
        size += 1
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def _distance(edges: np.ndarray) -> float:
    """Measure how far the spot is from a lot: 0 inside."""
    best, odd = np.inf, False
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        best = min(best, squared(0.0, 0.0, ax, ay, bx, by))
        odd ^= above(0.0, 0.0, ax, ay, bx, by)
    return 0.0 if odd else np.sqrt(best)


@njit(cache=True, nogil=True, error_model="numpy")
def above(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> bool:
    """Tell whether a ray straight up from a place meets an edge; a vertex counts to the right."""
    if (ax > x) == (bx > x):
        return False
    return ((bx - ax) * (y - ay) < (x - ax) * (by - ay)) == (bx > ax)


@njit(cache=True, nogil=True, error_model="numpy")
def first_lot(
    out_x: float, out_y: float, most_m: float, near: np.ndarray, edges: np.ndarray, tie_m: float
) -> tuple[int, float]:
    """Find which of the lots the way out meets first, and how far that is; of equals the lowest row."""
    least, found, first = np.inf, NONE, np.inf
    for nth in range(len(near)):
        lot = near[nth]
        if lot.step > least:  # no way to a lot is shorter than its distance
            break
        along = 0.0
        if lot.metres > TOUCH_M:
            along = _along(out_x, out_y, edges[lot.first : lot.last])
        if along > most_m + TOUCH_M:
            continue
        step = step_of(along, tie_m)
        if step < least or (step == least and lot.row < near[found].row):
            least, found, first = step, nth, along
    return found, first


@njit(cache=True, nogil=True, error_model="numpy")
def _along(out_x: float, out_y: float, edges: np.ndarray) -> float:
    first = np.inf
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        first = min(first, first_along(ax, ay, bx, by, out_x, out_y))
    return first


@njit(cache=True, nogil=True, error_model="numpy")
def parted(out_x: float, out_y: float, metres: float, near: np.ndarray, edges: np.ndarray) -> bool:
    """Tell whether one of the lots lies between the spot and the place `metres` back along the way out."""
    for nth in range(len(near)):
        lot = near[nth]
        if lot.metres >= metres:
            continue
        if _parts(-out_x, -out_y, metres, edges[lot.first : lot.last]):
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _parts(out_x: float, out_y: float, metres: float, edges: np.ndarray) -> bool:
    """Tell whether a way of so many metres lies partly inside a lot and partly outside it.

    The way is cut wherever it comes to an edge or leaves it; of each piece the middle is looked at. A piece on
    the outline is neither inside nor outside, and what is shorter than `TOUCH_M` is no piece.
    """
    begin, inside, outside = 0.0, False, False
    while begin < metres - TOUCH_M:
        end = _next_cut(out_x, out_y, begin, metres, edges)
        if begin == 0 and end == metres:  # one piece is not both
            return False
        middle = (begin + end) / 2
        where = _stands(out_x * middle, out_y * middle, edges)
        inside |= where == IN
        outside |= where == OUT
        begin = end
    return inside and outside


@njit(cache=True, nogil=True, error_model="numpy")
def _next_cut(out_x: float, out_y: float, begin: float, end: float, edges: np.ndarray) -> float:
    for nth in range(len(edges)):
        a, a_aside = turned(edges[nth, 0], edges[nth, 1], out_x, out_y)
        b, b_aside = turned(edges[nth, 2], edges[nth, 3], out_x, out_y)
        low, high = beside(a, a_aside, b, b_aside)
        if begin + TOUCH_M < low < end:
            end = low
        if begin + TOUCH_M < high < end:
            end = high
    return end


@njit(cache=True, nogil=True, error_model="numpy")
def _stands(x: float, y: float, edges: np.ndarray) -> int:
    """Tell whether a place is IN a lot, OUT of it or ON its outline."""
    odd = False
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        if squared(x, y, ax, ay, bx, by) <= TOUCH_M * TOUCH_M:
            return ON
        odd ^= above(x, y, ax, ay, bx, by)
    return IN if odd else OUT
