"""Canopy area and known area of zones from a raster, with partly covered cells measured exactly.

`geo.join.areas.raster_canopy` calls `cell_areas`.

Method: by Green's theorem, the area integral of a field f over a polygon is the sum over its edges
of ∫ F dy. F(x, y) is the integral of f along the row from the raster's left side to x. f is
constant in a cell, so every edge is cut at the lines of the grid. Take a piece in cell (row,
column) with its midpoint at x̄. Its integral is exactly Δy · (P[row, column] + f[row, column] · (x̄
- column)). P is the sum of the cells to the left.

P is the rank of a bit: one bit for each cell, and one count for every 64 of them.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.kernels.edge_index import EdgeIndex, readonly_view
from geo.kernels.geometry_arrays import Areas
from geo.kernels.parallel import parallel_for
from geo.raster import CANOPY, UNKNOWN, Raster

WORD_BITS = 64


class BitRanks(NamedTuple):
    """A set of cells as bits: `bits` (rows, words) uint64, with `columns` cells in each row.

    `counts_before` (rows, words + 1) is the number of set bits before each word. `all_set` is True
    if every cell is in the set.
    """

    bits: np.ndarray
    counts_before: np.ndarray
    columns: int
    all_set: bool


def cell_areas(zones: Areas, raster: Raster) -> np.ndarray:
    """Return the canopy and the known ground of each zone, in cells: shape (zones, 2).

    Zones are in the CRS of the raster. Ground beyond the raster is unknown.

    >>> import shapely
    >>> from pyproj import CRS
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> cells = np.array([[1, 1, 0], [1, 255, 0]], np.uint8)
    >>> raster = Raster(cells, CRS.from_epsg(26996), west=0.0, north=20.0, cell_x=10.0, cell_y=10.0)
    >>> cell_areas(areas_from_shapely(np.array([shapely.box(0, 0, 15, 20)])), raster).tolist()
    [[2.5, 2.5]]
    """
    corner = np.array([raster.west, raster.north]) - zones.origin
    xy = (zones.xy - corner) / (raster.cell_x, -raster.cell_y)
    edge_index = zones.edge_index._replace(xy=readonly_view(xy))
    canopy, known = build_bit_ranks(raster.cells)
    areas = np.zeros((len(zones), 2))
    parallel_for(lambda low, high: integrate_zones(edge_index, canopy, known, low, high, areas), len(zones))
    return np.maximum(areas, 0.0)


def build_bit_ranks(cells: np.ndarray) -> tuple[BitRanks, BitRanks]:
    """Return the canopy cells and the known cells of a raster."""
    rows, columns = cells.shape
    words = columns // WORD_BITS + 1
    canopy, known = (
        BitRanks(np.zeros((rows, words), np.uint64), np.zeros((rows, words + 1), np.uint32), columns, all_set=False)
        for _ in range(2)
    )
    parallel_for(lambda low, high: fill_bit_ranks(readonly_view(cells), low, high, canopy, known), rows)
    return canopy, known._replace(all_set=bool((known.counts_before[:, -1] == columns).all()))


@njit(cache=True, nogil=True, error_model="numpy")
def fill_bit_ranks(cells: np.ndarray, low: int, high: int, canopy: BitRanks, known: BitRanks) -> None:
    """Set the bits and counts of the rows from `low` up to `high`."""
    for row in range(low, high):
        for word in range(canopy.bits.shape[1]):
            canopy_bits, known_bits = np.uint64(0), np.uint64(0)
            for bit in range(min(WORD_BITS, cells.shape[1] - word * WORD_BITS)):
                cell = cells[row, word * WORD_BITS + bit]
                canopy_bits |= np.uint64(cell == CANOPY) << np.uint64(bit)
                known_bits |= np.uint64(cell != UNKNOWN) << np.uint64(bit)
            canopy.bits[row, word], known.bits[row, word] = canopy_bits, known_bits
            canopy.counts_before[row, word + 1] = canopy.counts_before[row, word] + count_set_bits(canopy_bits)
            known.counts_before[row, word + 1] = known.counts_before[row, word] + count_set_bits(known_bits)


@njit(cache=True, nogil=True, error_model="numpy")
def count_set_bits(word: np.uint64) -> np.uint32:
    """Return the number of set bits of a word (Warren, Hacker's Delight, figure 5-2).

    >>> int(count_set_bits(np.uint64(0b1011)))
    3
    """
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    mask = np.uint64(0x3333333333333333)
    word = (word & mask) + ((word >> np.uint64(2)) & mask)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.uint32((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True, error_model="numpy")
def integrate_zones(
    zones: EdgeIndex, canopy: BitRanks, known: BitRanks, low: int, high: int, result: np.ndarray
) -> None:
    """Write the canopy and the known area of the zones from `low` up to `high` to `result`, in cells.

    Rows of cells are counted downward, which reverses the orientation of rings. So the sign is
    changed.
    """
    xy, ring_offsets = zones.xy, zones.ring_offsets
    row_count = len(canopy.bits)
    for zone in range(low, high):
        canopy_area = known_area = 0.0
        for ring in range(zones.row_offsets[zone], zones.row_offsets[zone + 1]):
            for edge in range(ring_offsets[ring], ring_offsets[ring + 1] - 1):
                ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
                if ay == by:
                    continue
                sign = -1.0
                if ay > by:
                    ax, ay, bx, by, sign = bx, by, ax, ay, 1.0
                slope = (bx - ax) / (by - ay)
                first, last = max(ay, 0.0), min(by, float(row_count))
                row = int(first)
                while first < last:
                    end = min(last, row + 1.0)
                    from_x, to_x = ax + slope * (first - ay), ax + slope * (end - ay)
                    weight = sign * (end - first)
                    if from_x > to_x:
                        from_x, to_x = to_x, from_x
                    canopy_area += weight * mean_row_sum(canopy, row, from_x, to_x)
                    known_area += weight * mean_row_sum(known, row, from_x, to_x)
                    first = end
                    row += 1
        result[zone, 0], result[zone, 1] = canopy_area, known_area


@njit(cache=True, nogil=True, error_model="numpy")
def mean_row_sum(ranks: BitRanks, row: int, low: float, high: float) -> float:
    """Return the mean, for x from `low` to `high`, of the row's sum up to x."""
    columns = float(ranks.columns)
    if low >= 0.0 and high <= columns and ranks.all_set:
        return (low + high) / 2
    if high <= 0.0:
        return 0.0
    if low >= columns:
        return float(ranks.counts_before[row, ranks.counts_before.shape[1] - 1])
    column = int(max(low, 0.0))
    if low >= 0.0 and high <= column + 1:
        return row_sum_at(ranks, row, column, (low + high) / 2)
    total = max(high - columns, 0.0) * ranks.counts_before[row, ranks.counts_before.shape[1] - 1]
    first, last = max(low, 0.0), min(high, columns)
    while first < last:
        end = min(last, column + 1.0)
        total += (end - first) * row_sum_at(ranks, row, column, (first + end) / 2)
        first = end
        column += 1
    return total / (high - low)


@njit(cache=True, nogil=True, error_model="numpy")
def row_sum_at(ranks: BitRanks, row: int, column: int, x: float) -> float:
    """Return the sum of the row up to x, which lies in the column or at its end."""
    word, bit = column // WORD_BITS, np.uint64(column % WORD_BITS)
    bits = ranks.bits[row, word]
    set_before = ranks.counts_before[row, word] + count_set_bits(bits & ((np.uint64(1) << bit) - np.uint64(1)))
    return set_before + float((bits >> bit) & np.uint64(1)) * (x - column)
