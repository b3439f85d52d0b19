"""Cleaning of geometries: WGS 84 degrees, two dimensions, valid, and of a type that the layer takes.

`clean_layer` calls `clean_geometries` with the geometries as the file has them.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS
from shapely import GeometryType

from geo.crs import TOWN_LATITUDES, Bbox
from geo.errors import NeedsOption
from geo.ingest.cleaning.places.repair_geometry import blank_geometries, drop_non_finite, repair_invalid
from geo.ingest.mapping.crs_detection import (
    CrsHints,
    DetectedCrs,
    candidate_crs_names,
    detect_crs,
    find_fitting_crs,
    is_near_bbox,
    transform_to_degrees,
)
from geo.ingest.row_notes import RowNotes
from geo.mapped_area import MappedArea
from geo.schema import Layer

ZERO_TOLERANCE = 1e-9
FAR_FROM_TOWNS_NOTE = "geometry: is more than 10 km from every town"
NULL_ISLAND_DEG = 1e-3  # distance from (0, 0) within which a point has no true location


@dataclass(frozen=True)
class CleanGeometries:
    """Cleaned geometries `(n,)` in degrees, None where a row has none.

    `is_wrong_kind` `(n,)` marks rows with a geometry type that the layer does not take.
    `detected_crs` is None where no row has a geometry.
    """

    geometries: np.ndarray
    is_wrong_kind: np.ndarray
    detected_crs: DetectedCrs | None


def clean_geometries(geometries: np.ndarray, hints: CrsHints, layer: Layer, notes: RowNotes) -> CleanGeometries:
    """Return geometries in degrees, flat, valid, with longitude first, of the types that the layer takes.

    Geometries are blanked with a note where they lie nowhere on Earth or at (0, 0). Raises
    NeedsOption when the CRS is missing or cannot be right.
    """
    geometries = drop_non_finite(_drop_z_and_m(_drop_empty(geometries, notes), notes), notes)
    x, y = bbox_centers(geometries)
    if not np.isfinite(x).any():
        return CleanGeometries(geometries, np.zeros(len(geometries), dtype=bool), None)
    is_zero = (np.abs(x) <= ZERO_TOLERANCE) & (np.abs(y) <= ZERO_TOLERANCE)
    detected_crs = detect_crs(hints, np.where(is_zero, np.nan, x), np.where(is_zero, np.nan, y))
    _check_near_towns(hints, detected_crs, np.where(is_zero, np.nan, x), y)
    geometries = _convert_to_degrees(
        _blank_with_note(geometries, is_zero, "is (0, 0), which is not a real location; location unknown", notes),
        detected_crs,
        hints,
        notes,
    )
    geometries = _drop_off_earth(geometries, detected_crs, notes)
    geometries = _note_far_geometries(geometries, hints, notes)
    geometries, is_wrong_kind = _keep_accepted_kinds(repair_invalid(geometries, notes), layer, notes)
    return CleanGeometries(geometries, is_wrong_kind, detected_crs)


def bbox_centers(geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bbox centers of geometries as x and y, each `(n,)`, nan for a missing geometry.

    >>> x, y = bbox_centers(np.array([shapely.box(0, 0, 4, 2), None], dtype=object))
    >>> x.tolist(), y.tolist()
    ([2.0, nan], [1.0, nan])
    """
    bounds = shapely.bounds(geometries)
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _drop_empty(geometries: np.ndarray, notes: RowNotes) -> np.ndarray:
    is_empty = shapely.is_empty(geometries)
    notes.add_note("noted", is_empty, "geometry: empty")
    return blank_geometries(geometries, is_empty)


def _drop_z_and_m(geometries: np.ndarray, notes: RowNotes) -> np.ndarray:
    has_z_or_m = shapely.has_z(geometries) | shapely.has_m(geometries)
    notes.add_note("noted", has_z_or_m, "geometry: height (Z) or measure (M) dropped", is_listed=False)
    flat: np.ndarray = shapely.force_2d(geometries)
    return flat


def _blank_with_note(geometries: np.ndarray, mask: np.ndarray, reason: str, notes: RowNotes) -> np.ndarray:
    notes.add_note("mended", mask, f"geometry: {reason}")
    return blank_geometries(geometries, mask)


def _convert_to_degrees(
    geometries: np.ndarray, detected_crs: DetectedCrs, hints: CrsHints, notes: RowNotes
) -> np.ndarray:
    """Return geometries in degrees. Geometries with latitude first get their axes swapped, with a note."""
    x, y = bbox_centers(geometries)
    lon, lat = transform_to_degrees(detected_crs.crs, x, y)
    is_swapped = np.zeros(len(geometries), dtype=bool)
    if detected_crs.crs.is_geographic:
        is_swapped |= (np.abs(y) > 90) & (np.abs(x) <= 90) & (np.abs(y) <= 180)
        # No town lies that far south, so that the number is a longitude.
        is_swapped |= (y < TOWN_LATITUDES[0]) & (y >= -180) & (x >= TOWN_LATITUDES[0]) & (x <= TOWN_LATITUDES[1])
    if hints.towns_bbox is not None:
        is_far = np.isfinite(x) & ~is_near_bbox(hints.towns_bbox, lon, lat)
        is_swapped[is_far] |= is_near_bbox(
            hints.towns_bbox, *transform_to_degrees(detected_crs.crs, y[is_far], x[is_far])
        )
    notes.add_note("mended", is_swapped, "geometry: latitude came before longitude (or y before x); swapped")
    geometries = geometries.copy()
    geometries[is_swapped] = shapely.transform(geometries[is_swapped], lambda xy: xy[:, ::-1])

    def to_lon_lat(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transform_to_degrees(detected_crs.crs, xy[:, 0], xy[:, 1]))

    converted: np.ndarray = shapely.transform(geometries, to_lon_lat)
    return converted


def _check_near_towns(hints: CrsHints, detected_crs: DetectedCrs, x: np.ndarray, y: np.ndarray) -> None:
    """Raise NeedsOption if the CRS puts the file far from the towns and another one puts it there."""
    is_known = np.isfinite(x) & np.isfinite(y)
    if hints.towns_bbox is None or not is_known.any():
        return
    is_near = is_near_bbox(hints.towns_bbox, *transform_to_degrees(detected_crs.crs, x, y))[is_known]
    if (
        is_near.mean() > 0.1
        or is_near_bbox(hints.towns_bbox, *transform_to_degrees(detected_crs.crs, y, x))[is_known].mean() > 0.5
    ):
        return
    if (crs := find_fitting_crs(hints.towns_bbox, x, y)) is not None:
        crs_name = ":".join(crs.to_authority() or ("", crs.name))
        raise NeedsOption(
            f"{hints.file_name}: in {detected_crs} it is far from the towns; in {crs_name} ({crs.name}) it would be in them. If that one is right, use --crs {crs_name}"
        )


def _drop_off_earth(geometries: np.ndarray, detected_crs: DetectedCrs, notes: RowNotes) -> np.ndarray:
    bounds = shapely.bounds(geometries)
    has_geometry = ~shapely.is_missing(geometries)
    is_off_earth = has_geometry & ~(
        (bounds[:, 0] >= -180) & (bounds[:, 2] <= 180) & (bounds[:, 1] >= -90) & (bounds[:, 3] <= 90)
    )
    is_null_island = has_geometry & (np.abs(bounds).max(axis=1) < NULL_ISLAND_DEG)
    geometries = _blank_with_note(
        geometries, is_off_earth, f"is not a location on Earth in {detected_crs}; location unknown", notes
    )
    return _blank_with_note(
        geometries, is_null_island, "is (0, 0), which is not a real location; location unknown", notes
    )


def _note_far_geometries(geometries: np.ndarray, hints: CrsHints, notes: RowNotes) -> np.ndarray:
    """Add a note on geometries far away. Blank those at another CRS's (0, 0), which is no location.

    Far is outside the mapped area, or without one, far from the towns' bbox or from the rest of the file.
    """
    x, y = bbox_centers(geometries)
    is_known = np.isfinite(x)
    bbox = hints.towns_bbox or _typical_bbox(x[is_known], y[is_known])
    if bbox is not None:
        is_far = is_known & ~is_near_bbox(bbox, x, y)
        geometries = _blank_other_zeros(geometries, is_far, bbox, notes)
        if hints.mapped_area is None:
            is_far &= ~shapely.is_missing(geometries)
            _note_far_from(geometries, is_far, "the towns" if hints.towns_bbox else "the rest of the file", notes)
    if hints.mapped_area is not None:
        _note_far_from_towns(geometries, hints.mapped_area, notes)
    return geometries


def _blank_other_zeros(geometries: np.ndarray, is_far: np.ndarray, bbox: Bbox, notes: RowNotes) -> np.ndarray:
    """Blank the geometries of `is_far` that are at (0, 0) of another CRS of the region, with a note."""
    if not is_far.any():
        return geometries
    x, y = bbox_centers(geometries)
    is_other_zero = np.zeros(len(geometries), dtype=bool)
    for crs_name in candidate_crs_names(bbox):
        lon, lat = transform_to_degrees(CRS.from_user_input(crs_name), np.zeros(1), np.zeros(1))
        is_other_zero |= is_far & (np.abs(x - lon) < NULL_ISLAND_DEG) & (np.abs(y - lat) < NULL_ISLAND_DEG)
    return _blank_with_note(
        geometries, is_other_zero, "is (0, 0) in another coordinate system; location unknown", notes
    )


def _note_far_from(geometries: np.ndarray, is_far: np.ndarray, what: str, notes: RowNotes) -> None:
    """Add a note with the coordinates of each geometry of `is_far`."""
    x, y = bbox_centers(geometries[is_far])
    reasons = [f"geometry: is at {a:.5f}, {b:.5f}, far from {what}" for a, b in zip(x, y, strict=True)]
    notes.add_note("noted", is_far, f"geometry: is far from {what}", reasons)


def _note_far_from_towns(geometries: np.ndarray, mapped_area: MappedArea, notes: RowNotes) -> None:
    """Add a note with the coordinates and the distance of each geometry outside the mapped area."""
    is_far = mapped_area.is_far(geometries)
    x, y = bbox_centers(geometries[is_far])
    places = zip(x, y, mapped_area.distances_m(geometries[is_far]), strict=True)
    reasons = [
        f"geometry: is at {a:.5f}, {b:.5f}, {_kilometers(distance)} from the nearest town" for a, b, distance in places
    ]
    notes.add_note("noted", is_far, FAR_FROM_TOWNS_NOTE, reasons)


def _kilometers(distance_m: float) -> str:
    """Return a distance in whole kilometers.

    >>> _kilometers(312_400.0), _kilometers(np.inf)
    ('312 km', 'very far')
    """
    return f"{distance_m / 1000:,.0f} km" if np.isfinite(distance_m) else "very far"


def _typical_bbox(x: np.ndarray, y: np.ndarray) -> Bbox | None:
    """Return a generous bbox around the middle half of the coordinates, for a workspace without towns.

    Returns None for fewer than 5 points, or if their middle half spans more than 2 degrees.

    >>> lon, lat = np.full(6, -90.3), np.full(6, 38.7)
    >>> tuple(round(side, 2) for side in _typical_bbox(lon, lat))
    (-91.05, 37.95, -89.55, 39.45)
    """
    if len(x) < 5:
        return None
    (west, east), (south, north) = np.quantile(x, [0.25, 0.75]), np.quantile(y, [0.25, 0.75])
    if east - west > 2 or north - south > 2:
        return None
    return Bbox(float(west) - 0.75, float(south) - 0.75, float(east) + 0.75, float(north) + 0.75)


def _keep_accepted_kinds(geometries: np.ndarray, layer: Layer, notes: RowNotes) -> tuple[np.ndarray, np.ndarray]:
    """Return geometries with the accepted parts of collections, and a mask of rows that have none."""
    type_ids = shapely.get_type_id(geometries)
    is_collection = type_ids == GeometryType.GEOMETRYCOLLECTION
    retained = geometries.copy()
    for index in np.flatnonzero(is_collection):
        retained[index] = _accepted_part(geometries[index], layer) or geometries[index]
    accepted_types = [GeometryType[kind.upper()] for kind in layer.geometry_types]
    is_wrong_kind = (type_ids >= 0) & ~np.isin(shapely.get_type_id(retained), accepted_types)
    notes.add_note(
        "mended",
        is_collection & ~is_wrong_kind,
        f"geometry: a collection; only its parts of type {' or '.join(layer.geometry_types)} are kept",
    )
    return blank_geometries(retained, is_wrong_kind), is_wrong_kind


def _accepted_part(collection: shapely.GeometryCollection, layer: Layer) -> shapely.Geometry | None:
    parts = [
        part
        for part in shapely.get_parts(shapely.get_parts(collection))
        if part.geom_type in layer.geometry_types and not part.is_empty
    ]
    if not parts:
        return None
    union = shapely.union_all(parts)
    return union if union.geom_type in layer.geometry_types else None
