"""Texts about one record: its fields, its unknown fields, its placement and its map link.

The page modules call these functions. `values` is always `Record.values`.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import url_for

from geo.crs import LonLat
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.api.record_json import representative_point
from webmap.maps.palette import NEED_MARKS, find_mark, inspection_mark
from webmap.wording import UNKNOWN, field_label, format_date, format_value, inspection_name, no_town_text, tree_name

RISK_ORDER = ("extreme", "high", "moderate", "unknown", "low")  # an unknown risk sorts above low
NEED_ORDER = {one.code: place for place, one in enumerate(NEED_MARKS)}
METHOD_TEXT = {
    "contains": "inside the lot",
    "frontage": "in front of the lot, on its own side of the street",
    "nearest": "the nearest lot",
    "park": "in a park",
    "median": "on a median",
    "manual": "set by hand",
    "none": "no lot found",
}

DECLARED_METHOD_TEXT = {"contains": "in a yard", "frontage": "in front of the lot", "park": "in a park"}
DECLARED_BY_TEXT = {"parcel": "by the lot's number", "address": "by the lot's address"}

PARCEL_ZOOM = 19  # the zoom at which one parcel fills the map

FactList = list[tuple[str, str]]


def record_facts(layer: str, record: Record, *, omit: Collection[str] = ()) -> FactList:
    """Return a record's own public fields as (label, text). One last line names the unknown fields.

    >>> landmark = Record("L-7", "county", {"name": "Pagedale City Hall", "kind": "civic"})
    >>> record_facts("landmarks", landmark, omit=("kind",))[0]
    ('Name', 'Pagedale City Hall')
    """
    fields = [f for f in LAYERS[layer].fields if not f.private and f.name not in omit]
    values = [(field_label(field), format_value(record.values.get(field.name), field)) for field in fields]
    known_facts = [(name, text) for name, text in values if text != UNKNOWN]
    unknown_labels = [name for name, text in values if text == UNKNOWN]
    unknown_text = ", ".join(name[0].lower() + name[1:] for name in unknown_labels)
    return [*known_facts, *([("Unknown", unknown_text)] if unknown_text else [])]


def governing_town(reader: Reader, record: Record) -> dict[str, str | None]:
    """Return a record's town, and the text that replaces it where there is none."""
    town, declared_town = record.values.get("town"), record.values.get("town_declared")
    has_boundaries = reader.count("municipalities", Query(limit=1), actor=PUBLIC) > 0
    return {
        "town": town,
        "no_town": no_town_text(
            has_boundaries=has_boundaries, is_placed=record.wkb is not None, declared_town=declared_town
        ),
    }


def record_map_url(view: str, record: Record, *, pick: str | None) -> str | None:
    """Return the URL of the map that shows a record. None when its location is unknown.

    `pick` is the layer and id of the feature that the map opens with.
    """
    point = representative_point(record)
    return None if point is None else map_url(view, point, pick=pick)


def map_url(view: str, point: LonLat, *, pick: str | None = None) -> str:
    """Return the URL of a map that opens on a point, and on the feature `pick` if there is one."""
    position = f"{PARCEL_ZOOM}/{point.lat:.6f}/{point.lon:.6f}"
    return url_for("pages.show_map", name=view, at=position, pick=pick)


def site_row(record: Record) -> dict[str, Any]:
    """Return a planting site, with its tree, as a table row."""
    values = record.values
    tree_id = values.get("tree_id")
    fields = LAYERS["sites"].fields_by_name
    return {
        "href": url_for("pages.show_tree", id_=tree_id) if tree_id else url_for("pages.show_site", id_=record.id),
        "name": tree_name(values),
        "mark": find_mark(NEED_MARKS, values.get("need")),
        "condition": format_value(values.get("condition"), fields["condition"]),
        "risk": format_value(values.get("risk"), fields["risk"]),
        "dbh": format_value(values.get("dbh_in"), fields["dbh_in"]),
        "found": parcel_match_text(values),
    }


def urgency_key(record: Record) -> tuple[int, int, str]:
    """Return a sort key for sites: by need, then by risk, then by id.

    >>> sites = [Record("S-1", "", {"need": "none"}), Record("S-2", "", {"need": "remove", "risk": "high"})]
    >>> [site.id for site in sorted(sites, key=urgency_key)]
    ['S-2', 'S-1']
    """
    risk = record.values.get("risk") or UNKNOWN
    risk_rank = RISK_ORDER.index(risk) if risk in RISK_ORDER else RISK_ORDER.index(UNKNOWN)
    need_rank = NEED_ORDER.get(record.values.get("need") or UNKNOWN, len(NEED_MARKS))
    return need_rank, risk_rank, record.id


def parcel_match_text(values: Mapping[str, Any]) -> str:
    """Return how the parcel of a tree or site was found, with the confidence.

    >>> parcel_match_text({"method": "contains", "confidence": "high"}), parcel_match_text({})
    ('inside the lot (high confidence)', 'unknown')
    """
    method = values.get("method")
    if method is None:
        return UNKNOWN
    confidence = values.get("confidence")
    declared_by = DECLARED_BY_TEXT.get(values.get("placed_by") or "")
    text = (
        f"{DECLARED_METHOD_TEXT[method]}, {declared_by}"
        if declared_by and method in DECLARED_METHOD_TEXT
        else METHOD_TEXT.get(method, method)
    )
    return text + (f" ({confidence} confidence)" if confidence else "")


def inspection_rows(records: Iterable[Record], today: str, own_parcel_id: str) -> list[dict[str, Any]]:
    """Return inspections as table rows, newest first. The name of another unit's shows that parcel."""
    ordered = sorted(records, key=lambda inspection: (inspection.values.get("opened_on") or "", inspection.id))
    return [_inspection_row(record, today, own_parcel_id) for record in reversed(ordered)]


def _inspection_row(record: Record, today: str, own_parcel_id: str) -> dict[str, Any]:
    values = record.values
    is_other_parcel = values.get("parcel_id") not in (None, own_parcel_id)
    name = inspection_name(values)
    return {
        "href": url_for("pages.show_inspection", id_=record.id),
        "name": f"{name} ({values['parcel_id']})" if is_other_parcel else name,
        "mark": inspection_mark(values, today),
        "opened": format_date(values.get("opened_on")),
        "due": format_date(values.get("due_on")),
        "closed": format_date(values.get("closed_on")),
        "agency": format_value(values.get("agency")),
    }
