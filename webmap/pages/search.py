"""The page of a look-up: what was found, how sure it is, and which town governs there."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import url_for

from geo.naming import set_apart, slug
from geo.places import LonLat
from geo.store.protocol import PUBLIC, Query, Reader, Record
from webmap.atlas import Atlas
from webmap.cards import page as card_page
from webmap.pages.records import inspection_name, map_at, tree_name
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
    named = [*_town(atlas, query), *_numbered(atlas, query)]
    known = {answer.status, *answer.shared}
    found = [_candidate(one, known) for one in answer.to_json()["candidates"]]
    exact = answer.status == "exact"
    sure = [*found, *named] if exact else named
    status = answer.status if not named else "exact" if len(sure) == 1 else "ambiguous"
    reason = f" {answer.reason}" if answer.reason and not named else ""
    return {
        "candidates": sure if exact else [*named, *found],
        "answer_note": FOUND[status] + reason,
        "changes": [] if named else list(answer.shared),
        "only": sure[0]["href"] if len(sure) == 1 else None,
    }


def example(reader: Reader) -> str | None:
    """Give an address that is loaded here, to show how to ask."""
    for record in reader.query("parcels", Query(limit=20), actor=PUBLIC):
        address = record.values.get("address")
        if address and address[0].isdigit():
            return str(address)
    return None


def _town(atlas: Atlas, query: str) -> list[dict[str, Any]]:
    """Find the town of that name."""
    of_name = slug(query)
    if of_name not in atlas.towns:
        return []
    href = url_for("pages.town", slug_=of_name)
    return [{"address": atlas.towns[of_name], "note": "Town", "href": href}]


def _numbered(atlas: Atlas, query: str) -> list[dict[str, Any]]:
    """Find the tree, else the site, and the inspections of that number or case."""
    if not any(sign.isdigit() for sign in query):
        return []
    trees = _rows("Tree", _called(atlas, "trees", query), "trees", tree_name)
    sites = [] if trees else _rows("Site", _called(atlas, "sites", query), "sites", tree_name)
    of_case = _records(atlas, "inspections", "case_id", _spelt(query))
    cases = {one.id: one for one in (*_called(atlas, "inspections", query), *of_case)}
    seen = _rows("Inspection", cases.values(), "inspections", inspection_name)
    return [*trees, *sites, *seen]


def _called(atlas: Atlas, layer: str, number: str) -> list[Record]:
    """Find the records of that number, whichever source they come from."""
    sources = [one["name"] for one in atlas.status["layers"][layer]["sources"]]
    apart = (set_apart(one, source) for source in sources for one in _spelt(number))
    return _records(atlas, layer, "id", (*_spelt(number), *apart))


def _spelt(number: str) -> tuple[str, str]:
    """Give a number as typed and in capitals, as files write them."""
    return number, number.upper()


def _records(atlas: Atlas, layer: str, field: str, values: tuple[str, ...]) -> list[Record]:
    query = Query(where={field: values}, limit=MOST)
    return list(atlas.reader.query(layer, query, actor=PUBLIC))


def _rows(
    what: str, records: Iterable[Record], layer: str, name: Callable[[Mapping[str, Any]], str]
) -> list[dict[str, Any]]:
    """Tell records as rows of the answer."""
    return [
        {
            "address": name(one.values),
            "note": f"{what} {one.id} · {one.values.get('town') or f'town {UNKNOWN}'}",
            "href": card_page(layer, one.id),
        }
        for one in records
    ]


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
