"""Zero is not unknown: where a layer was surveyed, nothing found is 0; elsewhere it is unknown."""

import numpy as np

from geo.engine.reached import near_any
from geo.engine.shapes import Areas
from geo.join.measured import NONE, NOTHING, Columns
from geo.join.towns import Towns


def towns_covered(record_towns: np.ndarray, towns: Towns) -> np.ndarray:
    """Mark the towns that a layer covers: those that hold at least one of its records."""
    stand = record_towns[record_towns != NONE]
    return np.bincount(stand, minlength=len(towns)) > 0


def covered(
    record_towns: np.ndarray, home: np.ndarray, own: np.ndarray, towns: Towns
) -> np.ndarray:
    """Mark the parcels about which a layer tells something.

    Those that have a record of their own, and those whose home town the layer covers. Where no
    limits are loaded, the whole workspace is one area, covered when there is any record. A
    parcel in no town is known only by its own records.
    """
    if not towns.loaded:
        return own | np.full(len(own), len(record_towns) > 0)
    return own | np.append(towns_covered(record_towns, towns), False)[home]


def reached(areas: Areas, points: np.ndarray, reach_m: float) -> np.ndarray:
    """Mark the areas that have a point within `reach_m` metres; one without a shape has none."""
    return near_any(areas, points - areas.origin, reach_m)


def known(counts: Columns, where: np.ndarray) -> Columns:
    """Keep figures where they are known; unknown elsewhere.

    >>> known({"trees": np.array([0, 0])}, np.array([True, False]))["trees"].tolist()
    [0, None]
    """
    return {
        name: np.where(where, column.astype(object), NOTHING) for name, column in counts.items()
    }


def either(where: np.ndarray, one: Columns, other: Columns) -> Columns:
    """Take each marked row of the one table, and each other row of the other."""
    return {name: np.where(where, column, other[name]) for name, column in one.items()}
