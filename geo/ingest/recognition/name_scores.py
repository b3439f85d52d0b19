"""How well a column's name fits each field of a layer.

`column_scores` calls `score_name`.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from geo.ingest.mapping.profile import EXTRA_FIELDS, TREE_STATUS_FIELDS
from geo.ingest.recognition.column_names import Meanings, field_name_table, name_vocabulary, name_words
from geo.schema import LAYERS

EXACT = 1.0  # the score of a name with just the words of a field
SCORE_BY_LIST = {"names": EXACT, "weak": 0.6, "faint": 0.4}  # by the lists of `field_names.toml`
MIN_PREFIXED_NAMES, MIN_PREFIXED_SHARE = 4, 0.4  # of the names that begin alike
MAX_PREFIXED_NAMES = 200
MAX_READINGS = 24  # of one name, if its short forms mean several words
MAX_COUNTED_WORDS = 8  # a name with more words is a sentence
EXTRA_WORD_FACTORS = {"neutral": 0.95, "number": 0.85, "later number": 0.5, "unknown": 0.8, "head": 0.25, "other": 0.2}

BARE_WORDS = {
    "id",
    "object",
    "number",
    "name",
    "type",
    "code",
    "description",
    "category",
    "class",
    "date",
    "status",
    "kind",
}
PLACE_WORDS = {"address", "street", "location", "situs", "site"}  # beside the name of a part of an address
BARE_FACTOR = 0.45  # for each unknown word beside a bare one, as in "student name"


@dataclass(frozen=True, slots=True)
class FieldName:
    """One name of a field: its words in any order, and the score of a column with just these words."""

    field: str
    words: tuple[str, ...]
    score: float


def score_name(name: str, layer_name: str) -> dict[str, float]:
    """Return the score of a column's name for each field, 0 to 1. Fields with score 0 are left out.

    A name with all words of a field, and others, loses by each other word: little by a word that
    says nothing, much by one that makes it another column, as in "owner address" or "status date".

    >>> score_name("SPP_BOT", "trees")["species"]
    1.0
    >>> score_name("Owner_Addr", "parcels").get("address", 0) < 0.3
    True
    """
    scores: dict[str, float] = {}
    for reading in _readings(name_words(name)):
        for field, score in _score_reading(reading, layer_name).items():
            scores[field] = max(score, scores.get(field, 0.0))
    return {field: round(score, 3) for field, score in scores.items() if score > 0.05}


def shared_prefix(names: list[str]) -> str:
    """Return the words that most names of a file begin with, with what separates them from the rest. Empty if there are none.

    >>> shared_prefix(["Code Case Number", "Code Case Type", "Code Case Status", "Code Case Opened Date", "Address"])
    'Code Case '
    >>> shared_prefix(["tree_id", "species", "dbh", "status"])
    ''
    """
    beginnings = Counter(
        name[: match.end()] for name in names[:MAX_PREFIXED_NAMES] for match in re.finditer(r"[ _.\-]+", name)
    )
    needed = max(MIN_PREFIXED_NAMES, MIN_PREFIXED_SHARE * len(names))
    return max((text for text, count in beginnings.items() if count >= needed), key=len, default="")


def _readings(pieces: tuple[Meanings, ...]) -> list[tuple[str, ...]]:
    """Return the names in whole words that short forms may stand for.

    >>> _readings(name_words("ST_COLOR"))
    [('street', 'color'), ('state', 'color'), ('st', 'color')]
    """
    readings = [
        tuple(word for words in choice for word in words)
        for choice, _ in zip(product(*pieces), range(MAX_READINGS), strict=False)
    ]
    return list(dict.fromkeys(reading[:MAX_COUNTED_WORDS] for reading in readings))


@lru_cache(8192)
def _score_reading(words: tuple[str, ...], layer_name: str) -> dict[str, float]:
    counts, index = Counter(words), _names_by_word(layer_name)
    candidates = {name for word in counts for name in index.get(word, ())}
    scores: dict[str, float] = {}
    for name in candidates:
        needed = Counter(name.words)
        if needed - counts:
            continue
        is_bare = all(word in BARE_WORDS for word in name.words)
        extra_words = list((counts - needed).elements())
        if name.field.startswith("parts."):
            extra_words = [word for word in extra_words if word not in PLACE_WORDS]
        score = name.score * _factor_of_extra_words(extra_words, layer_name, is_bare=is_bare)
        scores[name.field] = max(score, scores.get(name.field, 0.0))
    return scores


def _factor_of_extra_words(extra_words: list[str], layer_name: str, *, is_bare: bool) -> float:
    """Return the product of the factors of a name's further words. With another noun, a bare word names another thing."""
    kinds = [_kind_of_word(word, layer_name) for word in extra_words]
    factors = EXTRA_WORD_FACTORS | ({"unknown": BARE_FACTOR} if is_bare else {})
    return math.prod(factors[kind] for kind in kinds)


def _kind_of_word(word: str, layer_name: str) -> str:
    vocabulary = name_vocabulary()
    if word.isdigit():
        return "later number" if 2 <= int(word) <= 9 else "number"
    if word in vocabulary.others:
        return "other"
    if word in vocabulary.heads:
        return "head"
    return "neutral" if word in vocabulary.neutral or word in layer_name else "unknown"


@cache
def _names_by_word(layer_name: str) -> dict[str, tuple[FieldName, ...]]:
    """Return the names of a layer's fields by each of their words."""
    by_word: dict[str, dict[FieldName, None]] = {}
    for name in _field_names(layer_name):
        for word in name.words:
            by_word.setdefault(word, {})[name] = None
    return {word: tuple(names) for word, names in by_word.items()}


def _field_names(layer_name: str) -> list[FieldName]:
    table, layer = field_name_table(), LAYERS[layer_name]
    own_names = [FieldName(field.name, tuple(field.name.split("_")), EXACT) for field in layer.fields]
    known = {*layer.fields_by_name, *EXTRA_FIELDS, *(TREE_STATUS_FIELDS if layer_name == "trees" else ())}
    entries = {field: entry for field, entry in (table["any"] | table.get(layer_name, {})).items() if field in known}
    entries |= {f"parts.{part}": entry for part, entry in table["parts"].items()}
    return own_names + [
        FieldName(field, tuple(text.split()), score)
        for field, entry in entries.items()
        for key, score in SCORE_BY_LIST.items()
        for text in entry.get(key, ())  # type: ignore[attr-defined]
    ]
