"""Compile every kernel and keep it beside its source: `python -m geo.engine.compiled`, as `make setup` does.

A kernel takes over what it calls from other modules when it is compiled, and does not notice when that
changes later. So what was kept is thrown away first.
"""

from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from geo.engine.cells import cell_areas
from geo.engine.frontage import Rules, fronted
from geo.engine.outlines import Square, outlined
from geo.engine.overlaps import parts, shared_m2
from geo.engine.points import located
from geo.engine.polylines import lined
from geo.engine.reached import near_any
from geo.engine.shapes import areas_of, buffer_of, lines_of, points_of
from geo.engine.streets import Streets
from geo.rasters import Raster


def compiled() -> None:
    """Run every kernel once on a square and a circle."""
    square, circle = shapely.box(0, 0, 9, 9), shapely.Point(5, 5).buffer(2)
    areas = areas_of(*buffer_of(np.array([square, circle, None])))
    points = points_of(*buffer_of(np.array([shapely.Point(1, 1), None])), areas.origin)
    located(points, areas, reach_m=1.0)
    near_any(areas, np.array([[1.0, 1.0]]), reach_m=1.0)
    shared_m2(areas, areas)
    parts(areas, areas)
    cells = Raster(np.ones((9, 9), np.uint8), CRS.from_epsg(26996), 0.0, 9.0, 1.0, 1.0)
    cell_areas(areas, cells)
    lines = lines_of(*buffer_of(np.array([square.exterior])), areas.origin)
    tile = Square.of(4096, (0, 0), -64, 4160)
    lined(lines, tile)
    streets = Streets(lines, np.array([-1]), np.array([-1]), np.array([False]))
    outlined(areas, tile)
    fronted(points, np.array([-1, -1]), areas, streets, Rules(15, 0, 40, 0, 30, 3, 0.01))


def forget() -> None:
    """Throw away what was kept of an earlier compilation."""
    for kept in Path(__file__).parent.glob("__pycache__/*.nb[ci]"):
        kept.unlink()


if __name__ == "__main__":
    forget()
    compiled()
