"""Kinds of query for addresses that do not exist: whoever calls one of them exact is wrong."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.lists import List, Row
from benchmarks.find.queries import Maker, Query
from benchmarks.find.writing import LETTERS, address, letter_at, neighbour, put

FAR = 500  # house numbers


def _kind(kind: str, write: Callable[[Random, Row, List], str | None]) -> Maker:
    def make(rng: Random, row: Row, addresses: List) -> Query | None:
        text = write(rng, row, addresses)
        return None if text is None else Query(kind, text, (), None, exact=False)

    return make


def _taken(number: int, row: Row, addresses: List) -> bool:
    """Tell whether a number stands on any street of a row's name, alone or within a range."""
    name = row.name.upper()
    rows = (
        one
        for street in addresses.on
        if street[1].upper() == name or street[1].upper().startswith(f"{name} ")
        for one in addresses.on[street]
    )
    return any(one.number <= number <= max(one.number, one.high) for one in rows)


def _another(number: int, row: Row, addresses: List) -> str | None:
    if number < 1 or _taken(number, row, addresses):
        return None
    return address(replace(row, number=number, high=0, frac="", letter="", unit=""))


def _next(rng: Random, row: Row, addresses: List) -> str | None:
    return _another(row.number + rng.choice((-6, -4, -2, -1, 1, 2, 4, 6)), row, addresses)


def _far(rng: Random, row: Row, addresses: List) -> str | None:
    return _another(row.number + rng.randint(FAR, 20 * FAR), row, addresses)


def _swapped(rng: Random, row: Row, addresses: List) -> str | None:
    digits = str(row.number)
    at = rng.randrange(len(digits) - 1) if len(digits) > 1 else 0
    return _another(int(digits[:at] + digits[at : at + 2][::-1] + digits[at + 2 :]), row, addresses)


def _wrong_digit(rng: Random, row: Row, addresses: List) -> str | None:
    digits = str(row.number)
    at = rng.randrange(len(digits))
    return _another(int(digits[:at] + str(rng.randint(0, 9)) + digits[at + 1 :]), row, addresses)


def _more_digits(rng: Random, row: Row, addresses: List) -> str | None:
    return _another(row.number * 10 + rng.randint(0, 9), row, addresses)


def _letter(rng: Random, row: Row, addresses: List) -> str | None:
    same = addresses.numbered[row.name.upper(), row.number]
    letters = {one.letter for one in same} | {one.unit for one in same}
    mark = rng.choice([sign for sign in "BCGHJKPQ" if sign not in letters])
    return address(replace(row, letter=mark, high=0, frac="", unit=""))


def _half(_: Random, row: Row, addresses: List) -> str | None:
    if any(one.frac for one in addresses.numbered[row.name.upper(), row.number]):
        return None
    return address(replace(row, frac="1/2", high=0, letter="", unit=""))


def _unit(rng: Random, row: Row, __: List) -> str | None:
    return address(replace(row, unit=f"{rng.randint(60, 99)}{rng.choice('XYZ')}"))


def _suffix(rng: Random, row: Row, addresses: List) -> str | None:
    there = {street[2] for street in addresses.called[row.name.upper()]}
    others = [one for one in ("Ave", "St", "Rd", "Blvd", "Dr", "Ln", "Ct") if one not in there]
    return address(replace(row, suffix=rng.choice(others)))


def _direction(rng: Random, row: Row, addresses: List) -> str | None:
    there = {street[0] for street in addresses.called[row.name.upper()]}
    others = [one for one in "NSEW" if one not in there]
    name = f"{row.name} {row.suffix}".upper()
    odd = any(f"{one} {name}" in addresses.called for one in ("NORTH", "SOUTH", "EAST", "WEST"))
    odd |= any(f"{one} {row.name}".upper() in addresses.called for one in _WAYS.values())
    free = [one for one in others if (row.name.upper(), row.number) in addresses.numbered]
    lettered = {one.letter for one in addresses.numbered[row.name.upper(), row.number]}
    free = [one for one in free if one not in lettered]
    return None if odd or not free else address(replace(row, predir=rng.choice(free)))


_WAYS = {"N": "North", "S": "South", "E": "East", "W": "West"}


def _town(rng: Random, row: Row, addresses: List) -> str | None:
    same = addresses.numbered[row.name.upper(), row.number]
    there = {one.town for one in same} | {one.postal for one in same}
    return (
        f"{address(row)}, {rng.choice([one for one in addresses.towns if one not in there])}"
        if not there.issuperset(addresses.towns)
        else None
    )


def _zip(rng: Random, row: Row, addresses: List) -> str | None:
    code = str(rng.randint(63001, 63399))
    there = {one.zip for one in addresses.numbered[row.name.upper(), row.number]}
    return None if code in there else f"{address(row)} {code}"


def _name(change: Callable[[Random, str], str]) -> Callable[[Random, Row, List], str | None]:
    def write(rng: Random, row: Row, addresses: List) -> str | None:
        name = change(rng, row.name)
        upper = name.upper()
        return (
            None
            if upper in addresses.called or _alike(upper) == _alike(row.name.upper())
            else (address(replace(row, name=name)))
        )

    return write


def _alike(name: str) -> str:
    """Fold what two spellings of one word have in common, so that no such query is called absent."""
    words = {"SAINT": "ST", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W"}
    return " ".join(words.get(word, word) for word in name.split())


def _ordinal(rng: Random, row: Row, addresses: List) -> str | None:
    """Ask for another numbered street: 67th where there is 66th."""
    if not row.name[0].isdigit():
        return None
    number = int("".join(sign for sign in row.name if sign.isdigit())) + rng.choice((-1, 1, 10))
    if number < 1:
        return None
    ending = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    name = f"{number}{ending}"
    there = addresses.numbered.get((name.upper(), row.number))
    return None if there else address(replace(row, name=name))


def _parity(_: Random, row: Row, addresses: List) -> str | None:
    """Ask for a number of the other side within a range."""
    odd = row.high - row.number < 2 or (row.high - row.number) % 2
    number = row.number + 1
    streets = addresses.called[row.name.upper()]
    others = [one for street in streets for one in addresses.on[street] if one != row]
    if odd or any(
        one.number <= number <= max(one.number, one.high) and (one.high == 0 or one.high > 0)
        for one in others
    ):
        return None
    return address(replace(row, number=number, high=0, unit="", letter="", frac=""))


def _range(_: Random, row: Row, __: List) -> str | None:
    if not row.high:
        return None
    return address(replace(row, high=row.high + 40, unit="", letter="", frac=""))


def _two_streets(rng: Random, row: Row, addresses: List) -> str | None:
    """Put a number on another street, which has it not."""
    other = rng.choice(addresses.rows)
    if other.name == row.name or _taken(row.number, other, addresses):
        return None
    return address(replace(other, number=row.number, high=0, frac="", letter="", unit=""))


def _word_more(rng: Random, row: Row, addresses: List) -> str | None:
    name = f"{rng.choice(('Old', 'New', 'Upper', 'Great'))} {row.name}"
    return None if name.upper() in addresses.called else address(replace(row, name=name))


ABSENT: dict[str, Maker] = {
    "number beside": _kind("number beside", _next),
    "number far off": _kind("number far off", _far),
    "digits swapped": _kind("digits swapped", _swapped),
    "wrong digit": _kind("wrong digit", _wrong_digit),
    "a digit more": _kind("a digit more", _more_digits),
    "letter that is none": _kind("letter that is none", _letter),
    "half that is none": _kind("half that is none", _half),
    "unit that is none": _kind("unit that is none", _unit),
    "suffix that is none": _kind("suffix that is none", _suffix),
    "direction that is none": _kind("direction that is none", _direction),
    "another town": _kind("another town", _town),
    "another ZIP": _kind("another ZIP", _zip),
    "another ordinal": _kind("another ordinal", _ordinal),
    "other side of a range": _kind("other side of a range", _parity),
    "range too long": _kind("range too long", _range),
    "number of another street": _kind("number of another street", _two_streets),
    "a word more": _kind("a word more", _word_more),
    "name with a slip": _kind(
        "name with a slip",
        _name(lambda rng, name: put(name, at := letter_at(rng, name, 0), neighbour(rng, name[at]))),
    ),
    "name with a letter less": _kind(
        "name with a letter less", _name(lambda rng, name: put(name, letter_at(rng, name, 0), ""))
    ),
    "name with a letter more": _kind(
        "name with a letter more",
        _name(lambda rng, name: put(name, letter_at(rng, name, 0), rng.choice(LETTERS), over=0)),
    ),
}  # fmt: skip
