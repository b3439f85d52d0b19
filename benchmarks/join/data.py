"""The files of the join benchmark: a county made by `lotleaf sample`, in meters, the same for every engine.

`benchmarks.join.run` calls `make_county`.
"""

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.join.files import CountyFiles

METRIC_EPSG = 26996  # EPSG: NAD83 / Missouri East
ROW_GROUP = 20_000
SEED = 22
MAX_DISTANCE_M = 1_000.0  # trees farther from the parcels' bbox are oddities of the sample


def make_county(folder: Path, parcels: int, towns: int) -> CountyFiles:
    """Return the files of a county, which are made if they are missing."""
    files = CountyFiles(folder)
    if files.ready_marker.exists():
        return files
    folder.mkdir(parents=True, exist_ok=True)
    program = Path(sys.executable).with_name("lotleaf")
    settings = {"parcels": parcels, "towns": towns, "seed": SEED, "format": "geoparquet"}
    options = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    subprocess.run([program, "sample", files.sample, *options], check=True, capture_output=True)
    _write_layers(files)
    files.ready_marker.touch()
    return files


def _write_layers(files: CountyFiles) -> None:
    parcels = _read_layer(files.sample / "parcels" / "parcels.parquet")
    _write_layer(parcels, files.parcels)
    surroundings = shapely.box(*parcels.total_bounds).buffer(MAX_DISTANCE_M)
    trees = _read_layer(files.sample / "trees" / "trees.parquet")
    _write_layer(trees[trees.within(surroundings)], files.trees)
    crowns = _read_layer(files.sample / "canopy" / "crowns.parquet")
    _write_layer(crowns, files.crowns)
    _write_layer(_dissolve_crowns(crowns), files.dissolved)
    towns = _read_layer(files.sample / "boundaries" / "municipalities.parquet", "valid_to")
    _write_layer(towns[towns["valid_to"].isna()].drop(columns="valid_to"), files.towns)
    _write_layer(_read_layer(files.sample / "streets" / "streets.parquet"), files.streets)
    _write_layer(_read_inspections(files.sample / "inspections" / "inspections.csv"), files.inspections)


def _read_layer(path: Path, *columns: str) -> gpd.GeoDataFrame:
    """Read a layer in meters with valid geometries, without empty ones and without repeated ids."""
    frame = gpd.read_parquet(path, columns=["id", *columns, "geometry"])
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty | frame["id"].duplicated())]
    frame = frame.to_crs(METRIC_EPSG)
    valid = shapely.make_valid(frame.geometry.to_numpy(), method="structure", keep_collapsed=False)
    return frame.set_geometry(valid, crs=METRIC_EPSG)


def _write_layer(frame: gpd.GeoDataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False, row_group_size=ROW_GROUP)


def _dissolve_crowns(crowns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the crowns dissolved with GEOS's own union, as the reference for lotleaf's dissolve."""
    pieces = shapely.get_parts(shapely.union_all(crowns.geometry.to_numpy()))
    ids = np.arange(len(pieces)).astype(str)
    return gpd.GeoDataFrame({"id": ids}, geometry=pieces, crs=METRIC_EPSG)


def _read_inspections(path: Path) -> gpd.GeoDataFrame:
    """Read the inspections that have a parcel number or a point."""
    rows = pd.read_csv(path, dtype={"id": "str", "parcel_key": "str"})
    rows = rows[~rows["id"].duplicated() & (rows["lon"].notna() | rows["parcel_key"].notna())]
    points = gpd.GeoSeries.from_xy(rows["lon"], rows["lat"], index=rows.index, crs=4326)
    points = points.where(rows["lon"].notna() & (rows["lon"] != 0)).to_crs(METRIC_EPSG)
    return gpd.GeoDataFrame(rows[["id", "parcel_key"]], geometry=points)
