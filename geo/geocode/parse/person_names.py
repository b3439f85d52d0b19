"""Names of persons in street names: Dr Martin Luther King is M L King, MLK and Martin Luther King Jr.

The gazetteer groups streets by `person_keys`, and the matchers compare names with `is_same_person`.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from geo.geocode.parse.vocabulary import DIRECTION, TITLES_AFTER, TITLES_BEFORE

MIN_INITIALS = 3  # letters of a name that is only initials: two stand for too many names
_MAX_INITIALS_TOGETHER = 2  # letters of a word before the last name that may be initials: ML King
_VOWELS = frozenset("AEIOUY")


@lru_cache(1 << 14)
def person_words(name: str) -> tuple[str, ...]:
    """Return the words of a folded street name, without titles where two words or initials remain.

    >>> person_words("DR MARTIN LUTHER KING JR"), person_words("DR KING"), person_words("DR MLK")
    (('MARTIN', 'LUTHER', 'KING'), ('DR', 'KING'), ('MLK',))
    """
    words = name.split()
    first = next((i for i, word in enumerate(words) if word not in TITLES_BEFORE), 0)
    end = len(words) - (len(words) > first + 1 and words[-1] in TITLES_AFTER)
    kept = words[first:end]
    is_person = len(kept) > 1 or (len(kept) == 1 and _is_initials(kept[0]))
    return tuple(kept if is_person else words)


def person_keys(name: str) -> Iterator[str]:
    """Yield the keys under which a name is grouped: its last word, and its initials.

    Two names that `is_same_person` calls the same share a key.

    >>> list(person_keys("DR MARTIN LUTHER KING")), list(person_keys("MLK")), list(person_keys("OAK"))
    (['KING', 'MLK'], ['MLK'], [])
    """
    words = person_words(name)
    if len(words) > 1:
        yield words[-1]
    if len(words) >= MIN_INITIALS:
        yield _initials(words)
    if len(words) == 1 and _is_initials(words[0]):
        yield words[0]


def is_same_person(typed: str, recorded: str) -> bool:
    """Return whether two folded names are one person's, by initials, without titles or a middle initial.

    >>> is_same_person("M L KING", "DR MARTIN LUTHER KING"), is_same_person("MLK", "MARTIN LUTHER KING")
    (True, True)
    >>> is_same_person("JOHN KENNEDY", "JOHN F KENNEDY"), is_same_person("N BRIDGE", "NATURAL BRIDGE")
    (True, False)
    >>> is_same_person("MARTIN KING", "MARTIN LUTHER KING"), is_same_person("CORETTA KING", "MARTIN LUTHER KING")
    (False, False)
    """
    one, other = person_words(typed), person_words(recorded)
    if one == other:
        return True
    return _abbreviates(one, other) or _abbreviates(other, one) or _without_initials(one) == _without_initials(other)


def _abbreviates(short: Sequence[str], full: Sequence[str]) -> bool:
    """Return whether a name is another one with all names but the last as initials, or only initials."""
    letters = "".join(short)
    if len(short) == 1 or len(letters) == len(short):
        return len(full) >= MIN_INITIALS and letters == _initials(full) and tuple(short) != tuple(full)
    first_names, last = short[:-1], short[-1]
    initials = "".join(first_names)
    are_initials = len(last) > 1 and all(len(word) <= _MAX_INITIALS_TOGETHER for word in first_names)
    if not are_initials or len(full) != len(initials) + 1 or last != full[-1]:
        return False
    return initials == _initials(full[:-1]) and not (len(initials) == 1 and initials in DIRECTION)


def _without_initials(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a name without single letters between its first and its last word."""
    inner = (word for word in words[1:-1] if len(word) > 1)
    return (*words[:1], *inner, *words[-1:]) if len(words) > 1 else tuple(words)


def _is_initials(word: str) -> bool:
    return len(word) == MIN_INITIALS and _VOWELS.isdisjoint(word)


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words)
