"""What a spreadsheet adds to a number, and the dates that it makes of one.

`field_values`, `house_numbers` and `geo.ingest.mapping.coordinates` call these functions.
"""

import pandas as pd

MONTH_NAMES = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)"
# "12-14" becomes "Dec-14", "14-Dec", or the first day of a month with its time.
DATE_PATTERN = (
    rf"(?i:{MONTH_NAMES}-[0-9]{{1,4}}|[0-9]{{1,2}}-{MONTH_NAMES}(?:-[0-9]{{2,4}})?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: [AP]M)?)?)"
)
APOSTROPHES = "'\u2019"  # straight and curved
DATE_PROBLEM = "is a date that a spreadsheet made of a number"


def remove_spreadsheet_marks(text: pd.Series) -> pd.Series:
    """Return text without what a spreadsheet puts around a number: `="007"`, or an apostrophe before it.

    >>> remove_spreadsheet_marks(pd.Series(['="007"', "'12", "12'", "=5", "O'Fallon"], dtype="str")).tolist()
    ['007', '12', "12'", '5', "O'Fallon"]
    """
    has_mark = text.str.contains(rf"^ *[={APOSTROPHES}]", regex=True).fillna(value=False).astype(bool)
    if not has_mark.any():
        return text
    marked = text[has_mark].str.strip()
    bare = marked.str.replace(r'^=\s*"([^"]*)"$', r"\1", regex=True).str.replace(r"^=\s*([0-9.,]+)$", r"\1", regex=True)
    bare = bare.str.replace(rf"^[{APOSTROPHES}]([0-9.][^{APOSTROPHES}]*)$", r"\1", regex=True)
    return text.where(~has_mark, bare.reindex(text.index)).astype("str")


def is_spreadsheet_date(text: pd.Series) -> pd.Series:
    """Return a mask of the texts that are a whole date where a number belongs.

    >>> is_spreadsheet_date(pd.Series(["Dec-14", "2014-12-01 00:00:00", "14-Dec", "12-14", "12/14"], dtype="str")).tolist()
    [True, True, True, False, False]
    """
    is_date = text.str.contains("[-/]", regex=True).fillna(value=False).astype(bool)
    if is_date.any():
        is_date[is_date] = text[is_date].str.strip().str.fullmatch(DATE_PATTERN).astype(bool).to_numpy()
    return is_date
