"""Parcels whose outline is that of a street: long, as wide as a street, branched, with lots on both sides.

`rights_of_way` asks for it where a file has no words. A long thin lot, and a flag lot, have few corners.
"""

from enum import IntEnum

import numpy as np
import shapely

from geo.ingest.lots.lot_parts import to_local_meters

MIN_WIDTH_M, MAX_WIDTH_M = 3.0, 45.0  # an alley, a wide avenue with its tree lawns
MIN_LENGTH_IN_WIDTHS = 12.0  # of all branches together
MIN_BRANCH_CORNERS = 4  # corners that point inward: two at each T, four at each crossing, one at a bend
MIN_NEIGHBORS = 8  # parcels along it
TOUCH_M = 0.5
SIMPLIFY_SHARE = 0.25  # of the width: smaller jogs are those of lots beside it
MIN_TURN = 0.5  # sine of the turn at a corner, 30 degrees


class StreetShape(IntEnum):
    """Whether an outline is a street's, may be one, or is a lot's."""

    LOT = 0
    UNSURE = 1
    STREET = 2


def street_shapes(geometries: np.ndarray, is_admitted: np.ndarray) -> np.ndarray:
    """Return for each geometry (n,), in degrees or None, whether it is shaped like a street.

    A street is long, narrow and branched (or surrounds blocks), and at least 8 parcels lie along it. Without
    the branches or the parcels it is unsure.

    >>> block = shapely.box(0, 0, 0.004, 0.003).difference(shapely.box(0.0002, 0.0002, 0.0038, 0.0028))
    >>> street_shapes(np.array([block, shapely.box(0, 0, 0.001, 0.001)]), np.array([True, True])).tolist()
    [1, 0]
    """
    shapes = np.full(len(geometries), int(StreetShape.LOT))
    rows = np.flatnonzero(is_admitted & ~shapely.is_missing(geometries))
    if not len(rows):
        return shapes
    metric = to_local_meters(geometries[rows])
    area, length = shapely.area(metric), shapely.length(metric) / 2
    width = np.divide(area, length, out=np.zeros_like(area), where=length > 0)
    is_long = (width >= MIN_WIDTH_M) & (width <= MAX_WIDTH_M) & (length >= MIN_LENGTH_IN_WIDTHS * width)
    candidates = np.flatnonzero(is_long)
    if not len(candidates):
        return shapes
    neighbors = _count_neighbors(metric, candidates)
    for nth, row in enumerate(candidates.tolist()):
        is_branched = _is_branched(metric[row], float(width[row]))
        has_lots = neighbors[nth] >= MIN_NEIGHBORS
        if is_branched or has_lots:
            shapes[rows[row]] = StreetShape.STREET if is_branched and has_lots else StreetShape.UNSURE
    return shapes


def _count_neighbors(geometries: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Return how many other geometries touch each candidate."""
    tree = shapely.STRtree(geometries)
    nth, other = tree.query(geometries[candidates], predicate="dwithin", distance=TOUCH_M)
    is_other = candidates[nth] != other
    return np.bincount(nth[is_other], minlength=len(candidates))


def _is_branched(geometry: shapely.Geometry, width: float) -> bool:
    """Return whether an outline has branches or goes round a block.

    >>> _is_branched(shapely.box(0, 0, 300, 10), 10.0)
    False
    >>> crossing = shapely.union_all([shapely.box(0, 0, 300, 10), shapely.box(100, -100, 110, 100)])
    >>> _is_branched(crossing, 10.0)
    True
    """
    corners = 0
    for part in shapely.get_parts(geometry):
        simple = shapely.simplify(part, width * SIMPLIFY_SHARE)
        holes = shapely.get_num_interior_rings(simple)
        if holes and shapely.area(shapely.polygons(shapely.get_interior_ring(simple, 0))) > width * width:
            return True
        corners += _inward_corners(simple)
    return corners >= MIN_BRANCH_CORNERS


def _inward_corners(polygon: shapely.Polygon) -> int:
    """Count the corners of an outline that point inward by 30 degrees or more."""
    xy = shapely.get_coordinates(shapely.get_exterior_ring(shapely.normalize(polygon)))[:-1]
    before, after = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
    lengths = np.hypot(*before.T) * np.hypot(*after.T)
    turn = (before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) / np.maximum(lengths, 1e-12)
    return int((turn > MIN_TURN).sum())  # a normalized outline runs clockwise
