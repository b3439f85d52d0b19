"""The distinct texts of a column of dates, and what has been read of each: a day, a time, an offset.

`geo.ingest.cleaning.dates.parse_dates` makes one. Each module of `geo.ingest.date_text` reads one manner of
writing and fills it in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.ingest.date_text.date_settings import DateSettings
from geo.ingest.report_text import clip_values
from geo.ingest.row_notes import RowNotes

NO_DAY = np.datetime64("NaT", "D")
FIRST_DAY, LAST_DAY = np.datetime64("1700-01-01"), np.datetime64("2100-12-31")
FIRST_SHORT_YEAR = 1950  # two digits mean a year from 1950 to 2049
# Typing of a text that no reader expects: dashes of a word processor.
DASHES_PATTERN = "[\u2010-\u2015\u2212]"
WEEKDAY_PATTERN = r"^(?i:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?,? +"
# A time of day behind a date. A zone is Z, UTC, an offset such as -06:00, or a zone's name in the United States.
TIME_PATTERN = (
    r"^[T ,:]+(?:at )?(?P<hour>[0-9]{1,2})(?:[:.]?(?P<minute>[0-9]{2})(?:[:.]?(?P<second>[0-9]{2}))?)?(?:[.,:][0-9]+)?"
    r" *(?P<half>[AaPp]\.?[Mm]\.?)? *\(?(?P<zone>(?i:utc|gmt|z)? *(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?|(?i:[ecmp][sd]t))\)?"
    r"(?: *\[[^\]]*\])?(?: *\([^)]*\))?$"
)
HOURS_BY_ZONE = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
MAX_OFFSET_S = 14 * 3600
ZONE_PATTERN = re.compile(r"(?:utc|gmt|z)?\s*(?:([+-])([0-9]{1,2}):?([0-9]{2})?)?", re.IGNORECASE)


@dataclass
class DateColumn:
    """The distinct texts of a column, each with what has been read of it.

    `row_text` `(rows,)` is the whole column. `day` `(n,)` is the day as written, NaT while unread. `second` `(n,)`
    counts seconds since midnight as written, nan without a time. `offset_s` `(n,)` is the offset from UTC in
    seconds, nan without a zone. `is_serial` `(n,)` marks days that a workbook counts. `is_settled` `(n,)` marks
    texts that are unknown and told.
    """

    row_text: pd.Series
    field_name: str
    notes: RowNotes
    settings: DateSettings

    def __post_init__(self) -> None:
        codes, distinct = pd.factorize(self.row_text)
        self.codes: np.ndarray = codes
        self.text = pd.Series(distinct, dtype="str").reset_index(drop=True)
        count = len(self.text)
        self.day = np.full(count, NO_DAY)
        self.second, self.offset_s = np.full(count, np.nan), np.full(count, np.nan)
        self.is_serial, self.is_settled = np.zeros(count, bool), np.zeros(count, bool)

    @cached_property
    def plain_text(self) -> pa.Array:
        """The distinct texts without a weekday before them, with plain hyphens."""
        texts = pa.array(self.text, pa.string())
        if not pc.all(pc.string_is_ascii(texts)).as_py():
            texts = pc.replace_substring_regex(texts, DASHES_PATTERN, "-")
        if pc.any(pc.match_substring_regex(texts, "^[A-Za-z]")).as_py():
            texts = pc.replace_substring_regex(texts, WEEKDAY_PATTERN, "")
        return pc.utf8_trim_whitespace(texts)

    @cached_property
    def begins_with_letter(self) -> np.ndarray:
        """A mask `(n,)` of the texts that begin with a letter, which numbers do not."""
        mask: np.ndarray = pc.match_substring_regex(self.plain_text, "^[A-Za-z]").to_numpy(zero_copy_only=False)
        return mask

    @cached_property
    def row_counts(self) -> np.ndarray:
        """The number of rows of each distinct text."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.text))

    @property
    def is_unread(self) -> np.ndarray:
        """A mask `(n,)` of the texts that are neither read nor told."""
        mask: np.ndarray = np.isnat(self.day) & ~self.is_settled
        return mask

    def extract(self, pattern: str) -> tuple[np.ndarray, dict[str, pa.Array]]:
        """Return the positions of the unread texts that fit a pattern, and its named groups, "" where absent.

        A pattern whose first group is a month takes texts that begin with a letter, and every other one the others.
        """
        is_lettered = self.begins_with_letter
        positions = np.flatnonzero(
            self.is_unread & (is_lettered if pattern.startswith("^(?P<month>") else ~is_lettered)
        )
        if not len(positions):
            return positions, {}
        found = pc.extract_regex(self.plain_text.take(pa.array(positions)), pattern)
        has_found = found.is_valid().to_numpy(zero_copy_only=False)
        groups = found.filter(pa.array(has_found))
        names = [field.name for field in found.type]
        return positions[has_found], {name: pc.struct_field(groups, name) for name in names}

    def set_days(self, positions: np.ndarray, days: np.ndarray, time_texts: pa.Array | None = None) -> None:
        """Set the days of some texts, and what stands behind them as a time.

        A text stays unread where its day is NaT, or where digits that are no time stand behind the day.
        """
        second, offset_s = np.full(len(positions), np.nan), np.full(len(positions), np.nan)
        is_time = np.ones(len(positions), bool)
        if time_texts is not None:
            second, offset_s, is_time = parse_times(time_texts)
        is_read = ~np.isnat(days) & is_time
        rows = positions[is_read]
        self.day[rows], self.second[rows], self.offset_s[rows] = days[is_read], second[is_read], offset_s[is_read]

    def rows_with(self, mask: np.ndarray) -> np.ndarray:
        """Return a mask `(rows,)` of the rows whose text is in `mask` `(n,)`."""
        is_known: np.ndarray = self.codes >= 0
        return is_known & np.append(mask, False)[self.codes]

    def tell(self, mask: np.ndarray, remark: str) -> None:
        """Tell once that the texts in `mask` `(n,)` were read in a certain way. `{}` is replaced by the first of them."""
        if mask.any():
            example = clip_values(self.text[mask].head(1)).iloc[0]
            self.notes.note_column(self.field_name, remark.format(f"'{example}'"), self.rows_with(mask))

    def make_unknown(self, mask: np.ndarray, problem: str) -> None:
        """Make the texts in `mask` `(n,)` unknown, and tell their rows."""
        if mask.any():
            rows = pd.Series(self.rows_with(mask), index=self.row_text.index)
            self.notes.note_emptied_values(self.field_name, problem, rows, self.row_text)
            self.day[mask], self.is_settled[mask] = NO_DAY, True

    def note_days(self, mask: np.ndarray, change: str) -> None:
        """Note each text in `mask` `(n,)` as repaired, with its day."""
        if mask.any():
            rows = self.rows_with(mask)
            days = np.where(rows, self.row_days(), NO_DAY)
            before = self.row_text.where(rows)
            self.notes.note_changed_values(self.field_name, change, before, iso_days(days, self.row_text.index))

    def row_days(self) -> np.ndarray:
        """Return the day of each row `(rows,)`, NaT where unknown. Days of a workbook count from its own epoch."""
        days = np.append(self.day, NO_DAY)[self.codes]
        if self.settings.epoch_years is not None:
            is_1904 = self.rows_with(self.is_serial) & (self.settings.epoch_years == 1904)
            days = np.where(is_1904, days + np.timedelta64(1462, "D"), days)
        return days


def parse_times(texts: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the second of the day and the offset in seconds of each time `(n,)`, nan without, and a mask.

    The mask is false for a text with digits that is no time. Words without digits are left out.

    >>> second, offset_s, is_time = parse_times(pa.array(["", " 8:30 PM", "T02:30:00Z", " 99", " about"]))
    >>> second.tolist(), offset_s.tolist(), is_time.tolist()
    ([nan, 73800.0, 9000.0, nan, nan], [nan, nan, 0.0, nan, nan], [True, True, True, False, True])
    """
    second, offset_s, is_time = np.full(len(texts), np.nan), np.full(len(texts), np.nan), np.ones(len(texts), bool)
    filled = np.flatnonzero(pc.not_equal(texts, "").to_numpy(zero_copy_only=False))
    if not len(filled):
        return second, offset_s, is_time
    distinct = pc.dictionary_encode(texts.take(pa.array(filled)))
    found = pc.extract_regex(distinct.dictionary, TIME_PATTERN)
    hour, minute, seconds = (integers(pc.struct_field(found, name)) for name in ("hour", "minute", "second"))
    half = pc.utf8_lower(pc.utf8_slice_codeunits(pc.fill_null(pc.struct_field(found, "half"), ""), 0, 1)).to_pylist()
    is_pm, is_am = np.array([text == "p" for text in half]), np.array([text == "a" for text in half])
    hour = np.where(is_pm & (hour < 12), hour + 12, np.where(is_am & (hour == 12), 0, hour))
    minute, seconds = np.nan_to_num(minute), np.nan_to_num(seconds)
    is_valid = (hour <= 24) & (minute < 60) & (seconds <= 60)
    has_digits = pc.match_substring_regex(distinct.dictionary, "[0-9]").to_numpy(zero_copy_only=False)
    codes = distinct.indices.to_numpy()
    second[filled] = np.where(is_valid, hour * 3600 + minute * 60 + seconds, np.nan)[codes]
    zones = map_distinct_texts(pc.fill_null(pc.struct_field(found, "zone"), ""), zone_offset_s)
    offset_s[filled] = np.where(is_valid, zones, np.nan)[codes]
    is_time[filled] = (is_valid | ~has_digits)[codes]
    return second, offset_s, is_time


def zone_offset_s(zone: str) -> float:
    """Return the offset of a zone from UTC in seconds, nan if it names none.

    >>> [zone_offset_s(text) for text in ("Z", "-06:00", "GMT-0530", "CDT", "", "-16:00")]
    [0.0, -21600.0, -19800.0, -18000.0, nan, nan]
    """
    text = zone.strip().lower()
    if text in HOURS_BY_ZONE:
        return HOURS_BY_ZONE[text] * 3600.0
    match = ZONE_PATTERN.fullmatch(text)
    if not text or match is None:
        return np.nan
    sign, hours, minutes = match.groups()
    offset_s = (int(hours or 0) * 3600 + int(minutes or 0) * 60) * (-1.0 if sign == "-" else 1.0)
    return offset_s if abs(offset_s) <= MAX_OFFSET_S else np.nan


def map_distinct_texts(texts: pa.Array, convert: Callable[[str], Any]) -> np.ndarray:
    """Return `convert` of each text `(n,)` as float, called once for each distinct one."""
    encoded = pc.dictionary_encode(texts)
    values = np.array([convert(text) for text in encoded.dictionary.to_pylist()], float)
    result: np.ndarray = values[encoded.indices.to_numpy()]
    return result


def integers(texts: pa.Array) -> np.ndarray:
    """Return digits `(n,)` as float, nan for "" and null.

    >>> integers(pa.array(["07", "", None])).tolist()
    [7.0, nan, nan]
    """
    filled = pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)
    numbers: np.ndarray = filled.cast(pa.int64()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def days_from_parts(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return days `(n,)` as datetime64[D], NaT where there is no such day or it is not from 1700 to 2100.

    >>> days_from_parts(np.array([2024.0, 2023.0, np.nan]), np.array([2.0, 2.0, 1.0]), np.array([29.0, 29.0, 1.0]))
    array(['2024-02-29',        'NaT',        'NaT'], dtype='datetime64[D]')
    """
    is_possible = (year >= 1700) & (year <= 2100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    parts = (np.where(is_possible, part, 1).astype(np.int64) for part in (year, month, day))
    years, months, days = parts
    first_of_month = ((years - 1970) * 12 + months - 1).astype("datetime64[M]")
    result = first_of_month.astype("datetime64[D]") + (days - 1)
    return np.where(is_possible & (result.astype("datetime64[M]") == first_of_month), result, NO_DAY)


def full_years(year: np.ndarray, is_short: np.ndarray) -> np.ndarray:
    """Return years with four digits. Two digits mean a year from 1950 to 2049.

    >>> full_years(np.array([26.0, 98.0, 2014.0]), np.array([True, True, False])).tolist()
    [2026.0, 1998.0, 2014.0]
    """
    return np.where(is_short, year + np.where(year < FIRST_SHORT_YEAR % 100, 2000, 1900), year)


def iso_days(days: np.ndarray, index: pd.Index) -> pd.Series:
    """Return days as ISO text, NA for NaT.

    >>> iso_days(np.array(["2026-03-13", "NaT"], "datetime64[D]"), pd.RangeIndex(2)).tolist()
    ['2026-03-13', nan]
    """
    codes, distinct = pd.factorize(days.astype("datetime64[s]"))
    texts = [str(day)[:10] for day in distinct]
    return pd.Series(np.array([*texts, None], object)[codes], index=index, dtype="str")
