"""GeoTIFF for canopy: each cell becomes canopy, none or unknown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import Window

from geo.errors import BadFile, NeedsOption
from geo.rasters import BARE, CANOPY, UNKNOWN
from geo.sources.drivers import strangers
from geo.sources.raws import RawTable

# Cells are kept as a byte each, from the first that is known to the last: half a metre each, 11 km by 11 km.
MOST_CELLS = 500_000_000
MOST_LOOKED_AT = 8 * MOST_CELLS  # of a grid in which those lie; a minute's work
MOST_IN_BLOCK = 2**28  # bytes that are unpacked together
AT_ONCE = 2**24  # cells
MOST_VALUES = 300  # told of


def read_cells(path: Path, name: str, task: dict[str, Any], folder: Path) -> RawTable:
    """Read the first band into `cells.npy`; the facts tell its place, size and values.

    Margins in which nothing is known are cut off: beyond a raster all is unknown anyway. Raises BadFile
    for a turned or far too large grid, NeedsOption where the values do not say which are canopy.
    """
    if task["layer"] != "canopy":
        raise BadFile(f"{name}: a GeoTIFF is read for canopy only; load it as canopy")
    with rasterio.Env(GDAL_CACHEMAX=MOST_IN_BLOCK // 4) as env:
        if extra := strangers(set(env.drivers())):
            raise BadFile(f"{name}: rasters cannot be read safely here: GDAL keeps {extra}")
        try:
            with rasterio.open(path, driver="GTiff") as grid:
                _check(grid, name)
                nodata = task["nodata"] if task["nodata"] is not None else grid.nodata
                held = _held(grid, name, nodata)
                told = _classify(grid, name, held, nodata, task, folder)
                facts = _facts(grid, held) | told
        except rasterio.errors.RasterioError as error:
            raise BadFile(
                f"{name}: cannot be read as GeoTIFF ({str(error)[:200]}); is it whole?"
            ) from None
    return RawTable([], [], None, None, {"driver": "GTiff", "encoding": None, "raster": facts})


def _check(grid: Any, name: str) -> None:
    place = grid.transform
    if place.b or place.d or not place.a or not place.e:
        raise BadFile(f"{name}: the grid is turned; warp it north up first")
    if place.is_identity:
        raise BadFile(f"{name}: does not say where it lies; it must be georeferenced")
    if grid.width * grid.height > MOST_LOOKED_AT:
        raise BadFile(
            f"{name}: {grid.width:,} by {grid.height:,} cells are too many to look through; cut it to the towns"
        )
    high, wide = grid.block_shapes[0]
    if high * wide * np.dtype(grid.dtypes[0]).itemsize > MOST_IN_BLOCK:
        raise BadFile(
            f"{name}: its blocks of {wide:,} by {high:,} cells are too large to unpack; write it anew in tiles of 512 by 512"
        )


def _held(grid: Any, name: str, nodata: float | None) -> Window:
    """Find the window within which every known cell lies."""
    rows, columns = np.zeros(grid.height, dtype=bool), np.zeros(grid.width, dtype=bool)
    for values, top, left in _pieces(grid, Window(0, 0, grid.width, grid.height)):
        known = ~_unknown(values, nodata)
        if known.any():
            rows[top : top + values.shape[0]] |= known.any(axis=1)
            columns[left : left + values.shape[1]] |= known.any(axis=0)
    if not rows.any():
        raise BadFile(
            f"{name}: every cell is unknown (nodata is {nodata}); is it the right file, and --nodata right?"
        )
    (top, bottom), (left, right) = (
        np.flatnonzero(one)[[0, -1]].tolist() for one in (rows, columns)
    )
    width, height = right - left + 1, bottom - top + 1
    if width * height > MOST_CELLS:
        raise BadFile(
            f"{name}: its known cells span {width:,} by {height:,}; {MOST_CELLS:,} are the most. Cut it to the towns, make its cells larger, or say with --nodata which value means unknown"
        )
    return Window(left, top, width, height)


def _pieces(grid: Any, held: Window) -> Iterator[tuple[np.ndarray, int, int]]:
    """Give a window's values piece by piece, with the row and the column where each begins.

    A piece holds whole blocks of the file, side by side, so that each is unpacked once.
    """
    high, wide = grid.block_shapes[0]
    across = min(-(-grid.width // wide), max(1, AT_ONCE // (high * wide))) * wide
    down = max(1, AT_ONCE // (high * across)) * high
    bottom, right = held.row_off + held.height, held.col_off + held.width
    for top in range(held.row_off // down * down, bottom, down):
        for left in range(held.col_off // across * across, right, across):
            y, x = max(top, held.row_off), max(left, held.col_off)
            high_, wide_ = min(top + down, bottom) - y, min(left + across, right) - x
            yield grid.read(1, window=Window(x, y, wide_, high_)), y, x


def _facts(grid: Any, held: Window) -> dict[str, Any]:
    place = grid.window_transform(held)
    return {
        "crs": grid.crs.to_wkt() if grid.crs else None,
        "west": min(place.c, place.c + place.a * held.width),
        "north": max(place.f, place.f + place.e * held.height),
        "cell_x": abs(place.a),
        "cell_y": abs(place.e),
        "bands": grid.count,
        "flip_x": place.a < 0,
        "flip_y": place.e > 0,
    }


def _classify(
    grid: Any, name: str, held: Window, nodata: float | None, task: dict[str, Any], folder: Path
) -> dict[str, Any]:
    classes = task["classes"]
    cells = np.lib.format.open_memmap(
        folder / "cells.npy", "w+", np.uint8, (held.height, held.width)
    )
    seen: set[float] = set()
    canopy = bare = 0
    for values, top, left in _pieces(grid, held):
        if len(seen) <= MOST_VALUES:
            seen |= set(np.unique(values)[: MOST_VALUES + 100].tolist())
        made = _canopy(values, classes, nodata)
        y, x = top - held.row_off, left - held.col_off
        cells[y : y + made.shape[0], x : x + made.shape[1]] = made
        canopy += int((made == CANOPY).sum())
        bare += int((made == BARE).sum())
    cells.flush()
    known = {value for value in seen if value != nodata and value == value}  # noqa: PLR0124 - nan is not itself
    if not classes and not known <= {0, 1}:
        shown = sorted(known)[:30]
        raise NeedsOption(
            f"{name}: its values are {shown}; say with --classes which are canopy, as 1 or 23-25 (and with --nodata which means unknown)"
        )
    told = {"canopy": canopy, "none": bare, "unknown": grid.width * grid.height - canopy - bare}
    return {"cells": told, "nodata": nodata, "values": sorted(known)[:MOST_VALUES]}


def _canopy(values: np.ndarray, classes: list[list[int]], nodata: float | None) -> np.ndarray:
    """Turn values into canopy, none, unknown; a value that is no number is unknown."""
    canopy = np.zeros(values.shape, dtype=bool)
    for low, high in classes or [[1, 1]]:
        canopy |= (values >= low) & (values <= high)
    cells = np.where(canopy, np.uint8(CANOPY), np.uint8(BARE))
    cells[_unknown(values, nodata)] = UNKNOWN
    return cells


def _unknown(values: np.ndarray, nodata: float | None) -> np.ndarray:
    unknown = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=bool)
    if nodata is not None and _fits(nodata, values.dtype):
        unknown |= values == values.dtype.type(nodata)
    return unknown


def _fits(nodata: float, kind: np.dtype) -> bool:
    if kind.kind == "f":
        return True
    info = np.iinfo(kind)
    return float(nodata).is_integer() and info.min <= nodata <= info.max
