"""A uniform grid of boxes: which may be at a place. Built by counting, in two passes."""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.engine.flat import fixed

MOST = 4  # cells for each box, at most


class Grid(NamedTuple):
    """`per_m` cells for each metre from (`x`, `y`), `columns` by `rows` of them, row by row.

    Each box is larger by `margin` on all sides. Cell c holds the boxes `box[start[c]]` up to `box[start[c + 1]]`, the lowest first.
    """

    x: float
    y: float
    per_m: float
    margin: float
    columns: int
    rows: int
    start: np.ndarray
    box: np.ndarray


def grid_of(bounds: np.ndarray, margin: float = 0.0) -> Grid:
    """Lay boxes (rows of min x, min y, max x, max y; nan is none) into a grid, each `margin` larger.

    A cell is about as large as a box; where boxes lie far apart cells are larger, so that there are never many
    more cells than boxes.
    """
    bounds = fixed(bounds)
    boxes = bounds[~np.isnan(bounds[:, 0])]
    if not len(boxes):
        return Grid(0.0, 0.0, 1.0, margin, 1, 1, np.zeros(2, np.int64), np.zeros(0, np.int32))
    west, south = boxes[:, :2].min(axis=0) - margin
    east, north = boxes[:, 2:].max(axis=0) + margin
    usual = np.median(boxes[:, 2:] - boxes[:, :2], axis=0).mean() + 2 * margin
    least = np.sqrt((east - west) * (north - south) / (MOST * len(boxes)))
    longest = max(east - west, north - south) / (MOST * len(boxes) + 64)
    side = float(max(usual, least, longest, 1e-3))
    columns, rows = int((east - west) / side) + 1, int((north - south) / side) + 1
    start = np.zeros(columns * rows + 1, np.int64)
    grid = Grid(
        float(west), float(south), 1 / side, margin, columns, rows, start, np.zeros(0, np.int32)
    )
    count(bounds, grid)
    start = np.cumsum(start)
    grid = grid._replace(start=start, box=np.empty(start[-1], np.int32))
    fill(bounds, grid, start[:-1].copy())
    return grid


def visiting_order(xy: np.ndarray, grid: Grid) -> np.ndarray:
    """Order points by the cell in which they lie, so that neighbours are asked about one after another.

    Points that are nowhere (nan) are left out.
    """
    cells = np.empty(len(xy), np.int64)
    cells_of(fixed(np.ascontiguousarray(xy)), grid, cells)
    start = np.zeros(grid.columns * grid.rows + 1, np.int64)
    order = np.empty(len(xy), np.int64)
    return order[: sort_by_cell(cells, start, order)]


@njit(cache=True, nogil=True, error_model="numpy")
def cell_at(along: float, low: float, per_m: float, cells: int) -> int:
    """Tell in which column (or row) a coordinate lies, beyond the ends the outermost."""
    return max(0, min(cells - 1, int((along - low) * per_m)))


@njit(cache=True, nogil=True, error_model="numpy")
def reach(
    grid: Grid, low_x: float, low_y: float, high_x: float, high_y: float
) -> tuple[int, int, int, int]:
    """Tell the cells that a box reaches: the first and last column, the first and last row."""
    return (
        cell_at(low_x, grid.x, grid.per_m, grid.columns),
        cell_at(high_x, grid.x, grid.per_m, grid.columns),
        cell_at(low_y, grid.y, grid.per_m, grid.rows),
        cell_at(high_y, grid.y, grid.per_m, grid.rows),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def cells(grid: Grid, bounds: np.ndarray, box: int) -> tuple[int, int, int, int]:
    """Tell the cells in which a box stands."""
    return reach(
        grid,
        bounds[box, 0] - grid.margin,
        bounds[box, 1] - grid.margin,
        bounds[box, 2] + grid.margin,
        bounds[box, 3] + grid.margin,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def cells_of(xy: np.ndarray, grid: Grid, cells: np.ndarray) -> None:
    """Tell the cell of each point; -1 where it is nowhere."""
    for nth in range(len(xy)):
        if np.isnan(xy[nth, 0]):
            cells[nth] = -1
            continue
        column = cell_at(xy[nth, 0], grid.x, grid.per_m, grid.columns)
        cells[nth] = cell_at(xy[nth, 1], grid.y, grid.per_m, grid.rows) * grid.columns + column


@njit(cache=True, nogil=True, error_model="numpy")
def sort_by_cell(cells: np.ndarray, start: np.ndarray, order: np.ndarray) -> int:
    """Sort by counting; gives how many lie in any cell. Equal cells keep their order."""
    for cell in cells:
        if cell >= 0:
            start[cell + 1] += 1
    for cell in range(1, len(start)):
        start[cell] += start[cell - 1]
    size = start[len(start) - 1]
    for nth in range(len(cells)):
        if cells[nth] >= 0:
            order[start[cells[nth]]] = nth
            start[cells[nth]] += 1
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def count(bounds: np.ndarray, grid: Grid) -> None:
    """Count each cell's boxes, one place on."""
    for box in range(len(bounds)):
        if np.isnan(bounds[box, 0]):
            continue
        left, right, low, high = cells(grid, bounds, box)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                grid.start[row * grid.columns + column + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill(bounds: np.ndarray, grid: Grid, place: np.ndarray) -> None:
    """Put each box into its cells; `place` tells where the next one of each cell goes."""
    for box in range(len(bounds)):
        if np.isnan(bounds[box, 0]):
            continue
        left, right, low, high = cells(grid, bounds, box)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                cell = row * grid.columns + column
                grid.box[place[cell]] = box
                place[cell] += 1
