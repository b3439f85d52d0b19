"""Edge index of polygons for compiled code: plain arrays, with the edges of large rows in vertical bands.

`geo.kernels.geometry_arrays.Areas` builds it with `build_edge_index`, and every kernel that
measures polygons reads it. A row of more than `MAX_UNBANDED_VERTICES` vertices has one band for
each `VERTICES_PER_BAND` of them, all equally wide. An edge is in every band that it reaches.
Smaller rows have no bands, so kernels go through all their edges.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

MAX_UNBANDED_VERTICES, VERTICES_PER_BAND = 64, 16


class EdgeIndex(NamedTuple):
    """The rings, vertices and bands of polygon rows.

    Row i has the rings `row_offsets[i]` up to `row_offsets[i + 1]`. Ring r has the vertices
    `ring_offsets[r]` up to `ring_offsets[r + 1]` of `xy` (vertices, 2). `bounds[i]` is the bounding
    box of row i: min x, min y, max x, max y. Row i has the bands `row_band_offsets[i]` up to
    `row_band_offsets[i + 1]`. Band b has the edges `edges[band_offsets[b]]` up to
    `edges[band_offsets[b + 1]]`. The number of an edge is that of its first vertex.
    """

    xy: np.ndarray
    ring_offsets: np.ndarray
    row_offsets: np.ndarray
    bounds: np.ndarray
    row_band_offsets: np.ndarray
    band_offsets: np.ndarray
    edges: np.ndarray


def build_edge_index(
    xy: np.ndarray, ring_offsets: np.ndarray, row_offsets: np.ndarray, bounds: np.ndarray
) -> EdgeIndex:
    """Build the index of polygon rows: sort the edges of large rows into bands."""
    vertex_counts = np.diff(ring_offsets[row_offsets])
    row_band_offsets = np.concatenate(
        [[0], np.cumsum(np.where(vertex_counts > MAX_UNBANDED_VERTICES, vertex_counts // VERTICES_PER_BAND, 0))]
    )
    arrays = (
        readonly_view(xy),
        readonly_view(ring_offsets),
        readonly_view(row_offsets),
        readonly_view(bounds),
        readonly_view(row_band_offsets),
    )
    edge_counts = np.zeros(row_band_offsets[-1] + 1, np.int64)
    count_band_edges(EdgeIndex(*arrays, edge_counts, np.zeros(0, np.int64)))
    band_offsets = np.cumsum(edge_counts)
    edges = np.empty(band_offsets[-1], np.int64)
    fill_bands(EdgeIndex(*arrays, band_offsets, edges), band_offsets[:-1].copy())
    return EdgeIndex(*arrays, readonly_view(band_offsets), readonly_view(edges))


def readonly_view(column: np.ndarray) -> np.ndarray:
    """Return a read-only view of an array.

    Arrays from a memory-mapped file are read-only. Kernels then need to be compiled for read-only
    arrays only.

    >>> readonly_view(np.zeros(3)).flags.writeable
    False
    """
    view = column.view()
    view.flags.writeable = False
    return view


@njit(cache=True, nogil=True, error_model="numpy")
def band_at(x: float, low: float, high: float, band_count: int) -> int:
    """Return the band of a row that holds x. Beyond the ends it is the outermost one.

    >>> band_at(30.0, 0.0, 100.0, 4), band_at(-5.0, 0.0, 100.0, 4)
    (1, 0)
    """
    if high <= low:
        return 0
    return max(0, min(band_count - 1, int((x - low) / (high - low) * band_count)))


@njit(cache=True, nogil=True, error_model="numpy")
def edge_band_range(edge_index: EdgeIndex, edge: int, row: int, band_count: int) -> tuple[int, int]:
    """Return the first and the last band that an edge reaches."""
    low, high = edge_index.bounds[row, 0], edge_index.bounds[row, 2]
    start_band = band_at(edge_index.xy[edge, 0], low, high, band_count)
    end_band = band_at(edge_index.xy[edge + 1, 0], low, high, band_count)
    return min(start_band, end_band), max(start_band, end_band)


@njit(cache=True, nogil=True, error_model="numpy")
def count_band_edges(edge_index: EdgeIndex) -> None:
    """Count the edges of band b in `band_offsets[b + 1]`."""
    for row in range(len(edge_index.row_offsets) - 1):
        band_count = edge_index.row_band_offsets[row + 1] - edge_index.row_band_offsets[row]
        if band_count == 0:
            continue
        for ring in range(edge_index.row_offsets[row], edge_index.row_offsets[row + 1]):
            for edge in range(edge_index.ring_offsets[ring], edge_index.ring_offsets[ring + 1] - 1):
                first_band, last_band = edge_band_range(edge_index, edge, row, band_count)
                for band in range(
                    edge_index.row_band_offsets[row] + first_band, edge_index.row_band_offsets[row] + last_band + 1
                ):
                    edge_index.band_offsets[band + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_bands(edge_index: EdgeIndex, next_slots: np.ndarray) -> None:
    """Write each edge into its bands. `next_slots` (bands,) is the next free slot of each band."""
    for row in range(len(edge_index.row_offsets) - 1):
        band_count = edge_index.row_band_offsets[row + 1] - edge_index.row_band_offsets[row]
        if band_count == 0:
            continue
        for ring in range(edge_index.row_offsets[row], edge_index.row_offsets[row + 1]):
            for edge in range(edge_index.ring_offsets[ring], edge_index.ring_offsets[ring + 1] - 1):
                first_band, last_band = edge_band_range(edge_index, edge, row, band_count)
                for band in range(
                    edge_index.row_band_offsets[row] + first_band, edge_index.row_band_offsets[row] + last_band + 1
                ):
                    edge_index.edges[next_slots[band]] = edge
                    next_slots[band] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def collect_edges_between(edge_index: EdgeIndex, row: int, low: float, high: float, out_edges: np.ndarray) -> int:
    """Write the edges of a row that may reach between two x to `out_edges`, and return their number.

    Each edge appears once. `out_edges` must have space for all edges of the row.
    """
    size = 0
    band_count = edge_index.row_band_offsets[row + 1] - edge_index.row_band_offsets[row]
    if band_count == 0:
        for ring in range(edge_index.row_offsets[row], edge_index.row_offsets[row + 1]):
            for edge in range(edge_index.ring_offsets[ring], edge_index.ring_offsets[ring + 1] - 1):
                out_edges[size] = edge
                size += 1
        return size
    first_band = band_at(low, edge_index.bounds[row, 0], edge_index.bounds[row, 2], band_count)
    last_band = band_at(high, edge_index.bounds[row, 0], edge_index.bounds[row, 2], band_count)
    for band in range(first_band, last_band + 1):
        for nth in range(
            edge_index.band_offsets[edge_index.row_band_offsets[row] + band],
            edge_index.band_offsets[edge_index.row_band_offsets[row] + band + 1],
        ):
            edge = edge_index.edges[nth]
            edge_first_band, _ = edge_band_range(edge_index, edge, row, band_count)
            if max(edge_first_band, first_band) == band:
                out_edges[size] = edge
                size += 1
    return size
