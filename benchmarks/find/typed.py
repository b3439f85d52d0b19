"""Kinds of queries as people type them in a hurry: glued, joined, misspelled at the end, or for two lots.

`benchmarks.find.kinds` includes `TYPED_KINDS`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from rapidfuzz.distance import OSA

from benchmarks.find.lists import AddressList, AddressRow
from benchmarks.find.queries import Query, QueryMaker
from benchmarks.find.writing import (
    choose_letter_position,
    choose_neighbor_key,
    make_query,
    matching_parcels,
    replace_letters,
    write_address,
    write_address_with_name,
)

PLACE_PARTS = ("town", "zip")
FOUND_STATUSES = ("corrected", "ambiguous", "exact")
JOINERS = ("&", " & ", " and ", ", ", "+", " or ", "/")
TITLES = ("Dr", "Rev", "Gen", "Col", "Judge", "Mayor")
TextWriter = Callable[[Random, AddressRow, AddressList], str | None]


def _make_typed_kind(
    kind: str, write_text: TextWriter, *, hidden_parts: tuple[str, ...] = PLACE_PARTS, may_be_exact: bool = False
) -> QueryMaker:
    def make_row_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        text = write_text(rng, row, addresses)
        if text is None:
            return None
        statuses = FOUND_STATUSES
        return make_query(
            kind, text, row, addresses, hidden_parts=hidden_parts, may_be_exact=may_be_exact, statuses=statuses
        )

    return make_row_query


def _is_plain(row: AddressRow) -> bool:
    return not (row.high or row.frac or row.letter or row.unit)


def _glued_unit(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    if not re.fullmatch(r"[0-9]{1,4}[A-Z]?", row.unit):
        return None
    return f"{write_address(replace(row, unit=''))} {rng.choice(('apt', 'Apt', 'unit', 'APT'))}{row.unit.lower()}"


def _misspelled_town(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return an address that two towns have, with a slip in the town that decides between them."""
    towns = {other.town for other in addresses.rows_by_name_and_number[row.name.upper(), row.number]}
    if len(towns) < 2 or len(row.town) < 6:
        return None
    position = choose_letter_position(rng, row.town)
    town = rng.choice(
        (
            replace_letters(row.town, position, ""),
            replace_letters(row.town, position, choose_neighbor_key(rng, row.town[position])),
            replace_letters(row.town, position, row.town[position] * 2),
        )
    )
    joined = _letters(town)
    is_ambiguous = any(OSA.distance(joined, _letters(other)) <= 2 for other in addresses.towns if other != row.town)
    return (
        None if is_ambiguous or joined == _letters(row.town) else f"{write_address(row)}{rng.choice((', ', ' '))}{town}"
    )


def _letters(text: str) -> str:
    return re.sub("[^A-Z]", "", text.upper())


def _rear_first(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    if row.letter != "R" or row.high or row.frac or row.unit:
        return None
    return f"{row.number}{rng.choice((' ', '-', ''))}rear {row.street_text}"


def _ordinal_apart(_: Random, row: AddressRow, __: AddressList) -> str | None:
    match = re.fullmatch(r"(\d+)(st|nd|rd|th)", row.name)
    if not match or not _is_plain(row) or not row.suffix:
        return None
    return write_address_with_name(row, f"{match[1]} {match[2]}")


def _ordinal_with_th(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    match = re.fullmatch(r"(\d+)(st|nd|rd|th)", row.name)
    if not match or not _is_plain(row):
        return None
    return write_address_with_name(
        row, match[1] + rng.choice([ending for ending in ("st", "nd", "rd", "th") if ending != match[2]])
    )


def _words_joined(_: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return an address with all words of its street in one, if it is no street's name."""
    street = "".join(row.street).replace(" ", "")
    is_name = any(
        street.upper().startswith(name.replace(" ", "")) and name != row.name.upper()
        for name in addresses.streets_by_name
    )
    if not _is_plain(row) or not (row.predir or row.postdir) or not row.name[0].isalpha() or is_name:
        return None
    return f"{row.number} {street.lower()}"


def _beginning_with_slip(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return a number and the beginning of a name with a slip, if no other street with the number begins like it."""
    name = _letters(row.name)
    if not _is_plain(row) or len(name) < 8 or not name.isalpha():
        return None
    beginning = name[: rng.randint(6, len(name) - 2)]
    position = rng.randrange(1, len(beginning))
    typed = replace_letters(beginning, position, choose_neighbor_key(rng, beginning[position].lower()).upper())
    others = [
        other
        for other in addresses.streets_by_name
        if (other, row.number) in addresses.rows_by_name_and_number and other != row.name.upper()
    ]
    is_ambiguous = typed == beginning or any(
        min(OSA.distance(typed, _letters(other)[: len(typed) + more]) for more in (-1, 0, 1)) < 3 for other in others
    )
    is_name = any(OSA.distance(typed, _letters(other)) < 3 for other in addresses.streets_by_name)
    return None if is_ambiguous or is_name else f"{row.number} {typed.lower()}"


def _make_locator_beginning(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
    """Return a query for the beginning of a parcel number, all but the last one to three characters."""
    beginning = row.parcel[: -rng.randint(1, 3)]
    parcels = sorted({other.parcel for other in addresses.rows if other.parcel.startswith(beginning)})
    if len(beginning) < 5 or len(parcels) > 5 or beginning in parcels:
        return None
    return Query(
        "beginning of a locator",
        beginning,
        tuple(parcels),
        row.parcel,
        may_be_exact=False,
        allowed_statuses=("prefix",),
    )


def _make_two_lots_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
    """Return a query for two lots of a street, with the street once or twice."""
    numbers = sorted({other.number for other in addresses.rows_by_street[row.street] if _is_plain(other)})
    later = [number for number in numbers if number > row.number]
    if not _is_plain(row) or not later or not row.name[0].isalpha() or row.number < 10:
        return None
    number = later[min(len(later) - 1, rng.randrange(4))]
    joiner = rng.choice(JOINERS)
    text = f"{row.number}{joiner}{number} {row.street_text}"
    if joiner.startswith(" ") and rng.random() < 0.5:
        text = f"{write_address(row)}{joiner}{number} {row.street_text}"
    told_parts = {"predir", "suffix", "postdir", "high", "frac", "letter", "unit"}
    second = next(
        other for other in addresses.rows_by_street[row.street] if other.number == number and _is_plain(other)
    )
    parcels = [*matching_parcels(row, addresses, told_parts), *matching_parcels(second, addresses, told_parts)]
    if any(other.high and other.number <= row.number <= other.high for other in addresses.rows_by_street[row.street]):
        return None
    return Query(
        "two lots",
        text,
        tuple(dict.fromkeys(parcels)),
        row.parcel,
        may_be_exact=False,
        allowed_statuses=("ambiguous", "corrected"),
    )


def _make_glued_block(_: Random, row: AddressRow, addresses: AddressList) -> Query | None:
    block_number = row.number - row.number % 100
    rows = [
        other
        for street in addresses.streets_by_name[row.name.upper()]
        if (street[0], street[2]) == (row.predir, row.suffix)
        for other in addresses.rows_by_street[street]
        if block_number <= other.number < block_number + 100
    ]
    lowest_number = min(other.number for other in rows)
    parcels = tuple(dict.fromkeys(other.parcel for other in rows if other.number == lowest_number))
    text = f"{block_number}blk {row.street_text}"
    query = Query("block glued", text, parcels, parcels[0], may_be_exact=False, allowed_statuses=("block",))
    return query if block_number else None


def _initials_of_a_person(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    words = [word for word in row.name.replace(".", "").split() if word not in TITLES]
    if len(words) < 3 or len(words) == len(row.name.split()) or not _is_plain(row):
        return None
    initials = [word[0] for word in words]
    names = (
        "".join(initials),
        " ".join([*initials[:-1], words[-1]]),
        "".join(initials[:-1]) + " " + words[-1],
        ". ".join([*initials[:-1], words[-1]]),
        " ".join(words),
        " ".join(words) + " Jr",
    )
    return write_address_with_name(row, rng.choice(names))


def _hyphen_for_and(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    return (
        write_address_with_name(row, row.name.replace(" and ", rng.choice(("-", " - "))))
        if " and " in row.name
        else None
    )


def _brackets_and_bars(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    if not _is_plain(row):
        return None
    forms = ("[{n}] {s}, {t}", "{n} {s} | {t}", "{n} {s}; {t}", "[{n} {s}] {t}", "{n} | {s} | {t}")
    return rng.choice(forms).format(n=row.number, s=row.street_text, t=row.town)


TYPED_KINDS: dict[str, QueryMaker] = {
    "unit glued": _make_typed_kind("unit glued", _glued_unit),
    "town with a slip": _make_typed_kind("town with a slip", _misspelled_town, hidden_parts=("zip",)),
    "rear first": _make_typed_kind("rear first", _rear_first),
    "ordinal apart": _make_typed_kind("ordinal apart", _ordinal_apart),
    "ordinal with a wrong ending": _make_typed_kind("ordinal with a wrong ending", _ordinal_with_th),
    "street in one word": _make_typed_kind("street in one word", _words_joined),
    "beginning with a slip": _make_typed_kind(
        "beginning with a slip", _beginning_with_slip, hidden_parts=(*PLACE_PARTS, "suffix", "predir", "postdir")
    ),
    "beginning of a locator": _make_locator_beginning,
    "two lots": _make_two_lots_query,
    "block glued": _make_glued_block,
    "initials of a person": _make_typed_kind("initials of a person", _initials_of_a_person),
    "hyphen for and": _make_typed_kind("hyphen for and", _hyphen_for_and),
    "brackets and bars": _make_typed_kind(
        "brackets and bars", _brackets_and_bars, hidden_parts=("zip",), may_be_exact=True
    ),
}
