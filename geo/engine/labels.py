"""Which area holds a zone whole: told by the cells that no outline passes, without measuring anything."""

import numpy as np
from numba import njit

from geo.engine.flat import Flat
from geo.engine.grid import Grid, cells, grid_of, reach
from geo.engine.nearest import NONE
from geo.engine.points import IN, within
from geo.engine.shapes import Areas

SEVERAL, CROSSED = -2, -3  # what is said instead of a row


def labelled(zones: Areas, areas: Areas) -> np.ndarray:
    """Tell the one area that holds each zone whole, or NONE, or SEVERAL, or that an outline may CROSS it."""
    grid = grid_of(zones.bounds)
    crossed = np.zeros(grid.columns * grid.rows, np.bool_)
    mark_outlines(areas.flat, grid, crossed)
    labels = np.full(len(crossed), NONE)
    label_cells(areas.flat, grid, crossed, labels)
    found = np.full(len(zones), NONE)
    label_zones(zones.flat.bounds, grid, crossed, labels, found)
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def mark_outlines(areas: Flat, grid: Grid, crossed: np.ndarray) -> None:
    """Mark the cells that an outline may pass, by the box of its way through each row of cells."""
    xy, rings = areas.xy, areas.rings
    slack = 1e-6  # m: what lies this near to the next cell is taken to be there too
    for ring in range(len(rings) - 1):
        for edge in range(rings[ring], rings[ring + 1] - 1):
            ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
            if ay > by:
                ax, ay, bx, by = bx, by, ax, ay
            _, _, low, high = reach(grid, ax, ay - slack, bx, by + slack)
            for row in range(low, high + 1):
                from_y = max(ay, min(by, grid.y + row / grid.per_m - slack))
                to_y = max(ay, min(by, grid.y + (row + 1) / grid.per_m + slack))
                one, other = ax, bx
                if by > ay:
                    one = ax + (bx - ax) * ((from_y - ay) / (by - ay))
                    other = ax + (bx - ax) * ((to_y - ay) / (by - ay))
                left, right, _, _ = reach(
                    grid, min(one, other) - slack, from_y, max(one, other) + slack, to_y
                )
                crossed[row * grid.columns + left : row * grid.columns + right + 1] = True


@njit(cache=True, nogil=True, error_model="numpy")
def label_cells(areas: Flat, grid: Grid, crossed: np.ndarray, labels: np.ndarray) -> None:
    """Tell the area of each cell that no outline passes: its left neighbour's, or its middle's."""
    for row in range(grid.rows):
        y = grid.y + (row + 0.5) / grid.per_m
        for column in range(grid.columns):
            cell = row * grid.columns + column
            if crossed[cell]:
                labels[cell] = CROSSED
                continue
            if column > 0 and not crossed[cell - 1]:
                labels[cell] = labels[cell - 1]
                continue
            x = grid.x + (column + 0.5) / grid.per_m
            for area in range(len(areas.bounds)):
                if x < areas.bounds[area, 0] or x > areas.bounds[area, 2]:
                    continue
                if y < areas.bounds[area, 1] or y > areas.bounds[area, 3]:
                    continue
                if within(x, y, areas, area, 0.0) == IN:
                    labels[cell] = area if labels[cell] == NONE else SEVERAL


@njit(cache=True, nogil=True, error_model="numpy")
def label_zones(
    bounds: np.ndarray, grid: Grid, crossed: np.ndarray, labels: np.ndarray, found: np.ndarray
) -> None:
    """Tell the area of each zone whose cells no outline passes: they all have one."""
    for zone in range(len(bounds)):
        if np.isnan(bounds[zone, 0]):
            continue
        left, right, low, high = cells(grid, bounds, zone)
        found[zone] = labels[low * grid.columns + left]
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                if crossed[row * grid.columns + column]:
                    found[zone] = CROSSED
