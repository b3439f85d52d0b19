"""Where trees stand: in front of lots, beside corner lots, in medians, yards and parks."""

from dataclasses import dataclass

import numpy as np

from geo.sample.blocks import Layout
from geo.sample.ground import Ground
from geo.sample.plan import Plan
from geo.sample.sites import Site
from geo.sample.slots import Slots

STRIP_M = (1.0, 3.0)  # how far from the lot line a street tree stands
FLANK_SHARE = 0.14  # of the street trees: beside a corner lot
MEDIAN_SHARE = 0.04  # of the street trees, where there is a median
PARK_SHARE = 0.08
OWN_SIDE_M = 1.0  # a median tree of a border street stands so far on the town's own side
CROWDED = 64  # trees at the one address of a large town's park


@dataclass(frozen=True)
class Spots:
    """Places of trees in metres; `slot` and `street` are -1 where there is none.

    `where` is the inventory's location: street, median, yard or park.
    """

    xy: np.ndarray
    slot: np.ndarray
    street: np.ndarray
    where: np.ndarray


def make_spots(
    plan: Plan,
    site: Site,
    ground: Ground,
    count: int,
    rng: np.random.Generator,
    *,
    crowded: bool,
) -> Spots:
    """Choose `count` places, half of them in the right of way."""
    slots, parcels, layout = site.slots, site.parcels, site.layout
    used = parcels.of_slot >= 0
    park = used & (parcels.kind[parcels.of_slot] == "park")
    front = np.flatnonzero(used & ~slots.cut)
    medians = _medians(plan, layout)
    street = count // 2 if len(front) else 0
    middle = round(street * MEDIAN_SHARE) if medians else 0
    flank = np.flatnonzero(used & ~slots.cut & (slots.flank >= 0))
    beside = round(street * FLANK_SHARE) if len(flank) else 0
    parked = round(count * PARK_SHARE) if park.any() else 0
    if crowded and park.any() and count > 4 * CROWDED:
        parked = max(parked, CROWDED)
    yards = np.flatnonzero(used & ~park & ~slots.cut)
    parts = [
        _along(slots, front, slots.front, slots.street, street - middle - beside, rng),
        _along(slots, flank, slots.flank, slots.flank_street, beside, rng),
        _in_medians(layout, ground, medians, middle, rng),
        _inside(slots, np.flatnonzero(park), "park", parked, rng),
        _inside(
            slots,
            yards if len(yards) else np.flatnonzero(used),
            "yard",
            count - street - parked,
            rng,
        ),
    ]
    return Spots(
        *(np.concatenate([getattr(p, f) for p in parts]) for f in ("xy", "slot", "street", "where"))
    )


def _along(
    slots: Slots,
    choice: np.ndarray,
    edges: np.ndarray,
    streets: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> Spots:
    """Place street trees along one edge of slots, spaced out where one gets several."""
    which = np.sort(rng.choice(choice, count)) if count else np.empty(0, dtype=int)
    _, start, many = np.unique(which, return_index=True, return_counts=True)
    nth = np.arange(count) - start.repeat(many)
    share = 0.12 + 0.76 * (nth + rng.uniform(0.25, 0.75, count)) / many.repeat(many)
    a, b = slots.edge(which, edges[which])
    along = b - a
    out = np.stack([along[:, 1], -along[:, 0]], -1) / np.hypot(*along.T)[:, None]
    xy = a + along * share[:, None] + out * rng.uniform(*STRIP_M, count)[:, None]
    return Spots(xy, which, streets[which], np.full(count, "street", dtype=object))


def _inside(
    slots: Slots, choice: np.ndarray, where: str, count: int, rng: np.random.Generator
) -> Spots:
    """Place trees on lots, a little off their lines."""
    which = np.sort(rng.choice(choice, count)) if count else np.empty(0, dtype=int)
    s, t = rng.uniform(0.08, 0.92, (2, count, 1))
    a, b, c, d = (slots.rings[which, i] for i in range(4))
    xy = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * d + s * c)
    return Spots(xy, which, slots.street[which], np.full(count, where, dtype=object))


Median = tuple[int, bool, float]  # street number, whether it runs along u, its fixed u or v


def _medians(plan: Plan, layout: Layout) -> list[Median]:
    """List the divided streets whose median this town plants: its own, and its south and west border."""
    south, _, _, west = layout.cell.lines
    found = (
        [(layout.boulevard, True, float(layout.rows[layout.boulevard]))]
        if layout.boulevard > 0
        else []
    )
    if plan.lines[south].divided:
        found.append((0, True, OWN_SIDE_M / layout.cell.height_m))
    if plan.lines[west].divided:
        found.append((len(layout.rows), False, OWN_SIDE_M / layout.cell.width_m))
    return found


def _in_medians(
    layout: Layout, ground: Ground, medians: list[Median], count: int, rng: np.random.Generator
) -> Spots:
    """Place trees in the middle of divided streets, clear of the crossings."""
    number, lengthwise, fixed = (
        np.array(part) for part in zip(*(medians or [(0, True, 0.0)]), strict=True)
    )
    which = rng.integers(len(number), size=count)
    along = np.where(
        lengthwise[which],
        _between(layout.cols, count, rng),
        _between(layout.rows, count, rng),
    )
    u = np.where(lengthwise[which], along, fixed[which])
    v = np.where(lengthwise[which], fixed[which], along)
    xy = ground.metres(layout.cell.at(u, v)) + rng.uniform(-0.5, 0.5, (count, 2))
    return Spots(xy, np.full(count, -1), number[which], np.full(count, "median", dtype=object))


def _between(ticks: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw places between neighbouring ticks, clear of both."""
    gap = rng.integers(len(ticks) - 1, size=count)
    return ticks[gap] + (ticks[gap + 1] - ticks[gap]) * rng.uniform(0.2, 0.8, count)
