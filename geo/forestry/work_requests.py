"""Work requests: what a maintenance text asks for, is unsure of, and denies.

`geo.forestry.maintenance_needs` calls `read_requests`. `needs.toml` says which need follows.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from geo.forestry.work_clauses import DENIED_REMOVAL, DENYING_WORDS, ClauseRequests, read_clause
from geo.forestry.work_grammar import NEUTRAL_KINDS, NOUN_KINDS, WORD_TABLE, Clause, split_clauses

MAX_CACHED_TEXTS = 1 << 14
REQUESTS = (
    "removal", "stump", "part", "prune", "inspect", "doubtful removal", "denied removal", "denied", "done", "unknown words",
)  # fmt: skip
WORDS_OF_DECAY = frozenset(WORD_TABLE["alone"]["decay"])


@lru_cache(MAX_CACHED_TEXTS)
def read_requests(text: str) -> frozenset[str]:
    """Return the requests of a maintenance text: some of `REQUESTS`.

    - removal, stump, part: the tree, its stump, or a part of it or something on it is to be taken out.
    - prune, inspect: that work is asked for.
    - doubtful removal: the text speaks of removal, but does not surely ask for it.
    - denied removal: the tree is not to be removed. denied: some work is denied.
    - done: some work is already done.
    - unknown words: a clause has no word that the table knows.

    >>> sorted(read_requests("Tree & Stump Removal")), sorted(read_requests("Deadwood removal"))
    (['removal', 'stump'], ['part'])
    >>> sorted(read_requests("Do not remove")), sorted(read_requests("Monitor for removal"))
    (['denied', 'denied removal'], ['doubtful removal', 'inspect'])
    """
    clauses = [read_clause(clause) for clause in split_clauses(text)]
    is_conditional = any(one.clause.has("if") for one in clauses)
    _end_finished_and_denied(clauses)
    for index, one in enumerate(clauses):
        if one.is_open:
            one.requests |= _close_removal(clauses, index)
    for index, one in enumerate(clauses):
        if index and one.noun and one.joint == "," and _only_denies(clauses[index - 1]):
            one.requests = {"denied"}
        if index and "done" in clauses[index - 1].requests and _has_only_numbers(one.clause):
            one.requests = {"done"}  # the years of the work: "Treated 23, 25"
    requests = set().union(*(one.requests for one in clauses))
    if "denied" in requests and not any(one.joint == ";" for one in clauses):
        requests -= {"unknown words"}  # remarks beside a denial
    if is_conditional and "removal" in requests:
        requests = (requests - {"removal"}) | {"doubtful removal"}
    return frozenset(requests)


def _end_finished_and_denied(clauses: Sequence[ClauseRequests]) -> None:
    """Take back what a clause asks for if the next one says "done" or "no": "Prune - done", "Remove: no"."""
    for before, one in pairwise(clauses):
        if one.is_only("finished") and one.joint != ";":
            before.requests, before.is_open = {"done"}, False
        if one.joint in (":", "-", "(") and _denies_alone(one.clause) and (before.requests or before.is_open):
            is_removal = before.is_open or "removal" in before.requests
            before.requests, before.is_open = set(DENIED_REMOVAL) if is_removal else {"denied"}, False


def _has_only_numbers(clause: Clause) -> bool:
    return all(word.kind in ("number", "and", "slash") for word in clause.words)


def _denies_alone(clause: Clause) -> bool:
    """Return whether a clause is nothing but a denial: "no", "none", "not needed".

    >>> [_denies_alone(split_clauses(text)[0]) for text in ("not needed", "not urgent", "0")]
    [True, False, True]
    """
    return all(word.kind in ("not", "nothing") or word.text in DENYING_WORDS for word in clause.words)


def _named_part(clause: Clause) -> str:
    """Return "part" or "stump" if a clause names nothing else before its first preposition, else "".

    >>> [_named_part(split_clauses(text)[0]) for text in ("low limbs over wires", "root rot", "prune limbs")]
    ['part', '', '']
    """
    kinds = [word.kind for word in clause.words]
    end = next((at for at, kind in enumerate(kinds) if kind == "preposition"), len(kinds))
    nouns = [kind for kind in kinds[:end] if kind in NOUN_KINDS]
    is_noun = bool(nouns) and set(kinds[:end]) <= NOUN_KINDS | NEUTRAL_KINDS
    return nouns[-1] if is_noun and nouns[-1] != "tree" else ""


def _removes_decay(clause: Clause) -> bool:
    """Return whether a removal is followed by words of decay: "remove dead and dying"."""
    pairs = pairwise(clause.words)
    return any(first.kind == "remove" and second.text in WORDS_OF_DECAY for first, second in pairs)


def _only_denies(one: ClauseRequests) -> bool:
    return bool(one.requests) and one.requests <= DENIED_REMOVAL


def _close_removal(clauses: Sequence[ClauseRequests], index: int) -> frozenset[str]:
    """Return the requests of a removal that names nothing: its neighbors may name it, or make it doubtful."""
    this = clauses[index]
    before = clauses[index - 1] if index and this.joint != "but" else None
    behind = clauses[index + 1] if index + 1 < len(clauses) else None
    if behind is not None and behind.joint not in (";", "but") and _denies_alone(behind.clause):
        return DENIED_REMOVAL
    request = _request_by_clause_before(before, this) if before is not None else ""
    if not request and behind is not None:
        request = _request_by_clause_behind(behind)
    return frozenset({request or "removal"})


def _request_by_clause_before(before: ClauseRequests, this: ClauseRequests) -> str:
    """Return the request of a removal to which the clause before gives an object or a doubt, else ""."""
    if noun := _named_part(before.clause):
        return "doubtful removal" if this.joint == ";" else noun
    if this.joint == ";":
        return ""
    if "part" in before.requests and not before.clause.has("prune"):
        return "part"
    is_vague = before.is_only("doubt", "inspect", "question", "nothing", "not")
    is_in_pruning = "prune" in before.requests and (this.joint in (":", "-", "(") or _removes_decay(this.clause))
    return "doubtful removal" if "denied" in before.requests or is_vague or is_in_pruning else ""


def _request_by_clause_behind(behind: ClauseRequests) -> str:
    """Return the request of a removal to which the clause behind gives an object or a doubt, else ""."""
    if behind.noun in ("part", "stump") and behind.joint in (":", "-", "("):
        return behind.noun
    return "doubtful removal" if behind.joint in (",", "but") and _named_part(behind.clause) else ""
