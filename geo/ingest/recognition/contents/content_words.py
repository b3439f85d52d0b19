"""The words by which contents are known, and what a workspace knows already.

`content_kinds`, `tree_contents`, `place_contents` and `value_contents` use them.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from geo.crs import Bbox
from geo.ingest.recognition.contents.column_contents import ColumnContents


@dataclass(frozen=True)
class RecognitionContext:
    """What a workspace knows already: its towns' bounding box in degrees, and the numbers of its parcels."""

    towns_bbox: Bbox | None = None
    parcel_ids: frozenset[str] = frozenset()


Fit = Callable[[ColumnContents, RecognitionContext], float]  # -1 (another kind) to 1 (plainly this kind)


@cache
def content_words() -> dict[str, frozenset[str]]:
    """Return the words of `content_words.toml` by their key.

    >>> "maple" in content_words()["tree_names"]
    True
    """
    table = tomllib.loads(Path(__file__).with_name("content_words.toml").read_text("utf-8"))
    return {key: frozenset(text.split()) for key, text in table.items()}


def scale(share: float, low: float, high: float) -> float:
    """Return -1 for a share of at most `low`, 1 for at least `high`, and what lies between in proportion.

    >>> scale(0.1, 0.25, 0.75), scale(0.5, 0.25, 0.75), scale(0.9, 0.25, 0.75)
    (-1.0, 0.0, 1.0)
    """
    return float(np.clip(2 * (share - low) / (high - low) - 1, -1.0, 1.0))


def fit_whole_words(key: str) -> Fit:
    """Return the fit of values that are one of the words under a key of `content_words.toml`.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> fit_whole_words("directions")(sample_contents("DIR", ["N", "S."]), RecognitionContext())
    1.0
    """
    return lambda contents, _: scale(contents.share_of_whole(content_words()[key]), 0.3, 0.7)
