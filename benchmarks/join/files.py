"""Where the benchmark's files lie; what every engine imports, so it imports next to nothing."""

from pathlib import Path


class Files:
    """Where the files of one county lie. Each GeoParquet file has `id`, `geometry` and no more.

    Inspections have `parcel_key` too, unknown where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sample = folder / "sample"  # as `lotleaf sample` makes it, in degrees
        self.parcels = folder / "parcels.parquet"
        self.trees = folder / "trees.parquet"
        self.crowns = folder / "crowns.parquet"
        self.dissolved = folder / "dissolved.parquet"  # the crowns, dissolved
        self.towns = folder / "towns.parquet"
        self.streets = folder / "streets.parquet"
        self.inspections = folder / "inspections.parquet"
        self.raster = self.sample / "canopy-raster" / "canopy.tif"  # in metres as it is
        self.workspace = folder / "county.gpkg"  # what `lotleaf load --all` makes of the sample
        self.ready = folder / "ready"

    def kept(self, name: str) -> Path:
        """Where a layer lies as the join keeps it."""
        return self.folder / "columns" / f"{name}.arrow"
