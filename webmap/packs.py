"""Packs that were made, kept beside the workspace for as long as they are of its version."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from threading import Lock
from typing import Any

from werkzeug.exceptions import ServiceUnavailable

SOON_S = 2  # before whoever is told to come again


class Packs:
    """Packs of single towns, each made once for a version and kept beside the workspace, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = Lock()

    def get(self, slug_: str, mark: str, make: Callable[[Path], Any]) -> bytes:
        """Give the pack of a town as of what `mark` tells; `make` writes it to a file. Raises ServiceUnavailable while another is made."""
        path = self._folder / f"{slug_}-{mark}.pmtiles"
        with suppress(OSError):
            return path.read_bytes()
        if not self._making.acquire(blocking=False):
            raise ServiceUnavailable("Another town is being packed; ask again.", retry_after=SOON_S)
        try:
            return self._made(path, make)
        finally:
            self._making.release()

    def _made(self, path: Path, make: Callable[[Path], Any]) -> bytes:
        with TemporaryDirectory(prefix="lotleaf-") as folder:
            file = Path(folder) / "town.pmtiles"
            make(file)
            body = file.read_bytes()
        with suppress(OSError):  # where nothing can be kept it is made again
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as new:
                new.write(body)
            Path(new.name).replace(path)
        return body

    def drop_others(self, mark: str) -> None:
        """Drop the packs of other versions."""
        for path in self._folder.glob("*"):
            if not path.name.endswith((f"-{mark}.pmtiles", ".new")):
                path.unlink(missing_ok=True)
