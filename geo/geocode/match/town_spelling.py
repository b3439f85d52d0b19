"""Misspelled towns: "hillsale" is Hillsdale, and decides between two towns as the right spelling does.

A query calls these functions for its parsed lines. The scoring tells each town that was read as another.
"""

from collections.abc import Iterable, Iterator

from geo.geocode.parse.address_parser import ParsedAddress, ParsedLine, SplitAddress, parse_street
from geo.geocode.parse.town_names import TownNames
from geo.geocode.parse.unit_designators import split_unit
from geo.geocode.parse.vocabulary import expand_words, fold_words

_MAX_TOWN_WORDS = 3  # words of a misspelled town at the end of a line


def with_known_town(line: ParsedLine, town_names: TownNames) -> ParsedLine:
    """Return a line with the town that its unknown town must mean, the same line if there is none.

    >>> towns = TownNames({"HILLSDALE": "Hillsdale"})
    >>> line = with_known_town(ParsedLine(("OAK", "ST"), town_name="HILLSALE"), towns)
    >>> line.town_name, line.typed_town
    ('HILLSDALE', 'hillsale')
    """
    if not line.town_name or line.town_name in town_names:
        return line
    name = town_names.similar_name(line.town_name)
    return line._replace(town_name=name, typed_town=" ".join(expand_words(line.town_name)).lower()) if name else line


def with_town_in_leftover(parsed: ParsedAddress, town_names: TownNames) -> ParsedAddress:
    """Return a parsed address with the misspelled town, and the unit before it, that its ignored words are.

    >>> towns = TownNames({"HILLSDALE": "Hillsdale"})
    >>> parsed = ParsedAddress(None, next(parse_street(("OAK", "ST"))), ParsedLine(("OAK", "ST"), ignored="APT 2 HILLSALE"))
    >>> line = with_town_in_leftover(parsed, towns).line
    >>> line.unit, line.town_name, line.ignored
    ('APT 2', 'HILLSDALE', '')
    """
    words, line = parsed.line.ignored.split(), parsed.line
    if line.town_name:
        return parsed
    for count in range(min(_MAX_TOWN_WORDS, len(words)), 0, -1):
        before, typed = words[:-count], fold_words(words[-count:])
        unit = split_unit(["", *before]) if before else (1, "")
        if unit and unit[0] == 1 and (name := town_names.similar_name(typed)):
            typed_town = " ".join(words[-count:]).lower()
            changed = line._replace(ignored="", town_name=name, typed_town=typed_town, unit=unit[1] or line.unit)
            return parsed._replace(line=changed)
    return parsed


def parses_with_misspelled_town(splits: Iterable[SplitAddress], town_names: TownNames) -> Iterator[ParsedAddress]:
    """Yield parsed addresses with the last words of the street read as a misspelled town.

    >>> towns = TownNames({"HILLSDALE": "Hillsdale"})
    >>> [parsed.street.name for parsed in parses_with_misspelled_town([(None, ParsedLine(("OAK", "HILLSALE")))], towns)]
    ['OAK']
    """
    for house, line in splits:
        if line.town_name or line.ignored:
            continue
        for count in range(min(_MAX_TOWN_WORDS, len(line.street) - 1), 0, -1):
            typed = fold_words(line.street[-count:])
            if name := town_names.similar_name(typed):
                typed_town = " ".join(line.street[-count:]).lower()
                shortened = line._replace(street=line.street[:-count], town_name=name, typed_town=typed_town)
                yield from (ParsedAddress(house, street, shortened) for street in parse_street(shortened.street))
