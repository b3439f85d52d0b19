"""Slips: how far a misspelt name is from those on record. Digits are never likened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.addresses.reading.words import SHORT

LEAST = 2  # letters of an abbreviation that is a beginning; others have more
TWO, THREE = 6, 12  # letters for two slips and for three
_DIGITS = frozenset("0123456789")


def slips_in(typed: str) -> int:
    """Tell how many slips a name may have: one, from six letters two, from twelve three; a very short one none."""
    if len(typed) <= SHORT:
        return 0
    return 1 + (len(typed) >= TWO) + (len(typed) >= THREE)


@dataclass(frozen=True, eq=False)
class Names:
    """Names of one length with the streets so called, and which letters each has, as bits."""

    names: tuple[str, ...]
    called: tuple[Sequence[int], ...]
    letters: Any  # uint32

    @classmethod
    def of(cls, names: Sequence[str], called: Sequence[Sequence[int]]) -> "Names":
        """Take names and the streets of each."""
        letters = np.array([_letters(name) for name in names], "uint32")
        return cls(tuple(names), tuple(called), letters)

    def near(self, typed: str, most: int) -> Iterator[tuple[int, int]]:
        """Yield the streets whose names lie at most so many slips from a misspelt one, with their slips.

        A slip changes at most two of the letters that a name has: most names are out by that alone.
        """
        differing = np.bitwise_count(self.letters ^ np.uint32(_letters(typed)))
        some = (differing <= 2 * most).nonzero()[0].tolist()
        for at, slips in slips_of(typed, [self.names[one] for one in some]):
            yield from ((street, slips) for street in self.called[some[at]])


@lru_cache(1 << 12)
def _letters(name: str) -> int:
    bits = 0
    for sign in name:
        bits |= 1 << (ord(sign) - 65) % 32
    return bits


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


def _digits(name: str) -> str:
    if name.isalpha():
        return ""
    return "".join(sign for sign in name if sign in _DIGITS)


class Forms(NamedTuple):
    """Streets in each way to spell them, and the words of their names by the letters with which they begin."""

    streets: Sequence[int]
    spelt: Sequence[Sequence[str]]
    words: Mapping[str, Sequence[tuple[int, list[str]]]]


def by_initials(names: Mapping[int, list[str]]) -> Mapping[str, Sequence[tuple[int, list[str]]]]:
    """Gather streets, each with the words of its name, by the first letters of these."""
    found: dict[str, list[tuple[int, list[str]]]] = {}
    for street, words in names.items():
        found.setdefault(initials(words), []).append((street, words))
    return found


def initials(words: Sequence[str]) -> str:
    """Give the first letters of words."""
    return "".join(word[:1] for word in words)


def leaves_out(typed: Sequence[str], known: Sequence[str]) -> bool:
    """Tell whether words abbreviate others by leaving letters out, none of them the first.

    >>> leaves_out(["NATL", "BR"], ["NATURAL", "BRIDGE"]), leaves_out(["NTL"], ["NATURAL", "BRIDGE"])
    (True, False)
    """
    if len(typed) != len(known) or typed == known:
        return False
    return all(map(_leaves_out, typed, known))


def _leaves_out(typed: str, known: str) -> bool:
    if typed == known or (len(typed) >= LEAST and known.startswith(typed)):
        return True
    if len(typed) <= LEAST or typed[0] != known[:1] or not typed.isalpha():
        return False
    letters = iter(known)
    return all(letter in letters for letter in typed)
