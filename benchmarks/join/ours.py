"""Our engine, a function for each task, from the files."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import rasterio
import shapely
from pyproj import CRS

from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Task
from benchmarks.join.whole import whole
from geo.engine.cells import cell_areas
from geo.engine.files import areas_of_file, pieces
from geo.engine.frontage import Rules, fronted
from geo.engine.grid import grid_of
from geo.engine.nearest import NONE
from geo.engine.overlaps import parts, shared_m2
from geo.engine.points import located
from geo.engine.shapes import buffer_of, lines_of, points_of
from geo.engine.streets import Streets
from geo.join import JoinSettings
from geo.join.crowns import dissolved
from geo.rasters import Raster

Columns = dict[str, Any]  # arrays of numpy or Arrow
PLAIN = JoinSettings()


def trees(files: Files) -> Columns:
    """Place each tree in a parcel, or with the nearest."""
    lots, parcels = areas_of_file(files.parcels)
    grid = grid_of(parcels.bounds)
    placed, at = [], []
    for spots in pieces(files.trees):
        points = points_of(spots.wkb, spots.offsets, parcels.origin)
        found = located(points, parcels, reach_m=NEAR_M, grid=grid)
        parcel = np.where(found.first == NONE, found.nearest, found.first)
        placed += spots.table["id"].filter(pa.array(parcel != NONE)).chunks
        at.append(parcel)
    return {"tree": pa.chunked_array(placed), "parcel": _named(lots, np.concatenate(at))}


def canopy(files: Files) -> Columns:
    """Measure the m² of each parcel under dissolved crowns."""
    lots, parcels = areas_of_file(files.parcels)
    _, crowns = areas_of_file(files.dissolved, parcels.origin)
    return {"parcel": lots, "m2": shared_m2(parcels, crowns)}


def towns(files: Files) -> Columns:
    """Cut parcels by towns."""
    lots, parcels = areas_of_file(files.parcels)
    names, limits = areas_of_file(files.towns, parcels.origin)
    cut = parts(parcels, limits)
    share = cut.m2 / parcels.m2[cut.zone]
    return {"parcel": _named(lots, cut.zone), "town": _named(names, cut.area), "share": share}


def inspections(files: Files) -> Columns:
    """Find each inspection's parcel by its number, else by its point."""
    lots, parcels = areas_of_file(files.parcels)
    grid = grid_of(parcels.bounds)
    numbers = lots.combine_chunks()
    placed, at = [], []
    for cases in pieces(files.inspections, ("id", "parcel_key")):
        named = pc.index_in(cases.table["parcel_key"], value_set=numbers)
        parcel = pc.fill_null(named, NONE).to_numpy().astype(np.int64)
        points = points_of(cases.wkb, cases.offsets, parcels.origin)
        points[parcel != NONE] = np.nan
        parcel = np.where(parcel == NONE, located(points, parcels, grid=grid).first, parcel)
        placed += cases.table["id"].filter(pa.array(parcel != NONE)).chunks
        at.append(parcel)
    return {"inspection": pa.chunked_array(placed), "parcel": _named(lots, np.concatenate(at))}


def raster(files: Files) -> Columns:
    """Integrate the raster's cells over each parcel."""
    lots, parcels = areas_of_file(files.parcels)
    with rasterio.open(files.raster) as told:
        grid, crs, cells = told.transform, told.crs, told.read(1)
    laid = Raster(cells, CRS.from_user_input(crs), grid.c, grid.f, grid.a, -grid.e)
    canopy, known = cell_areas(parcels, laid).T
    seen = np.flatnonzero(known > 0)
    return {"parcel": _named(lots, seen), "share": canopy[seen] / known[seen]}


def dissolve(files: Files) -> Columns:
    """Dissolve the crowns; gives the m² of each piece."""
    crowns = pq.read_table(files.crowns, columns=["geometry"])["geometry"]
    return {"m2": shapely.area(dissolved(shapely.from_wkb(crowns.to_numpy())))}


def frontage(files: Files) -> Columns:
    """Find the lot that each tree is in, else the one before which it stands; the streets have no names."""
    lots, parcels = areas_of_file(files.parcels)
    spots = list(pieces(files.trees))
    points = np.concatenate([points_of(one.wkb, one.offsets, parcels.origin) for one in spots])
    held = located(points, parcels).first
    points[held != NONE] = np.nan
    shapes = pq.read_table(files.streets, columns=["geometry"])["geometry"].to_numpy()
    lines = lines_of(*buffer_of(shapely.from_wkb(shapes)), parcels.origin)
    nameless = np.full(len(lines), NONE)
    streets = Streets(lines, nameless, nameless, np.zeros(len(lines), np.bool_))
    rules = Rules(*(getattr(PLAIN, length) for length in Rules._fields))
    found = fronted(points, np.full(len(points), NONE), parcels, streets, rules)
    parcel = np.where(held == NONE, found.lot, held)
    ids = pa.chunked_array([chunk for one in spots for chunk in one.table["id"].chunks])
    return {"tree": ids.filter(pa.array(parcel != NONE)), "parcel": _named(lots, parcel)}


def _named(ids: pa.ChunkedArray, at: np.ndarray) -> pa.ChunkedArray:
    return ids.take(pa.array(at[at != NONE]))


TASKS: dict[str, Task] = {
    "trees": trees,
    "canopy": canopy,
    "towns": towns,
    "inspections": inspections,
    "raster": raster,
    "dissolve": dissolve,
    "frontage": frontage,
    "whole": whole,
}
