"""Geometries as columns: coordinates in one array, and offsets that assign them to rows.

`geo.projected_layer`, the GeoParquet reader and the tile encoder build them. `areas_from_wkb`,
`lines_from_wkb` and `points_from_wkb` are the entry points. `areas_from_shapely` and
`points_from_shapely` convert Shapely geometries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import shapely

from geo.errors import BadInput
from geo.kernels.coordinate_origin import ZERO_ORIGIN, Coordinate, choose_origin, exact_origin, union_bounds
from geo.kernels.edge_index import EdgeIndex, build_edge_index, readonly_view
from geo.kernels.wkb import (
    LINE,
    POLYGON,
    count_area_vertices,
    count_line_vertices,
    fill_areas,
    fill_lines,
    fill_points,
    is_point_column,
    point_wkb_buffer,
)


@dataclass(frozen=True)
class Areas:
    """Polygons and multipolygons, one row each, in meters (for vector tiles in degrees).

    `xy` (vertices, 2) holds coordinates relative to `origin`. The origin has whole-number
    coordinates near the first geometry if differences from it are exact, else 0. Shells run
    counterclockwise and holes clockwise, and each ring is closed.

    Ring r has the vertices `ring_offsets[r]` up to `ring_offsets[r + 1]`. Row i has the rings
    `row_offsets[i]` up to `row_offsets[i + 1]`, none without a geometry. `bounds` (rows, 4) are min
    x, min y, max x, max y, relative to `origin`, nan without a geometry. `area_m2` (rows,) are the
    areas in m².

    >>> lots = areas_from_shapely(np.array([shapely.box(500, 800, 520, 840), None]))
    >>> lots.origin, lots.area_m2.tolist(), lots.bounds[0].tolist()
    ((520.0, 800.0), [800.0, 0.0], [-20.0, 0.0, 0.0, 40.0])
    """

    origin: Coordinate
    xy: np.ndarray
    ring_offsets: np.ndarray
    row_offsets: np.ndarray
    bounds: np.ndarray
    area_m2: np.ndarray

    def __len__(self) -> int:
        return len(self.area_m2)

    @cached_property
    def edge_index(self) -> EdgeIndex:
        """The rows for compiled code, with an index of the edges of large rows."""
        return build_edge_index(self.xy, self.ring_offsets, self.row_offsets, self.bounds)

    @cached_property
    def max_bbox_side(self) -> float:
        """The longest side of any bounding box, 0.0 if there is none.

        >>> areas_from_shapely(np.array([shapely.box(0, 0, 20, 40)])).max_bbox_side
        40.0
        """
        sides = self.bounds[:, 2:] - self.bounds[:, :2]
        return float(np.fmax.reduce(sides, axis=None, initial=0.0))

    def take(self, order: np.ndarray) -> "Areas":
        """Return the rows at some positions, in that order.

        >>> lots = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), shapely.box(20, 0, 50, 40)]))
        >>> lots.take(np.array([1, 0])).area_m2.tolist()
        [1200.0, 800.0]
        """
        ring_ids, row_offsets = expand_ranges(self.row_offsets[order], self.row_offsets[order + 1])
        vertex_ids, ring_offsets = expand_ranges(self.ring_offsets[ring_ids], self.ring_offsets[ring_ids + 1])
        return Areas(
            self.origin, self.xy[vertex_ids], ring_offsets, row_offsets, self.bounds[order], self.area_m2[order]
        )

    def with_origin(self, origin: Coordinate) -> "Areas":
        """Return the same rows relative to another whole-number origin nearby. This is exact, and makes a copy."""
        if origin == self.origin:
            return self
        shift = np.subtract(self.origin, origin)
        bounds = self.bounds + np.tile(shift, 2)
        return Areas(origin, self.xy + shift, self.ring_offsets, self.row_offsets, bounds, self.area_m2)

    def to_shapely(self, row: int) -> shapely.Geometry:
        """Return a row as a Shapely multipolygon in full coordinates, None without a geometry.

        >>> areas_from_shapely(np.array([shapely.box(500, 800, 520, 840)])).to_shapely(0).bounds
        (500.0, 800.0, 520.0, 840.0)
        """
        rings = [
            shapely.LinearRing(self.xy[self.ring_offsets[ring] : self.ring_offsets[ring + 1]] + self.origin)
            for ring in range(self.row_offsets[row], self.row_offsets[row + 1])
        ]
        if not rings:
            return None
        # Each shell is followed by its holes. The orientation of a very thin ring can be wrong.
        shells = [0]
        for nth, ring in enumerate(rings[1:], 1):
            is_hole = not ring.is_ccw and shapely.Polygon(rings[shells[-1]]).covers(ring)
            shells += [] if is_hole else [nth]
        ring_ranges = zip(shells, [*shells[1:], len(rings)], strict=True)
        polygons = [shapely.Polygon(rings[start], rings[start + 1 : end]) for start, end in ring_ranges]
        return shapely.MultiPolygon(polygons)


@dataclass(frozen=True)
class Lines:
    """Lines and multilines, laid out as `Areas` are, with parts for rings.

    Part p has the vertices `part_offsets[p]` up to `part_offsets[p + 1]`.
    """

    origin: Coordinate
    xy: np.ndarray
    part_offsets: np.ndarray
    row_offsets: np.ndarray
    bounds: np.ndarray

    def __len__(self) -> int:
        return len(self.bounds)


def areas_from_wkb(wkb: np.ndarray, offsets: np.ndarray, origin: Coordinate | None = None) -> Areas:
    """Read polygons from one buffer of little-endian two-dimensional WKB.

    `wkb` (bytes,) is uint8. Row i has the bytes `offsets[i]` up to `offsets[i + 1]`, none without a
    geometry. Raises BadInput with the row number for anything else.

    >>> areas_from_wkb(*to_wkb_buffer(np.array([shapely.Point(1, 2)])))
    Traceback (most recent call last):
    geo.errors.BadInput: row 0 is not a polygon in little-endian two-dimensional WKB
    """
    return areas_from_buffers([(wkb, offsets)], len(offsets) - 1, len(wkb), origin)


def areas_from_buffers(
    buffers: Iterable[tuple[np.ndarray, np.ndarray]], row_count: int, max_bytes: int, origin: Coordinate | None = None
) -> Areas:
    """Read polygons from several buffers of WKB: `row_count` rows, and at most `max_bytes` bytes.

    The result is allocated first. So only one buffer at a time needs memory besides it.
    """
    xy = np.empty((max_bytes // 16, 2))
    ring_offsets, row_offsets = (np.zeros(max_bytes // 68 + 1, np.int64), np.zeros(row_count + 1, np.int64))
    bounds, area_m2 = np.full((row_count, 4), np.nan), np.zeros(row_count)
    row = vertex = ring = 0
    current_origin, extent = origin, np.full((2, 2), np.nan)
    for buffer, buffer_offsets in buffers:
        wkb, offsets = readonly_view(buffer), readonly_view(buffer_offsets)
        count = len(offsets) - 1
        ring_counts, vertex_counts = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
        _raise_if_invalid(count_area_vertices(wkb, offsets, ring_counts, vertex_counts), row, "polygon")
        ring_counts[0], vertex_counts[0] = ring, vertex
        chunk_row_offsets, chunk_vertex_offsets = np.cumsum(ring_counts), np.cumsum(vertex_counts)
        current_origin = current_origin or choose_origin(wkb, offsets, POLYGON)
        target = slice(row, row + count)
        chunk = (wkb, offsets)
        layout = (chunk_row_offsets, chunk_vertex_offsets, xy, ring_offsets, bounds[target], area_m2[target])
        fill_areas(*chunk, *(current_origin or ZERO_ORIGIN), *layout)
        extent = union_bounds(extent, bounds[target], current_origin or ZERO_ORIGIN)
        better_origin = exact_origin(current_origin, extent) if origin is None and current_origin else current_origin
        if current_origin and better_origin and current_origin != better_origin:
            shift = np.subtract(current_origin, better_origin)
            xy[:vertex] += shift  # exact, as the subtraction was
            bounds[:row] += np.tile(shift, 2)
            current_origin, bounds[target], area_m2[target] = better_origin, np.nan, 0
            fill_areas(*chunk, *current_origin, *layout)
        row_offsets[row : row + count + 1] = chunk_row_offsets
        row, ring, vertex = row + count, int(chunk_row_offsets[-1]), int(chunk_vertex_offsets[-1])
    return Areas(current_origin or ZERO_ORIGIN, xy[:vertex], ring_offsets[: ring + 1], row_offsets, bounds, area_m2)


def lines_from_wkb(wkb: np.ndarray, offsets: np.ndarray, origin: Coordinate | None = None) -> Lines:
    """Read lines from one buffer of WKB, as `areas_from_wkb` reads polygons.

    >>> lines = lines_from_wkb(*to_wkb_buffer(np.array([shapely.LineString([(500, 800), (520, 800)])])))
    >>> lines.origin, lines.xy.tolist()
    ((500.0, 800.0), [[0.0, 0.0], [20.0, 0.0]])
    """
    wkb, offsets = readonly_view(wkb), readonly_view(offsets)
    size = len(offsets) - 1
    part_counts, vertex_counts = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    _raise_if_invalid(count_line_vertices(wkb, offsets, part_counts, vertex_counts), 0, "line")
    row_offsets, row_vertex_offsets = np.cumsum(part_counts), np.cumsum(vertex_counts)
    xy, bounds = np.empty((row_vertex_offsets[-1], 2)), np.full((size, 4), np.nan)
    part_offsets = np.zeros(row_offsets[-1] + 1, np.int64)
    line_origin = origin or choose_origin(wkb, offsets, LINE) or ZERO_ORIGIN
    fill_lines(wkb, offsets, line_origin[0], line_origin[1], row_offsets, row_vertex_offsets, xy, part_offsets, bounds)
    return Lines(line_origin, xy, part_offsets, row_offsets, bounds)


def points_from_wkb(wkb: np.ndarray, offsets: np.ndarray, origin: Coordinate) -> np.ndarray:
    """Read points from one buffer of WKB: (rows, 2) relative to `origin`, nan without a point.

    A multipoint counts as its first point. Raises BadInput with the row number for anything else.
    """
    wkb, offsets = readonly_view(wkb), readonly_view(offsets)
    xy = np.full((len(offsets) - 1, 2), np.nan)
    _raise_if_invalid(fill_points(wkb, offsets, origin[0], origin[1], xy), 0, "point")
    return xy


def areas_from_shapely(geometries: np.ndarray, origin: Coordinate | None = None) -> Areas:
    """Convert Shapely polygons. None is a row without a geometry.

    >>> len(areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), None])))
    2
    """
    return areas_from_wkb(*to_wkb_buffer(geometries), origin)


def points_from_shapely(points: np.ndarray, origin: Coordinate) -> np.ndarray:
    """Convert Shapely points to (rows, 2) relative to `origin`, nan for None.

    >>> points_from_shapely(np.array([shapely.Point(510, 820), None]), (500.0, 800.0)).tolist()
    [[10.0, 20.0], [nan, nan]]
    """
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)]) - origin


def to_wkb_buffer(geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write Shapely geometries to one buffer of WKB, and return it with its offsets.

    >>> wkb, offsets = to_wkb_buffer(np.array([shapely.Point(1, 2), None]))
    >>> len(wkb), offsets.tolist()
    (21, [0, 21, 21])
    """
    if is_point_column(geometries):
        return point_wkb_buffer(geometries)
    wkbs = shapely.to_wkb(geometries, output_dimension=2, byte_order=1).tolist()
    sizes = np.fromiter((0 if wkb is None else len(wkb) for wkb in wkbs), np.int64, len(wkbs))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    data = b"".join(wkb for wkb in wkbs if wkb is not None)
    return np.frombuffer(data, np.uint8), offsets


def binary_column_buffers(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes of an Arrow binary column without a copy, and their offsets.

    >>> data, offsets = binary_column_buffers(pa.array([b"ab", None, b"c"]))
    >>> data.tobytes(), offsets.tolist()
    (b'abc', [0, 2, 2, 3])
    """
    _, offsets, data = column.buffers()
    offset_type = np.int64 if pa.types.is_large_binary(column.type) else np.int32
    starts = np.frombuffer(offsets, offset_type)[column.offset : column.offset + len(column) + 1]
    starts = starts.astype(np.int64, copy=False)
    return np.frombuffer(data or b"", np.uint8)[starts[0] : starts[-1]], starts - starts[0]


def expand_ranges(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the integers from each first up to its last, and the offset of each range.

    >>> [each.tolist() for each in expand_ranges(np.array([5, 0]), np.array([7, 1]))]
    [[5, 6, 0], [0, 2, 3]]
    """
    sizes = last - first
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return np.repeat(first - offsets[:-1], sizes) + np.arange(offsets[-1]), offsets


def _raise_if_invalid(invalid_row: int, rows_before: int, kind: str) -> None:
    if invalid_row >= 0:
        raise BadInput(f"row {rows_before + invalid_row} is not a {kind} in little-endian two-dimensional WKB")
