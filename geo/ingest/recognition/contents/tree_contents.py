"""Contents that inventories and case files have: names of trees, diameters, conditions and statuses.

`content_kinds` lists the fits.
"""

import re
from functools import lru_cache

import numpy as np

from geo.forestry.taxa.roster import load_roster
from geo.ingest.recognition.contents.column_contents import ColumnContents
from geo.ingest.recognition.contents.content_words import Fit, RecognitionContext, content_words, scale
from geo.ingest.recognition.contents.place_contents import is_address
from geo.ingest.words.case_words import find_case_status

CLASS_PATTERN = (
    r"^(?:[<>]=?\s*[0-9.]+|[0-9.]+\s*(?:-|\u2013|to)\s*[0-9.]+|[0-9.]+\s*\+)\s*(?:in|inches|cm|\"|\u201d)?\.?$"
)
MEASURE_PATTERN = r"^[<>~]?\s*[0-9]+(?:[.,][0-9]+)?(?:\s*(?:in|inch|inches|cm|mm|m|ft|feet|\"|\u201d|')\.?)?$"
EPITHET_PATTERN = r"^(?:[x\xd7]\s+)?[a-z-]{3,}\.?$|^spp?\.?$"
STEMS_PATTERN = r"^[0-9.]+(?:\s*[+,/;&]\s*[0-9.]+)+$"


def latin_share(contents: ColumnContents) -> float:
    """Return the share of names that begin with a genus and do not end like a common name. Words for no tree do not count.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> round(latin_share(sample_contents("A", ["Acer rubrum", "Vacant", "Magnolia tree"])), 3)
    0.5
    """
    no_tree = contents.share_where(_is_no_tree)
    return contents.share_where(_is_latin) / (1 - no_tree) if no_tree < 1 else 0.0


@lru_cache(8192)
def _is_no_tree(value: str) -> bool:
    first_word = re.search(r"[a-z]+", value.lower())
    return first_word is not None and first_word[0] in content_words()["no_tree"]


@lru_cache(8192)
def _is_latin(value: str) -> bool:
    """Return whether a name is Latin.

    >>> _is_latin("QUERCUS ALBA"), _is_latin("Magnolia"), _is_latin("Southern magnolia"), _is_latin("Stump")
    (True, True, False, False)
    """
    first_word = re.match(r"^\W*(?:[xX]\s+)?([^\W\d_]+)", value)
    if first_word is None or first_word[1].capitalize() not in load_roster().families or _is_no_tree(value):
        return False
    last_word = re.search(r"([a-z]+)[^a-z]*$", value.lower())
    return " " not in value or last_word is None or last_word[1] not in content_words()["tree_names"]


def common_share(contents: ColumnContents) -> float:
    """Return the share of values that have a word of a tree's common name, as far as they are trees."""
    no_tree = contents.share_in(content_words()["no_tree"])
    return contents.share_in(content_words()["tree_names"]) / max(1 - no_tree, 0.1) if no_tree < 1 else 0.0


def _fit_latin(contents: ColumnContents, _: RecognitionContext) -> float:
    share = latin_share(contents)
    if share >= 0.35 or contents.letter_share < 0.6:
        return scale(share, 0.2, 0.6)
    if common_share(contents) > 0.4 or contents.typical_length <= 5 or contents.date_share > 0.2:
        return -1.0
    if contents.share(EPITHET_PATTERN) > 0.7:
        return -0.7
    return -0.6 if is_address(contents) else -0.1


def _fit_common(contents: ColumnContents, _: RecognitionContext) -> float:
    share, latin = common_share(contents), latin_share(contents)
    if latin > 0.6 and share < 0.5:
        return -1.0
    if contents.letter_share < 0.6 or contents.typical_length <= 4 or is_address(contents):
        return -1.0
    return max(scale(share, 0.1, 0.5), -0.1)


def _fit_genus(contents: ColumnContents, _: RecognitionContext) -> float:
    single = contents.share(r"^[^\W\d_]+$")
    return min(scale(latin_share(contents), 0.2, 0.6), scale(single, 0.4, 0.8))


def _fit_epithet(contents: ColumnContents, _: RecognitionContext) -> float:
    if latin_share(contents) > 0.3 or common_share(contents) > 0.3:
        return -1.0
    return scale(contents.share(r"^(?:[x\xd7]\s+|var\.?\s+)?[a-z-]{3,}\.?(?:\s|$)|^spp?\.?$|^[A-Z-]{4,}$"), 0.4, 0.8)


def _fit_diameter(contents: ColumnContents, _: RecognitionContext) -> float:
    classes, measures = contents.share(CLASS_PATTERN), contents.share(MEASURE_PATTERN) + contents.share(STEMS_PATTERN)
    if classes + measures < 0.6:
        return -1.0
    if classes > 0.5:
        return 0.8
    numbers = contents.numbers
    if not len(numbers) or np.quantile(numbers, 0.95) > 1_500 or numbers.min() < 0:
        return 0.3 if not len(numbers) else -1.0
    if contents.integer_share > 0.95 and (
        (contents.distinct_share > 0.97 and len(numbers) > 60) or 1700 < np.median(numbers) < 2100
    ):
        return -1.0
    return 0.9 if 1 <= np.median(numbers) <= 120 and contents.distinct > 4 else 0.2


def _fit_condition(contents: ColumnContents, _: RecognitionContext) -> float:
    words = content_words()
    share = contents.share_in(words["conditions"])
    if share >= 0.4:
        return 1.0 if share >= 0.6 or contents.share_in(words["site_statuses"] - words["conditions"]) < 0.3 else 0.2
    if contents.number_share > 0.8:
        return 0.1 if contents.distinct <= 101 and len(contents.numbers) and contents.numbers.max() <= 100 else -1.0
    if contents.distinct > 40 or contents.date_share > 0.2 or contents.share_in(words["site_statuses"]) > 0.6:
        return -1.0
    return 0.1 if contents.typical_length <= 3 else -0.2


def _fit_site_status(contents: ColumnContents, _: RecognitionContext) -> float:
    words = content_words()
    if contents.number_share > 0.8 or contents.distinct > 40 or contents.date_share > 0.2:
        return -1.0
    if contents.share_in(words["site_statuses"]) >= 0.5:
        return 1.0
    return -0.7 if contents.share_in(words["conditions"]) > 0.5 else 0.0


def _fit_case_status(contents: ColumnContents, _: RecognitionContext) -> float:
    if (
        contents.number_share > 0.8
        or contents.distinct > 80
        or contents.date_share > 0.2
        or contents.typical_length > 60
    ):
        return -1.0
    share = contents.share_where(lambda value: find_case_status(value) is not None)
    if share < 0.2 and contents.typical_length <= 2 and contents.share(r"(?i)[oc]$") < 0.5:
        return -0.6
    return 1.0 if share >= 0.5 else 0.3 if share >= 0.2 else 0.0 if contents.distinct <= 30 else -0.6


def _fit_measure(contents: ColumnContents, _: RecognitionContext) -> float:
    share = contents.share(MEASURE_PATTERN) + contents.share(CLASS_PATTERN)
    return 0.5 if share > 0.6 else -1.0 if share < 0.3 else 0.0


TREE_FITS: dict[str, Fit] = {
    "latin_name": _fit_latin,
    "common_name": _fit_common,
    "genus": _fit_genus,
    "epithet": _fit_epithet,
    "family": lambda contents, _: scale(contents.share(r"(?i)^[a-z]+(?:aceae|ae)\b"), 0.3, 0.6),
    "diameter": _fit_diameter,
    "measure": _fit_measure,
    "condition": _fit_condition,
    "site_status": _fit_site_status,
    "case_status": _fit_case_status,
    "risk": lambda contents, _: max(
        scale(contents.share_in(content_words()["risks"]), 0.1, 0.5), 0.1 if contents.number_share > 0.8 else -1.0
    ),
}
