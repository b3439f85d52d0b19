"""Landmarks such as schools, parks and halls, found by name or by the beginning of a name.

`AddressIndex.build` makes a `Landmarks`. The matchers call `match_name` and `match_prefix`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely

from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.vocabulary import fold_words

MIN_TYPED_LETTERS = 3  # of some words of a name: fewer begin too many words


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named point. `lon` and `lat` are degrees. Unknown values are None."""

    name: str
    address: str
    town: str | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The landmarks by folded name, and the sorted folded names.

    >>> landmarks = Landmarks.from_landmarks([Landmark("Saint John School", "", "St. John", None, None)])
    >>> [landmark.name for landmark in landmarks.match_name("St. John School")]
    ['Saint John School']
    >>> len(landmarks.match_prefix("st john", 5)), landmarks.match_prefix("john", 5)
    (1, [])
    """

    by_name: Mapping[str, tuple[Landmark, ...]]
    names: tuple[str, ...]

    @classmethod
    def build(cls, landmarks: Any, towns: Mapping[str, str]) -> "Landmarks":
        """Return the landmarks of a layer with their towns by id, an empty collection for None."""
        results = []
        if landmarks is not None:
            centroids = shapely.centroid(landmarks.geometry.to_numpy())
            lons, lats = shapely.get_x(centroids), shapely.get_y(centroids)
            addresses = landmarks["address"].astype("object").fillna("")
            town_names = [towns.get(id_) for id_ in landmarks["id"]]
            landmark_rows = zip(landmarks["name"], addresses, town_names, lons, lats, strict=True)
            for name, address, town_name, lon, lat in landmark_rows:
                point = (float(lon), float(lat)) if lon == lon else (None, None)  # noqa: PLR0124 - nan
                results.append(Landmark(name, address, town_name, *point))
        return cls.from_landmarks(results)

    @classmethod
    def from_landmarks(cls, landmarks: Iterable[Landmark]) -> "Landmarks":
        """Return a collection of landmarks."""
        by_name: dict[str, list[Landmark]] = {}
        for landmark in landmarks:
            by_name.setdefault(name_key(landmark.name), []).append(landmark)
        return cls({key: tuple(group) for key, group in by_name.items()}, tuple(sorted(by_name)))

    def match_name(self, text: str) -> tuple[Landmark, ...]:
        """Return the landmarks with exactly that name."""
        return self.by_name.get(name_key(text), ())

    def match_words(self, text: str, limit: int) -> list[Landmark]:
        """Return the landmarks of which each typed word begins a word, in any order, at most `limit`.

        One word at least must be of the name. The others may be of the landmark's town. Names with the fewest words
        come first.

        >>> landmarks = Landmarks.from_landmarks([Landmark("Normandy High School", "", None, None, None)])
        >>> [len(landmarks.match_words(text, 5)) for text in ("school normandy", "high sch", "school pagedale", "hi")]
        [1, 1, 0, 0]
        """
        typed = name_key(text).split()
        if len("".join(typed)) < MIN_TYPED_LETTERS:
            return []
        found = []
        for name in self.names:
            words = name.split()
            missing = [part for part in typed if not any(word.startswith(part) for word in words)]
            if len(missing) < len(typed):
                found += [
                    (len(words), name, i)
                    for i, landmark in enumerate(self.by_name[name])
                    if not missing or _begin_words(missing, name_key(landmark.town or ""))
                ]
        return [self.by_name[name][i] for _, name, i in sorted(found)[:limit]]

    def match_prefix(self, text: str, limit: int) -> list[Landmark]:
        """Return the landmarks with names that begin with a text, at most `limit`."""
        key = name_key(text)
        matches: list[Landmark] = []
        for name in self.names[bisect_left(self.names, key) :]:
            if not key or not name.startswith(key) or len(matches) >= limit:
                break
            matches += self.by_name[name]
        return matches[:limit]


def _begin_words(typed: Iterable[str], key: str) -> bool:
    """Return whether each typed word begins a word of a name in look-up form."""
    words = key.split()
    return all(any(word.startswith(part) for word in words) for part in typed)


@lru_cache(1 << 10)  # each query looks its name up twice
def name_key(name: str) -> str:
    """Return the look-up form of a name: folded words without commas.

    >>> name_key("Saint John School, Normandy")
    'ST JOHN SCHOOL NORMANDY'
    """
    return fold_words([word for word in split_words(normalize_text(name)) if word != ","])
