"""Which lots lie on a spot's own side of every street, and how far it is to them there.

A lot may face a spot from several sides: with two parts on both sides of a street, or with two arms round its end. So not only
the shortest way to it is asked, but the way to each place of its outline that faces the spot: one that is nearer than the outline
about it, and to which the way comes from outside.
"""

from typing import Any

import numpy as np
from numba import njit

from geo.engine.lots import ACROSS, FREE, UNKNOWN, above
from geo.engine.nearest import squared
from geo.engine.streets import Own, crossed
from geo.engine.ways import TOUCH_M, foot_on

ASIDE = 2  # what is known of the way to a lot: the shortest meets a centreline, and a longer one does not
BEFORE_M = 1e-3  # so far before its end a way is still outside the lot, or it comes from inside


@njit(cache=True, nogil=True, error_model="numpy")
def reached(lot: Any, own: Own, around: np.ndarray, edges: np.ndarray, most_m: float) -> float:
    """Tell how far a lot is on the own side: by the shortest way to what faces the spot that meets no centreline.

    A spot that has no side sees all lots on its own. inf where there is no such way; of those that are longer than the lot is far
    only ways up to `most_m` count.
    """
    if not own.sided:
        return lot.metres
    if lot.side == UNKNOWN:
        lot.side = FREE if _has_way(lot, around, edges) else ASIDE
    if lot.side == FREE:
        return lot.metres
    if lot.side == ACROSS:
        return np.inf
    metres = _way_aside(lot.metres, around, edges[lot.first : lot.last], most_m)
    if metres == np.inf:
        lot.side = ACROSS
    return metres


@njit(cache=True, nogil=True, error_model="numpy")
def _has_way(lot: Any, around: np.ndarray, edges: np.ndarray) -> bool:
    if lot.metres <= TOUCH_M:
        return not crossed(0.0, 0.0, around)
    most = (lot.metres + TOUCH_M) ** 2
    for nth in range(lot.first, lot.last):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        if squared(0.0, 0.0, ax, ay, bx, by) <= most:
            x, y = foot_on(ax, ay, bx, by)
            if not crossed(x, y, around):
                return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _way_aside(least_m: float, around: np.ndarray, edges: np.ndarray, most_m: float) -> float:
    """Measure the shortest way, longer than `least_m`, to what faces the spot that meets no centreline."""
    best, most = np.inf, most_m + TOUCH_M
    if least_m <= TOUCH_M:
        return best
    for nth in range(len(edges)):
        x, y = foot_on(edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3])
        metres = np.sqrt(x * x + y * y)
        if metres <= least_m + TOUCH_M or metres > most or metres >= best:
            continue
        if _faces(x, y, metres, edges) and not crossed(x, y, around):
            best = metres
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _faces(x: float, y: float, metres: float, edges: np.ndarray) -> bool:
    """Tell whether a place of an outline is nearer to the spot than what is about it, and the way there comes from outside."""
    inside, part = False, 1 - BEFORE_M / metres
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        about = squared(x, y, ax, ay, bx, by) <= TOUCH_M * TOUCH_M
        if about and squared(0.0, 0.0, ax, ay, bx, by) < (metres - TOUCH_M) ** 2:
            return False
        inside ^= above(x * part, y * part, ax, ay, bx, by)
    return not inside
