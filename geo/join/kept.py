"""Measured layers kept beside the workspace: an Arrow file for each, which the next join maps instead of reading.

What is kept here is public, and can be made again from the store at any time. It is taken only as what it was made
of: a file that is of another state of the layer, of another CRS or of other fields is made anew.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from pyproj import CRS

from geo.join.measured import Drawn, Measured, in_metres
from geo.layers import Layer

FORMAT = 1  # grows with every change of what a file holds
MADE_OF = b"lotleaf"  # where a file tells what it was made of
SYSTEM = ("id", "source")


@dataclass(frozen=True)
class Shelf:
    """A folder of measured layers, in the metric CRS `work`."""

    folder: Path
    work: CRS

    def layer(self, layer: Layer, stamp: str, read: Callable[[], gpd.GeoDataFrame]) -> Measured:
        """Give a layer as it is kept, or else read, measured and kept from now on.

        `stamp` tells the state in which the layer is: another state has another. `read` gives its public
        fields in degrees. Where nothing can be written, nothing is kept.
        """
        path = self.folder / f"{layer.name}.arrow"
        made_of = _made_of(layer, stamp, self.work)
        table = _mapped(path, made_of)
        if table is not None:
            return _measured(table, layer)
        fresh = in_metres(read(), layer, self.work)
        try:
            _write(path, _table(fresh).replace_schema_metadata({MADE_OF: made_of}))
        except OSError:
            return fresh  # a folder that is full or not ours: the join needs none
        return fresh


def _made_of(layer: Layer, stamp: str, work: CRS) -> bytes:
    told = [FORMAT, layer.name, list(_kinds(layer).items()), stamp, work.to_wkt()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest().encode()


def _kinds(layer: Layer) -> dict[str, str]:
    public = {field.name: field.dtype for field in layer.fields if not field.private}
    return dict.fromkeys(SYSTEM, "str") | public


def _mapped(path: Path, made_of: bytes) -> pa.Table | None:
    """Map a file; None where there is none that was made of that and is whole."""
    try:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        if (file.schema.metadata or {}).get(MADE_OF) != made_of:
            return None
        table = file.read_all()
        table.validate(full=True)
    except (OSError, pa.ArrowInvalid):
        return None
    return table


def _write(path: Path, table: pa.Table) -> None:
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


def _table(layer: Measured) -> pa.Table:
    columns = {name: pa.array(layer.rows[name].array) for name in _kinds(layer.layer)}
    return pa.table({**columns, "degrees": layer.degrees.wkb, "metres": layer.metres.wkb})


def _measured(table: pa.Table, layer: Layer) -> Measured:
    columns = {name: _whole(table[name]) for name in table.column_names}
    rows = {name: _series(columns[name], kind) for name, kind in _kinds(layer).items()}
    degrees, metres = Drawn(columns["degrees"]), Drawn(columns["metres"])
    return Measured(layer, pd.DataFrame(rows), degrees, metres)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _series(column: pa.Array, kind: str) -> Any:
    """Take a column for what pandas calls it, in place where it can be."""
    if kind == "float64":
        return np.asarray(column.to_numpy(zero_copy_only=False))
    if kind == "str":
        return pd.array(column, dtype="str")
    return pd.array([], dtype=kind).dtype.__from_arrow__(column)
