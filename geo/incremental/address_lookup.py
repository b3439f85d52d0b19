"""Address lookup of the incremental join: an index that is built on first use and follows edits.

`IncrementalAddressIndex` finds parcels and intersections by address. `EditSession` owns it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.crs import WGS84
from geo.errors import NoSuchRecord
from geo.geocode import AddressIndex, make_intersection_finder, make_parcel_finder
from geo.geocode.gazetteer.address_table import StreetRegistry
from geo.geocode.gazetteer.from_store import INDEXED_LAYERS, index_from_layers
from geo.geocode.gazetteer.index_overlay import build_overlay, registry_of_index
from geo.geocode.parse.house_numbers import parse_house_number
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.vocabulary import fold_words
from geo.identifiers import SOURCE_SEPARATOR
from geo.schema import LAYERS, cast_columns
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record

HOUSE_NUMBER = re.compile("[0-9]{1,6}")


class IncrementalAddressIndex:
    """The address index of the store, with the parcels that were edited since it was built.

    Set `reader` before each use: it is the store in the current transaction. Edited parcels are looked up
    in a small index laid over `base_index` (see `build_overlay`).
    """

    reader: Reader

    def __init__(self) -> None:
        self._changed_ids: set[str] = set()

    @cached_property
    def base_index(self) -> AddressIndex:
        """The index of all layers that have addresses."""
        layers = {name: self.reader.read_layer(name, actor=PUBLIC) for name in INDEXED_LAYERS}
        return index_from_layers({name: _sort_by_id(frame) for name, frame in layers.items() if len(frame)}, {})

    @cached_property
    def street_registry(self) -> StreetRegistry:
        """The streets of `base_index`."""
        return registry_of_index(self.base_index)

    def invalidate(self) -> None:
        """Discard the index. The next lookup builds it again."""
        self._changed_ids.clear()
        for name in ("base_index", "street_registry", "alias_pairs"):
            self.__dict__.pop(name, None)

    def mark_changed(self, ids: Collection[str]) -> None:
        """Note the ids of parcels that were added, changed or deleted.

        No street may be new to the index. The index is discarded if an id has a `~source` suffix.
        """
        if "base_index" not in self.__dict__ or any(SOURCE_SEPARATOR in id_ for id_ in ids):
            self.invalidate()
        else:
            self._changed_ids |= set(ids)

    @cached_property
    def alias_pairs(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """The words of each street that has an alias, with the words of the alias."""
        frame = self.reader.read_layer("aliases", actor=PUBLIC)
        name_pairs = zip(frame["street"], frame["alias"], strict=True)
        return [(_folded_words(street), _folded_words(alias)) for street, alias in name_pairs]

    def alias_words(self, street_words: frozenset[str]) -> frozenset[str]:
        """Return the words in the aliases of streets that share one of `street_words`."""
        return frozenset().union(*(alias for name_words, alias in self.alias_pairs if name_words & street_words))

    def parcel_of_address(self, addresses: pd.Series, towns: pd.Series) -> pd.Series:
        """Return the parcel id at each address, NA if there is none. `towns` decide between equal addresses."""
        return make_parcel_finder(self._index_for(addresses))(addresses, towns)

    def _index_for(self, addresses: pd.Series) -> AddressIndex:
        """Return an index that has the current parcels at `addresses`.

        If an address record of an edited parcel lacks its street or number, the whole index is built again.
        """
        if not self._changed_ids:
            return self.base_index
        address_rows = self._records_to_frame("addresses", self._addresses_of_changed_parcels())
        if (address_rows["street"].notna() & address_rows["number"].notna()).all():
            numbers = set().union(*map(_possible_house_numbers, addresses))
            parcels = self._records_to_frame("parcels", self._changed_parcel_records())
            return build_overlay(
                self.base_index, self.street_registry, numbers, self._changed_ids, parcels, address_rows
            )
        self.invalidate()
        return self.base_index

    def _changed_parcel_records(self) -> Iterator[Record]:
        for id_ in sorted(self._changed_ids):
            with suppress(NoSuchRecord):
                yield self.reader.get("parcels", id_, actor=PUBLIC)

    def _addresses_of_changed_parcels(self) -> Iterator[Record]:
        query = Query(where={"parcel_id": tuple(sorted(self._changed_ids))})
        return self.reader.query("addresses", query, actor=PUBLIC)

    def _records_to_frame(self, layer_name: str, records: Iterable[Record]) -> gpd.GeoDataFrame:
        """Return records as a frame like that of `Reader.read_layer`."""
        layer = LAYERS[layer_name]
        rows = [
            {
                "id": record.id,
                "source": record.source,
                "geometry": record.wkb and shapely.from_wkb(record.wkb),
                **record.values,  # noqa: PD011
            }
            for record in records
        ]
        columns = ["id", "source", *(field.name for field in layer.fields), "geometry"]
        frame = pd.DataFrame(rows, columns=columns)
        return cast_columns(gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84), layer)

    def point_of_intersection(self, addresses: pd.Series) -> np.ndarray:
        """Return the intersection that each address names, as a Shapely point in degrees, or None."""
        return make_intersection_finder(self.base_index)(addresses)


def _sort_by_id(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sort a layer by id as text, like the full join."""
    order = pc.array_sort_indices(pa.array(frame["id"], pa.large_string()))
    return frame.iloc[order.to_numpy()].reset_index(drop=True)


def _possible_house_numbers(address: str) -> set[int]:
    """Return all numbers that may be the house number of an address, in digits or in words.

    >>> sorted(_possible_house_numbers("4021 Highway 67")), sorted(_possible_house_numbers("Oak St"))
    ([67, 4021], [])
    """
    text = normalize_text(address)
    spoken_numbers = {house.number for house, _ in parse_house_number(text) if house is not None}
    return spoken_numbers | {int(digits) for digits in HOUSE_NUMBER.findall(text)}


def _folded_words(street_name: str) -> frozenset[str]:
    """Return the words of a street name, spelled alike.

    >>> sorted(_folded_words("Saint Charles Rock Road"))
    ['CHARLES', 'RD', 'ROCK', 'ST']
    """
    return frozenset(fold_words(split_words(normalize_text(street_name))).split())
