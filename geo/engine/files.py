"""Geometry columns of GeoParquet files, read as they lie: ids, and one buffer of WKB for each row group."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.engine.shapes import Areas, Spot, areas_in, bytes_of

GEOMETRY = "geometry"


@dataclass(frozen=True)
class Piece:
    """A row group: its `table` without the shapes, and the WKB of row i in `wkb[offsets[i]:offsets[i + 1]]`.

    A null shape has no bytes.
    """

    table: pa.Table
    wkb: np.ndarray
    offsets: np.ndarray


def pieces(path: Path, columns: tuple[str, ...] = ("id",)) -> Iterator[Piece]:
    """Read a file row group by row group, in its order: memory stays as small as one of them."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            names = [*columns, GEOMETRY]
            table = file.read_row_group(group, columns=names, use_threads=False)
            yield Piece(table.drop_columns(GEOMETRY), *_plain(table[GEOMETRY]))


def areas_of_file(path: Path, origin: Spot | None = None) -> tuple[pa.ChunkedArray, Areas]:
    """Read a file's ids and polygons by rising id, so that the lowest row has the lowest id."""
    told = pq.read_metadata(path)
    at = told.schema.names.index(GEOMETRY)
    groups = [told.row_group(group).column(at) for group in range(told.num_row_groups)]
    ids: list[pa.Array] = []

    def buffers() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for piece in pieces(path):
            ids.extend(piece.table["id"].chunks)
            yield piece.wkb, piece.offsets

    most = sum(one.total_uncompressed_size for one in groups)
    areas = areas_in(buffers(), told.num_rows, most, origin)
    called = pa.chunked_array(ids, None if ids else pa.string())
    if _rising(called.combine_chunks()):
        return called, areas
    order = pc.array_sort_indices(called).to_numpy()
    return called.take(pa.array(order)), areas.take(order)


def _rising(ids: pa.Array) -> bool:
    """Tell whether each id is at least the one before it; sorting would cost more than all the rest."""
    return len(ids) < 2 or bool(pc.all(pc.less_equal(ids[:-1], ids[1:])).as_py())


def _plain(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Give the bytes and offsets of a binary column, copied only where it comes in several chunks."""
    if column.num_chunks != 1:
        column = pa.chunked_array(
            [pa.concat_arrays(column.chunks)] if column.num_chunks else [column]
        )
    return bytes_of(column.chunk(0))
