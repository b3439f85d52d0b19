"""The grammar of maintenance texts: words with their kinds, in clauses.

`geo.forestry.work_requests` reads the clauses. The words stand in `work_words.toml`. See
docs/decisions/0030-words-of-work.md.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

WORD_TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("work_words.toml").read_text("utf-8"))
JOINTS = {",": ",", ":": ":", "=": ":", "-": "-", "\u2013": "-", "\u2014": "-", "(": "(", "[": "(", ")": "-", "]": "-"}
SENTENCE_ENDS = ";|!"
SYMBOLS = {"&": "and", "+": "and", "/": "slash", "\\": "slash", "?": "question"}
TOKEN_PATTERN = re.compile(r"\d+(?:[.,/-]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|\.(?=\s|$)|[^\w\s.'\"]")
HYPHEN_PATTERN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
PREFIX_PATTERN = re.compile(r"\b(re|co)-(?=[^\W\d_])")
PLURAL_PATTERN = re.compile(r"(?<=\w)\((e?s)\)")  # "limb(s)"
NOUN_KINDS = frozenset({"tree", "stump", "part"})
VERB_KINDS = frozenset({"remove", "removal", "prune", "grind", "inspect", "retain"})
NEUTRAL_KINDS = frozenset({"filler", "number"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a maintenance text. `kind` is a list of `work_words.toml`, or number, slash, question or unknown."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Clause:
    """Words between two marks. `joint` is the mark before them: "", ";", ",", ":", "-", "(" or "but"."""

    words: tuple[Word, ...]
    joint: str

    def has(self, *kinds: str) -> bool:
        """Return whether a word is of one of these kinds.

        >>> Clause((Word("prune", "prune"),), "").has("prune", "grind")
        True
        """
        return any(word.kind in kinds for word in self.words)


def split_clauses(text: str) -> list[Clause]:
    """Return the clauses of a text. Case, underscores and hyphens within words make no difference.

    >>> [(clause.joint, [word.kind for word in clause.words]) for clause in split_clauses("Treated 24; do not remove")]
    [('', ['done', 'number']), (';', ['not', 'remove'])]
    """
    clauses: list[Clause] = []
    words: list[Word] = []
    joint = ""
    for word in _words(text):
        mark = ";" if word.text in SENTENCE_ENDS or word.text == "." else JOINTS.get(word.text)
        mark = "but" if word.kind == "but" else mark
        if mark is None:
            words.append(word)
            continue
        if words:
            clauses.append(Clause(tuple(words), joint))
        joint = _stronger_joint(joint, mark) if not words else mark
        words = []
    return [*clauses, Clause(tuple(words), joint)] if words else clauses


def _stronger_joint(first: str, second: str) -> str:
    """Return the joint that parts more: a semicolon before a but, a but before the others.

    >>> _stronger_joint(",", "but"), _stronger_joint(";", "-")
    ('but', ';')
    """
    return next((mark for mark in (";", "but") if mark in (first, second)), second)


def _words(text: str) -> Iterator[Word]:
    for token in TOKEN_PATTERN.findall(_join_phrases(_normalize(text))):
        yield Word(token, find_word_kind(token))


def _normalize(text: str) -> str:
    plain = text.casefold().replace("\u2019", "'").replace("\u2018", "'").replace("_", " ")
    return HYPHEN_PATTERN.sub(" ", PREFIX_PATTERN.sub(r"\1", PLURAL_PATTERN.sub(r"\1", plain)))


def _join_phrases(text: str) -> str:
    """Return the text with each phrase of the table as one word.

    >>> _join_phrases("do  not take down w/o stump")
    'not takedown without stump'
    """
    single_spaced = " ".join(text.split())
    return _PHRASE_PATTERN.sub(lambda match: _PHRASES[match.group()], single_spaced)


@lru_cache(1 << 14)
def find_word_kind(word: str) -> str:
    """Return the kind of a word: a list of `work_words.toml`, or number, slash, question or unknown.

    >>> [find_word_kind(word) for word in ("pruning", "ivy", "12", "zorbling")]
    ['prune', 'part', 'number', 'unknown']
    """
    if word[0].isdigit():
        return "nothing" if word == "0" else "number"
    if word in SYMBOLS:
        return SYMBOLS[word]
    if word in _KIND_BY_WORD:
        return _KIND_BY_WORD[word]
    return next((kind for beginning, kind in _KIND_BY_BEGINNING if word.startswith(beginning)), "unknown")


_PHRASES: dict[str, str] = WORD_TABLE["phrases"]
_PHRASE_PATTERN = re.compile(
    r"(?<![^\W_])(?:" + "|".join(map(re.escape, sorted(_PHRASES, key=len, reverse=True))) + r")(?![^\W_])"
)
_ENTRIES = [(word, kind) for kind, words in WORD_TABLE["words"].items() for word in words]
_KIND_BY_WORD = {word: kind for word, kind in reversed(_ENTRIES) if not word.endswith("*")}
_KIND_BY_BEGINNING = [(word[:-1], kind) for word, kind in _ENTRIES if word.endswith("*")]
