"""A layer as its tiles are cut: columns in the order of places, kept in a file beside the workspace, and of which version.

Edits leave it as it is; what they changed is told apart (`geo.tilesets.changes`). A load or a join has it baked anew.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.beside import MADE_OF, mapped, write
from geo.layers import named
from geo.store.protocol import PUBLIC, Reader
from geo.tilesets.grid import boxes_of, number, reached
from geo.tilesets.kinds import MADE_FROM, fields_of

FORMAT = 5  # grows with every change of what a file holds
PIECE = 24  # corners of a border that are one feature: a tile reads the pieces that it holds
MANY = 1_000  # records changed by edits, beyond which a layer is baked anew
PLACE = ("lon", "lat")  # where the join shows what has no shape of its own


@dataclass(frozen=True)
class Base:
    """A layer as of a version, its rows in the order of places; a row's position is its feature's number.

    `shapes` are little-endian two-dimensional WKB in degrees. `cells` are numbers of deepest tiles, sorted, and `of_cell` the row that reaches each.
    `drawn` and `said` mark what the shapes and the values hold.
    """

    layer: str
    version: int
    ids: pa.LargeStringArray
    shapes: pa.LargeBinaryArray
    columns: Mapping[str, pa.Array]
    cells: Any
    of_cell: Any
    drawn: str
    said: str


def base_of(folder: Path, reader: Reader, layer: str) -> Base:
    """Give a layer as it was last baked, where edits alone have changed it since; else bake it now and keep it.

    `folder` is beside the workspace; where nothing can be written, nothing is kept.
    """
    path = folder / f"tiles-{layer}.arrow"
    if (kept := _kept(path, reader, layer)) is not None:
        return kept
    table = _baked(reader, layer)
    made_of = _made_of(layer, reader.version, reader)
    told = {MADE_OF: made_of, b"version": str(reader.version).encode(), **_marks(table)}
    with suppress(OSError):  # a folder that is full or not ours
        write(path, table.replace_schema_metadata(told))
    # What is kept is mapped, and takes no memory of its own.
    return _kept(path, reader, layer) or _base(layer, told, _columns(table))


def source_of(layer: str) -> str:
    """Name the store's layer that a layer of tiles is made from."""
    return MADE_FROM.get(layer, layer)


def _kept(path: Path, reader: Reader, layer: str) -> Base | None:
    try:
        with pa.memory_map(str(path)) as file:
            told = pa.ipc.open_file(file).schema.metadata or {}
        version = int(told[b"version"])
    except (OSError, ValueError, KeyError):
        return None
    if version > reader.version or told.get(MADE_OF) != _made_of(layer, version, reader):
        return None
    changed = reader.touched(source_of(layer), version)
    if changed is None or len(changed) > MANY:
        return None
    names = ["id", "shape", *fields_of(layer), "cells", "of_cell"]
    told, columns = mapped(path, told[MADE_OF], names)
    return _base(layer, told, columns) if columns else None


def _made_of(layer: str, version: int, reader: Reader) -> bytes:
    told = [FORMAT, layer, fields_of(layer), version, reader.mark(version)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest().encode()


def _base(layer: str, told: Mapping[bytes, bytes], columns: Mapping[str, pa.Array]) -> Base:
    cells = columns["cells"].flatten().to_numpy()
    return Base(
        layer=layer,
        version=int(told[b"version"]),
        ids=columns["id"],
        shapes=columns["shape"],
        columns={name: columns[name] for name in fields_of(layer)},
        cells=cells,
        of_cell=columns["of_cell"].flatten().to_numpy(),
        drawn=told[b"drawn"].decode(),
        said=told[b"said"].decode(),
    )


def _baked(reader: Reader, layer: str) -> pa.Table:
    """Read a layer and lay it out in the order of places; what has no place is in no tile."""
    rows, shapes = _rows(reader, source_of(layer), fields_of(layer))
    if layer in MADE_FROM:
        rows, shapes = _borders(rows, shapes)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    rows, shapes = rows[there], shapes[there]
    boxes = boxes_of(shapes)
    middle = np.floor((boxes[:, :2] + boxes[:, 2:]) / 2).astype(np.int64)
    order = np.argsort(number(*np.clip(middle, 0, None).T), kind="stable")
    rows, shapes, boxes = rows.iloc[order], shapes[order], boxes[order]
    cells, of_cell = reached(boxes)
    columns = {name: pa.array(rows[name], from_pandas=True) for name in ("id", *fields_of(layer))}
    columns["id"] = columns["id"].cast(pa.large_string())
    columns["shape"] = pa.array(
        shapely.to_wkb(shapes, output_dimension=2, byte_order=1), pa.large_binary()
    )
    # The grid is longer than the rows: it stands as one list in the first row, the others' are empty.
    columns["cells"], columns["of_cell"] = (_beside(one, len(rows)) for one in (cells, of_cell))
    return pa.table(columns)


def _rows(reader: Reader, layer: str, fields: tuple[str, ...]) -> tuple[pd.DataFrame, Any]:
    """Read the public fields and shapes of a layer; what has none stands where the join shows it."""
    asked = named(layer)
    frame = reader.frame(layer, actor=PUBLIC)
    joined = reader.joined(layer).set_index("id")
    shapes = np.array(frame.geometry, dtype=object)
    places = joined.reindex(frame["id"])
    own = [field.name for field in asked.fields]
    rows = pd.DataFrame(
        {
            "id": frame["id"].to_numpy(),
            **{n: (frame[n] if n in own else places[n]).array for n in fields},
        }
    )
    if set(PLACE) <= {field.name for field in asked.joined}:
        lent = shapely.is_missing(shapes) & places["lon"].notna().to_numpy()
        shapes[lent] = shapely.points(places[list(PLACE)].to_numpy("float64")[lent])
    return rows, shapes


def _borders(rows: pd.DataFrame, shapes: Any) -> tuple[pd.DataFrame, Any]:
    """Draw areas by their borders, in pieces."""
    lines, of_row = shapely.get_parts(shapely.boundary(shapes), return_index=True)
    pieces, of_piece = [], []
    for line, row in zip(lines, of_row.tolist(), strict=True):
        corners = shapely.get_coordinates(line)
        starts = range(0, len(corners) - 1, PIECE)
        pieces += [shapely.linestrings(corners[at : at + PIECE + 1]) for at in starts]
        of_piece += [row] * len(starts)
    return rows.iloc[of_piece], np.array(pieces, dtype=object)


def _beside(values: Any, rows: int) -> pa.LargeListArray:
    offsets = np.full(rows + 1, len(values), np.int64)
    offsets[0] = 0
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))


def _marks(table: pa.Table) -> dict[bytes, bytes]:
    """Mark what is drawn and what is told, by content."""
    apart = ("shape", "cells", "of_cell")
    drawn = _hashed(table.select(["shape"]))
    said = _hashed(table.drop_columns(list(apart)))
    return {b"drawn": drawn, b"said": said}


def _hashed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()[:16].encode()


def _columns(table: pa.Table) -> dict[str, pa.Array]:
    return {name: table[name].combine_chunks() for name in table.column_names}
