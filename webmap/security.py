"""What every answer carries, and what no request may bring."""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge

from geo.errors import BadInput
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
# What a browser neither shows as a page nor starts a worker from says what keeps it from being taken for one, and no more:
# a map asks for dozens of tiles and files.
OF_PARTS = {
    name: HEADERS[name] for name in ("Cross-Origin-Resource-Policy", "X-Content-Type-Options")
}
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")  # of a basemap: as it may stand in a policy
EDITS = "edits.take"  # the one address that takes a body
LOCAL = ["localhost", "127.0.0.1", "[::1]"]


def csp_of(settings: Settings) -> str:
    """Give the policy of pages: our own files alone, and pictures of the basemap where one is set."""
    host = basemap_host(settings)
    return CSP.replace("img-src 'self' data:", f"img-src 'self' data: {host}") if host else CSP


def basemap_host(settings: Settings) -> str:
    """Name the host of the basemap, as a policy has it; empty where there is none.

    Raises BadInput for an address that is none, and for a basemap without a credit.
    """
    if not settings.basemap:
        return ""
    found = urlsplit(settings.basemap)
    whole = all(part in settings.basemap for part in ("{z}", "{x}", "{y}"))
    if found.scheme not in ("https", "http") or not HOST.fullmatch(found.netloc) or not whole:
        raise BadInput(
            f"LOTLEAF_BASEMAP is {settings.basemap!r}; it must be as https://tiles.example/{{z}}/{{x}}/{{y}}.png"
        )
    if not settings.basemap_credit:
        raise BadInput(
            "a basemap needs its credit: set LOTLEAF_BASEMAP_CREDIT to what its owner asks for"
        )
    return f"{found.scheme}://{found.netloc}"


def register(app: Flask, settings: Settings) -> None:
    """Bound what comes in, and put the headers on what goes out."""
    local.look_over(settings)
    headers = {**HEADERS, "Content-Security-Policy": csp_of(settings)}
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
        for name, value in (OF_PARTS if g.get("part") else headers).items():
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
