"""Scoring: compare a parsed address with a row of the index, part by part, with a penalty and a sentence each.

The matchers call `score_rows`. A penalty of 0 means that every typed part is on record.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.gazetteer.format_rows import format_address, house_of_row, town_of_row, unit_words
from geo.geocode.match import penalties
from geo.geocode.parse.address_parser import ParsedAddress, ParsedLine, Street
from geo.geocode.parse.change_texts import (
    another_name_text,
    ignored_text,
    other_number_text,
    other_street_text,
    read_as_text,
)
from geo.geocode.parse.house_numbers import House
from geo.geocode.parse.street_aliases import MOVED_DIRECTION, mismatched_parts
from geo.geocode.parse.unit_designators import is_same_unit
from geo.geocode.parse.vocabulary import STATE_BY_ZIP_PREFIX
from geo.language.translate import gettext

Mismatch = tuple[int, str]  # the penalty, and the sentence
UNIT_LETTERS = {"REAR": "R", "FRNT": "F"}  # letters of house numbers that say what such a unit says


class StreetMatch(NamedTuple):
    """A street on record that a parsed address may mean.

    `alias` is the alias that matched, "" without one. `typed_text` is the typed name if it is only close in spelling.
    """

    parsed: ParsedAddress
    street_id: int
    recorded_street: Street
    alias: str = ""
    typed_text: str = ""

    @property
    def mismatched_parts(self) -> list[str]:
        """The typed parts of the street that differ from the recorded ones.

        >>> parsed = ParsedAddress(None, Street("", "OAK", "ST", ""), ParsedLine(("OAK", "ST")))
        >>> match = StreetMatch(parsed, 0, Street("N", "OAK", "AVE", ""))
        >>> match.mismatched_parts, match.mismatch_cost, match.omitted_count
        (['suffix'], 2, 2)
        """
        return [] if self.alias else mismatched_parts(self.parsed.street, self.recorded_street)

    @property
    def mismatch_cost(self) -> int:
        """The cost of the mismatches: 2 for each part, 1 for a direction typed after the street."""
        return sum(1 if part == MOVED_DIRECTION else 2 for part in self.mismatched_parts)

    @property
    def omitted_count(self) -> int:
        """The number of parts of the recorded street that were not typed, or typed differently."""
        typed, recorded = self.parsed.street, self.recorded_street
        return (
            (typed.predir != recorded.predir) + (typed.suffix != recorded.suffix) + (typed.postdir != recorded.postdir)
        )


class AddressMatch(NamedTuple):
    """A row of the index that may be meant. A `penalty` of 0 means that every typed part is on record."""

    row: int
    penalty: int
    mismatches: tuple[str, ...]
    omitted_count: int  # parts of the recorded street that were not typed
    is_complete: bool  # neither a range nor an untyped unit
    unit_omitted: bool  # the row has a unit and none was typed


def score_rows(
    index: AddressIndex, rows: Sequence[int], street_match: StreetMatch, extra_mismatches: tuple[Mismatch, ...] = ()
) -> Iterator[AddressMatch]:
    """Yield the score of rows on a street against a parsed address. `extra_mismatches` come from the caller.

    With extra mismatches the house number is not compared again.
    """
    if not rows:
        return
    house, line = street_match.parsed.house, street_match.parsed.line
    street_mismatches, omitted_count = (
        [*extra_mismatches, *_street_mismatches(index, street_match)],
        street_match.omitted_count,
    )
    has_locality = bool(line.town_name or line.zip or line.zip4 or line.state)
    for row in rows:
        mismatches = (
            [*street_mismatches, *_locality_mismatches(index, row, line)] if has_locality else street_mismatches
        )
        unit = index.text_at("unit", row)
        if line.unit and house and _is_lettered_part(index, row, house, line.unit):
            mismatches = [*mismatches, (penalties.UNIT_AS_LETTER, _lettered_part_text(index, row, line.unit))]
        else:
            if house and not extra_mismatches:
                mismatches = [*mismatches, *_house_mismatches(index, row, house)]
            if line.unit:
                mismatches = [*mismatches, *_unit_mismatches(unit, line.unit)]
        unit_omitted = bool(unit) and not line.unit
        in_range = house is not None and not house.high and bool(index.high.item(row))
        yield AddressMatch(
            row=row,
            penalty=sum(penalty for penalty, _ in mismatches),
            mismatches=tuple(message for _, message in mismatches),
            omitted_count=omitted_count,
            is_complete=not (unit_omitted or in_range),
            unit_omitted=unit_omitted,
        )


def _street_mismatches(index: AddressIndex, street_match: StreetMatch) -> Iterator[Mismatch]:
    label = index.street_labels[street_match.street_id]
    for part in street_match.mismatched_parts:
        if part == MOVED_DIRECTION:
            typed = street_match.parsed.street.postdir
            yield penalties.MOVED_DIRECTION, gettext("Moved “%(typed)s” before the name.", typed=typed)
            continue
        typed = getattr(street_match.parsed.street, part)
        typed = typed.capitalize() if part == "suffix" else typed
        yield penalties.STREET_PART, other_street_text(typed, label)
    if alias := street_match.alias:
        yield penalties.STREET_ALIAS, another_name_text(alias, label)
    if street_match.typed_text:
        yield penalties.STREET_SPELLING, read_as_text(street_match.typed_text, label)
    if street_match.parsed.line.ignored:
        yield penalties.IGNORED_WORDS, ignored_text(street_match.parsed.line.ignored.lower())
    if street_match.parsed.house and street_match.parsed.house.number_words:
        house = street_match.parsed.house
        yield penalties.NUMBER_IN_WORDS, read_as_text(house.number_words, str(house.number))


def _house_mismatches(index: AddressIndex, row: int, typed: House) -> Iterator[Mismatch]:
    if typed.frac != index.text_at("frac", row) or typed.letter != index.text_at("letter", row):
        message = other_number_text(_format_without_range(typed), _format_without_range(house_of_row(index, row)))
        yield (penalties.NUMBER_ADDITION if typed.frac or typed.letter else penalties.NUMBER_ADDITION_MISSING), message
    elif typed.high and typed.high != index.high.item(row):
        yield penalties.NUMBER_RANGE, other_number_text(str(typed), str(house_of_row(index, row)))


def _is_lettered_part(index: AddressIndex, row: int, typed: House, unit: str) -> bool:
    """Return whether a row has the letter for a typed rear or front: the rear of 2735 is 2735R."""
    letter = UNIT_LETTERS.get(unit)
    is_alike = typed.number == index.house_number(row) and typed.frac == index.text_at("frac", row) and not typed.high
    return letter is not None and is_alike and not typed.letter and letter == index.text_at("letter", row)


def _lettered_part_text(index: AddressIndex, row: int, unit: str) -> str:
    return read_as_text(unit_words(unit).lower(), _format_without_range(house_of_row(index, row)))


def _format_without_range(house: House) -> str:
    return str(House(house.number, 0, house.frac, house.letter))


def _unit_mismatches(recorded: str, typed: str) -> Iterator[Mismatch]:
    if is_same_unit(typed, recorded):
        return
    unit = unit_words(typed)
    if recorded:
        recorded_unit = unit_words(recorded)
        message = gettext("%(unit)s is not on record; this is %(recorded)s.", unit=unit, recorded=recorded_unit)
        yield penalties.UNIT_DIFFERS, message
    else:
        message = gettext("%(unit)s is not on record; this is the whole address.", unit=unit)
        yield penalties.UNIT_NOT_ON_RECORD, message


def _locality_mismatches(index: AddressIndex, row: int, line: ParsedLine) -> Iterator[Mismatch]:
    town, zip_ = town_of_row(index, row), index.text_at("zip", row)
    if line.typed_town:
        yield penalties.TOWN_SPELLING, read_as_text(line.typed_town, index.town_names[line.town_name])
    if line.town_name and line.town_name not in (fold_name(town), fold_name(index.text_at("postal", row))):
        yield penalties.TOWN_DIFFERS, _other_town_text(index, row, line.town_name)
    if line.zip and line.zip != zip_:
        yield _zip_mismatch(line.zip, zip_)
    if line.zip4:
        yield penalties.ZIP_PLUS_FOUR, gettext("Ignored “%(typed)s” after the ZIP code.", typed=line.zip4)
    state = STATE_BY_ZIP_PREFIX.get(zip_[:3])
    if line.state and state and line.state != state:
        message = gettext("The state is %(state)s, not %(typed)s.", state=state, typed=line.state)
        yield penalties.STATE_DIFFERS, message


def _other_town_text(index: AddressIndex, row: int, folded_town: str) -> str:
    typed_town = index.town_names.get(folded_town, folded_town.title())
    address, town = format_address(index, row), town_of_row(index, row)
    if not town:
        return gettext("%(address)s is not on record in %(town)s.", address=address, town=typed_town)
    return gettext("%(address)s is in %(town)s, not in %(typed)s.", address=address, town=town, typed=typed_town)


def _zip_mismatch(typed: str, recorded: str) -> Mismatch:
    if recorded:
        message = gettext("The ZIP code is %(zip)s, not %(typed)s.", zip=recorded, typed=typed)
        return penalties.ZIP_DIFFERS, message
    return penalties.ZIP_NOT_ON_RECORD, gettext("Ignored the ZIP code %(zip)s; none is on record.", zip=typed)
