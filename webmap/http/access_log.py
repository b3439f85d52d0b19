"""The access log: one line of JSON for each request.

`webmap.app.build_app` calls `init_app`. A search text may name a person's home. So the log holds
only the names of our own query parameters and a count of unknown ones. It holds nothing about
the client.
"""

import json
import logging
import time
from typing import Any

from flask import Flask, Response, g, request

from webmap import params
from webmap.clock import now

log = logging.getLogger("lotleaf.access")


def init_app(app: Flask) -> None:
    """Log each request after its last byte is sent."""
    app.before_request(_start_timer)
    app.after_request(_log_when_sent)


def _start_timer() -> None:
    g.started_at = time.perf_counter()


def _log_when_sent(response: Response) -> Response:
    log_entry = {
        "at": now().isoformat(timespec="milliseconds"),
        "method": request.method,
        "path": request.path,
        "asked": sorted(set(request.args) & params.all_parameter_names()),
        "strange": len(set(request.args) - params.all_parameter_names()),
        "status": response.status_code,
        "version": g.get("version"),
    }
    byte_counter = _ByteCounter(response)
    started_at = g.get("started_at", time.perf_counter())

    @response.call_on_close
    def write_entry() -> None:
        elapsed_ms = round((time.perf_counter() - started_at) * 1000, 1)
        log.info(json.dumps(log_entry | {"bytes": byte_counter.bytes_sent, "ms": elapsed_ms}, ensure_ascii=False))

    return response


class _ByteCounter:
    """An iterator over the chunks of a response that counts bytes as they are sent."""

    def __init__(self, response: Response) -> None:
        self.bytes_sent = 0
        self._chunks: Any = response.response
        if response.is_streamed:
            response.response = self
        else:
            self.bytes_sent = 0 if request.method == "HEAD" else response.calculate_content_length() or 0

    def __iter__(self) -> Any:
        for chunk in self._chunks:
            self.bytes_sent += len(chunk)
            yield chunk

    def close(self) -> None:
        """Close the wrapped iterator."""
        if hasattr(self._chunks, "close"):
            self._chunks.close()
