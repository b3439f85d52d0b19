"""Which areas have a point near: answered for all by few points, for the first one that is near will do."""

import numpy as np
from numba import njit

from geo.engine.chunks import in_pieces
from geo.engine.flat import Flat, fixed
from geo.engine.grid import Grid, cells_of, grid_of, reach, sort_by_cell
from geo.engine.nearest import outline
from geo.engine.points import OUT, within
from geo.engine.shapes import Areas


def near_any(areas: Areas, points: np.ndarray, reach_m: float) -> np.ndarray:
    """Mark the areas that have a point within `reach_m`, inside or out; nan is nowhere.

    `points` (n, 2) are seen from the areas' origin.
    """
    marks = np.zeros(len(areas), np.bool_)
    there = points[~np.isnan(points[:, 0])]
    if not len(there) or not len(areas):
        return marks
    grid = grid_of(np.hstack([there, there]), reach_m / 2)
    cells = np.empty(len(there), np.int64)
    cells_of(fixed(there), grid, cells)
    start = np.zeros(grid.columns * grid.rows + 1, np.int64)
    order = np.empty(len(there), np.int64)
    sort_by_cell(cells, start, order)
    sorted_ = fixed(there[order])
    # Sorting leaves at each cell where it ends, which is where the next one begins.
    start = np.concatenate([[0], start[:-1]])
    flat = areas.flat

    def some(low: int, high: int) -> None:
        mark(flat, sorted_, start, grid, float(reach_m), low, high, marks)

    in_pieces(some, len(areas))
    return marks


@njit(cache=True, nogil=True, error_model="numpy")
def mark(
    flat: Flat,
    points: np.ndarray,
    start: np.ndarray,
    grid: Grid,
    reach_m: float,
    low: int,
    high: int,
    marks: np.ndarray,
) -> None:
    """Mark the areas from `low` up to `high`; `start` tells where each cell's points begin."""
    bounds = flat.bounds
    most = reach_m * reach_m
    for area in range(low, high):
        west, south, east, north = bounds[area]
        if np.isnan(west):
            continue
        left, right, lowest, highest = reach(
            grid, west - reach_m, south - reach_m, east + reach_m, north + reach_m
        )
        for row in range(lowest, highest + 1):
            for column in range(left, right + 1):
                cell = row * grid.columns + column
                for nth in range(start[cell], start[cell + 1]):
                    x, y = points[nth, 0], points[nth, 1]
                    aside, above = max(west - x, x - east, 0.0), max(south - y, y - north, 0.0)
                    if aside * aside + above * above > most:
                        continue
                    if outline(x, y, flat, area, most) <= most or (
                        aside == above == 0.0 and within(x, y, flat, area, 0.0) != OUT
                    ):
                        marks[area] = True
                        break
                if marks[area]:
                    break
            if marks[area]:
                break
