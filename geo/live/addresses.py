"""Parcels and crossings by address, in an index that is built when the first one is asked for."""

from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.addresses import AddressIndex, parcel_of_address, place_of_crossing
from geo.addresses.stored import ADDRESSED, index_of
from geo.addresses.text import plain, words
from geo.addresses.words import fold
from geo.store.protocol import PUBLIC, Reader


class Addresses:
    """What the join looks addresses up in: every layer that has any, with the towns that the files name.

    `reader` is the store as it stands when somebody asks.
    """

    reader: Reader

    @cached_property
    def index(self) -> AddressIndex:
        """The index, built once."""
        layers = {name: self.reader.frame(name, actor=PUBLIC) for name in ADDRESSED}
        return index_of({name: _by_id(frame) for name, frame in layers.items() if len(frame)}, {})

    def forget(self) -> None:
        """Build the index anew when the next one is asked for: what it was built of has changed."""
        for name in ("index", "aliases"):
            self.__dict__.pop(name, None)

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
        return parcel_of_address(self.index)(addresses, towns)

    def crossing(self, addresses: pd.Series) -> np.ndarray:
        """Find the points in degrees of the crossings that addresses name."""
        return place_of_crossing(self.index)(addresses)


def _by_id(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sort a layer as the join does."""
    order = pc.array_sort_indices(pa.array(frame["id"], pa.large_string()))
    return frame.iloc[order.to_numpy()].reset_index(drop=True)


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(words(plain(name))).split())
