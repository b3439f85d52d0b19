"""Canopy from crown polygons: overlapping crowns are dissolved, so ground is counted once."""

import numpy as np
import shapely

from geo.join.shares import parts


def canopy_over(zones: np.ndarray, crowns: np.ndarray) -> np.ndarray:
    """Measure the m² of each zone under at least one crown; nan for a zone that is not drawn.

    The crowns that meet a zone are cut to it and united, so that where two overlap the ground counts
    once. Zones are measured one by one: where zones overlap, each has its own whole canopy.
    """
    crowns = shapely.get_parts(crowns)
    tree = shapely.STRtree(crowns)
    zone, crown = tree.query(zones, predicate="intersects")
    covered = tree.query(zones, predicate="covers")
    whole = np.isin(zone * len(crowns) + crown, covered[0] * len(crowns) + covered[1])
    pieces = crowns[crown]
    pieces[~whole] = shapely.intersection(zones[zone[~whole]], pieces[~whole])
    m2 = _united(zone, pieces, len(zones))
    return np.where(shapely.is_missing(zones), np.nan, m2)


def canopy_over_apart(zones: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Measure the same where the pieces share no ground: areas just add up.

    For large zones: cutting thousands of crowns to a town and uniting them takes longer than uniting
    the few that overlap.
    """
    cut = parts(pieces, zones)
    return np.bincount(cut["area"], cut["m2"], len(zones))


def dissolved(crowns: np.ndarray) -> np.ndarray:
    """Unite crowns that touch or overlap; the pieces share no ground, and no ground is lost."""
    crowns = shapely.get_parts(crowns)
    one, other = shapely.STRtree(crowns).query(crowns, predicate="intersects")
    heap = heaps(one, other, len(crowns))
    alone = np.bincount(heap, minlength=len(crowns))[heap] == 1
    return np.concatenate([crowns[alone], _unions(crowns[~alone], heap[~alone])])


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


def _united(zone: np.ndarray, pieces: np.ndarray, size: int) -> np.ndarray:
    """Add up the areas of pieces by zone; of zones with several pieces, the area of their union."""
    flat, index = shapely.get_parts(pieces, return_index=True)
    # A crown that only touches a zone leaves a line or a point there, which no ground is.
    solid = shapely.get_type_id(flat) == shapely.GeometryType.POLYGON
    zone, flat = zone[index[solid]], flat[solid]
    several = np.bincount(zone, minlength=size)[zone] > 1
    # Without a value, bincount forgets that it adds up fractions.
    m2 = np.bincount(zone[~several], shapely.area(flat[~several]), size).astype(float)
    if several.any():
        m2[np.unique(zone[several])] = shapely.area(_unions(flat[several], zone[several]))
    return m2


def _unions(polygons: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Unite polygons by the number that each carries; one shape for each number, in order."""
    number = np.unique(of, return_inverse=True)[1]
    order = np.argsort(number, kind="stable")
    heaped = shapely.multipolygons(polygons[order], indices=number[order])
    # One row for each heap: GEOS unites along the row, in one call for all.
    return shapely.union_all(heaped[:, None], axis=1)
