"""Canopy of the sample: crowns as polygons that overlap where trees are close, and the same as a raster.

`geo.sample.county` calls `draw_crowns`, `crown_table` and `CanopyRaster`.
"""

from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio import Affine, features

from geo.raster import CANOPY, NO_CANOPY, UNKNOWN
from geo.sample.layout.georeference import METRIC_CRS
from geo.sample.sample_tables import Table, make_table

CANOPY_METHOD, CANOPY_YEAR = "illustrative crowns, not surveyed", 2024
CROWN_VERTEX_COUNTS = (12, 14, 16)
MAX_CELLS = 160_000_000  # a larger county gets larger cells


def draw_crowns(trees: Table, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` crowns over the trees as polygons in meters.

    If there are fewer trees than crowns, some trees get two or more. `trees` has `radius_m` and
    `geometry`.
    """
    tree_rows = np.flatnonzero(trees["radius_m"].astype(float) > 0)
    if not len(tree_rows) or not count:
        return np.empty(0, dtype=object)
    # Large crowns tend to come first, because they are the ones seen from above.
    area = trees["radius_m"][tree_rows].astype(float) ** 2
    order = tree_rows[np.argsort(rng.exponential(size=len(tree_rows)) / area, kind="stable")]
    indices = np.tile(order, -(-count // len(tree_rows)))[:count]
    is_repeat = np.arange(count) >= len(tree_rows)
    center = shapely.get_coordinates(trees["geometry"][indices])
    center += rng.normal(0, 1, (count, 2)) * np.where(is_repeat, 2.5, 0.25)[:, None]
    radius = trees["radius_m"][indices].astype(float)
    geometries = np.empty(count, dtype=object)
    vertex_choice = rng.integers(len(CROWN_VERTEX_COUNTS), size=count)
    for i, vertex_count in enumerate(CROWN_VERTEX_COUNTS):
        geometries[vertex_choice == i] = _draw_uneven_circles(
            center[vertex_choice == i], radius[vertex_choice == i], vertex_count, rng
        )
    return geometries


def _draw_uneven_circles(
    center: np.ndarray, radius: np.ndarray, vertex_count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return uneven circles as counter-clockwise polygons.

    >>> crowns = _draw_uneven_circles(np.zeros((1, 2)), np.array([4.0]), 12, np.random.default_rng(1))
    >>> bool(crowns[0].is_valid), bool(30 < crowns[0].area < 60)
    (True, True)
    """
    count = len(center)
    angle = 2 * np.pi * (np.arange(vertex_count) + rng.uniform(0, 0.5, (count, vertex_count))) / vertex_count
    distance = radius[:, None] * rng.uniform(0.82, 1.12, (count, vertex_count))
    spokes = np.stack([np.cos(angle), np.sin(angle)], -1) * distance[..., None]
    return shapely.polygons(center[:, None] + spokes)


def crown_table(prefix: str, geometries: np.ndarray, geometries_wgs84: np.ndarray) -> Table:
    """Return the rows of the canopy layer. The height of a crown follows its width.

    >>> crowns = shapely.box([0, 10], [0, 10], [5, 14], [5, 14])
    >>> crown_table("01", crowns, crowns)["height_m"].tolist()
    [10.0, 8.6]
    """
    width = np.sqrt(shapely.area(geometries))
    return make_table(
        {
            "id": np.array([f"{prefix}-c{n}" for n in range(1, len(geometries) + 1)], dtype=object),
            "height_m": np.round(3 + 1.4 * width, 1),
            "method": CANOPY_METHOD,
            "year": np.full(len(geometries), CANOPY_YEAR),
            "geometry": geometries_wgs84,
        }
    )


class CanopyRaster:
    """The canopy raster while it is made: `cells` uint8 `(rows, columns)` in the metric CRS.

    Cells outside the towns are `UNKNOWN`. A cell is 1 m wide. It is 2 m, 4 m or wider if the county
    would need more than `MAX_CELLS` cells.
    """

    def __init__(self, boundaries: np.ndarray) -> None:
        west, south, east, north = np.asarray(shapely.total_bounds(boundaries))
        self.cell_size_m = 1.0
        while (east - west) * (north - south) / self.cell_size_m**2 > MAX_CELLS:
            self.cell_size_m *= 2
        self.west, self.north = np.floor(west) - self.cell_size_m, np.ceil(north) + self.cell_size_m
        shape = (int((self.north - south) / self.cell_size_m) + 2, int((east - self.west) / self.cell_size_m) + 2)
        self.cells = np.full(shape, UNKNOWN, dtype="uint8")
        features.rasterize(
            ((shape, NO_CANOPY) for shape in boundaries), out=self.cells, transform=self._transform_at(0, 0)
        )

    def _transform_at(self, row: int, column: int) -> Affine:
        """Return the transform of a window that begins at this cell."""
        west, north = self.west + column * self.cell_size_m, self.north - row * self.cell_size_m
        return Affine(self.cell_size_m, 0, west, 0, -self.cell_size_m, north)

    def burn_crowns(self, crowns: np.ndarray) -> None:
        """Set cells to `CANOPY` if their center lies under a crown. Cells outside the towns stay unknown."""
        if not len(crowns):
            return
        west, south, east, north = np.asarray(shapely.total_bounds(crowns))
        top = max(0, int((self.north - north) / self.cell_size_m))
        left = max(0, int((west - self.west) / self.cell_size_m))
        bottom = int((self.north - south) / self.cell_size_m) + 1
        right = int((east - self.west) / self.cell_size_m) + 1
        window = self.cells[top:bottom, left:right]
        is_under_crown = features.rasterize(
            ((crown, 1) for crown in crowns),
            out_shape=window.shape,
            transform=self._transform_at(top, left),
            dtype="uint8",
        )
        window[(is_under_crown == 1) & (window != UNKNOWN)] = CANOPY

    def write_geotiff(self, path: Path) -> None:
        """Write the raster as a GeoTIFF."""
        height, width = self.cells.shape
        with rasterio.open(
            path, "w", driver="GTiff", height=height, width=width, count=1, dtype="uint8",
            crs=METRIC_CRS.to_wkt(), transform=self._transform_at(0, 0), nodata=UNKNOWN,
            compress="deflate", tiled=True, blockxsize=256, blockysize=256,
        ) as file:  # fmt: skip
            file.write(self.cells, 1)
            file.update_tags(METHOD=CANOPY_METHOD, YEAR=str(CANOPY_YEAR))
