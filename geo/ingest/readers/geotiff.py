"""Reading of a canopy GeoTIFF: each cell becomes canopy, no canopy or unknown.

`sandbox_worker` calls `read_geotiff`. It is imported late, because rasterio loads a second GDAL.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import Window

from geo.errors import BadFile, NeedsOption
from geo.ingest.readers.raw_table import RawTable
from geo.ingest.sandbox.gdal_drivers import disallowed_drivers
from geo.raster import CANOPY, NO_CANOPY, UNKNOWN

# The window of known cells takes one byte a cell. At half a meter this allows 11 km by 11 km.
MAX_CELLS = 500_000_000
MAX_SCANNED_CELLS = 8 * MAX_CELLS  # cells of the whole grid; to scan them takes a minute
MAX_BLOCK_BYTES = 2**28  # a block is unpacked as a whole
CHUNK_CELLS = 2**24
MAX_REPORTED_VALUES = 300


def read_geotiff(path: Path, name: str, task: dict[str, Any], folder: Path) -> RawTable:
    """Read the first band into `cells.npy` in `folder`. Return a table with the grid's metadata.

    `cells.npy` is uint8 `(rows, columns)` with `CANOPY`, `NO_CANOPY` and `UNKNOWN`. Margins without
    a known cell are cut off. Raises BadFile for a rotated or far too large grid. Raises NeedsOption
    where the values do not show which ones are canopy.
    """
    if task["layer"] != "canopy":
        raise BadFile(f"{name}: a GeoTIFF can only be loaded as canopy; use `lotleaf load canopy`")
    with rasterio.Env(GDAL_CACHEMAX=MAX_BLOCK_BYTES // 4) as env:
        if extra_drivers := disallowed_drivers(set(env.drivers())):
            raise BadFile(
                f"{name}: rasters cannot be read safely on this machine, because GDAL has the drivers {extra_drivers}"
            )
        try:
            with rasterio.open(path, driver="GTiff") as dataset:
                _check_grid(dataset, name)
                nodata = task["nodata"] if task["nodata"] is not None else dataset.nodata
                window = _known_window(dataset, name, nodata)
                classification = _classify_cells(dataset, name, window, nodata, task, folder)
                metadata = _grid_metadata(dataset, window) | classification
        except rasterio.errors.RasterioError as error:
            raise BadFile(f"{name}: cannot be read as GeoTIFF ({str(error)[:200]}); is the file complete?") from None
    return RawTable([], [], None, None, {"driver": "GTiff", "encoding": None, "raster": metadata})


def _check_grid(dataset: Any, name: str) -> None:
    transform = dataset.transform
    if transform.b or transform.d or not transform.a or not transform.e:
        raise BadFile(f"{name}: the grid is rotated; warp it to north up first")
    if transform.is_identity:
        raise BadFile(f"{name}: the file does not say where it is; georeference it first")
    if dataset.width * dataset.height > MAX_SCANNED_CELLS:
        raise BadFile(f"{name}: {dataset.width:,} by {dataset.height:,} cells are too many; cut the file to the towns")
    block_height, block_width = dataset.block_shapes[0]
    if block_height * block_width * np.dtype(dataset.dtypes[0]).itemsize > MAX_BLOCK_BYTES:
        raise BadFile(
            f"{name}: its blocks of {block_width:,} by {block_height:,} cells are too large; rewrite the file with tiles of 512 by 512"
        )


def _known_window(dataset: Any, name: str, nodata: float | None) -> Window:
    """Return the smallest window that holds every known cell. Raises BadFile if no cell is known."""
    known_rows, known_columns = (np.zeros(dataset.height, dtype=bool), np.zeros(dataset.width, dtype=bool))
    for values, top, left in _read_chunks(dataset, Window(0, 0, dataset.width, dataset.height)):
        is_known = ~_is_unknown_cell(values, nodata)
        if is_known.any():
            known_rows[top : top + values.shape[0]] |= is_known.any(axis=1)
            known_columns[left : left + values.shape[1]] |= is_known.any(axis=0)
    if not known_rows.any():
        raise BadFile(f"{name}: every cell is unknown (nodata is {nodata}); check the file and --nodata")
    (top, bottom), (left, right) = (np.flatnonzero(mask)[[0, -1]].tolist() for mask in (known_rows, known_columns))
    width, height = right - left + 1, bottom - top + 1
    if width * height > MAX_CELLS:
        raise BadFile(
            f"{name}: its known cells span {width:,} by {height:,}; the limit is {MAX_CELLS:,} cells. Cut the file to the towns, use larger cells, or give the value that means unknown with --nodata"
        )
    return Window(left, top, width, height)


def _read_chunks(dataset: Any, window: Window) -> Iterator[tuple[np.ndarray, int, int]]:
    """Yield a window's values in chunks, each with its first row and column.

    A chunk consists of whole blocks of the file, so that each block is unpacked once.
    """
    block_height, block_width = dataset.block_shapes[0]
    chunk_width = (
        min(-(-dataset.width // block_width), max(1, CHUNK_CELLS // (block_height * block_width))) * block_width
    )
    chunk_height = max(1, CHUNK_CELLS // (block_height * chunk_width)) * block_height
    bottom, right = window.row_off + window.height, window.col_off + window.width
    for top in range(window.row_off // chunk_height * chunk_height, bottom, chunk_height):
        for left in range(window.col_off // chunk_width * chunk_width, right, chunk_width):
            y, x = max(top, window.row_off), max(left, window.col_off)
            height, width = min(top + chunk_height, bottom) - y, min(left + chunk_width, right) - x
            yield dataset.read(1, window=Window(x, y, width, height)), y, x


def _grid_metadata(dataset: Any, window: Window) -> dict[str, Any]:
    transform = dataset.window_transform(window)
    return {
        "crs": dataset.crs.to_wkt() if dataset.crs else None,
        "west": min(transform.c, transform.c + transform.a * window.width),
        "north": max(transform.f, transform.f + transform.e * window.height),
        "cell_x": abs(transform.a),
        "cell_y": abs(transform.e),
        "bands": dataset.count,
        "flip_x": transform.a < 0,
        "flip_y": transform.e > 0,
    }


def _classify_cells(
    dataset: Any, name: str, window: Window, nodata: float | None, task: dict[str, Any], folder: Path
) -> dict[str, Any]:
    canopy_ranges = task["classes"]
    cells = np.lib.format.open_memmap(folder / "cells.npy", "w+", np.uint8, (window.height, window.width))
    seen_values: set[float] = set()
    canopy_count = bare_count = 0
    for values, top, left in _read_chunks(dataset, window):
        if len(seen_values) <= MAX_REPORTED_VALUES:
            seen_values |= set(np.unique(values)[: MAX_REPORTED_VALUES + 100].tolist())
        chunk_cells = _to_canopy_cells(values, canopy_ranges, nodata)
        y, x = top - window.row_off, left - window.col_off
        cells[y : y + chunk_cells.shape[0], x : x + chunk_cells.shape[1]] = chunk_cells
        canopy_count += int((chunk_cells == CANOPY).sum())
        bare_count += int((chunk_cells == NO_CANOPY).sum())
    cells.flush()
    known_values = {value for value in seen_values if value != nodata and value == value}  # noqa: PLR0124 - nan is not itself
    if not canopy_ranges and not known_values <= {0, 1}:
        sample = sorted(known_values)[:30]
        raise NeedsOption(
            f"{name}: its values are {sample}; give those that are canopy with --classes, such as 1 or 23-25 (and the one that means unknown with --nodata)"
        )
    cell_counts = {
        "canopy": canopy_count,
        "none": bare_count,
        "unknown": dataset.width * dataset.height - canopy_count - bare_count,
    }
    return {"cells": cell_counts, "nodata": nodata, "values": sorted(known_values)[:MAX_REPORTED_VALUES]}


def _to_canopy_cells(values: np.ndarray, canopy_ranges: list[list[int]], nodata: float | None) -> np.ndarray:
    """Return values as canopy, no canopy and unknown cells (uint8). A nan is unknown.

    >>> values = np.array([[0, 23, 25], [26, 255, 24]], dtype="uint8")
    >>> _to_canopy_cells(values, [[23, 25]], 255).tolist()
    [[0, 1, 1], [0, 255, 1]]
    """
    is_canopy = np.zeros(values.shape, dtype=bool)
    for low, high in canopy_ranges or [[1, 1]]:
        is_canopy |= (values >= low) & (values <= high)
    cells = np.where(is_canopy, np.uint8(CANOPY), np.uint8(NO_CANOPY))
    cells[_is_unknown_cell(values, nodata)] = UNKNOWN
    return cells


def _is_unknown_cell(values: np.ndarray, nodata: float | None) -> np.ndarray:
    is_unknown = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=bool)
    if nodata is not None and _fits_dtype(nodata, values.dtype):
        is_unknown |= values == values.dtype.type(nodata)
    return is_unknown


def _fits_dtype(nodata: float, dtype: np.dtype) -> bool:
    if dtype.kind == "f":
        return True
    limits = np.iinfo(dtype)
    return float(nodata).is_integer() and limits.min <= nodata <= limits.max
