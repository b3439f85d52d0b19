"""The engine `lotleaf-columns`: tasks on the layer caches that the join stores, mapped into memory.

`benchmarks.join.child` runs `TASKS`.
"""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.join.files import CountyFiles
from benchmarks.join.tasks import NEAR_M, Task
from benchmarks.join.whole import add_tree, join_with_cache, prepare_edits
from geo.geometry_column import GeometryColumn
from geo.join.layer_cache import read_cache, write_cache
from geo.kernels.geometry_arrays import Areas, binary_column_buffers, points_from_wkb
from geo.kernels.nearest_area import NONE
from geo.kernels.overlay_area import covered_area_m2, intersection_areas
from geo.kernels.point_in_polygon import locate_points
from geo.projected_layer import FrameLayer, ProjectedLayer
from geo.schema import LAYERS, empty_frame

ResultColumns = dict[str, Any]  # arrays of numpy or Arrow
FINGERPRINT = b"benchmark"
# The layer whose cache holds each file.
LAYER_OF_FILE = {
    "parcels": "parcels",
    "trees": "trees",
    "dissolved": "canopy",
    "towns": "municipalities",
    "inspections": "inspections",
}


def write_layer_caches(files: CountyFiles) -> None:
    """Write the layer caches as the join does. This is not measured."""
    for name, layer in LAYER_OF_FILE.items():
        if not files.layer_cache_path(name).exists():
            frame = gpd.read_parquet(getattr(files, name)).sort_values("id", kind="stable")
            frame = frame.reset_index(drop=True)
            rows = pd.DataFrame(frame.drop(columns="geometry"))
            rows = rows.reindex(columns=[*LAYERS[layer].columns[:-1]])
            dtypes = empty_frame(LAYERS[layer]).dtypes
            rows = rows.astype({column: dtypes[column] for column in rows})
            nowhere = GeometryColumn(np.full(len(frame), None, object))  # no task needs degrees
            projected_points = GeometryColumn(frame.geometry.to_numpy().astype(object))
            write_cache(
                files.layer_cache_path(name),
                FrameLayer(LAYERS[layer], rows, nowhere, projected_points),
                FINGERPRINT,
            )


def parcel_of_trees(files: CountyFiles) -> ResultColumns:
    """Return the parcel that contains each tree, else the nearest one."""
    parcels, tree_sites = _read_layer(files, "parcels"), _read_layer(files, "trees")
    locations = locate_points(_points_of_layer(tree_sites, parcels.areas), parcels.areas, reach_m=NEAR_M)
    parcel = np.where(locations.first_area == NONE, locations.nearest_area, locations.first_area)
    return {"tree": _id_column(tree_sites).filter(pa.array(parcel != NONE)), "parcel": _ids_at(parcels, parcel)}


def canopy_area_of_parcels(files: CountyFiles) -> ResultColumns:
    """Return the m² of each parcel under dissolved crowns."""
    parcels, crowns = _read_layer(files, "parcels"), _read_layer(files, "dissolved")
    return {"parcel": _id_column(parcels), "m2": covered_area_m2(parcels.areas, _areas_with_origin_of(crowns, parcels))}


def town_shares_of_parcels(files: CountyFiles) -> ResultColumns:
    """Return the share of each parcel in each town."""
    parcels, boundaries = _read_layer(files, "parcels"), _read_layer(files, "towns")
    pieces = intersection_areas(parcels.areas, _areas_with_origin_of(boundaries, parcels))
    share = pieces.m2 / parcels.areas.area_m2[pieces.zone]
    return {"parcel": _ids_at(parcels, pieces.zone), "town": _ids_at(boundaries, pieces.area), "share": share}


def parcel_of_inspections(files: CountyFiles) -> ResultColumns:
    """Return the parcel that each inspection names, else the one that contains its point."""
    parcels, cases = (_read_layer(files, "parcels"), _read_layer(files, "inspections", ("id", "parcel_key")))
    named_parcels = pc.index_in(pa.array(cases.series("parcel_key").array), value_set=_id_column(parcels))
    parcel = pc.fill_null(named_parcels, NONE).to_numpy().astype(np.int64)
    points = _points_of_layer(cases, parcels.areas)
    points[parcel != NONE] = np.nan
    parcel = np.where(parcel == NONE, locate_points(points, parcels.areas).first_area, parcel)
    return {"inspection": _id_column(cases).filter(pa.array(parcel != NONE)), "parcel": _ids_at(parcels, parcel)}


def _read_layer(files: CountyFiles, name: str, fields: Iterable[str] = ("id",)) -> ProjectedLayer:
    layer = read_cache(files.layer_cache_path(name), LAYERS[LAYER_OF_FILE[name]], FINGERPRINT, tuple(fields))
    if layer is None:
        raise FileNotFoundError(files.layer_cache_path(name))
    return layer


def _points_of_layer(layer: ProjectedLayer, areas: Areas) -> np.ndarray:
    return points_from_wkb(*binary_column_buffers(layer.metric_column.wkb), areas.origin)


def _areas_with_origin_of(layer: ProjectedLayer, parcels: ProjectedLayer) -> Areas:
    return layer.areas.with_origin(parcels.areas.origin)


def _id_column(layer: ProjectedLayer) -> pa.Array:
    return pa.array(layer.series("id").array)


def _ids_at(layer: ProjectedLayer, row_indices: np.ndarray) -> pa.Array:
    return _id_column(layer).take(pa.array(row_indices[row_indices != NONE]))


TASKS: dict[str, Task] = {
    "trees": parcel_of_trees,
    "canopy": canopy_area_of_parcels,
    "towns": town_shares_of_parcels,
    "inspections": parcel_of_inspections,
    "whole": join_with_cache,
    "edit": add_tree,
}
READY = {"edit": prepare_edits}
