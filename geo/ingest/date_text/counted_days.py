"""Dates written as one number: 20180105, seconds or milliseconds since 1970, and the serial numbers of workbooks.

`geo.ingest.cleaning.dates.parse_dates` calls `read_compact_dates`, `read_unix_times` and `read_serial_numbers`.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.ingest.date_text.date_column import (
    FIRST_DAY,
    LAST_DAY,
    NO_DAY,
    DateColumn,
    days_from_parts,
    integers,
    parse_times,
)
from geo.ingest.date_text.date_settings import EPOCH_1904

COMPACT_PATTERN = (
    r"^(?P<year>(?:17|18|19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<time>[T ].*|[0-9]{4}(?:[0-9]{2})?)?$"
)
# A number as a text, or as the JSON of Microsoft's services writes it.
UNIX_PATTERN = r"^(?:/Date\()?(?P<number>-?[0-9]{9,16})(?:\.[0-9]+)?(?:[+-][0-9]{4})?(?:\)/)?$"
UNITS_PER_SECOND = {9: 1, 10: 1, 11: 1e3, 12: 1e3, 13: 1e3, 15: 1e6, 16: 1e6}  # by number of digits
MILLISECONDS_PATTERN = r"^-?[0-9]{11,13}$"
SERIAL_EPOCH = np.datetime64("1899-12-30")  # day 0 of a workbook from 1900 on
SERIAL_PATTERN = r"^(?P<day>[0-9]{5})(?P<fraction>\.[0-9]+)?$"
NUMBER_PATTERN = r"^-?[0-9]+(?:\.[0-9]+)?$"
MAX_SERIAL = 80_000  # in the year 2119
MAX_SHARE_OF_OTHER_NUMBERS = 0.1  # in a column of serial numbers


def read_compact_dates(column: DateColumn) -> None:
    """Read 20180105, 20180105T0930Z, 201801050930 and 20180105093000.

    Twelve digits may also be milliseconds since 1970. They are, if some of them are no such time.
    """
    positions, groups = column.extract(COMPACT_PATTERN)
    if not len(positions):
        return
    days = days_from_parts(*(integers(groups[name]) for name in ("year", "month", "day")))
    times = pc.fill_null(groups["time"], "")
    is_bare = pc.match_substring_regex(times, "^[0-9]").to_numpy(zero_copy_only=False)
    times = pc.if_else(pa.array(is_bare), pc.binary_join_element_wise("T", times, ""), times)
    is_open = is_bare & (pc.utf8_length(times).to_numpy() == 5)
    is_milliseconds = pc.match_substring_regex(column.plain_text, MILLISECONDS_PATTERN).to_numpy(zero_copy_only=False)
    has_milliseconds = is_milliseconds.sum() > is_open.sum() or (np.isnat(days) | ~parse_times(times)[2])[is_open].any()
    column.set_days(positions, np.where(is_open & has_milliseconds, NO_DAY, days), times)


def read_unix_times(column: DateColumn) -> None:
    """Read seconds, milliseconds and microseconds since 1970, which are instants in UTC."""
    positions, groups = column.extract(UNIX_PATTERN)
    if not len(positions):
        return
    digits = pc.utf8_length(pc.utf8_ltrim(groups["number"], "-")).to_numpy()
    units = np.array([UNITS_PER_SECOND.get(count, np.nan) for count in range(20)])[digits]
    seconds = np.floor(groups["number"].cast(pa.int64(), safe=False).to_numpy() / units)
    low, high = ((day - np.datetime64("1970-01-01")).astype(int) * 86400.0 for day in (FIRST_DAY, LAST_DAY))
    is_known = (seconds >= low) & (seconds <= high)
    whole = np.where(is_known, seconds, 0).astype(np.int64)
    days = np.where(is_known, (whole // 86400).astype("datetime64[D]"), NO_DAY)
    column.set_days(positions, days)
    rows = positions[is_known]
    column.second[rows], column.offset_s[rows] = (whole % 86400)[is_known], 0.0
    mask = np.zeros(len(column.text), bool)
    mask[rows] = True
    column.tell(mask, "{} counts from 1970")


def read_serial_numbers(column: DateColumn) -> None:
    """Read the serial numbers of a workbook, also with a fraction for the time of day.

    Among other numbers nobody knows what they count, so they become unknown.
    """
    positions, groups = column.extract(SERIAL_PATTERN)
    if not len(positions):
        return
    number = integers(groups["day"])
    is_serial = number < MAX_SERIAL
    mask = np.zeros(len(column.text), bool)
    mask[positions[is_serial]] = True
    other_numbers = pc.match_substring_regex(column.plain_text, NUMBER_PATTERN).to_numpy(zero_copy_only=False)
    other_rows = column.row_counts[other_numbers & column.is_unread & ~mask & (column.text != "0").to_numpy()].sum()
    if other_rows > MAX_SHARE_OF_OTHER_NUMBERS * column.row_counts[mask].sum():
        column.make_unknown(mask, "is a number among other numbers, and no date")
        return
    fraction = pc.binary_join_element_wise("0", pc.fill_null(groups["fraction"], ""), "").cast(pa.float64())
    whole = number + np.floor(fraction.to_numpy() + 0.5 / 86400)  # 0.999999999 is midnight, off by an error of division
    days = np.where(is_serial, SERIAL_EPOCH + np.nan_to_num(whole).astype(np.int64), NO_DAY)
    column.set_days(positions, days)
    column.is_serial |= mask
    column.note_days(mask, "date number from Excel")
    _tell_epoch(column, mask)


def _tell_epoch(column: DateColumn, mask: np.ndarray) -> None:
    """Tell from which year the serial numbers count, where the workbook says 1904."""
    epoch_years = column.settings.epoch_years
    if epoch_years is not None and (epoch_years[column.rows_with(mask)] == EPOCH_1904).any():
        column.tell(mask, "{} counts days from 1904, as its workbook says")
