"""An index in which a few parcels have changed, for addresses of a few house numbers.

To build the index of a county takes seconds. What stands at a house number is told by the rows of that number alone, so that
for a few numbers a small index answers as the whole one would.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo.addresses.gazetteer.index import NO_NUMBER, SAME, AddressIndex
from geo.addresses.gazetteer.lots import Lots
from geo.addresses.gazetteer.table import StreetBook, address_rows, lot_table, parcel_rows
from geo.addresses.gazetteer.texts import Texts

TEXTS = ("frac", "letter", "unit", "town", "postal", "zip")
COLUMNS = ("key", "high", "lot", "lon", "lat", *TEXTS)


def book_of(index: AddressIndex) -> StreetBook:
    """Give the street book that an index was built with."""
    book = StreetBook({}, list(index.labels), [{} for _ in index.labels])
    book.number_of = {street: number for number, street in enumerate(index.parts)}
    for ways in index.by_name.values():
        for number, way in ways:
            book.spelt[number][way] = None
    return book


def amended(
    index: AddressIndex,
    book: StreetBook,
    numbers: Collection[int],
    changed: Collection[str],
    parcels: pd.DataFrame,
    addresses: pd.DataFrame,
) -> AddressIndex:
    """Give an index of the addresses of some house numbers, in which some parcels have changed.

    `changed` are the ids of parcels that came, went or are otherwise; `parcels` and `addresses` are the rows of the layers that
    now tell of them. These must be on streets that the index knows, read in ways that it knows (see `told_street`), for
    what the index knows besides addresses (streets, crossings, places) stays.
    """
    lots = lot_table(parcels, {}, None)
    told = [address_rows(addresses, book, {}, {})] if len(addresses) else []
    told += [parcel_rows(parcels, book, lots)] if len(parcels) else []
    number = index.key & NO_NUMBER
    asked = np.isin(number, list(numbers)) | _spans(index, number, numbers)
    ids = np.append(index.lots.ids.all(), [""])
    kept = np.flatnonzero(asked)
    kept = kept[~np.isin(ids[index.lot[kept]].astype(str), list(changed))]
    columns, texts = {name: getattr(index, name)[kept] for name in COLUMNS}, dict(index.texts)
    known = _with(index.lots, lots)
    if told:
        rows = pd.concat(told, ignore_index=True).drop_duplicates(list(SAME))
        new = _columns(rows, known, texts)
        columns = {name: np.concatenate([columns[name], new[name]]) for name in COLUMNS}
    order = np.argsort(columns["key"], kind="stable")
    columns = {name: column[order] for name, column in columns.items()}
    ranges = np.flatnonzero(columns["high"]).astype("int32")
    return replace(index, **columns, ranges=ranges, texts=texts, lots=known.over(columns["lot"]))


def _spans(index: AddressIndex, number: Any, numbers: Collection[int]) -> Any:
    """Mark the ranges in which any of the numbers lies."""
    first, last = number[index.ranges], index.high[index.ranges]
    within = np.zeros(len(first), bool)
    for one in numbers:
        within |= (first <= one) & (one <= last)
    marks = np.zeros(len(number), bool)
    marks[index.ranges] = within
    return marks


def _columns(rows: pd.DataFrame, lots: Lots, texts: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Put rows as the index holds them; what texts are new is added to `texts`."""
    number = rows["number"].where(rows["number"] >= 0, NO_NUMBER)
    new: dict[str, Any] = {
        "key": (rows["street"] * (1 << 20) + number).to_numpy("int64"),
        "high": rows["high"].to_numpy("int32"),
        "lot": lots.codes(rows["parcel_id"]),
        "lon": rows["lon"].to_numpy("float64"),
        "lat": rows["lat"].to_numpy("float64"),
    }
    for name in TEXTS:
        codes = {text: code for code, text in enumerate(texts[name])}
        new[name] = np.array([codes.setdefault(text, len(codes)) for text in rows[name]], "int32")
        texts[name] = tuple(codes)
    return new


def _with(lots: Lots, more: pd.DataFrame) -> Lots:
    """Add parcels to those that there are, or give them the town that they now have."""
    town, names = lots.town.copy(), {name: code for code, name in enumerate(lots.town_names)}
    codes = [names.setdefault(str(name), len(names)) for name in more["town"]]
    at = lots.codes(more["parcel_id"])
    there = at >= 0
    town[at[there]] = np.array(codes, "int32")[there]
    size = int((~there).sum())
    nowhere = np.full(size, np.nan)
    return replace(
        lots,
        ids=Texts.of([*lots.ids.all(), *more["parcel_id"].to_numpy("object")[~there]]),
        town=np.append(town, np.array(codes, "int32")[~there]),
        town_names=tuple(names),
        lon=np.append(lots.lon, nowhere),
        lat=np.append(lots.lat, nowhere),
        old_ids=Texts.of(
            [*lots.old_ids.all(), *more["old_id"].fillna("").to_numpy("object")[~there]]
        ),
    )
