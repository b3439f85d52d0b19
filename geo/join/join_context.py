"""The join context: the layers, towns, ground parcels and settings that all steps of a join share.

`build_context` makes the context of a full join. `geo.incremental.edit_context` makes one for a
few rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from pyproj import CRS

from geo.geometry_column import is_missing_point
from geo.join.areas.ground import Ground, dedupe_stacked_parcels
from geo.join.areas.towns import Towns, find_home_towns, towns_on_date
from geo.join.coverage import SurveyDeclarations, Surveys
from geo.join.placement.parcel_keys import ParcelOfAddress, PointOfIntersection
from geo.join.settings import JoinSettings
from geo.projected_layer import NONE, NONE_VALUE, Columns, FrameLayer, ProjectedLayer, fill_missing_layers
from geo.raster import Raster

NO_SURVEYS = Surveys()  # no source declares its towns


@dataclass(frozen=True)
class JoinContext:
    """The shared inputs of one join.

    `layers` are in the metric CRS. `towns` are those in force on `today`. Without a
    `parcel_of_address` or `point_of_intersection` function, nothing is placed by address.
    """

    layers: Mapping[str, ProjectedLayer]
    rasters: Sequence[Raster]
    metric_crs: CRS
    today: date
    settings: JoinSettings
    parcel_of_address: ParcelOfAddress | None
    point_of_intersection: PointOfIntersection | None
    towns: Towns
    ground: Ground
    home_towns: Columns  # of each parcel: town, name, share, text
    surveys: Surveys = NO_SURVEYS

    def __getitem__(self, layer_name: str) -> ProjectedLayer:
        return self.layers[layer_name]

    def find_towns(self, points: np.ndarray, parcel: np.ndarray) -> Columns:
        """Find the `town` (position) of each record and its `name`: by point, else by parcel.

        `points` (n, 2) are in the metric CRS, nan where unknown. `parcel` (n,) holds positions or `NONE`.
        Without town boundaries only the declared name of the parcel's town is known.
        """
        lacks_point = is_missing_point(points)
        town = self.towns.find_at_points(points, self.settings)
        town = np.where(lacks_point, np.append(self.home_towns["town"], NONE)[parcel], town)
        parcel_town_name = np.append(self.home_towns["name"], NONE_VALUE)[parcel]
        use_parcel_town = lacks_point | (not self.towns.has_boundaries)
        return {"town": town, "name": np.where(use_parcel_town, parcel_town_name, self.towns.names[town])}


def build_context(
    layers: Mapping[str, FrameLayer],
    *,
    metric_crs: CRS,
    today: date,
    settings: JoinSettings,
    declarations: SurveyDeclarations,
    **other_fields: Any,
) -> JoinContext:
    """Build the context of a full join. `layers` may lack any layer.

    `declarations` are what sources say about their towns. `other_fields` are the remaining fields of
    `JoinContext`.
    """
    all_layers = fill_missing_layers(layers, metric_crs)
    towns = towns_on_date(today, all_layers["municipalities"], settings)
    return JoinContext(
        layers=all_layers,
        metric_crs=metric_crs,
        today=today,
        settings=settings,
        towns=towns,
        ground=dedupe_stacked_parcels(all_layers["parcels"]),
        home_towns=find_home_towns(all_layers["parcels"], towns, settings),
        surveys=Surveys.from_declarations(declarations, towns),
        **other_fields,
    )
