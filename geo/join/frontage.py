"""In front of which lot a street tree stands. The rules are those of `front`."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from geo.engine.frontage import METHODS, Rules, fronted
from geo.engine.gaps import GAP_M
from geo.engine.shapes import Areas, bytes_of, lines_of
from geo.engine.streets import Streets
from geo.join.measured import NONE, Measured, each
from geo.join.settings import JoinSettings

TOUCH_M = (
    1e-6  # added to both distances, so that two lots that a point touches are the tie they are
)


def front(
    points: np.ndarray,
    on_street: Iterable[Any],
    lots: Areas,
    streets: Measured,
    settings: JoinSettings,
) -> dict[str, np.ndarray]:
    """Find the lot in front of which each of `points` (rows, 2) stands; none of them is inside a lot.

    1. A lot can be meant when it is within `near_m` and the straight way to it meets no centreline:
       it is on the point's own side of every street. If the shortest way meets one, the next longer
       to what faces the point is asked: to a place that is nearer than the outline about it.
    2. Of these, the lot abreast comes first: the first one on the way that leads from the point's
       own street through the point, if no lot lies between street and point, and if that street
       is still the nearest where the way meets the lot (round the corner it isn't), or is told and
       within `near_m`. A lot as near as the one abreast is its equal.
    3. Else the nearest; equally near ones: the lowest position.
    4. A point between the two lines of one street, or on the middle of a divided one, stands in
       a median and before no lot. So does one on an island: out and back, and to either side, its
       ways meet lines of whatever street before any lot, at most `median_m` from each other.
    5. A point at no street, or on a centreline, belongs to the nearest lot within `near_m`: method
       nearest, never of high confidence.

    A street that breaks off and goes straight on within `GAP_M` is one there too: the gap is a
    piece of its centreline.

    The runner-up is the next best: on the own side before across, then by distance, up to twice
    `near_m` away. Confidence compares its distance with the lot's own. Gives for each point `lot`,
    `method`, `distance_m`, `runner_up` and `confidence`; all in metres.
    """
    asked, name, bare = _codes(on_street, streets.values("name"), streets.values("street"))
    lines = lines_of(*bytes_of(streets.metres.wkb), lots.origin)
    found = fronted(
        points - lots.origin,
        asked,
        lots,
        Streets(lines, name, bare, streets.marks("divided")),
        Rules(*(getattr(settings, length) for length in Rules._fields)),
    )
    return {
        "lot": found.lot,
        "method": np.array(METHODS, object)[found.method],
        "distance_m": found.metres,
        "runner_up": found.runner_up,
        "confidence": confidence(found.metres, found.runner_up_metres, found.sided, settings),
    }


def horizon(settings: JoinSettings) -> tuple[float, float]:
    """Tell how far from a spot, in metres, a lot may lie that matters to it, and how far a street.

    Lots between the spot and its street, runners-up and medians; streets in reach, and those that are nearer to the lot
    abreast than the spot's own; and beyond each of these what may go on from it across a gap.
    """
    lots = max(2 * settings.near_m, settings.median_m, settings.street_reach_m)
    return lots + 1, lots + 2 * settings.near_m + 2 * GAP_M + 1


def confidence(
    metres: np.ndarray, runner_up: np.ndarray, sided: np.ndarray, settings: JoinSettings
) -> np.ndarray:
    """Say how sure a lot outside which a tree stands is; None where there is no lot.

    No runner-up counts as one at any distance. High only on a known side of a known street.
    """
    metres = np.asarray(metres)
    ratio = (np.asarray(runner_up) + TOUCH_M) / (metres + TOUCH_M) + 1e-6
    ratio[np.isnan(ratio)] = np.inf
    sure = np.where(ratio >= settings.medium_ratio, "medium", "low").astype(object)
    sure[sided & (ratio >= settings.high_ratio)] = "high"
    sure[np.isnan(metres)] = None
    return sure


def street_names(words: Iterable[Any]) -> np.ndarray:
    """Spell street names alike: letters and digits in lower case; empty where unknown."""
    return each(np.array([*words, None], object)[:-1], _spelt)


def _spelt(word: Any) -> str:
    return " ".join(re.findall(r"[^\W_]+", word.casefold())) if isinstance(word, str) else ""


def _codes(*columns: Iterable[Any]) -> list[np.ndarray]:
    """Give the street names of several columns codes of one list; -1 where there is none."""
    codes = {"": NONE}
    return [
        np.array([codes.setdefault(name, len(codes)) for name in street_names(column)], np.int64)
        for column in columns
    ]
