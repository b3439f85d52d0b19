"""Addresses: parse, index, find. The number is a gate, the street is known, every change is told."""

from geo.addresses.finding.answer import STATUSES, Answer, Candidate
from geo.addresses.finding.columns import parcel_of_address
from geo.addresses.finding.corners import place_of_crossing
from geo.addresses.finding.find import find, lonlat_in
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.reading.parsing import Reading, parse

__all__ = [
    "STATUSES",
    "AddressIndex",
    "Answer",
    "Candidate",
    "Reading",
    "find",
    "lonlat_in",
    "parcel_of_address",
    "parse",
    "place_of_crossing",
]
