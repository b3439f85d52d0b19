"""Shapes as a GeoPackage keeps them: a header with the envelope, then WKB.

Every blob of ours has the same header, 40 bytes: "GP", version 0, flags 3 (little-endian, envelope
of four doubles), the SRS id 4326, then min x, max x, min y, max y in degrees.
"""

import struct
from collections.abc import Callable, Iterable
from typing import TypeGuard

import numpy as np
import shapely

HEADER = 40  # bytes before the WKB
_START = struct.pack("<2sBBi", b"GP", 0, 3, 4326)
_ENVELOPE = struct.Struct("<dddd")
_ENVELOPE_SIZES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def encode(shapes: np.ndarray) -> tuple[list[bytes | None], np.ndarray]:
    """Turn shapes (None where there is none) into blobs and their bounds.

    Coordinates are kept as they are, in two dimensions. The bounds are min x, min y, max x, max y,
    nan where there is no shape.
    """
    bounds = shapely.bounds(shapes)
    envelopes = np.ascontiguousarray(bounds[:, [0, 2, 1, 3]], dtype="<f8").tobytes()
    wkbs = shapely.to_wkb(shapes, output_dimension=2, byte_order=1).tolist()
    blobs = [
        None if wkb is None else _START + envelopes[at * 32 : at * 32 + 32] + wkb
        for at, wkb in enumerate(wkbs)
    ]
    return blobs, bounds


def encode_one(wkb: bytes) -> bytes:
    """Turn one WKB into a blob; raises shapely's errors when it cannot be read."""
    blobs, _ = encode(np.array([shapely.from_wkb(wkb)], dtype=object))
    assert blobs[0] is not None
    return blobs[0]


def decode(blob: bytes | None) -> bytes | None:
    """Give a blob's WKB."""
    return None if blob is None else bytes(blob[header_size(blob) :])


def header_size(blob: bytes) -> int:
    """How many bytes stand before the WKB; raises ValueError when this is no GeoPackage blob."""
    if len(blob) < 8 or blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    return 8 + _ENVELOPE_SIZES[(blob[3] >> 1) & 7]


def point(lon: float, lat: float) -> bytes:
    """Give the WKB of a point in degrees."""
    return struct.pack("<BIdd", 1, 1, lon, lat)


def parses(blob: bytes) -> bool:
    """Tell whether a blob holds a shape, and the header's envelope is the shape's own."""
    try:
        shape = shapely.from_wkb(blob[header_size(blob) :])
    except (ValueError, KeyError, shapely.errors.GEOSException):
        return False
    low_x, high_x, low_y, high_y = _envelope(blob)
    return bool(shapely.bounds(shape).tolist() == [low_x, low_y, high_x, high_y])


def _envelope(blob: bytes) -> tuple[float, float, float, float]:
    """Give min x, max x, min y, max y: from the header, or from the shape where it has none."""
    if (blob[3] >> 1) & 7:
        return _ENVELOPE.unpack_from(blob, 8)
    low_x, low_y, high_x, high_y = shapely.bounds(shapely.from_wkb(blob[8:])).tolist()
    return low_x, high_x, low_y, high_y


def _meets(blob: bytes, west: float, south: float, east: float, north: float) -> bool:
    low_x, high_x, low_y, high_y = _envelope(blob)
    return low_x <= east and high_x >= west and low_y <= north and high_y >= south


def _side(which: int) -> Callable[[bytes | None], float | None]:
    return lambda blob: None if not _whole(blob) else _envelope(blob)[which]


def _is_empty(blob: bytes | None) -> int | None:
    return (blob[3] >> 4) & 1 if _whole(blob) else None


def _whole(blob: bytes | None) -> TypeGuard[bytes]:
    """Tell whether there is a header to read: another program may have written anything."""
    return blob is not None and blob[:2] == b"GP" and len(blob) > HEADER


# What a GeoPackage's R-tree triggers call, and the exact test of a box: name, arguments, function.
FUNCTIONS: Iterable[tuple[str, int, Callable]] = (
    ("ST_IsEmpty", 1, _is_empty),
    ("ST_MinX", 1, _side(0)),
    ("ST_MaxX", 1, _side(1)),
    ("ST_MinY", 1, _side(2)),
    ("ST_MaxY", 1, _side(3)),
    ("lotleaf_meets", 5, _meets),
    ("lotleaf_parses", 1, parses),
)
