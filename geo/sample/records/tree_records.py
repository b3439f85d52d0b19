"""The tree inventory of the sample: one row for each tree, stump and vacant site.

`geo.sample.county` calls `sample_trees`.
"""

import numpy as np
import shapely

from geo.sample.layout.town_layout import TownLayout
from geo.sample.layout.tree_positions import TreePositions
from geo.sample.records.word_lists import WORD_LISTS
from geo.sample.sample_tables import Table, days_since_epoch, draw_weighted, iso_dates, make_table, unknown_unless

VACANT_SHARE, STUMP_SHARE = 0.09, 0.03  # of the sites in streets
METERS_PER_FOOT = 0.3048
CONDITION_WEIGHTS: dict[str | None, float] = {
    "excellent": 3, "very_good": 6, "good": 39, "fair": 34, "poor": 9, "critical": 3, "dead": 2, None: 4,
}  # fmt: skip
ASH_CONDITION_WEIGHTS: dict[str | None, float] = {
    "good": 12, "fair": 30, "poor": 28, "critical": 15, "dead": 12, None: 3,
}  # fmt: skip
RISK_WEIGHTS: dict[str | None, dict[str | None, float]] = {
    "dead": {"moderate": 3, "high": 5, "extreme": 1, None: 1},
    "critical": {"moderate": 4, "high": 4, "extreme": 0.5, None: 1},
    "poor": {"low": 3, "moderate": 5, "high": 1, None: 2},
    None: {None: 1},
}
MAINTENANCE_WEIGHTS: dict[str | None, dict[str | None, float]] = {
    "dead": {"Remove": 95, "Inspect": 5},
    "critical": {"Remove": 80, "Hazard prune": 15, None: 5},
    "poor": {"Remove": 12, "Hazard prune": 20, "Prune": 45, "Inspect": 13, None: 10},
    None: {"Inspect": 2, None: 3},
}
HEALTHY_RISK_WEIGHTS: dict[str | None, float] = {"low": 6, "moderate": 1, None: 3}
HEALTHY_MAINTENANCE_WEIGHTS: dict[str | None, float] = {"None": 60, "Prune": 24, "Train": 9, None: 7}


def sample_trees(town_layout: TownLayout, positions: TreePositions, parcels: Table, rng: np.random.Generator) -> Table:
    """Return one row for each position, with `geometry` and `radius_m` in meters.

    `radius_m` is the true crown radius, 0 without a tree. It is removed before the table is
    written.
    """
    count = len(positions.xy)
    parcel_indices = np.where(positions.slot >= 0, town_layout.parcels.parcel_of_slot[positions.slot], -1)
    sizes = _draw_sizes(count, positions.where, rng)
    site_state = _draw_site_states(sizes, rng)
    is_tree, at_street = site_state == "tree", positions.where == "street"
    is_on_parcel = (parcel_indices >= 0) & np.isin(positions.where, ("yard", "park"))
    surveyed_days = days_since_epoch("2019-04-01") + int(rng.integers(1900)) + rng.integers(0, 140, count)
    return make_table(
        {
            "id": np.array([f"{town_layout.prefix}-{n:05d}" for n in range(1, count + 1)], dtype=object),
            **_species_columns(sizes["species"], site_state),
            **_measured_columns(sizes, is_tree, rng),
            **_health_columns(sizes["species"], sizes["dbh"], site_state, rng),
            "location": positions.where,
            "owner_kind": np.where(positions.where == "yard", "private", "public"),
            "clearance": unknown_unless(draw_weighted(rng, count, CLEARANCE_WEIGHTS), is_tree),
            "hardscape": unknown_unless(draw_weighted(rng, count, HARDSCAPE_WEIGHTS), is_tree & at_street),
            "wires": unknown_unless(draw_weighted(rng, count, {"Yes": 1, "No": 2, None: 1}), at_street),
            "address": unknown_unless(town_layout.situs.text[parcel_indices], parcel_indices >= 0),
            "on_street": unknown_unless(town_layout.streets.name[positions.street], positions.where != "yard"),
            "parcel_key": unknown_unless(parcels["id"][parcel_indices], is_on_parcel & (rng.random(count) < 0.3)),
            "planted_on": _planting_dates(sizes["dbh"], is_tree, surveyed_days, rng),
            "surveyed_on": iso_dates(surveyed_days),
            "notes": unknown_unless(np.full(count, "Illustrative note"), rng.random(count) < 0.01),
            "geometry": shapely.points(positions.xy),
            "radius_m": np.where(is_tree, sizes["crown_ft"] * METERS_PER_FOOT / 2, 0.0),
        }
    )


CLEARANCE_WEIGHTS: dict[str | None, float] = {
    "None needed": 66, "Vehicle": 12, "Ped": 4, "Light": 1, "Building": 1, "Sign or Signal": 1, None: 15,
}  # fmt: skip
HARDSCAPE_WEIGHTS: dict[str | None, float] = {"No": 60, "Yes Sidewalk": 10, "Yes Curb": 2, "": 3, None: 25}


def _draw_sizes(count: int, location: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return species index, DBH in inches and crown width in feet. The crown width follows the DBH."""
    weights, usual_dbh = (np.array([row[i] for row in WORD_LISTS["species"]], dtype=float) for i in (0, 6))
    species = rng.choice(len(weights), count, p=weights / weights.sum())
    dbh = np.clip(usual_dbh[species] * np.exp(rng.normal(0, 0.5, count)), 1, 52)
    crown_ft = (6 + 2 * dbh**0.95) * rng.uniform(0.85, 1.15, count)
    return {"species": species, "dbh": np.round(dbh), "crown_ft": crown_ft, "where": location}


def _draw_site_states(sizes: dict[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Return "tree", "Vacant" or "Stump" for each position. Only streets have vacant sites and stumps."""
    chance, is_street = rng.random(len(sizes["dbh"])), sizes["where"] == "street"
    missing_state = np.where(chance < VACANT_SHARE, "Vacant", "Stump")
    return np.where(is_street & (chance < VACANT_SHARE + STUMP_SHARE), missing_state, "tree")


def _species_columns(species: np.ndarray, site_state: np.ndarray) -> Table:
    """Return the species columns. As in real inventories they hold "Vacant" and "Stump" too.

    >>> columns = _species_columns(np.array([0, 2]), np.array(["tree", "Stump"], dtype=object))
    >>> columns["species"].tolist(), columns["genus"].tolist()
    (['Acer rubrum', 'Stump'], ['Acer', None])
    """
    columns = {
        name: np.array([row[i] for row in WORD_LISTS["species"]], dtype=object)[species]
        for i, name in ((1, "species"), (3, "common"), (2, "cultivar"), (4, "family"), (5, "native"))
    }
    is_tree = site_state == "tree"
    genus = np.array([str(name).split()[0] for name in columns["species"]], dtype=object)
    for name in ("species", "common"):
        columns[name] = np.where(is_tree, columns[name], site_state)
    return {
        **columns,
        "cultivar": unknown_unless(columns["cultivar"], is_tree & (columns["cultivar"] != "")),
        "family": unknown_unless(columns["family"], is_tree),
        "native": unknown_unless(columns["native"], is_tree),
        "genus": unknown_unless(genus, is_tree),
    }


def _measured_columns(sizes: dict[str, np.ndarray], is_tree: np.ndarray, rng: np.random.Generator) -> Table:
    """Return the measured columns, None for stumps and vacant sites."""
    count = len(is_tree)
    height = (8 + 10 * np.sqrt(sizes["dbh"])) * rng.uniform(0.85, 1.15, count)
    is_measured = is_tree & (rng.random(count) < 0.6)
    return {
        "dbh_in": unknown_unless(sizes["dbh"], is_tree & (rng.random(count) < 0.985)),
        "stems": unknown_unless(1 + (rng.random(count) < 0.07) * rng.integers(1, 4, count), is_tree),
        "height_ft": unknown_unless(np.round(height), is_measured),
        "crown_ft": unknown_unless(np.round(sizes["crown_ft"]), is_measured),
    }


def _health_columns(species: np.ndarray, dbh: np.ndarray, site_state: np.ndarray, rng: np.random.Generator) -> Table:
    """Return condition, risk and maintenance. Risk and maintenance follow the condition."""
    count, is_tree = len(species), site_state == "tree"
    is_ash = np.array([row[1].startswith("Fraxinus") for row in WORD_LISTS["species"]])[species]
    condition = np.where(
        is_ash, draw_weighted(rng, count, ASH_CONDITION_WEIGHTS), draw_weighted(rng, count, CONDITION_WEIGHTS)
    )
    risk, maintenance = (
        draw_weighted(rng, count, HEALTHY_RISK_WEIGHTS),
        draw_weighted(rng, count, HEALTHY_MAINTENANCE_WEIGHTS),
    )
    for name, options in RISK_WEIGHTS.items():
        has_condition = condition == name
        risk[has_condition] = draw_weighted(rng, int(has_condition.sum()), options)
        maintenance[has_condition] = draw_weighted(rng, int(has_condition.sum()), MAINTENANCE_WEIGHTS[name])
    maintenance[(maintenance == "Train") & (dbh > 9)] = "None"
    maintenance[site_state == "Vacant"], maintenance[site_state == "Stump"] = ("Plant", "Stump Removal")
    return {
        "condition": unknown_unless(condition, is_tree),
        "risk": unknown_unless(risk, is_tree),
        "maintenance": maintenance,
    }


def _planting_dates(
    dbh: np.ndarray, is_tree: np.ndarray, surveyed_days: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the planting date of some young trees, None for the others."""
    planted_days = surveyed_days - (dbh * 500 + rng.integers(100, 400, len(dbh))).astype(int)
    return unknown_unless(iso_dates(planted_days), is_tree & (dbh < 7) & (rng.random(len(dbh)) < 0.5))
