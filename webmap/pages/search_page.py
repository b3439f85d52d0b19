"""The search page: the candidates of a query, their notes and their links, and examples from the data.

`webmap.pages.routes.show_search` calls `search_context`, the entry point, and `search_examples`.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.crs import LonLat
from geo.language.translate import gettext, gettext_noop
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query
from webmap.api.record_json import record_page_url as card_page
from webmap.measures import UNKNOWN
from webmap.pages.district_page import district_label
from webmap.pages.parts.record_fields import map_url
from webmap.state.app_state import AppState

MAX_CANDIDATES = 25
PAGE_LAYERS = {"tree": "trees", "site": "sites", "inspection": "inspections"}
RECORD_LABELS = {
    "tree": gettext_noop("Tree %(id)s"),
    "site": gettext_noop("Site %(id)s"),
    "inspection": gettext_noop("Inspection %(id)s"),
}
EXAMPLE_ADDRESS_PATTERN = re.compile(r"(?P<number>[0-9]+) (?P<street>(?:[NSEW] )?(?P<start>[A-Za-z]{2,3})[A-Za-z]+ .+)")


def search_context(state: AppState, query: str) -> dict[str, Any]:
    """Return the template context of a search: addresses, parcels, places, towns and record numbers.

    `only` is the page of the one exact match. None if there is no such match.
    """
    from geo.geocode import status_label  # noqa: PLC0415 - a server that only draws maps needs none

    if not query:
        return {"candidates": [], "only": None, "changes": [], "answer_note": None}
    result = state.find(query, limit=MAX_CANDIDATES)
    shared_texts = set(result.shared_changes)
    candidates = [_candidate_row(candidate, shared_texts) for candidate in result.to_json()["candidates"]]
    is_exact = result.status == "exact"
    return {
        "candidates": candidates,
        "answer_note": result.reason or status_label(result.status),
        "changes": list(result.shared_changes),
        "only": candidates[0]["href"] if is_exact else None,
    }


def example_address(reader: Reader) -> str | None:
    """Return an address of this workspace as an example query. None when no parcel has one."""
    return _example_parcel(reader)[0]


def search_examples(state: AppState) -> list[tuple[str, str]]:
    """Return queries of each kind that this workspace answers, with the name of the kind."""
    reader = state.reader
    address, parcel_id = _example_parcel(reader)
    examples = [
        *_address_examples(address or ""),
        (gettext("Intersection"), state.addresses.example_intersection),
        (gettext("Parcel number"), parcel_id),
        (gettext("Tree number"), _first_value(reader, "trees", "id")),
        (gettext("Case number"), _first_value(reader, "inspections", "case_id")),
        (gettext("Town"), _first_value(reader, "municipalities", "name")),
        (gettext("School, park or hall"), _first_value(reader, "landmarks", "name")),
        (gettext("Police or court"), _first_value(reader, "districts", "name")),
    ]
    return [(label, query) for label, query in examples if query]


def _address_examples(address: str) -> list[tuple[str, str]]:
    """Return an address as an example, with its beginning and its block.

    >>> [query for _, query in _address_examples("7201 Natural Bridge Rd")]
    ['7201 Natural Bridge Rd', '7201 nat', '7200 block of Natural Bridge Rd']
    """
    examples = [(gettext("Address"), address)]
    if match := EXAMPLE_ADDRESS_PATTERN.fullmatch(address):
        block = int(match["number"]) // 100 * 100
        examples += [
            (gettext("Part of an address"), f"{match['number']} {match['start'].lower()}"),
            (gettext("Block"), f"{block} block of {match['street']}"),
        ]
    return examples


def _example_parcel(reader: Reader) -> tuple[str | None, str | None]:
    """Return the address and the id of a parcel whose address begins with a number, None without one."""
    for record in reader.query("parcels", Query(limit=20), actor=PUBLIC):
        address = record.values.get("address")
        if address and address[0].isdigit():
            return str(address), record.id
    return None, None


def _first_value(reader: Reader, layer: str, field: str) -> str | None:
    """Return a value of the first record of a layer, None without one."""
    record = next(iter(reader.query(layer, Query(limit=1), actor=PUBLIC)), None)
    value = record and (record.id if field == "id" else record.values.get(field))
    return str(value) if value else None


def _candidate_row(candidate: Mapping[str, Any], shared_texts: set[str]) -> dict[str, Any]:
    """Return a candidate as a table row. Changes in `shared_texts` are left out."""
    own_changes = " ".join(change for change in candidate["changes"] if change not in shared_texts)
    parts = [*_candidate_notes(candidate), *filter(None, [own_changes])]
    return {
        "address": candidate.get("address") or candidate.get("parcel_id") or gettext(UNKNOWN),
        "note": " · ".join(parts),
        "href": _candidate_url(candidate),
    }


def _candidate_notes(candidate: Mapping[str, Any]) -> list[str]:
    town, parcel_id = candidate.get("town") or gettext("Town unknown"), candidate.get("parcel_id")
    match candidate["kind"]:
        case "town":
            return [gettext("Town")]
        case "district":
            label = district_label(candidate["id"].partition("/")[0])
            return [label, candidate["town"]] if candidate.get("town") else [label]
        case "tree" | "site" | "inspection" as kind:
            return [town, gettext(RECORD_LABELS[kind], id=candidate["id"])]
        case "intersection":
            return [town, gettext("Intersection")]
        case "landmark":
            return [town]
    return [town, gettext("Parcel %(id)s", id=parcel_id) if parcel_id else gettext("Parcel unknown")]


def _candidate_url(candidate: Mapping[str, Any]) -> str | None:
    kind, parcel_id = candidate["kind"], candidate.get("parcel_id")
    if kind == "town":
        return url_for("pages.show_town", slug_=candidate["id"])
    if kind == "district":
        return url_for("pages.show_district", id_=candidate["id"])
    if kind in PAGE_LAYERS:
        return card_page(PAGE_LAYERS[kind], candidate["id"])
    return url_for("pages.show_parcel", id_=parcel_id) if parcel_id else _candidate_map_url(candidate)


def _candidate_map_url(candidate: Mapping[str, Any]) -> str | None:
    """Return the URL of a map that opens on a candidate's point and marks it by name."""
    if candidate.get("lon") is None or candidate.get("lat") is None:
        return None
    name = candidate.get("address") or gettext(UNKNOWN)
    point = LonLat(candidate["lon"], candidate["lat"])
    return map_url("coverage", point, pick=f"place/{point.lat:.6f}/{point.lon:.6f}/{name}")
