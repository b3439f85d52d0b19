"""Kinds of query that are held back: no engine may be tuned against them, and they are reported apart."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.absent import FAR, _another
from benchmarks.find.lists import List, Row
from benchmarks.find.queries import Maker, Query
from benchmarks.find.writing import address, letter_at, misspelt, put, query

PHONE = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")  # letters that share a key
SHORT = {"Mount": "Mt", "Fort": "Ft", "Heights": "Hts"}  # as Publication 28 has them
EITHER = ("exact", "corrected", "ambiguous")
Written = Callable[[Random, Row, List], str | None]


def _held(
    kind: str, write: Written, *, town: bool = False, zip_: bool = False, exact: bool = True
) -> Maker:
    """Make a kind of which every part that is told is right; what is not as listed may not be called exact."""
    hidden = [part for part, told in (("town", town), ("zip", zip_)) if not told]

    def make(rng: Random, row: Row, addresses: List) -> Query | None:
        text = write(rng, row, addresses)
        if text is None:
            return None
        may = EITHER if exact else EITHER[1:]
        return query(kind, text, row, addresses, hidden=hidden, exact=exact, statuses=may)

    return make


def _vowel(rng: Random, name: str) -> str:
    places = [at for at in range(1, len(name)) if name[at].lower() in "aeiou"]
    if not places:
        return name
    at = rng.choice(places)
    return put(name, at, rng.choice([one for one in "aeiou" if one != name[at]]))


def _phone_key(rng: Random, name: str) -> str:
    at = letter_at(rng, name)
    key = next((key for key in PHONE if name[at].lower() in key), name[at].lower())
    return put(name, at, rng.choice([one for one in key if one != name[at].lower()] or [name[at]]))


def _plain(row: Row) -> bool:
    return not (row.high or row.frac or row.letter or row.unit)


def _marked(mark: str) -> Written:
    return lambda _, row, __: f"{mark}{address(row)}" if _plain(row) else None


def _town_first(_: Random, row: Row, __: List) -> str | None:
    return f"{row.town}, {address(row)}" if row.town else None


def _number_sign(_: Random, row: Row, __: List) -> str | None:
    return f"{row.road} #{row.number}" if _plain(row) else None


def _twice(_: Random, row: Row, __: List) -> str | None:
    return (
        f"{address(row)} {row.suffix}" if row.suffix and _plain(row) and not row.postdir else None
    )


def _unit_first(_: Random, row: Row, __: List) -> str | None:
    return f"Apt {row.unit}, {address(replace(row, unit=''))}" if row.unit else None


def _direction_joined(_: Random, row: Row, addresses: List) -> str | None:
    name = f"{row.predir}{row.name}"
    if not row.predir or name.upper() in addresses.called:
        return None
    return address(replace(row, predir="", name=name))


def _shortened(_: Random, row: Row, addresses: List) -> str | None:
    name = " ".join(SHORT.get(word, word) for word in row.name.split())
    if name == row.name or name.upper() in addresses.called:
        return None
    return address(replace(row, name=name))


def _zip_plus_four(rng: Random, row: Row, _: List) -> str | None:
    return f"{address(row)}, {row.zip}-{rng.randint(1000, 9999)}" if row.zip else None


def _odd_case(rng: Random, row: Row, _: List) -> str | None:
    signs = (rng.choice((sign.upper(), sign.lower())) for sign in address(row))
    return "  ".join("".join(signs).split())


HELD: dict[str, Maker] = {
    "town first": _held("town first", _town_first, town=True),
    "state and country": _held("state and country", lambda _, row, __: f"{address(row)}, MO, USA"),
    "odd case, doubled blanks": _held("odd case, doubled blanks", _odd_case),
    "suffix twice": _held("suffix twice", _twice),
    "comma behind the number": _held(
        "comma behind the number", lambda _, row, __: f"{row.house}, {row.road}" if _plain(row) else None
    ),
    "number with a sign, last": _held("number with a sign, last", _number_sign),
    "No.": _held("No.", _marked("No. ")),
    "house": _held("house", _marked("house ")),
    "at sign": _held("at sign", _marked("@ ")),
    "unit first": _held("unit first", _unit_first),
    "direction joined": _held("direction joined", _direction_joined, exact=False),
    "word shortened": _held("word shortened", _shortened),
    "ZIP+4": _held("ZIP+4", _zip_plus_four, zip_=True),
    "vowel swapped": misspelt("vowel swapped", _vowel),
    "phone key": misspelt("phone key", _phone_key),
    "last letter dropped": misspelt("last letter dropped", lambda _, name: name[:-1], least=6),
}  # fmt: skip


def _absent(kind: str, write: Written) -> Maker:
    def make(rng: Random, row: Row, addresses: List) -> Query | None:
        text = write(rng, row, addresses)
        return None if text is None else Query(kind, text, (), None, exact=False)

    return make


def _off(rng: Random, row: Row, addresses: List) -> str | None:
    return _another(row.number + rng.randint(FAR, 9 * FAR), row, addresses)


def _then(change: Callable[[str, Row], str]) -> Written:
    """Write a number that does not exist, in a form that is held back."""

    def write(rng: Random, row: Row, addresses: List) -> str | None:
        text = _off(rng, row, addresses)
        return None if text is None else change(text, row)

    return write


HELD_ABSENT: dict[str, Maker] = {
    "no such number, town first": _absent(
        "no such number, town first", _then(lambda text, row: f"{row.town}, {text}")
    ),
    "no such number, No.": _absent("no such number, No.", _then(lambda text, _: f"No. {text}")),
    "no such number, sign": _absent(
        "no such number, sign", _then(lambda text, _: re.sub(r"^(\d+) (.*)$", r"\2 #\1", text))
    ),
    "no such number, country": _absent(
        "no such number, country", _then(lambda text, _: f"{text.upper()}, MO, USA")
    ),
}  # fmt: skip
