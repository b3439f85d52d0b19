"""The parcel page: jurisdiction, canopy, trees, inspections and recorded fields.

`webmap.pages.routes.show_parcel` calls `parcel_context`, the entry point.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.identifiers import slugify
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.maps.palette import GREEN
from webmap.pages import charts
from webmap.pages.record_fields import (
    governing_town,
    inspection_rows,
    record_facts,
    record_map_url,
    site_row,
    urgency_key,
)
from webmap.wording import (
    UNKNOWN,
    format_area,
    format_count,
    format_date,
    format_percent,
    format_town_shares,
    format_value,
)

MAX_UNITS = 500  # linked units on one ground parcel. No tower has more


def parcel_context(reader: Reader, id_: str, today: date) -> dict[str, Any]:
    """Return the template context of a parcel's page. Raises NoSuchRecord."""
    record = reader.get("parcels", id_, actor=PUBLIC)
    values = record.values
    ground_id = values.get("ground_id") or id_
    units = _stacked_units(reader, record, ground_id)
    known_addresses = parcel_addresses(reader, id_)
    return {
        "id": id_,
        "name": values.get("address") or next(iter(known_addresses), f"Parcel {id_}"),
        "kind": format_value(values["kind"], LAYERS["parcels"].fields_by_name["kind"]) if values.get("kind") else "",
        "map_href": record_map_url("coverage", record, pick=f"parcels/{id_}"),
        "shared": _shared_ground_note(values),
        "units": [_unit_link(unit) for unit in units],
        **governing_town(reader, record),
        **_jurisdiction_context(values),
        "canopy": canopy_summary(values),
        **_trees_context(reader, values, ground_id),
        **_inspections_context(reader, values, [id_, *(unit.id for unit in units)], today),
        "recorded": [
            *([("Addresses", "; ".join(known_addresses))] if known_addresses else []),
            ("Area as drawn", format_area(values.get("area_m2"))),
            *record_facts("parcels", record, omit=("address", "kind")),
        ],
    }  # fmt: skip


def parcel_addresses(reader: Reader, id_: str) -> list[str]:
    """Return the distinct addresses on record for a parcel, written as on a letter."""
    query = Query(where={"parcel_id": (id_,)}, limit=MAX_UNITS)
    texts = (_address_text(record.values) for record in reader.query("addresses", query, actor=PUBLIC))
    return list(dict.fromkeys(text for text in texts if text))


def canopy_summary(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a canopy share as text and bar, with a note on its method, year and denominator.

    >>> canopy_summary({"canopy_pct": None})["note"]
    'No canopy source covers this ground, so nobody knows.'
    """
    share = values.get("canopy_pct")
    note = "No canopy source covers this ground, so nobody knows."
    if share is not None:
        note = f"{format_area(values.get('canopy_m2'))} under crowns. {canopy_source_text(values)}"
    return {"text": format_percent(share), "bar": charts.draw_bar(share, GREEN), "note": note}


def canopy_source_text(values: Mapping[str, Any]) -> str:
    """Return how and when canopy was measured, and the area that the share refers to.

    >>> canopy_source_text({"canopy_method": "lidar", "canopy_year": 2020, "canopy_resolution_m": 1.0})
    'Method: lidar; year: 2020; cells of 1 m; share of the area that the source covers.'
    """
    cell = values.get("canopy_resolution_m")
    parts = [
        f"Method: {values.get('canopy_method') or UNKNOWN}",
        f"year: {values.get('canopy_year') or UNKNOWN}",
        *([f"cells of {cell:g} m"] if cell else []),
        "share of the area that the source covers",
    ]
    return "; ".join(parts) + "."


def _address_text(values: Mapping[str, Any]) -> str:
    if values.get("address"):
        return str(values["address"])
    low, high = values.get("number"), values.get("number_hi")
    number = f"{low}-{high}" if low and high and high != low else str(low or "")
    parts: list[Any] = [f"{number}{values.get('number_sfx') or ''}"]
    parts += [values.get(name) for name in ("frac", "predir", "street", "suffix", "postdir", "unit")]
    return " ".join(str(part) for part in parts if part)


def _stacked_units(reader: Reader, record: Record, ground_id: str) -> list[Record]:
    if (record.values.get("stacked") or 1) < 2:
        return []
    query = Query(where={"ground_id": (ground_id,)}, limit=MAX_UNITS)
    return list(reader.query("parcels", query, actor=PUBLIC))


def _unit_link(record: Record) -> dict[str, str]:
    address = record.values.get("address")
    name = f"{record.id}: {address}" if address else record.id
    return {"href": url_for("pages.show_parcel", id_=record.id), "name": name}


def _shared_ground_note(values: Mapping[str, Any]) -> str | None:
    stacked = values.get("stacked") or 1
    if stacked < 2:
        return None
    return f"{stacked} parcels share this ground. Canopy, trees and area below are those of the shared lot."


def _jurisdiction_context(values: Mapping[str, Any]) -> dict[str, Any]:
    town, postal = values.get("town"), values.get("postal_city")
    bodies = ("Court hub", "court"), ("Police", "police"), ("Inspecting agency", "inspection")
    district_keys = [("Ward", "ward"), ("Further districts", "districts")]
    districts = [(name, format_value(values[key])) for name, key in district_keys if values.get(key)]
    differs = town and postal and slugify(postal) != slugify(town)
    return {
        "town_note": town_shares_note(values),
        "applies": [*((name, format_value(values.get(key))) for name, key in bodies), *districts],
        "postal": f"Mail is addressed to {postal}, but {town} governs here." if differs else None,
    }


def town_shares_note(values: Mapping[str, Any]) -> str | None:
    """Return a note on the shares of a parcel that a town boundary crosses. None for all others.

    >>> town_shares_note({"town_shares": "Normandy 0.62; Bel-Nor 0.38"})
    'A border crosses this lot: 62 % Normandy, 38 % Bel-Nor.'
    """
    shares = values.get("town_shares")
    return f"A border crosses this lot: {format_town_shares(shares)}." if shares else None


def _trees_context(reader: Reader, values: Mapping[str, Any], ground_id: str) -> dict[str, Any]:
    keys = ("inside_parcel_id", "frontage_parcel_id")
    site_lists = [list(reader.query("sites", Query(where={key: (ground_id,)}), actor=PUBLIC)) for key in keys]
    inside = sorted(site_lists[0], key=urgency_key)
    inside_ids = {record.id for record in inside}
    front = sorted((site for site in site_lists[1] if site.id not in inside_ids), key=urgency_key)
    parts = (values.get("trees_inside"), "inside"), (values.get("trees_front"), "in front")
    note = ", ".join(f"{format_count(number, 'tree')} {where}" for number, where in parts)
    return {
        "inside": [site_row(site) for site in inside],
        "front": [site_row(site) for site in front],
        "trees_note": note[0].upper() + note[1:] + ".",
    }


def _inspections_context(reader: Reader, values: Mapping[str, Any], ids: list[str], today: date) -> dict[str, Any]:
    query = Query(where={"parcel_id": tuple(dict.fromkeys(ids))})
    records = list(reader.query("inspections", query, actor=PUBLIC))
    open_records = [record for record in records if record.values.get("status") == "open"]
    other_records = [record for record in records if record.values.get("status") != "open"]
    counts_text = (
        f"{format_count(values.get('inspections_open'), 'open inspection')}, "
        f"{format_value(values.get('inspections_closed'))} closed"
    )
    last_inspected_on, next_due_on = values.get("inspected_last_on"), values.get("due_next_on")
    return {
        "open": inspection_rows(open_records, today.isoformat(), ids[0]),
        "closed": inspection_rows(other_records, today.isoformat(), ids[0]),
        "inspections_note": f"{counts_text[0].upper()}{counts_text[1:]}. "
        f"Last inspected: {format_date(last_inspected_on)}. Next due: {format_date(next_due_on)}.",
    }
