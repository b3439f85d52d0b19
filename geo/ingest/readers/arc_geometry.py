"""Conversion of circular arcs, each given by three points, into chords.

`geo.ingest.readers.curves` calls `arc_to_chords`.
"""

import math

import numpy as np

MAX_CHORD_RAD = math.radians(1)  # angle of a chord; its error is r (1 - cos 0.5°), 0.004 % of the radius
MIN_CHORDS_PER_HALF = 4  # so that wide flat arcs keep their form
COLLINEAR_SINE = 1e-9  # sine of the angle below which three points lie on one line
MAX_COORDINATE_SPAN = 1e12  # in any unit; a larger distance between coordinates is an error in the file


def arc_to_chords(points: np.ndarray) -> np.ndarray:
    """Return the chords of an arc through three points, without its first point, as `(n, d)` coordinates.

    `points` is `(3, d)`: start, a point between, end. Heights and measures in further columns are
    interpolated linearly. Three points on one line stay as they are. If the arc ends where it
    begins, it is a whole circle.

    >>> chords = arc_to_chords(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]))
    >>> len(chords), [round(float(value), 9) + 0 for value in chords[60]]
    (180, [0.48480962, 0.874619707])
    >>> arc_to_chords(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])).tolist()
    [[1.0, 0.0], [2.0, 0.0]]
    """
    begin, mid, end = points[:, :2]
    center = _circle_center(mid - begin, end - begin)
    if center is None:
        return points[1:]
    angles = [math.atan2(*(point - begin - center)[::-1]) for point in (begin, mid, end)]
    is_counterclockwise = _cross_product(mid - begin, end - mid) > 0 or bool((begin == end).all())
    halves = []
    for index in (0, 1):
        sweep = (angles[index + 1] - angles[index]) % (2 * math.pi)
        sweep -= 0 if is_counterclockwise else 2 * math.pi
        count = max(MIN_CHORDS_PER_HALF, math.ceil(abs(sweep) / MAX_CHORD_RAD))
        fractions = np.arange(1, count + 1)[:, None] / count
        half = points[index] + fractions * (points[index + 1] - points[index])  # heights and measures are interpolated
        chord_angles = angles[index] + fractions[:, 0] * sweep
        offsets = np.column_stack([np.cos(chord_angles), np.sin(chord_angles)]) * np.hypot(*center)
        half[:-1, :2] = (begin + center + offsets)[:-1]
        half[-1] = points[index + 1]
        halves.append(half)
    return np.concatenate(halves)


def _circle_center(mid: np.ndarray, end: np.ndarray) -> np.ndarray | None:
    """Return the center of the circle through (0, 0), `mid` and `end`, or None if they lie on one line.

    An arc that ends where it begins is a whole circle, with `mid` opposite.

    >>> _circle_center(np.array([1.0, -1.0]), np.array([2.0, 0.0])).tolist()
    [1.0, 0.0]
    """
    if not (np.abs([mid, end]) < MAX_COORDINATE_SPAN).all() or not mid.any():
        return None
    if not end.any():
        return mid / 2
    cross = _cross_product(mid, end)
    if abs(cross) <= COLLINEAR_SINE * np.hypot(*mid) * np.hypot(*end):
        return None
    mid_norm2, end_norm2 = mid @ mid, end @ end
    numerator = np.array([end[1] * mid_norm2 - mid[1] * end_norm2, mid[0] * end_norm2 - end[0] * mid_norm2])
    center: np.ndarray = numerator / (2 * cross)
    return center


def _cross_product(first: np.ndarray, second: np.ndarray) -> float:
    return float(first[0] * second[1] - first[1] * second[0])
