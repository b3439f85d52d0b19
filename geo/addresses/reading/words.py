"""The words of addresses: suffixes, directions, units, ordinals, states, as the files in `data/` say."""

import csv
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

SHORT = 3  # letters: a name that is no longer is near to too many
DATA = Path(__file__).with_name("data")


def _table(name: str) -> list[dict[str, str]]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _spellings(table: dict[str, list[str]]) -> dict[str, str]:
    return {word: key for key, others in table.items() for word in (key, *others)}


_WORDS: dict[str, Any] = tomllib.loads((DATA / "words.toml").read_text("utf-8"))
_SUFFIXES = _table("suffixes.csv")

SUFFIX = {
    word: row["abbreviation"]
    for row in _SUFFIXES
    for word in (row["full"], row["abbreviation"], *row["variants"].split())
}
SUFFIX_IN_FULL: dict[str, str] = {row["abbreviation"]: row["full"] for row in _SUFFIXES}
DIRECTION = _spellings(_WORDS["directions"])
FULL_DIRECTION: dict[str, str] = {short: full[0] for short, full in _WORDS["directions"].items()}
PLAIN_UNIT = frozenset(_WORDS["units"]["plain"])
NUMBERED_UNIT = _spellings(_WORDS["units"]["numbered"])
LONE_UNIT = _spellings(_WORDS["units"]["alone"])
STATE = {
    row[key]: row["abbreviation"]
    for row in _table("states.csv")
    for key in row
    if key != "prefixes"
}
ROAD_CLASSES: tuple[str, ...] = tuple(_WORDS["roads"]["classes"])
BEFORE = frozenset(_WORDS["asking"]["before"])
BLOCK = frozenset(_WORDS["asking"]["block"])
BETWEEN = frozenset(_WORDS["asking"]["between"])  # a number and its street
ASIDE = frozenset(_WORDS["asking"]["aside"])  # an address and what it is near to
MORE = frozenset(_WORDS["asking"]["more"])  # two numbers
LOT = frozenset(_WORDS["asking"]["lot"])  # before a parcel's number
JOINS = frozenset(_WORDS["asking"]["joins"])
CORNER: tuple[str, ...] = tuple(_WORDS["asking"]["corner"])
COUNTRY = frozenset(_WORDS["asking"]["country"])

ONES = {word: n for n, word in enumerate(_WORDS["numbers"]["ones"], start=1)}
TENS = {word: 10 * n for n, word in enumerate(_WORDS["numbers"]["tens"], start=2)}
ZEROS = frozenset(_WORDS["numbers"]["zero"])


def _prefixes() -> dict[str, str]:
    states: dict[str, str] = {}
    for row in _table("states.csv"):
        for span in row["prefixes"].split():
            low, high = (int(end) for end in span.split("-"))
            states |= {f"{n:03d}": row["abbreviation"] for n in range(low, high + 1)}
    return states


STATE_OF_ZIP = _prefixes()  # by a ZIP code's first three digits


def _ending(n: int) -> str:
    last = n % 10
    return "TH" if 10 <= n % 100 <= 20 or last not in (1, 2, 3) else ("ST", "ND", "RD")[last - 1]


def ordinal(n: int) -> str:
    """Write an ordinal in figures, as streets carry it.

    >>> [ordinal(n) for n in (1, 12, 22, 103, 111)]
    ['1ST', '12TH', '22ND', '103RD', '111TH']
    """
    return f"{n}{_ending(n)}"


ORDINALS = {word: n for n, word in enumerate(_WORDS["ordinals"]["ones"], start=1)} | {
    word: 10 * n for n, word in enumerate(_WORDS["ordinals"]["tens"], start=2)
}


def _letter_dropped(full: str, short: str) -> bool:
    """Tell whether leaving one letter out of a word makes the other, as PINE and PNE."""
    return any(full[:at] + full[at + 1 :] == short for at in range(len(full)))


# Inside a name a word and its abbreviation are one. The misspelt variants of C1 are not, nor an
# abbreviation that one slip of the finger makes: "West Pne" is no proof of West Pine.
FOLD = (
    {
        row["full"]: row["abbreviation"]
        for row in _SUFFIXES
        if not _letter_dropped(row["full"], row["abbreviation"])
    }
    | DIRECTION
    | _spellings(_WORDS["names"])
    | {word: ordinal(n) for word, n in ORDINALS.items()}
)


# The other way: how an abbreviation inside a name is spelt in full, but for those that stand for two words.
FULL = {
    short: word
    for word, short in FOLD.items()
    if short not in _WORDS["names"] and not short[0].isdigit()
} | FULL_DIRECTION


@lru_cache(1 << 16)
def in_full(name: str) -> str:
    """Spell a folded name in full and without blanks, as misspelt names are compared.

    >>> in_full("N MARKET"), in_full("LUCAS AND HUNT"), in_full("UN")
    ('NORTHMARKET', 'LUCASANDHUNT', 'UNION')
    """
    return "".join(words_in_full(name))


def words_in_full(name: str) -> list[str]:
    """Spell each word of a folded name in full."""
    return [FULL.get(word, word) for word in name.split()]


def spellings(name: str, suffix: str) -> tuple[str, str, str, str]:
    """Spell a street in the ways in which a misspelt one may be near to it: its name, with its suffix in full or short, without an "and".

    Empty where it has no such way; a very short name is not compared with its suffix either.

    >>> spellings("LUCAS AND HUNT", "RD"), spellings("OAK", "ST")
    (('LUCASANDHUNT', 'LUCASANDHUNTROAD', 'LUCASANDHUNTRD', 'LUCASHUNT'), ('OAK', '', '', ''))
    """
    full, parts = in_full(name), name.split()
    bare = in_full(" ".join(part for part in parts if part != "AND")) if "AND" in parts else ""
    if not suffix or len(full) <= SHORT:
        return full, "", "", bare
    return full, f"{full}{SUFFIX_IN_FULL.get(suffix, suffix)}", f"{full}{suffix}", bare


def begins(known: Sequence[str], typed: Sequence[str]) -> bool:
    """Tell whether words begin, in order, with the typed ones; a word and its abbreviation are one.

    >>> begins(["NATURAL", "BRIDGE", "RD"], ["NAT", "BRI"]), begins(["OAK"], ["OAK", "ST"])
    (True, False)
    """
    if len(typed) > len(known):
        return False
    for word, part in zip(known, typed, strict=False):
        if not word.startswith(part) and folded_word(word) != folded_word(part):
            return False
    return True


@lru_cache(1 << 14)
def folded_word(word: str) -> str:
    """Fold one word."""
    return fold([word])


def fold(words: Sequence[str]) -> str:
    """Bring a street's name to the form under which it is kept and looked up.

    Words and their standard abbreviations become one; nothing else does.

    >>> fold(["SAINT", "LOUIS"]), fold(["ST", "LOUIS"]), fold(["TWENTY", "FIRST"])
    ('ST LOUIS', 'ST LOUIS', '21ST')
    """
    kept: list[str] = []
    for word in words:
        if kept and kept[-1] in TENS and 0 < ORDINALS.get(word, 0) < 10:
            kept[-1] = ordinal(TENS[kept[-1]] + ORDINALS[word])
        else:
            kept.append(FOLD.get(word, word))
    return " ".join(kept)
