"""Geometry mended: what crosses itself, within bounds that a hostile outline cannot stretch."""

import numpy as np
import shapely

from geo.sources.notes import Notes

SAMPLE = 1_000  # sides of an outline whose crossings are counted; the others are taken to be alike
TANGLED = (
    1_000  # crossings beyond which parts are told apart ring by ring: the other way is quadratic
)
HOPELESS = 100_000  # crossings that no outline has; to part them would take minutes and gigabytes


def finite(shapes: np.ndarray, notes: Notes) -> np.ndarray:
    """Take away shapes of which a coordinate is no number: they lie nowhere."""
    spots, of = shapely.get_coordinates(shapes, return_index=True)
    odd = np.zeros(len(shapes), dtype=bool)
    odd[of[~np.isfinite(spots).all(axis=1)]] = True
    notes.add("mended", odd, "geometry: a coordinate is no number; location unknown")
    return without(shapes, odd)


def valid(shapes: np.ndarray, notes: Notes) -> np.ndarray:
    """Mend what crosses itself; the report says by how much the area changed.

    An outline that crosses itself more than a hundred thousand times is none: its place is unknown.
    """
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if not invalid.any():
        return shapes
    count = np.zeros(len(shapes))
    count[invalid] = [crossings(shape) for shape in shapes[invalid]]
    hopeless = count > HOPELESS
    notes.add("mended", hopeless, "geometry: crosses itself everywhere; location unknown")
    broken = invalid & ~hopeless
    left = without(shapes, hopeless)
    left[broken] = _mended(shapes[broken], count[broken] > TANGLED)
    told = _told(shapes[broken], left[broken])
    notes.add("mended", broken, "geometry: invalid, mended", told)
    return left


def without(shapes: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Blank the shapes that are marked."""
    left = shapes.copy()
    left[where] = None
    return left


def crossings(shape: shapely.Geometry) -> float:
    """Estimate how often an outline meets itself, from some of its sides.

    >>> round(crossings(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])))
    1
    """
    spots, ring = shapely.get_coordinates(shapely.get_rings(shape), return_index=True)
    same = ring[1:] == ring[:-1]
    if not same.any():
        return 0.0
    sides = shapely.linestrings(np.stack([spots[:-1][same], spots[1:][same]], axis=1))
    some = sides[:: max(1, len(sides) // SAMPLE)]
    met = len(shapely.STRtree(sides).query(some, predicate="intersects")[0]) / len(some)
    return max(0.0, len(sides) * (met - 3) / 2)  # each side meets itself and its two neighbours


def _mended(shapes: np.ndarray, tangled: np.ndarray) -> np.ndarray:
    made = shapes.copy()
    made[~tangled] = shapely.make_valid(shapes[~tangled])
    made[tangled] = shapely.make_valid(shapes[tangled], method="structure", keep_collapsed=True)
    return made


def _told(broken: np.ndarray, mended: np.ndarray) -> list[str]:
    why = shapely.is_valid_reason(broken)
    before, after = shapely.area(broken), shapely.area(mended)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(before > 0, (after / before - 1) * 100, 0)
    return [
        f"geometry: invalid ({reason}); mended, its area changed by {by:+.2f} %"
        for reason, by in zip(why, change, strict=True)
    ]
