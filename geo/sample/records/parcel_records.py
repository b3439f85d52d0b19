"""Parcel and address records of the sample, as the assessor and the post office write them.

`geo.sample.county` calls `sample_parcels`, `address_points` and `sample_addresses`.
"""

import numpy as np
import shapely

from geo.sample.layout.georeference import Georeference
from geo.sample.layout.town_layout import TownLayout, make_locators
from geo.sample.records.word_lists import MERGED_TOWNS, Town
from geo.sample.sample_tables import Table, draw_weighted, make_table, unknown_unless

METERS_PER_FOOT = 0.3048
UNKNOWN_SHARE = 0.015  # share of years built and recorded areas that are 0, the county's value for unknown
HALF_ADDRESS_SHARE = 0.012  # share of single addresses with an upstairs flat at a half number


def sample_parcels(town_layout: TownLayout, georeference: Georeference, rng: np.random.Generator) -> Table:
    """Return the assessor's rows, with geometry in degrees."""
    town, parcels, situs = town_layout.town, town_layout.parcels, town_layout.situs
    count = len(parcels)
    is_built = np.isin(parcels.kind, ("lot", "unit")) & ~parcels.is_sliver & (rng.random(count) > 0.05)
    is_owner_occupied = is_built & (rng.random(count) < 0.52)
    has_old_id = rng.random(count) < (1.0 if town.name == MERGED_TOWNS[1] else 0.12)
    return make_table(
        {
            "id": town_layout.locators,
            "address": _vary_missing_texts(situs.text, rng),
            "postal_city": _draw_postal_cities(town, situs.has_address, rng),
            "zip": unknown_unless(np.full(count, town.zip), situs.has_address),
            "town_declared": town.current_name,
            "kind": parcels.kind,
            "land_use": np.where(
                is_built, draw_weighted(rng, count, LAND_USE_WEIGHTS), _unbuilt_land_use(parcels.kind)
            ),
            "zoning": draw_weighted(rng, count, {"R-1": 5, "R-2": 3, "R-3": 1, "C-1": 0.5}),
            "year_built": unknown_unless(_draw_years_built(count, rng), is_built),
            "dwellings": unknown_unless(rng.choice([1, 2, 4], count, p=[0.9, 0.07, 0.03]), is_built),
            "tenure": unknown_unless(np.where(is_owner_occupied, "OWNER", "NOT OWNER"), is_built),
            "frontage_ft": unknown_unless(_frontage_ft(town_layout), parcels.first_slot >= 0),
            "area_recorded_m2": _recorded_areas(parcels.geometry, rng),
            "old_id": unknown_unless(make_locators(town_layout.number, count, "STUV"), has_old_id),
            "owner": np.array([f"Owner {id_}" for id_ in town_layout.locators], dtype=object),
            "owner_address": _owner_addresses(situs.text, is_owner_occupied, rng),
            "notes": unknown_unless(np.full(count, "Illustrative note"), rng.random(count) < 0.02),
            "geometry": georeference.geometries_to_degrees(parcels.geometry),
        }
    )


LAND_USE_WEIGHTS: dict[str | None, float] = {
    "Single family": 84, "Duplex": 6, "Multi-family": 4, "Commercial": 4, "Institution": 2,
}  # fmt: skip


def _unbuilt_land_use(kind: np.ndarray) -> np.ndarray:
    land_uses = {"park": "Park", "common": "Common ground", "right_of_way": "Right of way"}
    return np.array([land_uses.get(parcel_kind, "Vacant land") for parcel_kind in kind], dtype=object)


def _vary_missing_texts(texts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return texts with missing ones as null, blank or "N/A", as in real files."""
    missing = np.flatnonzero(texts == None)  # noqa: E711 - compares each element
    texts = texts.copy()
    texts[missing] = draw_weighted(rng, len(missing), {None: 6, "": 3, "N/A": 1})
    return texts


def _draw_postal_cities(town: Town, has_address: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the postal city of each address, which is seldom the governing town."""
    city_weights: dict[str | None, float] = {town.city: 80, "Normandy": 8, town.current_name: 3}
    city_weights["St. Louis"] = city_weights.get("St. Louis", 0) + 9
    return unknown_unless(draw_weighted(rng, len(has_address), city_weights), has_address)


def _draw_years_built(count: int, rng: np.random.Generator) -> np.ndarray:
    years = np.clip(rng.normal(1947, 11, count), 1898, 2019).astype(int)
    return np.where(rng.random(count) < UNKNOWN_SHARE, 0, years)


def _frontage_ft(town_layout: TownLayout) -> np.ndarray:
    """Return the front length of each parcel in feet, of both slots of a double parcel."""
    slots, parcels = town_layout.slots, town_layout.parcels
    start, end = slots.edge_ends(np.arange(len(slots)), slots.front_edge)
    feet = np.hypot(*(end - start).T) / METERS_PER_FOOT
    second_front_ft = np.where(parcels.is_double, feet[parcels.last_slot], 0)
    return np.round(feet[parcels.first_slot] + second_front_ft, 1)


def _recorded_areas(geometries: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    area = np.round(shapely.area(geometries), 1)
    return np.where(rng.random(len(area)) < UNKNOWN_SHARE, 0.0, area)


def _owner_addresses(texts: np.ndarray, is_owner_occupied: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the owner's mailing address: the parcel's own, or a PO box."""
    boxes = rng.integers(100, 999, len(texts)).tolist()
    return np.array(
        [
            text if lives_there and text else f"PO Box {box}"
            for text, lives_there, box in zip(texts, is_owner_occupied, boxes, strict=True)
        ],
        dtype=object,
    )


def address_points(town_layout: TownLayout) -> np.ndarray:
    """Return each parcel's address point `(n, 2)` in meters, a fifth of the depth behind its front.

    Stacked units share a point. Parcels without an address have a point that is not used.
    """
    slots, parcels = town_layout.slots, town_layout.parcels
    all_slots = np.arange(len(slots))
    front_points = np.stack(slots.edge_ends(all_slots, slots.front_edge)).mean(0)
    rear_points = np.stack(slots.edge_ends(all_slots, (slots.front_edge + 2) % 4)).mean(0)
    # The end of a cul-de-sac cuts off the front of these slots, and a rear parcel begins behind another.
    share = np.where(parcels.is_rear, 0.75, np.where(slots.is_cut_by_bulb[parcels.first_slot], 0.4, 0.2))[:, None]
    return front_points[parcels.first_slot] * (1 - share) + rear_points[parcels.first_slot] * share


def sample_addresses(
    town_layout: TownLayout, table: Table, points: np.ndarray, rng: np.random.Generator
) -> Table | None:
    """Return one row for each address, and some further rows with a half number for an upstairs flat."""
    situs, is_rear, streets = town_layout.situs, town_layout.parcels.is_rear, town_layout.streets
    is_single = situs.has_address & (town_layout.parcels.unit_number == 0) & (situs.high_number == 0) & ~is_rear
    half_rows = np.flatnonzero(is_single & (rng.random(len(is_rear)) < HALF_ADDRESS_SHARE))
    row_indices = np.sort(np.concatenate([np.flatnonzero(situs.has_address), half_rows]), kind="stable")
    is_half = np.concatenate([[False], row_indices[1:] == row_indices[:-1]])[: len(row_indices)]
    ids = [
        f"A{id_}{'-2' if needs_suffix else ''}"
        for id_, needs_suffix in zip(table["id"][row_indices], is_half, strict=True)
    ]
    street = situs.street[row_indices]
    return make_table(
        {
            "id": ids,
            "parcel_id": table["id"][row_indices],
            "number": situs.number[row_indices],
            "number_hi": unknown_unless(situs.high_number[row_indices], situs.high_number[row_indices] > 0),
            "frac": unknown_unless(np.full(len(row_indices), "1/2"), is_half),
            "number_sfx": unknown_unless(np.full(len(row_indices), "R"), is_rear[row_indices]),
            "predir": unknown_unless(streets.predir[street], streets.predir[street] != ""),
            "street": streets.base_name[street],
            "suffix": streets.suffix[street],
            "unit": unknown_unless(situs.unit[row_indices], situs.unit[row_indices] != ""),
            "postal_city": table["postal_city"][row_indices],
            "town_declared": town_layout.town.current_name,
            "zip": table["zip"][row_indices],
            "geometry": shapely.points(points[row_indices]),
        }
    )
