"""Whole columns of addresses at once, for the join: each different address is looked up once."""

import re
from collections.abc import Callable
from typing import Protocol

from pandas import DataFrame, Series

from geo.addresses.finding.find import on_record
from geo.addresses.finding.judging import Choice
from geo.addresses.finding.matching import choices, ranges_holding
from geo.addresses.gazetteer.index import AddressIndex, folded
from geo.addresses.gazetteer.rows import town_of
from geo.addresses.reading.houses import House
from geo.addresses.reading.parsing import Line, readings
from geo.addresses.reading.text import plain, unusable
from geo.addresses.reading.words import BLOCK

_MOST = 50  # candidates of an ambiguous address among which the town may decide
# A number and a street, and nothing that could be half a number, a unit or a place.
_OUTRIGHT = re.compile(r"([0-9]{1,6}) ([A-Z0-9]{2}[A-Z0-9 ]*)")
_ONE = House(1)
_NOWHERE = -1


Sure = tuple[
    tuple[str | None, str | None], ...
]  # the parcels that an address names as it stands, each with its town


class Source(Protocol):
    """Whoever knows what addresses name, and which towns govern anything."""

    @property
    def governing(self) -> frozenset[str]:
        """The folded names of the towns that govern any parcel."""

    def sure(self, address: str) -> Sure:
        """Give the parcels that an address names as it stands in the table."""


def parcel_of_address(index: AddressIndex) -> Callable[[Series, Series], Series]:
    """Give the function of `parcels_by` for an index."""
    return parcels_by(Asked(index))


def parcels_by(source: Source) -> Callable[[Series, Series], Series]:
    """Give a function from addresses and their towns to parcel numbers.

    An address gets a parcel only if every part of it stands in the table and one parcel has it; where
    the same address stands in several towns, the given town decides. A given town that governs
    nothing (a post office) decides nothing. Missing where there is no such parcel; index and order
    are those of the addresses.
    """

    def parcel(address: str, town: str) -> str | None:
        ids = {id_ for id_, of in source.sure(address) if is_meant(of, folded(town))}
        return ids.pop() if len(ids) == 1 else None

    def is_meant(town: str | None, wanted: str) -> bool:
        return town is None or wanted not in source.governing or folded(town) == wanted

    def of(addresses: Series, towns: Series) -> Series:
        pairs = DataFrame(
            {"address": addresses.astype("object"), "town": towns.astype("object").fillna("")}
        )
        once = pairs[pairs["address"].notna()].drop_duplicates()
        once = once.assign(parcel_id=[parcel(*pair) for pair in once.to_numpy()])
        found = pairs.merge(once, on=["address", "town"], how="left")["parcel_id"]
        return Series(found.to_numpy(), index=addresses.index, dtype="str", name="parcel_id")

    return of


class Asked:
    """An index that is asked for many addresses: each street is read once."""

    def __init__(self, index: AddressIndex) -> None:
        self.index = index
        self.streets: dict[str, tuple[int, ...] | None] = {}
        self.governing = frozenset(folded(name) for name in index.lots.town_names if name)
        self.ranged = {index.street(row) for row in index.ranges}

    def sure(self, address: str) -> Sure:
        """Give the parcels that an address names: outright, else by every reading of it."""
        rows = self._rows(address)
        if rows is not None and not rows:
            return ()
        lots = {int(self.index.lot[row]) for row in rows or ()}
        towns = {town_of(self.index, row) for row in rows or ()}
        if len(lots) == len(towns) == 1:
            lot = lots.pop()
            return ((self.index.lots.ids[lot], towns.pop() or None),) if lot != _NOWHERE else ()
        found = on_record(self.index, address, limit=_MOST)
        return tuple(dict.fromkeys((one.parcel_id, one.town) for one in found))

    def _rows(self, address: str) -> list[int] | None:
        """Give the rows of a number on a street that are all that a text can mean; None where it says more."""
        text = "" if unusable(address) else plain(address)
        found = _OUTRIGHT.fullmatch(text)
        if not found or any(True for _ in self.index.lots.called(address)):
            return None
        if found[2] not in self.streets:
            self.streets[found[2]] = _streets(self.index, found[2])
        streets, number = self.streets[found[2]], int(found[1])
        if streets is None or any(
            one in self.ranged and ranges_holding(self.index, one, number) for one in streets
        ):
            return None
        spans = [
            span for span in (self.index.span(one, number) for one in streets) if span[0] < span[1]
        ]
        if not spans:
            return []
        rows = range(*spans[0])
        marked = any(self.index.text(mark, row) for mark in ("frac", "letter") for row in rows)
        return None if marked or len(spans) > 1 else [*rows]


def _streets(index: AddressIndex, text: str) -> tuple[int, ...] | None:
    """Find the streets that a text is, as it stands; None where it says more, or is to be read with its number."""
    every = [one for one in readings(f"1 {text}", index.places) if one.house]
    if text.split(maxsplit=1)[0] in BLOCK or any(one.house != _ONE for one in every):
        return None
    chosen = choices(index, every)
    if not chosen or any(one.faults for one in chosen):
        return ()  # whatever is found there is not as it was typed
    return tuple({one.street for one in chosen}) if all(map(_is_bare, chosen)) else None


def _is_bare(choice: Choice) -> bool:
    """Whether a street stands in the table as typed, and nothing but a street was typed."""
    nothing_else = choice.reading.line._replace(street=()) == Line(())
    return nothing_else and not choice.alias
