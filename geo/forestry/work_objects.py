"""What a removal takes out: the nouns beside a word for removal, in one clause.

`geo.forestry.work_requests` calls `find_objects`. Positions count the words of the clause from 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geo.forestry.work_grammar import NEUTRAL_KINDS, NOUN_KINDS, VERB_KINDS, Word

JOINING_KINDS = frozenset({"and", "or", "slash"})


@dataclass(frozen=True, slots=True)
class Objects:
    """The nouns that a removal takes out.

    `kinds` are tree, stump or part. `positions` are the words that belong to it. `is_doubtful` says
    that the words do not tell what is taken out.
    """

    kinds: frozenset[str] = frozenset()
    positions: frozenset[int] = frozenset()
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A noun with the words before it. `head` is its kind, "unknown", or "" where only neutral words stand."""

    head: str
    positions: tuple[int, ...]
    end: int  # the position behind it, on the side away from the verb


def find_objects(words: Sequence[Word], position: int) -> Objects:
    """Return what the removal at a position takes out: what stands behind a verb, before a noun, or on the other side.

    >>> from geo.forestry.work_grammar import split_clauses
    >>> words = split_clauses("Tree & stump removal")[0].words
    >>> sorted(find_objects(words, 3).kinds)
    ['stump', 'tree']
    >>> words = split_clauses("remove ivy from tree")[0].words
    >>> sorted(find_objects(words, 0).kinds)
    ['part']
    """
    behind, before = _objects_behind(words, position), _objects_before(words, position)
    first, second = (behind, before) if words[position].kind == "remove" else (before, behind)
    if first.kinds or first.is_doubtful:
        return first
    return second


def _objects_behind(words: Sequence[Word], position: int) -> Objects:
    start = position + 1
    is_verb = words[position].kind == "remove"
    if not is_verb and start < len(words) and words[start].kind == "of":
        start, is_verb = start + 1, True
    start = _skip_shared_verbs(words, start)
    phrases = list(_phrases_behind(words, start))
    if not is_verb and phrases and phrases[0].head == "unknown":
        return Objects()  # what follows the noun "removal" is a remark
    joined = {words[phrase.positions[0] - 1].kind for phrase in phrases[1:]}
    return _objects_of(phrases, joined)


def _skip_shared_verbs(words: Sequence[Word], start: int) -> int:
    """Return the position behind "and replace", which shares what is taken out with the removal before it.

    >>> from geo.forestry.work_grammar import split_clauses
    >>> _skip_shared_verbs(split_clauses("remove and replace stakes")[0].words, 1)
    3
    """
    while start + 1 < len(words) and words[start].kind in JOINING_KINDS and words[start + 1].kind == "replace":
        start += 2
    return start


def _phrases_behind(words: Sequence[Word], start: int) -> Iterator[_Phrase]:
    """Yield the nouns behind a verb, each with the words before it, as long as they are joined."""
    while start < len(words):
        phrase = _phrase_behind(words, start)
        follower = words[phrase.end].kind if phrase.end < len(words) else ""
        is_first = words[start - 1].kind not in JOINING_KINDS
        if phrase.head == "" or (not is_first and (follower in VERB_KINDS or phrase.head == "unknown")):
            return
        yield phrase
        if follower not in JOINING_KINDS:
            return
        start = phrase.end + 1


def _phrase_behind(words: Sequence[Word], start: int) -> _Phrase:
    head, positions, at = "", [], start
    while at < len(words):
        kind = words[at].kind
        if kind in NOUN_KINDS:
            head = kind
        elif kind == "unknown":
            head = head if head in ("stump", "part") else "unknown"
        elif kind == "of" and head not in NOUN_KINDS:
            pass
        elif kind not in NEUTRAL_KINDS:
            break
        positions.append(at)
        at += 1
    return _Phrase(head, tuple(positions), at)


def _objects_before(words: Sequence[Word], position: int) -> Objects:
    phrases: list[_Phrase] = []
    joined: set[str] = set()
    at = position - 1
    while at >= 0:
        phrase = _phrase_before(words, at)
        stop = words[phrase.end].kind if phrase.end >= 0 else ""
        if phrase.head == "" or (phrases and (stop in VERB_KINDS or phrase.head == "unknown")):
            break
        phrases.append(phrase)
        if stop not in JOINING_KINDS:
            break
        joined.add(stop)
        at = phrase.end - 1
    return _objects_of(phrases, joined if len(phrases) > 1 else set())


def _phrase_before(words: Sequence[Word], at: int) -> _Phrase:
    head, positions = "", []
    while at >= 0:
        kind = words[at].kind
        if kind in NOUN_KINDS or kind == "unknown":
            head = head or kind
        elif kind not in NEUTRAL_KINDS and (kind not in ("modal", "was") or head):
            break
        positions.append(at)
        at -= 1
    return _Phrase(head, tuple(sorted(positions)), at)


def _objects_of(phrases: Sequence[_Phrase], joints: set[str]) -> Objects:
    heads = {phrase.head for phrase in phrases}
    kinds = frozenset(heads & NOUN_KINDS)
    positions = frozenset(at for phrase in phrases for at in phrase.positions)
    return Objects(kinds, positions, "unknown" in heads or ("or" in joints and len(kinds) > 1))
