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


def alike(index: AddressIndex, readings: Iterable[Reading], streets: Sequence[int]) -> list[Choice]:
    """Give those of `streets` that are nearest in spelling to what was read, slips and other faults counted alike.

    A suffix may be misspelt with its name. Each choice tells what was typed.
    """
    found: dict[Choice, int] = {}
    names = [index.squeezed[street] for street in streets]
    whole = [index.squeezed_whole[street] for street in streets]
    for reading in dict.fromkeys(readings):
        typed = in_full(reading.street.name)
        near = slips_of(typed, names)
        if not reading.street.suffix:
            near += slips_of(typed, whole)
        for at, slips in near:
            known = index.parts[streets[at]]
            told = " ".join(reading.line.street).lower()
            choice = Choice(reading, streets[at], known, read_as=told)
            score = 2 * slips + choice.cost
            found[choice] = min(score, found.get(choice, score))
    least = min(found.values(), default=0)
    return [choice for choice, score in found.items() if score == least]


def _digits(name: str) -> str:
    return "".join(sign for sign in name if sign in _DIGITS)
