"""The engine `lotleaf`: one function for each task, on the GeoParquet files.

`benchmarks.join.child` runs `TASKS`.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import rasterio
import shapely
from pyproj import CRS

from benchmarks.join.files import CountyFiles
from benchmarks.join.geoparquet_areas import read_areas_by_id, read_row_groups
from benchmarks.join.tasks import NEAR_M, Task
from benchmarks.join.whole import join_without_cache
from geo.join import JoinSettings
from geo.join.areas import crown_overlaps
from geo.kernels.frontage.assign_frontage import assign_frontage
from geo.kernels.frontage.choose_parcel import FrontageRules
from geo.kernels.frontage.nearby_streets import Streets
from geo.kernels.geometry_arrays import lines_from_wkb, points_from_wkb, to_wkb_buffer
from geo.kernels.grid_index import grid_of
from geo.kernels.nearest_area import NONE
from geo.kernels.overlay_area import covered_area_m2, intersection_areas
from geo.kernels.point_in_polygon import locate_points
from geo.kernels.zonal_raster import cell_areas
from geo.raster import Raster

ResultColumns = dict[str, Any]  # arrays of numpy or Arrow
DEFAULT_SETTINGS = JoinSettings()


def parcel_of_trees(files: CountyFiles) -> ResultColumns:
    """Return the parcel that contains each tree, else the nearest one."""
    parcel_ids, parcels = read_areas_by_id(files.parcels)
    grid = grid_of(parcels.bounds)
    tree_ids, parcel_indices = [], []
    for tree_chunk in read_row_groups(files.trees):
        points = points_from_wkb(tree_chunk.wkb, tree_chunk.offsets, parcels.origin)
        locations = locate_points(points, parcels, reach_m=NEAR_M, grid=grid)
        parcel = np.where(locations.first_area == NONE, locations.nearest_area, locations.first_area)
        tree_ids += tree_chunk.table["id"].filter(pa.array(parcel != NONE)).chunks
        parcel_indices.append(parcel)
    return {"tree": pa.chunked_array(tree_ids), "parcel": _ids_at(parcel_ids, np.concatenate(parcel_indices))}


def canopy_area_of_parcels(files: CountyFiles) -> ResultColumns:
    """Return the m² of each parcel under dissolved crowns."""
    parcel_ids, parcels = read_areas_by_id(files.parcels)
    _, crowns = read_areas_by_id(files.dissolved, parcels.origin)
    return {"parcel": parcel_ids, "m2": covered_area_m2(parcels, crowns)}


def town_shares_of_parcels(files: CountyFiles) -> ResultColumns:
    """Return the share of each parcel in each town."""
    parcel_ids, parcels = read_areas_by_id(files.parcels)
    town_ids, boundaries = read_areas_by_id(files.towns, parcels.origin)
    pieces_by_town = intersection_areas(parcels, boundaries)
    share = pieces_by_town.m2 / parcels.area_m2[pieces_by_town.zone]
    return {
        "parcel": _ids_at(parcel_ids, pieces_by_town.zone),
        "town": _ids_at(town_ids, pieces_by_town.area),
        "share": share,
    }


def parcel_of_inspections(files: CountyFiles) -> ResultColumns:
    """Return the parcel that each inspection names, else the one that contains its point."""
    parcel_ids, parcels = read_areas_by_id(files.parcels)
    grid = grid_of(parcels.bounds)
    parcel_id_set = parcel_ids.combine_chunks()
    inspection_ids, parcel_indices = [], []
    for inspection_chunk in read_row_groups(files.inspections, ("id", "parcel_key")):
        named_parcels = pc.index_in(inspection_chunk.table["parcel_key"], value_set=parcel_id_set)
        parcel = pc.fill_null(named_parcels, NONE).to_numpy().astype(np.int64)
        points = points_from_wkb(inspection_chunk.wkb, inspection_chunk.offsets, parcels.origin)
        points[parcel != NONE] = np.nan
        parcel = np.where(parcel == NONE, locate_points(points, parcels, grid=grid).first_area, parcel)
        inspection_ids += inspection_chunk.table["id"].filter(pa.array(parcel != NONE)).chunks
        parcel_indices.append(parcel)
    return {
        "inspection": pa.chunked_array(inspection_ids),
        "parcel": _ids_at(parcel_ids, np.concatenate(parcel_indices)),
    }


def canopy_share_of_parcels(files: CountyFiles) -> ResultColumns:
    """Return the share of canopy in each parcel, from the areas of the raster's cells."""
    parcel_ids, parcels = read_areas_by_id(files.parcels)
    with rasterio.open(files.raster) as dataset:
        transform, crs, cells = dataset.transform, dataset.crs, dataset.read(1)
    canopy_raster = Raster(cells, CRS.from_user_input(crs), transform.c, transform.f, transform.a, -transform.e)
    canopy_m2, known_m2 = cell_areas(parcels, canopy_raster).T
    covered = np.flatnonzero(known_m2 > 0)
    return {"parcel": _ids_at(parcel_ids, covered), "share": canopy_m2[covered] / known_m2[covered]}


def run_dissolve_crowns(files: CountyFiles) -> ResultColumns:
    """Dissolve the crowns, and return the m² of each piece."""
    crowns = pq.read_table(files.crowns, columns=["geometry"])["geometry"]
    return {"m2": shapely.area(crown_overlaps.dissolve_crowns(shapely.from_wkb(crowns.to_numpy())))}


def frontage_of_trees(files: CountyFiles) -> ResultColumns:
    """Return the parcel that contains each tree, else its frontage. Street names are not used."""
    parcel_ids, parcels = read_areas_by_id(files.parcels)
    tree_chunks = list(read_row_groups(files.trees))
    points = np.concatenate([points_from_wkb(chunk.wkb, chunk.offsets, parcels.origin) for chunk in tree_chunks])
    containing_parcels = locate_points(points, parcels).first_area
    points[containing_parcels != NONE] = np.nan
    street_wkb = pq.read_table(files.streets, columns=["geometry"])["geometry"].to_numpy()
    street_lines = lines_from_wkb(*to_wkb_buffer(shapely.from_wkb(street_wkb)), parcels.origin)
    nameless = np.full(len(street_lines), NONE)
    streets = Streets(street_lines, nameless, nameless, np.zeros(len(street_lines), np.bool_))
    rules = FrontageRules(*(getattr(DEFAULT_SETTINGS, field_name) for field_name in FrontageRules._fields))
    result = assign_frontage(points, np.full(len(points), NONE), parcels, streets, rules)
    parcel = np.where(containing_parcels == NONE, result.parcel, containing_parcels)
    ids = pa.chunked_array([id_chunk for chunk in tree_chunks for id_chunk in chunk.table["id"].chunks])
    return {"tree": ids.filter(pa.array(parcel != NONE)), "parcel": _ids_at(parcel_ids, parcel)}


def _ids_at(ids: pa.ChunkedArray, row_indices: np.ndarray) -> pa.ChunkedArray:
    return ids.take(pa.array(row_indices[row_indices != NONE]))


TASKS: dict[str, Task] = {
    "trees": parcel_of_trees,
    "canopy": canopy_area_of_parcels,
    "towns": town_shares_of_parcels,
    "inspections": parcel_of_inspections,
    "raster": canopy_share_of_parcels,
    "dissolve": run_dissolve_crowns,
    "frontage": frontage_of_trees,
    "whole": join_without_cache,
}
