"""Canopy of zones from rasters: tiles gathered into surveys, the best survey for each zone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.engine.cells import cell_areas
from geo.engine.shapes import areas_from
from geo.join.measured import DECIMALS, Columns, mended
from geo.rasters import UNKNOWN, Raster

FIELDS = ("canopy_m2", "canopy_pct", "canopy_method", "canopy_year", "canopy_resolution_m")
LEAST_SHARE = 1e-6  # of a zone that cells must cover before its canopy counts as known


@dataclass(frozen=True)
class Cells:
    """Rasters that belong together, tiles of one survey: their canopy and known ground, in m²."""

    canopy: np.ndarray
    known: np.ndarray
    method: str | None
    year: int | None
    resolution_m: float


def cell_figures(zones: np.ndarray, rasters: Sequence[Raster], work: CRS) -> Columns:
    """Canopy of zones from cells, and how it was measured; unknown where no cell is known.

    Rasters of the same method, year, CRS and cell size are tiles of one survey; a cell that an
    earlier tile has too is counted once. Of several surveys a zone takes the one that covers most of it, of
    equals the newest. The share is of the ground under known cells. Zones are turned into the
    raster's CRS and cut there exactly, and the shares are taken of the zone's m²; across one town
    the scale of degrees or of Web Mercator changes by less than 0.1 %.
    """
    surveys = [_survey(zones, tiles, work) for tiles in _surveys(rasters)]
    table = {name: np.full(len(zones), None, object) for name in FIELDS}
    best = shapely.area(zones) * LEAST_SHARE
    for cells in surveys:
        more = cells.known > best
        table["canopy_m2"][more] = cells.canopy[more].round(DECIMALS)
        table["canopy_pct"][more] = percent(cells.canopy, cells.known)[more].round(DECIMALS)
        facts = (cells.method, cells.year, cells.resolution_m)
        for field, fact in zip(FIELDS[2:], facts, strict=True):
            table[field][more] = fact
        # A later survey is older: it must cover plainly more, not the same but for rounding.
        best = np.where(more, cells.known * (1 + LEAST_SHARE), best)
    return table


def _surveys(rasters: Sequence[Raster]) -> list[list[Raster]]:
    """Gather tiles of one survey, the newest survey first, those of unknown year last."""
    found: dict[tuple, list[Raster]] = {}
    for raster in rasters:
        key = (-(raster.year or 0), raster.method or "", raster.crs.to_wkt(), raster.cell_x)
        found.setdefault(key, []).append(raster)
    return [found[key] for key in sorted(found)]


def _survey(zones: np.ndarray, tiles: list[Raster], work: CRS) -> Cells:
    first = tiles[0]
    there = gpd.GeoSeries(zones, crs=work).to_crs(first.crs).to_numpy().astype(object)
    there = mended(there)
    columns = areas_from(there)
    cells = sum(cell_areas(columns, tile) for tile in _once(tiles))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = cells * (first.cell_x * first.cell_y) / columns.m2[:, None]
    m2 = np.nan_to_num(share * shapely.area(zones)[:, None])
    return Cells(m2[:, 0], m2[:, 1], first.method, first.year, resolution_m(first, work))


def _once(tiles: list[Raster]) -> list[Raster]:
    """Make unknown the cells whose middle an earlier tile has too."""
    once: list[Raster] = []
    for tile in tiles:
        cells = tile.cells
        for other in once:
            columns, rows = _overlap(tile, other)
            if columns.any() and rows.any():
                cells = cells.copy()
                cells[np.ix_(rows, columns)] = UNKNOWN
        once.append(replace(tile, cells=cells))
    return once


def _overlap(tile: Raster, other: Raster) -> tuple[np.ndarray, np.ndarray]:
    """Mark the columns and rows of a tile whose middles lie within another."""
    x = tile.west + (np.arange(tile.cells.shape[1]) + 0.5) * tile.cell_x
    y = tile.north - (np.arange(tile.cells.shape[0]) + 0.5) * tile.cell_y
    return (x > other.west) & (x < other.east), (y > other.south) & (y < other.north)


def resolution_m(raster: Raster, work: CRS) -> float:
    """Measure the side of a square as large as the raster's middle cell, in metres, to the centimetre."""
    rows, columns = raster.cells.shape
    west = raster.west + columns // 2 * raster.cell_x
    north = raster.north - rows // 2 * raster.cell_y
    cell = shapely.box(west, north - raster.cell_y, west + raster.cell_x, north)
    metres = gpd.GeoSeries([cell], crs=raster.crs).to_crs(work).area.iloc[0]
    return float(np.round(np.sqrt(metres), 2))


def percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Tell a part as percent of the whole; nan where there is no whole."""
    with np.errstate(invalid="ignore", divide="ignore"):
        # Cutting and uniting leave rounding: a lot wholly under canopy has 100 %, not a bit more.
        return np.where(whole > 0, np.clip(100 * part / whole, 0, 100), np.nan)
