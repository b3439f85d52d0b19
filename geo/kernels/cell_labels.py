"""Areas that hold a zone completely, found from grid cells without measuring.

`geo.kernels.overlay_area` calls `find_areas_around_zones`, and measures only the other zones. A grid
cell that no outline crosses lies in an area completely, or outside it. So does a zone that reaches
only such cells.
"""

import numpy as np
from numba import njit

from geo.kernels.edge_index import EdgeIndex
from geo.kernels.geometry_arrays import Areas
from geo.kernels.grid_index import Grid, cell_range, cell_range_of_box, grid_of
from geo.kernels.nearest_area import NONE
from geo.kernels.point_in_polygon import IN, classify_point

SEVERAL, CROSSED = -2, -3  # labels in place of a row


def find_areas_around_zones(zones: Areas, areas: Areas) -> np.ndarray:
    """Return for each zone the row of the only area that holds it completely.

    The result (zones,) is int64. `NONE` means that no area reaches the zone, and `SEVERAL` that
    more than one area holds it. `CROSSED` means that an outline may cross it. An outline beyond the
    zones counts as crossing the outermost cells. Both layers have the same origin.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> town = areas_from_shapely(np.array([shapely.box(-900, -900, 900, 900)]))
    >>> lots = [shapely.box(x, y, x + 20, y + 20) for y in (0, 30, 60) for x in (0, 30, 60)]
    >>> find_areas_around_zones(areas_from_shapely(np.array(lots), town.origin), town).tolist()
    [-3, -3, -3, -3, 0, -3, -3, -3, -3]
    """
    grid = grid_of(zones.bounds)
    is_crossed = np.zeros(grid.columns * grid.rows, np.bool_)
    mark_crossed_cells(areas.edge_index, grid, is_crossed)
    cell_labels = np.full(len(is_crossed), NONE)
    label_cells(areas.edge_index, grid, is_crossed, cell_labels)
    zone_labels = np.full(len(zones), NONE)
    label_zones(zones.edge_index.bounds, grid, is_crossed, cell_labels, zone_labels)
    return zone_labels


@njit(cache=True, nogil=True, error_model="numpy")
def mark_crossed_cells(areas: EdgeIndex, grid: Grid, is_crossed: np.ndarray) -> None:
    """Mark the cells that an outline may cross in `is_crossed` (cells,).

    An edge is cut into one piece for each row of cells. A piece marks the cells that its bounding
    box reaches.
    """
    xy, ring_offsets = areas.xy, areas.ring_offsets
    tolerance_m = 1e-6  # an edge this near to the next cell marks that one too
    for ring in range(len(ring_offsets) - 1):
        for edge in range(ring_offsets[ring], ring_offsets[ring + 1] - 1):
            ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
            if ay > by:
                ax, ay, bx, by = bx, by, ax, ay
            _, _, first_row, last_row = cell_range(grid, ax, ay - tolerance_m, bx, by + tolerance_m)
            for row in range(first_row, last_row + 1):
                from_y = max(ay, min(by, grid.y + row / grid.cells_per_m - tolerance_m))
                to_y = max(ay, min(by, grid.y + (row + 1) / grid.cells_per_m + tolerance_m))
                from_x, to_x = ax, bx
                if by > ay:
                    from_x = ax + (bx - ax) * ((from_y - ay) / (by - ay))
                    to_x = ax + (bx - ax) * ((to_y - ay) / (by - ay))
                first_column, last_column, _, _ = cell_range(
                    grid, min(from_x, to_x) - tolerance_m, from_y, max(from_x, to_x) + tolerance_m, to_y
                )
                is_crossed[row * grid.columns + first_column : row * grid.columns + last_column + 1] = True


@njit(cache=True, nogil=True, error_model="numpy")
def label_cells(areas: EdgeIndex, grid: Grid, is_crossed: np.ndarray, cell_labels: np.ndarray) -> None:
    """Write the area of each uncrossed cell to `cell_labels`: its left neighbor's, or that of its center."""
    for row in range(grid.rows):
        y = grid.y + (row + 0.5) / grid.cells_per_m
        for column in range(grid.columns):
            cell = row * grid.columns + column
            if is_crossed[cell]:
                cell_labels[cell] = CROSSED
                continue
            if column > 0 and not is_crossed[cell - 1]:
                cell_labels[cell] = cell_labels[cell - 1]
                continue
            x = grid.x + (column + 0.5) / grid.cells_per_m
            for area in range(len(areas.bounds)):
                if x < areas.bounds[area, 0] or x > areas.bounds[area, 2]:
                    continue
                if y < areas.bounds[area, 1] or y > areas.bounds[area, 3]:
                    continue
                if classify_point(x, y, areas, area, 0.0) == IN:
                    cell_labels[cell] = area if cell_labels[cell] == NONE else SEVERAL


@njit(cache=True, nogil=True, error_model="numpy")
def label_zones(
    bounds: np.ndarray, grid: Grid, is_crossed: np.ndarray, cell_labels: np.ndarray, zone_labels: np.ndarray
) -> None:
    """Write the area of each zone to `zone_labels`: that of its cells, or `CROSSED` if one of them is crossed."""
    for zone in range(len(bounds)):
        if np.isnan(bounds[zone, 0]):
            continue
        first_column, last_column, first_row, last_row = cell_range_of_box(grid, bounds, zone)
        zone_labels[zone] = cell_labels[first_row * grid.columns + first_column]
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                if is_crossed[row * grid.columns + column]:
                    zone_labels[zone] = CROSSED
