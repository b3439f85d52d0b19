"""The page of a record that was deleted: when and why, and where to go from there.

`webmap.pages.routes` calls `deleted_context` when a record is not found.
"""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.errors import NoSuchRecord
from geo.language.translate import gettext, gettext_noop
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record, Tombstone
from webmap.api.record_json import record_page_url
from webmap.pages.parts.record_fields import record_map_url
from webmap.wording import format_date, inspection_name, tree_name

MAX_NOTES = 20  # the latest notes on a tree, among which the one on its removal is looked for
MAX_SUCCESSORS = 10  # parcels that one former parcel was split into
TITLES = {
    "parcels": gettext_noop("Parcel %(id)s"),
    "trees": gettext_noop("Tree %(id)s"),
    "sites": gettext_noop("Site %(id)s"),
    "inspections": gettext_noop("Inspection %(id)s"),
}
REASON_TEXT = {
    "removed": gettext_noop("A crew reported on %(date)s that this tree was removed."),
    "deleted": gettext_noop("This record was deleted on %(date)s."),
    "vanished": gettext_noop("The file of %(source)s that was loaded on %(date)s no longer has this record."),
    "unloaded": gettext_noop("This record was taken out on %(date)s, with all data of %(source)s."),
}
HEADINGS = {
    "removed": gettext_noop("Tree removed"),
    "deleted": gettext_noop("Deleted"),
    "vanished": gettext_noop("No longer on record"),
    "unloaded": gettext_noop("No longer on record"),
}
MAP_OF_LAYER = {"parcels": "coverage", "trees": "maintenance", "sites": "maintenance", "inspections": "inspections"}


def deleted_context(reader: Reader, layer: str, id_: str) -> dict[str, Any] | None:
    """Return the template context for a deleted record. None if the id was never on record."""
    tombstone = reader.find_tombstone(layer, id_, actor=PUBLIC) if layer in TITLES else None
    if tombstone is None:
        return None
    reason = _deletion_reason(reader, tombstone)
    reason_text = gettext(REASON_TEXT[reason], date=format_date(tombstone.deleted_on), source=tombstone.source)
    return {
        "title": gettext(TITLES[layer], id=id_),
        "heading": gettext(HEADINGS[reason]),
        "name": _record_name(layer, tombstone.values),
        "address": tombstone.values.get("address"),
        "reason": reason_text,
        "links": _onward_links(reader, tombstone),
    }


def renumbered_parcels(reader: Reader, old_id: str) -> list[str]:
    """Return the ids of the parcels that had a number before, at most `MAX_SUCCESSORS`."""
    query = Query(where={"old_id": (old_id,)}, limit=MAX_SUCCESSORS)
    return [record.id for record in reader.query("parcels", query, actor=PUBLIC) if record.id != old_id]


def _deletion_reason(reader: Reader, tombstone: Tombstone) -> str:
    """Return the reason of a tombstone, "removed" for a tree that a crew reported as removed."""
    notes = reader.read_notes(tombstone.layer, tombstone.id, limit=MAX_NOTES) if tombstone.layer == "trees" else []
    is_removed = tombstone.reason == "deleted" and any(note.work == "remove" for note in notes)
    return "removed" if is_removed else tombstone.reason


def _record_name(layer: str, values: Mapping[str, Any]) -> str | None:
    if layer == "parcels":
        return None
    return inspection_name(values) if layer == "inspections" else tree_name(values)


def _onward_links(reader: Reader, tombstone: Tombstone) -> list[tuple[str, str]]:
    """Return links as (text, URL): the record that stays, a search by address, and the map."""
    values, map_name = tombstone.values, MAP_OF_LAYER[tombstone.layer]
    links: list[tuple[str, str | None]] = []
    if tombstone.layer == "parcels":
        links += [
            (gettext("To its new number, %(id)s", id=new_id), record_page_url("parcels", new_id))
            for new_id in renumbered_parcels(reader, tombstone.id)
        ]
    if tombstone.layer == "trees" and _has_record(reader, "sites", values.get("site_id")):
        links.append((gettext("To its site"), record_page_url("sites", values["site_id"])))
    if tombstone.layer != "parcels" and _has_record(reader, "parcels", values.get("parcel_key")):
        links.append((gettext("To its parcel"), record_page_url("parcels", values["parcel_key"])))
    if values.get("address"):
        links.append((gettext("Search for its address"), url_for("pages.show_search", q=values["address"])))
    record = Record(tombstone.id, tombstone.source, values, tombstone.wkb)
    map_href = record_map_url(map_name, record, pick=None) or url_for("pages.show_map", name=map_name)
    links.append((gettext("To the map"), map_href))
    return [(text, href) for text, href in links if href]


def _has_record(reader: Reader, layer: str, id_: str | None) -> bool:
    try:
        return bool(id_) and bool(reader.get(layer, str(id_), actor=PUBLIC))
    except NoSuchRecord:
        return False
