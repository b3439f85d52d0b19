"""A growing index of points (rtree): each new group of points is searched in those read so far, then added.

`tree_doubles` makes one for each search and drops it. Two threads on one rtree crash it, or get wrong
answers (Toblerone/rtree#53). So all work on it happens behind one lock.
"""

from threading import Lock

import numpy as np
from rtree import index

_LOCK = Lock()


class PointIndex:
    """Points in meters, found by distance. It grows, and belongs to one writer."""

    def __init__(self) -> None:
        self._tree = index.Index()
        self._xy = np.zeros((0, 2))

    def find_and_add(self, points: np.ndarray, max_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return pairs of new points (n, 2) and known points within `max_m`, then add the new ones.

        Gives the positions among the new points, those among the known ones (numbered from 0 as they were
        added), and the distances in meters.

        >>> points = PointIndex()
        >>> [len(part) for part in points.find_and_add(np.array([[0.0, 0.0], [50.0, 0.0]]), 3.0)]
        [0, 0, 0]
        >>> [part.tolist() for part in points.find_and_add(np.array([[51.0, 0.0]]), 3.0)]
        [[0], [1], [1.0]]
        """
        with _LOCK:
            new, known = self._find(points, max_m)
            self._add(points)
        distances_m = np.hypot(*(points[new] - self._xy[known]).T)
        is_near = distances_m <= max_m
        return new[is_near], known[is_near], distances_m[is_near]

    def _find(self, points: np.ndarray, max_m: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs whose boxes meet, in the order of the new points and then of the known ones."""
        pairs = [
            (new, known)
            for new, (x, y) in enumerate(points.tolist())
            for known in sorted(self._tree.intersection((x - max_m, y - max_m, x + max_m, y + max_m)))
        ]
        new, known = np.array(pairs, np.int64).reshape(-1, 2).T
        return new, known

    def _add(self, points: np.ndarray) -> None:
        for number, (x, y) in enumerate(points.tolist(), len(self._xy)):
            self._tree.insert(number, (x, y, x, y))
        self._xy = np.concatenate([self._xy, points])
