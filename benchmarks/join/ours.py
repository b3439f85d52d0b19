"""Our engine, a function for each task: `TASKS` read the files, `COLUMN_TASKS` a workspace's columns."""

from pathlib import Path
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
from geo.engine.cells import cell_areas
from geo.engine.files import Column, geometry_column
from geo.engine.overlaps import parts, shared_m2
from geo.engine.points import NONE, located
from geo.engine.shapes import Areas, Spot, areas_of, points_of
from geo.join.crowns import dissolved
from geo.rasters import Raster

Columns = dict[str, Any]  # arrays of numpy or Arrow


def prepare(files: Files) -> None:
    """Make what the tasks need besides the files, outside every timing; asked once per county."""


def trees(files: Files) -> Columns:
    """Place each tree in a parcel, or with the nearest."""
    lots, parcels = _areas(files.parcels)
    spots = geometry_column(files.trees)
    points = points_of(spots.wkb, spots.offsets, parcels.origin)
    found = located(points, parcels, reach_m=NEAR_M)
    parcel = np.where(found.first == NONE, found.nearest, found.first)
    return {"tree": _placed(spots, parcel), "parcel": _named(lots, parcel)}


def canopy(files: Files) -> Columns:
    """Measure the m² of each parcel under dissolved crowns."""
    lots, parcels = _areas(files.parcels)
    _, pieces = _areas(files.dissolved, parcels.origin)
    return {"parcel": lots.ids, "m2": shared_m2(parcels, pieces)}


def towns(files: Files) -> Columns:
    """Cut parcels by towns."""
    lots, parcels = _areas(files.parcels)
    names, limits = _areas(files.towns, parcels.origin)
    cut = parts(parcels, limits)
    share = cut.m2 / parcels.m2[cut.zone]
    return {"parcel": _named(lots, cut.zone), "town": _named(names, cut.area), "share": share}


def inspections(files: Files) -> Columns:
    """Find each inspection's parcel by its number, else by its point."""
    lots, parcels = _areas(files.parcels)
    cases = geometry_column(files.inspections)
    keys = pq.read_table(files.inspections, columns=["parcel_key"])["parcel_key"]
    named = pc.index_in(keys, value_set=lots.ids.combine_chunks())
    parcel = pc.fill_null(named, NONE).to_numpy().astype(np.int64)
    points = points_of(cases.wkb, cases.offsets, parcels.origin)
    points[parcel != NONE] = np.nan
    parcel = np.where(parcel == NONE, located(points, parcels).first, parcel)
    return {"inspection": _placed(cases, parcel), "parcel": _named(lots, parcel)}


def raster(files: Files) -> Columns:
    """Integrate the raster's cells over each parcel."""
    lots, parcels = _areas(files.parcels)
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


def _areas(path: Path, origin: Spot | None = None) -> tuple[Column, Areas]:
    """Read polygons in the order of their ids, so that the lowest row has the lowest id."""
    column = geometry_column(path)
    return column, areas_of(column.wkb, column.offsets, origin)


def _placed(column: Column, at: np.ndarray) -> pa.ChunkedArray:
    return column.ids.filter(pa.array(at != NONE))


def _named(column: Column, at: np.ndarray) -> pa.ChunkedArray:
    return column.ids.take(pa.array(at[at != NONE]))


TASKS: dict[str, Task] = {
    "trees": trees,
    "canopy": canopy,
    "towns": towns,
    "inspections": inspections,
    "raster": raster,
    "dissolve": dissolve,
}
COLUMN_TASKS: dict[str, Task] = {}
