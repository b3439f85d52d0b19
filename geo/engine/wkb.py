"""Well-known binary read by compiled code, many shapes from one buffer.

Source: OGC 06-103r4, section 8. Every number is little-endian; a polygon is the byte 1, the type 3, the
number of rings, and for each ring the number of its vertices and the vertices.
"""

import numpy as np
from numba import njit

POINT, LINE, POLYGON, MANY = 1, 2, 3, 3  # a multi's type is its part's and 3


@njit(cache=True, nogil=True, error_model="numpy")
def number(wkb: np.ndarray, at: int) -> int:
    """Read 4 bytes as a whole number."""
    low = np.int64(wkb[at]) | np.int64(wkb[at + 1]) << 8
    return int(low | np.int64(wkb[at + 2]) << 16 | np.int64(wkb[at + 3]) << 24)


@njit(cache=True, nogil=True, error_model="numpy")
def opened(wkb: np.ndarray, at: int, end: int, kind: int) -> tuple[int, int]:
    """Open a shape or a multi of it: how many parts it has, and where the first begins.

    Gives -1 parts for anything else.
    """
    if end - at < 5 or wkb[at] != 1:
        return -1, at
    type_ = number(wkb, at + 1)
    if type_ == kind:
        return 1, at
    if type_ == kind + MANY and end - at >= 9:
        return number(wkb, at + 5), at + 9
    return -1, at


@njit(cache=True, nogil=True, error_model="numpy")
def headed(wkb: np.ndarray, at: int, end: int, kind: int) -> int:
    """Read a part's header: how many rings (of a polygon) or vertices (of a line); -1 where broken."""
    if end - at < 9 or wkb[at] != 1 or number(wkb, at + 1) != kind:
        return -1
    return number(wkb, at + 5)


@njit(cache=True, nogil=True, error_model="numpy")
def size_areas(
    wkb: np.ndarray, offsets: np.ndarray, rings: np.ndarray, vertices: np.ndarray
) -> int:
    """Count each row's rings and vertices, one place on; gives the first row that is broken, or -1."""
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        if at == end:
            continue
        parts, at = opened(wkb, at, end, POLYGON)
        if parts < 0:
            return row
        for _ in range(parts):
            count = headed(wkb, at, end, POLYGON)
            if count < 0:
                return row
            at += 9
            for _ in range(count):
                if end - at < 4:
                    return row
                size = number(wkb, at)
                at += 4 + 16 * size
                if at > end or size < 4:
                    return row
                vertices[row + 1] += size
            rings[row + 1] += count
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def size_lines(
    wkb: np.ndarray, offsets: np.ndarray, parts: np.ndarray, vertices: np.ndarray
) -> int:
    """Count each row's parts and vertices, one place on; gives the first row that is broken, or -1."""
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        if at == end:
            continue
        count, at = opened(wkb, at, end, LINE)
        if count < 0:
            return row
        for _ in range(count):
            size = headed(wkb, at, end, LINE)
            at += 9 + 16 * size
            if size < 0 or at > end:
                return row
            vertices[row + 1] += size
        parts[row + 1] = count
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_areas(
    wkb: np.ndarray,
    offsets: np.ndarray,
    x0: float,
    y0: float,
    rows: np.ndarray,
    firsts: np.ndarray,
    xy: np.ndarray,
    rings: np.ndarray,
    bounds: np.ndarray,
    m2: np.ndarray,
) -> None:
    """Copy the vertices of rows that `size_areas` found whole, measure them, and turn their rings.

    Shoelace formula, about the ring's first vertex.
    """
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        if at == end:
            continue
        parts, at = opened(wkb, at, end, POLYGON)
        vertex, ring = firsts[row], rows[row]
        for _ in range(parts):
            count = headed(wkb, at, end, POLYGON)
            at += 9
            for nth in range(count):
                size = number(wkb, at)
                copied(wkb, at + 4, size, x0, y0, xy, vertex)
                at += 4 + 16 * size
                area = turned(xy, vertex, vertex + size, nth == 0)
                m2[row] += area
                vertex += size
                ring += 1
                rings[ring] = vertex
        bound(xy, firsts[row], vertex, bounds, row)


@njit(cache=True, nogil=True, error_model="numpy")
def fill_lines(
    wkb: np.ndarray,
    offsets: np.ndarray,
    x0: float,
    y0: float,
    rows: np.ndarray,
    firsts: np.ndarray,
    xy: np.ndarray,
    parts: np.ndarray,
    bounds: np.ndarray,
) -> None:
    """Copy the vertices of rows that `size_lines` found whole."""
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        if at == end:
            continue
        count, at = opened(wkb, at, end, LINE)
        vertex, part = firsts[row], rows[row]
        for _ in range(count):
            size = headed(wkb, at, end, LINE)
            copied(wkb, at + 9, size, x0, y0, xy, vertex)
            at += 9 + 16 * size
            vertex += size
            part += 1
            parts[part] = vertex
        bound(xy, firsts[row], vertex, bounds, row)


@njit(cache=True, nogil=True, error_model="numpy")
def fill_points(wkb: np.ndarray, offsets: np.ndarray, x0: float, y0: float, xy: np.ndarray) -> int:
    """Copy points; gives the first row that is none, or -1. An empty point is nan in WKB."""
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        if at == end:
            continue
        count, at = opened(wkb, at, end, POINT)
        if count < 0 or (count > 0 and end - at < 21):
            return row
        if count > 0:
            copied(wkb, at + 5, 1, x0, y0, xy, row)
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def copied(
    wkb: np.ndarray, at: int, size: int, x0: float, y0: float, xy: np.ndarray, vertex: int
) -> None:
    """Copy vertices, as seen from the origin."""
    # `+ 0` would copy; a view reads the doubles where they lie.
    read = wkb[at : at + 16 * size].view(np.float64)
    for nth in range(size):
        xy[vertex + nth, 0] = read[2 * nth] - x0
        xy[vertex + nth, 1] = read[2 * nth + 1] - y0


@njit(cache=True, nogil=True, error_model="numpy")
def turned(xy: np.ndarray, first: int, last: int, shell: bool) -> float:  # noqa: FBT001
    """Turn a ring so that a shell runs anticlockwise and a hole clockwise; gives its signed area."""
    twice, x, y = 0.0, xy[first, 0], xy[first, 1]
    for at in range(first, last - 1):
        twice += (xy[at, 0] - x) * (xy[at + 1, 1] - y) - (xy[at + 1, 0] - x) * (xy[at, 1] - y)
    if (twice < 0) == shell:
        low, high = first, last - 1
        while low < high:
            xy[low, 0], xy[high, 0] = xy[high, 0], xy[low, 0]
            xy[low, 1], xy[high, 1] = xy[high, 1], xy[low, 1]
            low += 1
            high -= 1
    return abs(twice) / 2 if shell else -abs(twice) / 2


@njit(cache=True, nogil=True, error_model="numpy")
def bound(xy: np.ndarray, first: int, last: int, bounds: np.ndarray, row: int) -> None:
    """Keep the box of some vertices; a row without any keeps its nan."""
    if first == last:
        return
    bounds[row, 0] = bounds[row, 2] = xy[first, 0]
    bounds[row, 1] = bounds[row, 3] = xy[first, 1]
    for at in range(first + 1, last):
        bounds[row, 0] = min(bounds[row, 0], xy[at, 0])
        bounds[row, 1] = min(bounds[row, 1], xy[at, 1])
        bounds[row, 2] = max(bounds[row, 2], xy[at, 0])
        bounds[row, 3] = max(bounds[row, 3], xy[at, 1])
