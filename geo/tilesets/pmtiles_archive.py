"""Town packs: all tiles of a town in one file, for tablets without a signal.

`webmap.state.build_pack` calls `write_town_pack`. A pack is a PMTiles archive, version 3
(https://github.com/protomaps/PMTiles). It holds the feature tiles of `MAX_FEATURE_ZOOM` and all
hexbin tiles. A feature tile holds the layers of every tileset in `TOWN_PACK_TILESETS`. The values
of their features are in the same tile, as an extension of the format.
"""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

from geo.mvt.tile_encoder import encode_extension
from geo.tilesets.cut_tile import encode_feature_tile, encode_feature_values
from geo.tilesets.definitions import HEXBIN_ZOOMS, MAX_FEATURE_ZOOM, TILE_FIELDS, TILESETS, TOWN_PACK_FIELDS
from geo.tilesets.hexbins import encode_hexbin_tile
from geo.tilesets.morton import morton_code, morton_decode, to_tile_coordinates
from geo.tilesets.tile_layer import TileLayerTable
from geo.tilesets.tileset_snapshot import LiveTilesets, TilesetSnapshot
from geo.web_mercator import Tile

# Field number of the values in a tile. The field holds the tileset's name, a zero byte, and the values as JSON.
VALUES_EXTENSION = 16
TOWN_PACK_TILESETS = ("lots", "sites", "inspections")
GZIP_LEVEL = 9


def write_town_pack(live_tilesets: LiveTilesets, boundary: Any, path: Path, metadata: Mapping[str, Any]) -> int:
    """Write the pack of one or more towns to a file, edits included, and return its number of tiles.

    `boundary` is the polygon of the towns in degrees. Every tile that it touches is in the pack as
    a whole. `metadata` is added to the metadata of the archive.
    """
    feature_tiles = list(_feature_tiles(live_tilesets, boundary))
    # Take every feature that reaches one of these tiles, even if it lies mostly outside the boundary.
    layers = live_tilesets.layers_in_cells(
        morton_code(*np.array([tile[1:] for tile in feature_tiles]).reshape(-1, 2).T)
    )
    tiles_by_id = sorted(
        ((zxy_to_tileid(*tile), tile) for tile in (*feature_tiles, *_hexbin_tiles(boundary))), key=lambda item: item[0]
    )
    west, south, east, north = (round(1e7 * coordinate) for coordinate in shapely.bounds(boundary).tolist())
    with write(str(path)) as archive:
        for id_, tile in tiles_by_id:
            archive.write_tile(id_, gzip.compress(_encode_pack_tile(live_tilesets, layers, tile), GZIP_LEVEL, mtime=0))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": HEXBIN_ZOOMS[-1],
            "center_lon_e7": (west + east) // 2,
            "center_lat_e7": (south + north) // 2,
        }
        archive.finalize(header, {"vector_layers": list(_describe_layers(live_tilesets.snapshot)), **metadata})
    return len(tiles_by_id)


def _encode_pack_tile(live_tilesets: LiveTilesets, layers: Mapping[str, TileLayerTable], tile: Tile) -> bytes:
    if tile.z != MAX_FEATURE_ZOOM:
        return encode_hexbin_tile(tile, live_tilesets.hexbins)
    layer_names = dict.fromkeys(layer for name in TOWN_PACK_TILESETS for layer in TILESETS[name].layers)
    feature_tile = encode_feature_tile(tile, [layers[layer] for layer in layer_names])
    values = (
        encode_extension(
            VALUES_EXTENSION,
            name.encode() + b"\0" + encode_feature_values(tile, layers[main_layer], _value_fields(name)),
        )
        for name in TOWN_PACK_TILESETS
        for main_layer in (TILESETS[name].main_layer,)
    )
    return b"".join((feature_tile, *values))


def _value_fields(name: str) -> tuple[str, ...]:
    return TILESETS[name].value_fields + (TOWN_PACK_FIELDS if name == "lots" else ())


def _feature_tiles(live_tilesets: LiveTilesets, boundary: Any) -> Iterator[Tile]:
    """Iterate over the tiles of `MAX_FEATURE_ZOOM` that hold a feature and touch the boundary."""
    tables = [
        table
        for live_layer in live_tilesets.live_layers.values()
        for table in (live_layer.base, live_layer.edited_table)
    ]
    codes = np.unique(np.concatenate([np.unique(table.cells) for table in tables]))
    tiles = [Tile(MAX_FEATURE_ZOOM, x, y) for x, y in morton_decode(codes).tolist()]
    yield from _tiles_intersecting(tiles, boundary)


def _hexbin_tiles(boundary: Any) -> Iterator[Tile]:
    """Iterate over the hexbin tiles that touch the boundary.

    >>> [tile for tile in _hexbin_tiles(shapely.box(-90.34, 38.65, -90.33, 38.66)) if tile.z < 12]
    [Tile(z=10, x=255, y=392), Tile(z=11, x=510, y=785)]
    """
    for zoom in HEXBIN_ZOOMS:
        west, south, east, north = shapely.bounds(boundary).tolist()
        corners = to_tile_coordinates(np.array([[west, north], [east, south]])) / (1 << MAX_FEATURE_ZOOM - zoom)
        (low_x, low_y), (high_x, high_y) = np.floor(corners).astype(int).tolist()
        tiles = [Tile(zoom, x, y) for x in range(low_x, high_x + 1) for y in range(low_y, high_y + 1)]
        yield from _tiles_intersecting(tiles, boundary)


def _tiles_intersecting(tiles: list[Tile], boundary: Any) -> Iterator[Tile]:
    bboxes = shapely.box(*np.array([tile.bbox_degrees() for tile in tiles]).reshape(-1, 4).T)
    shapely.prepare(boundary)
    yield from (
        tile for tile, intersects in zip(tiles, shapely.intersects(boundary, bboxes), strict=True) if intersects
    )


def _describe_layers(snapshot: TilesetSnapshot) -> Iterator[dict[str, Any]]:
    """Iterate over descriptions of the layers, as TileJSON's `vector_layers` has them."""
    for layer in dict.fromkeys(layer for name in TOWN_PACK_TILESETS for layer in TILESETS[name].layers):
        fields = dict.fromkeys(TILE_FIELDS.get(layer, ()), "String")
        yield {"id": layer, "minzoom": MAX_FEATURE_ZOOM, "maxzoom": MAX_FEATURE_ZOOM, "fields": fields}
    fields = dict.fromkeys(snapshot.hexbins[HEXBIN_ZOOMS[0]].statistics, "Number")
    yield {"id": "blocks", "minzoom": HEXBIN_ZOOMS[0], "maxzoom": HEXBIN_ZOOMS[-1], "fields": fields}
