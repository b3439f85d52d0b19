"""Texts about the sources of the loaded data: names, dates, and whether they are illustrative. `status` is the result of `Reader.status`."""

from collections.abc import Mapping
from typing import Any

from geo.schema import LAYERS
from webmap.wording import UNKNOWN, format_count, format_date

Status = Mapping[str, Any]


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


def data_date_note(status: Status, *names: str) -> str:
    """Return one line with the dates of some layers' data.

    >>> source = {"name": "pagedale/inventory", "date": "2024-05-01"}
    >>> data_date_note({"layers": {"trees": {"sources": [source]}}}, "trees")
    'Data as of: Trees: 1 May 2024 (pagedale/inventory).'
    """
    parts = [
        f"{LAYERS[name].title}: {_source_date_text(source)} ({source_display_name(source)})"
        for name in names
        for source in layer_sources(status, name)
    ]
    more_text = f" and {format_count(len(parts) - 4, 'more source')}" if len(parts) > 4 else ""
    sources_text = "; ".join(parts[:4]) + more_text
    return f"Data as of: {sources_text}." if parts else "No source is loaded for this."


def license_note(status: Status, *names: str) -> str:
    """Return one line with the licenses of some layers' data, and the sources that have each.

    >>> source = {"name": "pagedale/inventory", "licence": "CC0-1.0"}
    >>> license_note({"layers": {"trees": {"sources": [source]}, "streets": {"sources": [{"name": "county"}]}}}, "trees", "streets")
    'License: CC0-1.0 (pagedale/inventory); unknown (county).'
    """
    sources_by_license: dict[str, list[str]] = {}
    for source in (source for name in names for source in layer_sources(status, name)):
        sources_by_license.setdefault(str(source.get("licence") or UNKNOWN), []).append(source_display_name(source))
    parts = [f"{text} ({', '.join(dict.fromkeys(sources))})" for text, sources in sources_by_license.items()]
    return f"License: {'; '.join(parts)}." if parts else "License: no source is loaded."


def _raster_size_text(raster: Mapping[str, Any]) -> str:
    """Return the number and size of a raster's cells as text.

    >>> _raster_size_text({"width": 1404, "height": 1206, "cell_x": 1.0, "crs": "EPSG:26996"})
    '1,404 by 1,206, 1 wide in units of EPSG:26996'
    """
    size = f"{raster['width']:,} by {raster['height']:,}"
    return f"{size}, {raster['cell_x']:g} wide in units of {raster['crs']}"


def _is_illustrative(source: Mapping[str, Any]) -> bool:
    text = " ".join(str(source.get(key) or "") for key in ("says", "method", "licence"))
    return bool(source.get("illustrative")) or "illustrative" in text.lower()


def source_display_name(source: Mapping[str, Any]) -> str:
    """Return the name of a source, "unknown" if it has none."""
    return str(source.get("name") or UNKNOWN)


def _source_date_text(source: Mapping[str, Any]) -> str:
    return format_date(source["date"]) if source.get("date") else f"loaded {format_date(source.get('loaded_at'))}"
