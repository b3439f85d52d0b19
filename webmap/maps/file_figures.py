"""The tables under the map of a file: how many of each kind, and each town's figures.

`webmap.maps.file_map` puts them into the page. They count everything, also what the map leaves out.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from geo.store.records import Record
from webmap.maps.file_content import FileContent
from webmap.maps.file_layers import scale_step
from webmap.wording import UNKNOWN, format_percent, percentage_of

MARK_NOTES = {"open": "Not closed, and not overdue."}  # on a map page, "open" means the overdue as well

Row = dict[str, Any]


def kind_rows(content: FileContent) -> list[Row]:
    """Return a row for each mark, or for each step of the scale: its symbol, texts, count and share."""
    if not content.view.marks:
        return _step_rows(content)
    counts = content.count_marks()
    is_known = bool(content.records) or not _all_unsurveyed(content)
    return [
        {
            "mark": mark,
            "label": mark.label,
            "note": MARK_NOTES.get(mark.code, mark.description),
            **_count_cells(counts[mark.code] if is_known else None, counts.total()),
        }
        for mark in content.view.marks
    ]


def total_text(content: FileContent) -> str:
    """Return how many records or parcels there are."""
    if not content.view.marks:
        return f"{len(content.parcels):,}"
    return UNKNOWN if not content.records and _all_unsurveyed(content) else f"{len(content.records):,}"


def town_columns(content: FileContent) -> list[str]:
    """Return the headings of the table of towns."""
    if content.view.marks:
        return ["Total", *(mark.label for mark in content.view.marks)]
    return ["Canopy", "Parcels", "Parcels of unknown canopy"]


def town_rows(content: FileContent) -> list[Row]:
    """Return a row for each town. Where there is one only, the table of kinds says it all."""
    if len(content.towns) < 2:
        return []
    return [{"name": town.values["name"], "cells": _town_cells(content, town)} for town in content.towns]


def _step_rows(content: FileContent) -> list[Row]:
    scale = content.view.scale
    counts = Counter(scale_step(scale, parcel.values.get("canopy_pct")) for parcel in content.parcels)
    steps = [
        {"mark": None, "color": step.color, "label": step.label, **_count_cells(counts[number], counts.total())}
        for number, step in enumerate(scale.steps)
    ]
    return [*steps, {"mark": None, "color": None, "label": UNKNOWN, **_count_cells(counts[None], counts.total())}]


def _count_cells(count: int | None, total: int) -> dict[str, str]:
    return {"count": UNKNOWN if count is None else f"{count:,}", "share": format_percent(percentage_of(count, total))}


def _all_unsurveyed(content: FileContent) -> bool:
    return bool(content.towns) and all(content.is_unsurveyed(town) for town in content.towns)


def _town_cells(content: FileContent, town: Record) -> Sequence[str]:
    name = town.values["name"]
    if content.view.marks:
        counts = content.count_marks(name)
        if content.is_unsurveyed(town) and not counts:
            return [UNKNOWN] * (1 + len(content.view.marks))
        return [f"{counts.total():,}", *(f"{counts[mark.code]:,}" for mark in content.view.marks)]
    shares = [parcel.values.get("canopy_pct") for parcel in content.parcels if parcel.values.get("town") == name]
    return [format_percent(town.values.get("canopy_pct")), f"{len(shares):,}", f"{shares.count(None):,}"]
