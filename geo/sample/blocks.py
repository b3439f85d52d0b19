"""Inside a town: rows of blocks two lots deep, cross streets between them, and some cul-de-sacs."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geo.sample.plan import Cell, Plan

BLOCK_DEEP_M = 80.0  # two lots back to back
BLOCK_LONG_M = 140.0
HALF_M = 8.0  # half a right of way
BOULEVARD_HALF_M = 13.0  # half of one that a median parts


@dataclass(frozen=True)
class Block:
    """Ground between the rights of way, in the cell's u and v.

    `left` and `right` number the cross streets at its ends. Blocks of one `group` are cut alike.
    `stub` is 1 when a cul-de-sac ends above it, -1 below it, 0 for none.
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
class Stub:
    """A cul-de-sac in the place of a stretch of row street `row`, between two cross streets."""

    row: int
    left: int
    right: int


@dataclass(frozen=True)
class Layout:
    """The streets and blocks of a town.

    Row street i runs at v = `rows[i]`, cross street j at u = `cols[j]`; the first and last of each
    are the cell's border streets. `kept[r, j]` says whether cross street j crosses block row r.
    """

    cell: Cell
    rows: np.ndarray
    row_half_m: np.ndarray
    cols: np.ndarray
    col_half_m: np.ndarray
    kept: np.ndarray
    stubs: tuple[Stub, ...]
    blocks: tuple[Block, ...]
    boulevard: int  # the row street that a median parts, -1 for none


def lay_out(plan: Plan, cell: Cell, rng: np.random.Generator) -> Layout:
    """Draw the streets and blocks of a town."""
    south, east, north, west = (plan.lines[i].half_m for i in cell.lines)
    rows, row_half, boulevard = _rows(cell.height_m, south, north, rng)
    cols, col_half = _cols(cell.width_m, west, east, rng)
    kept = _kept(len(rows) - 1, cols * cell.width_m, rng)
    stubs = tuple(_stubs(kept, boulevard, cols * cell.width_m, rng))
    blocks = _blocks((rows, row_half / cell.height_m), (cols, col_half / cell.width_m), kept, stubs)
    return Layout(cell, rows, row_half, cols, col_half, kept, stubs, tuple(blocks), boulevard)


def _rows(
    high_m: float, south_m: float, north_m: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, int]:
    """Space the row streets so that blocks are equally deep; returns v, half widths, the boulevard."""
    count = max(1, round((high_m - south_m - north_m + 2 * HALF_M) / (BLOCK_DEEP_M + 2 * HALF_M)))
    half = np.full(count + 1, HALF_M) + np.round(rng.uniform(-0.5, 1, count + 1), 1)
    half[0], half[-1] = south_m, north_m
    boulevard = int(rng.integers(2, count - 1)) if count >= 5 else -1
    if boulevard > 0:
        half[boulevard] = BOULEVARD_HALF_M
    half = np.minimum(half, 0.12 * high_m)
    deep = (high_m - 2 * half.sum() + half[0] + half[-1]) / count
    gaps = deep + half[:-1] + half[1:]
    return np.concatenate([[0], np.cumsum(gaps)]) / gaps.sum(), half, boulevard


def _cols(
    wide_m: float, west_m: float, east_m: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Space the cross streets unevenly; returns u and half widths."""
    count = max(1, round(wide_m / BLOCK_LONG_M))
    gaps = rng.uniform(0.72, 1.35, count)
    half = np.full(count + 1, HALF_M)
    half[0], half[-1] = west_m, east_m
    return np.concatenate([[0], np.cumsum(gaps)]) / gaps.sum(), np.minimum(half, 0.12 * wide_m)


def _kept(rows: int, at_m: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave some cross streets out of some rows, but let no block grow past 300 m."""
    kept = np.ones((rows, len(at_m)), dtype=bool)
    for row, cross in np.argwhere(rng.random((rows, len(at_m))) < (0.2 if rows > 2 else 0)):
        inside = 0 < cross < len(at_m) - 1 and kept[row, cross - 1]
        if inside and at_m[cross + 1] - at_m[cross - 1] < 300:
            kept[row, cross] = False
    return kept


def _stubs(
    kept: np.ndarray, boulevard: int, at_m: np.ndarray, rng: np.random.Generator
) -> list[Stub]:
    """Turn some stretches of row street into cul-de-sacs, where the blocks above and below agree."""
    found: list[Stub] = []
    taken: set[tuple[int, int]] = set()
    for street in range(1, len(kept)):
        below, above = (np.flatnonzero(kept[row]).tolist() for row in (street - 1, street))
        spans = set(pairwise(below)) & set(pairwise(above))
        for left, right in sorted(spans):
            free = (street - 1, left) not in taken and street != boulevard
            if free and at_m[right] - at_m[left] > 95 and rng.random() < 0.09:
                found.append(Stub(street, left, right))
                taken |= {(street - 1, left), (street, left)}
    return found


def _blocks(
    rows: tuple[np.ndarray, np.ndarray],
    cols: tuple[np.ndarray, np.ndarray],
    kept: np.ndarray,
    stubs: tuple[Stub, ...],
) -> list[Block]:
    """Cut the ground between the streets into blocks."""
    (v, half_v), (u, half_u) = rows, cols
    touched = {(s.row - 1, s.left): 1 for s in stubs} | {(s.row, s.left): -1 for s in stubs}
    group_of = {(s.row, s.left): (s.row - 1, s.left) for s in stubs}
    groups: dict[tuple[int, int], int] = {}
    blocks = []
    for row in range(len(kept)):
        ends = np.flatnonzero(kept[row]).tolist()
        for left, right in pairwise(ends):
            key = group_of.get((row, left), (row, left))
            group = groups.setdefault(key, len(groups))
            u0, u1 = float(u[left] + half_u[left]), float(u[right] - half_u[right])
            v0, v1 = float(v[row] + half_v[row]), float(v[row + 1] - half_v[row + 1])
            stub = touched.get((row, left), 0)
            blocks.append(Block(row, left, right, u0, u1, v0, v1, group, stub))
    return blocks
