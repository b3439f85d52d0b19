"""Contents of plain values: ids, years, dates, counts, categories, names and other words.

`content_kinds` lists the fits.
"""

import numpy as np

from geo.ingest.recognition.contents.column_contents import ColumnContents
from geo.ingest.recognition.contents.content_words import Fit, RecognitionContext, content_words, fit_whole_words, scale
from geo.ingest.recognition.contents.place_contents import PLACE_PATTERN, is_address


def _fit_id(contents: ColumnContents, _: RecognitionContext) -> float:
    if contents.is_constant or contents.share(r"^-?[0-9]{1,3}\.[0-9]{4,}$") > 0.5 or contents.date_share > 0.8:
        return -1.0
    return 0.7 if contents.distinct_share > 0.95 else 0.1 if contents.distinct_share > 0.4 else -0.6


def _fit_year(contents: ColumnContents, _: RecognitionContext) -> float:
    numbers = contents.numbers[contents.numbers > 0]
    if contents.number_share < 0.6 or not len(numbers):
        return -1.0 if contents.letter_share > 0.5 or len(numbers) else 0.0
    return scale(float(np.mean((numbers >= 1700) & (numbers <= 2100))), 0.5, 0.9)


def _fit_date(contents: ColumnContents, _: RecognitionContext) -> float:
    years = contents.share(r"^(?:19|20)[0-9]{2}(?:\.0)?$")
    serials = contents.share(r"^[34][0-9]{4}(?:\.[0-9]+)?$")
    share = max(contents.date_share, 0.8 * years, 0.7 * serials)
    return scale(share, 0.2, 0.6) if share > 0.2 else -1.0


def _fit_count(contents: ColumnContents, _: RecognitionContext) -> float:
    if contents.integer_share < 0.7:
        return -0.7
    return 0.5 if np.quantile(contents.numbers, 0.9) <= 300 else -0.7


def _fit_category(contents: ColumnContents, _: RecognitionContext) -> float:
    if (
        contents.date_share > 0.3
        or contents.guid_share > 0.2
        or is_address(contents)
        or contents.share(PLACE_PATTERN) > 0.3
    ):
        return -1.0
    if contents.number_share > 0.8 and contents.integer_share < 0.7:
        return -0.8
    if max(contents.share_of_whole(content_words()[key]) for key in ("street_suffixes", "directions")) > 0.7:
        return -0.8
    if contents.distinct_share > 0.9 and len(contents.values) > 30:
        return -0.3 if contents.letter_share > 0.8 else -0.8
    return 0.6 if contents.letter_share > 0.6 and contents.typical_length <= 80 else 0.1


def _fit_words(contents: ColumnContents, _: RecognitionContext) -> float:
    if contents.date_share > 0.3 or contents.guid_share > 0.2:
        return -1.0
    return 0.4 if contents.letter_share > 0.5 else -0.2


def _fit_name(contents: ColumnContents, _: RecognitionContext) -> float:
    if contents.date_share > 0.2 or contents.guid_share > 0.2 or contents.letter_share < 0.5:
        return -1.0
    return 0.7 if contents.distinct_share > 0.5 else 0.1


def _fit_district_name(contents: ColumnContents, _: RecognitionContext) -> float:
    if (
        contents.date_share > 0.2
        or contents.guid_share > 0.2
        or (contents.number_share > 0.8 and contents.integer_share < 0.8)
    ):
        return -1.0
    return 0.7 if contents.letter_share > 0.5 else 0.2


VALUE_FITS: dict[str, Fit] = {
    "id": _fit_id,
    "year": _fit_year,
    "date": _fit_date,
    "count": _fit_count,
    "flag": fit_whole_words("flags"),
    "category": _fit_category,
    "category_words": lambda contents, context: (
        -1.0 if contents.number_share > 0.8 else _fit_category(contents, context)
    ),
    "words": _fit_words,
    "code": lambda contents, _: (
        -1.0 if contents.date_share > 0.3 or contents.guid_share > 0.3 or contents.typical_length > 40 else 0.3
    ),
    "free_text": lambda contents, _: 0.3 if contents.letter_share > 0.5 else -0.8,
    "name": _fit_name,
    "district_name": _fit_district_name,
}
