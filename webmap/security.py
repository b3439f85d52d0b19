"""What every answer carries, and what no request may bring."""

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge

from webmap import local
from webmap.local import loopback
from webmap.settings import Settings

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
EDITS = "edits.take"  # the one address that takes a body
LOCAL = ["localhost", "127.0.0.1", "[::1]"]


def register(app: Flask, settings: Settings) -> None:
    """Bound what comes in, and put the headers on what goes out."""
    local.look_over(settings)
    app.config["TRUSTED_HOSTS"] = trusted(settings)

    @app.before_request
    def bound() -> None:
        if len(request.query_string) > settings.max_query_bytes:
            raise RequestURITooLarge
        if request.endpoint == EDITS:
            local.bound(settings)
        elif request.content_length or "chunked" in request.headers.get("Transfer-Encoding", ""):
            raise RequestEntityTooLarge

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def trusted(settings: Settings) -> list[str] | None:
    """Tell the hosts that a request may name; None for any.

    A server on a loopback address is reached by this machine's own names alone: otherwise a
    stranger's page could point its own name here and read what only this machine should.
    """
    if settings.hosts:
        return [*settings.hosts, *LOCAL]
    return [*LOCAL, settings.host] if loopback(settings.host) else None
