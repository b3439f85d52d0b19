"""The engine geopandas: the calls that its documentation suggests, with ties resolved afterwards."""

import geopandas as gpd
import pandas as pd

from benchmarks.join.files import CountyFiles
from benchmarks.join.tasks import NEAR_M, Task


def parcel_of_trees(files: CountyFiles) -> pd.DataFrame:
    """Join the trees to the parcels that contain them, then the other trees to the nearest parcel."""
    parcels, points = gpd.read_parquet(files.parcels), gpd.read_parquet(files.trees)
    contained = _lowest_parcel_ids(gpd.sjoin(points, parcels, predicate="intersects"))
    remaining = points[~points["id"].isin(contained.index)]
    nearest = _lowest_parcel_ids(gpd.sjoin_nearest(remaining, parcels, max_distance=NEAR_M))
    return pd.concat([contained, nearest]).rename_axis("tree").rename("parcel").reset_index()


def canopy_area_of_parcels(files: CountyFiles) -> pd.DataFrame:
    """Overlay parcels with dissolved crowns, and sum the areas."""
    parcels, pieces = gpd.read_parquet(files.parcels), gpd.read_parquet(files.dissolved)
    overlay = gpd.overlay(parcels, pieces, how="intersection")
    return overlay.area.groupby(overlay["id_1"]).sum().rename_axis("parcel").rename("m2").reset_index()


def town_shares_of_parcels(files: CountyFiles) -> pd.DataFrame:
    """Overlay parcels with towns, and divide by the parcels' areas."""
    parcels, boundaries = gpd.read_parquet(files.parcels), gpd.read_parquet(files.towns)
    overlay = gpd.overlay(parcels, boundaries, how="intersection")
    parcel_area = parcels.set_index("id").area.loc[overlay["id_1"]].to_numpy()
    return pd.DataFrame({"parcel": overlay["id_1"], "town": overlay["id_2"], "share": overlay.area / parcel_area})


def parcel_of_inspections(files: CountyFiles) -> pd.DataFrame:
    """Return the parcel that each inspection names, else the one that contains its point."""
    parcels, all_inspections = gpd.read_parquet(files.parcels), gpd.read_parquet(files.inspections)
    is_named = all_inspections["parcel_key"].isin(parcels["id"])
    named_parcels = all_inspections[is_named].set_index("id")["parcel_key"]
    points = all_inspections[~is_named & all_inspections.geometry.notna()]
    contained = _lowest_parcel_ids(gpd.sjoin(points, parcels, predicate="intersects"))
    return pd.concat([named_parcels, contained]).rename_axis("inspection").rename("parcel").reset_index()


def _lowest_parcel_ids(joined: pd.DataFrame) -> pd.Series:
    """Return the lowest parcel id of each joined record.

    >>> joined = pd.DataFrame({"id_left": ["t1", "t1", "t2"], "id_right": ["P2", "P1", "P3"]})
    >>> _lowest_parcel_ids(joined).to_dict()
    {'t1': 'P1', 't2': 'P3'}
    """
    return joined.groupby("id_left")["id_right"].min()


TASKS: dict[str, Task] = {
    "trees": parcel_of_trees,
    "canopy": canopy_area_of_parcels,
    "towns": town_shares_of_parcels,
    "inspections": parcel_of_inspections,
}
