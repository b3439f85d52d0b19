"""The whole join, from layers to tables. Read `join_measured`: each line is one idea, in its own module."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
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
from geo.join.measured import NONE, Columns, Measured, in_metres
from geo.join.others import other_tables
from geo.join.settings import JoinSettings
from geo.join.survey import site_table, surveyed, tree_table
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
) -> "Tables":
    """Join layers that are measured in `work` already; any may be missing or empty.

    `parcel_of_address(addresses, towns)` finds the ids of the parcels at addresses; without it nothing is
    placed by address. `place_of_crossing(addresses)` finds the points at which two streets cross. `progress` is told each step and how much of the whole is done before it (0 to 1).

    Gives for each layer that is present a table of `id` and exactly the layer's joined fields, by
    id; the largest are made as they are asked for. What is not known is NA, never 0. Of equal claims the lowest id
    wins, as text.
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
    tell("trees", 0.2)
    survey = surveyed(desk)
    tell("inspections", 0.5)
    cases = inspection_places(desk)
    tell("canopy", 0.6)
    crown_towns = _crown_towns(desk)
    over_lots, over_towns = canopy_of(desk, crown_towns["town"])
    tell("figures", 0.9)
    tables = {
        "municipalities": town_table(desk, survey, cases, over_towns),
        "parcels": parcel_table(desk, survey, cases, over_lots),
        "canopy": desk["canopy"].table({"town": crown_towns["name"]}),
        "inspections": case_table(desk, cases),
        **other_tables(desk),
    }
    later = {"sites": partial(site_table, desk, survey), "trees": partial(tree_table, desk, survey)}
    tell("joined", 1.0)
    return Tables({name: later.get(name) or tables[name] for name in layers})


class Tables(Mapping[str, pd.DataFrame]):
    """Joined tables by layer, some of them made each time they are asked for: the largest never lie side by side."""

    def __init__(self, told: Mapping[str, pd.DataFrame | Callable[[], pd.DataFrame]]) -> None:
        self._told = told

    def __getitem__(self, layer: str) -> pd.DataFrame:
        made = self._told[layer]
        return made() if callable(made) else made

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def _crown_towns(desk: Desk) -> Columns:
    """Find the town in which a point inside each crown lies."""
    middles = shapely.point_on_surface(desk["canopy"].shapes)
    return desk.towns_of(middles, np.full(len(middles), NONE))
