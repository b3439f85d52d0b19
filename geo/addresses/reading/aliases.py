"""Other names of streets: MO-115 is Natural Bridge Rd. A town edits them as a layer of its own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from geo.addresses.reading.parsing import Street, streets
from geo.addresses.reading.text import plain, words
from geo.addresses.reading.words import ROAD_CLASSES, STATE, fold

_NUMBERED = re.compile(r"([A-Z]+) ([0-9]{1,4}[A-Z]?)")
BEHIND = "behind"
_Alias = tuple[int, str, str]  # street, town (folded), the alias as the layer writes it


def alias_table(
    aliases: Any, by_name: Mapping[str, tuple[tuple[int, Street], ...]]
) -> dict[str, tuple[_Alias, ...]]:
    """Give for each folded alias the streets that it stands for."""
    table: dict[str, list[_Alias]] = {}
    if aliases is None:
        return {}
    towns = aliases["town"].astype("object").fillna("")
    for alias, street, town in zip(aliases["alias"], aliases["street"], towns, strict=True):
        targets = sorted(set(meant(tuple(words(plain(street))), by_name)))
        for key in _keys(alias):
            found = [(number, fold(words(plain(town))), str(alias)) for number in targets]
            table.setdefault(key, []).extend(found)
    return {key: tuple(dict.fromkeys(found)) for key, found in table.items()}


def meant(
    street: tuple[str, ...], by_name: Mapping[str, tuple[tuple[int, Street], ...]]
) -> Iterator[int]:
    """Yield the streets that a written street means: every part written must agree."""
    for typed in streets(street):
        for number, known in by_name.get(typed.name, ()):
            if not differing(typed, known):
                yield number


def differing(typed: Street, known: Street) -> list[str]:
    """Name the parts of a typed street that the known one has otherwise; one left out is no fault.

    A direction that was typed behind the street, and on record stands before it, is named `BEHIND`.

    >>> differing(Street("", "EUCLID", "ST", ""), Street("N", "EUCLID", "AVE", ""))
    ['suffix']
    """
    if typed == known:
        return []
    moved = [BEHIND] if typed.postdir and _is_moved(typed, known) else []
    return moved + [
        part
        for part in ("predir", "suffix", "postdir")
        if getattr(typed, part)
        and getattr(typed, part) != getattr(known, part)
        and not (moved and part == "postdir")
    ]


def _is_moved(typed: Street, known: Street) -> bool:
    return not typed.predir and not known.postdir and typed.postdir == known.predir


def _keys(alias: str) -> Iterator[str]:
    """Yield the forms under which an alias is found; a numbered road has many."""
    folded = fold(words(plain(alias)))
    yield folded
    if (road := _NUMBERED.fullmatch(folded)) and (road[1] in STATE or road[1] in ROAD_CLASSES):
        yield from (fold(f"{kind} {road[2]}".split()) for kind in (*ROAD_CLASSES, road[1]))
        if road[1] in STATE:
            yield from (fold(f"{road[1]} {kind} {road[2]}".split()) for kind in ROAD_CLASSES)
