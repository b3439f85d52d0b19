"""Canopy as cells."""

from dataclasses import dataclass

import numpy as np
from pyproj import CRS

CANOPY, BARE, UNKNOWN = 1, 0, 255  # what a cell may hold


@dataclass(frozen=True)
class Raster:
    """A canopy raster: each cell is `CANOPY`, `BARE` or `UNKNOWN`.

    `cells` has the shape (rows, columns), dtype uint8, north up; `west` and `north` are the outer
    corner of its first cell and `cell_x`, `cell_y` its cell's size (both positive) in `crs` units.
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
        """The outer side of its last column."""
        return self.west + self.cells.shape[1] * self.cell_x

    @property
    def south(self) -> float:
        """The outer side of its last row."""
        return self.north - self.cells.shape[0] * self.cell_y
