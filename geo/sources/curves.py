"""Curves drawn as straight lines: in the cage, before anything else reads the geometry.

Arcs come from ArcGIS and from surveyors, as CIRCULARSTRING within COMPOUNDCURVE, CURVEPOLYGON and
MULTISURFACE; most readers of WKB know none of these.
"""

import struct
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.sources.arcs import arc
from geo.sources.raws import RawTable

HEAD = 5  # bytes: the byte order and the kind
POINT, LINE, POLYGON, COLLECTION = 1, 2, 3, 7
ARCS, CHAIN, CURVED_POLYGON, LINES, SURFACES = 8, 9, 10, 11, 12
SURFACE_IN_SPACE = {15, 16, 17}  # polyhedral surface, TIN, triangle
# What each kind becomes, and the kind that its parts must have become.
AGGREGATES = {
    4: (4, POINT),
    5: (5, LINE),
    6: (6, POLYGON),
    LINES: (5, LINE),
    SURFACES: (6, POLYGON),
}
DEEPEST = 32  # collections within each other
# Bytes of a shape whose parts, of 9 bytes or more, cannot lie in each other so deep that a reader dies of it.
SHORT = 20_000
UNREADABLE = b"\0"  # as WKB: no reader takes it
SPATIAL = struct.pack("<BI", 1, 16)  # nor this; but it tells why


class _Unreadable(Exception):
    """The bytes are no geometry."""


class _InSpace(Exception):
    """The geometry is a surface in space."""


@dataclass(frozen=True)
class _Shape:
    """A geometry without curves: its kind, and its dimensions (0, or with 1 Z, 2 M, 3 both).

    It has coordinates (`spots`: a point's or a line's, or each ring's), or else parts.
    """

    kind: int
    extra: int
    spots: list[np.ndarray]
    parts: "list[_Shape]" = field(default_factory=list)


def straightened(table: RawTable) -> RawTable:
    """Draw the curves of a table as chords; its facts name the rows as `curved_rows`.

    A MULTISURFACE without curves just becomes a MULTIPOLYGON. Surfaces in space stay what they
    are, for the report to tell.
    """
    if table.wkb is None:
        return table
    odd = _odd(table.wkb)
    if not odd:
        return table
    wkb = table.wkb.to_pylist()
    curved = []
    for at in odd:
        wkb[at], had_arcs = _straight(wkb[at])
        if had_arcs:
            curved.append(at + 1)
    facts = {**table.facts, "curved_rows": curved} if curved else table.facts
    return replace(table, wkb=pa.chunked_array([pa.array(wkb, pa.binary())]), facts=facts)


def in_space(wkb: bytes) -> bool:
    """Tell whether this is a surface in space: a TIN, a triangle, or a polyhedral surface.

    >>> in_space(SPATIAL), in_space(UNREADABLE)
    (True, False)
    """
    try:
        return _Reader(wkb).head()[0] in SURFACE_IN_SPACE
    except _Unreadable:
        return False


def _odd(column: pa.ChunkedArray) -> list[int]:
    """Find the rows that are, or may hold, what not every reader knows or comes to the end of."""
    heads = pc.binary_slice(column, 0, HEAD)
    kinds = {one: _kind(one) for one in heads.unique().to_pylist() if one is not None}
    odd = [one for one, kind in kinds.items() if not POINT <= kind < COLLECTION]
    parted = [one for one, kind in kinds.items() if kind > POLYGON]
    long = pc.greater(pc.binary_length(column), SHORT)
    strange = pc.is_in(heads, pa.array(odd, heads.type))
    deep = pc.and_(long, pc.is_in(heads, pa.array(parted, heads.type)))
    found: list[int] = pc.indices_nonzero(pc.or_(strange, deep)).to_pylist()
    return found


def _kind(head: bytes) -> int:
    try:
        return _Reader(head).head()[0]
    except _Unreadable:
        return 0


def _straight(wkb: bytes) -> tuple[bytes, bool]:
    """Give WKB without curves, and whether it had arcs."""
    reader = _Reader(wkb)
    try:
        return _written(reader.shape()), reader.arcs
    except _InSpace:
        return SPATIAL, False
    except _Unreadable:
        return UNREADABLE, False


class _Reader:
    """Reads WKB, ISO's or PostGIS's, and draws its arcs as it goes."""

    def __init__(self, wkb: bytes) -> None:
        self._wkb, self._at, self.arcs = wkb, 0, False

    def head(self) -> tuple[int, int, str]:
        """Read a geometry's kind, its dimensions and its byte order."""
        order = ">" if self._take("B") == 0 else "<"
        code = self._take(f"{order}I")
        if code & 0x20000000:
            self._at += 4  # the coordinate system's number
        thousands, kind = divmod(code & 0x1FFFFFFF, 1000)
        extra = thousands | (1 if code & 0x80000000 else 0) | (2 if code & 0x40000000 else 0)
        if extra > 3:
            raise _Unreadable
        return kind, extra, order

    def shape(self, depth: int = 0) -> _Shape:
        """Read one geometry."""
        kind, extra, order = self.head()
        if kind in SURFACE_IN_SPACE:
            raise _InSpace
        if kind == POINT:
            return _Shape(POINT, extra, [self._spots(1, extra, order)])
        count = self._take(f"{order}I")
        if kind in (LINE, ARCS):
            spots = self._spots(count, extra, order)
            return _Shape(LINE, extra, [self._drawn(spots) if kind == ARCS else spots])
        if kind == POLYGON:
            rings = [self._spots(self._take(f"{order}I"), extra, order) for _ in range(count)]
            return _Shape(POLYGON, extra, rings)
        if depth == DEEPEST:
            raise _Unreadable
        return _whole(kind, extra, [self.shape(depth + 1) for _ in range(count)])

    def _drawn(self, spots: np.ndarray) -> np.ndarray:
        """Draw the arcs of a circular string, each of which begins where the one before it ends."""
        if len(spots) and (len(spots) < 3 or len(spots) % 2 == 0):
            raise _Unreadable
        self.arcs |= len(spots) > 0
        arcs = [arc(spots[at : at + 3]) for at in range(0, len(spots) - 2, 2)]
        return np.concatenate([spots[:1], *arcs])

    def _spots(self, count: int, extra: int, order: str) -> np.ndarray:
        width = 2 + extra.bit_count()
        end = self._at + 8 * width * count
        if end > len(self._wkb):
            raise _Unreadable
        values = np.frombuffer(self._wkb, f"{order}f8", width * count, self._at)
        self._at = end
        return values.astype("<f8").reshape(count, width)

    def _take(self, form: str) -> int:
        try:
            (value,) = struct.unpack_from(form, self._wkb, self._at)
        except struct.error:
            raise _Unreadable from None
        self._at += struct.calcsize(form)
        return int(value)


def _whole(kind: int, extra: int, parts: list[_Shape]) -> _Shape:
    """Put parts together, each of the kind that it has to have."""
    if kind == COLLECTION:
        return _Shape(COLLECTION, extra, [], parts)
    if kind in AGGREGATES:
        made, of = AGGREGATES[kind]
        return _Shape(made, extra, [], _all_of(of, extra, parts))
    lines = [one.spots[0] for one in _all_of(LINE, extra, parts)]
    if kind == CURVED_POLYGON:
        return _Shape(POLYGON, extra, lines)
    if kind == CHAIN:
        return _Shape(LINE, extra, [_chained(lines, 2 + extra.bit_count())])
    raise _Unreadable


def _all_of(kind: int, extra: int, parts: list[_Shape]) -> list[_Shape]:
    if any((one.kind, one.extra) != (kind, extra) for one in parts):
        raise _Unreadable
    return parts


def _chained(lines: list[np.ndarray], width: int) -> np.ndarray:
    """Join lines to one, each of which begins where the one before it ends."""
    whole = [np.empty((0, width))]
    for line in lines:
        joint = len(whole[-1]) and len(line) and (whole[-1][-1, :2] == line[0, :2]).all()
        whole.append(line[1:] if joint else line)
    return np.concatenate(whole)


def _written(shape: _Shape) -> bytes:
    """Write a shape as ISO WKB."""
    head = struct.pack("<BI", 1, shape.kind + 1000 * shape.extra)
    if shape.kind == POINT:
        return head + shape.spots[0].tobytes()
    if shape.kind == LINE:
        return head + _counted(shape.spots[0])
    parts = [*map(_counted, shape.spots), *map(_written, shape.parts)]
    return b"".join([head, struct.pack("<I", len(parts)), *parts])


def _counted(spots: np.ndarray) -> bytes:
    return struct.pack("<I", len(spots)) + spots.tobytes()
