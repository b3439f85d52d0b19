"""WSGI middleware that answers requests for cached tiles before the app sees them."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from webmap.clock import now
from webmap.http.security import SUBRESOURCE_HEADERS, is_allowed_host
from webmap.state.tile_cache import TileCache

CACHE_FOREVER = "public, max-age=31536000, immutable"
MIME_TYPES = {"tiles": "application/vnd.mapbox-vector-tile", "values": "application/json"}
GZIP_HEADERS = [("Content-Encoding", "gzip")]
SECURITY_HEADERS = list(SUBRESOURCE_HEADERS.items())

log = logging.getLogger("lotleaf.access")
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TileMiddleware:
    """WSGI middleware that sends cached tiles and passes all other requests to the app."""

    def __init__(self, app: WsgiApp, tile_cache: TileCache, hosts: list[str] | None, *, logs_requests: bool) -> None:
        self._app, self._tile_cache, self._hosts, self._logs_requests = (app, tile_cache, hosts, logs_requests)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Return the cached tile, or the response of the app.

        Only a plain GET that accepts gzip, has no query and names an allowed host is answered here.
        """
        path = environ["PATH_INFO"]
        if path.startswith(("/tiles/", "/values/")) and self._is_plain_request(environ):
            body = self._tile_cache.get(path)
            if body is not None:
                return self._send_tile(environ, start_response, path, body)
        return self._app(environ, start_response)

    def _is_plain_request(self, environ: Mapping[str, Any]) -> bool:
        accept_encoding = environ.get("HTTP_ACCEPT_ENCODING", "")
        host = environ.get("HTTP_HOST", "")
        return (
            environ["REQUEST_METHOD"] == "GET"
            and not environ.get("QUERY_STRING")
            and "gzip" in accept_encoding
            and "q=0" not in accept_encoding
            and is_allowed_host(host, self._hosts)
        )

    def _send_tile(
        self, environ: Mapping[str, Any], start_response: Callable[..., Any], path: str, body: bytes
    ) -> Iterable[bytes]:
        is_unchanged = environ.get("HTTP_IF_NONE_MATCH") == f'"{path[1:]}"'
        sent_body = b"" if is_unchanged else body
        status = "304 NOT MODIFIED" if is_unchanged else "200 OK"
        body_headers = [] if is_unchanged else [("Content-Length", str(len(body))), *GZIP_HEADERS]
        start_response(status, [*body_headers, *tile_headers(path).items(), *SECURITY_HEADERS])
        if self._logs_requests:
            log_entry = {"at": now().isoformat(timespec="milliseconds"), "method": "GET", "path": path}
            log.info(json.dumps(log_entry | {"status": int(status[:3]), "bytes": len(sent_body), "ready": True}))
        return [sent_body]


def tile_headers(path: str) -> dict[str, str]:
    """Return the headers of a tile response. `path` is the tile's URL path.

    >>> tile_headers("/values/sites/0123456789abcdef/16/16333/25100")["Content-Type"]
    'application/json'
    """
    return {
        "Content-Type": MIME_TYPES[path[1 : path.index("/", 1)]],
        "Cache-Control": CACHE_FOREVER,
        "ETag": f'"{path[1:]}"',
        "Vary": "Accept-Encoding",
    }
