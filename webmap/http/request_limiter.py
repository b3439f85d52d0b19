"""The request limiter: a process works on few responses at a time, and cheap endpoints never wait.

`webmap.app.build_app` calls `init_app`. Python runs one thread at a time. If every thread worked on
a slow response, all of them would finish late. The health check would get no response meanwhile.
"""

from threading import BoundedSemaphore

from flask import Flask, g, request
from werkzeug.exceptions import ServiceUnavailable

from webmap.settings import Settings

UNLIMITED_ENDPOINTS = frozenset(
    {
        None,
        "health.healthz",
        "api.workspace_version",
        "api.tileset_list",
        "pages.assets.asset_file",
        "edits.submit_edits",
    }
)  # edits have a queue of their own
MAX_WORKING = 2  # requests that work at the same time: one reads while another computes
SPARE_THREADS = 4  # threads left for cheap endpoints
MAX_WAIT_S = 10.0  # how long a request waits for a slot
RETRY_AFTER_S = 2
TOO_MANY_REQUESTS = "The server is busy. Try again in a few seconds."


class RequestLimiter:
    """A limit on requests: `max_admitted` may wait or work, and `MAX_WORKING` of them work."""

    def __init__(self, max_admitted: int) -> None:
        self._admission_slots = BoundedSemaphore(max_admitted)
        self._work_slots = BoundedSemaphore(MAX_WORKING)

    def acquire(self) -> None:
        """Wait for a slot and take it.

        Raises ServiceUnavailable at once when `max_admitted` requests are inside, and after `MAX_WAIT_S`
        seconds without a free slot.

        >>> limiter = RequestLimiter(max_admitted=1)
        >>> limiter.acquire()
        >>> limiter.acquire()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        werkzeug.exceptions.ServiceUnavailable: 503 Service Unavailable: The server is busy...
        >>> limiter.release()
        """
        if not self._admission_slots.acquire(blocking=False):
            raise ServiceUnavailable(TOO_MANY_REQUESTS, retry_after=RETRY_AFTER_S)
        if not self._work_slots.acquire(timeout=MAX_WAIT_S):
            self._admission_slots.release()
            raise ServiceUnavailable(TOO_MANY_REQUESTS, retry_after=RETRY_AFTER_S)

    def release(self) -> None:
        """Free the slot for the next request."""
        self._work_slots.release()
        self._admission_slots.release()


def init_app(app: Flask, settings: Settings) -> None:
    """Limit all requests except those for cheap endpoints. A download frees its slot before its body is sent."""
    limiter = RequestLimiter(max(1, settings.threads - settings.downloads - SPARE_THREADS))

    @app.before_request
    def acquire_slot() -> None:
        if request.endpoint not in UNLIMITED_ENDPOINTS:
            limiter.acquire()
            g.limiter = limiter

    @app.teardown_request
    def release_slot(_: BaseException | None) -> None:
        if held_limiter := g.pop("limiter", None):
            held_limiter.release()
