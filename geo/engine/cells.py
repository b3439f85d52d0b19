"""Canopy from cells: each zone's canopy and covered area, partly covered cells taken exactly.

The area of a field f over a polygon is, by Green's theorem, the sum over its edges of ∫ F dy, where F(x, y) is
the integral of f along the row from the raster's left side to x. f is constant in a cell: cut every edge at
the lines of the grid, and for a piece in cell (row, column) whose middle is at x̄ the integral is exactly
Δy · (P[row, column] + f[row, column] · (x̄ - column)), P being the sum of the cells to the left.

P is the rank of a bit: one bit for each cell, and one count for every 64 of them.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.engine.chunks import in_pieces
from geo.engine.flat import Flat, fixed
from geo.engine.shapes import Areas
from geo.rasters import CANOPY, UNKNOWN, Raster

WORD = 64


class Ranks(NamedTuple):
    """The cells of which something holds: `bits` (rows, words), and how many hold before each word.

    `whole` says that it holds of every cell.
    """

    bits: np.ndarray
    before: np.ndarray
    columns: int
    whole: bool


def cell_areas(zones: Areas, raster: Raster) -> np.ndarray:
    """Measure each zone's canopy and its known ground, in cells: shape (zones, 2).

    Zones are in the raster's CRS. Ground beyond the raster is unknown.
    """
    corner = np.array([raster.west, raster.north]) - zones.origin
    xy = (zones.xy - corner) / (raster.cell_x, -raster.cell_y)
    flat = zones.flat._replace(xy=fixed(xy))
    canopy, known = ranks_of(raster.cells)
    result = np.zeros((len(zones), 2))
    in_pieces(lambda low, high: integrate(flat, canopy, known, low, high, result), len(zones))
    return np.maximum(result, 0.0)


def ranks_of(cells: np.ndarray) -> tuple[Ranks, Ranks]:
    """Lay out which cells are canopy, and which are known."""
    rows, columns = cells.shape
    words = columns // WORD + 1
    canopy, known = (
        Ranks(
            np.zeros((rows, words), np.uint64),
            np.zeros((rows, words + 1), np.uint32),
            columns,
            whole=False,
        )
        for _ in range(2)
    )
    in_pieces(lambda low, high: lay(fixed(cells), low, high, canopy, known), rows)
    return canopy, known._replace(whole=bool((known.before[:, -1] == columns).all()))


@njit(cache=True, nogil=True, error_model="numpy")
def lay(cells: np.ndarray, low: int, high: int, canopy: Ranks, known: Ranks) -> None:
    """Set the bits of some rows, and count."""
    for row in range(low, high):
        for word in range(canopy.bits.shape[1]):
            green, seen = np.uint64(0), np.uint64(0)
            for bit in range(min(WORD, cells.shape[1] - word * WORD)):
                cell = cells[row, word * WORD + bit]
                green |= np.uint64(cell == CANOPY) << np.uint64(bit)
                seen |= np.uint64(cell != UNKNOWN) << np.uint64(bit)
            canopy.bits[row, word], known.bits[row, word] = green, seen
            canopy.before[row, word + 1] = canopy.before[row, word] + ones(green)
            known.before[row, word + 1] = known.before[row, word] + ones(seen)


@njit(cache=True, nogil=True, error_model="numpy")
def ones(word: np.uint64) -> np.uint32:
    """Count the bits of a word that are set (Warren, Hacker's Delight, figure 5-2)."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    low = np.uint64(0x3333333333333333)
    word = (word & low) + ((word >> np.uint64(2)) & low)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.uint32((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True, error_model="numpy")
def integrate(
    zones: Flat, canopy: Ranks, known: Ranks, low: int, high: int, result: np.ndarray
) -> None:
    """Integrate over the zones from `low` up to `high`.

    Rows of cells are counted downwards, so that rings turn the other way and the sign is changed.
    """
    xy, rings = zones.xy, zones.rings
    rows = len(canopy.bits)
    for zone in range(low, high):
        green = seen = 0.0
        for ring in range(zones.rows[zone], zones.rows[zone + 1]):
            for edge in range(rings[ring], rings[ring + 1] - 1):
                ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
                if ay == by:
                    continue
                sign = -1.0
                if ay > by:
                    ax, ay, bx, by, sign = bx, by, ax, ay, 1.0
                slope = (bx - ax) / (by - ay)
                first, last = max(ay, 0.0), min(by, float(rows))
                row = int(first)
                while first < last:
                    end = min(last, row + 1.0)
                    from_x, to_x = ax + slope * (first - ay), ax + slope * (end - ay)
                    part = sign * (end - first)
                    if from_x > to_x:
                        from_x, to_x = to_x, from_x
                    green += part * mean_sum(canopy, row, from_x, to_x)
                    seen += part * mean_sum(known, row, from_x, to_x)
                    first = end
                    row += 1
        result[zone, 0], result[zone, 1] = green, seen


@njit(cache=True, nogil=True, error_model="numpy")
def mean_sum(ranks: Ranks, row: int, low: float, high: float) -> float:
    """Give the mean of the row's sum up to x, for x from `low` to `high`."""
    columns = float(ranks.columns)
    if low >= 0.0 and high <= columns and ranks.whole:
        return (low + high) / 2
    if high <= 0.0:
        return 0.0
    if low >= columns:
        return float(ranks.before[row, ranks.before.shape[1] - 1])
    column = int(max(low, 0.0))
    if low >= 0.0 and high <= column + 1:
        return sum_at(ranks, row, column, (low + high) / 2)
    total = max(high - columns, 0.0) * ranks.before[row, ranks.before.shape[1] - 1]
    first, last = max(low, 0.0), min(high, columns)
    while first < last:
        end = min(last, column + 1.0)
        total += (end - first) * sum_at(ranks, row, column, (first + end) / 2)
        first = end
        column += 1
    return total / (high - low)


@njit(cache=True, nogil=True, error_model="numpy")
def sum_at(ranks: Ranks, row: int, column: int, x: float) -> float:
    """Sum the row up to an x within the column, or at its end."""
    word, bit = column // WORD, np.uint64(column % WORD)
    bits = ranks.bits[row, word]
    left = ranks.before[row, word] + ones(bits & ((np.uint64(1) << bit) - np.uint64(1)))
    return left + float((bits >> bit) & np.uint64(1)) * (x - column)
