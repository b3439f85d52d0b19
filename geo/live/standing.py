"""What every edit is joined by: the towns of the day, the CRS, the settings, the index of addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from pyproj import CRS, Transformer

from geo.join.desk import Desk
from geo.join.ground import Ground
from geo.join.measured import NONE, Columns, Measured
from geo.join.settings import JoinSettings
from geo.join.towns import Towns
from geo.live.addresses import Addresses
from geo.live.cells import Cells
from geo.live.few import Few
from geo.places import WEB, Bbox

LEAST_DEGREE = 110_000.0  # m: no degree of latitude is shorter, nor one of longitude at the equator
SLACK = 1.01  # a metric CRS may tell metres that are as much too long or too short


@dataclass(frozen=True)
class Standing:
    """The workspace as edits find it."""

    work: CRS
    today: date
    settings: JoinSettings
    towns: Towns
    limits: tuple[str, ...]  # for each town the id of the municipality that carries its figures
    districts: Measured
    addresses: Addresses
    cells: Cells

    @cached_property
    def to_metres(self) -> Transformer:
        """From degrees to metres."""
        return Transformer.from_crs(WEB, self.work, always_xy=True)

    def box_of(self, west: float, south: float, east: float, north: float) -> Bbox:
        """Turn a box in metres into degrees."""
        x, y = (west, east, west, east), (south, south, north, north)
        lon, lat = self.to_metres.transform(x, y, direction="INVERSE")
        return Bbox(min(lon), min(lat), max(lon), max(lat))

    @cached_property
    def town_of(self) -> Mapping[str, int]:
        """The position of each town by its name."""
        return {name: row for row, name in enumerate(self.towns.names[:-1])}

    def desk(self, every: Mapping[str, Measured], ground: Ground, home: Columns) -> Desk:
        """Lay out a few rows as the join lays out all."""
        return Desk(
            every=every,
            rasters=(),
            work=self.work,
            today=self.today,
            settings=self.settings,
            find=self.addresses.find,
            crossing=self.addresses.crossing,
            towns=self.towns,
            ground=ground,
            home=home,
        )

    def positions(self, names: np.ndarray) -> np.ndarray:
        """Find the position of each town by its name, as joined tables tell it; `NONE` for any other."""
        return np.array([self.town_of.get(name, NONE) for name in names], np.int64)

    def home(self, parcels: Few) -> Columns:
        """Take the parcels' home towns as the join has found them."""
        names = parcels.values("town")
        return {"town": self.positions(names), "name": names}


def ground_of_joined(parcels: Few) -> Ground:
    """Take the ground of parcels as the join has found it; each parcel's ground parcel must be among them."""
    ids = parcels.values("id")
    rows = np.flatnonzero(parcels.values("ground_id") == ids)
    place = {id_: at for at, id_ in enumerate(ids[rows])}
    of = np.array([place[id_] for id_ in parcels.values("ground_id")], np.int64)
    return Ground(rows, of, np.bincount(of, minlength=len(rows)), parcels)


def wider(box: Bbox, metres: float) -> Bbox:
    """Widen a box in degrees on all sides, by so many metres or a little more."""
    up = metres * SLACK / LEAST_DEGREE
    most = min(max(abs(box.south), abs(box.north)) + up, 89.0)
    aside = up / np.cos(np.radians(most))
    return Bbox(box.west - aside, box.south - up, box.east + aside, box.north + up)
