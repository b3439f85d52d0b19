"""Parcels and crossings by address, in an index that is built when the first one is asked for."""

from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.addresses import AddressIndex, parcel_of_address, place_of_crossing
from geo.addresses.stored import ADDRESSED, index_of
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
