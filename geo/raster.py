"""Canopy rasters: one cell value for each square of ground.

`geo.ingest.read_raster` and the store make them. `geo.kernels.zonal_raster` measures canopy from
them.
"""

from dataclasses import dataclass

import numpy as np
from pyproj import CRS

CANOPY, NO_CANOPY, UNKNOWN = 1, 0, 255  # the values of a cell


@dataclass(frozen=True)
class Raster:
    """A canopy raster, with a cell value of `CANOPY`, `NO_CANOPY` or `UNKNOWN`.

    `cells` has the shape (rows, columns) and dtype uint8, north up. `west` and `north` are the
    outer corner of the first cell. `cell_x` and `cell_y` are the size of a cell, both positive. All
    four are in units of `crs`.

    >>> raster = Raster(np.array([[CANOPY, UNKNOWN]], np.uint8), CRS.from_epsg(26996), 500.0, 90.0, 10.0, 10.0)
    >>> raster.west, raster.south, raster.east, raster.north
    (500.0, 80.0, 520.0, 90.0)
    """

    cells: np.ndarray
    crs: CRS
    west: float
    north: float
    cell_x: float
    cell_y: float
    source: str = ""
    method: str | None = None
    year: int | None = None

    @property
    def east(self) -> float:
        """The outer side of the last column."""
        return self.west + self.cells.shape[1] * self.cell_x

    @property
    def south(self) -> float:
        """The outer side of the last row."""
        return self.north - self.cells.shape[0] * self.cell_y
