"""Answers: what was asked, how well it was found, and each thing that was changed, told in a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.gazetteer.rows import address_of, town_of
from geo.places import LonLat

Status = Literal[
    "exact", "corrected", "ambiguous", "nearest", "block", "intersection", "prefix", "none"
]
STATUSES: tuple[Status, ...] = (
    *("exact", "corrected", "ambiguous", "nearest", "block", "intersection", "prefix", "none"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One parcel or place that may be meant.

    `changes` are sentences, each led by the part that it is about: "Suffix: typed Ave, on record Rd."
    Unknown values are None. `kind` is address, parcel, intersection or landmark; or tree, site, inspection or town,
    which have an `id` of their own.
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
        """Give it as plain values."""
        names = ("parcel_id", "address", "town", "lon", "lat", "status")
        told: dict[str, Any] = {name: getattr(self, name) for name in names}
        also = {"changes": list(self.changes), "kind": self.kind, "zip": self.zip, "id": self.id}
        return told | also


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one query: best candidate first; `reason` tells why there is none."""

    query: str
    status: Status
    candidates: tuple[Candidate, ...] = ()
    reason: str | None = None

    @property
    def shared(self) -> tuple[str, ...]:
        """The changes that hold for every candidate: whoever lists them tells these once."""
        if not self.candidates:
            return ()
        first, *others = (one.changes for one in self.candidates)
        return tuple(told for told in first if all(told in other for other in others))

    def to_json(self) -> dict[str, Any]:
        """Give it in the shape that `lotleaf find`, the API and the search box share."""
        told: dict[str, Any] = {
            "query": self.query,
            "status": self.status,
            "candidates": [one.to_json() for one in self.candidates],
        }
        return told | ({"reason": self.reason} if self.reason else {})


def none(query: str, reason: str) -> Answer:
    """Answer that nothing was found, and why."""
    return Answer(query, "none", reason=reason)


def row_candidate(
    index: AddressIndex, row: int, status: Status, changes: Iterable[str], *, unit: bool = True
) -> Candidate:
    """Make a candidate of an address, with its unit or without."""
    lot, lon, lat = index.lot.item(row), index.lon.item(row), index.lat.item(row)
    if lon != lon and lot >= 0:  # noqa: PLR0124 - nan is not equal to itself
        lon, lat = index.lots.lon.item(lot), index.lots.lat.item(lot)
    return Candidate(
        parcel_id=index.lots.ids[lot] if lot >= 0 else None,
        address=address_of(index, row, unit=unit),
        town=town_of(index, row) or None,
        lon=_known(lon),
        lat=_known(lat),
        status=status,
        changes=tuple(changes),
        zip=index.text("zip", row) or None,
    )


def lot_candidate(
    index: AddressIndex, lot: int, status: Status, changes: Iterable[str]
) -> Candidate:
    """Make a candidate of a parcel, with its first address if it has one."""
    lots = index.lots
    rows = lots.rows_of(lot)
    return Candidate(
        parcel_id=lots.ids[lot],
        address=address_of(index, int(rows[0])) if len(rows) else None,
        town=lots.town_names[lots.town[lot]] or None,
        lon=_known(float(lots.lon[lot])),
        lat=_known(float(lots.lat[lot])),
        status=status,
        changes=tuple(changes),
        kind="parcel",
        zip=(index.text("zip", int(rows[0])) or None) if len(rows) else None,
    )


def point_candidate(
    name: str,
    place: LonLat | None,
    *,
    status: Status,
    kind: str,
    town: str | None = None,
    changes: Iterable[str] = (),
) -> Candidate:
    """Make a candidate of a place that is no parcel."""
    lon, lat = place or (None, None)
    return Candidate(None, name, town, lon, lat, status, tuple(changes), kind)


def _known(degrees: float) -> float | None:
    return round(degrees, 7) if degrees == degrees else None  # noqa: PLR0124 - nan is not equal to itself
