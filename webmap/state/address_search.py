"""Address search: the geocoder of the store's version, and the files with which browsers search offline.

`app_state().addresses` is the `AddressSearch` of the app.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.identifiers import slugify
from geo.store.protocol import Reader
from webmap.clock import today
from webmap.state.request_reader import RequestReader
from webmap.state.versioned_cache import VersionedCache

if TYPE_CHECKING:
    from geo.geocode import AddressIndex, GeocodeResult

MAX_CACHED_FILES = 200  # offline files, one for each town
# The layers of the address index.
ADDRESS_LAYERS = frozenset({"parcels", "addresses", "streets", "landmarks", "aliases", "districts"})


@dataclass(frozen=True, slots=True)
class OfflineFile:
    """A gzipped file for browsers, and the hash of its content (16 hexadecimal digits)."""

    compressed: bytes
    content_hash: str

    @classmethod
    def from_bytes(cls, content: bytes) -> "OfflineFile":
        """Return a file with `content` gzipped at level 9: compressed once, sent often."""
        return cls(gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest()[:16])


class AddressSearch:
    """The address index of one store, shared by all threads of this process."""

    def __init__(self, request: RequestReader, cache_dir: Path, near_m: float) -> None:
        self._request = request
        self._near_m = near_m
        self._index = VersionedCache(partial(_load_address_index, cache_dir), ADDRESS_LAYERS)
        self._offline_files = VersionedCache(self._build_offline_file, ADDRESS_LAYERS, max_entries=MAX_CACHED_FILES)
        self._towns = VersionedCache(self._load_towns, ADDRESS_LAYERS)

    def find(
        self, query: str, status: Mapping[str, Any], town_names: Mapping[str, str], **options: Any
    ) -> "GeocodeResult":
        """Return the geocode result of a query. See `geo.geocode.workspace_search`."""
        from geo.geocode import workspace_search  # noqa: PLC0415 - a server that only draws maps needs none

        index, sources = self._request.latest_available(self._index), workspace_search.sources_by_layer(status)
        search = workspace_search.WorkspaceSearch(self._request.reader, index, sources, town_names, self._near_m)
        return search.find(query, today=today(), **options)

    @property
    def example_intersection(self) -> str | None:
        """Return an intersection of this workspace as an example query, or None."""
        return self._index.get(self._request.reader).intersections.example_query()

    @property
    def towns(self) -> Mapping[str, str]:
        """Return the names of towns with addresses, by slug. `-` stands for an unknown town."""
        return self._towns.get(self._request.reader)

    def offline_file(self, kind: str, town: str = "") -> OfflineFile:
        """Return a file of the offline address index. `town` names one with the addresses of a town."""
        return self._offline_files.get(self._request.reader, kind, town)

    def warm(self, reader: Reader) -> None:
        """Load or build the index of a version."""
        self._index.get(reader)

    def _load_towns(self, reader: Reader) -> Mapping[str, str]:
        from geo.geocode.gazetteer import offline_index  # noqa: PLC0415 - a server that only draws maps needs none

        names = offline_index.offline_towns(self._index.get(reader))
        return {slugify(name) if name else "-": name for name in names}

    def _build_offline_file(self, reader: Reader, kind: str, town: str) -> OfflineFile:
        from geo.geocode.gazetteer import offline_index  # noqa: PLC0415 - a server that only draws maps needs none

        index = self._index.get(reader)
        if kind == "town":
            return OfflineFile.from_bytes(offline_index.encode_town(index, town))
        is_intersections = kind == "intersections"
        encode = offline_index.encode_intersections if is_intersections else offline_index.encode_index
        return OfflineFile.from_bytes(encode(index))


def _load_address_index(folder: Path, reader: Reader) -> "AddressIndex":
    from geo.geocode.gazetteer.from_store import load_or_build_index  # noqa: PLC0415 - a server that only draws maps needs none

    return load_or_build_index(reader, folder)
