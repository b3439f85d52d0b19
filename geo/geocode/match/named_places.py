"""Matchers for parcel numbers, intersections, landmarks and the whole names of districts.

The geocoder calls each with a `GeocodeQuery`. Each returns a status and candidates, none if it does not apply.
"""

import re
from dataclasses import replace

from geo.crs import LonLat
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.gazetteer.intersections import StreetPair
from geo.geocode.gazetteer.landmarks import Landmark
from geo.geocode.match.geocode_query import GeocodeQuery, result_status
from geo.geocode.match.geocode_result import Candidate, Status, parcel_candidate, point_candidate
from geo.geocode.match.named_districts import district_candidate
from geo.geocode.parse.change_texts import ignored_text
from geo.geocode.parse.normalize_text import split_words
from geo.geocode.parse.vocabulary import INTERSECTION_PREFIXES, INTERSECTION_WORDS, PARCEL_WORDS

_INTERSECTION_PREFIX = re.compile(rf"(?:{'|'.join(INTERSECTION_PREFIXES)})\s+")

MatcherResult = tuple[Status, list[Candidate]]


def find_by_parcel_number(request: GeocodeQuery) -> MatcherResult:
    """Find a parcel by its number or its old number."""
    matches = list(request.index.parcel_index.match_number(request.query))
    best = [pair for pair in matches if not pair[1]] or matches
    status = result_status(len(best), changed=any(message for _, message in best))
    candidates = [parcel_candidate(request.index, parcel, status, filter(None, [message])) for parcel, message in best]
    return status, request.sort_candidates(candidates)


def find_by_parcel_beginning(request: GeocodeQuery) -> MatcherResult:
    """Suggest the parcels with numbers that begin with the text."""
    parcels = request.index.parcel_index.match_beginning(request.query, request.limit)
    return "prefix", [parcel_candidate(request.index, parcel, "prefix", ()) for parcel in parcels]


def find_by_labeled_parcel_number(request: GeocodeQuery) -> MatcherResult:
    """Find a parcel by its number after words such as `parcel no.` or `lot`."""
    tokens = request.text.split()
    count = next((i for i, token in enumerate(tokens) if token not in PARCEL_WORDS), 0)
    if not count:
        return "none", []
    status, candidates = find_by_parcel_number(replace(request, query=" ".join(tokens[count:])))
    message = ignored_text(" ".join(tokens[:count]).lower())
    status = "corrected" if status == "exact" else status
    return status, [
        replace(candidate, status=status, changes=(message, *candidate.changes)) for candidate in candidates
    ]


def find_similar_intersection(request: GeocodeQuery) -> MatcherResult:
    """Find the intersection of two streets with unfinished or misspelled names."""
    return _match_intersections(request, fuzzy=True)


def find_intersection(request: GeocodeQuery) -> MatcherResult:
    """Find the intersection of two streets. Every "and" is tried, since Lucas and Hunt is one street."""
    return _match_intersections(request, fuzzy=False)


def _match_intersections(request: GeocodeQuery, *, fuzzy: bool) -> MatcherResult:
    intersections_between = request.index.intersections.find
    town_at = request.index.town_boundaries.town_at
    intersections = [
        intersection
        for pair in street_pairs(request)
        for intersection in intersections_between(*pair, fuzzy=fuzzy)
        if all(_is_town_named(town_at(intersection.point), town) for town in intersection.towns)
    ]
    min_changes = min((len(intersection.changes) for intersection in intersections), default=0)
    candidates = [
        point_candidate(
            *(intersection.name, intersection.point),
            status="intersection",
            kind="intersection",
            town=town_at(intersection.point),
            changes=intersection.changes,
        )
        for intersection in dict.fromkeys(intersections)
        if len(intersection.changes) == min_changes
    ]
    return "intersection", request.sort_candidates(candidates)


def street_pairs(request: GeocodeQuery) -> list[StreetPair]:
    """Return the two streets on each side of every word that may join them, then of every hyphen.

    >>> query = "CORNER OF LUCAS AND HUNT & OAK"
    >>> [(" ".join(first), " ".join(second)) for first, second in street_pairs(GeocodeQuery(None, query, query))]
    [('LUCAS', 'HUNT & OAK'), ('LUCAS AND HUNT', 'OAK')]
    """
    tokens = [word for word in split_words(_INTERSECTION_PREFIX.sub("", request.text, count=1)) if word != ","]
    join_positions = [i for i, word in enumerate(tokens) if word in INTERSECTION_WORDS]
    pairs = [(tuple(tokens[:i]), tuple(tokens[i + 1 :])) for i in join_positions]
    return pairs or _hyphenated_pairs(request.text)


def _hyphenated_pairs(text: str) -> list[StreetPair]:
    """Return the two streets on each side of every hyphen that is not within a number.

    >>> _hyphenated_pairs("HANLEY RD - OAK ST"), _hyphenated_pairs("4021-25 OAK")
    ([(('HANLEY', 'RD'), ('OAK', 'ST'))], [])
    """
    parts = [] if text[:1].isdigit() and "-" in text.split(maxsplit=1)[0] else text.split("-")
    sides = [("-".join(parts[:i]), "-".join(parts[i:])) for i in range(1, len(parts))]
    pairs = [(tuple(split_words(first)), tuple(split_words(second))) for first, second in sides]
    return [(first, second) for first, second in pairs if first and second]


def _is_town_named(town: str | None, folded_name: str) -> bool:
    return town is None or fold_name(town) == folded_name


def find_named_place(request: GeocodeQuery) -> MatcherResult:
    """Find a landmark or a district by its whole name."""
    landmarks = request.index.landmarks.match_name(request.text)
    districts = request.index.districts.match_name(request.text)
    status = result_status(len(landmarks) + len(districts), changed=False)
    candidates = [landmark_candidate(landmark, status) for landmark in landmarks]
    candidates += [district_candidate(district, status) for district in districts]
    return status, request.sort_candidates(candidates)


def landmark_candidate(landmark: Landmark, status: Status) -> Candidate:
    """Return a landmark as a candidate.

    >>> landmark_candidate(Landmark("City Hall", "", "Bel-Nor", -90.3, 38.7), "exact").kind
    'landmark'
    """
    point = None if landmark.lon is None or landmark.lat is None else LonLat(landmark.lon, landmark.lat)
    return point_candidate(landmark.name, point, status=status, kind="landmark", town=landmark.town)
