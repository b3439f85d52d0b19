"""All tilesets of a workspace at one version, with the hashes that name their content.

`webmap.state.app_state` calls `TilesetSnapshot.load`, and the tile routes read tiles and values
from it. `TilesetSnapshot.with_edits` adds the edits since.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.errors import Busy, NotFound
from geo.store.protocol import Reader
from geo.tilesets.cut_tile import EMPTY_VALUES, encode_feature_tile, encode_feature_values
from geo.tilesets.definitions import TILESETS, Tileset
from geo.tilesets.hexbins import HexBins, build_hexbins, encode_hexbin_tile, overlay_hexbins, recount_hexbins
from geo.tilesets.live_layer import LiveLayer, build_live_layer
from geo.tilesets.tile_layer import TileLayerTable, load_or_build_layer
from geo.web_mercator import Tile

FORMAT_VERSION = b"2"  # increase it when the format of tiles or values changes
LAYER_NAMES = tuple(dict.fromkeys(layer for one in TILESETS.values() for layer in one.layers))
EDITABLE_LAYERS = ("parcels", "sites", "inspections")  # layers whose single records can be edited
MAX_SPECIES = 200  # in the list that people choose from
# Higher levels take several times as long, and save at most 1 %.
TILE_GZIP_LEVEL, VALUES_GZIP_LEVEL = (4, 5)


@dataclass(frozen=True)
class TilesetSnapshot:
    """The layers of all tilesets as they were built.

    A tile is named by its tileset, its hash and its position, so its content never changes.
    """

    layers: Mapping[str, TileLayerTable]

    @classmethod
    def load(cls, cache_dir: Path, reader: Reader, previous: "TilesetSnapshot | None" = None) -> "TilesetSnapshot":
        """Return the tilesets of a version of the store. `cache_dir` is beside the workspace.

        If only edits came since `previous`, that object is returned, with everything that it has
        counted.
        """
        fresh = cls({layer: load_or_build_layer(cache_dir, reader, layer) for layer in LAYER_NAMES})
        return previous if previous is not None and previous.layer_versions == fresh.layer_versions else fresh

    @property
    def layer_versions(self) -> list[tuple[int, str, str]]:
        """The version and the two hashes of each layer."""
        return [(layer.version, layer.geometry_hash, layer.values_hash) for layer in self.layers.values()]

    @cached_property
    def tile_hashes(self) -> Mapping[str, str]:
        """The hash of each tileset's tiles: it changes only if their content does."""
        hashes = {
            name: [self.layers[layer].geometry_hash for layer in tileset.layers]
            + [self.layers[layer].values_hash for layer in tileset.layers[: -1 if tileset.value_fields else None]]
            for name, tileset in TILESETS.items()
        }
        hexbin_layers = [self.layers[name] for name in ("parcels", "sites")]
        hashes["blocks"] = [
            content_hash for table in hexbin_layers for content_hash in (table.geometry_hash, table.values_hash)
        ]
        return {name: _hash_parts(parts) for name, parts in hashes.items()}

    @cached_property
    def value_hashes(self) -> Mapping[str, str]:
        """The hash of each tileset's values."""
        return {
            name: _hash_parts([self.tile_hashes[name], self.layers[tileset.main_layer].values_hash])
            for name, tileset in TILESETS.items()
            if tileset.value_fields
        }

    def tileset_version(self, name: str) -> int:
        """Return the version that a tileset's tiles and values belong to. Later edits are reported apart."""
        layers = TILESETS[name].layers[-1:] if name in TILESETS else ("parcels", "sites")
        return min(self.layers[layer].version for layer in layers)

    @cached_property
    def hexbins(self) -> Mapping[int, HexBins]:
        """The hexbins of every zoom."""
        return build_hexbins(self.layers["parcels"], self.layers["sites"])

    @cached_property
    def species_choices(self) -> tuple[tuple[str, str], ...]:
        """The most frequent species at planting sites with their labels, sorted by label."""
        columns = self.layers["sites"].columns
        table = pa.table({name: columns[name] for name in ("species", "common")}).filter(columns["species"].is_valid())
        counts = table.group_by(["species", "common"]).aggregate([([], "count_all")])
        common_names: dict[str, str | None] = {}
        for row in counts.sort_by([("count_all", "descending")]).to_pylist():
            common_names.setdefault(row["species"], row["common"])
        most_frequent = list(common_names.items())[:MAX_SPECIES]
        choices = [(name, f"{common} ({name})" if common else name) for name, common in most_frequent]
        return tuple(sorted(choices, key=lambda choice: choice[1].casefold()))

    def with_edits(self, reader: Reader) -> "LiveTilesets":
        """Return the tilesets with the edits since they were built.

        Raises Busy if more than single records changed since then.
        """
        live_layers = {name: build_live_layer(self.layers[name], reader) for name in EDITABLE_LAYERS}
        if any(live_layer is None for live_layer in live_layers.values()):
            raise Busy("the map tiles are being rebuilt; try again in a minute")
        return LiveTilesets(
            self, {name: live_layer for name, live_layer in live_layers.items() if live_layer is not None}
        )

    def gzipped_tile(self, name: str, tile: Tile) -> bytes:
        """Return a tile, compressed by gzip. Raises NotFound for a tile that does not exist."""
        if name == "blocks":
            return _gzip_body(encode_hexbin_tile(tile, self.hexbins), TILE_GZIP_LEVEL)
        body = encode_feature_tile(tile, [self.layers[layer] for layer in _tileset_named(name).layers])
        return _gzip_body(body, TILE_GZIP_LEVEL)

    def gzipped_values(self, name: str, tile: Tile) -> bytes:
        """Return the values of a tile's features, compressed by gzip. Raises NotFound as `gzipped_tile` does."""
        tileset = _tileset_named(name)
        if not tileset.value_fields:
            raise NotFound(f"the tileset {name} has no values")
        return _gzip_body(
            encode_feature_values(tile, self.layers[tileset.main_layer], tileset.value_fields), VALUES_GZIP_LEVEL
        )


@dataclass(frozen=True)
class LiveTilesets:
    """Tilesets with the edits since they were built: the editable layers, and the hexbins."""

    snapshot: TilesetSnapshot
    live_layers: Mapping[str, LiveLayer]

    @cached_property
    def recounted_hexbins(self) -> Mapping[int, HexBins]:
        """The hexbins of each zoom that edits have changed."""
        zooms = self.snapshot.hexbins
        return {zoom: recount_hexbins(zoom, self.live_layers["parcels"], self.live_layers["sites"]) for zoom in zooms}

    @cached_property
    def hexbins(self) -> Mapping[int, HexBins]:
        """The hexbins of every zoom, with edits."""
        return {
            zoom: overlay_hexbins(hexbins, self.recounted_hexbins[zoom])
            for zoom, hexbins in self.snapshot.hexbins.items()
        }

    def layers_in_cells(self, cells: Any) -> Mapping[str, TileLayerTable]:
        """Return the layers with edits, limited to some cells. Layers that are not editable come complete."""
        return {
            **self.snapshot.layers,
            **{name: live_layer.layer_in_cells(cells) for name, live_layer in self.live_layers.items()},
        }


def is_empty_body(body: bytes) -> bool:
    """Return whether a compressed tile or its compressed values hold no feature.

    Caches skip these, because there are too many of them to store.

    >>> is_empty_body(gzip.compress(b"", TILE_GZIP_LEVEL, mtime=0))
    True
    """
    return body in EMPTY_BODIES


def _tileset_named(name: str) -> Tileset:
    try:
        return TILESETS[name]
    except KeyError:
        raise NotFound(f"no tileset is named {name!r}; the tilesets are: {', '.join((*TILESETS, 'blocks'))}") from None


def _hash_parts(parts: list[str]) -> str:
    return hashlib.sha256(FORMAT_VERSION + "".join(parts).encode()).hexdigest()[:16]


def _gzip_body(body: bytes, level: int) -> bytes:
    return gzip.compress(body, level, mtime=0)


EMPTY_BODIES = (_gzip_body(b"", TILE_GZIP_LEVEL), _gzip_body(EMPTY_VALUES, VALUES_GZIP_LEVEL))
