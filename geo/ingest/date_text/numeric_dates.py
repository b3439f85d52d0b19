"""Dates written with numbers: one order of day and month for a column, found from all its rows.

`geo.ingest.cleaning.dates.parse_dates` calls `read_numeric_dates`. See `docs/files.md`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.ingest.date_text.date_column import NO_DAY, DateColumn, days_from_parts, full_years, integers

# 13/3/2026, 13.3.26, 13-3-2026 00:00, 2026-03-13, and a date of XML with its zone.
NUMERIC_PATTERN = (
    r"^(?P<first>[0-9]{1,4}) ?(?P<sign>[-/. ]) ?(?P<middle>[0-9]{1,2}) ?[-/. ] ?(?P<last>[0-9]{1,4})"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?(?P<time>[T ,].*)?$"
)


@dataclass(frozen=True)
class NumericDates:
    """Texts of three numbers, of which one is a year. All arrays are `(n,)`.

    `one` and `two` are day and month, in the order of writing. `is_year_first` says where the year stands.
    """

    positions: np.ndarray
    year: np.ndarray
    one: np.ndarray
    two: np.ndarray
    is_year_first: np.ndarray
    is_short: np.ndarray
    times: pa.Array

    def mask_in(self, column: DateColumn, mask: np.ndarray) -> np.ndarray:
        """Return a mask of the column's texts from a mask of these."""
        result = np.zeros(len(column.text), bool)
        result[self.positions[mask]] = True
        return result


def read_numeric_dates(column: DateColumn) -> None:
    """Read dates such as 2026-03-13, 3/13/2026, 13.3.26 and 13-3-2026 00:00.

    All rows with the year at the end have one order. A number above 12 tells which. If both orders occur, rows
    that fit both become unknown. If nothing tells, the month comes first, which is told. With the year at the
    beginning, the month comes first, too.
    """
    dates = _split_numbers(column)
    if dates is None or not len(dates.positions):
        return
    _read_one_order(column, dates, ~dates.is_year_first)
    _read_one_order(column, dates, dates.is_year_first)
    is_short = dates.mask_in(column, dates.is_short) & ~np.isnat(column.day)
    column.note_days(is_short, "two-digit year")


def _split_numbers(column: DateColumn) -> NumericDates | None:
    """Return the unread texts of three numbers, with year, day and month apart."""
    positions, groups = column.extract(NUMERIC_PATTERN)
    if not len(positions):
        return None
    first, middle, last = (integers(groups[name]) for name in ("first", "middle", "last"))
    first_width, last_width = (pc.utf8_length(groups[name]).to_numpy() for name in ("first", "last"))
    is_year_first = (first_width == 4) & (last_width <= 2)
    is_year_last = (first_width <= 2) & ((last_width == 4) | (last_width == 2))
    signs = np.array(groups["sign"].to_pylist(), object)
    is_short = is_year_last & (last_width == 2)
    is_year_last &= ~(is_short & (signs == " "))
    is_short_year_first, is_unclear = _place_short_years(first, middle, last, is_short & (first_width == 2), signs)
    year_leads = is_year_first | is_short_year_first
    column.make_unknown(_spread(column, positions, is_unclear), "may begin or end with its year")
    is_date = (year_leads | is_year_last) & ~is_unclear
    year = np.where(year_leads, first, last)
    return NumericDates(
        positions=positions[is_date],
        year=full_years(year, is_short)[is_date],
        one=np.where(year_leads, middle, first)[is_date],
        two=np.where(year_leads, last, middle)[is_date],
        is_year_first=year_leads[is_date],
        is_short=is_short[is_date],
        times=pc.fill_null(groups["time"], "").filter(pa.array(is_date)),
    )


def _place_short_years(
    first: np.ndarray, middle: np.ndarray, last: np.ndarray, is_short: np.ndarray, signs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return two masks: two-digit years that stand first, and dates of which nobody can say.

    Years stand last, unless a first number is above 31 and all dates can be read so. With hyphens, as in
    26-03-13, the end with fewer different numbers is the year, because days differ more than years.

    >>> first, middle, last = np.array([26.0, 26.0, 26.0]), np.array([3.0, 3.0, 4.0]), np.array([13.0, 14.0, 31.0])
    >>> masks = _place_short_years(first, middle, last, np.ones(3, bool), np.array(["-"] * 3))
    >>> [mask.tolist() for mask in masks]
    [[True, True, True], [False, False, False]]
    """
    nowhere = np.zeros(len(first), bool)
    fits_year_first = bool(((middle <= 12) & (last >= 1) & (last <= 31))[is_short].all())
    if not fits_year_first:
        return nowhere, nowhere
    if (is_short & (first > 31)).any():
        return is_short, nowhere
    is_open = is_short & (signs == "-")
    if not (is_open & (first > 12)).any():
        return nowhere, nowhere  # the month may come first, as usual
    firsts, lasts = (len(np.unique(part[is_open])) for part in (first, last))
    return (is_open, nowhere) if firsts < lasts else (nowhere, is_open if firsts == lasts else nowhere)


def _read_one_order(column: DateColumn, dates: NumericDates, mask: np.ndarray) -> None:
    """Read the dates in `mask` in the one order that their column has."""
    one, two = dates.one, dates.two
    is_day_first, is_month_first = mask & (one > 12) & (two <= 12), mask & (two > 12) & (one <= 12)
    is_doubtful = mask & (one <= 12) & (two <= 12) & (one != two)
    year_leads = bool((mask & dates.is_year_first).any())
    # Behind a year the month comes first, and a single other row is a slip. Else the rows above 12 decide.
    has_both = is_day_first.any() and bool(is_month_first.any()) != year_leads
    if has_both:
        column.make_unknown(
            dates.mask_in(column, is_doubtful), "has the day or the month first, and its column has both orders"
        )
    takes_day_first = is_day_first | (mask & ~is_month_first if is_day_first.any() and not year_leads else is_day_first)
    month, day = np.where(takes_day_first, two, one), np.where(takes_day_first, one, two)
    days = np.where(mask & ~(is_doubtful & has_both), days_from_parts(dates.year, month, day), NO_DAY)
    is_new = mask & ~np.isnat(days)
    column.set_days(dates.positions[is_new], days[is_new], dates.times.filter(pa.array(is_new)))
    is_read = ~np.isnat(column.day)
    if is_day_first.any():
        column.tell(dates.mask_in(column, takes_day_first) & is_read, "the day comes before the month, as in {}")
    elif not is_month_first.any() and not year_leads:
        column.tell(dates.mask_in(column, is_doubtful) & is_read, "nothing tells day from month in {}; month first")


def _spread(column: DateColumn, positions: np.ndarray, mask: np.ndarray) -> np.ndarray:
    result = np.zeros(len(column.text), bool)
    result[positions[mask]] = True
    return result
