"""The town page: figures, districts, trees by condition, need and species, and downloads.

`webmap.pages.routes` calls `town_context`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from geo.errors import NoSuchRecord
from geo.forestry.diversity import TaxonCounts
from geo.identifiers import slugify
from geo.in_force import is_in_force
from geo.language.translate import gettext, gettext_noop, ngettext
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.maps.palette import CONDITION_STYLES, GREEN, NEED_MARKS, NEED_SCALE
from webmap.measures import format_area
from webmap.pages.district_page import serving_districts
from webmap.pages.parcel_page import canopy_source_text
from webmap.pages.parts import charts
from webmap.pages.parts.export_links import export_links
from webmap.state.app_state import AppState
from webmap.wording import capitalize_first, format_date, format_percent, format_value, percentage_of

DOWNLOAD_LAYERS = ("parcels", "trees", "sites", "inspections")


@dataclass(frozen=True, slots=True)
class TaxonTexts:
    """The texts of a table of species or genera. `threshold` is the percentage of the rule of thumb."""

    title: str
    noun: str
    threshold: int
    known: str
    unknown: str
    rule: str


SPECIES_TEXTS = TaxonTexts(
    gettext_noop("Most frequent species"),
    gettext_noop("Species"),
    10,
    gettext_noop("Trees of known species: %(number)s."),
    gettext_noop("Trees of unknown species, not in the table: %(number)s."),
    gettext_noop("A common rule of thumb: no species should be more than %(percent)s%% of the trees."),
)
GENUS_TEXTS = TaxonTexts(
    gettext_noop("Most frequent genera"),
    gettext_noop("Genus"),
    20,
    gettext_noop("Trees of known genus: %(number)s."),
    gettext_noop("Trees of unknown genus, not in the table: %(number)s."),
    gettext_noop("A common rule of thumb: no genus should be more than %(percent)s%% of the trees."),
)


def town_context(state: AppState, slug_: str, today: date) -> dict[str, Any]:
    """Return the template context of a town's page. Raises NoSuchRecord."""
    town = _find_town(state.reader, slug_, today)
    values = town.values
    is_current = is_in_force(town, today)
    # A later town may have the same name, and trees know only the name.
    species, genera = state.species_and_genera(values["name"]) if is_current else (None, None)
    return {
        "name": values["name"],
        "kind": capitalize_first(
            format_value(values.get("kind") or "town", LAYERS["municipalities"].fields_by_name["kind"])
        ),
        "past": None if is_current else _past_town_note(values, today),
        "map_hrefs": _map_links(slug_) if is_current else [],
        "downloads": _downloads(values["name"]) if is_current else [],
        "has_figures": is_current or values.get("parcels") is not None,
        "figures": _town_statistics(values),
        "serving_districts": serving_districts(state, town, today),
        **_condition_context(values),
        **_needs_context(values),
        "diversity": [
            _diversity_group(texts, taxon_counts, is_known=values.get("trees") is not None)
            for texts, taxon_counts in ((SPECIES_TEXTS, species), (GENUS_TEXTS, genera))
            if taxon_counts is not None
        ],
    }


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


def _diversity_group(texts: TaxonTexts, taxon_counts: TaxonCounts, *, is_known: bool) -> dict[str, Any]:
    """Return the most frequent taxa of a town. Without any tree, the count is unknown unless `is_known`."""
    known_count, threshold = taxon_counts.known_count, texts.threshold
    full_scale = max(2 * threshold, 100 * taxon_counts.top[0][1] / known_count) if known_count else 100
    rows = [
        {
            "label": name,
            "count": format_value(count),
            "share": format_percent(percentage_of(count, known_count)),
            "bar": charts.draw_bar(
                percentage_of(count, known_count), GREEN, full_scale=full_scale, threshold=threshold
            ),
        }
        for name, count in taxon_counts.top
    ]
    known_text = format_value(known_count if known_count or is_known else None)
    sentences = [
        gettext(texts.known, number=known_text),
        *(
            [gettext(texts.unknown, number=format_value(taxon_counts.unknown_count))]
            if taxon_counts.unknown_count
            else []
        ),
        *([gettext(texts.rule, percent=threshold)] if known_count else []),
    ]
    return {"title": gettext(texts.title), "noun": gettext(texts.noun), "rows": rows, "note": " ".join(sentences)}


def _sum_if_known(numbers: Iterable[int | None]) -> int | None:
    values = list(numbers)
    return None if None in values else sum(number for number in values if number is not None)
