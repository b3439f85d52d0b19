"""Street columns of the address index: labels, parts, names, spellings, aliases and other names.

`AddressIndex.build` calls `street_columns`, and the cache file `spelling_columns`. The index and the intersections
group their streets by `OtherNames`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.geocode.gazetteer.address_table import StreetRegistry
from geo.geocode.parse.address_parser import Street
from geo.geocode.parse.edit_distance import LengthBucket
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.numbered_roads import Road, parse_road
from geo.geocode.parse.person_names import is_same_person, person_keys
from geo.geocode.parse.street_aliases import Alias, build_alias_table
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


@dataclass(frozen=True, eq=False)
class OtherNames:
    """The streets by what their names share: the number or letter of a road, and the name of a person.

    >>> by_name = {"HWY N": ((0, Street("", "HWY N", "", "")),), "DR MARTIN LUTHER KING": ((1, Street("", "", "", "")),)}
    >>> names = OtherNames.build(["Highway N", "Dr Martin Luther King Dr"], by_name, {})
    >>> names.streets_of_road(parse_road(("MO", "RTE", "N"))), list(names.names_of_person("MLK"))
    ([0], ['DR MARTIN LUTHER KING'])
    """

    roads: Mapping[str, Sequence[tuple[int, Road]]]  # by number or letter
    road_of_street: Mapping[int, Road]
    road_aliases: Mapping[str, Sequence[tuple[Alias, Road]]]
    person_names: Mapping[str, Sequence[str]]  # folded street names by the keys of `person_keys`

    @classmethod
    def build(cls, labels: Sequence[str], names: Iterable[str], aliases: Mapping[str, Sequence[Alias]]) -> "OtherNames":
        """Return the other names of streets. `names` are their folded names, `aliases` those of the alias table."""
        roads: dict[str, list[tuple[int, Road]]] = {}
        for street_id, label in enumerate(labels):
            if road := _road_of_text(label):
                roads.setdefault(road.id, []).append((street_id, road))
        road_aliases: dict[str, list[tuple[Alias, Road]]] = {}
        for alias in dict.fromkeys(alias for entries in aliases.values() for alias in entries):
            if road := _road_of_text(alias[2]):
                road_aliases.setdefault(road.id, []).append((alias, road))
        person_names: dict[str, list[str]] = {}
        for name in names:
            for key in person_keys(name):
                person_names.setdefault(key, []).append(name)
        road_of_street = dict(pair for pairs in roads.values() for pair in pairs)
        return cls(roads, road_of_street, road_aliases, person_names)

    def streets_of_road(self, typed: Road) -> list[int]:
        """Return the ids of the streets that may be a typed road."""
        return [street_id for street_id, road in self.roads.get(typed.id, ()) if typed.may_be(road)]

    def aliases_of_road(self, typed: Road) -> list[Alias]:
        """Return the aliases that may be a typed road."""
        return [alias for alias, road in self.road_aliases.get(typed.id, ()) if typed.may_be(road)]

    def names_of_person(self, typed: str) -> Iterator[str]:
        """Yield the folded street names, other than the typed one, that are the same person's."""
        found = dict.fromkeys(name for key in person_keys(typed) for name in self.person_names.get(key, ()))
        yield from (name for name in found if name != typed and is_same_person(typed, name))


def _road_of_text(text: str) -> Road | None:
    """Return the road that a name as written names, None for none.

    >>> _road_of_text("MO-115").keeper, _road_of_text("Natural Bridge Rd")
    ('MO', None)
    """
    return parse_road(tuple(split_words(normalize_text(text))))


def group_by_length(names_by_form: Sequence[Sequence[str]]) -> dict[int, LengthBucket]:
    """Return the distinct names of all forms grouped by length, with the ids of their streets.

    >>> sorted(group_by_length([["OAK", "ELM"], ["OAKST", ""]]))
    [3, 5]
    """
    street_ids_by_name: dict[str, list[int]] = {}
    for form_names in names_by_form:
        for street_id, name in enumerate(form_names):
            if name:
                street_ids_by_name.setdefault(name, []).append(street_id)
    names_by_length: dict[int, list[str]] = {}
    for name in street_ids_by_name:
        names_by_length.setdefault(len(name), []).append(name)
    return {
        length: LengthBucket.from_names(names, [street_ids_by_name[name] for name in names])
        for length, names in names_by_length.items()
    }
