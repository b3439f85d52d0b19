"""Instants: dates with a time and a zone, which become the day in the towns' zone.

`geo.ingest.cleaning.dates.parse_dates` calls `move_instants`. See docs/decisions/0034-days-and-instants.md.
"""

import numpy as np
import pandas as pd

from geo.ingest.date_text.date_column import DateColumn

MAX_MIDNIGHT_SHARE = 0.1  # of the instants; more are dates without a time, written as midnight


def move_instants(column: DateColumn) -> None:
    """Turn each instant of a column into the day in the towns' zone, and tell so once.

    If every instant is at midnight as written, they are days, and stay as written. If many but not all are at
    midnight, these may be either, so that they become unknown. A date alone, and a time without a zone, stay.
    """
    is_instant = np.isfinite(column.offset_s) & ~np.isnat(column.day)
    if not is_instant.any():
        return
    is_midnight = is_instant & (column.second == 0)
    if is_midnight[is_instant].all():
        column.tell(is_instant, "every time is midnight with a zone, as in {}; read as days")
        return
    timezone = column.settings.find_timezone()
    if timezone is None:
        column.make_unknown(
            is_instant,
            "is an instant, and nothing tells the towns' time zone (load the towns first, or use --timezone)",
        )
        return
    _empty_doubtful_midnights(column, is_instant, is_midnight)
    is_instant &= ~column.is_settled
    written_days = column.day.copy()
    column.day[is_instant] = local_days(
        column.day[is_instant], column.second[is_instant] - column.offset_s[is_instant], timezone
    )
    is_moved = is_instant & (column.day != written_days)
    moved_rows = int(column.row_counts[is_moved].sum())
    column.tell(is_instant, f"instants, as {{}}; the day is that in {timezone}, another one in {moved_rows:,} rows")


def _empty_doubtful_midnights(column: DateColumn, is_instant: np.ndarray, is_midnight: np.ndarray) -> None:
    """Make midnights unknown that are too many for instants and too few for days."""
    midnight_rows, instant_rows = (int(column.row_counts[mask].sum()) for mask in (is_midnight, is_instant))
    if midnight_rows > 1 and midnight_rows > MAX_MIDNIGHT_SHARE * instant_rows:
        column.make_unknown(is_midnight, "is a day or an instant: its column has both midnights and other times")


def local_days(days: np.ndarray, seconds: np.ndarray, timezone: str) -> np.ndarray:
    """Return the days `(n,)` in a zone, of instants given as days and seconds in UTC.

    >>> local_days(np.array(["2026-03-02"], "datetime64[D]"), np.array([9000.0]), "America/Chicago")
    array(['2026-03-01'], dtype='datetime64[D]')
    """
    instants = days.astype("datetime64[s]") + seconds.astype(np.int64).astype("timedelta64[s]")
    local = pd.DatetimeIndex(instants).tz_localize("UTC").tz_convert(timezone).tz_localize(None)
    result: np.ndarray = local.to_numpy().astype("datetime64[D]")
    return result
