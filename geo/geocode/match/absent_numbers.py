"""Answers to a house number that does not exist: its neighbors, the digit that was mistyped, the other street.

The geocoder calls `absent_number_matches`. No such answer is exact, and each says what is on record instead.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from geo.geocode.gazetteer.address_index import NO_NUMBER, AddressIndex, address_key
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.gazetteer.format_rows import house_of_row
from geo.geocode.match import penalties
from geo.geocode.match.candidates import best_matches, match_addresses
from geo.geocode.match.other_names import is_other_road
from geo.geocode.match.scoring import AddressMatch, StreetMatch, score_rows
from geo.geocode.parse.address_parser import ParsedAddress
from geo.language.translate import gettext

MAX_MISTYPED = 4  # addresses suggested for a number with a wrong digit
MAX_ON_OTHER_STREETS = 4  # addresses suggested with the number on another suffix or direction
MAX_NEIGHBORS = 3  # distances on the street for which addresses are suggested
NEAR_DISTANCE = 100  # in house numbers, one block: a number beyond it is far, which is told
MAX_STREETS_FOR_MISTYPED = 3  # with more streets, a number with one digit wrong says little


class Neighbor(NamedTuple):
    """A row near an absent number. `distance` is in house numbers."""

    is_other_side: bool
    distance: int
    match: AddressMatch


def absent_number_matches(
    index: AddressIndex, street_matches: Sequence[StreetMatch], parses: Iterable[ParsedAddress], *, any_distance: bool
) -> list[list[AddressMatch]]:
    """Return what may be meant by an absent number, the likelier lists first; within a list all are equally likely.

    They are neighbors within a block, a mistyped digit and the number on another street of that name. Without a
    neighbor within a block the closest ones come last, however far, if `any_distance` is set, else nothing is returned.
    """
    neighbors = neighbor_matches(index, street_matches, NEAR_DISTANCE)
    if not neighbors and not any_distance:
        return []
    mistyped = match_mistyped_numbers(index, street_matches) if len(street_matches) <= MAX_STREETS_FOR_MISTYPED else []
    others = [matches for matches in (mistyped, match_other_streets(index, street_matches, parses)) if matches]
    return [*neighbors, *others] if neighbors else [*others, *neighbor_matches(index, street_matches)]


def neighbor_matches(
    index: AddressIndex, street_matches: Iterable[StreetMatch], max_distance: int | None = None
) -> list[list[AddressMatch]]:
    """Return the addresses on the streets at the closest `MAX_NEIGHBORS` distances, a list for each.

    With a limit, the closest on the same side comes before closer ones on the other side, and none is farther than
    `max_distance` house numbers.
    """
    limit = NO_NUMBER if max_distance is None else max_distance
    neighbors = [one for street_match in street_matches for one in _neighbors_on_street(index, street_match, limit)]
    min_penalty = min((one.match.penalty for one in neighbors), default=0)
    neighbors = [one for one in neighbors if one.match.penalty == min_penalty]
    closest = min((one.distance for one in neighbors if not one.is_other_side), default=-1)
    groups: dict[tuple[bool, int, bool], list[AddressMatch]] = {}
    for one in neighbors:
        is_first = max_distance is not None and not one.is_other_side and one.distance == closest
        groups.setdefault((not is_first, one.distance, one.is_other_side), []).append(one.match)
    return [best_matches(index, groups[rank]) for rank in sorted(groups)[:MAX_NEIGHBORS]]


def _neighbors_on_street(index: AddressIndex, street_match: StreetMatch, max_distance: int) -> Iterator[Neighbor]:
    """Yield the next rows below and above the number on its side, and the closest row on the other side.

    Rows of a typed town come before all others.
    """
    house = street_match.parsed.house
    if house is None:
        return
    rows = np.arange(*index.row_range(street_match.street_id))
    low = index.key[rows] & NO_NUMBER
    steps = np.maximum(low - house.number, 0) - np.maximum(house.number - np.maximum(low, index.high[rows]), 0)
    is_close = (low != NO_NUMBER) & (abs(steps) <= max_distance)
    is_in_town = is_close & _mask_in_town(index, rows, street_match.parsed)
    is_wanted = is_in_town if is_in_town.any() else is_close
    rows, low, steps = rows[is_wanted], low[is_wanted], steps[is_wanted]
    is_same_side = low % 2 == house.number % 2
    closest = min((abs(int(step)) for step in _closest_steps(steps[is_same_side])), default=-1)
    for step in _closest_steps(steps[is_same_side]):
        yield from _score_neighbors(index, street_match, rows[is_same_side & (steps == step)], step, closest)
    other_steps = _closest_steps(steps[~is_same_side])
    for step in [step for step in other_steps if abs(step) == min(map(abs, other_steps))]:
        yield from _score_neighbors(index, street_match, rows[~is_same_side & (steps == step)], step, None)


def _closest_steps(steps: Any) -> list[int]:
    """Return the negative and the positive step closest to 0, those that exist.

    >>> _closest_steps(np.array([-8, -2, 4, 6])), _closest_steps(np.array([3]))
    ([-2, 4], [3])
    """
    below, above = steps[steps < 0], steps[steps >= 0]
    closest = [int(below.max())] if len(below) else []
    return [*closest, int(above.min())] if len(above) else closest


def _score_neighbors(
    index: AddressIndex, street_match: StreetMatch, rows: Any, step: int, closest: int | None
) -> Iterator[Neighbor]:
    """Yield the rows at one step from the number. `closest` is the least distance on its side, None on the other."""
    for row in rows.tolist():
        recorded, typed = str(house_of_row(index, row)), str(street_match.parsed.house)
        first, *more = _neighbor_texts(typed, recorded, abs(step), closest)
        mismatches = ((penalties.NUMBER_NOT_ON_RECORD, first), *((0, text) for text in more))
        for match in score_rows(index, [row], street_match, mismatches):
            yield Neighbor(closest is None, abs(step), match)


def _neighbor_texts(typed: str, recorded: str, distance: int, closest: int | None) -> tuple[str, ...]:
    """Return that a number is not on record and which one is, and the distance of one beyond a block.

    >>> _neighbor_texts("4023", "4025", 2, 2)
    ('Number 4023 is not on record; 4025 is the nearest on the same side.',)
    >>> _neighbor_texts("4433", "4900", 467, None)[1]
    'It is 467 numbers away.'
    """
    numbers = {"typed": typed, "recorded": recorded}
    if closest is None:
        text = gettext("Number %(typed)s is not on record; %(recorded)s is the nearest on the other side.", **numbers)
    elif distance == closest:
        text = gettext("Number %(typed)s is not on record; %(recorded)s is the nearest on the same side.", **numbers)
    else:
        text = gettext("Number %(typed)s is not on record; %(recorded)s is the next on the same side.", **numbers)
    if distance <= NEAR_DISTANCE:
        return (text,)
    return text, gettext("It is %(distance)s numbers away.", distance=distance)


def match_other_streets(
    index: AddressIndex, street_matches: Iterable[StreetMatch], parses: Iterable[ParsedAddress]
) -> list[AddressMatch]:
    """Return the addresses with the number on a street of the same name with another suffix or direction."""
    tried_ids = {street_match.street_id for street_match in street_matches}
    others = [
        StreetMatch(parsed, street_id, recorded)
        for parsed in parses
        for street_id, recorded in index.streets_by_name.get(parsed.street.name, ())
        if street_id not in tried_ids and not is_other_road(index, parsed.line.street, street_id, recorded.name)
    ]
    min_cost = min((other.mismatch_cost for other in others), default=0)
    return match_addresses(index, [other for other in others if other.mismatch_cost == min_cost])[:MAX_ON_OTHER_STREETS]


def match_mistyped_numbers(index: AddressIndex, street_matches: Iterable[StreetMatch]) -> list[AddressMatch]:
    """Return addresses with two digits of the typed number swapped, or one digit replaced."""
    matches: list[AddressMatch] = []
    for street_match in street_matches:
        house = street_match.parsed.house
        for number in _mistyped_numbers_on_street(index, street_match.street_id, house.number) if house else ():
            rows = range(*index.row_range(street_match.street_id, number))
            message = gettext("Number %(typed)s is not on record. Did you mean %(number)s?", typed=house, number=number)
            matches += score_rows(index, rows, street_match, ((penalties.NUMBER_MISTYPED, message),))
    min_penalty = min((match.penalty for match in matches), default=0)
    return list(
        {address_match.row: address_match for address_match in matches if address_match.penalty == min_penalty}.values()
    )[:MAX_MISTYPED]


def _mistyped_numbers_on_street(index: AddressIndex, street_id: int, number: int) -> list[int]:
    """Return the mistyped variants of a number that are on record on a street."""
    numbers = _mistyped_numbers(number)
    keys = address_key(street_id, numbers)
    positions = np.minimum(index.key.searchsorted(keys), len(index) - 1)
    recorded_numbers: list[int] = numbers[index.key[positions] == keys].tolist()
    return recorded_numbers


@lru_cache(1 << 12)  # the number stays the same while the street is typed
def _mistyped_numbers(number: int) -> np.ndarray:
    """Return a number with two neighboring digits swapped, then with one digit replaced, as int64 `(n,)`.

    >>> _mistyped_numbers(21)[:4].tolist()
    [12, 20, 22, 23]
    """
    digits = str(number)
    places = range(len(digits))
    swapped = [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in places[:-1]]
    replaced = [digits[:i] + digit + digits[i + 1 :] for i in reversed(places) for digit in "0123456789"]
    variants = [text for text in dict.fromkeys(swapped + replaced) if text[0] != "0" and text != digits]
    return np.array([int(text) for text in variants], "int64")


def _mask_in_town(index: AddressIndex, rows: Any, parsed: ParsedAddress) -> Any:
    """Return a mask of the rows in the typed town, all True if none was typed."""
    if not parsed.line.town_name:
        return np.full(len(rows), fill_value=True)
    mask = np.zeros(len(rows), dtype=bool)
    for column in ("town", "postal"):
        names = index.categories[column]
        codes = [code for code, name in enumerate(names) if fold_name(name) == parsed.line.town_name]
        mask |= np.isin(getattr(index, column)[rows], codes)
    return mask
