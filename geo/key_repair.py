"""Parcel numbers that a spreadsheet has changed, and the parcels that they mean.

A load matches the keys of its rows with `ParcelNumbers`, and `find` strips separators by the same rule.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.identifiers import original_id, slugify, source_prefixes

SEPARATORS = re.compile(r"[\s\-./]+")
INVISIBLE = re.compile("[\u00a0\u200b-\u200f\u202f\u2060\ufeff\u00ad]")
FORMULA_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)  # ="007", which keeps a spreadsheet from making a number of it
THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.0+)?")
DECIMAL_ZEROS = re.compile(r"(-?[0-9]+)\.0+")
SCIENTIFIC = re.compile(r"([0-9](?:\.([0-9]+))?)E\+?([0-9]{1,3})", re.IGNORECASE)
NUMERIC_NAME = re.compile(r"[0-9]+(?:E[0-9]{1,2})?")  # 12E4 is a number for a spreadsheet, too
SPREADSHEET_DIGITS = 15  # a spreadsheet keeps no more of them
MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
DATE_SHAPES = (
    re.compile(r"(?P<day>[0-9]{1,2})-(?P<month>[A-Z]{3})[A-Z]*"),
    re.compile(r"(?P<month>[A-Z]{3})[A-Z]*-(?P<short>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:[T ]00:00:00(?:\.0+)?)?"),
    re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})(?: 0?0:00(?::00)?)?"),
)


class KeyMatch(NamedTuple):
    """The parcel that a key names, None if it names none, and how the key differs, "" if it does not."""

    parcel_id: str | None
    change: str


def strip_separators(text: str) -> str:
    """Return a number in capitals without blanks, hyphens, periods and slashes.

    >>> strip_separators("10e-620 112")
    '10E620112'
    """
    return SEPARATORS.sub("", text).upper()


def undo_cell_text(text: str) -> str:
    """Return a number without what a spreadsheet adds to it: ="...", an apostrophe, invisible characters.

    >>> [undo_cell_text(text) for text in ('="007"', "'007", ' "007" ', "10E620112")]
    ['007', '007', '007', '10E620112']
    """
    plain = INVISIBLE.sub(" ", text).strip()
    if formula := FORMULA_TEXT.fullmatch(plain):
        plain = formula[1].replace('""', '"').strip()
    if len(plain) > 1 and plain[0] == plain[-1] == '"':
        plain = plain[1:-1].strip()
    return plain[1:].strip() if plain[:1] == "'" and "'" not in plain[1:] else plain


def undo_number_format(text: str) -> str:
    """Return a number without the thousands separators and the ".0" of a spreadsheet.

    >>> [undo_number_format(text) for text in ("17110012.0", "17,110,012", "12.5", "12-3")]
    ['17110012', '17110012', '12.5', '12-3']
    """
    plain = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    zeros = DECIMAL_ZEROS.fullmatch(plain)
    return zeros[1] if zeros else plain


class ParcelNumbers:
    """The numbers of all parcels of a workspace: ids, ids without the source, and old numbers.

    >>> parcels = pd.DataFrame({"id": ["07110012", "12-3", "123"], "old_id": ["9", None, None], "source": "lots"})
    >>> numbers = ParcelNumbers(parcels)
    >>> [numbers.match_key(key).parcel_id for key in ("07110012", "07110012.0", "7110012", "7.11E+06", '="9"')]
    ['07110012', '07110012', '07110012', '07110012', '07110012']
    >>> [numbers.match_key(key).parcel_id for key in ("12 3", "12-3", "1-23", "99X")]
    [None, '12-3', '123', None]
    """

    def __init__(self, parcels: pd.DataFrame) -> None:
        self.ids: list[str] = parcels["id"].astype(object).tolist()
        self._towns: list[str] = source_prefixes(parcels["source"]).tolist()
        old_ids = parcels["old_id"].astype(object).where(parcels["old_id"].notna(), None).tolist()
        self._names: list[tuple[str, int]] = []
        for row, (id_, old_id) in enumerate(zip(self.ids, old_ids, strict=True)):
            names = {_normalize(text) for text in (id_, original_id(id_), old_id or "")} - {""}
            self._names += [(name, row) for name in names]
        self._rows_by_name = _group_rows(self._names)

    def __len__(self) -> int:
        """Return the number of parcels."""
        return len(self.ids)

    def match_key(self, key: str, town: str | None = None) -> KeyMatch:
        """Return the parcel that a key names. In a tie the parcels of `town` come first.

        A key that is no number of a parcel may be one that a spreadsheet has changed. The first change that can be
        undone counts, if exactly one parcel fits.
        """
        if _normalize(key) in self._rows_by_name:
            return KeyMatch(key, "")
        plain = _normalize(undo_number_format(undo_cell_text(key)))
        for change, rows in self._undo_changes(plain):
            fitting = self._prefer_town({*rows}, town)
            if len(fitting) == 1:
                return KeyMatch(self.ids[fitting.pop()], change)
            if fitting:
                return KeyMatch(None, f"fits {len(fitting):,} parcels")
        return KeyMatch(None, "names no parcel")

    def _undo_changes(self, plain: str) -> Iterator[tuple[str, Iterable[int]]]:
        """Yield the parcels (positions) that fit a key, by each change that a spreadsheet makes."""
        if not plain:
            return
        yield "what a spreadsheet added is left out", self._rows_by_name.get(plain, ())
        yield "written with other separators", self._rows_with_other_separators(plain)
        if plain.isascii() and plain.isdecimal():
            yield "leading zeros lost in a spreadsheet", self._rows_by_stripped_name.get(plain.lstrip("0"), ())
            yield "digits lost in a spreadsheet; the only parcel that fits", self._rows_beyond_15_digits(plain)
        if scientific := SCIENTIFIC.fullmatch(plain):
            yield "digits lost in a spreadsheet; the only parcel that fits", self._rows_of_scientific(scientific)
        yield "a date that a spreadsheet made; the only parcel that fits", self._rows_of_date(plain)

    def _prefer_town(self, rows: set[int], town: str | None) -> set[int]:
        """Return the parcels from sources of a town, or all if there are none."""
        own_rows = {row for row in rows if town is not None and self._towns[row] == slugify(town)}
        return own_rows or rows

    @cached_property
    def _names_without_separators(self) -> dict[str, list[tuple[str, int]]]:
        names: dict[str, list[tuple[str, int]]] = {}
        for name, row in self._names:
            names.setdefault(strip_separators(name), []).append((name, row))
        return names

    def _rows_with_other_separators(self, plain: str) -> Iterator[int]:
        """Yield parcels with the same digits and letters, where separators differ in kind, or one side has none."""
        segments = _split_segments(plain)
        for name, row in self._names_without_separators.get(strip_separators(plain), ()):
            name_segments = _split_segments(name)
            if len(segments) <= 1 or len(name_segments) <= 1 or segments == name_segments:
                yield row

    @cached_property
    def _rows_by_stripped_name(self) -> dict[str, list[int]]:
        names = ((name.lstrip("0"), row) for name, row in self._names if name.isascii() and name.isdecimal())
        return _group_rows((name, row) for name, row in names if name)

    @cached_property
    def _rows_by_kept_digits(self) -> dict[str, list[int]]:
        """The parcels with more digits than a spreadsheet keeps, by the number that it makes of them."""
        names = ((_drop_digits(name), row) for name, row in self._names if name.isascii() and name.isdecimal())
        return _group_rows((name, row) for name, row in names if name)

    def _rows_beyond_15_digits(self, plain: str) -> Iterable[int]:
        """Return the parcels with the same first 15 digits as a number that ends in zeros after them."""
        return self._rows_by_kept_digits.get(plain, ()) if _drop_digits(plain) == plain else ()

    @cached_property
    def _numeric_names(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers that a spreadsheet makes of names, and the parcels that have them."""
        numeric = [(float(name), row) for name, row in self._names if NUMERIC_NAME.fullmatch(name)]
        return np.array([value for value, _ in numeric], float), np.array([row for _, row in numeric], np.int64)

    def _rows_of_scientific(self, scientific: re.Match[str]) -> Iterable[int]:
        """Return the parcels whose number a spreadsheet shows like that: 1.71E+07."""
        unit = 10.0 ** (int(scientific[3]) - len(scientific[2] or ""))
        values, rows = self._numeric_names
        shown = float(scientific[1]) * 10.0 ** int(scientific[3])
        fitting: list[int] = rows[np.abs(values - shown) <= unit / 2 * (1 + 1e-9)].tolist()
        return fitting

    @cached_property
    def _rows_by_segments(self) -> dict[tuple[int, ...], list[int]]:
        rows: dict[tuple[int, ...], list[int]] = {}
        for name, row in self._names:
            segments = _split_segments(name)
            if 2 <= len(segments) <= 3 and all(part.isascii() and part.isdecimal() for part in segments):
                rows.setdefault(tuple(map(int, segments)), []).append(row)
        return rows

    def _rows_of_date(self, plain: str) -> Iterator[int]:
        """Yield the parcels whose number a spreadsheet takes for that date: 12-14 for 14-Dec."""
        for segments in date_segments(plain):
            yield from self._rows_by_segments.get(segments, ())


def date_segments(text: str) -> list[tuple[int, ...]]:
    """Return the numbers that somebody may have typed where a spreadsheet now has a date.

    >>> date_segments("14-DEC"), date_segments("Dec-14"), date_segments("2026-12-14T00:00:00")
    ([(12, 14), (14, 12)], [(12, 14), (12, 2014)], [(12, 14), (14, 12), (12, 14, 26), (12, 14, 2026)])
    >>> date_segments("12-14")
    []
    """
    for shape in DATE_SHAPES:
        match = shape.fullmatch(text.strip().upper())
        if match is None:
            continue
        parts = match.groupdict()
        month = MONTHS.get(parts["month"], 0) or (int(parts["month"]) if parts["month"].isdecimal() else 0)
        if not 1 <= month <= 12:
            continue
        if (short := parts.get("short")) is not None:
            return [(month, int(short)), (month, int(short) + (2000 if int(short) < 30 else 1900))]
        day, year = int(parts["day"]), int(parts.get("year") or 0)
        typed = [(month, day), (day, month)]
        return typed + ([(month, day, year % 100), (month, day, year)] if year else [])
    return []


def _normalize(text: str) -> str:
    return text.strip().upper()


def _drop_digits(number: str) -> str:
    """Return a number as a spreadsheet keeps it, with zeros after 15 digits, and "" if it has no more of them.

    >>> _drop_digits("123456789012345678"), _drop_digits("123")
    ('123456789012345000', '')
    """
    lost = len(number) - SPREADSHEET_DIGITS
    return number[:SPREADSHEET_DIGITS] + "0" * lost if lost > 0 else ""


def _split_segments(text: str) -> list[str]:
    return [part for part in SEPARATORS.split(text.upper()) if part]


def _group_rows(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for name, row in pairs:
        rows.setdefault(name, []).append(row)
    return rows
