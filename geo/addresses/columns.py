"""Whole columns of addresses at once, for the join: each different address is looked up once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pandas import DataFrame, Series

from geo.addresses.answer import town_of
from geo.addresses.find import on_record
from geo.addresses.houses import House
from geo.addresses.index import AddressIndex, folded
from geo.addresses.judging import Choice
from geo.addresses.matching import choices, ranges_holding
from geo.addresses.reading import Line, readings
from geo.addresses.text import plain, unusable
from geo.addresses.words import BLOCK

_MOST = 50  # candidates of an ambiguous address among which the town may decide
# A number and a street, and nothing that could be half a number, a unit or a place.
_OUTRIGHT = re.compile(r"([0-9]{1,6}) ([A-Z0-9]{2}[A-Z0-9 ]*)")
_ONE = House(1)
_NOWHERE = -1


def parcel_of_address(index: AddressIndex) -> Callable[[Series, Series], Series]:
    """Give a function from addresses and their towns to parcel numbers.

    An address gets a parcel only if every part of it stands in the table and one parcel has it; where
    the same address stands in several towns, the given town decides. A given town that governs
    nothing (a post office) decides nothing. Missing where there is no such parcel; index and order
    are those of the addresses.
    """
    asked = _Asked(index)

    def of(addresses: Series, towns: Series) -> Series:
        pairs = DataFrame(
            {"address": addresses.astype("object"), "town": towns.astype("object").fillna("")}
        )
        once = pairs[pairs["address"].notna()].drop_duplicates()
        once = once.assign(parcel_id=[asked.parcel(*pair) for pair in once.to_numpy()])
        found = pairs.merge(once, on=["address", "town"], how="left")["parcel_id"]
        return Series(found.to_numpy(), index=addresses.index, dtype="str", name="parcel_id")

    return of


@dataclass
class _Asked:
    """An index that is asked for many addresses: each street is read once."""

    index: AddressIndex
    streets: dict[str, tuple[int, ...] | None] = field(default_factory=dict)
    towns: dict[str, str] = field(default_factory=dict)  # as written: folded

    def __post_init__(self) -> None:
        self.governing = {folded(name) for name in self.index.lots.town_names if name}
        self.ranged = {self.index.street(row) for row in self.index.ranges}

    def parcel(self, address: str, town: str) -> str | None:
        """Find the parcel of an address: outright, else by every reading of it."""
        wanted = self._folded(town)
        rows = self._rows(address)
        if rows is not None and not rows:
            return None
        lots = {int(self.index.lot[row]) for row in rows or ()}
        towns = {town_of(self.index, row) for row in rows or ()}
        if len(lots) == len(towns) == 1:
            lot = lots.pop()
            here = self._is_meant(towns.pop() or None, wanted) and lot != _NOWHERE
            return str(self.index.lots.ids[lot]) if here else None
        sure = on_record(self.index, address, limit=_MOST)
        meant = [one for one in sure if self._is_meant(one.town, wanted)]
        ids = {one.parcel_id for one in meant}
        return ids.pop() if len(ids) == 1 else None

    def _is_meant(self, town: str | None, wanted: str) -> bool:
        if wanted not in self.governing or town is None:
            return True
        return self._folded(town) == wanted

    def _folded(self, town: str) -> str:
        if town not in self.towns:
            self.towns[town] = folded(town)
        return self.towns[town]

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
    nothing_else = replace(choice.reading.line, street=()) == Line(())
    return nothing_else and not choice.alias
