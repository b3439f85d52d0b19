"""Judging: what of a typed address the table has, part by part, and what to tell of the rest."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from geo.addresses.gazetteer.index import AddressIndex, folded
from geo.addresses.gazetteer.rows import address_of, house_of, town_of, unit_words
from geo.addresses.reading.aliases import BEHIND, differing
from geo.addresses.reading.houses import House
from geo.addresses.reading.parsing import Line, Reading, Street
from geo.addresses.reading.units import same_unit
from geo.addresses.reading.words import STATE_OF_ZIP

Fault = tuple[int, str]  # how grave, and the sentence

_PARTS = {"predir": "Direction", "suffix": "Suffix", "postdir": "Direction"}


class Choice(NamedTuple):
    """A street that a reading may mean, and how the table spells it.

    `alias` is as the layer writes it; `read_as` is what was typed where that is only near in spelling.
    """

    reading: Reading
    street: int
    known: Street
    alias: str = ""
    read_as: str = ""

    @property
    def faults(self) -> list[str]:
        """The parts of the street that were typed otherwise."""
        return [] if self.alias else differing(self.reading.street, self.known)

    @property
    def cost(self) -> int:
        """How far off the street is: two for each part, one for a direction in another place."""
        return sum(1 if part == BEHIND else 2 for part in self.faults)

    @property
    def left_out(self) -> int:
        """How many parts that the street has in the table were not typed, or otherwise."""
        typed, known = self.reading.street, self.known
        return (
            (typed.predir != known.predir)
            + (typed.suffix != known.suffix)
            + (typed.postdir != known.postdir)
        )


class Match(NamedTuple):
    """A row that may be meant. Grave 0 means that every typed part stands in the table."""

    row: int
    grave: int
    faults: tuple[str, ...]
    notes: tuple[str, ...]  # worth telling, but no fault
    left_out: int  # how many parts of the street were not typed
    whole: bool  # nor has the number or unit
    unit_open: bool  # the row has a unit, and none was typed

    @property
    def changes(self) -> tuple[str, ...]:
        """Every sentence to tell."""
        return self.faults + self.notes


def judge(
    index: AddressIndex, rows: Sequence[int], choice: Choice, extra: tuple[Fault, ...] = ()
) -> Iterator[Match]:
    """Hold rows of a street against a reading; `extra` are faults found on the way."""
    if not rows:
        return
    house, line = choice.reading.house, choice.reading.line
    street, left_out = [*extra, *_street_faults(index, choice)], choice.left_out
    placed = bool(line.place or line.zip or line.zip4 or line.state)
    for row in rows:
        found = [*street, *_place_faults(index, row, line)] if placed else street
        if house and not extra:
            found = [*found, *_house_faults(index, row, house)]
        unit = index.text("unit", row)
        if line.unit:
            found = [*found, *_unit_faults(unit, line.unit)]
        unit_open = bool(unit) and not line.unit
        in_range = house is not None and not house.high and bool(index.high.item(row))
        yield Match(
            row=row,
            grave=sum(grave for grave, _ in found),
            faults=tuple(sentence for _, sentence in found),
            notes=_notes(index.text("postal", row), town_of(index, row)),
            left_out=left_out,
            whole=not (unit_open or in_range),
            unit_open=unit_open,
        )


def _street_faults(index: AddressIndex, choice: Choice) -> Iterator[Fault]:
    label = index.labels[choice.street]
    for part in choice.faults:
        if part == BEHIND:
            typed = choice.reading.street.postdir
            yield 3, f"Direction: {typed} was typed behind the street; on record is {label}."
            continue
        typed = getattr(choice.reading.street, part).capitalize()
        yield 4, f"{_PARTS[part]}: {typed or 'none'} was typed; the street on record is {label}."
    if choice.alias:
        yield 1, f"Street: {choice.alias} is another name of {label}."
    if choice.read_as:
        yield 1, f"Street: “{choice.read_as}” was read as {label}."
    if choice.reading.line.ignored:
        yield 2, f"Left out: “{choice.reading.line.ignored.lower()}” was ignored."
    if choice.reading.house and choice.reading.house.spoken:
        house = choice.reading.house
        yield 1, f"Number: “{house.spoken}” was read as {house.number}."


def _house_faults(index: AddressIndex, row: int, typed: House) -> Iterator[Fault]:
    if typed.frac != index.text("frac", row) or typed.letter != index.text("letter", row):
        told = f"Number: {_brief(typed)} is not on record; this is {_brief(house_of(index, row))}."
        yield (4 if typed.frac or typed.letter else 3), told
    elif typed.high and typed.high != index.high.item(row):
        yield 3, f"Number: {typed} is not on record; this is {house_of(index, row)}."


def _brief(house: House) -> str:
    return str(House(house.number, 0, house.frac, house.letter))


def _unit_faults(kept: str, typed: str) -> Iterator[Fault]:
    if same_unit(typed, kept):
        return
    this = f"this is {unit_words(kept)}" if kept else "this is the whole address"
    yield (5 if kept else 2), f"Unit: {unit_words(typed)} is not on record; {this}."


def _place_faults(index: AddressIndex, row: int, line: Line) -> Iterator[Fault]:
    town, zip_ = town_of(index, row), index.text("zip", row)
    if line.place and line.place not in (folded(town), folded(index.text("postal", row))):
        typed = index.places.get(line.place, line.place.title())
        where = f"it is in {town}" if town else "its town is not on record"
        yield 4, f"Town: {typed} has no {address_of(index, row)} on record; {where}."
    if line.zip and line.zip != zip_:
        known = f"on record is {zip_}" if zip_ else "none is on record"
        yield (2 if zip_ else 1), f"ZIP: {line.zip} was typed; {known}."
    if line.zip4:
        yield 1, f"ZIP: the ending {line.zip4} was ignored."
    state = STATE_OF_ZIP.get(zip_[:3])
    if line.state and state and line.state != state:
        yield 4, f"State: {line.state} was typed; it is in {state}."


@lru_cache(1 << 12)
def _notes(postal: str, town: str) -> tuple[str, ...]:
    if postal and town and folded(postal) != folded(town):
        return (f"Town: the post office is {postal}; {town} governs.",)
    return ()
