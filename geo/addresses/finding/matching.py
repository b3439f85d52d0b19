"""Matching: from readings to the rows that they mean. Digits are a gate: no number is ever near enough."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from geo.addresses.finding.judging import Choice, Fault, Match, judge
from geo.addresses.gazetteer.index import NO_NUMBER, AddressIndex, folded
from geo.addresses.gazetteer.rows import town_of
from geo.addresses.reading.parsing import Reading
from geo.addresses.reading.words import fold

MOST_MEANT = 4  # addresses offered for a number with a wrong digit
MARK = 3  # the most that a mark of the number weighs that differs
NEAR = (
    100  # house numbers, a block: no address farther off is offered for one that is not on record
)


def choices(index: AddressIndex, readings: Iterable[Reading]) -> list[Choice]:
    """Give the streets that the readings may mean.

    Where a typed street exists as typed, no other is looked at: neither another suffix nor another
    direction of the same name.
    """
    found: dict[Choice, None] = {}
    for reading in dict.fromkeys(readings):
        for street, known in index.by_name.get(reading.street.name, ()):
            found[Choice(reading, street, known)] = None
        found.update(dict.fromkeys(_by_alias(index, reading)))
    if not found:
        return []
    least = min(choice.cost for choice in found)
    return [choice for choice in found if choice.cost == least]


def _by_alias(index: AddressIndex, reading: Reading) -> Iterator[Choice]:
    for street, town, written in index.aliases.get(fold(reading.line.street), ()):
        if not town or not reading.line.place or town == reading.line.place:
            yield Choice(reading, street, index.parts[street], written)


def matches(index: AddressIndex, chosen: Iterable[Choice]) -> list[Match]:
    """Give the best rows for the chosen streets: the number itself, or a range that holds it."""
    found = [match for choice in chosen for match in _of_choice(index, choice)]
    return best(index, found)


def _of_choice(index: AddressIndex, choice: Choice) -> Iterator[Match]:
    house = choice.reading.house
    if house is None:
        return
    alias_town = _alias_town(index, choice)
    first, last = index.span(choice.street, house.number)
    rows: Sequence[int] = range(first, last)
    if alias_town:
        rows = [row for row in rows if folded(town_of(index, row)) in alias_town]
    yield from judge(index, rows, choice)
    told = f"Number: {house} lies within"
    for row in ranges_holding(index, choice.street, house.number):
        text = f"{told} {index.number(row)}-{int(index.high[row])}, which is on record."
        yield from judge(index, [row], choice, ((3, text), *_lost(choice)))
    if house.high:
        first = bisect_left(index.keys, choice.street << 20 | house.number + 1)
        last = bisect_left(index.keys, choice.street << 20 | house.high + 1)
        for row in range(first, last):
            if (index.number(row) - house.number) % 2 == 0:
                text = f"Number: {house} is not on record; {index.number(row)} lies within it."
                yield from judge(index, [row], choice, ((6, text), *_lost(choice)))


def _alias_town(index: AddressIndex, choice: Choice) -> set[str]:
    """Give the towns in which an alias is used; empty when it is used in all."""
    if not choice.alias:
        return set()
    known = index.aliases.get(fold(choice.reading.line.street), ())
    towns = {town for street, town, _ in known if street == choice.street}
    return set() if "" in towns else towns


def _lost(choice: Choice) -> tuple[Fault, ...]:
    """Tell a fraction or letter that went unheeded since only the number was compared."""
    house = choice.reading.house
    if house and (mark := " ".join(filter(None, (house.frac, house.letter)))):
        return ((1, f"Number: {mark} was ignored."),)
    return ()


def ranges_holding(index: AddressIndex, street: int, number: int) -> list[int]:
    """Give the ranges that hold a number above their lower end; 4021-25 holds odd numbers only."""
    first = bisect_left(index.range_keys, street << 20 | max(0, number - index.longest_range))
    last = bisect_left(index.range_keys, street << 20 | number, first)
    if first == last:  # mostly so
        return []
    return [row for row in index.range_rows[first:last] if _holds(index, row, number)]


def _holds(index: AddressIndex, row: int, number: int) -> bool:
    lower, upper = index.number(row), index.high.item(row)
    return number <= upper and ((upper - lower) % 2 == 1 or (number - lower) % 2 == 0)


def best(index: AddressIndex, found: list[Match]) -> list[Match]:
    """Keep the least faulty, then those whose street is typed in full, then whole addresses.

    A whole address stands before its units only within the same street and town.
    """
    if not found:
        return []
    grave = min(match.grave for match in found)
    kept = [match for match in found if match.grave == grave]
    kept = [match for match in kept if not match.left_out] or _as_typed(found) + kept
    whole = {_block(index, match) for match in kept if match.whole}
    kept = [match for match in kept if match.whole or _block(index, match) not in whole]
    once = list({match.row: match for match in reversed(kept)}.values())[::-1]
    return sorted(once, key=lambda match: (match.left_out, not match.whole))


def _as_typed(found: list[Match]) -> list[Match]:
    """Give the rows on a street typed in full that have the number but for a mark: 4023 within 4021-4025.

    Others, on whose street a direction was left out, have the very number: neither can be left out.
    """
    near = [match for match in found if not match.left_out and match.grave <= MARK]
    grave = min((match.grave for match in near), default=0)
    return [match for match in near if match.grave == grave]


def _block(index: AddressIndex, match: Match) -> tuple[int, str]:
    return int(index.key[match.row]), town_of(index, match.row)


def nearest(index: AddressIndex, chosen: Iterable[Choice]) -> list[Match]:
    """Give the nearest addresses on the same side of the chosen streets, at most `NEAR` numbers off."""
    found = [pair for choice in chosen for pair in _near(index, choice)]
    if not found:
        return []
    least = min(grave for grave, _, _ in found)
    away = min(distance for grave, distance, _ in found if grave == least)
    return best(index, [m for grave, distance, m in found if (grave, distance) == (least, away)])


def _near(index: AddressIndex, choice: Choice) -> Iterator[tuple[int, int, Match]]:
    """Yield the nearest rows, with the grave faults of their place and how far their number is off."""
    house = choice.reading.house
    if house is None:
        return
    rows = np.arange(*index.span(choice.street))
    low = index.key[rows] & NO_NUMBER
    away = np.maximum(low - house.number, house.number - np.maximum(low, index.high[rows]))
    near = (low % 2 == house.number % 2) & (low != NO_NUMBER) & (away <= NEAR)
    rows, away = rows[near], away[near]
    for here in (_in_place(index, rows, choice.reading), np.full(len(rows), fill_value=True)):
        if here.any():
            least = int(away[here].min())
            for row in rows[here & (away == least)]:
                told = f"Number: {house} is not on record; {index.number(row)} is the nearest on the same side, {least} numbers away."
                for match in judge(index, [int(row)], choice, ((6, told),)):
                    yield match.grave, least, match
            return


def misdialled(index: AddressIndex, chosen: Iterable[Choice]) -> list[Match]:
    """Give the addresses whose number is the typed one but for two digits swapped, or one digit wrong."""
    found: list[Match] = []
    for choice in chosen:
        house = choice.reading.house
        for number in _standing(index, choice.street, house.number) if house else ():
            told = f"Number: {house} is not on record; did you mean {number}?"
            rows = range(*index.span(choice.street, number))
            found += judge(index, rows, choice, ((7, told),))
    least = min((match.grave for match in found), default=0)
    return list({one.row: one for one in found if one.grave == least}.values())[:MOST_MEANT]


def _standing(index: AddressIndex, street: int, number: int) -> list[int]:
    """Give those of the numbers that one wrong digit makes which stand on a street."""
    numbers = _misdialled(number)
    keys = numbers | street << 20
    at = np.minimum(index.key.searchsorted(keys), len(index) - 1)
    standing: list[int] = numbers[index.key[at] == keys].tolist()
    return standing


@lru_cache(1 << 12)  # the number stays while the street is typed
def _misdialled(number: int) -> np.ndarray:
    """Give the numbers with two neighbouring digits swapped, then those with one digit otherwise."""
    digits = str(number)
    swapped = [
        digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        for at in range(len(digits) - 1)
        if digits[at] != digits[at + 1]
    ]
    wrong = [
        digits[:at] + digit + digits[at + 1 :]
        for at in reversed(range(len(digits)))
        for digit in "0123456789"
        if digit != digits[at]
    ]
    return np.array([int(word) for word in swapped + wrong if word[0] != "0"], "int64")


def _in_place(index: AddressIndex, rows: Any, reading: Reading) -> Any:
    """Mark the rows in the typed town, all if none was typed."""
    if not reading.line.place:
        return np.full(len(rows), fill_value=True)
    kept = np.zeros(len(rows), dtype=bool)
    for column in ("town", "postal"):
        names = index.texts[column]
        codes = [code for code, name in enumerate(names) if folded(name) == reading.line.place]
        kept |= np.isin(getattr(index, column)[rows], codes)
    return kept


def of_block(index: AddressIndex, chosen: list[Choice], number: int) -> list[Match]:
    """Give the addresses of a hundred block, lowest number first."""
    low = number - number % 100
    found: list[Match] = []
    for choice in chosen:
        first = index.key.searchsorted(choice.street << 20 | low)
        last = index.key.searchsorted(choice.street << 20 | low + 100)
        found += judge(index, range(int(first), int(last)), choice)
    least = min(((match.grave, match.left_out) for match in found), default=0)
    rows = {one.row: one for one in found if (one.grave, one.left_out) == least}
    return sorted(rows.values(), key=lambda match: (index.number(match.row), match.row))
