"""What the assessor and the post office write about each parcel."""

import numpy as np
import shapely

from geo.sample.ground import Ground
from geo.sample.sites import Site, locators
from geo.sample.tables import Table, drawn, known, objects
from geo.sample.words import MERGED, Town

FOOT_M = 0.3048
UNKNOWN_SHARE = 0.015  # of the years built and recorded areas: 0, as the county writes unknown
HALF_SHARE = 0.012  # of the lots: an upstairs flat with a number and a half


def parcel_table(site: Site, ground: Ground, rng: np.random.Generator) -> Table:
    """Write the assessor's rows."""
    named, parcels, at = site.town, site.parcels, site.situs
    count = len(parcels)
    built = np.isin(parcels.kind, ("lot", "unit")) & ~parcels.sliver & (rng.random(count) > 0.05)
    lived = built & (rng.random(count) < 0.52)
    old = rng.random(count) < (1.0 if named.name == MERGED[1] else 0.12)
    return objects(
        {
            "id": site.locators,
            "address": _blank(at.text, rng),
            "postal_city": _city(named, at.has, rng),
            "zip": known(np.full(count, named.zip), at.has),
            "town_declared": named.today,
            "kind": parcels.kind,
            "land_use": np.where(built, drawn(rng, count, USES), _unbuilt(parcels.kind)),
            "zoning": drawn(rng, count, {"R-1": 5, "R-2": 3, "R-3": 1, "C-1": 0.5}),
            "year_built": known(_years(count, rng), built),
            "dwellings": known(rng.choice([1, 2, 4], count, p=[0.9, 0.07, 0.03]), built),
            "tenure": known(np.where(lived, "OWNER", "NOT OWNER"), built),
            "frontage_ft": known(_frontage_ft(site), parcels.first >= 0),
            "area_recorded_m2": _area(parcels.shape, rng),
            "old_id": known(locators(site.number, count, "STUV"), old),
            "owner": np.array([f"Owner {id_}" for id_ in site.locators], dtype=object),
            "owner_address": _mail(at.text, lived, rng),
            "notes": known(np.full(count, "Illustrative note"), rng.random(count) < 0.02),
            "geometry": ground.shapes_in_degrees(parcels.shape),
        }
    )


USES: dict[str | None, float] = {
    "Single family": 84, "Duplex": 6, "Multi-family": 4, "Commercial": 4, "Institution": 2,
}  # fmt: skip


def _unbuilt(kind: np.ndarray) -> np.ndarray:
    words = {"park": "Park", "common": "Common ground", "right_of_way": "Right of way"}
    return np.array([words.get(k, "Vacant land") for k in kind], dtype=object)


def _blank(texts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave a missing address null, blank or "N/A", as files do."""
    missing = np.flatnonzero(texts == None)  # noqa: E711 - compares each element
    texts = texts.copy()
    texts[missing] = drawn(rng, len(missing), {None: 6, "": 3, "N/A": 1})
    return texts


def _city(named: Town, has: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write the post office's city: seldom the town that governs."""
    offices: dict[str | None, float] = {named.city: 80, "Normandy": 8, named.today: 3}
    offices["St. Louis"] = offices.get("St. Louis", 0) + 9
    return known(drawn(rng, len(has), offices), has)


def _years(count: int, rng: np.random.Generator) -> np.ndarray:
    years = np.clip(rng.normal(1947, 11, count), 1898, 2019).astype(int)
    return np.where(rng.random(count) < UNKNOWN_SHARE, 0, years)


def _frontage_ft(site: Site) -> np.ndarray:
    """Measure the front of the first slot, and of the second where two are one."""
    slots, parcels = site.slots, site.parcels
    start, end = slots.edge(np.arange(len(slots)), slots.front)
    feet = np.hypot(*(end - start).T) / FOOT_M
    second = np.where(parcels.double, feet[parcels.last], 0)
    return np.round(feet[parcels.first] + second, 1)


def _area(shapes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    area = np.round(shapely.area(shapes), 1)
    return np.where(rng.random(len(area)) < UNKNOWN_SHARE, 0.0, area)


def _mail(texts: np.ndarray, lived: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Send the owner's mail to the parcel or to a post box."""
    boxes = rng.integers(100, 999, len(texts)).tolist()
    return np.array(
        [
            text if at_home and text else f"PO Box {box}"
            for text, at_home, box in zip(texts, lived, boxes, strict=True)
        ],
        dtype=object,
    )


def address_points(site: Site) -> np.ndarray:
    """Place each parcel's address a fifth of its depth behind the middle of its front, in metres.

    Stacked units share their point. A parcel without address has one too, which is not used.
    """
    slots, parcels = site.slots, site.parcels
    every = np.arange(len(slots))
    front = np.stack(slots.edge(every, slots.front)).mean(0)
    behind = np.stack(slots.edge(every, (slots.front + 2) % 4)).mean(0)
    # Behind a cul-de-sac's end the lot itself begins later.
    share = np.where(parcels.rear, 0.75, np.where(slots.cut[parcels.first], 0.4, 0.2))[:, None]
    return front[parcels.first] * (1 - share) + behind[parcels.first] * share


def address_table(
    site: Site, table: Table, points: np.ndarray, rng: np.random.Generator
) -> Table | None:
    """Write the address points: one for each address, and some upstairs with a half."""
    at, rear, streets = site.situs, site.parcels.rear, site.streets
    single = at.has & (site.parcels.unit == 0) & (at.number_hi == 0) & ~rear
    halves = np.flatnonzero(single & (rng.random(len(rear)) < HALF_SHARE))
    which = np.sort(np.concatenate([np.flatnonzero(at.has), halves]), kind="stable")
    half = np.concatenate([[False], which[1:] == which[:-1]])[: len(which)]
    ids = [f"A{id_}{'-2' if h else ''}" for id_, h in zip(table["id"][which], half, strict=True)]
    street = at.street[which]
    return objects(
        {
            "id": ids,
            "parcel_id": table["id"][which],
            "number": at.number[which],
            "number_hi": known(at.number_hi[which], at.number_hi[which] > 0),
            "frac": known(np.full(len(which), "1/2"), half),
            "number_sfx": known(np.full(len(which), "R"), rear[which]),
            "predir": known(streets.predir[street], streets.predir[street] != ""),
            "street": streets.word[street],
            "suffix": streets.suffix[street],
            "unit": known(at.unit[which], at.unit[which] != ""),
            "postal_city": table["postal_city"][which],
            "town_declared": site.town.today,
            "zip": table["zip"][which],
            "geometry": shapely.points(points[which]),
        }
    )
