"""Kinds of queries that are held back: no engine may be tuned on them, and they are reported separately.

`benchmarks.find.run` makes the queries of `HELD_KINDS` and `HELD_ABSENT_KINDS`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.absent import FAR_NUMBERS, _with_number
from benchmarks.find.lists import AddressList, AddressRow
from benchmarks.find.queries import Query, QueryMaker
from benchmarks.find.writing import (
    choose_letter_position,
    make_misspelt_kind,
    make_query,
    replace_letters,
    write_address,
)

PHONE_KEYS = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")  # letters that share a key
SHORT_WORDS = {"Mount": "Mt", "Fort": "Ft", "Heights": "Hts"}  # USPS Publication 28
ANY_FOUND_STATUS = ("exact", "corrected", "ambiguous")
TextWriter = Callable[[Random, AddressRow, AddressList], str | None]


def _make_held_kind(
    kind: str, write_text: TextWriter, *, tells_town: bool = False, tells_zip: bool = False, may_be_exact: bool = True
) -> QueryMaker:
    """Return a maker of queries with correct parts only, in a form that is held back.

    A query in a form that the list does not have may not be called exact.
    """
    hidden_parts = [part for part, is_told in (("town", tells_town), ("zip", tells_zip)) if not is_told]

    def make_row_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        text = write_text(rng, row, addresses)
        if text is None:
            return None
        statuses = ANY_FOUND_STATUS if may_be_exact else ANY_FOUND_STATUS[1:]
        return make_query(
            kind, text, row, addresses, hidden_parts=hidden_parts, may_be_exact=may_be_exact, statuses=statuses
        )

    return make_row_query


def _swap_vowel(rng: Random, name: str) -> str:
    positions = [position for position in range(1, len(name)) if name[position].lower() in "aeiou"]
    if not positions:
        return name
    position = rng.choice(positions)
    return replace_letters(name, position, rng.choice([vowel for vowel in "aeiou" if vowel != name[position]]))


def _swap_on_phone_key(rng: Random, name: str) -> str:
    position = choose_letter_position(rng, name)
    key = next((key for key in PHONE_KEYS if name[position].lower() in key), name[position].lower())
    return replace_letters(
        name, position, rng.choice([letter for letter in key if letter != name[position].lower()] or [name[position]])
    )


def _is_plain(row: AddressRow) -> bool:
    return not (row.high or row.frac or row.letter or row.unit)


def _with_prefix(prefix: str) -> TextWriter:
    return lambda _, row, __: f"{prefix}{write_address(row)}" if _is_plain(row) else None


def _town_first(_: Random, row: AddressRow, __: AddressList) -> str | None:
    return f"{row.town}, {write_address(row)}" if row.town else None


def _number_sign_last(_: Random, row: AddressRow, __: AddressList) -> str | None:
    return f"{row.street_text} #{row.number}" if _is_plain(row) else None


def _suffix_twice(_: Random, row: AddressRow, __: AddressList) -> str | None:
    return f"{write_address(row)} {row.suffix}" if row.suffix and _is_plain(row) and not row.postdir else None


def _unit_first(_: Random, row: AddressRow, __: AddressList) -> str | None:
    return f"Apt {row.unit}, {write_address(replace(row, unit=''))}" if row.unit else None


def _direction_glued_to_name(_: Random, row: AddressRow, addresses: AddressList) -> str | None:
    name = f"{row.predir}{row.name}"
    if not row.predir or name.upper() in addresses.streets_by_name:
        return None
    return write_address(replace(row, predir="", name=name))


def _shorten_words(_: Random, row: AddressRow, addresses: AddressList) -> str | None:
    name = " ".join(SHORT_WORDS.get(word, word) for word in row.name.split())
    if name == row.name or name.upper() in addresses.streets_by_name:
        return None
    return write_address(replace(row, name=name))


def _zip_plus_four(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    return f"{write_address(row)}, {row.zip}-{rng.randint(1000, 9999)}" if row.zip else None


def _mixed_case(rng: Random, row: AddressRow, _: AddressList) -> str | None:
    characters = (rng.choice((character.upper(), character.lower())) for character in write_address(row))
    return "  ".join("".join(characters).split())


HELD_KINDS: dict[str, QueryMaker] = {
    "town first": _make_held_kind("town first", _town_first, tells_town=True),
    "state and country": _make_held_kind("state and country", lambda _, row, __: f"{write_address(row)}, MO, USA"),
    "odd case, doubled blanks": _make_held_kind("odd case, doubled blanks", _mixed_case),
    "suffix twice": _make_held_kind("suffix twice", _suffix_twice),
    "comma behind the number": _make_held_kind(
        "comma behind the number", lambda _, row, __: f"{row.house_number}, {row.street_text}" if _is_plain(row) else None
    ),
    "number with a sign, last": _make_held_kind("number with a sign, last", _number_sign_last),
    "No.": _make_held_kind("No.", _with_prefix("No. ")),
    "house": _make_held_kind("house", _with_prefix("house ")),
    "at sign": _make_held_kind("at sign", _with_prefix("@ ")),
    "unit first": _make_held_kind("unit first", _unit_first),
    "direction joined": _make_held_kind("direction joined", _direction_glued_to_name, may_be_exact=False),
    "word shortened": _make_held_kind("word shortened", _shorten_words),
    "ZIP+4": _make_held_kind("ZIP+4", _zip_plus_four, tells_zip=True),
    "vowel swapped": make_misspelt_kind("vowel swapped", _swap_vowel),
    "phone key": make_misspelt_kind("phone key", _swap_on_phone_key),
    "last letter dropped": make_misspelt_kind("last letter dropped", lambda _, name: name[:-1], min_length=6),
}  # fmt: skip


def _make_absent_kind(kind: str, write_text: TextWriter) -> QueryMaker:
    def make_row_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        text = write_text(rng, row, addresses)
        return None if text is None else Query(kind, text, (), None, may_be_exact=False)

    return make_row_query


def _far_number(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    return _with_number(row.number + rng.randint(FAR_NUMBERS, 9 * FAR_NUMBERS), row, addresses)


def _rewrite_far_number(rewrite: Callable[[str, AddressRow], str]) -> TextWriter:
    """Return a writer of numbers that do not exist, in a form that is held back."""

    def write_text(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
        text = _far_number(rng, row, addresses)
        return None if text is None else rewrite(text, row)

    return write_text


HELD_ABSENT_KINDS: dict[str, QueryMaker] = {
    "no such number, town first": _make_absent_kind(
        "no such number, town first", _rewrite_far_number(lambda text, row: f"{row.town}, {text}")
    ),
    "no such number, No.": _make_absent_kind("no such number, No.", _rewrite_far_number(lambda text, _: f"No. {text}")),
    "no such number, sign": _make_absent_kind(
        "no such number, sign", _rewrite_far_number(lambda text, _: re.sub(r"^(\d+) (.*)$", r"\2 #\1", text))
    ),
    "no such number, country": _make_absent_kind(
        "no such number, country", _rewrite_far_number(lambda text, _: f"{text.upper()}, MO, USA")
    ),
}  # fmt: skip
