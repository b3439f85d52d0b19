"""Contents that say where something is: addresses and their parts, parcel numbers, coordinates.

`content_kinds` lists the fits.
"""

import re
from functools import lru_cache

import numpy as np

from geo.ingest.recognition.contents.column_contents import ColumnContents
from geo.ingest.recognition.contents.content_words import Fit, RecognitionContext, content_words, fit_whole_words, scale

ADDRESS_PATTERN = r"^[0-9]+[A-Za-z]?(?:[-/ ][0-9/]+)?[ ,]+(?!(?:ft|feet|in|inch|inches|cm|m|x)\b)\S*[^\W\d_]"
CROSSING_PATTERN = r"^[^0-9&@/]*[^\W\d_][^&@]*(?:\s[&@/]\s|\s(?:and|at)\s)[^&]*[^\W\d_]"
HOUSE_NUMBER_PATTERN = r"^[0-9]{1,6}(?:\.0)?(?:\s?-\s?[0-9]{1,6})?(?:\s?[A-Za-z]|\s?[0-9]/[0-9])?$"
PLACE_PATTERN = (
    r"(?i)^(?:srid=[0-9]+;)?\s*(?:point|multipoint|linestring|multilinestring|polygon|multipolygon)\s*z?m?\s*\(|"
    r"^0[01]0[0-9a-f]{15,}|^\{.{0,20}(?:'|\")(?:type|latitude|longitude|coordinates|human_address)|"
    r"(?s:^.{0,120}\(-?[0-9]{1,3}\.[0-9]+°?,\s*-?[0-9]{1,3}\.[0-9]+°?\)$)|^-?[0-9]{1,3}\.[0-9]{3,}\s*[,; ]\s*-?[0-9]{1,3}\.[0-9]{3,}(?:\s|$)"
)
DOTTED_PARCEL_PATTERN = r"^[0-9]{2,4}\.[0-9A-Z]{6}$"  # a map and a lot, in one width
GRID_STREET_PATTERN = r"^(?:[1-9][0-9]{0,2}[05]0?|[^\W\d_].*)$"
PARCEL_PATTERN = r"^(?=(?:.*[0-9]){3})[0-9A-Za-z][-0-9A-Za-z./ _:]{3,31}$"


def is_address(contents: ColumnContents) -> bool:
    """Return whether most values are whole addresses, and some end with a street's suffix.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> is_address(sample_contents("A", ["12 Oak St", "4 N Elm"])), is_address(sample_contents("A", ["6 ft", "18-9 LAND"]))
    (True, False)
    """
    return contents.share(ADDRESS_PATTERN) > 0.5 and suffix_end_share(contents) > 0.15


def _fit_address(contents: ColumnContents, _: RecognitionContext) -> float:
    if contents.guid_share > 0.2 or contents.date_share > 0.3:
        return -1.0
    if contents.share(PLACE_PATTERN) > 0.5:
        return 0.5 if contents.share(ADDRESS_PATTERN) > 0.5 else -1.0  # an address with its coordinates behind
    share = contents.share(ADDRESS_PATTERN) + contents.share(CROSSING_PATTERN)
    if share >= 0.4:
        return 1.0 if suffix_end_share(contents) > 0.3 else 0.8
    if share >= 0.15 and contents.letter_share > 0.8:
        return 0.3
    return -1.0 if contents.letter_share < 0.7 else -0.55


def _fit_house_number(contents: ColumnContents, _: RecognitionContext) -> float:
    share = contents.share(HOUSE_NUMBER_PATTERN)
    if share < 0.7:
        return -1.0
    if len(contents.numbers) and (np.median(contents.numbers) > 60_000 or contents.numbers.min() < 0):
        return -1.0
    return 0.9


def _fit_street_name(contents: ColumnContents, _: RecognitionContext) -> float:
    words = content_words()
    is_word = contents.share(r"^(?:[^\W\d_]{2}|[NSEWnsew]\b|[0-9]+(?:st|nd|rd|th|ST|ND|RD|TH)?\b(?!\s+[0-9]))")
    if contents.number_share > 0.6 and contents.share(GRID_STREET_PATTERN) > 0.9:
        return 0.1  # the numbered streets of a grid, such as 300 South
    if is_address(contents) or contents.number_share > 0.6 or is_word < 0.6 or contents.date_share > 0.1:
        return -1.0
    if contents.share_of_whole(words["street_suffixes"]) > 0.5 or contents.share_of_whole(words["directions"]) > 0.5:
        return -1.0
    if contents.share(r"^[0-9]+(?:st|nd|rd|th)?$") > 0.5:
        return 0.2
    return 0.8 if contents.distinct > 2 or len(contents.values) < 20 else -0.3


def suffix_end_share(contents: ColumnContents) -> float:
    """Return the share of values that end with a street's suffix, after another word.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> suffix_end_share(sample_contents("A", ["Oak St", "ELM", "W Main Ave E"]))
    0.6666666666666666
    """
    return contents.share_where(_ends_with_suffix)


@lru_cache(8192)
def _ends_with_suffix(value: str) -> bool:
    last_word = re.search(r"\s([a-z]+)\.?(?:\s+[nsew]{1,2})?$", value.lower())
    return last_word is not None and last_word[1] in content_words()["street_suffixes"]


def _fit_street_full_name(contents: ColumnContents, context: RecognitionContext) -> float:
    fit = _fit_street_name(contents, context)
    return fit if fit <= 0 else 1.0 if suffix_end_share(contents) > 0.4 else 0.2


def _fit_street_base_name(contents: ColumnContents, context: RecognitionContext) -> float:
    fit = _fit_street_name(contents, context)
    return fit if fit <= 0 else 1.0 if suffix_end_share(contents) < 0.3 else 0.0


def _fit_parcel_number(contents: ColumnContents, context: RecognitionContext) -> float:
    if context.parcel_ids:
        known = contents.share_where(lambda value: value.upper() in context.parcel_ids)
        if known > 0.3:
            return 1.0
    if contents.share(PARCEL_PATTERN) < 0.5 or is_address(contents) or contents.date_share > 0.5:
        return -1.0 if contents.letter_share > 0.8 or is_address(contents) or contents.date_share > 0.5 else -0.3
    is_decimal = contents.share(r"^-?[0-9]*\.[0-9]*[1-9][0-9]*$") > 0.5 and contents.share(DOTTED_PARCEL_PATTERN) < 0.8
    if is_decimal or contents.guid_share > 0.5:
        return -0.8
    return 0.7 if contents.distinct_share > 0.3 and contents.typical_length >= 6 else 0.2


def _fit_own_parcel_number(contents: ColumnContents, context: RecognitionContext) -> float:
    """Return the fit of the parcels' own numbers: long, of one length, and each in one row."""
    fit, length = _fit_parcel_number(contents, context), contents.typical_length
    if fit < 0.5 or contents.distinct_share < 0.98 or len(contents.values) < 15 or length < 8:
        return fit
    return 1.0 if contents.share_where(lambda value: abs(len(value) - length) <= 2) > 0.8 else fit


def _fit_degrees(low: float, high: float, usual: tuple[float, float], side: int) -> Fit:
    """Return the fit of longitudes or latitudes. `usual` are the bounds within the United States, `side` the bbox's index."""

    def fit(contents: ColumnContents, context: RecognitionContext) -> float:
        numbers = contents.numbers[contents.numbers != 0]
        if contents.number_share < 0.7 or not len(numbers):
            return 0.3 if contents.share(r"^[NSEWnsew]?\s*-?[0-9]{1,3}[°º :d-]") > 0.5 else -1.0
        if np.mean((numbers >= low) & (numbers <= high)) < 0.8:
            return -1.0 if np.mean(np.abs(numbers) <= 180) < 0.8 else -0.3
        box, middle = context.towns_bbox, float(np.median(numbers))
        if box is not None and (box.west, box.south)[side] - 1 <= middle <= (box.east, box.north)[side] + 1:
            return 1.0
        if np.mean(numbers == np.round(numbers)) > 0.9:
            return -0.3
        return 0.9 if usual[0] <= middle <= usual[1] else 0.1

    return fit


def _fit_projected(contents: ColumnContents, _: RecognitionContext) -> float:
    if contents.number_share < 0.7:
        return -1.0
    middle = float(np.median(contents.numbers))
    if middle < -5_800_000:  # Web Mercator, which needs no name
        return 1.0
    return 0.8 if abs(middle) > 1_000 else 0.1


def _fit_range_number(contents: ColumnContents, _: RecognitionContext) -> float:
    share = contents.share(r"^[0-9]{1,6}(?:\.0)?[A-Za-z]?$")
    return 0.9 if share > 0.8 else -1.0 if share < 0.5 else 0.0


PLACE_FITS: dict[str, Fit] = {
    "address": _fit_address,
    "house_number": _fit_house_number,
    "street_name": _fit_street_base_name,
    "street_part": _fit_street_name,
    "street_full_name": _fit_street_full_name,
    "street_suffix": fit_whole_words("street_suffixes"),
    "direction": fit_whole_words("directions"),
    "suffix_letter": lambda contents, _: scale(contents.share(r"^(?:[A-Za-z]|[0-9]/[0-9])$"), 0.4, 0.8),
    "unit": lambda contents, _: -1.0 if is_address(contents) or contents.typical_length > 12 else 0.4,
    "parcel_number": _fit_parcel_number,
    "own_parcel_number": _fit_own_parcel_number,
    "longitude": _fit_degrees(-180, 180, (-170, -60), 0),
    "latitude": _fit_degrees(-90, 90, (17, 72), 1),
    "projected": _fit_projected,
    "place": lambda contents, _: scale(contents.share(PLACE_PATTERN), 0.2, 0.5),
    "zip": lambda contents, _: scale(contents.share(r"^[0-9]{4,5}(?:\.0)?(?:-[0-9]{4})?$"), 0.4, 0.7),
    "range_number": _fit_range_number,
}
