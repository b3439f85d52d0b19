"""The local origin of coordinates: measuring near zero keeps rounding errors small."""

import numpy as np

from geo.kernels.wkb import LINE, read_geometry_header, read_part_header, read_uint32

Coordinate = tuple[float, float]
ZERO_ORIGIN: Coordinate = (0.0, 0.0)  # the origin of nothing


def choose_origin(wkb: np.ndarray, offsets: np.ndarray, kind: int) -> Coordinate | None:
    """Return whole-number coordinates near the first vertex, None if there is no vertex.

    `kind` is the WKB type of the parts: `LINE` or `POLYGON`.
    """
    for row in np.flatnonzero(np.diff(offsets)):
        offset = _first_vertex_offset(wkb, int(offsets[row]), int(offsets[row + 1]), kind)
        if offset is not None:
            x, y = wkb[offset : offset + 16].copy().view("<f8")
            return float(np.floor(x)), float(np.floor(y))
    return None


def union_bounds(extent: np.ndarray, bounds: np.ndarray, origin: Coordinate) -> np.ndarray:
    """Return the bounding box `extent`, extended by the boxes of some rows.

    `extent` (2, 2) is its lowest and its highest point. `bounds` (n, 4) are relative to `origin`.
    nan stands for no box.

    >>> nothing = np.full((2, 2), np.nan)
    >>> union_bounds(nothing, np.array([[0.0, 0.0, 20.0, 40.0]]), (500.0, 800.0)).tolist()
    [[500.0, 800.0], [520.0, 840.0]]
    """
    low = np.fmin.reduce(bounds[:, :2], axis=0, initial=np.nan) + origin
    high = np.fmax.reduce(bounds[:, 2:], axis=0, initial=np.nan) + origin
    return np.array([np.fmin(extent[0], low), np.fmax(extent[1], high)])


def exact_origin(origin: Coordinate, extent: np.ndarray) -> Coordinate:
    """Return the origin, with 0 on each axis on which differences from it may be inexact.

    Differences are exact if all coordinates have one sign and none is more than twice another
    (Sterbenz's lemma). `extent` (2, 2) is the bounding box of the geometries. The factor 1.9 leaves
    a margin for its rounding.

    >>> exact_origin((500.0, 800.0), np.array([[500.0, 800.0], [520.0, 840.0]]))
    (500.0, 800.0)
    >>> exact_origin((500.0, 8.0), np.array([[500.0, 8.0], [520.0, 840.0]]))
    (500.0, 0.0)
    """
    min_abs, max_abs = np.sort(np.abs(extent), axis=0)
    is_exact = (extent[0] * extent[1] > 0) & (max_abs <= 1.9 * min_abs)
    x, y = np.where(is_exact, origin, 0.0).tolist()
    return x, y


def _first_vertex_offset(wkb: np.ndarray, offset: int, end: int, kind: int) -> int | None:
    """Return the offset of the first vertex of a row in valid WKB, None if it has no vertex."""
    part_count, offset = read_geometry_header(wkb, offset, end, kind)
    for _ in range(part_count):
        count, offset = read_part_header(wkb, offset, end, kind), offset + 9
        if kind == LINE and count:
            return offset
        for _ in range(count):
            vertex_count, offset = read_uint32(wkb, offset), offset + 4
            if vertex_count:
                return offset
    return None
