"""Completing: streets whose names begin as typed, word by word: nat bridge is Natural Bridge Rd."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from geo.addresses.houses import houses
from geo.addresses.index import AddressIndex
from geo.addresses.judging import Choice, Match, judge
from geo.addresses.reading import Reading, Street, lines
from geo.addresses.words import fold

_MOST_STREETS = 200
_FIRST = 20  # addresses shown of a street typed without a number


def completions(index: AddressIndex, text: str) -> list[Match]:
    """Give addresses on streets that begin as typed; with a number, only those that have it."""
    found: list[Match] = []
    for house, rest in houses(text):
        for line in lines(rest, index.places):
            if line.ignored:
                continue
            for street in streets_beginning(index, line.street):
                reading = Reading(house, Street("", "", "", ""), line)
                found += _rows(index, Choice(reading, street, index.parts[street]))
    least = min((match.grave for match in found), default=0)
    return list({match.row: match for match in found if match.grave == least}.values())


def _rows(index: AddressIndex, choice: Choice) -> Iterator[Match]:
    house = choice.reading.house
    label, typed = index.labels[choice.street], " ".join(choice.reading.line.street).lower()
    told = [f"Street: “{typed}” was completed to {label}."] if typed != label.lower() else []
    first, last = index.span(choice.street, house.number if house else None)
    if house is None:
        last = min(last, first + _FIRST)
        told.append(f"Number: none was typed; these are the first on {label}.")
    for row in range(first, last):
        match = judge(index, row, choice)
        yield match._replace(faults=(*told, *match.faults))


def streets_beginning(index: AddressIndex, typed: tuple[str, ...]) -> list[int]:
    """Give the streets whose words begin, in order, with the typed ones."""
    if not typed or len("".join(typed)) < 2:
        return []
    found: dict[int, None] = {}
    for start in dict.fromkeys((typed[0], fold(typed[:1]))):
        at = bisect_left(index.spellings, (start,))
        for spelling, street in index.spellings[at:]:
            if not spelling.startswith(start) or len(found) >= _MOST_STREETS:
                break
            if _begins(spelling.split(), typed):
                found[street] = None
    return list(found)


def _begins(words: list[str], typed: tuple[str, ...]) -> bool:
    return len(typed) <= len(words) and all(
        word.startswith(part) or _one(word) == _one(part)
        for word, part in zip(words, typed, strict=False)
    )


@lru_cache(maxsize=4096)
def _one(word: str) -> str:
    return fold([word])
