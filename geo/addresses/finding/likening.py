"""Likening: the streets whose names are nearest in spelling to a misspelt one. Digits are never likened."""

from collections.abc import Iterable, Iterator, Sequence

from geo.addresses.finding.judging import Choice
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.reading.parsing import Reading
from geo.addresses.reading.slips import Forms, initials, leaves_out, slips_in, slips_of
from geo.addresses.reading.words import SUFFIX, in_full


def alike(
    index: AddressIndex, readings: Sequence[Reading], numbers: Iterable[int] | None = None
) -> list[Choice]:
    """Give those of the streets that have one of some numbers, or of all, that are nearest in spelling to what was read, slips and other faults counted alike.

    A suffix may be misspelt with its name. Each choice tells what was typed.
    """
    found: dict[Choice, int] = {}
    having = None if numbers is None else [index.forms_having(number) for number in numbers]
    near = _Near(index, having)
    for reading in readings:
        name = reading.street.name
        ended = reading.line.street[-1] in SUFFIX  # then no other word is a misspelt suffix
        # What looks like an abbreviation may be the misspelling: est for west, not for estate.
        pairs = near.to(in_full(name), ended) or near.to(name.replace(" ", ""), ended)
        for street, slips in pairs:
            told = " ".join(reading.line.street).lower()
            choice = Choice(reading, street, index.parts[street], read_as=told)
            score = 2 * slips + choice.cost
            found[choice] = min(score, found.get(choice, score))
    if not found and having:
        found = {one: one.cost for one in _abbreviated(index, readings, having)}
    least = min(found.values(), default=0)
    return [choice for choice, score in found.items() if score == least]


def _abbreviated(
    index: AddressIndex, readings: Iterable[Reading], having: Iterable[Forms]
) -> Iterator[Choice]:
    """Yield the streets of whose names what was read leaves letters out, word by word: Plsnt, Nat'l Bridge, Kingshwy."""
    for reading in readings:
        typed = reading.street.name.split()
        first = initials(typed)
        for street, words in (pair for forms in having for pair in forms.words.get(first, ())):
            if leaves_out(typed, words):
                told = " ".join(reading.line.street).lower()
                yield Choice(reading, street, index.parts[street], read_as=told)


class _Near:
    """Streets among which nearness in spelling is asked, for each name once; all streets where none are given."""

    def __init__(self, index: AddressIndex, having: Sequence[Forms] | None) -> None:
        self.index, self.having = index, having
        self.known: dict[tuple[str, bool], list[tuple[int, int]]] = {}

    def to(self, typed: str, with_suffix: bool) -> list[tuple[int, int]]:  # noqa: FBT001
        """Give the streets near to a name, each with its slips; without a suffix the name may end in one."""
        asked = typed, with_suffix
        if asked not in self.known:
            self.known[asked] = self._anywhere(typed) if self.having is None else self._of(*asked)
        return self.known[asked]

    def _of(self, typed: str, with_suffix: bool) -> list[tuple[int, int]]:  # noqa: FBT001
        for form in (0, 3) if with_suffix else (0, 3, 1, 2):
            near = [
                (forms.streets[at], slips)
                for forms in self.having or ()
                for at, slips in slips_of(typed, forms.spelt[form])
            ]
            if near:
                return near
        return []

    def _anywhere(self, typed: str) -> list[tuple[int, int]]:
        most = slips_in(typed)
        lengths = range(len(typed) - most, len(typed) + most + 1) if most else ()
        known = (self.index.by_length.get(letters) for letters in lengths)
        return [pair for names in known if names for pair in names.near(typed, most)]
