"""Well-known binary (WKB), read by compiled code: many geometries from one buffer. Columns of points are also written.

`geo.kernels.geometry_arrays` calls it: first count parts and vertices, then fill arrays of that
size. Source: OGC 06-103r4, section 8. All numbers are little-endian. A polygon is the byte 1, the
type 3, and the number of rings. Each ring is the number of its vertices and the vertices.
"""

import numpy as np
import shapely
from numba import njit

POINT_WKB = np.dtype([("prefix", "u1", 5), ("xy", "<f8", 2)])  # byte order and type, then the coordinates
POINT_PREFIX = np.frombuffer(b"\x01\x01\x00\x00\x00", "u1")
POINT, LINE, POLYGON, MULTI_TYPE_OFFSET = 1, 2, 3, 3  # a multi type is the type of its parts plus 3


@njit(cache=True, nogil=True, error_model="numpy")
def read_uint32(wkb: np.ndarray, offset: int) -> int:
    """Read 4 bytes as an unsigned integer.

    >>> read_uint32(np.array([1, 2, 0, 0], np.uint8), 0)
    513
    """
    low = np.int64(wkb[offset]) | np.int64(wkb[offset + 1]) << 8
    return int(low | np.int64(wkb[offset + 2]) << 16 | np.int64(wkb[offset + 3]) << 24)


@njit(cache=True, nogil=True, error_model="numpy")
def read_geometry_header(wkb: np.ndarray, offset: int, end: int, kind: int) -> tuple[int, int]:
    """Return the number of parts of a geometry, and the offset of the first.

    The number is -1 for another type, a different byte order or missing bytes.
    """
    if end - offset < 5 or wkb[offset] != 1:
        return -1, offset
    type_ = read_uint32(wkb, offset + 1)
    if type_ == kind:
        return 1, offset
    if type_ == kind + MULTI_TYPE_OFFSET and end - offset >= 9:
        return read_uint32(wkb, offset + 5), offset + 9
    return -1, offset


@njit(cache=True, nogil=True, error_model="numpy")
def read_part_header(wkb: np.ndarray, offset: int, end: int, kind: int) -> int:
    """Return the number of rings of a polygon or of vertices of a line, -1 if the header is invalid."""
    if end - offset < 9 or wkb[offset] != 1 or read_uint32(wkb, offset + 1) != kind:
        return -1
    return read_uint32(wkb, offset + 5)


@njit(cache=True, nogil=True, error_model="numpy")
def count_area_vertices(
    wkb: np.ndarray, offsets: np.ndarray, ring_counts: np.ndarray, vertex_counts: np.ndarray
) -> int:
    """Count the rings and vertices of row i at i + 1, and return the first invalid row or -1."""
    for row in range(len(offsets) - 1):
        offset, end = offsets[row], offsets[row + 1]
        if offset == end:
            continue
        parts, offset = read_geometry_header(wkb, offset, end, POLYGON)
        if parts < 0:
            return row
        for _ in range(parts):
            count = read_part_header(wkb, offset, end, POLYGON)
            if count < 0:
                return row
            offset += 9
            for _ in range(count):
                if end - offset < 4:
                    return row
                size = read_uint32(wkb, offset)
                offset += 4 + 16 * size
                if offset > end or size < 4:
                    return row
                vertex_counts[row + 1] += size
            ring_counts[row + 1] += count
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def count_line_vertices(
    wkb: np.ndarray, offsets: np.ndarray, part_counts: np.ndarray, vertex_counts: np.ndarray
) -> int:
    """Count the parts and vertices of row i at i + 1, and return the first invalid row or -1."""
    for row in range(len(offsets) - 1):
        offset, end = offsets[row], offsets[row + 1]
        if offset == end:
            continue
        count, offset = read_geometry_header(wkb, offset, end, LINE)
        if count < 0:
            return row
        for _ in range(count):
            size = read_part_header(wkb, offset, end, LINE)
            offset += 9 + 16 * size
            if size < 0 or offset > end:
                return row
            vertex_counts[row + 1] += size
        part_counts[row + 1] = count
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_areas(
    wkb: np.ndarray,
    offsets: np.ndarray,
    x0: float,
    y0: float,
    row_offsets: np.ndarray,
    row_vertex_offsets: np.ndarray,
    xy: np.ndarray,
    ring_offsets: np.ndarray,
    bounds: np.ndarray,
    area_m2: np.ndarray,
) -> None:
    """Copy the vertices of rows that `count_area_vertices` found valid, orient their rings and measure them.

    Areas come from the shoelace formula, relative to the first vertex of the ring.
    """
    for row in range(len(offsets) - 1):
        offset, end = offsets[row], offsets[row + 1]
        if offset == end:
            continue
        part_count, offset = read_geometry_header(wkb, offset, end, POLYGON)
        vertex, ring = row_vertex_offsets[row], row_offsets[row]
        for _ in range(part_count):
            ring_count = read_part_header(wkb, offset, end, POLYGON)
            offset += 9
            for nth in range(ring_count):
                vertex_count = read_uint32(wkb, offset)
                copy_vertices(wkb, offset + 4, vertex_count, x0, y0, xy, vertex)
                offset += 4 + 16 * vertex_count
                area = orient_ring(xy, vertex, vertex + vertex_count, nth == 0)
                area_m2[row] += area
                vertex += vertex_count
                ring += 1
                ring_offsets[ring] = vertex
        update_bounds(xy, row_vertex_offsets[row], vertex, bounds, row)


@njit(cache=True, nogil=True, error_model="numpy")
def fill_lines(
    wkb: np.ndarray,
    offsets: np.ndarray,
    x0: float,
    y0: float,
    row_offsets: np.ndarray,
    row_vertex_offsets: np.ndarray,
    xy: np.ndarray,
    part_offsets: np.ndarray,
    bounds: np.ndarray,
) -> None:
    """Copy the vertices of rows that `count_line_vertices` found valid."""
    for row in range(len(offsets) - 1):
        offset, end = offsets[row], offsets[row + 1]
        if offset == end:
            continue
        part_count, offset = read_geometry_header(wkb, offset, end, LINE)
        vertex, part = row_vertex_offsets[row], row_offsets[row]
        for _ in range(part_count):
            vertex_count = read_part_header(wkb, offset, end, LINE)
            copy_vertices(wkb, offset + 9, vertex_count, x0, y0, xy, vertex)
            offset += 9 + 16 * vertex_count
            vertex += vertex_count
            part += 1
            part_offsets[part] = vertex
        update_bounds(xy, row_vertex_offsets[row], vertex, bounds, row)


@njit(cache=True, nogil=True, error_model="numpy")
def fill_points(wkb: np.ndarray, offsets: np.ndarray, x0: float, y0: float, xy: np.ndarray) -> int:
    """Copy points, and return the first invalid row or -1. An empty point is nan in WKB."""
    for row in range(len(offsets) - 1):
        offset, end = offsets[row], offsets[row + 1]
        if offset == end:
            continue
        count, offset = read_geometry_header(wkb, offset, end, POINT)
        if count < 0 or (count > 0 and end - offset < 21):
            return row
        if count > 0:
            copy_vertices(wkb, offset + 5, 1, x0, y0, xy, row)
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def copy_vertices(wkb: np.ndarray, offset: int, size: int, x0: float, y0: float, xy: np.ndarray, vertex: int) -> None:
    """Copy vertices, relative to the origin (`x0`, `y0`)."""
    # A view reads the doubles without a copy.
    values = wkb[offset : offset + 16 * size].view(np.float64)
    for nth in range(size):
        xy[vertex + nth, 0] = values[2 * nth] - x0
        xy[vertex + nth, 1] = values[2 * nth + 1] - y0


@njit(cache=True, nogil=True, error_model="numpy")
def orient_ring(xy: np.ndarray, first: int, last: int, shell: bool) -> float:  # noqa: FBT001
    """Orient a shell counterclockwise or a hole clockwise, and return its signed area in m²."""
    twice_area, x, y = 0.0, xy[first, 0], xy[first, 1]
    for vertex in range(first, last - 1):
        twice_area += (xy[vertex, 0] - x) * (xy[vertex + 1, 1] - y) - (xy[vertex + 1, 0] - x) * (xy[vertex, 1] - y)
    if (twice_area < 0) == shell:
        low, high = first, last - 1
        while low < high:
            xy[low, 0], xy[high, 0] = xy[high, 0], xy[low, 0]
            xy[low, 1], xy[high, 1] = xy[high, 1], xy[low, 1]
            low += 1
            high -= 1
    return abs(twice_area) / 2 if shell else -abs(twice_area) / 2


@njit(cache=True, nogil=True, error_model="numpy")
def update_bounds(xy: np.ndarray, first: int, last: int, bounds: np.ndarray, row: int) -> None:
    """Write the bounding box of some vertices. A row without vertices stays nan."""
    if first == last:
        return
    bounds[row, 0] = bounds[row, 2] = xy[first, 0]
    bounds[row, 1] = bounds[row, 3] = xy[first, 1]
    for vertex in range(first + 1, last):
        bounds[row, 0] = min(bounds[row, 0], xy[vertex, 0])
        bounds[row, 1] = min(bounds[row, 1], xy[vertex, 1])
        bounds[row, 2] = max(bounds[row, 2], xy[vertex, 0])
        bounds[row, 3] = max(bounds[row, 3], xy[vertex, 1])


def is_point_column(geometries: np.ndarray) -> bool:
    """Return whether a column of Shapely geometries has only points and None.

    >>> is_point_column(np.array([shapely.Point(1, 2), None])), is_point_column(np.array([shapely.box(0, 0, 1, 1)]))
    (True, False)
    """
    return bool((shapely.get_type_id(geometries) <= shapely.GeometryType.POINT).all())


def point_wkb_rows(points: np.ndarray) -> np.ndarray:
    """Return the WKB of points in two dimensions, one row `POINT_WKB` for each.

    >>> point_wkb_rows(np.array([shapely.Point(1, 2)])).tobytes() == shapely.Point(1, 2).wkb
    True
    """
    rows = np.empty(len(points), POINT_WKB)
    rows["prefix"] = POINT_PREFIX
    rows["xy"] = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    return rows


def point_wkb_buffer(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write a column of points and None to one buffer of WKB, and return it with its offsets.

    >>> wkb, offsets = point_wkb_buffer(np.array([shapely.Point(1, 2), None]))
    >>> len(wkb), offsets.tolist()
    (21, [0, 21, 21])
    """
    is_present = ~shapely.is_missing(points)
    offsets = np.concatenate([[0], np.cumsum(is_present * POINT_WKB.itemsize)])
    return np.frombuffer(point_wkb_rows(points[is_present]).tobytes(), np.uint8), offsets
