"""The tables under the map of a file: how many of each kind, and each town's figures.

`webmap.maps.file_map` puts them into the page. They count everything, also the records that the map leaves out.
All texts are in the current language.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from geo.language.translate import format_number, gettext, gettext_noop
from geo.store.records import Record
from webmap.maps.file_content import FileContent
from webmap.measures import UNKNOWN
from webmap.wording import format_percent, percentage_of

FIGURES_TITLES = {
    "coverage": gettext_noop("Parcels by canopy cover"),
    "maintenance": gettext_noop("Trees and sites"),
    "inspections": gettext_noop("Inspections"),
}
LIST_TITLES = {
    "coverage": gettext_noop("All parcels as a table"),
    "maintenance": gettext_noop("All trees and sites as a table"),
    "inspections": gettext_noop("All inspections as a table"),
}
MARK_NOTES = {"open": gettext_noop("Not closed, and not overdue.")}  # on a map page, "open" means the overdue as well

Row = dict[str, Any]


def kind_rows(content: FileContent) -> list[Row]:
    """Return a row for each mark, or for each step of the scale: its symbol, texts, count and share."""
    if not content.view.marks:
        return _step_rows(content)
    counts = content.count_marks()
    is_zero_known = not _all_unsurveyed(content)
    return [
        {
            "mark": mark,
            "note": gettext(MARK_NOTES[mark.code]) if mark.code in MARK_NOTES else mark.description,
            **_count_cells(counts[mark.code] if counts[mark.code] or is_zero_known else None, counts.total()),
        }
        for mark in content.view.localize().marks
    ]


def total_text(content: FileContent) -> str:
    """Return how many records or parcels there are."""
    if not content.view.marks:
        return format_number(len(content.parcels))
    if not content.records and _all_unsurveyed(content):
        return gettext(UNKNOWN)
    return format_number(len(content.records))


def town_columns(content: FileContent) -> list[str]:
    """Return the headings of the table of towns."""
    if content.view.marks:
        return [gettext("Total"), *(gettext(mark.label) for mark in content.view.marks)]
    return [gettext("Canopy"), gettext("Parcels"), gettext("Parcels of unknown canopy")]


def town_rows(content: FileContent) -> list[Row]:
    """Return a row for each town. Where there is one only, the table of kinds says it all."""
    if len(content.towns) < 2:
        return []
    return [{"name": town.values["name"], "cells": _town_cells(content, town)} for town in content.towns]


def _step_rows(content: FileContent) -> list[Row]:
    scale = content.view.scale
    counts = Counter(scale.step_number(parcel.values.get("canopy_pct")) for parcel in content.parcels)
    steps = [
        {"mark": None, "color": step.color, "label": step.label, **_count_cells(counts[number], counts.total())}
        for number, step in enumerate(scale.steps)
    ]
    return [
        *steps,
        {"mark": None, "color": None, "label": gettext(UNKNOWN), **_count_cells(counts[None], counts.total())},
    ]


def _count_cells(count: int | None, total: int) -> dict[str, str]:
    count_text = gettext(UNKNOWN) if count is None else format_number(count)
    return {"count": count_text, "share": format_percent(percentage_of(count, total))}


def _all_unsurveyed(content: FileContent) -> bool:
    return bool(content.towns) and all(content.is_unsurveyed(town) for town in content.towns)


def _town_cells(content: FileContent, town: Record) -> Sequence[str]:
    name = town.values["name"]
    if content.view.marks:
        counts = content.count_marks(name)
        zero_text = gettext(UNKNOWN) if content.is_unsurveyed(town) else "0"
        numbers = (counts.total(), *(counts[mark.code] for mark in content.view.marks))
        return [format_number(number) if number else zero_text for number in numbers]
    shares = [parcel.values.get("canopy_pct") for parcel in content.parcels if parcel.values.get("town") == name]
    numbers = (len(shares), shares.count(None))
    return [format_percent(town.values.get("canopy_pct")), *(format_number(number) for number in numbers)]
