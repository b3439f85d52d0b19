"""Responses with the records of a layer: as GeoJSON, CSV or an Excel workbook, whole or one page.

`webmap.api.feature_routes` calls `send_layer`. A whole layer is streamed and holds a download slot. One
page is sent at once.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import TooManyRequests

from geo.formats.csv_table import stream_csv
from geo.formats.export_file import EXPORT_FORMATS
from geo.formats.geojson import layer_summary, stream_feature_collection
from geo.identifiers import slugify
from geo.schema import Layer
from geo.store.records import PUBLIC, Query, Record
from webmap import param_values, params
from webmap.clock import today
from webmap.state.app_state import app_state

TABLE_FORMATS = ("csv", "xlsx")  # formats that browsers save and do not show
NO_FILTERS = ("fields", "download")  # parameters that do not choose records


@dataclass(frozen=True, slots=True)
class _Page:
    """The records that a request asks for. `next_url` is None on the last page, and for a whole layer."""

    layer: Layer
    query: Query
    records: Iterator[Record]
    only_fields: tuple[str, ...]
    next_url: str | None


def send_layer(layer: Layer, format_name: str) -> Response:
    """Return the response to a request for a layer in one of `EXPORT_FORMATS`.

    Raises BadQuery for wrong parameters, BadInput for more rows than a format holds, and TooManyRequests
    if too many downloads are running.
    """
    page = _requested_page(layer, format_name)
    chunks = _stream_page(page, format_name)
    response = Response(
        b"".join(chunks) if page.query.limit is not None else chunks,
        headers=_page_headers(page, format_name),
        mimetype=EXPORT_FORMATS[format_name].media_type,
    )
    if page.query.limit is not None:
        return response
    workbook_slots = [app_state().workbook_slots] if format_name == "xlsx" else []
    return _hold_slots(response, app_state().download_slots, *workbook_slots)


def layer_query(layer: Layer) -> Query:
    """Return the query that the request's parameters ask of a layer."""
    max_limit = app_state().settings.max_features
    return params.parse_query(request.args, layer, app_state().town_names, max_limit=max_limit, today=today())


def _requested_page(layer: Layer, format_name: str) -> _Page:
    args = request.args
    params.allow_only(args, *params.layer_parameters(layer), *params.PAGING_PARAMS)
    query, only_fields = layer_query(layer), params.parse_fields(args, layer)
    reader = app_state().reader
    if format_name == "xlsx" and query.limit is None:
        from geo.formats.xlsx_table import require_sheet_rows  # noqa: PLC0415 - other responses need no xlsxwriter

        require_sheet_rows(reader.count(layer.name, query, actor=PUBLIC), layer.name)
    records = reader.query(layer.name, _with_one_more(query), actor=PUBLIC)
    if query.limit is None:
        return _Page(layer, query, records, only_fields, None)
    page_records, next_url = _split_page(records, query.limit)
    return _Page(layer, query, page_records, only_fields, next_url)


def _stream_page(page: _Page, format_name: str) -> Iterator[bytes]:
    if format_name == "csv":
        return stream_csv(page.layer, page.records, only_fields=page.only_fields)
    summary = layer_summary(app_state().status, page.layer)
    if format_name == "xlsx":
        from geo.formats.xlsx_table import stream_xlsx  # noqa: PLC0415 - other responses need no xlsxwriter

        args = request.args.items(multi=True)
        filters = [(name, value) for name, value in args if name not in NO_FILTERS and value.strip()]
        return stream_xlsx(page.layer, page.records, summary, filters=filters, only_fields=page.only_fields)
    members: dict[str, Any] = {"lotleaf": summary} | ({"next": page.next_url} if page.next_url else {})
    return stream_feature_collection(page.layer, page.records, members, only_fields=page.only_fields)


def _page_headers(page: _Page, format_name: str) -> dict[str, str]:
    headers = {"Link": f'<{page.next_url}>; rel="next"'} if page.next_url else {}
    if format_name in TABLE_FORMATS or param_values.optional_text(request.args, "download"):
        file_name = _file_name(page.layer, page.query, format_name)
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return headers


def _file_name(layer: Layer, query: Query, format_name: str) -> str:
    """Return the name of a downloaded file: the layer, and the town if there is one.

    >>> from geo.schema import LAYERS
    >>> _file_name(LAYERS["trees"], Query(town="Bel-Nor"), "csv")
    'trees-bel-nor.csv'
    """
    return "-".join([layer.name, *([slugify(query.town)] if query.town else [])]) + f".{format_name}"


def _with_one_more(query: Query) -> Query:
    """Return the query with a limit of one more record, to know whether another page follows.

    >>> _with_one_more(Query(limit=25)).limit
    26
    """
    return query if query.limit is None else replace(query, limit=query.limit + 1)


def _split_page(records: Iterator[Record], limit: int) -> tuple[Iterator[Record], str | None]:
    """Return the records of one page, and the URL of the next page or None."""
    rows = list(records)
    if len(rows) <= limit:
        return iter(rows), None
    next_args = MultiDict(request.args)
    next_args["after"] = rows[limit - 1].id
    return iter(rows[:limit]), f"{request.base_url}?{urlencode(list(next_args.items(multi=True)))}"


def _hold_slots(response: Response, *slots: BoundedSemaphore) -> Response:
    """Return the streamed response, which holds the slots until it is closed.

    Raises TooManyRequests if one of them is not free: each download holds a thread, and each workbook a core.
    """
    with ExitStack() as held_slots:
        for slot in slots:
            if not slot.acquire(blocking=False):
                raise TooManyRequests("Too many downloads are running. Try again in a minute.", retry_after=30)
            held_slots.callback(slot.release)
        response.call_on_close(held_slots.pop_all().close)
    return response
