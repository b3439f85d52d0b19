"""Counts of trees and planting sites, by condition and by need.

The same functions count for parcels and for towns. `group_of` (n,) is the position of each
record's parcel or town, `NONE` (-1) for no group. `geo.join.summary_tables` calls them.
"""

import numpy as np

from geo.forestry.maintenance_needs import NEEDS_BY_URGENCY
from geo.projected_layer import NONE, Columns, ProjectedLayer, map_distinct

CONDITION_COLUMNS = {
    "trees_good": ("excellent", "very_good", "good"),
    "trees_fair": ("fair",),
    "trees_poor": ("poor", "critical"),
    "trees_dead": ("dead",),
    "trees_unrated": ("", "unknown"),
}
EMPTY_SITE_NEEDS = ("stump", "plant")  # the needs that a site without a tree can add


def count_trees(trees: ProjectedLayer, needs: np.ndarray, group_of: np.ndarray, group_count: int) -> Columns:
    """Count trees in each group: `trees`, one column for each condition, one for each need.

    `needs` (n,) holds the need of each tree. Columns have the shape `(group_count,)`.
    """
    condition = trees.normalized_text("condition")
    counts = {"trees": count_per_group(group_of, group_count)}
    for name, codes in CONDITION_COLUMNS.items():
        counts[name] = count_per_group(group_of[np.isin(condition, codes)], group_count)
    for code in NEEDS_BY_URGENCY:
        counts[f"need_{code}"] = count_per_group(group_of[needs == code], group_count)
    return counts


def add_site_counts(tree_counts: Columns, site_needs: np.ndarray, group_of: np.ndarray, group_count: int) -> Columns:
    """Add the stumps and plantable places among sites without a tree to the counts of trees.

    >>> tree_counts = {"trees": np.array([2, 0]), "need_plant": np.array([0, 0])}
    >>> counts = add_site_counts(tree_counts, np.array(["plant", "plant"]), np.array([1, 1]), 2)
    >>> counts["trees"].tolist(), counts["need_plant"].tolist()
    ([2, 0], [0, 2])
    """
    extra = {f"need_{code}": count_per_group(group_of[site_needs == code], group_count) for code in EMPTY_SITE_NEEDS}
    return {name: count + extra.get(name, 0) for name, count in tree_counts.items()}


def most_pressing_need(needs: np.ndarray, group_of: np.ndarray, group_count: int) -> np.ndarray:
    """Return the most urgent need in each group, or "none" for a group without records.

    >>> needs = np.array(["none", "prune", "remove"], object)
    >>> most_pressing_need(needs, np.array([0, 0, NONE]), 2).tolist()
    ['prune', 'none']
    """
    rank = map_distinct(needs, NEEDS_BY_URGENCY.index).astype(np.int64)
    lowest_rank = np.full(group_count, NEEDS_BY_URGENCY.index("none"))
    np.minimum.at(lowest_rank, group_of[group_of != NONE], rank[group_of != NONE])
    return np.array(NEEDS_BY_URGENCY, object)[lowest_rank]


def count_per_group(group_of: np.ndarray, group_count: int) -> np.ndarray:
    """Count the records of each group. `NONE` counts nowhere.

    >>> count_per_group(np.array([0, 2, 2, NONE]), 3).tolist()
    [1, 0, 2]
    """
    return np.bincount(group_of[group_of != NONE], minlength=group_count)
