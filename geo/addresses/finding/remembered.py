"""What addresses were found to name, kept beside the workspace: the next join asks the index only for what is new.

Taken only as what it was made of, as the columns are (`geo.join.kept`): the layers that the index is built from.
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

from geo.addresses.finding.columns import Asked, Sure, parcels_by
from geo.addresses.finding.corners import corner, places_by
from geo.addresses.gazetteer.index import AddressIndex
from geo.beside import MADE_OF, mapped, write
from geo.places import LonLat

FORMAT = 2  # grows with every change of what a file holds, and of what an address may name
GOVERNING = b"governing"
COLUMNS = ("text", "parcels", "towns", "lon", "lat")
TYPES = (pa.string(), pa.list_(pa.string()), pa.list_(pa.string()), pa.float64(), pa.float64())
KINDS = pa.schema(list(zip(COLUMNS, TYPES, strict=True)))


class Remembered:
    """Parcels and crossings by address, as they were found before, else as an index finds them.

    `stamps` tell the states of the layers that the index is built from, which `build` does when it is needed.
    """

    def __init__(
        self, folder: Path, stamps: Iterable[str], build: Callable[[], AddressIndex]
    ) -> None:
        self._path = folder / "found.arrow"
        told = json.dumps([FORMAT, *stamps])
        self._made_of = hashlib.sha256(told.encode()).hexdigest().encode()
        self._build = build
        self._new = False
        self._sure: dict[str, Sure] = {}
        self._corners: dict[str, LonLat | None] = {}
        self._governing: frozenset[str] | None = None
        self._take()

    @cached_property
    def _asked(self) -> Asked:
        return Asked(self._build())

    @property
    def governing(self) -> frozenset[str]:
        """The folded names of the towns that govern any parcel."""
        if self._governing is None:
            self._governing, self._new = self._asked.governing, True
        return self._governing

    def sure(self, address: str) -> Sure:
        """Give the parcels that an address names as it stands in the table."""
        if address not in self._sure:
            self._sure[address], self._new = self._asked.sure(address), True
        return self._sure[address]

    def corner(self, address: str) -> LonLat | None:
        """Find the one crossing that an address names."""
        if address not in self._corners:
            self._corners[address], self._new = corner(self._asked.index, address), True
        return self._corners[address]

    def parcels(self, addresses: Series, towns: Series) -> Series:
        """Find the ids of the parcels at addresses (see `parcels_by`)."""
        return parcels_by(self)(addresses, towns)

    def crossings(self, addresses: Series) -> np.ndarray:
        """Find the crossings that addresses name (see `places_by`)."""
        return places_by(self.corner)(addresses)

    def keep(self) -> None:
        """Write what was found, if anything is new. Where nothing can be written, nothing is kept."""
        if not self._new:
            return
        table = pa.concat_tables([_of_parcels(self._sure), _of_corners(self._corners)])
        told = {MADE_OF: self._made_of, GOVERNING: json.dumps(sorted(self.governing)).encode()}
        with suppress(OSError):
            write(self._path, table.replace_schema_metadata(told))

    def _take(self) -> None:
        told, columns = mapped(self._path, self._made_of, COLUMNS)
        if not columns:
            return
        self._governing = frozenset(json.loads(told[GOVERNING]))
        listed = (columns[name].to_pylist() for name in COLUMNS)
        for text, parcels, towns, lon, lat in zip(*listed, strict=True):
            if parcels is None:
                self._corners[text] = None if lon is None else LonLat(lon, lat)
            else:
                self._sure[text] = tuple(zip(parcels, towns, strict=True))


def _of_parcels(sure: Mapping[str, Sure]) -> pa.Table:
    """Put parcels by address into a table; what has no parcels is a crossing."""
    ids = [[id_ for id_, _ in found] for found in sure.values()]
    towns = [[town for _, town in found] for found in sure.values()]
    nowhere = [None] * len(sure)
    return pa.table([list(sure), ids, towns, nowhere, nowhere], schema=KINDS)


def _of_corners(corners: Mapping[str, LonLat | None]) -> pa.Table:
    none = [None] * len(corners)
    lons = [None if place is None else place.lon for place in corners.values()]
    lats = [None if place is None else place.lat for place in corners.values()]
    return pa.table([list(corners), none, none, lons, lats], schema=KINDS)
