"""Parsing of dates in all formats that municipal files use, to ISO dates.

`FieldCleaner.clean_field` calls `parse_dates` for fields of kind date.
"""

from datetime import datetime

import pandas as pd

from geo.ingest.row_notes import RowNotes

# Each pattern names its groups y, m and d. A time of day is dropped, and time zones are ignored.
TIME_PATTERN = r"(?:[T ].*)?"
DATE_PATTERNS = (
    rf"^(?P<y>[0-9]{{4}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}}){TIME_PATTERN}$",
    rf"^(?P<m>[0-9]{{1,2}})[/.-](?P<d>[0-9]{{1,2}})[/.-](?P<y>[0-9]{{4}}){TIME_PATTERN}$",
    r"^(?P<y>(?:17|18|19|20)[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})$",
)
DATE_FORMATS = (
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%A, %B %d, %Y",
    "%d-%b-%y",
)
EXCEL_EPOCH = pd.Timestamp("1899-12-30")
# The dates that Excel writes for an empty cell, and that drivers make of its 0.
EXCEL_EMPTY_PATTERN = r"^(?:1899-12-3[01]|1900-01-0[01]|1899-12-29)$"
SHORT_YEAR_PATTERN = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{2})(?: .*)?$"


def parse_dates(text: pd.Series, field_name: str, notes: RowNotes) -> pd.Series:
    """Return dates as ISO text, from ISO, month/day/year, 20180105, month names, Unix ms and Excel numbers.

    Month comes before day. Where that is impossible, day comes before month and the row gets a
    note. Excel's 1899 dates mean an empty cell, so they become unknown. Other text becomes unknown
    with a note. A time of day is dropped.

    >>> notes = RowNotes(4)
    >>> parse_dates(pd.Series(["7/5/2005", "13/5/2005", "1899-12-30", "soon"]), "due_on", notes).tolist()
    ['2005-07-05', '2005-05-13', nan, nan]
    >>> parse_dates(pd.Series(["March 4, 2021", "20180105", "44197", "5/6/98"]), "due_on", notes).tolist()
    ['2021-03-04', '2018-01-05', '2021-01-01', '1998-05-06']
    """
    days = pd.Series([None] * len(text), index=text.index, dtype="str")
    days = _parse_date_patterns(text, days, field_name, notes)
    days = _parse_day_counts(text, days, field_name, notes)
    days = _parse_short_years(text, days, field_name, notes)
    days = _parse_month_names(text, days)
    is_excel_empty = days.str.match(EXCEL_EMPTY_PATTERN) | text.str.match(r"^(?:1899|1900-01-00|0?0:00(:00)?$)")
    is_excel_empty = is_excel_empty.fillna(value=False).astype(bool)
    notes.note_emptied_values(field_name, "is an empty date in Excel", is_excel_empty, text)
    days = days.mask(is_excel_empty)
    is_unreadable = text.notna() & days.isna() & ~is_excel_empty
    notes.note_emptied_values(field_name, "is not a date", is_unreadable, text)
    return days.astype("str")


def _parse_date_patterns(text: pd.Series, days: pd.Series, field_name: str, notes: RowNotes) -> pd.Series:
    for pattern in DATE_PATTERNS:
        unparsed = days.isna() & text.notna()
        parts = text.where(unparsed).str.extract(pattern).apply(pd.to_numeric)
        parsed = _iso_from_parts(parts["y"], parts["m"], parts["d"])
        swapped = _iso_from_parts(parts["y"], parts["d"], parts["m"]).where(parsed.isna() & (parts["m"] > 12))
        notes.note_changed_values(field_name, "day came before month", text.where(swapped.notna()), swapped)
        days = days.fillna(parsed).fillna(swapped)
    return days


def _iso_from_parts(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    parts = pd.DataFrame({"year": year, "month": month, "day": day})
    timestamps = pd.to_datetime(parts, errors="coerce")
    timestamps = timestamps.where(timestamps.dt.year.between(1700, 2100))
    return timestamps.dt.strftime("%Y-%m-%d").astype("str")


def _parse_day_counts(text: pd.Series, days: pd.Series, field_name: str, notes: RowNotes) -> pd.Series:
    """Return `days` with milliseconds since 1970 and Excel's days since 1899-12-30 filled in."""
    unparsed = text.where(days.isna())
    millis = pd.to_numeric(unparsed.where(unparsed.str.fullmatch(r"-?[0-9]{11,13}").fillna(value=False)))
    days = days.fillna(_iso_from_timestamps(pd.to_datetime(millis, unit="ms", errors="coerce")))
    excel_serials = pd.to_numeric(unparsed.where(unparsed.str.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?").fillna(value=False)))
    excel_days = _iso_from_timestamps(
        EXCEL_EPOCH + pd.to_timedelta(excel_serials.where(excel_serials < 80_000), unit="D")
    )
    notes.note_changed_values(field_name, "date number from Excel", text.where(excel_days.notna()), excel_days)
    return days.fillna(excel_days)


def _iso_from_timestamps(timestamps: pd.Series) -> pd.Series:
    return timestamps.dt.strftime("%Y-%m-%d").astype("str")


def _parse_short_years(text: pd.Series, days: pd.Series, field_name: str, notes: RowNotes) -> pd.Series:
    parts = text.where(days.isna()).str.extract(SHORT_YEAR_PATTERN).apply(pd.to_numeric)
    century = (parts[2] >= 50).map({True: 1900, False: 2000})
    parsed = _iso_from_parts(parts[2] + century, parts[0], parts[1])
    notes.note_changed_values(field_name, "two-digit year", text.where(parsed.notna()), parsed)
    return days.fillna(parsed)


def _parse_month_names(text: pd.Series, days: pd.Series) -> pd.Series:
    """Return `days` with dates that spell out the month filled in. Each distinct text is parsed once."""
    unparsed = text.where(days.isna())
    month_texts = unparsed.where(unparsed.str.contains("[A-Za-z]{3}", regex=True).fillna(value=False)).dropna()
    day_by_text = {value: day for value in month_texts.unique() if (day := _parse_month_name_date(value)) is not None}
    return days.fillna(unparsed.map(day_by_text).astype("str")) if day_by_text else days


def _parse_month_name_date(text: str) -> str | None:
    for date_format in DATE_FORMATS:
        try:
            day = datetime.strptime(text.strip(), date_format)  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return day.date().isoformat() if 1700 <= day.year <= 2100 else None
    return None
