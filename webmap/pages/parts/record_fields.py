"""Texts about one record: its fields, its unknown fields, its placement and its map link.

The page modules call these functions. `values` is always `Record.values`.
"""

from collections.abc import Collection, Mapping
from typing import Any

import shapely
from flask import url_for

from geo.crs import LonLat
from geo.fields import Field
from geo.language.translate import gettext, gettext_noop
from geo.mapped_area import is_far_from_towns
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.api.record_json import representative_point
from webmap.maps.palette import NEED_MARKS, find_mark
from webmap.measures import UNKNOWN
from webmap.wording import (
    capitalize_first,
    field_label,
    field_name,
    format_value,
    no_town_text,
    tree_diameter_text,
    tree_name,
)

RISK_ORDER = ("extreme", "high", "moderate", "unknown", "low")  # an unknown risk sorts above low
NEED_ORDER = {one.code: place for place, one in enumerate(NEED_MARKS)}
METHOD_TEXT = {
    "contains": gettext_noop("inside the lot"),
    "frontage": gettext_noop("in front of the lot, on the same side of the street"),
    "nearest": gettext_noop("the nearest lot"),
    "park": gettext_noop("in a park"),
    "median": gettext_noop("on a median"),
    "manual": gettext_noop("set by hand"),
    "none": gettext_noop("no lot found"),
}
# How a record without a location got its lot, by `placed_by` and `method`.
DECLARED_METHOD_TEXT = {
    ("parcel", "contains"): gettext_noop("in a yard, by the lot's parcel number"),
    ("parcel", "frontage"): gettext_noop("in front of the lot, by its parcel number"),
    ("parcel", "park"): gettext_noop("in a park, by its parcel number"),
    ("address", "contains"): gettext_noop("in a yard, by the lot's address"),
    ("address", "frontage"): gettext_noop("in front of the lot, by its address"),
    ("address", "park"): gettext_noop("in a park, by its address"),
}
CONFIDENCE_TEXT = {
    "high": gettext_noop("high confidence"),
    "medium": gettext_noop("medium confidence"),
    "low": gettext_noop("low confidence"),
}

PARCEL_ZOOM = 19  # the zoom at which one parcel fills the map

FactList = list[tuple[str, str]]


def record_facts(
    layer: str, record: Record, *, omit: Collection[str] = (), replaced: Mapping[str, str] | None = None
) -> FactList:
    """Return a record's own public fields as (label, text). One last line names the fields that are not recorded.

    `replaced` holds texts for fields that have no value and yet are not unknown.

    >>> landmark = Record("L-7", "county", {"name": "Pagedale City Hall", "kind": "civic"})
    >>> record_facts("landmarks", landmark, omit=("kind",))
    [('Name', 'Pagedale City Hall'), ('Not recorded', 'address')]
    """
    texts = dict(replaced or {})
    fields = [f for f in LAYERS[layer].fields if not f.private and f.name not in omit]
    texts |= {f.name: format_value(record.values[f.name], f) for f in fields if is_recorded(record.values, f)}
    known_facts = [(field_label(field), texts[field.name]) for field in fields if field.name in texts]
    unknown_names = [field_name(field) for field in fields if field.name not in texts]
    return [*known_facts, *([(gettext("Not recorded"), ", ".join(unknown_names))] if unknown_names else [])]


def is_recorded(values: Mapping[str, Any], field: Field) -> bool:
    """Return whether a field has a value, and a coded field another code than unknown.

    >>> is_recorded({"risk": "unknown"}, LAYERS["trees"].fields_by_name["risk"])
    False
    """
    value = values.get(field.name)
    return value not in (None, "") and not (field.kind == "code" and value == UNKNOWN)


def governing_town(reader: Reader, record: Record) -> dict[str, str | None]:
    """Return a record's town, and the text that replaces it where there is none."""
    town, declared_town = record.values.get("town"), record.values.get("town_declared")
    has_boundaries = reader.count("municipalities", Query(limit=1), actor=PUBLIC) > 0
    return {
        "town": town,
        "no_town": no_town_text(
            has_boundaries=has_boundaries,
            is_placed=record.wkb is not None,
            declared_town=declared_town,
            is_far=town is None and record.wkb is not None and is_far_from_towns(shapely.from_wkb(record.wkb), reader),
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
        "dbh": tree_diameter_text(values) or gettext(UNKNOWN),
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
    ('Inside the lot (high confidence)', 'unknown')
    """
    method = values.get("method")
    if method is None:
        return gettext(UNKNOWN)
    declared_text = DECLARED_METHOD_TEXT.get((values.get("placed_by") or "", method))
    text = capitalize_first(gettext(declared_text or METHOD_TEXT.get(method, method)))
    confidence_text = gettext(CONFIDENCE_TEXT.get(values.get("confidence") or "", ""))
    return f"{text} ({confidence_text})" if confidence_text else text
