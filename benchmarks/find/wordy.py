"""Kinds of queries with words around the address, or with its parts in an unusual order.

`benchmarks.find.kinds` includes `WORDY_KINDS`.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.lists import AddressList, AddressRow
from benchmarks.find.queries import Query, QueryMaker
from benchmarks.find.writing import (
    choose_letter_position,
    is_recognizable_misspelling,
    make_query,
    replace_letters,
    write_address,
    write_address_with_name,
)

PLACE_PARTS = ("town", "zip")
MISSPELT_SUFFIXES = {"Ave": "Avenu", "St": "Stret", "Rd": "Raod", "Blvd": "Boulevad", "Dr": "Drvie", "Pl": "Palce", "Ln": "Lnae", "Ct": "Cuort"}  # fmt: skip
SUFFIX_LIKE_WORDS = ("ave", "st", "rd", "park", "view", "terrace", "hill", "hills", "lake", "forest", "river")
TextWriter = Callable[[AddressRow], str]


def _make_plain_kind(
    kind: str,
    write_text: TextWriter,
    *,
    condition: Callable[[AddressRow, AddressList], bool] = lambda _, __: True,
    hidden_parts: tuple[str, ...] = PLACE_PARTS,
    may_be_exact: bool = False,
) -> QueryMaker:
    """Return a maker of queries for rows with only a number and a street, that meet the condition."""

    def make_row_query(_: Random, row: AddressRow, addresses: AddressList) -> Query | None:
        is_plain = not (row.high or row.frac or row.letter or row.unit) and row.name[0].isalpha()
        if not is_plain or not condition(row, addresses):
            return None
        return make_query(kind, write_text(row), row, addresses, hidden_parts=hidden_parts, may_be_exact=may_be_exact)

    return make_row_query


def _has_four_digits(row: AddressRow, _: AddressList) -> bool:
    """Return whether the number has four digits and the name does not begin with a suffix-like word."""
    return 1000 <= row.number <= 9999 and row.name.split()[0].lower() not in SUFFIX_LIKE_WORDS


def _has_two_different_pairs(row: AddressRow, addresses: AddressList) -> bool:
    """Return whether the number has two different pairs of digits. 40 40 would be 40 typed twice."""
    digits = str(row.number)
    return _has_four_digits(row, addresses) and digits[:2] != digits[2:]


def _is_next_number_free(row: AddressRow, addresses: AddressList) -> bool:
    """Return whether no address is between the number and the next one on its side."""
    taken_numbers = (number.number for number in addresses.rows_by_street[row.street])
    return row.number >= 10 and not any(row.number < number <= row.number + 2 for number in taken_numbers)


def _digits_as_letters(row: AddressRow) -> str:
    digits = str(row.number)
    return digits[:-1].replace("0", "O").replace("1", "l") + digits[-1]


def _number_within_name(row: AddressRow) -> str:
    return " ".join(filter(None, (row.predir, row.name, str(row.number), row.suffix)))


def _is_last_word_a_name(row: AddressRow, _: AddressList) -> bool:
    return bool(row.suffix) and row.name.split()[-1].lower() not in SUFFIX_LIKE_WORDS


def _make_consonants_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
    """Return a query without the vowels of the longest word, such as Plsnt."""
    del rng
    word = max(row.name.split(), key=len)
    consonants = word[0] + "".join(character for character in word[1:] if character.lower() not in "aeiou")
    similar_names = [name for name in addresses.streets_by_name if _is_beginning_alike(name, row.name)]
    if len(word) < 7 or len(consonants) < 4 or row.unit or len(similar_names) > 1:
        return None
    name = row.name.replace(word, consonants)
    return make_query(
        "vowels left out",
        write_address_with_name(row, name),
        row,
        addresses,
        hidden_parts=PLACE_PARTS,
        may_be_exact=False,
    )


def _is_beginning_alike(name: str, other: str) -> bool:
    return name[:3] == other[:3].upper() or name[:1] + name[2:4] == other[:1] + other[2:4].upper()


def _make_misspelt_query(rng: Random, row: AddressRow, addresses: AddressList) -> Query | None:
    suffix = MISSPELT_SUFFIXES.get(row.suffix)
    if suffix is None or row.unit or len(row.name) < 6:
        return None
    name = replace_letters(row.name, choose_letter_position(rng, row.name), "")
    if not is_recognizable_misspelling(row, addresses, name):
        return None
    text = write_address_with_name(replace(row, suffix=suffix), name)
    return make_query("name and suffix misspelt", text, row, addresses, hidden_parts=PLACE_PARTS, may_be_exact=False)


def _make_labeled_locator_query(_: Random, row: AddressRow, __: AddressList) -> Query:
    text = f"Parcel No. {row.parcel}"
    return Query("labelled locator", text, (row.parcel,), row.parcel, may_be_exact=False)


def _make_wordy_kinds() -> dict[str, QueryMaker]:
    plain_writers: dict[str, TextWriter] = {
        "words before": lambda row: f"vacant house opp {row.number} {row.street_text}",
        "on": lambda row: f"{row.number} on {row.street_text}",
        "the": lambda row: f"{row.number} the {row.street_text}",
        "slash": lambda row: f"{row.number}/{row.street_text}",
        "number twice": lambda row: f"{row.number} {row.number} {row.street_text}",
        "with a remark": lambda row: f"{write_address(row)} (vacant)",
    }
    four_digit_writers: dict[str, TextWriter] = {
        "thousands": lambda row: f"{row.number:,} {row.street_text}",
        "figures apart": lambda row: f"{str(row.number)[:2]} {str(row.number)[2:]} {row.street_text}",
    }
    next_free_writers: dict[str, TextWriter] = {
        "two numbers": lambda row: f"{row.number} & {row.number + 2} {row.street_text}",
        "two addresses": lambda row: f"{write_address(row)} and {row.number + 2} {row.street_text}",
    }
    makers = {kind: _make_plain_kind(kind, write_text) for kind, write_text in plain_writers.items()}
    makers |= {
        kind: _make_plain_kind(kind, write_text, condition=_has_four_digits)
        for kind, write_text in four_digit_writers.items()
    }
    makers["figures apart"] = _make_plain_kind(
        "figures apart", four_digit_writers["figures apart"], condition=_has_two_different_pairs
    )
    makers |= {
        kind: _make_plain_kind(kind, write_text, condition=_is_next_number_free)
        for kind, write_text in next_free_writers.items()
    }
    return makers


WORDY_KINDS: dict[str, QueryMaker] = {
    **_make_wordy_kinds(),
    "zip first": _make_plain_kind(
        "zip first", lambda row: f"{row.zip} {write_address(row)}", hidden_parts=("town",),
        condition=lambda row, _: bool(row.zip),
    ),
    "town first": _make_plain_kind(
        "town first", lambda row: f"{row.town}: {write_address(row)}", hidden_parts=("zip",),
        condition=lambda row, _: bool(row.town),
    ),
    "letters for figures": _make_plain_kind(
        "letters for figures", lambda row: f"{_digits_as_letters(row)} {row.street_text}",
        condition=lambda row, _: row.number > 99 and bool({"0", "1"} & {*str(row.number)[:-1]}),
    ),
    "number within": _make_plain_kind("number within", _number_within_name, condition=_is_last_word_a_name),
    "question": _make_plain_kind("question", lambda row: f"{write_address(row)}?", may_be_exact=True),
    "underscores": _make_plain_kind("underscores", lambda row: write_address(row).replace(" ", "_"), may_be_exact=True),
    "vowels left out": _make_consonants_query,
    "name and suffix misspelt": _make_misspelt_query,
    "labelled locator": _make_labeled_locator_query,
}  # fmt: skip
