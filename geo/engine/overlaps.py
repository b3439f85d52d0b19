"""How much ground shapes share, without ever building the shape that they share.

A polygon whose shells run anticlockwise is, above every x, the sum of its edges: one that runs
leftwards adds the ground beneath it, one that runs rightwards takes it away. So the area that two
polygons share is the sum over pairs of their edges, with the product of their signs, of the integral of
the lower of the two over the x that both span: the overlap of the edges' trapezoids. Where the two cross in
between, the integral is taken in two pieces. Any ground level serves, for its terms cancel: the lowest y of the zone is
used, near which little is lost to rounding.

An edge wholly below the other polygon has no part: there the other's signs cancel.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.engine.chunks import in_pieces
from geo.engine.flat import Flat, gathered
from geo.engine.grid import Grid, cells, grid_of
from geo.engine.labels import SEVERAL, labelled
from geo.engine.shapes import Areas

FEW = 32  # what is listed is sorted by insertion up to so many
NOISE = 1e-9  # m², and part of a zone, that rounding may leave where shapes only touch


class Parts(NamedTuple):
    """What zones and areas share, by zone and then area: `m2` is above 0, at most the zone's."""

    zone: np.ndarray
    area: np.ndarray
    m2: np.ndarray


def shared_m2(zones: Areas, pieces: Areas) -> np.ndarray:
    """Measure how much of each zone lies in pieces that share no ground among them.

    Both are seen from one origin. For pieces about as small as the zones; see `parts`.
    """
    cut = _cut(zones, pieces, np.arange(len(zones)))
    return np.minimum(np.bincount(cut.zone, cut.m2, len(zones)), zones.m2)


def parts(zones: Areas, areas: Areas) -> Parts:
    """Measure what each zone shares with each area that it meets; areas may overlap.

    Both are seen from one origin. A zone far from every outline is not measured at all: it lies in what its place
    lies in, with the whole of its own area.
    """
    label = labelled(zones, areas)
    alone = np.flatnonzero((label >= 0) & (zones.m2 > 0))  # a line has no part
    cut = _cut(zones, areas, np.flatnonzero(label <= SEVERAL))
    zone = np.concatenate([alone, cut.zone])
    area = np.concatenate([label[alone], cut.area])
    order = np.lexsort((area, zone))
    return Parts(zone[order], area[order], np.concatenate([zones.m2[alone], cut.m2])[order])


def overlapping(areas: Areas) -> tuple[np.ndarray, np.ndarray]:
    """List the pairs of areas that share ground: the lower row of each, and the higher."""
    found = _cut(areas, areas, np.arange(len(areas)))
    once = found.zone < found.area
    return found.zone[once], found.area[once]


def _cut(zones: Areas, areas: Areas, asked: np.ndarray) -> Parts:
    """Measure the parts of some zones edge by edge."""
    grid = grid_of(areas.bounds)
    counts = np.zeros(len(asked) + 1, np.int64)
    nothing = np.zeros(0, np.int64)
    pairs(zones.flat.bounds, areas.flat.bounds, grid, asked, counts, nothing)
    firsts = np.cumsum(counts)
    area = np.empty(firsts[-1], np.int64)
    pairs(zones.flat.bounds, areas.flat.bounds, grid, asked, firsts, area)
    in_order(firsts, area)
    m2 = np.empty(len(area))
    zone_room, area_room = most_edges(zones.flat), most_edges(areas.flat)

    def some(low: int, high: int) -> None:
        cut(zones.flat, areas.flat, asked, firsts, area, low, high, zone_room, area_room, m2)

    in_pieces(some, len(asked))
    zone = np.repeat(asked, np.diff(firsts))
    whole = zones.m2[zone]
    m2 = np.where(m2 >= whole * (1 - NOISE) - NOISE, whole, m2)
    real = m2 > NOISE * (1 + whole)
    return Parts(zone[real], area[real], m2[real])


def most_edges(flat: Flat) -> int:
    """Tell how many edges the largest row has, at most."""
    vertices = np.diff(flat.rings[flat.rows])
    return int(vertices.max(initial=1))


@njit(cache=True, nogil=True, error_model="numpy")
def sided(
    xy: np.ndarray,
    edges: np.ndarray,
    size: int,
    west: float,
    east: float,
    level: float,
    sides: np.ndarray,
) -> int:
    """Lay out edges that are not upright: from x, to x, y above the level at the first, slope, sign."""
    kept = 0
    for nth in range(size):
        edge = edges[nth]
        ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
        if ax == bx or max(ax, bx) <= west or min(ax, bx) >= east:
            continue
        sign = -1.0
        if ax > bx:
            ax, ay, bx, by, sign = bx, by, ax, ay, 1.0
        sides[kept, 0], sides[kept, 1], sides[kept, 2] = ax, bx, ay - level
        sides[kept, 3], sides[kept, 4] = (by - ay) / (bx - ax), sign
        kept += 1
    return kept


@njit(cache=True, nogil=True, error_model="numpy")
def common(
    xy: np.ndarray,
    edges: np.ndarray,
    size: int,
    west: float,
    east: float,
    level: float,
    sides: np.ndarray,
    count: int,
) -> float:
    """Measure what some edges of a shape share with the `count` sides of another."""
    total = 0.0
    for nth in range(size):
        edge = edges[nth]
        ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
        if ax == bx or max(ax, bx) <= west or min(ax, bx) >= east:
            continue
        if ay <= level and by <= level:
            continue
        sign = -1.0
        if ax > bx:
            ax, ay, bx, by, sign = bx, by, ax, ay, 1.0
        ay -= level
        slope = (by - level - ay) / (bx - ax)
        area = 0.0
        for side in range(count):
            first, last = max(ax, sides[side, 0]), min(bx, sides[side, 1])
            if first < last:
                begin = ay + slope * (first - ax)
                end = ay + slope * (last - ax)
                other_begin = sides[side, 2] + sides[side, 3] * (first - sides[side, 0])
                other_end = sides[side, 2] + sides[side, 3] * (last - sides[side, 0])
                area += sides[side, 4] * (last - first) * lower(begin, end, other_begin, other_end)
        total += sign * area
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def lower(begin: float, end: float, other_begin: float, other_end: float) -> float:
    """Give the mean height of the lower of two straight lines over one span."""
    first, last = begin - other_begin, end - other_end
    if first <= 0 and last <= 0:
        return (begin + end) / 2
    if first >= 0 and last >= 0:
        return (other_begin + other_end) / 2
    # They cross at the part `first / (first - last)` of the span; the excess is a triangle.
    if first > 0:
        return (begin + end - first * first / (first - last)) / 2
    return (begin + end - last * last / (last - first)) / 2


@njit(cache=True, nogil=True, error_model="numpy")
def pairs(
    bounds: np.ndarray,
    others: np.ndarray,
    grid: Grid,
    asked: np.ndarray,
    firsts: np.ndarray,
    found: np.ndarray,
) -> None:
    """List the boxes of `others` that meet each asked box, or count them, one place on, where `found` is empty."""
    for nth in range(len(asked)):
        one, place = asked[nth], firsts[nth]
        if np.isnan(bounds[one, 0]):
            continue
        left, right, low, high = cells(grid, bounds, one)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                cell = row * grid.columns + column
                for at in range(grid.start[cell], grid.start[cell + 1]):
                    other = grid.box[at]
                    if others[other, 0] > bounds[one, 2] or others[other, 2] < bounds[one, 0]:
                        continue
                    if others[other, 1] > bounds[one, 3] or others[other, 3] < bounds[one, 1]:
                        continue
                    begins, _, lowest, _ = cells(grid, others, other)
                    if column != max(left, begins) or row != max(low, lowest):
                        continue
                    if len(found):
                        found[place] = other
                        place += 1
                    else:
                        firsts[nth + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def in_order(firsts: np.ndarray, found: np.ndarray) -> None:
    """Sort the list of each asked zone, so that sums over it hang on no grid."""
    for nth in range(len(firsts) - 1):
        first, last = firsts[nth], firsts[nth + 1]
        if last - first > FEW:
            found[first:last].sort()
            continue
        for at in range(first + 1, last):
            other, place = found[at], at
            while place > first and found[place - 1] > other:
                found[place] = found[place - 1]
                place -= 1
            found[place] = other


@njit(cache=True, nogil=True, error_model="numpy")
def cut(
    zones: Flat,
    areas: Flat,
    asked: np.ndarray,
    firsts: np.ndarray,
    area: np.ndarray,
    low: int,
    high: int,
    zone_room: int,
    area_room: int,
    m2: np.ndarray,
) -> None:
    """Measure the pairs of the asked zones from `low` up to `high`."""
    zone_edges, edges = np.empty(zone_room, np.int64), np.empty(area_room, np.int64)
    sides = np.empty((zone_room, 5))
    for nth in range(low, high):
        zone = asked[nth]
        west, south, east = zones.bounds[zone, 0], zones.bounds[zone, 1], zones.bounds[zone, 2]
        size = gathered(zones, zone, west, east, zone_edges)
        size = sided(zones.xy, zone_edges, size, west, east, south, sides)
        for at in range(firsts[nth], firsts[nth + 1]):
            found = gathered(areas, area[at], west, east, edges)
            m2[at] = common(areas.xy, edges, found, west, east, south, sides, size)
