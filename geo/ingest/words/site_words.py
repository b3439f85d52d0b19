"""Planting sites without a tree, by the head word of a text: stump, vacant, retired or proposed.

`geo.ingest.cleaning.tree_columns` calls `find_site_status` for each distinct text. The words stand in
`site_words.toml`. See docs/decisions/0031-words-of-sites-and-cases.md.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

WORD_TABLE = tomllib.loads(Path(__file__).with_name("site_words.toml").read_text("utf-8"))
SEPARATOR_PATTERN = re.compile(r"[,;:()\[\]|/]|(?<!\w)[-\u2013\u2014]|[-\u2013\u2014](?!\w)")
WORD_PATTERN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?|\d+(?:[.,x/-]\d+)*|[\"'\u2018\u2019\u201c\u201d]|&")
INCH_PATTERN = re.compile(r"(?<=\d)\s?(?:[\"\u201d\u2033]|['\u2019\u2032]{1,2})")  # behind a number
QUOTES = frozenset("\"'\u2018\u2019\u201c\u201d")
MAX_CACHED_TEXTS = 1 << 14


@lru_cache(MAX_CACHED_TEXTS)
def find_site_status(text: str, *, may_follow_name: bool = True) -> str | None:
    """Return what a text says of a site without a tree: stump, vacant, retired or proposed. None for a tree.

    The first part of the text decides, up to a comma, a dash or a bracket. All its words must be words
    of the table. With `may_follow_name`, a tree's name may stand before: "Red oak - stump".

    >>> find_site_status("Stump, not accessible"), find_site_status("Vacant Site Large"), find_site_status("Paved over")
    ('stump', 'vacant', 'retired')
    >>> find_site_status("Empty Nest maple"), find_site_status("Dead"), find_site_status("Red oak - stump")
    (None, None, 'stump')
    """
    parts = _split_parts(text)
    if not parts:
        return None
    statuses = [_status_of_part(part) for part in parts]
    if statuses[0] is not None or (any(statuses) and _KNOWN.issuperset(parts[0])):
        return _most_decisive(statuses)
    if not may_follow_name:
        return None
    if len(parts) == 1:
        return _status_behind_name(parts[0])
    followers = [status for part, status in zip(parts[1:], statuses[1:], strict=True) if "lot" not in part]
    return _most_decisive(followers) if any(followers) else None


def _status_behind_name(words: list[str]) -> str | None:
    """Return the status that the last word of a name gives: a stump or a tree that was removed.

    >>> _status_behind_name(["red", "oak", "stump"]), _status_behind_name(["ash", "removed", "2019"])
    ('stump', 'vacant')
    >>> _status_behind_name(["malus", "'", "stump", "'"]) is None
    True
    """
    last_word = next((word for word in reversed(words) if not word[0].isdigit()), "")
    if QUOTES & set(words):
        return None
    return (
        "stump"
        if last_word in WORD_TABLE["heads"]["stump"]
        else "vacant"
        if last_word in ("removed", "notree")
        else None
    )


def names_site(text: str) -> bool:
    """Return whether a word for a site stands anywhere in a text.

    >>> names_site("Vacant Lot oak"), names_site("Planetree")
    (True, False)
    """
    heads = {word for words in WORD_TABLE["heads"].values() for word in words}
    return any(word in heads for part in _split_parts(text) for word in part)


def _most_decisive(statuses: list[str | None]) -> str:
    """Return the status that counts where several parts name one: retired, stump, proposed, vacant.

    >>> _most_decisive(["vacant", None, "stump"])
    'stump'
    """
    return next(status for status in WORD_TABLE["heads"] if status in statuses)


def _split_parts(text: str) -> list[list[str]]:
    plain = INCH_PATTERN.sub("", text.casefold().replace("_", " "))
    parts = [WORD_PATTERN.findall(_join_phrases(part)) for part in SEPARATOR_PATTERN.split(plain)]
    return [part for part in parts if part]


def _join_phrases(text: str) -> str:
    return _PHRASE_PATTERN.sub(lambda match: _PHRASES[match.group()], re.sub(r"[\s-]+", " ", text))


def _status_of_part(words: list[str]) -> str | None:
    """Return the status that one part names, if it has no other words than those of the table.

    >>> _status_of_part(["future", "planting", "site"]), _status_of_part(["vacant", "lot", "oak"])
    ('proposed', None)
    >>> _status_of_part(["small", "planting", "site"]), _status_of_part(["vacant", "under", "wires"])
    ('vacant', 'vacant')
    """
    end = next((at for at, word in enumerate(words) if word in _REMARKS and at), len(words))
    head_words = [word for word in words[:end] if not word[0].isdigit()]
    if not all(word in _KNOWN for word in head_words):
        return None
    for status, heads in WORD_TABLE["heads"].items():
        if set(heads) & set(head_words):
            return str(status)
    has_place, has_use = _PLACES & set(head_words), _USES & set(head_words)
    return "vacant" if has_place and has_use else None


_PHRASES: dict[str, str] = WORD_TABLE["phrases"]
_PHRASE_PATTERN = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(_PHRASES, key=len, reverse=True))) + r")\b")
_PLACES, _USES = (frozenset(WORD_TABLE["places"][name]) for name in ("places", "uses"))
_REMARKS = frozenset(WORD_TABLE["neutral"]["remarks"])
_KNOWN = frozenset(
    {*WORD_TABLE["neutral"]["words"], *_PLACES, *_USES, "&"}.union(*map(set, WORD_TABLE["heads"].values()))
)
