"""Kinds of queries for addresses that do not exist. An engine that calls a result exact is wrong.

`benchmarks.find.run` makes the queries of `ABSENT_KINDS`.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.lists import AddressList, AddressRow
from benchmarks.find.queries import Query, QueryMaker
from benchmarks.find.writing import LETTERS, choose_letter_position, choose_neighbor_key, replace_letters, write_address

FAR_NUMBERS = 500  # least difference of a house number far away


def _make_absent_kind(kind: str, write_text: Callable[[Random, AddressRow, AddressList], str | None]) -> QueryMaker:
    def make_row_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        text = write_text(rng, row, addresses)
        return None if text is None else Query(kind, text, (), None, may_be_exact=False)

    return make_row_query


def _is_number_taken(number: int, row: AddressRow, addresses: AddressList) -> bool:
    """Return whether a number exists on any street of a row's name, alone or within a range."""
    name = row.name.upper()
    rows = (
        other
        for street in addresses.rows_by_street
        if street[1].upper() == name or street[1].upper().startswith(f"{name} ")
        for other in addresses.rows_by_street[street]
    )
    return any(other.number <= number <= max(other.number, other.high) for other in rows)


def _with_number(number: int, row: AddressRow, addresses: AddressList) -> str | None:
    if number < 1 or _is_number_taken(number, row, addresses):
        return None
    return write_address(replace(row, number=number, high=0, frac="", letter="", unit=""))


def _nearby_number(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    return _with_number(row.number + rng.choice((-6, -4, -2, -1, 1, 2, 4, 6)), row, addresses)


def _far_number(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    return _with_number(row.number + rng.randint(FAR_NUMBERS, 20 * FAR_NUMBERS), row, addresses)


def _swapped_digits(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    digits = str(row.number)
    index = rng.randrange(len(digits) - 1) if len(digits) > 1 else 0
    return _with_number(int(digits[:index] + digits[index : index + 2][::-1] + digits[index + 2 :]), row, addresses)


def _wrong_digit(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    digits = str(row.number)
    index = rng.randrange(len(digits))
    return _with_number(int(digits[:index] + str(rng.randint(0, 9)) + digits[index + 1 :]), row, addresses)


def _extra_digit(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    return _with_number(row.number * 10 + rng.randint(0, 9), row, addresses)


def _unlisted_letter(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    same_number_rows = addresses.rows_by_name_and_number[row.name.upper(), row.number]
    listed_letters = {other.letter for other in same_number_rows} | {other.unit for other in same_number_rows}
    letter = rng.choice([candidate for candidate in "BCGHJKPQ" if candidate not in listed_letters])
    return write_address(replace(row, letter=letter, high=0, frac="", unit=""))


def _unlisted_half(_: Random, row: AddressRow, addresses: AddressList) -> str | None:
    if any(other.frac for other in addresses.rows_by_name_and_number[row.name.upper(), row.number]):
        return None
    return write_address(replace(row, frac="1/2", high=0, letter="", unit=""))


def _unlisted_unit(rng: Random, row: AddressRow, __: AddressList) -> str | None:
    return write_address(replace(row, unit=f"{rng.randint(60, 99)}{rng.choice('XYZ')}"))


def _unlisted_suffix(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    listed_suffixes = {street[2] for street in addresses.streets_by_name[row.name.upper()]}
    others = [suffix for suffix in ("Ave", "St", "Rd", "Blvd", "Dr", "Ln", "Ct") if suffix not in listed_suffixes]
    return write_address(replace(row, suffix=rng.choice(others)))


def _unlisted_direction(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    listed_directions = {street[0] for street in addresses.streets_by_name[row.name.upper()]}
    others = [direction for direction in "NSEW" if direction not in listed_directions]
    name = f"{row.name} {row.suffix}".upper()
    is_unsuitable = any(
        f"{direction} {name}" in addresses.streets_by_name for direction in ("NORTH", "SOUTH", "EAST", "WEST")
    )
    is_unsuitable |= any(
        f"{direction} {row.name}".upper() in addresses.streets_by_name for direction in DIRECTION_WORDS.values()
    )
    allowed = [direction for direction in others if (row.name.upper(), row.number) in addresses.rows_by_name_and_number]
    listed_letters = {direction.letter for direction in addresses.rows_by_name_and_number[row.name.upper(), row.number]}
    allowed = [direction for direction in allowed if direction not in listed_letters]
    return None if is_unsuitable or not allowed else write_address(replace(row, predir=rng.choice(allowed)))


def _make_absent_number_kind(
    kind: str, write_text: Callable[[Random, AddressRow, AddressList], str | None], *, keeps_digits: bool
) -> QueryMaker:
    """Return a maker of queries for a number that does not exist. `keeps_digits`: the row's own number is meant."""

    def make_row_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        text = write_text(rng, row, addresses)
        if text is None:
            return None
        useful = _nearest_parcels(int(text.split()[0]), row, addresses) | ({row.parcel} if keeps_digits else set())
        return Query(kind, text, (), None, may_be_exact=False, useful_parcels=frozenset(useful))

    return make_row_query


def _nearest_parcels(number: int, row: AddressRow, addresses: AddressList) -> set[str]:
    """Return the parcels at the numbers of a row's street that are nearest to a number."""
    rows = addresses.rows_by_street[row.street]
    distances = [max(other.number - number, number - max(other.number, other.high)) for other in rows]
    return {other.parcel for other, distance in zip(rows, distances, strict=True) if distance == min(distances)}


DIRECTION_WORDS = {"N": "North", "S": "South", "E": "East", "W": "West"}


def _unlisted_town(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    same_number_rows = addresses.rows_by_name_and_number[row.name.upper(), row.number]
    listed_towns = {other.town for other in same_number_rows} | {other.postal_city for other in same_number_rows}
    return (
        f"{write_address(row)}, {rng.choice([other for other in addresses.towns if other not in listed_towns])}"
        if not listed_towns.issuperset(addresses.towns)
        else None
    )


def _unlisted_zip(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    code = str(rng.randint(63001, 63399))
    listed_zips = {other.zip for other in addresses.rows_by_name_and_number[row.name.upper(), row.number]}
    return None if code in listed_zips else f"{write_address(row)} {code}"


def _unlisted_name(
    change_name: Callable[[Random, str], str],
) -> Callable[[Random, AddressRow, AddressList], str | None]:
    def write_text(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
        name = change_name(rng, row.name)
        upper = name.upper()
        return (
            None
            if upper in addresses.streets_by_name or _fold_name(upper) == _fold_name(row.name.upper())
            else (write_address(replace(row, name=name)))
        )

    return write_text


def _fold_name(name: str) -> str:
    """Return a name with words that have two spellings in one spelling.

    >>> _fold_name("SAINT CHARLES ROCK"), _fold_name("NORTH HANLEY")
    ('ST CHARLES ROCK', 'N HANLEY')
    """
    words = {"SAINT": "ST", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W"}
    return " ".join(words.get(word, word) for word in name.split())


def _unlisted_ordinal(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return an address on another ordinal street, such as 67th for 66th."""
    if not row.name[0].isdigit():
        return None
    number = int("".join(character for character in row.name if character.isdigit())) + rng.choice((-1, 1, 10))
    if number < 1:
        return None
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    name = f"{number}{ending}"
    existing = addresses.rows_by_name_and_number.get((name.upper(), row.number))
    return None if existing else write_address(replace(row, name=name))


def _other_side_of_range(_: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return a number within a range, but on the other side of the street."""
    is_unsuitable = row.high - row.number < 2 or (row.high - row.number) % 2
    number = row.number + 1
    streets = addresses.streets_by_name[row.name.upper()]
    others = [other for street in streets for other in addresses.rows_by_street[street] if other != row]
    if is_unsuitable or any(
        other.number <= number <= max(other.number, other.high) and (other.high == 0 or other.high > 0)
        for other in others
    ):
        return None
    return write_address(replace(row, number=number, high=0, unit="", letter="", frac=""))


def _too_long_range(_: Random, row: AddressRow, __: AddressList) -> str | None:
    if not row.high:
        return None
    return write_address(replace(row, high=row.high + 40, unit="", letter="", frac=""))


def _number_of_other_street(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return a row's number on another street that does not have it."""
    other = rng.choice(addresses.rows)
    if other.name == row.name or _is_number_taken(row.number, other, addresses):
        return None
    return write_address(replace(other, number=row.number, high=0, frac="", letter="", unit=""))


def _name_with_extra_word(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    name = f"{rng.choice(('Old', 'New', 'Upper', 'Great'))} {row.name}"
    return None if name.upper() in addresses.streets_by_name else write_address(replace(row, name=name))


ABSENT_KINDS: dict[str, QueryMaker] = {
    "number beside": _make_absent_number_kind("number beside", _nearby_number, keeps_digits=False),
    "number far off": _make_absent_number_kind("number far off", _far_number, keeps_digits=False),
    "digits swapped": _make_absent_number_kind("digits swapped", _swapped_digits, keeps_digits=True),
    "wrong digit": _make_absent_number_kind("wrong digit", _wrong_digit, keeps_digits=True),
    "a digit more": _make_absent_number_kind("a digit more", _extra_digit, keeps_digits=True),
    "letter that is none": _make_absent_kind("letter that is none", _unlisted_letter),
    "half that is none": _make_absent_kind("half that is none", _unlisted_half),
    "unit that is none": _make_absent_kind("unit that is none", _unlisted_unit),
    "suffix that is none": _make_absent_kind("suffix that is none", _unlisted_suffix),
    "direction that is none": _make_absent_kind("direction that is none", _unlisted_direction),
    "another town": _make_absent_kind("another town", _unlisted_town),
    "another ZIP": _make_absent_kind("another ZIP", _unlisted_zip),
    "another ordinal": _make_absent_kind("another ordinal", _unlisted_ordinal),
    "other side of a range": _make_absent_kind("other side of a range", _other_side_of_range),
    "range too long": _make_absent_kind("range too long", _too_long_range),
    "number of another street": _make_absent_kind("number of another street", _number_of_other_street),
    "a word more": _make_absent_kind("a word more", _name_with_extra_word),
    "name with a slip": _make_absent_kind(
        "name with a slip",
        _unlisted_name(lambda rng, name: replace_letters(name, at := choose_letter_position(rng, name, 0), choose_neighbor_key(rng, name[at]))),
    ),
    "name with a letter less": _make_absent_kind(
        "name with a letter less", _unlisted_name(lambda rng, name: replace_letters(name, choose_letter_position(rng, name, 0), ""))
    ),
    "name with a letter more": _make_absent_kind(
        "name with a letter more",
        _unlisted_name(lambda rng, name: replace_letters(name, choose_letter_position(rng, name, 0), rng.choice(LETTERS), replaced_count=0)),
    ),
}  # fmt: skip
