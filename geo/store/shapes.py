"""Shapes as a GeoPackage keeps them: a header with the envelope, then WKB.

A layer has one type, so that other programs see one: the point is kept as a multipoint of one, the
polygon as a multipolygon of one. They leave here as they came.

Every blob of ours has the same header, 40 bytes: "GP", version 0, flags 3 (little-endian, envelope
of four doubles), the SRS id 4326, then min x, max x, min y, max y in degrees.
"""

import struct
from collections.abc import Callable, Iterable
from math import nan
from typing import Any, TypeGuard

import numpy as np
import shapely

from geo.places import EARTH, Bbox

Envelope = tuple[float, float, float, float]

HEADER = 40  # bytes before the WKB in every blob of ours
BARE = 8  # in a blob without an envelope
ALONE = 9  # before the only part of a multipoint, multiline or multipolygon
_START = struct.pack("<2sBBi", b"GP", 0, 3, 4326)
_ENVELOPE = struct.Struct("<dddd")
_ENVELOPE_SIZES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_COUNT = struct.Struct("<I")
_POINT, _LINE, _POLYGON = _SINGLE = tuple(struct.pack("<BI", 1, kind) for kind in (1, 2, 3))
_MULTI = tuple(struct.pack("<BI", 1, kind) for kind in (4, 5, 6))
_PARTS = dict(zip(_MULTI, _SINGLE, strict=True))
_OF_ONE = {one: multi + _COUNT.pack(1) for multi, one in _PARTS.items()}
_ALONE = frozenset(_OF_ONE.values())


def encode(shapes: np.ndarray) -> tuple[list[bytes | None], np.ndarray]:
    """Turn shapes (None where there is none) into blobs and their bounds.

    Coordinates are kept as they are, in two dimensions. The bounds are min x, min y, max x, max y,
    nan where there is no shape.
    """
    bounds = shapely.bounds(shapes)
    envelopes = np.ascontiguousarray(bounds[:, [0, 2, 1, 3]], dtype="<f8").tobytes()
    wkbs = shapely.to_wkb(shapes, output_dimension=2, byte_order=1).tolist()
    blobs = [
        None if wkb is None else _START + envelopes[at * 32 : at * 32 + 32] + many(wkb)
        for at, wkb in enumerate(wkbs)
    ]
    return blobs, bounds


def encode_one(wkb: bytes) -> bytes:
    """Turn one WKB into a blob; raises shapely's errors when it cannot be read."""
    blobs, _ = encode(np.array([shapely.from_wkb(wkb)], dtype=object))
    assert blobs[0] is not None
    return blobs[0]


def many(wkb: bytes) -> bytes:
    """Make a point, line or polygon the only part of a multipoint, multiline or multipolygon."""
    return _OF_ONE.get(wkb[:5], b"") + wkb


def alone(wkb: bytes) -> bytes:
    """Give the only part of a multipoint, multiline or multipolygon; what has more stays whole."""
    return wkb[ALONE:] if wkb[:ALONE] in _ALONE else wkb


def promoted(blob: Any) -> Any:
    """Give a blob as `encode` makes it, where it holds a single shape."""
    if not _whole(blob):
        return blob
    start = header_size(blob)
    return blob[:start] + many(blob[start:])


def wkb_of(column: str) -> str:
    """Write the SQL that gives the WKB of a column of blobs: Python looks only at those of others."""
    of_one = ", ".join(f"x'{start.hex()}'" for start in _OF_ONE.values())
    return (
        f"CASE WHEN substr({column}, 1, {BARE}) <> x'{_START.hex()}' THEN lotleaf_wkb({column}) "
        f"WHEN substr({column}, {HEADER + 1}, {ALONE}) IN ({of_one}) "
        f"THEN substr({column}, {HEADER + ALONE + 1}) ELSE substr({column}, {HEADER + 1}) END"
    )


def decode(blob: Any) -> bytes | None:
    """Give a blob's WKB, the only part by itself; nothing where this is no GeoPackage blob."""
    if blob is None:
        return None
    return alone(blob[header_size(blob) :]) if _whole(blob) else b""


def header_size(blob: bytes) -> int:
    """How many bytes stand before the WKB; other programs write other envelopes, or none."""
    return BARE + _ENVELOPE_SIZES.get((blob[3] >> 1) & 7, 0)


def flat(wkb: bytes) -> bool:
    """Tell whether a WKB is as `encode` writes it: two dimensions, parts of one kind, nothing within those.

    GEOS follows a collection within a collection within a collection until the process ends.
    """
    if wkb[:5] in _SINGLE:
        return True
    try:
        return _parts_end(wkb) == len(wkb)
    except struct.error:
        return False


def _parts_end(wkb: bytes) -> int:
    """Walk the parts of a multipoint, multiline or multipolygon; gives where they end, -1 for else."""
    part = _PARTS.get(wkb[:5])
    if part is None:
        return -1
    (number,) = _COUNT.unpack_from(wkb, 5)
    at = 9
    for _ in range(number):
        if wkb[at : at + 5] != part:
            return -1
        at = _end_of_part(wkb, at + 5, part)
    return at


def _end_of_part(wkb: bytes, at: int, part: bytes) -> int:
    if part == _POINT:
        return at + 16
    (number,) = _COUNT.unpack_from(wkb, at)
    at += 4
    if part == _LINE:
        return int(at + 16 * number)
    for _ in range(number):
        (corners,) = _COUNT.unpack_from(wkb, at)
        at += 4 + 16 * corners
    return at


def box(wkb: bytes) -> Bbox:
    """Give the box of a WKB in degrees."""
    return Bbox(*shapely.bounds(shapely.from_wkb(wkb)).tolist())


def point(lon: float, lat: float) -> bytes:
    """Give the WKB of a point in degrees."""
    return struct.pack("<BIdd", 1, 1, lon, lat)


def fits(blob: Any, kinds: str) -> bool:
    """Tell whether a blob holds a sound shape of one of the kinds, and its header's envelope is the shape's."""
    shape = _shape(blob) if _whole(blob) else None
    if shape is None or shape.geom_type not in kinds.split(" ") or not shape.is_valid:
        return False
    low_x, high_x, low_y, high_y = _around(shape)
    own = _envelope(blob) == (low_x, high_x, low_y, high_y)
    return own and EARTH.holds(Bbox(low_x, low_y, high_x, high_y))


def _envelope(blob: Any) -> Envelope | None:
    """Give min x, max x, min y, max y: from the header, or from the shape where it has none of ours."""
    if not _whole(blob):
        return None
    if blob[3] & 1 and header_size(blob) > BARE:
        return _ENVELOPE.unpack_from(blob, BARE)
    shape = _shape(blob)
    return None if shape is None else _around(shape)


def _shape(blob: bytes) -> shapely.Geometry | None:
    """Read a blob's shape; None where it cannot be read."""
    wkb = blob[header_size(blob) :]
    try:
        with np.errstate(invalid="ignore"):  # coordinates may be no numbers
            return shapely.from_wkb(wkb) if flat(wkb) else None
    except shapely.errors.GEOSException:
        return None


def _around(shape: shapely.Geometry) -> Envelope:
    low_x, low_y, high_x, high_y = shapely.bounds(shape).tolist()
    return low_x, high_x, low_y, high_y


def _meets(blob: Any, west: float, south: float, east: float, north: float) -> bool:
    low_x, high_x, low_y, high_y = _envelope(blob) or (nan, nan, nan, nan)
    return low_x <= east and high_x >= west and low_y <= north and high_y >= south


def _side(which: int) -> Callable[[Any], float | None]:
    def side(blob: Any) -> float | None:
        envelope = _envelope(blob)
        return None if envelope is None else envelope[which]

    return side


def _is_empty(blob: Any) -> int | None:
    return (blob[3] >> 4) & 1 if _whole(blob) else None


def _whole(blob: Any) -> TypeGuard[bytes]:
    """Tell whether there is a header to read: another program may have written anything."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < BARE:
        return False
    return len(blob) > header_size(blob)


# What a GeoPackage's R-tree triggers call, and the exact test of a box: name, arguments, function.
FUNCTIONS: Iterable[tuple[str, int, Callable]] = (
    ("ST_IsEmpty", 1, _is_empty),
    ("ST_MinX", 1, _side(0)),
    ("ST_MaxX", 1, _side(1)),
    ("ST_MinY", 1, _side(2)),
    ("ST_MaxY", 1, _side(3)),
    ("lotleaf_meets", 5, _meets),
    ("lotleaf_fits", 2, fits),
    ("lotleaf_wkb", 1, decode),
    ("lotleaf_promoted", 1, promoted),
)
