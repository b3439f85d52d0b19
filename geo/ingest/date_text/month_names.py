"""Dates that name their month: March 4, 2021, 04-MAR-21 02.30.00 PM, Mon Mar 02 2026 02:30:00 GMT-0600.

`geo.ingest.cleaning.dates.parse_dates` calls `read_month_names`.
"""

import numpy as np
import pyarrow.compute as pc

from geo.ingest.date_text.date_column import DateColumn, days_from_parts, full_years, integers, map_distinct_texts

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAY, _MONTH = r"(?P<day>[0-9]{1,2})(?i:st|nd|rd|th)?\.?", r"(?P<month>[A-Za-z]{3,9})\.?"
_YEAR, _GAP = r"'?(?P<year>[0-9]{4}|[0-9]{2})", r"[-/ .,]*"
MONTH_NAME_PATTERNS = (
    rf"^{_DAY}{_GAP}(?i:of )?{_MONTH}{_GAP}{_YEAR}(?P<time>[T ,:].*)?$",
    rf"^{_MONTH}{_GAP}{_DAY}[-/ .,]+{_YEAR}(?P<time>[T ,].*)?$",
    rf"^(?P<year>[0-9]{{4}}){_GAP}{_MONTH}{_GAP}{_DAY}(?P<time>[T ,:].*)?$",
    rf"^{_MONTH} +{_DAY}(?P<time> [0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?: [A-Z]{{3}})?) (?P<year>[0-9]{{4}})$",
)


def read_month_names(column: DateColumn) -> None:
    """Read dates with the name of a month in English, whole or from its first three letters on."""
    for pattern in MONTH_NAME_PATTERNS:
        positions, groups = column.extract(pattern)
        if not len(positions):
            continue
        year_text = groups["year"]
        is_short = (pc.utf8_length(year_text).to_numpy() == 2).astype(bool)
        month = map_distinct_texts(groups["month"], month_number)
        days = days_from_parts(full_years(integers(year_text), is_short), month, integers(groups["day"]))
        column.set_days(positions, days, pc.fill_null(groups["time"], ""))
        mask = np.zeros(len(column.text), bool)
        mask[positions[is_short]] = True
        column.note_days(mask & ~np.isnat(column.day), "two-digit year")


def month_number(name: str) -> float:
    """Return the number of a month from its name, nan if it is none.

    >>> [month_number(text) for text in ("Mar", "SEPT", "december", "Oak")]
    [3.0, 9.0, 12.0, nan]
    """
    word = name.lower()
    matches = [number for number, month in enumerate(MONTHS, 1) if month.startswith(word)]
    return float(matches[0]) if len(word) >= 3 and len(matches) == 1 else np.nan
