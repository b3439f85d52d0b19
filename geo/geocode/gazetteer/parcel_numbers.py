"""Parcel index: find parcels by number, by the number with other separators, or by an old number.

`AddressIndex.build` makes a `ParcelIndex`. The matchers call `match_number`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from geo.geocode.gazetteer.string_column import StringColumn
from geo.identifiers import original_id, original_ids
from geo.key_repair import SEPARATORS, strip_separators
from geo.language.translate import gettext

MIN_BEGINNING, MIN_BEGINNING_DIGITS = 3, 4  # characters: fewer begin too many numbers
_MAX_KEY_BYTES = 40  # longer numbers share a key and are compared as full texts


@dataclass(frozen=True, eq=False)
class ParcelIndex:
    """All parcels, each once, with town, point and sorted number keys. `lon` and `lat` are degrees, nan if unknown.

    >>> parcels = pd.DataFrame({"parcel_id": ["1-23"], "old_id": ["99"], "town": ["Bel-Nor"], "lon": 0.0, "lat": 0.0})
    >>> index = ParcelIndex.build(parcels, parcels.iloc[:0])
    >>> list(index.match_number("1 23")), list(index.match_number("99"))
    ([(0, '')], [(0, 'Parcel 99 is now 1-23.')])
    """

    ids: StringColumn  # parcel ids as loaded
    town: Any  # int32: code of the town in `town_names`
    town_names: tuple[str, ...]
    lon: Any
    lat: Any
    rows_by_parcel: Any  # int32: rows of the address index, grouped by parcel
    row_start: Any  # int32, (parcels + 1,): start of each parcel's rows
    number_keys: Any  # bytes, sorted: numbers without separators
    number_parcels: Any
    old_number_keys: Any  # the same for old numbers
    old_number_parcels: Any
    old_ids: StringColumn  # "" without an old number

    @classmethod
    def build(cls, parcel_frame: DataFrame, rows: DataFrame) -> "ParcelIndex":
        """Return the index of the parcels in the parcel layer and of those that only addresses name."""
        named_parcels = rows.loc[rows["parcel_id"] != "", ["parcel_id", "town", "lon", "lat"]]
        all_parcels = pd.concat([parcel_frame, named_parcels]).drop_duplicates("parcel_id").reset_index(drop=True)
        codes, towns = pd.factorize(all_parcels["town"].astype("object"))
        ids = all_parcels["parcel_id"].to_numpy("object")
        with_old_id = all_parcels[all_parcels["old_id"].fillna("") != ""]
        searchable_numbers = _searchable_numbers(all_parcels["parcel_id"])
        number_keys, number_parcels = _sorted_number_keys(searchable_numbers, searchable_numbers.index.to_numpy())
        old_number_keys, old_number_parcels = _sorted_number_keys(with_old_id["old_id"], with_old_id.index.to_numpy())
        row_parcels = pd.Index(ids).get_indexer(rows["parcel_id"].to_numpy("object"))
        order = np.argsort(row_parcels, kind="stable").astype("int32")
        return cls(
            ids=StringColumn.from_texts(ids),
            town=codes.astype("int32"),
            town_names=tuple(str(town) for town in towns),
            lon=all_parcels["lon"].to_numpy("float64"),
            lat=all_parcels["lat"].to_numpy("float64"),
            rows_by_parcel=order,
            row_start=np.searchsorted(row_parcels[order], np.arange(len(ids) + 1)).astype("int32"),
            number_keys=number_keys,
            number_parcels=number_parcels,
            old_number_keys=old_number_keys,
            old_number_parcels=old_number_parcels,
            old_ids=StringColumn.from_texts(all_parcels["old_id"].fillna("")),
        )

    def slots_of_ids(self, parcel_ids: Series) -> Any:
        """Return the position of each parcel id in `ids` as int32, -1 if it is missing."""
        return pd.Index(self.ids.to_array()).get_indexer(parcel_ids.to_numpy("object")).astype("int32")

    def with_rows(self, row_parcels: Any) -> "ParcelIndex":
        """Return the same parcels over other address rows. `row_parcels` is the parcel of each row, -1 without one."""
        order = np.argsort(row_parcels, kind="stable").astype("int32")
        start = np.searchsorted(row_parcels[order], np.arange(len(self.ids) + 1)).astype("int32")
        return replace(self, rows_by_parcel=order, row_start=start)

    def rows_of_parcel(self, parcel: int) -> Any:
        """Return the address rows of a parcel."""
        return self.rows_by_parcel[self.row_start[parcel] : self.row_start[parcel + 1]]

    def match_beginning(self, query: str, limit: int) -> list[int]:
        """Return the parcels with numbers that begin with a text, lowest number first, at most `limit`.

        A beginning has a digit and `MIN_BEGINNING` characters, or `MIN_BEGINNING_DIGITS` if it has only digits.

        >>> parcels = pd.DataFrame({"parcel_id": ["10E620112", "10E7"], "old_id": "", "town": "", "lon": 0.0, "lat": 0.0})
        >>> index = ParcelIndex.build(parcels, parcels.iloc[:0])
        >>> index.match_beginning("10e 6", 5), index.match_beginning("10", 5)
        ([0], [])
        """
        typed_key = strip_separators(query)
        min_length = MIN_BEGINNING_DIGITS if typed_key.isdigit() else MIN_BEGINNING
        has_digit = any(character.isdigit() for character in typed_key)
        if len(typed_key) < min_length or not has_digit or not typed_key.isascii() or not len(self.number_keys):
            return []
        key = typed_key.encode()[:_MAX_KEY_BYTES]
        first = int(self.number_keys.searchsorted(key[: self.number_keys.itemsize]))
        parcels: dict[int, None] = {}
        for position in range(first, len(self.number_keys)):
            if len(parcels) == limit or not self.number_keys[position].startswith(key):
                break
            parcels[int(self.number_parcels[position])] = None
        return list(parcels)

    def match_number(self, query: str) -> Iterator[tuple[int, str]]:
        """Yield each parcel with that number, and a sentence about the difference, "" for none."""
        typed_key = strip_separators(query)
        for parcel in _parcels_with_number(self.number_keys, self.number_parcels, typed_key):
            recorded_id = self.ids[parcel]
            if typed_key in (strip_separators(recorded_id), strip_separators(original_id(recorded_id))):
                yield parcel, _number_difference(query, recorded_id)
        for parcel in _parcels_with_number(self.old_number_keys, self.old_number_parcels, typed_key):
            if typed_key == strip_separators(self.old_ids[parcel]):
                old_id, id_ = self.old_ids[parcel], self.ids[parcel]
                yield parcel, gettext("Parcel %(old_id)s is now %(id)s.", old_id=old_id, id=id_)


def _searchable_numbers(ids: Series) -> Series:
    """Return the ids of parcels, and also the ids without the source after them.

    >>> _searchable_numbers(Series(["7~beta-lots", "8"])).tolist()
    ['7', '8', '7~beta-lots']
    """
    bare_numbers = original_ids(ids)
    return pd.concat([bare_numbers, ids[bare_numbers != ids]])


def _number_difference(query: str, recorded_id: str) -> str:
    """Return a sentence about how a query differs from a number, "" if it does not.

    Separators may differ if the number on record has none.

    >>> _number_difference("10e 620 112", "10E620112"), _number_difference("1 23", "1-23")
    ('', '')
    >>> _number_difference("12-3", "1-23")
    'The parcel number on record is 1-23.'
    """
    texts = (query, recorded_id, original_id(recorded_id))
    typed, recorded, recorded_bare = (SEPARATORS.sub("-", text.strip()).upper() for text in texts)
    if typed in (recorded, recorded_bare) or "-" not in recorded:
        return ""
    return gettext("The parcel number on record is %(id)s.", id=recorded_id)


def _sorted_number_keys(numbers: Series, parcels: Any) -> tuple[Any, Any]:
    keys = np.array(
        [strip_separators(number).encode(errors="replace")[:_MAX_KEY_BYTES] for number in numbers.to_numpy(object)],
        dtype="S",
    )
    order = np.argsort(keys, kind="stable")
    return keys[order], parcels[order].astype("int32")


def _parcels_with_number(keys: Any, parcels: Any, typed_key: str) -> list[int]:
    key = typed_key.encode(errors="replace")[:_MAX_KEY_BYTES]
    if not key or not len(keys) or len(key) > keys.itemsize:
        return []
    first, last = keys.searchsorted(key), keys.searchsorted(key, side="right")
    return [int(parcel) for parcel in parcels[first:last]]
