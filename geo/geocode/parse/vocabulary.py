"""Vocabulary of addresses: suffixes, directions, units, ordinals and states, read from `data/`.

All modules of `geo.geocode.parse` use these tables. `fold_words` brings a name to its look-up form.
Sources: USPS Publication 28 (sections 233, C1, C2) and Publication 65 (ZIP prefixes).
"""

import csv
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

SHORT_NAME_LENGTH = 3  # letters: shorter names are close to too many others
DATA_DIR = Path(__file__).with_name("data")


def _read_csv_table(name: str) -> list[dict[str, str]]:
    lines = (DATA_DIR / name).read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _key_by_word(table: dict[str, list[str]]) -> dict[str, str]:
    return {word: key for key, others in table.items() for word in (key, *others)}


_VOCABULARY: dict[str, Any] = tomllib.loads((DATA_DIR / "words.toml").read_text("utf-8"))
_SUFFIX_ROWS = _read_csv_table("suffixes.csv")

SUFFIX = {
    word: row["abbreviation"]
    for row in _SUFFIX_ROWS
    for word in (row["full"], row["abbreviation"], *row["variants"].split())
}
FULL_SUFFIX: dict[str, str] = {row["abbreviation"]: row["full"] for row in _SUFFIX_ROWS}
DIRECTION = _key_by_word(_VOCABULARY["directions"])
FULL_DIRECTION: dict[str, str] = {short: full[0] for short, full in _VOCABULARY["directions"].items()}
PLAIN_UNIT = frozenset(_VOCABULARY["units"]["plain"])
NUMBERED_UNIT = _key_by_word(_VOCABULARY["units"]["numbered"])
LONE_UNIT = _key_by_word(_VOCABULARY["units"]["alone"])
STATE = {row[key]: row["abbreviation"] for row in _read_csv_table("states.csv") for key in row if key != "prefixes"}
TOWN_ALIASES = tuple((row["alias"], row["town"]) for row in _read_csv_table("town_aliases.csv"))
ROAD_QUALIFIERS = _key_by_word(_VOCABULARY["roads"]["qualifiers"])
ROAD_KINDS = _key_by_word(_VOCABULARY["roads"]["kinds"])
ROAD_SHORT_FORMS: dict[str, str] = dict(_VOCABULARY["roads"]["short"])
TITLES_BEFORE = frozenset(_VOCABULARY["titles"]["before"])
TITLES_AFTER = frozenset(_VOCABULARY["titles"]["after"])
ZIP_WORDS = frozenset(_VOCABULARY["asking"]["zip"])
ROAD_CLASSES: tuple[str, ...] = tuple(_VOCABULARY["roads"]["classes"])
LEAD_IN_WORDS = frozenset(_VOCABULARY["asking"]["before"])
BLOCK_WORDS = frozenset(_VOCABULARY["asking"]["block"])
CONNECTING_WORDS = frozenset(_VOCABULARY["asking"]["between"])  # between a number and its street
NEARBY_WORDS = frozenset(_VOCABULARY["asking"]["aside"])  # between an address and a nearby thing
RANGE_WORDS = frozenset(_VOCABULARY["asking"]["more"])  # between two numbers
PARCEL_WORDS = frozenset(_VOCABULARY["asking"]["lot"])  # before a parcel number
INTERSECTION_WORDS = frozenset(_VOCABULARY["asking"]["joins"])
INTERSECTION_PREFIXES: tuple[str, ...] = tuple(_VOCABULARY["asking"]["corner"])
COUNTRY_NAMES = frozenset(_VOCABULARY["asking"]["country"])

ONES = {word: n for n, word in enumerate(_VOCABULARY["numbers"]["ones"], start=1)}
TENS = {word: 10 * n for n, word in enumerate(_VOCABULARY["numbers"]["tens"], start=2)}
ZEROS = frozenset(_VOCABULARY["numbers"]["zero"])


def _states_by_zip_prefix() -> dict[str, str]:
    states: dict[str, str] = {}
    for row in _read_csv_table("states.csv"):
        for prefix_range in row["prefixes"].split():
            low, high = (int(end) for end in prefix_range.split("-"))
            states |= {f"{n:03d}": row["abbreviation"] for n in range(low, high + 1)}
    return states


STATE_BY_ZIP_PREFIX = _states_by_zip_prefix()  # state by the first three digits of a ZIP


def _ordinal_ending(n: int) -> str:
    last = n % 10
    return "TH" if 10 <= n % 100 <= 20 or last not in (1, 2, 3) else ("ST", "ND", "RD")[last - 1]


def format_ordinal(n: int) -> str:
    """Return an ordinal in digits, as street names write it.

    >>> [format_ordinal(n) for n in (1, 12, 22, 103, 111)]
    ['1ST', '12TH', '22ND', '103RD', '111TH']
    """
    return f"{n}{_ordinal_ending(n)}"


ORDINALS = {word: n for n, word in enumerate(_VOCABULARY["ordinals"]["ones"], start=1)} | {
    word: 10 * n for n, word in enumerate(_VOCABULARY["ordinals"]["tens"], start=2)
}


def _is_one_letter_dropped(full: str, short: str) -> bool:
    """Return whether dropping one letter from a word makes the other word.

    >>> _is_one_letter_dropped("PINE", "PNE"), _is_one_letter_dropped("AVENUE", "AVE")
    (True, False)
    """
    return any(full[:i] + full[i + 1 :] == short for i in range(len(full)))


# Inside a name a word and its abbreviation are equal. Misspelled variants of appendix C1 are not.
# Nor is an abbreviation one typing error away: "West Pne" need not be West Pine.
FOLDED_WORD = (
    {
        row["full"]: row["abbreviation"]
        for row in _SUFFIX_ROWS
        if not _is_one_letter_dropped(row["full"], row["abbreviation"])
    }
    | DIRECTION
    | _key_by_word(_VOCABULARY["names"])
    | {word: format_ordinal(n) for word, n in ORDINALS.items()}
)


# Full words by abbreviation, without abbreviations that stand for two words.
FULL_WORD = {
    short: word for word, short in FOLDED_WORD.items() if short not in _VOCABULARY["names"] and not short[0].isdigit()
} | FULL_DIRECTION


@lru_cache(1 << 16)
def expand_name(name: str) -> str:
    """Return a folded name with all words in full and without blanks, for comparing misspelled names.

    >>> expand_name("N MARKET"), expand_name("LUCAS AND HUNT"), expand_name("UN")
    ('NORTHMARKET', 'LUCASANDHUNT', 'UNION')
    """
    return "".join(expand_words(name))


def expand_words(name: str) -> list[str]:
    """Return the words of a folded name in full.

    >>> expand_words("N MARKET")
    ['NORTH', 'MARKET']
    """
    return [FULL_WORD.get(word, word) for word in name.split()]


def fuzzy_forms(name: str, suffix: str) -> tuple[str, str, str, str]:
    """Return the forms of a street for fuzzy search: name, with full suffix, with short suffix, without "and".

    A missing form is the empty text. Names of up to `SHORT_NAME_LENGTH` letters get no form with a suffix.

    >>> fuzzy_forms("LUCAS AND HUNT", "RD")
    ('LUCASANDHUNT', 'LUCASANDHUNTROAD', 'LUCASANDHUNTRD', 'LUCASHUNT')
    >>> fuzzy_forms("OAK", "ST")
    ('OAK', '', '', '')
    """
    full_name, parts = expand_name(name), name.split()
    name_without_and = expand_name(" ".join(part for part in parts if part != "AND")) if "AND" in parts else ""
    if not suffix or len(full_name) <= SHORT_NAME_LENGTH:
        return full_name, "", "", name_without_and
    return (full_name, f"{full_name}{FULL_SUFFIX.get(suffix, suffix)}", f"{full_name}{suffix}", name_without_and)


def has_word_prefix(known: Sequence[str], typed: Sequence[str]) -> bool:
    """Return whether each typed word begins the known word at its position, or folds to the same word.

    >>> has_word_prefix(["NATURAL", "BRIDGE", "RD"], ["NAT", "BRI"]), has_word_prefix(["OAK"], ["OAK", "ST"])
    (True, False)
    """
    if len(typed) > len(known):
        return False
    for word, part in zip(known, typed, strict=False):
        if not word.startswith(part) and fold_word(word) != fold_word(part):
            return False
    return True


@lru_cache(1 << 14)
def fold_word(word: str) -> str:
    """Return one word in look-up form (see `fold_words`).

    >>> fold_word("AVENUE"), fold_word("SAINT"), fold_word("MARKET")
    ('AVE', 'ST', 'MARKET')
    """
    return fold_words([word])


def fold_words(words: Sequence[str]) -> str:
    """Return a street or town name in look-up form: a word and its standard abbreviation become one.

    Spelled ordinals become digits. Nothing else changes.

    >>> fold_words(["SAINT", "LOUIS"]), fold_words(["ST", "LOUIS"]), fold_words(["TWENTY", "FIRST"])
    ('ST LOUIS', 'ST LOUIS', '21ST')
    """
    folded: list[str] = []
    for word in words:
        if folded and folded[-1] in TENS and 0 < ORDINALS.get(word, 0) < 10:
            folded[-1] = format_ordinal(TENS[folded[-1]] + ORDINALS[word])
        else:
            folded.append(FOLDED_WORD.get(word, word))
    return " ".join(folded)
