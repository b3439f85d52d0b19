"""One line of JSON for each request.

What people search for may name a person's home, also where somebody puts it in place of a name: of the
query only the names of our own parameters are kept, with a count of the others; nothing of the client is.
"""

import json
import logging
import time
from typing import Any

from flask import Flask, Response, g, request

from webmap import params
from webmap.clock import now

log = logging.getLogger("lotleaf.access")


def register(app: Flask) -> None:
    """Log each request when its last byte has gone."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    line = {
        "at": now().isoformat(timespec="milliseconds"),
        "method": request.method,
        "path": request.path,
        "asked": sorted(set(request.args) & params.known()),
        "strange": len(set(request.args) - params.known()),
        "status": response.status_code,
        "version": g.get("version"),
    }
    counted = _Counted(response)
    started = g.get("started", time.perf_counter())

    @response.call_on_close
    def tell() -> None:
        took = round((time.perf_counter() - started) * 1000, 1)
        log.info(json.dumps(line | {"bytes": counted.sent, "ms": took}, ensure_ascii=False))

    return response


class _Counted:
    """Counts the bytes of a response as they go."""

    def __init__(self, response: Response) -> None:
        self.sent = 0
        self._chunks: Any = response.response
        if response.is_streamed:
            response.response = self
        else:
            self.sent = 0 if request.method == "HEAD" else response.calculate_content_length() or 0

    def __iter__(self) -> Any:
        for chunk in self._chunks:
            self.sent += len(chunk)
            yield chunk

    def close(self) -> None:
        """Let the response's own source know that it ends."""
        if hasattr(self._chunks, "close"):
            self._chunks.close()
