"""Search of a workspace: addresses, and also towns, trees, sites, inspections and coordinates.

The search box, the API and `lotleaf find` build a `WorkspaceSearch` and call its `find`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely

from geo.crs import LonLat
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.geocoder import find, parse_lonlat
from geo.geocode.match.geocode_result import Candidate, GeocodeResult, Status, not_found_result
from geo.geocode.parse.normalize_text import rejection_reason
from geo.identifiers import disambiguate_id, slugify
from geo.language.translate import gettext
from geo.reverse_geocode import reverse_geocode
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record

RECORD_KINDS = {"trees": "tree", "sites": "site", "inspections": "inspection"}
_RECORD_WORDS = frozenset((*RECORD_KINDS.values(), *RECORD_KINDS, "case", "number", "no", "#", "id"))
_NAME_FIELDS = ("common", "species", "kind", "code")  # first known one names a tree or an inspection
NEAR_M = 15.0
MAX_NUMBER_LENGTH = 200  # characters of a record number
_WORD_PATTERN = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class WorkspaceSearch:
    """A workspace ready for search: its store, address index, sources by layer and town names by slug.

    `near_m` is the largest distance in meters from typed coordinates to a parcel.
    """

    reader: Reader
    index: AddressIndex
    sources: Mapping[str, Sequence[str]]
    towns: Mapping[str, str]
    near_m: float = NEAR_M

    @classmethod
    def from_reader(cls, reader: Reader, index: AddressIndex) -> "WorkspaceSearch":
        """Return the search of a store with its current towns and sources."""
        sources = sources_by_layer(reader.status())
        towns = reader.query("municipalities", Query(), actor=PUBLIC)
        names = sorted(str(town.values["name"]) for town in towns)
        return cls(reader, index, sources, {slugify(name): name for name in names})

    def find(
        self, query: str, *, today: date, limit: int = 10, near: LonLat | None = None, town: str | None = None
    ) -> GeocodeResult:
        """Find like `geo.geocode.find`, and also records by number, towns by name and parcels at coordinates.

        Records come before addresses that are not exact. The name of a town means the town before a
        district of the same name. `today` selects the town boundaries in force.
        """
        if point := parse_lonlat(query):
            return self._parcel_at_point(query, point, today)
        result = self._without_vanished_parcels(find(self.index, query, limit=limit, near=near, town=town))
        towns = self._find_towns(query)
        record_candidates = [*towns, *self._find_records(query)]
        if not record_candidates:
            return result
        is_certain = result.status == "exact" and not (towns and result.candidates[0].kind == "district")
        exact_candidates = result.candidates if is_certain else ()
        certain = (*exact_candidates, *record_candidates)
        if len(certain) > 1:
            certain = tuple(replace(candidate, status="ambiguous") for candidate in certain)
        all_candidates = (*certain, *(() if exact_candidates else result.candidates))
        return GeocodeResult(query, "exact" if len(certain) == 1 else "ambiguous", all_candidates[:limit])

    def _without_vanished_parcels(self, result: GeocodeResult) -> GeocodeResult:
        """Return a result in which no candidate has a parcel that is gone. Such an address is a close match at most.

        An address point may name a parcel that no load holds any more.
        """
        vanished = {
            candidate.parcel_id
            for candidate in result.candidates
            if candidate.parcel_id is not None and self._is_vanished(candidate.parcel_id)
        }
        if not vanished:
            return result
        candidates = tuple(
            _without_parcel(candidate) if candidate.parcel_id in vanished else candidate
            for candidate in result.candidates
        )
        is_exact = result.status == "exact" and candidates[0].status == "exact"
        status: Status = "corrected" if result.status == "exact" and not is_exact else result.status
        return replace(result, status=status, candidates=candidates)

    def _is_vanished(self, parcel_id: str) -> bool:
        if self.reader.find_tombstone("parcels", parcel_id, actor=PUBLIC) is None:
            return False
        return not self.reader.count("parcels", Query(where={"id": (parcel_id,)}, limit=1), actor=PUBLIC)

    def _find_towns(self, query: str) -> list[Candidate]:
        """Return the town with that name or spoken name, hyphens ignored."""
        if rejection_reason(query):
            return []
        town_names = self.index.town_names
        name = town_names.aliases.get(fold_name(query))
        typed_slug = slugify(town_names[name] if name else query).replace("-", "")
        slugs = [town_slug for town_slug in self.towns if town_slug.replace("-", "") == typed_slug]
        return [
            Candidate(
                None, self.towns[town_slug], self.towns[town_slug], None, None, "exact", kind="town", id=town_slug
            )
            for town_slug in slugs
        ]

    def _find_records(self, query: str) -> list[Candidate]:
        """Return the tree, or else the planting site, with that number, and the inspections of that number or case."""
        number = _parse_record_number(query)
        if number is None:
            return []
        trees = self._records_with_number("trees", number)
        sites = [] if trees else self._records_with_number("sites", number)
        cases = self._query_records("inspections", "case_id", _number_spellings(number))
        inspections_by_id = {
            record.id: record for record in (*self._records_with_number("inspections", number), *cases)
        }
        records_by_layer = {"trees": trees, "sites": sites, "inspections": [*inspections_by_id.values()]}
        return [_record_candidate(layer, record) for layer, records in records_by_layer.items() for record in records]

    def _records_with_number(self, layer: str, number: str) -> list[Record]:
        """Return the records with that number, from any source."""
        source_ids = (
            disambiguate_id(spelling, source)
            for source in self.sources[layer]
            for spelling in _number_spellings(number)
        )
        return self._query_records(layer, "id", (*_number_spellings(number), *source_ids))

    def _query_records(self, layer: str, field: str, values: Iterable[str]) -> list[Record]:
        query = Query(where={field: tuple(values)}, limit=25)
        return list(self.reader.query(layer, query, actor=PUBLIC))

    def _parcel_at_point(self, query: str, point: LonLat, today: date) -> GeocodeResult:
        """Return the parcel that holds a point, or the nearest one within `near_m`."""
        parcel_result = reverse_geocode(self.reader, point, near_m=self.near_m, today=today)
        if parcel_result.parcel is None:
            return not_found_result(query, _no_parcel_reason(parcel_result.town))
        is_near = parcel_result.match_type == "near"
        changes = (gettext("No parcel is at this location; this is the nearest."),) if is_near else ()
        status: Status = "nearest" if changes else "exact"
        address = parcel_result.parcel.values.get("address")
        candidate = Candidate(
            parcel_result.parcel.id, address, parcel_result.town, point.lon, point.lat, status, changes, "parcel"
        )
        return GeocodeResult(query, status, (candidate,))


def _without_parcel(candidate: Candidate) -> Candidate:
    """Return a candidate whose parcel is gone: without it, and never exact.

    >>> _without_parcel(Candidate("10E1", "4021 Oak Ave", None, None, None, "exact")).changes
    ('Parcel 10E1 is no longer on record.',)
    """
    note = gettext("Parcel %(parcel)s is no longer on record.", parcel=candidate.parcel_id)
    status: Status = "corrected" if candidate.status == "exact" else candidate.status
    return replace(candidate, parcel_id=None, status=status, changes=(*candidate.changes, note))


def sources_by_layer(status: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Return the source names of each layer with numbered records, from `Reader.status`.

    >>> sources = {"trees": ["bel-nor/trees"], "sites": [], "inspections": []}
    >>> layers = {layer: {"sources": [{"name": name} for name in names]} for layer, names in sources.items()}
    >>> sources_by_layer({"layers": layers})["trees"]
    ['bel-nor/trees']
    """
    return {layer: [source["name"] for source in status["layers"][layer]["sources"]] for layer in RECORD_KINDS}


def _parse_record_number(query: str) -> str | None:
    """Return the record number in a query without the words before it, None if it holds none.

    >>> _parse_record_number("tree 01-00001"), _parse_record_number("#7"), _parse_record_number("401 Oak St")
    ('01-00001', '7', None)
    """
    words = query.split()
    while len(words) > 1 and words[0].casefold().strip(".:") in _RECORD_WORDS:
        words = words[1:]
    number = " ".join(words).lstrip("#")
    has_label = len(words) < len(query.split())
    if not any(character.isdigit() for character in number) or len(number) > MAX_NUMBER_LENGTH:
        return None
    # Several words without a label are an address, complete or not, and no record number.
    return None if len(words) > 1 and not has_label and _WORD_PATTERN.search(number) else number


def _number_spellings(number: str) -> tuple[str, ...]:
    """Return a number as typed and in capitals.

    >>> _number_spellings("t-7"), _number_spellings("T-7")
    (('t-7', 'T-7'), ('T-7',))
    """
    return tuple(dict.fromkeys((number, number.upper())))


def _record_candidate(layer: str, record: Record) -> Candidate:
    values: Mapping[str, Any] = record.values
    name = next((str(values[field]) for field in _NAME_FIELDS if values.get(field)), RECORD_KINDS[layer])
    point = shapely.from_wkb(record.wkb) if record.wkb else None
    lon, lat = (None, None) if point is None or point.is_empty else (point.x, point.y)
    parcel_id = values.get("frontage_parcel_id") or values.get("parcel_id")
    return Candidate(parcel_id, name, values.get("town"), lon, lat, "exact", kind=RECORD_KINDS[layer], id=record.id)


def _no_parcel_reason(town: str | None) -> str:
    if town:
        return gettext("No parcel is at this location. It is in %(town)s.", town=town)
    return gettext("No parcel is at this location. It is outside the loaded towns.")
