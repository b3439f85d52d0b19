"""The table of all towns, the note on their canopy, and the former towns that it leaves out.

`webmap.pages.routes` calls `towns_table`, `canopy_range_note` and `former_towns`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.identifiers import slugify
from geo.in_force import is_in_force
from geo.language.translate import format_number, gettext, gettext_noop, ngettext
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.measures import UNKNOWN
from webmap.pages.parcel_page import canopy_source_text
from webmap.wording import format_date, format_percent, percentage_of

# The columns after the name, in page order: field and label.
TOWN_COLUMNS = {
    "canopy_pct": gettext_noop("Canopy"),
    "parcels": gettext_noop("Parcels"),
    "trees": gettext_noop("Trees"),
    "need_remove": gettext_noop("Needs removal"),
    "need_prune": gettext_noop("Needs pruning"),
    "inspections_open": gettext_noop("Open inspections"),
}


def towns_table(towns: list[Record]) -> dict[str, Any]:
    """Return the towns as a table: column labels, a row for each town, and for several towns the totals."""
    return {
        "columns": [gettext(label) for label in TOWN_COLUMNS.values()],
        "rows": [
            {"name": town.values["name"], "href": town_url(town), "cells": _town_cells(town.values)} for town in towns
        ],
        "total": _total_row(towns) if len(towns) > 1 else None,
    }


def town_url(town: Record) -> str:
    """Return the URL of a town's page."""
    return url_for("pages.show_town", slug_=slugify(town.values["name"]))


def _former_town_url(town: Record) -> str:
    """Return the URL of a former town's page. It has the id, because a later town may have the same name."""
    return url_for("pages.show_town", slug_=town.id) if slugify(town.id) == town.id else town_url(town)


def former_towns(reader: Reader, today: date) -> list[dict[str, str]]:
    """Return the towns and boundaries that are no longer in force: name, URL and last day, by name."""
    ended = [
        town
        for town in reader.query("municipalities", Query(), actor=PUBLIC)
        if not is_in_force(town, today) and (town.values.get("valid_to") or "9999") < today.isoformat()
    ]
    return [
        {
            "name": town.values["name"],
            "href": _former_town_url(town),
            "until": format_date(town.values["valid_to"]),
        }
        for town in sorted(ended, key=lambda town: (town.values["name"], town.id))
    ]


def canopy_range_note(towns: list[Record]) -> str:
    """Return the range of the towns' canopy shares, and how canopy was measured.

    >>> values = {"canopy_pct": 21.5, "canopy_method": "lidar", "canopy_year": 2020}
    >>> canopy_range_note([Record("pagedale", "county", values)])  # doctest: +ELLIPSIS
    'Canopy cover of the towns: 21.5% to 21.5%. Method: lidar. Year: 2020. ...'
    >>> canopy_range_note([])
    'Canopy cover is unknown: no canopy data is loaded.'
    """
    measured = [town.values for town in towns if town.values.get("canopy_pct") is not None]
    if not measured:
        return gettext("Canopy cover is unknown: no canopy data is loaded.")
    methods = sorted({canopy_source_text(values) for values in measured})
    low, high = (format_percent(extreme(values["canopy_pct"] for values in measured)) for extreme in (min, max))
    range_text = gettext("Canopy cover of the towns: %(low)s to %(high)s.", low=low, high=high)
    return " ".join([range_text, *methods])


def _town_cells(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_cell(values.get(name), _formatter(name)) for name in TOWN_COLUMNS]


def _formatter(name: str) -> Callable[[float], str]:
    return format_percent if name == "canopy_pct" else format_number


def _cell(value: float | None, formatter: Callable[[float], str], unknown_count: int = 0) -> dict[str, Any]:
    """Return a table cell: its text, its value to sort by, and a note on the towns that it leaves out."""
    note = ngettext("%(count)s town unknown", "%(count)s towns unknown", unknown_count) if unknown_count else ""
    return {"text": gettext(UNKNOWN) if value is None else formatter(value), "value": value, "note": note}


def _total_row(towns: list[Record]) -> dict[str, Any]:
    name = ngettext("%(count)s town", "All %(count)s towns", len(towns))
    cells = [_total_cell(name, [town.values for town in towns]) for name in TOWN_COLUMNS]
    return {"name": name, "cells": cells}


def _total_cell(name: str, towns: list[Mapping[str, Any]]) -> dict[str, Any]:
    measured = [values for values in towns if values.get(name) is not None]
    if not measured:
        return _cell(None, _formatter(name))
    total = _overall_canopy_pct(measured) if name == "canopy_pct" else sum(values[name] for values in measured)
    return _cell(total, _formatter(name), len(towns) - len(measured))


def _overall_canopy_pct(towns: list[Mapping[str, Any]]) -> float | None:
    """Return the canopy of several towns as a share of their covered area, which their shares tell."""
    measured = [values for values in towns if values["canopy_pct"] and values.get("canopy_m2")]
    covered_m2 = sum(100 * values["canopy_m2"] / values["canopy_pct"] for values in measured)
    return percentage_of(sum(values["canopy_m2"] for values in measured), covered_m2)
