"""The town page: figures, districts, trees by condition, need and species, and downloads.

`webmap.pages.routes` calls `town_context`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.errors import NoSuchRecord
from geo.forestry.diameter_counts import DiameterCounts
from geo.identifiers import slugify
from geo.in_force import is_in_force
from geo.language.translate import gettext, ngettext
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap import params
from webmap.maps.palette import CONDITION_STYLES, GREEN, NEED_MARKS, NEED_SCALE
from webmap.measures import format_area, format_diameter_class
from webmap.pages.district_page import serving_districts
from webmap.pages.parcel_page import canopy_source_text
from webmap.pages.parts import charts
from webmap.pages.parts.export_links import export_links
from webmap.pages.town_taxa import taxa_context
from webmap.state.app_state import AppState
from webmap.wording import capitalize_first, format_date, format_percent, format_value, percentage_of

DOWNLOAD_LAYERS = ("parcels", "trees", "sites", "inspections")


def town_context(state: AppState, slug_: str, today: date) -> dict[str, Any]:
    """Return the template context of a town's page. Raises NoSuchRecord."""
    town = _find_town(state.reader, slug_, today)
    values = town.values
    is_current = is_in_force(town, today)
    # A later town may have the same name, and trees know only the name.
    taxa = state.town_taxa(values["name"]) if is_current else None
    return {
        "name": values["name"],
        "kind": capitalize_first(
            format_value(values.get("kind") or "town", LAYERS["municipalities"].fields_by_name["kind"])
        ),
        "past": None if is_current else _past_town_note(values, today),
        "map_hrefs": _map_links(slug_) if is_current else [],
        "downloads": _downloads(values["name"]) if is_current else [],
        "doubles_href": url_for("pages.show_doubles", town=slug_)
        if is_current and _has_two_inventories(state)
        else None,
        "has_figures": is_current or values.get("parcels") is not None,
        "figures": _town_statistics(values),
        "late": _late_inspections(state.reader, values["name"], slug_, today) if is_current else [],
        "serving_districts": serving_districts(state, town, today),
        **_condition_context(values),
        **_needs_context(values),
        "diameters": _diameter_context(state.diameters(values["name"])) if is_current else None,
        **taxa_context(taxa, values["name"], is_known=values.get("trees") is not None),
    }


def _has_two_inventories(state: AppState) -> bool:
    """Return whether trees of two sources are loaded, so that one tree may stand in both."""
    return len(state.status["layers"]["trees"]["sources"]) > 1


def _find_town(reader: Reader, slug_: str, today: date) -> Record:
    """Return the town with a name or slug, the one in force first, or else the town with an id."""
    towns = list(reader.query("municipalities", Query(), actor=PUBLIC))
    named = [town for town in towns if slug_ in (slugify(town.values["name"]), town.values.get("slug"))]
    matches = named or [town for town in towns if town.id == slug_]
    if not matches:
        raise NoSuchRecord(f"no town is called {slug_!r}; the start page lists all towns")
    return max(matches, key=lambda town: (is_in_force(town, today), town.values.get("valid_from") or ""))


def _past_town_note(values: Mapping[str, Any], today: date) -> str:
    if (values.get("valid_from") or "") > today.isoformat():
        return gettext("This town boundary is in force from %(date)s.", date=format_date(values["valid_from"]))
    ended_text = gettext("This town or boundary ended on %(date)s.", date=format_date(values.get("valid_to")))
    has_figures = values.get("parcels") is not None
    figures_text = (
        gettext("The figures are for its old boundary.")
        if has_figures
        else gettext("Figures are computed only for towns in force.")
    )
    return f"{ended_text} {figures_text}"


def _map_links(slug_: str) -> list[tuple[str, str]]:
    titles = {
        "coverage": gettext("Canopy map"),
        "maintenance": gettext("Maintenance map"),
        "inspections": gettext("Inspections map"),
    }
    return [(title, url_for("pages.show_map", name=name, town=slug_)) for name, title in titles.items()]


def _downloads(town_name: str) -> list[dict[str, Any]]:
    """Return the layers that a town's page offers, each with a link for every export format."""
    filters = [("town", slugify(town_name))]
    return [{"title": gettext(LAYERS[name].title), "links": export_links(name, filters)} for name in DOWNLOAD_LAYERS]


def _town_statistics(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    work_count = _sum_if_known(values.get(key) for key in NEED_SCALE.numerator_fields)
    has_canopy = values.get("canopy_pct") is not None
    canopy_text = canopy_source_text(values) if has_canopy else gettext("No canopy data covers this town.")
    area_text = gettext("In a town of %(area)s.", area=format_area(values.get("area_m2")))
    closed_text = gettext("%(number)s closed.", number=format_value(values.get("inspections_closed")))
    return [
        (gettext("Canopy"), format_percent(values.get("canopy_pct")), canopy_text),
        (gettext("Parcels"), format_value(values.get("parcels")), gettext("Ground parcels. Stacked units count as one.")),
        (gettext("Trees"), format_value(values.get("trees")), area_text),
        (gettext("Work to do"), format_value(work_count), gettext("Trees and stumps that need removal, pruning, grinding or an arborist's look.")),
        (gettext("Open inspections"), format_value(values.get("inspections_open")), closed_text),
    ]  # fmt: skip


def _late_inspections(reader: Reader, town_name: str, slug_: str, today: date) -> list[tuple[str, str]]:
    """Return the lists of inspections that are overdue, and that may be, each with a link to the map of them."""
    lists = []
    for code, status in params.STATUS_IF_LATE.items():
        query = Query(town=town_name, due_before=today.isoformat(), due_statuses=(status,))
        if count := reader.count("inspections", query, actor=PUBLIC):
            href = url_for("pages.show_map", name="inspections", town=slug_, status=code)
            lists.append((_late_text(code, count), href))
    return lists


def _late_text(code: str, count: int) -> str:
    if code == params.OVERDUE:
        return ngettext("%(count)s inspection is overdue.", "%(count)s inspections are overdue.", count)
    return ngettext(
        "%(count)s inspection of unknown status is past its due date.",
        "%(count)s inspections of unknown status are past their due date.",
        count,
    )


def _condition_context(values: Mapping[str, Any]) -> dict[str, Any]:
    counts = {key: values.get(f"trees_{key}") for key in CONDITION_STYLES}
    total = _sum_if_known(counts.values())
    rows = [
        {
            "label": gettext(text),
            "color": color,
            "count": format_value(counts[key]),
            "share": format_percent(percentage_of(counts[key], total)),
        }
        for key, (text, color) in CONDITION_STYLES.items()
    ]
    stacked_bar = charts.draw_stacked_bar((counts[key] or 0, color) for key, (_, color) in CONDITION_STYLES.items())
    note = gettext("The number of trees is unknown.")
    if total is not None:
        note = ngettext("%(count)s tree inside the town boundary.", "%(count)s trees inside the town boundary.", total)
    return {"conditions": rows, "condition_stack": stacked_bar, "condition_note": note}


def _needs_context(values: Mapping[str, Any]) -> dict[str, Any]:
    counts = {need.code: values.get(f"need_{need.code}") for need in NEED_MARKS}
    total = _sum_if_known(counts.values())
    rows = [
        {
            "mark": need.localize(),
            "count": format_value(counts[need.code]),
            "share": format_percent(percentage_of(counts[need.code], total)),
            "bar": charts.draw_bar(percentage_of(counts[need.code], total), need.color),
        }
        for need in NEED_MARKS
    ]
    note = gettext("The number of trees and sites is unknown.")
    if total is not None:
        note = ngettext("%(count)s tree, stump or vacant site.", "%(count)s trees, stumps and vacant sites.", total)
    return {"needs": rows, "need_note": note}


def _diameter_context(counts: DiameterCounts) -> dict[str, Any] | None:
    """Return the trees by diameter, first the exact ones, then the recorded classes. None where no diameter is known."""
    if not counts.known_count:
        return None
    steps = [(format_diameter_class(low or None, high), count) for (low, high), count in counts.steps]
    classes = [
        (gettext("%(sizes)s, recorded as a class", sizes=format_diameter_class(*ends)), count)
        for ends, count in counts.classes
    ]
    rows = [
        {
            "label": label,
            "count": format_value(count),
            "share": format_percent(percentage_of(count, counts.known_count)),
            "bar": charts.draw_bar(percentage_of(count, counts.known_count), GREEN),
        }
        for label, count in [*steps, *classes]
        if count
    ]
    note = gettext("Trees of known diameter: %(number)s.", number=format_value(counts.known_count))
    if counts.unknown_count:
        unknown_text = format_value(counts.unknown_count)
        note += " " + gettext("Trees of unknown diameter, not in the table: %(number)s.", number=unknown_text)
    return {"rows": rows, "note": note}


def _sum_if_known(numbers: Iterable[int | None]) -> int | None:
    values = list(numbers)
    return None if None in values else sum(number for number in values if number is not None)
