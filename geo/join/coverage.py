"""Coverage: where a layer was surveyed. Inside, a count of nothing is 0. Outside, it is unknown.

`geo.join.summary_tables` and `geo.join.canopy` mask their columns with it. See
docs/decisions/0014-zero-is-not-unknown.md.
"""

import numpy as np

from geo.join.areas.towns import Towns
from geo.kernels.geometry_arrays import Areas
from geo.kernels.within_distance import has_point_within
from geo.projected_layer import NONE, NONE_VALUE, Columns


def is_town_covered(record_towns: np.ndarray, towns: Towns) -> np.ndarray:
    """Return a mask of the towns that hold at least one of a layer's records.

    `record_towns` (n,) is the town position of each record, `NONE` outside all towns.
    """
    known_towns = record_towns[record_towns != NONE]
    return np.bincount(known_towns, minlength=len(towns)) > 0


def is_parcel_covered(
    record_towns: np.ndarray, home_town: np.ndarray, has_own_records: np.ndarray, towns: Towns
) -> np.ndarray:
    """Return a mask of the parcels that a layer covers.

    A parcel is covered if it has records of its own, or if its home town is covered. A parcel outside
    all towns is covered by its own records only. Without town boundaries the workspace is one area,
    covered by any record.
    """
    if not towns.has_boundaries:
        return has_own_records | np.full(len(has_own_records), len(record_towns) > 0)
    return has_own_records | np.append(is_town_covered(record_towns, towns), False)[home_town]


def is_within_reach(areas: Areas, points: np.ndarray, reach_m: float) -> np.ndarray:
    """Return a mask of the areas that have a point within `reach_m` meters.

    `points` (n, 2) are in the metric CRS, nan where unknown. An area without a geometry has no point
    near.
    """
    return has_point_within(areas, points - areas.origin, reach_m)


def mask_unknown(counts: Columns, is_known: np.ndarray) -> Columns:
    """Replace values by None where they are unknown. Columns become object arrays.

    >>> mask_unknown({"trees": np.array([0, 0])}, np.array([True, False]))["trees"].tolist()
    [0, None]
    """
    return {name: np.where(is_known, column.astype(object), NONE_VALUE) for name, column in counts.items()}


def choose_rows(use_first: np.ndarray, first: Columns, second: Columns) -> Columns:
    """Return the rows of `first` where `use_first` is set, else those of `second`.

    >>> from_crowns, from_cells = {"year": np.array([2023, 2023])}, {"year": np.array([2019, 2019])}
    >>> choose_rows(np.array([True, False]), from_crowns, from_cells)["year"].tolist()
    [2023, 2019]
    """
    return {name: np.where(use_first, column, second[name]) for name, column in first.items()}
