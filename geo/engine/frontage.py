"""In front of which lot each tree stands: the rules of `geo.join.frontage.front`, in one pass for each tree.

The rules and their reasons stand in docs/decisions/0012. A tree is a spot from which everything is seen: first the streets around
it (`streets`), then the lots near it (`lots`), on which side they are (`sides`), and the ways to them (`ways`).

An answer does not hang on the last digit of a sum, where the rules by Shapely may:

- Things touch when they come within `TOUCH_M`: a way that ends on a centreline or begins on it meets it, and a lot that only
  touches the way from the street does not part the spot from it.
- Reaches are closed: what is as far as the reach, give or take `TOUCH_M`, is in reach; a spot as far as
  `centre_m` from its street has no side.
- Distances are ties by whole steps of `tie_m`, as half a step and a billionth is half a step; streets by steps of 1e-6 m.
- Of several equally short ways to one lot, one that meets no centreline is enough for it to be on the own side.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from geo.engine.chunks import in_pieces
from geo.engine.flat import Flat, fixed
from geo.engine.grid import Grid, grid_of, visiting_order
from geo.engine.lots import (
    NEAR,
    first_lot,
    listed,
    near_lots,
    parted,
    roomy,
)
from geo.engine.nearest import NONE
from geo.engine.shapes import Areas
from geo.engine.sides import reached
from geo.engine.streets import (
    SEEN,
    Own,
    Segments,
    Streets,
    line_ahead,
    own_street,
    same_line_ahead,
    seen,
    segments_of,
    still_nearest,
)
from geo.engine.ways import TOUCH_M, step_of

METHODS = ("none", "nearest", "frontage", "median")  # what each code of a method stands for
ALONE, NEAREST, FRONTAGE, MEDIAN = range(4)
FOUND = np.dtype(
    [
        *[(name, "i8") for name in ("lot", "method", "runner_up")],
        *[(name, "f8") for name in ("metres", "runner_up_metres")],
        ("sided", "?"),
    ]
)
NOTHING = np.array((NONE, ALONE, NONE, np.nan, np.nan, False), FOUND)


class Rules(NamedTuple):
    """What the rules measure by, in metres: the settings of the join that have these names."""

    near_m: float
    edge_m: float
    street_reach_m: float
    centre_m: float
    median_m: float
    half_median_m: float
    tie_m: float


class Fronted(NamedTuple):
    """For each point its lot and the next best one (`NONE` where there is none), and how far each is (nan).

    `method` is a code of `METHODS`; `sided` marks the points on a known side of a known street.
    """

    lot: np.ndarray
    method: np.ndarray
    metres: np.ndarray
    runner_up: np.ndarray
    runner_up_metres: np.ndarray
    sided: np.ndarray


def fronted(
    points: np.ndarray, on_street: np.ndarray, lots: Areas, streets: Streets, rules: Rules
) -> Fronted:
    """Find the lot in front of which each point stands.

    `points` (n, 2) are seen from the origin that lots and streets share; nan is nowhere, and has no lot. `on_street` (n,)
    is the code of the street that the inventory names, -1 where it names none. Every lot may be fronted. Of equals the lowest row.
    """
    points, asked = fixed(np.ascontiguousarray(points)), fixed(on_street.astype(np.int64))
    segments = segments_of(streets)
    lot_grid, street_grid = grid_of(lots.bounds), grid_of(segments.bounds)
    order = visiting_order(points, lot_grid)
    told = Rules(*(float(length) for length in rules))
    found = np.full(len(points), NOTHING, FOUND)
    flat = lots.flat

    def some(low: int, high: int) -> None:
        front(points, asked, order[low:high], flat, lot_grid, segments, street_grid, told, found)

    in_pieces(some, len(order))
    return Fronted(*(found[name].copy() for name in Fronted._fields))


@njit(cache=True, nogil=True, error_model="numpy")
def front(
    points: np.ndarray,
    asked: np.ndarray,
    order: np.ndarray,
    flat: Flat,
    lot_grid: Grid,
    streets: Segments,
    street_grid: Grid,
    rules: Rules,
    found: np.ndarray,
) -> None:
    """Find the lots of the points in `order`."""
    numbers, room, lots = np.empty(64, np.int64), np.empty(64, SEEN), np.empty(64, np.int64)
    near, edges, edge = np.empty(64, NEAR), np.empty((512, 4)), np.empty(512, np.int64)
    boxes, lines, rows, rings = flat.bounds, streets.bounds, flat.rows, flat.rings
    wide = max(2 * rules.near_m, rules.median_m) + TOUCH_M
    far = max(rules.street_reach_m + TOUCH_M, wide)
    for point in order:
        x, y = points[point, 0], points[point, 1]
        numbers, size = listed(x, y, far, lines, street_grid, numbers)
        room = seen(x, y, numbers, size, streets, room)
        around = room[:size]
        own = own_street(asked[point], around, rules.street_reach_m, rules.centre_m)
        reach_m = max(wide, own.metres + TOUCH_M) if own.sided else wide
        lots, size = listed(x, y, reach_m, boxes, lot_grid, lots)
        near, edges, edge = roomy(lots, size, rows, rings, near, edges, edge)
        size = near_lots(x, y, reach_m, lots, size, flat, rules.tie_m, near, edges, edge)
        close = near[:size]
        lot, along = abreast(own, around, close, edges, rules)
        if lot != NONE and own.metres + 2 * along > far:  # so far is what may be nearer there
            numbers, size = listed(x, y, own.metres + 2 * along, lines, street_grid, numbers)
            room = seen(x, y, numbers, size, streets, room)
            around = room[:size]
        at_told = own.told and own.metres <= rules.near_m + TOUCH_M
        if lot != NONE and not (at_told or still_nearest(own, along, around, rules.tie_m)):
            lot = NONE
        decide(lot, own, around, close, edges, rules, found[point])


@njit(cache=True, nogil=True, error_model="numpy")
def abreast(
    own: Own, around: np.ndarray, near: np.ndarray, edges: np.ndarray, rules: Rules
) -> tuple[int, float]:
    """Find the lot abreast, and how far the way out goes until it: the first that it meets.

    There is none where that one cannot be meant, where a lot lies between street and spot, or where the spot has no side.
    """
    if not own.sided:
        return NONE, 0.0
    lot, along = first_lot(own.out_x, own.out_y, rules.near_m, near, edges, rules.tie_m)
    if lot == NONE or not meant(near[lot], own, around, edges, rules):
        return NONE, 0.0
    if parted(own.out_x, own.out_y, own.metres, near, edges):
        return NONE, 0.0
    return lot, along


@njit(cache=True, nogil=True, error_model="numpy")
def decide(
    lot: int,
    own: Own,
    around: np.ndarray,
    near: np.ndarray,
    edges: np.ndarray,
    rules: Rules,
    found: Any,
) -> None:
    """Choose a spot's lot and the runner-up, where `lot` is abreast or NONE is."""
    chosen, metres = first_meant(lot, own, around, near, edges, rules)
    if in_median(chosen, own, around, near, edges, rules):
        chosen, found.method = NONE, MEDIAN
    elif chosen != NONE:
        found.method = FRONTAGE if own.sided else NEAREST
    found.sided = own.sided
    if chosen != NONE:
        found.lot, found.metres = near[chosen].row, metres
    runner_up, metres = next_best(chosen, own, around, near, edges, rules)
    if runner_up != NONE:
        found.runner_up, found.runner_up_metres = near[runner_up].row, metres


@njit(cache=True, nogil=True, error_model="numpy")
def first_meant(
    lot: int, own: Own, around: np.ndarray, near: np.ndarray, edges: np.ndarray, rules: Rules
) -> tuple[int, float]:
    """Find the lot that is meant, and how far it is: the lowest of those as near as the one abreast, else the nearest."""
    least, chosen, metres = np.inf, NONE, np.nan
    if lot != NONE:
        least = step_of(reached(near[lot], own, around, edges, 2 * rules.near_m), rules.tie_m)
    beside = least
    for nth in range(len(near)):
        if near[nth].step > least:  # no way to a lot is shorter than its distance
            break
        far = reached(near[nth], own, around, edges, 2 * rules.near_m)
        if far > rules.near_m + rules.edge_m:
            continue
        step = step_of(far, rules.tie_m)
        if lot != NONE and step != beside:
            continue
        if step < least or (step == least and (chosen == NONE or near[nth].row < near[chosen].row)):
            least, chosen, metres = step, nth, far
    return chosen, metres


@njit(cache=True, nogil=True, error_model="numpy")
def next_best(
    chosen: int, own: Own, around: np.ndarray, near: np.ndarray, edges: np.ndarray, rules: Rules
) -> tuple[int, float]:
    """Find the runner-up, and how far it is: the nearest on the own side but the chosen one, else the nearest across."""
    least, found, across, metres = np.inf, NONE, NONE, np.nan
    for nth in range(len(near)):
        if nth == chosen or near[nth].metres > 2 * rules.near_m + TOUCH_M:
            continue
        if near[nth].step > least:
            break
        far = reached(near[nth], own, around, edges, 2 * rules.near_m)
        if far == np.inf:
            across = nth if across == NONE else across
            continue
        step = step_of(far, rules.tie_m)
        if step < least or (step == least and near[nth].row < near[found].row):
            least, found, metres = step, nth, far
    if found == NONE and across != NONE:
        return across, near[across].metres
    return found, metres


@njit(cache=True, nogil=True, error_model="numpy")
def meant(lot: Any, own: Own, around: np.ndarray, edges: np.ndarray, rules: Rules) -> bool:
    """Tell whether a lot can be meant: it is within reach on the own side."""
    far = reached(lot, own, around, edges, 2 * rules.near_m)
    return far <= rules.near_m + rules.edge_m


@njit(cache=True, nogil=True, error_model="numpy")
def in_median(
    chosen: int,
    own: Own,
    around: np.ndarray,
    near: np.ndarray,
    edges: np.ndarray,
    rules: Rules,
) -> bool:
    """Tell whether a spot stands in a median.

    Where a lot can be meant, only within `half_median_m` of its street. Where a divided street is one line, all that is so
    near to it; else where the way out meets the street's other line before any lot and not farther than `median_m` from
    the street; and on an island, whatever the streets about it are called.
    """
    middle = own.metres <= rules.half_median_m + TOUCH_M
    if own.street == NONE or (chosen != NONE and not middle):
        return False
    if middle and own.divided:
        return True
    left = rules.median_m - own.metres
    if not own.sided or left <= 0:
        return False
    to_line = same_line_ahead(own, left, around, rules.tie_m)
    if to_line < np.inf:
        _, to_lot = first_lot(own.out_x, own.out_y, left, near, edges, rules.tie_m)
        if to_line < to_lot - TOUCH_M:
            return True
    return on_island(own, around, near, edges, rules)


@njit(cache=True, nogil=True, error_model="numpy")
def on_island(
    own: Own, around: np.ndarray, near: np.ndarray, edges: np.ndarray, rules: Rules
) -> bool:
    """Tell whether lines close round a spot: out and back, and to either side, one before any lot, at most `median_m` across."""
    out_x, out_y = own.out_x, own.out_y
    for _ in range(2):
        across = 0.0
        for _ in range(2):
            to_line = line_ahead(out_x, out_y, around)
            _, to_lot = first_lot(out_x, out_y, rules.median_m, near, edges, rules.tie_m)
            if to_lot <= to_line + TOUCH_M:
                return False
            across += to_line
            out_x, out_y = -out_x, -out_y
        if across > rules.median_m + TOUCH_M:
            return False
        out_x, out_y = -out_y, out_x
    return True
