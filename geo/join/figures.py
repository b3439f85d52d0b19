"""Trees and sites counted: by condition, by need, for parcels as for towns."""

import numpy as np
import pandas as pd

from geo.join.measured import NONE, Measured
from geo.join.needs import PRESSING

CONDITIONS = {
    "trees_good": ("excellent", "very_good", "good"),
    "trees_fair": ("fair",),
    "trees_poor": ("poor", "critical"),
    "trees_dead": ("dead",),
    "trees_unrated": ("", "unknown"),
}
OF_SITES = ("stump", "plant")  # the needs that a site without a tree can add


def tree_figures(
    trees: Measured, tree_needs: pd.Series, at: np.ndarray, size: int
) -> dict[str, np.ndarray]:
    """Count trees at each of `size` things, by condition and by need."""
    condition, need = trees.text("condition"), tree_needs.to_numpy(object)
    counts = {"trees": tally(at, size)}
    for name, codes in CONDITIONS.items():
        counts[name] = tally(at[np.isin(condition, codes)], size)
    for code in PRESSING:
        counts[f"need_{code}"] = tally(at[need == code], size)
    return counts


def survey_figures(
    trees: dict[str, np.ndarray], site_needs: np.ndarray, at: np.ndarray, size: int
) -> pd.DataFrame:
    """Add to the trees' counts the stumps and the empty places among sites without a tree."""
    more = {f"need_{code}": tally(at[site_needs == code], size) for code in OF_SITES}
    return pd.DataFrame({name: count + more.get(name, 0) for name, count in trees.items()})


def most_pressing(needs: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Find the most pressing of the needs at each thing; "none" where there is no need at all."""
    rank = pd.Series(needs).map({code: nth for nth, code in enumerate(PRESSING)}).to_numpy(int)
    least = np.full(size, PRESSING.index("none"))
    np.minimum.at(least, at[at != NONE], rank[at != NONE])
    return np.array(PRESSING, object)[least]


def tally(at: np.ndarray, size: int) -> np.ndarray:
    """Count how often each position comes; `NONE` counts nowhere."""
    return np.bincount(at[at != NONE], minlength=size)
