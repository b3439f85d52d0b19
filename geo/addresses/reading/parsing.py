"""From text to readings: every sensible way to part an address; the table decides which is meant."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from geo.addresses.reading.houses import House, houses
from geo.addresses.reading.places import Places
from geo.addresses.reading.text import plain
from geo.addresses.reading.units import bare_unit, split_unit
from geo.addresses.reading.words import (
    COUNTRY,
    DIRECTION,
    NUMBERED_UNIT,
    PLAIN_UNIT,
    STATE,
    SUFFIX,
    fold,
)

MOST_READINGS = 8
_LONGEST_PLACE = 5  # words
_NO_PLACES = Places()


class Street(NamedTuple):
    """A street in its parts: abbreviations for direction and suffix, the name folded."""

    predir: str
    name: str
    suffix: str
    postdir: str


class Line(NamedTuple):
    """An address parted, its street still whole. What was not written is empty.

    `place` is folded; `ignored` is text that no part could take.
    """

    street: tuple[str, ...]
    unit: str = ""
    place: str = ""
    state: str = ""
    zip: str = ""
    zip4: str = ""
    ignored: str = ""


class Reading(NamedTuple):
    """One way to read an address."""

    house: House | None
    street: Street
    line: Line


Parted = tuple[House | None, Line]


def parse(text: str, places: Mapping[str, str] = _NO_PLACES) -> list[Reading]:
    """Give the sensible readings of an address, the one nearest to postal habit first.

    `places` are the folded names of towns and post offices that may stand at the end. Never raises.

    >>> one, *others = parse("6441 N St. Louis Av, Apt 2, Normandy 63121", {"NORMANDY": "Normandy"})
    >>> one.house.number, one.street, one.line.unit, one.line.place, one.line.zip
    (6441, Street(predir='N', name='ST LOUIS', suffix='AVE', postdir=''), 'APT 2', 'NORMANDY', '63121')
    """
    return list(islice(dict.fromkeys(readings(plain(text), places)), MOST_READINGS))


def parted(text: str, places: Mapping[str, str]) -> Iterator[Parted]:
    """Yield each way to part a plain text into house number and line, the street still whole."""
    places = Places.of(places)
    for house, rest in houses(text):
        for line in lines(rest, places):
            yield house, line


def readings(text: str, places: Mapping[str, str]) -> Iterator[Reading]:
    """Yield the readings of a plain text one after the other; some may come twice."""
    return readings_of(parted(text, places))


def readings_of(parts: Iterable[Parted]) -> Iterator[Reading]:
    """Yield the readings of a text that is parted."""
    for house, line in parts:
        for street in streets(line.street):
            yield Reading(house, street, line)


def readings_with_rest(parts: Iterable[Parted]) -> Iterator[Reading]:
    """Yield readings in which the street ends at a suffix and what follows is left over.

    What is left over must not itself look like the rest of a street's name.
    """
    for house, line in parts:
        words = line.street
        if not words or words[-1] in SUFFIX or words[-1] in DIRECTION:
            continue
        for end in range(len(words) - 1, 1, -1):
            if words[end - 1] in SUFFIX:
                cut = line._replace(street=words[:end], ignored=" ".join(words[end:]))
                for street in streets(cut.street):
                    yield Reading(house, street, cut)


def streets(words: tuple[str, ...]) -> Iterator[Street]:
    """Yield the ways to part a street: with and without direction, suffix, direction behind.

    >>> [(s.predir, s.name, s.suffix) for s in streets(("N", "MARKET", "ST"))]
    [('N', 'MARKET', 'ST'), ('', 'N MARKET', 'ST'), ('N', 'MARKET ST', ''), ('', 'N MARKET ST', '')]
    """
    for body, suffix, postdir in _ends(words):
        if len(body) > 1 and body[0] in DIRECTION:
            yield Street(DIRECTION[body[0]], fold(body[1:]), suffix, postdir)
        yield Street("", fold(body), suffix, postdir)


def _ends(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if not words:
        return
    last, n = words[-1], len(words)
    if n > 2 and last in DIRECTION and words[-2] in SUFFIX:
        yield words[:-2], SUFFIX[words[-2]], DIRECTION[last]
    if n > 1 and last in SUFFIX:
        yield words[:-1], SUFFIX[last], ""
    yield words, "", ""
    if n > 1 and last in DIRECTION:
        yield words[:-1], "", DIRECTION[last]


def lines(text: str, places: Places) -> Iterator[Line]:
    """Yield the ways to part what follows a house number into street, unit, place and ZIP."""
    words = text.replace("-", " ").split()
    words, line = _state_and_zip(words, places)
    if "," in words:
        yield from _with_commas(words, line, places)
        return
    for count, place in _places(words, places):
        yield from _units(words[: len(words) - count], line._replace(place=place))
    yield from _units(words, line)


def _state_and_zip(words: list[str], places: Places) -> tuple[list[str], Line]:
    """Take country, ZIP and state from the end."""
    zip_ = zip4 = ""
    words = _trimmed(words)
    if len(words) > 2 and words[-1] in COUNTRY:
        words = _trimmed(words[:-1])
    if len(words) > 2 and _digits(words[-2], 5) and _digits(words[-1], 4):
        words, zip4 = words[:-1], words[-1]
    if len(words) > 1 and _digits(words[-1], 5) and not _opens_unit(words[-2]):
        words, zip_ = _trimmed(words[:-1]), words[-1]
    elif zip4:
        words, zip4 = [*words, zip4], ""
    for count in (1, 2):
        name = " ".join(words[-count:])
        if name in STATE and _may_be_state(words[:-count], name, zip_, places):
            return _trimmed(words[:-count]), Line((), state=STATE[name], zip=zip_, zip4=zip4)
    return words, Line((), zip=zip_, zip4=zip4)


def _may_be_state(before: list[str], name: str, zip_: str, places: Places) -> bool:
    """Tell a state from a suffix or direction of the same letters: CT, LA, NE stand behind a place."""
    if not before:
        return False
    if before[-1] == "," or any(True for _ in _places(before, places)):
        return True
    return bool(zip_) and name not in SUFFIX and name not in DIRECTION and len(before) > 1


def _digits(word: str, count: int) -> bool:
    return len(word) == count and word.isascii() and word.isdigit()


def _opens_unit(word: str) -> bool:
    return word in PLAIN_UNIT or word in NUMBERED_UNIT


def _trimmed(words: list[str]) -> list[str]:
    while words and words[-1] == ",":
        words = words[:-1]
    return words


def _with_commas(words: list[str], line: Line, places: Places) -> Iterator[Line]:
    """Part at the commas: the street stands first, then units and the place."""
    parts = [part.split() for part in " ".join(words).split(",")]
    first, rest = parts[0], [part for part in parts[1:] if part]
    units, names = [], []
    for part in rest:
        unit, name = _unit_and_place(part, places)
        units += [unit] if unit else []
        names += [name] if name else []
    place = " ".join(names)
    known = [name for name in names if name in places]
    if known:
        rest_of_it = " ".join(name for name in names if name != known[0])
        line = line._replace(place=known[0], ignored=rest_of_it)
    else:
        line = line._replace(place=place)
    for found_line in _units(first, line):
        yield found_line._replace(unit=" ".join(filter(None, [found_line.unit, *units])))


def _unit_and_place(part: list[str], places: Places) -> tuple[str, str]:
    """Read what stands between two commas: a unit, a place, or a unit with a place behind it."""
    for count, name in [(0, ""), *_places(["", *part], places)]:
        before = part[: len(part) - count]
        found = split_unit(["", *before])
        if not before or (found and found[0] == 1):
            return found[1] if found else "", name
    return "", fold(part)


def _places(words: list[str], places: Places) -> Iterator[tuple[int, str]]:
    if not words or not places.ended_by(words[-1]):
        return
    for count in range(min(_LONGEST_PLACE, len(words) - 1), 0, -1):
        if (name := fold(words[-count:])) in places:
            yield count, name


def _units(words: list[str], line: Line) -> Iterator[Line]:
    """Take the unit from the end of a street, if there is one."""
    if not words:
        return
    if found := split_unit(words):
        begin, unit = found
        if begin:
            yield line._replace(street=tuple(words[:begin]), unit=unit)
    elif len(words) > 2 and words[-2] in SUFFIX and (unit := bare_unit(words[-1])):
        yield line._replace(street=tuple(words[:-1]), unit=unit)
    yield line._replace(street=tuple(words))
