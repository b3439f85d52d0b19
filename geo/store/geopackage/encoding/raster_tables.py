"""Canopy rasters in the file: one row each, and their cells in compressed strips of rows.

`writes.upsert` and `writes.load_layer` call `write_raster`. `snapshot` calls `read_rasters`.
"""

import hashlib
import zlib
from collections.abc import Iterator
from math import isfinite
from typing import Any

import apsw
import numpy as np

from geo.errors import BadInput
from geo.raster import Raster
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import stored_values

STRIP_BYTES = 4 << 20  # size of a strip before compression, one byte per cell
MAX_CELLS_PER_BYTE = 1_100  # above zlib's highest compression ratio, about 1,030


def write_raster(connection: apsw.Connection, layer: str, source: str, raster: Raster | None) -> bool:
    """Replace the raster of a source, and return whether anything changed. None removes it."""
    stored = connection.execute(
        "SELECT n, checksum FROM lotleaf_rasters WHERE layer = ? AND source = ?", (layer, source)
    ).fetchone()
    checksum = None if raster is None else _raster_checksum(raster)
    if (stored and stored[1]) == checksum:
        return False
    if stored:
        connection.execute("DELETE FROM lotleaf_raster_strips WHERE raster = ?", (stored[0],))
        connection.execute("DELETE FROM lotleaf_rasters WHERE n = ?", (stored[0],))
    if raster is not None:
        _insert_raster(connection, layer, source, raster, checksum)
    return True


def read_rasters(connection: apsw.Connection) -> list[Raster]:
    """Return every raster, ordered by layer and source."""
    return list(_stream_rasters(connection))


def check_rasters(connection: apsw.Connection) -> None:
    """Read every raster, one at a time. Raises CorruptValue for the first that is not sound."""
    for _ in _stream_rasters(connection):
        pass


def _stream_rasters(connection: apsw.Connection) -> Iterator[Raster]:
    raster_rows = fetch_all(
        connection,
        "SELECT n, crs, height, width, west, north, cell_x, cell_y, source, method, year "
        "FROM lotleaf_rasters ORDER BY layer, source",
    )
    return (_row_to_raster(connection, *row) for row in raster_rows)


def _row_to_raster(
    connection: apsw.Connection, raster_id: int, crs: str, height: int, width: int, *row_values: Any
) -> Raster:
    west, north, cell_x, cell_y, source, method, year = row_values
    geotransform = (west, north, cell_x, cell_y)
    stored_values.require_types([crs, source, method], {str}, "lotleaf_rasters")
    stored_values.require_types([raster_id, height, width, year], {int}, "lotleaf_rasters")
    stored_values.require_types(geotransform, {int, float}, "lotleaf_rasters")
    cells = _read_cells(connection, raster_id, height, width)
    if not all(map(isfinite, geotransform)) or min(cell_x, cell_y) <= 0:
        raise stored_values.CorruptValue("lotleaf_rasters has an impossible location or cell size")
    return Raster(cells, stored_values.parse_raster_crs(crs), *geotransform, source=source, method=method, year=year)


def _insert_raster(connection: apsw.Connection, layer: str, source: str, raster: Raster, checksum: str | None) -> None:
    height, width = raster.cells.shape
    row = (
        layer, source, _crs_text(raster), raster.west, raster.north, raster.cell_x,
        raster.cell_y, height, width, raster.method, raster.year, checksum,
    )  # fmt: skip
    connection.execute(
        "INSERT INTO lotleaf_rasters (layer, source, crs, west, north, cell_x, cell_y, height, width,"
        " method, year, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    raster_id = connection.last_insert_rowid()
    rows_per_strip = max(1, STRIP_BYTES // max(1, width))
    connection.executemany(
        "INSERT INTO lotleaf_raster_strips (raster, first_row, cells) VALUES (?, ?, ?)",
        (
            (raster_id, first_row, zlib.compress(raster.cells[first_row : first_row + rows_per_strip].tobytes(), 1))
            for first_row in range(0, height, rows_per_strip)
        ),
    )


def _crs_text(raster: Raster) -> str:
    """Return the CRS of a raster as a name such as EPSG:26996, or else as WKT.

    Raises BadInput if `stored_values.parse_raster_crs` would refuse it.
    """
    crs_name = raster.crs.to_string()
    crs_text = crs_name if stored_values.CRS_NAME.fullmatch(crs_name) else raster.crs.to_wkt()
    try:
        stored_values.parse_raster_crs(crs_text)
    except stored_values.CorruptValue as error:
        raise BadInput(f"{error}; name the raster's coordinate system with --crs, such as EPSG:26996") from None
    return crs_text


def _read_cells(connection: apsw.Connection, raster_id: int, height: int, width: int) -> np.ndarray:
    """Unpack the strips into cells of shape `(height, width)` and dtype uint8. They fill it exactly."""
    strips = fetch_all(
        connection,
        "SELECT first_row, cells FROM lotleaf_raster_strips WHERE raster = ? ORDER BY first_row",
        (raster_id,),
    )
    stored_values.require_types([first_row for first_row, _ in strips], {int}, "lotleaf_raster_strips")
    stored_values.require_types([compressed for _, compressed in strips], {bytes}, "lotleaf_raster_strips")
    stored_bytes = sum(len(compressed) for _, compressed in strips)
    if min(height, width) < 1 or height * width > MAX_CELLS_PER_BYTE * stored_bytes:
        raise stored_values.CorruptValue(f"a raster of {height} x {width} cells has only {stored_bytes} bytes of data")
    cells = np.empty((height, width), dtype="uint8")
    first_rows = [first_row for first_row, _ in strips]
    if first_rows[0] != 0 or first_rows != sorted(set(first_rows)) or first_rows[-1] >= height:
        raise stored_values.CorruptValue("the strips of a raster are out of order")
    for (first_row, compressed), end_row in zip(strips, [*first_rows[1:], height], strict=True):
        cells[first_row:end_row] = _decompress_strip(compressed, end_row - first_row, width)
    return cells


def _decompress_strip(compressed: bytes, row_count: int, width: int) -> np.ndarray:
    try:
        decompressed = zlib.decompressobj().decompress(compressed, row_count * width + 1)
    except zlib.error as error:
        raise stored_values.CorruptValue(f"a strip of a raster cannot be unpacked ({error})") from None
    if len(decompressed) != row_count * width:
        raise stored_values.CorruptValue("a strip of a raster has the wrong number of cells")
    return np.frombuffer(decompressed, dtype="uint8").reshape(row_count, width)


def _raster_checksum(raster: Raster) -> str:
    header = (
        raster.cells.shape, raster.crs.to_string(), raster.west, raster.north, raster.cell_x,
        raster.cell_y, raster.method, raster.year,
    )  # fmt: skip
    digest = hashlib.sha256(repr(header).encode())
    digest.update(np.ascontiguousarray(raster.cells).data)
    return digest.hexdigest()
