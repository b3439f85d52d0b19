"""The kinds of contents that a column may have, and how well a sample fits each.

`column_scores` calls `fit_contents`. A fit is between -1 (another kind) and 1 (plainly this kind). 0 says nothing.
"""

import numpy as np

from geo.ingest.recognition.contents.column_contents import ColumnContents
from geo.ingest.recognition.contents.content_words import Fit, RecognitionContext
from geo.ingest.recognition.contents.place_contents import PLACE_FITS
from geo.ingest.recognition.contents.tree_contents import TREE_FITS
from geo.ingest.recognition.contents.value_contents import VALUE_FITS

KIND_FITS: dict[str, Fit] = {**TREE_FITS, **PLACE_FITS, **VALUE_FITS}
# Kinds that one value can show not to be there. For the others, a few values that do not fit say little.
PLAIN_KINDS = {
    "address", "house_number", "street_name", "street_part", "street_full_name", "projected", "place", "direction",
    "date", "range_number", "zip",
}  # fmt: skip
FEW_VALUES, FEW_VALUES_FIT = 8, -0.3


def fit_contents(kind: str, contents: ColumnContents, context: RecognitionContext) -> float:
    """Return how well a column's contents fit a kind, -1 to 1. An empty column fits every kind with 0.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> names = sample_contents("SPECIES", ["Acer rubrum", "Quercus alba"] * 4)
    >>> fit_contents("latin_name", names, RecognitionContext()), fit_contents("diameter", names, RecognitionContext())
    (1.0, -1.0)
    """
    if not contents.values:
        return 0.0
    fit = float(np.clip(KIND_FITS[kind](contents, context), -1.0, 1.0))
    return max(fit, FEW_VALUES_FIT) if kind not in PLAIN_KINDS and len(contents.values) < FEW_VALUES else fit
