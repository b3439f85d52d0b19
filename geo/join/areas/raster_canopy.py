"""Canopy of zones from rasters. Tiles are grouped into surveys, and each zone takes the best survey.

`geo.join.canopy` calls `raster_canopy` for the zones without crowns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.geometry_column import repair_polygons
from geo.kernels.geometry_arrays import areas_from_shapely
from geo.kernels.zonal_raster import cell_areas
from geo.projected_layer import AREA_DECIMALS, Columns
from geo.raster import UNKNOWN, Raster

CANOPY_FIELDS = ("canopy_m2", "canopy_pct", "canopy_method", "canopy_year", "canopy_resolution_m")
MIN_KNOWN_SHARE = 1e-6  # known cells must cover this share of a zone


@dataclass(frozen=True)
class SurveyCanopy:
    """The canopy and the known ground of all zones from one survey, in m² (n,)."""

    canopy_m2: np.ndarray
    known_m2: np.ndarray
    method: str | None
    year: int | None
    resolution_m: float


def raster_canopy(zones: np.ndarray, rasters: Sequence[Raster], metric_crs: CRS) -> Columns:
    """Return the canopy columns of zones from rasters, None where no cell is known.

    `zones` (n,) are Shapely polygons in the metric CRS, or None. Rasters with the same method, year, CRS and
    cell size are tiles of one survey. A cell in two tiles counts once. Each zone takes the survey that
    covers most of it, the newest one in a tie. `canopy_pct` relates to the ground under known cells.

    Zones are projected to the CRS of the raster and cut exactly there. The shares are then applied to the
    m² of the zone. Within a town the scale of degrees or Web Mercator varies by less than 0.1 %.
    """
    surveys = [_survey_canopy(zones, tiles, metric_crs) for tiles in _group_tiles_by_survey(rasters)]
    table = {name: np.full(len(zones), None, object) for name in CANOPY_FIELDS}
    best_known_m2 = shapely.area(zones) * MIN_KNOWN_SHARE
    for survey in surveys:
        is_better = survey.known_m2 > best_known_m2
        table["canopy_m2"][is_better] = survey.canopy_m2[is_better].round(AREA_DECIMALS)
        table["canopy_pct"][is_better] = percent_of(survey.canopy_m2, survey.known_m2)[is_better].round(AREA_DECIMALS)
        values = (survey.method, survey.year, survey.resolution_m)
        for field, value in zip(CANOPY_FIELDS[2:], values, strict=True):
            table[field][is_better] = value
        # Later surveys are older. They must cover more than the rounding error.
        best_known_m2 = np.where(is_better, survey.known_m2 * (1 + MIN_KNOWN_SHARE), best_known_m2)
    return table


def _group_tiles_by_survey(rasters: Sequence[Raster]) -> list[list[Raster]]:
    """Group tiles by survey, the newest first, and surveys of unknown year last."""
    tiles_by_survey: dict[tuple, list[Raster]] = {}
    for raster in rasters:
        key = (-(raster.year or 0), raster.method or "", raster.crs.to_wkt(), raster.cell_x)
        tiles_by_survey.setdefault(key, []).append(raster)
    return [tiles_by_survey[key] for key in sorted(tiles_by_survey)]


def _survey_canopy(zones: np.ndarray, tiles: list[Raster], metric_crs: CRS) -> SurveyCanopy:
    first_tile = tiles[0]
    projected_zones = gpd.GeoSeries(zones, crs=metric_crs).to_crs(first_tile.crs).to_numpy().astype(object)
    projected_zones = repair_polygons(projected_zones)
    zone_areas = areas_from_shapely(projected_zones)
    zone_cells = sum(cell_areas(zone_areas, tile) for tile in _mask_repeated_cells(tiles))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = zone_cells * (first_tile.cell_x * first_tile.cell_y) / zone_areas.area_m2[:, None]
    zone_m2 = np.nan_to_num(share * shapely.area(zones)[:, None])
    return SurveyCanopy(
        zone_m2[:, 0], zone_m2[:, 1], first_tile.method, first_tile.year, raster_resolution_m(first_tile, metric_crs)
    )


def _mask_repeated_cells(tiles: list[Raster]) -> list[Raster]:
    """Set cells to unknown if their center lies in an earlier tile."""
    masked_tiles: list[Raster] = []
    for tile in tiles:
        cells = tile.cells
        for other in masked_tiles:
            columns, rows = _overlapping_cells(tile, other)
            if columns.any() and rows.any():
                cells = cells.copy()
                cells[np.ix_(rows, columns)] = UNKNOWN
        masked_tiles.append(replace(tile, cells=cells))
    return masked_tiles


def _overlapping_cells(tile: Raster, other: Raster) -> tuple[np.ndarray, np.ndarray]:
    """Return masks of the columns and the rows of a tile with centers inside `other`.

    >>> tile = Raster(np.zeros((2, 3), np.uint8), CRS.from_epsg(26996), 0.0, 20.0, 10.0, 10.0)
    >>> columns, rows = _overlapping_cells(tile, replace(tile, west=20.0))
    >>> columns.tolist(), rows.tolist()
    ([False, False, True], [True, True])
    """
    x = tile.west + (np.arange(tile.cells.shape[1]) + 0.5) * tile.cell_x
    y = tile.north - (np.arange(tile.cells.shape[0]) + 0.5) * tile.cell_y
    return (x > other.west) & (x < other.east), (y > other.south) & (y < other.north)


def raster_resolution_m(raster: Raster, metric_crs: CRS) -> float:
    """Return the side of a square as large as the raster's middle cell, in meters, to the centimeter.

    >>> raster = Raster(np.zeros((2, 2), np.uint8), CRS.from_epsg(26996), 250000.0, 310000.0, 2.0, 2.0)
    >>> raster_resolution_m(raster, raster.crs)
    2.0
    """
    rows, columns = raster.cells.shape
    west = raster.west + columns // 2 * raster.cell_x
    north = raster.north - rows // 2 * raster.cell_y
    cell = shapely.box(west, north - raster.cell_y, west + raster.cell_x, north)
    cell_m2 = gpd.GeoSeries([cell], crs=raster.crs).to_crs(metric_crs).area.iloc[0]
    return float(np.round(np.sqrt(cell_m2), 2))


def percent_of(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return a part in percent of the total, at most 100, nan where the total is not above 0.

    >>> percent_of(np.array([25.0, 0.0]), np.array([200.0, 0.0])).tolist()
    [12.5, nan]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        # Rounding may leave a bit more than 100 % for a parcel entirely under canopy.
        return np.where(total > 0, np.clip(100 * part / total, 0, 100), np.nan)
