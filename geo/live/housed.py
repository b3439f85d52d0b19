"""Records that are placed by address, and may be placed otherwise when parcels change."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from geo.addresses.gazetteer.table import told_street
from geo.addresses.reading.text import plain, words
from geo.addresses.reading.words import DIRECTION, SUFFIX, fold
from geo.live.around import NotAlone, near
from geo.live.parcels import Lots
from geo.live.standing import Standing
from geo.store.protocol import Turn

ASKING = ("trees", "sites", "inspections", "landmarks")
PLACES = ("postal_city", "town_declared")
TELLS = ("address", *PLACES)  # what a parcel adds to the street book and to the places
BESIDE_M = 150.0  # a parcel on the same street is mostly so near
WIDEST = 20  # house numbers from the first to the last of a range that somebody writes
NUMBER = re.compile(r"\s*([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?")
House = tuple[int, int, frozenset[str]]  # the first and last number, and the words of the street


def asked_at(turn: Turn, standing: Standing, lots: Lots) -> dict[str, set[str]]:
    """Give the records whose address may be that of parcels that were or are.

    An address finds a parcel only when its number and its street stand in the table, so that a record can only
    hang on a parcel whose number it has, and a word of whose street. That holds as long as the parcels bring no street
    or place that no other has, nor take one away.
    """
    found: dict[str, set[str]] = {layer: set() for layer in ASKING}
    for first, last, own in [*_of_parcels(turn, lots), *_of_addresses(turn, lots)]:
        street = own | standing.addresses.other_names(own)
        numbers = range(max(first - WIDEST, 1), last + 1)
        for layer in ASKING:
            rows = turn.numbered(layer, numbers, ("address",)).rows
            # Of the others only those without a point ask for their address.
            asking = [row for row in rows if row[-1] is None or layer == "inspections"]
            found[layer] |= {
                row[0] for row in asking if street & _words(row[2]) and _meets(row[2], first, last)
            }
    if found.pop("landmarks"):
        raise NotAlone("a landmark may be at a parcel's address")
    return found


def _of_parcels(turn: Turn, lots: Lots) -> Iterator[House]:
    """Give the houses that parcels tell of themselves."""
    was, now = (_told(few.told, range(len(few))) for few in (lots.was, lots.now))
    unlike = was ^ now
    if unlike:
        rows = near(turn, "parcels", lots.boxes, BESIDE_M, TELLS)
        edited = {*lots.was.values("id"), *lots.now.values("id")}
        others = [row[2:-1] for row in rows.rows if row[0] not in edited]
        columns = dict(zip(TELLS, zip(*others, strict=True), strict=True)) if others else {}
        if strange := unlike - _told(columns, range(len(others))):
            raise NotAlone(f"no other parcel nearby tells of {min(map(str, strange))}")
    for few in (lots.was, lots.now):
        yield from (_house(address) for address in few.values("address") if address is not None)


def _told(columns: Mapping[str, Any], rows: range) -> set[Any]:
    """Give what some parcels add to the street book and to the places: each word, street and way to read one."""
    told: set[Any] = set()
    for row in rows:
        told |= {columns[name][row] for name in PLACES}
        if columns["address"][row] is not None:
            ways, place = told_street(columns["address"][row])
            told |= {*ways, place}
    return told - {None, ""}


def _of_addresses(turn: Turn, lots: Lots) -> Iterator[House]:
    """Give the houses that the address layer has on the parcels; one without a point takes its town from them."""
    fields = ("number", "number_hi", "street", "address")
    for row in turn.called("addresses", "parcel_id", sorted(lots.names), fields).rows:
        _, _, number, high, street, address, wkb = row
        if wkb is None:
            raise NotAlone("an address without a point is on a parcel")
        if number is not None and street is not None:
            yield number, max(number, high or 0), _words(f"1 {street}")
        elif address is not None:
            yield _house(address)


def _house(address: str) -> House:
    found = NUMBER.match(plain(address))
    first = int(found[1]) if found else 0
    last = int(found[2]) if found and found[2] else first
    if last < first:  # 4021-25
        last = first + 2 * WIDEST
    return first, min(last, first + 100), _words(address)


def _meets(address: str, first: int, last: int) -> bool:
    """Tell whether an address may be of a house number of some; one that begins with no number may be of any."""
    low, high, _ = _house(address)
    return low == 0 or (low <= last and first <= high)


def _words(address: str) -> frozenset[str]:
    """Give the words that may name a street: not the number in front, no suffix and no direction, where there are others."""
    told = [word for word in words(plain(address)) if word not in (",", "#", "-")]
    folded = fold(told[1:]).split()
    named = {word for word in folded if word not in SUFFIX and word not in DIRECTION}
    return frozenset(named or folded)
