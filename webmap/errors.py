"""Errors to statuses: one table, one body for programs, one page for people."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, jsonify, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, SecurityError

from geo.errors import BadInput, BadQuery, Busy, GeoError, NotFound, StoreError

log = logging.getLogger(__name__)

STATUS: dict[type[GeoError], HTTPStatus] = {
    BadQuery: HTTPStatus.BAD_REQUEST,
    BadInput: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    GeoError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

# What strangers learn of a fault of ours; the log has the rest.
OURS = {
    HTTPStatus.SERVICE_UNAVAILABLE: "The workspace cannot be read just now. Try again in a minute.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here; it has been noted.",
}
KEPT = ("Allow", "Location", "Retry-After")  # headers that belong to a refusal
STRANGE_HOST = "This server has no such name; LOTLEAF_HOSTS tells it the names that it has."
THEIRS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This server only answers questions: GET, HEAD and OPTIONS.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "A question has no body here; send it without one.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is too long; ask for less at once.",
}


def register(app: Flask) -> None:
    """Let the app answer every error in our one shape."""
    app.register_error_handler(GeoError, _geo)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def refusal(
    status: HTTPStatus, why: str, headers: Mapping[str, str] | None = None
) -> tuple[Response, int, dict[str, str]]:
    """Shape a refusal: RFC 9457 for whoever calls the API, a page for people elsewhere."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": why}
    kept = {"Cache-Control": "no-store", **(headers or {})}
    if request.path.startswith("/api/"):
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        response = _page(status, why)
    return response, int(status), kept


def _page(status: HTTPStatus, why: str) -> Response:
    plain = Response(f"{status.phrase}: {why}\n", mimetype="text/plain")
    if request_ctx.url_adapter is None:
        return plain  # a host that is not ours: there is no address to which a page could lead
    try:
        page = render_template("error.html", title=status.phrase, status=int(status), detail=why)
    except Exception:
        # The page itself may be what fails, and an error must still be told.
        log.exception("the error page cannot be drawn")
        return plain
    return Response(page, mimetype="text/html")


def _geo(error: GeoError) -> tuple[Response, int, dict[str, str]]:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return refusal(status, str(error))
    log.error("%s: %s", type(error).__name__, error, exc_info=error)
    wait = {"Retry-After": "30"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return refusal(status, OURS[status], wait)


def _http(error: HTTPException) -> tuple[Response, int, dict[str, str]]:
    if isinstance(error, SecurityError):
        return refusal(HTTPStatus.BAD_REQUEST, STRANGE_HOST)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return refusal(status, OURS[status])
    own = {name: value for name, value in error.get_headers() if name in KEPT}
    said = error.description if error.description != type(error).description else None
    return refusal(status, said or THEIRS.get(status, error.description or status.phrase), own)


def _unforeseen(error: Exception) -> tuple[Response, int, dict[str, str]]:
    log.error("unforeseen", exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return refusal(status, OURS[status])
