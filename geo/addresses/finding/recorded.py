"""What a whole workspace is asked: addresses, and the records in it that have a number, a name or a place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely

from geo.addresses.finding.answer import Answer, Candidate, Status, none
from geo.addresses.finding.find import find, lonlat_in
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.reading.text import unusable
from geo.naming import set_apart, slug
from geo.places import LonLat
from geo.spot import parcel_at
from geo.store.protocol import PUBLIC, Query, Reader, Record

KINDS = {"trees": "tree", "sites": "site", "inspections": "inspection"}
_CALLED = frozenset((*KINDS.values(), *KINDS, "case", "number", "no", "#", "id"))
_NAMES = ("common", "species", "kind", "code")  # by which people call a tree or an inspection
NEAR_M = 15.0
MOST = 200  # characters of a number
_WORD = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class Register:
    """A workspace as it is asked: its index, its records, their sources by layer, its towns by slug."""

    reader: Reader
    index: AddressIndex
    sources: Mapping[str, Sequence[str]]
    towns: Mapping[str, str]
    near_m: float = NEAR_M

    @classmethod
    def of(cls, reader: Reader, index: AddressIndex) -> "Register":
        """Take a workspace as it stands."""
        sources = sources_in(reader.status())
        towns = reader.query("municipalities", Query(), actor=PUBLIC)
        names = sorted(str(one.values["name"]) for one in towns)
        return cls(reader, index, sources, {slug(name): name for name in names})

    def find(
        self,
        query: str,
        *,
        today: date,
        limit: int = 10,
        near: LonLat | None = None,
        town: str | None = None,
    ) -> Answer:
        """Find as `find` does; also towns by name, trees, sites and cases by number, and the parcel at a place in degrees.

        Records stand before addresses that are not as typed. `today` tells which towns stand.
        """
        if place := lonlat_in(query):
            return self._at(query, place, today)
        answer = find(self.index, query, limit=limit, near=near, town=town)
        named = [*self._towns(query), *self._numbered(query)]
        if not named:
            return answer
        typed = answer.candidates if answer.status == "exact" else ()
        sure = (*typed, *named)
        if len(sure) > 1:
            sure = tuple(replace(one, status="ambiguous") for one in sure)
        every = (*sure, *(() if typed else answer.candidates))
        return Answer(query, "exact" if len(sure) == 1 else "ambiguous", every[:limit])

    def _towns(self, query: str) -> list[Candidate]:
        """Give the town of that name, hyphens or none."""
        if unusable(query):
            return []
        typed = slug(query).replace("-", "")
        found = [one for one in self.towns if one.replace("-", "") == typed]
        return [
            Candidate(
                None, self.towns[one], self.towns[one], None, None, "exact", kind="town", id=one
            )
            for one in found
        ]

    def _numbered(self, query: str) -> list[Candidate]:
        """Give the tree, else the site, and the inspections of that number or case."""
        number = _number_in(query)
        if number is None:
            return []
        trees = self._called("trees", number)
        sites = [] if trees else self._called("sites", number)
        cases = self._records("inspections", "case_id", _spelt(number))
        seen = {one.id: one for one in (*self._called("inspections", number), *cases)}
        found = {"trees": trees, "sites": sites, "inspections": [*seen.values()]}
        return [_candidate(layer, one) for layer, records in found.items() for one in records]

    def _called(self, layer: str, number: str) -> list[Record]:
        """Find the records of that number, whichever source they come from."""
        apart = (set_apart(one, name) for name in self.sources[layer] for one in _spelt(number))
        return self._records(layer, "id", (*_spelt(number), *apart))

    def _records(self, layer: str, field: str, values: Iterable[str]) -> list[Record]:
        query = Query(where={field: tuple(values)}, limit=25)
        return list(self.reader.query(layer, query, actor=PUBLIC))

    def _at(self, query: str, place: LonLat, today: date) -> Answer:
        """Give the parcel that lies at a place, or the nearest if it is near."""
        spot = parcel_at(self.reader, place, near_m=self.near_m, today=today)
        if spot.parcel is None:
            where = f"it is in {spot.town}" if spot.town else "it is in none of the towns loaded"
            return none(query, f"No parcel lies at this place; {where}.")
        away = f"the nearest is {spot.distance_m:.0f} m away"
        changes = (f"Place: no parcel lies here; {away}.",) if spot.how == "near" else ()
        status: Status = "nearest" if changes else "exact"
        address = spot.parcel.values.get("address")
        one = Candidate(
            spot.parcel.id, address, spot.town, place.lon, place.lat, status, changes, "parcel"
        )
        return Answer(query, status, (one,))


def sources_in(status: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Give the names of the sources of each layer whose records have numbers, from what `Reader.status` tells."""
    return {name: [one["name"] for one in status["layers"][name]["sources"]] for name in KINDS}


def _number_in(query: str) -> str | None:
    """Give what may be a record's number; words that say so go before it: tree 01-00001."""
    words = query.split()
    while len(words) > 1 and words[0].casefold().strip(".:") in _CALLED:
        words = words[1:]
    number = " ".join(words).lstrip("#")
    labelled = len(words) < len(query.split())
    if not any(sign.isdigit() for sign in number) or len(number) > MOST:
        return None
    # Words without a label are an address, as typed or half typed: those are not looked up as numbers.
    return None if len(words) > 1 and not labelled and _WORD.search(number) else number


def _spelt(number: str) -> tuple[str, ...]:
    """Give a number as typed and in capitals, as files write them."""
    return tuple(dict.fromkeys((number, number.upper())))


def _candidate(layer: str, one: Record) -> Candidate:
    values: Mapping[str, Any] = one.values
    name = next((str(values[field]) for field in _NAMES if values.get(field)), KINDS[layer])
    point = shapely.from_wkb(one.wkb) if one.wkb else None
    lon, lat = (None, None) if point is None or point.is_empty else (point.x, point.y)
    parcel = values.get("frontage_parcel_id") or values.get("parcel_id")
    return Candidate(
        parcel, name, values.get("town"), lon, lat, "exact", kind=KINDS[layer], id=one.id
    )
