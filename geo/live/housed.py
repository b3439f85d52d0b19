"""Records that are placed by address, and may be placed otherwise when parcels change."""

import re
from collections.abc import Iterator
from typing import Any

from geo.addresses.text import plain, words
from geo.addresses.words import DIRECTION, SUFFIX, fold
from geo.live.around import NotAlone, boxes, near
from geo.live.few import Few
from geo.live.parcels import Lots
from geo.live.standing import Standing
from geo.store.protocol import Turn

ASKING = ("trees", "sites", "inspections", "landmarks")
TELLS = (
    "address",
    "postal_city",
    "town_declared",
)  # what a parcel adds to the street book and to the places
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
    for first, last, own in [*_of_parcels(turn, lots.was, lots.now), *_of_addresses(turn, lots)]:
        street = own | standing.addresses.other_names(own)
        numbers = range(max(first - WIDEST, 1), last + 1)
        for layer in ASKING:
            rows = turn.numbered(layer, numbers, ("address",)).rows
            # Of the others only those without a point ask for their address.
            asking = [row for row in rows if row[-1] is None or layer == "inspections"]
            found[layer] |= {row[0] for row in asking if street & _words(row[2])}
    if found.pop("landmarks"):
        raise NotAlone("a landmark may be at a parcel's address")
    return found


def _of_parcels(turn: Turn, was: Few, now: Few) -> Iterator[House]:
    for few in (was, now):
        for row, address in enumerate(few.values("address")):
            if address is not None:
                _is_usual(turn, few, row, {*was.values("id"), *now.values("id")})
                yield _house(address)


def _is_usual(turn: Turn, parcels: Few, row: int, but: set[str]) -> None:
    """Make sure that another parcel nearby is on the same street, with the same post office and town."""
    mine = parcels.row(row)
    told = _told(mine)
    rows = near(turn, "parcels", boxes(parcels.web[row : row + 1]), BESIDE_M, TELLS)
    others = (dict(zip(TELLS, one[2:-1], strict=True)) for one in rows.rows if one[0] not in but)
    if not any(other["address"] is not None and _told(other) == told for other in others):
        raise NotAlone(
            f"parcel {mine['id']} may bring a street or place that no other has, or take one away"
        )


def _told(parcel: dict[str, Any]) -> tuple[str, Any, Any]:
    rest = NUMBER.sub("", plain(parcel["address"]), count=1)
    return rest.strip(), parcel["postal_city"], parcel["town_declared"]


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


def _words(address: str) -> frozenset[str]:
    """Give the words that may name a street: not the number in front, no suffix and no direction, where there are others."""
    told = [word for word in words(plain(address)) if word not in (",", "#", "-")]
    folded = fold(told[1:]).split()
    named = {word for word in folded if word not in SUFFIX and word not in DIRECTION}
    return frozenset(named or folded)
