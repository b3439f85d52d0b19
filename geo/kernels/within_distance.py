"""The areas that have any point within a distance. The first such point settles an area.

`geo.join.coverage` and `geo.incremental.survey_reach` call `has_point_within`.
"""

import numpy as np
from numba import njit

from geo.kernels.edge_index import EdgeIndex, readonly_view
from geo.kernels.geometry_arrays import Areas
from geo.kernels.grid_index import Grid, assign_cells, cell_range, grid_of, sort_by_cell
from geo.kernels.nearest_area import squared_distance_to_outline
from geo.kernels.parallel import parallel_for
from geo.kernels.point_in_polygon import OUT, classify_point


def has_point_within(areas: Areas, points: np.ndarray, reach_m: float) -> np.ndarray:
    """Return for each area whether a point lies inside it or within `reach_m` of it.

    `points` (n, 2) are relative to the origin of the areas, nan for none. The result (areas,) is
    bool.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> lots = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), shapely.box(60, 0, 80, 40)]))
    >>> has_point_within(lots, np.array([[30.0, 10.0]]), reach_m=15.0).tolist()
    [True, False]
    """
    is_near = np.zeros(len(areas), np.bool_)
    valid_points = points[~np.isnan(points[:, 0])]
    if not len(valid_points) or not len(areas):
        return is_near
    grid = grid_of(np.hstack([valid_points, valid_points]), reach_m / 2)
    cell_ids = np.empty(len(valid_points), np.int64)
    assign_cells(readonly_view(valid_points), grid, cell_ids)
    cell_offsets = np.zeros(grid.columns * grid.rows + 1, np.int64)
    order = np.empty(len(valid_points), np.int64)
    sort_by_cell(cell_ids, cell_offsets, order)
    sorted_points = readonly_view(valid_points[order])
    # The sort left the end of each cell, which is the start of the next one.
    cell_offsets = np.concatenate([[0], cell_offsets[:-1]])
    edge_index = areas.edge_index

    def mark_range(low: int, high: int) -> None:
        mark_areas(edge_index, sorted_points, cell_offsets, grid, float(reach_m), low, high, is_near)

    parallel_for(mark_range, len(areas))
    return is_near


@njit(cache=True, nogil=True, error_model="numpy")
def mark_areas(
    edge_index: EdgeIndex,
    points: np.ndarray,
    cell_offsets: np.ndarray,
    grid: Grid,
    reach_m: float,
    low: int,
    high: int,
    is_near: np.ndarray,
) -> None:
    """Mark the areas from `low` up to `high` that have a point near.

    `points` are sorted by cell, and those of cell c begin at `cell_offsets[c]`.
    """
    bounds = edge_index.bounds
    max_squared = reach_m * reach_m
    for area in range(low, high):
        west, south, east, north = bounds[area]
        if np.isnan(west):
            continue
        first_column, last_column, first_row, last_row = cell_range(
            grid, west - reach_m, south - reach_m, east + reach_m, north + reach_m
        )
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                cell = row * grid.columns + column
                for nth in range(cell_offsets[cell], cell_offsets[cell + 1]):
                    x, y = points[nth, 0], points[nth, 1]
                    dx, dy = max(west - x, x - east, 0.0), max(south - y, y - north, 0.0)
                    if dx * dx + dy * dy > max_squared:
                        continue
                    if squared_distance_to_outline(x, y, edge_index, area, max_squared) <= max_squared or (
                        dx == dy == 0.0 and classify_point(x, y, edge_index, area, 0.0) != OUT
                    ):
                        is_near[area] = True
                        break
                if is_near[area]:
                    break
            if is_near[area]:
                break
