"""Geocoder: find the parcels that one typed query means.

`find` is the entry point. It tries the matchers in `_MATCHERS` in order, exact ones first. The
first matcher with candidates decides the result.
"""

import re
from collections.abc import Callable, Sequence

from geo.crs import LonLat
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.match import penalties
from geo.geocode.match.autocomplete import MAX_STREETS_FOR_NEAREST, completion_matches, prefix_street_matches_any_number
from geo.geocode.match.candidates import (
    best_matches,
    match_addresses,
    match_block,
    match_mistyped_numbers,
    match_streets,
    nearest_matches,
)
from geo.geocode.match.fuzzy import similar_streets
from geo.geocode.match.geocode_query import (
    GeocodeQuery,
    best_unique_candidates,
    result_status,
    to_candidates,
    unique_candidates,
)
from geo.geocode.match.geocode_result import Candidate, GeocodeResult, Status, not_found_result
from geo.geocode.match.named_districts import find_by_initials, suggest_districts
from geo.geocode.match.named_places import (
    MatcherResult,
    find_by_labeled_parcel_number,
    find_by_parcel_number,
    find_intersection,
    find_named_place,
    find_similar_intersection,
    landmark_candidate,
    street_pairs,
)
from geo.geocode.match.scoring import AddressMatch, StreetMatch
from geo.geocode.parse.address_parser import iter_parses, parses_of_splits
from geo.geocode.parse.block_ranges import parse_block
from geo.geocode.parse.normalize_text import normalize_text, rejection_reason, split_words
from geo.geocode.parse.repair_tokens import merge_split_number, move_suffix_last, split_glued_direction
from geo.geocode.parse.rewrite_rules import drop_words_before_number
from geo.identifiers import slugify
from geo.language.translate import gettext

TOWN_LATITUDES = (-56.0, 84.0)  # no town lies farther south or north
_LONLAT_PATTERN = re.compile(r"\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*[, ]\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*")


def find(
    index: AddressIndex, query: str, *, limit: int = 10, near: LonLat | None = None, town: str | None = None
) -> GeocodeResult:
    """Find the parcels that a query means: an address, parcel number, block, intersection, landmark or district.

    The status is `exact` only if every typed part is on record. The result lists every part that was
    changed or ignored. Equal candidates in `town` (name or slug) come first, then those closest to
    `near`. Never raises for typed text: a query that cannot be parsed gets status `none` with a reason.

    >>> import pandas as pd
    >>> parcels = pd.DataFrame({"id": ["10E1"], "address": ["4021 Oak Ave"], "town_declared": ["Bel-Nor"]})
    >>> index = AddressIndex.build(parcels=parcels.assign(old_id="", postal_city="", zip=""))
    >>> find(index, "4021 oak avenue, Bel-Nor").status
    'exact'
    >>> find(index, "4021 Oak St").candidates[0].changes
    ('Typed “St”; the street on record is Oak Ave.',)
    """
    if parse_lonlat(query):
        return not_found_result(query, gettext("These are coordinates, not an address."))
    reason = rejection_reason(query)
    text = "" if reason else normalize_text(query)
    limit = max(1, limit)
    request = GeocodeQuery(index, query, text, near, slugify(town) if town else None, limit)
    for matcher in (find_by_parcel_number,) if reason else _MATCHERS:  # a parcel number may contain any mark
        status, candidates = matcher(request)
        if candidates:
            return GeocodeResult(query, status, tuple(candidates[:limit]))
    return not_found_result(query, reason or _not_found_reason(request))


def recorded_addresses(index: AddressIndex, query: str, *, limit: int) -> list[Candidate]:
    """Return the exact or ambiguous address candidates that `find` would return, at most `limit`.

    Returns an empty list if `find` would return anything else, such as a block.
    """
    if parse_lonlat(query) or rejection_reason(query):
        return []
    request = GeocodeQuery(index, query, normalize_text(query))
    if any(matcher(request)[1] for matcher in (find_by_parcel_number, _find_block)):
        return []
    matches = _match_numbered_address(request)
    candidates = _matcher_result(request, matches)[1] if matches else []
    return [candidate for candidate in candidates[:limit] if candidate.status in ("exact", "ambiguous")]


def recorded_intersections(index: AddressIndex, query: str) -> list[Candidate]:
    """Return the intersections that `find` would return, an empty list if it would return anything else."""
    if parse_lonlat(query) or rejection_reason(query):
        return []
    request = GeocodeQuery(index, query, normalize_text(query))
    if not street_pairs(request) or any(
        matcher(request)[1] for matcher in (find_by_parcel_number, _find_block, _find_address)
    ):
        return []
    return find_intersection(request)[1]


def parse_lonlat(query: str) -> LonLat | None:
    """Parse a query as longitude and latitude in degrees, None if it is no such pair.

    The first number is the longitude, unless no town can lie there: north of 84 degrees or south of 56.

    >>> parse_lonlat("-90.3051, 38.7002"), parse_lonlat("4900 Natural Bridge")
    (LonLat(lon=-90.3051, lat=38.7002), None)
    >>> parse_lonlat("38.7002 -90.3051"), parse_lonlat("42.3736, -71.1097")
    (LonLat(lon=-90.3051, lat=38.7002), LonLat(lon=-71.1097, lat=42.3736))
    """
    if len(query) > 60 or "." not in query or not (match := _LONLAT_PATTERN.fullmatch(query)):
        return None
    first, second = float(match[1]), float(match[2])
    south, north = TOWN_LATITUDES
    lonlat = LonLat(first, second) if south <= second <= north else LonLat(second, first)
    return lonlat if abs(lonlat.lon) <= 180 and abs(lonlat.lat) <= 90 else None


def _match_block_streets(request: GeocodeQuery) -> tuple[int, list[StreetMatch]]:
    """Return the block number in a text and the streets it may be on, no streets without a block."""
    number, street = parse_block(request.text) or (0, "")
    parses = [parsed for parsed in iter_parses(street, request.index.town_names) if parsed.house is None]
    return number, match_streets(request.index, parses) if street else []


def _find_block(request: GeocodeQuery) -> MatcherResult:
    """List the addresses of a block, lowest number first: "7300 blk Burrwood" is 7300 to 7399."""
    number, street_matches = _match_block_streets(request)
    matches = match_block(request.index, street_matches, number)
    return "block", to_candidates(request.index, matches, "block", request.limit)


def _find_address(request: GeocodeQuery) -> MatcherResult:
    """Find an address by its number, by a range that holds it, or by the closest number on its side."""
    if matches := _match_numbered_address(request):
        return _matcher_result(request, matches)
    if request.street_matches and (rewrite := merge_split_number(request.text)):
        merged_request = request.with_text(rewrite[0])
        if matches := _match_numbered_address(merged_request):
            return _matcher_result(merged_request, [_with_mismatches(match, rewrite[1:]) for match in matches])
    return _find_nearest_numbers(request, request.street_matches)


def _match_numbered_address(request: GeocodeQuery) -> list[AddressMatch]:
    """Return the best rows for the number, on the streets that a text may mean."""
    index = request.index
    if not request.numbered_parses:
        return []  # an address needs a number
    lettered_parses = [parsed for parsed in request.numbered_parses if request.has_ambiguous_letter(parsed)]
    lettered_matches = [
        match for match in match_addresses(index, match_streets(index, lettered_parses)) if not match.penalty
    ]
    return best_matches(index, match_addresses(index, request.street_matches) + lettered_matches)


def _matcher_result(request: GeocodeQuery, matches: list[AddressMatch]) -> MatcherResult:
    """Return equally good matches as candidates: one is a match, several are ambiguous."""
    is_changed = bool(matches[0].penalty)
    single_status = result_status(1, changed=is_changed)
    unique = unique_candidates(to_candidates(request.index, matches, single_status))
    if len(unique) == 1:
        return single_status, unique
    candidate_status: Status = single_status if all(match.penalty for match in matches) else "ambiguous"
    all_candidates = to_candidates(request.index, matches, candidate_status)
    return "ambiguous", unique_candidates(request.sort_candidates(all_candidates))


def _find_rewritten(request: GeocodeQuery) -> MatcherResult:
    """Find an address typed in another order or with glued words."""
    rewrites = [*request.rewrites]
    text, messages = rewrites[-1] if rewrites else (request.text, ())
    extra_rewrites = (
        rule(text) for rule in (split_glued_direction, move_suffix_last)
    )  # used only if that address is on record
    rewrites += [(rewrite[0], (*messages, rewrite[1])) for rewrite in extra_rewrites if rewrite]
    if shortened := drop_words_before_number(request.text):
        rewrites.append((shortened[0], shortened[1:]))
    for text, messages in rewrites:
        rewritten_request = request.with_text(text)
        if matches := _match_numbered_address(rewritten_request):
            return _matcher_result(rewritten_request, [_with_mismatches(match, messages) for match in matches])
    return "none", []


def _with_mismatches(match: AddressMatch, messages: tuple[str, ...]) -> AddressMatch:
    return match._replace(
        penalty=match.penalty + penalties.REWRITTEN_TEXT * len(messages), mismatches=(*messages, *match.mismatches)
    )


def _find_on_similar_street(request: GeocodeQuery) -> MatcherResult:
    """Find the number on the street closest in spelling, else its closest number there."""
    if request.street_matches:
        return "none", []  # the typed street exists, so no similar one is searched
    text, messages = request.rewrites[-1] if request.rewrites else (request.text, ())
    rewritten_request = request.with_text(text)
    if rewritten_request.street_matches:
        return _find_nearest_numbers(rewritten_request, rewritten_request.street_matches, messages)
    numbers = {item.house.number for item in rewritten_request.numbered_parses if item.house}
    street_matches = similar_streets(request.index, rewritten_request.numbered_parses, sorted(numbers))
    if matches := [_with_mismatches(match, messages) for match in match_addresses(request.index, street_matches)]:
        return _matcher_result(rewritten_request, matches)
    prefix_matches = prefix_street_matches_any_number(request.index, rewritten_request.address_splits)
    street_matches = [_with_typed_text(item) for item in prefix_matches] or similar_streets(
        request.index, rewritten_request.numbered_parses
    )
    if matches := [_with_mismatches(match, messages) for match in match_addresses(request.index, street_matches)]:
        return _matcher_result(rewritten_request, matches)
    return _find_nearest_numbers(request, street_matches, messages)


def _find_nearest_numbers(
    request: GeocodeQuery, street_matches: Sequence[StreetMatch], messages: tuple[str, ...] = ()
) -> MatcherResult:
    """Return the closest numbers on the same side, then the numbers with one digit wrong."""
    if not street_matches:
        return "none", []
    match_lists = [nearest_matches(request.index, street_matches)]
    match_lists += (
        [match_mistyped_numbers(request.index, street_matches)]
        if len(street_matches) <= MAX_STREETS_FOR_NEAREST
        else []
    )
    candidate_lists = [
        to_candidates(request.index, [_with_mismatches(match, messages) for match in matches], "nearest")
        for matches in match_lists
    ]
    return "nearest", unique_candidates(
        [candidate for candidates in candidate_lists for candidate in request.sort_candidates(candidates)]
    )


def _find_similar_street(request: GeocodeQuery) -> MatcherResult:
    """Find the street closest in spelling to one typed without a number."""
    if request.numbered_parses:
        return "none", []
    street_matches = similar_streets(request.index, [*parses_of_splits(request.address_splits)])
    return "prefix", best_unique_candidates(request, completion_matches(request.index, street_matches), "prefix")


def _with_typed_text(street_match: StreetMatch) -> StreetMatch:
    return street_match._replace(typed_text=" ".join(street_match.parsed.line.street).lower())


def _find_by_prefix(request: GeocodeQuery) -> MatcherResult:
    """Find streets, landmarks and districts for the typed text, as it may be unfinished."""
    candidates = best_unique_candidates(
        request, completion_matches(request.index, request.prefix_street_matches), "prefix"
    )
    landmarks = request.index.landmarks.match_prefix(request.text, 5)
    candidates += [landmark_candidate(landmark, "prefix") for landmark in landmarks]
    likely_districts, other_districts = suggest_districts(request)
    return "prefix", [*likely_districts, *candidates, *other_districts]


_MATCHERS: tuple[Callable[[GeocodeQuery], MatcherResult], ...] = (
    *(find_by_parcel_number, _find_block, _find_address, find_intersection, find_named_place, find_by_initials),
    *(
        find_by_labeled_parcel_number,
        _find_rewritten,
        _find_by_prefix,
        _find_on_similar_street,
        _find_similar_street,
        find_similar_intersection,
    ),
)


def _not_found_reason(request: GeocodeQuery) -> str:
    """Return why nothing was found, with advice."""
    if all(word.isdigit() for word in split_words(request.text)):
        return gettext("No parcel has this number. To find an address, add the street.")
    number, street_matches = _match_block_streets(request)
    if street_matches:
        label = request.index.street_labels[street_matches[0].street_id]
        block = number - number % 100
        return gettext("No address is on record in the %(block)s block of %(street)s.", block=block, street=label)
    if request.street_matches:
        label = request.index.street_labels[request.street_matches[0].street_id]
        return gettext("%(street)s has no such number on record, and none close to it.", street=label)
    if set(split_words(request.text)) & {"&", "@"} or any(
        map(request.index.intersections.has_streets, street_pairs(request))
    ):
        return gettext("No intersection of these two streets is on record.")
    line = next((line for _, line in request.address_splits), None)
    street = " ".join(line.street) if line else request.text
    return gettext("No street on record is named “%(street)s”.", street=street.lower())
