"""Possible doubles: trees of two sources so near to each other that they may be one tree.

`lotleaf load`, `lotleaf check` and the page `/doubles` list them. Nothing is merged: two inventories may
both be right.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.geometry_column import is_missing_point
from geo.projected_layer import ProjectedLayer
from geo.review.point_index import PointIndex

MAX_DOUBLE_M = 3.048  # 10 ft: two surveys of one tree differ by less, and street trees stand farther apart
CELL_M = 3.1  # of the grid in which sources meet: any size above the distance is right, and small ones leave few trees


@dataclass(frozen=True, slots=True)
class TreeDouble:
    """Two trees of two sources that may be one: their ids and sources, and how far apart they are in meters."""

    id: str
    source: str
    other_id: str
    other_source: str
    distance_m: float


def find_tree_doubles(trees: ProjectedLayer, source: str | None = None) -> list[TreeDouble]:
    """Return the pairs of trees of two sources within 10 ft, the nearest first. In a tie the lowest ids come first.

    With `source`, each pair has a tree of that source, and it comes first. Otherwise the tree of the lower
    source does.
    """
    sources = trees.values("source").astype(str)
    rows = np.flatnonzero(~is_missing_point(trees.points))
    rows = rows[_near_other_sources(trees.points[rows], sources[rows])]
    pairs = _pairs(trees.points, sources, rows)
    ids = trees.ids
    doubles = []
    for first, second, distance_m in pairs:
        if source is not None and source not in (sources[first], sources[second]):
            continue
        is_swapped = sources[second] == source if source else sources[second] < sources[first]
        row, other = (second, first) if is_swapped else (first, second)
        doubles.append(TreeDouble(str(ids[row]), sources[row], str(ids[other]), sources[other], distance_m))
    return sorted(doubles, key=lambda double: (round(double.distance_m, 2), double.id, double.other_id))


def _pairs(points: np.ndarray, sources: np.ndarray, rows: np.ndarray) -> list[tuple[int, int, float]]:
    """Return rows of two trees of different sources and their distance, with an index that grows by source."""
    point_index, known_rows = PointIndex(), np.zeros(0, np.int64)
    pairs: list[tuple[int, int, float]] = []
    for source in sorted(set(sources[rows])):
        source_rows = rows[sources[rows] == source]
        new, known, distances_m = point_index.find_and_add(points[source_rows], MAX_DOUBLE_M)
        pairs += zip(source_rows[new].tolist(), known_rows[known].tolist(), distances_m.tolist(), strict=True)
        known_rows = np.concatenate([known_rows, source_rows])
    return pairs


def _near_other_sources(points: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of the points whose surroundings have points of two sources.

    So few trees enter the index: those at the towns' borders, and those that two inventories hold.

    >>> points = np.array([[0.0, 0.0], [1.0, 0.0], [900.0, 0.0]])
    >>> _near_other_sources(points, np.array(["a", "b", "b"])).tolist()
    [True, True, False]
    """
    codes = pd.factorize(sources)[0]
    if not len(codes) or codes.max() == 0:
        return np.zeros(len(points), bool)
    cells = np.floor(points / CELL_M).astype(np.int64)
    keys = _cell_keys(cells)
    steps = [(across, up) for across in (-1, 0, 1) for up in (-1, 0, 1)]
    reached = pd.DataFrame(
        {
            "cell": np.concatenate([_cell_keys(cells + step) for step in steps]),
            "source": np.tile(codes, len(steps)),
        }
    ).drop_duplicates()
    counts = reached["cell"].value_counts()
    is_near: np.ndarray = np.isin(keys, counts.index[counts > 1].to_numpy())
    return is_near


def _cell_keys(cells: np.ndarray) -> np.ndarray:
    keys: np.ndarray = (cells[:, 0] << 32) ^ (cells[:, 1] & 0xFFFFFFFF)
    return keys
