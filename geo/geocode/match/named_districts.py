"""Matchers for districts: police bodies, court hubs, wards and inspecting agencies.

`find_named_place` finds them by their whole name. The geocoder calls the others with a `GeocodeQuery`.
"""

from collections.abc import Iterable
from dataclasses import replace

from geo.crs import LonLat
from geo.geocode.gazetteer.district_index import District
from geo.geocode.match.geocode_query import GeocodeQuery
from geo.geocode.match.geocode_result import Candidate, Status, point_candidate
from geo.geocode.parse.change_texts import read_as_text

MAX_DISTRICTS = 10  # districts suggested for some words


def find_by_initials(request: GeocodeQuery) -> tuple[Status, list[Candidate]]:
    """Find a district by the initials of its name, as NCPC for North County Police Cooperative."""
    districts = request.index.districts.match_initials(request.text)
    typed = request.text.replace(" ", "")
    status: Status = "corrected" if len(districts) == 1 else "ambiguous"
    candidates = [
        district_candidate(district, status, [read_as_text(typed, district.plain_name)])
        for district in _sort_by_town(request, districts)
    ]
    return status, candidates


def suggest_districts(request: GeocodeQuery) -> tuple[list[Candidate], list[Candidate]]:
    """Return the districts that fit the typed words: those whose kind is typed in full, and the others.

    The first are meant more likely than streets that begin with the text, the others less likely.
    """
    matches = request.index.districts.match_words(request.text)
    by_kind = _sort_by_town(request, [district for district, is_kind_typed in matches if is_kind_typed])
    others = _sort_by_town(request, [district for district, is_kind_typed in matches if not is_kind_typed])
    first, last = by_kind[:MAX_DISTRICTS], others[: max(0, MAX_DISTRICTS - len(by_kind))]
    return [district_candidate(one, "prefix") for one in first], [district_candidate(one, "prefix") for one in last]


def district_candidate(district: District, status: Status, changes: Iterable[str] = ()) -> Candidate:
    """Return a district as a candidate. Its town is the only one that it serves, None for several.

    >>> cooperative = District("police/cooperative", "police", "Cooperative", ("Wellston",), None, None)
    >>> district_candidate(cooperative, "exact").id, district_candidate(cooperative, "exact").town
    ('police/cooperative', 'Wellston')
    """
    point = None if district.lon is None or district.lat is None else LonLat(district.lon, district.lat)
    town = district.towns[0] if len(district.towns) == 1 else None
    candidate = point_candidate(district.name, point, status=status, kind="district", town=town, changes=changes)
    return replace(candidate, id=district.id)


def _sort_by_town(request: GeocodeQuery, districts: list[District]) -> list[District]:
    """Return districts with those that serve the preferred town first."""
    town = request.town
    return districts if town is None else sorted(districts, key=lambda district: not district.serves(town))
