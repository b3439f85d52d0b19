"""Straight ways from a spot, and what they meet.

A kernel stands at its spot: every coordinate here is seen from it, so that the spot is (0, 0). A way leads to a place, or along
a unit vector (`out_x`, `out_y`); `turned` tells a vertex by how far `along` that way and how far `aside` to its left it lies.

What comes within `TOUCH_M` of a way meets it. So whether a way that ends on a centreline, or passes through the
corner of a lot, meets it does not hang on the last digit of a sum.
"""

import numpy as np
from numba import njit

from geo.engine.nearest import squared

TOUCH_M = (
    1e-6  # far above what rounding does to a metric coordinate (1e-9 m), far below what is measured
)
NOISE_M = 1e-9


@njit(cache=True, nogil=True, error_model="numpy")
def step_of(metres: float, step_m: float) -> float:
    """Count a distance in whole steps: equal steps are a tie.

    A half goes to the even step, and so does what differs from a half by noise.
    """
    halves = np.rint(2 * metres / step_m)
    if abs(halves * step_m / 2 - metres) < NOISE_M:
        return np.rint(halves / 2)
    return np.rint(metres / step_m)


@njit(cache=True, nogil=True, error_model="numpy")
def foot_on(ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """Give the place of an edge that is nearest to the spot."""
    run, rise = bx - ax, by - ay
    long = run * run + rise * rise
    along = -(ax * run + ay * rise)
    if along <= 0 or long == 0:
        return ax, ay
    if along >= long:
        return bx, by
    return ax + run * (along / long), ay + rise * (along / long)


@njit(cache=True, nogil=True, error_model="numpy")
def meets_edge(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> bool:
    """Tell whether the way to (x, y) meets an edge.

    They cross when each has the other's ends on both its sides; they touch when an end of the one is within
    `TOUCH_M` of the other.
    """
    if max(ax, bx) < min(x, 0.0) - TOUCH_M or min(ax, bx) > max(x, 0.0) + TOUCH_M:
        return False
    if max(ay, by) < min(y, 0.0) - TOUCH_M or min(ay, by) > max(y, 0.0) + TOUCH_M:
        return False
    of_a, of_b = x * ay - y * ax, x * by - y * bx
    of_spot, of_end = ax * by - ay * bx, (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    if (of_a > 0) != (of_b > 0) and (of_spot > 0) != (of_end > 0):
        return True
    near = min(squared(0.0, 0.0, ax, ay, bx, by), squared(x, y, ax, ay, bx, by))
    near = min(near, squared(ax, ay, 0.0, 0.0, x, y), squared(bx, by, 0.0, 0.0, x, y))
    return near <= TOUCH_M * TOUCH_M


@njit(cache=True, nogil=True, error_model="numpy")
def turned(x: float, y: float, out_x: float, out_y: float) -> tuple[float, float]:
    """Tell how far along the way a place lies, and how far aside."""
    return x * out_x + y * out_y, y * out_x - x * out_y


@njit(cache=True, nogil=True, error_model="numpy")
def first_along(ax: float, ay: float, bx: float, by: float, out_x: float, out_y: float) -> float:
    """Tell how far the way goes until it meets an edge; inf where it does not."""
    a, a_aside = turned(ax, ay, out_x, out_y)
    b, b_aside = turned(bx, by, out_x, out_y)
    if min(a_aside, b_aside) > TOUCH_M or max(a_aside, b_aside) < -TOUCH_M:
        return np.inf
    if max(a, b) < -TOUCH_M:
        return np.inf
    on_a, on_b = abs(a_aside) <= TOUCH_M, abs(b_aside) <= TOUCH_M
    if on_a and on_b:  # the edge lies along the way
        return max(min(a, b), 0.0)
    first = np.inf
    if on_a and a >= -TOUCH_M:
        first = max(a, 0.0)
    if on_b and b >= -TOUCH_M:
        first = max(b, 0.0)
    if (a_aside > 0) != (b_aside > 0):
        cut = a + (b - a) * (a_aside / (a_aside - b_aside))
        if cut >= -TOUCH_M:
            first = min(first, max(cut, 0.0))
    return first


@njit(cache=True, nogil=True, error_model="numpy")
def beside(a: float, a_aside: float, b: float, b_aside: float) -> tuple[float, float]:
    """Tell from where to where along the way an edge is within `TOUCH_M` of its line; inf and -inf where never.

    The edge is given by its ends, turned.
    """
    if min(a_aside, b_aside) > TOUCH_M or max(a_aside, b_aside) < -TOUCH_M:
        return np.inf, -np.inf
    rise = b_aside - a_aside
    if rise != 0:
        one, other = (-TOUCH_M - a_aside) / rise, (TOUCH_M - a_aside) / rise
        begin, end = max(min(one, other), 0.0), min(max(one, other), 1.0)
        a, b = a + (b - a) * begin, a + (b - a) * end
    return min(a, b), max(a, b)
