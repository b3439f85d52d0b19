"""Districts such as police bodies and court hubs, found by name, by initials or by some words.

`AddressIndex.build` makes a `DistrictIndex`. The matchers of `geo.geocode.match.find_districts` read it.
A district is found by words of its name and kind. Words of a town that it serves narrow the search.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.geocode.gazetteer.landmarks import name_key
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.vocabulary import fold_word
from geo.identifiers import district_id, slugify
from geo.in_force import rows_in_force

MIN_INITIALS = 3  # letters: two name a direction or a state
MIN_TYPED_LETTERS = 3  # fewer begin too many words
_REMARK = re.compile(r"\s*\([^()]*\)\s*$")  # as in "Normandy Police (illustrative)"
_WORDS_WITHOUT_INITIAL = frozenset({"AND", "FOR", "OF", "THE", "&"})


@dataclass(frozen=True, slots=True)
class District:
    """A police body, a court hub or another district, with the towns that are listed for it.

    `id` is that of `district_id`. `lon` and `lat` are degrees, None for a district that is not drawn.
    """

    id: str
    kind: str
    name: str
    towns: tuple[str, ...]
    lon: float | None
    lat: float | None

    @property
    def plain_name(self) -> str:
        """Return the name without a remark in parentheses at its end.

        >>> District("", "police", "Normandy Police (illustrative)", (), None, None).plain_name
        'Normandy Police'
        """
        return _REMARK.sub("", self.name)

    @property
    def initials(self) -> str:
        """Return the first letters of the name's words, "" for less than `MIN_INITIALS`.

        >>> District("", "police", "North County Police Cooperative", (), None, None).initials
        'NCPC'
        """
        words = split_words(normalize_text(self.plain_name))
        letters = "".join(word[0] for word in words if word not in _WORDS_WITHOUT_INITIAL)
        return letters if len(letters) >= MIN_INITIALS else ""

    def serves(self, town_slug: str) -> bool:
        """Return whether a town is listed for this district."""
        return any(slugify(town) == town_slug for town in self.towns)


@dataclass(frozen=True, eq=False)
class DistrictIndex:
    """The districts, ordered by id, and the words that find them.

    >>> cooperative = District("police/north", "police", "North County Police", ("Wellston",), None, None)
    >>> index = DistrictIndex((cooperative,))
    >>> [len(index.match_words(text)) for text in ("police", "county pol", "wellston police", "wellston")]
    [1, 1, 1, 0]
    """

    districts: tuple[District, ...]

    @classmethod
    def build(cls, rows: Any, as_of: str | None) -> "DistrictIndex":
        """Return the districts in force on the day `as_of`, of every day without one. `rows` may be None.

        `rows` is an admitted frame of the layer in degrees. Rows with the same `district_id` are one district.
        """
        if rows is None:
            return cls(())
        if as_of is not None:
            rows = rows[rows_in_force(rows["valid_from"], rows["valid_to"], date.fromisoformat(as_of))]
        rows = rows.sort_values("id")
        keys = [district_id(kind, name) for kind, name in zip(rows["kind"], rows["name"], strict=True)]
        groups = rows.groupby(pd.Series(keys, index=rows.index, dtype=object))
        return cls(tuple(_district_of_rows(str(id_), group) for id_, group in groups))

    def match_name(self, text: str) -> list[District]:
        """Return the districts with exactly that name. A remark in parentheses may be left out."""
        return [self.districts[i] for i in self._positions_by_name.get(name_key(text), ())]

    def match_initials(self, text: str) -> list[District]:
        """Return the districts with these initials, typed together, with dots or with blanks.

        >>> body = District("", "police", "North County Police Cooperative", (), None, None)
        >>> [len(DistrictIndex((body,)).match_initials(text)) for text in ("ncpc", "N.C.P.C.", "ncp", "")]
        [1, 1, 0, 0]
        """
        words = split_words(normalize_text(text))
        is_spelled_out = all(len(word) == 1 for word in words)
        typed = "".join(words) if len(words) == 1 or is_spelled_out else ""
        return [self.districts[i] for i in self._positions_by_initials.get(typed, ())]

    def match_words(self, text: str) -> list[tuple[District, bool]]:
        """Return the districts of which each typed word begins a word, and whether their kind is typed in full.

        At least one word must be of the name or the kind. The others may be of a town that the district
        serves. Districts of a kind typed in full come first, then those whose name begins with the text.
        """
        typed = [word for word in split_words(normalize_text(text)) if word != ","]
        if len("".join(typed)) < MIN_TYPED_LETTERS:
            return []
        own_matches = [self._words_of_names.positions_with(word) for word in typed]
        all_matches = [
            own | self._words_of_towns.positions_with(word) for word, own in zip(typed, own_matches, strict=True)
        ]
        positions: set[int] = set.intersection(*all_matches) & set().union(*own_matches)
        ranked = sorted((self._rank(i, typed, name_key(text)), i) for i in positions)
        return [(self.districts[i], not rank) for rank, i in ranked]

    def _rank(self, position: int, typed: Sequence[str], key: str) -> int:
        """Return 0 for a district whose kind is typed in full, 1 for a name that begins as typed, else 2."""
        kind_words = split_words(normalize_text(self.districts[position].kind))
        if kind_words and {*kind_words} <= {*typed}:
            return 0
        return 1 if name_key(self.districts[position].name).startswith(key) else 2

    @cached_property
    def _positions_by_name(self) -> Mapping[str, list[int]]:
        return _group_positions({name_key(one.name), name_key(one.plain_name)} for one in self.districts)

    @cached_property
    def _positions_by_initials(self) -> Mapping[str, list[int]]:
        return _group_positions({one.initials} - {""} for one in self.districts)

    @cached_property
    def _words_of_names(self) -> "_WordPositions":
        return _WordPositions([f"{district.plain_name} {district.kind}" for district in self.districts])

    @cached_property
    def _words_of_towns(self) -> "_WordPositions":
        return _WordPositions([" ".join(district.towns) for district in self.districts])


def _group_positions(keys_by_position: Iterable[set[str]]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for i, keys in enumerate(keys_by_position):
        for key in keys:
            positions.setdefault(key, []).append(i)
    return positions


class _WordPositions:
    """The sorted words of some texts, as written and folded, each with the position of its text."""

    def __init__(self, texts: Iterable[str]) -> None:
        words = ((word, i) for i, text in enumerate(texts) for word in split_words(normalize_text(text)))
        self._entries = sorted({(form, i) for word, i in words for form in (word, fold_word(word))})

    def positions_with(self, typed: str) -> set[int]:
        """Return the positions of the texts with a word that begins with the typed one, or folds to the same."""
        folded = fold_word(typed)
        spans = ((typed, f"{typed}\uffff"), (folded, f"{folded} "))
        return {
            position
            for start, end in spans
            for _, position in self._entries[bisect_left(self._entries, (start,)) : bisect_left(self._entries, (end,))]
        }


def _district_of_rows(id_: str, rows: Any) -> District:
    """Return the district of one body's rows. The lowest id gives its name."""
    first, towns = rows.iloc[0], rows["town"].dropna()
    shapes = rows.geometry.to_numpy()[~shapely.is_missing(rows.geometry.to_numpy())]
    point = shapely.point_on_surface(shapely.union_all(shapes)) if len(shapes) else shapely.Point()
    lonlat = (None, None) if point.is_empty else tuple(np.round([point.x, point.y], 7).tolist())
    return District(id_, str(first["kind"]), str(first["name"]), tuple(sorted({*map(str, towns)})), *lonlat)
