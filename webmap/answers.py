"""Answers that need not be sent twice, and that travel small."""

import zlib
from collections.abc import Iterable, Iterator

from flask import Flask, Response, g, request

from webmap import __version__

SMALL = 1_000  # bytes below which packing costs more than it saves
PACKED = ("application/json", "application/geo+json", "application/problem+json", "text/")
GZIP = 31  # zlib's word for its largest window with gzip's head and tail
LEVEL = 4  # of zlib: GeoJSON of parcels to a fifth of its size, at three times the speed of 6


def register(app: Flask) -> None:
    """Give the app's answers their tags, and pack what is worth it."""
    app.after_request(_pack)  # hooks run backwards: first the tag, then the packing
    app.after_request(_tag)


def _tag(response: Response) -> Response:
    """Mark what came from one version of the store, so that the same is not fetched again."""
    version = g.get("version")
    if version is not None and response.status_code == 200:
        response.headers.setdefault("Cache-Control", "no-cache")
        if "no-store" not in response.headers["Cache-Control"]:
            response.set_etag(f"{__version__}-{version}", weak=True)
            response.make_conditional(request)
    return response


def _pack(response: Response) -> Response:
    if not (response.mimetype or "").startswith(PACKED) or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    large = response.is_streamed or len(response.get_data()) >= SMALL
    if not large or response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Content-Length", None)
    if response.is_streamed:
        response.response = _Packed(response.iter_encoded(), response.response)
    else:
        response.set_data(zlib.compress(response.get_data(), LEVEL, GZIP))
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
