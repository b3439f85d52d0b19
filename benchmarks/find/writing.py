"""How an address is written: a row's parts, some changed or left out, and which rows fit what is then told."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

from rapidfuzz.distance import DamerauLevenshtein as Slips

from benchmarks.find.lists import List, Row
from benchmarks.find.queries import Query

STREET = ("predir", "suffix", "postdir")
HOUSE = ("high", "frac", "letter", "unit")
FOLDED = ("predir", "suffix", "postdir", "unit", "letter", "town", "zip")
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def fitting(row: Row, addresses: List, told: Iterable[str]) -> tuple[str, ...]:
    """Give the parcels of the rows that are of a row's name and number and agree with it in the parts told.

    Of those that have more than was told, the ones that have least come first and alone.
    """
    shown = set(told)
    same = addresses.numbered[row.name.upper(), row.number]
    for part in shown:
        same = [one for one in same if getattr(one, part) == getattr(row, part)]
    for parts in (STREET, HOUSE):
        hidden = [part for part in parts if part not in shown]
        same = [one for one in same if not any(getattr(one, part) for part in hidden)] or same
    return tuple(dict.fromkeys(one.parcel for one in same))


def query(
    kind: str,
    text: str,
    row: Row,
    addresses: List,
    *,
    hidden: Iterable[str] = (),
    exact: bool = True,
    statuses: tuple[str, ...] = (),
) -> Query | None:
    """Make a query of which all parts but the hidden ones are told; None where it means another row better."""
    told = {*STREET, *HOUSE, "town", "zip"} - set(hidden)
    parcels = fitting(row, addresses, told)
    if _within_as_typed(row, addresses, told):
        return None
    if row.parcel not in parcels:
        return None
    many = len(parcels) > 1
    may = statuses or (("exact", "ambiguous") if exact else ("corrected", "ambiguous"))
    return Query(kind, text, parcels, row.parcel, exact and not many, may)


def _within_as_typed(row: Row, addresses: List, told: set[str]) -> bool:
    """Tell whether the street, as it is typed, exists and holds the number within a range."""
    predir, suffix, postdir = (getattr(row, part) if part in told else "" for part in STREET)
    typed = (predir, row.name, suffix, postdir)
    rows = addresses.on.get(typed, ()) if typed != row.street else ()
    return any(one.number <= row.number <= one.high for one in rows)


def address(row: Row, *, unit: str = "Apt", town: bool = False, zip_: bool = False) -> str:
    """Write an address as letters do."""
    text = f"{row.house} {row.road}" + (f" {unit} {row.unit}" if row.unit else "")
    if town:
        text += f", {row.town}"
    return f"{text} {row.zip}" if zip_ else text


def renamed(row: Row, name: str) -> str:
    """Write an address with another name of its street, and all else as it is."""
    return address(replace(row, name=name))


def slipped(row: Row, addresses: List, name: str, *, slips: int = 1) -> bool:
    """Tell whether a misspelt name still means this row's street and no other that has the number as well."""
    typed, own = name.upper(), row.name.upper()
    if typed == own or len(own) < 5 or typed in addresses.called or not own[0].isalpha():
        return False
    if any(sign.isdigit() for sign in own):
        return False
    limit = max(slips, Slips.distance(typed, own))
    near = (other for other in addresses.called if abs(len(other) - len(typed)) <= limit + 1)
    return all(other == own or Slips.distance(typed, other) > limit + 1 for other in near)


def misspelt(
    kind: str, change: Callable[[Random, str], str], *, slips: int = 1, least: int = 5
) -> Callable[[Random, Row, List], Query | None]:
    """Make a kind of which the name is misspelt."""

    def make(rng: Random, row: Row, addresses: List) -> Query | None:
        if len(row.name) < least or row.unit:
            return None
        name = change(rng, row.name)
        if not slipped(row, addresses, name, slips=slips):
            return None
        # A name that ends too early may also be taken for one that is not finished.
        may = ("corrected", "ambiguous", "prefix")
        text, place = renamed(row, name), ("town", "zip")
        return query(kind, text, row, addresses, hidden=place, exact=False, statuses=may)

    return make


def letter_at(rng: Random, name: str, first: int = 1) -> int:
    """Choose the place of a letter, not before `first`."""
    return rng.choice([at for at in range(first, len(name)) if name[at].isalpha()])


def neighbour(rng: Random, sign: str) -> str:
    """Give a key beside a letter's on the keyboard; what is no letter is given as it is."""
    row = next((row for row in KEYS if sign.lower() in row), sign.lower())
    if len(row) == 1:
        return sign
    at = row.index(sign.lower())
    return rng.choice([row[n] for n in (at - 1, at + 1) if 0 <= n < len(row)])


def put(name: str, at: int, letters: str, *, over: int = 1) -> str:
    """Put letters over so many letters of a name."""
    return name[:at] + letters + name[at + over :]
