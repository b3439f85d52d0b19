"""Projected layers: records sorted by id, with geometries in degrees and in the metric CRS.

`project_layer` makes a `FrameLayer` of an admitted frame. All functions of the join take a
`ProjectedLayer`. The module also holds their common helpers for points and columns.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from geo.crs import WGS84
from geo.geometry_column import GeometryColumn, repair_polygons
from geo.kernels.geometry_arrays import Areas, areas_from_wkb, binary_column_buffers
from geo.schema import LAYERS, Layer, empty_frame

NONE = -1  # the position of no row
AREA_DECIMALS = 6  # of areas and shares in joined tables
NONE_VALUE = np.array([None], dtype=object)  # appended to a column, so that `column[NONE]` is None
NAN_POINT = np.full((1, 2), np.nan)  # the same for points


Columns = dict[str, np.ndarray]  # columns by name, all of one length


class ProjectedLayer(ABC):
    """A layer of records with geometries in the metric CRS: the interface that every join function uses.

    Rows are sorted by id as text, so the lowest position is the lowest id. Functions refer to rows by
    position. `NONE` (-1) is no row, and columns that end with an extra None can be indexed by it.
    `FrameLayer` holds whole layers as data frames. `geo.incremental.row_layer.RowLayer` holds a few rows.
    """

    layer: Layer

    @property
    @abstractmethod
    def lonlat_column(self) -> GeometryColumn:
        """The geometries in degrees (WGS 84)."""

    @property
    @abstractmethod
    def metric_column(self) -> GeometryColumn:
        """The geometries in meters (metric CRS)."""

    @property
    @abstractmethod
    def ids(self) -> np.ndarray:
        """The ids by position, and None after the last: `ids[NONE]` is None."""

    @abstractmethod
    def __len__(self) -> int:
        """Count the rows."""

    @abstractmethod
    def values(self, name: str) -> np.ndarray:
        """Return a column as Python objects, None where unknown."""

    @abstractmethod
    def series(self, name: str) -> pd.Series:
        """Return a column as a pandas Series of the field's dtype."""

    @abstractmethod
    def string_array(self, name: str) -> pa.LargeStringArray:
        """Return a text column as an Arrow array, null where unknown."""

    @abstractmethod
    def ids_at(self, rows: np.ndarray) -> Any:
        """Return the ids of some rows, null or None for `NONE`."""

    @abstractmethod
    def flags(self, name: str) -> np.ndarray:
        """Return a flag column as booleans. Unknown is False."""

    @property
    def lonlat_geometries(self) -> np.ndarray:
        """Each row's geometry in degrees, None where it has none."""
        return self.lonlat_column.geometries

    @cached_property
    def metric_geometries(self) -> np.ndarray:
        """Each row's geometry in meters, None where it has none."""
        return self.metric_column.geometries

    @property
    def points(self) -> np.ndarray:
        """Each row's point in meters: (rows, 2), nan where it has none. A multipoint counts as its first point."""
        return self.metric_column.point_xy

    @property
    def lonlat(self) -> np.ndarray:
        """Each row's point in degrees, as `points` in meters."""
        return self.lonlat_column.point_xy

    @cached_property
    def areas(self) -> Areas:
        """The polygons as arrays for the kernels, prepared once."""
        return areas_from_wkb(*binary_column_buffers(self.metric_column.wkb))

    @cached_property
    def area_m2(self) -> np.ndarray:
        """Each geometry's area in m², nan where there is none."""
        return np.where(np.isnan(self.areas.bounds[:, 0]), np.nan, self.areas.area_m2)

    def normalized_text(self, name: str) -> np.ndarray:
        """Return a text column in lower case without surrounding spaces, "" where unknown."""
        return map_distinct(self.values(name), lambda value: (value or "").strip().casefold())

    def build_joined_table(self, columns: Mapping[str, Any]) -> pd.DataFrame:
        """Build the layer's joined table: `id`, then exactly its joined fields. Missing columns are unknown."""
        table_columns = {"id": self.series("id").array}
        for field in self.layer.joined_fields:
            values = columns.get(field.name, np.full(len(self), None, object))
            if field.dtype == "str":  # straight from Arrow: pandas would visit each value twice
                strings = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
                table_columns[field.name] = pd.array(strings.cast(pa.large_string()), "str")
            else:
                table_columns[field.name] = pd.Series(values, dtype=field.dtype).array
        return pd.DataFrame(table_columns)


@dataclass(frozen=True)
class FrameLayer(ProjectedLayer):
    """A whole layer: its attributes in a data frame, its geometries in degrees and in meters."""

    layer: Layer
    attributes: pd.DataFrame
    degree_geometries: GeometryColumn
    meter_geometries: GeometryColumn
    prepared_areas: Areas | None = None  # from the cache, if it has them

    def __len__(self) -> int:
        return len(self.attributes)

    @property
    def lonlat_column(self) -> GeometryColumn:
        """The geometries in degrees (WGS 84)."""
        return self.degree_geometries

    @property
    def metric_column(self) -> GeometryColumn:
        """The geometries in meters (metric CRS)."""
        return self.meter_geometries

    @property
    def geodataframe(self) -> gpd.GeoDataFrame:
        """The layer as a GeoDataFrame in degrees, sorted by id."""
        return gpd.GeoDataFrame(self.attributes, geometry=gpd.GeoSeries(self.lonlat_geometries, crs=WGS84))

    @cached_property
    def ids(self) -> np.ndarray:
        """The ids by position, and None after the last: `ids[NONE]` is None."""
        return np.append(self.attributes["id"].to_numpy(object), NONE_VALUE)

    @cached_property
    def areas(self) -> Areas:
        """The polygons as arrays for the kernels, from the cache where it has them."""
        return self.prepared_areas or areas_from_wkb(*binary_column_buffers(self.metric_column.wkb))

    def values(self, name: str) -> np.ndarray:
        """Return a column as Python objects, None where unknown. Equal values are one object."""
        encoded = pa.array(self.attributes[name].array, from_pandas=True).dictionary_encode()
        distinct_values = encoded.dictionary.to_numpy(zero_copy_only=False).astype(object)
        return np.append(distinct_values, NONE_VALUE)[encoded.indices.fill_null(NONE).to_numpy()]

    def series(self, name: str) -> pd.Series:
        """Return a column as a pandas Series of the field's dtype."""
        return self.attributes[name]

    def string_array(self, name: str) -> pa.LargeStringArray:
        """Return a text column as an Arrow array, null where unknown."""
        return pa.array(self.attributes[name].array, pa.large_string(), from_pandas=True)

    def ids_at(self, rows: np.ndarray) -> Any:
        """Return the ids of some rows as an Arrow array, null for `NONE`."""
        return self.string_array("id").take(pa.array(rows, mask=rows == NONE))

    def flags(self, name: str) -> np.ndarray:
        """Return a flag column as booleans. Unknown is False."""
        return self.attributes[name].fillna(value=False).to_numpy(bool)


def constant_column(value: str, size: int) -> np.ndarray:
    """Return a column with the same object in every row. `np.full` would make a new text for each row.

    >>> constant_column("none", 2).tolist()
    ['none', 'none']
    """
    column = np.empty(size, object)
    column.fill(value)
    return column


def map_distinct(values: np.ndarray, convert: Callable[[Any], Any]) -> np.ndarray:
    """Convert each value of a column, calling `convert` once for each distinct value.

    >>> map_distinct(np.array(["Oak", None, "Oak"], object), lambda name: name and name.lower()).tolist()
    ['oak', None, 'oak']
    """
    converted = {value: convert(value) for value in set(values)}
    return np.array([*map(converted.__getitem__, values), None], object)[:-1]


def fill_missing_layers(layers: Mapping[str, FrameLayer], metric_crs: CRS) -> dict[str, FrameLayer]:
    """Return all layers of the schema. A missing one has no rows."""
    return {
        name: layers[name] if name in layers else project_layer(empty_frame(layer), layer, metric_crs)
        for name, layer in LAYERS.items()
    }


def project_layer(frame: gpd.GeoDataFrame, layer: Layer, metric_crs: CRS) -> FrameLayer:
    """Sort an admitted frame by id and project its geometries to the metric CRS.

    Polygons that become invalid by rounding are repaired. A geometry too far away for the CRS becomes None
    in meters.

    >>> points = gpd.points_from_xy([-90.3, -90.5], [38.7, 38.7])
    >>> frame = gpd.GeoDataFrame({"id": ["T-2", "T-1"]}, geometry=points, crs=WGS84)
    >>> trees = project_layer(frame, LAYERS["trees"], CRS.from_epsg(26996))
    >>> trees.ids.tolist(), trees.points.round().tolist()
    (['T-1', 'T-2', None], [[250000.0, 318129.0], [267397.0, 318148.0]])
    """
    order = pc.array_sort_indices(pa.array(frame["id"], pa.large_string())).to_numpy()
    rows = pd.DataFrame(frame.drop(columns="geometry")).iloc[order].reset_index(drop=True)
    lonlat_geometries = frame.geometry.to_numpy().astype(object)[order]
    metric_geometries = gpd.GeoSeries(lonlat_geometries, crs=WGS84).to_crs(metric_crs).to_numpy().astype(object)
    metric_geometries[~np.isfinite(shapely.bounds(metric_geometries)).all(axis=1)] = None
    return FrameLayer(
        layer, rows, GeometryColumn(lonlat_geometries), GeometryColumn(repair_polygons(metric_geometries))
    )
