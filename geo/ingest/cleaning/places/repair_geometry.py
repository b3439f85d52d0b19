"""Repair of invalid geometries, with limits on the work that a hostile outline can cause.

`geo.ingest.cleaning.places.geometries` calls `drop_non_finite` and `repair_invalid`.
"""

import numpy as np
import shapely

from geo.ingest.row_notes import RowNotes

MAX_SAMPLED_SEGMENTS = 1_000  # segments in the sample
MAX_LINEWORK_INTERSECTIONS = (
    1_000  # above it, repair uses GEOS's structure method, because linework takes quadratic time
)
MAX_SELF_INTERSECTIONS = 100_000  # above it, a repair takes minutes and gigabytes, and no real outline has so many


def drop_non_finite(geometries: np.ndarray, notes: RowNotes) -> np.ndarray:
    """Return geometries `(n,)`, None where a coordinate is nan or infinite, with a note.

    >>> notes = RowNotes(2)
    >>> points = shapely.points([[1.0, 2.0], [float("inf"), 2.0]])
    >>> [point is None for point in drop_non_finite(points, notes)]
    [False, True]
    """
    coordinates, geometry_index = shapely.get_coordinates(geometries, return_index=True)
    is_not_finite = np.zeros(len(geometries), dtype=bool)
    is_not_finite[geometry_index[~np.isfinite(coordinates).all(axis=1)]] = True
    notes.add_note("mended", is_not_finite, "geometry: a coordinate is not a number; location unknown")
    return blank_geometries(geometries, is_not_finite)


def repair_invalid(geometries: np.ndarray, notes: RowNotes) -> np.ndarray:
    """Return geometries `(n,)` with invalid ones repaired. The note says how the area changed.

    A geometry that crosses itself more than `MAX_SELF_INTERSECTIONS` times becomes None.

    >>> notes = RowNotes(1)
    >>> bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    >>> repair_invalid(np.array([bow_tie]), notes)[0].geom_type
    'MultiPolygon'
    >>> notes.entries[0].kind
    'geometry: invalid; repaired'
    """
    is_invalid = ~shapely.is_valid(geometries) & ~shapely.is_missing(geometries)
    if not is_invalid.any():
        return geometries
    intersection_counts = np.zeros(len(geometries))
    intersection_counts[is_invalid] = [estimate_self_intersections(geometry) for geometry in geometries[is_invalid]]
    is_beyond_repair = intersection_counts > MAX_SELF_INTERSECTIONS
    notes.add_note("mended", is_beyond_repair, "geometry: crosses itself too often to repair; location unknown")
    is_repairable = is_invalid & ~is_beyond_repair
    repaired = blank_geometries(geometries, is_beyond_repair)
    repaired[is_repairable] = _make_valid(
        geometries[is_repairable], intersection_counts[is_repairable] > MAX_LINEWORK_INTERSECTIONS
    )
    reasons = _repair_reasons(geometries[is_repairable], repaired[is_repairable])
    notes.add_note("mended", is_repairable, "geometry: invalid; repaired", reasons)
    return repaired


def blank_geometries(geometries: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a copy of geometries `(n,)`, None where `mask` is true.

    >>> blank_geometries(np.array([shapely.Point(0, 0), shapely.Point(1, 1)]), np.array([True, False])).tolist()
    [None, <POINT (1 1)>]
    """
    remaining = geometries.copy()
    remaining[mask] = None
    return remaining


def estimate_self_intersections(geometry: shapely.Geometry) -> float:
    """Return an estimate of how often an outline crosses itself, from a sample of its segments.

    >>> round(estimate_self_intersections(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])))
    1
    >>> estimate_self_intersections(shapely.box(0, 0, 1, 1))
    0.0
    """
    coordinates, ring_index = shapely.get_coordinates(shapely.get_rings(geometry), return_index=True)
    in_same_ring = ring_index[1:] == ring_index[:-1]
    if not in_same_ring.any():
        return 0.0
    segments = shapely.linestrings(np.stack([coordinates[:-1][in_same_ring], coordinates[1:][in_same_ring]], axis=1))
    sample = segments[:: max(1, len(segments) // MAX_SAMPLED_SEGMENTS)]
    contacts_per_segment = len(shapely.STRtree(segments).query(sample, predicate="intersects")[0]) / len(sample)
    return max(0.0, len(segments) * (contacts_per_segment - 3) / 2)  # each segment meets itself and its two neighbors


def _make_valid(geometries: np.ndarray, is_tangled: np.ndarray) -> np.ndarray:
    repaired = geometries.copy()
    repaired[~is_tangled] = shapely.make_valid(geometries[~is_tangled])
    repaired[is_tangled] = shapely.make_valid(geometries[is_tangled], method="structure", keep_collapsed=True)
    return repaired


def _repair_reasons(invalid: np.ndarray, repaired: np.ndarray) -> list[str]:
    validity_reasons = shapely.is_valid_reason(invalid)
    area_before, area_after = shapely.area(invalid), shapely.area(repaired)
    with np.errstate(divide="ignore", invalid="ignore"):
        change_percents = np.where(area_before > 0, (area_after / area_before - 1) * 100, 0)
    return [
        f"geometry: invalid ({reason}); repaired, area changed by {change_percent:+.2f}%"
        for reason, change_percent in zip(validity_reasons, change_percents, strict=True)
    ]
