"""The snapshot of the store that one request reads, and the versions of cached values that it may use."""

from contextlib import ExitStack
from typing import TypeVar, cast

from flask import Flask, Response, g

from geo.store.protocol import Reader, Store
from webmap.state.versioned_cache import VersionedCache

Value = TypeVar("Value")


class RequestReader:
    """Opens one snapshot for each request, on first use. It is closed after the response."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.computes_beside_requests = False  # another thread computes new versions, so requests need not wait

    @property
    def reader(self) -> Reader:
        """Return the snapshot of this request."""
        if "reader" not in g:
            stack = ExitStack()
            g.reader = stack.enter_context(self._store.snapshot())
            g.release_reader = stack.close
            g.version = g.reader.version
        return cast("Reader", g.reader)

    def latest_available(self, cache: VersionedCache[Value]) -> Value:
        """Return the value of this version, or an older one while another thread computes it.

        An older one marks the response as stale (`g.is_stale`).
        """
        cached = cache.last_value() if self.computes_beside_requests else None
        if cached is None:
            return cache.get(self.reader)
        g.is_stale = g.get("is_stale", False) or cache.is_behind(self.reader)
        return cached


def init_app(app: Flask) -> None:
    """Close each request's snapshot after its response, or after its stream."""

    @app.after_request
    def keep_reader_while_streaming(response: Response) -> Response:
        if response.is_streamed and (release := g.pop("release_reader", None)):
            response.call_on_close(release)  # it reads on while it is sent
        return response

    @app.teardown_request
    def release_reader(_: BaseException | None) -> None:
        if release := g.pop("release_reader", None):
            release()
