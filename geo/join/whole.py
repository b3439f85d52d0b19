"""The whole join, from layers to tables. Read `join_measured`: each line is one idea, in its own module."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.join.canopy import canopy_of
from geo.join.desk import Desk, lay_out
from geo.join.inspections import case_table, inspection_places
from geo.join.keys import ParcelOfAddress, PlaceOfCrossing
from geo.join.measured import NONE, Columns, Measured, in_metres, xy_of
from geo.join.others import other_tables
from geo.join.settings import JoinSettings
from geo.join.survey import Survey, site_table, surveyed, tree_table
from geo.join.tables import parcel_table, town_table
from geo.layers import LAYERS
from geo.progress import Progress, quiet
from geo.rasters import Raster

PLAIN = JoinSettings()


def join(
    layers: Mapping[str, gpd.GeoDataFrame],
    rasters: Sequence[Raster] = (),
    *,
    work: CRS,
    **rest: Any,
) -> dict[str, pd.DataFrame]:
    """Join everything to every parcel, and parcels to their towns as they stand on `today`.

    `layers` are admitted frames in degrees; any may be missing or empty. Everything is measured in
    `work`, whose unit is the metre. For the rest see `join_measured`.
    """
    every = {name: in_metres(frame, LAYERS[name], work) for name, frame in layers.items()}
    return dict(join_measured(every, rasters, work=work, **rest))


def join_measured(
    layers: Mapping[str, Measured],
    rasters: Sequence[Raster] = (),
    *,
    work: CRS,
    today: date,
    settings: JoinSettings = PLAIN,
    parcel_of_address: ParcelOfAddress | None = None,
    place_of_crossing: PlaceOfCrossing | None = None,
    progress: Progress | None = None,
    rest: Callable[[], None] = lambda: None,
) -> "Tables":
    """Join layers that are measured in `work` already; any may be missing or empty.

    `parcel_of_address(addresses, towns)` finds the ids of the parcels at addresses; without it nothing is
    placed by address. `place_of_crossing(addresses)` finds the points at which two streets cross. `progress` is told each step and
    how much of the whole is done before it (0 to 1); `rest` is called between two pieces of work,
    when columns that are mapped from files need not stay in memory.

    Gives for each layer that is present a table of `id` and exactly the layer's joined fields, by
    id, made when it is asked for. What is not known is NA, never 0. Of equal claims the lowest id wins, as text.
    """
    tell = progress or quiet
    tell("towns and parcels", 0.0)
    desk = lay_out(
        layers,
        work=work,
        today=today,
        settings=settings,
        rasters=rasters,
        find=parcel_of_address,
        crossing=place_of_crossing,
    )
    steps = Steps(desk, tell, rest)
    makers = steps.tables()
    return Tables({name: makers[name] for name in makers if name in layers}, rest)


@dataclass(frozen=True)
class Steps:
    """The steps after the desk is laid out, each done once: when the first table that needs it is asked for."""

    desk: Desk
    tell: Progress
    rest: Callable[[], None]

    @cached_property
    def survey(self) -> Survey:
        """The trees and their sites, placed."""
        self.tell("trees", 0.1)
        survey = surveyed(self.desk)
        self.rest()
        return survey

    @cached_property
    def cases(self) -> Columns:
        """The inspections, placed."""
        self.tell("inspections", 0.5)
        return inspection_places(self.desk)

    @cached_property
    def crown_towns(self) -> Columns:
        """The towns of the crowns."""
        self.tell("canopy", 0.6)
        return _crown_towns(self.desk)

    @cached_property
    def canopy(self) -> tuple[Columns, Columns]:
        """The canopy of the ground parcels and of the towns."""
        return canopy_of(self.desk, self.crown_towns["town"])

    def tables(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Tell how each table is made; the largest come first, to be written while the others are made."""
        return {
            "sites": lambda: site_table(self.desk, self.survey),
            "trees": lambda: tree_table(self.desk, self.survey),
            **other_tables(self.desk),
            "inspections": lambda: case_table(self.desk, self.cases),
            "canopy": lambda: self.desk["canopy"].table({"town": self.crown_towns["name"]}),
            "parcels": self._parcels,
            "municipalities": lambda: town_table(
                self.desk, self.survey, self.cases, self.canopy[1]
            ),
        }

    def _parcels(self) -> pd.DataFrame:
        survey, cases, (over_lots, _) = self.survey, self.cases, self.canopy
        self.tell("figures", 0.8)
        return parcel_table(self.desk, survey, cases, over_lots)


class Tables(Mapping[str, pd.DataFrame]):
    """Joined tables by layer, each made when it is asked for: no two need lie side by side."""

    def __init__(
        self, makers: Mapping[str, Callable[[], pd.DataFrame]], rest: Callable[[], None]
    ) -> None:
        self._makers = makers
        self._rest = rest

    def __getitem__(self, layer: str) -> pd.DataFrame:
        self._rest()
        table = self._makers[layer]()
        self._rest()
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def _crown_towns(desk: Desk) -> Columns:
    """Find the town in which a point inside each crown lies."""
    middles = shapely.point_on_surface(desk["canopy"].metres.shapes)
    return desk.towns_of(xy_of(middles), np.full(len(middles), NONE))
