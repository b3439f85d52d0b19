"""Completing: streets whose names begin as typed, word by word: nat bridge is Natural Bridge Rd."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence

from geo.addresses.finding.judging import Choice, Match, judge
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.reading.parsing import Parted, Reading, Street
from geo.addresses.reading.words import begins, folded_word

_MOST_STREETS = 200
_MOST_UNNUMBERED = 60  # streets, where no number was typed
FEW = 3  # streets that begin as typed, of which the nearest number is told
_FIRST = 10  # addresses shown of streets typed without a number
_UNREAD = Street("", "", "", "")


def completions(index: AddressIndex, chosen: Sequence[Choice]) -> list[Match]:
    """Give addresses on streets that begin as typed; with a number, only those that have it."""
    found = [match for choice in chosen for match in _rows(index, choice, len(chosen))]
    least = min((match.grave for match in found), default=0)
    return list({match.row: match for match in found if match.grave == least}.values())


def begun(index: AddressIndex, parted: Iterable[Parted]) -> list[Choice]:
    """Give the streets that begin as typed and have the number that was typed."""
    return [
        Choice(Reading(house, _UNREAD, line), street, index.parts[street])
        for house, line in parted
        if not line.ignored
        for street in streets_beginning(
            index, line.street, index.having(house), _MOST_STREETS if house else _MOST_UNNUMBERED
        )
    ]


def begun_elsewhere(index: AddressIndex, parted: Iterable[Parted]) -> list[Choice]:
    """Give the streets that begin as typed, if they are few, whatever their numbers."""
    found = [
        Choice(Reading(house, _UNREAD, line), street, index.parts[street])
        for house, line in parted
        if house and not line.ignored
        for street in streets_beginning(index, line.street, most=FEW + 1)
    ]
    return found if len({one.street for one in found}) <= FEW else []


def _rows(index: AddressIndex, choice: Choice, streets: int) -> Iterator[Match]:
    house = choice.reading.house
    label, typed = index.labels[choice.street], " ".join(choice.reading.line.street).lower()
    other = typed != label.lower() and not choice.read_as
    told = [f"Street: “{typed}” was completed to {label}."] if other else []
    first, last = index.span(choice.street, house.number if house else None)
    if house is None:
        last = min(last, first + max(1, _FIRST // streets))
        told.append(f"Number: none was typed; these are the first on {label}.")
    for match in judge(index, range(first, last), choice):
        yield match._replace(faults=(*told, *match.faults)) if told else match


def streets_beginning(
    index: AddressIndex,
    typed: tuple[str, ...],
    among: Collection[int] | None = None,
    most: int = _MOST_STREETS,
) -> list[int]:
    """Give the streets whose words begin, in order, with the typed ones; all of them or those among some."""
    if not typed or len("".join(typed)) < 2:
        return []
    found: dict[int, None] = {}
    first, *rest = typed
    # A lone letter before other words is a word of its own: W Br is no beginning of Water Bridge.
    if rest and len(first) == 1:
        spans = [_of_second(index, first, rest[0])]
    else:
        spans = [_between(index, (first,), (f"{first}\uffff",))]
    if (one := folded_word(first)) != first or len(first) > 1:
        spans.append(_between(index, (one,), (f"{one} ",)))
    for span in spans:
        for at in span:
            street = index.spelt[at]
            if among is not None and street not in among:
                continue
            if not rest or begins(index.spellings[at][1:], rest):
                found[street] = None
                if len(found) == most:
                    return list(found)
    return list(found)


def _between(index: AddressIndex, start: tuple[str, ...], end: tuple[str, ...]) -> Iterable[int]:
    first = bisect_left(index.spellings, start)
    return range(first, bisect_left(index.spellings, end, first))


def _of_second(index: AddressIndex, first: str, second: str) -> Iterable[int]:
    """Give the places of spellings that have a first word, and a second that begins so or is the same folded."""
    one = folded_word(second)
    begun = _between(index, (first, second), (first, f"{second}\uffff"))
    same = _between(index, (first, one), (first, f"{one} "))
    return sorted({*begun, *same})
