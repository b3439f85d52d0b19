"""GeoParquet files as geometry columns: ids, and one buffer of WKB for each row group.

The benchmarks of the join call `read_areas_by_id` and `read_row_groups`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.kernels.coordinate_origin import Coordinate
from geo.kernels.geometry_arrays import Areas, areas_from_buffers, binary_column_buffers

GEOMETRY_COLUMN = "geometry"


@dataclass(frozen=True)
class RowGroup:
    """One row group: `table` has its columns without the geometry, `wkb[offsets[i]:offsets[i + 1]]` that of row i.

    A null geometry has no bytes.
    """

    table: pa.Table
    wkb: np.ndarray
    offsets: np.ndarray


def read_row_groups(path: Path, columns: tuple[str, ...] = ("id",)) -> Iterator[RowGroup]:
    """Iterate over the row groups of a file, so that only one of them needs memory."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            names = [*columns, GEOMETRY_COLUMN]
            table = file.read_row_group(group, columns=names, use_threads=False)
            yield RowGroup(table.drop_columns(GEOMETRY_COLUMN), *_contiguous_buffers(table[GEOMETRY_COLUMN]))


def read_areas_by_id(path: Path, origin: Coordinate | None = None) -> tuple[pa.ChunkedArray, Areas]:
    """Read the ids and polygons of a file, sorted by id, so that the lowest row has the lowest id."""
    metadata = pq.read_metadata(path)
    geometry_index = metadata.schema.names.index(GEOMETRY_COLUMN)
    geometry_chunks = [metadata.row_group(group).column(geometry_index) for group in range(metadata.num_row_groups)]
    ids: list[pa.Array] = []

    def iterate_buffers() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for row_group in read_row_groups(path):
            ids.extend(row_group.table["id"].chunks)
            yield row_group.wkb, row_group.offsets

    max_bytes = sum(chunk.total_uncompressed_size for chunk in geometry_chunks)
    areas = areas_from_buffers(iterate_buffers(), metadata.num_rows, max_bytes, origin)
    id_column = pa.chunked_array(ids, None if ids else pa.string())
    if _is_sorted(id_column.combine_chunks()):
        return id_column, areas
    order = pc.array_sort_indices(id_column).to_numpy()
    return id_column.take(pa.array(order)), areas.take(order)


def _is_sorted(ids: pa.Array) -> bool:
    """Return whether ids are in ascending order, which is much cheaper than sorting.

    >>> _is_sorted(pa.array(["A-1", "A-2", "A-2"])), _is_sorted(pa.array(["A-2", "A-1"]))
    (True, False)
    """
    return len(ids) < 2 or bool(pc.all(pc.less_equal(ids[:-1], ids[1:])).as_py())


def _contiguous_buffers(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes and offsets of a binary column, copied only if it has several chunks."""
    if column.num_chunks != 1:
        column = pa.chunked_array([pa.concat_arrays(column.chunks)] if column.num_chunks else [column])
    return binary_column_buffers(column.chunk(0))
