"""The search page: the candidates of a query, their notes and their links.

`webmap.pages.routes.show_search` calls `search_context`, the entry point.
"""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.crs import LonLat
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query
from webmap.api.record_json import record_page_url as card_page
from webmap.pages.record_fields import map_url
from webmap.state.app_state import AppState
from webmap.wording import UNKNOWN

STATUS_TEXT = {
    "exact": "Found as asked.",
    "corrected": "Found, with changes to what was asked.",
    "ambiguous": "Several fit.",
    "nearest": "Not on record as asked; these are near.",
    "block": "The addresses of the block, the lowest number first.",
    "intersection": "Where two streets meet.",
    "prefix": "These addresses begin so.",
    "none": "Nothing of that name is known here.",
}
MAX_CANDIDATES = 25
PAGE_LAYERS = {"tree": "trees", "site": "sites", "inspection": "inspections"}


def search_context(state: AppState, query: str) -> dict[str, Any]:
    """Return the template context of a search: addresses, parcels, places, towns and record numbers.

    `only` is the page of the one exact match. None if there is no such match.
    """
    if not query:
        return {"candidates": [], "only": None, "changes": [], "answer_note": "Type into the box above."}
    result = state.find(query, limit=MAX_CANDIDATES)
    shared_texts = {result.status, *result.shared_changes}
    candidates = [_candidate_row(candidate, shared_texts) for candidate in result.to_json()["candidates"]]
    is_exact = result.status == "exact"
    return {
        "candidates": candidates,
        "answer_note": result.reason or STATUS_TEXT[result.status],
        "changes": list(result.shared_changes),
        "only": candidates[0]["href"] if is_exact else None,
    }


def example_address(reader: Reader) -> str | None:
    """Return an address of this workspace as an example query. None when no parcel has one."""
    for record in reader.query("parcels", Query(limit=20), actor=PUBLIC):
        address = record.values.get("address")
        if address and address[0].isdigit():
            return str(address)
    return None


def _candidate_row(candidate: Mapping[str, Any], shared_texts: set[str]) -> dict[str, Any]:
    """Return a candidate as a table row. Changes in `shared_texts` are left out."""
    parts = [*_candidate_notes(candidate), *(change for change in candidate["changes"] if change not in shared_texts)]
    return {
        "address": candidate.get("address") or candidate.get("parcel_id") or UNKNOWN,
        "note": " · ".join(parts),
        "href": _candidate_url(candidate),
    }


def _candidate_notes(candidate: Mapping[str, Any]) -> list[str]:
    town, parcel_id = candidate.get("town") or f"town {UNKNOWN}", candidate.get("parcel_id")
    match candidate["kind"]:
        case "town":
            return ["Town"]
        case "tree" | "site" | "inspection" as kind:
            return [f"{kind.capitalize()} {candidate['id']}", town]
        case "intersection" | "landmark":
            return [town]
    return [town, f"parcel {parcel_id or UNKNOWN}"]


def _candidate_url(candidate: Mapping[str, Any]) -> str | None:
    kind, parcel_id = candidate["kind"], candidate.get("parcel_id")
    if kind == "town":
        return url_for("pages.show_town", slug_=candidate["id"])
    if kind in PAGE_LAYERS:
        return card_page(PAGE_LAYERS[kind], candidate["id"])
    return url_for("pages.show_parcel", id_=parcel_id) if parcel_id else _candidate_map_url(candidate)


def _candidate_map_url(candidate: Mapping[str, Any]) -> str | None:
    """Return the URL of a map that opens on a candidate's point and marks it by name."""
    if candidate.get("lon") is None or candidate.get("lat") is None:
        return None
    name = candidate.get("address") or UNKNOWN
    point = LonLat(candidate["lon"], candidate["lat"])
    return map_url("coverage", point, pick=f"place/{point.lat:.6f}/{point.lon:.6f}/{name}")
