"""Texts about the sources of the loaded data: names, dates, and whether they are illustrative. `status` is the result of `Reader.status`."""

from collections.abc import Mapping
from typing import Any

from geo.language.translate import format_number, gettext, ngettext
from geo.schema import LAYERS
from webmap.measures import UNKNOWN
from webmap.wording import format_date

Status = Mapping[str, Any]
MAX_DATED_SOURCES = 4  # sources that a note names


def layer_sources(status: Status, name: str) -> list[Mapping[str, Any]]:
    """Return the sources of a layer. A canopy raster has `cells` in place of `rows`.

    >>> status = {"layers": {"trees": {"sources": [{"name": "pagedale/inventory", "rows": 512}]}}}
    >>> layer_sources(status, "trees")
    [{'name': 'pagedale/inventory', 'rows': 512}]
    """
    all_sources = status["layers"][name].get("sources", [])
    return [
        {**source, "rows": None, "cells": _raster_size_text(source["raster"])} if source.get("raster") else source
        for source in all_sources
    ]


def has_illustrative_data(status: Status) -> bool:
    """Return whether any loaded source is illustrative: made up to show how lotleaf works.

    >>> empty = {name: {"sources": []} for name in LAYERS}
    >>> sample = {"trees": {"sources": [{"method": "illustrative, not surveyed"}]}}
    >>> has_illustrative_data({"layers": empty}), has_illustrative_data({"layers": empty | sample})
    (False, True)
    """
    return any(_is_illustrative(source) for name in LAYERS for source in layer_sources(status, name))


def illustrative_sources(status: Status, name: str) -> set[str]:
    """Return the names of the illustrative sources of a layer.

    >>> sources = [{"name": "sample", "licence": "CC0, illustrative"}, {"name": "county", "licence": "CC0"}]
    >>> illustrative_sources({"layers": {"districts": {"sources": sources}}}, "districts")
    {'sample'}
    """
    return {source_display_name(source) for source in layer_sources(status, name) if _is_illustrative(source)}


def source_line(source: Mapping[str, Any]) -> str:
    """Return one line on a source: its name, date, license, and method if it has one.

    >>> source_line({"name": "county", "date": "2024-05-01", "licence": "CC0-1.0"})
    'county, May 1, 2024. License: CC0-1.0.'
    """
    day = source.get("date") or source.get("loaded_at")
    texts = {"source": source_display_name(source), "date": format_date(day)}
    texts["license"] = str(source.get("licence") or gettext(UNKNOWN))
    if not source.get("method"):
        return gettext("%(source)s, %(date)s. License: %(license)s.", **texts)
    return gettext("%(source)s, %(date)s: %(method)s. License: %(license)s.", method=source["method"], **texts)


def data_date_note(status: Status, *names: str) -> str:
    """Return one line with the dates of some layers' data.

    >>> source = {"name": "pagedale/inventory", "date": "2024-05-01"}
    >>> data_date_note({"layers": {"trees": {"sources": [source]}}}, "trees")
    'Data as of: Trees: May 1, 2024 (pagedale/inventory).'
    """
    texts = [_source_date_text(name, source) for name in names for source in layer_sources(status, name)]
    sources_text, more = "; ".join(texts[:MAX_DATED_SOURCES]), len(texts) - MAX_DATED_SOURCES
    if not texts:
        return gettext("No data is loaded for this.")
    if more <= 0:
        return gettext("Data as of: %(sources)s.", sources=sources_text)
    return ngettext(
        "Data as of: %(sources)s, and %(count)s more source.",
        "Data as of: %(sources)s, and %(count)s more sources.",
        more,
        sources=sources_text,
    )


def license_note(status: Status, *names: str) -> str:
    """Return one line with the licenses of some layers' data, and the sources that have each.

    >>> source = {"name": "pagedale/inventory", "licence": "CC0-1.0"}
    >>> license_note({"layers": {"trees": {"sources": [source]}, "streets": {"sources": [{"name": "county"}]}}}, "trees", "streets")
    'License: CC0-1.0 (pagedale/inventory); unknown (county).'
    """
    sources_by_license: dict[str, list[str]] = {}
    for source in (source for name in names for source in layer_sources(status, name)):
        license_text = str(source.get("licence") or gettext(UNKNOWN))
        sources_by_license.setdefault(license_text, []).append(source_display_name(source))
    parts = [f"{text} ({', '.join(dict.fromkeys(sources))})" for text, sources in sources_by_license.items()]
    if not parts:
        return gettext("License: no data is loaded.")
    return gettext("License: %(licenses)s.", licenses="; ".join(parts))


def _raster_size_text(raster: Mapping[str, Any]) -> str:
    """Return the number and size of a raster's cells as text.

    >>> _raster_size_text({"width": 1404, "height": 1206, "cell_x": 1.0, "crs": "EPSG:26996"})
    '1,404 by 1,206; each 1 wide in units of EPSG:26996'
    """
    return gettext(
        "%(columns)s by %(rows)s; each %(width)s wide in units of %(crs)s",
        columns=format_number(raster["width"]),
        rows=format_number(raster["height"]),
        width=format_number(raster["cell_x"], 4),
        crs=raster["crs"],
    )


def _is_illustrative(source: Mapping[str, Any]) -> bool:
    text = " ".join(str(source.get(key) or "") for key in ("says", "method", "licence"))
    return bool(source.get("illustrative")) or "illustrative" in text.lower()


def source_display_name(source: Mapping[str, Any]) -> str:
    """Return the name of a source, "unknown" if it has none."""
    return str(source.get("name") or gettext(UNKNOWN))


def _source_date_text(layer: str, source: Mapping[str, Any]) -> str:
    title, name = gettext(LAYERS[layer].title), source_display_name(source)
    if source.get("date"):
        return gettext("%(layer)s: %(date)s (%(source)s)", layer=title, date=format_date(source["date"]), source=name)
    loaded_on = format_date(source.get("loaded_at"))
    return gettext("%(layer)s: loaded %(date)s (%(source)s)", layer=title, date=loaded_on, source=name)
