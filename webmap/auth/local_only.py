"""The access rule for edits: only from this machine, and only through the server's own pages.

`check_edit_settings` runs at startup. `limit_body` and `require_local` run for each request. There
are no accounts yet. Crew notes and photos follow the same rule.
"""

from ipaddress import ip_address

from flask import request
from werkzeug.exceptions import Forbidden, LengthRequired, RequestEntityTooLarge, UnsupportedMediaType

from geo.errors import BadInput
from webmap.settings import Settings

MAX_BODY_BYTES = 6_000_000  # photos of 4 MB as base64, and the text with them
EDITS_OFF = (
    "This server does not accept edits, because lotleaf has no accounts yet. To edit from the server's own machine, "
    "start it with `lotleaf serve --allow-local-edits` on a loopback address."
)
NOT_THIS_MACHINE = "Edits are accepted only from the machine that the server runs on."
NOT_OWN_PAGE = "Edits are accepted only from this server's own pages, not from another site."
NOT_JSON = "Send edits as JSON, with Content-Type: application/json."
NO_CONTENT_LENGTH = "Send edits with the header Content-Length."
BODY_TOO_LARGE = f"The request is too large; the limit is {MAX_BODY_BYTES:,} bytes. Send fewer edits or smaller photos."
# Headers that proxies add. Behind a proxy, every client seems to be on this machine.
PROXY_HEADERS = (
    "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Port",
    "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Cluster-Client-IP",
)  # fmt: skip


def check_edit_settings(settings: Settings) -> None:
    """Raise BadInput when edits are allowed and other machines can reach the server.

    >>> check_edit_settings(Settings(allow_local_edits=True, host="0.0.0.0"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    geo.errors.BadInput: edits are not accepted at 0.0.0.0, because others can reach it ...
    """
    if not settings.allow_local_edits:
        return
    if not is_loopback(settings.host):
        raise BadInput(
            f"edits are not accepted at {settings.host}, because others can reach it and lotleaf has no accounts yet; "
            "leave out --host to listen only at 127.0.0.1, or leave out --allow-local-edits"
        )
    if settings.trusted_proxies or settings.hosts:
        raise BadInput(
            "edits are not accepted behind a proxy, because others can reach it and lotleaf has no accounts yet; "
            "leave out LOTLEAF_HOSTS and LOTLEAF_TRUSTED_PROXIES, or --allow-local-edits"
        )


def is_edit_allowed(settings: Settings) -> bool:
    """Return whether the client of the current request may edit."""
    try:
        require_local(settings)
    except Forbidden:
        return False
    return True


def require_local(settings: Settings) -> None:
    """Raise Forbidden unless the current request is from this machine and from our own pages.

    It checks the client's address, proxy headers, `Origin` and `Sec-Fetch-Site`.
    """
    if not settings.allow_local_edits:
        raise Forbidden(EDITS_OFF)
    if not is_loopback(request.remote_addr or "") or any(name in request.headers for name in PROXY_HEADERS):
        raise Forbidden(NOT_THIS_MACHINE)
    own_origin = request.host_url.rstrip("/")
    if request.headers.get("Origin", own_origin).lower() != own_origin.lower():
        raise Forbidden(NOT_OWN_PAGE)
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Forbidden(NOT_OWN_PAGE)


def limit_body(settings: Settings) -> None:
    """Check an edit request before its body is read, and limit the body's size.

    Raises Forbidden, UnsupportedMediaType, LengthRequired or RequestEntityTooLarge.
    """
    require_local(settings)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(NOT_JSON)
    if request.content_length is None or "Transfer-Encoding" in request.headers:
        raise LengthRequired(NO_CONTENT_LENGTH)
    if request.content_length > MAX_BODY_BYTES:
        raise RequestEntityTooLarge(BODY_TOO_LARGE)
    request.max_content_length = MAX_BODY_BYTES


def is_loopback(host: str) -> bool:
    """Return whether `host` is an address that only this machine can reach.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
