"""Points in areas: which contains each, counted once."""

from dataclasses import dataclass

import numpy as np

from geo.engine.grid import Grid
from geo.engine.points import located
from geo.engine.shapes import Areas
from geo.join.measured import NONE


@dataclass(frozen=True)
class Inside:
    """For each point the first area that contains it, and the second; `NONE` where none does."""

    first: np.ndarray
    second: np.ndarray


def inside(
    points: np.ndarray, areas: Areas, *, edge_m: float = 0.0, grid: Grid | None = None
) -> Inside:
    """Find the area with the lowest position that contains each point, and the next one.

    Areas are closed: a point on an edge, or within `edge_m` of it, belongs to the area; on an edge
    that two share, to the first of them. `points` (rows, 2) that are nan, and missing areas, contain nothing. Whoever asks often
    brings the areas' `grid`, made with `edge_m` as its margin.
    """
    if not len(points) or not len(areas):
        return Inside(np.full(len(points), NONE), np.full(len(points), NONE))
    found = located(points - areas.origin, areas, edge_m=edge_m, grid=grid)
    return Inside(found.first, found.second)


def lowest(of: np.ndarray, value: np.ndarray, size: int) -> np.ndarray:
    """Take the lowest value that is paired with each of `size` things; `NONE` where none is.

    >>> lowest(np.array([0, 2, 0]), np.array([7, 4, 5]), 3).tolist()
    [5, -1, 4]
    """
    none = np.iinfo(np.int64).max
    best = np.full(size, none, np.int64)
    np.minimum.at(best, of, value)
    return np.where(best == none, NONE, best)
