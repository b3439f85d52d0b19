"""Street columns of the address index: labels, parts, names, spellings and aliases.

`AddressIndex.build` calls `street_columns`, and the cache file `spelling_columns`.
"""

from collections.abc import Sequence
from typing import Any

from geo.geocode.gazetteer.address_table import StreetRegistry
from geo.geocode.parse.address_parser import Street
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.street_aliases import build_alias_table
from geo.geocode.parse.vocabulary import DIRECTION, FULL_DIRECTION, fold_words


def spelling_columns(labels: Sequence[str]) -> dict[str, Any]:
    """Return the spellings of each street, sorted: as written, folded, and without the leading direction.

    >>> spelling_columns(["N Market St"])["sorted_spellings"]
    (('MARKET', 'ST'), ('N', 'MARKET', 'ST'), ('NORTH', 'MARKET', 'ST'))
    """
    spellings = set()
    for street_id, label in enumerate(labels):
        written_words = split_words(normalize_text(label))
        folded_words = fold_words(written_words).split()
        for form in (written_words, folded_words, [FULL_DIRECTION.get(folded_words[0], ""), *folded_words[1:]]):
            if not form[0]:
                continue
            spellings.add((tuple(form), street_id))
            if len(form) > 1 and form[0] in DIRECTION:
                spellings.add((tuple(form[1:]), street_id))
    ordered = sorted(spellings)
    return {
        "sorted_spellings": tuple(form for form, _ in ordered),
        "spelling_street_ids": tuple(street_id for _, street_id in ordered),
    }


def street_columns(registry: StreetRegistry, aliases: Any) -> dict[str, Any]:
    """Return the streets of a registry as the index stores them: labels, parts, names, spellings and aliases."""
    streets_by_name: dict[str, list[tuple[int, Street]]] = {}
    for street_id, variants in enumerate(registry.variants):
        for variant in variants:
            streets_by_name.setdefault(variant.name, []).append((street_id, variant))
    frozen_by_name = {name: tuple(variants) for name, variants in streets_by_name.items()}
    return {
        "street_labels": tuple(registry.street_labels),
        "streets": tuple(next(iter(variants)) for variants in registry.variants),
        "streets_by_name": frozen_by_name,
        **spelling_columns(registry.street_labels),
        "aliases": build_alias_table(aliases, frozen_by_name),
    }
