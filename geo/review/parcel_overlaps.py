"""Parcels that lie on the same ground although they are not stacked: one of them is drawn wrong, or twice.

`lotleaf load parcels` and `lotleaf check` name them. A tree in an overlap never has high confidence
(`geo.join.placement.place_records`).
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.join.areas.ground import dedupe_stacked_parcels
from geo.kernels.geometry_arrays import Areas
from geo.kernels.overlay_area import intersection_areas
from geo.projected_layer import ProjectedLayer

MIN_SHARE = 0.05  # of one of the parcels; less is digitizing noise, or a line drawn twice
MIN_AREA_M2 = 1.0
# Units lie on their master's ground, and streets and water are drawn over lots.
KINDS_THAT_OVERLAP = ("unit", "master", "right_of_way", "water")


@dataclass(frozen=True, slots=True)
class ParcelOverlap:
    """Two parcels that share ground: the area in m², and its share of each parcel (0 to 1).

    The parcel `id` covers `other_share` of the parcel `other_id`.
    """

    id: str
    other_id: str
    area_m2: float
    share: float
    other_share: float


def find_parcel_overlaps(parcels: ProjectedLayer, source: str | None = None) -> list[ParcelOverlap]:
    """Return the overlaps of parcels beyond slivers, the largest share first.

    Stacked parcels (the same outline) are one piece of ground. With `source`, one of the parcels is of that
    source. It comes first, so that it covers the other. Otherwise the parcel with the larger share in the
    overlap is the covered one.
    """
    if not len(parcels):
        return []
    rows = dedupe_stacked_parcels(parcels).parcel_rows
    rows = rows[~np.isin(parcels.normalized_text("kind")[rows], KINDS_THAT_OVERLAP)]
    areas = parcels.areas.take(rows)
    first, second = _pairs_by_bounds(areas)
    candidates = np.unique(np.concatenate([first, second]))
    rows, areas = rows[candidates], areas.take(candidates)
    shared = intersection_areas(areas, areas)
    is_pair = shared.zone < shared.area
    zone, area, m2 = shared.zone[is_pair], shared.area[is_pair], shared.m2[is_pair]
    share = m2 / np.minimum(areas.area_m2[zone], areas.area_m2[area])
    is_told = (share >= MIN_SHARE) & (m2 >= MIN_AREA_M2)
    overlaps = [
        _overlap(parcels, (int(rows[zone[nth]]), int(rows[area[nth]])), float(m2[nth]), source)
        for nth in np.flatnonzero(is_told)
    ]
    kept = [overlap for overlap in overlaps if overlap is not None]
    return sorted(kept, key=lambda item: (-round(max(item.share, item.other_share), 4), item.id, item.other_id))


def _overlap(parcels: ProjectedLayer, pair: tuple[int, int], m2: float, source: str | None) -> ParcelOverlap | None:
    """Return the overlap of two rows, or None if neither is of `source`."""
    sources, area_m2 = parcels.values("source"), parcels.areas.area_m2
    is_own = [source is None or sources[row] == source for row in pair]
    if not any(is_own):
        return None
    shares = [m2 / float(area_m2[row]) for row in pair]
    is_swapped = is_own[1] if is_own[0] != is_own[1] else shares[0] > shares[1]
    order = (1, 0) if is_swapped else (0, 1)
    ids = [str(parcels.ids[pair[nth]]) for nth in order]
    return ParcelOverlap(ids[0], ids[1], m2, shares[order[0]], shares[order[1]])


def _pairs_by_bounds(areas: Areas) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of areas whose bounds share enough ground for an overlap that is told."""
    bounds = areas.bounds
    boxes = shapely.box(*bounds.T)
    first, second = shapely.STRtree(boxes).query(boxes)
    is_pair = first < second
    first, second = first[is_pair], second[is_pair]
    low, high = np.maximum(bounds[first, :2], bounds[second, :2]), np.minimum(bounds[first, 2:], bounds[second, 2:])
    common_m2 = np.prod(np.maximum(high - low, 0), axis=1)
    enough = (common_m2 >= MIN_SHARE * np.minimum(areas.area_m2[first], areas.area_m2[second])) & (
        common_m2 >= MIN_AREA_M2
    )
    return first[enough], second[enough]
