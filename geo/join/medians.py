"""Which trees stand in a median: between the two lines of one street, or on the middle of it."""

import numpy as np

from geo.join.measured import NONE, Measured
from geo.join.settings import JoinSettings
from geo.join.sides import OwnStreet, same_street
from geo.join.ways import first_met, ways_out


def in_median(
    points: np.ndarray, own: OwnStreet, lots: np.ndarray, streets: Measured, settings: JoinSettings
) -> np.ndarray:
    """Mark the points in a median.

    Where a divided street is one line: within `half_median_m` of it. Where each carriageway has a
    line: the way from the nearest line through the point meets, before any lot and not
    farther than `median_m`, another line of the same name (or both are marked as divided), or
    the same line again, as round an island.
    """
    divided = np.append(streets.rows["divided"].fillna(value=False).to_numpy(bool), False)
    middle = divided[own.street] & (own.metres <= settings.half_median_m)
    return middle | _between(points, own, lots, streets, divided, settings)


def _between(
    points: np.ndarray,
    own: OwnStreet,
    lots: np.ndarray,
    streets: Measured,
    divided: np.ndarray,
    settings: JoinSettings,
) -> np.ndarray:
    beside = (own.street != NONE) & (own.metres > settings.centre_m)
    spot = np.flatnonzero(beside & (own.metres < settings.median_m))
    left = settings.median_m - own.metres[spot]
    rays = ways_out(points[spot], own.out_x[spot], own.out_y[spot], left)
    line, to_line = first_met(rays, points[spot], streets.shapes, tie_m=settings.tie_m)
    _, to_lot = first_met(rays, points[spot], lots, tie_m=settings.tie_m)
    mine = own.street[spot]
    one = same_street(mine, line, streets) | (divided[mine] & divided[line])
    between = np.zeros(len(points), bool)
    between[spot] = one & (line != NONE) & (to_line < to_lot)
    return between
