"""Vector tiles for the maps: the tilesets of the store's version, their URLs, tiles, values and edits.

`app_state().tiles` is the `MapTiles` of the app.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from geo.store.protocol import Reader
from webmap.state.request_reader import RequestReader
from webmap.state.tile_cache import TileCache
from webmap.state.versioned_cache import VersionedCache

if TYPE_CHECKING:
    from geo.tilesets import LiveTilesets, TilesetSnapshot
    from geo.web_mercator import Tile


class MapTiles:
    """The tilesets of one store, shared by all threads of this process."""

    def __init__(self, request: RequestReader, cache_dir: Path) -> None:
        self._request = request
        self._cache_dir = cache_dir
        self.cache = TileCache(cache_dir / "tiles")
        self._tilesets = VersionedCache(self._load_tilesets, None)
        self._live_tilesets = VersionedCache(lambda reader: self._tilesets.get(reader).with_edits(reader), None)
        self._workspace_id = VersionedCache(lambda reader: reader.settings().get("created", ""), frozenset())

    @property
    def tilesets(self) -> "TilesetSnapshot":
        """Return the tilesets of this version, or older ones while these are being built."""
        return self._request.latest_available(self._tilesets)

    def live_tilesets(self, reader: Reader) -> "LiveTilesets":
        """Return the tilesets of a version with the edits since they were built."""
        return self._live_tilesets.get(reader)

    def workspace_hash(self, reader: Reader) -> str:
        """Return 8 hexadecimal digits that tell one workspace from another of the same version."""
        return f"{crc32(self._workspace_id.get(reader).encode()):x}"

    def summary(self) -> dict[str, Any]:
        """Return the version, and for each tileset its tile and value URLs and its version."""
        tilesets, reader = self.tilesets, self._request.reader
        entries = {
            name: {
                "tiles": f"/tiles/{name}/{geometry_hash}",
                "values": f"/values/{name}/{tilesets.value_hashes[name]}" if name in tilesets.value_hashes else None,
                "version": tilesets.tileset_version(name),
            }
            for name, geometry_hash in tilesets.tile_hashes.items()
        }
        return {"version": reader.version, "workspace_id": self.workspace_hash(reader), "tilesets": entries}

    def tile(self, name: str, geometry_hash: str, tile: "Tile") -> bytes | None:
        """Return a gzipped tile. None for an unknown tileset or an outdated hash."""
        tilesets = self._tilesets_where(lambda candidate: candidate.tile_hashes.get(name) == geometry_hash)
        return tilesets.gzipped_tile(name, tile) if tilesets else None

    def tile_values(self, name: str, values_hash: str, tile: "Tile") -> bytes | None:
        """Return the gzipped values of a tile. None for an unknown tileset or an outdated hash."""
        tilesets = self._tilesets_where(lambda candidate: candidate.value_hashes.get(name) == values_hash)
        return tilesets.gzipped_values(name, tile) if tilesets else None

    def changed_hexbins(self) -> dict[str, Any]:
        """Return the hexbins that edits changed, counted again. See `geo.tilesets.changed_hexbins`."""
        from geo.tilesets import changed_hexbins  # noqa: PLC0415 - a server without maps needs none

        reader = self._request.reader
        return {"version": reader.version, **changed_hexbins(self._live_tilesets.get(reader))}

    def warm(self, reader: Reader) -> None:
        """Build the tilesets of a version, and drop cached tiles of older ones."""
        tilesets = self._tilesets.get(reader)
        self.cache.drop_all_except({*tilesets.tile_hashes.values(), *tilesets.value_hashes.values()})

    def preload_encoder(self) -> None:
        """Load the tile kernels before the first request, if no parcel tile is cached."""
        tilesets = self._tilesets.last_value()
        if tilesets is not None and not self.cache.has_tiles("lots", tilesets.tile_hashes["lots"]):
            from geo.mvt.geometry_commands import preload_kernels  # noqa: PLC0415 - most servers start with ready tiles

            preload_kernels()

    def _load_tilesets(self, reader: Reader) -> "TilesetSnapshot":
        from geo.tilesets import TilesetSnapshot  # noqa: PLC0415 - a server without maps needs none

        return TilesetSnapshot.load(self._cache_dir, reader, self._tilesets.last_value())

    def _tilesets_where(self, is_match: Callable[["TilesetSnapshot"], bool]) -> "TilesetSnapshot | None":
        if (cached := self._tilesets.last_value()) is not None and is_match(cached):
            return cached
        newest = self._tilesets.get(self._request.reader)  # another process may have built and announced it first
        return newest if is_match(newest) else None
