"""Compile every kernel into numba's cache: `python -m geo.kernels.warmup`, as `make setup` does.

numba inlines functions of other modules into a kernel, and does not notice when they change later.
So the cache is cleared first.
"""

from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from geo.kernels.frontage.assign_frontage import assign_frontage
from geo.kernels.frontage.choose_parcel import FrontageRules
from geo.kernels.frontage.nearby_streets import Streets
from geo.kernels.geometry_arrays import areas_from_wkb, lines_from_wkb, points_from_wkb, to_wkb_buffer
from geo.kernels.overlay_area import covered_area_m2, intersection_areas
from geo.kernels.point_in_polygon import locate_points
from geo.kernels.tile_lines import encode_lines
from geo.kernels.tile_polygons import TileTransform, encode_polygons
from geo.kernels.within_distance import has_point_within
from geo.kernels.zonal_raster import cell_areas
from geo.raster import Raster


def compile_kernels() -> None:
    """Compile every kernel by running it once on a square and a circle."""
    square, circle = shapely.box(0, 0, 9, 9), shapely.Point(5, 5).buffer(2)
    areas = areas_from_wkb(*to_wkb_buffer(np.array([square, circle, None])))
    points = points_from_wkb(*to_wkb_buffer(np.array([shapely.Point(1, 1), None])), areas.origin)
    locate_points(points, areas, reach_m=1.0)
    has_point_within(areas, np.array([[1.0, 1.0]]), reach_m=1.0)
    covered_area_m2(areas, areas)
    intersection_areas(areas, areas)
    raster = Raster(np.ones((9, 9), np.uint8), CRS.from_epsg(26996), 0.0, 9.0, 1.0, 1.0)
    cell_areas(areas, raster)
    lines = lines_from_wkb(*to_wkb_buffer(np.array([square.exterior])), areas.origin)
    transform = TileTransform.from_corner(4096, (0, 0), -64, 4160)
    encode_lines(lines, transform)
    streets = Streets(lines, np.array([-1]), np.array([-1]), np.array([False]))
    encode_polygons(areas, transform)
    assign_frontage(points, np.array([-1, -1]), areas, streets, FrontageRules(15, 0, 40, 0, 30, 3, 0.01))


def clear_compile_cache() -> None:
    """Delete the cache files of earlier compilations."""
    for cache_file in Path(__file__).parent.rglob("__pycache__/*.nb[ci]"):
        cache_file.unlink()


if __name__ == "__main__":
    clear_compile_cache()
    compile_kernels()
