"""The pages of a tree, a planting site and an inspection.

`webmap.pages.routes` calls `tree_context`, `site_context` and `inspection_context`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.language.translate import gettext, gettext_noop
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC
from webmap.maps.palette import NEED_MARKS, find_mark
from webmap.pages.parts.inspection_rows import aged_mark, closed_text, is_open
from webmap.pages.parts.record_fields import governing_town, parcel_match_text, record_facts, record_map_url
from webmap.wording import (
    capitalize_first,
    format_date,
    format_value,
    inspection_name,
    location_text,
    tree_diameter_text,
    tree_name,
)

# How the parcel of an inspection was found, by its `method`.
INSPECTION_METHOD_TEXT = {
    "parcel": gettext_noop("by its parcel number"),
    "address": gettext_noop("by its address"),
    "point": gettext_noop("by its location"),
}

ISO_DAY_PATTERN = re.compile(r"(?<![^ ])(\d{4}-\d{2}-\d{2}) ")  # before each earlier row of a case


def tree_context(reader: Reader, id_: str) -> dict[str, Any]:
    """Return the template context of a tree's page. Raises NoSuchRecord."""
    record = reader.get("trees", id_, actor=PUBLIC)
    site_id = record.values.get("site_id")
    links = [(gettext("Site"), url_for("pages.show_site", id_=site_id), site_id)] if site_id else []
    diameter_text = tree_diameter_text(record.values)
    return {
        "title": gettext("Tree %(id)s", id=id_),
        "name": tree_name(record.values),
        "map_href": record_map_url("maintenance", record, pick=f"sites/{site_id}" if site_id else None),
        "recorded": record_facts(
            "trees",
            record,
            omit=("common", "site_id", "override_parcel_id", "dbh_low_in", "dbh_high_in"),
            replaced={"dbh_in": diameter_text} if diameter_text else None,
        ),
        "links": links,
        **governing_town(reader, record),
        **_placement_context(record.values, "trees"),
    }


def site_context(reader: Reader, id_: str) -> dict[str, Any]:
    """Return the template context of a planting site's page. Raises NoSuchRecord."""
    record = reader.get("sites", id_, actor=PUBLIC)
    tree_id = record.values.get("tree_id")
    links = [(gettext("Tree"), url_for("pages.show_tree", id_=tree_id), tree_name(record.values))] if tree_id else []
    return {
        "title": gettext("Site %(id)s", id=id_),
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
    method_text = INSPECTION_METHOD_TEXT.get(values.get("method") or "", gettext_noop("no lot found"))
    texts = {"closed_on": closed_text(values)} if is_open(values) else {}
    if values.get("history"):
        texts["history"] = _history_text(values["history"])
    parcel_address = values.get("parcel_address")
    omitted = ("kind", "status", *(name for name in ("status_word", "history") if not values.get(name)))
    return {
        "title": gettext("Inspection %(id)s", id=id_),
        "name": inspection_name(values),
        "address": values.get("address") or parcel_address,
        "mark": aged_mark(values, today),
        "mark_note": _dates_text(values),
        "map_href": record_map_url("inspections", record, pick=f"inspections/{id_}"),
        **governing_town(reader, record),
        "parcels": [(gettext("Parcel"), values.get("parcel_id"))],
        "found": [
            *([(gettext("Address of the lot"), parcel_address)] if parcel_address else []),
            (gettext("Lot found"), capitalize_first(gettext(method_text))),
            (gettext("On the map"), capitalize_first(location_text(values))),
        ],
        "found_note": None,
        "recorded": record_facts("inspections", record, omit=omitted, replaced=texts),
        "links": [],
    }


def _history_text(history: str) -> str:
    """Return the earlier rows of a case with their days as pages write them.

    >>> _history_text("2026-03-02 Open; 2026-03-09 Notice sent")
    'Mar 2, 2026: Open; Mar 9, 2026: Notice sent'
    """
    return ISO_DAY_PATTERN.sub(lambda match: f"{format_date(match.group(1))}: ", history)


def _dates_text(values: Mapping[str, Any]) -> str:
    """Return when a case was opened and is due, and whether an open case is not closed yet.

    >>> _dates_text({"status": "open", "opened_on": "2026-10-17", "due_on": "2026-11-30"})
    'Opened Oct 17, 2026, due Nov 30, 2026. Not closed yet.'
    """
    opened, due = format_date(values.get("opened_on")), format_date(values.get("due_on"))
    if is_open(values):
        return gettext("Opened %(opened)s, due %(due)s. Not closed yet.", opened=opened, due=due)
    return gettext("Opened %(opened)s, due %(due)s.", opened=opened, due=due)


def _placement_context(values: Mapping[str, Any], layer: str) -> dict[str, Any]:
    fields = LAYERS[layer].fields_by_name
    override_id = values.get("override_parcel_id")
    need_rule, runner_up_id = values.get("need_rule"), values.get("runner_up_id")
    return {
        "mark": find_mark(NEED_MARKS, values.get("need")),
        "mark_note": gettext(need_rule) if need_rule else None,
        "parcels": [
            (gettext("Belongs to parcel"), values.get("frontage_parcel_id")),
            (gettext("Inside parcel"), values.get("inside_parcel_id")),
            *([(gettext("Next best parcel"), runner_up_id)] if runner_up_id else []),
        ],
        "found": [
            (gettext("Lot found"), parcel_match_text(values)),
            (gettext("Distance to the lot"), format_value(values.get("distance_m"), fields["distance_m"])),
            (gettext("On the map"), capitalize_first(location_text(values))),
        ],
        "found_note": gettext("The parcel was set by hand: %(id)s.", id=override_id) if override_id else None,
    }
