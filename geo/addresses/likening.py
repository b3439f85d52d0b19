"""Likening: the streets whose names are nearest in spelling to a misspelt one. Digits are never likened."""

from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.addresses.index import AddressIndex
from geo.addresses.judging import Choice
from geo.addresses.reading import Reading
from geo.addresses.words import in_full

LEAST = 4  # letters: a shorter name is too near to too many
_DIGITS = frozenset("0123456789")


def slips_of(typed: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """Tell which names a misspelt one may mean: the place of each in `names`, and how many slips lie between.

    A slip is a letter too few, too many, wrong, or swapped with the next one (the restricted Damerau distance). A name
    may have one slip, from six letters two, from twelve three.
    """
    if len(typed) < LEAST:
        return []
    most = 1 + (len(typed) >= 6) + (len(typed) >= 12)
    found = process.extract(typed, names, scorer=OSA.distance, score_cutoff=most, limit=None)
    digits = _digits(typed)
    return [(at, slips) for name, slips, at in found if name and _digits(name) == digits]


def alike(
    index: AddressIndex, readings: Iterable[Reading], streets: Sequence[int] | None = None
) -> list[Choice]:
    """Give those of `streets`, or of all, that are nearest in spelling to what was read, slips and other faults counted alike.

    A suffix may be misspelt with its name. Each choice tells what was typed.
    """
    found: dict[Choice, int] = {}
    near = _Near(index, streets)
    for reading in readings:
        for street, slips in near.to(in_full(reading.street.name), bool(reading.street.suffix)):
            told = " ".join(reading.line.street).lower()
            choice = Choice(reading, street, index.parts[street], read_as=told)
            score = 2 * slips + choice.cost
            found[choice] = min(score, found.get(choice, score))
    least = min(found.values(), default=0)
    return [choice for choice, score in found.items() if score == least]


class _Near:
    """Streets among which nearness in spelling is asked, for each name once."""

    def __init__(self, index: AddressIndex, streets: Sequence[int] | None) -> None:
        self.streets = range(len(index.labels)) if streets is None else streets
        self.names, self.whole = index.squeezed, index.squeezed_whole
        if streets is not None:
            self.names = [self.names[street] for street in streets]
            self.whole = [self.whole[street] for street in streets]
        self.known: dict[tuple[str, bool], list[tuple[int, int]]] = {}

    def to(self, typed: str, with_suffix: bool) -> list[tuple[int, int]]:  # noqa: FBT001
        """Give the streets near to a name, each with its slips; without a suffix the name may end in one."""
        asked = typed, with_suffix
        if asked not in self.known:
            near = slips_of(typed, self.names)
            if not near and not with_suffix:
                near = slips_of(typed, self.whole)
            self.known[asked] = [(self.streets[at], slips) for at, slips in near]
        return self.known[asked]


def _digits(name: str) -> str:
    if name.isalpha():
        return ""
    return "".join(sign for sign in name if sign in _DIGITS)
