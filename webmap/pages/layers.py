"""What is loaded, in words: for the start page, the exports and the page about the data."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.fields import Field
from geo.layers import LAYERS, Layer
from webmap import params
from webmap.words import UNKNOWN, counted, day, label, told

Status = Mapping[str, Any]

# What a source says of itself, in the order and the words in which people read it.
TOLD = {
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
DATES = ("date", "loaded_at")


def sources(status: Status, name: str) -> list[Mapping[str, Any]]:
    """Give what a layer's sources say of themselves; a canopy raster has cells and no rows."""
    found = status["layers"][name].get("sources", [])
    return [
        {**one, "rows": None, "cells": _cells(one["raster"])} if one.get("raster") else one
        for one in found
    ]


def illustrative(status: Status) -> bool:
    """Whether anything that is loaded was made up to show how lotleaf works."""
    return any(_made_up(one) for name in LAYERS for one in sources(status, name))


def dated(status: Status, *names: str) -> str:
    """Tell on one line from when the data of some layers are."""
    parts = [
        f"{LAYERS[name].title}: {_as_of(one)} ({_title(one)})"
        for name in names
        for one in sources(status, name)
    ]
    more = f" and {counted(len(parts) - 4, 'more source')}" if len(parts) > 4 else ""
    shown = "; ".join(parts[:4]) + more
    return f"Data as of: {shown}." if parts else "No source is loaded for this."


def loaded(status: Status) -> list[dict[str, Any]]:
    """Tell each layer's rows, sources and last load, as rows of a table."""
    return [_loaded(status, layer) for layer in LAYERS.values()]


def exported(status: Status) -> list[dict[str, Any]]:
    """Tell each layer as the page of exports shows it."""
    return [
        {
            **_loaded(status, layer),
            "name": layer.name,
            "says": layer.says,
            "rows": status["layers"][layer.name]["rows"],
            "rows_told": counted(status["layers"][layer.name]["rows"], "row"),
            "note": _note(status, layer),
            "filters": filters(layer),
            "dates": dates(layer),
            "count_href": url_for("api.count", layer=layer.name),
            "fields": [ID, *layer.public],
        }
        for layer in LAYERS.values()
    ]


def described(status: Status) -> list[dict[str, Any]]:
    """Tell every layer that holds anything, source by source."""
    return [
        {
            "name": layer.name,
            "title": layer.title,
            "note": layer.says,
            "sources": [{"name": _title(one), "facts": _facts(one)} for one in found],
        }
        for layer in LAYERS.values()
        if (found := sources(status, layer.name))
    ]


def filters(layer: Layer, names: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """Tell the fields that people filter by, with the choices of those that have a code list."""
    wanted = [field for field in params.filters(layer) if names is None or field.name in names]
    return [
        {
            "name": field.name,
            "label": label(field),
            "options": [(code, told(code, field).capitalize()) for code in field.codes],
        }
        for field in wanted
    ]


def dates(layer: Layer, names: tuple[str, ...] | None = None) -> list[dict[str, str]]:
    """Tell the dates from which on people choose records."""
    wanted = [field for field in params.dates(layer) if names is None or field.name in names]
    return [
        {"name": field.name + params.FROM, "label": f"{label(field)} since"} for field in wanted
    ]


ID = Field("id", "text", "The record's own number; stable across reloads.")


def _cells(raster: Mapping[str, Any]) -> str:
    """Tell a raster's cells.

    >>> _cells({"width": 1404, "height": 1206, "cell_x": 1.0, "crs": "EPSG:26996"})
    '1,404 by 1,206, 1 wide in units of EPSG:26996'
    """
    size = f"{raster['width']:,} by {raster['height']:,}"
    return f"{size}, {raster['cell_x']:g} wide in units of {raster['crs']}"


def _made_up(source: Mapping[str, Any]) -> bool:
    said = " ".join(str(source.get(key) or "") for key in ("says", "method", "licence"))
    return bool(source.get("illustrative")) or "illustrative" in said.lower()


def _loaded(status: Status, layer: Layer) -> dict[str, Any]:
    found = sources(status, layer.name)
    last = max((str(one.get("loaded_at") or "") for one in found), default="")
    names = ", ".join(sorted({_title(one) for one in found}))
    return {
        "title": layer.title,
        "rows": f"{status['layers'][layer.name]['rows']:,}",
        "sources": names if len(names) <= 120 else counted(len(found), "source"),
        "loaded": day(last) if found else "not loaded",
    }


def _note(status: Status, layer: Layer) -> str:
    found = sources(status, layer.name)
    if not found:
        return "Nothing is loaded."
    licences = ", ".join(sorted({str(one.get("licence") or f"licence {UNKNOWN}") for one in found}))
    told_ = _loaded(status, layer)
    as_of = max((str(one.get("date") or "") for one in found), default="")
    return (
        f"{told_['rows']} rows from {told_['sources']}. Data as of {day(as_of)}, loaded {told_['loaded']}. "
        f"{licences[0].upper()}{licences[1:]}."
    )


def _facts(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, day(source[key]) if key in DATES else told(source[key]))
        for key, name in TOLD.items()
        if source.get(key) not in (None, "")
    ]


def _title(source: Mapping[str, Any]) -> str:
    return str(source.get("name") or UNKNOWN)


def _as_of(source: Mapping[str, Any]) -> str:
    return day(source["date"]) if source.get("date") else f"loaded {day(source.get('loaded_at'))}"
