"""Geocode results: the status, the candidates, and a sentence for every change made to the text.

The geocoder returns them. `lotleaf find`, the API and the search box write them as JSON.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from geo.crs import LonLat
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.format_rows import format_address, postal_city_note, town_of_row
from geo.language.translate import gettext, gettext_noop

Status = Literal["exact", "corrected", "ambiguous", "nearest", "block", "intersection", "prefix", "none"]
STATUSES: tuple[Status, ...] = (
    *("exact", "corrected", "ambiguous", "nearest", "block", "intersection", "prefix", "none"),
)
STATUS_LABELS: dict[Status, str] = {
    "exact": gettext_noop("Exact match"),
    "corrected": gettext_noop("Close match"),
    "ambiguous": gettext_noop("Several matches"),
    "nearest": gettext_noop("No exact match; these are the nearest"),
    "block": gettext_noop("Addresses of the block"),
    "intersection": gettext_noop("Intersection"),
    "prefix": gettext_noop("Suggestions"),
    "none": gettext_noop("No match"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One parcel, point or record that may be meant. Unknown values are None.

    `changes` are sentences in the current language, as in "Typed “St”; the street on record is Oak Ave."
    `kind` is address, parcel, intersection or landmark. It may also be district, tree, site,
    inspection or town. Those five have an `id`. Coordinates are degrees with 7 decimals.
    """

    parcel_id: str | None
    address: str | None
    town: str | None
    lon: float | None
    lat: float | None
    status: Status
    changes: tuple[str, ...] = ()
    kind: str = "address"
    zip: str | None = None
    id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the candidate as a dict of plain values.

        >>> Candidate("10E1", "4021 Oak Ave", None, None, None, "exact").to_json()["parcel_id"]
        '10E1'
        """
        names = ("parcel_id", "address", "town", "lon", "lat", "status")
        values: dict[str, Any] = {name: getattr(self, name) for name in names}
        more_values = {"changes": list(self.changes), "kind": self.kind, "zip": self.zip, "id": self.id}
        return values | more_values


@dataclass(frozen=True, slots=True)
class GeocodeResult:
    """The result of one query, best candidate first. `reason` says why there is no candidate."""

    query: str
    status: Status
    candidates: tuple[Candidate, ...] = ()
    reason: str | None = None

    @property
    def shared_changes(self) -> tuple[str, ...]:
        """The changes that all candidates have in common, so that a list shows them once.

        >>> first = Candidate("10E1", "4021 Oak Ave", None, None, None, "nearest", ("Ignored “a”.", "Ignored “b”."))
        >>> second = Candidate("10E2", "4025 Oak Ave", None, None, None, "nearest", ("Ignored “a”.",))
        >>> GeocodeResult("4023 Oak", "nearest", (first, second)).shared_changes
        ('Ignored “a”.',)
        """
        if not self.candidates:
            return ()
        first_changes, *other_changes = (candidate.changes for candidate in self.candidates)
        return tuple(change for change in first_changes if all(change in changes for changes in other_changes))

    def to_json(self) -> dict[str, Any]:
        """Return the result as a dict for `lotleaf find`, the API and the search box.

        >>> not_found_result("4021 Elm", "No such street.").to_json()
        {'query': '4021 Elm', 'status': 'none', 'candidates': [], 'reason': 'No such street.'}
        """
        values: dict[str, Any] = {
            "query": self.query,
            "status": self.status,
            "candidates": [candidate.to_json() for candidate in self.candidates],
        }
        return values | ({"reason": self.reason} if self.reason else {})


def not_found_result(query: str, reason: str) -> GeocodeResult:
    """Return a result without candidates, with the reason.

    >>> not_found_result("4021 Elm", "No such street.").status
    'none'
    """
    return GeocodeResult(query, "none", reason=reason)


def status_label(status: Status) -> str:
    """Return the words for a status in the current language.

    >>> status_label("exact"), status_label("ambiguous")
    ('Exact match', 'Several matches')
    """
    return gettext(STATUS_LABELS[status])


def address_candidate(
    index: AddressIndex, row: int, status: Status, mismatches: Iterable[str], *, unit_note: str | None = None
) -> Candidate:
    """Return a row of the index as a candidate. With a note on the units of the address, its unit is left out."""
    parcel, lon, lat = index.parcel.item(row), index.lon.item(row), index.lat.item(row)
    if lon != lon and parcel >= 0:  # noqa: PLR0124 - nan is not equal to itself
        lon, lat = index.parcel_index.lon.item(parcel), index.parcel_index.lat.item(parcel)
    town = town_of_row(index, row)
    notes = postal_city_note(index.text_at("postal", row), town), unit_note
    return Candidate(
        parcel_id=index.parcel_index.ids[parcel] if parcel >= 0 else None,
        address=format_address(index, row, with_unit=unit_note is None),
        town=town or None,
        lon=_round_or_none(lon),
        lat=_round_or_none(lat),
        status=status,
        changes=(*mismatches, *filter(None, notes)),
        zip=index.text_at("zip", row) or None,
    )


def parcel_candidate(index: AddressIndex, parcel: int, status: Status, changes: Iterable[str]) -> Candidate:
    """Return a parcel as a candidate, with its first address if it has one."""
    parcel_index = index.parcel_index
    rows = parcel_index.rows_of_parcel(parcel)
    return Candidate(
        parcel_id=parcel_index.ids[parcel],
        address=format_address(index, int(rows[0])) if len(rows) else None,
        town=parcel_index.town_names[parcel_index.town[parcel]] or None,
        lon=_round_or_none(float(parcel_index.lon[parcel])),
        lat=_round_or_none(float(parcel_index.lat[parcel])),
        status=status,
        changes=tuple(changes),
        kind="parcel",
        zip=(index.text_at("zip", int(rows[0])) or None) if len(rows) else None,
    )


def point_candidate(
    name: str, point: LonLat | None, *, status: Status, kind: str, town: str | None = None, changes: Iterable[str] = ()
) -> Candidate:
    """Return a point that is no parcel as a candidate.

    >>> point_candidate("Oak Ave & Elm St", LonLat(-90.3, 38.7), status="intersection", kind="intersection").lat
    38.7
    """
    lon, lat = point or (None, None)
    return Candidate(None, name, town, lon, lat, status, tuple(changes), kind)


def _round_or_none(degrees: float) -> float | None:
    return round(degrees, 7) if degrees == degrees else None  # noqa: PLR0124 - nan is not equal to itself
