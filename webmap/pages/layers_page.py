"""Texts about the loaded data, for the start page, the exports page and the page about the data.

`webmap.pages.routes` calls these functions. `status` is always the result of `Reader.status`.
"""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.fields import Field
from geo.schema import LAYERS, Layer
from webmap import params
from webmap.source_notes import Status, layer_sources, source_display_name
from webmap.wording import UNKNOWN, field_label, format_count, format_date, format_value

# The facts of a source, in page order, with their labels.
SOURCE_FACTS = {
    "rows": "Rows",
    "cells": "Cells",
    "licence": "Licence",
    "method": "Method",
    "year": "Year",
    "date": "Date of the data",
    "loaded_at": "Loaded",
    "profile": "Profile",
    "crs": "Coordinates as delivered",
    "encoding": "Encoding",
}
DATE_KEYS = ("date", "loaded_at")


def loaded_layers(status: Status) -> list[dict[str, Any]]:
    """Return the rows, sources and last load of each layer, as table rows."""
    return [_load_summary(status, layer) for layer in LAYERS.values()]


def export_layers(status: Status) -> list[dict[str, Any]]:
    """Return each layer as the exports page shows it: rows, note, filters, dates and fields."""
    return [
        {
            **_load_summary(status, layer),
            "name": layer.name,
            "description": layer.description,
            "rows": status["layers"][layer.name]["rows"],
            "rows_told": format_count(status["layers"][layer.name]["rows"], "row"),
            "note": _layer_note(status, layer),
            "filters": filter_choices(layer),
            "dates": date_choices(layer),
            "count_href": url_for("api.count_features", layer=layer.name),
            "fields": [ID_FIELD, *layer.public_fields],
        }
        for layer in LAYERS.values()
    ]


def layer_descriptions(status: Status) -> list[dict[str, Any]]:
    """Return each loaded layer with the facts of its sources."""
    return [
        {
            "name": layer.name,
            "title": layer.title,
            "note": layer.description,
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
    [('open', 'Open'), ('closed', 'Closed'), ('cancelled', 'Cancelled'), ('unknown', 'Unknown')]
    """
    fields = [field for field in params.filter_fields(layer) if names is None or field.name in names]
    return [
        {
            "name": field.name,
            "label": field_label(field),
            "options": [(code, format_value(code, field).capitalize()) for code in field.codes],
        }
        for field in fields
    ]


def date_choices(layer: Layer, names: tuple[str, ...] | None = None) -> list[dict[str, str]]:
    """Return the date filters of a layer with their labels.

    >>> date_choices(LAYERS["inspections"], ("opened_on",))
    [{'name': 'opened_on_from', 'label': 'Opened since'}]
    """
    fields = [field for field in params.date_fields(layer) if names is None or field.name in names]
    return [{"name": field.name + params.FROM_SUFFIX, "label": f"{field_label(field)} since"} for field in fields]


ID_FIELD = Field("id", "text", "The record's own number; stable across reloads.")


def _load_summary(status: Status, layer: Layer) -> dict[str, Any]:
    found_sources = layer_sources(status, layer.name)
    last_loaded = max((str(source.get("loaded_at") or "") for source in found_sources), default="")
    names = ", ".join(sorted({source_display_name(source) for source in found_sources}))
    return {
        "title": layer.title,
        "rows": f"{status['layers'][layer.name]['rows']:,}",
        "sources": names if len(names) <= 120 else format_count(len(found_sources), "source"),
        "loaded": format_date(last_loaded) if found_sources else "not loaded",
    }


def _layer_note(status: Status, layer: Layer) -> str:
    found_sources = layer_sources(status, layer.name)
    if not found_sources:
        return "Nothing is loaded."
    licenses = ", ".join(sorted({str(source.get("licence") or f"licence {UNKNOWN}") for source in found_sources}))
    summary = _load_summary(status, layer)
    as_of = max((str(source.get("date") or "") for source in found_sources), default="")
    return (
        f"{summary['rows']} rows from {summary['sources']}. Data as of {format_date(as_of)}, loaded {summary['loaded']}. "
        f"{licenses[0].upper()}{licenses[1:]}."
    )


def _source_facts(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (title, format_date(source[key]) if key in DATE_KEYS else format_value(source[key]))
        for key, title in SOURCE_FACTS.items()
        if source.get(key) not in (None, "")
    ]
