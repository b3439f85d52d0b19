"""Crossings: the points at which two streets meet, from the centrelines' own vertices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.addresses.gazetteer.table import StreetBook
from geo.addresses.reading.aliases import meant
from geo.addresses.reading.parsing import Street, streets
from geo.addresses.reading.slips import slips_of
from geo.addresses.reading.text import plain, words
from geo.addresses.reading.words import begins, in_full, spellings
from geo.places import LonLat

_GRID = 1e6  # steps a degree: vertices within 0.1 m are one node
Pair = tuple[tuple[str, ...], tuple[str, ...]]  # two streets as written, word by word

_APART = 6e-4  # degrees, about 60 m: nodes nearer to each other are one crossing of a divided road


@dataclass(frozen=True, slots=True)
class Crossing:
    """A point where two streets meet, and what was typed otherwise than the streets are called."""

    name: str
    place: LonLat
    changes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Crossings:
    """For each street the nodes that it shares with another street; nodes by their place."""

    labels: tuple[str, ...]
    by_name: Mapping[str, tuple[tuple[int, Street], ...]]
    nodes: tuple[frozenset[int], ...]  # node numbers, by street
    lon: Any
    lat: Any
    in_full: tuple[tuple[str, str], ...]  # each street's name in full, and without an "and"

    @classmethod
    def build(cls, centrelines: Any) -> "Crossings":
        """Gather the nodes of a street layer; None gives none."""
        book = StreetBook()
        numbers = (
            _street_of_row(centrelines, book)
            if centrelines is not None
            else np.array([], dtype=int)
        )
        shapes = centrelines.geometry.to_numpy()[numbers >= 0] if centrelines is not None else []
        xy, line = shapely.get_coordinates(shapes, return_index=True)
        table = pd.DataFrame(np.round(xy * _GRID).astype("int64"), columns=["x", "y"])
        table["street"] = numbers[numbers >= 0][line]
        table = table.drop_duplicates()
        shared = table[table.duplicated(["x", "y"], keep=False)].sort_values(
            "street", kind="stable"
        )
        codes, places = pd.factorize(pd.MultiIndex.from_frame(shared[["x", "y"]]))
        by_name: dict[str, list[tuple[int, Street]]] = {}
        for number, ways in enumerate(book.spelt):
            for way in ways:
                by_name.setdefault(way.name, []).append((number, way))
        return cls(
            labels=tuple(book.labels),
            by_name={name: tuple(ways) for name, ways in by_name.items()},
            nodes=_by_street(codes, shared["street"].to_numpy(), len(book.labels)),
            in_full=tuple(_names(next(iter(ways))) for ways in book.spelt),
            lon=places.get_level_values(0).to_numpy("float64") / _GRID,
            lat=places.get_level_values(1).to_numpy("float64") / _GRID,
        )

    def of(
        self, one: tuple[str, ...], other: tuple[str, ...], *, alike: bool = False
    ) -> list[Crossing]:
        """Give the crossings of two written streets; with `alike` also of such as are not finished or misspelt."""
        found: list[Crossing] = []
        called = self._alike if alike else self._called
        others = called(other)
        for a, told_a in called(one).items():
            for b, told_b in others.items():
                both = sorted(self.nodes[a] & self.nodes[b]) if a != b else ()
                name = f"{self.labels[a]} & {self.labels[b]}"
                told = tuple(filter(None, (told_a, told_b)))
                found += [Crossing(name, place, told) for place in self._parted(both)]
        return found

    def named(self, pair: Pair) -> bool:
        """Tell whether both streets are on record, wherever they run."""
        return all(self._called(street) for street in pair)

    def _called(self, street: tuple[str, ...]) -> dict[int, str]:
        """Give the streets of that name, with what has to be told where a part differs."""
        same = set(meant(street, self.by_name))
        typed = " ".join(street).title()
        return {
            number: ""
            if number in same
            else f"Street: {typed} was typed; on record is {self.labels[number]}."
            for way in streets(street)
            for number, _ in self.by_name.get(way.name, ())
        }

    def _alike(self, street: tuple[str, ...]) -> dict[int, str]:
        """Give the streets of that name, else those that begin so, else those nearest in spelling."""
        if found := self._called(street):
            return found
        begun = [at for at, label in enumerate(self.labels) if begins(_words(label), street)]
        typed = dict.fromkeys(in_full(way.name) for way in streets(street))
        names = [] if begun else [*zip(*self.in_full, strict=True)]
        near = [pair for name in typed for forms in names for pair in slips_of(name, forms)]
        least = min((slips for _, slips in near), default=0)
        told = f"Street: “{' '.join(street).lower()}” was read as"
        meant = begun or [at for at, slips in near if slips == least]
        return {at: f"{told} {self.labels[at]}." for at in meant}

    def example(self) -> str | None:
        """Name two streets that meet; None where none do."""
        for at, nodes in enumerate(self.nodes):
            for other in range(at):
                if nodes & self.nodes[other]:
                    return f"{self.labels[other]} and {self.labels[at]}"
        return None

    def _parted(self, nodes: Iterable[int]) -> list[LonLat]:
        kept: list[LonLat] = []
        for node in nodes:
            place = LonLat(float(self.lon[node]), float(self.lat[node]))
            if all(max(abs(place.lon - k.lon), abs(place.lat - k.lat)) > _APART for k in kept):
                kept.append(place)
        return kept


def _names(street: Street) -> tuple[str, str]:
    name, _, _, without_and = spellings(street.name, "")
    return name, without_and


@lru_cache(1 << 14)
def _words(label: str) -> list[str]:
    return words(plain(label))


def _by_street(nodes: Any, street: Any, count: int) -> tuple[frozenset[int], ...]:
    """Gather the nodes of each of `count` streets; `street` is sorted."""
    parted = np.split(nodes, np.searchsorted(street, np.arange(1, count)))
    return tuple(frozenset(some.tolist()) for some in parted[:count])


def _street_of_row(centrelines: Any, book: StreetBook) -> Any:
    """Give each centreline its street's number, -1 where it has no name."""
    columns = ("predir", "street", "suffix", "postdir", "name")
    raw = centrelines[list(columns)].astype("object").fillna("")
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(raw))
    first = raw[~pd.Series(codes, index=raw.index).duplicated()]
    numbers = [_entered(book, *row) for row in first.itertuples(index=False)]
    return np.array(numbers, dtype="int64")[codes] if numbers else np.array([], dtype="int64")


def _entered(
    book: StreetBook, predir: str, street: str, suffix: str, postdir: str, name: str
) -> int:
    if street.strip():
        return book.parts(predir, street, suffix, postdir)
    return book.line(tuple(word for word in words(plain(name)) if word not in (",", "#")))
