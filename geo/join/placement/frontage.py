"""Frontage: the parcel that each street tree stands in front of.

`geo.join.placement.place_records` calls `find_frontage`. The geometry is computed in
`geo.kernels.frontage`. The rules and their reasons are in docs/decisions/0012-frontage.md.
"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from geo.join.settings import JoinSettings
from geo.kernels.frontage.assign_frontage import assign_frontage
from geo.kernels.frontage.choose_parcel import METHODS, FrontageRules
from geo.kernels.frontage.nearby_streets import Streets
from geo.kernels.frontage.street_gaps import MAX_GAP_M
from geo.kernels.geometry_arrays import Areas, binary_column_buffers, lines_from_wkb
from geo.projected_layer import NONE, ProjectedLayer, map_distinct

TOUCH_TOLERANCE_M = 1e-6  # added to both distances, so that two parcels touching the point tie


def find_frontage(
    points: np.ndarray, on_street: Iterable[Any], parcels: Areas, streets: ProjectedLayer, settings: JoinSettings
) -> dict[str, np.ndarray]:
    """Find the parcel that each point stands in front of.

    `points` (n, 2) are in the metric CRS and lie in none of `parcels`. `on_street` holds the street names
    of the inventory, None if unknown.

    1. A parcel is eligible within `near_m`, if a straight line from the point to it meets no centerline.
       So it is on the point's own side of every street. If the shortest line meets a centerline, the next
       longer one counts. Each ends at a point of the outline that is nearer than the outline around it.
    2. The eligible parcel abreast wins: the first one on the ray from the point's street through the
       point. No parcel may lie between street and point. The street must still be the nearest one where
       the ray meets the parcel (around a corner it is not). This last condition is waived if the
       inventory names the street and it is within `near_m`. Parcels as near as the one abreast tie.
    3. Else the nearest eligible parcel wins. In a tie the lowest position wins.
    4. A point in a median has no parcel. It lies between the two lines of one street, or on the middle
       of a divided one. It may also lie on an island: rays out, back and to both sides meet centerlines
       before any parcel, and the island is at most `median_m` across.
    5. A point without a street or on a centerline gets the nearest parcel within `near_m`. Its method is
       "nearest", and its confidence is never high.

    Where a street breaks off and goes straight on within `MAX_GAP_M`, the gap counts as centerline.

    The runner-up is the second best parcel: the own side before across the street, then by distance, up
    to twice `near_m`. Confidence compares its distance with that of the parcel.

    Returns `lot` and `runner_up` (positions or `NONE`), `method`, `distance_m` (meters or nan) and
    `confidence`, each of shape (n,).
    """
    on_street_code, name_code, street_code = _encode_street_names(
        on_street, streets.values("name"), streets.values("street")
    )
    lines = lines_from_wkb(*binary_column_buffers(streets.metric_column.wkb), parcels.origin)
    result = assign_frontage(
        points - parcels.origin,
        on_street_code,
        parcels,
        Streets(lines, name_code, street_code, streets.flags("divided")),
        FrontageRules(*(getattr(settings, setting_name) for setting_name in FrontageRules._fields)),
    )
    return {
        "lot": result.parcel,
        "method": np.array(METHODS, object)[result.method],
        "distance_m": result.distance_m,
        "runner_up": result.runner_up,
        "confidence": frontage_confidence(result.distance_m, result.runner_up_distance_m, result.has_side, settings),
    }


def search_radii(settings: JoinSettings) -> tuple[float, float]:
    """Return how far from a point parcels and streets can affect its frontage, in meters.

    Parcels matter as frontage, as runner-up, or between the point and its street. Streets matter within
    reach, and where they are nearer to the parcel abreast. Gaps may extend them.

    >>> search_radii(JoinSettings(near_m=15.0, median_m=30.0, street_reach_m=40.0))
    (41.0, 91.0)
    """
    parcel_radius_m = max(2 * settings.near_m, settings.median_m, settings.street_reach_m)
    return parcel_radius_m + 1, parcel_radius_m + 2 * settings.near_m + 2 * MAX_GAP_M + 1


def frontage_confidence(
    distance_m: np.ndarray, runner_up_m: np.ndarray, on_known_side: np.ndarray, settings: JoinSettings
) -> np.ndarray:
    """Return the confidence of each frontage parcel: "high", "medium", "low", or None without a parcel.

    It grows with the ratio of the runner-up's distance to the parcel's own, both in meters. No runner-up
    (nan) counts as infinitely far. High confidence needs a known side of a known street.

    >>> distance_m, runner_up_m = np.array([5.0, 5.0, 5.0, np.nan]), np.array([12.0, 12.0, 5.5, np.nan])
    >>> on_known_side = np.array([True, False, True, False])
    >>> frontage_confidence(distance_m, runner_up_m, on_known_side, JoinSettings()).tolist()
    ['high', 'medium', 'low', None]
    """
    distance_m = np.asarray(distance_m)
    ratio = (np.asarray(runner_up_m) + TOUCH_TOLERANCE_M) / (distance_m + TOUCH_TOLERANCE_M) + 1e-6
    ratio[np.isnan(ratio)] = np.inf
    levels = np.where(ratio >= settings.medium_ratio, "medium", "low").astype(object)
    levels[on_known_side & (ratio >= settings.high_ratio)] = "high"
    levels[np.isnan(distance_m)] = None
    return levels


def normalize_street_names(names: Iterable[Any]) -> np.ndarray:
    """Return street names as words in lower case, without punctuation, "" if unknown.

    >>> normalize_street_names(["St. Ann's  LN", None]).tolist()
    ['st ann s ln', '']
    """
    return map_distinct(np.array([*names, None], object)[:-1], _normalize_name)


def _normalize_name(name: Any) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold())) if isinstance(name, str) else ""


def _encode_street_names(*columns: Iterable[Any]) -> list[np.ndarray]:
    """Encode the street names of several columns as shared integers, -1 if unknown.

    >>> [codes.tolist() for codes in _encode_street_names(["Oak St.", None], ["OAK ST", "Bermuda Dr"])]
    [[1, -1], [1, 2]]
    """
    codes = {"": NONE}
    return [
        np.array([codes.setdefault(name, len(codes)) for name in normalize_street_names(column)], np.int64)
        for column in columns
    ]
