"""What one clause of a maintenance text asks for by itself.

`geo.forestry.work_requests` calls `read_clause`, then looks at the clauses beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from geo.forestry.work_grammar import NOUN_KINDS, VERB_KINDS, WORD_TABLE, Clause, Word
from geo.forestry.work_objects import JOINING_KINDS, find_objects

DENIED_REMOVAL = frozenset({"denied", "denied removal"})
DENYING_WORDS = frozenset(WORD_TABLE["after_not"]["deny"])
PRUNING_NOUNS, WORDS_OF_PARTS = (frozenset(WORD_TABLE["alone"][name]) for name in ("prune", "of_parts"))
REQUEST_BY_OBJECT = {"tree": "removal", "stump": "stump", "part": "part"}
REQUEST_BY_VERB = {"prune": "prune", "grind": "stump", "inspect": "inspect"}


@dataclass(slots=True)
class ClauseRequests:
    """What one clause asks for by itself.

    `is_open` says that a removal names nothing that it takes out. `noun` is the kind of the clause's
    noun, if it is nothing but a noun. `nouns_used` are the positions of the words that a removal uses.
    """

    clause: Clause
    requests: set[str] = field(default_factory=set)
    is_open: bool = False
    noun: str = ""
    nouns_used: set[int] = field(default_factory=set)

    @property
    def joint(self) -> str:
        """The mark before the clause."""
        return self.clause.joint

    def is_only(self, *kinds: str) -> bool:
        """Return whether all its words are of these kinds, or change nothing."""
        kinds_here = {word.kind for word in self.clause.words}
        return kinds_here <= {*kinds, "filler", "number"} and bool(kinds_here & set(kinds))


def read_clause(clause: Clause) -> ClauseRequests:
    """Return what a clause asks for by itself.

    >>> from geo.forestry.work_grammar import split_clauses
    >>> sorted(read_clause(split_clauses("remove stakes and prune")[0]).requests)
    ['part', 'prune']
    """
    reading = ClauseRequests(clause)
    words = clause.words
    denied = _denied_positions(words)
    _read_done_work(reading, denied)
    _read_removals(reading, denied)
    for position, word in enumerate(words):
        if request := REQUEST_BY_VERB.get(word.kind):
            is_finished = _is_finished(words, position)
            reading.requests.add("denied" if position in denied else "done" if is_finished else request)
    _read_lone_nouns(reading, denied)
    if reading.is_only("replace", "tree", "modal") and any(word.text.startswith("replac") for word in words):
        reading.requests.add("doubtful removal")
    if not reading.requests and not clause.has(
        "not", "denied", "retain", "nothing", "done", "removed", "pruned", "finished"
    ):
        reading.requests |= set() if reading.is_open else {"unknown words"}
    if clause.has("retain") and not reading.requests - {"unknown words", "denied"}:
        is_of_tree = clause.has("tree") or not clause.has(*NOUN_KINDS)
        reading.requests = set(DENIED_REMOVAL) if is_of_tree else {"denied"}
    return reading


def _denied_positions(words: Sequence[Word]) -> set[int]:
    """Return the positions of the words that are denied.

    >>> from geo.forestry.work_grammar import split_clauses
    >>> sorted(_denied_positions(split_clauses("do not prune or remove")[0].words))
    [0, 1, 2, 3]
    >>> sorted(_denied_positions(split_clauses("removal not needed")[0].words))
    [0, 1, 2]
    >>> sorted(_denied_positions(split_clauses("removal not urgent")[0].words))
    []
    """
    denied: set[int] = set()
    for position, word in enumerate(words):
        if word.kind == "denied":
            return set(range(len(words)))
        if word.kind == "not":
            denied |= _positions_under_not(words, position)
        if word.kind == "retain":
            end = next((at for at in range(position, len(words)) if words[at].kind in JOINING_KINDS), len(words))
            denied |= set(range(position, end))
    return denied


def _positions_under_not(words: Sequence[Word], position: int) -> set[int]:
    has_verb_before = any(word.kind in VERB_KINDS | {"removed"} for word in words[:position])
    behind = [word for word in words[position + 1 :] if word.kind not in ("modal", "number")]
    if not has_verb_before:
        return set(range(position, len(words)))
    if not behind or any(word.text in DENYING_WORDS for word in behind[:2]):
        return set(range(len(words)))
    is_remark = behind[0].kind in ("filler", "finished", "preposition")
    return set() if is_remark else set(range(position, len(words)))


def _read_done_work(reading: ClauseRequests, denied: set[int]) -> None:
    words = reading.clause.words
    for position, word in enumerate(words):
        if word.kind in ("removed", "pruned", "done"):
            is_asked = _is_to_be_done(words, position)
            if word.kind == "pruned" and is_asked:
                reading.requests.add("denied" if position in denied else "prune")
            elif (
                word.kind == "done"
                and is_asked
                and word.text in ("ground", "grinded")
                and words[position - 1].text != "to"
            ):
                reading.requests.add("denied" if position in denied else "stump")
            elif not is_asked:
                is_undone = word.kind == "removed" and (position in denied or reading.clause.has("notyet"))
                reading.requests.add("doubtful removal" if is_undone else "done")
                reading.nouns_used |= find_objects(words, position).positions


def _is_to_be_done(words: Sequence[Word], position: int) -> bool:
    """Return whether a participle is still to be done: "to be removed", "needs pruned".

    >>> from geo.forestry.work_grammar import split_clauses
    >>> [_is_to_be_done(split_clauses(text)[0].words, 2) for text in ("to be removed", "tree was removed")]
    [True, False]
    """
    before = [word for word in words[:position] if word.kind not in ("filler", "number")][-1:]
    return any(word.kind == "modal" and word.text not in ("has", "have") for word in before)


def _is_finished(words: Sequence[Word], position: int) -> bool:
    behind = (
        word
        for word in words[position + 1 :]
        if word.kind not in ("was", "filler", "number") and word.kind not in VERB_KINDS
    )
    return next((word.kind for word in behind), "") == "finished"


def _read_removals(reading: ClauseRequests, denied: set[int]) -> None:
    words = reading.clause.words
    for position, word in enumerate(words):
        is_asked = word.kind == "removed" and _is_to_be_done(words, position)
        is_repeated = position + 1 < len(words) and words[position + 1].kind in ("remove", "removal")
        if is_repeated or (word.kind not in ("remove", "removal") and not is_asked):
            continue
        objects = find_objects(words, position)
        reading.nouns_used |= objects.positions
        if position in denied and any(one.text in ("unless", "until") for one in words):
            reading.requests.add("doubtful removal")
        elif position in denied:
            reading.requests |= DENIED_REMOVAL if not objects.kinds or "tree" in objects.kinds else {"denied"}
        elif _is_finished(words, position):
            reading.requests.add("done")
        elif objects.is_doubtful or (word.text == "fell" and _is_fallen(words, position)):
            reading.requests.add("doubtful removal")
        else:
            _add_removal(reading, position, objects.kinds)


def _is_fallen(words: Sequence[Word], position: int) -> bool:
    """Return whether "fell" is the past of "fall", as in "limb fell": a noun stands right before it."""
    return position > 0 and words[position - 1].kind in NOUN_KINDS


def _add_removal(reading: ClauseRequests, position: int, kinds: frozenset[str]) -> None:
    words = reading.clause.words
    is_doubtful = _is_doubtful(words, position)
    reading.requests |= {REQUEST_BY_OBJECT[kind] for kind in kinds if kind != "tree"}
    if "tree" in kinds:
        reading.requests.add("doubtful removal" if is_doubtful else "removal")
    if kinds:
        return
    if _is_purpose_of_pruning(words, position):
        reading.requests.add("part")
    elif is_doubtful or _is_beside_another_noun(words, position) or _has_part_nearby(reading, position):
        reading.requests.add("doubtful removal")
    else:
        reading.is_open = True


def _is_doubtful(words: Sequence[Word], position: int) -> bool:
    """Return whether a clause asks for a removal only perhaps, or for something else as well as for it."""
    kinds = [word.kind for word in words]
    before, behind = kinds[:position], kinds[position + 1 :]
    next_to = {*before[-1:], *behind[:1]}
    has_choice = any(
        kinds[at] in ("or", "slash")
        and {"prune", "inspect", "retain"} & {*kinds[max(0, at - 2) : at], *kinds[at + 1 : at + 3]}
        for at in range(len(kinds))
    )
    return bool(
        {"doubt", "if", "question", "notyet"} & set(kinds)
        or "inspect" in before
        or behind[:1] == ["inspect"]
        or before[-2:] == ["grind", "and"]
        or (
            kinds[position] == "remove"
            and any(word.text in WORDS_OF_PARTS for word in words[position + 1 : position + 2])
        )
        or before[-1:] == ["prune"]
        or (words[position].kind == "remove" and behind[:1] == ["preposition"] and words[position + 1].text == "from")
        or ("retain" in before and not next_to & {"and"})
        or has_choice
    )


def _is_purpose_of_pruning(words: Sequence[Word], position: int) -> bool:
    """Return whether a tree is pruned to remove something: "prune to remove dead"."""
    return position > 1 and words[position - 1].text == "to" and any(word.kind == "prune" for word in words[:position])


def _has_part_nearby(reading: ClauseRequests, position: int) -> bool:
    """Return whether the clause goes on to name a part that neither another verb nor a preposition takes."""
    for at in range(position + 1, len(reading.clause.words)):
        kind = reading.clause.words[at].kind
        if kind in VERB_KINDS or kind in ("preposition", "of"):
            return False
        if kind == "part" and at not in reading.nouns_used:
            return True
    return False


def _is_beside_another_noun(words: Sequence[Word], position: int) -> bool:
    """Return whether a removal is joined with a part by "and" or a slash, or with a stump by a slash before it."""
    for step in (-1, 1):
        joint, noun = position + step, position + 2 * step
        if not (0 <= joint < len(words) and 0 <= noun < len(words)) or words[joint].kind not in JOINING_KINDS:
            continue
        has_verb = any(word.kind in VERB_KINDS for word in (words[:noun] if step < 0 else words[noun + 1 :]))
        if words[noun].kind == "part" and not has_verb:
            return True
        if words[noun].kind == "stump" and step < 0 and words[joint].kind != "and":
            return True
    return False


def _read_lone_nouns(reading: ClauseRequests, denied: set[int]) -> None:
    """Add what nouns ask for that no removal uses: a stump is to be ground, deadwood is to be pruned."""
    words = reading.clause.words
    for position, word in enumerate(words):
        is_modifier = position + 1 < len(words) and words[position + 1].kind in ("inspect", "part")  # "stump sprouts"
        if position in reading.nouns_used or is_modifier or not (word.kind == "stump" or word.text in PRUNING_NOUNS):
            continue
        reading.requests.add("denied" if position in denied else "stump" if word.kind == "stump" else "prune")
    nouns = [word.kind for word in words if word.kind in NOUN_KINDS]
    is_noun = bool(nouns) and reading.is_only(*NOUN_KINDS)
    reading.noun = nouns[-1] if is_noun else ""
