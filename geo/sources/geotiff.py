"""GeoTIFF for canopy: each cell becomes canopy, none or unknown."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import Window

from geo.errors import BadFile, NeedsOption
from geo.rasters import BARE, CANOPY, UNKNOWN
from geo.sources.drivers import strangers
from geo.sources.raws import RawTable

MOST_CELLS = 4 * 2**30
ROWS_AT_ONCE = 512


def read_cells(path: Path, name: str, task: dict[str, Any], folder: Path) -> RawTable:
    """Read the first band into `cells.npy`; the facts tell its place, size and values.

    Raises BadFile for a turned or far too large grid, NeedsOption where the values do not say
    which of them are canopy.
    """
    if task["layer"] != "canopy":
        raise BadFile(f"{name}: a GeoTIFF is read for canopy only; load it as canopy")
    with rasterio.Env() as env:
        if extra := strangers(set(env.drivers())):
            raise BadFile(f"{name}: rasters cannot be read safely here: GDAL keeps {extra}")
        try:
            with rasterio.open(path, driver="GTiff") as grid:
                facts = _facts(grid, name) | _classify(grid, name, task, folder)
        except rasterio.errors.RasterioError as error:
            raise BadFile(
                f"{name}: cannot be read as GeoTIFF ({str(error)[:200]}); is it whole?"
            ) from None
    return RawTable([], [], None, None, {"driver": "GTiff", "encoding": None, "raster": facts})


def _facts(grid: Any, name: str) -> dict[str, Any]:
    place = grid.transform
    if place.b or place.d or not place.a or not place.e:
        raise BadFile(f"{name}: the grid is turned; warp it north up first")
    if grid.width * grid.height > MOST_CELLS:
        raise BadFile(
            f"{name}: {grid.width:,} by {grid.height:,} cells are too many; cut it to the towns"
        )
    if place.is_identity and grid.crs is None:
        raise BadFile(f"{name}: does not say where it lies; it must be georeferenced")
    return {
        "crs": grid.crs.to_wkt() if grid.crs else None,
        "west": min(place.c, place.c + place.a * grid.width),
        "north": max(place.f, place.f + place.e * grid.height),
        "cell_x": abs(place.a),
        "cell_y": abs(place.e),
        "bands": grid.count,
        "flip_x": place.a < 0,
        "flip_y": place.e > 0,
    }


def _classify(grid: Any, name: str, task: dict[str, Any], folder: Path) -> dict[str, Any]:
    nodata = task["nodata"] if task["nodata"] is not None else grid.nodata
    classes = task["classes"]
    cells = np.lib.format.open_memmap(
        folder / "cells.npy", "w+", np.uint8, (grid.height, grid.width)
    )
    seen: set[float] = set()
    for top in range(0, grid.height, ROWS_AT_ONCE):
        rows = min(ROWS_AT_ONCE, grid.height - top)
        values = grid.read(1, window=Window(0, top, grid.width, rows))
        if len(seen) <= 300:
            seen |= set(np.unique(values)[:400].tolist())
        cells[top : top + rows] = _canopy(values, classes, nodata)
    known = {value for value in seen if value != nodata and value == value}  # noqa: PLR0124 - nan is not itself
    if not classes and not known <= {0, 1}:
        shown = sorted(known)[:30]
        raise NeedsOption(
            f"{name}: its values are {shown}; say with --classes which are canopy, as 1 or 23-25 (and with --nodata which means unknown)"
        )
    cells.flush()
    counts = np.array([int((cells == value).sum()) for value in (CANOPY, BARE, UNKNOWN)])
    told = {"canopy": int(counts[0]), "none": int(counts[1]), "unknown": int(counts[2])}
    return {"cells": told, "nodata": nodata, "values": sorted(known)[:300]}


def _canopy(values: np.ndarray, classes: list[list[int]], nodata: float | None) -> np.ndarray:
    """Turn values into canopy, none, unknown; a value that is no number is unknown."""
    canopy = np.zeros(values.shape, dtype=bool)
    for low, high in classes or [[1, 1]]:
        canopy |= (values >= low) & (values <= high)
    cells = np.where(canopy, CANOPY, BARE).astype(np.uint8)
    unknown = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=bool)
    if nodata is not None:
        unknown |= values == values.dtype.type(nodata) if _fits(nodata, values.dtype) else False
    cells[unknown] = UNKNOWN
    return cells


def _fits(nodata: float, kind: np.dtype) -> bool:
    if kind.kind == "f":
        return True
    info = np.iinfo(kind)
    return float(nodata).is_integer() and info.min <= nodata <= info.max
