"""The parcel page: jurisdiction, canopy, trees, inspections and recorded fields.

`webmap.pages.routes.show_parcel` calls `parcel_context`, the entry point.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.address_text import address_text
from geo.language.translate import gettext, ngettext
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.maps.palette import GREEN
from webmap.measures import UNKNOWN, format_area, format_resolution
from webmap.pages.parts import charts
from webmap.pages.parts.inspection_rows import inspection_rows
from webmap.pages.parts.record_fields import governing_town, record_facts, record_map_url, site_row, urgency_key
from webmap.wording import (
    field_label,
    format_date,
    format_percent,
    format_town_shares,
    format_value,
)

MAX_UNITS = 500  # linked units on one ground parcel. No tower has more
BODY_FIELDS = ("court", "police", "inspection")
DISTRICT_FIELDS = ("ward", "districts")


def parcel_context(reader: Reader, id_: str, today: date) -> dict[str, Any]:
    """Return the template context of a parcel's page. Raises NoSuchRecord."""
    record = reader.get("parcels", id_, actor=PUBLIC)
    values = record.values
    ground_id = values.get("ground_id") or id_
    units = _stacked_units(reader, record, ground_id)
    known_addresses = parcel_addresses(reader, id_)
    return {
        "id": id_,
        "name": values.get("address") or next(iter(known_addresses), gettext("Parcel %(id)s", id=id_)),
        "title": _parcel_title(id_, values.get("kind")),
        "map_href": record_map_url("coverage", record, pick=f"parcels/{id_}"),
        "shared": _shared_ground_note(values),
        "units": [_unit_link(unit) for unit in units],
        **governing_town(reader, record),
        **_jurisdiction_context(values),
        "canopy": canopy_summary(values),
        **_trees_context(reader, values, ground_id),
        **_inspections_context(reader, values, [id_, *(unit.id for unit in units)], today),
        "recorded": [
            *([(gettext("Addresses"), "; ".join(known_addresses))] if known_addresses else []),
            (gettext("Area as drawn"), format_area(values.get("area_m2"))),
            *record_facts("parcels", record, omit=("address", "kind")),
        ],
    }  # fmt: skip


def _parcel_title(id_: str, kind: str | None) -> str:
    kind_text = format_value(kind, LAYERS["parcels"].fields_by_name["kind"])
    return gettext("Parcel %(id)s, %(kind)s", id=id_, kind=kind_text) if kind else gettext("Parcel %(id)s", id=id_)


def parcel_addresses(reader: Reader, id_: str) -> list[str]:
    """Return the distinct addresses on record for a parcel, written as on a letter."""
    query = Query(where={"parcel_id": (id_,)}, limit=MAX_UNITS)
    texts = (address_text(record.values) for record in reader.query("addresses", query, actor=PUBLIC))
    return list(dict.fromkeys(text for text in texts if text))


def canopy_summary(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a canopy share as text and bar, with a note on its method, year and denominator.

    >>> canopy_summary({"canopy_pct": None})["note"]
    'No canopy data covers this lot.'
    """
    share = values.get("canopy_pct")
    note = gettext("No canopy data covers this lot.")
    if share is not None:
        area_text = gettext("%(area)s under tree crowns.", area=format_area(values.get("canopy_m2")))
        note = f"{area_text} {canopy_source_text(values)}"
    return {"text": format_percent(share), "bar": charts.draw_bar(share, GREEN), "note": note}


def canopy_source_text(values: Mapping[str, Any]) -> str:
    """Return how and when canopy was measured, and the area that the share refers to.

    >>> canopy_source_text({"canopy_method": "lidar", "canopy_year": 2020, "canopy_resolution_m": 1.0})
    'Method: lidar. Year: 2020. Cell size: 3.3 ft (1 m). The percentage is of the area that the canopy data covers.'
    """
    unknown, cell_m = gettext(UNKNOWN), values.get("canopy_resolution_m")
    sentences = [
        gettext("Method: %(method)s.", method=values.get("canopy_method") or unknown),
        gettext("Year: %(year)s.", year=values.get("canopy_year") or unknown),
        *([gettext("Cell size: %(size)s.", size=format_resolution(cell_m))] if cell_m else []),
        gettext("The percentage is of the area that the canopy data covers."),
    ]
    return " ".join(sentences)


def _stacked_units(reader: Reader, record: Record, ground_id: str) -> list[Record]:
    if (record.values.get("stacked") or 1) < 2:
        return []
    query = Query(where={"ground_id": (ground_id,)}, limit=MAX_UNITS)
    return list(reader.query("parcels", query, actor=PUBLIC))


def _unit_link(record: Record) -> dict[str, str]:
    address = record.values.get("address")
    name = f"{record.id}, {address}" if address else record.id
    return {"href": url_for("pages.show_parcel", id_=record.id), "name": name}


def _shared_ground_note(values: Mapping[str, Any]) -> str | None:
    stacked = values.get("stacked") or 1
    if stacked < 2:
        return None
    return ngettext(
        "%(count)s parcel shares this ground. Canopy, trees and area are those of the shared lot.",
        "%(count)s parcels share this ground. Canopy, trees and area are those of the shared lot.",
        stacked,
    )


def _jurisdiction_context(values: Mapping[str, Any]) -> dict[str, Any]:
    from geo.geocode import postal_city_note  # noqa: PLC0415 - a server that only draws maps needs none

    fields = LAYERS["parcels"].fields_by_name
    bodies = [(field_label(fields[name]), format_value(values.get(name))) for name in BODY_FIELDS]
    districts = [
        (field_label(fields[name]), format_value(values[name])) for name in DISTRICT_FIELDS if values.get(name)
    ]
    return {
        "town_note": town_shares_note(values),
        "applies": [*bodies, *districts],
        "postal": postal_city_note(values.get("postal_city"), values.get("town")),
    }


def town_shares_note(values: Mapping[str, Any]) -> str | None:
    """Return a note on the shares of a parcel that a town boundary crosses. None for all others.

    >>> town_shares_note({"town_shares": "Normandy 0.62; Bel-Nor 0.38"})
    'A town boundary crosses this lot: 62% Normandy, 38% Bel-Nor.'
    """
    shares = values.get("town_shares")
    if not shares:
        return None
    return gettext("A town boundary crosses this lot: %(shares)s.", shares=format_town_shares(shares))


def _trees_context(reader: Reader, values: Mapping[str, Any], ground_id: str) -> dict[str, Any]:
    keys = ("inside_parcel_id", "frontage_parcel_id")
    site_lists = [list(reader.query("sites", Query(where={key: (ground_id,)}), actor=PUBLIC)) for key in keys]
    inside = sorted(site_lists[0], key=urgency_key)
    inside_ids = {record.id for record in inside}
    front = sorted((site for site in site_lists[1] if site.id not in inside_ids), key=urgency_key)
    return {
        "inside": [site_row(site) for site in inside],
        "front": [site_row(site) for site in front],
        "trees_note": _trees_note(values.get("trees_inside"), values.get("trees_front")),
    }


def _trees_note(inside: int | None, front: int | None) -> str:
    """Return the numbers of trees inside a lot and in front of it.

    >>> _trees_note(1, 3), _trees_note(0, None)
    ('1 tree inside the lot. 3 trees in front of it.', '0 trees inside the lot. Trees in front of it: unknown.')
    """
    inside_text = gettext("Trees inside the lot: unknown.")
    if inside is not None:
        inside_text = ngettext("%(count)s tree inside the lot.", "%(count)s trees inside the lot.", inside)
    front_text = gettext("Trees in front of it: unknown.")
    if front is not None:
        front_text = ngettext("%(count)s tree in front of it.", "%(count)s trees in front of it.", front)
    return f"{inside_text} {front_text}"


def _inspections_context(reader: Reader, values: Mapping[str, Any], ids: list[str], today: date) -> dict[str, Any]:
    query = Query(where={"parcel_id": tuple(dict.fromkeys(ids))})
    records = list(reader.query("inspections", query, actor=PUBLIC))
    return {"inspections": inspection_rows(records, today, ids[0]), "inspections_note": _inspections_note(values)}


def _inspections_note(values: Mapping[str, Any]) -> str:
    """Return the numbers of open and closed inspections, the last one and the next due date.

    >>> _inspections_note({"inspections_open": 1, "inspections_closed": 0, "inspected_last_on": "2026-03-02"})
    '1 open inspection. 0 closed inspections. Last inspected: Mar 2, 2026. Next due: unknown.'
    """
    open_count, closed_count = values.get("inspections_open"), values.get("inspections_closed")
    if open_count is None or closed_count is None:
        return gettext("The number of inspections is unknown.")
    sentences = [
        ngettext("%(count)s open inspection.", "%(count)s open inspections.", open_count),
        ngettext("%(count)s closed inspection.", "%(count)s closed inspections.", closed_count),
        gettext("Last inspected: %(date)s.", date=format_date(values.get("inspected_last_on"))),
        gettext("Next due: %(date)s.", date=format_date(values.get("due_next_on"))),
    ]
    has_dates = (True, True, open_count + closed_count > 0, open_count > 0)
    return " ".join(sentence for sentence, is_shown in zip(sentences, has_dates, strict=True) if is_shown)
