"""The nearest area to a point: by its outline, of equally near ones the lowest row.

Distances are compared in double precision. Where two are so close that rounding could decide, the kernel says so, and exact
fractions do.
"""

from fractions import Fraction
from itertools import pairwise
from math import sqrt

import numpy as np
from numba import njit

from geo.engine.flat import Flat, band_at
from geo.engine.grid import Grid, cell_at, reach
from geo.engine.shapes import Areas

NONE = -1  # the row that stands for none
PAST, ALONG, UNSURE = 0, 1, 2
# Of the lengths that come in, what rounding may do to a distance. With u = 2**-53, an edge of length L and a point d from it,
# each product of `squared` is at most L * (L + d), and the distance off by less than 8u * (L + d); this is ten times as much.
HAIR = 1e-14


def hair_of(areas: Areas, reach_m: float) -> float:
    """Tell by how many metres a distance of at most `reach_m` from areas may be off."""
    return HAIR * (2 * areas.widest + reach_m)


def truly_nearest(xy: np.ndarray, areas: Areas, reach_m: float, hair_m: float) -> tuple[int, float]:
    """Find the nearest area by exact fractions; of equals the lowest row. NONE and inf beyond the reach."""
    x, y = xy.tolist()
    beyond = np.maximum(areas.bounds[:, :2] - xy, xy - areas.bounds[:, 2:]).clip(0)
    rows = np.flatnonzero(np.hypot(*beyond.T) <= reach_m + hair_m)
    most = (reach_m + hair_m) ** 2
    metres = np.sqrt([outline(x, y, areas.flat, row, most) for row in rows.tolist()])
    rows = rows[metres <= min(metres.min(initial=np.inf) + 2 * hair_m, reach_m + hair_m)]
    square, row = min(
        ((_exactly(x, y, areas, row), row) for row in rows.tolist()), default=(None, NONE)
    )
    if square is None or square > Fraction(reach_m) ** 2:
        return NONE, np.inf
    return row, sqrt(square)


def _exactly(x: float, y: float, areas: Areas, row: int) -> Fraction:
    """Measure the squared distance from a row's outline, in fractions."""
    rings = areas.rings[areas.rows[row] : areas.rows[row + 1] + 1].tolist()
    ends = (
        areas.xy[edge : edge + 2].tolist() for a, b in pairwise(rings) for edge in range(a, b - 1)
    )
    return min(_exact_edge(Fraction(x), Fraction(y), *one, *other) for one, other in ends)


def _exact_edge(x: Fraction, y: Fraction, *ends: float) -> Fraction:
    ax, ay, bx, by = map(Fraction, ends)
    run, rise = bx - ax, by - ay
    long = run * run + rise * rise
    along = (x - ax) * run + (y - ay) * rise
    if along <= 0 or along >= long:
        return min((x - ax) ** 2 + (y - ay) ** 2, (x - bx) ** 2 + (y - by) ** 2)
    return Fraction((run * (y - ay) - (x - ax) * rise) ** 2 / long)


@njit(cache=True, nogil=True, error_model="numpy")
def nearest_area(
    x: float, y: float, flat: Flat, grid: Grid, reach_m: float, hair_m: float
) -> tuple[int, float, bool]:
    """Find the area whose outline is nearest to a point, and how far; NONE and inf beyond the reach.

    Tells too whether another may be as near, or the reach as far: within `hair_m` rounding would decide.
    """
    best, limit, found = reach_m * reach_m, (reach_m + hair_m) ** 2, NONE
    rival, even = np.inf, False
    bounds, start, box = flat.bounds, grid.start, grid.box
    far_m = reach_m + hair_m
    left, right, low, high = reach(grid, x - far_m, y - far_m, x + far_m, y + far_m)
    for row in range(low, high + 1):
        for column in range(left, right + 1):
            cell = row * grid.columns + column
            for nth in range(start[cell], start[cell + 1]):
                area = box[nth]
                if off(x, y, bounds, area) > limit or not opens(
                    bounds, area, grid, column, left, row, low
                ):
                    continue
                far = outline(x, y, flat, area, limit)
                if far == best and found != NONE:
                    found, even = min(found, area), True
                elif far <= best:
                    if found != NONE:
                        rival = best
                    best, found, even = far, area, False
                    limit = (np.sqrt(best) + hair_m) ** 2
                else:
                    rival = min(rival, far)
    if even and unlike(x, y, flat, grid, best, limit, found):
        rival = best
    if found == NONE:
        return NONE, np.inf, rival <= limit
    return found, np.sqrt(best), rival <= limit or np.sqrt(best) + hair_m >= reach_m


@njit(cache=True, nogil=True, error_model="numpy")
def unlike(x: float, y: float, flat: Flat, grid: Grid, far: float, most: float, found: int) -> bool:
    """Tell whether any area is as `far` from a point as the one that was found, but by another vertex or edge.

    What is not farther than `most` may be as near.
    """
    far_m = np.sqrt(most)
    ax, ay, bx, by = foot(x, y, flat, found, most)
    left, right, low, high = reach(grid, x - far_m, y - far_m, x + far_m, y + far_m)
    for row in range(low, high + 1):
        for column in range(left, right + 1):
            cell = row * grid.columns + column
            for nth in range(grid.start[cell], grid.start[cell + 1]):
                if outline(x, y, flat, grid.box[nth], most) == far:
                    cx, cy, dx, dy = foot(x, y, flat, grid.box[nth], most)
                    if ax != cx or ay != cy or bx != dx or by != dy:
                        return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def off(x: float, y: float, bounds: np.ndarray, area: int) -> float:
    """Measure the squared distance of a point from a box."""
    aside = max(bounds[area, 0] - x, x - bounds[area, 2], 0.0)
    above = max(bounds[area, 1] - y, y - bounds[area, 3], 0.0)
    return float(aside * aside + above * above)


@njit(cache=True, nogil=True, error_model="numpy")
def opens(
    bounds: np.ndarray, area: int, grid: Grid, column: int, left: int, row: int, low: int
) -> bool:
    """Tell whether a cell is the first of those from `left` and `low` on in which a box stands.

    There an area that stands in several of the cells is measured.
    """
    west = cell_at(bounds[area, 0] - grid.margin, grid.x, grid.per_m, grid.columns)
    south = cell_at(bounds[area, 1] - grid.margin, grid.y, grid.per_m, grid.rows)
    return column == max(left, west) and row == max(low, south)


@njit(cache=True, nogil=True, error_model="numpy")
def foot(
    x: float, y: float, flat: Flat, row: int, most: float
) -> tuple[float, float, float, float]:
    """Give the edge of a row that is not farther than `most` from a point, or twice the vertex; nan where it may be several."""
    ax = ay = bx = by = np.nan
    xy, rings = flat.xy, flat.rings
    for ring in range(flat.rows[row], flat.rows[row + 1]):
        for edge in range(rings[ring], rings[ring + 1] - 1):
            if of_edge(x, y, xy, edge) > most:
                continue
            cx, cy, dx, dy = end_or_edge(x, y, xy, edge)
            if not np.isnan(ax) and (ax != cx or ay != cy or bx != dx or by != dy):
                return np.nan, np.nan, np.nan, np.nan
            ax, ay, bx, by = cx, cy, dx, dy
            if np.isnan(ax):
                return ax, ay, bx, by
    return ax, ay, bx, by


@njit(cache=True, nogil=True, error_model="numpy")
def end_or_edge(x: float, y: float, xy: np.ndarray, edge: int) -> tuple[float, float, float, float]:
    """Give an edge, or twice its end where a point lies beyond it; nan where rounding would decide."""
    ax, ay, bx, by = ordered(xy, edge)
    past_a, past_b = past(x, y, ax, ay, bx, by), past(x, y, bx, by, ax, ay)
    if UNSURE in (past_a, past_b):
        return np.nan, np.nan, np.nan, np.nan
    if past_a == PAST:
        return ax, ay, ax, ay
    if past_b == PAST:
        return bx, by, bx, by
    return ax, ay, bx, by


@njit(cache=True, nogil=True, error_model="numpy")
def past(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> int:
    """Tell whether a point lies beyond the end `a` of an edge, or right abreast of it, as seen along the edge."""
    one, other = (x - ax) * (bx - ax), (y - ay) * (by - ay)
    if one == 0 and other == 0:
        return PAST
    if abs(one + other) <= HAIR * (abs(one) + abs(other)):
        return UNSURE
    return PAST if one + other < 0 else ALONG


@njit(cache=True, nogil=True, error_model="numpy")
def outline(x: float, y: float, flat: Flat, row: int, most: float) -> float:
    """Measure the squared distance from a row's outline, where it is not above `most`."""
    xy, rings = flat.xy, flat.rings
    best = np.inf
    bands = flat.first[row + 1] - flat.first[row]
    if bands == 0:
        for ring in range(flat.rows[row], flat.rows[row + 1]):
            for edge in range(rings[ring], rings[ring + 1] - 1):
                best = min(best, of_edge(x, y, xy, edge))
        return best
    wide = np.sqrt(most)
    west, east = flat.bounds[row, 0], flat.bounds[row, 2]
    low, high = band_at(x - wide, west, east, bands), band_at(x + wide, west, east, bands)
    for band in range(low, high + 1):
        for nth in range(
            flat.start[flat.first[row] + band], flat.start[flat.first[row] + band + 1]
        ):
            best = min(best, of_edge(x, y, xy, flat.edge[nth]))
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def of_edge(x: float, y: float, xy: np.ndarray, edge: int) -> float:
    """Measure the squared distance from an edge, the same whichever way it runs."""
    ax, ay, bx, by = ordered(xy, edge)
    return squared(x, y, ax, ay, bx, by)


@njit(cache=True, nogil=True, error_model="numpy")
def ordered(xy: np.ndarray, edge: int) -> tuple[float, float, float, float]:
    """Give an edge's ends, the western first, of two the southern."""
    ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
    if ax < bx or (ax == bx and ay < by):
        return ax, ay, bx, by
    return bx, by, ax, ay


@njit(cache=True, nogil=True, error_model="numpy")
def squared(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Measure the squared distance of a point from an edge."""
    run, rise = bx - ax, by - ay
    long = run * run + rise * rise
    along = (x - ax) * run + (y - ay) * rise
    if along <= 0 or long == 0:
        return (x - ax) ** 2 + (y - ay) ** 2
    if along >= long:
        return (x - bx) ** 2 + (y - by) ** 2
    aside = run * (y - ay) - (x - ax) * rise
    return aside * aside / long
