"""Tiles that are ready: kept packed in memory and beside the workspace, and sent before the app wakes up.

A tile's address holds the mark of its content, so that what is kept under an address is right for ever.
"""

import json
import logging
import re
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from webmap.clock import now
from webmap.security import OF_PARTS, reached

MOST_BYTES = 64 << 20  # kept in memory by each process
NUMBER = "(0|[1-9][0-9]{0,7})"  # as it is written in one way alone
ADDRESS = re.compile(
    rf"/(tiles|values)/([a-z]{{1,20}})/([0-9a-f]{{16}})/{NUMBER}/{NUMBER}/{NUMBER}"
)
FOREVER = "public, max-age=31536000, immutable"
KINDS = {"tiles": "application/vnd.mapbox-vector-tile", "values": "application/json"}

log = logging.getLogger("lotleaf.access")
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Ready:
    """Packed tiles by address; the latest asked for stay in memory, all in files of `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, address: str) -> bytes | None:
        """Give a tile that was kept; None where there is none."""
        body = self._held.get(address)
        if body is None and (path := self._path(address)):
            try:
                body = path.read_bytes()
            except OSError:
                return None
            self._hold(address, body)
        return body

    def keep(self, address: str, body: bytes) -> None:
        """Keep a tile; where nothing can be written it is kept in memory alone."""
        if not (path := self._path(address)):
            return
        self._hold(address, body)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
                file.write(body)
            Path(file.name).replace(path)
        except OSError:
            return

    def any_of(self, name: str, mark: str) -> bool:
        """Tell whether any file of a mark is kept."""
        return any((self._folder / f"{name}-{mark}").glob("*.gz"))

    def drop_others(self, marks: Collection[str]) -> None:
        """Drop the files of all other marks: what they held has been made anew."""
        for path in self._folder.glob("*-*"):
            if path.name.split("-")[-1] not in marks:
                shutil.rmtree(path, ignore_errors=True)

    def _path(self, address: str) -> Path | None:
        found = ADDRESS.fullmatch(address)
        if found is None:
            return None
        kind, name, mark, *place = found.groups()
        return self._folder / f"{name}-{mark}" / f"{kind}-{'-'.join(place)}.gz"

    def _hold(self, address: str, body: bytes) -> None:
        with self._lock:
            self._bytes += len(body) - len(self._held.pop(address, b""))
            self._held[address] = body
            while self._bytes > MOST_BYTES:
                self._bytes -= len(self._held.popitem(last=False)[1])


class Door:
    """The app behind a door at which ready tiles are handed out."""

    def __init__(self, app: Wsgi, ready: Ready, hosts: list[str] | None, *, tells: bool) -> None:
        self._app, self._ready, self._hosts, self._tells = app, ready, hosts, tells

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request: what is no ready tile, and what needs thought, is the app's."""
        path = environ["PATH_INFO"]
        if path.startswith(("/tiles/", "/values/")) and self._plain(environ):
            body = self._ready.get(path)
            if body is not None:
                return self._hand_out(environ, start, path, body)
        return self._app(environ, start)

    def _plain(self, environ: Mapping[str, Any]) -> bool:
        packs = environ.get("HTTP_ACCEPT_ENCODING", "")
        host = environ.get("HTTP_HOST", "")
        return (
            environ["REQUEST_METHOD"] == "GET"
            and not environ.get("QUERY_STRING")
            and "gzip" in packs
            and "q=0" not in packs
            and reached(host, self._hosts)
        )

    def _hand_out(
        self, environ: Mapping[str, Any], start: Callable[..., Any], path: str, body: bytes
    ) -> Iterable[bytes]:
        same = environ.get("HTTP_IF_NONE_MATCH") == f'"{path[1:]}"'
        sent = b"" if same else body
        status = "304 NOT MODIFIED" if same else "200 OK"
        lean = [] if same else [("Content-Length", str(len(body))), *PACKED]
        start(status, [*lean, *headers_of(path).items(), *GUARDED])
        if self._tells:
            line = {"at": now().isoformat(timespec="milliseconds"), "method": "GET", "path": path}
            log.info(
                json.dumps(line | {"status": int(status[:3]), "bytes": len(sent), "ready": True})
            )
        return [sent]


PACKED = [("Content-Encoding", "gzip")]
GUARDED = list(OF_PARTS.items())


def headers_of(path: str) -> dict[str, str]:
    """Give what an answer with a tile says of it; `path` is its address."""
    return {
        "Content-Type": KINDS[path[1 : path.index("/", 1)]],
        "Cache-Control": FOREVER,
        "ETag": f'"{path[1:]}"',
        "Vary": "Accept-Encoding",
    }
