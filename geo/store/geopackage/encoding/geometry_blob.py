"""Geometries in the GeoPackage binary format: a header with the envelope, then WKB.

`snapshot` and `writes` encode and decode with it. SQLite calls its `SQL_FUNCTIONS`. A layer's table has
one geometry type, for the sake of other programs. So a point is stored as a multipoint of one part,
and a polygon as a multipolygon of one part. Reads return the part.

Every blob from lotleaf has the same header of 40 bytes: "GP", version 0, flags 3 and the SRS id 4326.
Flags 3 mean little-endian, with an envelope. The envelope is four doubles in degrees: min x, max x,
min y, max y.
"""

import struct
from collections.abc import Callable, Iterable
from math import nan
from typing import Any, TypeGuard

import numpy as np
import shapely

from geo.crs import WORLD_BBOX, Bbox
from geo.kernels.wkb import POINT_WKB, is_point_column, point_wkb_rows

Envelope = tuple[float, float, float, float]

HEADER_SIZE = 40  # bytes before the WKB in a blob from lotleaf
MIN_HEADER_SIZE = 8  # bytes before the WKB in a blob without an envelope
SINGLE_PART_PREFIX_SIZE = 9  # bytes before the only part of a multi geometry
_HEADER_START = struct.pack("<2sBBi", b"GP", 0, 3, 4326)
_ENVELOPE_STRUCT = struct.Struct("<dddd")
_ENVELOPE_SIZES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_COUNT_STRUCT = struct.Struct("<I")
_POINT_PREFIX, _LINE_PREFIX, _POLYGON_PREFIX = _SINGLE_PREFIXES = tuple(
    struct.pack("<BI", 1, kind) for kind in (1, 2, 3)
)
_MULTI_PREFIXES = tuple(struct.pack("<BI", 1, kind) for kind in (4, 5, 6))
_PART_PREFIX_OF_MULTI = dict(zip(_MULTI_PREFIXES, _SINGLE_PREFIXES, strict=True))
_MULTI_PREFIX_OF_SINGLE = {one: multi + _COUNT_STRUCT.pack(1) for multi, one in _PART_PREFIX_OF_MULTI.items()}
_POINT_BLOB = np.dtype([("start", "u1", 8), ("envelope", "<f8", 4), ("multi", "u1", 9), ("point", POINT_WKB)])
_SINGLE_PART_PREFIXES = frozenset(_MULTI_PREFIX_OF_SINGLE.values())


def encode_geometry_blobs(geometries: np.ndarray) -> tuple[list[bytes | None], np.ndarray]:
    """Encode geometries as blobs, and compute their bounds.

    `geometries` has shape `(n,)` and dtype object, with None for no geometry. Coordinates are stored
    unchanged in two dimensions. The bounds have shape `(n, 4)`: min x, min y, max x, max y in degrees,
    nan for no geometry.

    >>> blobs, bounds = encode_geometry_blobs(np.array([shapely.Point(-90.31, 38.68), None]))
    >>> [blob and len(blob) for blob in blobs]
    [70, None]
    >>> bounds.tolist()
    [[-90.31, 38.68, -90.31, 38.68], [nan, nan, nan, nan]]
    """
    bounds = shapely.bounds(geometries)
    if is_point_column(geometries):
        return _encode_point_blobs(geometries, bounds), bounds
    envelopes = np.ascontiguousarray(bounds[:, [0, 2, 1, 3]], dtype="<f8").tobytes()
    wkbs = shapely.to_wkb(geometries, output_dimension=2, byte_order=1).tolist()
    blobs = [
        None if wkb is None else _HEADER_START + envelopes[index * 32 : index * 32 + 32] + to_multi_wkb(wkb)
        for index, wkb in enumerate(wkbs)
    ]
    return blobs, bounds


def _encode_point_blobs(points: np.ndarray, bounds: np.ndarray) -> list[bytes | None]:
    """Encode a column of points and None, all rows at once."""
    rows = np.empty(len(points), _POINT_BLOB)
    rows["start"] = np.frombuffer(_HEADER_START, "u1")
    rows["envelope"] = bounds[:, [0, 2, 1, 3]]
    rows["multi"] = np.frombuffer(_MULTI_PREFIX_OF_SINGLE[_POINT_PREFIX], "u1")
    rows["point"] = point_wkb_rows(points)
    data, size = rows.tobytes(), _POINT_BLOB.itemsize
    return [
        None if is_missing else data[index * size : index * size + size]
        for index, is_missing in enumerate(shapely.is_missing(points).tolist())
    ]


def encode_wkb(wkb: bytes) -> bytes:
    """Encode one WKB geometry as a blob. Raises errors of shapely if it cannot be parsed.

    >>> encode_wkb(point_wkb(-90.31, 38.68))[:8].hex(" ")
    '47 50 00 03 e6 10 00 00'
    """
    blobs, _ = encode_geometry_blobs(np.array([shapely.from_wkb(wkb)], dtype=object))
    assert blobs[0] is not None
    return blobs[0]


def to_multi_wkb(wkb: bytes) -> bytes:
    """Wrap a point, line or polygon as the only part of a multi geometry.

    >>> shapely.from_wkb(to_multi_wkb(point_wkb(-90.31, 38.68))).geom_type
    'MultiPoint'
    """
    return _MULTI_PREFIX_OF_SINGLE.get(wkb[:5], b"") + wkb


def unwrap_multi(wkb: bytes) -> bytes:
    """Return the only part of a multi geometry. A geometry of several parts is returned unchanged.

    >>> oaks = shapely.MultiPoint([(-90.31, 38.68), (-90.32, 38.68)]).wkb
    >>> [shapely.from_wkb(unwrap_multi(wkb)).geom_type for wkb in (to_multi_wkb(point_wkb(-90.31, 38.68)), oaks)]
    ['Point', 'MultiPoint']
    """
    return wkb[SINGLE_PART_PREFIX_SIZE:] if wkb[:SINGLE_PART_PREFIX_SIZE] in _SINGLE_PART_PREFIXES else wkb


def to_multi_blob(blob: Any) -> Any:
    """Return a blob with its single geometry wrapped as `encode_geometry_blobs` wraps it."""
    if not _has_header(blob):
        return blob
    header_end = header_size(blob)
    return blob[:header_end] + to_multi_wkb(blob[header_end:])


def wkb_sql(column: str) -> str:
    """Write the SQL expression of the WKB in a column of blobs. Python decodes only blobs of other programs."""
    single_part_prefixes = ", ".join(f"x'{prefix.hex()}'" for prefix in _MULTI_PREFIX_OF_SINGLE.values())
    return (
        f"CASE WHEN substr({column}, 1, {MIN_HEADER_SIZE}) <> x'{_HEADER_START.hex()}' THEN lotleaf_wkb({column}) "
        f"WHEN substr({column}, {HEADER_SIZE + 1}, {SINGLE_PART_PREFIX_SIZE}) IN ({single_part_prefixes}) "
        f"THEN substr({column}, {HEADER_SIZE + SINGLE_PART_PREFIX_SIZE + 1}) ELSE substr({column}, {HEADER_SIZE + 1}) END"
    )


def decode_blob(blob: Any) -> bytes | None:
    """Return the WKB of a blob, unwrapped, or empty bytes if the value is no GeoPackage blob.

    >>> decode_blob(encode_wkb(point_wkb(-90.31, 38.68))) == point_wkb(-90.31, 38.68)
    True
    >>> decode_blob("POINT (-90.31 38.68)")
    b''
    """
    if blob is None:
        return None
    return unwrap_multi(blob[header_size(blob) :]) if _has_header(blob) else b""


def header_size(blob: bytes) -> int:
    """Return the number of bytes before the WKB. Other programs write other envelopes, or none.

    >>> header_size(encode_wkb(point_wkb(-90.31, 38.68)))
    40
    """
    return MIN_HEADER_SIZE + _ENVELOPE_SIZES.get((blob[3] >> 1) & 7, 0)


def is_supported_wkb(wkb: bytes) -> bool:
    """Return whether a WKB has the form that `encode_geometry_blobs` writes: two dimensions, parts of one type.

    GEOS parses nested collections recursively, until the process crashes. They are not supported.

    >>> nested = shapely.GeometryCollection([shapely.Point(-90.31, 38.68)]).wkb
    >>> is_supported_wkb(point_wkb(-90.31, 38.68)), is_supported_wkb(nested)
    (True, False)
    """
    if wkb[:5] in _SINGLE_PREFIXES:
        return True
    try:
        return _end_of_parts(wkb) == len(wkb)
    except struct.error:
        return False


def _end_of_parts(wkb: bytes) -> int:
    """Return the offset after the last part of a multi geometry, or -1 for any other WKB."""
    part_prefix = _PART_PREFIX_OF_MULTI.get(wkb[:5])
    if part_prefix is None:
        return -1
    (part_count,) = _COUNT_STRUCT.unpack_from(wkb, 5)
    offset = 9
    for _ in range(part_count):
        if wkb[offset : offset + 5] != part_prefix:
            return -1
        offset = _end_of_part(wkb, offset + 5, part_prefix)
    return offset


def _end_of_part(wkb: bytes, offset: int, part_prefix: bytes) -> int:
    if part_prefix == _POINT_PREFIX:
        return offset + 16
    (element_count,) = _COUNT_STRUCT.unpack_from(wkb, offset)
    offset += 4
    if part_prefix == _LINE_PREFIX:
        return int(offset + 16 * element_count)
    for _ in range(element_count):
        (vertex_count,) = _COUNT_STRUCT.unpack_from(wkb, offset)
        offset += 4 + 16 * vertex_count
    return offset


def wkb_bbox(wkb: bytes) -> Bbox:
    """Return the bounding box of a WKB in degrees.

    >>> wkb_bbox(shapely.LineString([(-90.31, 38.68), (-90.32, 38.67)]).wkb)
    Bbox(west=-90.32, south=38.67, east=-90.31, north=38.68)
    """
    return Bbox(*shapely.bounds(shapely.from_wkb(wkb)).tolist())


def point_wkb(lon: float, lat: float) -> bytes:
    """Return the WKB of a point in degrees.

    >>> point_wkb(-90.31, 38.68) == shapely.Point(-90.31, 38.68).wkb
    True
    """
    return struct.pack("<BIdd", 1, 1, lon, lat)


def is_valid_blob(blob: Any, geometry_types: str) -> bool:
    """Return whether a blob holds a valid geometry of an allowed type, with the envelope in its header.

    `geometry_types` are names separated by spaces.

    >>> blob = encode_wkb(point_wkb(-90.31, 38.68))
    >>> is_valid_blob(blob, "Point MultiPoint"), is_valid_blob(blob, "Polygon MultiPolygon")
    (True, False)
    """
    geometry = _read_geometry(blob) if _has_header(blob) else None
    if geometry is None or geometry.geom_type not in geometry_types.split(" ") or not geometry.is_valid:
        return False
    min_x, max_x, min_y, max_y = _geometry_envelope(geometry)
    envelope_matches = _blob_envelope(blob) == (min_x, max_x, min_y, max_y)
    return envelope_matches and WORLD_BBOX.contains(Bbox(min_x, min_y, max_x, max_y))


def _blob_envelope(blob: Any) -> Envelope | None:
    """Return min x, max x, min y, max y: from the header, or else from the geometry."""
    if not _has_header(blob):
        return None
    if blob[3] & 1 and header_size(blob) > MIN_HEADER_SIZE:
        return _ENVELOPE_STRUCT.unpack_from(blob, MIN_HEADER_SIZE)
    geometry = _read_geometry(blob)
    return None if geometry is None else _geometry_envelope(geometry)


def _read_geometry(blob: bytes) -> shapely.Geometry | None:
    """Return the geometry of a blob, or None if it cannot be parsed."""
    wkb = blob[header_size(blob) :]
    try:
        with np.errstate(invalid="ignore"):  # coordinates may be nan
            return shapely.from_wkb(wkb) if is_supported_wkb(wkb) else None
    except shapely.errors.GEOSException:
        return None


def _geometry_envelope(geometry: shapely.Geometry) -> Envelope:
    min_x, min_y, max_x, max_y = shapely.bounds(geometry).tolist()
    return min_x, max_x, min_y, max_y


def _blob_meets_bbox(blob: Any, west: float, south: float, east: float, north: float) -> bool:
    min_x, max_x, min_y, max_y = _blob_envelope(blob) or (nan, nan, nan, nan)
    return min_x <= east and max_x >= west and min_y <= north and max_y >= south


def _envelope_side(index: int) -> Callable[[Any], float | None]:
    def read_side(blob: Any) -> float | None:
        envelope = _blob_envelope(blob)
        return None if envelope is None else envelope[index]

    return read_side


def _is_empty_blob(blob: Any) -> int | None:
    return (blob[3] >> 4) & 1 if _has_header(blob) else None


def _has_header(blob: Any) -> TypeGuard[bytes]:
    """Return whether a value has a readable header. Other programs may write anything."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < MIN_HEADER_SIZE:
        return False
    return len(blob) > header_size(blob)


# SQL functions for GeoPackage's R-tree triggers and for exact tests: name, number of arguments, function.
SQL_FUNCTIONS: Iterable[tuple[str, int, Callable]] = (
    ("ST_IsEmpty", 1, _is_empty_blob),
    ("ST_MinX", 1, _envelope_side(0)),
    ("ST_MaxX", 1, _envelope_side(1)),
    ("ST_MinY", 1, _envelope_side(2)),
    ("ST_MaxY", 1, _envelope_side(3)),
    ("lotleaf_intersects_bbox", 5, _blob_meets_bbox),
    ("lotleaf_has_allowed_type", 2, is_valid_blob),
    ("lotleaf_wkb", 1, decode_blob),
    ("lotleaf_to_multi", 1, to_multi_blob),
)
