"""Canopy rasters, kept as compressed strips of rows."""

import hashlib
import zlib
from collections.abc import Iterator
from math import isfinite
from typing import Any

import apsw
import numpy as np

from geo.errors import BadInput
from geo.rasters import Raster
from geo.store import held
from geo.store.connections import fetched

STRIP_BYTES = 4 << 20  # cells in a strip before compression
MOST_PACKED = 1_100  # cells in a byte: zlib packs no closer


def write(connection: apsw.Connection, layer: str, source: str, raster: Raster | None) -> bool:
    """Put a raster in the place of the source's; tells whether anything changed."""
    held = connection.execute(
        "SELECT n, checksum FROM lotleaf_rasters WHERE layer = ? AND source = ?", (layer, source)
    ).fetchone()
    checksum = None if raster is None else _checksum(raster)
    if (held and held[1]) == checksum:
        return False
    if held:
        connection.execute("DELETE FROM lotleaf_raster_strips WHERE raster = ?", (held[0],))
        connection.execute("DELETE FROM lotleaf_rasters WHERE n = ?", (held[0],))
    if raster is not None:
        _insert(connection, layer, source, raster, checksum)
    return True


def read(connection: apsw.Connection) -> list[Raster]:
    """Give every raster, in the order of sources."""
    return list(_each(connection))


def look_over(connection: apsw.Connection) -> None:
    """Read every raster, one at a time, and keep none; raises Unsound."""
    for _ in _each(connection):
        pass


def _each(connection: apsw.Connection) -> Iterator[Raster]:
    found = fetched(
        connection,
        "SELECT n, crs, height, width, west, north, cell_x, cell_y, source, method, year "
        "FROM lotleaf_rasters ORDER BY layer, source",
    )
    return (_raster(connection, *row) for row in found)


def _raster(
    connection: apsw.Connection, n: int, crs: str, height: int, width: int, *told: Any
) -> Raster:
    west, north, cell_x, cell_y, source, method, year = told
    place = (west, north, cell_x, cell_y)
    held.kinds([crs, source, method], {str}, "lotleaf_rasters")
    held.kinds([n, height, width, year], {int}, "lotleaf_rasters")
    held.kinds(place, {int, float}, "lotleaf_rasters")
    cells = _cells(connection, n, height, width)
    if not all(map(isfinite, place)) or min(cell_x, cell_y) <= 0:
        raise held.Unsound("lotleaf_rasters holds a place or a cell size that cannot be")
    return Raster(cells, held.system(crs), *place, source=source, method=method, year=year)


def _insert(
    connection: apsw.Connection, layer: str, source: str, raster: Raster, checksum: str | None
) -> None:
    height, width = raster.cells.shape
    row = (
        layer, source, _named(raster), raster.west, raster.north, raster.cell_x,
        raster.cell_y, height, width, raster.method, raster.year, checksum,
    )  # fmt: skip
    connection.execute(
        "INSERT INTO lotleaf_rasters (layer, source, crs, west, north, cell_x, cell_y, height, width,"
        " method, year, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    n = connection.last_insert_rowid()
    step = max(1, STRIP_BYTES // max(1, width))
    connection.executemany(
        "INSERT INTO lotleaf_raster_strips (raster, first_row, cells) VALUES (?, ?, ?)",
        (
            (n, top, zlib.compress(raster.cells[top : top + step].tobytes(), 1))
            for top in range(0, height, step)
        ),
    )


def _named(raster: Raster) -> str:
    """Tell a raster's CRS as it is read again: its name, or WKT."""
    name = raster.crs.to_string()
    told = name if held.NAMED.fullmatch(name) else raster.crs.to_wkt()
    try:
        held.system(told)
    except held.Unsound as error:
        raise BadInput(f"{error}; name the raster's system with --crs, as EPSG:26996") from None
    return told


def _cells(connection: apsw.Connection, n: int, height: int, width: int) -> np.ndarray:
    """Unpack the strips, each into the rows that are its own; they fill the raster exactly."""
    strips = fetched(
        connection,
        "SELECT first_row, cells FROM lotleaf_raster_strips WHERE raster = ? ORDER BY first_row",
        (n,),
    )
    held.kinds([top for top, _ in strips], {int}, "lotleaf_raster_strips")
    held.kinds([packed for _, packed in strips], {bytes}, "lotleaf_raster_strips")
    stored = sum(len(packed) for _, packed in strips)
    if min(height, width) < 1 or height * width > MOST_PACKED * stored:
        raise held.Unsound(f"a raster of {height} x {width} cells has {stored} bytes of them")
    cells = np.empty((height, width), dtype="uint8")
    tops = [top for top, _ in strips]
    if tops[0] != 0 or tops != sorted(set(tops)) or tops[-1] >= height:
        raise held.Unsound("the strips of a raster are not one below another")
    for (top, packed), end in zip(strips, [*tops[1:], height], strict=True):
        cells[top:end] = _strip(packed, end - top, width)
    return cells


def _strip(packed: bytes, rows: int, width: int) -> np.ndarray:
    try:
        unpacked = zlib.decompressobj().decompress(packed, rows * width + 1)
    except zlib.error as error:
        raise held.Unsound(f"a strip of a raster cannot be unpacked ({error})") from None
    if len(unpacked) != rows * width:
        raise held.Unsound("a strip of a raster has not as many cells as its rows")
    return np.frombuffer(unpacked, dtype="uint8").reshape(rows, width)


def _checksum(raster: Raster) -> str:
    told = (
        raster.cells.shape, raster.crs.to_string(), raster.west, raster.north, raster.cell_x,
        raster.cell_y, raster.method, raster.year,
    )  # fmt: skip
    digest = hashlib.sha256(repr(told).encode())
    digest.update(np.ascontiguousarray(raster.cells).data)
    return digest.hexdigest()
