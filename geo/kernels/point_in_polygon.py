"""The areas that contain points, and the nearest area to each: exact, with ties to the lowest row.

`geo.join.areas.containment` calls `locate_points`. Double precision decides most points. Shapely
and exact fractions decide the rest.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numba import njit

from geo.kernels.edge_index import EdgeIndex, band_at, readonly_view
from geo.kernels.geometry_arrays import Areas
from geo.kernels.grid_index import Grid, cell_index, grid_of, visiting_order
from geo.kernels.nearest_area import (
    NONE,
    find_nearest_area,
    max_rounding_error,
    squared_distance_to_segment,
    truly_nearest,
)
from geo.kernels.parallel import parallel_for

# Rounding error of an orientation, as a share of its products (Shewchuk 1997, bound A, doubled).
RELATIVE_ROUNDING_ERROR = 8e-16
FIRST_SEARCH_SHARE = 0.25  # share of the reach that is searched first
OUT, IN, ON, UNSURE = 0, 1, 2, 3


class PointLocations(NamedTuple):
    """For each point the lowest area that contains it, the next one, and the nearest area if none does.

    All have the shape (points,). Rows are `NONE` where there is no area. `distance_m` is the
    distance to the nearest area, inf if none is within reach.
    """

    first_area: np.ndarray
    second_area: np.ndarray
    nearest_area: np.ndarray
    distance_m: np.ndarray


def locate_points(
    points: np.ndarray, areas: Areas, *, reach_m: float = 0.0, edge_m: float = 0.0, grid: Grid | None = None
) -> PointLocations:
    """Find the areas that contain each point, else the nearest area within `reach_m`.

    `points` (n, 2) are relative to the origin of the areas, nan for none. Areas are closed: a point
    on an edge, or within `edge_m` of it, belongs to the area. Ties go to the lowest row. `grid`
    saves time if it is used often. Build it with `grid_of` and `edge_m` as its margin.

    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> lots = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), shapely.box(20, 0, 40, 40)]))
    >>> trees = np.array([[5.0, 5.0], [20.0, 5.0], [45.0, 5.0], [90.0, 5.0]])
    >>> located = locate_points(trees, lots, reach_m=15.0)
    >>> located.first_area.tolist(), located.second_area.tolist()
    ([0, 0, -1, -1], [-1, 1, -1, -1])
    >>> located.nearest_area.tolist(), located.distance_m.tolist()
    ([-1, -1, 1, -1], [inf, inf, 5.0, inf])
    """
    points, edge_index = readonly_view(points), areas.edge_index
    grid = grid or grid_of(areas.bounds, edge_m)
    order = visiting_order(points, grid)
    size = len(points)
    first_area, second_area, nearest_area = (np.full(size, NONE) for _ in range(3))
    locations = PointLocations(first_area, second_area, nearest_area, np.full(size, np.inf))
    is_unsure, has_tie = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    rounding_error_m = max_rounding_error(areas, reach_m)

    def locate_range(low: int, high: int) -> None:
        batch = order[low:high]
        distances = (float(edge_m), float(reach_m), rounding_error_m)
        locate_batch(points, batch, edge_index, grid, *distances, *locations, is_unsure, has_tie)

    parallel_for(locate_range, len(order))
    for point in np.flatnonzero(has_tie & (first_area == NONE)):
        nearest_area[point], locations.distance_m[point] = truly_nearest(
            points[point], areas, reach_m, rounding_error_m
        )
    for point in np.flatnonzero(is_unsure):
        _resolve_with_shapely(int(point), points[point], areas, grid, locations)
    return locations


def _resolve_with_shapely(point: int, xy: np.ndarray, areas: Areas, grid: Grid, locations: PointLocations) -> None:
    """Let Shapely decide a point that double precision cannot. Its predicates are exact."""
    column = cell_index(xy[0], grid.x, grid.cells_per_m, grid.columns)
    cell = cell_index(xy[1], grid.y, grid.cells_per_m, grid.rows) * grid.columns + column
    rows = grid.boxes[grid.cell_offsets[cell] : grid.cell_offsets[cell + 1]]
    geometry = shapely.Point(xy + areas.origin)
    containing_rows = [row for row in rows if shapely.intersects(areas.to_shapely(row), geometry)]
    first_area, second_area = [*containing_rows, NONE, NONE][:2]
    locations.first_area[point], locations.second_area[point] = first_area, second_area
    if first_area != NONE:
        locations.nearest_area[point], locations.distance_m[point] = NONE, np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def locate_batch(
    points: np.ndarray,
    order: np.ndarray,
    edge_index: EdgeIndex,
    grid: Grid,
    edge_m: float,
    reach_m: float,
    rounding_error_m: float,
    first_area: np.ndarray,
    second_area: np.ndarray,
    nearest_area: np.ndarray,
    distance_m: np.ndarray,
    is_unsure: np.ndarray,
    has_tie: np.ndarray,
) -> None:
    """Locate the points in `order`, and mark those that rounding could decide.

    `is_unsure` marks doubt about containment, `has_tie` doubt about the nearest area.
    """
    # Take the arrays out of their tuples once, because each access counts a reference.
    bounds, cell_offsets, boxes = edge_index.bounds, grid.cell_offsets, grid.boxes
    for point in order:
        x, y = points[point, 0], points[point, 1]
        column = cell_index(x, grid.x, grid.cells_per_m, grid.columns)
        cell = cell_index(y, grid.y, grid.cells_per_m, grid.rows) * grid.columns + column
        for nth in range(cell_offsets[cell], cell_offsets[cell + 1]):
            area = boxes[nth]
            if x < bounds[area, 0] - edge_m or x > bounds[area, 2] + edge_m:
                continue
            if y < bounds[area, 1] - edge_m or y > bounds[area, 3] + edge_m:
                continue
            location = classify_point(x, y, edge_index, area, edge_m)
            if location == UNSURE:
                is_unsure[point] = True
            elif location == IN:
                if first_area[point] == NONE:
                    first_area[point] = area
                else:
                    second_area[point] = area
                    break
        if first_area[point] == NONE and reach_m > 0:
            # Most points outside are close to an area, so a short search through few cells is enough.
            nearest, nearest_m, is_tied = find_nearest_area(
                x, y, edge_index, grid, reach_m * FIRST_SEARCH_SHARE, rounding_error_m
            )
            if nearest == NONE:
                nearest, nearest_m, is_tied = find_nearest_area(x, y, edge_index, grid, reach_m, rounding_error_m)
            nearest_area[point], distance_m[point], has_tie[point] = nearest, nearest_m, is_tied


@njit(cache=True, nogil=True, error_model="numpy")
def classify_point(x: float, y: float, edge_index: EdgeIndex, row: int, edge_m: float) -> int:
    """Return whether a row contains a point inside its bounding box: `IN`, `OUT` or `UNSURE`.

    The point is inside if a ray straight up crosses an odd number of edges (Shimrat 1962). An edge
    is crossed if its ends lie on different sides of the point's x. A vertex counts as to the right.
    """
    xy, ring_offsets = edge_index.xy, edge_index.ring_offsets
    is_inside = False
    band_count = edge_index.row_band_offsets[row + 1] - edge_index.row_band_offsets[row]
    if band_count == 0:
        for ring in range(edge_index.row_offsets[row], edge_index.row_offsets[row + 1]):
            for edge in range(ring_offsets[ring], ring_offsets[ring + 1] - 1):
                relation = classify_edge(x, y, xy, edge, edge_m)
                if relation >= ON:
                    return IN if relation == ON else UNSURE
                is_inside ^= relation == IN
        return IN if is_inside else OUT
    west, east = edge_index.bounds[row, 0], edge_index.bounds[row, 2]
    low = band_at(x - edge_m, west, east, band_count)
    high = band_at(x + edge_m, west, east, band_count)
    point_band = band_at(x, west, east, band_count)
    for band in range(low, high + 1):
        for nth in range(
            edge_index.band_offsets[edge_index.row_band_offsets[row] + band],
            edge_index.band_offsets[edge_index.row_band_offsets[row] + band + 1],
        ):
            relation = classify_edge(x, y, edge_index.xy, edge_index.edges[nth], edge_m)
            if relation >= ON:
                return IN if relation == ON else UNSURE
            is_inside ^= relation == IN and band == point_band
    return IN if is_inside else OUT


@njit(cache=True, nogil=True, error_model="numpy")
def classify_edge(x: float, y: float, xy: np.ndarray, edge: int, edge_m: float) -> int:
    """Return whether an edge lies above a point: `IN` if above, `OUT` if not, `ON` or `UNSURE`."""
    ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
    if is_on_edge(x, y, ax, ay, bx, by, edge_m):
        return ON
    if (ax > x) == (bx > x) or y > max(ay, by):
        return OUT
    if y < min(ay, by):
        return IN
    left_product, right_product = (bx - ax) * (y - ay), (x - ax) * (by - ay)
    if edge_m == 0 and abs(left_product - right_product) <= RELATIVE_ROUNDING_ERROR * (
        abs(left_product) + abs(right_product)
    ):
        return UNSURE
    # The edge lies above the point if it runs to the right and has the point on its right.
    return IN if (left_product < right_product) == (bx > ax) else OUT


@njit(cache=True, nogil=True, error_model="numpy")
def is_on_edge(x: float, y: float, ax: float, ay: float, bx: float, by: float, edge_m: float) -> bool:
    """Return whether a point is on an edge: within `edge_m`, or exactly at an end or on a vertical edge."""
    if edge_m > 0:
        return (
            min(ax, bx) - edge_m <= x <= max(ax, bx) + edge_m
            and min(ay, by) - edge_m <= y <= max(ay, by) + edge_m
            and squared_distance_to_segment(x, y, ax, ay, bx, by) <= edge_m * edge_m
        )
    if x == ax and (y == ay or (ax == bx and min(ay, by) <= y <= max(ay, by))):
        return True
    return bool(x == bx and y == by)
