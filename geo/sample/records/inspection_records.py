"""Inspections and requests of the sample: occupancy, property maintenance, vegetation.

`geo.sample.county` calls `sample_inspections`.
"""

import numpy as np

from geo.sample.layout.town_layout import TownLayout
from geo.sample.sample_tables import Table, days_since_epoch, draw_weighted, iso_dates, make_table, unknown_unless

FIRST_DAY, LAST_DAY = days_since_epoch("2023-01-02"), days_since_epoch("2026-11-20")
KIND_WEIGHTS: dict[str | None, float] = {"occupancy": 45, "property maintenance": 35, "vegetation": 20}
CODE_WEIGHTS: dict[str, dict[str | None, float]] = {
    "occupancy": {"OCC": 1},
    "property maintenance": {"302.7": 2, "304.2": 2, "304.7": 2, "304.13": 1, "308.1": 2, None: 1},
    "vegetation": {"302.4": 1},
}
OUTCOME_WEIGHTS: dict[str | None, float] = {"Passed": 55, "Violation": 30, "No access": 10, None: 5}
# The kind of location of a row. "crossing" is an intersection as an address.
LOCATION_KIND_WEIGHTS: dict[str | None, float] = {"parcel": 45, "point": 30, "address": 20, "crossing": 5}


def sample_inspections(
    town_layout: TownLayout, count: int, parcels: Table, points: np.ndarray, rng: np.random.Generator
) -> Table:
    """Return `count` inspections. `points` are the parcels' address points in degrees."""
    situs, prefix = town_layout.situs, town_layout.prefix
    candidates = np.flatnonzero(situs.has_address)
    indices = rng.choice(candidates if len(candidates) else np.arange(len(situs.street)), count)
    location_kind = draw_weighted(rng, count, LOCATION_KIND_WEIGHTS)
    location_kind = np.where(~situs.has_address[indices], "parcel", location_kind)
    kind = draw_weighted(rng, count, KIND_WEIGHTS)
    xy = np.round(points[indices] + rng.normal(0, 2e-5, (count, 2)), 7)
    intersections = intersection_texts(town_layout, count, rng)
    address_texts = np.where(location_kind == "crossing", intersections, situs.text[indices])
    has_complainant = (kind != "occupancy") & (rng.random(count) < 0.6)
    number = np.arange(1, count + 1)
    has_address = np.isin(location_kind, ("address", "crossing")) | (rng.random(count) < 0.35)
    return make_table(
        {
            "id": np.array([f"{prefix}-I{n:05d}" for n in number], dtype=object),
            "case_id": unknown_unless(_number_labels(f"{prefix}-C", number), kind != "occupancy"),
            "parcel_key": unknown_unless(parcels["id"][indices], location_kind == "parcel"),
            "address": unknown_unless(address_texts, has_address),
            "kind": kind,
            "code": _draw_codes(kind, rng),
            "agency": town_layout.town.inspecting_agency,
            **_draw_dates(count, rng),
            "complainant": unknown_unless(_number_labels("Complainant ", number), has_complainant),
            "phone": unknown_unless(_number_labels("314-555-01", number % 100, 2), has_complainant),
            "notes": unknown_unless(np.full(count, "Illustrative note"), rng.random(count) < 0.05),
            "lon": unknown_unless(xy[:, 0], location_kind == "point"),
            "lat": unknown_unless(xy[:, 1], location_kind == "point"),
        }
    )


def _number_labels(prefix: str, numbers: np.ndarray, width: int = 4) -> np.ndarray:
    return np.array([f"{prefix}{n:0{width}d}" for n in numbers.tolist()], dtype=object)


def _draw_codes(kind: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    codes = np.empty(len(kind), dtype=object)
    for name, options in CODE_WEIGHTS.items():
        is_kind = kind == name
        codes[is_kind] = draw_weighted(rng, int(is_kind.sum()), options)
    return codes


def _draw_dates(count: int, rng: np.random.Generator) -> Table:
    """Return status, outcome and dates. Three in four are closed, and some open ones are overdue."""
    is_closed = rng.random(count) < 0.74
    age = np.where(is_closed, rng.uniform(0, LAST_DAY - FIRST_DAY, count), rng.exponential(110, count))
    opened_day = np.maximum(FIRST_DAY, LAST_DAY - age.astype(int))
    inspected_day = opened_day + rng.integers(1, 25, count)
    closed_day = np.minimum(LAST_DAY, inspected_day + rng.exponential(30, count).astype(int))
    is_cancelled = ~is_closed & (rng.random(count) < 0.06)
    status = np.where(is_closed, "closed", np.where(is_cancelled, "cancelled", "open"))
    is_inspected = (inspected_day <= LAST_DAY) & (is_closed | (rng.random(count) < 0.5)) & ~is_cancelled
    due_day = opened_day + rng.choice([10, 14, 30, 45, 60], count)
    return {
        "status": status.astype(object),
        "outcome": unknown_unless(draw_weighted(rng, count, OUTCOME_WEIGHTS), is_inspected),
        "opened_on": iso_dates(opened_day),
        "inspected_on": unknown_unless(iso_dates(inspected_day), is_inspected),
        "due_on": unknown_unless(iso_dates(due_day), (rng.random(count) < 0.7) & ~is_cancelled),
        "closed_on": unknown_unless(iso_dates(np.maximum(closed_day, opened_day)), is_closed),
    }


def intersection_texts(town_layout: TownLayout, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return addresses of intersections of a row street and a cross street, as people report them."""
    row, cross = np.nonzero(town_layout.block_layout.has_cross_street)
    indices = rng.integers(len(row), size=count)
    first = town_layout.streets.name[row[indices]]
    second = town_layout.streets.name[len(town_layout.block_layout.rows) + cross[indices]]
    joiner = draw_weighted(rng, count, {" & ": 3, " and ": 1, " / ": 1})
    return first + joiner + second
