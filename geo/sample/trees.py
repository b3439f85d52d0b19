"""The inventory: what a survey would have written about each tree and each empty site."""

import numpy as np
import shapely

from geo.sample.sites import Site
from geo.sample.spots import Spots
from geo.sample.tables import Table, dates, day, drawn, known, objects
from geo.sample.words import WORDS

VACANT_SHARE, STUMP_SHARE = 0.09, 0.03  # of the street sites
FOOT_M = 0.3048
CONDITIONS: dict[str | None, float] = {
    "excellent": 3, "very_good": 6, "good": 39, "fair": 34, "poor": 9, "critical": 3, "dead": 2, None: 4,
}  # fmt: skip
ASH_CONDITIONS: dict[str | None, float] = {
    "good": 12, "fair": 30, "poor": 28, "critical": 15, "dead": 12, None: 3,
}  # fmt: skip
RISKS: dict[str | None, dict[str | None, float]] = {
    "dead": {"moderate": 3, "high": 5, "extreme": 1, None: 1},
    "critical": {"moderate": 4, "high": 4, "extreme": 0.5, None: 1},
    "poor": {"low": 3, "moderate": 5, "high": 1, None: 2},
    None: {None: 1},
}
MENDS: dict[str | None, dict[str | None, float]] = {
    "dead": {"Remove": 95, "Inspect": 5},
    "critical": {"Remove": 80, "Hazard prune": 15, None: 5},
    "poor": {"Remove": 12, "Hazard prune": 20, "Prune": 45, "Inspect": 13, None: 10},
    None: {"Inspect": 2, None: 3},
}
SOUND_RISK: dict[str | None, float] = {"low": 6, "moderate": 1, None: 3}
SOUND_MEND: dict[str | None, float] = {"None": 60, "Prune": 24, "Train": 9, None: 7}


def tree_table(site: Site, spots: Spots, parcels: Table, rng: np.random.Generator) -> Table:
    """Write one row for each spot; `geometry` in metres, `radius_m` the true crown, 0 for none."""
    count = len(spots.xy)
    parcel = np.where(spots.slot >= 0, site.parcels.of_slot[spots.slot], -1)
    size = _sizes(count, spots.where, rng)
    state = _state(size, rng)
    standing = state == "tree"
    on_lot = (parcel >= 0) & np.isin(spots.where, ("yard", "park"))
    surveyed = day("2019-04-01") + int(rng.integers(1900)) + rng.integers(0, 140, count)
    return objects(
        {
            "id": np.array([f"{site.prefix}-{n:05d}" for n in range(1, count + 1)], dtype=object),
            **_names(size["species"], state),
            **_measures(size, standing, rng),
            **_state_of_health(size["species"], size["dbh"], state, rng),
            "location": np.where(spots.where == "street", "street", spots.where),
            "owner_kind": np.where(spots.where == "yard", "private", "public"),
            "clearance": known(drawn(rng, count, CLEARANCES), standing),
            "hardscape": known(drawn(rng, count, HARDSCAPE), standing & (spots.where == "street")),
            "wires": known(
                drawn(rng, count, {"Yes": 1, "No": 2, None: 1}), spots.where == "street"
            ),
            "address": known(site.situs.text[parcel], parcel >= 0),
            "on_street": known(site.streets.name[spots.street], spots.where != "yard"),
            "parcel_key": known(parcels["id"][parcel], on_lot & (rng.random(count) < 0.3)),
            "planted_on": _planted(size["dbh"], standing, surveyed, rng),
            "surveyed_on": dates(surveyed),
            "notes": known(np.full(count, "Illustrative note"), rng.random(count) < 0.01),
            "geometry": shapely.points(spots.xy),
            "radius_m": np.where(standing, size["crown_ft"] * FOOT_M / 2, 0.0),
        }
    )


CLEARANCES: dict[str | None, float] = {
    "None needed": 66, "Vehicle": 12, "Ped": 4, "Light": 1, "Building": 1, "Sign or Signal": 1, None: 15,
}  # fmt: skip
HARDSCAPE: dict[str | None, float] = {"No": 60, "Yes Sidewalk": 10, "Yes Curb": 2, "": 3, None: 25}


def _sizes(count: int, where: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw species and trunk; the crown follows the trunk, with a spread."""
    share, usual = (np.array([row[i] for row in WORDS["species"]], dtype=float) for i in (0, 6))
    species = rng.choice(len(share), count, p=share / share.sum())
    dbh = np.clip(usual[species] * np.exp(rng.normal(0, 0.5, count)), 1, 52)
    crown_ft = (6 + 2 * dbh**0.95) * rng.uniform(0.85, 1.15, count)
    return {"species": species, "dbh": np.round(dbh), "crown_ft": crown_ft, "where": where}


def _state(size: dict[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Tell trees from stumps and vacant sites; only streets have those."""
    chance, street = rng.random(len(size["dbh"])), size["where"] == "street"
    gone = np.where(chance < VACANT_SHARE, "Vacant", "Stump")
    return np.where(street & (chance < VACANT_SHARE + STUMP_SHARE), gone, "tree")


def _names(species: np.ndarray, state: np.ndarray) -> Table:
    """Name the species; inventories write "Vacant" and "Stump" in the same column."""
    columns = {
        name: np.array([row[i] for row in WORDS["species"]], dtype=object)[species]
        for i, name in (
            (1, "species"),
            (3, "common"),
            (2, "cultivar"),
            (4, "family"),
            (5, "native"),
        )
    }
    standing = state == "tree"
    genus = np.array([str(name).split()[0] for name in columns["species"]], dtype=object)
    for name in ("species", "common"):
        columns[name] = np.where(standing, columns[name], state)
    return {
        **columns,
        "cultivar": known(columns["cultivar"], standing & (columns["cultivar"] != "")),
        "family": known(columns["family"], standing),
        "native": known(columns["native"], standing),
        "genus": known(genus, standing),
    }


def _measures(size: dict[str, np.ndarray], standing: np.ndarray, rng: np.random.Generator) -> Table:
    """Write what was measured; stumps and vacant sites have no measure."""
    count = len(standing)
    height = (8 + 10 * np.sqrt(size["dbh"])) * rng.uniform(0.85, 1.15, count)
    some = standing & (rng.random(count) < 0.6)
    return {
        "dbh_in": known(size["dbh"], standing & (rng.random(count) < 0.985)),
        "stems": known(1 + (rng.random(count) < 0.07) * rng.integers(1, 4, count), standing),
        "height_ft": known(np.round(height), some),
        "crown_ft": known(np.round(size["crown_ft"]), some),
    }


def _state_of_health(
    species: np.ndarray, dbh: np.ndarray, state: np.ndarray, rng: np.random.Generator
) -> Table:
    """Draw condition, then risk and the work wanted, which follow it."""
    count, standing = len(species), state == "tree"
    ash = np.array([row[1].startswith("Fraxinus") for row in WORDS["species"]])[species]
    condition = np.where(ash, drawn(rng, count, ASH_CONDITIONS), drawn(rng, count, CONDITIONS))
    risk, mend = drawn(rng, count, SOUND_RISK), drawn(rng, count, SOUND_MEND)
    for name, options in RISKS.items():
        which = condition == name
        risk[which] = drawn(rng, int(which.sum()), options)
        mend[which] = drawn(rng, int(which.sum()), MENDS[name])
    mend[(mend == "Train") & (dbh > 9)] = "None"
    mend[state == "Vacant"], mend[state == "Stump"] = "Plant", "Stump Removal"
    return {
        "condition": known(condition, standing),
        "risk": known(risk, standing),
        "maintenance": mend,
    }


def _planted(
    dbh: np.ndarray, standing: np.ndarray, surveyed: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Tell the day of planting of some young trees."""
    planted = surveyed - (dbh * 500 + rng.integers(100, 400, len(dbh))).astype(int)
    return known(dates(planted), standing & (dbh < 7) & (rng.random(len(dbh)) < 0.5))
