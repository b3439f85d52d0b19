"""What every part of the join works on, laid out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from pyproj import CRS

from geo.join.ground import Ground, ground_of
from geo.join.keys import ParcelOfAddress, PlaceOfCrossing
from geo.join.measured import NONE, NOTHING, Columns, Measured, complete, nowhere
from geo.join.settings import JoinSettings
from geo.join.towns import Towns, homes, towns_on
from geo.rasters import Raster


@dataclass(frozen=True)
class Desk:
    """The layers in metres, the towns of the day, the ground parcels, and each parcel's home."""

    every: Mapping[str, Measured]
    rasters: Sequence[Raster]
    work: CRS
    today: date
    settings: JoinSettings
    find: ParcelOfAddress | None
    crossing: PlaceOfCrossing | None
    towns: Towns
    ground: Ground
    home: Columns  # of each parcel: town, name, share, text

    def __getitem__(self, layer: str) -> Measured:
        return self.every[layer]

    def towns_of(self, points: np.ndarray, parcel: np.ndarray) -> Columns:
        """Find the `town` of each place and its `name`: by its point, without one by its parcel.

        Where no limits are loaded, the parcel's declared town is all there is to tell.
        """
        unplaced = nowhere(points)
        town = self.towns.at(points, self.settings)
        town = np.where(unplaced, np.append(self.home["town"], NONE)[parcel], town)
        lent = np.append(self.home["name"], NOTHING)[parcel]
        own = unplaced | (not self.towns.loaded)
        return {"town": town, "name": np.where(own, lent, self.towns.names[town])}


def lay_out(
    layers: Mapping[str, Measured],
    *,
    work: CRS,
    today: date,
    settings: JoinSettings,
    **rest: Any,
) -> Desk:
    """Find the towns of the day, the ground, and each parcel's home."""
    every = complete(layers, work)
    towns = towns_on(today, every["municipalities"], settings)
    return Desk(
        every=every,
        work=work,
        today=today,
        settings=settings,
        towns=towns,
        ground=ground_of(every["parcels"]),
        home=homes(every["parcels"], towns, settings),
        **rest,
    )
