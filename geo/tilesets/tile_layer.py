"""One layer as columns for its tiles, sorted by Morton code and cached in a file beside the workspace.

`geo.tilesets.tileset_snapshot` calls `load_or_build_layer`. Edits leave the columns unchanged, and
`geo.tilesets.layer_delta` reports them. After a load or a full join the layer is built again.
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

from geo.arrow_cache import FINGERPRINT_KEY, map_columns, write_table
from geo.schema import layer_named
from geo.store.protocol import Reader
from geo.store.records import PUBLIC
from geo.tilesets.definitions import SOURCE_LAYERS, required_fields
from geo.tilesets.morton import cells_of_bboxes, morton_code, tile_bboxes

CACHE_FORMAT_VERSION = 5  # increase it when the content of the file changes
BORDER_PIECE_EDGES = 24  # a tile reads only the pieces of a long border that it holds
MAX_CHANGED_RECORDS = 1_000  # more records changed by edits than this, and the layer is built again
DISPLAY_POINT_FIELDS = ("lon", "lat")  # display points of records without a geometry


@dataclass(frozen=True)
class TileLayerTable:
    """A layer at a version, its rows sorted by Morton code. The row number is the feature id in tiles.

    `geometries` (n,) are little-endian two-dimensional WKB in degrees. `cells` (m,) are sorted
    Morton codes of cells, and `cell_rows` (m,) the row that reaches each. `geometry_hash` and
    `values_hash` identify the content of geometries and values.
    """

    name: str
    version: int
    ids: pa.LargeStringArray
    geometries: pa.LargeBinaryArray
    columns: Mapping[str, pa.Array]
    cells: Any
    cell_rows: Any
    geometry_hash: str
    values_hash: str


def load_or_build_layer(cache_dir: Path, reader: Reader, layer: str) -> TileLayerTable:
    """Return a layer from its cache file if only edits changed it since, else build it and cache it.

    `cache_dir` is beside the workspace. If nothing can be written there, nothing is cached.
    """
    path = cache_dir / f"tiles-{layer}.arrow"
    if (cached := _read_cached_layer(path, reader, layer)) is not None:
        return cached
    table = _build_columns(reader, layer)
    fingerprint = _compute_fingerprint(layer, reader.version, reader)
    metadata = {FINGERPRINT_KEY: fingerprint, b"version": str(reader.version).encode(), **_content_hashes(table)}
    with suppress(OSError):  # the disk is full or the directory is read-only
        write_table(path, table.replace_schema_metadata(metadata))
    # The file is memory-mapped, so read it back and let the table go.
    return _read_cached_layer(path, reader, layer) or _layer_from_columns(layer, metadata, _combine_columns(table))


def source_layer_name(layer: str) -> str:
    """Return the name of the store layer that a tile layer is built from.

    >>> source_layer_name("limits"), source_layer_name("parcels")
    ('municipalities', 'parcels')
    """
    return SOURCE_LAYERS.get(layer, layer)


def _read_cached_layer(path: Path, reader: Reader, layer: str) -> TileLayerTable | None:
    try:
        with pa.memory_map(str(path)) as file:
            metadata = pa.ipc.open_file(file).schema.metadata or {}
        version = int(metadata[b"version"])
    except (OSError, ValueError, KeyError):
        return None
    if version > reader.version or metadata.get(FINGERPRINT_KEY) != _compute_fingerprint(layer, version, reader):
        return None
    changed = reader.changed_records(source_layer_name(layer), version)
    if changed is None or len(changed) > MAX_CHANGED_RECORDS:
        return None
    names = ["id", "shape", *required_fields(layer), "cells", "of_cell"]
    metadata, columns = map_columns(path, metadata[FINGERPRINT_KEY], names)
    return _layer_from_columns(layer, metadata, columns) if columns else None


def _compute_fingerprint(layer: str, version: int, reader: Reader) -> bytes:
    parts = [CACHE_FORMAT_VERSION, layer, required_fields(layer), version, reader.version_token(version)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest().encode()


def _layer_from_columns(layer: str, metadata: Mapping[bytes, bytes], columns: Mapping[str, pa.Array]) -> TileLayerTable:
    cells = columns["cells"].flatten().to_numpy()
    return TileLayerTable(
        name=layer,
        version=int(metadata[b"version"]),
        ids=columns["id"],
        geometries=columns["shape"],
        columns={name: columns[name] for name in required_fields(layer)},
        cells=cells,
        cell_rows=columns["of_cell"].flatten().to_numpy(),
        geometry_hash=metadata[b"drawn"].decode(),
        values_hash=metadata[b"said"].decode(),
    )


def _build_columns(reader: Reader, layer: str) -> pa.Table:
    """Read a layer and sort it by Morton code. Records without a geometry are in no tile."""
    rows, geometries = _read_public_rows(reader, source_layer_name(layer), required_fields(layer))
    if layer in SOURCE_LAYERS:
        rows, geometries = _split_borders(rows, geometries)
    has_geometry = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    rows, geometries = rows[has_geometry], geometries[has_geometry]
    bboxes = tile_bboxes(geometries)
    bbox_centers = np.floor((bboxes[:, :2] + bboxes[:, 2:]) / 2).astype(np.int64)
    order = np.argsort(morton_code(*np.clip(bbox_centers, 0, None).T), kind="stable")
    rows, geometries, bboxes = rows.iloc[order], geometries[order], bboxes[order]
    cells, cell_rows = cells_of_bboxes(bboxes)
    columns = {name: pa.array(rows[name], from_pandas=True) for name in ("id", *required_fields(layer))}
    columns["id"] = columns["id"].cast(pa.large_string())
    columns["shape"] = pa.array(shapely.to_wkb(geometries, output_dimension=2, byte_order=1), pa.large_binary())
    # The cell lists are longer than the table, so the first row holds them as one list.
    columns["cells"], columns["of_cell"] = (_list_in_first_row(values, len(rows)) for values in (cells, cell_rows))
    return pa.table(columns)


def _read_public_rows(reader: Reader, layer_name: str, fields: tuple[str, ...]) -> tuple[pd.DataFrame, Any]:
    """Read the public fields and geometries of a layer.

    A record without a geometry of its own has its display point, where the layer has one.
    """
    layer = layer_named(layer_name)
    frame = reader.read_layer(layer_name, actor=PUBLIC)
    joined_values = reader.read_joined_values(layer_name).set_index("id")
    geometries = np.array(frame.geometry, dtype=object)
    joined_rows = joined_values.reindex(frame["id"])
    own_fields = [field.name for field in layer.fields]
    rows = pd.DataFrame(
        {
            "id": frame["id"].to_numpy(),
            **{name: (frame[name] if name in own_fields else joined_rows[name]).array for name in fields},
        }
    )
    if set(DISPLAY_POINT_FIELDS) <= {field.name for field in layer.joined_fields}:
        uses_display_point = shapely.is_missing(geometries) & joined_rows["lon"].notna().to_numpy()
        geometries[uses_display_point] = shapely.points(
            joined_rows[list(DISPLAY_POINT_FIELDS)].to_numpy("float64")[uses_display_point]
        )
    return rows, geometries


def _split_borders(rows: pd.DataFrame, geometries: Any) -> tuple[pd.DataFrame, Any]:
    """Split the boundaries of areas into lines of at most `BORDER_PIECE_EDGES` edges.

    >>> town = shapely.Point(-90.33, 38.66).buffer(0.01, quad_segs=8)
    >>> rows, pieces = _split_borders(pd.DataFrame({"id": ["clayton"]}), np.array([town]))
    >>> rows["id"].tolist(), shapely.get_num_coordinates(pieces).tolist()
    (['clayton', 'clayton'], [25, 9])
    """
    lines, line_rows = shapely.get_parts(shapely.boundary(geometries), return_index=True)
    pieces, piece_rows = [], []
    for line, row in zip(lines, line_rows.tolist(), strict=True):
        corners = shapely.get_coordinates(line)
        starts = range(0, len(corners) - 1, BORDER_PIECE_EDGES)
        pieces += [shapely.linestrings(corners[start : start + BORDER_PIECE_EDGES + 1]) for start in starts]
        piece_rows += [row] * len(starts)
    return rows.iloc[piece_rows], np.array(pieces, dtype=object)


def _list_in_first_row(values: Any, row_count: int) -> pa.LargeListArray:
    offsets = np.full(row_count + 1, len(values), np.int64)
    offsets[0] = 0
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))


def _content_hashes(table: pa.Table) -> dict[bytes, bytes]:
    """Return hashes of the geometries and of the values, as metadata of the cache file."""
    non_value_columns = ("shape", "cells", "of_cell")
    geometry_hash = _hash_table(table.select(["shape"]))
    values_hash = _hash_table(table.drop_columns(list(non_value_columns)))
    return {b"drawn": geometry_hash, b"said": values_hash}


def _hash_table(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()[:16].encode()


def _combine_columns(table: pa.Table) -> dict[str, pa.Array]:
    return {name: table[name].combine_chunks() for name in table.column_names}
