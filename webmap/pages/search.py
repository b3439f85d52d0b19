"""The page of a look-up: what was found, how sure it is, and which town governs there."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.places import LonLat
from geo.store.protocol import PUBLIC, Query, Reader
from webmap.atlas import Atlas
from webmap.pages.records import map_at
from webmap.words import UNKNOWN

FOUND = {
    "exact": "Found as asked.",
    "corrected": "Found, with changes to what was asked.",
    "ambiguous": "Several places fit.",
    "nearest": "That number is not known; these are the nearest on its side.",
    "block": "That number is not known; this is its block.",
    "intersection": "A crossing of two streets.",
    "prefix": "These begin as you typed.",
    "none": "Nothing of that name is known here.",
}
MOST = 25


def page(atlas: Atlas, query: str) -> dict[str, Any]:
    """Look up, and tell what was found; `only` is the page of the one exact answer."""
    if not query:
        return {
            "candidates": [],
            "only": None,
            "changes": [],
            "answer_note": "Type into the box above.",
        }
    answer = atlas.find(query, limit=MOST).to_json()
    status = answer["status"]
    common = _common(answer["candidates"])
    found = [_candidate(one, {status, *common}) for one in answer["candidates"]]
    exact = status == "exact" and len(found) == 1
    reason = f" {answer['reason']}" if answer.get("reason") else ""
    return {
        "candidates": found,
        "answer_note": FOUND[status] + reason,
        "changes": common,
        "only": found[0]["href"] if exact else None,
    }


def example(reader: Reader) -> str | None:
    """Give an address that is loaded here, to show how to ask."""
    for record in reader.query("parcels", Query(limit=20), actor=PUBLIC):
        address = record.values.get("address")
        if address and address[0].isdigit():
            return str(address)
    return None


def _common(candidates: list[Mapping[str, Any]]) -> list[str]:
    """Give the changes that every candidate shares: they are told once."""
    if not candidates:
        return []
    first, *others = (one["changes"] for one in candidates)
    return [change for change in first if all(change in other for other in others)]


def _candidate(one: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """Tell a candidate; what is `known` was told of all of them already."""
    parcel, town = one.get("parcel_id"), one.get("town")
    parts = [
        town or f"town {UNKNOWN}",
        f"parcel {parcel or UNKNOWN}",
        *(word for word in (one["status"], *one["changes"]) if word not in known),
    ]
    return {
        "address": one.get("address") or parcel or UNKNOWN,
        "note": " · ".join(part for part in parts if part),
        "href": url_for("pages.parcel", id_=parcel) if parcel else _on_map(one),
    }


def _on_map(one: Mapping[str, Any]) -> str | None:
    if one.get("lon") is None or one.get("lat") is None:
        return None
    return map_at("coverage", LonLat(one["lon"], one["lat"]))
