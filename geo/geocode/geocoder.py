"""Geocoder: find the parcels that one typed query means.

`find` is the entry point. It tries the matchers in `_MATCHERS` in order, exact ones first. The
first matcher with candidates decides the result.
"""

import re
from collections.abc import Callable

from geo.crs import TOWN_LATITUDES, LonLat
from geo.degrees import parse_degrees_pair
from geo.geocode.address_matchers import (
    find_address,
    find_block,
    find_far_number,
    find_on_similar_street,
    find_rewritten,
    find_several_numbers,
    find_with_misspelled_town,
    match_block_streets,
    match_numbered_address,
    matcher_result,
)
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.match.autocomplete import completion_matches
from geo.geocode.match.fuzzy import similar_streets
from geo.geocode.match.geocode_query import GeocodeQuery, best_unique_candidates
from geo.geocode.match.geocode_result import Candidate, GeocodeResult, not_found_result
from geo.geocode.match.named_districts import find_by_initials, suggest_districts
from geo.geocode.match.named_places import (
    MatcherResult,
    find_by_labeled_parcel_number,
    find_by_parcel_beginning,
    find_by_parcel_number,
    find_intersection,
    find_named_place,
    find_similar_intersection,
    landmark_candidate,
    street_pairs,
)
from geo.geocode.match.zip_codes import find_by_zip
from geo.geocode.parse.address_parser import parses_of_splits
from geo.geocode.parse.normalize_text import normalize_text, rejection_reason, split_words
from geo.identifiers import slugify
from geo.language.translate import gettext

MAX_LANDMARKS = 5  # landmarks suggested for some words
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
    if any(matcher(request)[1] for matcher in (find_by_parcel_number, find_block)):
        return []
    matches = match_numbered_address(request)
    candidates = matcher_result(request, matches)[1] if matches else []
    return [candidate for candidate in candidates[:limit] if candidate.status in ("exact", "ambiguous")]


def recorded_intersections(index: AddressIndex, query: str) -> list[Candidate]:
    """Return the intersections that `find` would return, an empty list if it would return anything else."""
    if parse_lonlat(query) or rejection_reason(query):
        return []
    request = GeocodeQuery(index, query, normalize_text(query))
    if not street_pairs(request) or any(
        matcher(request)[1] for matcher in (find_by_parcel_number, find_block, find_address)
    ):
        return []
    return find_intersection(request)[1]


def parse_lonlat(query: str) -> LonLat | None:
    """Parse a query as longitude and latitude in degrees, None if it is no such pair.

    The point may be in degrees and minutes too. The first number is the longitude, unless no town can lie there: north of 84 degrees or south of 56.

    >>> parse_lonlat("38 41 55 N, 90 18 27 W"), parse_lonlat("4900 Natural Bridge")
    (LonLat(lon=-90.3075, lat=38.6986111), None)
    >>> parse_lonlat("38.7002 -90.3051"), parse_lonlat("42.3736, -71.1097")
    (LonLat(lon=-90.3051, lat=38.7002), LonLat(lon=-71.1097, lat=42.3736))
    """
    if len(query) > 60 or "." not in query or not (match := _LONLAT_PATTERN.fullmatch(query)):
        return parse_degrees_pair(query)
    first, second = float(match[1]), float(match[2])
    south, north = TOWN_LATITUDES
    lonlat = LonLat(first, second) if south <= second <= north else LonLat(second, first)
    return lonlat if abs(lonlat.lon) <= 180 and abs(lonlat.lat) <= 90 else None


def _find_similar_street(request: GeocodeQuery) -> MatcherResult:
    """Find the street closest in spelling to one typed without a number."""
    if request.numbered_parses:
        return "none", []
    street_matches = similar_streets(request.index, [*parses_of_splits(request.address_splits)])
    return "prefix", best_unique_candidates(request, completion_matches(request.index, street_matches), "prefix")


def _find_by_prefix(request: GeocodeQuery) -> MatcherResult:
    """Find streets, landmarks and districts for the typed text, as it may be unfinished."""
    candidates = best_unique_candidates(
        request, completion_matches(request.index, request.prefix_street_matches), "prefix"
    )
    landmarks = request.index.landmarks.match_prefix(request.text, MAX_LANDMARKS)
    if not request.numbered_parses and not landmarks:
        landmarks = request.index.landmarks.match_words(request.text, MAX_LANDMARKS)
    candidates += [landmark_candidate(landmark, "prefix") for landmark in landmarks]
    likely_districts, other_districts = suggest_districts(request)
    return "prefix", [*likely_districts, *candidates, *other_districts]


_MATCHERS: tuple[Callable[[GeocodeQuery], MatcherResult], ...] = (
    *(find_by_parcel_number, find_by_zip, find_block, find_several_numbers, find_address),
    *(find_intersection, find_named_place, find_by_initials, find_by_labeled_parcel_number),
    *(find_rewritten, _find_by_prefix, find_far_number, find_with_misspelled_town, find_on_similar_street),
    *(_find_similar_street, find_similar_intersection, find_by_parcel_beginning),
)


def _not_found_reason(request: GeocodeQuery) -> str:
    """Return why nothing was found, with advice."""
    if all(word.isdigit() for word in split_words(request.text)):
        return gettext("No parcel has this number. To find an address, add the street.")
    number, street_matches = match_block_streets(request)
    if street_matches:
        label = request.index.street_labels[street_matches[0].street_id]
        block = number - number % 100
        return gettext("No address is on record in the %(block)s block of %(street)s.", block=block, street=label)
    if request.street_matches:
        label = request.index.street_labels[request.street_matches[0].street_id]
        return gettext("%(street)s has no house numbers on record.", street=label)
    if set(split_words(request.text)) & {"&", "@"} or any(
        map(request.index.intersections.has_streets, street_pairs(request))
    ):
        return gettext("No intersection of these two streets is on record.")
    line = next((line for _, line in request.address_splits), None)
    street = " ".join(line.street) if line else request.text
    return gettext("No street on record is named “%(street)s”.", street=street.lower())
