"""Canopy as cells."""

from dataclasses import dataclass

import numpy as np
from pyproj import CRS


@dataclass(frozen=True)
class Raster:
    """A canopy raster: for each cell 1 canopy, 0 none, 255 unknown.

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
