"""Our engine, a function for each task: `TASKS` read the files, `COLUMN_TASKS` a workspace."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import rasterio
import shapely
from pyproj import CRS

from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Task
from geo.join.cells import cell_areas
from geo.join.crowns import canopy_over_apart, dissolved
from geo.join.inside import lowest
from geo.join.measured import NONE
from geo.join.shares import parts
from geo.rasters import Raster

Columns = dict[str, np.ndarray]


def prepare(files: Files) -> None:
    """Make what the tasks need besides the files, outside every timing; asked once per county."""


def trees(files: Files) -> Columns:
    """Place each tree in a parcel, or with the nearest."""
    ids, parcels = _layer(files.parcels)
    tree_ids, points = _layer(files.trees)
    parcel, tree = shapely.STRtree(points).query(parcels, predicate="intersects")
    found = lowest(tree, parcel, len(points))
    left = np.flatnonzero(found == NONE)
    near, parcel = shapely.STRtree(parcels).query_nearest(points[left], max_distance=NEAR_M)
    found[left] = lowest(near, parcel, len(left))
    placed = found != NONE
    return {"tree": tree_ids[placed], "parcel": ids[found[placed]]}


def canopy(files: Files) -> Columns:
    """Measure the m² of each parcel under dissolved crowns."""
    ids, parcels = _layer(files.parcels)
    return {"parcel": ids, "m2": canopy_over_apart(parcels, _layer(files.dissolved)[1])}


def towns(files: Files) -> Columns:
    """Cut parcels by towns."""
    ids, parcels = _layer(files.parcels)
    town_ids, limits = _layer(files.towns)
    cut = parts(parcels, limits)
    zone = cut["zone"].to_numpy()
    share = cut["m2"].to_numpy() / shapely.area(parcels)[zone]
    return {"parcel": ids[zone], "town": town_ids[cut["area"]], "share": share}


def inspections(files: Files) -> Columns:
    """Find each inspection's parcel by its number, else by its point."""
    ids, parcels = _layer(files.parcels)
    table = pq.read_table(files.inspections)
    points = shapely.from_wkb(table["geometry"].to_numpy())
    found = pd.Index(ids).get_indexer(table["parcel_key"].to_numpy())
    left = np.flatnonzero(found == NONE)
    case, parcel = shapely.STRtree(parcels).query(points[left], predicate="intersects")
    found[left] = lowest(case, parcel, len(left))
    placed = found != NONE
    return {"inspection": table["id"].to_numpy()[placed], "parcel": ids[found[placed]]}


def raster(files: Files) -> Columns:
    """Integrate the raster's cells over each parcel."""
    ids, parcels = _layer(files.parcels)
    with rasterio.open(files.raster) as told:
        grid, crs, cells = told.transform, told.crs, told.read(1)
    laid = Raster(cells, CRS.from_user_input(crs), grid.c, grid.f, grid.a, -grid.e)
    canopy, known = cell_areas(parcels, laid).T
    return {"parcel": ids[known > 0], "share": (canopy / known)[known > 0]}


def dissolve(files: Files) -> Columns:
    """Dissolve the crowns; gives the m² of each piece."""
    return {"m2": shapely.area(dissolved(_layer(files.crowns)[1]))}


def _layer(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a layer: ids in order, so that the lowest position has the lowest id, and shapes."""
    table = pq.read_table(path, columns=["id", "geometry"]).sort_by("id")
    return table["id"].to_numpy(), shapely.from_wkb(table["geometry"].to_numpy())


TASKS: dict[str, Task] = {
    "trees": trees,
    "canopy": canopy,
    "towns": towns,
    "inspections": inspections,
    "raster": raster,
    "dissolve": dissolve,
}
COLUMN_TASKS: dict[str, Task] = {}
