"""Parsing of dates in all formats that municipal files use, to ISO dates.

`FieldCleaner.clean_field` calls `parse_dates` for fields of kind date. The manners of writing are in
`geo.ingest.date_text`.
"""

import numpy as np
import pandas as pd

from geo.ingest.date_text.counted_days import read_compact_dates, read_serial_numbers, read_unix_times
from geo.ingest.date_text.date_column import FIRST_DAY, LAST_DAY, NO_DAY, DateColumn, iso_days
from geo.ingest.date_text.date_settings import DateSettings
from geo.ingest.date_text.instants import move_instants
from geo.ingest.date_text.month_names import read_month_names
from geo.ingest.date_text.numeric_dates import read_numeric_dates
from geo.ingest.date_text.partial_dates import read_profile_formats, tell_partial_dates
from geo.ingest.row_notes import RowNotes

# The dates that Excel writes for an empty cell, and that drivers make of its 0.
EMPTY_DAYS = np.array(["1899-12-29", "1899-12-30", "1899-12-31", "1900-01-01"], "datetime64[D]")
EXCEL_EMPTY_PATTERN = r"^(?:1899(?:[^0-9]|$)|1900-01-00|0?0:00(?::00)?$)"  # but 18994 is a day of 1952
UTC_SETTINGS = DateSettings(timezone="UTC")


def parse_dates(text: pd.Series, field_name: str, notes: RowNotes, settings: DateSettings = UTC_SETTINGS) -> pd.Series:
    """Return dates as ISO text, from ISO, numbers, month names, instants, counts since 1970 and Excel's numbers.

    A column has one order of day and month, found from all its rows. Where both orders occur, doubtful rows are
    unknown. Where nothing tells, the month comes first. An instant becomes the day in the zone of `settings`, and a
    time without a zone is left out. Excel's 1899 dates mean an empty cell, so they become unknown. Other text
    becomes unknown with a note.

    >>> notes = RowNotes(4)
    >>> parse_dates(pd.Series(["7/5/2005", "13/5/2005", "1899-12-30", "soon"]), "due_on", notes).tolist()
    ['2005-05-07', '2005-05-13', nan, nan]
    >>> parse_dates(pd.Series(["March 4, 2021", "20180105", "44197", "5/6/98"]), "due_on", notes).tolist()
    ['2021-03-04', '2018-01-05', '2021-01-01', '1998-05-06']
    >>> chicago = DateSettings(timezone="America/Chicago")
    >>> parse_dates(pd.Series(["2026-03-02T02:30:00Z", "2026-03-02"]), "due_on", RowNotes(2), chicago).tolist()
    ['2026-03-01', '2026-03-02']
    """
    column = DateColumn(text, field_name, notes, settings)
    for read in (
        read_profile_formats,
        read_numeric_dates,
        read_compact_dates,
        read_unix_times,
        read_serial_numbers,
        read_month_names,
        move_instants,
        tell_partial_dates,
    ):
        read(column)
    return _note_unknown_days(column)


def _note_unknown_days(column: DateColumn) -> pd.Series:
    """Return the days as ISO text, without empty dates of Excel, and note what is no date."""
    text, days = column.row_text, column.row_days()
    is_empty_text = text.str.match(EXCEL_EMPTY_PATTERN).fillna(value=False).astype(bool).to_numpy()
    is_settled = column.rows_with(column.is_settled)
    is_empty = (np.isin(days, EMPTY_DAYS) | is_empty_text) & ~is_settled
    column.notes.note_emptied_values(
        column.field_name, "is an empty date in Excel", pd.Series(is_empty, index=text.index), text
    )
    days = np.where(is_empty | (days < FIRST_DAY) | (days > LAST_DAY), NO_DAY, days)
    is_unreadable = text.notna().to_numpy() & np.isnat(days) & ~is_empty & ~is_settled
    column.notes.note_emptied_values(
        column.field_name, "is not a date", pd.Series(is_unreadable, index=text.index), text
    )
    return iso_days(days, text.index)
