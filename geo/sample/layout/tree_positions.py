"""Positions of trees: in front of parcels, beside corner parcels, in medians, yards and parks.

`geo.sample.county` calls `make_tree_positions`.
"""

from dataclasses import dataclass

import numpy as np

from geo.sample.layout.county_plan import CountyPlan
from geo.sample.layout.georeference import Georeference
from geo.sample.layout.lot_slots import LotSlots
from geo.sample.layout.street_blocks import BlockLayout
from geo.sample.layout.town_layout import TownLayout

PLANTING_STRIP_M = (1.0, 3.0)  # distance of a street tree from the lot line
FLANK_SHARE = 0.14  # share of street trees beside a corner parcel
MEDIAN_SHARE = 0.04  # share of street trees in a median, if the town has one
PARK_SHARE = 0.08
MEDIAN_OFFSET_M = 1.0  # of a median tree in a border street, toward the town
CROWDED_PARK_TREES = 64  # trees at the one address of a large town's park


@dataclass(frozen=True)
class TreePositions:
    """The positions of `n` trees: `xy` `(n, 2)` in meters.

    `slot` and `street` are indices, -1 for none. `where` is the inventory's location: street,
    median, yard or park.
    """

    xy: np.ndarray
    slot: np.ndarray
    street: np.ndarray
    where: np.ndarray


def make_tree_positions(
    plan: CountyPlan,
    town_layout: TownLayout,
    georeference: Georeference,
    count: int,
    rng: np.random.Generator,
    *,
    is_crowded: bool,
) -> TreePositions:
    """Return `count` positions, half of them in the right of way.

    If `is_crowded`, a park gets at least `CROWDED_PARK_TREES` trees at one address.
    """
    slots, parcels, block_layout = town_layout.slots, town_layout.parcels, town_layout.block_layout
    is_used = parcels.parcel_of_slot >= 0
    is_park = is_used & (parcels.kind[parcels.parcel_of_slot] == "park")
    front_slots = np.flatnonzero(is_used & ~slots.is_cut_by_bulb)
    medians = _planted_medians(plan, block_layout)
    street_count = count // 2 if len(front_slots) else 0
    median_count = round(street_count * MEDIAN_SHARE) if medians else 0
    corner_slots = np.flatnonzero(is_used & ~slots.is_cut_by_bulb & (slots.flank_edge >= 0))
    flank_count = round(street_count * FLANK_SHARE) if len(corner_slots) else 0
    park_count = round(count * PARK_SHARE) if is_park.any() else 0
    if is_crowded and is_park.any() and count > 4 * CROWDED_PARK_TREES:
        park_count = max(park_count, CROWDED_PARK_TREES)
    yard_slots = np.flatnonzero(is_used & ~is_park & ~slots.is_cut_by_bulb)
    yard_slots = yard_slots if len(yard_slots) else np.flatnonzero(is_used)
    front_count = street_count - median_count - flank_count
    parts = [
        _place_along_edges(slots, front_slots, slots.front_edge, slots.front_street, front_count, rng),
        _place_along_edges(slots, corner_slots, slots.flank_edge, slots.flank_street, flank_count, rng),
        _place_in_medians(block_layout, georeference, medians, median_count, rng),
        _place_inside_slots(slots, np.flatnonzero(is_park), "park", park_count, rng),
        _place_inside_slots(slots, yard_slots, "yard", count - street_count - park_count, rng),
    ]
    field_names = ("xy", "slot", "street", "where")
    return TreePositions(*(np.concatenate([getattr(part, name) for part in parts]) for name in field_names))


def _place_along_edges(
    slots: LotSlots,
    candidates: np.ndarray,
    edges: np.ndarray,
    streets: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> TreePositions:
    """Return positions of street trees along one edge of slots, spaced out where an edge has several."""
    slot_indices = np.sort(rng.choice(candidates, count)) if count else np.empty(0, dtype=int)
    _, first_index, tree_counts = np.unique(slot_indices, return_index=True, return_counts=True)
    tree_index = np.arange(count) - first_index.repeat(tree_counts)
    share = 0.12 + 0.76 * (tree_index + rng.uniform(0.25, 0.75, count)) / tree_counts.repeat(tree_counts)
    a, b = slots.edge_ends(slot_indices, edges[slot_indices])
    along = b - a
    outward = np.stack([along[:, 1], -along[:, 0]], -1) / np.hypot(*along.T)[:, None]
    xy = a + along * share[:, None] + outward * rng.uniform(*PLANTING_STRIP_M, count)[:, None]
    return TreePositions(xy, slot_indices, streets[slot_indices], np.full(count, "street", dtype=object))


def _place_inside_slots(
    slots: LotSlots, candidates: np.ndarray, location: str, count: int, rng: np.random.Generator
) -> TreePositions:
    """Return positions inside slots, at some distance from their sides."""
    slot_indices = np.sort(rng.choice(candidates, count)) if count else np.empty(0, dtype=int)
    s, t = rng.uniform(0.08, 0.92, (2, count, 1))
    a, b, c, d = (slots.rings[slot_indices, i] for i in range(4))
    xy = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * d + s * c)
    return TreePositions(xy, slot_indices, slots.front_street[slot_indices], np.full(count, location, dtype=object))


Median = tuple[int, bool, float]  # street index, whether it runs along u, its fixed u or v


def _planted_medians(plan: CountyPlan, layout: BlockLayout) -> list[Median]:
    """Return the medians that this town plants: of its boulevard, and of its south and west border streets."""
    south, _, _, west = layout.cell.border_streets
    medians = [(layout.boulevard, True, float(layout.rows[layout.boulevard]))] if layout.boulevard > 0 else []
    if plan.through_streets[south].is_divided:
        medians.append((0, True, MEDIAN_OFFSET_M / layout.cell.height_m))
    if plan.through_streets[west].is_divided:
        medians.append((len(layout.rows), False, MEDIAN_OFFSET_M / layout.cell.width_m))
    return medians


def _place_in_medians(
    layout: BlockLayout, georeference: Georeference, medians: list[Median], count: int, rng: np.random.Generator
) -> TreePositions:
    """Return positions in the medians of divided streets, clear of the intersections."""
    street_indices, runs_along_u, fixed_coordinate = (
        np.array(values) for values in zip(*(medians or [(0, True, 0.0)]), strict=True)
    )
    median_indices = rng.integers(len(street_indices), size=count)
    along = np.where(
        runs_along_u[median_indices], _draw_between(layout.cols, count, rng), _draw_between(layout.rows, count, rng)
    )
    u = np.where(runs_along_u[median_indices], along, fixed_coordinate[median_indices])
    v = np.where(runs_along_u[median_indices], fixed_coordinate[median_indices], along)
    xy = georeference.to_metric(layout.cell.points_at(u, v)) + rng.uniform(-0.5, 0.5, (count, 2))
    return TreePositions(xy, np.full(count, -1), street_indices[median_indices], np.full(count, "median", dtype=object))


def _draw_between(ticks: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` values between neighboring ticks, clear of both."""
    gap = rng.integers(len(ticks) - 1, size=count)
    return ticks[gap] + (ticks[gap + 1] - ticks[gap]) * rng.uniform(0.2, 0.8, count)
