"""The edit context: towns, metric CRS, settings and caches that incremental joins share.

`EditSession` builds an `EditContext` and reuses it. `build_join_context` turns a few rows into the
context that the functions of `geo.join` take.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from pyproj import CRS, Transformer

from geo.crs import WGS84, Bbox
from geo.incremental.address_lookup import IncrementalAddressIndex
from geo.incremental.row_layer import RowLayer
from geo.join.areas.ground import Ground
from geo.join.areas.towns import Towns
from geo.join.coverage import Surveys
from geo.join.join_context import JoinContext
from geo.join.settings import JoinSettings
from geo.projected_layer import NONE, Columns, ProjectedLayer
from geo.raster import Raster
from geo.store.protocol import Reader

MIN_DEGREE_M = 110_000.0  # no degree of latitude is shorter, nor of longitude at the equator
SCALE_TOLERANCE = 1.01  # a metric CRS may distort lengths by up to 1 %


class RasterCache:
    """The rasters of a store. Set `reader` before each use: it is the store in the current transaction."""

    reader: Reader

    @cached_property
    def rasters(self) -> list[Raster]:
        """All rasters of the store."""
        return self.reader.read_rasters()

    def invalidate(self) -> None:
        """Discard the rasters. The next access reads them again."""
        self.__dict__.pop("rasters", None)


@dataclass(frozen=True)
class EditContext:
    """The shared inputs of incremental joins on one date."""

    metric_crs: CRS
    today: date
    settings: JoinSettings
    towns: Towns
    municipality_ids: tuple[str, ...]  # the municipality of each town, by position
    districts: ProjectedLayer
    address_index: IncrementalAddressIndex
    raster_cache: RasterCache
    surveys: Surveys

    @cached_property
    def to_metric_crs(self) -> Transformer:
        """The transformation from degrees to the metric CRS."""
        return Transformer.from_crs(WGS84, self.metric_crs, always_xy=True)

    def to_lonlat_bbox(self, west: float, south: float, east: float, north: float) -> Bbox:
        """Return the bbox in degrees that contains a bbox in the metric CRS."""
        x, y = (west, east, west, east), (south, south, north, north)
        lon, lat = self.to_metric_crs.transform(x, y, direction="INVERSE")
        return Bbox(min(lon), min(lat), max(lon), max(lat))

    @cached_property
    def town_by_name(self) -> Mapping[str, int]:
        """The position of each town by name."""
        return {name: row for row, name in enumerate(self.towns.names[:-1])}

    def build_join_context(
        self, layers: Mapping[str, ProjectedLayer], ground: Ground, home_towns: Columns
    ) -> JoinContext:
        """Build the join context of a few rows."""
        return JoinContext(
            layers=layers,
            rasters=(),
            metric_crs=self.metric_crs,
            today=self.today,
            settings=self.settings,
            parcel_of_address=self.address_index.parcel_of_address,
            point_of_intersection=self.address_index.point_of_intersection,
            towns=self.towns,
            ground=ground,
            home_towns=home_towns,
            surveys=self.surveys,
        )

    def town_positions(self, names: np.ndarray) -> np.ndarray:
        """Return the position of each town by its joined name, `NONE` for other names."""
        return np.array([self.town_by_name.get(name, NONE) for name in names], np.int64)

    def joined_home_towns(self, parcels: RowLayer) -> Columns:
        """Return the home towns of parcels from their joined values."""
        names = parcels.values("town")
        return {"town": self.town_positions(names), "name": names}


def ground_from_joined(parcels: RowLayer) -> Ground:
    """Return the ground of parcels from their joined `ground_id`.

    The ground parcel of each parcel must be among them.
    """
    ids = parcels.values("id")
    rows = np.flatnonzero(parcels.values("ground_id") == ids)
    ground_by_id = {id_: index for index, id_ in enumerate(ids[rows])}
    ground_of_parcel = np.array([ground_by_id[id_] for id_ in parcels.values("ground_id")], np.int64)
    return Ground(rows, ground_of_parcel, np.bincount(ground_of_parcel, minlength=len(rows)), parcels)


def buffer_bbox(bbox: Bbox, distance_m: float) -> Bbox:
    """Widen a bbox in degrees on all sides by at least `distance_m` meters.

    >>> bbox = buffer_bbox(Bbox(-90.3, 38.7, -90.3, 38.7), distance_m=110.0)
    >>> f"{bbox.north - 38.7:.5f}", f"{bbox.east + 90.3:.5f}"
    ('0.00101', '0.00129')
    """
    lat_margin = distance_m * SCALE_TOLERANCE / MIN_DEGREE_M
    max_latitude = min(max(abs(bbox.south), abs(bbox.north)) + lat_margin, 89.0)
    lon_margin = lat_margin / np.cos(np.radians(max_latitude))
    return Bbox(bbox.west - lon_margin, bbox.south - lat_margin, bbox.east + lon_margin, bbox.north + lat_margin)
