"""The town page, the table of all towns, and the note on their canopy.

`webmap.pages.routes` calls `town_context`, `towns_table` and `canopy_range_note`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.errors import NoSuchRecord
from geo.forestry.diversity import TaxonCounts
from geo.identifiers import slugify
from geo.reverse_geocode import is_in_force
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.maps.palette import CONDITION_STYLES, GREEN, NEED_MARKS, NEED_SCALE
from webmap.pages import charts
from webmap.pages.export_links import export_links
from webmap.pages.parcel_page import canopy_source_text
from webmap.state.app_state import AppState
from webmap.wording import UNKNOWN, format_area, format_count, format_date, format_percent, format_value, percentage_of

DOWNLOAD_LAYERS = ("parcels", "trees", "sites", "inspections")
TOTAL_COLUMNS = ("parcels", "trees", "need_remove", "need_prune", "inspections_open")


def towns_table(towns: list[Record]) -> list[dict[str, Any]]:
    """Return the towns as table rows, and for several towns a row of totals. Unknown is written out."""
    rows = [
        {
            "name": town.values["name"],
            "href": url_for("pages.show_town", slug_=slugify(town.values["name"])),
            "cells": [format_percent(town.values.get("canopy_pct")), *_total_cells(town.values)],
        }
        for town in towns
    ]
    total_row = {"name": f"All {len(towns)} towns", "total": True, "cells": _all_towns_cells(towns)}
    return [*rows, total_row] if len(towns) > 1 else rows


def canopy_range_note(towns: list[Record]) -> str:
    """Return the range of the towns' canopy shares, and how canopy was measured.

    >>> values = {"canopy_pct": 21.5, "canopy_method": "lidar", "canopy_year": 2020}
    >>> canopy_range_note([Record("pagedale", "county", values)])  # doctest: +ELLIPSIS
    'Canopy from 21.5 % to 21.5 % of a town. Method: lidar; year: 2020; ...'
    >>> canopy_range_note([])
    'Canopy is unknown: no canopy source is loaded.'
    """
    measured = [town.values for town in towns if town.values.get("canopy_pct") is not None]
    if not measured:
        return f"Canopy is {UNKNOWN}: no canopy source is loaded."
    methods = sorted({canopy_source_text(values) for values in measured})
    low, high = (format_percent(extreme(values["canopy_pct"] for values in measured)) for extreme in (min, max))
    return f"Canopy from {low} to {high} of a town. {' '.join(methods)}"


def town_context(state: AppState, slug_: str, today: date) -> dict[str, Any]:
    """Return the template context of a town's page. Raises NoSuchRecord."""
    town = _find_town(state.reader, slug_, today)
    values = town.values
    species, genera = state.species_and_genera(values["name"])
    return {
        "name": values["name"],
        "kind": (values.get("kind") or "town").capitalize(),
        "past": None if is_in_force(town, today) else _past_town_note(values),
        "map_hrefs": _map_links(slug_) if is_in_force(town, today) else [],
        "downloads": _downloads(values["name"]) if is_in_force(town, today) else [],
        "figures": _town_statistics(values),
        **_condition_context(values),
        **_needs_context(values),
        "diversity": [
            _diversity_group("Most frequent species", "Species", species, 10),
            _diversity_group("Most frequent genera", "Genus", genera, 20),
        ],
    }


def _find_town(reader: Reader, slug_: str, today: date) -> Record:
    matches = [
        town
        for town in reader.query("municipalities", Query(), actor=PUBLIC)
        if slug_ in (slugify(town.values["name"]), town.values.get("slug"))
    ]
    if not matches:
        raise NoSuchRecord(f"no town is called {slug_!r}; the start page lists them all")
    return max(matches, key=lambda town: (is_in_force(town, today), town.values.get("valid_from") or ""))


def _past_town_note(values: Mapping[str, Any]) -> str:
    return f"This town stood until {format_date(values.get('valid_to'))}; its figures are of its old limits."


def _map_links(slug_: str) -> list[tuple[str, str]]:
    titles = {"coverage": "Canopy", "maintenance": "Maintenance", "inspections": "Inspections"}
    return [(title, url_for("pages.show_map", name=name, town=slug_)) for name, title in titles.items()]


def _downloads(town_name: str) -> list[dict[str, Any]]:
    """Return the layers that a town's page offers, each with a link for every export format."""
    filters = [("town", slugify(town_name))]
    return [{"title": LAYERS[name].title, "links": export_links(name, filters)} for name in DOWNLOAD_LAYERS]


def _town_statistics(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    work_count = _sum_if_known(values.get(key) for key in NEED_SCALE.numerator_fields)
    has_canopy = values.get("canopy_pct") is not None
    canopy_text = canopy_source_text(values) if has_canopy else "No canopy source covers this town."
    return [
        ("Canopy", format_percent(values.get("canopy_pct")), canopy_text),
        ("Parcels", format_value(values.get("parcels")), "Ground parcels; stacked units count as one."),
        ("Trees", format_value(values.get("trees")), f"Standing in {format_area(values.get('area_m2'))}."),
        ("To do", format_value(work_count), f"To remove, prune, grind or inspect; {format_count(values.get('trees'), 'tree')} in all."),
        ("Open inspections", format_value(values.get("inspections_open")), f"{format_value(values.get('inspections_closed'))} closed."),
    ]  # fmt: skip


def _condition_context(values: Mapping[str, Any]) -> dict[str, Any]:
    counts = {key: values.get(f"trees_{key}") for key in CONDITION_STYLES}
    total = _sum_if_known(counts.values())
    rows = [
        {
            "label": text,
            "colour": color,
            "count": format_value(counts[key]),
            "share": format_percent(percentage_of(counts[key], total)),
        }
        for key, (text, color) in CONDITION_STYLES.items()
    ]
    stacked_bar = charts.draw_stacked_bar((counts[key] or 0, color) for key, (_, color) in CONDITION_STYLES.items())
    note = f"Of {format_count(total, 'tree')} that stand within the limits."
    return {"conditions": rows, "condition_stack": stacked_bar, "condition_note": note}


def _needs_context(values: Mapping[str, Any]) -> dict[str, Any]:
    counts = {need.code: values.get(f"need_{need.code}") for need in NEED_MARKS}
    total = _sum_if_known(counts.values())
    rows = [
        {
            "mark": need,
            "count": format_value(counts[need.code]),
            "share": format_percent(percentage_of(counts[need.code], total)),
            "bar": charts.draw_bar(percentage_of(counts[need.code], total), need.color),
        }
        for need in NEED_MARKS
    ]
    return {"needs": rows, "need_note": f"Of {format_count(total, 'tree, stump or empty place', 'trees, stumps and empty places')}."}  # fmt: skip


def _diversity_group(title: str, noun: str, taxon_counts: TaxonCounts, threshold: int) -> dict[str, Any]:
    known_count = taxon_counts.known_count
    full_scale = max(2 * threshold, 100 * taxon_counts.top[0][1] / known_count) if known_count else 100
    rows = [
        {
            "label": name,
            "count": f"{count:,}",
            "share": format_percent(percentage_of(count, known_count)),
            "bar": charts.draw_bar(
                percentage_of(count, known_count), GREEN, full_scale=full_scale, threshold=threshold
            ),
        }
        for name, count in taxon_counts.top
    ]
    note = f"Of {format_count(known_count, 'tree')} whose {noun.lower()} is known; {taxon_counts.unknown_count:,} unknown, left out."
    rule_note = (
        f" A common rule of thumb keeps any one {noun.lower()} at {threshold} % or less, where the stroke stands."
    )
    return {"title": title, "noun": noun, "rows": rows, "note": note + rule_note if known_count else note}


def _total_cells(values: Mapping[str, Any]) -> list[str]:
    return [format_value(values.get(key)) for key in TOTAL_COLUMNS]


def _all_towns_cells(towns: list[Record]) -> list[str]:
    return [
        _all_towns_canopy(towns),
        *(_known_sum_text([town.values.get(key) for town in towns]) for key in TOTAL_COLUMNS),
    ]


def _all_towns_canopy(towns: list[Record]) -> str:
    measured = [town.values for town in towns if town.values.get("canopy_pct")]
    measured = [values for values in measured if values.get("canopy_m2")]
    # The covered area, computed back from the share.
    covered_m2 = sum(100 * values["canopy_m2"] / values["canopy_pct"] for values in measured)
    canopy_pct = percentage_of(sum(values["canopy_m2"] for values in measured), covered_m2)
    return format_percent(canopy_pct) + _unknown_towns_note(len(towns) - len(measured) if measured else 0)


def _known_sum_text(numbers: list[int | None]) -> str:
    known = [number for number in numbers if number is not None]
    return f"{sum(known):,}{_unknown_towns_note(len(numbers) - len(known))}" if known else UNKNOWN


def _unknown_towns_note(count: int) -> str:
    return f" ({format_count(count, 'town')} unknown)" if count else ""


def _sum_if_known(numbers: Iterable[int | None]) -> int | None:
    values = list(numbers)
    return None if None in values else sum(number for number in values if number is not None)
