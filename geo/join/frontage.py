"""In front of which lot a street tree stands. The rules are those of `front`."""

import re

import numpy as np
import pandas as pd

from geo.engine.frontage import METHODS, Rules, fronted
from geo.engine.shapes import Areas, buffer_of, lines_of, points_from
from geo.engine.streets import Streets
from geo.join.measured import NOTHING, Measured
from geo.join.settings import JoinSettings

TOUCH_M = (
    1e-6  # added to both distances, so that two lots that a point touches are the tie they are
)


def front(
    points: np.ndarray,
    on_street: pd.Series,
    lots: Areas,
    streets: Measured,
    settings: JoinSettings,
) -> pd.DataFrame:
    """Find the lot in front of which each point stands; none of the points is inside a lot.

    1. A lot can be meant when it is within `near_m` and the straight way to it meets no centreline:
       it is on the point's own side of every street.
    2. Of these, the lot abreast comes first: the first one on the way that leads from the point's
       own street through the point, if no lot lies between street and point, and if that street
       is still the nearest where the way meets the lot (round the corner it isn't). A lot as
       near as the one abreast is its equal.
    3. Else the nearest; equally near ones: the lowest position.
    4. A point between the two lines of one street, or on the middle of a divided one, stands in
       a median and before no lot.
    5. A point at no street, or on a centreline, belongs to the nearest lot within `near_m`: method
       nearest, never of high confidence.

    The runner-up is the next best: on the own side before across, then by distance, up to twice
    `near_m` away. Confidence compares its distance with the lot's own. Gives for each point `lot`,
    `method`, `distance_m`, `runner_up` and `confidence`; all in metres.
    """
    asked, name, bare = _codes(on_street, streets.rows["name"], streets.rows["street"])
    divided = streets.rows["divided"].fillna(value=False).to_numpy(bool)
    lines = lines_of(*buffer_of(streets.shapes), lots.origin)
    found = fronted(
        points_from(points, lots.origin),
        asked,
        lots,
        Streets(lines, name, bare, divided),
        Rules(*(getattr(settings, length) for length in Rules._fields)),
    )
    metres, runner_up = pd.Series(found.metres), pd.Series(found.runner_up_metres)
    return pd.DataFrame(
        {
            "lot": found.lot,
            "method": np.array(METHODS, object)[found.method],
            "distance_m": metres,
            "runner_up": found.runner_up,
            "confidence": confidence(metres, runner_up, found.sided, settings),
        }
    )


def confidence(
    metres: pd.Series, runner_up: pd.Series, sided: np.ndarray, settings: JoinSettings
) -> np.ndarray:
    """Say how sure a lot outside which a tree stands is; None where there is no lot.

    No runner-up counts as one at any distance. High only on a known side of a known street.
    """
    ratio = ((runner_up + TOUCH_M) / (metres + TOUCH_M)).fillna(np.inf).to_numpy() + 1e-6
    sure = [sided & (ratio >= settings.high_ratio), ratio >= settings.medium_ratio]
    return np.where(metres.isna(), NOTHING, np.select(sure, ["high", "medium"], "low"))


def street_names(words: pd.Series) -> pd.Series:
    """Spell street names alike: letters and digits in lower case; empty where unknown."""
    seen = {word: _spelt(word) for word in words.dropna().unique()}
    return words.map(seen).astype(object).fillna("")


def _spelt(word: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", word.casefold()))


def _codes(*columns: pd.Series) -> list[np.ndarray]:
    """Give the street names of several columns codes of one list; -1 where there is none."""
    names = [street_names(column) for column in columns]
    every = pd.Index(pd.concat(names).unique()).drop("", errors="ignore")
    return [every.get_indexer(column).astype(np.int64) for column in names]
