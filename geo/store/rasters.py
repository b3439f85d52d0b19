"""Canopy rasters, kept as compressed strips of rows."""

import hashlib
import zlib

import apsw
import numpy as np
from pyproj import CRS

from geo.rasters import Raster
from geo.store.connections import fetched

STRIP_BYTES = 4 << 20  # cells in a strip before compression


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
    found = fetched(
        connection,
        "SELECT n, crs, height, width, west, north, cell_x, cell_y, source, method, year "
        "FROM lotleaf_rasters ORDER BY layer, source",
    )
    return [
        Raster(_cells(connection, n, height, width), CRS.from_user_input(crs), *told)
        for n, crs, height, width, *told in found
    ]


def _insert(
    connection: apsw.Connection, layer: str, source: str, raster: Raster, checksum: str | None
) -> None:
    height, width = raster.cells.shape
    row = (
        layer, source, raster.crs.to_string(), raster.west, raster.north, raster.cell_x,
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


def _cells(connection: apsw.Connection, n: int, height: int, width: int) -> np.ndarray:
    cells = np.empty((height, width), dtype="uint8")
    strips = connection.execute(
        "SELECT first_row, cells FROM lotleaf_raster_strips WHERE raster = ? ORDER BY first_row",
        (n,),
    )
    for top, packed in strips:
        strip = np.frombuffer(zlib.decompress(packed), dtype="uint8").reshape(-1, width)
        cells[top : top + len(strip)] = strip
    return cells


def _checksum(raster: Raster) -> str:
    told = (
        raster.cells.shape, raster.crs.to_string(), raster.west, raster.north, raster.cell_x,
        raster.cell_y, raster.method, raster.year,
    )  # fmt: skip
    digest = hashlib.sha256(repr(told).encode())
    digest.update(np.ascontiguousarray(raster.cells).data)
    return digest.hexdigest()
