"""A tile cut from layers, and what is told of the features in it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import NotFound
from geo.mercator import Tile
from geo.tiles import TileLayer, encoded
from geo.tilesets.base import Base
from geo.tilesets.columns import in_columns
from geo.tilesets.grid import span
from geo.tilesets.kinds import DECIMALS, DEEPEST, FIRST, INSIDE

NOTHING = b'{"numbers":[],"id":[],"fields":{}}'  # what is told of a tile in which nothing is


def cut(tile: Tile, layers: Sequence[Base]) -> bytes:
    """Cut a tile from layers, each of its features with its number; raises NotFound where tiles hold no single features."""
    _refuse(tile)
    return encoded(tile, (_layer(tile, base) for base in layers))


def told(tile: Tile, base: Base, fields: Sequence[str]) -> bytes:
    """Tell what is known of the features in a tile, as JSON in columns.

    `numbers` are the steps from each feature's number to the next, the first from 0; `id` and each of `fields` is a column
    of as many values, null where unknown, in one of the forms of `geo.tilesets.columns`.
    """
    _refuse(tile)
    rows = _rows(tile, base)
    if not len(rows):
        return NOTHING
    steps = np.diff(rows, prepend=0)
    ids = base.ids.take(pa.array(rows))
    values = {name: _figures(name, base, rows) for name in fields}
    whole = {"numbers": steps.tolist(), **in_columns(ids, values)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _refuse(tile: Tile) -> None:
    if not FIRST <= tile.z <= DEEPEST or not (
        0 <= tile.x < 1 << tile.z and 0 <= tile.y < 1 << tile.z
    ):
        raise NotFound(
            f"there is no tile {tile.z}/{tile.x}/{tile.y}; zooms {FIRST} to {DEEPEST} hold features"
        )


def _rows(tile: Tile, base: Base) -> Any:
    """Give the rows that reach a tile, lowest first, and perhaps some beside it."""
    first, behind = span(tile)
    low, high = np.searchsorted(base.cells, np.array([first, behind], base.cells.dtype))
    return np.unique(base.of_cell[low:high]).astype(np.int64)


def _layer(tile: Tile, base: Base) -> TileLayer:
    rows = _rows(tile, base)
    inside = INSIDE.get(base.layer, ())
    values: Mapping[str, Any] = {
        name: base.columns[name].take(pa.array(rows)).to_pylist() for name in inside
    }
    return TileLayer(base.layer, rows.tolist(), base.shapes.take(pa.array(rows)), values)


def _figures(name: str, base: Base, rows: Any) -> pa.Array:
    values = base.columns[name].take(pa.array(rows))
    return pc.round(values, DECIMALS[name]) if name in DECIMALS else values
