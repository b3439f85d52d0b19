"""The pages of a tree, a planting site and an inspection.

`webmap.pages.routes` calls `tree_context`, `site_context` and `inspection_context`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC
from webmap.maps.palette import NEED_MARKS, find_mark, inspection_mark
from webmap.pages.record_fields import governing_town, parcel_match_text, record_facts, record_map_url
from webmap.wording import format_date, format_value, inspection_name, location_text, tree_name


def tree_context(reader: Reader, id_: str) -> dict[str, Any]:
    """Return the template context of a tree's page. Raises NoSuchRecord."""
    record = reader.get("trees", id_, actor=PUBLIC)
    site_id = record.values.get("site_id")
    links = [("Site", url_for("pages.show_site", id_=site_id), site_id)] if site_id else []
    return {
        "what": "Tree",
        "id": id_,
        "name": tree_name(record.values),
        "map_href": record_map_url("maintenance", record, pick=f"sites/{site_id}" if site_id else None),
        "recorded": record_facts("trees", record, omit=("common", "site_id", "override_parcel_id")),
        "links": links,
        **governing_town(reader, record),
        **_placement_context(record.values, "trees"),
    }


def site_context(reader: Reader, id_: str) -> dict[str, Any]:
    """Return the template context of a planting site's page. Raises NoSuchRecord."""
    record = reader.get("sites", id_, actor=PUBLIC)
    tree_id = record.values.get("tree_id")
    links = [("Tree", url_for("pages.show_tree", id_=tree_id), tree_name(record.values))] if tree_id else []
    return {
        "what": "Site",
        "id": id_,
        "name": tree_name(record.values),
        "map_href": record_map_url("maintenance", record, pick=f"sites/{id_}"),
        "recorded": record_facts("sites", record, omit=("override_parcel_id",)),
        "links": links,
        **governing_town(reader, record),
        **_placement_context(record.values, "sites"),
    }


def inspection_context(reader: Reader, id_: str, today: date) -> dict[str, Any]:
    """Return the template context of an inspection's page. Raises NoSuchRecord."""
    record = reader.get("inspections", id_, actor=PUBLIC)
    values = record.values
    method_text = {"parcel": "by its parcel number", "address": "by its address", "point": "by where it lies"}
    return {
        "what": "Inspection",
        "id": id_,
        "name": inspection_name(values),
        "mark": inspection_mark(values, today.isoformat()),
        "mark_note": f"Opened {format_date(values.get('opened_on'))}, due {format_date(values.get('due_on'))}.",
        "map_href": record_map_url("inspections", record, pick=f"inspections/{id_}"),
        **governing_town(reader, record),
        "parcels": [("Parcel", values.get("parcel_id"))],
        "found": [
            ("Found", method_text.get(values.get("method") or "", "no lot found")),
            ("Shown", location_text(values)),
        ],
        "found_note": None,
        "recorded": record_facts("inspections", record, omit=("kind", "status")),
        "links": [],
    }


def _placement_context(values: Mapping[str, Any], layer: str) -> dict[str, Any]:
    fields = LAYERS[layer].fields_by_name
    override_id = values.get("override_parcel_id")
    runner_up_id = values.get("runner_up_id")
    return {
        "mark": find_mark(NEED_MARKS, values.get("need")),
        "mark_note": values.get("need_rule"),
        "parcels": [
            ("Belongs to parcel", values.get("frontage_parcel_id")),
            ("Inside parcel", values.get("inside_parcel_id")),
            *([("Next best parcel", runner_up_id)] if runner_up_id else []),
        ],
        "found": [
            ("Found", parcel_match_text(values)),
            ("Distance", format_value(values.get("distance_m"), fields["distance_m"])),
            ("Shown", location_text(values)),
        ],
        "found_note": f"Somebody set the parcel by hand: {override_id}." if override_id else None,
    }
