"""Geometry columns of GeoParquet files, read as they lie: ids, and one buffer of WKB."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Column:
    """A geometry column: `ids` (rows,), and the WKB of row i in `wkb[offsets[i]:offsets[i + 1]]`."""

    ids: pa.ChunkedArray
    wkb: np.ndarray
    offsets: np.ndarray


def geometry_column(path: Path, ids: str = "id", geometry: str = "geometry") -> Column:
    """Read the ids and shapes of a GeoParquet file by rising id; a null shape has no bytes."""
    table = pq.read_table(path, columns=[ids, geometry], use_threads=False)
    if not _rising(table[ids].combine_chunks()):
        table = table.sort_by(ids)
    pieces = [_plain(piece) for piece in table[geometry].chunks]
    if not pieces:
        return Column(table[ids], np.zeros(0, np.uint8), np.zeros(1, np.int64))
    sizes = np.concatenate([np.diff(offsets) for _, offsets in pieces])
    wkb = pieces[0][0] if len(pieces) == 1 else np.concatenate([bytes_ for bytes_, _ in pieces])
    return Column(table[ids], wkb, np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]))


def _rising(ids: pa.Array) -> bool:
    """Tell whether each id is at least the one before it; sorting would cost more than all the rest."""
    return len(ids) < 2 or bool(pc.all(pc.less_equal(ids[:-1], ids[1:])).as_py())


def _plain(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Give the bytes and offsets of a binary array."""
    _, offsets, data = column.buffers()
    wide = np.int64 if pa.types.is_large_binary(column.type) else np.int32
    at = np.frombuffer(offsets, wide)[column.offset : column.offset + len(column) + 1]
    at = at.astype(np.int64)
    wkb = np.frombuffer(data, np.uint8)[at[0] : at[-1]]
    return wkb, at - at[0]
