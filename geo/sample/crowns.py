"""Canopy: crowns as polygons that overlap where trees stand close, and the same as cells."""

from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio import Affine, features

from geo.rasters import BARE, CANOPY, UNKNOWN
from geo.sample.ground import METRES
from geo.sample.tables import Table, objects

METHOD, YEAR = "illustrative crowns, not surveyed", 2024
CORNERS = (12, 14, 16)
MOST_CELLS = 160_000_000  # more than that at 1 m, and the cells are made larger


def crown_shapes(trees: Table, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` crowns over the trees, in metres; over some of them twice when there are too few."""
    stand = np.flatnonzero(trees["radius_m"].astype(float) > 0)
    if not len(stand) or not count:
        return np.empty(0, dtype=object)
    # Large crowns first, by chance: those are what one sees from above.
    area = trees["radius_m"][stand].astype(float) ** 2
    order = stand[np.argsort(rng.exponential(size=len(stand)) / area, kind="stable")]
    which = np.tile(order, -(-count // len(stand)))[:count]
    again = np.arange(count) >= len(stand)
    middle = shapely.get_coordinates(trees["geometry"][which])
    middle += rng.normal(0, 1, (count, 2)) * np.where(again, 2.5, 0.25)[:, None]
    radius = trees["radius_m"][which].astype(float)
    shapes = np.empty(count, dtype=object)
    kind = rng.integers(len(CORNERS), size=count)
    for i, corners in enumerate(CORNERS):
        shapes[kind == i] = _round(middle[kind == i], radius[kind == i], corners, rng)
    return shapes


def _round(
    middle: np.ndarray, radius: np.ndarray, corners: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw uneven circles, counter-clockwise."""
    count = len(middle)
    angle = 2 * np.pi * (np.arange(corners) + rng.uniform(0, 0.5, (count, corners))) / corners
    reach = radius[:, None] * rng.uniform(0.82, 1.12, (count, corners))
    spokes = np.stack([np.cos(angle), np.sin(angle)], -1) * reach[..., None]
    return shapely.polygons(middle[:, None] + spokes)


def crown_table(prefix: str, shapes: np.ndarray, degrees: np.ndarray) -> Table:
    """Write the crowns' rows; their height follows their width."""
    wide = np.sqrt(shapely.area(shapes))
    return objects(
        {
            "id": np.array([f"{prefix}-c{n}" for n in range(1, len(shapes) + 1)], dtype=object),
            "height_m": np.round(3 + 1.4 * wide, 1),
            "method": METHOD,
            "year": np.full(len(shapes), YEAR),
            "geometry": degrees,
        }
    )


class Cells:
    """The canopy raster while it is made: unknown outside the towns, in METRES.

    Cells are 1 m wide; 2 m, 4 m… where the county would need more than `MOST_CELLS`.
    """

    def __init__(self, limits: np.ndarray) -> None:
        west, south, east, north = np.asarray(shapely.total_bounds(limits))
        self.size = 1.0
        while (east - west) * (north - south) / self.size**2 > MOST_CELLS:
            self.size *= 2
        self.west, self.north = np.floor(west) - self.size, np.ceil(north) + self.size
        shape = (
            int((self.north - south) / self.size) + 2,
            int((east - self.west) / self.size) + 2,
        )
        self.cells = np.full(shape, UNKNOWN, dtype="uint8")
        features.rasterize(
            ((shape, BARE) for shape in limits), out=self.cells, transform=self._at(0, 0)
        )

    def _at(self, row: int, column: int) -> Affine:
        """Give the transform of a window whose first cell is this one."""
        west, north = self.west + column * self.size, self.north - row * self.size
        return Affine(self.size, 0, west, 0, -self.size, north)

    def burn(self, crowns: np.ndarray) -> None:
        """Mark the cells whose middle lies under a crown; those outside the towns stay unknown."""
        if not len(crowns):
            return
        west, south, east, north = np.asarray(shapely.total_bounds(crowns))
        top = max(0, int((self.north - north) / self.size))
        left = max(0, int((west - self.west) / self.size))
        bottom = int((self.north - south) / self.size) + 1
        right = int((east - self.west) / self.size) + 1
        window = self.cells[top:bottom, left:right]
        under = features.rasterize(
            ((crown, 1) for crown in crowns),
            out_shape=window.shape,
            transform=self._at(top, left),
            dtype="uint8",
        )
        window[(under == 1) & (window != UNKNOWN)] = CANOPY

    def write(self, path: Path) -> None:
        """Write a GeoTIFF."""
        high, wide = self.cells.shape
        with rasterio.open(
            path, "w", driver="GTiff", height=high, width=wide, count=1, dtype="uint8",
            crs=METRES.to_wkt(), transform=self._at(0, 0), nodata=UNKNOWN,
            compress="deflate", tiled=True, blockxsize=256, blockysize=256,
        ) as file:  # fmt: skip
            file.write(self.cells, 1)
            file.update_tags(METHOD=METHOD, YEAR=str(YEAR))
