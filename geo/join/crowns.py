"""Canopy from crown polygons: overlapping crowns are dissolved, so ground is counted once."""

import numpy as np
import shapely

from geo.engine.chunks import in_pieces
from geo.engine.overlaps import overlapping, shared_m2
from geo.engine.shapes import Areas, areas_from
from geo.join.shares import parts

MM2 = 1e6  # square millimetres in a m²: whole ones add up to the same in whatever order they come


def canopy_over(zones: Areas, pieces: Areas) -> np.ndarray:
    """Measure the m² of each zone that lies in pieces that share no ground; nan for a zone that is not drawn.

    Zones are measured one by one: where zones overlap, each has its own whole canopy.
    """
    return np.where(np.isnan(zones.bounds[:, 0]), np.nan, shared_m2(zones, pieces))


def canopy_over_large(zones: np.ndarray, pieces: Areas) -> np.ndarray:
    """Measure the same for zones that hold many pieces, in whole mm²: most of these are not cut at all."""
    cut = parts(pieces, zones)
    return np.bincount(cut["area"], np.rint(cut["m2"] * MM2), len(zones)) / MM2


def dissolved(crowns: np.ndarray) -> np.ndarray:
    """Unite crowns that overlap; the pieces share no ground, and no ground is lost."""
    crowns = shapely.get_parts(crowns)
    one, other = overlapping(areas_from(crowns))
    heap = heaps(one, other, len(crowns))
    alone = np.bincount(heap, minlength=len(crowns))[heap] == 1
    return np.concatenate([crowns[alone], shapely.get_parts(_unions(crowns[~alone], heap[~alone]))])


def heaps(one: np.ndarray, other: np.ndarray, size: int) -> np.ndarray:
    """Find the heap of each of `size` things that hang together through pairs: its lowest member.

    Every round a thing takes the lowest number among its neighbours, and then its number's number,
    so that a chain of n links takes about log n rounds.

    >>> heaps(np.array([1, 3, 2]), np.array([0, 4, 1]), 6).tolist()
    [0, 0, 0, 3, 3, 5]
    """
    heap = np.arange(size)
    while True:
        low = np.minimum(heap[one], heap[other])
        new = heap.copy()
        np.minimum.at(new, heap[one], low)
        np.minimum.at(new, heap[other], low)
        new = np.minimum(new, new[heap])
        new = new[new]
        if (new == heap).all():
            return heap
        heap = new


def _unions(polygons: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Unite polygons by the number that each carries; one shape for each number, in order."""
    number = np.unique(of, return_inverse=True)[1]
    order = np.argsort(number, kind="stable")
    heaped = shapely.multipolygons(polygons[order], indices=number[order])
    # One row for each heap: GEOS unites along the row, without the interpreter's lock.
    united = np.empty(len(heaped), dtype=object)

    def some(first: int, last: int) -> None:
        united[first:last] = shapely.union_all(heaped[first:last, None], axis=1)

    in_pieces(some, len(heaped))
    return united
