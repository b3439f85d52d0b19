"""Packs: all tiles of a town in one file, to be taken along where there is no signal.

A pack is a PMTiles archive (https://github.com/protomaps/PMTiles, version 3) of the deepest tiles and of the blocks. A tile holds
the layers of every set; what is told of the features of each stands in the tile as well, as an extension of the format.
"""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

from geo.mercator import Tile
from geo.tiles import extension
from geo.tilesets.base import Base
from geo.tilesets.blocks import cut_blocks
from geo.tilesets.cut import cut, told
from geo.tilesets.grid import mercator, number, places
from geo.tilesets.kinds import BLOCKS, CARD, DEEPEST, INSIDE, TILESETS
from geo.tilesets.sets import Now, Sets

TOLD = 16  # the extension in which a tile tells of its features: the set's name, a zero, and the values as JSON
SETS = ("lots", "sites", "inspections")
LEVEL = 9


def pack(now: Now, limits: Any, to: Path, about: Mapping[str, Any]) -> int:
    """Write the pack of a town, or of several, as edits have left it, to a file; gives how many tiles are in it.

    `limits` are its shape in degrees; tiles that it touches are in the pack whole. `about` is told in the archive's metadata.
    """
    near = list(_near(now, limits))
    # A lot may reach beyond its tile: whatever touches one is in it whole.
    layers = now.near(number(*np.array([tile[1:] for tile in near]).reshape(-1, 2).T))
    wanted = sorted(
        ((zxy_to_tileid(*tile), tile) for tile in (*near, *_far(limits))), key=lambda one: one[0]
    )
    west, south, east, north = (round(1e7 * degrees) for degrees in shapely.bounds(limits).tolist())
    with write(str(to)) as archive:
        for id_, tile in wanted:
            archive.write_tile(id_, gzip.compress(_body(now, layers, tile), LEVEL, mtime=0))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": BLOCKS[-1],
            "center_lon_e7": (west + east) // 2,
            "center_lat_e7": (south + north) // 2,
        }
        archive.finalize(header, {"vector_layers": list(_described(now.sets)), **about})
    return len(wanted)


def _body(now: Now, layers: Mapping[str, Base], tile: Tile) -> bytes:
    if tile.z != DEEPEST:
        return cut_blocks(tile, now.blocks)
    shown = dict.fromkeys(layer for name in SETS for layer in TILESETS[name].layers)
    drawn = cut(tile, [layers[layer] for layer in shown])
    values = (
        extension(TOLD, name.encode() + b"\0" + told(tile, layers[main], _fields(name)))
        for name in SETS
        for main in (TILESETS[name].main,)
    )
    return b"".join((drawn, *values))


def _fields(name: str) -> tuple[str, ...]:
    return TILESETS[name].told + (CARD if name == "lots" else ())


def _near(now: Now, limits: Any) -> Iterator[Tile]:
    """Name the deepest tiles that limits touch and that hold anything."""
    parts = [part for one in now.layers.values() for part in (one.base, one.further)]
    numbers = np.unique(np.concatenate([np.unique(part.cells) for part in parts]))
    tiles = [Tile(DEEPEST, x, y) for x, y in places(numbers).tolist()]
    yield from _touched(tiles, limits)


def _far(limits: Any) -> Iterator[Tile]:
    """Name the tiles of blocks that limits touch."""
    for zoom in BLOCKS:
        west, south, east, north = shapely.bounds(limits).tolist()
        corners = mercator(np.array([[west, north], [east, south]])) / (1 << DEEPEST - zoom)
        (low_x, low_y), (high_x, high_y) = np.floor(corners).astype(int).tolist()
        tiles = [
            Tile(zoom, x, y) for x in range(low_x, high_x + 1) for y in range(low_y, high_y + 1)
        ]
        yield from _touched(tiles, limits)


def _touched(tiles: list[Tile], limits: Any) -> Iterator[Tile]:
    boxes = shapely.box(*np.array([tile.degrees() for tile in tiles]).reshape(-1, 4).T)
    shapely.prepare(limits)
    yield from (
        tile for tile, met in zip(tiles, shapely.intersects(limits, boxes), strict=True) if met
    )


def _described(sets: Sets) -> Iterator[dict[str, Any]]:
    """Describe the layers, as readers of packs want it."""
    for layer in dict.fromkeys(layer for name in SETS for layer in TILESETS[name].layers):
        fields = dict.fromkeys(INSIDE.get(layer, ()), "String")
        yield {"id": layer, "minzoom": DEEPEST, "maxzoom": DEEPEST, "fields": fields}
    fields = dict.fromkeys(sets.blocks[BLOCKS[0]].figures, "Number")
    yield {"id": "blocks", "minzoom": BLOCKS[0], "maxzoom": BLOCKS[-1], "fields": fields}
