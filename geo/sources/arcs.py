"""Arcs of circles, told by their ends and one point between, drawn as chords."""

import math

import numpy as np

STEP = math.radians(1)  # of a chord at most: off by r (1 - cos 0.5°), 0.004 % of the radius
FEWEST = 4  # chords to half an arc, so that wide flat arcs keep their shape
STRAIGHT = 1e-9  # sine of the angle below which three points lie on one line
FARTHEST = (
    1e12  # of coordinates from each other, in any unit; beyond it, as with no number, is no place
)


def arc(spots: np.ndarray) -> np.ndarray:
    """Draw one arc from its first point, which is left out, by its second to its third.

    >>> drawn = arc(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]))
    >>> len(drawn), [round(float(one), 9) + 0 for one in drawn[60]]
    (180, [0.48480962, 0.874619707])
    """
    begin, mid, end = spots[:, :2]
    centre = _centre(mid - begin, end - begin)
    if centre is None:
        return spots[1:]
    angles = [math.atan2(*(spot - begin - centre)[::-1]) for spot in (begin, mid, end)]
    left = _cross(mid - begin, end - mid) > 0 or bool((begin == end).all())
    halves = []
    for at in (0, 1):
        sweep = (angles[at + 1] - angles[at]) % (2 * math.pi)
        sweep -= 0 if left else 2 * math.pi
        count = max(FEWEST, math.ceil(abs(sweep) / STEP))
        share = np.arange(1, count + 1)[:, None] / count
        half = spots[at] + share * (spots[at + 1] - spots[at])  # heights and measures go evenly
        turn = angles[at] + share[:, 0] * sweep
        around = np.column_stack([np.cos(turn), np.sin(turn)]) * np.hypot(*centre)
        half[:-1, :2] = (begin + centre + around)[:-1]
        half[-1] = spots[at + 1]
        halves.append(half)
    return np.concatenate(halves)


def _centre(mid: np.ndarray, end: np.ndarray) -> np.ndarray | None:
    """Give the centre of the circle through (0, 0), `mid` and `end`; None where there is none.

    An arc that ends where it begins is a whole circle, with `mid` opposite.
    """
    if not (np.abs([mid, end]) < FARTHEST).all() or not mid.any():
        return None
    if not end.any():
        return mid / 2
    cross = _cross(mid, end)
    if abs(cross) <= STRAIGHT * np.hypot(*mid) * np.hypot(*end):
        return None
    of_mid, of_end = mid @ mid, end @ end
    up = np.array([end[1] * of_mid - mid[1] * of_end, mid[0] * of_end - end[0] * of_mid])
    centre: np.ndarray = up / (2 * cross)
    return centre


def _cross(one: np.ndarray, other: np.ndarray) -> float:
    return float(one[0] * other[1] - one[1] * other[0])
