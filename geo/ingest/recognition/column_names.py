"""The words in a column's name, whatever its case, its separators and its short forms.

`name_scores` calls `name_words`. `name_words.toml` has the short forms.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

MODULE_DIR = Path(__file__).parent
MAX_NAME_CHARACTERS = 100  # a longer name is a sentence
SHAPEFILE_NAME_LENGTH = 10  # a Shapefile cuts the names of its columns to this
MIN_MISSPELT_LETTERS = 5
MIN_SIMILARITY = 86  # percent, by edit distance
MIN_PREFIX_LETTERS = 3
# Words with which names end, of which a Shapefile may keep one or two letters.
USUAL_LAST_WORDS = (
    "address",
    "class",
    "code",
    "date",
    "description",
    "id",
    "location",
    "name",
    "number",
    "street",
    "type",
    "year",
)
# Between words: a lower-case letter before an upper-case one, the last capital of several, a letter beside a digit.
WORD_BREAKS = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)

# The type with which dBASE exports write a name, such as `baumnummer,C,20`.
DBASE_TYPE = re.compile(r",[CNFDLM],[0-9]{1,3}(?:,[0-9]{1,3})?$")

Meanings = tuple[tuple[str, ...], ...]  # what one piece of a name may mean: sequences of whole words


@dataclass(frozen=True)
class NameVocabulary:
    """All words and short forms that a name may consist of.

    `meanings` maps a word or a short form to what it may mean. `heads`, `others` and `neutral` are the kinds of words in
    `name_words.toml`.
    """

    meanings: dict[str, Meanings]
    heads: frozenset[str]
    others: frozenset[str]
    neutral: frozenset[str]

    @property
    def words(self) -> list[str]:
        """The words and short forms that are long enough to be misspelt, or cut off.

        >>> "diameter" in name_vocabulary().words
        True
        """
        return [word for word in self.meanings if len(word) >= MIN_PREFIX_LETTERS]


@cache
def field_name_table() -> dict[str, dict[str, dict[str, object]]]:
    """Return the tables of `field_names.toml`: by layer, or `any` and `parts`, then by field."""
    table: dict[str, dict[str, dict[str, object]]] = tomllib.loads((MODULE_DIR / "field_names.toml").read_text("utf-8"))
    return table


@cache
def name_vocabulary() -> NameVocabulary:
    """Return the vocabulary of column names, from both tables.

    >>> name_vocabulary().meanings["stname"]
    (('street', 'name'),)
    """
    table = tomllib.loads((MODULE_DIR / "name_words.toml").read_text("utf-8"))
    kinds = {kind: frozenset(text.split()) for kind, text in table["words"].items()}
    phrases = [
        phrase
        for layer_fields in field_name_table().values()
        for entry in layer_fields.values()
        for key in ("names", "weak", "faint")
        for phrase in entry.get(key, ())  # type: ignore[attr-defined]
    ]
    whole_words = {word for phrase in phrases for word in phrase.split()} | frozenset().union(*kinds.values())
    meanings: dict[str, Meanings] = {word: ((word,),) for word in whole_words}
    for short_form, texts in table["short_forms"].items():
        readings = tuple(tuple(text.split()) for text in ([texts] if isinstance(texts, str) else texts))
        own = meanings.get(short_form, ()) if len(short_form) > 1 else ()
        meanings[short_form] = tuple(dict.fromkeys((*readings, *own)))
    return NameVocabulary(meanings, kinds["heads"], kinds["others"], kinds["neutral"])


@lru_cache(4096)
def name_words(name: str) -> tuple[Meanings, ...]:
    """Return the pieces of a column's name, each as what it may mean.

    >>> name_words("BOTANICALN")
    ((('botanical',),), (('name',), ('number',), ('n',)))
    >>> name_words("tree_DBH(cm)")
    ((('tree',),), (('diameter', 'centimeters'),))
    >>> name_words("SITE_ADDR"), name_words("stnum")
    (((('site',),), (('address',),)), ((('house', 'number'),),))
    >>> name_words("Tag #"), name_words("owner,C,20")
    (((('tag',),), (('number',),)), ((('owner',),),))
    """
    is_cut = len(name) == SHAPEFILE_NAME_LENGTH
    if name.count(".") >= 2 and re.fullmatch(r"[\w.]+\.[A-Za-z]\w+", name):
        name = name.rpartition(".")[2]  # a joined layer's column, behind its database and table
    name = DBASE_TYPE.sub("", name)
    name = re.sub(r"\s*#\s*$", " number", name)
    plain = unicodedata.normalize("NFKD", name[:MAX_NAME_CHARACTERS]).encode("ascii", "ignore").decode()
    whole = re.sub(r"[^a-z0-9]", "", plain.casefold())
    vocabulary = name_vocabulary()
    if whole in vocabulary.meanings and len(whole) > 1:
        return (vocabulary.meanings[whole],)
    tokens = [token.casefold() for token in re.split(r"[^A-Za-z0-9]+", WORD_BREAKS.sub(" ", plain)) if token]
    tokens = _join_known_pairs(tokens)
    pieces: list[Meanings] = []
    for index, token in enumerate(tokens):
        pieces += _token_meanings(token, is_cut=is_cut and index == len(tokens) - 1)
    return tuple(pieces)


def _join_known_pairs(tokens: list[str]) -> list[str]:
    """Join neighboring tokens that are one word of the vocabulary, such as `Co` `Ordinate` or `Land` `Use`.

    >>> _join_known_pairs(["object", "id"])
    ['objectid']
    """
    joined: list[str] = []
    for token in tokens:
        pair = joined[-1] + token if joined else ""
        if len(pair) > 3 and pair in name_vocabulary().meanings and not token.isdigit():
            joined[-1] = pair
        else:
            joined.append(token)
    return joined


def _token_meanings(token: str, *, is_cut: bool) -> list[Meanings]:
    """Return the pieces of one token: a known word, several words without a space, a cut or a misspelt one."""
    meanings = name_vocabulary().meanings
    singular = token.removesuffix("s")
    if token in meanings or (singular in meanings and len(token) > MIN_PREFIX_LETTERS):
        return [meanings.get(token) or meanings[singular]]
    if token.isdigit():
        return [((token,),)]
    if is_cut and len(token) < MIN_PREFIX_LETTERS:
        return [_meanings_of_rest(token)]
    if pieces := _split_token(token, is_cut=is_cut):
        rest = token[sum(map(len, pieces)) :]
        return [*(meanings[piece] for piece in pieces), *([_meanings_of_rest(rest)] if rest else [])]
    return [(is_cut and _meanings_of_prefix(token)) or _meanings_of_misspelt(token)]


def _meanings_of_rest(letters: str) -> Meanings:
    """Return the words that the last one or two letters of a cut name may begin.

    >>> _meanings_of_rest("na")
    (('name',), ('na',))
    """
    return (*((word,) for word in USUAL_LAST_WORDS if word.startswith(letters)), (letters,))


def _split_token(token: str, *, is_cut: bool) -> tuple[str, ...]:
    """Return the fewest words of the vocabulary that make up a token. Empty if there are none.

    If the name was cut, a rest of one or two letters is left out.

    >>> _split_token("houseno", is_cut=False), _split_token("botanicaln", is_cut=True)
    (('house', 'no'), ('botanical',))
    """
    meanings = name_vocabulary().meanings
    best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - 20), end):
            before, piece = best[start], token[start:end]
            if before is None or piece not in meanings or len(piece) < 2:
                continue
            if (shortest := best[end]) is None or len(before) + 1 < len(shortest):
                best[end] = (*before, piece)
    if (whole := best[-1]) is not None:
        return whole if len(whole) <= 4 else ()
    rests = range(len(token) - 1, max(MIN_PREFIX_LETTERS, len(token) - 3), -1) if is_cut else ()
    return next((pieces for end in rests if (pieces := best[end])), ())


def _meanings_of_prefix(token: str) -> Meanings:
    """Return all that the cut beginning of a word, or of a known word and the next, may mean.

    >>> _meanings_of_prefix("neighborho")
    (('neighborhood',),)
    """
    meanings = name_vocabulary().meanings
    if len(token) < MIN_PREFIX_LETTERS:
        return ()
    found = [word for word in name_vocabulary().words if word.startswith(token)]
    return tuple(dict.fromkeys(meaning for word in found for meaning in meanings[word]))


@lru_cache(4096)
def _meanings_of_misspelt(token: str) -> Meanings:
    """Return the meanings of the most similar word, or the token itself if none is similar.

    >>> _meanings_of_misspelt("adress"), _meanings_of_misspelt("qzx")
    ((('address',),), (('qzx',),))
    """
    if len(token) >= MIN_MISSPELT_LETTERS:
        similar = process.extractOne(token, name_vocabulary().words, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
        if similar and similar[0][0] == token[0]:
            return name_vocabulary().meanings[similar[0]]
    return ((token,),)
