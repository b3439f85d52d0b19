"""The page of a look-up: what was found, how sure it is, and which town governs there."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.places import LonLat
from geo.store.protocol import PUBLIC, Query, Reader
from webmap.atlas import Atlas
from webmap.cards import page as card_page
from webmap.pages.records import map_at
from webmap.words import UNKNOWN

FOUND = {
    "exact": "Found as asked.",
    "corrected": "Found, with changes to what was asked.",
    "ambiguous": "Several fit.",
    "nearest": "Not on record as asked; these are near.",
    "block": "The addresses of the block, the lowest number first.",
    "intersection": "Where two streets meet.",
    "prefix": "These addresses begin so.",
    "none": "Nothing of that name is known here.",
}
MOST = 25
PAGES = {"tree": "trees", "site": "sites", "inspection": "inspections"}


def page(atlas: Atlas, query: str) -> dict[str, Any]:
    """Look up an address, a parcel, a place, a town's name, or the number of a tree, a site or a case.

    `only` is the page of the one answer that is exactly what was asked.
    """
    if not query:
        return {
            "candidates": [],
            "only": None,
            "changes": [],
            "answer_note": "Type into the box above.",
        }
    answer = atlas.find(query, limit=MOST)
    known = {answer.status, *answer.shared}
    found = [_candidate(one, known) for one in answer.to_json()["candidates"]]
    alone = answer.status == "exact"
    return {
        "candidates": found,
        "answer_note": answer.reason or FOUND[answer.status],
        "changes": list(answer.shared),
        "only": found[0]["href"] if alone else None,
    }


def example(reader: Reader) -> str | None:
    """Give an address that is loaded here, to show how to ask."""
    for record in reader.query("parcels", Query(limit=20), actor=PUBLIC):
        address = record.values.get("address")
        if address and address[0].isdigit():
            return str(address)
    return None


def _candidate(one: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """Tell a candidate; what is `known` was told of all of them already."""
    parts = [*_what(one), *(told for told in one["changes"] if told not in known)]
    return {
        "address": one.get("address") or one.get("parcel_id") or UNKNOWN,
        "note": " · ".join(parts),
        "href": _page(one),
    }


def _what(one: Mapping[str, Any]) -> list[str]:
    town, parcel = one.get("town") or f"town {UNKNOWN}", one.get("parcel_id")
    match one["kind"]:
        case "town":
            return ["Town"]
        case "tree" | "site" | "inspection" as kind:
            return [f"{kind.capitalize()} {one['id']}", town]
        case "intersection" | "landmark":
            return [town]
    return [town, f"parcel {parcel or UNKNOWN}"]


def _page(one: Mapping[str, Any]) -> str | None:
    kind, parcel = one["kind"], one.get("parcel_id")
    if kind == "town":
        return url_for("pages.town", slug_=one["id"])
    if kind in PAGES:
        return card_page(PAGES[kind], one["id"])
    return url_for("pages.parcel", id_=parcel) if parcel else _on_map(one)


def _on_map(one: Mapping[str, Any]) -> str | None:
    """Give the address of a map that opens on a place and marks it by its name."""
    if one.get("lon") is None or one.get("lat") is None:
        return None
    name = one.get("address") or UNKNOWN
    place = LonLat(one["lon"], one["lat"])
    return map_at("coverage", place, pick=f"place/{place.lat:.6f}/{place.lon:.6f}/{name}")
