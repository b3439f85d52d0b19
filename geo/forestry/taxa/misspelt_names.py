"""Misspelt scientific names: the one genus or epithet that is near enough.

`latin_names` calls `closest_entry` within a genus, and `closest_genus` where the first word is none.
Nothing is guessed between two that are near, and no epithet is looked for in another genus.
"""

import re
from functools import cache

from rapidfuzz.distance import OSA

from geo.forestry.taxa.roster import RosterEntry, epithet_key, load_roster

SHORTEST_MISSPELT, SHORTEST_TWICE_MISSPELT = 5, 8  # letters of an epithet in which one or two errors are mended
SHORTEST_GENUS = 6  # letters of a genus in which an error is mended where no epithet confirms it


def closest_entry(species: dict[str, RosterEntry], key: str, *, is_hybrid: bool) -> RosterEntry | None:
    """Return the only species of a genus whose epithet differs from `key` in its ending or in a letter or two.

    `species` are the species of a genus by key, as in `Roster`. None where no epithet fits, or several do.

    >>> maples = load_roster().species["acer"]
    >>> closest_entry(maples, "sacharinum", is_hybrid=False).name, closest_entry(maples, "rubra", is_hybrid=False).name
    ('Acer saccharinum', 'Acer rubrum')
    >>> closest_entry(maples, "rubescens", is_hybrid=False) is None
    True
    """
    keys = [other for other in species if other.count(" ") < 2 and (not is_hybrid or other.startswith("x "))]
    same_stem = {species[other] for other in keys if _stem(other.removeprefix("x ")) == _stem(key)}
    if same_stem:
        return same_stem.pop() if len(same_stem) == 1 else None
    limit = _error_limit(key)
    near = {species[other] for other in keys if _is_near(key, other.removeprefix("x "), limit)}
    return near.pop() if len(near) == 1 else None


def _stem(key: str) -> str:
    """Return an epithet without the ending that changes with the gender, and with one "i" for two.

    >>> _stem("rubrum") == _stem("rubra"), _stem("freemani") == _stem("freemanii"), _stem("alba")
    (True, True, 'alb')
    """
    return re.sub(r"(?:us|a|um|is|e|os|on)$", "", re.sub(r"ii$", "i", key)) if len(key) > 3 else key


def _error_limit(key: str) -> int:
    return 0 if len(key) < SHORTEST_MISSPELT else 1 if len(key) < SHORTEST_TWICE_MISSPELT else 2


def _is_near(key: str, other: str, limit: int) -> bool:
    return bool(
        limit and other[:1] == key[:1] and min(len(key), len(other)) >= SHORTEST_MISSPELT
        and OSA.distance(key, other, score_cutoff=limit) <= limit
    )  # fmt: skip


def closest_genus(word: str, following_words: list[str]) -> RosterEntry | None:
    """Return the genus that a misspelt word means: the only one that is near and has the epithet behind it.

    An English word for a genus counts, too, if the epithet is one of that genus. Without an epithet
    one genus must be near, in a long word.

    >>> closest_genus("Plantanus", ["occidentalis"]).name, closest_genus("Pine", ["taeda"]).name
    ('Platanus', 'Pinus')
    >>> closest_genus("Quercis", []).name, closest_genus("Maple", []) is None
    ('Quercus', True)
    """
    roster, key = load_roster(), epithet_key(word)
    if len(key) < 4:
        return None
    hybrid_free = [name for name in map(epithet_key, following_words) if name not in {"", "x"}]
    english_genera = {entry.genus for entry in roster.common.get(key, ())}
    if hybrid_free:
        near = {genus for genus in _near_genera(key) | english_genera if _has_epithet(genus, hybrid_free[0])}
        if len(near) == 1:
            return roster.genera[near.pop().casefold()]
    if english_genera or len(key) < SHORTEST_GENUS or key in _common_words():
        return None
    near = {genus for genus in _near_genera(key) if OSA.distance(key, genus.casefold()) == 1}
    is_bare = not hybrid_free or hybrid_free[0] in {"sp", "spp", "species"}
    return roster.genera[near.pop().casefold()] if len(near) == 1 and is_bare else None


def _near_genera(key: str) -> set[str]:
    limit = 2 if len(key) >= SHORTEST_TWICE_MISSPELT else 1
    return {
        entry.genus
        for genus, entry in load_roster().genera.items()
        if abs(len(genus) - len(key)) <= limit and OSA.distance(key, genus, score_cutoff=limit) <= limit
    }


def _has_epithet(genus: str, key: str) -> bool:
    species = load_roster().species.get(genus.casefold(), {})
    return key in species or f"x {key}" in species


@cache
def _common_words() -> frozenset[str]:
    """Return every word of a common name, so that none of them is taken for a misspelt genus."""
    names = [entry.common for genus in load_roster().species.values() for entry in genus.values() if entry.common]
    return frozenset(epithet_key(word) for name in names for word in re.split(r"[\s-]+", name))
