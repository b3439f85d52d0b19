"""Cache of geocoded addresses in a file beside the workspace, for the next full join.

`geo.workspace.join_workspace` uses `GeocodeCache`. The fingerprint covers the layers of the index,
so a change in any of them discards the file.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from pandas import Series

from geo.arrow_cache import FINGERPRINT_KEY, map_columns, write_table
from geo.crs import LonLat
from geo.geocode.batch import IndexLookup, RecordedParcels, make_parcel_finder_from
from geo.geocode.batch_intersections import make_intersection_finder_from, unique_intersection
from geo.geocode.gazetteer.address_index import AddressIndex

FORMAT_VERSION = 2  # increase with each change of the file's content or of the matching
GOVERNING_KEY = b"governing"
CACHE_COLUMNS = ("text", "parcels", "towns", "lon", "lat")
CACHE_TYPES = (pa.string(), pa.list_(pa.string()), pa.list_(pa.string()), pa.float64(), pa.float64())
CACHE_SCHEMA = pa.schema(list(zip(CACHE_COLUMNS, CACHE_TYPES, strict=True)))


class GeocodeCache:
    """Parcels and intersections by address, from the cache file or else from an index.

    `layer_etags` identify the layers of the index. `build_index` is called only if an address is not in
    the file. `write_cache` stores new results.
    """

    def __init__(self, cache_dir: Path, layer_etags: Iterable[str], build_index: Callable[[], AddressIndex]) -> None:
        self._path = cache_dir / "found.arrow"
        payload = json.dumps([FORMAT_VERSION, *layer_etags])
        self._fingerprint = hashlib.sha256(payload.encode()).hexdigest().encode()
        self._build_index = build_index
        self._has_new_entries = False
        self._parcels_by_address: dict[str, RecordedParcels] = {}
        self._intersections_by_address: dict[str, LonLat | None] = {}
        self._governing_towns: frozenset[str] | None = None
        self._read_cache()

    @cached_property
    def _index_lookup(self) -> IndexLookup:
        return IndexLookup(self._build_index())

    @property
    def governing_towns(self) -> frozenset[str]:
        """The folded names of the towns that govern any parcel."""
        if self._governing_towns is None:
            self._governing_towns, self._has_new_entries = self._index_lookup.governing_towns, True
        return self._governing_towns

    def recorded_parcels(self, address: str) -> RecordedParcels:
        """Return the parcel id and town of each exact candidate of an address."""
        if address not in self._parcels_by_address:
            self._parcels_by_address[address], self._has_new_entries = (
                self._index_lookup.recorded_parcels(address),
                True,
            )
        return self._parcels_by_address[address]

    def unique_intersection(self, address: str) -> LonLat | None:
        """Return the only intersection that an address names, None without one."""
        if address not in self._intersections_by_address:
            self._intersections_by_address[address], self._has_new_entries = (
                unique_intersection(self._index_lookup.index, address),
                True,
            )
        return self._intersections_by_address[address]

    def find_parcels(self, addresses: Series, towns: Series) -> Series:
        """Return the parcel ids of addresses (see `make_parcel_finder_from`)."""
        return make_parcel_finder_from(self)(addresses, towns)

    def find_intersection_points(self, addresses: Series) -> np.ndarray:
        """Return the intersections of addresses as points (see `make_intersection_finder_from`)."""
        return make_intersection_finder_from(self.unique_intersection)(addresses)

    def write_cache(self) -> None:
        """Write the cache file if there are new results. A folder that is not writable is no error."""
        if not self._has_new_entries:
            return
        table = pa.concat_tables(
            [_parcels_table(self._parcels_by_address), _intersections_table(self._intersections_by_address)]
        )
        metadata = {
            FINGERPRINT_KEY: self._fingerprint,
            GOVERNING_KEY: json.dumps(sorted(self.governing_towns)).encode(),
        }
        with suppress(OSError):
            write_table(self._path, table.replace_schema_metadata(metadata))

    def _read_cache(self) -> None:
        metadata, columns = map_columns(self._path, self._fingerprint, CACHE_COLUMNS)
        if not columns:
            return
        self._governing_towns = frozenset(json.loads(metadata[GOVERNING_KEY]))
        column_values = (columns[name].to_pylist() for name in CACHE_COLUMNS)
        for address, parcels, towns, lon, lat in zip(*column_values, strict=True):
            if parcels is None:
                self._intersections_by_address[address] = None if lon is None else LonLat(lon, lat)
            else:
                self._parcels_by_address[address] = tuple(zip(parcels, towns, strict=True))


def _parcels_table(parcels_by_address: Mapping[str, RecordedParcels]) -> pa.Table:
    """Return parcels by address as a table. In the file, a row without parcels is an intersection.

    >>> _parcels_table({"4021 OAK AVE": (("10E1", "Bel-Nor"),)}).to_pylist()[0]["parcels"]
    ['10E1']
    """
    parcel_ids = [[parcel_id for parcel_id, _ in parcels] for parcels in parcels_by_address.values()]
    towns = [[town for _, town in parcels] for parcels in parcels_by_address.values()]
    no_points = [None] * len(parcels_by_address)
    return pa.table([list(parcels_by_address), parcel_ids, towns, no_points, no_points], schema=CACHE_SCHEMA)


def _intersections_table(points_by_address: Mapping[str, LonLat | None]) -> pa.Table:
    no_values = [None] * len(points_by_address)
    lons = [None if point is None else point.lon for point in points_by_address.values()]
    lats = [None if point is None else point.lat for point in points_by_address.values()]
    return pa.table([list(points_by_address), no_values, no_values, lons, lats], schema=CACHE_SCHEMA)
