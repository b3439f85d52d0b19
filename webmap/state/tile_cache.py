"""The tile cache: gzipped tiles in memory and on disk.

`webmap.http.tile_middleware` sends them. A tile's URL contains a hash of the tileset's content, so a
cached tile never expires.
"""

import re
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path
from threading import Lock

MAX_MEMORY_BYTES = 64 << 20  # in memory, for each process
NUMBER_PATTERN = "(0|[1-9][0-9]{0,7})"  # without leading zeros, so each number has one spelling
TILE_PATH_PATTERN = re.compile(
    rf"/(tiles|values)/([a-z]{{1,20}})/([0-9a-f]{{16}})/{NUMBER_PATTERN}/{NUMBER_PATTERN}/{NUMBER_PATTERN}"
)


class TileCache:
    """Gzipped tiles by URL path. All are files in `folder`, and the latest stored or read are in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes = 0
        self._lock = Lock()

    def get(self, url_path: str) -> bytes | None:
        """Return the gzipped tile of a URL path. None when it is not cached."""
        body = self._memory.get(url_path)
        if body is None and (path := self._file_path(url_path)):
            try:
                body = path.read_bytes()
            except OSError:
                return None
            self._put_in_memory(url_path, body)
        return body

    def put(self, url_path: str, body: bytes) -> None:
        """Store a gzipped tile. If the folder is not writable, it stays in memory only."""
        if not (path := self._file_path(url_path)):
            return
        self._put_in_memory(url_path, body)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
                file.write(body)
            Path(file.name).replace(path)
        except OSError:
            return

    def has_tiles(self, name: str, content_hash: str) -> bool:
        """Return whether any tile of a tileset and content hash is on disk."""
        return any((self._folder / f"{name}-{content_hash}").glob("*.gz"))

    def drop_all_except(self, content_hashes: Collection[str]) -> None:
        """Delete the files of all other content hashes."""
        for path in self._folder.glob("*-*"):
            if path.name.split("-")[-1] not in content_hashes:
                shutil.rmtree(path, ignore_errors=True)

    def _file_path(self, url_path: str) -> Path | None:
        match = TILE_PATH_PATTERN.fullmatch(url_path)
        if match is None:
            return None
        kind, name, content_hash, *coordinates = match.groups()
        return self._folder / f"{name}-{content_hash}" / f"{kind}-{'-'.join(coordinates)}.gz"

    def _put_in_memory(self, url_path: str, body: bytes) -> None:
        with self._lock:
            self._memory_bytes += len(body) - len(self._memory.pop(url_path, b""))
            self._memory[url_path] = body
            while self._memory_bytes > MAX_MEMORY_BYTES:
                self._memory_bytes -= len(self._memory.popitem(last=False)[1])
