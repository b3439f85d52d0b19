"""The tree inventory: each tree and planting site with its parcel, town and need.

The full join calls `build_inventory`, then `tree_table` and `site_table`. The incremental join
calls `place_trees_and_sites` with a few rows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.forestry.maintenance_needs import SITE_NEED_FIELDS, TREE_NEED_FIELDS, site_needs, tree_needs
from geo.join.join_context import JoinContext
from geo.join.placement.tree_sites import (
    TreeSitePairs,
    pair_trees_with_sites,
    place_sites_and_trees,
    placement_inputs,
    tree_site_display_points,
)
from geo.projected_layer import NONE, NONE_VALUE, Columns, ProjectedLayer

# The fields of its tree that a site copies.
SITE_TREE_FIELDS = [
    "common",
    "species",
    "dbh_in",
    "dbh_low_in",
    "dbh_high_in",
    "condition",
    "risk",
    "owner_kind",
    "clearance",
    "wires",
]


@dataclass(frozen=True)
class TreeInventory:
    """The placed trees and sites of one join, as columns.

    - `inside`, `parcel`, `runner_up` and `at`: positions of parcels, or `NONE`.
    - `method`, `found_by`, `distance_m` (meters, nan if unknown) and `confidence` of the placement.
    - `placed_by`, `lon` and `lat` of the display point.
    - `town` (position or `NONE`) and its `name`.
    - `need` and `need_rule`.
    """

    trees: Columns
    sites: Columns
    pairs: TreeSitePairs

    @property
    def empty_sites(self) -> Columns:
        """The columns of the sites without a tree."""
        is_empty = self.pairs.tree_of_site == NONE
        return {name: column[is_empty] for name, column in self.sites.items()}

    def tree_and_site_column(self, name: str) -> np.ndarray:
        """Return a column of the trees, followed by that of the sites."""
        return np.concatenate([self.trees[name], self.sites[name]])


def build_inventory(context: JoinContext) -> TreeInventory:
    """Place all trees and sites, and find their needs. A site with a tree has the need of its tree."""
    pairs = pair_trees_with_sites(context["trees"], context["sites"])
    inputs = placement_inputs(context["trees"], context["sites"], pairs)
    placements, tree_count = place_trees_and_sites(context, pairs, *inputs), len(pairs.site_of_tree)
    trees = {name: column[:tree_count] for name, column in placements.items()}
    return TreeInventory(trees, {name: column[tree_count:] for name, column in placements.items()}, pairs)


def place_trees_and_sites(context: JoinContext, pairs: TreeSitePairs, hints: Columns, points: np.ndarray) -> Columns:
    """Compute the columns of `TreeInventory` for all trees, followed by all sites.

    `hints` and `points` come from `placement_inputs`, in the same order.
    """
    trees, sites = context["trees"], context["sites"]
    placements = place_sites_and_trees(
        hints,
        points,
        pairs,
        context["parcels"],
        context.ground,
        context["streets"],
        context.parcel_of_address,
        context.towns.town_names_of_sources(hints["source"]),
        context.settings,
    )
    display_points = tree_site_display_points(trees, sites, pairs, placements, context["parcels"])
    parcel = np.where(placements["at"] == NONE, placements["parcel"], placements["at"])
    return placements | display_points | context.find_towns(points, parcel) | _tree_and_site_needs(trees, sites, pairs)


def _tree_and_site_needs(trees: ProjectedLayer, sites: ProjectedLayer, pairs: TreeSitePairs) -> Columns:
    from_trees = tree_needs({name: trees.values(name) for name in TREE_NEED_FIELDS})
    from_sites = site_needs({name: sites.values(name) for name in SITE_NEED_FIELDS})
    from_site_trees = {name: np.append(column, NONE_VALUE)[pairs.tree_of_site] for name, column in from_trees.items()}
    return {
        name: np.concatenate([column, np.where(pairs.tree_of_site == NONE, from_sites[name], from_site_trees[name])])
        for name, column in from_trees.items()
    }


def tree_table(context: JoinContext, inventory: TreeInventory) -> pd.DataFrame:
    """Build the joined table of the trees."""
    return context["trees"].build_joined_table(joined_tree_values(context, inventory.trees))


def site_table(context: JoinContext, inventory: TreeInventory) -> pd.DataFrame:
    """Build the joined table of the sites. It copies some fields from the tree that stands there now."""
    values = joined_tree_values(context, inventory.sites) | tree_values_for_sites(context["trees"], inventory.pairs)
    return context["sites"].build_joined_table(values)


def tree_values_for_sites(trees: ProjectedLayer, pairs: TreeSitePairs) -> Columns:
    """Return `tree_id` and the `SITE_TREE_FIELDS` of the tree at each site, unknown without a tree."""
    values = {name: np.append(trees.values(name), NONE_VALUE)[pairs.tree_of_site] for name in SITE_TREE_FIELDS}
    return values | {"tree_id": trees.ids_at(pairs.tree_of_site)}


def joined_tree_values(context: JoinContext, placements: Columns) -> Columns:
    """Return the joined fields of trees or sites, with parcel ids instead of positions.

    Distances are rounded to the millimeter.
    """
    ids_at = context["parcels"].ids_at
    return {
        "town": placements["name"],
        "need": placements["need"],
        "need_rule": placements["need_rule"],
        "inside_parcel_id": ids_at(placements["inside"]),
        "frontage_parcel_id": ids_at(placements["parcel"]),
        "method": placements["method"],
        "distance_m": np.round(placements["distance_m"], 3),
        "runner_up_id": ids_at(placements["runner_up"]),
        "confidence": placements["confidence"],
        **{name: placements[name] for name in ("placed_by", "lon", "lat")},
    }
