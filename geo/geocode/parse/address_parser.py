"""Address parser: every sensible split of a typed text into number, street, unit, town, state and ZIP.

`parse` is the entry point for one text. The geocoder and the gazetteer use `split_address`,
`iter_parses` and `parse_line`. The parser does not decide between parsed addresses: the gazetteer does.
Abbreviations follow USPS Publication 28.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from geo.geocode.parse.house_numbers import House, parse_house_number
from geo.geocode.parse.normalize_text import normalize_text
from geo.geocode.parse.town_names import TownNames
from geo.geocode.parse.unit_designators import split_unit, unit_after_suffix
from geo.geocode.parse.vocabulary import (
    COUNTRY_NAMES,
    DIRECTION,
    NUMBERED_UNIT,
    PLAIN_UNIT,
    STATE,
    SUFFIX,
    expand_words,
    fold_words,
)

MAX_PARSES = 8
_MAX_TOWN_WORDS = 5  # longest town name
_NO_TOWN_NAMES = TownNames()


class Street(NamedTuple):
    """A street in its parts: direction and suffix abbreviated, the name folded (see `fold_words`).

    A missing part is the empty text.
    """

    predir: str
    name: str
    suffix: str
    postdir: str


class ParsedLine(NamedTuple):
    """An address without its house number, the words of the street still together.

    `town_name` is folded. `typed_town` is the town as typed, if it is an alias or misspelled. `ignored` is text that
    fits no part. A missing part is the empty text.
    """

    street: tuple[str, ...]
    unit: str = ""
    town_name: str = ""
    state: str = ""
    zip: str = ""
    zip4: str = ""
    ignored: str = ""
    typed_town: str = ""


class ParsedAddress(NamedTuple):
    """One possible split of a typed address into house number, street and the rest."""

    house: House | None
    street: Street
    line: ParsedLine


SplitAddress = tuple[House | None, ParsedLine]


def parse(text: str, town_names: Mapping[str, str] = _NO_TOWN_NAMES) -> list[ParsedAddress]:
    """Return the sensible parsed addresses of a text, at most 8, the one closest to postal rules first.

    `town_names` maps the folded names of towns and post offices to their spelling. Such a name may end
    the text. Never raises for a typed text.

    >>> parsed, *others = parse("6441 N St. Louis Av, Apt 2, Normandy 63121", {"NORMANDY": "Normandy"})
    >>> parsed.house.number, parsed.line.unit, parsed.line.town_name, parsed.line.zip
    (6441, 'APT 2', 'NORMANDY', '63121')
    >>> parsed.street
    Street(predir='N', name='ST LOUIS', suffix='AVE', postdir='')
    """
    return list(islice(dict.fromkeys(iter_parses(normalize_text(text), town_names)), MAX_PARSES))


def split_address(text: str, town_names: Mapping[str, str]) -> Iterator[SplitAddress]:
    """Yield each split of a normalized text into house number and line, the street words still together.

    >>> [(str(house), line.street, line.unit) for house, line in split_address("401 OAK ST APT 2", {})]
    [('401', ('OAK', 'ST'), 'APT 2'), ('401', ('OAK', 'ST', 'APT', '2'), '')]
    """
    town_names = TownNames.from_names(town_names)
    for house, rest in parse_house_number(text):
        for line in parse_line(rest, town_names):
            yield house, line


def iter_parses(text: str, town_names: Mapping[str, str]) -> Iterator[ParsedAddress]:
    """Yield the parsed addresses of a normalized text. Some may come twice.

    >>> [parsed.street.suffix for parsed in iter_parses("401 OAK ST", {})]
    ['ST', '']
    """
    return parses_of_splits(split_address(text, town_names))


def parses_of_splits(splits: Iterable[SplitAddress]) -> Iterator[ParsedAddress]:
    """Yield the parsed addresses of split texts, by every parse of each street."""
    for house, line in splits:
        for street in parse_street(line.street):
            yield ParsedAddress(house, street, line)


def parses_with_leftover(splits: Iterable[SplitAddress]) -> Iterator[ParsedAddress]:
    """Yield parsed addresses with the street ended at a suffix and the words after it in `ignored`.

    A line that ends with a suffix or a direction has no leftover.

    >>> parsed, other = parses_with_leftover(split_address("401 OAK ST BEHIND CHURCH", {}))
    >>> parsed.street.name, parsed.line.ignored
    ('OAK', 'BEHIND CHURCH')
    """
    for house, line in splits:
        words = line.street
        if not words or words[-1] in SUFFIX or words[-1] in DIRECTION:
            continue
        for end in range(len(words) - 1, 1, -1):
            if words[end - 1] in SUFFIX:
                shortened = line._replace(street=words[:end], ignored=" ".join(words[end:]))
                for street in parse_street(shortened.street):
                    yield ParsedAddress(house, street, shortened)


def parse_street(words: tuple[str, ...]) -> Iterator[Street]:
    """Yield each parse of street words: with and without direction, suffix and trailing direction.

    >>> [(street.predir, street.name, street.suffix) for street in parse_street(("N", "MARKET", "ST"))]
    [('N', 'MARKET', 'ST'), ('', 'N MARKET', 'ST'), ('N', 'MARKET ST', ''), ('', 'N MARKET ST', '')]
    """
    for body, suffix, postdir in _split_suffix_and_postdir(words):
        if len(body) > 1 and body[0] in DIRECTION:
            yield Street(DIRECTION[body[0]], fold_words(body[1:]), suffix, postdir)
        yield Street("", fold_words(body), suffix, postdir)


def _split_suffix_and_postdir(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
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


def parse_line(text: str, town_names: TownNames) -> Iterator[ParsedLine]:
    """Yield each split of the text after a house number into street, unit, town, state and ZIP.

    >>> first, *others = parse_line("OAK ST APT 2 NORMANDY MO 63121", TownNames({"NORMANDY": "Normandy"}))
    >>> first.street, first.unit, first.town_name, first.state, first.zip
    (('OAK', 'ST'), 'APT 2', 'NORMANDY', 'MO', '63121')
    """
    words = text.replace("-", " ").split()
    words, line = _split_state_and_zip(words, town_names)
    if "," in words:
        yield from _parse_comma_parts(words, line, town_names)
        return
    for count, town_name in _trailing_town_names(words, town_names):
        yield from _split_units(words[: len(words) - count], _with_town(line, town_name, town_names))
    yield from _split_units(words, line)


def _with_town(line: ParsedLine, name: str, town_names: TownNames) -> ParsedLine:
    """Return a line with a town. An alias becomes the town's own name."""
    if name in town_names or name not in town_names.aliases:
        return line._replace(town_name=name)
    return line._replace(town_name=town_names.aliases[name], typed_town=" ".join(expand_words(name)).lower())


def _split_state_and_zip(words: list[str], town_names: TownNames) -> tuple[list[str], ParsedLine]:
    """Split country, ZIP and state from the end of the words.

    >>> words, line = _split_state_and_zip("OAK ST NORMANDY MO 63121 4021".split(), TownNames({"NORMANDY": ""}))
    >>> words, line.state, line.zip, line.zip4
    (['OAK', 'ST', 'NORMANDY'], 'MO', '63121', '4021')
    """
    zip_ = zip4 = ""
    words = _strip_trailing_commas(words)
    if len(words) > 2 and words[-1] in COUNTRY_NAMES:
        words = _strip_trailing_commas(words[:-1])
    if len(words) > 2 and _is_digits(words[-2], 5) and _is_digits(words[-1], 4):
        words, zip4 = words[:-1], words[-1]
    if len(words) > 1 and _is_digits(words[-1], 5) and not _is_unit_designator(words[-2]):
        words, zip_ = _strip_trailing_commas(words[:-1]), words[-1]
    elif zip4:
        words, zip4 = [*words, zip4], ""
    for count in (1, 2):
        name = " ".join(words[-count:])
        if name in STATE and _may_be_state(words[:-count], name, zip_, town_names):
            return _strip_trailing_commas(words[:-count]), ParsedLine((), state=STATE[name], zip=zip_, zip4=zip4)
    return words, ParsedLine((), zip=zip_, zip4=zip4)


def _may_be_state(before: list[str], name: str, zip_: str, town_names: TownNames) -> bool:
    """Return whether a word is a state and not a suffix or direction (CT, LA, NE): it must follow a town or comma.

    >>> _may_be_state(["OAK", "ST", "NORMANDY"], "CT", "", TownNames({"NORMANDY": "Normandy"}))
    True
    >>> _may_be_state(["OAK"], "CT", "", TownNames())
    False
    """
    if not before:
        return False
    if before[-1] == "," or any(True for _ in _trailing_town_names(before, town_names)):
        return True
    return bool(zip_) and name not in SUFFIX and name not in DIRECTION and len(before) > 1


def _is_digits(word: str, count: int) -> bool:
    return len(word) == count and word.isascii() and word.isdigit()


def _is_unit_designator(word: str) -> bool:
    return word in PLAIN_UNIT or word in NUMBERED_UNIT


def _strip_trailing_commas(words: list[str]) -> list[str]:
    while words and words[-1] == ",":
        words = words[:-1]
    return words


def _parse_comma_parts(words: list[str], line: ParsedLine, town_names: TownNames) -> Iterator[ParsedLine]:
    """Yield the lines of words with commas: first the street, then units and the town.

    >>> [line.unit for line in _parse_comma_parts("OAK ST , APT 2 , NORMANDY".split(), ParsedLine(()), TownNames())]
    ['APT 2']
    """
    parts = [part.split() for part in " ".join(words).split(",")]
    first, other_parts = parts[0], [part for part in parts[1:] if part]
    units, names = [], []
    for part in other_parts:
        unit, name = _parse_unit_and_town(part, town_names)
        units += [unit] if unit else []
        names += [name] if name else []
    town_name = " ".join(names)
    known_names = [name for name in names if name in town_names or name in town_names.aliases]
    if known_names:
        ignored = " ".join(name for name in names if name != known_names[0])
        line = _with_town(line._replace(ignored=ignored), known_names[0], town_names)
    else:
        line = line._replace(town_name=town_name)
    for parsed_line in _split_units(first, line):
        yield parsed_line._replace(unit=" ".join(filter(None, [parsed_line.unit, *units])))


def _parse_unit_and_town(part: list[str], town_names: TownNames) -> tuple[str, str]:
    """Parse the words between two commas as a unit, a town, or a unit before a town.

    >>> _parse_unit_and_town(["APT", "2", "NORMANDY"], TownNames({"NORMANDY": "Normandy"}))
    ('APT 2', 'NORMANDY')
    """
    for count, name in [(0, ""), *_trailing_town_names(["", *part], town_names)]:
        before = part[: len(part) - count]
        unit_split = split_unit(["", *before])
        if not before or (unit_split and unit_split[0] == 1):
            return unit_split[1] if unit_split else "", name
    return "", fold_words(part)


def _trailing_town_names(words: list[str], town_names: TownNames) -> Iterator[tuple[int, str]]:
    if not words or not town_names.has_name_ending_with(words[-1]):
        return
    for count in range(min(_MAX_TOWN_WORDS, len(words) - 1), 0, -1):
        if name := town_names.match_words(words[-count:]):
            yield count, name


def _split_units(words: list[str], line: ParsedLine) -> Iterator[ParsedLine]:
    """Yield the line with the unit split from the end of the street, then the line without a unit.

    >>> [(line.street, line.unit) for line in _split_units(["OAK", "ST", "2A"], ParsedLine(()))]
    [(('OAK', 'ST'), '2A'), (('OAK', 'ST', '2A'), '')]
    """
    if not words:
        return
    if unit_split := split_unit(words):
        begin, unit = unit_split
        if begin:
            yield line._replace(street=tuple(words[:begin]), unit=unit)
    elif unit := unit_after_suffix(words):
        yield line._replace(street=tuple(words[:-1]), unit=unit)
    yield line._replace(street=tuple(words))
