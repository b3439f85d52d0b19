"""Writing of addresses with some parts changed or left out, and the parcels that then fit.

The modules of kinds call `make_query`, `write_address` and `make_misspelt_kind`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

from rapidfuzz.distance import DamerauLevenshtein as Slips

from benchmarks.find.lists import AddressList, AddressRow
from benchmarks.find.queries import Query

STREET_PARTS = ("predir", "suffix", "postdir")
HOUSE_PARTS = ("high", "frac", "letter", "unit")
OPTIONAL_PARTS = ("predir", "suffix", "postdir", "unit", "letter", "town", "zip")
KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def matching_parcels(row: AddressRow, addresses: AddressList, told_parts: Iterable[str]) -> tuple[str, ...]:
    """Return the parcels of the rows with a row's name and number that agree in `told_parts`.

    Rows without further parts come before rows that have parts beyond those.

    >>> row = AddressRow("P1", 4021, 0, "", "", "", "Oak", "Ave", "", "", "Pagedale", "63133", "St. Louis")
    >>> addresses = AddressList((row, replace(row, parcel="P2", suffix="Ct"), replace(row, parcel="P3", unit="2")))
    >>> matching_parcels(row, addresses, ("suffix",)), matching_parcels(row, addresses, ("town",))
    (('P1',), ('P1', 'P2'))
    """
    told_set = set(told_parts)
    matches = addresses.rows_by_name_and_number[row.name.upper(), row.number]
    for part in told_set:
        matches = [other for other in matches if getattr(other, part) == getattr(row, part)]
    for parts in (STREET_PARTS, HOUSE_PARTS):
        untold_parts = [part for part in parts if part not in told_set]
        matches = [other for other in matches if not any(getattr(other, part) for part in untold_parts)] or matches
    return tuple(dict.fromkeys(other.parcel for other in matches))


def make_query(
    kind: str,
    text: str,
    row: AddressRow,
    addresses: AddressList,
    *,
    hidden_parts: Iterable[str] = (),
    may_be_exact: bool = True,
    statuses: tuple[str, ...] = (),
) -> Query | None:
    """Return a query with all parts but `hidden_parts`, or None if another row fits better."""
    told_parts = {*STREET_PARTS, *HOUSE_PARTS, "town", "zip"} - set(hidden_parts)
    parcels = matching_parcels(row, addresses, told_parts)
    if _is_within_typed_street(row, addresses, told_parts):
        return None
    if row.parcel not in parcels:
        return None
    is_ambiguous = len(parcels) > 1
    allowed_statuses = statuses or (("exact", "ambiguous") if may_be_exact else ("corrected", "ambiguous"))
    return Query(kind, text, parcels, row.parcel, may_be_exact and not is_ambiguous, allowed_statuses)


def _is_within_typed_street(row: AddressRow, addresses: AddressList, told_parts: set[str]) -> bool:
    """Return whether the street as typed exists and has the number within a range."""
    predir, suffix, postdir = (getattr(row, part) if part in told_parts else "" for part in STREET_PARTS)
    typed_street = (predir, row.name, suffix, postdir)
    rows = addresses.rows_by_street.get(typed_street, ()) if typed_street != row.street else ()
    return any(other.number <= row.number <= other.high for other in rows)


def write_address(row: AddressRow, *, unit_word: str = "Apt", with_town: bool = False, with_zip: bool = False) -> str:
    """Return an address as in a letter.

    >>> row = AddressRow("P1", 4021, 0, "", "R", "", "Oak", "Ave", "", "2", "Pagedale", "63133", "St. Louis")
    >>> write_address(row, with_town=True, with_zip=True)
    '4021R Oak Ave Apt 2, Pagedale 63133'
    """
    text = f"{row.house_number} {row.street_text}" + (f" {unit_word} {row.unit}" if row.unit else "")
    if with_town:
        text += f", {row.town}"
    return f"{text} {row.zip}" if with_zip else text


def write_address_with_name(row: AddressRow, name: str) -> str:
    """Return an address with another street name."""
    return write_address(replace(row, name=name))


def is_recognizable_misspelling(row: AddressRow, addresses: AddressList, name: str, *, max_slips: int = 1) -> bool:
    """Return whether a misspelled name still means this row's street, and no other street name.

    >>> row = AddressRow("P1", 4021, 0, "", "", "", "Hanley", "Rd", "", "", "Pagedale", "63133", "St. Louis")
    >>> addresses = AddressList((row, replace(row, name="Oakmont")))
    >>> is_recognizable_misspelling(row, addresses, "Hamley"), is_recognizable_misspelling(row, addresses, "Oakmont")
    (True, False)
    """
    typed_name, own_name = name.upper(), row.name.upper()
    if (
        typed_name == own_name
        or len(own_name) < 5
        or typed_name in addresses.streets_by_name
        or not own_name[0].isalpha()
    ):
        return False
    if any(character.isdigit() for character in own_name):
        return False
    limit = max(max_slips, Slips.distance(typed_name, own_name))
    close_names = (other for other in addresses.streets_by_name if abs(len(other) - len(typed_name)) <= limit + 1)
    return all(other == own_name or Slips.distance(typed_name, other) > limit + 1 for other in close_names)


def make_misspelt_kind(
    kind: str, change_name: Callable[[Random, str], str], *, max_slips: int = 1, min_length: int = 5
) -> Callable[[Random, AddressRow, AddressList], Query | None]:
    """Return a maker of queries with a misspelled name."""

    def make_query_of_row(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        if len(row.name) < min_length or row.unit:
            return None
        name = change_name(rng, row.name)
        if not is_recognizable_misspelling(row, addresses, name, max_slips=max_slips):
            return None
        # A name without its last letters may also count as an unfinished one.
        allowed_statuses = ("corrected", "ambiguous", "prefix")
        text, hidden_parts = write_address_with_name(row, name), ("town", "zip")
        return make_query(
            kind, text, row, addresses, hidden_parts=hidden_parts, may_be_exact=False, statuses=allowed_statuses
        )

    return make_query_of_row


def choose_letter_position(rng: Random, name: str, first: int = 1) -> int:
    """Return the random position of a letter, not before `first`.

    >>> choose_letter_position(Random(1), "66th St") in (2, 3, 5, 6)
    True
    """
    return rng.choice([position for position in range(first, len(name)) if name[position].isalpha()])


def choose_neighbor_key(rng: Random, character: str) -> str:
    """Return a neighboring key of a letter on the keyboard. Other characters stay the same.

    >>> choose_neighbor_key(Random(1), "q"), choose_neighbor_key(Random(1), "5")
    ('w', '5')
    """
    keyboard_row = next(
        (keyboard_row for keyboard_row in KEYBOARD_ROWS if character.lower() in keyboard_row), character.lower()
    )
    if len(keyboard_row) == 1:
        return character
    position = keyboard_row.index(character.lower())
    return rng.choice(
        [
            keyboard_row[neighbor_position]
            for neighbor_position in (position - 1, position + 1)
            if 0 <= neighbor_position < len(keyboard_row)
        ]
    )


def replace_letters(name: str, position: int, letters: str, *, replaced_count: int = 1) -> str:
    """Return a name with `letters` in place of `replaced_count` letters.

    >>> replace_letters("Hanley", 2, "m"), replace_letters("Hanley", 2, "n", replaced_count=0)
    ('Hamley', 'Hannley')
    """
    return name[:position] + letters + name[position + replaced_count :]
