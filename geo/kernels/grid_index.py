"""A uniform grid over bounding boxes, which finds the boxes near a point.

The kernels build one with `grid_of`, in two passes: count the boxes of each cell, then fill the
cells.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.kernels.edge_index import readonly_view

MAX_CELLS_PER_BOX = 4  # limits the memory of a grid over scattered boxes


class Grid(NamedTuple):
    """A grid of `columns` by `rows` square cells, with `cells_per_m` cells for each meter.

    Its southwest corner is (`x`, `y`), and cells are numbered row by row. Each box is extended by
    `margin` meters on all sides. Cell c holds `boxes[cell_offsets[c]]` up to
    `boxes[cell_offsets[c + 1]]`, in ascending order.
    """

    x: float
    y: float
    cells_per_m: float
    margin: float
    columns: int
    rows: int
    cell_offsets: np.ndarray
    boxes: np.ndarray


def grid_of(bounds: np.ndarray, margin: float = 0.0) -> Grid:
    """Build a grid over bounding boxes (n, 4): min x, min y, max x, max y, nan for none.

    A cell is about as large as a typical box. Where boxes lie far apart cells are larger. So there
    are never many more cells than boxes.

    >>> grid = grid_of(np.array([[0.0, 0.0, 20.0, 20.0], [20.0, 0.0, 40.0, 20.0]]))
    >>> grid.columns, grid.rows, grid.cell_offsets.tolist(), grid.boxes.tolist()
    (3, 2, [0, 1, 3, 4, 5, 7, 8], [0, 0, 1, 1, 0, 0, 1, 1])
    """
    bounds = readonly_view(bounds)
    boxes = bounds[~np.isnan(bounds[:, 0])]
    if not len(boxes):
        return Grid(0.0, 0.0, 1.0, margin, 1, 1, np.zeros(2, np.int64), np.zeros(0, np.int32))
    west, south = boxes[:, :2].min(axis=0) - margin
    east, north = boxes[:, 2:].max(axis=0) + margin
    typical_side = np.median(boxes[:, 2:] - boxes[:, :2], axis=0).mean() + 2 * margin
    min_side_by_area = np.sqrt((east - west) * (north - south) / (MAX_CELLS_PER_BOX * len(boxes)))
    min_side_by_length = max(east - west, north - south) / (MAX_CELLS_PER_BOX * len(boxes) + 64)
    side = float(max(typical_side, min_side_by_area, min_side_by_length, 1e-3))
    columns, rows = int((east - west) / side) + 1, int((north - south) / side) + 1
    cell_offsets = np.zeros(columns * rows + 1, np.int64)
    grid = Grid(float(west), float(south), 1 / side, margin, columns, rows, cell_offsets, np.zeros(0, np.int32))
    count_cell_boxes(bounds, grid)
    cell_offsets = np.cumsum(cell_offsets)
    grid = grid._replace(cell_offsets=cell_offsets, boxes=np.empty(cell_offsets[-1], np.int32))
    fill_cells(bounds, grid, cell_offsets[:-1].copy())
    return grid


def visiting_order(xy: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the positions of points (n, 2) sorted by cell, so that neighbors are processed in sequence.

    Points with nan are left out.

    >>> grid = grid_of(np.array([[0.0, 0.0, 20.0, 20.0], [20.0, 0.0, 40.0, 20.0]]))
    >>> visiting_order(np.array([[30.0, 5.0], [np.nan, np.nan], [5.0, 5.0]]), grid).tolist()
    [2, 0]
    """
    cell_ids = np.empty(len(xy), np.int64)
    assign_cells(readonly_view(np.ascontiguousarray(xy)), grid, cell_ids)
    cell_offsets = np.zeros(grid.columns * grid.rows + 1, np.int64)
    order = np.empty(len(xy), np.int64)
    return order[: sort_by_cell(cell_ids, cell_offsets, order)]


@njit(cache=True, nogil=True, error_model="numpy")
def cell_index(coordinate: float, origin: float, cells_per_m: float, cell_count: int) -> int:
    """Return the column (or row) that holds a coordinate. Beyond the ends it is the outermost one.

    >>> cell_index(45.0, 0.0, 0.1, 8), cell_index(-5.0, 0.0, 0.1, 8), cell_index(900.0, 0.0, 0.1, 8)
    (4, 0, 7)
    """
    return max(0, min(cell_count - 1, int((coordinate - origin) * cells_per_m)))


@njit(cache=True, nogil=True, error_model="numpy")
def cell_range(grid: Grid, low_x: float, low_y: float, high_x: float, high_y: float) -> tuple[int, int, int, int]:
    """Return the cells that a bounding box reaches: first and last column, first and last row."""
    return (
        cell_index(low_x, grid.x, grid.cells_per_m, grid.columns),
        cell_index(high_x, grid.x, grid.cells_per_m, grid.columns),
        cell_index(low_y, grid.y, grid.cells_per_m, grid.rows),
        cell_index(high_y, grid.y, grid.cells_per_m, grid.rows),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def cell_range_of_box(grid: Grid, bounds: np.ndarray, box: int) -> tuple[int, int, int, int]:
    """Return the cells that hold a box of the grid, its margin included."""
    return cell_range(
        grid,
        bounds[box, 0] - grid.margin,
        bounds[box, 1] - grid.margin,
        bounds[box, 2] + grid.margin,
        bounds[box, 3] + grid.margin,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def assign_cells(xy: np.ndarray, grid: Grid, cell_ids: np.ndarray) -> None:
    """Write the cell of each point to `cell_ids`, -1 for nan."""
    for nth in range(len(xy)):
        if np.isnan(xy[nth, 0]):
            cell_ids[nth] = -1
            continue
        column = cell_index(xy[nth, 0], grid.x, grid.cells_per_m, grid.columns)
        cell_ids[nth] = cell_index(xy[nth, 1], grid.y, grid.cells_per_m, grid.rows) * grid.columns + column


@njit(cache=True, nogil=True, error_model="numpy")
def sort_by_cell(cell_ids: np.ndarray, cell_offsets: np.ndarray, order: np.ndarray) -> int:
    """Write the positions of points, sorted by cell, to `order`, and return their number.

    A stable counting sort. It leaves the end of each cell's points in `cell_offsets`. Points with
    cell -1 are left out.
    """
    for cell in cell_ids:
        if cell >= 0:
            cell_offsets[cell + 1] += 1
    for cell in range(1, len(cell_offsets)):
        cell_offsets[cell] += cell_offsets[cell - 1]
    size = cell_offsets[len(cell_offsets) - 1]
    for nth in range(len(cell_ids)):
        if cell_ids[nth] >= 0:
            order[cell_offsets[cell_ids[nth]]] = nth
            cell_offsets[cell_ids[nth]] += 1
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def count_cell_boxes(bounds: np.ndarray, grid: Grid) -> None:
    """Count the boxes of cell c in `cell_offsets[c + 1]`."""
    for box in range(len(bounds)):
        if np.isnan(bounds[box, 0]):
            continue
        first_column, last_column, first_row, last_row = cell_range_of_box(grid, bounds, box)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                grid.cell_offsets[row * grid.columns + column + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_cells(bounds: np.ndarray, grid: Grid, next_slots: np.ndarray) -> None:
    """Write each box into its cells. `next_slots` (cells,) is the next free slot of each cell."""
    for box in range(len(bounds)):
        if np.isnan(bounds[box, 0]):
            continue
        first_column, last_column, first_row, last_row = cell_range_of_box(grid, bounds, box)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                cell = row * grid.columns + column
                grid.boxes[next_slots[cell]] = box
                next_slots[cell] += 1
