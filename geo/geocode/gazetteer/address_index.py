"""Address index: sorted columns of all addresses, with the streets and parcels they belong to.

`AddressIndex.build` makes one from layers. The geocoder, batch geocoding and the offline files read it.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pandas import DataFrame

from geo.geocode.gazetteer.address_table import (
    StreetRegistry,
    address_rows,
    fold_name,
    parcel_address_frame,
    parcel_rows,
)
from geo.geocode.gazetteer.district_index import DistrictIndex
from geo.geocode.gazetteer.intersections import IntersectionIndex
from geo.geocode.gazetteer.landmarks import Landmarks
from geo.geocode.gazetteer.parcel_numbers import ParcelIndex
from geo.geocode.gazetteer.street_names import OtherNames, group_by_length, street_columns
from geo.geocode.gazetteer.town_boundaries import TownBoundaries
from geo.geocode.parse.address_parser import Street
from geo.geocode.parse.edit_distance import LengthBucket, SpellingIndex, group_by_initials
from geo.geocode.parse.house_numbers import House
from geo.geocode.parse.town_names import TownNames
from geo.geocode.parse.vocabulary import expand_words, fuzzy_forms

NO_NUMBER = (1 << 20) - 1  # the lower 20 bits of a key without a house number
MAX_NUMBERS_IN_RANGE = 500  # a wider range is an error in the data
MAX_CACHED_NUMBERS = 256  # house numbers with a cached spelling index
IDENTITY_COLUMNS = ("street", "number", "high", "frac", "letter", "unit", "parcel_id")


def address_key(street_id: Any, house_number: Any) -> Any:
    """Return the key by which rows are sorted: the street in the upper bits, the house number in the lower 20.

    >>> address_key(3, 1912)
    3147640
    """
    return street_id << 20 | house_number


@dataclass(frozen=True, eq=False)
class AddressIndex:
    """All addresses, parcel numbers, streets, intersections, landmarks and districts of some towns. Immutable.

    Rows are sorted by `key`: the street id times 2**20 plus the house number. Text columns hold int32
    codes into `categories`. `lon` and `lat` are degrees (float64), nan if unknown. Every row column has
    shape `(n,)`. Threads may share an index, since nothing changes after `build` but caches.
    """

    key: Any  # int64, (n,), sorted
    high: Any  # int32: upper number of a range, 0 without a range
    frac: Any
    letter: Any
    unit: Any
    town: Any
    postal: Any
    zip: Any
    parcel: Any  # int32: position in `parcel_index`, -1 without a parcel
    lon: Any
    lat: Any
    ranges: Any  # int32: rows with a range, sorted
    categories: Mapping[str, tuple[str, ...]]  # the texts of each text column, by code
    street_labels: tuple[str, ...]  # each street as written, by street id
    streets: tuple[Street, ...]  # each street in its parts, by street id
    streets_by_name: Mapping[str, tuple[tuple[int, Street], ...]]  # street id and parts by folded name
    sorted_spellings: tuple[tuple[str, ...], ...]  # words of each street as written and folded, sorted
    spelling_street_ids: tuple[int, ...]  # street id of each spelling
    aliases: Mapping[str, tuple[tuple[int, str, str], ...]]  # by folded alias: street id, folded town, alias
    town_names: TownNames  # spelling of towns and post offices by folded name
    parcel_index: ParcelIndex
    intersections: IntersectionIndex
    landmarks: Landmarks
    districts: DistrictIndex
    town_boundaries: TownBoundaries

    @classmethod
    def build(
        cls,
        *,
        addresses: gpd.GeoDataFrame | None = None,
        parcels: gpd.GeoDataFrame | None = None,
        streets: gpd.GeoDataFrame | None = None,
        landmarks: gpd.GeoDataFrame | None = None,
        districts: gpd.GeoDataFrame | None = None,
        aliases: gpd.GeoDataFrame | None = None,
        parcel_towns: Mapping[str, str] | None = None,
        address_towns: Mapping[str, str] | None = None,
        landmark_towns: Mapping[str, str] | None = None,
        label_points: DataFrame | None = None,
        towns: gpd.GeoDataFrame | None = None,
        as_of: str | None = None,
    ) -> "AddressIndex":
        """Return an index of the given layers, each an admitted frame in degrees.

        `parcel_towns`, `address_towns` and `landmark_towns` map ids to the town that the join found. Other
        rows keep the town declared in the file. `label_points` has the columns `id`, `lon` and `lat` with
        the display point of each parcel. `towns` are the municipalities. They and the districts are those of the
        day `as_of`.

        >>> parcels = DataFrame({"id": ["10E1"], "address": ["4021 Oak Ave"], "town_declared": ["Bel-Nor"]})
        >>> index = AddressIndex.build(parcels=parcels.assign(old_id="", postal_city="", zip="63121"))
        >>> len(index), index.street_labels, index.house_number(0), index.text_at("zip", 0)
        (1, ('Oak Ave',), 4021, '63121')
        >>> index.row_range(0, 4021), index.row_range(0, 4023)
        ((0, 1), (1, 1))
        """
        addresses, parcels, streets = (_none_if_empty(addresses), _none_if_empty(parcels), _none_if_empty(streets))
        town_by_parcel = parcel_towns or {}
        registry = StreetRegistry()
        parcel_frame = parcel_address_frame(parcels, town_by_parcel, label_points)
        row_frames = []
        if addresses is not None:
            row_frames.append(address_rows(addresses, registry, address_towns or {}, town_by_parcel))
        if parcels is not None:
            row_frames.append(parcel_rows(parcels, registry, parcel_frame))
        row_frames = [rows for rows in row_frames if len(rows)]
        rows = _sort_rows(pd.concat(row_frames, ignore_index=True)) if row_frames else None
        return cls(
            **_build_columns(rows, parcel_frame, aliases),
            **street_columns(registry, aliases),
            intersections=IntersectionIndex.build(streets, aliases),
            landmarks=Landmarks.build(landmarks, landmark_towns or {}),
            districts=DistrictIndex.build(_none_if_empty(districts), as_of),
            town_boundaries=TownBoundaries.build(_none_if_empty(towns), as_of),
        )

    @cached_property
    def names_by_form(self) -> tuple[Sequence[str], ...]:
        """The names of all streets in each form of `fuzzy_forms`, by street id."""
        street_forms = [fuzzy_forms(street.name, street.suffix) for street in self.streets]
        return tuple(zip(*street_forms, strict=True)) if street_forms else ((), (), (), ())

    @cached_property
    def length_buckets(self) -> Mapping[int, LengthBucket]:
        """The distinct full names of streets, grouped by length, with the ids of their streets."""
        return group_by_length(self.names_by_form)

    @cached_property
    def other_names(self) -> OtherNames:
        """The streets by road number and by person."""
        return OtherNames.build(self.street_labels, self.streets_by_name, self.aliases)

    @cached_property
    def number_street_keys(self) -> Sequence[int]:
        """Sorted keys of every house number on every street: the number times 2**20 plus the street id.

        A range counts with every number that it contains.
        """
        house_numbers, street_ids = self.key & NO_NUMBER, self.key >> 20
        low, high = house_numbers[self.ranges], self.high[self.ranges].astype("int64")
        step = 2 - (high - low) % 2
        count = np.minimum((high - low) // step, MAX_NUMBERS_IN_RANGE)
        step_numbers = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + 1
        contained_numbers = np.repeat(low, count) + step_numbers * np.repeat(step, count)
        range_keys = contained_numbers << 20 | np.repeat(street_ids[self.ranges], count)
        return _as_memoryview(np.unique(np.concatenate([house_numbers << 20 | street_ids, range_keys])))

    def streets_with_number(self, house: House | None) -> Collection[int] | None:
        """Return the ids of the streets with a house number, alone or in a range. None for no house means all."""
        if house is None:
            return None
        number = house.number
        first = bisect_left(self.number_street_keys, number << 20)
        last = bisect_left(self.number_street_keys, number + 1 << 20, first)
        return dict.fromkeys(key & NO_NUMBER for key in self.number_street_keys[first:last])

    def spelling_index_of_number(self, number: int) -> SpellingIndex:
        """Return the spellings of the streets with a house number, cached for up to `MAX_CACHED_NUMBERS` numbers."""
        spelling_index = self._spelling_indexes.get(number)
        if spelling_index is None:
            street_ids = list(self.streets_with_number(House(number)) or ())
            names_by_form = [[form[street_id] for street_id in street_ids] for form in self.names_by_form]
            words_by_street = {street_id: expand_words(self.streets[street_id].name) for street_id in street_ids}
            spelling_index = SpellingIndex(street_ids, names_by_form, group_by_initials(words_by_street))
            if len(self._spelling_indexes) >= MAX_CACHED_NUMBERS:
                self._spelling_indexes.clear()
            self._spelling_indexes[number] = spelling_index
        return spelling_index

    @cached_property
    def _spelling_indexes(self) -> dict[int, SpellingIndex]:
        return {}

    def row_range(self, street_id: int, number: int | None = None) -> tuple[int, int]:
        """Return the first row of a street, or of a house number on it, and the row after its last."""
        low = address_key(street_id, number or 0)
        first = bisect_left(self.key_view, low)
        if number is not None and (first == len(self.key_view) or self.key_view[first] != low):
            return first, first
        end = address_key(street_id + 1, 0) if number is None else low + 1
        return first, bisect_left(self.key_view, end, first)

    @cached_property
    def key_view(self) -> Sequence[int]:
        """The keys as a memoryview, because `bisect` is faster than numpy for a single number."""
        return _as_memoryview(self.key)

    @cached_property
    def range_row_view(self) -> Sequence[int]:
        """The rows with a range, as a memoryview."""
        return _as_memoryview(self.ranges)

    @cached_property
    def range_key_view(self) -> Sequence[int]:
        """The keys of the rows with a range, as a memoryview."""
        return _as_memoryview(self.key[self.ranges])

    @cached_property
    def max_range_length(self) -> int:
        """The length of the longest range in house numbers."""
        lengths = self.high[self.ranges] - (self.key[self.ranges] & NO_NUMBER)
        return int(lengths.max(initial=0))

    def house_number(self, row: int) -> int:
        """Return the house number of a row, -1 without one."""
        number = self.key.item(row) & NO_NUMBER
        return -1 if number == NO_NUMBER else number

    def street_id_of_row(self, row: int) -> int:
        """Return the street id of a row."""
        street_id: int = self.key.item(row) >> 20
        return street_id

    def text_at(self, column: str, row: int) -> str:
        """Return the value of a text column in a row, "" if unknown."""
        codes: Any = getattr(self, column)
        return self.categories[column][codes.item(row)]

    def __len__(self) -> int:
        """Return the number of addresses."""
        return len(self.key)


def _none_if_empty(layer: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return a layer, or None if it has no rows."""
    return None if layer is None or layer.empty else layer


def _as_memoryview(column: Any) -> Sequence[int]:
    return memoryview(column)


def _sort_rows(rows: DataFrame) -> DataFrame:
    """Drop duplicates, address points before parcels, and sort by street, number and unit."""
    rows = rows.drop_duplicates(list(IDENTITY_COLUMNS))
    house_numbers = rows["number"].where(rows["number"] >= 0, NO_NUMBER)
    unit_number = pd.to_numeric(rows["unit"].str.extract(r"([0-9]{1,9})")[0])  # so that 2 sorts before 10
    rows = rows.assign(
        key=address_key(rows["street"].to_numpy("int64"), house_numbers.to_numpy("int64")), unit_number=unit_number
    )
    order = ["key", "frac", "letter", "high", "unit_number", "unit"]
    return rows.sort_values(order, kind="stable", na_position="first")


def _build_columns(rows: DataFrame | None, parcel_frame: DataFrame, aliases: Any) -> dict[str, Any]:
    if rows is None:
        column_names = ("key", "high", "frac", "letter", "unit", "town", "postal", "zip", "parcel_id")
        rows = DataFrame({name: [] for name in (*column_names, "lon", "lat")})
    parcel_index = ParcelIndex.build(parcel_frame, rows)
    columns: dict[str, Any] = {
        "key": rows["key"].to_numpy("int64"),
        "high": rows["high"].to_numpy("int32"),
        "parcel": parcel_index.slots_of_ids(rows["parcel_id"]),
        "lon": rows["lon"].to_numpy("float64"),
        "lat": rows["lat"].to_numpy("float64"),
    }
    categories = {}
    for name in ("frac", "letter", "unit", "town", "postal", "zip"):
        columns[name], categories[name] = _factorize_text(rows[name])
    columns["ranges"] = np.flatnonzero(columns["high"]).astype("int32")
    for column in columns.values():
        column.setflags(write=False)
    row_town_names = {name for text_column in ("town", "postal") for name in categories[text_column] if name}
    town_names = sorted(row_town_names | set(parcel_index.town_names))
    alias_pairs = () if aliases is None else zip(aliases["alias"], aliases["street"], strict=True)
    folded_names = TownNames.with_aliases({fold_name(name): name for name in town_names if name}, alias_pairs)
    return {**columns, "categories": categories, "parcel_index": parcel_index, "town_names": folded_names}


def _factorize_text(column: Any) -> tuple[Any, tuple[str, ...]]:
    codes, categories = pd.factorize(column.astype("object"))
    return codes.astype("int32"), tuple(str(text) for text in categories)
