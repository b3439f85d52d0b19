"""Slots: blocks cut into equal pieces of ground, before some are joined, split or stacked into parcels.

`geo.sample.county` calls `make_slots`. `parcel_shapes` makes parcels of the slots.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.layout.georeference import Georeference
from geo.sample.layout.street_blocks import Block, BlockLayout

CORNER_EXTRA_WIDTH = 0.25  # extra width of a corner slot, as a share
BULB_RADIUS_M = 12.0  # radius of the end of a cul-de-sac
MIN_STUB_SLOTS = 5  # on each side of a block with a cul-de-sac
CORNER_TURN_SHARE = 0.3  # share of corner slots that face the cross street


@dataclass(frozen=True)
class LotSlots:
    """The `n` slots of a town, in order along each side of each block.

    `block` is the index of the block. `is_top` marks the north side of a block, `index_on_side`
    counts along it, and `count_on_side` is the number of slots there. `rings` `(n, 4, 2)` in meters
    run counter-clockwise. Points 0 and 1 lie on the row street, 2 and 3 at the rear. Edge `e` runs
    from point `e` to point `e + 1`, and its street is on its right.

    `front_edge` is the edge that faces the street of the address, `front_street`. `flank_edge` and
    `flank_street` are the other street of a corner slot, -1 for none. `front_midpoint` `(n, 2)` is
    the middle of the front edge on the plan. `is_cut_by_bulb` marks slots that the end of a
    cul-de-sac cuts into, and `bulb_center` `(n, 2)` is the center of that end. `is_behind_bulb`
    marks the slots beyond the end, and `knee_point` `(n, 2)` is where their inner side bends.
    `stub_ends` has the `u` at which each cul-de-sac of the town ends.
    """

    block: np.ndarray
    is_top: np.ndarray
    index_on_side: np.ndarray
    count_on_side: np.ndarray
    rings: np.ndarray
    front_edge: np.ndarray
    front_street: np.ndarray
    flank_edge: np.ndarray
    flank_street: np.ndarray
    is_cut_by_bulb: np.ndarray
    bulb_center: np.ndarray
    front_midpoint: np.ndarray
    stub_ends: np.ndarray
    is_behind_bulb: np.ndarray
    knee_point: np.ndarray

    def __len__(self) -> int:
        return len(self.block)

    def draw_polygons(self) -> np.ndarray:
        """Return each slot as a polygon in meters. Neighbors share their vertices."""
        polygons = shapely.polygons(self.rings)
        a, b, c, d = (self.rings[self.is_behind_bulb, i] for i in range(4))
        knee, is_top = (self.knee_point[self.is_behind_bulb], self.is_top[self.is_behind_bulb][:, None])
        inner_points = (np.where(is_top, knee, c), np.where(is_top, c, d), np.where(is_top, d, knee))
        polygons[self.is_behind_bulb] = shapely.polygons(np.stack([a, b, *inner_points], 1))
        bulbs = shapely.buffer(shapely.points(self.bulb_center[self.is_cut_by_bulb]), BULB_RADIUS_M)
        polygons[self.is_cut_by_bulb] = shapely.difference(polygons[self.is_cut_by_bulb], bulbs)
        return polygons

    def edge_ends(self, slot_indices: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the start and end points, each `(m, 2)`, of one edge of each of `m` slots."""
        return self.rings[slot_indices, edges], self.rings[slot_indices, (edges + 1) % 4]


def street_index(layout: BlockLayout, kind: str, index: np.ndarray | int) -> np.ndarray | int:
    """Return the index of a street in `TownStreets`: row streets, then cross streets, then cul-de-sacs.

    `kind` is "row", "cross" or "stub", and `index` counts within that kind.
    """
    first = {"row": 0, "cross": len(layout.rows), "stub": len(layout.rows) + len(layout.cols)}
    return first[kind] + index


def make_slots(layout: BlockLayout, min_slots: int, georeference: Georeference, rng: np.random.Generator) -> LotSlots:
    """Cut the blocks into at least `min_slots` slots, as wide as possible (10 to 30 m)."""
    slots_per_side = _slots_per_side(layout, min_slots)
    lot_lines = {}
    for block, slot_count in zip(layout.blocks, slots_per_side, strict=True):
        if block.group not in lot_lines:
            lot_lines[block.group] = _draw_lot_lines(int(slot_count), rng)
    blocks = np.arange(len(layout.blocks)).repeat(2 * slots_per_side)
    index_on_side = np.concatenate([np.tile(np.arange(slot_count), 2) for slot_count in slots_per_side])
    count_on_side = slots_per_side.repeat(2 * slots_per_side)
    is_top = np.concatenate([np.arange(2 * slot_count) >= slot_count for slot_count in slots_per_side])
    u = np.concatenate(
        [np.tile(_slot_spans(layout_block, lot_lines[layout_block.group]), (2, 1)) for layout_block in layout.blocks]
    )
    return _build_slots(layout, georeference, (blocks, is_top, index_on_side, count_on_side, u), rng)


def _slots_per_side(layout: BlockLayout, min_slots: int) -> np.ndarray:
    """Return the slots on each side of each block, for the widest slots that still allow `min_slots`.

    The width is found by bisection.
    """
    group = np.array([block.group for block in layout.blocks])
    length_m = np.array([(layout_block.u1 - layout_block.u0) * layout.cell.width_m for layout_block in layout.blocks])
    min_counts = np.array([MIN_STUB_SLOTS if block.stub else 1 for block in layout.blocks])
    group_leader = np.unique(group, return_index=True)[1][group]

    def count_slots(width_m: float) -> np.ndarray:
        return np.maximum(min_counts, np.floor(length_m[group_leader] / width_m).astype(int))

    low, high = 10.0, 30.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if 2 * count_slots(middle).sum() >= min_slots else (low, middle)
    return count_slots(low)


def _draw_lot_lines(slot_count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the lot lines of a block side as shares of its length. Corner slots are wider.

    >>> lines = _draw_lot_lines(4, np.random.default_rng(1))
    >>> len(lines), float(lines[0]), round(float(lines[-1]), 9)
    (5, 0.0, 1.0)
    """
    widths = rng.uniform(0.93, 1.07, slot_count)
    widths[0] += CORNER_EXTRA_WIDTH
    widths[-1] += CORNER_EXTRA_WIDTH
    return np.concatenate([[0], np.cumsum(widths) / widths.sum()])


def _slot_spans(block: Block, lot_lines: np.ndarray) -> np.ndarray:
    u = block.u0 + (block.u1 - block.u0) * lot_lines
    return np.stack([u[:-1], u[1:]], -1)


# The arrays `block`, `is_top`, `index_on_side`, `count_on_side` and `u`.
SlotIndex = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _build_slots(
    layout: BlockLayout, georeference: Georeference, slot_index: SlotIndex, rng: np.random.Generator
) -> LotSlots:
    """Return the slots with their rings and the street that each faces."""
    block, is_top, index_on_side, count_on_side, u = slot_index
    row, stub = (
        np.array([getattr(layout_block, name) for layout_block in layout.blocks])[block] for name in ("row", "stub")
    )
    row_street = row + is_top
    is_on_stub = np.where(is_top, stub == 1, stub == -1)
    is_behind_bulb = is_on_stub & (index_on_side == count_on_side - 1)  # these face the cross street
    closed_v = np.where(is_behind_bulb, layout.rows[row_street], np.nan)
    plan_rings = layout.cell.points_at(*_slot_corners(layout, slot_index, closed_v, rng))
    stub_numbers, stub_ends = _stub_numbers(layout, block), _stub_ends(layout, slot_index)
    streets_along_row = np.where(is_on_stub, street_index(layout, "stub", stub_numbers), row_street)
    front_edge, front_street, flank_edge, flank_street = _choose_facing(
        layout, slot_index, is_on_stub, streets_along_row, rng
    )
    all_slots = np.arange(len(block))
    return LotSlots(
        *(block, is_top, index_on_side, count_on_side),
        georeference.to_metric(plan_rings),
        *(front_edge, front_street, flank_edge, flank_street),
        is_on_stub & (index_on_side >= count_on_side - 3) & ~is_behind_bulb,
        georeference.to_metric(layout.cell.points_at(np.append(stub_ends, 0)[stub_numbers], layout.rows[row_street])),
        (plan_rings[all_slots, front_edge] + plan_rings[all_slots, (front_edge + 1) % 4]) / 2,
        stub_ends,
        is_behind_bulb,
        georeference.to_metric(layout.cell.points_at(u[:, 0], _lot_line_v(layout, block, is_top))),
    )


def _choose_facing(
    layout: BlockLayout,
    slot_index: SlotIndex,
    is_on_stub: np.ndarray,
    streets_along_row: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return front edge, front street, flank edge and flank street of each slot, each `(n,)`."""
    block, is_top, index_on_side, count_on_side, _ = slot_index
    is_last = index_on_side == count_on_side - 1
    is_corner, is_behind_bulb = is_last | (index_on_side == 0), is_on_stub & is_last
    side_edge = np.where(is_last == is_top, 3, 1)
    cross_street_number = np.array([(layout_block.left, layout_block.right) for layout_block in layout.blocks])[
        block, is_last.astype(int)
    ]
    cross_street = street_index(layout, "cross", cross_street_number)
    faces_cross_street = is_behind_bulb | (is_corner & ~is_on_stub & (rng.random(len(block)) < CORNER_TURN_SHARE))
    has_two_streets = is_corner & ~is_behind_bulb
    flank_edge = np.where(has_two_streets, np.where(faces_cross_street, 0, side_edge), -1)
    flank_street = np.where(has_two_streets, np.where(faces_cross_street, streets_along_row, cross_street), -1)
    return (
        np.where(faces_cross_street, side_edge, 0),
        np.where(faces_cross_street, cross_street, streets_along_row),
        flank_edge,
        flank_street,
    )


def _slot_corners(
    layout: BlockLayout, slot_index: SlotIndex, closed_v: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return `u` and `v` of the four corners, each `(n, 4)`.

    `closed_v` is nan, or the `v` that a slot reaches beyond the closed end of a street.
    """
    block, is_top, _, _, u = slot_index
    v0, v1 = (np.array([getattr(layout_block, end) for layout_block in layout.blocks]) for end in ("v0", "v1"))
    rear_v = (v0 + (v1 - v0) * rng.uniform(0.47, 0.53, len(v0)))[block]
    front_v = np.where(np.isnan(closed_v), _lot_line_v(layout, block, is_top), closed_v)
    west, east = u[:, 0], u[:, 1]
    first, second = np.where(is_top, east, west), np.where(is_top, west, east)
    return np.stack([first, second, second, first], -1), np.stack([front_v, front_v, rear_v, rear_v], -1)


def _lot_line_v(layout: BlockLayout, block: np.ndarray, is_top: np.ndarray) -> np.ndarray:
    """Return the `v` of the lot line along the row street."""
    return np.where(
        is_top,
        np.array([layout_block.v1 for layout_block in layout.blocks])[block],
        np.array([layout_block.v0 for layout_block in layout.blocks])[block],
    )


def _stub_numbers(layout: BlockLayout, block: np.ndarray) -> np.ndarray:
    """Return the index of the cul-de-sac at each slot's block, 0 where there is none."""
    stub_by_block = {(stub_street.row - 1, stub_street.left): i for i, stub_street in enumerate(layout.stubs)}
    stub_by_block |= {(stub_street.row, stub_street.left): i for i, stub_street in enumerate(layout.stubs)}
    return np.array([stub_by_block.get((layout_block.row, layout_block.left), 0) for layout_block in layout.blocks])[
        block
    ]


def _stub_ends(layout: BlockLayout, slot_index: SlotIndex) -> np.ndarray:
    """Return the `u` at which each cul-de-sac ends: one bulb radius before the slots behind it."""
    block, _, index_on_side, count_on_side, u = slot_index
    is_last = index_on_side == count_on_side - 1
    last_slot_u = np.zeros(len(layout.blocks))
    last_slot_u[block[is_last]] = u[is_last, 0]
    index = {(layout_block.row, layout_block.left): i for i, layout_block in enumerate(layout.blocks)}
    block_indices = [index[stub.row, stub.left] for stub in layout.stubs]
    return last_slot_u[np.array(block_indices, dtype=int)] - BULB_RADIUS_M / layout.cell.width_m
