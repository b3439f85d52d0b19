"""Texts about the loaded data, for the start page, the exports page and the page about the data.

`webmap.pages.routes` calls these functions. `status` is always the result of `Reader.status`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from geo.fields import Field
from geo.language.translate import format_number, gettext, gettext_noop, ngettext
from geo.mapped_area import FAR_FROM_TOWNS_M, FarRecords
from geo.schema import LAYERS, Layer
from webmap import params
from webmap.api.record_json import record_page_url
from webmap.measures import format_distance
from webmap.source_notes import Status, layer_sources, source_display_name
from webmap.wording import capitalize_first, field_label, field_name, format_date, format_value

# The facts of a source, in page order, with their labels.
SOURCE_FACTS = {
    "rows": gettext_noop("Rows"),
    "cells": gettext_noop("Cells"),
    "licence": gettext_noop("License"),
    "covers": gettext_noop("Towns surveyed completely"),
    "method": gettext_noop("Method"),
    "year": gettext_noop("Year"),
    "date": gettext_noop("Date of the data"),
    "loaded_at": gettext_noop("Loaded"),
    "profile": gettext_noop("Profile"),
    "crs": gettext_noop("Coordinates in the file"),
    "encoding": gettext_noop("Text encoding"),
}
DATE_KEYS = ("date", "loaded_at")
MAX_LISTED_RECORDS = 20  # that are far from every town
MAX_NAMES_LENGTH = 120  # characters. A longer list of sources is counted instead


def loaded_layers(status: Status) -> list[dict[str, Any]]:
    """Return the rows, sources and last load of each layer, as table rows."""
    return [_load_summary(status, layer) for layer in LAYERS.values()]


def export_layers(status: Status, far_records: Callable[[str], FarRecords]) -> list[dict[str, Any]]:
    """Return each layer as the exports page shows it: rows, notes, filters, dates and fields.

    `far_records` finds the records of a layer that are far from every town.
    """
    return [
        _export_layer(status, layer, status["layers"][layer.name]["rows"])
        | {"far": _far_records_note(layer, far_records(layer.name))}
        for layer in LAYERS.values()
    ]


def _far_records_note(layer: Layer, far: FarRecords) -> dict[str, Any] | None:
    """Return a note on the records far from every town, with their ids and pages. None without any."""
    if not far.ids:
        return None
    distance = format_distance(FAR_FROM_TOWNS_M)
    text = ngettext(
        "%(count)s row is more than %(distance)s from every town. Check its coordinates:",
        "%(count)s rows are more than %(distance)s from every town. Check their coordinates:",
        len(far.ids),
        distance=distance,
    )
    if not far.is_complete:
        text = gettext("Too many rows to list are more than %(distance)s from every town:", distance=distance)
    records = [(id_, record_page_url(layer.name, id_)) for id_ in far.ids[:MAX_LISTED_RECORDS]]
    return {"text": text, "records": records, "has_more": len(far.ids) > MAX_LISTED_RECORDS}


def _export_layer(status: Status, layer: Layer, row_count: int) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": gettext(layer.title),
        "description": gettext(layer.description),
        "rows": row_count,
        "rows_text": ngettext("%(count)s row", "%(count)s rows", row_count),
        "note": _layer_note(status, layer),
        "filters": filter_choices(layer),
        "dates": date_choices(layer),
        "count_href": url_for("api.count_features", layer=layer.name),
        "fields": [ID_FIELD, *layer.public_fields],
    }


def layer_descriptions(status: Status) -> list[dict[str, Any]]:
    """Return each loaded layer with the facts of its sources."""
    return [
        {
            "name": layer.name,
            "title": gettext(layer.title),
            "note": gettext(layer.description),
            "sources": [
                {"name": source_display_name(source), "facts": _source_facts(source)} for source in found_sources
            ],
        }
        for layer in LAYERS.values()
        if (found_sources := layer_sources(status, layer.name))
    ]


def filter_choices(layer: Layer, names: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """Return the filter fields of a layer with their labels, and the options of coded fields.

    >>> filter_choices(LAYERS["inspections"], ("status",))[0]["options"]
    [('open', 'Open'), ('closed', 'Closed'), ('cancelled', 'Canceled'), ('unknown', 'Unknown')]
    """
    fields = [field for field in params.filter_fields(layer) if names is None or field.name in names]
    return [
        {
            "name": field.name,
            "label": field_label(field),
            "options": [(code, capitalize_first(text)) for code, text in _choices(field)],
        }
        for field in fields
    ]


def _choices(field: Field) -> list[tuple[str, str]]:
    """Return the values that a filter offers, each with its words. None for a field of free text."""
    if field.kind == "flag":
        return [("yes", format_value(value=True)), ("no", format_value(value=False))]
    return [(code, format_value(code, field)) for code in field.codes]


def date_choices(layer: Layer, names: tuple[str, ...] | None = None) -> list[dict[str, str]]:
    """Return the date filters of a layer with their labels.

    >>> date_choices(LAYERS["inspections"], ("opened_on",))
    [{'name': 'opened_on_from', 'label': 'Opened on or after'}]
    """
    fields = [field for field in params.date_fields(layer) if names is None or field.name in names]
    return [
        {
            "name": field.name + params.FROM_SUFFIX,
            "label": capitalize_first(gettext("%(field)s on or after", field=field_name(field))),
        }
        for field in fields
    ]


ID_FIELD = Field(
    "id", "text", gettext_noop("The record's own number. It stays the same when its file is loaded again.")
)


def _load_summary(status: Status, layer: Layer) -> dict[str, Any]:
    found_sources = layer_sources(status, layer.name)
    last_loaded = max((str(source.get("loaded_at") or "") for source in found_sources), default="")
    return {
        "title": gettext(layer.title),
        "rows": format_number(status["layers"][layer.name]["rows"]),
        "sources": _sources_text(found_sources),
        "loaded": format_date(last_loaded) if found_sources else gettext("not loaded"),
    }


def _sources_text(found_sources: list[Mapping[str, Any]]) -> str:
    names = ", ".join(sorted({source_display_name(source) for source in found_sources}))
    if len(names) <= MAX_NAMES_LENGTH:
        return names
    return ngettext("%(count)s source", "%(count)s sources", len(found_sources))


def _layer_note(status: Status, layer: Layer) -> str:
    found_sources = layer_sources(status, layer.name)
    if not found_sources:
        return gettext("Nothing is loaded.")
    licenses = sorted({str(source.get("licence") or gettext("not recorded")) for source in found_sources})
    loaded_at, as_of = (max(str(one.get(key) or "") for one in found_sources) for key in ("loaded_at", "date"))
    sentences = [
        ngettext(
            "%(count)s row from %(sources)s.",
            "%(count)s rows from %(sources)s.",
            status["layers"][layer.name]["rows"],
            sources=_sources_text(found_sources),
        ),
        gettext("Data as of %(date)s, loaded %(loaded)s.", date=format_date(as_of), loaded=format_date(loaded_at)),
        gettext("License: %(licenses)s.", licenses="; ".join(licenses)),
    ]
    return " ".join(sentences)


def _source_facts(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (gettext(title), _fact_text(key, source[key]))
        for key, title in SOURCE_FACTS.items()
        if source.get(key) not in (None, "")
    ]


def _fact_text(key: str, value: Any) -> str:
    """Return the value of a source's fact as text.

    >>> _fact_text("covers", ["Bel-Nor", "Normandy"]), _fact_text("year", 2023)
    ('Bel-Nor, Normandy', '2023')
    """
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key == "year":
        return str(value)
    return format_date(value) if key in DATE_KEYS else format_value(value)
