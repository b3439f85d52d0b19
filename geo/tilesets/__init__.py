"""Tilesets: layers cut into vector tiles, with the values of their features sent apart.

`webmap.state.app_state` loads a `TilesetSnapshot`, and the tile routes read tiles from it. A layer
is laid out once as columns in a cache file, sorted by Morton code (`tile_layer`). A tile is a slice
of these columns (`cut_tile`). Later edits are sent record by record (`layer_delta`), so that no
other geometry is sent again.
"""

from geo.tilesets.cut_tile import encode_feature_tile, encode_feature_values
from geo.tilesets.definitions import MAX_FEATURE_ZOOM, MIN_FEATURE_ZOOM, TILESETS, Tileset
from geo.tilesets.layer_delta import LayerDelta, changed_hexbins, find_layer_delta
from geo.tilesets.tile_layer import TileLayerTable, load_or_build_layer
from geo.tilesets.tileset_snapshot import LiveTilesets, TilesetSnapshot, is_empty_body

__all__ = [
    "MAX_FEATURE_ZOOM",
    "MIN_FEATURE_ZOOM",
    "TILESETS",
    "LayerDelta",
    "LiveTilesets",
    "TileLayerTable",
    "Tileset",
    "TilesetSnapshot",
    "changed_hexbins",
    "encode_feature_tile",
    "encode_feature_values",
    "find_layer_delta",
    "is_empty_body",
    "load_or_build_layer",
]
