"""Cache of projected layers: one Arrow file for each, memory-mapped by the next join.

`geo.workspace` calls `LayerCache.load_layer`. The files hold public fields only. Each file carries a
fingerprint of the layer's state, its fields and the metric CRS. A file with another fingerprint is
written again. See docs/decisions/0018-layer-cache.md.
"""

import hashlib
import json
import mmap
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from pyproj import CRS

from geo.arrow_cache import FINGERPRINT_KEY, map_columns, write_table
from geo.geometry_column import GeometryColumn
from geo.kernels.coordinate_origin import Coordinate
from geo.kernels.geometry_arrays import Areas
from geo.projected_layer import FrameLayer, project_layer
from geo.schema import Layer

FORMAT_VERSION = 2  # increase it when the content of the files changes
ORIGIN_KEY = b"origin"  # metadata: the origin of the coordinates in `rings`
GEOMETRY_COLUMNS = ("degrees", "metres")  # WKB in WGS 84 and in the metric CRS
AREA_COLUMNS = ("rings", "bounds", "m2")  # only for layers with polygons
POLYGON_TYPES = {"Polygon", "MultiPolygon"}
MAX_COORDINATE_M = 1e9  # from the origin: no place on Earth is farther
SYSTEM_FIELDS = ("id", "source")


@dataclass(frozen=True)
class LayerCache:
    """The folder of cached layers in one metric CRS.

    `memory_maps` collects the maps of the files read so far.
    """

    folder: Path
    metric_crs: CRS
    memory_maps: list[mmap.mmap] = field(default_factory=list)

    def load_layer(self, layer: Layer, layer_etag: str, read_layer: Callable[[], gpd.GeoDataFrame]) -> FrameLayer:
        """Return a layer from its cache file. Without a current file, read, project and cache the layer.

        `layer_etag` identifies the state of the layer in the store. `read_layer` returns its public fields
        in degrees. If the file cannot be written, the layer is returned uncached.
        """
        path = self.folder / f"{layer.name}.arrow"
        fingerprint = _compute_fingerprint(layer, layer_etag, self.metric_crs)
        cached = read_cache(path, layer, fingerprint, memory_maps=self.memory_maps)
        if cached is not None:
            return cached
        projected = project_layer(read_layer(), layer, self.metric_crs)
        with suppress(OSError):  # the disk may be full or read-only: the join works without a cache
            write_cache(path, projected, fingerprint)
        # The mapped columns take a quarter of the memory of `projected`.
        return read_cache(path, layer, fingerprint, memory_maps=self.memory_maps) or projected

    def release_pages(self) -> None:
        """Release the memory of mapped columns. The next access reads them from the file again."""
        for memory_map in self.memory_maps:
            memory_map.madvise(mmap.MADV_DONTNEED)


def write_cache(path: Path, layer: FrameLayer, fingerprint: bytes) -> None:
    """Write a projected layer with its fingerprint to an Arrow file."""
    columns = {name: pa.array(layer.attributes[name].array) for name in _column_dtypes(layer.layer)}
    metadata = {FINGERPRINT_KEY: fingerprint}
    if POLYGON_TYPES & set(layer.layer.geometry_types):
        columns |= _areas_to_columns(layer.areas)
        metadata[ORIGIN_KEY] = json.dumps(layer.areas.origin).encode()
    geometries = dict(zip(GEOMETRY_COLUMNS, (layer.lonlat_column.wkb, layer.metric_column.wkb), strict=True))
    write_table(path, pa.table({**columns, **geometries}).replace_schema_metadata(metadata))


def read_cache(
    path: Path,
    layer: Layer,
    fingerprint: bytes,
    fields: Collection[str] | None = None,
    memory_maps: list[mmap.mmap] | None = None,
) -> FrameLayer | None:
    """Return a layer from its cache file, or None if the file is absent, damaged or outdated.

    `fields` limits the attributes that are read. The file's map is appended to `memory_maps`.
    """
    dtypes = {name: dtype for name, dtype in _column_dtypes(layer).items() if not fields or name in fields}
    has_areas = POLYGON_TYPES & set(layer.geometry_types)
    metadata, columns = map_columns(
        path, fingerprint, [*dtypes, *GEOMETRY_COLUMNS, *(AREA_COLUMNS if has_areas else ())], memory_maps
    )
    if not columns:
        return None
    rows = pd.DataFrame({name: _to_pandas_column(columns[name], dtype) for name, dtype in dtypes.items()})
    lonlat_column, metric_column = (GeometryColumn(columns[name]) for name in GEOMETRY_COLUMNS)
    if not has_areas:
        return FrameLayer(layer, rows, lonlat_column, metric_column)
    areas = _areas_from_columns(columns, json.loads(metadata[ORIGIN_KEY]))
    return None if areas is None else FrameLayer(layer, rows, lonlat_column, metric_column, areas)


def _compute_fingerprint(layer: Layer, layer_etag: str, metric_crs: CRS) -> bytes:
    parts = [FORMAT_VERSION, layer.name, list(_column_dtypes(layer).items()), layer_etag, metric_crs.to_wkt()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest().encode()


def _column_dtypes(layer: Layer) -> dict[str, str]:
    public_dtypes = {layer_field.name: layer_field.dtype for layer_field in layer.fields if not layer_field.private}
    return dict.fromkeys(SYSTEM_FIELDS, "str") | public_dtypes


def _areas_to_columns(areas: Areas) -> dict[str, pa.Array]:
    """Convert areas to columns of nested lists: the rings of each row, the vertices of each ring."""
    vertices = _to_fixed_size_lists(areas.xy, 2)
    rings = pa.LargeListArray.from_arrays(areas.ring_offsets, vertices)
    rows = pa.LargeListArray.from_arrays(areas.row_offsets, rings)
    columns = rows, _to_fixed_size_lists(areas.bounds, 4), pa.array(areas.area_m2)
    return dict(zip(AREA_COLUMNS, columns, strict=True))


def _areas_from_columns(columns: Mapping[str, pa.Array], origin: Coordinate) -> Areas | None:
    """Convert columns back to areas. Return None if a coordinate lies off the Earth (damaged file)."""
    rows, bbox_column, area_m2 = (columns[name] for name in AREA_COLUMNS)
    rings = rows.flatten()
    xy, bounds = _from_fixed_size_lists(rings.flatten(), 2), _from_fixed_size_lists(bbox_column, 4)
    if not (np.abs(xy) < MAX_COORDINATE_M).all() or (np.abs(bounds) >= MAX_COORDINATE_M).any():
        return None
    origin_xy = (float(origin[0]), float(origin[1]))
    offsets = rings.offsets.to_numpy(), rows.offsets.to_numpy()
    return Areas(origin_xy, xy, *offsets, bounds, area_m2.to_numpy())


def _to_fixed_size_lists(values: np.ndarray, width: int) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), width)


def _from_fixed_size_lists(column: pa.FixedSizeListArray, width: int) -> np.ndarray:
    return column.flatten().to_numpy().reshape(-1, width)


def _to_pandas_column(column: pa.Array, dtype: str) -> Any:
    """Return a column as pandas holds it, without a copy where possible."""
    if dtype == "float64":
        return np.asarray(column.to_numpy(zero_copy_only=False))
    if dtype == "str":
        return pd.array(column, dtype="str")
    return pd.array([], dtype=dtype).dtype.__from_arrow__(column)
