"""A disk cache of town packs: one file for each town and version.

`AppState.town_pack` calls `TownPackCache.get`.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from threading import Lock
from typing import Any

from werkzeug.exceptions import ServiceUnavailable

RETRY_AFTER_S = 2  # sent to clients that must ask again


class TownPackCache:
    """Packs of single towns as files in `folder`. Only one pack is built at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._build_lock = Lock()

    def get(self, slug_: str, version_token: str, write_pack: Callable[[Path], Any]) -> bytes:
        """Return the pack of a town at a version token.

        `write_pack` writes the pack to a file when it is not cached. Raises ServiceUnavailable while
        another pack is being built.
        """
        path = self._folder / f"{slug_}-{version_token}.pmtiles"
        with suppress(OSError):
            return path.read_bytes()
        if not self._build_lock.acquire(blocking=False):
            raise ServiceUnavailable(
                "Another town is being packed. Try again in a few seconds.", retry_after=RETRY_AFTER_S
            )
        try:
            return self._build_pack(path, write_pack)
        finally:
            self._build_lock.release()

    def _build_pack(self, path: Path, write_pack: Callable[[Path], Any]) -> bytes:
        with TemporaryDirectory(prefix="lotleaf-") as folder:
            pack_file = Path(folder) / "town.pmtiles"
            write_pack(pack_file)
            body = pack_file.read_bytes()
        with suppress(OSError):  # if the folder is not writable, the pack is built again next time
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as temp_file:
                temp_file.write(body)
            Path(temp_file.name).replace(path)
        return body

    def drop_all_except(self, version_token: str) -> None:
        """Delete the packs of all other version tokens."""
        for path in self._folder.glob("*"):
            if not path.name.endswith((f"-{version_token}.pmtiles", ".new")):
                path.unlink(missing_ok=True)
