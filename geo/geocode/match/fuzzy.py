"""Fuzzy search: the streets closest in spelling to a misspelled name. Digits never differ.

The geocoder calls `similar_streets`. The measure is `geo.geocode.parse.edit_distance`.
"""

from collections.abc import Iterable, Iterator, Sequence

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.match.scoring import StreetMatch
from geo.geocode.parse.address_parser import ParsedAddress
from geo.geocode.parse.edit_distance import SpellingIndex, allowed_edits, is_abbreviation, similar_names, word_initials
from geo.geocode.parse.numbered_roads import parse_road
from geo.geocode.parse.vocabulary import SUFFIX, expand_name


def similar_streets(
    index: AddressIndex, parses: Sequence[ParsedAddress], numbers: Iterable[int] | None = None
) -> list[StreetMatch]:
    """Return the streets with the lowest score of edit distance and mismatches, each with the typed text.

    `numbers` limits the search to streets that have one of these house numbers, None searches all.
    The suffix may be misspelled together with the name.
    """
    scores: dict[StreetMatch, int] = {}
    spelling_indexes = None if numbers is None else [index.spelling_index_of_number(number) for number in numbers]
    name_search = _FuzzyNameSearch(index, spelling_indexes)
    for parsed in parses:
        if parse_road(parsed.line.street):
            continue  # the number or letter of a road is compared whole
        name = parsed.street.name
        has_suffix = parsed.line.street[-1] in SUFFIX  # then no other word is a misspelled suffix
        # An apparent abbreviation may be a misspelling: est for west, not for estate.
        neighbors = name_search.streets_near(expand_name(name), has_suffix) or name_search.streets_near(
            name.replace(" ", ""), has_suffix
        )
        for street_id, edits in neighbors:
            if edits > 1 and street_id in index.other_names.road_of_street:
                continue  # Old Highway 67 is not US Highway 67
            typed_text = " ".join(parsed.line.street).lower()
            street_match = StreetMatch(parsed, street_id, index.streets[street_id], typed_text=typed_text)
            score = 2 * edits + street_match.mismatch_cost
            scores[street_match] = min(score, scores.get(street_match, score))
    if not scores and spelling_indexes:
        scores = {
            abbreviated: abbreviated.mismatch_cost
            for abbreviated in _abbreviated_streets(index, parses, spelling_indexes)
        }
    min_score = min(scores.values(), default=0)
    return [street_match for street_match, score in scores.items() if score == min_score]


def _abbreviated_streets(
    index: AddressIndex, parses: Iterable[ParsedAddress], spelling_indexes: Iterable[SpellingIndex]
) -> Iterator[StreetMatch]:
    """Yield the streets with names that the typed words abbreviate: Plsnt, Nat'l Bridge, Kingshwy."""
    for parsed in parses:
        if parse_road(parsed.line.street):
            continue  # 27 does not abbreviate 270
        typed = parsed.street.name.split()
        typed_initials = word_initials(typed)
        for street_id, recorded_words in (
            pair
            for spelling_index in spelling_indexes
            for pair in spelling_index.words_by_initials.get(typed_initials, ())
        ):
            if is_abbreviation(typed, recorded_words):
                typed_text = " ".join(parsed.line.street).lower()
                yield StreetMatch(parsed, street_id, index.streets[street_id], typed_text=typed_text)


class _FuzzyNameSearch:
    """Fuzzy search with a cache by name, over the streets of `spelling_indexes`, or over all if None."""

    def __init__(self, index: AddressIndex, spelling_indexes: Sequence[SpellingIndex] | None) -> None:
        self.index, self.spelling_indexes = index, spelling_indexes
        self.cached_results: dict[tuple[str, bool], list[tuple[int, int]]] = {}

    def streets_near(self, typed: str, with_suffix: bool) -> list[tuple[int, int]]:  # noqa: FBT001
        """Return the id and edit distance of each street close to a name.

        Without a recognized suffix the typed name may include a misspelled one.
        """
        cache_key = typed, with_suffix
        if cache_key not in self.cached_results:
            self.cached_results[cache_key] = (
                self._search_all(typed) if self.spelling_indexes is None else self._search_indexes(*cache_key)
            )
        return self.cached_results[cache_key]

    def _search_indexes(self, typed: str, with_suffix: bool) -> list[tuple[int, int]]:  # noqa: FBT001
        for form in (0, 3) if with_suffix else (0, 3, 1, 2):
            neighbors = [
                (spelling_index.street_ids[i], edits)
                for spelling_index in self.spelling_indexes or ()
                for i, edits in similar_names(typed, spelling_index.names_by_form[form])
            ]
            if neighbors:
                return neighbors
        return []

    def _search_all(self, typed: str) -> list[tuple[int, int]]:
        max_edits = allowed_edits(typed)
        lengths = range(len(typed) - max_edits, len(typed) + max_edits + 1) if max_edits else ()
        buckets = (self.index.length_buckets.get(length) for length in lengths)
        return [pair for bucket in buckets if bucket for pair in bucket.streets_within(typed, max_edits)]
