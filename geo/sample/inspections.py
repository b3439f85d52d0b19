"""Inspections and requests: occupancy, property maintenance, vegetation."""

import numpy as np

from geo.sample.sites import Site
from geo.sample.tables import Table, dates, day, drawn, known, objects

FIRST, LAST = day("2023-01-02"), day("2026-11-20")
KINDS: dict[str | None, float] = {"occupancy": 45, "property maintenance": 35, "vegetation": 20}
CODES: dict[str, dict[str | None, float]] = {
    "occupancy": {"OCC": 1},
    "property maintenance": {"302.7": 2, "304.2": 2, "304.7": 2, "304.13": 1, "308.1": 2, None: 1},
    "vegetation": {"302.4": 1},
}
OUTCOMES: dict[str | None, float] = {"Passed": 55, "Violation": 30, "No access": 10, None: 5}
# How a row says where it is. "crossing" is an intersection written as an address.
PLACED: dict[str | None, float] = {"parcel": 45, "point": 30, "address": 20, "crossing": 5}


def inspection_table(
    site: Site, count: int, parcels: Table, points: np.ndarray, rng: np.random.Generator
) -> Table:
    """Write `count` inspections; `points` are the parcels' address points in degrees."""
    at, prefix = site.situs, site.prefix
    choice = np.flatnonzero(at.has)
    which = rng.choice(choice if len(choice) else np.arange(len(at.street)), count)
    by = drawn(rng, count, PLACED)
    by = np.where(~at.has[which], "parcel", by)
    kind = drawn(rng, count, KINDS)
    xy = np.round(points[which] + rng.normal(0, 2e-5, (count, 2)), 7)
    written = np.where(by == "crossing", crossings(site, count, rng), at.text[which])
    complaint = (kind != "occupancy") & (rng.random(count) < 0.6)
    number = np.arange(1, count + 1)
    return objects(
        {
            "id": np.array([f"{prefix}-I{n:05d}" for n in number], dtype=object),
            "case_id": known(_numbered(f"{prefix}-C", number), kind != "occupancy"),
            "parcel_key": known(parcels["id"][which], by == "parcel"),
            "address": known(
                written, np.isin(by, ("address", "crossing")) | (rng.random(count) < 0.35)
            ),
            "kind": kind,
            "code": _codes(kind, rng),
            "agency": site.town.inspects,
            **_course(count, rng),
            "complainant": known(_numbered("Complainant ", number), complaint),
            "phone": known(_numbered("314-555-01", number % 100, 2), complaint),
            "notes": known(np.full(count, "Illustrative note"), rng.random(count) < 0.05),
            "lon": known(xy[:, 0], by == "point"),
            "lat": known(xy[:, 1], by == "point"),
        }
    )


def _numbered(prefix: str, numbers: np.ndarray, width: int = 4) -> np.ndarray:
    return np.array([f"{prefix}{n:0{width}d}" for n in numbers.tolist()], dtype=object)


def _codes(kind: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    codes = np.empty(len(kind), dtype=object)
    for name, options in CODES.items():
        which = kind == name
        codes[which] = drawn(rng, int(which.sum()), options)
    return codes


def _course(count: int, rng: np.random.Generator) -> Table:
    """Draw the dates: three of four are closed; open ones are mostly young, some are overdue."""
    closed = rng.random(count) < 0.74
    age = np.where(closed, rng.uniform(0, LAST - FIRST, count), rng.exponential(110, count))
    opened = np.maximum(FIRST, LAST - age.astype(int))
    seen = opened + rng.integers(1, 25, count)
    ended = np.minimum(LAST, seen + rng.exponential(30, count).astype(int))
    cancelled = ~closed & (rng.random(count) < 0.06)
    status = np.where(closed, "closed", np.where(cancelled, "cancelled", "open"))
    inspected = (seen <= LAST) & (closed | (rng.random(count) < 0.5)) & ~cancelled
    due = opened + rng.choice([10, 14, 30, 45, 60], count)
    return {
        "status": status.astype(object),
        "outcome": known(drawn(rng, count, OUTCOMES), inspected),
        "opened_on": dates(opened),
        "inspected_on": known(dates(seen), inspected),
        "due_on": known(dates(due), (rng.random(count) < 0.7) & ~cancelled),
        "closed_on": known(dates(np.maximum(ended, opened)), closed),
    }


def crossings(site: Site, count: int, rng: np.random.Generator) -> np.ndarray:
    """Write intersections of a row street and a cross street, as people report them."""
    row, cross = np.nonzero(site.layout.kept)
    which = rng.integers(len(row), size=count)
    first = site.streets.name[row[which]]
    second = site.streets.name[len(site.layout.rows) + cross[which]]
    joint = drawn(rng, count, {" & ": 3, " and ": 1, " / ": 1})
    return first + joint + second
