"""The nearest area to a point, by distance to its outline. Ties go to the lowest row.

`geo.kernels.point_in_polygon` calls `find_nearest_area`, which compares distances in double
precision. Where rounding could decide between two areas the kernel reports it. `truly_nearest` then
decides with exact fractions.
"""

from fractions import Fraction
from itertools import pairwise
from math import sqrt

import numpy as np
from numba import njit

from geo.kernels.edge_index import EdgeIndex, band_at
from geo.kernels.geometry_arrays import Areas
from geo.kernels.grid_index import Grid, cell_index, cell_range

NONE = -1  # in place of a row
BEYOND_END, ALONG_EDGE, UNSURE = 0, 1, 2
# Rounding error of a distance, as a share of the lengths involved. Let u = 2**-53, L the length of an edge,
# and d the distance. Each product in `squared_distance_to_segment` is at most L * (L + d).
# So the error is below 8u * (L + d). This is ten times that.
RELATIVE_ROUNDING_ERROR = 1e-14


def max_rounding_error(areas: Areas, reach_m: float) -> float:
    """Return by how many meters a computed distance of at most `reach_m` may be wrong."""
    return RELATIVE_ROUNDING_ERROR * (2 * areas.max_bbox_side + reach_m)


def truly_nearest(xy: np.ndarray, areas: Areas, reach_m: float, rounding_error_m: float) -> tuple[int, float]:
    """Find the nearest area to a point (2,) with exact fractions.

    Returns its row and its distance in meters, `NONE` and inf if none is within `reach_m`. Ties go
    to the lowest row. `rounding_error_m` comes from `max_rounding_error`.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> lots = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), shapely.box(30, 0, 50, 40)]))
    >>> truly_nearest(np.array([25.0, 10.0]), lots, 15.0, max_rounding_error(lots, 15.0))
    (0, 5.0)
    """
    x, y = xy.tolist()
    outside = np.maximum(areas.bounds[:, :2] - xy, xy - areas.bounds[:, 2:]).clip(0)
    rows = np.flatnonzero(np.hypot(*outside.T) <= reach_m + rounding_error_m)
    max_squared = (reach_m + rounding_error_m) ** 2
    distances_m = np.sqrt(
        [squared_distance_to_outline(x, y, areas.edge_index, row, max_squared) for row in rows.tolist()]
    )
    rows = rows[distances_m <= min(distances_m.min(initial=np.inf) + 2 * rounding_error_m, reach_m + rounding_error_m)]
    min_squared, row = min(
        ((_exact_squared_distance_to_outline(x, y, areas, row), row) for row in rows.tolist()), default=(None, NONE)
    )
    if min_squared is None or min_squared > Fraction(reach_m) ** 2:
        return NONE, np.inf
    return row, sqrt(min_squared)


def _exact_squared_distance_to_outline(x: float, y: float, areas: Areas, row: int) -> Fraction:
    """Return the squared distance of a point from the outline of a row, as a fraction.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> lots = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40)]))
    >>> _exact_squared_distance_to_outline(25.5, 10.0, lots, 0)
    Fraction(121, 4)
    """
    ring_offsets = areas.ring_offsets[areas.row_offsets[row] : areas.row_offsets[row + 1] + 1].tolist()
    edges = (
        areas.xy[edge : edge + 2].tolist() for first, last in pairwise(ring_offsets) for edge in range(first, last - 1)
    )
    return min(_exact_squared_distance_to_edge(Fraction(x), Fraction(y), *start, *end) for start, end in edges)


def _exact_squared_distance_to_edge(x: Fraction, y: Fraction, *ends: float) -> Fraction:
    ax, ay, bx, by = map(Fraction, ends)
    run, rise = bx - ax, by - ay
    length_squared = run * run + rise * rise
    along = (x - ax) * run + (y - ay) * rise
    if along <= 0 or along >= length_squared:
        return min((x - ax) ** 2 + (y - ay) ** 2, (x - bx) ** 2 + (y - by) ** 2)
    return Fraction((run * (y - ay) - (x - ax) * rise) ** 2 / length_squared)


@njit(cache=True, nogil=True, error_model="numpy")
def find_nearest_area(
    x: float, y: float, edge_index: EdgeIndex, grid: Grid, reach_m: float, rounding_error_m: float
) -> tuple[int, float, bool]:
    """Find the area with the outline nearest to a point: its row, its distance, and whether rounding could decide.

    The row is `NONE` and the distance inf if no area is within `reach_m`. The third value is True
    if another area, or the reach itself, is within `rounding_error_m` of that distance.
    """
    min_squared, max_squared, nearest = reach_m * reach_m, (reach_m + rounding_error_m) ** 2, NONE
    second_squared, has_tie = np.inf, False
    bounds, search_m = edge_index.bounds, reach_m + rounding_error_m
    first_column, last_column, first_row, last_row = cell_range(
        grid, x - search_m, y - search_m, x + search_m, y + search_m
    )
    for row in range(first_row, last_row + 1):
        for column in range(first_column, last_column + 1):
            cell = row * grid.columns + column
            for nth in range(grid.cell_offsets[cell], grid.cell_offsets[cell + 1]):
                area = grid.boxes[nth]
                if squared_distance_to_bbox(x, y, bounds, area) > max_squared or not is_first_cell(
                    bounds, area, grid, column, first_column, row, first_row
                ):
                    continue
                squared_distance = squared_distance_to_outline(x, y, edge_index, area, max_squared)
                if squared_distance == min_squared and nearest != NONE:
                    nearest, has_tie = min(nearest, area), True
                elif squared_distance <= min_squared:
                    second_squared = second_squared if nearest == NONE else min_squared
                    min_squared, nearest, has_tie = squared_distance, area, False
                    max_squared = (np.sqrt(min_squared) + rounding_error_m) ** 2
                else:
                    second_squared = min(second_squared, squared_distance)
    if has_tie and has_distinct_tie(x, y, edge_index, grid, min_squared, max_squared, nearest):
        second_squared = min_squared
    is_unsure, distance_m = second_squared <= max_squared, np.sqrt(min_squared)
    if nearest == NONE:
        return NONE, np.inf, is_unsure
    return nearest, distance_m, is_unsure or distance_m + rounding_error_m >= reach_m


@njit(cache=True, nogil=True, error_model="numpy")
def has_distinct_tie(
    x: float, y: float, edge_index: EdgeIndex, grid: Grid, squared_distance: float, max_squared: float, nearest: int
) -> bool:
    """Return whether another area is equally near, but by a different vertex or edge.

    Adjacent areas often share the nearest edge, and are then equally near without any rounding.
    Only edges within `max_squared` are compared.
    """
    search_m = np.sqrt(max_squared)
    ax, ay, bx, by = nearest_edge_or_vertex(x, y, edge_index, nearest, max_squared)
    first_column, last_column, first_row, last_row = cell_range(
        grid, x - search_m, y - search_m, x + search_m, y + search_m
    )
    for row in range(first_row, last_row + 1):
        for column in range(first_column, last_column + 1):
            cell = row * grid.columns + column
            for nth in range(grid.cell_offsets[cell], grid.cell_offsets[cell + 1]):
                if squared_distance_to_outline(x, y, edge_index, grid.boxes[nth], max_squared) == squared_distance:
                    cx, cy, dx, dy = nearest_edge_or_vertex(x, y, edge_index, grid.boxes[nth], max_squared)
                    if ax != cx or ay != cy or bx != dx or by != dy:
                        return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def squared_distance_to_bbox(x: float, y: float, bounds: np.ndarray, area: int) -> float:
    """Return the squared distance of a point from a bounding box."""
    dx = max(bounds[area, 0] - x, x - bounds[area, 2], 0.0)
    dy = max(bounds[area, 1] - y, y - bounds[area, 3], 0.0)
    return float(dx * dx + dy * dy)


@njit(cache=True, nogil=True, error_model="numpy")
def is_first_cell(
    bounds: np.ndarray, area: int, grid: Grid, column: int, first_column: int, row: int, first_row: int
) -> bool:
    """Return whether a cell is the first of the searched cells that holds an area.

    An area may be in several cells. It is measured in the first one only.
    """
    box_column = cell_index(bounds[area, 0] - grid.margin, grid.x, grid.cells_per_m, grid.columns)
    box_row = cell_index(bounds[area, 1] - grid.margin, grid.y, grid.cells_per_m, grid.rows)
    return column == max(first_column, box_column) and row == max(first_row, box_row)


@njit(cache=True, nogil=True, error_model="numpy")
def nearest_edge_or_vertex(
    x: float, y: float, edge_index: EdgeIndex, row: int, max_squared: float
) -> tuple[float, float, float, float]:
    """Return the edge of a row within `max_squared` of a point, or its nearest vertex twice.

    nan if it could be more than one.
    """
    ax = ay = bx = by = np.nan
    xy, ring_offsets = edge_index.xy, edge_index.ring_offsets
    for ring in range(edge_index.row_offsets[row], edge_index.row_offsets[row + 1]):
        for edge in range(ring_offsets[ring], ring_offsets[ring + 1] - 1):
            if squared_distance_to_edge(x, y, xy, edge) > max_squared:
                continue
            cx, cy, dx, dy = edge_or_end_vertex(x, y, xy, edge)
            if not np.isnan(ax) and (ax != cx or ay != cy or bx != dx or by != dy):
                return np.nan, np.nan, np.nan, np.nan
            ax, ay, bx, by = cx, cy, dx, dy
            if np.isnan(ax):
                return ax, ay, bx, by
    return ax, ay, bx, by


@njit(cache=True, nogil=True, error_model="numpy")
def edge_or_end_vertex(x: float, y: float, xy: np.ndarray, edge: int) -> tuple[float, float, float, float]:
    """Return an edge, or one end of it twice if the point lies beyond that end. nan if rounding could decide."""
    ax, ay, bx, by = sorted_edge_ends(xy, edge)
    a_position, b_position = (classify_beyond_end(x, y, ax, ay, bx, by), classify_beyond_end(x, y, bx, by, ax, ay))
    if UNSURE in (a_position, b_position):
        return np.nan, np.nan, np.nan, np.nan
    if a_position == BEYOND_END:
        return ax, ay, ax, ay
    if b_position == BEYOND_END:
        return bx, by, bx, by
    return ax, ay, bx, by


@njit(cache=True, nogil=True, error_model="numpy")
def classify_beyond_end(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> int:
    """Classify a point as `BEYOND_END`, `ALONG_EDGE` or `UNSURE`, relative to the end `a` of an edge."""
    x_product, y_product = (x - ax) * (bx - ax), (y - ay) * (by - ay)
    if x_product == 0 and y_product == 0:
        return BEYOND_END
    if abs(x_product + y_product) <= RELATIVE_ROUNDING_ERROR * (abs(x_product) + abs(y_product)):
        return UNSURE
    return BEYOND_END if x_product + y_product < 0 else ALONG_EDGE


@njit(cache=True, nogil=True, error_model="numpy")
def squared_distance_to_outline(x: float, y: float, edge_index: EdgeIndex, row: int, max_squared: float) -> float:
    """Return the squared distance of a point from the outline of a row.

    The result is exact only up to `max_squared`. Beyond, it may be larger than the true value.
    """
    xy, ring_offsets = edge_index.xy, edge_index.ring_offsets
    min_squared = np.inf
    band_count = edge_index.row_band_offsets[row + 1] - edge_index.row_band_offsets[row]
    if band_count == 0:
        for ring in range(edge_index.row_offsets[row], edge_index.row_offsets[row + 1]):
            for edge in range(ring_offsets[ring], ring_offsets[ring + 1] - 1):
                min_squared = min(min_squared, squared_distance_to_edge(x, y, xy, edge))
        return min_squared
    reach_m = np.sqrt(max_squared)
    west, east = edge_index.bounds[row, 0], edge_index.bounds[row, 2]
    low, high = (band_at(x - reach_m, west, east, band_count), band_at(x + reach_m, west, east, band_count))
    for band in range(low, high + 1):
        for nth in range(
            edge_index.band_offsets[edge_index.row_band_offsets[row] + band],
            edge_index.band_offsets[edge_index.row_band_offsets[row] + band + 1],
        ):
            min_squared = min(min_squared, squared_distance_to_edge(x, y, xy, edge_index.edges[nth]))
    return min_squared


@njit(cache=True, nogil=True, error_model="numpy")
def squared_distance_to_edge(x: float, y: float, xy: np.ndarray, edge: int) -> float:
    """Return the squared distance of a point from an edge. The direction of the edge makes no difference."""
    ax, ay, bx, by = sorted_edge_ends(xy, edge)
    return squared_distance_to_segment(x, y, ax, ay, bx, by)


@njit(cache=True, nogil=True, error_model="numpy")
def sorted_edge_ends(xy: np.ndarray, edge: int) -> tuple[float, float, float, float]:
    """Return the ends of an edge, the western first. On a vertical edge the southern is first."""
    ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
    if ax < bx or (ax == bx and ay < by):
        return ax, ay, bx, by
    return bx, by, ax, ay


@njit(cache=True, nogil=True, error_model="numpy")
def squared_distance_to_segment(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Return the squared distance of a point from the segment between a and b.

    >>> squared_distance_to_segment(5.0, 3.0, 0.0, 0.0, 10.0, 0.0)
    9.0
    >>> squared_distance_to_segment(13.0, 4.0, 0.0, 0.0, 10.0, 0.0)
    25.0
    """
    run, rise = bx - ax, by - ay
    length_squared = run * run + rise * rise
    along = (x - ax) * run + (y - ay) * rise
    if along <= 0 or length_squared == 0:
        return (x - ax) ** 2 + (y - ay) ** 2
    if along >= length_squared:
        return (x - bx) ** 2 + (y - by) ** 2
    cross = run * (y - ay) - (x - ax) * rise
    return cross * cross / length_squared
