"""Polygons as compiled code sees them: plain arrays, the large ones' edges in upright bands.

A shape of more than `LARGE` vertices gets one band for every `EACH` of them, all equally wide. An edge
stands in every band that it reaches. Small shapes have no band: their edges are walked through.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

LARGE, EACH = 64, 16


class Flat(NamedTuple):
    """Rows of rings of vertices, and bands.

    Row i has the rings `rows[i]` up to `rows[i + 1]`, ring r the vertices `rings[r]` up to
    `rings[r + 1]` of `xy`, and the box `bounds[i]`: min x, min y, max x, max y. It has the bands `first[i]`
    up to `first[i + 1]`; band b holds `edge[start[b]]` up to `edge[start[b + 1]]`, each edge called by its
    first vertex.
    """

    xy: np.ndarray
    rings: np.ndarray
    rows: np.ndarray
    bounds: np.ndarray
    first: np.ndarray
    start: np.ndarray
    edge: np.ndarray


def banded(xy: np.ndarray, rings: np.ndarray, rows: np.ndarray, bounds: np.ndarray) -> Flat:
    """Cut the large rows into bands."""
    vertices = np.diff(rings[rows])
    first = np.concatenate([[0], np.cumsum(np.where(vertices > LARGE, vertices // EACH, 0))])
    given = (fixed(xy), fixed(rings), fixed(rows), fixed(bounds), fixed(first))
    sizes = np.zeros(first[-1] + 1, np.int64)
    count(Flat(*given, sizes, np.zeros(0, np.int64)))
    start = np.cumsum(sizes)
    edge = np.empty(start[-1], np.int64)
    fill(Flat(*given, start, edge), start[:-1].copy())
    return Flat(*given, fixed(start), fixed(edge))


def fixed(column: np.ndarray) -> np.ndarray:
    """Give a column that cannot be written to, as one read from a file is: kernels are compiled for such."""
    view = column.view()
    view.flags.writeable = False
    return view


@njit(cache=True, nogil=True, error_model="numpy")
def band_at(x: float, low: float, high: float, bands: int) -> int:
    """Tell in which of a shape's bands an x lies, beyond its ends the outermost."""
    if high <= low:
        return 0
    return max(0, min(bands - 1, int((x - low) / (high - low) * bands)))


@njit(cache=True, nogil=True, error_model="numpy")
def reached(flat: Flat, edge: int, row: int, bands: int) -> tuple[int, int]:
    """Tell the first and the last band that an edge reaches."""
    low, high = flat.bounds[row, 0], flat.bounds[row, 2]
    one = band_at(flat.xy[edge, 0], low, high, bands)
    other = band_at(flat.xy[edge + 1, 0], low, high, bands)
    return min(one, other), max(one, other)


@njit(cache=True, nogil=True, error_model="numpy")
def count(flat: Flat) -> None:
    """Count each band's edges, one place on."""
    for row in range(len(flat.rows) - 1):
        bands = flat.first[row + 1] - flat.first[row]
        if bands == 0:
            continue
        for ring in range(flat.rows[row], flat.rows[row + 1]):
            for edge in range(flat.rings[ring], flat.rings[ring + 1] - 1):
                low, high = reached(flat, edge, row, bands)
                for band in range(flat.first[row] + low, flat.first[row] + high + 1):
                    flat.start[band + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill(flat: Flat, place: np.ndarray) -> None:
    """Put each edge into its bands; `place` tells where the next one of each band goes."""
    for row in range(len(flat.rows) - 1):
        bands = flat.first[row + 1] - flat.first[row]
        if bands == 0:
            continue
        for ring in range(flat.rows[row], flat.rows[row + 1]):
            for edge in range(flat.rings[ring], flat.rings[ring + 1] - 1):
                low, high = reached(flat, edge, row, bands)
                for band in range(flat.first[row] + low, flat.first[row] + high + 1):
                    flat.edge[place[band]] = edge
                    place[band] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def gathered(flat: Flat, row: int, low: float, high: float, found: np.ndarray) -> int:
    """List the edges of a row that may reach between two x, each once; gives how many.

    `found` must have room for all the row's edges.
    """
    size = 0
    bands = flat.first[row + 1] - flat.first[row]
    if bands == 0:
        for ring in range(flat.rows[row], flat.rows[row + 1]):
            for edge in range(flat.rings[ring], flat.rings[ring + 1] - 1):
                found[size] = edge
                size += 1
        return size
    left = band_at(low, flat.bounds[row, 0], flat.bounds[row, 2], bands)
    right = band_at(high, flat.bounds[row, 0], flat.bounds[row, 2], bands)
    for band in range(left, right + 1):
        for nth in range(
            flat.start[flat.first[row] + band], flat.start[flat.first[row] + band + 1]
        ):
            edge = flat.edge[nth]
            begins, _ = reached(flat, edge, row, bands)
            if max(begins, left) == band:
                found[size] = edge
                size += 1
    return size
