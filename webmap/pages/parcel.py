"""The page of a parcel: what applies there, and what stands on it and in front of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.layers import LAYERS
from geo.naming import slug
from geo.store.protocol import PUBLIC, Query, Reader, Record
from webmap import charts
from webmap.pages.records import (
    governed,
    inspection_rows,
    map_address,
    recorded,
    site_row,
    urgency,
)
from webmap.palette import GREEN
from webmap.words import UNKNOWN, area, bordered, counted, day, percent, told

MOST_UNITS = 500  # links to the other units of a stack; a tower has fewer


def page(reader: Reader, id_: str, today: date) -> dict[str, Any]:
    """Make the page of the parcel `id_`. Raises NoSuchRecord."""
    record = reader.get("parcels", id_, actor=PUBLIC)
    values = record.values
    ground = values.get("ground_id") or id_
    units = _units(reader, record, ground)
    known = addresses(reader, id_)
    return {
        "id": id_,
        "name": values.get("address") or next(iter(known), f"Parcel {id_}"),
        "kind": told(values["kind"], LAYERS["parcels"].by_name["kind"]) if values.get("kind") else "",
        "map_href": map_address("coverage", record, pick=f"parcels/{id_}"),
        "shared": _shared(values),
        "units": [_unit(one) for one in units],
        **governed(reader, record),
        **_applies(values),
        "canopy": canopy(values),
        **_trees(reader, values, ground),
        **_inspections(reader, values, [id_, *(one.id for one in units)], today),
        "recorded": [
            *([("Addresses", "; ".join(known))] if known else []),
            ("Area as drawn", area(values.get("area_m2"))),
            *recorded("parcels", record, leave=("address", "kind")),
        ],
    }  # fmt: skip


def addresses(reader: Reader, id_: str) -> list[str]:
    """Give the addresses that are on record for a parcel, as they are written on a letter."""
    query = Query(where={"parcel_id": (id_,)}, limit=MOST_UNITS)
    told_ = (_written(one.values) for one in reader.query("addresses", query, actor=PUBLIC))
    return list(dict.fromkeys(text for text in told_ if text))


def canopy(values: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a canopy figure with its method, year and denominator."""
    share = values.get("canopy_pct")
    note = "No canopy source covers this ground, so nobody knows."
    if share is not None:
        note = f"{area(values.get('canopy_m2'))} under crowns. {source_of_canopy(values)}"
    return {"text": percent(share), "bar": charts.bar(share, GREEN), "note": note}


def source_of_canopy(values: Mapping[str, Any]) -> str:
    """Tell how and when canopy was measured, and of what it is a share."""
    cell = values.get("canopy_resolution_m")
    parts = [
        f"Method: {values.get('canopy_method') or UNKNOWN}",
        f"year: {values.get('canopy_year') or UNKNOWN}",
        *([f"cells of {cell:g} m"] if cell else []),
        "share of the area that the source covers",
    ]
    return "; ".join(parts) + "."


def _written(values: Mapping[str, Any]) -> str:
    if values.get("address"):
        return str(values["address"])
    low, high = values.get("number"), values.get("number_hi")
    number = f"{low}-{high}" if low and high and high != low else str(low or "")
    parts: list[Any] = [f"{number}{values.get('number_sfx') or ''}"]
    parts += [
        values.get(name) for name in ("frac", "predir", "street", "suffix", "postdir", "unit")
    ]
    return " ".join(str(part) for part in parts if part)


def _units(reader: Reader, record: Record, ground: str) -> list[Record]:
    if (record.values.get("stacked") or 1) < 2:
        return []
    query = Query(where={"ground_id": (ground,)}, limit=MOST_UNITS)
    return list(reader.query("parcels", query, actor=PUBLIC))


def _unit(record: Record) -> dict[str, str]:
    address = record.values.get("address")
    name = f"{record.id}: {address}" if address else record.id
    return {"href": url_for("pages.parcel", id_=record.id), "name": name}


def _shared(values: Mapping[str, Any]) -> str | None:
    stacked = values.get("stacked") or 1
    if stacked < 2:
        return None
    return f"{stacked} parcels share this ground. Canopy, trees and area below are those of the shared lot."


def _applies(values: Mapping[str, Any]) -> dict[str, Any]:
    town, postal = values.get("town"), values.get("postal_city")
    bodies = ("Court hub", "court"), ("Police", "police"), ("Inspecting agency", "inspection")
    further = [("Ward", "ward"), ("Further districts", "districts")]
    told_further = [(name, told(values[key])) for name, key in further if values.get(key)]
    differs = town and postal and slug(postal) != slug(town)
    return {
        "town_note": split(values),
        "applies": [*((name, told(values.get(key))) for name, key in bodies), *told_further],
        "postal": f"Mail is addressed to {postal}, but {town} governs here." if differs else None,
    }


def split(values: Mapping[str, Any]) -> str | None:
    """Tell the shares of a parcel that a border crosses."""
    shares = values.get("town_shares")
    return f"A border crosses this lot: {bordered(shares)}." if shares else None


def _trees(reader: Reader, values: Mapping[str, Any], ground: str) -> dict[str, Any]:
    keys = ("inside_parcel_id", "frontage_parcel_id")
    found = [
        list(reader.query("sites", Query(where={key: (ground,)}), actor=PUBLIC)) for key in keys
    ]
    inside = sorted(found[0], key=urgency)
    held = {record.id for record in inside}
    front = sorted((one for one in found[1] if one.id not in held), key=urgency)
    parts = (values.get("trees_inside"), "inside"), (values.get("trees_front"), "in front")
    note = ", ".join(f"{counted(number, 'tree')} {where}" for number, where in parts)
    return {
        "inside": [site_row(one) for one in inside],
        "front": [site_row(one) for one in front],
        "trees_note": note[0].upper() + note[1:] + ".",
    }


def _inspections(
    reader: Reader, values: Mapping[str, Any], ids: list[str], today: date
) -> dict[str, Any]:
    query = Query(where={"parcel_id": tuple(dict.fromkeys(ids))})
    rows = list(reader.query("inspections", query, actor=PUBLIC))
    open_ = [one for one in rows if one.values.get("status") == "open"]
    rest = [one for one in rows if one.values.get("status") != "open"]
    numbers = (
        f"{counted(values.get('inspections_open'), 'open inspection')}, "
        f"{told(values.get('inspections_closed'))} closed"
    )
    last, due = values.get("inspected_last_on"), values.get("due_next_on")
    return {
        "open": inspection_rows(open_, today.isoformat(), ids[0]),
        "closed": inspection_rows(rest, today.isoformat(), ids[0]),
        "inspections_note": f"{numbers[0].upper()}{numbers[1:]}. "
        f"Last inspected: {day(last)}. Next due: {day(due)}.",
    }
