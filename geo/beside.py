"""Files of columns beside the workspace: written whole, mapped, and taken only as what they were made of.

What they hold can be made again at any time.
"""

import mmap
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

MADE_OF = b"lotleaf"  # where a file tells what it was made of


def mapped(
    path: Path, made_of: bytes, names: Sequence[str], maps: list[mmap.mmap] | None = None
) -> tuple[dict[bytes, bytes], dict[str, pa.Array]]:
    """Map the named columns of a file, and what it tells; none where it is of something else or not whole."""
    try:
        with path.open("rb") as whole:
            held = mmap.mmap(whole.fileno(), 0, access=mmap.ACCESS_READ)
        file = pa.ipc.open_file(pa.py_buffer(held))
        told = file.schema.metadata or {}
        if told.get(MADE_OF) != made_of:
            return {}, {}
        table = file.read_all().select(list(names))
        table.validate(full=True)
    except (OSError, ValueError, KeyError):  # an empty file cannot be mapped
        return {}, {}
    if maps is not None:
        maps.append(held)
    return told, {name: _whole(table[name]) for name in names}


def write(path: Path, table: pa.Table) -> None:
    """Write a file whole or not at all: who has mapped the one before goes on with that."""
    path.parent.mkdir(exist_ok=True)
    handle, new = tempfile.mkstemp(dir=path.parent, suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            file.flush()
            os.fsync(file.fileno())
        Path(new).replace(path)
    finally:
        Path(new).unlink(missing_ok=True)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
