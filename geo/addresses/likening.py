"""Likening: the streets whose names are nearest in spelling to a misspelt one. Digits are never likened."""

from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.addresses.index import AddressIndex
from geo.addresses.judging import Choice
from geo.addresses.reading import Reading
from geo.addresses.words import in_full

LEAST, TWO, THREE = (
    4,
    6,
    12,
)  # letters for one slip, two, three: a shorter name is too near to too many
_DIGITS = frozenset("0123456789")


def slips_in(typed: str) -> int:
    """Tell how many slips a name may have: one, from six letters two, from twelve three; a very short one none."""
    if len(typed) < LEAST:
        return 0
    return 1 + (len(typed) >= TWO) + (len(typed) >= THREE)


def slips_of(typed: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """Tell which names a misspelt one may mean: the place of each in `names`, and how many slips lie between.

    A slip is a letter too few, too many, wrong, or swapped with the next one (the restricted Damerau distance).
    """
    most = slips_in(typed)
    if not most or not names:
        return []
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
    """Streets among which nearness in spelling is asked, for each name once; all streets where none are given."""

    def __init__(self, index: AddressIndex, streets: Sequence[int] | None) -> None:
        self.index, self.streets = index, streets
        self.names = [index.squeezed[street] for street in streets or ()]
        self.whole = [index.squeezed_whole[street] for street in streets or ()]
        self.known: dict[tuple[str, bool], list[tuple[int, int]]] = {}

    def to(self, typed: str, with_suffix: bool) -> list[tuple[int, int]]:  # noqa: FBT001
        """Give the streets near to a name, each with its slips; without a suffix the name may end in one."""
        asked = typed, with_suffix
        if asked not in self.known:
            self.known[asked] = self._anywhere(typed) if self.streets is None else self._of(*asked)
        return self.known[asked]

    def _of(self, typed: str, with_suffix: bool) -> list[tuple[int, int]]:  # noqa: FBT001
        near = slips_of(typed, self.names)
        if not near and not with_suffix:
            near = slips_of(typed, self.whole)
        return [(self.streets[at], slips) for at, slips in near] if self.streets else []

    def _anywhere(self, typed: str) -> list[tuple[int, int]]:
        most = slips_in(typed)
        found = []
        for letters in range(len(typed) - most, len(typed) + most + 1):
            names, streets = self.index.by_length.get(letters, ((), ()))
            found += [(one, slips) for at, slips in slips_of(typed, names) for one in streets[at]]
        return found


def _digits(name: str) -> str:
    if name.isalpha():
        return ""
    return "".join(sign for sign in name if sign in _DIGITS)
