"""Security of requests and responses: allowed hosts, size limits and security headers.

`webmap.app.build_app` calls `init_app`. `content_security_policy` follows W3C CSP Level 3.
"""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge, SecurityError
from werkzeug.sansio.utils import host_is_trusted

from geo.errors import BadInput
from webmap.auth import local_only
from webmap.auth.local_only import is_loopback
from webmap.settings import Settings

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Tiles, scripts and styles are neither pages nor workers. They carry only the headers that stop a browser
# from using them as one, because a map loads dozens of them.
SUBRESOURCE_HEADERS = {name: PAGE_HEADERS[name] for name in ("Cross-Origin-Resource-Policy", "X-Content-Type-Options")}
URL_FIELD_PATTERN = re.compile(r"\{.*?\}")  # of a basemap's URL
HOST_PATTERN = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")  # of a basemap: host and port, as a policy may contain them
EDITS_ENDPOINT = "edits.submit_edits"  # the only endpoint that takes a body
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
IPV6_HOST_PATTERN = re.compile(r"(\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")  # an IPv6 host, with or without a port


def content_security_policy(settings: Settings) -> str:
    """Return the content security policy of pages: own files only, plus images of the basemap's host.

    >>> content_security_policy(Settings()) == CSP
    True
    """
    host = basemap_host(settings)
    return CSP.replace("img-src 'self' data:", f"img-src 'self' data: {host}") if host else CSP


def basemap_host(settings: Settings) -> str:
    """Return the scheme and host of the basemap. Empty without a basemap.

    Raises BadInput for a malformed URL, and for a basemap without a credit.

    >>> basemap_host(Settings(basemap="https://tiles.example/{z}/{x}/{y}.png", basemap_credit="Example"))
    'https://tiles.example'
    """
    if not settings.basemap:
        return ""
    fields = sorted(URL_FIELD_PATTERN.findall(settings.basemap))
    try:
        url = urlsplit(settings.basemap)
        is_valid = url.scheme in ("https", "http") and HOST_PATTERN.fullmatch(url.netloc) and url.port != 0
    except ValueError:  # an unclosed bracket, or a port out of range
        is_valid = False
    if not is_valid or fields != ["{x}", "{y}", "{z}"]:
        raise BadInput(
            f"LOTLEAF_BASEMAP is {settings.basemap!r}; it must look like https://tiles.example/{{z}}/{{x}}/{{y}}.png"
        )
    if not settings.basemap_credit:
        raise BadInput("a basemap needs a credit line; set LOTLEAF_BASEMAP_CREDIT to the words that its owner asks for")
    return f"{url.scheme}://{url.netloc}"


def init_app(app: Flask, settings: Settings) -> None:
    """Check the host and size of each request, and set security headers on each response."""
    local_only.check_edit_settings(settings)
    headers = {**PAGE_HEADERS, "Content-Security-Policy": content_security_policy(settings)}
    hosts = allowed_hosts(settings)

    @app.before_request
    def check_request() -> None:
        if not is_allowed_host(request.headers.get("Host", ""), hosts):
            raise SecurityError
        if len(request.query_string) > settings.max_query_bytes:
            raise RequestURITooLarge
        if request.endpoint == EDITS_ENDPOINT:
            local_only.limit_body(settings)
        elif request.content_length or "chunked" in request.headers.get("Transfer-Encoding", ""):
            raise RequestEntityTooLarge

    @app.after_request
    def add_security_headers(response: Response) -> Response:
        for name, value in (SUBRESOURCE_HEADERS if g.get("is_subresource") else headers).items():
            response.headers.setdefault(name, value)
        return response


def allowed_hosts(settings: Settings) -> list[str] | None:
    """Return the host names that a request may use. None allows any.

    A server on a loopback address accepts only this machine's own names. This prevents DNS rebinding:
    a foreign page cannot point its own name at this server and read from it.

    >>> allowed_hosts(Settings(hosts=("trees.example",)))
    ['trees.example', 'localhost', '127.0.0.1', '[::1]']
    >>> allowed_hosts(Settings(host="0.0.0.0")) is None
    True
    """
    if settings.hosts:
        return [*settings.hosts, *LOCAL_HOSTS]
    own_host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return [*LOCAL_HOSTS, own_host] if is_loopback(settings.host) else None


def is_allowed_host(host: str, hosts: list[str] | None) -> bool:
    """Return whether the `Host` header of a request, port included, is allowed. None allows any.

    >>> [is_allowed_host(host, LOCAL_HOSTS) for host in ("LOCALHOST:8000", "[::1]:8000", "trees.example", "")]
    [True, True, False, False]
    """
    host = host.lower()
    if ipv6_match := IPV6_HOST_PATTERN.fullmatch(host):
        return hosts is None or ipv6_match[1] in hosts
    return host_is_trusted(host, hosts and [name for name in hosts if not name.startswith("[")])
