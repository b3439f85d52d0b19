"""Shapes as columns: coordinates in one array, and offsets that say whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import shapely

from geo.engine.flat import Flat, banded, fixed
from geo.engine.wkb import (
    LINE,
    POLYGON,
    fill_areas,
    fill_lines,
    fill_points,
    headed,
    number,
    opened,
    size_areas,
    size_lines,
)
from geo.errors import BadInput

Spot = tuple[float, float]
HERE: Spot = (0.0, 0.0)  # the origin where there is no shape to be near to


@dataclass(frozen=True)
class Areas:
    """Polygons and multipolygons in metres.

    `xy` (vertices, 2) holds coordinates from `origin`, a whole-numbered place near the first shape if the
    differences from there are exact, else 0. Shells run anticlockwise and holes clockwise, each ring
    closed. Ring r has the vertices `rings[r]` up to `rings[r + 1]`, row i the rings
    `rows[i]` up to `rows[i + 1]`; a row without a shape has none. `bounds` (rows, 4) are min x, min y,
    max x, max y (nan without a shape), `m2` (rows,) the areas.
    """

    origin: Spot
    xy: np.ndarray
    rings: np.ndarray
    rows: np.ndarray
    bounds: np.ndarray
    m2: np.ndarray

    def __len__(self) -> int:
        return len(self.m2)

    @cached_property
    def flat(self) -> Flat:
        """The same for compiled code, with an index of the large shapes' edges."""
        return banded(self.xy, self.rings, self.rows, self.bounds)

    @cached_property
    def widest(self) -> float:
        """The longest side of any row's box; 0 where there is none."""
        sides = self.bounds[:, 2:] - self.bounds[:, :2]
        return float(np.fmax.reduce(sides, axis=None, initial=0.0))

    def take(self, order: np.ndarray) -> "Areas":
        """Put the rows in another order."""
        rings, rows = spread(self.rows[order], self.rows[order + 1])
        vertices, ends = spread(self.rings[rings], self.rings[rings + 1])
        return Areas(self.origin, self.xy[vertices], ends, rows, self.bounds[order], self.m2[order])

    def seen_from(self, origin: Spot) -> "Areas":
        """Measure from another whole-numbered place nearby: as exactly, and at the cost of a copy."""
        if origin == self.origin:
            return self
        step = np.subtract(self.origin, origin)
        bounds = self.bounds + np.tile(step, 2)
        return Areas(origin, self.xy + step, self.rings, self.rows, bounds, self.m2)

    def shape(self, row: int) -> shapely.Geometry:
        """Give a row as Shapely knows it, where it truly lies; None without a shape."""
        rings = [
            shapely.LinearRing(self.xy[self.rings[ring] : self.rings[ring + 1]] + self.origin)
            for ring in range(self.rows[row], self.rows[row + 1])
        ]
        if not rings:
            return None
        # Each shell is followed by its holes. The sign of a ring too thin to have a side says nothing.
        shells = [0]
        for nth, ring in enumerate(rings[1:], 1):
            hole = not ring.is_ccw and shapely.Polygon(rings[shells[-1]]).covers(ring)
            shells += [] if hole else [nth]
        ends = zip(shells, [*shells[1:], len(rings)], strict=True)
        polygons = [shapely.Polygon(rings[one], rings[one + 1 : end]) for one, end in ends]
        return shapely.MultiPolygon(polygons)


@dataclass(frozen=True)
class Lines:
    """Lines and multilines, as `Areas` without rings: part p has `parts[p]` up to `parts[p + 1]`."""

    origin: Spot
    xy: np.ndarray
    parts: np.ndarray
    rows: np.ndarray
    bounds: np.ndarray

    def __len__(self) -> int:
        return len(self.bounds)


def areas_of(wkb: np.ndarray, offsets: np.ndarray, origin: Spot | None = None) -> Areas:
    """Read polygons out of one buffer of little-endian two-dimensional WKB.

    `wkb` (bytes,) is uint8; row i has the bytes `offsets[i]` up to `offsets[i + 1]`, none where it has no
    shape. Raises BadInput, naming the row, for whatever is no such polygon.
    """
    return areas_in([(wkb, offsets)], len(offsets) - 1, len(wkb), origin)


def areas_in(
    buffers: Iterable[tuple[np.ndarray, np.ndarray]],
    size: int,
    most_bytes: int,
    origin: Spot | None = None,
) -> Areas:
    """Read polygons out of several such buffers, one after the other: `size` rows, at most so many bytes.

    What is made is laid out before, so that besides it only one buffer need be in memory.
    """
    xy = np.empty((most_bytes // 16, 2))
    rings, rows = np.zeros(most_bytes // 68 + 1, np.int64), np.zeros(size + 1, np.int64)
    bounds, m2 = np.full((size, 4), np.nan), np.zeros(size)
    row = vertex = ring = 0
    seen, ends = origin, np.full((2, 2), np.nan)
    for given, places in buffers:
        wkb, offsets = fixed(given), fixed(places)
        count = len(offsets) - 1
        counts, vertices = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
        _faultless(size_areas(wkb, offsets, counts, vertices), row, "polygon")
        counts[0], vertices[0] = ring, vertex
        mine, firsts = np.cumsum(counts), np.cumsum(vertices)
        seen = seen or origin_of(wkb, offsets, POLYGON)
        to = slice(row, row + count)
        fill_areas(wkb, offsets, *(seen or HERE), mine, firsts, xy, rings, bounds[to], m2[to])
        ends = widened(ends, bounds[to], seen or HERE)
        if origin is None and seen and seen != (better := exact_origin(seen, ends)):
            step = np.subtract(seen, better)
            xy[:vertex] += step  # as exact as it was taken off
            bounds[:row] += np.tile(step, 2)
            seen, bounds[to], m2[to] = better, np.nan, 0
            fill_areas(wkb, offsets, *seen, mine, firsts, xy, rings, bounds[to], m2[to])
        rows[row : row + count + 1] = mine
        row, ring, vertex = row + count, int(mine[-1]), int(firsts[-1])
    return Areas(seen or HERE, xy[:vertex], rings[: ring + 1], rows, bounds, m2)


def lines_of(wkb: np.ndarray, offsets: np.ndarray, origin: Spot | None = None) -> Lines:
    """Read lines out of one buffer of WKB, as `areas_of` does polygons."""
    wkb, offsets = fixed(wkb), fixed(offsets)
    size = len(offsets) - 1
    parts, vertices = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    _faultless(size_lines(wkb, offsets, parts, vertices), 0, "line")
    rows, firsts = np.cumsum(parts), np.cumsum(vertices)
    xy, bounds = np.empty((firsts[-1], 2)), np.full((size, 4), np.nan)
    ends = np.zeros(rows[-1] + 1, np.int64)
    at = origin or origin_of(wkb, offsets, LINE) or HERE
    fill_lines(wkb, offsets, at[0], at[1], rows, firsts, xy, ends, bounds)
    return Lines(at, xy, ends, rows, bounds)


def points_of(wkb: np.ndarray, offsets: np.ndarray, origin: Spot) -> np.ndarray:
    """Read points out of one buffer of WKB: (rows, 2) from `origin`, nan where there is none.

    A multipoint stands at its first point.
    """
    wkb, offsets = fixed(wkb), fixed(offsets)
    xy = np.full((len(offsets) - 1, 2), np.nan)
    _faultless(fill_points(wkb, offsets, origin[0], origin[1], xy), 0, "point")
    return xy


def areas_from(shapes: np.ndarray, origin: Spot | None = None) -> Areas:
    """Lay out Shapely's polygons; None is a row without a shape."""
    return areas_of(*buffer_of(shapes), origin)


def points_from(points: np.ndarray, origin: Spot) -> np.ndarray:
    """Lay out Shapely's points: (rows, 2) from `origin`, nan for None."""
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)]) - origin


def origin_of(wkb: np.ndarray, offsets: np.ndarray, kind: int) -> Spot | None:
    """Choose a whole-numbered place near the first vertex that there is; `kind` is that of the parts."""
    for row in np.flatnonzero(np.diff(offsets)):
        at = _first_vertex(wkb, int(offsets[row]), int(offsets[row + 1]), kind)
        if at is not None:
            x, y = wkb[at : at + 16].copy().view("<f8")
            return float(np.floor(x)), float(np.floor(y))
    return None


def widened(ends: np.ndarray, bounds: np.ndarray, at: Spot) -> np.ndarray:
    """Widen a box, (2, 2) of its lowest and its highest place, by boxes that are seen from `at`; nan is none."""
    low = np.fmin.reduce(bounds[:, :2], axis=0, initial=np.nan) + at
    high = np.fmax.reduce(bounds[:, 2:], axis=0, initial=np.nan) + at
    return np.array([np.fmin(ends[0], low), np.fmax(ends[1], high)])


def exact_origin(at: Spot, ends: np.ndarray) -> Spot:
    """Keep an origin along each axis on which all differences from it are exact; else 0, from which all are.

    They are where all coordinates have one sign and none is more than twice another (Sterbenz): `ends` is the box of
    what is measured, and the margin is for its rounding.
    """
    least, most = np.sort(np.abs(ends), axis=0)
    exact = (ends[0] * ends[1] > 0) & (most <= 1.9 * least)
    x, y = np.where(exact, at, 0.0).tolist()
    return x, y


def _first_vertex(wkb: np.ndarray, at: int, end: int, kind: int) -> int | None:
    """Find where the first vertex of WKB without faults begins; an empty part, and a part of empty rings, has none."""
    parts, at = opened(wkb, at, end, kind)
    for _ in range(parts):
        lists, at = headed(wkb, at, end, kind), at + 9
        if kind == LINE and lists:
            return at
        for _ in range(lists):
            vertices, at = number(wkb, at), at + 4
            if vertices:
                return at
    return None


def buffer_of(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put Shapely's shapes (None where there is none) into one buffer of WKB, with its offsets."""
    wkbs = shapely.to_wkb(shapes, output_dimension=2, byte_order=1).tolist()
    sizes = np.fromiter((0 if one is None else len(one) for one in wkbs), np.int64, len(wkbs))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    joined = b"".join(one for one in wkbs if one is not None)
    return np.frombuffer(joined, np.uint8), offsets


def bytes_of(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Give the bytes of a binary column of Arrow as they lie, and their offsets."""
    _, offsets, data = column.buffers()
    wide = np.int64 if pa.types.is_large_binary(column.type) else np.int32
    at = np.frombuffer(offsets, wide)[column.offset : column.offset + len(column) + 1]
    at = at.astype(np.int64, copy=False)
    return np.frombuffer(data or b"", np.uint8)[at[0] : at[-1]], at - at[0]


def spread(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List the numbers from each first up to its last, and the offsets at which each list begins.

    >>> [each.tolist() for each in spread(np.array([5, 0]), np.array([7, 1]))]
    [[5, 6, 0], [0, 2, 3]]
    """
    sizes = last - first
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return np.repeat(first - offsets[:-1], sizes) + np.arange(offsets[-1]), offsets


def _faultless(row: int, before: int, kind: str) -> None:
    if row >= 0:
        raise BadInput(f"row {before + row} is no {kind} in little-endian two-dimensional WKB")
