"""Answers that need not be sent twice, and that travel small."""

import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from flask import Flask, Response, g, request

from webmap import __version__
from webmap.atlas import atlas
from webmap.clock import today
from webmap.settings import Settings

SMALL = 1_000  # bytes below which packing costs more than it saves
PACKED = (
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "text/",
    "image/svg+xml",
)
GZIP = 31  # zlib's word for its largest window with gzip's head and tail
BUILT = ("*.py", "*/*.py", "templates/*", "static/*/*.json")
LEVEL, WHOLE = (
    4,
    6,
)  # of zlib: a stream of GeoJSON to a fifth of its size, at three times the speed of 6; what is there whole is small


def register(app: Flask, settings: Settings) -> None:
    """Give the app's answers their tags, and pack what is worth it."""
    build = _build(settings)

    @app.after_request
    def pack(response: Response) -> Response:  # hooks run backwards: this one after the tag
        return _pack(response)

    @app.after_request
    def tag(response: Response) -> Response:
        return _tag(response, build)


def _tag(response: Response, build: str) -> Response:
    """Mark what came from one version of the store, so that the same is not sent again.

    The day is part of the mark: pages tell what is overdue; so are the settings, and whom a page is for (`g.told_to`). What was
    made of an older version, as it may be while the newest is being laid out, is not kept. (`Response.make_conditional` would
    do, but it reads a stream to its end to measure it.)
    """
    if g.get("older"):
        response.headers["Cache-Control"] = "no-store"
    version = g.get("version")
    if version is None or response.status_code != 200 or _marked(response):
        return response
    response.headers.setdefault("Cache-Control", "no-cache")
    born = crc32(atlas().born.encode())
    own = response.get_etag()[0]  # of what changes more seldom than the store
    mark = own or f"{build}-{born:x}-{version}-{today():%y%m%d}{g.get('told_to', '')}"
    response.set_etag(mark, weak=True)
    if request.if_none_match.contains_weak(mark):
        response.status_code = 304
        response.headers.pop("Content-Length", None)
    return response


def _marked(response: Response) -> bool:
    """Tell whether an answer is not to be kept, or is right for ever and says so."""
    return bool(response.cache_control.no_store or response.cache_control.immutable)


def _build(settings: Settings) -> str:
    """Mark the code, the pages and the settings that made an answer: a new release sends everything anew."""
    here = Path(__file__).parent
    parts = [path for pattern in BUILT for path in here.glob(pattern)]
    when = sorted((path.name, path.stat().st_mtime_ns) for path in parts)
    return sha256(repr((__version__, when, settings)).encode()).hexdigest()[:8]


def _pack(response: Response) -> Response:
    if not (response.mimetype or "").startswith(PACKED) or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    large = response.is_streamed or len(response.get_data()) >= SMALL
    if not large or response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Content-Length", None)
    if (mark := response.get_etag()[0]) is not None:
        response.set_etag(mark, weak=True)  # other bytes than the unpacked ones
    if response.is_streamed:
        response.response = _Packed(response.iter_encoded(), response.response)
    else:
        response.set_data(zlib.compress(response.get_data(), WHOLE, GZIP))
    return response


class _Packed:
    """A stream of bytes, packed as it goes."""

    def __init__(self, chunks: Iterable[bytes], source: object) -> None:
        self._chunks = chunks
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        for chunk in self._chunks:
            if packed := packer.compress(chunk):
                yield packed
        yield packer.flush()

    def close(self) -> None:
        """Let the stream's own source know that it ends."""
        if hasattr(self._source, "close"):
            self._source.close()
