"""Find: one entrance for whatever people type."""

import re
from collections.abc import Callable, Sequence

from geo.addresses.finding.answer import (
    Answer,
    Candidate,
    Status,
    none,
)
from geo.addresses.finding.completing import FEW, begun_elsewhere, completions
from geo.addresses.finding.judging import Choice, Match
from geo.addresses.finding.likening import alike
from geo.addresses.finding.matching import (
    NEAR,
    best,
    choices,
    matches,
    misdialled,
    nearest,
    of_block,
)
from geo.addresses.finding.named import (
    Found,
    by_crossing,
    by_crossing_alike,
    by_labelled_lot,
    by_landmark,
    by_lot,
    landmark,
    pairs,
)
from geo.addresses.finding.question import Question, best_once, candidates, each_once, status_of
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.reading.blocks import block_in
from geo.addresses.reading.mending import direction_apart, one_number, suffix_last
from geo.addresses.reading.parsing import readings, readings_of
from geo.addresses.reading.rewriting import number_alone
from geo.addresses.reading.text import plain, unusable, words
from geo.naming import slug
from geo.places import LonLat

_LONLAT = re.compile(
    r"\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*[, ]\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*"
)


def find(
    index: AddressIndex,
    query: str,
    *,
    limit: int = 10,
    near: LonLat | None = None,
    town: str | None = None,
) -> Answer:
    """Find the parcels that a query means: an address, a parcel number, a block, a crossing, a name.

    `exact` only where every typed part stands in the table; whatever was changed or ignored is told.
    Where several match, those in `town` (name or slug) come first, then those nearest to `near`.
    Never raises for what was typed: what cannot be read is `none`, with the reason.
    """
    if lonlat_in(query):
        return none(query, "The query is a place in degrees; it names no address.")
    reason = unusable(query)
    text = "" if reason else plain(query)
    limit = max(1, limit)
    asked = Question(index, query, text, near, slug(town) if town else None, limit)
    for answer in (by_lot,) if reason else _WAYS:  # a parcel's number may hold any mark
        status, found = answer(asked)
        if found:
            return Answer(query, status, tuple(found[:limit]))
    return none(query, reason or _why_nothing(asked))


def on_record(index: AddressIndex, query: str, *, limit: int) -> list[Candidate]:
    """Give the addresses that `find` would answer as they were typed, one or several; none where it would say else."""
    if lonlat_in(query) or unusable(query):
        return []
    asked = Question(index, query, plain(query))
    if any(way(asked)[1] for way in (by_lot, _by_block)):
        return []
    matched = _on_record(asked)
    found = _told(asked, matched)[1] if matched else []
    return [one for one in found[:limit] if one.status in ("exact", "ambiguous")]


def crossings(index: AddressIndex, query: str) -> list[Candidate]:
    """Give the crossings of two streets that `find` would answer; none where it would say else."""
    if lonlat_in(query) or unusable(query):
        return []
    asked = Question(index, query, plain(query))
    if not pairs(asked) or any(way(asked)[1] for way in (by_lot, _by_block, _by_address)):
        return []
    return by_crossing(asked)[1]


def lonlat_in(query: str) -> LonLat | None:
    """Read a query that is a longitude and a latitude in degrees, in either order; None when it is none.

    >>> lonlat_in("-90.3051, 38.7002"), lonlat_in("4900 Natural Bridge")
    (LonLat(lon=-90.3051, lat=38.7002), None)
    """
    if len(query) > 60 or "." not in query or not (found := _LONLAT.fullmatch(query)):
        return None
    first, second = float(found[1]), float(found[2])
    place = LonLat(first, second) if abs(second) <= 90 else LonLat(second, first)
    return place if abs(place.lon) <= 180 and abs(place.lat) <= 90 else None


def _block_streets(asked: Question) -> tuple[int, list[Choice]]:
    """Give the number of the block that a text names, and the streets that it may be on; none where it names none."""
    number, street = block_in(asked.text) or (0, "")
    streets = [one for one in readings(street, asked.index.places) if one.house is None]
    return number, choices(asked.index, streets) if street else []


def _by_block(asked: Question) -> Found:
    """List a block: "7300 blk Burrwood" is 7300 to 7399, lowest number first."""
    number, chosen = _block_streets(asked)
    found = of_block(asked.index, chosen, number)
    return "block", candidates(asked.index, found, "block", asked.most)


def _by_address(asked: Question) -> Found:
    """Find an address: the number itself, a range that holds it, else the nearest on its side."""
    if found := _on_record(asked):
        return _told(asked, found)
    if asked.streets and (done := one_number(asked.text)):
        again = asked.rewritten(done[0])
        if found := _on_record(again):
            return _told(again, [_also(match, done[1:]) for match in found])
    return _near(asked, asked.streets)


def _on_record(asked: Question) -> list[Match]:
    """Give the best rows for the number on the streets that a text may mean."""
    index = asked.index
    if not asked.readings:
        return []  # no number, no address
    lettered = [one for one in asked.readings if asked.is_lettered(one)]
    also = [match for match in matches(index, choices(index, lettered)) if not match.grave]
    return best(index, matches(index, asked.streets) + also)


def _told(asked: Question, found: list[Match]) -> Found:
    """Turn equally good matches into candidates: one is an answer, several are a question."""
    faulty = bool(found[0].grave)
    alone = status_of(1, changed=faulty)
    once = each_once(candidates(asked.index, found, alone))
    if len(once) == 1:
        return alone, once
    kind: Status = alone if all(match.grave for match in found) else "ambiguous"
    every = candidates(asked.index, found, kind)
    return "ambiguous", each_once(asked.order(every))


def _by_rewriting(asked: Question) -> Found:
    """Find an address that is glued together or in another order."""
    every = [*asked.rewritings]
    text, told = every[-1] if every else (asked.text, ())
    also = (
        rule(text) for rule in (direction_apart, suffix_last)
    )  # where that very one is on record
    every += [(done[0], (*told, done[1])) for done in also if done]
    if alone := number_alone(asked.text):
        every.append((alone[0], alone[1:]))
    for text, told in every:
        again = asked.rewritten(text)
        if found := _on_record(again):
            return _told(again, [_also(match, told) for match in found])
    return "none", []


def _also(match: Match, told: tuple[str, ...]) -> Match:
    return match._replace(grave=match.grave + len(told), faults=(*told, *match.faults))


def _by_likeness(asked: Question) -> Found:
    """Find an address on the street that is nearest in spelling, of those that have its number; else the nearest number."""
    if asked.streets:
        return "none", []  # where the typed street exists, no other is looked at
    text, told = asked.rewritings[-1] if asked.rewritings else (asked.text, ())
    again = asked.rewritten(text)
    if again.streets:
        return _near(again, again.streets, told)
    numbers = {one.house.number for one in again.readings if one.house}
    chosen = alike(asked.index, again.readings, sorted(numbers))
    if found := [_also(match, told) for match in matches(asked.index, chosen)]:
        return _told(again, found)
    begun = begun_elsewhere(asked.index, again.parted)
    chosen = [_completed(one) for one in begun] or alike(asked.index, again.readings)
    if found := [_also(match, told) for match in matches(asked.index, chosen)]:
        return _told(again, found)
    return _near(asked, chosen, told)


def _near(asked: Question, chosen: Sequence[Choice], told: tuple[str, ...] = ()) -> Found:
    """Give the nearest numbers on the same side, then those that one wrong digit makes."""
    if not chosen:
        return "none", []
    ways = [nearest(asked.index, chosen)]
    ways += [misdialled(asked.index, chosen)] if len(chosen) <= FEW else []
    made = [
        candidates(asked.index, [_also(match, told) for match in matched], "nearest")
        for matched in ways
    ]
    return "nearest", each_once([one for some in made for one in asked.order(some)])


def _by_street_alike(asked: Question) -> Found:
    """Find the street that is nearest in spelling to one typed without a number."""
    if asked.readings:
        return "none", []
    chosen = alike(asked.index, [*readings_of(asked.parted)])
    return "prefix", best_once(asked, completions(asked.index, chosen), "prefix")


def _completed(choice: Choice) -> Choice:
    return choice._replace(read_as=" ".join(choice.reading.line.street).lower())


def _by_beginning(asked: Question) -> Found:
    """Find streets and landmarks that begin as typed: what is typed may not be finished."""
    found = best_once(asked, completions(asked.index, asked.begun), "prefix")
    named = asked.index.landmarks.beginning(asked.text, 5)
    return "prefix", [*found, *(landmark(one, "prefix") for one in named)]


_WAYS: tuple[Callable[[Question], Found], ...] = (
    *(by_lot, _by_block, _by_address, by_crossing, by_landmark),
    *(
        by_labelled_lot,
        _by_rewriting,
        _by_beginning,
        _by_likeness,
        _by_street_alike,
        by_crossing_alike,
    ),
)


def _why_nothing(asked: Question) -> str:
    """Say why nothing was found, and what would help."""
    if all(word.isdigit() for word in words(asked.text)):
        return "A number alone names no place, and no parcel has it; add the street."
    number, chosen = _block_streets(asked)
    if chosen:
        label = asked.index.labels[chosen[0].street]
        return f"{label} has no address on record in its {number - number % 100} block."
    if asked.streets:
        label = asked.index.labels[asked.streets[0].street]
        return f"{label} has no such number on record, nor one within {NEAR} on the same side."
    if set(words(asked.text)) & {"&", "@"} or any(map(asked.index.crossings.named, pairs(asked))):
        return "No crossing of these two streets is on record."
    line = next((line for _, line in asked.parted), None)
    street = " ".join(line.street) if line else asked.text
    return f"No street on record is called “{street.title()}”."
