"""Whose turn it is: a process works at few answers at once, and what is light never waits for them.

Python calculates one thing at a time. Were every thread to work at a heavy answer, all would take as long
as all of them together, and whoever watches the server would hear nothing meanwhile.
"""

from threading import BoundedSemaphore

from flask import Flask, g, request
from werkzeug.exceptions import ServiceUnavailable

from webmap.settings import Settings

LIGHT = frozenset(
    {None, "health.healthz", "api.version", "api.tiles", "pages.assets.file", "edits.take"}
)  # edits wait for each other
AT_WORK = 2  # answers worked at at once: while one reads, another calculates
SPARE = 4  # threads that are kept for what is light
WAIT_S = 10.0  # how long a request waits for its turn
COME_AGAIN_S = 2
CROWDED = "Many questions are being answered; try again in a few seconds."


class Turns:
    """Who may work now, and who may wait: one more than there are places for is refused at once."""

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)
        self._work = BoundedSemaphore(AT_WORK)

    def take(self) -> None:
        """Wait for a turn; raises ServiceUnavailable where that would last too long."""
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable(CROWDED, retry_after=COME_AGAIN_S)
        if not self._work.acquire(timeout=WAIT_S):
            self._places.release()
            raise ServiceUnavailable(CROWDED, retry_after=COME_AGAIN_S)

    def end(self) -> None:
        """Let the next one have its turn."""
        self._work.release()
        self._places.release()


def register(app: Flask, settings: Settings) -> None:
    """Let all but what is light take turns; a download gives its turn up when it begins to be sent."""
    turns = Turns(max(1, settings.threads - settings.downloads - SPARE))

    @app.before_request
    def take() -> None:
        if request.endpoint not in LIGHT:
            turns.take()
            g.turn = turns

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if turn := g.pop("turn", None):
            turn.end()
