"""Who may write: this machine alone, through the server's own pages, where the server was started so.

There are no accounts yet. What crews wrote (their notes and photos) is read under the same conditions.
"""

from ipaddress import ip_address

from flask import request
from werkzeug.exceptions import (
    Forbidden,
    LengthRequired,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from geo.errors import BadInput
from webmap.settings import Settings

MOST_BODY = 6_000_000  # bytes: photos of 4 MB as base64, and words beside them
OFF = (
    "This server takes no edits: there are no accounts yet. Started with `lotleaf serve --allow-local-edits` on a "
    "loopback address, it takes them from its own machine."
)
STRANGE_PEER = "Edits are taken from the machine alone on which the server runs."
STRANGE_PAGE = "Edits are taken from this server's own pages alone, not from another site's."
NO_JSON = "Edits are sent as JSON, with Content-Type: application/json."
UNTOLD = "Edits are sent with their Content-Length."
TOO_LARGE = f"That is too much at once: at most {MOST_BODY:,} bytes are taken; send fewer edits or smaller photos."
# What a proxy adds: behind one, whoever asks looks as if they were on this machine.
FORWARDED = (
    "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Port",
    "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Cluster-Client-IP",
)  # fmt: skip


def look_over(settings: Settings) -> None:
    """Refuse to take edits where others than this machine may reach the server; raises BadInput."""
    if not settings.allow_local_edits:
        return
    if not loopback(settings.host):
        raise BadInput(
            f"edits are not taken at {settings.host}, where others can reach the server: there are no accounts yet; "
            "leave --host out to listen at 127.0.0.1 alone, or leave --allow-local-edits out"
        )
    if settings.trusted_proxies or settings.hosts:
        raise BadInput(
            "edits are not taken behind a proxy, through which others can reach the server: there are no accounts yet; "
            "leave out LOTLEAF_HOSTS and LOTLEAF_TRUSTED_PROXIES, or --allow-local-edits"
        )


def permitted(settings: Settings) -> bool:
    """Tell whether whoever asks may edit."""
    try:
        permit(settings)
    except Forbidden:
        return False
    return True


def permit(settings: Settings) -> None:
    """Let this request pass if it is from this machine and of our own pages; raises Forbidden."""
    if not settings.allow_local_edits:
        raise Forbidden(OFF)
    if not loopback(request.remote_addr or "") or any(
        name in request.headers for name in FORWARDED
    ):
        raise Forbidden(STRANGE_PEER)
    own = request.host_url.rstrip("/")
    if request.headers.get("Origin", own).lower() != own.lower():
        raise Forbidden(STRANGE_PAGE)
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Forbidden(STRANGE_PAGE)


def bound(settings: Settings) -> None:
    """Let a request's body be read if it may be; raises what is wrong with it, before it is read."""
    permit(settings)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(NO_JSON)
    if request.content_length is None or "Transfer-Encoding" in request.headers:
        raise LengthRequired(UNTOLD)
    if request.content_length > MOST_BODY:
        raise RequestEntityTooLarge(TOO_LARGE)
    request.max_content_length = MOST_BODY


def loopback(host: str) -> bool:
    """Whether an address answers this machine alone.

    >>> loopback("127.0.0.1"), loopback("::1"), loopback("localhost"), loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
