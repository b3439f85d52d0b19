"""What has a name or number of its own: parcels, crossings of two streets, landmarks."""

import re
from dataclasses import replace

from geo.addresses.finding.answer import Candidate, Status, lot_candidate, point_candidate
from geo.addresses.finding.question import Question, status_of
from geo.addresses.gazetteer.crossings import Pair
from geo.addresses.gazetteer.landmarks import Landmark
from geo.addresses.reading.text import words
from geo.addresses.reading.words import CORNER, JOINS, LOT
from geo.places import LonLat

_CORNER = re.compile(rf"(?:{'|'.join(CORNER)})\s+")

Found = tuple[Status, list[Candidate]]


def by_lot(asked: Question) -> Found:
    """Find a parcel by its number, or by the number of before."""
    found = list(asked.index.lots.called(asked.query))
    same = [pair for pair in found if not pair[1]] or found
    status = status_of(len(same), changed=any(told for _, told in same))
    made = [lot_candidate(asked.index, lot, status, filter(None, [told])) for lot, told in same]
    return status, asked.order(made)


def by_labelled_lot(asked: Question) -> Found:
    """Find a parcel by its number behind words that say that it is one: parcel no. 10E620112."""
    parts = asked.text.split()
    count = next((at for at, part in enumerate(parts) if part not in LOT), 0)
    if not count:
        return "none", []
    status, found = by_lot(replace(asked, query=" ".join(parts[count:])))
    told = f"Left out: “{' '.join(parts[:count]).lower()}” was ignored."
    status = "corrected" if status == "exact" else status
    return status, [replace(one, status=status, changes=(told, *one.changes)) for one in found]


def by_crossing_alike(asked: Question) -> Found:
    """Find the crossing of two streets that are not finished or misspelt."""
    return _crossing(asked, alike=True)


def by_crossing(asked: Question) -> Found:
    """Find where two streets meet; "Lucas and Hunt" is one street, so every "and" is tried."""
    return _crossing(asked, alike=False)


def _crossing(asked: Question, *, alike: bool) -> Found:
    meet = asked.index.crossings.of
    found = [one for pair in pairs(asked) for one in meet(*pair, alike=alike)]
    fewest = min((len(one.changes) for one in found), default=0)
    made = [
        point_candidate(
            *(one.name, one.place),
            status="intersection",
            kind="intersection",
            town=asked.index.limits.town_at(one.place),
            changes=one.changes,
        )
        for one in dict.fromkeys(found)
        if len(one.changes) == fewest
    ]
    return "intersection", asked.order(made)


def pairs(asked: Question) -> list[Pair]:
    """Part a text at each word that may join two streets."""
    parts = [word for word in words(_CORNER.sub("", asked.text, count=1)) if word != ","]
    joins = [at for at, word in enumerate(parts) if word in JOINS]
    return [(tuple(parts[:at]), tuple(parts[at + 1 :])) for at in joins]


def by_landmark(asked: Question) -> Found:
    """Find a named place by its whole name."""
    found = asked.index.landmarks.called(asked.text)
    status = status_of(len(found), changed=False)
    return status, asked.order([landmark(one, status) for one in found])


def landmark(one: Landmark, status: Status) -> Candidate:
    """Make a candidate of a landmark."""
    place = None if one.lon is None or one.lat is None else LonLat(one.lon, one.lat)
    return point_candidate(one.name, place, status=status, kind="landmark", town=one.town)
