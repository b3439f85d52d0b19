"""Intersections: the points where two streets meet, from the vertices that their centerlines share.

`AddressIndex.build` makes an `IntersectionIndex`. The matchers call its `find`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo.crs import LonLat
from geo.geocode.gazetteer.address_table import StreetRegistry
from geo.geocode.gazetteer.street_names import OtherNames
from geo.geocode.parse.address_parser import Street, parse_street
from geo.geocode.parse.change_texts import another_name_text, other_street_text, read_as_text
from geo.geocode.parse.edit_distance import similar_names
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.numbered_roads import parse_road
from geo.geocode.parse.street_aliases import (
    Alias,
    build_alias_table,
    matching_street_ids,
    mismatched_parts,
)
from geo.geocode.parse.vocabulary import expand_name, fold_words, fuzzy_forms, has_word_prefix

_GRID_STEPS_PER_DEGREE = 1e6  # grid steps: vertices within 0.1 m are one node
StreetPair = tuple[tuple[str, ...], tuple[str, ...]]  # the words of two streets as typed
ChangeText = Callable[[str, str], str]  # makes a sentence from the typed street and the one on record

_MERGE_DISTANCE_DEG = 6e-4  # about 60 m: closer nodes are one intersection of a divided road


@dataclass(frozen=True, slots=True)
class Intersection:
    """A point where two streets meet, with a sentence for each typed street that differs.

    `towns` are the folded towns that use a typed alias, empty for all.
    """

    name: str
    point: LonLat
    changes: tuple[str, ...]
    towns: tuple[str, ...] = ()


class StreetReading(NamedTuple):
    """What a typed street was taken for: the sentence, "" for the street as typed, and the town of an alias."""

    change: str = ""
    town: str = ""


@dataclass(frozen=True, eq=False)
class IntersectionIndex:
    """The nodes that each street shares with other streets. `lon` and `lat` are degrees by node id, `(n,)`."""

    street_labels: tuple[str, ...]
    streets_by_name: Mapping[str, tuple[tuple[int, Street], ...]]
    nodes_by_street: tuple[frozenset[int], ...]  # node ids of each street, by street id
    lon: Any
    lat: Any
    fuzzy_names: tuple[tuple[str, str], ...]  # full name of each street, and the name without "and"
    aliases: Mapping[str, tuple[Alias, ...]] = field(default_factory=dict)  # by folded alias

    @classmethod
    def build(cls, centerlines: Any, aliases: Any = None) -> "IntersectionIndex":
        """Return the index of a street layer with the layer `aliases`, an empty one for None.

        >>> import geopandas as gpd
        >>> lines = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 1 0)", "LINESTRING (1 0, 1 1)"])
        >>> names = {"street": ["Oak", "Elm"], "suffix": ["Ave", "St"], "predir": "", "postdir": "", "name": ""}
        >>> index = IntersectionIndex.build(gpd.GeoDataFrame(names, geometry=lines))
        >>> [(found.name, found.point) for found in index.find(("OAK",), ("ELM", "ST"))]
        [('Oak Ave & Elm St', LonLat(lon=1.0, lat=0.0))]
        """
        registry = StreetRegistry()
        street_ids = _street_ids_of_rows(centerlines, registry) if centerlines is not None else np.array([], dtype=int)
        geometries = centerlines.geometry.to_numpy()[street_ids >= 0] if centerlines is not None else []
        xy, line_index = shapely.get_coordinates(geometries, return_index=True)
        table = pd.DataFrame(np.round(xy * _GRID_STEPS_PER_DEGREE).astype("int64"), columns=["x", "y"])
        table["street"] = street_ids[street_ids >= 0][line_index]
        table = table.drop_duplicates()
        shared_nodes = table[table.duplicated(["x", "y"], keep=False)].sort_values("street", kind="stable")
        node_codes, node_points = pd.factorize(pd.MultiIndex.from_frame(shared_nodes[["x", "y"]]))
        streets_by_name: dict[str, list[tuple[int, Street]]] = {}
        for street_id, variants in enumerate(registry.variants):
            for variant in variants:
                streets_by_name.setdefault(variant.name, []).append((street_id, variant))
        frozen_by_name = {name: tuple(variants) for name, variants in streets_by_name.items()}
        return cls(
            street_labels=tuple(registry.street_labels),
            streets_by_name=frozen_by_name,
            aliases=build_alias_table(aliases, frozen_by_name),
            nodes_by_street=_group_nodes_by_street(
                node_codes, shared_nodes["street"].to_numpy(), len(registry.street_labels)
            ),
            fuzzy_names=tuple(_fuzzy_names(next(iter(variants))) for variants in registry.variants),
            lon=node_points.get_level_values(0).to_numpy("float64") / _GRID_STEPS_PER_DEGREE,
            lat=node_points.get_level_values(1).to_numpy("float64") / _GRID_STEPS_PER_DEGREE,
        )

    def find(self, first: tuple[str, ...], second: tuple[str, ...], *, fuzzy: bool = False) -> list[Intersection]:
        """Return the intersections of two streets given as words. `fuzzy` allows unfinished and misspelled names."""
        intersections: list[Intersection] = []
        match = self._match_similar_streets if fuzzy else self._match_streets
        second_matches = match(second)
        for first_id, first_reading in match(first).items():
            for second_id, second_reading in second_matches.items():
                shared_nodes = (
                    sorted(self.nodes_by_street[first_id] & self.nodes_by_street[second_id])
                    if first_id != second_id
                    else ()
                )
                name = f"{self.street_labels[first_id]} & {self.street_labels[second_id]}"
                if shared_nodes:
                    readings = (first_reading, second_reading)
                    changes = tuple(reading.change for reading in readings if reading.change)
                    towns = tuple(reading.town for reading in readings if reading.town)
                    intersections += [
                        Intersection(name, point, changes, towns) for point in self._merge_close_nodes(shared_nodes)
                    ]
        return intersections

    def has_streets(self, pair: StreetPair) -> bool:
        """Return whether both streets are on record, whether or not they meet."""
        return all(self._match_streets(street) for street in pair)

    @cached_property
    def other_names(self) -> OtherNames:
        """The streets by road number and by person."""
        return OtherNames.build(self.street_labels, self.streets_by_name, self.aliases)

    def _match_streets(self, street: tuple[str, ...]) -> dict[int, StreetReading]:
        """Return the ids of streets with that name or alias, with what a typed street was taken for."""
        exact_ids = set(matching_street_ids(street, self.streets_by_name))
        readings = {
            street_id: StreetReading()
            if street_id in exact_ids
            else self._reading(other_street_text, street, street_id)
            for variant in parse_street(street)
            for street_id, _ in self.streets_by_name.get(variant.name, ())
        }
        others: dict[int, StreetReading] = {}
        for street_id, reading in self._other_readings(street, has_exact=bool(exact_ids)):
            if street_id not in exact_ids:
                others.setdefault(street_id, reading)
        return readings | others

    def _reading(self, text: ChangeText, street: tuple[str, ...], street_id: int) -> StreetReading:
        return StreetReading(text(" ".join(street).lower(), self.street_labels[street_id]))

    def _other_readings(self, street: tuple[str, ...], *, has_exact: bool) -> Iterator[tuple[int, StreetReading]]:
        """Yield the streets of an alias, and those of a road or person if no street has the typed name."""
        road = parse_road(street)
        aliases = (*self.aliases.get(fold_words(street), ()), *(self.other_names.aliases_of_road(road) if road else ()))
        for street_id, town, alias in aliases:
            yield street_id, StreetReading(another_name_text(alias, self.street_labels[street_id]), town)
        if has_exact:
            return
        for street_id in self.other_names.streets_of_road(road) if road else ():
            yield street_id, self._reading(read_as_text, street, street_id)
        for typed in parse_street(street):
            for name in self.other_names.names_of_person(typed.name):
                for street_id, recorded in self.streets_by_name[name]:
                    if not mismatched_parts(typed, recorded):
                        yield street_id, self._reading(read_as_text, street, street_id)

    def _match_similar_streets(self, street: tuple[str, ...]) -> dict[int, StreetReading]:
        """Return the ids of streets with that name, else with that prefix, else closest in spelling.

        A road's number or letter is never likened to another one.
        """
        if (exact := self._match_streets(street)) or parse_road(street):
            return exact
        prefix_ids = [
            street_id
            for street_id, label in enumerate(self.street_labels)
            if has_word_prefix(_label_words(label), street)
        ]
        typed_names = dict.fromkeys(expand_name(variant.name) for variant in parse_street(street))
        name_forms = [] if prefix_ids else [*zip(*self.fuzzy_names, strict=True)]
        neighbors = [
            pair for name in typed_names for form_names in name_forms for pair in similar_names(name, form_names)
        ]
        min_edits = min((edits for _, edits in neighbors), default=0)
        street_ids = prefix_ids or [street_id for street_id, edits in neighbors if edits == min_edits]
        return {street_id: self._reading(read_as_text, street, street_id) for street_id in street_ids}

    def example_query(self) -> str | None:
        """Return two streets that meet as a query, None if no streets meet."""
        for street_id, nodes in enumerate(self.nodes_by_street):
            for other_id in range(street_id):
                if nodes & self.nodes_by_street[other_id]:
                    return f"{self.street_labels[other_id]} and {self.street_labels[street_id]}"
        return None

    def _merge_close_nodes(self, nodes: Iterable[int]) -> list[LonLat]:
        points: list[LonLat] = []
        for node in nodes:
            point = LonLat(float(self.lon[node]), float(self.lat[node]))
            if all(
                max(abs(point.lon - other.lon), abs(point.lat - other.lat)) > _MERGE_DISTANCE_DEG for other in points
            ):
                points.append(point)
        return points


def _fuzzy_names(street: Street) -> tuple[str, str]:
    name, _, _, without_and = fuzzy_forms(street.name, "")
    return name, without_and


@lru_cache(1 << 14)
def _label_words(label: str) -> list[str]:
    return split_words(normalize_text(label))


def _group_nodes_by_street(nodes: Any, street_ids: Any, count: int) -> tuple[frozenset[int], ...]:
    """Return the node ids of each street. `street_ids` is sorted.

    >>> [sorted(group) for group in _group_nodes_by_street(np.array([5, 7, 5]), np.array([0, 0, 2]), 3)]
    [[5, 7], [], [5]]
    """
    groups = np.split(nodes, np.searchsorted(street_ids, np.arange(1, count)))
    return tuple(frozenset(group.tolist()) for group in groups[:count])


def _street_ids_of_rows(centerlines: Any, registry: StreetRegistry) -> Any:
    """Return the street id of each centerline, -1 without a name."""
    columns = ("predir", "street", "suffix", "postdir", "name")
    raw_parts = centerlines[list(columns)].astype("object").fillna("")
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(raw_parts))
    unique_parts = raw_parts[~pd.Series(codes, index=raw_parts.index).duplicated()]
    street_ids = [_add_street(registry, *row) for row in unique_parts.itertuples(index=False)]
    return np.array(street_ids, dtype="int64")[codes] if street_ids else np.array([], dtype="int64")


def _add_street(registry: StreetRegistry, predir: str, street: str, suffix: str, postdir: str, name: str) -> int:
    if street.strip():
        return registry.add_parts(predir, street, suffix, postdir)
    return registry.add_street_text(tuple(word for word in split_words(normalize_text(name)) if word not in (",", "#")))
