"""Cache files beside the workspace: Arrow tables that are memory-mapped, each with a fingerprint.

`geo.tilesets.tile_layer`, `geo.join.layer_cache` and the geocoder use them. `write_table` writes a
file, and `map_columns` reads one. Everything in a cache can be computed again from the store.
"""

import mmap
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

FINGERPRINT_KEY = b"lotleaf"  # metadata key of the fingerprint


def map_columns(
    path: Path, fingerprint: bytes, names: Sequence[str], memory_maps: list[mmap.mmap] | None = None
) -> tuple[dict[bytes, bytes], dict[str, pa.Array]]:
    """Return the metadata and the named columns of a cache file, memory-mapped.

    Both are empty if the file is missing, damaged, lacks a column or has another fingerprint.
    `memory_maps` collects the open maps, so that the caller can release their pages.
    """
    try:
        with path.open("rb") as raw_file:
            memory_map = mmap.mmap(raw_file.fileno(), 0, access=mmap.ACCESS_READ)
        arrow_file = pa.ipc.open_file(pa.py_buffer(memory_map))
        metadata = arrow_file.schema.metadata or {}
        if metadata.get(FINGERPRINT_KEY) != fingerprint:
            return {}, {}
        table = arrow_file.read_all().select(list(names))
        table.validate(full=True)
    except (OSError, ValueError, KeyError):  # an empty file cannot be mapped
        return {}, {}
    if memory_maps is not None:
        memory_maps.append(memory_map)
    return metadata, {name: _single_chunk(table[name]) for name in names}


def write_table(path: Path, table: pa.Table) -> None:
    """Write a cache file completely or not at all.

    The new file replaces the old one by a rename. A process that has mapped the old file goes on
    with it.
    """
    path.parent.mkdir(exist_ok=True)
    descriptor, temp_path = tempfile.mkstemp(dir=path.parent, suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            file.flush()
            os.fsync(file.fileno())
        Path(temp_path).replace(path)
    finally:
        Path(temp_path).unlink(missing_ok=True)


def _single_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
