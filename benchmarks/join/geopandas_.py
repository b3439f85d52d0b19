"""Naive geopandas: the calls that its handbook leads to, ties taken out afterwards."""

import geopandas as gpd
import pandas as pd

from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Task


def trees(files: Files) -> pd.DataFrame:
    """Join what is inside, then what is left with the nearest."""
    parcels, points = gpd.read_parquet(files.parcels), gpd.read_parquet(files.trees)
    inside = _lowest(gpd.sjoin(points, parcels, predicate="intersects"))
    left = points[~points["id"].isin(inside.index)]
    near = _lowest(gpd.sjoin_nearest(left, parcels, max_distance=NEAR_M))
    return pd.concat([inside, near]).rename_axis("tree").rename("parcel").reset_index()


def canopy(files: Files) -> pd.DataFrame:
    """Overlay parcels with the dissolved crowns and add up the areas."""
    parcels, pieces = gpd.read_parquet(files.parcels), gpd.read_parquet(files.dissolved)
    cut = gpd.overlay(parcels, pieces, how="intersection")
    return cut.area.groupby(cut["id_1"]).sum().rename_axis("parcel").rename("m2").reset_index()


def towns(files: Files) -> pd.DataFrame:
    """Overlay parcels with towns and divide by the parcels' areas."""
    parcels, limits = gpd.read_parquet(files.parcels), gpd.read_parquet(files.towns)
    cut = gpd.overlay(parcels, limits, how="intersection")
    whole = parcels.set_index("id").area.loc[cut["id_1"]].to_numpy()
    return pd.DataFrame({"parcel": cut["id_1"], "town": cut["id_2"], "share": cut.area / whole})


def inspections(files: Files) -> pd.DataFrame:
    """Take the parcel that is named, else join what is inside."""
    parcels, cases = gpd.read_parquet(files.parcels), gpd.read_parquet(files.inspections)
    named = cases["parcel_key"].isin(parcels["id"])
    known = cases[named].set_index("id")["parcel_key"]
    points = cases[~named & cases.geometry.notna()]
    inside = _lowest(gpd.sjoin(points, parcels, predicate="intersects"))
    return pd.concat([known, inside]).rename_axis("inspection").rename("parcel").reset_index()


def _lowest(joined: pd.DataFrame) -> pd.Series:
    """Take the lowest parcel of each row."""
    return joined.groupby("id_left")["id_right"].min()


TASKS: dict[str, Task] = {
    "trees": trees,
    "canopy": canopy,
    "towns": towns,
    "inspections": inspections,
}
