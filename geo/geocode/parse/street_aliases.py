"""Street aliases: MO-115 is Natural Bridge Rd. They come from the layer `aliases`, which a town edits.

The gazetteer calls `build_alias_table`. Scoring calls `mismatched_parts`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from geo.geocode.parse.address_parser import Street, parse_street
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.vocabulary import ROAD_CLASSES, STATE, fold_words

_NUMBERED_ROAD = re.compile(r"([A-Z]+) ([0-9]{1,4}[A-Z]?)")
MOVED_DIRECTION = "behind"
Alias = tuple[int, str, str]  # street id, folded town, alias as in the layer


def build_alias_table(
    aliases: Any, streets_by_name: Mapping[str, tuple[tuple[int, Street], ...]]
) -> dict[str, tuple[Alias, ...]]:
    """Return the streets of each folded alias, as street id, folded town and alias.

    `aliases` is the layer, or None. An empty town means that the alias holds in all towns.

    >>> import pandas as pd
    >>> streets = {"OAK": ((3, Street("", "OAK", "ST", "")),)}
    >>> aliases = pd.DataFrame({"alias": ["MO-9"], "street": ["Oak St"], "town": ["Bel-Nor"]})
    >>> build_alias_table(aliases, streets)["HWY 9"]
    ((3, 'BEL NOR', 'MO-9'),)
    """
    table: dict[str, list[Alias]] = {}
    if aliases is None:
        return {}
    towns = aliases["town"].astype("object").fillna("")
    for alias, street, town in zip(aliases["alias"], aliases["street"], towns, strict=True):
        street_ids = sorted(set(matching_street_ids(tuple(split_words(normalize_text(street))), streets_by_name)))
        for key in _alias_keys(alias):
            entries = [
                (street_id, fold_words(split_words(normalize_text(town))), str(alias)) for street_id in street_ids
            ]
            table.setdefault(key, []).extend(entries)
    return {key: tuple(dict.fromkeys(entries)) for key, entries in table.items()}


def matching_street_ids(
    street: tuple[str, ...], streets_by_name: Mapping[str, tuple[tuple[int, Street], ...]]
) -> Iterator[int]:
    """Yield the ids of the streets that agree with every part of a written street.

    >>> streets = {"OAK": ((3, Street("", "OAK", "ST", "")), (4, Street("", "OAK", "AVE", "")))}
    >>> list(matching_street_ids(("OAK", "AVENUE"), streets)), list(matching_street_ids(("OAK",), streets))
    ([4], [3, 4])
    """
    for typed in parse_street(street):
        for street_id, recorded in streets_by_name.get(typed.name, ()):
            if not mismatched_parts(typed, recorded):
                yield street_id


def mismatched_parts(typed: Street, recorded: Street) -> list[str]:
    """Return the names of the typed parts that differ from the recorded street. An omitted part is no mismatch.

    A direction typed after the street and recorded before it is named `MOVED_DIRECTION`.

    >>> mismatched_parts(Street("", "EUCLID", "ST", ""), Street("N", "EUCLID", "AVE", ""))
    ['suffix']
    """
    if typed == recorded:
        return []
    moved_parts = [MOVED_DIRECTION] if typed.postdir and _is_direction_moved(typed, recorded) else []
    return moved_parts + [
        part
        for part in ("predir", "suffix", "postdir")
        if getattr(typed, part)
        and getattr(typed, part) != getattr(recorded, part)
        and not (moved_parts and part == "postdir")
    ]


def _is_direction_moved(typed: Street, recorded: Street) -> bool:
    return not typed.predir and not recorded.postdir and typed.postdir == recorded.predir


def _alias_keys(alias: str) -> Iterator[str]:
    """Yield the folded forms of an alias. A numbered road has one form for each road class.

    >>> list(_alias_keys("Old Oak")), "HWY 115" in set(_alias_keys("MO-115"))
    (['OLD OAK'], True)
    """
    folded = fold_words(split_words(normalize_text(alias)))
    yield folded
    if (road := _NUMBERED_ROAD.fullmatch(folded)) and (road[1] in STATE or road[1] in ROAD_CLASSES):
        yield from (fold_words(f"{kind} {road[2]}".split()) for kind in (*ROAD_CLASSES, road[1]))
        if road[1] in STATE:
            yield from (fold_words(f"{road[1]} {kind} {road[2]}".split()) for kind in ROAD_CLASSES)
