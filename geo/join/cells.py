"""Canopy from cells: each zone's canopy and covered area, partly covered cells taken exactly.

The area of a field f over a polygon is, by Green's theorem, the sum over its edges of
∫ F dy, where F(x, y) is the integral of f along the row from the raster's left side to x. f is constant in
a cell: cut every edge at the lines of the grid, and for a piece in cell (row, column) whose
middle is at x̄ the integral is exactly Δy · (P[row, column] + f[row, column] · (x̄ - column)), P being the
sum of the cells to the left. Rings run anticlockwise in (column, row), holes clockwise.
"""

import numpy as np
import shapely

from geo.rasters import CANOPY, UNKNOWN, Raster

TILE = 1024  # cells along a side of the tiles in which zones are gathered
BAND = 8_000_000  # most cells that are summed up at once


def cell_areas(zones: np.ndarray, raster: Raster) -> np.ndarray:
    """Measure each zone's canopy and its known ground, in cells: shape (zones, 2).

    `zones` are valid polygons in the raster's CRS. Ground beyond the raster is unknown.
    """
    grid = _in_cells(zones, raster)
    result = np.zeros((len(zones), 2))
    bounds = shapely.bounds(grid)
    meets = (bounds[:, 2] > 0) & (bounds[:, 3] > 0)
    meets &= (bounds[:, 0] < raster.cells.shape[1]) & (bounds[:, 1] < raster.cells.shape[0])
    mine = np.flatnonzero(meets)
    tile = np.floor(bounds[mine, :2] / TILE) @ np.array([1, 1 << 20])
    for same in np.split(mine[np.argsort(tile, kind="stable")], _starts(np.sort(tile))):
        if len(same):
            result[same] = _tile_areas(grid[same], raster.cells)
    return result


def _starts(sorted_: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.diff(sorted_)) + 1


def _in_cells(zones: np.ndarray, raster: Raster) -> np.ndarray:
    """Turn coordinates into columns and rows, rings anticlockwise in them and holes clockwise."""
    corner, size = (raster.west, raster.north), (raster.cell_x, -raster.cell_y)
    return shapely.orient_polygons(shapely.transform(zones, lambda xy: (xy - corner) / size))


def _tile_areas(grid: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Integrate over the zones of one tile, band by band of the rows that they reach."""
    zone, begin, end = _edges(grid)
    zone, begin, end = _cut(zone, begin, end)
    left, top, right, bottom = _window(begin, end, cells.shape)
    result = np.zeros((len(grid), 2))
    if left == right:
        return result
    step = max(1, BAND // (right - left))
    row = np.floor((begin[:, 1] + end[:, 1]) / 2).astype(int)
    for first in range(top, bottom, step):
        last = min(first + step, bottom)
        here = (row >= first) & (row < last)
        window = cells[first:last, left:right]
        at = np.array([left, first])
        result += _integrals(zone[here], begin[here] - at, end[here] - at, window, len(grid))
    return result


def _window(
    begin: np.ndarray, end: np.ndarray, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """Tell the columns and rows of the raster that edges reach: left, top, right, bottom."""
    both = np.concatenate([begin, end])
    left, top = np.maximum(np.floor(both.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(both.max(axis=0)).astype(int), shape[::-1])
    return int(left), int(top), max(int(right), int(left)), max(int(bottom), int(top))


def _edges(grid: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the edges of every ring: the zone, where each begins, where it ends."""
    parts, zone = shapely.get_parts(grid, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[:-1] == ring[1:]
    return zone[part[ring[:-1][same]]], xy[:-1][same], xy[1:][same]


def _cut(
    of: np.ndarray, begin: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut edges at every line of the grid that they cross."""
    edge = [np.arange(len(of))] * 2
    along = [np.zeros(len(of)), np.ones(len(of))]
    for axis in (0, 1):
        which, where = _crossings(begin[:, axis], end[:, axis])
        edge.append(which)
        along.append(where)
    edges, alongs = np.concatenate(edge), np.concatenate(along)
    order = np.lexsort((alongs, edges))
    edges, alongs = edges[order], alongs[order]
    same = edges[:-1] == edges[1:]
    first, from_, to = edges[:-1][same], alongs[:-1][same, None], alongs[1:][same, None]
    way = end[first] - begin[first]
    return of[first], begin[first] + way * from_, begin[first] + way * to


def _crossings(begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where along each edge (0 to 1) its coordinate is a whole number: the edge, and the place."""
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    first = np.floor(low).astype(int) + 1
    count = np.maximum(np.ceil(high).astype(int) - first, 0)
    edge = np.repeat(np.arange(len(begin)), count)
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return edge, (first[edge] + nth - begin[edge]) / (end[edge] - begin[edge])


def _integrals(
    zone: np.ndarray, begin: np.ndarray, end: np.ndarray, cells: np.ndarray, size: int
) -> np.ndarray:
    """Sum Δy · (P + f · (x̄ - column)) over pieces, for canopy and for known ground."""
    x, y = ((begin + end) / 2).T
    rise = end[:, 1] - begin[:, 1]
    row = np.floor(y).astype(int)
    columns = cells.shape[1]
    x = np.clip(x, 0, columns)
    column = np.minimum(np.floor(x).astype(int), columns - 1)
    result = np.zeros((size, 2))
    for nth, field in enumerate((cells == CANOPY, cells != UNKNOWN)):
        sums = np.zeros((cells.shape[0], columns + 1), np.int32)
        np.cumsum(field, axis=1, out=sums[:, 1:])
        value = sums[row, column] + field[row, column] * (x - column)
        result[:, nth] = np.bincount(zone, rise * value, size)
    return result
