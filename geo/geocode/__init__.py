"""Geocoding: parse a typed address, look it up in the gazetteer, and return scored candidates.

`find` is the entry point for one query, `make_parcel_finder` for a column of addresses. The command
line, the search box, the join and the incremental join call them. A house number must match exactly, and a result
lists every change made to the typed text. See `docs/decisions/0007-addresses.md`.
"""

from geo.geocode.batch import make_parcel_finder
from geo.geocode.batch_intersections import make_intersection_finder
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.format_rows import postal_city_note
from geo.geocode.geocoder import find, parse_lonlat
from geo.geocode.match.geocode_result import STATUSES, Candidate, GeocodeResult, status_label
from geo.geocode.parse.address_parser import ParsedAddress, parse

__all__ = [
    "STATUSES",
    "AddressIndex",
    "Candidate",
    "GeocodeResult",
    "ParsedAddress",
    "find",
    "make_intersection_finder",
    "make_parcel_finder",
    "parse",
    "parse_lonlat",
    "postal_city_note",
    "status_label",
]
