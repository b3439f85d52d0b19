"""Edit distance: how many letters a misspelled street name differs from the names on record.

The fuzzy search (`geo.geocode.match.fuzzy`) and the intersections call `similar_names` and
`LengthBucket`. Digits must be equal: 66th never matches 67th. Method: optimal string alignment, the
restricted Damerau-Levenshtein distance, by RapidFuzz.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.geocode.parse.vocabulary import SHORT_NAME_LENGTH

MIN_ABBREVIATION_LENGTH = 2  # letters of a prefix abbreviation, others need one more
MIN_LENGTH_TWO_EDITS, MIN_LENGTH_THREE_EDITS = 6, 12  # letters in a name that allows 2 or 3 edits
_DIGITS = frozenset("0123456789")


def allowed_edits(typed: str) -> int:
    """Return the largest edit distance for a name: 1, from 6 letters 2, from 12 letters 3, up to 3 letters 0.

    >>> [allowed_edits(name) for name in ("OAK", "BIRCH", "BURRWOOD", "NATURALBRIDGE")]
    [0, 1, 2, 3]
    """
    if len(typed) <= SHORT_NAME_LENGTH:
        return 0
    return 1 + (len(typed) >= MIN_LENGTH_TWO_EDITS) + (len(typed) >= MIN_LENGTH_THREE_EDITS)


@dataclass(frozen=True, eq=False)
class LengthBucket:
    """Names of one length, the streets of each name, and the letters of each name as bits.

    `letter_bits` has shape `(n,)`. Bit i of an element is set if the name holds letter i of the alphabet.
    """

    names: tuple[str, ...]
    street_ids: tuple[Sequence[int], ...]
    letter_bits: Any  # uint32, (n,)

    @classmethod
    def from_names(cls, names: Sequence[str], street_ids: Sequence[Sequence[int]]) -> "LengthBucket":
        """Return the bucket of names and the street ids of each."""
        letter_bits = np.array([_letter_bits(name) for name in names], "uint32")
        return cls(tuple(names), tuple(street_ids), letter_bits)

    def streets_within(self, typed: str, max_edits: int) -> Iterator[tuple[int, int]]:
        """Yield the id and edit distance of each street with a name within `max_edits` of the typed one.

        One edit changes at most two bits of `letter_bits`, so the bits rule out most names early.

        >>> bucket = LengthBucket.from_names(["BURRWOOD", "BRENTFLD"], [[4, 9], [7]])
        >>> list(bucket.streets_within("BURWOOOD", 2))
        [(4, 2), (9, 2)]
        """
        differing_bits = np.bitwise_count(self.letter_bits ^ np.uint32(_letter_bits(typed)))
        positions = (differing_bits <= 2 * max_edits).nonzero()[0].tolist()
        for i, edits in similar_names(typed, [self.names[position] for position in positions]):
            yield from ((street_id, edits) for street_id in self.street_ids[positions[i]])


@lru_cache(1 << 12)
def _letter_bits(name: str) -> int:
    bits = 0
    for character in name:
        bits |= 1 << (ord(character) - 65) % 32
    return bits


def similar_names(typed: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """Return the position in `names` and the edit distance of each name close to the typed one.

    An edit inserts, deletes or replaces one letter, or swaps two neighbors.

    >>> similar_names("BURWOOD", ["OAK", "BURRWOOD"]), similar_names("66TH", ["67TH"])
    ([(1, 1)], [])
    """
    max_edits = allowed_edits(typed)
    if not max_edits or not names:
        return []
    hits = process.extract(typed, names, scorer=OSA.distance, score_cutoff=max_edits, limit=None)
    digits = digits_in(typed)
    return [(i, edits) for name, edits, i in hits if name and digits_in(name) == digits]


def digits_in(name: str) -> str:
    """Return the digits of a name.

    >>> digits_in("66TH"), digits_in("OAK")
    ('66', '')
    """
    if name.isalpha():
        return ""
    return "".join(character for character in name if character in _DIGITS)


class SpellingIndex(NamedTuple):
    """Some streets with all forms of their names, and the words of the names by their initials.

    `names_by_form` has one list for each form of `fuzzy_forms`, in the order of `street_ids`.
    """

    street_ids: Sequence[int]
    names_by_form: Sequence[Sequence[str]]
    words_by_initials: Mapping[str, Sequence[tuple[int, list[str]]]]


def group_by_initials(words_by_street: Mapping[int, list[str]]) -> Mapping[str, Sequence[tuple[int, list[str]]]]:
    """Return street ids with the words of their names, grouped by the initials of the words.

    >>> group_by_initials({4: ["NATURAL", "BRIDGE"], 7: ["OAK"]})
    {'NB': [(4, ['NATURAL', 'BRIDGE'])], 'O': [(7, ['OAK'])]}
    """
    groups: dict[str, list[tuple[int, list[str]]]] = {}
    for street_id, words in words_by_street.items():
        groups.setdefault(word_initials(words), []).append((street_id, words))
    return groups


def word_initials(words: Sequence[str]) -> str:
    """Return the first letters of words.

    >>> word_initials(["NATURAL", "BRIDGE"])
    'NB'
    """
    return "".join(word[:1] for word in words)


def is_abbreviation(typed: Sequence[str], full: Sequence[str]) -> bool:
    """Return whether each typed word is the full word with letters left out, never the first letter.

    >>> is_abbreviation(["NATL", "BR"], ["NATURAL", "BRIDGE"]), is_abbreviation(["NTL"], ["NATURAL", "BRIDGE"])
    (True, False)
    """
    if len(typed) != len(full) or typed == full:
        return False
    return all(map(_is_abbreviated_word, typed, full))


def _is_abbreviated_word(typed: str, full: str) -> bool:
    if typed == full or (len(typed) >= MIN_ABBREVIATION_LENGTH and full.startswith(typed)):
        return True
    if len(typed) <= MIN_ABBREVIATION_LENGTH or typed[0] != full[:1] or not typed.isalpha():
        return False
    letters = iter(full)
    return all(letter in letters for letter in typed)
