"""The benchmark's files: a county of `lotleaf sample`, laid in metres, the same for every engine."""

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.join.files import Files

METRES = 26996  # EPSG: NAD83 / Missouri East
ROW_GROUP = 20_000
SEED = 22
FAR_M = 1_000.0  # what lies farther than this from every parcel is an oddity of the sample


def make(folder: Path, parcels: int, towns: int) -> Files:
    """Make a county's files, unless they are there."""
    files = Files(folder)
    if files.ready.exists():
        return files
    folder.mkdir(parents=True, exist_ok=True)
    lotleaf = Path(sys.executable).with_name("lotleaf")
    told = {"parcels": parcels, "towns": towns, "seed": SEED, "format": "geoparquet"}
    options = [word for name, value in told.items() for word in (f"--{name}", str(value))]
    subprocess.run([lotleaf, "sample", files.sample, *options], check=True, capture_output=True)
    _lay_out(files)
    files.ready.touch()
    return files


def _lay_out(files: Files) -> None:
    lots = _read(files.sample / "parcels" / "parcels.parquet")
    _write(lots, files.parcels)
    around = shapely.box(*lots.total_bounds).buffer(FAR_M)
    trees = _read(files.sample / "trees" / "trees.parquet")
    _write(trees[trees.within(around)], files.trees)
    crowns = _read(files.sample / "canopy" / "crowns.parquet")
    _write(crowns, files.crowns)
    _write(_dissolved(crowns), files.dissolved)
    towns = _read(files.sample / "boundaries" / "municipalities.parquet", "valid_to")
    _write(towns[towns["valid_to"].isna()].drop(columns="valid_to"), files.towns)
    _write(_read(files.sample / "streets" / "streets.parquet"), files.streets)
    _write(_inspections(files.sample / "inspections" / "inspections.csv"), files.inspections)


def _read(path: Path, *columns: str) -> gpd.GeoDataFrame:
    """Read a layer in metres: rows without a shape and repeated ids left out, outlines made valid."""
    frame = gpd.read_parquet(path, columns=["id", *columns, "geometry"])
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty | frame["id"].duplicated())]
    frame = frame.to_crs(METRES)
    valid = shapely.make_valid(frame.geometry.to_numpy(), method="structure", keep_collapsed=False)
    return frame.set_geometry(valid, crs=METRES)


def _write(frame: gpd.GeoDataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False, row_group_size=ROW_GROUP)


def _dissolved(crowns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Dissolve the crowns with GEOS's own union, so that ours can be held against it."""
    pieces = shapely.get_parts(shapely.union_all(crowns.geometry.to_numpy()))
    ids = np.arange(len(pieces)).astype(str)
    return gpd.GeoDataFrame({"id": ids}, geometry=pieces, crs=METRES)


def _inspections(path: Path) -> gpd.GeoDataFrame:
    """Read the inspections that a parcel's number or a point places; `parcel_key` may be unknown."""
    rows = pd.read_csv(path, dtype={"id": "str", "parcel_key": "str"})
    rows = rows[~rows["id"].duplicated() & (rows["lon"].notna() | rows["parcel_key"].notna())]
    points = gpd.GeoSeries.from_xy(rows["lon"], rows["lat"], index=rows.index, crs=4326)
    points = points.where(rows["lon"].notna() & (rows["lon"] != 0)).to_crs(METRES)
    return gpd.GeoDataFrame(rows[["id", "parcel_key"]], geometry=points)
