"""The page of a tree, of a site, and of an inspection."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.layers import LAYERS
from geo.store.protocol import PUBLIC, Reader
from webmap.pages.records import (
    found,
    governed,
    inspection_name,
    map_address,
    placed,
    recorded,
    status_mark,
    tree_name,
)
from webmap.palette import NEEDS, mark
from webmap.words import day, told


def tree(reader: Reader, id_: str) -> dict[str, Any]:
    """Make the page of a tree. Raises NoSuchRecord."""
    record = reader.get("trees", id_, actor=PUBLIC)
    site = record.values.get("site_id")
    links = [("Site", url_for("pages.site", id_=site), site)] if site else []
    return {
        "what": "Tree",
        "id": id_,
        "name": tree_name(record.values),
        "map_href": map_address("maintenance", record, pick=f"sites/{site}" if site else None),
        "recorded": recorded("trees", record, leave=("common", "site_id", "override_parcel_id")),
        "links": links,
        **governed(reader, record),
        **_standing(record.values, "trees"),
    }


def site(reader: Reader, id_: str) -> dict[str, Any]:
    """Make the page of a site: a place where a tree stands, stood or can stand."""
    record = reader.get("sites", id_, actor=PUBLIC)
    stands = record.values.get("tree_id")
    links = (
        [("Tree", url_for("pages.tree", id_=stands), tree_name(record.values))] if stands else []
    )
    return {
        "what": "Site",
        "id": id_,
        "name": tree_name(record.values),
        "map_href": map_address("maintenance", record, pick=f"sites/{id_}"),
        "recorded": recorded("sites", record, leave=("override_parcel_id",)),
        "links": links,
        **governed(reader, record),
        **_standing(record.values, "sites"),
    }


def inspection(reader: Reader, id_: str, today: date) -> dict[str, Any]:
    """Make the page of an inspection. Raises NoSuchRecord."""
    record = reader.get("inspections", id_, actor=PUBLIC)
    values = record.values
    how = {
        "parcel": "by its parcel number",
        "address": "by its address",
        "point": "by where it lies",
    }
    return {
        "what": "Inspection",
        "id": id_,
        "name": inspection_name(values),
        "mark": status_mark(values, today.isoformat()),
        "mark_note": f"Opened {day(values.get('opened_on'))}, due {day(values.get('due_on'))}.",
        "map_href": map_address("inspections", record, pick=f"inspections/{id_}"),
        **governed(reader, record),
        "parcels": [("Parcel", values.get("parcel_id"))],
        "found": [
            ("Found", how.get(values.get("method") or "", "no lot found")),
            ("Shown", placed(values)),
        ],
        "found_note": None,
        "recorded": recorded("inspections", record, leave=("kind", "status")),
        "links": [],
    }


def _standing(values: Mapping[str, Any], layer: str) -> dict[str, Any]:
    fields = LAYERS[layer].by_name
    override = values.get("override_parcel_id")
    runner = values.get("runner_up_id")
    return {
        "mark": mark(NEEDS, values.get("need")),
        "mark_note": values.get("need_rule"),
        "parcels": [
            ("Belongs to parcel", values.get("frontage_parcel_id")),
            ("Inside parcel", values.get("inside_parcel_id")),
            *([("Next best parcel", runner)] if runner else []),
        ],
        "found": [
            ("Found", found(values)),
            ("Distance", told(values.get("distance_m"), fields["distance_m"])),
            ("Shown", placed(values)),
        ],
        "found_note": f"Somebody set the parcel by hand: {override}." if override else None,
    }
