"""Error handling: one table from errors to HTTP statuses, and one format for error responses.

`webmap.app.build_app` calls `init_app`. The API answers with problem details (RFC 9457). Other
paths answer with an HTML page.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, SecurityError

from geo.errors import BadInput, BadQuery, Busy, GeoError, NotFound, StoreError
from geo.language.translate import gettext, gettext_noop
from webmap.wording import capitalize_first

log = logging.getLogger(__name__)

STATUS_BY_ERROR: dict[type[GeoError], HTTPStatus] = {
    BadQuery: HTTPStatus.BAD_REQUEST,
    BadInput: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    GeoError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

# Clients see only this text for an internal error. The log has the details.
SERVER_ERROR_DETAIL = {
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_noop("The data cannot be read right now. Try again in a minute."),
    HTTPStatus.INTERNAL_SERVER_ERROR: gettext_noop("Something went wrong on the server and was logged."),
}
REFUSAL_HEADERS = ("Allow", "Location", "Retry-After")  # headers of an HTTPException that are passed on
UNKNOWN_HOST = "This server does not have this host name. LOTLEAF_HOSTS sets its names."
CLIENT_ERROR_DETAIL = {
    HTTPStatus.NOT_FOUND: gettext_noop("There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_noop("This address can only be read, with GET, HEAD or OPTIONS."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: gettext_noop("A request to this address has no body. Send it without one."),
    HTTPStatus.REQUEST_URI_TOO_LONG: gettext_noop("The address is too long. Ask for less at once."),
}


# The headings of error pages. Other statuses have the phrase of HTTP.
PAGE_TITLES = {
    HTTPStatus.BAD_REQUEST: gettext_noop("This request cannot be read"),
    HTTPStatus.NOT_FOUND: gettext_noop("Not found"),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_noop("This address can only be read"),
    HTTPStatus.REQUEST_URI_TOO_LONG: gettext_noop("The address is too long"),
    HTTPStatus.TOO_MANY_REQUESTS: gettext_noop("The server is busy"),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_noop("Not available right now"),
    HTTPStatus.INTERNAL_SERVER_ERROR: gettext_noop("Something went wrong"),
}
# What an error page says before the details, which are in English.
PAGE_ADVICE = {
    HTTPStatus.BAD_REQUEST: gettext_noop(
        "Something in the address is wrong. Go back, or start over from the start page."
    ),
    HTTPStatus.NOT_FOUND: gettext_noop("Check the address, or search for a street address or a parcel number."),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_noop("The data cannot be read right now. Try again in a minute."),
}


def init_app(app: Flask) -> None:
    """Register the error handlers of the app."""
    app.register_error_handler(GeoError, _handle_geo_error)
    app.register_error_handler(HTTPException, _handle_http_error)
    app.register_error_handler(Exception, _handle_unexpected_error)


def error_response(
    status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> tuple[Response, int, dict[str, str]]:
    """Return an error response: problem details as JSON under `/api/`, an HTML page elsewhere."""
    problem = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    response_headers = {"Cache-Control": "no-store", **(headers or {})}
    if request.path.startswith("/api/"):
        response = jsonify(problem)
        response.mimetype = "application/problem+json"
    else:
        response = _error_page(status, detail)
    return response, int(status), response_headers


def _error_page(status: HTTPStatus, detail: str) -> Response:
    text_response = Response(f"{status.phrase}: {detail}\n", mimetype="text/plain")
    if request_ctx.url_adapter is None:
        return text_response  # unknown host: no URL can be built for the page
    try:
        html = render_template("error.html", **_page_texts(status, detail))
    except Exception:
        # The template itself may fail, and the error still needs a response.
        log.exception("the error page cannot be rendered")
        return text_response
    return Response(html, mimetype="text/html")


def _page_texts(status: HTTPStatus, detail: str) -> dict[str, Any]:
    """Return the texts of an error page. A detail that is not in the catalog is English, from an exception."""
    is_fixed_text = detail in (*SERVER_ERROR_DETAIL.values(), *CLIENT_ERROR_DETAIL.values())
    return {
        "status": int(status),
        "title": gettext(PAGE_TITLES.get(status, status.phrase)),
        "advice": gettext(detail if is_fixed_text else PAGE_ADVICE.get(status, "")),
        "detail": "" if is_fixed_text else capitalize_first(detail),
    }


def _handle_geo_error(error: GeoError) -> tuple[Response, int, dict[str, str]]:
    status = next(STATUS_BY_ERROR[error_type] for error_type in type(error).__mro__ if error_type in STATUS_BY_ERROR)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error_response(status, str(error))
    log.error("%s: %s", type(error).__name__, error, exc_info=error)
    headers = {"Retry-After": "30"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return error_response(status, SERVER_ERROR_DETAIL[status], headers)


def _handle_http_error(error: HTTPException) -> tuple[Response, int, dict[str, str]]:
    if isinstance(error, SecurityError):
        return error_response(HTTPStatus.BAD_REQUEST, UNKNOWN_HOST)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return error_response(status, SERVER_ERROR_DETAIL[status])
    headers = {name: value for name, value in error.get_headers() if name in REFUSAL_HEADERS}
    detail = error.description if error.description != type(error).description else None
    return error_response(
        status, detail or CLIENT_ERROR_DETAIL.get(status, error.description or status.phrase), headers
    )


def _handle_unexpected_error(error: Exception) -> tuple[Response, int, dict[str, str]]:
    log.error("unforeseen", exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return error_response(status, SERVER_ERROR_DETAIL[status])
