"""Trees and sites counted: by condition, by need, for parcels as for towns."""

import numpy as np

from geo.join.measured import NONE, Columns, Measured, each
from geo.join.needs import PRESSING

CONDITIONS = {
    "trees_good": ("excellent", "very_good", "good"),
    "trees_fair": ("fair",),
    "trees_poor": ("poor", "critical"),
    "trees_dead": ("dead",),
    "trees_unrated": ("", "unknown"),
}
OF_SITES = ("stump", "plant")  # the needs that a site without a tree can add


def tree_figures(trees: Measured, needs: np.ndarray, at: np.ndarray, size: int) -> Columns:
    """Count trees at each of `size` things, by condition and by need."""
    condition = trees.text("condition")
    counts = {"trees": tally(at, size)}
    for name, codes in CONDITIONS.items():
        counts[name] = tally(at[np.isin(condition, codes)], size)
    for code in PRESSING:
        counts[f"need_{code}"] = tally(at[needs == code], size)
    return counts


def survey_figures(trees: Columns, site_needs: np.ndarray, at: np.ndarray, size: int) -> Columns:
    """Add to the trees' counts the stumps and the empty places among sites without a tree."""
    more = {f"need_{code}": tally(at[site_needs == code], size) for code in OF_SITES}
    return {name: count + more.get(name, 0) for name, count in trees.items()}


def most_pressing(needs: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Find the most pressing of the needs at each thing; "none" where there is no need at all."""
    rank = each(needs, PRESSING.index).astype(np.int64)
    least = np.full(size, PRESSING.index("none"))
    np.minimum.at(least, at[at != NONE], rank[at != NONE])
    return np.array(PRESSING, object)[least]


def tally(at: np.ndarray, size: int) -> np.ndarray:
    """Count how often each position comes; `NONE` counts nowhere."""
    return np.bincount(at[at != NONE], minlength=size)
