"""Parcels and crossings by address, in an index that is built when the first one is asked for."""

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

from geo.addresses import AddressIndex, parcel_of_address, place_of_crossing
from geo.addresses.gazetteer.amended import amended, book_of
from geo.addresses.gazetteer.stored import ADDRESSED, index_of
from geo.addresses.gazetteer.table import StreetBook
from geo.addresses.reading.houses import houses
from geo.addresses.reading.text import plain, words
from geo.addresses.reading.words import fold
from geo.errors import NoSuchRecord
from geo.layers import LAYERS, typed
from geo.naming import OF_SOURCE
from geo.places import WEB
from geo.store.protocol import PUBLIC, Query, Reader, Record

NUMBER = re.compile("[0-9]{1,6}")


class Addresses:
    """What the join looks addresses up in: every layer that has any, with the towns that the files name.

    `reader` is the store as it stands when somebody asks. Parcels that have changed since the index was built are asked about in
    a small one (see `amended`).
    """

    reader: Reader

    def __init__(self) -> None:
        self._changed: set[str] = set()

    @cached_property
    def index(self) -> AddressIndex:
        """The index, built once."""
        layers = {name: self.reader.frame(name, actor=PUBLIC) for name in ADDRESSED}
        return index_of({name: _by_id(frame) for name, frame in layers.items() if len(frame)}, {})

    @cached_property
    def book(self) -> StreetBook:
        """The streets of the index."""
        return book_of(self.index)

    def forget(self) -> None:
        """Build the index anew when the next one is asked for: what it was built of has changed."""
        self._changed.clear()
        for name in ("index", "book", "aliases"):
            self.__dict__.pop(name, None)

    def changed(self, ids: Collection[str]) -> None:
        """Note parcels that have come, gone or changed, on streets that the index knows."""
        if "index" not in self.__dict__ or any(OF_SOURCE in id_ for id_ in ids):
            self.forget()
        else:
            self._changed |= set(ids)

    @cached_property
    def aliases(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """The words of each street that has another name, and those of the other name."""
        frame = self.reader.frame("aliases", actor=PUBLIC)
        told = zip(frame["street"], frame["alias"], strict=True)
        return [(_words(street), _words(alias)) for street, alias in told]

    def other_names(self, street: frozenset[str]) -> frozenset[str]:
        """Give the words of the other names that a street with such words may have."""
        return frozenset().union(*(alias for own, alias in self.aliases if own & street))

    def find(self, addresses: pd.Series, towns: pd.Series) -> pd.Series:
        """Find the ids of the parcels at addresses."""
        return parcel_of_address(self._index_for(addresses))(addresses, towns)

    def _index_for(self, addresses: pd.Series) -> AddressIndex:
        """Give an index that answers for some addresses as the parcels stand."""
        if not self._changed:
            return self.index
        rows = self._frame("addresses", self._addresses())
        if (rows["street"].notna() & rows["number"].notna()).all():
            numbers = set().union(*map(_numbers, addresses))
            parcels = self._frame("parcels", self._parcels())
            return amended(self.index, self.book, numbers, self._changed, parcels, rows)
        self.forget()
        return self.index

    def _parcels(self) -> Iterator[Record]:
        for id_ in sorted(self._changed):
            with suppress(NoSuchRecord):
                yield self.reader.get("parcels", id_, actor=PUBLIC)

    def _addresses(self) -> Iterator[Record]:
        query = Query(where={"parcel_id": tuple(sorted(self._changed))})
        return self.reader.query("addresses", query, actor=PUBLIC)

    def _frame(self, name: str, records: Iterable[Record]) -> gpd.GeoDataFrame:
        """Put records of a layer into a frame, as the reader gives whole layers."""
        layer = LAYERS[name]
        rows = [
            {
                "id": one.id,
                "source": one.source,
                "geometry": one.wkb and shapely.from_wkb(one.wkb),
                **one.values,  # noqa: PD011
            }
            for one in records
        ]
        own = ["id", "source", *(field.name for field in layer.fields), "geometry"]
        frame = pd.DataFrame(rows, columns=own)
        return typed(gpd.GeoDataFrame(frame, geometry="geometry", crs=WEB), layer)

    def crossing(self, addresses: pd.Series) -> np.ndarray:
        """Find the points in degrees of the crossings that addresses name."""
        return place_of_crossing(self.index)(addresses)


def _by_id(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sort a layer as the join does."""
    order = pc.array_sort_indices(pa.array(frame["id"], pa.large_string()))
    return frame.iloc[order.to_numpy()].reset_index(drop=True)


def _numbers(address: str) -> set[int]:
    """Give every number that may be the house's, in figures or as it is spoken."""
    text = plain(address)
    spoken = {house.number for house, _ in houses(text) if house is not None}
    return spoken | {int(found) for found in NUMBER.findall(text)}


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(words(plain(name))).split())
