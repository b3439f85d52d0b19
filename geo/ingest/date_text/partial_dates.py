"""Years and months without a day, and the formats that a profile gives for a field.

`geo.ingest.cleaning.dates.parse_dates` calls `read_profile_formats` first and `tell_partial_dates` last.
"""

from datetime import datetime

import numpy as np
import pyarrow.compute as pc

from geo.ingest.date_text.date_column import DateColumn, map_distinct_texts
from geo.ingest.date_text.month_names import month_number

YEAR_PATTERN = r"^(?:17[0-9]{2}|18[0-8][0-9]|189[0-8]|19[0-9]{2}|20[0-9]{2})(?:\.0+)?$"  # 1899 is an empty cell
MONTH_PATTERN = r"^(?:[0-9]{4}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{4})$"
MONTH_NAME_PATTERNS = (
    r"^(?P<month>[A-Za-z]{3,9})\.?[-/ .,]*(?:[0-9]{4}|'?[0-9]{2})$",
    r"^[0-9]{4}[-/ .,]*(?P<month>[A-Za-z]{3,9})\.?$",
)
DAY_DIRECTIVES, MONTH_DIRECTIVES = ("%d", "%j", "%c", "%x", "%D", "%F"), ("%m", "%b", "%B", "%h")


def read_profile_formats(column: DateColumn) -> None:
    """Read the texts that fit a format of the profile. All others become unknown.

    A format without a day gives the first day of the month or year, which is noted.
    """
    formats = column.settings.formats.get(column.field_name, ())
    if not formats:
        return
    for text_format in formats:
        is_new = np.zeros(len(column.text), bool)
        for position in np.flatnonzero(column.is_unread).tolist():
            is_new[position] = _read_by_format(column, position, text_format)
        if (precision := format_precision(text_format)) != "day":
            column.tell(is_new, f"{precision} only, as in {{}}; the first day of it")
    column.make_unknown(column.is_unread, f"does not fit {' or '.join(formats)}, the format of the profile")


def _read_by_format(column: DateColumn, position: int, text_format: str) -> bool:
    """Read one text by a format of strptime, with its time and zone. Return whether it fits."""
    try:
        moment = datetime.strptime(column.text.iloc[position], text_format)  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    if not 1700 <= moment.year <= 2100:
        return False
    column.day[position] = np.datetime64(moment.date())
    offset = moment.utcoffset()
    if offset is not None:
        column.second[position] = moment.hour * 3600 + moment.minute * 60 + moment.second
        column.offset_s[position] = offset.total_seconds()
    return True


def format_precision(text_format: str) -> str:
    """Return what a format of strptime tells: a day, a month or a year.

    >>> format_precision("%m/%d/%Y"), format_precision("%b %Y"), format_precision("%Y")
    ('day', 'month', 'year')
    """
    if any(directive in text_format for directive in DAY_DIRECTIVES):
        return "day"
    return "month" if any(directive in text_format for directive in MONTH_DIRECTIVES) else "year"


def tell_partial_dates(column: DateColumn) -> None:
    """Make years and months without a day unknown, and tell which profile would take them."""
    unread = column.is_unread
    years, months = (_matches(column, pattern) & unread for pattern in (YEAR_PATTERN, MONTH_PATTERN))
    months |= unread & _named_month_mask(column)
    for mask, precision, directive in ((years, "year", "%Y"), (months, "month", "%Y-%m")):
        column.tell(
            mask,
            f'{{}} is a {precision} without a day, so unknown; a profile with [dates] {column.field_name} = "{directive}" takes its first day',
        )
        column.make_unknown(mask, f"is a {precision} without a day")


def _matches(column: DateColumn, pattern: str) -> np.ndarray:
    mask: np.ndarray = pc.match_substring_regex(column.plain_text, pattern).to_numpy(zero_copy_only=False)
    return mask


def _named_month_mask(column: DateColumn) -> np.ndarray:
    mask = np.zeros(len(column.text), bool)
    for pattern in MONTH_NAME_PATTERNS:
        positions, groups = column.extract(pattern)
        if len(positions):
            mask[positions] = np.isfinite(map_distinct_texts(groups["month"], month_number))
    return mask
