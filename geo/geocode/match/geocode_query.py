"""One geocode query with its parses, computed on first use, and the conversion of matches to candidates.

The geocoder makes a `GeocodeQuery` for each text and passes it to the matchers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from math import cos, hypot, inf, radians

from geo.crs import LonLat
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.match.autocomplete import prefix_street_matches
from geo.geocode.match.candidates import match_streets
from geo.geocode.match.geocode_result import Candidate, Status, address_candidate
from geo.geocode.match.scoring import AddressMatch, StreetMatch
from geo.geocode.match.town_spelling import parses_with_misspelled_town, with_known_town, with_town_in_leftover
from geo.geocode.parse.address_parser import (
    ParsedAddress,
    SplitAddress,
    parses_of_splits,
    parses_with_leftover,
    split_address,
)
from geo.geocode.parse.house_numbers import MAX_HOUSE_NUMBER
from geo.geocode.parse.rewrite_rules import apply_rewrite_rules, repair_words
from geo.identifiers import slugify
from geo.language.translate import ngettext

_LETTER_OR_DIRECTION = re.compile(r"[0-9]+ [NSEW] ")


@dataclass(frozen=True)
class GeocodeQuery:
    """One query over an index. `town` (a slug) and `near` (degrees) only order equal candidates."""

    index: AddressIndex
    query: str
    text: str  # the normalized query
    near: LonLat | None = None
    town: str | None = None
    limit: int = 10  # most candidates to return

    @cached_property
    def numbered_parses(self) -> tuple[ParsedAddress, ...]:
        """The distinct parsed addresses with a house number."""
        unique_parses = dict.fromkeys(parses_of_splits(self.address_splits))
        return tuple(parsed for parsed in unique_parses if parsed.house and parsed.house.number <= MAX_HOUSE_NUMBER)

    @cached_property
    def address_splits(self) -> tuple[SplitAddress, ...]:
        """Each split of the text into house number and line. A misspelled town after a comma is corrected."""
        town_names = self.index.town_names
        splits = split_address(self.text, town_names)
        return tuple((house, with_known_town(line, town_names)) for house, line in splits)

    @cached_property
    def repaired_query(self) -> tuple["GeocodeQuery", tuple[str, ...]] | None:
        """The query with units and ordinals repaired, and a sentence for each repair, None without any."""
        repair = repair_words(self.text)
        return (self.with_text(repair[0]), repair[1]) if repair else None

    @cached_property
    def rewrites(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The text after each rewrite rule that applies, with the sentences of the changes."""
        return tuple(apply_rewrite_rules(self.text, self.index.town_names))

    @cached_property
    def _queries_by_text(self) -> dict[str, "GeocodeQuery"]:
        return {}

    @cached_property
    def prefix_street_matches(self) -> tuple[StreetMatch, ...]:
        """The streets that begin with the typed words."""
        return tuple(prefix_street_matches(self.index, self.address_splits))

    @cached_property
    def street_matches(self) -> tuple[StreetMatch, ...]:
        """The streets that the numbered parses may mean. Leftover words are allowed only if none matches otherwise.

        Parses with an ambiguous letter are left out: in "128 E Main" the E may be a direction.
        """
        unlettered_parses = [parsed for parsed in self.numbered_parses if not self.has_ambiguous_letter(parsed)]
        if matches := match_streets(self.index, unlettered_parses):
            return tuple(matches)
        town_names = self.index.town_names
        leftover_parses = [
            with_town_in_leftover(parsed, town_names) for parsed in parses_with_leftover(self.address_splits)
        ]
        return tuple(match_streets(self.index, [parsed for parsed in leftover_parses if parsed.house]))

    @cached_property
    def misspelled_town_matches(self) -> tuple[StreetMatch, ...]:
        """The streets that may be meant if the last words are a misspelled town."""
        parses = parses_with_misspelled_town(self.address_splits, self.index.town_names)
        return tuple(match_streets(self.index, [parsed for parsed in parses if parsed.house]))

    def has_ambiguous_letter(self, parsed: ParsedAddress) -> bool:
        """Return whether the letter of a parsed house number may also be a direction."""
        letter = parsed.house is not None and parsed.house.letter
        return bool(letter and _LETTER_OR_DIRECTION.match(self.text))

    def with_text(self, text: str) -> "GeocodeQuery":
        """Return the same query for another normalized text, cached by text."""
        if text == self.text:
            return self
        if text not in self._queries_by_text:
            self._queries_by_text[text] = replace(self, text=text)
        return self._queries_by_text[text]

    def sort_candidates(self, candidates: list[Candidate]) -> list[Candidate]:
        """Return equally good candidates sorted: in the preferred town first, then by distance to `near`."""
        if self.town is None and self.near is None:
            return candidates
        return sorted(
            candidates, key=lambda candidate: (self._is_other_town(candidate), self._relative_distance(candidate))
        )

    def _is_other_town(self, candidate: Candidate) -> bool:
        return self.town is not None and (candidate.town is None or slugify(candidate.town) != self.town)

    def _relative_distance(self, candidate: Candidate) -> float:
        """Return a distance in degrees, for comparison only. A candidate without a point gets infinity."""
        if self.near is None:
            return 0.0
        if candidate.lon is None or candidate.lat is None:
            return inf
        east = (candidate.lon - self.near.lon) * cos(radians(self.near.lat))
        return hypot(east, candidate.lat - self.near.lat)


def result_status(count: int, *, changed: bool) -> Status:
    """Return the status of a number of equally good matches.

    >>> result_status(1, changed=False), result_status(1, changed=True), result_status(2, changed=False)
    ('exact', 'corrected', 'ambiguous')
    """
    if count > 1:
        return "ambiguous"
    return "corrected" if changed else "exact"


def to_candidates(
    index: AddressIndex, matches: Iterable[AddressMatch], status: Status, limit: int | None = None
) -> list[Candidate]:
    """Return matches as candidates, at most `limit`. Without a typed unit, the units of a parcel become one."""
    return [
        _unit_group_candidate(index, unit_group, status) for unit_group in islice(_group_units(index, matches), limit)
    ]


def _group_units(index: AddressIndex, matches: Iterable[AddressMatch]) -> Iterable[list[AddressMatch]]:
    """Group matches: units of one number on one parcel go together if no unit was typed."""
    unit_groups: dict[object, list[AddressMatch]] = {}
    for match in matches:
        row, parcel = match.row, index.parcel.item(match.row)
        group_key = (parcel, index.key.item(row), match.mismatches)
        unit_groups.setdefault(group_key if match.unit_omitted and parcel >= 0 else row, []).append(match)
    return unit_groups.values()


def _unit_group_candidate(index: AddressIndex, unit_group: list[AddressMatch], status: Status) -> Candidate:
    first, *others = unit_group
    if not others:
        return address_candidate(index, first.row, status, first.mismatches)
    unit_note = ngettext("%(count)s unit has this address.", "%(count)s units have this address.", 1 + len(others))
    return address_candidate(index, first.row, status, first.mismatches, unit_note=unit_note)


def best_unique_candidates(request: GeocodeQuery, matches: Sequence[AddressMatch], status: Status) -> list[Candidate]:
    """Return matches as candidates, each parcel once, best first. Without a preference at most `limit` of the query."""
    index, row_parcels = request.index, request.index.parcel
    has_preference = request.town is not None or request.near is not None
    if has_preference or len(matches) <= request.limit or any(row_parcels.item(match.row) < 0 for match in matches):
        return unique_candidates(request.sort_candidates(to_candidates(index, matches, status)))
    group_by_parcel: dict[int, list[AddressMatch]] = {}
    for unit_group in _group_units(index, matches):
        group_by_parcel.setdefault(row_parcels.item(unit_group[0].row), unit_group)
    return [
        _unit_group_candidate(index, unit_group, status)
        for unit_group in islice(group_by_parcel.values(), request.limit)
    ]


def unique_candidates(candidates: list[Candidate]) -> list[Candidate]:
    """Return the first candidate of each parcel. A row without a parcel yields to one with the same address.

    >>> oak = Candidate("10E1", "4021 Oak Ave", "Bel-Nor", None, None, "exact")
    >>> len(unique_candidates([oak, replace(oak, parcel_id=None), replace(oak, address="4021 Oak Ave Apt 2")]))
    1
    """
    unique: dict[object, Candidate] = {}
    addresses_with_parcel = {
        (candidate.address, candidate.town) for candidate in candidates if candidate.parcel_id is not None
    }
    for candidate in candidates:
        if candidate.parcel_id is None and (candidate.address, candidate.town) in addresses_with_parcel:
            continue
        location_key = (candidate.address, candidate.town, candidate.lon, candidate.lat)
        unique.setdefault(location_key if candidate.parcel_id is None else candidate.parcel_id, candidate)
    return list(unique.values())
