"""The index: what a look-up reads, as sorted columns. Frozen: a new version replaces it whole."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pandas import DataFrame

from geo.addresses.gazetteer.crossings import Crossings
from geo.addresses.gazetteer.landmarks import Landmarks
from geo.addresses.gazetteer.limits import Limits
from geo.addresses.gazetteer.lots import Lots
from geo.addresses.gazetteer.spelt import streets_of
from geo.addresses.gazetteer.table import StreetBook, address_rows, lot_table, parcel_rows
from geo.addresses.reading.houses import House
from geo.addresses.reading.parsing import Street
from geo.addresses.reading.places import Places
from geo.addresses.reading.slips import Forms, Names, by_initials
from geo.addresses.reading.text import plain, words
from geo.addresses.reading.words import fold, spellings, words_in_full

NO_NUMBER = (1 << 20) - 1  # the key's lower bits where an address has no number
MOST_IN_RANGE = 500  # numbers: what spans more is no range of houses
FORMS_KEPT = 256  # numbers
SAME = ("street", "number", "high", "frac", "letter", "unit", "parcel_id")


@dataclass(frozen=True, eq=False)
class AddressIndex:
    """Every address, parcel number, street and landmark of some towns, ready to be asked.

    Rows are sorted by `key`, which is the street's number times 2**20 plus the house number. Texts
    stand in lists, rows hold their places there. Safe for many threads: nothing changes after `build`.
    """

    key: Any  # int64
    high: Any  # int32: upper number of a range, 0 where there is none
    frac: Any
    letter: Any
    unit: Any
    town: Any
    postal: Any
    zip: Any
    lot: Any  # int32: the parcel, as its place in `lots`, -1 where the table names none
    lon: Any
    lat: Any
    ranges: Any  # int32: the rows that are ranges, in order
    texts: Mapping[str, tuple[str, ...]]  # for each text column, what its codes stand for
    labels: tuple[str, ...]  # how each street is written
    parts: tuple[Street, ...]  # each street in its parts, as first read
    by_name: Mapping[str, tuple[tuple[int, Street], ...]]  # folded name: the streets so called
    spellings: tuple[tuple[str, ...], ...]  # streets as written and folded, word by word, sorted
    spelt: tuple[int, ...]  # the street of each
    aliases: Mapping[
        str, tuple[tuple[int, str, str], ...]
    ]  # folded: street, town (folded), as written
    places: Places  # folded towns and post offices: as written
    lots: Lots
    crossings: Crossings
    landmarks: Landmarks
    limits: Limits

    @classmethod
    def build(
        cls,
        *,
        addresses: gpd.GeoDataFrame | None = None,
        parcels: gpd.GeoDataFrame | None = None,
        streets: gpd.GeoDataFrame | None = None,
        landmarks: gpd.GeoDataFrame | None = None,
        aliases: gpd.GeoDataFrame | None = None,
        parcel_towns: Mapping[str, str] | None = None,
        address_towns: Mapping[str, str] | None = None,
        landmark_towns: Mapping[str, str] | None = None,
        places: DataFrame | None = None,
        towns: gpd.GeoDataFrame | None = None,
        as_of: str | None = None,
    ) -> "AddressIndex":
        """Index whatever layers are given, each an admitted frame in degrees.

        `parcel_towns`, `address_towns` and `landmark_towns` give the governing town by id, as the join
        found it; where they are silent the town that the file declares counts. `places` gives for each parcel
        (`id`) the `lon` and `lat` at which it is shown. `towns` are the municipalities, as they stand on the day `as_of`.
        """
        addresses, parcels, streets = _given(addresses), _given(parcels), _given(streets)
        lot_towns = parcel_towns or {}
        book = StreetBook()
        lots = lot_table(parcels, lot_towns, places)
        found = []
        if addresses is not None:
            found.append(address_rows(addresses, book, address_towns or {}, lot_towns))
        if parcels is not None:
            found.append(parcel_rows(parcels, book, lots))
        found = [rows for rows in found if len(rows)]
        rows = _sorted(pd.concat(found, ignore_index=True)) if found else None
        return cls(
            **_columns(rows, lots),
            **streets_of(book, aliases),
            crossings=Crossings.build(streets),
            landmarks=Landmarks.build(landmarks, landmark_towns or {}),
            limits=Limits.build(_given(towns), as_of),
        )

    @cached_property
    def in_full(self) -> tuple[Sequence[str], ...]:
        """Each street in each of the ways of `spellings`."""
        every = [spellings(street.name, street.suffix) for street in self.parts]
        return tuple(zip(*every, strict=True)) if every else ((), (), (), ())

    @cached_property
    def by_length(self) -> Mapping[int, Names]:
        """The names in full, each once, by how many letters they have; and which streets are so called."""
        streets: dict[str, list[int]] = {}
        for forms in self.in_full:
            for street, name in enumerate(forms):
                if name:
                    streets.setdefault(name, []).append(street)
        lengths: dict[int, list[str]] = {}
        for name in streets:
            lengths.setdefault(len(name), []).append(name)
        return {
            letters: Names.of(names, [streets[name] for name in names])
            for letters, names in lengths.items()
        }

    @cached_property
    def numbered(self) -> Sequence[int]:
        """Which streets have which numbers, sorted: a number times 2**20 plus the street; ranges count with all that they hold."""
        number, street = self.key & NO_NUMBER, self.key >> 20
        low, high = number[self.ranges], self.high[self.ranges].astype("int64")
        step = 2 - (high - low) % 2
        count = np.minimum((high - low) // step, MOST_IN_RANGE)
        nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + 1
        within = np.repeat(low, count) + nth * np.repeat(step, count)
        held = within << 20 | np.repeat(street[self.ranges], count)
        return _numbers(np.unique(np.concatenate([number << 20 | street, held])))

    def having(self, house: House | None) -> Collection[int] | None:
        """Give the streets that have a house number, alone or within a range; None, which is all, where there is none."""
        if house is None:
            return None
        number = house.number
        first = bisect_left(self.numbered, number << 20)
        last = bisect_left(self.numbered, number + 1 << 20, first)
        return dict.fromkeys(key & NO_NUMBER for key in self.numbered[first:last])

    def forms_having(self, number: int) -> Forms:
        """Give the streets that have a number in each way to spell them; kept while a street is typed."""
        found = self._forms.get(number)
        if found is None:
            streets = list(self.having(House(number)) or ())
            spelt = [[form[street] for street in streets] for form in self.in_full]
            names = {street: words_in_full(self.parts[street].name) for street in streets}
            found = Forms(streets, spelt, by_initials(names))
            if len(self._forms) >= FORMS_KEPT:
                self._forms.clear()
            self._forms[number] = found
        return found

    @cached_property
    def _forms(self) -> dict[int, Forms]:
        return {}

    def span(self, street: int, number: int | None = None) -> tuple[int, int]:
        """Give the first row of a street (or of one number on it) and the row behind its last."""
        low = street << 20 if number is None else street << 20 | number
        first = bisect_left(self.keys, low)
        if number is not None and (first == len(self.keys) or self.keys[first] != low):
            return first, first
        end = (street + 1) << 20 if number is None else low + 1
        return first, bisect_left(self.keys, end, first)

    @cached_property
    def keys(self) -> Sequence[int]:
        """The keys as a sequence of Python's numbers, in which `bisect` is quicker than numpy for one number."""
        return _numbers(self.key)

    @cached_property
    def range_rows(self) -> Sequence[int]:
        """The rows that are ranges, as `keys` gives keys."""
        return _numbers(self.ranges)

    @cached_property
    def range_keys(self) -> Sequence[int]:
        """The keys of the rows that are ranges."""
        return _numbers(self.key[self.ranges])

    @cached_property
    def longest_range(self) -> int:
        """How many numbers the longest range spans."""
        spans = self.high[self.ranges] - (self.key[self.ranges] & NO_NUMBER)
        return int(spans.max(initial=0))

    def number(self, row: int) -> int:
        """Give a row's house number, -1 where it has none."""
        number = self.key.item(row) & NO_NUMBER
        return -1 if number == NO_NUMBER else number

    def street(self, row: int) -> int:
        """Give the number of a row's street."""
        street: int = self.key.item(row) >> 20
        return street

    def text(self, column: str, row: int) -> str:
        """Give what a text column holds in a row; empty where unknown."""
        codes: Any = getattr(self, column)
        return self.texts[column][codes.item(row)]

    def __len__(self) -> int:
        """Count the addresses."""
        return len(self.key)


def _given(layer: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Take a layer without a row for none at all."""
    return None if layer is None or layer.empty else layer


def _numbers(column: Any) -> Sequence[int]:
    return memoryview(column)


@lru_cache(1 << 16)  # a town has few names, and each is asked for often
def folded(name: str) -> str:
    """Bring a town's or a street's name to the form under which it is looked up."""
    return fold(words(plain(name)))


def _sorted(rows: DataFrame) -> DataFrame:
    """Drop what two layers say alike (the address point comes first), and sort by street, number and unit."""
    rows = rows.drop_duplicates(list(SAME))
    number = rows["number"].where(rows["number"] >= 0, NO_NUMBER)
    door = pd.to_numeric(rows["unit"].str.extract(r"([0-9]{1,9})")[0])  # 2 stands before 10
    rows = rows.assign(key=rows["street"] * (1 << 20) + number, door=door)
    order = ["key", "frac", "letter", "high", "door", "unit"]
    return rows.sort_values(order, kind="stable", na_position="first")


def _columns(rows: DataFrame | None, lots: DataFrame) -> dict[str, Any]:
    if rows is None:
        empty = ("key", "high", "frac", "letter", "unit", "town", "postal", "zip", "parcel_id")
        rows = DataFrame({name: [] for name in (*empty, "lon", "lat")})
    known = Lots.build(lots, rows)
    columns: dict[str, Any] = {
        "key": rows["key"].to_numpy("int64"),
        "high": rows["high"].to_numpy("int32"),
        "lot": known.codes(rows["parcel_id"]),
        "lon": rows["lon"].to_numpy("float64"),
        "lat": rows["lat"].to_numpy("float64"),
    }
    texts = {}
    for name in ("frac", "letter", "unit", "town", "postal", "zip"):
        columns[name], texts[name] = _coded(rows[name])
    columns["ranges"] = np.flatnonzero(columns["high"]).astype("int32")
    for column in columns.values():
        column.setflags(write=False)
    known_names = {name for kind in ("town", "postal") for name in texts[kind] if name}
    names = sorted(known_names | set(known.town_names))
    places = Places({folded(name): name for name in names if name})
    return {**columns, "texts": texts, "lots": known, "places": places}


def _coded(column: Any) -> tuple[Any, tuple[str, ...]]:
    codes, texts = pd.factorize(column.astype("object"))
    return codes.astype("int32"), tuple(str(text) for text in texts)
