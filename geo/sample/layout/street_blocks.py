"""The streets and blocks of a town: rows of blocks two parcels deep, cross streets, and some cul-de-sacs.

`geo.sample.county` calls `make_block_layout`.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geo.sample.layout.county_plan import CountyPlan, TownCell

BLOCK_DEPTH_M = 80.0  # two parcels back to back
BLOCK_LENGTH_M = 140.0
STREET_HALF_WIDTH_M = 8.0  # half a right of way
BOULEVARD_HALF_WIDTH_M = 13.0  # half a right of way with a median


@dataclass(frozen=True)
class Block:
    """The ground between the rights of way, in the cell's `u` and `v`.

    `left` and `right` are the indices of the cross streets at its ends. Blocks of one `group` are
    cut into the same slots. `stub` is 1 when a cul-de-sac ends above it, -1 below it, 0 for none.
    """

    row: int
    left: int
    right: int
    u0: float
    u1: float
    v0: float
    v1: float
    group: int
    stub: int = 0


@dataclass(frozen=True)
class StubStreet:
    """A cul-de-sac that replaces a stretch of row street `row` between two cross streets."""

    row: int
    left: int
    right: int


@dataclass(frozen=True)
class BlockLayout:
    """The streets and blocks of a town.

    Row street `i` runs at `v = rows[i]`, cross street `j` at `u = cols[j]`. The first and last of
    each are the cell's border streets. `has_cross_street[r, j]` says whether cross street `j`
    crosses block row `r`.
    """

    cell: TownCell
    rows: np.ndarray
    row_half_width_m: np.ndarray
    cols: np.ndarray
    col_half_width_m: np.ndarray
    has_cross_street: np.ndarray
    stubs: tuple[StubStreet, ...]
    blocks: tuple[Block, ...]
    boulevard: int  # the row street with a median, -1 for none


def make_block_layout(plan: CountyPlan, cell: TownCell, rng: np.random.Generator) -> BlockLayout:
    """Return the streets and blocks of a town."""
    south, east, north, west = (plan.through_streets[i].half_width_m for i in cell.border_streets)
    rows, row_half_width, boulevard = _space_row_streets(cell.height_m, south, north, rng)
    cols, col_half_width = _space_cross_streets(cell.width_m, west, east, rng)
    has_cross_street = _choose_cross_streets(len(rows) - 1, cols * cell.width_m, rng)
    stubs = tuple(_choose_stub_streets(has_cross_street, boulevard, cols * cell.width_m, rng))
    blocks = _cut_blocks(
        (rows, row_half_width / cell.height_m), (cols, col_half_width / cell.width_m), has_cross_street, stubs
    )
    return BlockLayout(
        cell, rows, row_half_width, cols, col_half_width, has_cross_street, stubs, tuple(blocks), boulevard
    )


def _space_row_streets(
    height_m: float, south_m: float, north_m: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the row streets' `v`, half widths in meters, and the boulevard, for blocks of equal depth."""
    count = max(
        1, round((height_m - south_m - north_m + 2 * STREET_HALF_WIDTH_M) / (BLOCK_DEPTH_M + 2 * STREET_HALF_WIDTH_M))
    )
    half_widths = np.full(count + 1, STREET_HALF_WIDTH_M) + np.round(rng.uniform(-0.5, 1, count + 1), 1)
    half_widths[0], half_widths[-1] = south_m, north_m
    boulevard = int(rng.integers(2, count - 1)) if count >= 5 else -1
    if boulevard > 0:
        half_widths[boulevard] = BOULEVARD_HALF_WIDTH_M
    half_widths = np.minimum(half_widths, 0.12 * height_m)
    depth = (height_m - 2 * half_widths.sum() + half_widths[0] + half_widths[-1]) / count
    spacings = depth + half_widths[:-1] + half_widths[1:]
    return np.concatenate([[0], np.cumsum(spacings)]) / spacings.sum(), half_widths, boulevard


def _space_cross_streets(
    width_m: float, west_m: float, east_m: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cross streets' `u` and half widths in meters, unevenly spaced."""
    count = max(1, round(width_m / BLOCK_LENGTH_M))
    spacings = rng.uniform(0.72, 1.35, count)
    half_widths = np.full(count + 1, STREET_HALF_WIDTH_M)
    half_widths[0], half_widths[-1] = west_m, east_m
    return np.concatenate([[0], np.cumsum(spacings)]) / spacings.sum(), np.minimum(half_widths, 0.12 * width_m)


def _choose_cross_streets(rows: int, positions_m: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a mask `(rows, cross streets)` with some streets left out. No block gets longer than 300 m."""
    has_cross_street = np.ones((rows, len(positions_m)), dtype=bool)
    for row, cross in np.argwhere(rng.random((rows, len(positions_m))) < (0.2 if rows > 2 else 0)):
        is_inner = 0 < cross < len(positions_m) - 1 and has_cross_street[row, cross - 1]
        if is_inner and positions_m[cross + 1] - positions_m[cross - 1] < 300:
            has_cross_street[row, cross] = False
    return has_cross_street


def _choose_stub_streets(
    has_cross_street: np.ndarray, boulevard: int, positions_m: np.ndarray, rng: np.random.Generator
) -> list[StubStreet]:
    """Return cul-de-sacs for some stretches of row street with equal blocks above and below."""
    stubs: list[StubStreet] = []
    taken_blocks: set[tuple[int, int]] = set()
    for street in range(1, len(has_cross_street)):
        below, above = (np.flatnonzero(has_cross_street[row]).tolist() for row in (street - 1, street))
        spans = set(pairwise(below)) & set(pairwise(above))
        for left, right in sorted(spans):
            is_free = (street - 1, left) not in taken_blocks and street != boulevard
            if is_free and positions_m[right] - positions_m[left] > 95 and rng.random() < 0.09:
                stubs.append(StubStreet(street, left, right))
                taken_blocks |= {(street - 1, left), (street, left)}
    return stubs


def _cut_blocks(
    rows: tuple[np.ndarray, np.ndarray],
    cols: tuple[np.ndarray, np.ndarray],
    has_cross_street: np.ndarray,
    stubs: tuple[StubStreet, ...],
) -> list[Block]:
    """Return the blocks of ground between the streets."""
    (v, half_width_v), (u, half_width_u) = rows, cols
    stub_side = {(stub_street.row - 1, stub_street.left): 1 for stub_street in stubs} | {
        (stub_street.row, stub_street.left): -1 for stub_street in stubs
    }
    group_of = {(stub_street.row, stub_street.left): (stub_street.row - 1, stub_street.left) for stub_street in stubs}
    groups: dict[tuple[int, int], int] = {}
    blocks = []
    for row in range(len(has_cross_street)):
        ends = np.flatnonzero(has_cross_street[row]).tolist()
        for left, right in pairwise(ends):
            key = group_of.get((row, left), (row, left))
            group = groups.setdefault(key, len(groups))
            u0, u1 = float(u[left] + half_width_u[left]), float(u[right] - half_width_u[right])
            v0, v1 = float(v[row] + half_width_v[row]), float(v[row + 1] - half_width_v[row + 1])
            stub = stub_side.get((row, left), 0)
            blocks.append(Block(row, left, right, u0, u1, v0, v1, group, stub))
    return blocks
