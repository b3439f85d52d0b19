"""Canopy area from crown polygons. Overlapping crowns are dissolved, so their ground counts once.

The full and the incremental join call `dissolve_crowns`, then measure with `canopy_over` or
`canopy_over_large`. See docs/decisions/0015-canopy-counted-once.md.
"""

import numpy as np
import shapely

from geo.join.areas.area_shares import overlay_zones
from geo.kernels.geometry_arrays import Areas, areas_from_shapely
from geo.kernels.overlay_area import covered_area_m2, overlapping_pairs
from geo.kernels.parallel import parallel_for

MM2_PER_M2 = 1e6  # sums of whole mm² do not depend on their order


def canopy_over(zones: Areas, pieces: Areas) -> np.ndarray:
    """Return the area of each zone under the pieces, in m², nan for a zone without geometry.

    The pieces must not overlap each other. Overlapping zones each have their full canopy.

    >>> parcels = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), None]))
    >>> crowns = areas_from_shapely(np.array([shapely.box(15, 0, 25, 10)]), parcels.origin)
    >>> canopy_over(parcels, crowns).tolist()
    [50.0, nan]
    """
    return np.where(np.isnan(zones.bounds[:, 0]), np.nan, covered_area_m2(zones, pieces))


def canopy_over_large(zones: np.ndarray, pieces: Areas) -> np.ndarray:
    """Return the same for zones that hold many pieces, rounded to mm².

    Here the pieces are cut by the zones. Most pieces lie within one zone and need no cut.

    >>> town = np.array([shapely.box(0, 0, 1000, 1000)])
    >>> crowns = areas_from_shapely(np.array([shapely.box(0, 0, 10, 10), shapely.box(995, 0, 1005, 10)]))
    >>> canopy_over_large(town, crowns).tolist()
    [150.0]
    """
    overlay = overlay_zones(pieces, zones)
    return np.bincount(overlay["area"], np.rint(overlay["m2"] * MM2_PER_M2), len(zones)) / MM2_PER_M2


def dissolve_crowns(crowns: np.ndarray) -> np.ndarray:
    """Return the union of overlapping crowns as polygons that do not overlap each other.

    >>> crowns = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2), shapely.box(8, 0, 9, 1)])
    >>> shapely.area(dissolve_crowns(crowns)).tolist()
    [1.0, 6.0]
    """
    crowns = shapely.get_parts(crowns)
    first, second = overlapping_pairs(areas_from_shapely(crowns))
    cluster = connected_components(first, second, len(crowns))
    isolated = np.bincount(cluster, minlength=len(crowns))[cluster] == 1
    return np.concatenate(
        [crowns[isolated], shapely.get_parts(_union_by_cluster(crowns[~isolated], cluster[~isolated]))]
    )


def connected_components(first: np.ndarray, second: np.ndarray, size: int) -> np.ndarray:
    """Return the cluster of each item, given the connected pairs. A cluster's number is its lowest item.

    Each round an item takes the lowest number among its neighbors, then the number of that number. So a
    chain of n links takes about log n rounds.

    >>> connected_components(np.array([1, 3, 2]), np.array([0, 4, 1]), 6).tolist()
    [0, 0, 0, 3, 3, 5]
    """
    cluster = np.arange(size)
    while True:
        lowest = np.minimum(cluster[first], cluster[second])
        updated = cluster.copy()
        np.minimum.at(updated, cluster[first], lowest)
        np.minimum.at(updated, cluster[second], lowest)
        updated = np.minimum(updated, updated[cluster])
        updated = updated[updated]
        if (updated == cluster).all():
            return cluster
        cluster = updated


def _union_by_cluster(polygons: np.ndarray, cluster_of: np.ndarray) -> np.ndarray:
    """Return the union of the polygons of each cluster, in the order of cluster numbers."""
    cluster = np.unique(cluster_of, return_inverse=True)[1]
    order = np.argsort(cluster, kind="stable")
    grouped = shapely.multipolygons(polygons[order], indices=cluster[order])
    # One row for each cluster: GEOS unites along the row and releases the GIL.
    unions = np.empty(len(grouped), dtype=object)

    def union_range(start: int, stop: int) -> None:
        unions[start:stop] = shapely.union_all(grouped[start:stop, None], axis=1)

    parallel_for(union_range, len(grouped))
    return unions
