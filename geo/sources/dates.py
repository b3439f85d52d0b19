"""Dates of every shape that files have, to ISO days."""

from datetime import datetime

import pandas as pd

from geo.sources.notes import Notes

# In each: year, month, day by name. A time of day behind is cut off; no time zone is reckoned.
TIME = r"(?:[T ].*)?"
SHAPES = (
    rf"^(?P<y>[0-9]{{4}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}}){TIME}$",
    rf"^(?P<m>[0-9]{{1,2}})[/.-](?P<d>[0-9]{{1,2}})[/.-](?P<y>[0-9]{{4}}){TIME}$",
    r"^(?P<y>(?:17|18|19|20)[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})$",
)
WORDED = (
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
EXCEL_START = pd.Timestamp("1899-12-30")
# What Excel writes for an empty date cell, and what a driver makes of its 0.
EXCEL_ZERO = r"^(?:1899-12-3[01]|1900-01-0[01]|1899-12-29)$"
SHORT_YEAR = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{2})(?: .*)?$"


def iso_days(text: pd.Series, name: str, notes: Notes) -> pd.Series:
    """Read dates: ISO, month/day/year, 20180105, words, milliseconds since 1970, Excel's day numbers.

    Month comes before day; where that cannot be, day comes before month and the row says so. Excel's
    1899 stands for an empty cell: unknown. What is no date becomes unknown with a note.

    >>> notes = Notes(4)
    >>> iso_days(pd.Series(["7/5/2005", "13/5/2005", "1899-12-30", "soon"]), "due_on", notes).tolist()
    ['2005-07-05', '2005-05-13', nan, nan]
    """
    days = pd.Series([None] * len(text), index=text.index, dtype="str")
    days = _by_shapes(text, days, name, notes)
    days = _by_counting(text, days, name, notes)
    days = _by_short_year(text, days, name, notes)
    days = _by_words(text, days)
    zero = days.str.match(EXCEL_ZERO) | text.str.match(r"^(?:1899|1900-01-00|0?0:00(:00)?$)")
    zero = zero.fillna(value=False).astype(bool)
    notes.emptied(name, "is Excel's empty date", zero, text)
    days = days.mask(zero)
    lost = text.notna() & days.isna() & ~zero
    notes.emptied(name, "is no date that can be read", lost, text)
    return days.astype("str")


def _by_shapes(text: pd.Series, days: pd.Series, name: str, notes: Notes) -> pd.Series:
    for shape in SHAPES:
        open_ = days.isna() & text.notna()
        parts = text.where(open_).str.extract(shape).apply(pd.to_numeric)
        found = _iso(parts["y"], parts["m"], parts["d"])
        turned = _iso(parts["y"], parts["d"], parts["m"]).where(found.isna() & (parts["m"] > 12))
        notes.changed(name, "day before month", text.where(turned.notna()), turned)
        days = days.fillna(found).fillna(turned)
    return days


def _iso(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    parts = pd.DataFrame({"year": year, "month": month, "day": day})
    moments = pd.to_datetime(parts, errors="coerce")
    moments = moments.where(moments.dt.year.between(1700, 2100))
    return moments.dt.strftime("%Y-%m-%d").astype("str")


def _by_counting(text: pd.Series, days: pd.Series, name: str, notes: Notes) -> pd.Series:
    """Read milliseconds since 1970, and Excel's days since 1899."""
    open_ = text.where(days.isna())
    millis = pd.to_numeric(open_.where(open_.str.fullmatch(r"-?[0-9]{11,13}").fillna(value=False)))
    days = days.fillna(_moments(pd.to_datetime(millis, unit="ms", errors="coerce")))
    serial = pd.to_numeric(
        open_.where(open_.str.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?").fillna(value=False))
    )
    counted = _moments(EXCEL_START + pd.to_timedelta(serial.where(serial < 80_000), unit="D"))
    notes.changed(name, "Excel's day number", text.where(counted.notna()), counted)
    return days.fillna(counted)


def _moments(moments: pd.Series) -> pd.Series:
    return moments.dt.strftime("%Y-%m-%d").astype("str")


def _by_short_year(text: pd.Series, days: pd.Series, name: str, notes: Notes) -> pd.Series:
    parts = text.where(days.isna()).str.extract(SHORT_YEAR).apply(pd.to_numeric)
    century = (parts[2] >= 50).map({True: 1900, False: 2000})
    found = _iso(parts[2] + century, parts[0], parts[1])
    notes.changed(name, "year of two digits", text.where(found.notna()), found)
    return days.fillna(found)


def _by_words(text: pd.Series, days: pd.Series) -> pd.Series:
    """Read what has a month's name; each different text once."""
    open_ = text.where(days.isna())
    named = open_.where(open_.str.contains("[A-Za-z]{3}", regex=True).fillna(value=False)).dropna()
    read = {one: day for one in named.unique() if (day := _worded(one)) is not None}
    return days.fillna(open_.map(read).astype("str")) if read else days


def _worded(text: str) -> str | None:
    for shape in WORDED:
        try:
            day = datetime.strptime(text.strip(), shape)  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return day.date().isoformat() if 1700 <= day.year <= 2100 else None
    return None
