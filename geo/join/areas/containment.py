"""Containment: the area that contains each point, each point counted once.

Inspections, trees and towns call `find_containing_areas`.
"""

from dataclasses import dataclass

import numpy as np

from geo.kernels.geometry_arrays import Areas
from geo.kernels.grid_index import Grid
from geo.kernels.point_in_polygon import locate_points
from geo.projected_layer import NONE


@dataclass(frozen=True)
class Containment:
    """For each point the first area that contains it, and the second: positions (n,), `NONE` if none does."""

    first: np.ndarray
    second: np.ndarray


def find_containing_areas(
    points: np.ndarray, areas: Areas, *, edge_m: float = 0.0, grid: Grid | None = None
) -> Containment:
    """Find the area with the lowest position that contains each point, and the next one.

    Areas are closed: they include the points on their edges, and those within `edge_m` of an edge. A
    point on a shared edge belongs to the lowest area. `points` (n, 2) are in the CRS of the areas. A nan point
    lies in no area. Pass the areas' `grid` (with `edge_m` as margin) to reuse it between calls.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> parcels = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), shapely.box(20, 0, 40, 40)]))
    >>> containment = find_containing_areas(np.array([[5.0, 5.0], [20.0, 10.0], [50.0, 5.0]]), parcels)
    >>> containment.first.tolist(), containment.second.tolist()
    ([0, 0, -1], [-1, 1, -1])
    """
    if not len(points) or not len(areas):
        return Containment(np.full(len(points), NONE), np.full(len(points), NONE))
    locations = locate_points(points - areas.origin, areas, edge_m=edge_m, grid=grid)
    return Containment(locations.first_area, locations.second_area)


def lowest_per_group(group_of: np.ndarray, values: np.ndarray, group_count: int) -> np.ndarray:
    """Return the lowest value of each group, or `NONE` for an empty group.

    >>> lowest_per_group(np.array([0, 2, 0]), np.array([7, 4, 5]), 3).tolist()
    [5, -1, 4]
    """
    sentinel = np.iinfo(np.int64).max
    lowest_values = np.full(group_count, sentinel, np.int64)
    np.minimum.at(lowest_values, group_of, values)
    return np.where(lowest_values == sentinel, NONE, lowest_values)
