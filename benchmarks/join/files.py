"""Paths of the benchmark's files. Every engine imports this module, so it imports almost nothing."""

from pathlib import Path


class CountyFiles:
    """The paths of one county's files. Each GeoParquet file has the columns `id` and `geometry` only.

    Inspections have `parcel_key` too, null where unknown.

    >>> CountyFiles(Path("county-300-2")).layer_cache_path("trees").as_posix()
    'county-300-2/columns/trees.arrow'
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sample = folder / "sample"  # made by `lotleaf sample`, in degrees
        self.parcels = folder / "parcels.parquet"
        self.trees = folder / "trees.parquet"
        self.crowns = folder / "crowns.parquet"
        self.dissolved = folder / "dissolved.parquet"  # the crowns without overlaps
        self.towns = folder / "towns.parquet"
        self.streets = folder / "streets.parquet"
        self.inspections = folder / "inspections.parquet"
        self.raster = self.sample / "canopy-raster" / "canopy.tif"  # already in meters
        self.workspace = folder / "county.gpkg"  # made by `lotleaf load --all`
        self.ready_marker = folder / "ready"

    def layer_cache_path(self, name: str) -> Path:
        """Return the path of a layer's cache."""
        return self.folder / "columns" / f"{name}.arrow"
