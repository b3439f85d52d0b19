"""One record in words: its fields, what nobody recorded, where it lies on the map."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import url_for

from geo.layers import LAYERS
from geo.places import LonLat
from geo.store.protocol import PUBLIC, Query, Reader, Record
from webmap.cards import spot
from webmap.palette import NEEDS, STATUSES, Mark, mark
from webmap.words import UNKNOWN, day, label, no_town, told

RISKS = ("extreme", "high", "moderate", "unknown", "low")  # a missing rating never sorts as low
NEED_ORDER = {one.code: place for place, one in enumerate(NEEDS)}
FOUND = {
    "contains": "inside the lot",
    "frontage": "in front of the lot, on its own side of the street",
    "nearest": "the nearest lot",
    "park": "in a park",
    "median": "on a median",
    "manual": "set by hand",
    "none": "no lot found",
}

BY_WORD = {"contains": "in a yard", "frontage": "in front of the lot", "park": "in a park"}
WORD = {"parcel": "by the lot's number", "address": "by the lot's address"}
PLACED = {
    "point": "at its own point",
    "tree": "at the point of its tree",
    "site": "at the point of its site",
    "parcel": "in the middle of its lot, found by number: no point is on record",
    "address": "in the middle of its lot, found by address: no point is on record",
    "crossing": "at the crossing that its address names: no point is on record",
    "manual": "in the middle of the lot that somebody set: no point is on record",
    "none": "on no map: no point is on record, and no lot that is drawn",
}

CLOSE = 19  # the zoom at which one lot fills the map

Facts = list[tuple[str, str]]


def recorded(layer: str, record: Record, *, leave: Collection[str] = ()) -> Facts:
    """Tell the record's own public fields, and in one last line which of them nobody recorded."""
    fields = [f for f in LAYERS[layer].fields if not f.private and f.name not in leave]
    values = [(label(field), told(record.values.get(field.name), field)) for field in fields]
    known = [(name, text) for name, text in values if text != UNKNOWN]
    missing = [name for name, text in values if text == UNKNOWN]
    gaps = ", ".join(name[0].lower() + name[1:] for name in missing)
    return [*known, *([("Unknown", gaps)] if gaps else [])]


def governed(reader: Reader, record: Record) -> dict[str, str | None]:
    """Tell the town of a record, and what is said in its place where there is none."""
    town, roll = record.values.get("town"), record.values.get("town_declared")
    limits = reader.count("municipalities", Query(limit=1), actor=PUBLIC) > 0
    return {
        "town": town,
        "no_town": no_town(limits=limits, placed=record.wkb is not None, roll=roll),
    }


def map_address(view: str, record: Record, *, pick: str | None) -> str | None:
    """Give the address of the map that shows a record; None when nobody knows where it is.

    `pick` is the layer and id under which that map draws it: there it is marked, and told of.
    """
    place = spot(record)
    return None if place is None else map_at(view, place, pick=pick)


def map_at(view: str, place: LonLat, *, pick: str | None = None) -> str:
    """Give the address of a map that opens on a place, and on the record `pick` if there is one."""
    at = f"{CLOSE}/{place.lat:.6f}/{place.lon:.6f}"
    return url_for("pages.map_page", name=view, at=at, pick=pick)


def tree_name(values: Mapping[str, Any]) -> str:
    """Name a tree or a site as people would call it."""
    name = values.get("common") or values.get("species")
    if name:
        return str(name)
    return {"stump": "Stump", "vacant": "Empty place", "proposed": "Proposed place"}.get(
        values.get("status") or "", "Tree of unknown species"
    )


def site_row(record: Record) -> dict[str, Any]:
    """Tell a site, with the tree that stands there, as one row of a table."""
    values = record.values
    tree = values.get("tree_id")
    fields = LAYERS["sites"].by_name
    return {
        "href": url_for("pages.tree", id_=tree) if tree else url_for("pages.site", id_=record.id),
        "name": tree_name(values),
        "mark": mark(NEEDS, values.get("need")),
        "condition": told(values.get("condition"), fields["condition"]),
        "risk": told(values.get("risk"), fields["risk"]),
        "dbh": told(values.get("dbh_in"), fields["dbh_in"]),
        "found": found(values),
    }


def urgency(record: Record) -> tuple[int, int, str]:
    """Order sites by need, then by recorded risk, then by id."""
    risk = record.values.get("risk") or UNKNOWN
    place_of_risk = RISKS.index(risk) if risk in RISKS else RISKS.index(UNKNOWN)
    need = NEED_ORDER.get(record.values.get("need") or UNKNOWN, len(NEEDS))
    return need, place_of_risk, record.id


def found(values: Mapping[str, Any]) -> str:
    """Tell how the lot of a tree was found, and how sure that is."""
    method = values.get("method")
    if method is None:
        return UNKNOWN
    sure = values.get("confidence")
    word = WORD.get(values.get("placed_by") or "")
    said = f"{BY_WORD[method]}, {word}" if word and method in BY_WORD else FOUND.get(method, method)
    return said + (f" ({sure} confidence)" if sure else "")


def placed(values: Mapping[str, Any]) -> str:
    """Tell where a record is shown, and by what that is known."""
    return PLACED.get(values.get("placed_by") or "", UNKNOWN)


def status_mark(values: Mapping[str, Any], today: str) -> Mark:
    """Choose the mark of an inspection; an open one is overdue from the day after its due date."""
    status, due = values.get("status"), values.get("due_on")
    overdue = status == "open" and due is not None and due[:10] < today
    return mark(STATUSES, "overdue" if overdue else status)


def inspection_name(values: Mapping[str, Any]) -> str:
    """Name an inspection by what was looked at."""
    return str(values.get("kind") or values.get("code") or "Inspection of unknown kind")


def inspection_rows(records: Iterable[Record], today: str, own: str) -> list[dict[str, Any]]:
    """Tell inspections as rows, the newest first; one of another unit says whose it is."""
    ordered = sorted(records, key=lambda one: (one.values.get("opened_on") or "", one.id))
    return [_inspection_row(record, today, own) for record in reversed(ordered)]


def _inspection_row(record: Record, today: str, own: str) -> dict[str, Any]:
    values = record.values
    other = values.get("parcel_id") not in (None, own)
    name = inspection_name(values)
    return {
        "href": url_for("pages.inspection", id_=record.id),
        "name": f"{name} ({values['parcel_id']})" if other else name,
        "mark": status_mark(values, today),
        "opened": day(values.get("opened_on")),
        "due": day(values.get("due_on")),
        "closed": day(values.get("closed_on")),
        "agency": told(values.get("agency")),
    }
