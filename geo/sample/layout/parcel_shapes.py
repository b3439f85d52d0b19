"""Parcels made of slots, in an exact number: some slots are joined, some split, some stacked.

`geo.sample.county` calls `slots_needed` and `divide_into_parcels`.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.layout.lot_slots import LotSlots
from geo.sample.layout.street_blocks import BlockLayout

PARK_SLOTS = (8, 28)  # least and most slots of a block that becomes a park
REAR_DEPTH_SHARE = 0.55  # share of the depth that remains in front of a rear parcel
SLIVER_WIDTH_M = 0.3


@dataclass
class ParcelShapes:
    """The `n` parcels of a town as arrays. `geometry` is in meters.

    `kind` is the field of the parcels layer. `first_slot` and `last_slot` are the slots at both
    ends, -1 for a right of way. `unit_number` counts the units stacked on one ground from 1, 0 for
    none. `is_rear` and `is_sliver` mark parts that were split off. `parcel_of_slot` `(slots,)` is
    the first parcel of each slot, -1 where the ground has no parcel.
    """

    geometry: np.ndarray
    kind: np.ndarray
    first_slot: np.ndarray
    last_slot: np.ndarray
    unit_number: np.ndarray
    is_rear: np.ndarray
    is_sliver: np.ndarray
    parcel_of_slot: np.ndarray

    def __len__(self) -> int:
        return len(self.geometry)

    @property
    def is_double(self) -> np.ndarray:
        """Return a mask of the parcels that consist of two neighboring slots."""
        return self.last_slot == self.first_slot + 1


@dataclass
class SlotAssignment:
    """The assignment of slots to parcels while it is made. All arrays are `(slots,)`.

    `lead_slot` is the slot that leads the parcel of each slot, -1 for none. `special_kind` says how
    a lead slot differs: park, parts, condo, common, rear, sliver or double. `unit_counts` is the
    number of units stacked on it. `is_free` marks slots without a special kind.
    """

    lead_slot: np.ndarray
    special_kind: np.ndarray
    unit_counts: np.ndarray
    is_free: np.ndarray
    street_parcels: list[shapely.Polygon]

    def count_parcels(self) -> int:
        """Return the number of parcels that the assignment makes."""
        lead_slots = np.unique(self.lead_slot[self.lead_slot >= 0])
        split_count = np.isin(self.special_kind[lead_slots], ("rear", "sliver")).sum()
        return int(len(lead_slots) + split_count + (self.unit_counts[lead_slots] - 1).sum() + len(self.street_parcels))


def slots_needed(quota: int) -> int:
    """Return about how many slots make `quota` parcels. Parks and double parcels take more than one.

    >>> slots_needed(10), slots_needed(500)
    (11, 530)
    """
    return quota + max(2 if quota > 12 else 0, round(quota * 0.06))


def divide_into_parcels(layout: BlockLayout, slots: LotSlots, quota: int, rng: np.random.Generator) -> ParcelShapes:
    """Return exactly `quota` parcels made of the slots."""
    count = len(slots)
    assignment = SlotAssignment(
        np.arange(count), np.full(count, "", dtype=object), np.ones(count, dtype=int), np.ones(count, dtype=bool), []
    )
    _assign_parks(assignment, slots, quota, rng)
    _assign_special_kinds(assignment, slots, quota, rng)
    assignment.street_parcels = _draw_street_parcels(layout, slots, int(rng.poisson(quota / 350)), rng)
    _match_quota(assignment, slots, quota, rng)
    return _draw_parcels(assignment, slots)


def _assign_parks(assignment: SlotAssignment, slots: LotSlots, quota: int, rng: np.random.Generator) -> None:
    """Turn whole blocks into parks. A small town has a park of a few neighboring slots."""
    if quota < 16:
        return
    if quota < 140:
        start = rng.choice(np.flatnonzero((slots.index_on_side == 0) & ~slots.is_cut_by_bulb))
        _join_slots(assignment, np.arange(start, start + min(3, slots.count_on_side[start])), "park")
        return
    starts = np.flatnonzero((slots.index_on_side == 0) & ~slots.is_top)
    size = 2 * slots.count_on_side[starts]
    bulb_cut_count = np.bincount(slots.block, slots.is_cut_by_bulb)[slots.block[starts]]
    suitable = starts[(size >= PARK_SLOTS[0]) & (size <= PARK_SLOTS[1]) & (bulb_cut_count == 0)]
    for start in rng.permutation(suitable)[: max(1, quota // 600)]:
        _join_slots(assignment, np.arange(start, start + 2 * slots.count_on_side[start]), "park")


def _join_slots(assignment: SlotAssignment, slot_indices: np.ndarray, special_kind: str) -> None:
    assignment.lead_slot[slot_indices] = slot_indices[0]
    assignment.is_free[slot_indices] = False
    assignment.special_kind[slot_indices[0]] = special_kind


def _assign_special_kinds(assignment: SlotAssignment, slots: LotSlots, quota: int, rng: np.random.Generator) -> None:
    """Choose stacked condominiums, common grounds, parcels in two parts, rear parcels and slivers."""
    is_plain = (slots.front_edge == 0) & ~slots.is_cut_by_bulb
    is_inner = is_plain & (slots.index_on_side > 0) & (slots.index_on_side < slots.count_on_side - 3)
    candidates = np.flatnonzero(is_inner & assignment.is_free)
    for start in rng.permutation(candidates)[: rng.poisson(quota / 400)]:
        if assignment.is_free[[start, start + 2]].all():
            _join_slots(assignment, np.array([start, start + 2]), "parts")
    for special_kind, slots_per_special in (("condo", 180), ("common", 300), ("rear", 300), ("sliver", 2500)):
        chosen = rng.permutation(np.flatnonzero(is_plain & assignment.is_free))[
            : rng.poisson(quota / slots_per_special)
        ]
        assignment.special_kind[chosen] = special_kind
        assignment.is_free[chosen] = False
    condo_slots = np.flatnonzero(assignment.special_kind == "condo")
    assignment.unit_counts[condo_slots] = rng.integers(3, 9, len(condo_slots))


def _match_quota(assignment: SlotAssignment, slots: LotSlots, quota: int, rng: np.random.Generator) -> None:
    """Join slots, leave ground without a parcel, or stack units until the number of parcels is right."""
    surplus = assignment.count_parcels() - quota
    if surplus > 0:
        is_pair_start = (
            (slots.index_on_side % 2 == 0)
            & (slots.index_on_side + 1 < slots.count_on_side)
            & (slots.front_edge == 0)
            & ~slots.is_cut_by_bulb
        )
        pair_starts = np.flatnonzero(is_pair_start)
        both_free = assignment.is_free[pair_starts] & assignment.is_free[pair_starts + 1]
        both_free &= slots.front_edge[pair_starts + 1] == 0
        for start in rng.permutation(pair_starts[both_free & ~slots.is_cut_by_bulb[pair_starts + 1]])[:surplus]:
            _join_slots(assignment, np.array([start, start + 1]), "double")
    while (surplus := assignment.count_parcels() - quota) > 0:
        if assignment.street_parcels:
            assignment.street_parcels.pop()
        elif (assignment.unit_counts > 1).any():
            assignment.unit_counts[np.argmax(assignment.unit_counts)] -= 1
        else:
            omitted = np.unique(assignment.lead_slot[assignment.lead_slot >= 0])[-surplus:]
            assignment.lead_slot[np.isin(assignment.lead_slot, omitted)] = -1
    if surplus < 0:
        is_lead = assignment.lead_slot == np.arange(len(slots))
        stack_slot = int(np.argmax(np.where(is_lead, assignment.unit_counts + assignment.is_free, 0)))
        assignment.special_kind[stack_slot] = "condo"
        assignment.unit_counts[stack_slot] -= surplus


def _draw_street_parcels(
    layout: BlockLayout, slots: LotSlots, count: int, rng: np.random.Generator
) -> list[shapely.Polygon]:
    """Return some stretches of street as polygons, from lot line to lot line."""
    index = {(block.row, block.left, block.right): i for i, block in enumerate(layout.blocks)}
    pairs = [
        (i, index[block.row + 1, block.left, block.right])
        for (_, i), block in zip(index.items(), layout.blocks, strict=True)
        if (block.row + 1, block.left, block.right) in index and not block.stub
    ]
    pairs = [pair for pair in pairs if not layout.blocks[pair[1]].stub]
    chosen = rng.permutation(len(pairs))[:count]
    return [_draw_street_parcel(slots, *pairs[i]) for i in sorted(chosen)]


def _draw_street_parcel(slots: LotSlots, below: int, above: int) -> shapely.Polygon:
    """Return the ground between the slots of two blocks that face each other."""
    south = slots.rings[(slots.block == below) & slots.is_top]
    north = slots.rings[(slots.block == above) & ~slots.is_top]
    ring = [*south[:, 1], south[-1, 0], *north[::-1, 1], north[0, 0]]
    return shapely.Polygon(ring)


def _draw_parcels(assignment: SlotAssignment, slots: LotSlots) -> ParcelShapes:
    """Return the parcels of an assignment."""
    geometries = slots.draw_polygons()
    lead_slots, sizes = np.unique(assignment.lead_slot[assignment.lead_slot >= 0], return_counts=True)
    last_slots = lead_slots.copy()
    for i in np.flatnonzero(sizes > 1):
        is_large = sizes[i] > 40
        members = (
            np.flatnonzero(assignment.lead_slot == lead_slots[i])
            if is_large
            else _member_slots(assignment, lead_slots[i])
        )
        geometries[lead_slots[i]] = shapely.union_all(geometries[members])
        last_slots[i] = members[-1]
    repeats = assignment.unit_counts[lead_slots] + np.isin(assignment.special_kind[lead_slots], ("rear", "sliver"))
    first_slots, part_index = lead_slots.repeat(repeats), _count_within_runs(repeats)
    special_kind = assignment.special_kind[first_slots]
    parcel_geometries = geometries[first_slots]
    for name in ("rear", "sliver"):
        for part in (0, 1):
            is_part = (special_kind == name) & (part_index == part)
            parcel_geometries[is_part] = _split_part(slots.rings[first_slots[is_part]], name, part)
    unit_number = np.where(special_kind == "condo", part_index + 1, 0)
    kinds = {"park": "park", "common": "common", "condo": "unit"}
    kind = np.array([kinds.get(name, "lot") for name in special_kind], dtype=object)
    parcel_of_slot = np.where(assignment.lead_slot >= 0, np.searchsorted(first_slots, assignment.lead_slot), -1)
    is_rear, is_sliver = ((special_kind == name) & (part_index == 1) for name in ("rear", "sliver"))
    slot_span = (first_slots, last_slots.repeat(repeats))
    parcels = ParcelShapes(parcel_geometries, kind, *slot_span, unit_number, is_rear, is_sliver, parcel_of_slot)
    return _add_street_parcels(parcels, assignment.street_parcels)


def _member_slots(assignment: SlotAssignment, lead_slot: int) -> np.ndarray:
    """Return the slots of one parcel. They are among the 60 slots from its lead slot on."""
    nearby_slots = np.arange(lead_slot, min(lead_slot + 60, len(assignment.lead_slot)))
    return nearby_slots[assignment.lead_slot[nearby_slots] == lead_slot]


def _count_within_runs(run_lengths: np.ndarray) -> np.ndarray:
    """Return a count from 0 within each run.

    >>> _count_within_runs(np.array([2, 1, 3])).tolist()
    [0, 1, 0, 0, 1, 2]
    """
    starts = np.cumsum(run_lengths) - run_lengths
    return np.arange(run_lengths.sum()) - starts.repeat(run_lengths)


def _split_part(rings: np.ndarray, special_kind: str, part: int) -> np.ndarray:
    """Return one part of split slots: a rear part behind the front one, or a sliver along the side.

    >>> ring = np.array([[[0.0, 0.0], [10.0, 0.0], [10.0, 40.0], [0.0, 40.0]]])
    >>> [round(float(_split_part(ring, "rear", part)[0].area), 3) for part in (0, 1)]
    [220.0, 180.0]
    """
    a, b, c, d = (rings[:, i] for i in range(4))
    if special_kind == "rear":
        left, right = a + (d - a) * REAR_DEPTH_SHARE, b + (c - b) * REAR_DEPTH_SHARE
        return shapely.polygons(np.stack([a, b, right, left] if part == 0 else [left, right, c, d], 1))
    share = SLIVER_WIDTH_M / np.hypot(*(b - a).T)[:, None]
    near, far = b + (a - b) * share, c + (d - c) * share
    return shapely.polygons(np.stack([a, near, far, d] if part == 0 else [near, b, c, far], 1))


def _add_street_parcels(parcels: ParcelShapes, street_parcels: list[shapely.Polygon]) -> ParcelShapes:
    """Return the parcels with the stretches of street added at the end."""
    count = len(street_parcels)
    no_slots, all_false = np.full(count, -1), np.zeros(count, dtype=bool)
    return ParcelShapes(
        np.concatenate([parcels.geometry, np.array(street_parcels, dtype=object)]),
        np.concatenate([parcels.kind, np.full(count, "right_of_way", dtype=object)]),
        np.concatenate([parcels.first_slot, no_slots]),
        np.concatenate([parcels.last_slot, no_slots]),
        np.concatenate([parcels.unit_number, np.zeros(count, dtype=int)]),
        np.concatenate([parcels.is_rear, all_false]),
        np.concatenate([parcels.is_sliver, all_false]),
        parcels.parcel_of_slot,
    )
