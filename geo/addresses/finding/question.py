"""A question: what was typed, of which index, and to whom a tie leans."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from math import cos, hypot, inf, radians

from geo.addresses.finding.answer import Candidate, Status, row_candidate
from geo.addresses.finding.completing import begun
from geo.addresses.finding.judging import Choice, Match
from geo.addresses.finding.matching import choices
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.reading.houses import MOST
from geo.addresses.reading.parsing import Parted, Reading, parted, readings_of, readings_with_rest
from geo.addresses.reading.rewriting import rewritings
from geo.naming import slug
from geo.places import LonLat

_LETTER_OR_DIRECTION = re.compile(r"[0-9]+ [NSEW] ")


@dataclass(frozen=True)
class Question:
    """One query with what helps to answer it; `town` is a slug, `near` a place in degrees."""

    index: AddressIndex
    query: str
    text: str  # the query made plain
    near: LonLat | None = None
    town: str | None = None
    most: int = 10  # candidates that are wanted

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that have a number, each once."""
        every = dict.fromkeys(readings_of(self.parted))
        return tuple(one for one in every if one.house and one.house.number <= MOST)

    @cached_property
    def parted(self) -> tuple[Parted, ...]:
        """Each way to part the text into house number and line."""
        return tuple(parted(self.text, self.index.places))

    @cached_property
    def rewritings(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The text after each rule of order that it calls for, with what to tell."""
        return tuple(rewritings(self.text, self.index.places))

    @cached_property
    def _others(self) -> dict[str, "Question"]:
        return {}

    @cached_property
    def begun(self) -> tuple[Choice, ...]:
        """The streets that begin as typed."""
        return tuple(begun(self.index, self.parted))

    @cached_property
    def streets(self) -> tuple[Choice, ...]:
        """The streets on which the number may be; with something left over only when there is no other.

        "128 E Main": that E is a letter of the number is for whoever has that very number to say.
        """
        plainly = [one for one in self.readings if not self.is_lettered(one)]
        if chosen := choices(self.index, plainly):
            return tuple(chosen)
        rest = readings_with_rest(self.parted)
        return tuple(choices(self.index, [one for one in rest if one.house]))

    def is_lettered(self, reading: Reading) -> bool:
        """Tell whether the letter of a reading's number may as well be a direction."""
        lettered = reading.house is not None and reading.house.letter
        return bool(lettered and _LETTER_OR_DIRECTION.match(self.text))

    def rewritten(self, text: str) -> "Question":
        """Ask the same of another text."""
        if text == self.text:
            return self
        if text not in self._others:
            self._others[text] = replace(self, text=text)
        return self._others[text]

    def order(self, found: list[Candidate]) -> list[Candidate]:
        """Sort candidates that are equally good: in the town first, then the nearest."""
        if self.town is None and self.near is None:
            return found
        return sorted(found, key=lambda one: (self._elsewhere(one), self._away(one)))

    def _elsewhere(self, one: Candidate) -> bool:
        return self.town is not None and (one.town is None or slug(one.town) != self.town)

    def _away(self, one: Candidate) -> float:
        """How far off a candidate is, good for comparing only; without a place it comes last."""
        if self.near is None:
            return 0.0
        if one.lon is None or one.lat is None:
            return inf
        east = (one.lon - self.near.lon) * cos(radians(self.near.lat))
        return hypot(east, one.lat - self.near.lat)


def status_of(count: int, *, changed: bool) -> Status:
    """Name what was found: one as typed, one with changes, or several."""
    if count > 1:
        return "ambiguous"
    return "corrected" if changed else "exact"


def candidates(
    index: AddressIndex, found: Iterable[Match], status: Status, most: int | None = None
) -> list[Candidate]:
    """Make candidates of matches, at most `most`; where no unit was typed, those of one number on one lot are one."""
    return [_of_door(index, door, status) for door in islice(_doors(index, found), most)]


def _doors(index: AddressIndex, found: Iterable[Match]) -> Iterable[list[Match]]:
    """Gather matches: where no unit was typed, those of one number on one lot are one door."""
    doors: dict[object, list[Match]] = {}
    for match in found:
        row, lot = match.row, index.lot.item(match.row)
        door = (lot, index.key.item(row), match.faults)
        doors.setdefault(door if match.unit_open and lot >= 0 else row, []).append(match)
    return doors.values()


def _of_door(index: AddressIndex, door: list[Match], status: Status) -> Candidate:
    first, *others = door
    told = f"Unit: none was typed; {1 + len(others)} are on record here."
    changes = (*first.changes, told) if others else first.changes
    return row_candidate(index, first.row, status, changes, unit=not others)


def best_once(asked: Question, found: Sequence[Match], status: Status) -> list[Candidate]:
    """Make candidates, each parcel once, the best first; where nothing leans, no more than are wanted."""
    index, lots = asked.index, asked.index.lot
    leans = asked.town is not None or asked.near is not None
    if leans or len(found) <= asked.most or any(lots.item(one.row) < 0 for one in found):
        return each_once(asked.order(candidates(index, found, status)))
    of_lot: dict[int, list[Match]] = {}
    for door in _doors(index, found):
        of_lot.setdefault(lots.item(door[0].row), door)
    return [_of_door(index, door, status) for door in islice(of_lot.values(), asked.most)]


def each_once(found: list[Candidate]) -> list[Candidate]:
    """Keep each parcel once; a row without a parcel gives way to one that has the same address."""
    kept: dict[object, Candidate] = {}
    with_lot = {(one.address, one.town) for one in found if one.parcel_id is not None}
    for one in found:
        if one.parcel_id is None and (one.address, one.town) in with_lot:
            continue
        place = (one.address, one.town, one.lon, one.lat)
        kept.setdefault(place if one.parcel_id is None else one.parcel_id, one)
    return list(kept.values())
