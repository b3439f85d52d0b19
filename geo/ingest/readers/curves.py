"""Conversion of curved WKB geometries into straight ones, inside the sandbox.

`sandbox_worker` calls `straighten_curves` for every table. ArcGIS and surveyors write arcs as
CIRCULARSTRING within COMPOUNDCURVE, CURVEPOLYGON and MULTISURFACE. Most WKB readers reject these.
"""

import struct
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.ingest.readers.arc_geometry import arc_to_chords
from geo.ingest.readers.raw_table import RawTable

HEADER_BYTES = 5  # one for the byte order, four for the type
POINT, LINE_STRING, POLYGON, GEOMETRY_COLLECTION = 1, 2, 3, 7
CIRCULAR_STRING, COMPOUND_CURVE, CURVE_POLYGON, MULTI_CURVE, MULTI_SURFACE = 8, 9, 10, 11, 12
SURFACE_IN_SPACE_KINDS = {15, 16, 17}  # polyhedral surface, TIN, triangle
# The type that each aggregate becomes, and the type that its parts must have by then.
AGGREGATE_KINDS = {
    4: (4, POINT),
    5: (5, LINE_STRING),
    6: (6, POLYGON),
    MULTI_CURVE: (5, LINE_STRING),
    MULTI_SURFACE: (6, POLYGON),
}
MAX_DEPTH = 32  # levels of nested collections
# Each part takes 9 bytes or more, so smaller geometries cannot be nested deep enough to overflow a reader's stack.
MAX_SAFE_BYTES = 20_000
UNREADABLE_WKB = b"\0"  # no reader accepts it
SURFACE_IN_SPACE_WKB = struct.pack("<BI", 1, 16)  # no reader accepts it, but `is_surface_in_space` knows it


class _UnreadableWkb(Exception):
    """The bytes are not a geometry."""


class _SurfaceInSpace(Exception):
    """The geometry is a TIN, a triangle or a polyhedral surface."""


@dataclass(frozen=True)
class _Geometry:
    """A geometry without curves. `dimensions` is 0 for XY, 1 with Z, 2 with M, 3 with both.

    It has either `coordinates` or `parts`. A point or a line has one coordinate array `(n, d)`, a
    polygon one for each ring.
    """

    kind: int
    dimensions: int
    coordinates: list[np.ndarray]
    parts: "list[_Geometry]" = field(default_factory=list)


def straighten_curves(table: RawTable) -> RawTable:
    """Return the table with its curves drawn as chords. Its metadata lists the rows as `curved_rows`.

    A MULTISURFACE without curves becomes a MULTIPOLYGON. A surface in space is marked for the
    report. An unreadable geometry is replaced by bytes that no reader accepts.
    """
    if table.wkb is None:
        return table
    unusual_rows = _find_unusual_rows(table.wkb)
    if not unusual_rows:
        return table
    wkb = table.wkb.to_pylist()
    curved_rows = []
    for index in unusual_rows:
        wkb[index], had_arcs = _straighten_wkb(wkb[index])
        if had_arcs:
            curved_rows.append(index + 1)
    metadata = {**table.metadata, "curved_rows": curved_rows} if curved_rows else table.metadata
    return replace(table, wkb=pa.chunked_array([pa.array(wkb, pa.binary())]), metadata=metadata)


def is_surface_in_space(wkb: bytes) -> bool:
    """Return whether WKB is a surface in space: a TIN, a triangle or a polyhedral surface.

    >>> is_surface_in_space(SURFACE_IN_SPACE_WKB), is_surface_in_space(UNREADABLE_WKB)
    (True, False)
    """
    try:
        return _WkbReader(wkb).read_header()[0] in SURFACE_IN_SPACE_KINDS
    except _UnreadableWkb:
        return False


def _find_unusual_rows(column: pa.ChunkedArray) -> list[int]:
    """Find the rows that hold curves or surfaces, or that may be nested too deep for a reader."""
    headers = pc.binary_slice(column, 0, HEADER_BYTES)
    kind_by_header = {header: _geometry_kind(header) for header in headers.unique().to_pylist() if header is not None}
    unusual_headers = [header for header, kind in kind_by_header.items() if not POINT <= kind < GEOMETRY_COLLECTION]
    nested_headers = [header for header, kind in kind_by_header.items() if kind > POLYGON]
    is_long = pc.greater(pc.binary_length(column), MAX_SAFE_BYTES)
    is_unusual = pc.is_in(headers, pa.array(unusual_headers, headers.type))
    may_be_deep = pc.and_(is_long, pc.is_in(headers, pa.array(nested_headers, headers.type)))
    rows: list[int] = pc.indices_nonzero(pc.or_(is_unusual, may_be_deep)).to_pylist()
    return rows


def _geometry_kind(header: bytes) -> int:
    try:
        return _WkbReader(header).read_header()[0]
    except _UnreadableWkb:
        return 0


def _straighten_wkb(wkb: bytes) -> tuple[bytes, bool]:
    """Return WKB without curves, and whether it had arcs."""
    reader = _WkbReader(wkb)
    try:
        return _write_wkb(reader.read_geometry()), reader.has_arcs
    except _SurfaceInSpace:
        return SURFACE_IN_SPACE_WKB, False
    except _UnreadableWkb:
        return UNREADABLE_WKB, False


class _WkbReader:
    """Reads ISO WKB or EWKB, and converts arcs to chords on the way."""

    def __init__(self, wkb: bytes) -> None:
        self._wkb, self._offset, self.has_arcs = wkb, 0, False

    def read_header(self) -> tuple[int, int, str]:
        """Read a geometry's type, its dimensions and its byte order (">" or "<").

        >>> _WkbReader(struct.pack("<BI", 1, 1003)).read_header()
        (3, 1, '<')
        >>> _WkbReader(struct.pack(">BI", 0, 0x80000001)).read_header()
        (1, 1, '>')
        """
        byte_order = ">" if self._read_number("B") == 0 else "<"
        type_code = self._read_number(f"{byte_order}I")
        if type_code & 0x20000000:
            self._offset += 4  # skip the SRID
        thousands, kind = divmod(type_code & 0x1FFFFFFF, 1000)
        dimensions = thousands | (1 if type_code & 0x80000000 else 0) | (2 if type_code & 0x40000000 else 0)
        if dimensions > 3:
            raise _UnreadableWkb
        return kind, dimensions, byte_order

    def read_geometry(self, depth: int = 0) -> _Geometry:
        """Read one geometry with its parts.

        >>> wkb = struct.pack("<BIIdddd", 1, 2, 2, 0.0, 0.0, 3.0, 4.0)
        >>> _WkbReader(wkb).read_geometry().coordinates[0].tolist()
        [[0.0, 0.0], [3.0, 4.0]]
        """
        kind, dimensions, byte_order = self.read_header()
        if kind in SURFACE_IN_SPACE_KINDS:
            raise _SurfaceInSpace
        if kind == POINT:
            return _Geometry(POINT, dimensions, [self._read_points(1, dimensions, byte_order)])
        count = self._read_number(f"{byte_order}I")
        if kind in (LINE_STRING, CIRCULAR_STRING):
            points = self._read_points(count, dimensions, byte_order)
            return _Geometry(LINE_STRING, dimensions, [self._draw_arcs(points) if kind == CIRCULAR_STRING else points])
        if kind == POLYGON:
            rings = [
                self._read_points(self._read_number(f"{byte_order}I"), dimensions, byte_order) for _ in range(count)
            ]
            return _Geometry(POLYGON, dimensions, rings)
        if depth == MAX_DEPTH:
            raise _UnreadableWkb
        return _assemble_geometry(kind, dimensions, [self.read_geometry(depth + 1) for _ in range(count)])

    def _draw_arcs(self, points: np.ndarray) -> np.ndarray:
        """Return the chords of a circular string. Each arc begins at the end of the one before."""
        if len(points) and (len(points) < 3 or len(points) % 2 == 0):
            raise _UnreadableWkb
        self.has_arcs |= len(points) > 0
        arcs = [arc_to_chords(points[index : index + 3]) for index in range(0, len(points) - 2, 2)]
        return np.concatenate([points[:1], *arcs])

    def _read_points(self, count: int, dimensions: int, byte_order: str) -> np.ndarray:
        width = 2 + dimensions.bit_count()
        end = self._offset + 8 * width * count
        if end > len(self._wkb):
            raise _UnreadableWkb
        values = np.frombuffer(self._wkb, f"{byte_order}f8", width * count, self._offset)
        self._offset = end
        return values.astype("<f8").reshape(count, width)

    def _read_number(self, struct_format: str) -> int:
        try:
            (value,) = struct.unpack_from(struct_format, self._wkb, self._offset)
        except struct.error:
            raise _UnreadableWkb from None
        self._offset += struct.calcsize(struct_format)
        return int(value)


def _assemble_geometry(kind: int, dimensions: int, parts: list[_Geometry]) -> _Geometry:
    """Return the geometry made of parts. Raises _UnreadableWkb if a part has the wrong type."""
    if kind == GEOMETRY_COLLECTION:
        return _Geometry(GEOMETRY_COLLECTION, dimensions, [], parts)
    if kind in AGGREGATE_KINDS:
        result_kind, part_kind = AGGREGATE_KINDS[kind]
        return _Geometry(result_kind, dimensions, [], _check_part_kinds(part_kind, dimensions, parts))
    lines = [part.coordinates[0] for part in _check_part_kinds(LINE_STRING, dimensions, parts)]
    if kind == CURVE_POLYGON:
        return _Geometry(POLYGON, dimensions, lines)
    if kind == COMPOUND_CURVE:
        return _Geometry(LINE_STRING, dimensions, [_chain_lines(lines, 2 + dimensions.bit_count())])
    raise _UnreadableWkb


def _check_part_kinds(kind: int, dimensions: int, parts: list[_Geometry]) -> list[_Geometry]:
    if any((part.kind, part.dimensions) != (kind, dimensions) for part in parts):
        raise _UnreadableWkb
    return parts


def _chain_lines(lines: list[np.ndarray], width: int) -> np.ndarray:
    """Join lines into one. A point that ends one line and begins the next appears once.

    >>> first, second = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 2.0]])
    >>> _chain_lines([first, second], 2).tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]]
    """
    pieces = [np.empty((0, width))]
    for line in lines:
        is_connected = len(pieces[-1]) and len(line) and (pieces[-1][-1, :2] == line[0, :2]).all()
        pieces.append(line[1:] if is_connected else line)
    return np.concatenate(pieces)


def _write_wkb(geometry: _Geometry) -> bytes:
    """Return a geometry as little-endian ISO WKB.

    >>> _write_wkb(_Geometry(POINT, 0, [np.array([[1.0, 2.0]])])).hex()
    '0101000000000000000000f03f0000000000000040'
    """
    header = struct.pack("<BI", 1, geometry.kind + 1000 * geometry.dimensions)
    if geometry.kind == POINT:
        return header + geometry.coordinates[0].tobytes()
    if geometry.kind == LINE_STRING:
        return header + _encode_points(geometry.coordinates[0])
    parts = [*map(_encode_points, geometry.coordinates), *map(_write_wkb, geometry.parts)]
    return b"".join([header, struct.pack("<I", len(parts)), *parts])


def _encode_points(points: np.ndarray) -> bytes:
    return struct.pack("<I", len(points)) + points.tobytes()
