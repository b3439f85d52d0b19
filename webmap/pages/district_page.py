"""The page of a district, such as a police body or a court hub, and the districts that serve a town.

`webmap.pages.routes` calls `district_context`. `webmap.pages.town_page` calls `serving_districts`.
"""

from collections.abc import Mapping
from datetime import date
from math import floor, log2
from typing import Any

from flask import url_for

from geo.crs import Bbox
from geo.identifiers import slugify
from geo.in_force import is_in_force
from geo.language.translate import gettext, gettext_noop
from geo.store.protocol import Reader
from geo.store.records import Record
from webmap import source_notes
from webmap.state.app_state import AppState
from webmap.state.district_list import DistrictRows, Service, find_district, find_services, read_districts
from webmap.state.town_list import town_names_by_slug, towns_in_force
from webmap.wording import format_date

KIND_LABELS = {
    "police": gettext_noop("Police"),
    "court": gettext_noop("Court hub"),
    "inspection": gettext_noop("Inspecting agency"),
    "ward": gettext_noop("Ward"),
}
TOWN_PAGE_KINDS = ("police", "court")
MIN_ZOOM, MAX_ZOOM = 9, 17  # of the map that a district's page opens


def district_context(state: AppState, id_: str, today: date) -> dict[str, Any]:
    """Return the template context of a district's page. Raises NoSuchRecord. `id_` may be that of a row."""
    districts = read_districts(state.reader)
    district = find_district(districts, id_)
    services = find_services(state.reader, districts.values(), district.kind, today)
    illustrative = source_notes.illustrative_sources(state.status, "districts")
    rows = [_town_row(service, illustrative) for service in services if service.district == district]
    bbox = district.bbox_on(today)
    return {
        "id": district.id,
        "name": district.name,
        "kind": district_label(slugify(district.kind)),
        "past": _past_note(district, today),
        "map_href": _map_url(bbox) if bbox else None,
        "towns": [*rows, *_other_listed_towns(state.reader, district, today, illustrative)],
        "earlier": _earlier_towns(state.reader, district, today),
        "sources": _source_lines(state, district),
    }


def district_label(kind_slug: str) -> str:
    """Return the kind of a district as text.

    >>> district_label("court"), district_label("fire-district")
    ('Court hub', 'Fire district')
    """
    text = kind_slug.replace("-", " ")
    return gettext(KIND_LABELS[kind_slug]) if kind_slug in KIND_LABELS else text[:1].upper() + text[1:]


def serving_districts(state: AppState, town: Record, today: date) -> list[dict[str, Any]]:
    """Return a line for each kind in `TOWN_PAGE_KINDS`: the districts that serve a town, none where unknown.

    For a town that has ended, they are those of its last day.
    """
    day = today if is_in_force(town, today) else date.fromisoformat(town.values.get("valid_to") or today.isoformat())
    districts = read_districts(state.reader).values()
    illustrative = source_notes.illustrative_sources(state.status, "districts")
    name = str(town.values["name"])
    return [
        {
            "label": district_label(kind),
            "bodies": [
                _body_link(service, illustrative)
                for service in find_services(state.reader, districts, kind, day, town=name)
            ],
        }
        for kind in TOWN_PAGE_KINDS
    ]


def _body_link(service: Service, illustrative: set[str]) -> dict[str, str]:
    district = service.district
    href = url_for("pages.show_district", id_=district.id)
    return {"name": district.name, "href": href, "note": _illustrative_note(service.row, district.name, illustrative)}


def _illustrative_note(row: Record, name: str, illustrative: set[str]) -> str:
    """Return a note on a row from an illustrative source, "" if there is none or the name says it."""
    is_said = "illustrative" in name.lower()
    return gettext("illustrative") if row.source in illustrative and not is_said else ""


def _town_row(service: Service, illustrative: set[str]) -> dict[str, str | None]:
    href = url_for("pages.show_town", slug_=slugify(service.town))
    return {"name": service.town, "href": href, "note": _illustrative_note(service.row, "", illustrative)}


def _other_listed_towns(
    reader: Reader, district: DistrictRows, today: date, illustrative: set[str]
) -> list[dict[str, str | None]]:
    """Return the listed towns that are not in force: not loaded, or merged since."""
    in_force = {slugify(town.values["name"]) for town in towns_in_force(reader, today)}
    listed = {str(row.values["town"]): row for row in district.rows_on(today) if row.values.get("town")}
    return [
        {
            "name": name,
            "href": _town_href(reader, name),
            "note": _illustrative_note(row, "", illustrative),
        }
        for name, row in sorted(listed.items())
        if slugify(name) not in in_force
    ]


def _earlier_towns(reader: Reader, district: DistrictRows, today: date) -> list[dict[str, str | None]]:
    """Return the listed towns that the district no longer serves, or does not serve yet."""
    return [
        {
            "name": str(row.values["town"]),
            "href": _town_href(reader, str(row.values["town"])),
            "note": _validity_text(row.values),
        }
        for row in district.rows
        if row.values.get("town") and not is_in_force(row, today)
    ]


def _town_href(reader: Reader, name: str) -> str | None:
    """Return the page of a town, None for a town that is not loaded."""
    slug_ = slugify(name)
    return url_for("pages.show_town", slug_=slug_) if slug_ in town_names_by_slug(reader) else None


def _validity_text(values: Mapping[str, Any]) -> str:
    begin, end = values.get("valid_from"), values.get("valid_to")
    if begin and end:
        return gettext("from %(begin)s to %(end)s", begin=format_date(begin), end=format_date(end))
    if end:
        return gettext("until %(end)s", end=format_date(end))
    return gettext("from %(begin)s", begin=format_date(begin))


def _past_note(district: DistrictRows, today: date) -> str | None:
    """Return a note for a district without a row in force today."""
    if district.rows_on(today):
        return None
    periods = list(dict.fromkeys(_validity_text(row.values) for row in district.rows))
    return gettext("This district is not in force today. It was on record %(periods)s.", periods="; ".join(periods))


def _source_lines(state: AppState, district: DistrictRows) -> list[str]:
    """Return a line for each source of the district's rows: name, date, license and method."""
    names = {row.source for row in district.rows}
    sources = [source for source in source_notes.layer_sources(state.status, "districts") if source["name"] in names]
    return [source_notes.source_line(source) for source in sources]


def _map_url(bbox: Bbox) -> str:
    """Return the map that shows a bounding box in degrees."""
    width = max(bbox.east - bbox.west, bbox.north - bbox.south, 1e-6)
    zoom = min(MAX_ZOOM, max(MIN_ZOOM, floor(log2(720 / width))))  # about two tiles of 256 pixels
    lat, lon = (bbox.south + bbox.north) / 2, (bbox.west + bbox.east) / 2
    return url_for("pages.show_map", name="coverage", at=f"{zoom}/{lat:.6f}/{lon:.6f}")
