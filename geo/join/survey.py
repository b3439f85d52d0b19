"""Trees and sites as one survey: where each belongs, in which town, and what it needs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.join.desk import Desk
from geo.join.measured import NONE, NOTHING, Columns, Measured
from geo.join.needs import OF_SITE, OF_TREE, site_needs, tree_needs
from geo.join.spots import Pairs, assigned, pairs_of, places_of, spots_of

# What a site shows of the tree that stands in it.
LENT = ["common", "species", "dbh_in", "condition", "risk"]


@dataclass(frozen=True)
class Survey:
    """The trees and the sites, placed and with their needs, as columns.

    Each has `inside`, `parcel` and `runner_up` (rows of parcels), `method`, `distance_m`,
    `confidence`, where it is `shown`, `town` (a position) and its `name`, `need` and `need_rule`.
    """

    trees: Columns
    sites: Columns
    pairs: Pairs

    @property
    def loose(self) -> Columns:
        """The sites in which no tree stands."""
        alone = self.pairs.tree_of == NONE
        return {name: column[alone] for name, column in self.sites.items()}

    def both(self, column: str) -> np.ndarray:
        """Take a column of the trees, and behind it that of the sites."""
        return np.concatenate([self.trees[column], self.sites[column]])


def surveyed(desk: Desk) -> Survey:
    """Place every tree and site, and say what it needs; a site with a tree needs what its tree does."""
    pairs = pairs_of(desk["trees"], desk["sites"])
    listed = spots_of(desk["trees"], desk["sites"], pairs)
    spots, size = placed_and_needing(desk, pairs, *listed), len(pairs.site_of)
    trees = {name: column[:size] for name, column in spots.items()}
    return Survey(trees, {name: column[size:] for name, column in spots.items()}, pairs)


def placed_and_needing(desk: Desk, pairs: Pairs, hints: Columns, points: np.ndarray) -> Columns:
    """Give the columns of `Survey`, those of the trees and behind them those of the sites, as `spots_of` lists them."""
    trees, sites = desk["trees"], desk["sites"]
    spots = assigned(
        hints,
        points,
        pairs,
        desk["parcels"],
        desk.ground,
        desk["streets"],
        desk.find,
        desk.towns.brought(hints["source"]),
        desk.settings,
    )
    shown = places_of(trees, sites, pairs, spots, desk["parcels"])
    lot = np.where(spots["at"] == NONE, spots["parcel"], spots["at"])
    return spots | shown | desk.towns_of(points, lot) | _needs(trees, sites, pairs)


def _needs(trees: Measured, sites: Measured, pairs: Pairs) -> Columns:
    of_trees = tree_needs({name: trees.values(name) for name in OF_TREE})
    own = site_needs({name: sites.values(name) for name in OF_SITE})
    lent = {name: np.append(column, NOTHING)[pairs.tree_of] for name, column in of_trees.items()}
    return {
        name: np.concatenate([column, np.where(pairs.tree_of == NONE, own[name], lent[name])])
        for name, column in of_trees.items()
    }


def tree_table(desk: Desk, survey: Survey) -> pd.DataFrame:
    """Make the trees' joined table."""
    return desk["trees"].table(as_told(desk, survey.trees))


def site_table(desk: Desk, survey: Survey) -> pd.DataFrame:
    """Make the sites' joined table: what the tree's has, and the tree that stands there now."""
    told = as_told(desk, survey.sites) | lent_to_sites(desk["trees"], survey.pairs)
    return desk["sites"].table(told)


def lent_to_sites(trees: Measured, pairs: Pairs) -> Columns:
    """Give what sites show of the trees that stand in them, and those trees' ids."""
    lent = {name: np.append(trees.values(name), NOTHING)[pairs.tree_of] for name in LENT}
    return lent | {"tree_id": trees.named(pairs.tree_of)}


def as_told(desk: Desk, spots: Columns) -> Columns:
    """Turn positions into ids, under the names of the fields."""
    named = desk["parcels"].named
    return {
        "town": spots["name"],
        "need": spots["need"],
        "need_rule": spots["need_rule"],
        "inside_parcel_id": named(spots["inside"]),
        "frontage_parcel_id": named(spots["parcel"]),
        "method": spots["method"],
        "distance_m": np.round(spots["distance_m"], 3),
        "runner_up_id": named(spots["runner_up"]),
        "confidence": spots["confidence"],
        **{name: spots[name] for name in ("placed_by", "lon", "lat")},
    }
