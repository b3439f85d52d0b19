"""Blocks cut into slots: the ground plan of lots before some are joined, split or stacked."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.blocks import Block, Layout
from geo.sample.ground import Ground

CORNER = 0.25  # how much wider a corner lot is
BULB_M = 12.0  # radius of a cul-de-sac's end
STUB_LOTS = 5  # fewest lots on each side of a block with a cul-de-sac
CORNERS_TURN = 0.3  # share of corner lots that face the cross street


@dataclass(frozen=True)
class Slots:
    """Slots of a town, in order along each side of each block.

    `rings` (n, 4, 2) in metres, counter-clockwise: points 0 and 1 on the row street, 2 and 3 behind.
    Edge e runs from point e to point e + 1, its street to the right. `front` is the edge that the
    lot faces and `street` that street's number in the town; `flank` and `flank_street` are the other
    street of a corner lot, -1 for none. `cut` marks those that a cul-de-sac's end cuts into, and
    `bulb` (n, 2) is its middle. `plan` is the middle of the front, on the plan; `stub_ends` gives for
    each cul-de-sac of the town the u at which it ends. `closes` marks the lots behind its end, and
    `knee` (n, 2) is where their inner side passes their neighbour's front.
    """

    block: np.ndarray
    top: np.ndarray
    nth: np.ndarray
    of: np.ndarray
    rings: np.ndarray
    front: np.ndarray
    street: np.ndarray
    flank: np.ndarray
    flank_street: np.ndarray
    cut: np.ndarray
    bulb: np.ndarray
    plan: np.ndarray
    stub_ends: np.ndarray
    closes: np.ndarray
    knee: np.ndarray

    def __len__(self) -> int:
        return len(self.block)

    def shapes(self) -> np.ndarray:
        """Draw each slot, in metres; neighbours share their vertices."""
        drawn = shapely.polygons(self.rings)
        a, b, c, d = (self.rings[self.closes, i] for i in range(4))
        knee, top = self.knee[self.closes], self.top[self.closes][:, None]
        between = (np.where(top, knee, c), np.where(top, c, d), np.where(top, d, knee))
        drawn[self.closes] = shapely.polygons(np.stack([a, b, *between], 1))
        bulbs = shapely.buffer(shapely.points(self.bulb[self.cut]), BULB_M)
        drawn[self.cut] = shapely.difference(drawn[self.cut], bulbs)
        return drawn

    def edge(self, which: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give both ends of one edge of each of the slots `which`."""
        return self.rings[which, edges], self.rings[which, (edges + 1) % 4]


def street_number(layout: Layout, kind: str, index: np.ndarray | int) -> np.ndarray | int:
    """Count a town's streets: row streets, then cross streets, then cul-de-sacs."""
    first = {"row": 0, "cross": len(layout.rows), "stub": len(layout.rows) + len(layout.cols)}
    return first[kind] + index


def make_slots(layout: Layout, need: int, ground: Ground, rng: np.random.Generator) -> Slots:
    """Cut the blocks into at least `need` slots, as wide as that allows (10 to 30 m)."""
    per_block = _lots_per_side(layout, need)
    cuts = {}
    for block, lots in zip(layout.blocks, per_block, strict=True):
        if block.group not in cuts:
            cuts[block.group] = _cuts(int(lots), rng)
    blocks = np.arange(len(layout.blocks)).repeat(2 * per_block)
    nth = np.concatenate([np.tile(np.arange(lots), 2) for lots in per_block])
    of = per_block.repeat(2 * per_block)
    top = np.concatenate([np.arange(2 * lots) >= lots for lots in per_block])
    u = np.concatenate([np.tile(_spans(b, cuts[b.group]), (2, 1)) for b in layout.blocks])
    return _slots(layout, ground, (blocks, top, nth, of, u), rng)


def _lots_per_side(layout: Layout, need: int) -> np.ndarray:
    """Find the widest lots of which at least `need` fit, by halving."""
    group = np.array([block.group for block in layout.blocks])
    long_m = np.array([(b.u1 - b.u0) * layout.cell.width_m for b in layout.blocks])
    fewest = np.array([STUB_LOTS if block.stub else 1 for block in layout.blocks])
    first = np.unique(group, return_index=True)[1][group]

    def lots(width_m: float) -> np.ndarray:
        return np.maximum(fewest, np.floor(long_m[first] / width_m).astype(int))

    low, high = 10.0, 30.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if 2 * lots(middle).sum() >= need else (low, middle)
    return lots(low)


def _cuts(lots: int, rng: np.random.Generator) -> np.ndarray:
    """Give the lot lines of a block as shares of its length, corner lots wider than the others."""
    wide = rng.uniform(0.93, 1.07, lots)
    wide[0] += CORNER
    wide[-1] += CORNER
    return np.concatenate([[0], np.cumsum(wide) / wide.sum()])


def _spans(block: Block, cuts: np.ndarray) -> np.ndarray:
    u = block.u0 + (block.u1 - block.u0) * cuts
    return np.stack([u[:-1], u[1:]], -1)


Cut = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # block, top, nth, of, u


def _slots(layout: Layout, ground: Ground, cut: Cut, rng: np.random.Generator) -> Slots:
    """Draw the slots and tell which street each faces."""
    block, top, nth, of, u = cut
    row, stub = (
        np.array([getattr(b, name) for b in layout.blocks])[block] for name in ("row", "stub")
    )
    row_street = row + top
    on_stub = np.where(top, stub == 1, stub == -1)
    closes = on_stub & (nth == of - 1)  # behind a cul-de-sac's end: they face the cross street
    closed = np.where(closes, layout.rows[row_street], np.nan)
    plan = layout.cell.at(*_corners(layout, cut, closed, rng))
    stubs, stub_ends = _stub_of(layout, block), _stub_ends(layout, cut)
    ways = np.where(on_stub, street_number(layout, "stub", stubs), row_street)
    front, street, flank, flank_street = _facing(layout, cut, on_stub, ways, rng)
    every = np.arange(len(block))
    return Slots(
        *(block, top, nth, of),
        ground.metres(plan),
        *(front, street, flank, flank_street),
        on_stub & (nth >= of - 3) & ~closes,
        ground.metres(layout.cell.at(np.append(stub_ends, 0)[stubs], layout.rows[row_street])),
        (plan[every, front] + plan[every, (front + 1) % 4]) / 2,
        stub_ends,
        closes,
        ground.metres(layout.cell.at(u[:, 0], _near(layout, block, top))),
    )


def _facing(
    layout: Layout, cut: Cut, on_stub: np.ndarray, ways: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Choose front and flank, each with its street; `ways` is the street along the row."""
    block, top, nth, of, _ = cut
    last = nth == of - 1
    corner, closes = last | (nth == 0), on_stub & last
    side = np.where(last == top, 3, 1)
    beside = np.array([(b.left, b.right) for b in layout.blocks])[block, last.astype(int)]
    cross = street_number(layout, "cross", beside)
    turned = closes | (corner & ~on_stub & (rng.random(len(block)) < CORNERS_TURN))
    two = corner & ~closes
    flank = np.where(two, np.where(turned, 0, side), -1)
    flank_street = np.where(two, np.where(turned, ways, cross), -1)
    return np.where(turned, side, 0), np.where(turned, cross, ways), flank, flank_street


def _corners(
    layout: Layout, cut: Cut, closed: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Give u and v of the four corners; `closed` is the v to which a lot reaches over a lost street."""
    block, top, _, _, u = cut
    v0, v1 = (np.array([getattr(b, end) for b in layout.blocks]) for end in ("v0", "v1"))
    middle = (v0 + (v1 - v0) * rng.uniform(0.47, 0.53, len(v0)))[block]
    near = np.where(np.isnan(closed), _near(layout, block, top), closed)
    west, east = u[:, 0], u[:, 1]
    first, second = np.where(top, east, west), np.where(top, west, east)
    return np.stack([first, second, second, first], -1), np.stack([near, near, middle, middle], -1)


def _near(layout: Layout, block: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Give the v of the lot line on the row street."""
    return np.where(
        top,
        np.array([b.v1 for b in layout.blocks])[block],
        np.array([b.v0 for b in layout.blocks])[block],
    )


def _stub_of(layout: Layout, block: np.ndarray) -> np.ndarray:
    """Find the cul-de-sac of each slot's block, by number, 0 where it has none."""
    number = {(s.row - 1, s.left): i for i, s in enumerate(layout.stubs)}
    number |= {(s.row, s.left): i for i, s in enumerate(layout.stubs)}
    return np.array([number.get((b.row, b.left), 0) for b in layout.blocks])[block]


def _stub_ends(layout: Layout, cut: Cut) -> np.ndarray:
    """Give the u at which each cul-de-sac ends: a bulb short of the lots behind it."""
    block, _, nth, of, u = cut
    last = nth == of - 1
    begins = np.zeros(len(layout.blocks))
    begins[block[last]] = u[last, 0]
    index = {(b.row, b.left): i for i, b in enumerate(layout.blocks)}
    behind = [index[stub.row, stub.left] for stub in layout.stubs]
    return begins[np.array(behind, dtype=int)] - BULB_M / layout.cell.width_m
