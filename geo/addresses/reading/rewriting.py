"""Rewriting: what people type in another order or with words around it, put as addresses are written. Each rule tells what it did."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from geo.addresses.reading.mending import (
    Rewritten,
    one_number,
    unglued,
    with_and,
    with_ending,
    word_once,
)
from geo.addresses.reading.places import Places
from geo.addresses.reading.words import (
    ASIDE,
    BEFORE,
    BETWEEN,
    LONE_UNIT,
    NUMBERED_UNIT,
    PLAIN_UNIT,
    ROAD_CLASSES,
    STATE,
    STATE_OF_ZIP,
    SUFFIX,
)

_BEHIND = re.compile(r"([^0-9].*?)[ ,-]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)")
_NUMBER = re.compile(r"[0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?")
_UNIT = re.compile(r"[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z]")
_MOST_PLACE = 5  # words
_GOVERNED = ("CITY", "TOWN", "VILLAGE")  # of
_NO_HOUSE = frozenset((*NUMBERED_UNIT, *ROAD_CLASSES))  # whose number is no house's
_APART = (",", "-", "&")  # what stands between a place and what follows


def rewritings(text: str, places: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a plain text after each rule that it calls for, with all that was done so far.

    >>> [*rewritings("NATURAL BRIDGE RD 7201", {})]
    [('7201 NATURAL BRIDGE RD', ('Number: 7201 was typed behind the street.',))]
    >>> [*rewritings("1744 66 ST", {})], [*rewritings("401 OAK ST", {})]
    ([('1744 66TH ST', ('Street: “66” was read as 66th.',))], [])
    """
    told: tuple[str, ...] = ()
    if not text:
        return
    known = Places.of(places)
    for rule in _RULES:
        if done := rule(text, known):
            text, sentence = done
            told = (*told, sentence)
            yield text, told


def _unit_last(text: str, _: Places) -> Rewritten | None:
    """Put a unit that stands before the street or its number behind them."""
    parts = text.split()
    for at in (0, 1):
        if at and not _NUMBER.fullmatch(parts[0]):
            continue
        count = _unit_at(parts, at)
        rest = _behind(parts[at + count :], (",", "OF"))
        if count and rest and (at or _NUMBER.fullmatch(rest[0])):
            unit = parts[at : at + count]
            told = f"Unit: “{' '.join(unit).lower()}” was typed before the street."
            return " ".join([*parts[:at], *rest, ",", *unit]), told
    return None


def _unit_at(parts: Sequence[str], at: int) -> int:
    """Count the words of a unit at a place: two for apt 2, three for apt unit 2, one for rear."""
    if at < len(parts) and parts[at] in LONE_UNIT:
        return 1
    some = (part in NUMBERED_UNIT or part in PLAIN_UNIT for part in parts[at:])
    kinds = next((count for count, kind in enumerate(some) if not kind), 0)
    named = kinds and _UNIT.fullmatch(parts[at + kinds])
    return kinds + 1 if named else 0


def _behind(parts: Sequence[str], words: Sequence[str]) -> Sequence[str]:
    """Leave out one word at the front."""
    return parts[1:] if parts and parts[0] in words else parts


def _without_words_before(text: str, _: Places) -> Rewritten | None:
    """Leave out what says no more than that an address follows: house no. 4021."""
    parts = text.split()
    count = next((at for at, part in enumerate(parts) if part not in BEFORE), 0)
    if not count or not _NUMBER.fullmatch(parts[count]):
        return None
    return " ".join(parts[count:]), f"Left out: “{' '.join(parts[:count]).lower()}” was ignored."


def _area_last(text: str, places: Places) -> Rewritten | None:
    """Put a town, state and ZIP code that stand before the address behind it."""
    parts = text.split()
    first = 2 if parts[0] in _GOVERNED and parts[1:2] == ["OF"] else 0
    end = _area(parts, first, places)
    if not any(_NUMBER.fullmatch(part) for part in parts[end:]):  # then a code is the house number
        end = next((at for at in range(end - 1, first, -1) if _is_zip(parts[at])), first)
    area, rest = [part for part in parts[first:end] if part not in _APART], parts[end:]
    if not area or not rest or rest[0] in SUFFIX or _bare_suffix(rest):
        return None
    if _is_zip(area[0]) and not area[1:] and not (_NUMBER.fullmatch(rest[0]) and "&" not in parts):
        return None
    told = f"Town: “{' '.join(area).lower()}” was typed before the address."
    return " ".join([*rest, ",", *area]), told


def _bare_suffix(parts: Sequence[str]) -> bool:
    """Tell whether a number and a suffix are all: then what stands before them is the name."""
    return len(parts) > 1 and parts[1] in SUFFIX and parts[2:3] in ([], [","])


def _area(parts: Sequence[str], at: int, places: Places) -> int:
    """Tell where what names towns, states and one ZIP code ends, with what stands between and behind them."""
    end, coded = at, False
    while count := _place(parts, end, places):
        if _is_zip(parts[end]):
            if coded:
                break  # a second one is a house number
            coded = True
        end += count
        while end < len(parts) and parts[end] in _APART:
            end += 1
    return end


def _place(parts: Sequence[str], at: int, places: Places) -> int:
    """Count the words of a town, a state or a ZIP code at a place."""
    if at < len(parts) and places.begun_by(parts[at].partition("-")[0]):
        for count in range(min(_MOST_PLACE, len(parts) - at), 0, -1):
            if places.named(_words(parts[at : at + count])):
                return count
    return int(at < len(parts) and (parts[at] in STATE or _is_zip(parts[at])))


def _is_zip(word: str) -> bool:
    return len(word) == 5 and word.isdigit() and word[:3] in STATE_OF_ZIP


def _words(parts: Sequence[str]) -> list[str]:
    return " ".join(parts).replace("-", " ").split()


def _one_number(text: str, _: Places) -> Rewritten | None:
    return one_number(text)


def _number_first(text: str, _: Places) -> Rewritten | None:
    """Put a number that stands behind its street before it; one behind "Apt" is no such number."""
    if not (found := _BEHIND.fullmatch(text)):
        return None
    before = found[1].split()
    if before[-1] in NUMBERED_UNIT:
        return None
    while len(before) > 1 and (before[-1] in PLAIN_UNIT or before[-1] == ","):
        before = before[:-1]  # "# 4021" with no number before it is the house's
    street = " ".join(before)
    return f"{found[2]} {street}{found[3]}", f"Number: {found[2]} was typed behind the street."


def _number_within(text: str, places: Places) -> Rewritten | None:
    """Put a number that stands amid the words before them; what cannot be of its street is left out."""
    parts = text.split()
    at = next((at for at, part in enumerate(parts) if _NUMBER.fullmatch(part)), 0)
    before, after = parts[:at], parts[at + 1 :]
    if not before or not after:
        return None
    within = _area(parts, at + 1 + (after[0] in _APART), places)
    if within == len(parts) and before[-1] not in _NO_HOUSE:
        before = before[:-1] if before[-1] in PLAIN_UNIT and before[1:] else before
        area = " ".join(part for part in after if part not in _APART)
        street = " ".join(before).rstrip(" ,-&")
        told = f"Number: {parts[at]} was typed behind the street."
        return f"{parts[at]} {street} , {area}", told
    if after[0] == "," or before[-1] in _NO_HOUSE or before[-1] in PLAIN_UNIT:
        return None
    if _bare_suffix(parts[at:]):
        told = f"Number: {parts[at]} was typed within the street."
        return " ".join([parts[at], *before, *after]), told
    return number_alone(text)


def _without_words_between(text: str, _: Places) -> Rewritten | None:
    """Leave out what only leads from a number to its street: 4021 on the Oak St."""
    parts = text.split()
    if not _NUMBER.fullmatch(parts[0]):
        return None
    count = next((at for at, part in enumerate(parts[1:]) if part not in BETWEEN), 0)
    if not count:
        return None
    told = f"Left out: “{' '.join(parts[1 : count + 1]).lower()}” was ignored."
    return " ".join([parts[0], *parts[count + 1 :]]), told


def _first_of_two(text: str, _: Places) -> Rewritten | None:
    """Of two addresses, or of an address and the street that crosses there, keep the first."""
    parts = text.split()
    for at in range(3, len(parts) - 1):
        another = _NUMBER.fullmatch(parts[at + 1]) and at + 2 < len(parts)
        crossed = parts[at - 1] in SUFFIX and parts[at] != ","
        if parts[at] in ASIDE and (another or crossed) and _NUMBER.fullmatch(parts[0]):
            rest = " ".join(parts[at:]).lower()
            return " ".join(parts[:at]), f"Left out: “{rest}” was ignored."
    return None


def number_alone(text: str) -> Rewritten | None:
    """Leave out all that stands before the first number.

    >>> number_alone("BEHIND 4021 CRESCENT")
    ('4021 CRESCENT', 'Left out: “behind” was ignored.')
    """
    parts = text.split()
    at = next((at for at, part in enumerate(parts) if _NUMBER.fullmatch(part)), 0)
    if not at or not parts[at + 1 :] or parts[at - 1] in {*_NO_HOUSE, *PLAIN_UNIT}:
        return None
    return " ".join(parts[at:]), f"Left out: “{' '.join(parts[:at]).lower()}” was ignored."


_RULES: tuple[Callable[[str, Places], Rewritten | None], ...] = (
    *(_unit_last, _without_words_before, _area_last, _one_number),
    *(unglued, _number_within, _number_first, _without_words_between, _first_of_two),
    *(word_once, with_ending, with_and),
)
