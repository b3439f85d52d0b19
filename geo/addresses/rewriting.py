"""Rewriting: what people type glued together or in another order, put as addresses are written. Each rule tells what it did."""

import re
from collections.abc import Callable, Iterator, Mapping

from geo.addresses.words import BEFORE, DIRECTION, NUMBERED_UNIT, PLAIN_UNIT, SUFFIX, fold, ordinal

_GLUED = re.compile(r"([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)")
_BEHIND = re.compile(r"([^0-9].*?)[ ,]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)")
_NUMBER = re.compile(r"[0-9]+(?:-[0-9]+)?[A-Z]?")
_UNIT = re.compile(r"[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z]")
_MOST_PLACE = 5  # words
_CLOSE = re.compile(r"([0-9]{1,6}) ([NSEW])([A-Z]{4,}.*)")

Places = Mapping[str, str]  # folded towns and post offices: as written
Rewritten = tuple[str, str]  # the text, and what to tell


def rewritings(text: str, places: Places) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a plain text after each rule that it calls for, with all that was done so far.

    >>> [*rewritings("NATURAL BRIDGE RD 7201", {})]
    [('7201 NATURAL BRIDGE RD', ('Number: 7201 was typed behind the street.',))]
    >>> [*rewritings("1744 66 ST", {})], [*rewritings("401 OAK ST", {})]
    ([('1744 66TH ST', ('Street: “66” was read as 66th.',))], [])
    """
    told: tuple[str, ...] = ()
    for rule in _RULES:
        if done := rule(text, places):
            text, sentence = done
            told = (*told, sentence)
            yield text, told


def direction_apart(text: str) -> Rewritten | None:
    """Part a direction from the name that follows it without a blank: only an address on record can tell whether that is meant.

    >>> direction_apart("857 NFLORISSANT RD")
    ('857 N FLORISSANT RD', 'Street: “nflorissant” was read as N Florissant.')
    """
    if not (found := _CLOSE.fullmatch(text)):
        return None
    name = found[3].split()[0]
    told = f"Street: “{(found[2] + name).lower()}” was read as {found[2]} {name.capitalize()}."
    return f"{found[1]} {found[2]} {found[3]}", told


def _without_words_before(text: str, _: Places) -> Rewritten | None:
    """Leave out what says no more than that an address follows: house no. 4021."""
    parts = text.split()
    count = next((at for at, part in enumerate(parts) if part not in BEFORE), 0)
    if not count or not _NUMBER.fullmatch(parts[count]):
        return None
    return " ".join(parts[count:]), f"Left out: “{' '.join(parts[:count]).lower()}” was ignored."


def _place_last(text: str, places: Places) -> Rewritten | None:
    """Put a town that stands before the number behind the address."""
    parts = text.split()
    for count in range(min(_MOST_PLACE, len(parts) - 2), 0, -1):
        name = fold(parts[:count])
        rest = parts[count + 1 :] if parts[count] == "," else parts[count:]
        if name in places and rest and _NUMBER.fullmatch(rest[0]):
            told = f"Town: {places[name]} was typed before the address."
            return " ".join([*rest, ",", *parts[:count]]), told
    return None


def _unit_last(text: str, _: Places) -> Rewritten | None:
    """Put a unit that stands before the street or its number behind them."""
    parts = text.split()
    for at in (0, 1):
        if len(parts) < at + 4 or (at and not _NUMBER.fullmatch(parts[0])):
            continue
        kind, name = parts[at : at + 2]
        rest = parts[at + 3 :] if parts[at + 2] == "," else parts[at + 2 :]
        starts = bool(at) or (rest and _NUMBER.fullmatch(rest[0]))
        if (kind in NUMBERED_UNIT or kind in PLAIN_UNIT) and _UNIT.fullmatch(name) and starts:
            told = f"Unit: “{kind.lower()} {name.lower()}” was typed before the street."
            return " ".join([*parts[:at], *rest, ",", kind, name]), told
    return None


def _suffix_once(text: str, _: Places) -> Rewritten | None:
    """Take a suffix that was typed twice for one."""
    parts = text.split()
    for at in range(2, len(parts)):
        suffix = SUFFIX.get(parts[at])
        if suffix is not None and suffix == SUFFIX.get(parts[at - 1]):
            told = f"Suffix: “{parts[at].lower()}” was typed twice."
            return " ".join(parts[:at] + parts[at + 1 :]), told
    return None


def _unglued(text: str, _: Places) -> Rewritten | None:
    """Part a number from the street that follows it without a blank."""
    if not (found := _GLUED.fullmatch(text)):
        return None
    word = found[0].split()[0]
    if word == ordinal(int(found[1])):
        return None
    return (
        f"{found[1]} {found[2]}",
        f"Number: “{word.lower()}” was read as {found[1]} and the street.",
    )


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


def _with_ending(text: str, _: Places) -> Rewritten | None:
    """Give a numbered street the ending of its ordinal: 66 St is 66th St."""
    parts = text.split()
    for at in (1, 2):
        word = parts[at] if at < len(parts) else ""
        follows = parts[at + 1] if at + 1 < len(parts) else ""
        if word.isdigit() and len(word) <= 3 and (follows in SUFFIX or follows in ("", ",")):
            parts[at] = ordinal(int(word))
            return " ".join(parts), f"Street: “{word}” was read as {parts[at].lower()}."
        if word not in DIRECTION:
            return None
    return None


def _with_and(text: str, _: Places) -> Rewritten | None:
    """Read an n between two words of a name as and: Lucas n Hunt."""
    parts = text.split()
    for at in range(2, len(parts) - 1):
        named = parts[at - 1].isalpha() and parts[at - 1] not in SUFFIX
        if parts[at] == "N" and named and parts[at + 1] not in SUFFIX:
            parts[at] = "AND"
            return " ".join(parts), "Street: “n” was read as and."
    return None


_RULES: tuple[Callable[[str, Places], Rewritten | None], ...] = (
    *(_without_words_before, _place_last, _unit_last, _unglued, _number_first),
    *(_suffix_once, _with_ending, _with_and),
)
