"""Points in areas, and the nearest area to each: exact, ties to the lowest row."""

from typing import NamedTuple

import numpy as np
import shapely
from numba import njit

from geo.engine.chunks import in_pieces
from geo.engine.flat import Flat, band_at, fixed
from geo.engine.grid import Grid, cell_at, grid_of, visiting_order
from geo.engine.nearest import NONE, hair_of, nearest_area, squared, truly_nearest
from geo.engine.shapes import Areas

DOUBT = 8e-16  # of the products' size: what rounding may do to a turn (Shewchuk 1997, the A bound, doubled)
CLOSE = 0.25  # of the reach: where the nearest is looked for first
OUT, IN, ON, UNSURE = 0, 1, 2, 3


class Located(NamedTuple):
    """For each point the lowest area that contains it, the next one, and the nearest where none does.

    `metres` is the distance to the nearest, inf where none is in reach.
    """

    first: np.ndarray
    second: np.ndarray
    nearest: np.ndarray
    metres: np.ndarray


def located(
    points: np.ndarray,
    areas: Areas,
    *,
    reach_m: float = 0.0,
    edge_m: float = 0.0,
    grid: Grid | None = None,
) -> Located:
    """Find what contains each point, else the nearest area within `reach_m`.

    `points` (n, 2) are seen from the areas' origin; nan is nowhere. Areas are closed: a point on an edge,
    or within `edge_m` of it, belongs to the area. Of several the lowest row. Whoever asks often
    brings the areas' `grid`, made with `edge_m` as its margin.
    """
    points, flat = fixed(points), areas.flat
    grid = grid or grid_of(areas.bounds, edge_m)
    order = visiting_order(points, grid)
    size = len(points)
    first, second, nearest = (np.full(size, NONE) for _ in range(3))
    found = Located(first, second, nearest, np.full(size, np.inf))
    unsure, tied = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    hair_m = hair_of(areas, reach_m)

    def some(low: int, high: int) -> None:
        mine = order[low:high]
        locate(
            points, mine, flat, grid, float(edge_m), float(reach_m), hair_m, *found, unsure, tied
        )

    in_pieces(some, len(order))
    for point in np.flatnonzero(tied & (first == NONE)):
        nearest[point], found.metres[point] = truly_nearest(points[point], areas, reach_m, hair_m)
    for point in np.flatnonzero(unsure):
        _settle(int(point), points[point], areas, grid, found)
    return found


def _settle(point: int, xy: np.ndarray, areas: Areas, grid: Grid, found: Located) -> None:
    """Let Shapely decide where double precision cannot: it counts as many digits as it takes."""
    column = cell_at(xy[0], grid.x, grid.per_m, grid.columns)
    cell = cell_at(xy[1], grid.y, grid.per_m, grid.rows) * grid.columns + column
    rows = grid.box[grid.start[cell] : grid.start[cell + 1]]
    here = shapely.Point(xy + areas.origin)
    within = [row for row in rows if shapely.intersects(areas.shape(row), here)]
    first, second = [*within, NONE, NONE][:2]
    found.first[point], found.second[point] = first, second
    if first != NONE:
        found.nearest[point], found.metres[point] = NONE, np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def locate(
    points: np.ndarray,
    order: np.ndarray,
    flat: Flat,
    grid: Grid,
    edge_m: float,
    reach_m: float,
    hair_m: float,
    first: np.ndarray,
    second: np.ndarray,
    nearest: np.ndarray,
    metres: np.ndarray,
    unsure: np.ndarray,
    tied: np.ndarray,
) -> None:
    """Locate the points in `order`, and mark those of which rounding may decide."""
    # Columns are taken out of their tuples once: each time would be counted as a reference.
    bounds, start, box = flat.bounds, grid.start, grid.box
    for point in order:
        x, y = points[point, 0], points[point, 1]
        column = cell_at(x, grid.x, grid.per_m, grid.columns)
        cell = cell_at(y, grid.y, grid.per_m, grid.rows) * grid.columns + column
        for nth in range(start[cell], start[cell + 1]):
            area = box[nth]
            if x < bounds[area, 0] - edge_m or x > bounds[area, 2] + edge_m:
                continue
            if y < bounds[area, 1] - edge_m or y > bounds[area, 3] + edge_m:
                continue
            where = within(x, y, flat, area, edge_m)
            if where == UNSURE:
                unsure[point] = True
            elif where == IN:
                if first[point] == NONE:
                    first[point] = area
                else:
                    second[point] = area
                    break
        if first[point] == NONE and reach_m > 0:
            # Most that stand outside stand close by: few cells hold all that may be nearer.
            near, far, tie = nearest_area(x, y, flat, grid, reach_m * CLOSE, hair_m)
            if near == NONE:
                near, far, tie = nearest_area(x, y, flat, grid, reach_m, hair_m)
            nearest[point], metres[point], tied[point] = near, far, tie


@njit(cache=True, nogil=True, error_model="numpy")
def within(x: float, y: float, flat: Flat, row: int, edge_m: float) -> int:
    """Tell whether a row, in whose box a point is, contains it: IN, OUT or UNSURE.

    The point is inside when a ray straight up crosses an odd number of edges (Shimrat 1962): those that begin
    on the one side of its x and end on the other. A vertex counts to the right.
    """
    xy, rings = flat.xy, flat.rings
    odd = False
    bands = flat.first[row + 1] - flat.first[row]
    if bands == 0:
        for ring in range(flat.rows[row], flat.rows[row + 1]):
            for edge in range(rings[ring], rings[ring + 1] - 1):
                met = meets(x, y, xy, edge, edge_m)
                if met >= ON:
                    return IN if met == ON else UNSURE
                odd ^= met == IN
        return IN if odd else OUT
    west, east = flat.bounds[row, 0], flat.bounds[row, 2]
    low = band_at(x - edge_m, west, east, bands)
    high = band_at(x + edge_m, west, east, bands)
    mine = band_at(x, west, east, bands)
    for band in range(low, high + 1):
        for nth in range(
            flat.start[flat.first[row] + band], flat.start[flat.first[row] + band + 1]
        ):
            met = meets(x, y, flat.xy, flat.edge[nth], edge_m)
            if met >= ON:
                return IN if met == ON else UNSURE
            odd ^= met == IN and band == mine
    return IN if odd else OUT


@njit(cache=True, nogil=True, error_model="numpy")
def meets(x: float, y: float, xy: np.ndarray, edge: int, edge_m: float) -> int:
    """Tell whether an edge lies above a point: IN above, OUT not, ON it, UNSURE."""
    ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
    if touches(x, y, ax, ay, bx, by, edge_m):
        return ON
    if (ax > x) == (bx > x) or y > max(ay, by):
        return OUT
    if y < min(ay, by):
        return IN
    one, other = (bx - ax) * (y - ay), (x - ax) * (by - ay)
    if edge_m == 0 and abs(one - other) <= DOUBT * (abs(one) + abs(other)):
        return UNSURE
    # The edge lies above the point when the point is on the right of one that runs rightwards.
    return IN if (one < other) == (bx > ax) else OUT


@njit(cache=True, nogil=True, error_model="numpy")
def touches(x: float, y: float, ax: float, ay: float, bx: float, by: float, edge_m: float) -> bool:
    """Tell whether a point plainly is on an edge: within `edge_m`, or at an end of it, or on an upright one."""
    if edge_m > 0:
        return (
            min(ax, bx) - edge_m <= x <= max(ax, bx) + edge_m
            and min(ay, by) - edge_m <= y <= max(ay, by) + edge_m
            and squared(x, y, ax, ay, bx, by) <= edge_m * edge_m
        )
    if x == ax and (y == ay or (ax == bx and min(ay, by) <= y <= max(ay, by))):
        return True
    return bool(x == bx and y == by)
