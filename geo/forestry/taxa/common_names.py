"""Common names in any order of their words: "Norway maple", "Maple, Norway", "MAPLE-NORWAY".

`match_taxon` calls `find_common_name` for each part of a text.
"""

import re
from collections.abc import Iterator

from geo.forestry.taxa.roster import RosterEntry, common_key, load_roster

# Words that say nothing about the species.
FILLER_WORDS = {"tree", "trees", "sp", "spp", "species", "other", "unknown", "misc", "unidentified", "variety", "varieties", "var", "genus", "unk", "dead", "standing", "live"}  # fmt: skip


def find_common_name(text: str) -> RosterEntry | None:
    """Return the species or genus with a common name, None if the name is unknown or ambiguous.

    Where several species of one genus have the name, it is the genus.

    >>> find_common_name("Maple, Norway").name, find_common_name("SUGAR MAPLE TREE").name
    ('Acer platanoides', 'Acer saccharum')
    >>> find_common_name("Oaks").name, find_common_name("Locust"), find_common_name("Euc, Ghost Gum")
    ('Quercus', None, None)
    """
    for key in _common_keys(text):
        entries = load_roster().common.get(key)
        if entries:
            return _only_taxon(entries)
    return None


def _only_taxon(entries: set[RosterEntry]) -> RosterEntry | None:
    if len(entries) == 1:
        return next(iter(entries))
    genera = {entry.genus for entry in entries}
    return load_roster().genera[genera.pop().casefold()] if len(genera) == 1 else None


def _common_keys(text: str) -> Iterator[str]:
    """Yield the keys that a common name may have, the most literal first.

    >>> list(_common_keys("Maple, Norway"))
    ['maplenorway', 'norwaymaple']
    """
    parts = [part for part in re.split(r"\s*[,:;]\s*", text) if part]
    whole = " ".join(parts)
    yield from dict.fromkeys(filter(None, (common_key(order) for order in _word_orders(parts))))
    if common_key(whole.rpartition(" ")[2]) in FILLER_WORDS:
        yield common_key(whole.rpartition(" ")[0])
    words = [word for word in whole.split() if common_key(word) not in FILLER_WORDS]
    if words and len(words) < len(whole.split()):
        parts = [" ".join(word for word in part.split() if common_key(word) not in FILLER_WORDS) for part in parts]
        yield from filter(None, (common_key(order) for order in _word_orders([part for part in parts if part])))
        whole = " ".join(words)
    if whole.casefold().endswith("s"):
        yield common_key(whole[:-1])


def _word_orders(parts: list[str]) -> Iterator[str]:
    """Yield the orders in which a name may be meant, given its parts between commas."""
    words = " ".join(parts).split()
    yield " ".join(words)
    yield " ".join(reversed(parts))
    if len(parts) > 2:
        yield " ".join([*parts[1:], parts[0]])
        yield " ".join([parts[2], parts[1], parts[0]])
    if len(parts) == 1:
        yield " ".join([*words[1:], *words[:1]])
        segments = re.split(r"\s*[-–—]\s*", parts[0])
        yield " ".join(reversed(segments))
        yield " ".join([*segments[-1:], *segments[:-1]])
        yield " ".join([*segments[1:], *segments[:1]])
