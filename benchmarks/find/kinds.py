"""Kinds of queries for addresses that exist, as people type, hear and abbreviate them.

`benchmarks.find.run` makes the queries of `KINDS`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.lists import AddressList, AddressRow
from benchmarks.find.queries import Query, QueryMaker
from benchmarks.find.typed import TYPED_KINDS
from benchmarks.find.wordy import WORDY_KINDS
from benchmarks.find.writing import (
    LETTERS,
    choose_letter_position,
    choose_neighbor_key,
    is_recognizable_misspelling,
    make_misspelt_kind,
    make_query,
    replace_letters,
    write_address,
    write_address_with_name,
)

SUFFIX_SPELLINGS = {
    "Ave": ("Avenue", "Av", "Aven"), "St": ("Street", "Str", "St."), "Rd": ("Road", "Rd."), "Blvd": ("Boulevard", "Boul"),
    "Pl": ("Place",), "Dr": ("Drive", "Drv"), "Ln": ("Lane",), "Ct": ("Court",), "Ter": ("Terrace", "Terr"), "Pkwy": ("Parkway", "Pky"),
    "Cir": ("Circle",), "Way": ("Way",),
}  # fmt: skip
DIRECTION_WORDS = {"N": "North", "S": "South", "E": "East", "W": "West"}
SOUND_SWAPS = (
    ("ph", "f"), ("ck", "k"), ("ll", "l"), ("tt", "t"), ("ss", "s"), ("nn", "n"), ("rr", "r"), ("ei", "ie"), ("ie", "ei"), ("ee", "ea"), ("ea", "ee"),
    ("y", "i"), ("c", "k"), ("k", "c"), ("z", "s"), ("f", "ph"), ("ou", "u"), ("x", "ks"), ("sch", "sh"), ("gh", "g"), ("au", "o"), ("oo", "u"),
)  # fmt: skip
ONES_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS_WORDS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINAL_WORDS = {
    "1st": "First", "2nd": "Second", "3rd": "Third", "4th": "Fourth", "5th": "Fifth", "6th": "Sixth", "7th": "Seventh", "8th": "Eighth", "9th": "Ninth",
    "10th": "Tenth", "11th": "Eleventh", "12th": "Twelfth", "14th": "Fourteenth", "15th": "Fifteenth", "16th": "Sixteenth", "17th": "Seventeenth",
    "18th": "Eighteenth", "20th": "Twentieth", "21st": "Twenty First", "66th": "Sixty Sixth", "67th": "Sixty-Seventh",
}  # fmt: skip
PLACE_PARTS = ("town", "zip")
TextWriter = Callable[[Random, AddressRow, AddressList], str | None]


def _make_kind(
    kind: str,
    write_text: TextWriter,
    *,
    hidden_parts: tuple[str, ...] = PLACE_PARTS,
    may_be_exact: bool = True,
    statuses: tuple[str, ...] = (),
) -> QueryMaker:
    def make_row_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        text = write_text(rng, row, addresses)
        if text is None:
            return None
        return make_query(
            kind, text, row, addresses, hidden_parts=hidden_parts, may_be_exact=may_be_exact, statuses=statuses
        )

    return make_row_query


def _text_if(condition: bool, text: str) -> str | None:  # noqa: FBT001 - the call reads as a sentence
    return text if condition else None


def _with_suffix_spelling(rng: Random, row: AddressRow, first_spelling: int) -> str | None:
    spellings = (
        SUFFIX_SPELLINGS.get(row.suffix, ())[first_spelling:]
        if first_spelling
        else SUFFIX_SPELLINGS.get(row.suffix, ())[:1]
    )
    return write_address(replace(row, suffix=rng.choice(spellings))) if spellings else None


def _wrong_suffix(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    listed_suffixes = {street[2] for street in addresses.streets_by_name[row.name.upper()]}
    others = [suffix for suffix in ("Ave", "St", "Rd", "Blvd", "Dr", "Pl") if suffix not in listed_suffixes]
    return write_address(replace(row, suffix=rng.choice(others))) if row.suffix else None


def _wrong_direction(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    listed_directions = {street[0] for street in addresses.streets_by_name[row.name.upper()]}
    row_directions = {other.predir for other in addresses.rows_by_name_and_number[row.name.upper(), row.number]}
    others = (
        [direction for direction in DIRECTION_WORDS if direction not in listed_directions]
        if len(row_directions) == 1
        else []
    )
    text = write_address(replace(row, predir=rng.choice(others))) if others else None
    return text if f"{text}".count(" ") and row.name.split()[0] not in DIRECTION_WORDS.values() else None


def _wrong_town(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    same_number_rows = addresses.rows_by_name_and_number[row.name.upper(), row.number]
    listed_towns = {other.town for other in same_number_rows} | {other.postal_city for other in same_number_rows}
    others = [town for town in addresses.towns if town not in listed_towns]
    return f"{write_address(row)}, {rng.choice(others)}" if others else None


def _wrong_zip(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    listed_zips = {other.zip for other in addresses.rows_by_name_and_number[row.name.upper(), row.number]}
    others = [code for code in ("63101", "63130", "63188") if code not in listed_zips]
    return f"{write_address(row)} {rng.choice(others)}"


def _unknown_unit(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    units = {other.unit for other in addresses.rows_by_name_and_number[row.name.upper(), row.number]}
    return f"{write_address(row)} Apt {rng.randint(70, 99)}" if units == {""} else None


def _with_lone_unit(word: str) -> TextWriter:
    def write_text(_: Random, row: AddressRow, addresses: AddressList) -> str | None:
        same_number_rows = addresses.rows_by_name_and_number[row.name.upper(), row.number]
        units = {other.unit for other in same_number_rows}
        has_own_letter = any(other.letter == word[0].upper() for other in same_number_rows)  # the rear of 2735 is 2735R
        return f"{write_address(row)} {word}" if units == {""} and not has_own_letter else None

    return write_text


def _number_within_range(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return an address with a number inside a range that has no row of its own."""
    inner_numbers = range(row.number + 2, row.high + 1, 2)
    taken_numbers = {
        number
        for other in addresses.rows_by_street[row.street]
        for number in range(other.number, max(other.number, other.high) + 1)
        if other is not row
    }
    free_numbers = [number for number in inner_numbers if number not in taken_numbers]
    name = row.name.upper()
    others = [other for street in addresses.streets_by_name[name] for other in addresses.rows_by_street[street]]
    is_held_elsewhere = any(
        number in range(other.number, other.high + 1) for number in free_numbers for other in others if other != row
    )
    if not free_numbers or is_held_elsewhere or len(inner_numbers) > 50:
        return None
    return f"{rng.choice(free_numbers)} {row.street_text}"


def number_in_words(number: int) -> str | None:
    """Return a number as it is spoken in addresses, in pairs of digits, or None for other lengths.

    >>> number_in_words(4021), number_in_words(4005), number_in_words(4100), number_in_words(402)
    ('forty twenty one', 'forty oh five', 'forty one hundred', None)
    """
    if not 1000 <= number <= 9999:
        return None
    first, last = divmod(number, 100)
    first_words = _pair_in_words(first)
    if last == 0:
        return f"{first_words} hundred"
    return f"{first_words} {_pair_in_words(last)}" if last > 9 else f"{first_words} oh {ONES_WORDS[last]}"


def _pair_in_words(number: int) -> str:
    if number < 20:
        return ONES_WORDS[number]
    return TENS_WORDS[number // 10] + (f" {ONES_WORDS[number % 10]}" if number % 10 else "")


def _number_in_hundreds(_: Random, row: AddressRow, __: AddressList) -> str | None:
    if not 1000 <= row.number <= 9999 or row.number % 100 == 0 or _has_extra_parts(row):
        return None
    first, last = divmod(row.number, 100)
    return f"{_pair_in_words(first)} hundred {_pair_in_words(last)} {row.street_text}"


def _has_extra_parts(row: AddressRow) -> bool:
    return bool(row.high or row.frac or row.letter or row.unit)


def _swap_letters(rng: Random, name: str) -> str:
    position = choose_letter_position(rng, name[:-1])
    return (
        replace_letters(name, position, name[position + 1] + name[position], replaced_count=2)
        if name[position] != name[position + 1]
        else name
    )


def _replace_with_neighbor_key(rng: Random, name: str, first: int = 1) -> str:
    position = choose_letter_position(rng, name, first)
    return replace_letters(name, position, choose_neighbor_key(rng, name[position]))


def _swap_sounds(rng: Random, name: str) -> str:
    lower = name.lower()
    possible_swaps = [(old, new) for old, new in SOUND_SWAPS if lower.find(old, 1) > 0]
    if not possible_swaps:
        return name
    old, new = rng.choice(possible_swaps)
    position = lower.find(old, 1)
    return replace_letters(name, position, new, replaced_count=len(old))


def _word_beginnings(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return a number and the beginnings of a name's words, if they fit one street with the number."""
    words = row.name.split()
    if len(words) < 2 or _has_extra_parts(row) or any(len(word) < 4 for word in words):
        return None
    beginnings = [word[: rng.randint(3, len(word) - 1)] for word in words]
    matching_names = [
        name
        for name in addresses.streets_by_name
        if (name, row.number) in addresses.rows_by_name_and_number
        and len(name.split()) >= len(beginnings)
        and all(name_word.startswith(part.upper()) for name_word, part in zip(name.split(), beginnings, strict=False))
    ]
    return _text_if(len(matching_names) == 1, f"{row.number} {' '.join(beginnings)}")


def _name_beginning(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    """Return a number and the beginning of a name, if it fits one street with the number."""
    if _has_extra_parts(row) or len(row.name) < 6 or row.predir:
        return None
    beginning = row.name[: rng.randint(4, len(row.name) - 1)].strip()
    matching_names = [
        name
        for name in addresses.streets_by_name
        if (name, row.number) in addresses.rows_by_name_and_number and name.startswith(beginning.upper())
    ]
    return _text_if(
        len(matching_names) == 1 and beginning.upper() not in addresses.streets_by_name,
        f"{row.number} {beginning.lower()}",
    )


def _split_name(rng: Random, row: AddressRow, addresses: AddressList) -> str | None:
    if len(row.name) < 7 or " " in row.name or _has_extra_parts(row):
        return None
    position = rng.randint(3, len(row.name) - 3)
    if row.name[:position].upper() in addresses.streets_by_name:
        return None
    return write_address_with_name(row, f"{row.name[:position]} {row.name[position:]}")


def _join_name_words(_: Random, row: AddressRow, addresses: AddressList) -> str | None:
    name = row.name.replace(" ", "")
    is_unsuitable = (
        " " not in row.name or "." in row.name or _has_extra_parts(row) or name.upper() in addresses.streets_by_name
    )
    return None if is_unsuitable or row.name.lower().startswith(("st ", "dr ")) else write_address_with_name(row, name)


def _with_saint_word(word: str) -> TextWriter:
    def write_text(_: Random, row: AddressRow, __: AddressList) -> str | None:
        return _text_if(
            row.name.startswith(("St ", "St. ")), write_address_with_name(row, f"{word} {row.name.partition(' ')[2]}")
        )

    return write_text


def _with_ordinal(as_digits: bool) -> TextWriter:  # noqa: FBT001 - called by name
    def write_text(_: Random, row: AddressRow, __: AddressList) -> str | None:
        if not re.fullmatch(r"\d+(st|nd|rd|th)", row.name):
            return None
        if as_digits:
            return write_address_with_name(row, row.name[:-2])
        return write_address_with_name(row, ORDINAL_WORDS[row.name]) if row.name in ORDINAL_WORDS else None

    return write_text


def _with_and_word(word: str) -> TextWriter:
    return lambda _, row, __: _text_if(
        " and " in row.name, write_address_with_name(row, row.name.replace(" and ", word))
    )


def _make_locator_kind(kind: str, separator: str) -> QueryMaker:
    """Return a maker of queries for a parcel number, split between letters and digits by `separator`."""

    def make_row_query(_: Random, row: AddressRow, __: AddressList) -> Query | None:
        parts = re.findall(r"\d+|[A-Z]+", row.parcel)
        return Query(kind, separator.join(parts), (row.parcel,), row.parcel, may_be_exact=True)

    return make_row_query


def _make_block_query(_: Random, row: AddressRow, addresses: AddressList) -> Query | None:
    """Return a query for a hundred block. Its lowest address is the right result."""
    block_number = row.number - row.number % 100
    name, street_affixes = row.name.upper(), (row.predir, row.suffix)
    rows = [
        other
        for street in addresses.streets_by_name[name]
        if (street[0], street[2]) == street_affixes
        for other in addresses.rows_by_street[street]
        if block_number <= other.number < block_number + 100
    ]
    lowest_number = min(other.number for other in rows)
    lowest_parcels = tuple(dict.fromkeys(other.parcel for other in rows if other.number == lowest_number))
    text = f"{block_number or 1} blk {row.street_text}"
    return (
        Query("block", text, lowest_parcels, lowest_parcels[0], may_be_exact=False, allowed_statuses=("block",))
        if block_number
        else None
    )


def _make_asker_query(_: Random, row: AddressRow, addresses: AddressList) -> Query | None:
    """Return a query without a town, which the asker's own town decides."""
    towns = {other.town for other in addresses.rows_by_name_and_number[row.name.upper(), row.number]}
    town_query = make_query("asker's town", write_address(row), row, addresses, hidden_parts=("zip",))
    return replace(town_query, asker_town=row.town, allowed_statuses=()) if town_query and len(towns) > 1 else None


def _with_separator(separator: str) -> TextWriter:
    def write_text(_: Random, row: AddressRow, __: AddressList) -> str | None:
        is_unsuitable = row.frac or row.high or row.unit or row.letter
        return None if is_unsuitable else f"{row.house_number} {row.street_text}".replace(" ", separator)

    return write_text


KINDS: dict[str, QueryMaker] = {
    "as written": _make_kind("as written", lambda _, row, __: write_address(row)),
    "with town": _make_kind("with town", lambda _, row, __: write_address(row, with_town=True), hidden_parts=("zip",)),
    "with town and zip": _make_kind(
        "with town and zip", lambda _, row, __: write_address(row, with_town=True, with_zip=True), hidden_parts=()
    ),
    "with zip": _make_kind("with zip", lambda _, row, __: write_address(row, with_zip=True), hidden_parts=("town",)),
    "with state": _make_kind(
        "with state", lambda _, row, __: f"{write_address(row, with_town=True)}, MO {row.zip}", hidden_parts=()
    ),
    "lower case": _make_kind("lower case", lambda _, row, __: write_address(row).lower()),
    "upper case": _make_kind("upper case", lambda _, row, __: write_address(row).upper()),
    "no commas": _make_kind(
        "no commas", lambda _, row, __: f"{write_address(row)} {row.town} {row.zip}".lower(), hidden_parts=()
    ),
    "suffix in full": _make_kind("suffix in full", lambda rng, row, __: _with_suffix_spelling(rng, row, 0)),
    "other abbreviation": _make_kind("other abbreviation", lambda rng, row, __: _with_suffix_spelling(rng, row, 1)),
    "suffix left out": _make_kind(
        "suffix left out",
        lambda _, row, __: _text_if(not row.unit, write_address(replace(row, suffix=""))),
        hidden_parts=(*PLACE_PARTS, "suffix"),
    ),
    "direction in full": _make_kind(
        "direction in full",
        lambda _, row, __: _text_if(
            row.predir != "", write_address(replace(row, predir=DIRECTION_WORDS.get(row.predir, row.predir)))
        ),
    ),
    "direction with a dot": _make_kind(
        "direction with a dot",
        lambda _, row, __: _text_if(row.predir != "", write_address(replace(row, predir=f"{row.predir}."))),
    ),
    "direction left out": _make_kind(
        "direction left out",
        lambda _, row, __: _text_if(row.predir != "", write_address(replace(row, predir=""))),
        hidden_parts=(*PLACE_PARTS, "predir"),
    ),
    "wrong suffix": _make_kind(
        "wrong suffix", _wrong_suffix, hidden_parts=(*PLACE_PARTS, "suffix"), may_be_exact=False
    ),
    "wrong direction": _make_kind(
        "wrong direction", _wrong_direction, hidden_parts=(*PLACE_PARTS, "predir"), may_be_exact=False
    ),
    "wrong town": _make_kind("wrong town", _wrong_town, may_be_exact=False),
    "wrong zip": _make_kind("wrong zip", _wrong_zip, may_be_exact=False),
    "neighbouring key": make_misspelt_kind("neighbouring key", _replace_with_neighbor_key),
    "letters swapped": make_misspelt_kind("letters swapped", _swap_letters),
    "letter left out": make_misspelt_kind(
        "letter left out", lambda rng, name: replace_letters(name, choose_letter_position(rng, name), "")
    ),
    "letter doubled": make_misspelt_kind(
        "letter doubled", lambda rng, name: replace_letters(name, at := choose_letter_position(rng, name), name[at] * 2)
    ),
    "letter too much": make_misspelt_kind(
        "letter too much",
        lambda rng, name: replace_letters(
            name, choose_letter_position(rng, name), rng.choice(LETTERS), replaced_count=0
        ),
    ),
    "first letter": make_misspelt_kind(
        "first letter", lambda rng, name: replace_letters(name, 0, choose_neighbor_key(rng, name[0]))
    ),
    "first letter left out": make_misspelt_kind("first letter left out", lambda _, name: name[1:], min_length=6),
    "two slips": make_misspelt_kind(
        "two slips",
        lambda rng, name: _replace_with_neighbor_key(rng, _swap_letters(rng, name)),
        max_slips=2,
        min_length=9,
    ),
    "sounds alike": make_misspelt_kind("sounds alike", _swap_sounds, max_slips=2, min_length=6),
    "slip without a suffix": lambda rng, row, addresses: (
        make_query(
            "slip without a suffix",
            write_address_with_name(replace(row, suffix=""), name).lower(),
            row,
            addresses,
            hidden_parts=(*PLACE_PARTS, "suffix"),
            may_be_exact=False,
        )
        if not row.unit
        and len(row.name) > 5
        and is_recognizable_misspelling(row, addresses, name := _replace_with_neighbor_key(rng, row.name))
        else None
    ),
    "slip with town": lambda rng, row, addresses: (
        make_query(
            "slip with town",
            f"{write_address_with_name(row, name)}, {row.town}",
            row,
            addresses,
            hidden_parts=("zip",),
            may_be_exact=False,
        )
        if not row.unit
        and len(row.name) > 5
        and is_recognizable_misspelling(row, addresses, name := _swap_letters(rng, row.name))
        else None
    ),
    "unit": _make_kind("unit", lambda _, row, __: _text_if(row.unit != "", write_address(row))),
    "unit with #": _make_kind(
        "unit with #", lambda _, row, __: _text_if(row.unit != "", write_address(row, unit_word="#"))
    ),
    "unit behind a comma": _make_kind(
        "unit behind a comma", lambda _, row, __: _text_if(row.unit != "", write_address(row, unit_word=",Unit"))
    ),
    "unknown unit": _make_kind("unknown unit", _unknown_unit, may_be_exact=False),
    "basement": _make_kind("basement", _with_lone_unit("basement"), may_be_exact=False),
    "rear": _make_kind(
        "rear", _with_lone_unit("rear"), may_be_exact=False, statuses=("corrected", "ambiguous", "exact")
    ),
    "floor": _make_kind("floor", _with_lone_unit("2nd floor"), may_be_exact=False),
    "range": _make_kind("range", lambda _, row, __: _text_if(row.high > 0, write_address(row))),
    "range in brief": _make_kind(
        "range in brief",
        lambda _, row, __: _text_if(
            row.high > 0 and row.high // 100 == row.number // 100 and not row.letter and not row.unit,
            f"{row.number}-{row.high % 100:02d} {row.street_text}",
        ),
    ),
    "within a range": _make_kind("within a range", _number_within_range, may_be_exact=False),
    "half": _make_kind("half", lambda _, row, __: _text_if(row.frac != "", write_address(row))),
    "half as one sign": _make_kind(
        "half as one sign",
        lambda _, row, __: _text_if(row.frac == "1/2" and not row.letter, f"{row.number}½ {row.street_text}"),
    ),
    "half with a hyphen": _make_kind(
        "half with a hyphen",
        lambda _, row, __: _text_if(row.frac != "" and not row.letter, f"{row.number}-{row.frac} {row.street_text}"),
    ),
    "letter": _make_kind("letter", lambda _, row, __: _text_if(row.letter != "", write_address(row))),
    "letter apart": _make_kind(
        "letter apart",
        lambda _, row, __: _text_if(
            row.letter != "" and not row.high and not row.frac, f"{row.number} {row.letter} {row.street_text}"
        ),
    ),
    "beginning": _make_kind(
        "beginning",
        _name_beginning,
        hidden_parts=(*PLACE_PARTS, "suffix", "predir", "postdir"),
        statuses=("prefix", "ambiguous", "corrected", "exact"),  # cres is short for crescent
    ),
    "beginnings of words": _make_kind(
        "beginnings of words",
        _word_beginnings,
        hidden_parts=(*PLACE_PARTS, "suffix", "predir", "postdir"),
        statuses=("prefix", "ambiguous", "corrected"),
    ),
    "spoken": _make_kind(
        "spoken",
        lambda _, row, __: _text_if(
            not _has_extra_parts(row) and number_in_words(row.number) is not None,
            f"{number_in_words(row.number)} {row.street_text}",
        ),
        statuses=("exact", "corrected", "ambiguous"),
    ),
    "spoken in hundreds": _make_kind(
        "spoken in hundreds", _number_in_hundreds, statuses=("exact", "corrected", "ambiguous")
    ),
    "direction behind": _make_kind(
        "direction behind",
        lambda _, row, __: _text_if(
            row.predir != "" and not row.unit, f"{write_address(replace(row, predir=''))} {row.predir}"
        ),
        may_be_exact=False,
    ),
    "number last": _make_kind(
        "number last",
        lambda _, row, __: _text_if(
            not _has_extra_parts(row) and not row.name[0].isdigit(), f"{row.street_text} {row.number}"
        ),
        statuses=("exact", "corrected", "ambiguous"),
    ),
    "number glued": _make_kind(
        "number glued",
        lambda _, row, __: _text_if(
            not _has_extra_parts(row) and not row.name[0].isdigit() and len(row.name) > 4 and not row.predir,
            f"{row.number}{row.street_text}",
        ),
        statuses=("exact", "corrected", "ambiguous"),
    ),
    "dots for spaces": _make_kind("dots for spaces", _with_separator(".")),
    "hyphens for spaces": _make_kind("hyphens for spaces", _with_separator("-")),
    "words joined": _make_kind("words joined", _join_name_words, may_be_exact=False),
    "word split": _make_kind("word split", _split_name, may_be_exact=False),
    "saint in full": _make_kind("saint in full", _with_saint_word("Saint")),
    "saint with a dot": _make_kind("saint with a dot", _with_saint_word("St.")),
    "sainte": _make_kind("sainte", _with_saint_word("Ste"), may_be_exact=False),
    "doctor": _make_kind(
        "doctor",
        lambda _, row, __: _text_if(row.name.startswith("Dr "), write_address_with_name(row, f"Doctor {row.name[3:]}")),
    ),
    "ordinal without ending": _make_kind(
        "ordinal without ending",
        _with_ordinal(as_digits=True),
        may_be_exact=False,
        statuses=("corrected", "ambiguous", "prefix"),
    ),
    "ordinal in words": _make_kind("ordinal in words", _with_ordinal(as_digits=False)),
    "& for and": _make_kind("& for and", _with_and_word(" & ")),
    "n for and": _make_kind("n for and", _with_and_word(" n "), may_be_exact=False),
    "locator": _make_locator_kind("locator", ""),
    "locator with spaces": _make_locator_kind("locator with spaces", " "),
    "locator with hyphens": _make_locator_kind("locator with hyphens", "-"),
    "block": _make_block_query,
    "asker's town": _make_asker_query,
    **WORDY_KINDS,
    **TYPED_KINDS,
}
