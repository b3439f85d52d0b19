"""Slots turned into exactly so many parcels: some joined, some split, some stacked."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.blocks import Layout
from geo.sample.slots import Slots

PARK_LOTS = (8, 28)  # a block that becomes a park has so many slots
REAR = 0.55  # a lot with another behind it keeps this share of its depth
SLIVER_M = 0.3


@dataclass
class Parcels:
    """The parcels of a town, one array each; `shape` in metres.

    `first` and `last` are the slots at either end (a right of way has -1); `kind` as in the layer;
    `unit` counts the units stacked on one ground from 1, 0 for none; `rear` and `sliver` mark parts
    split off. `of_slot` gives for each slot its first parcel, -1 where the ground has no record.
    """

    shape: np.ndarray
    kind: np.ndarray
    first: np.ndarray
    last: np.ndarray
    unit: np.ndarray
    rear: np.ndarray
    sliver: np.ndarray
    of_slot: np.ndarray

    def __len__(self) -> int:
        return len(self.shape)

    @property
    def double(self) -> np.ndarray:
        """Which are two slots side by side."""
        return self.last == self.first + 1


@dataclass
class Deal:
    """What becomes of each slot, while it is being decided.

    `head` is the slot whose parcel this one belongs to (-1: no record); `special` names what else
    happens to a head; `units` counts what is stacked on it.
    """

    head: np.ndarray
    special: np.ndarray
    units: np.ndarray
    free: np.ndarray
    roads: list[shapely.Polygon]

    def count(self) -> int:
        """How many parcels come of it."""
        heads = np.unique(self.head[self.head >= 0])
        split = np.isin(self.special[heads], ("rear", "sliver")).sum()
        return int(len(heads) + split + (self.units[heads] - 1).sum() + len(self.roads))


def needed(quota: int) -> int:
    """Tell about how many slots make `quota` parcels: parks and double lots take more than one."""
    return quota + max(2 if quota > 12 else 0, round(quota * 0.06))


def deal_out(layout: Layout, slots: Slots, quota: int, rng: np.random.Generator) -> Parcels:
    """Make exactly `quota` parcels of the slots."""
    count = len(slots)
    deal = Deal(
        np.arange(count),
        np.full(count, "", dtype=object),
        np.ones(count, dtype=int),
        np.ones(count, dtype=bool),
        [],
    )
    _parks(deal, slots, quota, rng)
    _specials(deal, slots, quota, rng)
    deal.roads = _roads(layout, slots, int(rng.poisson(quota / 350)), rng)
    _fit(deal, slots, quota, rng)
    return _drawn(deal, slots)


def _parks(deal: Deal, slots: Slots, quota: int, rng: np.random.Generator) -> None:
    """Give whole blocks to parks; a small town gets a few lots side by side."""
    if quota < 16:
        return
    if quota < 140:
        start = rng.choice(np.flatnonzero((slots.nth == 0) & ~slots.cut))
        _join(deal, np.arange(start, start + min(3, slots.of[start])), "park")
        return
    starts = np.flatnonzero((slots.nth == 0) & ~slots.top)
    size = 2 * slots.of[starts]
    cut = np.bincount(slots.block, slots.cut)[slots.block[starts]]
    fit = starts[(size >= PARK_LOTS[0]) & (size <= PARK_LOTS[1]) & (cut == 0)]
    for start in rng.permutation(fit)[: max(1, quota // 600)]:
        _join(deal, np.arange(start, start + 2 * slots.of[start]), "park")


def _join(deal: Deal, which: np.ndarray, special: str) -> None:
    deal.head[which] = which[0]
    deal.free[which] = False
    deal.special[which[0]] = special


def _specials(deal: Deal, slots: Slots, quota: int, rng: np.random.Generator) -> None:
    """Pick stacked condos, common grounds, parcels in two parts, rear lots and slivers."""
    plain = (slots.front == 0) & ~slots.cut
    inner = plain & (slots.nth > 0) & (slots.nth < slots.of - 3)
    apart = np.flatnonzero(inner & deal.free)
    for start in rng.permutation(apart)[: rng.poisson(quota / 400)]:
        if deal.free[[start, start + 2]].all():
            _join(deal, np.array([start, start + 2]), "parts")
    for special, often in (("condo", 180), ("common", 300), ("rear", 300), ("sliver", 2500)):
        single = rng.permutation(np.flatnonzero(plain & deal.free))[: rng.poisson(quota / often)]
        deal.special[single] = special
        deal.free[single] = False
    stacks = np.flatnonzero(deal.special == "condo")
    deal.units[stacks] = rng.integers(3, 9, len(stacks))


def _fit(deal: Deal, slots: Slots, quota: int, rng: np.random.Generator) -> None:
    """Join more lots, leave ground without a record, or stack more units, until the count is right."""
    spare = deal.count() - quota
    if spare > 0:
        even = (slots.nth % 2 == 0) & (slots.nth + 1 < slots.of) & (slots.front == 0) & ~slots.cut
        pairs = np.flatnonzero(even)
        both = deal.free[pairs] & deal.free[pairs + 1] & (slots.front[pairs + 1] == 0)
        for start in rng.permutation(pairs[both & ~slots.cut[pairs + 1]])[:spare]:
            _join(deal, np.array([start, start + 1]), "double")
    while (spare := deal.count() - quota) > 0:
        if deal.roads:
            deal.roads.pop()
        elif (deal.units > 1).any():
            deal.units[np.argmax(deal.units)] -= 1
        else:
            left_out = np.unique(deal.head[deal.head >= 0])[-spare:]
            deal.head[np.isin(deal.head, left_out)] = -1
    if spare < 0:
        stack = int(
            np.argmax(np.where(deal.head == np.arange(len(slots)), deal.units + deal.free, 0))
        )
        deal.special[stack] = "condo"
        deal.units[stack] -= spare


def _roads(
    layout: Layout, slots: Slots, count: int, rng: np.random.Generator
) -> list[shapely.Polygon]:
    """Draw some stretches of street as parcels of their own, from lot line to lot line."""
    index = {(b.row, b.left, b.right): i for i, b in enumerate(layout.blocks)}
    pairs = [
        (i, index[b.row + 1, b.left, b.right])
        for (_, i), b in zip(index.items(), layout.blocks, strict=True)
        if (b.row + 1, b.left, b.right) in index and not b.stub
    ]
    pairs = [pair for pair in pairs if not layout.blocks[pair[1]].stub]
    chosen = rng.permutation(len(pairs))[:count]
    return [_road(slots, *pairs[i]) for i in sorted(chosen)]


def _road(slots: Slots, below: int, above: int) -> shapely.Polygon:
    """Draw the ground between the lots of two blocks that face each other."""
    south = slots.rings[(slots.block == below) & slots.top]
    north = slots.rings[(slots.block == above) & ~slots.top]
    ring = [*south[:, 1], south[-1, 0], *north[::-1, 1], north[0, 0]]
    return shapely.Polygon(ring)


def _drawn(deal: Deal, slots: Slots) -> Parcels:
    """Draw the parcels that were decided on."""
    shapes = slots.shapes()
    heads, sizes = np.unique(deal.head[deal.head >= 0], return_counts=True)
    last = heads.copy()
    for i in np.flatnonzero(sizes > 1):
        members = (
            np.flatnonzero(deal.head == heads[i]) if sizes[i] > 40 else _members(deal, heads[i])
        )
        shapes[heads[i]] = shapely.union_all(shapes[members])
        last[i] = members[-1]
    times = deal.units[heads] + np.isin(deal.special[heads], ("rear", "sliver"))
    first, nth = heads.repeat(times), _counting(times)
    special = deal.special[first]
    shape = shapes[first]
    for name in ("rear", "sliver"):
        for part in (0, 1):
            which = (special == name) & (nth == part)
            shape[which] = _part(slots.rings[first[which]], name, part)
    unit = np.where(special == "condo", nth + 1, 0)
    kinds = {"park": "park", "common": "common", "condo": "unit"}
    kind = np.array([kinds.get(name, "lot") for name in special], dtype=object)
    of_slot = np.where(deal.head >= 0, np.searchsorted(first, deal.head), -1)
    rear, sliver = ((special == name) & (nth == 1) for name in ("rear", "sliver"))
    parcels = Parcels(shape, kind, first, last.repeat(times), unit, rear, sliver, of_slot)
    return _with_roads(parcels, deal.roads)


def _members(deal: Deal, head: int) -> np.ndarray:
    """Give the slots of one parcel: they follow their head closely."""
    near = np.arange(head, min(head + 60, len(deal.head)))
    return near[deal.head[near] == head]


def _counting(times: np.ndarray) -> np.ndarray:
    """Count from 0 within each run.

    >>> _counting(np.array([2, 1, 3])).tolist()
    [0, 1, 0, 0, 1, 2]
    """
    starts = np.cumsum(times) - times
    return np.arange(times.sum()) - starts.repeat(times)


def _part(rings: np.ndarray, name: str, part: int) -> np.ndarray:
    """Split lots: the rear part off the front one, or a sliver off the side."""
    a, b, c, d = (rings[:, i] for i in range(4))
    if name == "rear":
        left, right = a + (d - a) * REAR, b + (c - b) * REAR
        return shapely.polygons(
            np.stack([a, b, right, left] if part == 0 else [left, right, c, d], 1)
        )
    share = SLIVER_M / np.hypot(*(b - a).T)[:, None]
    near, far = b + (a - b) * share, c + (d - c) * share
    return shapely.polygons(np.stack([a, near, far, d] if part == 0 else [near, b, c, far], 1))


def _with_roads(parcels: Parcels, roads: list[shapely.Polygon]) -> Parcels:
    """Add the stretches of street behind the lots."""
    count = len(roads)
    none, no = np.full(count, -1), np.zeros(count, dtype=bool)
    return Parcels(
        np.concatenate([parcels.shape, np.array(roads, dtype=object)]),
        np.concatenate([parcels.kind, np.full(count, "right_of_way", dtype=object)]),
        np.concatenate([parcels.first, none]),
        np.concatenate([parcels.last, none]),
        np.concatenate([parcels.unit, np.zeros(count, dtype=int)]),
        np.concatenate([parcels.rear, no]),
        np.concatenate([parcels.sliver, no]),
        parcels.of_slot,
    )
