"""Landmarks by name: a school, a park, a hall."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely

from geo.addresses.reading.text import plain, words
from geo.addresses.reading.words import fold


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named point; its place in degrees and its town, None where unknown."""

    name: str
    address: str
    town: str | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The landmarks by their folded names, and those names sorted."""

    by_name: Mapping[str, tuple[Landmark, ...]]
    names: tuple[str, ...]

    @classmethod
    def build(cls, landmarks: Any, towns: Mapping[str, str]) -> "Landmarks":
        """Gather the landmarks of a layer, with their towns by id; None gives none."""
        found = []
        if landmarks is not None:
            spots = shapely.centroid(landmarks.geometry.to_numpy())
            lons, lats = shapely.get_x(spots), shapely.get_y(spots)
            known = landmarks["address"].astype("object").fillna("")
            town = [towns.get(id_) for id_ in landmarks["id"]]
            told = zip(landmarks["name"], known, town, lons, lats, strict=True)
            for name, address, where, lon, lat in told:
                place = (float(lon), float(lat)) if lon == lon else (None, None)  # noqa: PLR0124 - nan
                found.append(Landmark(name, address, where, *place))
        return cls.of(found)

    @classmethod
    def of(cls, landmarks: Iterable[Landmark]) -> "Landmarks":
        """Gather landmarks."""
        by_name: dict[str, list[Landmark]] = {}
        for one in landmarks:
            by_name.setdefault(_key(one.name), []).append(one)
        return cls({key: tuple(found) for key, found in by_name.items()}, tuple(sorted(by_name)))

    def called(self, text: str) -> tuple[Landmark, ...]:
        """Give the landmarks of exactly that name."""
        return self.by_name.get(_key(text), ())

    def beginning(self, text: str, most: int) -> list[Landmark]:
        """Give the landmarks whose names begin so, at most `most`."""
        key = _key(text)
        found: list[Landmark] = []
        for name in self.names[bisect_left(self.names, key) :]:
            if not key or not name.startswith(key) or len(found) >= most:
                break
            found += self.by_name[name]
        return found[:most]


@lru_cache(1 << 10)  # each query asks twice
def _key(name: str) -> str:
    return fold([word for word in words(plain(name)) if word != ","])
