"""Cut feature tiles out of layers, and encode the values of their features.

`geo.tilesets.tileset_snapshot` and `geo.tilesets.pmtiles_archive` call it. `encode_feature_tile`
writes geometries as a vector tile, and `encode_feature_values` writes values as JSON.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import NotFound
from geo.mvt.tile_encoder import TileLayer, encode_tile
from geo.tilesets.definitions import FIELD_DECIMALS, MAX_FEATURE_ZOOM, MIN_FEATURE_ZOOM, TILE_FIELDS
from geo.tilesets.morton import morton_range
from geo.tilesets.tile_layer import TileLayerTable
from geo.tilesets.value_columns import encode_columns
from geo.web_mercator import Tile

EMPTY_VALUES = b'{"numbers":[],"id":[],"fields":{}}'  # the values of a tile without features


def encode_feature_tile(tile: Tile, layers: Sequence[TileLayerTable]) -> bytes:
    """Return a vector tile of layers, with row numbers as feature ids.

    Raises NotFound for zooms that hold no single features, and for tiles outside the grid.
    """
    _require_feature_tile(tile)
    return encode_tile(tile, (_to_tile_layer(tile, layer) for layer in layers))


def encode_feature_values(tile: Tile, layer: TileLayerTable, fields: Sequence[str]) -> bytes:
    """Return the values of the features in a tile, as UTF-8 JSON in columns.

    `numbers` holds the difference of each feature's id from the one before, starting from 0. `id`
    and each of `fields` are columns of the same length, null where unknown.
    `geo.tilesets.value_columns` defines their forms. Raises NotFound as `encode_feature_tile` does.

    >>> import shapely
    >>> from geo.tilesets.morton import cells_of_bboxes, tile_bboxes
    >>> trees = shapely.points([[-90.3301, 38.6601], [-90.3302, 38.6602]])
    >>> cells, cell_rows = cells_of_bboxes(tile_bboxes(trees))
    >>> sites = TileLayerTable(
    ...     name="sites",
    ...     version=1,
    ...     ids=pa.array(["S-1", "S-2"], pa.large_string()),
    ...     geometries=pa.array(shapely.to_wkb(trees), pa.large_binary()),
    ...     columns={"dbh_in": pa.array([12, None])},
    ...     cells=cells,
    ...     cell_rows=cell_rows,
    ...     geometry_hash="",
    ...     values_hash="",
    ... )
    >>> encode_feature_values(Tile(14, 4080, 6281), sites, ["dbh_in"]).decode()
    '{"numbers":[0,1],"id":{"of":["S-#"],"at":[1,1],"steps":[1,1]},"fields":{"dbh_in":{"of":[12],"at":[1,0]}}}'
    >>> encode_feature_values(Tile(14, 0, 0), sites, ["dbh_in"]) == EMPTY_VALUES
    True
    """
    _require_feature_tile(tile)
    rows = _rows_in_tile(tile, layer)
    if not len(rows):
        return EMPTY_VALUES
    steps = np.diff(rows, prepend=0)
    ids = layer.ids.take(pa.array(rows))
    values = {name: _select_values(name, layer, rows) for name in fields}
    document = {"numbers": steps.tolist(), **encode_columns(ids, values)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _require_feature_tile(tile: Tile) -> None:
    if not MIN_FEATURE_ZOOM <= tile.z <= MAX_FEATURE_ZOOM or not (
        0 <= tile.x < 1 << tile.z and 0 <= tile.y < 1 << tile.z
    ):
        raise NotFound(
            f"there is no tile {tile.z}/{tile.x}/{tile.y}; zooms {MIN_FEATURE_ZOOM} to {MAX_FEATURE_ZOOM} have features"
        )


def _rows_in_tile(tile: Tile, layer: TileLayerTable) -> Any:
    """Return the sorted rows that reach a tile, and perhaps some just outside it."""
    first, end = morton_range(tile)
    low, high = np.searchsorted(layer.cells, np.array([first, end], layer.cells.dtype))
    return np.unique(layer.cell_rows[low:high]).astype(np.int64)


def _to_tile_layer(tile: Tile, layer: TileLayerTable) -> TileLayer:
    rows = _rows_in_tile(tile, layer)
    tile_fields = TILE_FIELDS.get(layer.name, ())
    values: Mapping[str, Any] = {name: layer.columns[name].take(pa.array(rows)).to_pylist() for name in tile_fields}
    return TileLayer(layer.name, rows.tolist(), layer.geometries.take(pa.array(rows)), values)


def _select_values(name: str, layer: TileLayerTable, rows: Any) -> pa.Array:
    values = layer.columns[name].take(pa.array(rows))
    return pc.round(values, FIELD_DECIMALS[name]) if name in FIELD_DECIMALS else values
