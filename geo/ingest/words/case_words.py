"""The status of a case, by the head word of the agency's text: open, closed or cancelled.

`geo.ingest.cleaning.clean_layer` calls `add_head_words` for the words that no table lists whole. The
words stand in `case_words.toml`. See docs/decisions/0031-words-of-sites-and-cases.md.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

WORD_TABLE = tomllib.loads(Path(__file__).with_name("case_words.toml").read_text("utf-8"))
PART_PATTERN = re.compile(r"[,;:()\[\]|/.=]|(?<!\w)[-\u2013\u2014]|[-\u2013\u2014](?!\w)|\b(?:but|and|then|&)\b")
WORD_PATTERN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\?")
CAMEL_PATTERN = re.compile(r"(?<=[a-z])(?=[A-Z])")
UNFINISHED = "unfinished"  # a word for closed that is denied, or still to come
UNSURE = "unsure"  # a part that names two findings
SHORT_NOT_PATTERN = re.compile(r"\b\w+n't\b")
MAX_CACHED_TEXTS = 1 << 14


@lru_cache(MAX_CACHED_TEXTS)
def find_case_status(text: str) -> str | None:
    """Return the status that a text names by its head word: open, closed or cancelled. None if it is not sure.

    A word that says so outright decides, with any reason before or behind it. A denial turns it
    round. What was opened again is open. Where only findings stand, they must agree.

    >>> [find_case_status(text) for text in ("Reopened", "Not in compliance", "Closed (Duplicate)", "No violation - closed")]
    ['open', 'open', 'closed', 'closed']
    >>> [find_case_status(text) for text in ("Not closed", "Closed - not in compliance", "Void", "Referred", "Closed?")]
    ['open', 'closed', 'cancelled', None, None]
    """
    parts = [WORD_PATTERN.findall(part) for part in PART_PATTERN.split(_normalize(text))]
    words = [word for part in parts for word in part]
    if _DOUBT & set(words) or _names_other_thing(words):
        return None
    states = [state for part in parts for state in _codes_of_part(part, _STATE_BY_WORD)]
    if states:
        return _decide_state(states)
    return _agreed_code({code for part in parts if (code := _finding_of_part(part))})


def add_head_words(code_by_word: Mapping[str, str], texts: Iterable[str]) -> dict[str, str]:
    """Return the table of words with the texts added whose head word is known. Words that it has stay.

    >>> add_head_words({"closed": "closed"}, ["Closed", "Closed - Lien", "Zorbling"])
    {'closed': 'closed', 'closed lien': 'closed'}
    """
    known = {normalize_word(word) for word in code_by_word}
    found = {normalize_word(text): find_case_status(text) for text in texts}
    return {**code_by_word, **{word: code for word, code in found.items() if code is not None and word not in known}}


def normalize_word(text: str) -> str:
    """Return a text as tables of codes compare it: in lower case, with one space for hyphens and underscores.

    >>> normalize_word("Closed - Lien_Filed")
    'closed lien filed'
    """
    return re.sub(r"[-_\s]+", " ", text.lower()).strip()


def _decide_state(states: list[str]) -> str | None:
    """Return the status that words for open and closed give together. None if they contradict each other.

    >>> _decide_state(["closed", "reopened"]), _decide_state(["reopened", "closed"]), _decide_state(["closed", "cancelled"])
    ('open', None, 'closed')
    """
    if "reopened" in states:
        return None if "closed" in states[states.index("reopened") :] else "open"
    return _agreed_code({"open" if state == UNFINISHED else state for state in states})


def _agreed_code(codes: set[str]) -> str | None:
    """Return the one code that a text names. A case that is canceled and closed is closed.

    >>> _agreed_code({"closed", "cancelled"}), _agreed_code({"closed", "open"}), _agreed_code(set())
    ('closed', None, None)
    """
    if codes == {"closed", "cancelled"}:
        return "closed"
    return next(iter(codes)) if len(codes) == 1 and UNSURE not in codes else None


def _codes_of_part(words: list[str], code_by_word: Mapping[str, str]) -> list[str]:
    """Return the codes of a part's words. A denied or future end is "unfinished", another denied word has none.

    >>> _codes_of_part(["not", "closed"], {"closed": "closed"}), _codes_of_part(["pending", "closure"], {"closure": "closed"})
    (['unfinished'], ['unfinished'])
    """
    codes: list[str] = []
    is_denied = is_early = False
    for word in words:
        is_denied |= word in _NOT
        is_early |= word in _BEFORE_CLOSED
        if (code := code_by_word.get(word)) is None or word in _NOT:
            continue
        if code == UNFINISHED or (code == "closed" and (is_denied or is_early)):
            codes.append(UNFINISHED)
        elif not is_denied:
            codes.append(code)
        is_denied = False
    return codes


def _finding_of_part(words: list[str]) -> str | None:
    """Return the code of the last finding in a part, without a remark at its end. None if it names none.

    >>> _finding_of_part(["violation", "corrected"]), _finding_of_part(["complied", "prior", "to", "hearing"])
    ('closed', 'closed')
    >>> _finding_of_part(["abatement", "scheduled"]), _finding_of_part(["not", "complied"])
    ('open', 'open')
    """
    end = next((at for at, word in enumerate(words) if at and word in _REMARKS), len(words))
    codes = _codes_of_part(words[:end], _FINDING_BY_WORD)
    if UNFINISHED in codes:
        return "open"
    if codes and codes[-1] == "open" and set(codes) != {"open"}:
        return UNSURE
    return codes[-1] if codes else None


def _names_other_thing(words: list[str]) -> bool:
    """Return whether the word before or behind "closed" says that something else than the case is closed.

    >>> _names_other_thing(["road", "closed"]), _names_other_thing(["case", "closed"])
    (True, False)
    """
    return any(
        word in _STATE_BY_WORD and _OTHER_THINGS & {*words[max(0, at - 1) : at], *words[at + 1 : at + 2]}
        for at, word in enumerate(words)
    )


def _normalize(text: str) -> str:
    spaced = CAMEL_PATTERN.sub(" ", text).casefold().replace("\u2019", "'").replace("_", " ")
    joined = SHORT_NOT_PATTERN.sub("not", re.sub(r"(?<=\w)[-\u2013](?=\w)", " ", spaced))
    return _PHRASE_PATTERN.sub(lambda match: _PHRASES[match.group()], re.sub(r"\s+", " ", joined))


def _codes_by_word(tables: Mapping[str, list[str]]) -> dict[str, str]:
    return {word: code for code, words in tables.items() for word in words}


_PHRASES: dict[str, str] = WORD_TABLE["phrases"]
_PHRASE_PATTERN = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(_PHRASES, key=len, reverse=True))) + r")\b")
_STATE_BY_WORD, _FINDING_BY_WORD = _codes_by_word(WORD_TABLE["state"]), _codes_by_word(WORD_TABLE["finding"])
_NOT, _BEFORE_CLOSED, _DOUBT, _OTHER_THINGS, _REMARKS = (
    frozenset(WORD_TABLE["grammar"][name]) for name in ("not", "before_closed", "doubt", "other_things", "remarks")
)
