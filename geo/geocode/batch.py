"""Batch geocoding of address columns for the join. Each distinct address is looked up once.

`make_parcel_finder` is the entry point. Only exact matches count: the join never accepts a corrected address.
"""

import re
from collections.abc import Callable
from typing import Protocol

from pandas import DataFrame, Series

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.gazetteer.format_rows import town_of_row
from geo.geocode.geocoder import recorded_addresses
from geo.geocode.match.candidates import match_streets, ranges_containing
from geo.geocode.match.scoring import StreetMatch
from geo.geocode.parse.address_parser import ParsedLine, iter_parses
from geo.geocode.parse.house_numbers import House
from geo.geocode.parse.normalize_text import normalize_text, rejection_reason
from geo.geocode.parse.vocabulary import BLOCK_WORDS

_MAX_CANDIDATES = 50  # candidates of an ambiguous address that the town may decide between
# A number and a street, without a fraction, letter, unit or town.
_NUMBER_AND_STREET = re.compile(r"([0-9]{1,6}) ([A-Z0-9]{2}[A-Z0-9 ]*)")
_HOUSE_NUMBER_ONE = House(1)
_NO_PARCEL = -1


RecordedParcels = tuple[
    tuple[str | None, str | None], ...
]  # the parcel id and town of each exact candidate of an address


class AddressLookup(Protocol):
    """Lookup of the exact parcels of an address, by an index or by a cache of earlier results."""

    @property
    def governing_towns(self) -> frozenset[str]:
        """The folded names of the towns that govern any parcel."""

    def recorded_parcels(self, address: str) -> RecordedParcels:
        """Return the parcel id and town of each exact candidate of an address."""


def make_parcel_finder(index: AddressIndex) -> Callable[[Series, Series], Series]:
    """Return a function from addresses and towns to parcel ids, over an index (see `make_parcel_finder_from`).

    >>> import pandas as pd
    >>> parcels = pd.DataFrame({"id": ["10E1"], "address": ["4021 Oak Ave"], "town_declared": ["Bel-Nor"]})
    >>> index = AddressIndex.build(parcels=parcels.assign(old_id="", postal_city="", zip=""))
    >>> find_parcels = make_parcel_finder(index)
    >>> find_parcels(pd.Series(["4021 Oak Av", "4021 Oak St"]), pd.Series(["Bel-Nor", None])).fillna("NA").tolist()
    ['10E1', 'NA']
    """
    return make_parcel_finder_from(IndexLookup(index))


def make_parcel_finder_from(lookup: AddressLookup) -> Callable[[Series, Series], Series]:
    """Return a function from addresses and their towns to parcel ids, in the order of the addresses.

    An address gets a parcel only if every part of it matches and exactly one parcel has it. If several
    towns have the address, the given town decides. A given town that governs no parcel, such as
    a post office, decides nothing. Without such a parcel the value is NA.
    """

    def find_parcel(address: str, town: str) -> str | None:
        parcel_ids = {
            parcel_id
            for parcel_id, parcel_town in lookup.recorded_parcels(address)
            if is_wanted_town(parcel_town, fold_name(town))
        }
        return parcel_ids.pop() if len(parcel_ids) == 1 else None

    def is_wanted_town(town: str | None, wanted_town: str) -> bool:
        return town is None or wanted_town not in lookup.governing_towns or fold_name(town) == wanted_town

    def find_parcels(addresses: Series, towns: Series) -> Series:
        pairs = DataFrame({"address": addresses.astype("object"), "town": towns.astype("object").fillna("")})
        unique_pairs = pairs[pairs["address"].notna()].drop_duplicates()
        unique_pairs = unique_pairs.assign(parcel_id=[find_parcel(*pair) for pair in unique_pairs.to_numpy()])
        parcel_ids = pairs.merge(unique_pairs, on=["address", "town"], how="left")["parcel_id"]
        return Series(parcel_ids.to_numpy(), index=addresses.index, dtype="str", name="parcel_id")

    return find_parcels


class IndexLookup:
    """Lookup of many addresses in an index. Each street text is parsed once."""

    def __init__(self, index: AddressIndex) -> None:
        self.index = index
        self.street_ids_by_text: dict[str, tuple[int, ...] | None] = {}
        self.governing_towns = frozenset(fold_name(name) for name in index.parcel_index.town_names if name)
        self.range_street_ids = {index.street_id_of_row(row) for row in index.ranges}

    def recorded_parcels(self, address: str) -> RecordedParcels:
        """Return the parcel id and town of each exact candidate of an address.

        A plain number and street takes a fast path. Any other address is parsed in full.
        """
        rows = self._rows_of_address(address)
        if rows is not None and not rows:
            return ()
        parcels = {int(self.index.parcel[row]) for row in rows or ()}
        towns = {town_of_row(self.index, row) for row in rows or ()}
        if len(parcels) == len(towns) == 1:
            parcel = parcels.pop()
            return ((self.index.parcel_index.ids[parcel], towns.pop() or None),) if parcel != _NO_PARCEL else ()
        candidates = recorded_addresses(self.index, address, limit=_MAX_CANDIDATES)
        return tuple(dict.fromkeys((candidate.parcel_id, candidate.town) for candidate in candidates))

    def _rows_of_address(self, address: str) -> list[int] | None:
        """Return the rows of a plain number and street, None if the text needs a full parse."""
        text = "" if rejection_reason(address) else normalize_text(address)
        match = _NUMBER_AND_STREET.fullmatch(text)
        if not match or any(True for _ in self.index.parcel_index.match_number(address)):
            return None
        if match[2] not in self.street_ids_by_text:
            self.street_ids_by_text[match[2]] = _exact_street_ids(self.index, match[2])
        street_ids, number = self.street_ids_by_text[match[2]], int(match[1])
        if street_ids is None or any(
            street_id in self.range_street_ids and ranges_containing(self.index, street_id, number)
            for street_id in street_ids
        ):
            return None
        row_ranges = [
            row_range
            for row_range in (self.index.row_range(street_id, number) for street_id in street_ids)
            if row_range[0] < row_range[1]
        ]
        if not row_ranges:
            return []
        rows = range(*row_ranges[0])
        has_letter = any(self.index.text_at(column, row) for column in ("frac", "letter") for row in rows)
        return None if has_letter or len(row_ranges) > 1 else [*rows]


def _exact_street_ids(index: AddressIndex, text: str) -> tuple[int, ...] | None:
    """Return the street ids that a text names exactly, None if it holds more than a street.

    Also None if the text after a number might be part of the number. An empty tuple means no street.
    """
    parses = [item for item in iter_parses(f"1 {text}", index.town_names) if item.house]
    if text.split(maxsplit=1)[0] in BLOCK_WORDS or any(item.house != _HOUSE_NUMBER_ONE for item in parses):
        return None
    street_matches = match_streets(index, parses)
    if not street_matches or any(item.mismatched_parts for item in street_matches):
        return ()  # every match differs from the typed text
    return tuple({item.street_id for item in street_matches}) if all(map(_is_street_only, street_matches)) else None


def _is_street_only(street_match: StreetMatch) -> bool:
    """Return whether the text was only a street, under its own name."""
    nothing_else = street_match.parsed.line._replace(street=()) == ParsedLine(())
    return nothing_else and not street_match.alias and not street_match.typed_text
