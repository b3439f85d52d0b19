"""The full join, from admitted layers to one joined table for each layer.

`join_projected_layers` is the entry point, called by `geo.workspace`. `JoinSteps` lists the steps. Each
step has its own module in `geo.join`.
"""

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

from geo.geometry_column import point_coordinates
from geo.join.canopy import compute_canopy
from geo.join.coverage import SurveyDeclarations
from geo.join.inspections import inspection_table, place_inspections
from geo.join.inventory import TreeInventory, build_inventory, site_table, tree_table
from geo.join.join_context import JoinContext, build_context
from geo.join.placement.parcel_keys import ParcelOfAddress, PointOfIntersection
from geo.join.point_tables import point_table_builders
from geo.join.settings import JoinSettings
from geo.join.summary_tables import parcel_table, town_table
from geo.progress import Progress, ignore_progress
from geo.projected_layer import NONE, Columns, FrameLayer, project_layer
from geo.raster import Raster
from geo.schema import LAYERS

DEFAULT_SETTINGS = JoinSettings()


def join_layers(
    layers: Mapping[str, gpd.GeoDataFrame], rasters: Sequence[Raster] = (), *, metric_crs: CRS, **options: Any
) -> dict[str, pd.DataFrame]:
    """Join all layers, and return the joined table of each layer that is present.

    `layers` are admitted frames in WGS 84. Any may be absent or empty. The unit of `metric_crs` is the
    meter. `options` are those of `join_projected_layers`.
    """
    projected = {name: project_layer(frame, LAYERS[name], metric_crs) for name, frame in layers.items()}
    return dict(join_projected_layers(projected, rasters, metric_crs=metric_crs, **options))


def join_projected_layers(
    layers: Mapping[str, FrameLayer],
    rasters: Sequence[Raster] = (),
    *,
    metric_crs: CRS,
    today: date,
    settings: JoinSettings = DEFAULT_SETTINGS,
    parcel_of_address: ParcelOfAddress | None = None,
    point_of_intersection: PointOfIntersection | None = None,
    declarations: SurveyDeclarations | None = None,
    progress: Progress | None = None,
    release_pages: Callable[[], None] = lambda: None,
) -> "LazyTables":
    """Join layers in the metric CRS. Any may be absent or empty.

    - `today` decides which town boundaries and districts are in force.
    - `parcel_of_address(addresses, towns)` returns parcel ids. Without it nothing is placed by address.
    - `point_of_intersection(addresses)` returns Shapely points in degrees, None if there is none.
    - `declarations` are what sources say about the towns that they surveyed.
    - `progress` receives the name of each step and the share done before it (0 to 1).
    - `release_pages` is called between steps, when mapped columns need not stay in memory.

    Returns a table for each layer that is present, in the order of ids: `id` and the layer's joined
    fields. Each table is computed on access. Unknown values are NA, never 0. In a tie the lowest id
    wins, compared as text.
    """
    report_progress = progress or ignore_progress
    report_progress("towns and parcels", 0.0)
    context = build_context(
        layers,
        metric_crs=metric_crs,
        today=today,
        settings=settings,
        declarations=declarations or {},
        rasters=rasters,
        parcel_of_address=parcel_of_address,
        point_of_intersection=point_of_intersection,
    )
    steps = JoinSteps(context, report_progress, release_pages)
    builders = steps.table_builders()
    return LazyTables({name: builders[name] for name in builders if name in layers}, release_pages)


@dataclass(frozen=True)
class JoinSteps:
    """The steps of one full join. Each is computed once, when the first table needs it."""

    context: JoinContext
    report_progress: Progress
    release_pages: Callable[[], None]

    @cached_property
    def inventory(self) -> TreeInventory:
        """The placed trees and sites."""
        self.report_progress("trees", 0.1)
        inventory = build_inventory(self.context)
        self.release_pages()
        return inventory

    @cached_property
    def inspections(self) -> Columns:
        """The placed inspections."""
        self.report_progress("inspections", 0.5)
        return place_inspections(self.context)

    @cached_property
    def crown_towns(self) -> Columns:
        """The `town` (position) and its `name` for each crown."""
        self.report_progress("canopy", 0.6)
        return _find_crown_towns(self.context)

    @cached_property
    def canopy(self) -> tuple[Columns, Columns]:
        """The canopy columns of the ground parcels and of the towns."""
        return compute_canopy(self.context, self.crown_towns["town"])

    def table_builders(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return a function for each layer that builds its joined table.

        The largest tables come first, so that they are written while the others are computed.
        """
        return {
            "sites": lambda: site_table(self.context, self.inventory),
            "trees": lambda: tree_table(self.context, self.inventory),
            **point_table_builders(self.context),
            "inspections": lambda: inspection_table(self.context, self.inspections),
            "canopy": lambda: self.context["canopy"].build_joined_table({"town": self.crown_towns["name"]}),
            "parcels": self._build_parcel_table,
            "municipalities": lambda: town_table(self.context, self.inventory, self.inspections, self.canopy[1]),
        }

    def _build_parcel_table(self) -> pd.DataFrame:
        inventory, inspections, (parcel_canopy, _) = self.inventory, self.inspections, self.canopy
        self.report_progress("figures", 0.8)
        return parcel_table(self.context, inventory, inspections, parcel_canopy)


class LazyTables(Mapping[str, pd.DataFrame]):
    """Joined tables by layer, each computed on access, so that one at a time is in memory.

    >>> tables = LazyTables({"trees": lambda: pd.DataFrame({"id": ["T-1"]})}, release_pages=lambda: None)
    >>> list(tables), tables["trees"]["id"].tolist()
    (['trees'], ['T-1'])
    """

    def __init__(self, builders: Mapping[str, Callable[[], pd.DataFrame]], release_pages: Callable[[], None]) -> None:
        self._builders = builders
        self._release_pages = release_pages

    def __getitem__(self, layer_name: str) -> pd.DataFrame:
        self._release_pages()
        table = self._builders[layer_name]()
        self._release_pages()
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)


def _find_crown_towns(context: JoinContext) -> Columns:
    """Find the town of each crown, by a representative point of the crown."""
    representative_points = shapely.point_on_surface(context["canopy"].metric_column.geometries)
    return context.find_towns(point_coordinates(representative_points), np.full(len(representative_points), NONE))
