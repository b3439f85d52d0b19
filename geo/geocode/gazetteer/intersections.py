"""Intersections: the points where two streets meet, from the vertices that their centerlines share.

`AddressIndex.build` makes an `IntersectionIndex`. The matchers call its `find`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.crs import LonLat
from geo.geocode.gazetteer.address_table import StreetRegistry
from geo.geocode.parse.address_parser import Street, parse_street
from geo.geocode.parse.change_texts import other_street_text, read_as_text
from geo.geocode.parse.edit_distance import similar_names
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.street_aliases import matching_street_ids
from geo.geocode.parse.vocabulary import expand_name, fuzzy_forms, has_word_prefix

_GRID_STEPS_PER_DEGREE = 1e6  # grid steps: vertices within 0.1 m are one node
StreetPair = tuple[tuple[str, ...], tuple[str, ...]]  # the words of two streets as typed
ChangeText = Callable[[str, str], str]  # makes a sentence from the typed street and the one on record

_MERGE_DISTANCE_DEG = 6e-4  # about 60 m: closer nodes are one intersection of a divided road


@dataclass(frozen=True, slots=True)
class Intersection:
    """A point where two streets meet, with a sentence for each typed street that differs."""

    name: str
    point: LonLat
    changes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class IntersectionIndex:
    """The nodes that each street shares with other streets. `lon` and `lat` are degrees by node id, `(n,)`."""

    street_labels: tuple[str, ...]
    streets_by_name: Mapping[str, tuple[tuple[int, Street], ...]]
    nodes_by_street: tuple[frozenset[int], ...]  # node ids of each street, by street id
    lon: Any
    lat: Any
    fuzzy_names: tuple[tuple[str, str], ...]  # full name of each street, and the name without "and"

    @classmethod
    def build(cls, centerlines: Any) -> "IntersectionIndex":
        """Return the index of a street layer, an empty one for None.

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
        return cls(
            street_labels=tuple(registry.street_labels),
            streets_by_name={name: tuple(variants) for name, variants in streets_by_name.items()},
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
        for first_id, first_text in match(first).items():
            for second_id, second_text in second_matches.items():
                shared_nodes = (
                    sorted(self.nodes_by_street[first_id] & self.nodes_by_street[second_id])
                    if first_id != second_id
                    else ()
                )
                name = f"{self.street_labels[first_id]} & {self.street_labels[second_id]}"
                if shared_nodes:
                    matches = (first, first_id, first_text), (second, second_id, second_text)
                    changes = tuple(
                        text(" ".join(words).lower(), self.street_labels[street_id])
                        for words, street_id, text in matches
                        if text
                    )
                    intersections += [
                        Intersection(name, point, changes) for point in self._merge_close_nodes(shared_nodes)
                    ]
        return intersections

    def has_streets(self, pair: StreetPair) -> bool:
        """Return whether both streets are on record, whether or not they meet."""
        return all(self._match_streets(street) for street in pair)

    def _match_streets(self, street: tuple[str, ...]) -> dict[int, ChangeText | None]:
        """Return the ids of streets with that name, with the text of the change where a part differs."""
        exact_ids = set(matching_street_ids(street, self.streets_by_name))
        return {
            street_id: None if street_id in exact_ids else other_street_text
            for variant in parse_street(street)
            for street_id, _ in self.streets_by_name.get(variant.name, ())
        }

    def _match_similar_streets(self, street: tuple[str, ...]) -> dict[int, ChangeText | None]:
        """Return the ids of streets with that name, else with that prefix, else closest in spelling."""
        if exact := self._match_streets(street):
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
        return dict.fromkeys(street_ids, read_as_text)

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
