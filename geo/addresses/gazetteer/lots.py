"""Parcel numbers: found as written, with other blanks and hyphens, or by the number of before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from geo.addresses.gazetteer.texts import Texts
from geo.naming import bare, bare_ids

_SEPARATORS = re.compile(r"[\s\-./]+")
_KEY_BYTES = 40  # a longer number is told apart by its whole text


@dataclass(frozen=True, eq=False)
class Lots:
    """Each parcel once, with its town and place, and its numbers in sorted columns."""

    ids: Texts  # as loaded
    town: Any  # int32 into town_names
    town_names: tuple[str, ...]
    lon: Any
    lat: Any
    rows: Any  # int32: rows of the index, by parcel
    row_start: Any  # int32: where each parcel's rows begin
    loose: Any  # sorted bytes: numbers without blanks and hyphens
    loose_lot: Any
    old: Any  # the same for the numbers of before
    old_lot: Any
    old_ids: Texts  # empty where there is none

    @classmethod
    def build(cls, lots: DataFrame, rows: DataFrame) -> "Lots":
        """Gather the parcels that the parcel layer has and those that only addresses name."""
        named = rows.loc[rows["parcel_id"] != "", ["parcel_id", "town", "lon", "lat"]]
        every = pd.concat([lots, named]).drop_duplicates("parcel_id").reset_index(drop=True)
        codes, towns = pd.factorize(every["town"].astype("object"))
        ids = every["parcel_id"].to_numpy("object")
        had = every[every["old_id"].fillna("") != ""]
        numbers = _numbers(every["parcel_id"])
        loose, loose_lot = _keys(numbers, numbers.index.to_numpy())
        old, old_lot = _keys(had["old_id"], had.index.to_numpy())
        at = pd.Index(ids).get_indexer(rows["parcel_id"].to_numpy("object"))
        order = np.argsort(at, kind="stable").astype("int32")
        return cls(
            ids=Texts.of(ids),
            town=codes.astype("int32"),
            town_names=tuple(str(town) for town in towns),
            lon=every["lon"].to_numpy("float64"),
            lat=every["lat"].to_numpy("float64"),
            rows=order,
            row_start=np.searchsorted(at[order], np.arange(len(ids) + 1)).astype("int32"),
            loose=loose,
            loose_lot=loose_lot,
            old=old,
            old_lot=old_lot,
            old_ids=Texts.of(every["old_id"].fillna("")),
        )

    def codes(self, parcel_ids: Series) -> Any:
        """Give the place of each parcel number among `ids`; -1 where there is none."""
        return pd.Index(self.ids.all()).get_indexer(parcel_ids.to_numpy("object")).astype("int32")

    def over(self, lot: Any) -> "Lots":
        """Give the same parcels over other rows of an index; `lot` is each row's parcel, -1 where it has none."""
        order = np.argsort(lot, kind="stable").astype("int32")
        start = np.searchsorted(lot[order], np.arange(len(self.ids) + 1)).astype("int32")
        return replace(self, rows=order, row_start=start)

    def rows_of(self, lot: int) -> Any:
        """Give the index's rows that name a parcel."""
        return self.rows[self.row_start[lot] : self.row_start[lot + 1]]

    def called(self, query: str) -> Iterator[tuple[int, str]]:
        """Yield the parcels whose number a query is, with what had to be changed ("" for nothing)."""
        typed = _loose(query)
        for lot in _found(self.loose, self.loose_lot, typed):
            kept = self.ids[lot]
            if typed in (_loose(kept), _loose(bare(kept))):
                yield lot, _difference(query, kept)
        for lot in _found(self.old, self.old_lot, typed):
            if typed == _loose(self.old_ids[lot]):
                told = f"{self.old_ids[lot]} is now {self.ids[lot]}."
                yield lot, f"Parcel number: {told}"


def _numbers(ids: Series) -> Series:
    """Give what each parcel may be called: its id, and what stands before a source's name in it."""
    own = bare_ids(ids)
    return pd.concat([own, ids[own != ids]])


def _loose(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()


def _difference(query: str, kept: str) -> str:
    """Say how a query differs from a number; blanks and hyphens are free where the number has none.

    >>> _difference("10e 620 112", "10E620112"), _difference("1 23", "1-23")
    ('', '')
    >>> _difference("12-3", "1-23")
    'Parcel number: the number on record is 1-23.'
    """
    names = (query, kept, bare(kept))
    typed, known, own = (_SEPARATORS.sub("-", text.strip()).upper() for text in names)
    if typed in (known, own) or "-" not in known:
        return ""
    return f"Parcel number: the number on record is {kept}."


def _keys(numbers: Series, lots: Any) -> tuple[Any, Any]:
    keys = np.array(
        [
            _loose(number).encode(errors="replace")[:_KEY_BYTES]
            for number in numbers.to_numpy(object)
        ],
        dtype="S",
    )
    order = np.argsort(keys, kind="stable")
    return keys[order], lots[order].astype("int32")


def _found(keys: Any, lots: Any, typed: str) -> list[int]:
    key = typed.encode(errors="replace")[:_KEY_BYTES]
    if not key or not len(keys) or len(key) > keys.itemsize:
        return []
    first, last = keys.searchsorted(key), keys.searchsorted(key, side="right")
    return [int(lot) for lot in lots[first:last]]
