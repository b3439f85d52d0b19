"""What every answer carries, and what no request may bring."""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge, SecurityError
from werkzeug.sansio.utils import host_is_trusted

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
FIELDS = re.compile(r"\{.*?\}")  # of a basemap's address
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")  # of a basemap: as it may stand in a policy
EDITS = "edits.take"  # the one address that takes a body
LOCAL = ["localhost", "127.0.0.1", "[::1]"]
NUMBERED = re.compile(r"(\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")  # a host given as an IPv6 address


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
    fields = sorted(FIELDS.findall(settings.basemap))
    try:
        found = urlsplit(settings.basemap)
        sound = (
            found.scheme in ("https", "http") and HOST.fullmatch(found.netloc) and found.port != 0
        )
    except ValueError:  # a bracket that is not closed, a port beyond all ports
        sound = False
    if not sound or fields != ["{x}", "{y}", "{z}"]:
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
    hosts = trusted(settings)

    @app.before_request
    def bound() -> None:
        if not reached(request.headers.get("Host", ""), hosts):
            raise SecurityError
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
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    return [*LOCAL, own] if loopback(settings.host) else None


def reached(host: str, hosts: list[str] | None) -> bool:
    """Tell whether a request's host, with its port, is one of those that may be named; any is where `hosts` is None.

    >>> [reached(host, LOCAL) for host in ("LOCALHOST:8000", "[::1]:8000", "trees.example", "")]
    [True, True, False, False]
    """
    host = host.lower()
    if found := NUMBERED.fullmatch(host):
        return hosts is None or found[1] in hosts
    return host_is_trusted(host, hosts and [one for one in hosts if not one.startswith("[")])
