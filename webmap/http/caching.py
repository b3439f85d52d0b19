"""HTTP caching and compression: ETags, 304 responses and gzip.

`webmap.app.build_app` calls `init_app`. ETags and `If-None-Match` follow RFC 9110.
"""

import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from flask import Flask, Response, g, request

from webmap.clock import today
from webmap.settings import Settings
from webmap.state.app_state import app_state

MIN_COMPRESS_BYTES = 1_000  # smaller bodies cost more to compress than they save
COMPRESSIBLE_TYPES = ("application/json", "application/geo+json", "application/problem+json", "text/", "image/svg+xml")
GZIP_WBITS = 31  # zlib's code for its largest window with a gzip header and trailer
BUILD_PATTERNS = ("*.py", "*/*.py", "templates/*", "static/*/*.json")
STREAM_LEVEL, BODY_LEVEL = (
    4,
    6,
)  # zlib levels: 4 shrinks a GeoJSON stream to a fifth, three times as fast as 6. Complete bodies are small.


def init_app(app: Flask, settings: Settings) -> None:
    """Set ETags on the app's responses, and compress those that are large enough."""
    build_hash = _build_hash(settings)

    @app.after_request
    def compress_response(response: Response) -> Response:  # hooks run in reverse: after add_etag
        return _compress(response)

    @app.after_request
    def add_etag(response: Response) -> Response:
        return _add_etag(response, build_hash)


def _add_etag(response: Response, build_hash: str) -> Response:
    """Set a weak ETag on a response that was computed from one version of the store.

    The ETag covers the build, the settings, the workspace, the version, the day and
    `g.etag_suffix`. The day counts because pages show overdue records. A response from an older
    version (`g.is_stale`) is sent with `no-store`. A match with `If-None-Match` becomes a 304.
    `Response.make_conditional` is not used, because it reads a stream to its end to measure it.
    """
    if g.get("is_stale"):
        response.headers["Cache-Control"] = "no-store"
    version = g.get("version")
    if version is None or response.status_code != 200 or _has_final_cache_control(response):
        return response
    response.headers.setdefault("Cache-Control", "no-cache")
    workspace_hash = app_state().workspace_hash
    response_etag = response.get_etag()[0]  # set by views that change less often than the store
    etag = response_etag or f"{build_hash}-{workspace_hash}-{version}-{today():%y%m%d}{g.get('etag_suffix', '')}"
    response.set_etag(etag, weak=True)
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
        response.headers.pop("Content-Length", None)
    return response


def _has_final_cache_control(response: Response) -> bool:
    """Return whether `no-store` or `immutable` already decides how a response is cached.

    >>> _has_final_cache_control(Response(headers={"Cache-Control": "max-age=60, immutable"}))
    True
    """
    return bool(response.cache_control.no_store or response.cache_control.immutable)


def _build_hash(settings: Settings) -> str:
    """Return a hash of the version, the files and the settings: a new release invalidates all ETags."""
    package_dir = Path(__file__).parents[1]
    parts = [path for pattern in BUILD_PATTERNS for path in package_dir.glob(pattern)]
    modified_times = sorted((path.name, path.stat().st_mtime_ns) for path in parts)
    return sha256(repr((version("lotleaf"), modified_times, settings)).encode()).hexdigest()[:8]


def _compress(response: Response) -> Response:
    if not (response.mimetype or "").startswith(COMPRESSIBLE_TYPES) or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    is_large = response.is_streamed or len(response.get_data()) >= MIN_COMPRESS_BYTES
    if not is_large or response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Content-Length", None)
    if (etag := response.get_etag()[0]) is not None:
        response.set_etag(etag, weak=True)  # the compressed bytes differ from the plain ones
    if response.is_streamed:
        response.response = _GzipStream(response.iter_encoded(), response.response)
    else:
        response.set_data(zlib.compress(response.get_data(), BODY_LEVEL, GZIP_WBITS))
    return response


class _GzipStream:
    """A stream of bytes, compressed with gzip as it is read."""

    def __init__(self, chunks: Iterable[bytes], source: object) -> None:
        self._chunks = chunks
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        compressor = zlib.compressobj(STREAM_LEVEL, zlib.DEFLATED, GZIP_WBITS)
        for chunk in self._chunks:
            if compressed := compressor.compress(chunk):
                yield compressed
        yield compressor.flush()

    def close(self) -> None:
        """Close the source of the stream."""
        if hasattr(self._source, "close"):
            self._source.close()
