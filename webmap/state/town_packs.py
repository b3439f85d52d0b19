"""Town packs: all tiles of a town in one file, built on demand and kept for one version.

`app_state().packs` is the `TownPacks` of the app.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from geo.errors import NotFound
from geo.store.protocol import Reader
from webmap.clock import today
from webmap.state.map_tiles import MapTiles
from webmap.state.pack_cache import TownPackCache
from webmap.state.request_reader import RequestReader


class TownPacks:
    """The packs of one store, on disk beside its other caches."""

    def __init__(self, request: RequestReader, tiles: MapTiles, cache_dir: Path) -> None:
        self._request = request
        self._tiles = tiles
        self._cache = TownPackCache(cache_dir / "packs")

    def get(self, town_slug: str, town_names: Mapping[str, str]) -> bytes:
        """Return the current pack of a town. Raises NotFound."""
        from webmap.state.build_pack import build_pack  # noqa: PLC0415 - few ask for packs

        reader = self._request.reader
        if town_slug not in town_names:
            raise NotFound(f"no town has the slug {town_slug!r}")
        write_pack = partial(build_pack, reader, self._tiles.live_tilesets(reader), [town_slug])
        return self._cache.get(town_slug, self._version_token(reader), write_pack)

    def drop_outdated(self, reader: Reader) -> None:
        """Delete the packs of other versions than that of `reader`."""
        self._cache.drop_all_except(self._version_token(reader))

    def _version_token(self, reader: Reader) -> str:
        """Return a token that identifies the workspace, its version and the day."""
        return f"{self._tiles.workspace_hash(reader)}-{reader.version}-{today():%y%m%d}"
