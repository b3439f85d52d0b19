"""Straight ways from a point, and what they meet first."""

import numpy as np
import pandas as pd
import shapely

from geo.join.measured import NONE


def ways_out(
    points: np.ndarray, out_x: np.ndarray, out_y: np.ndarray, metres: np.ndarray | float
) -> np.ndarray:
    """Draw from each point a straight way of so many metres along the unit vector (out_x, out_y)."""
    x, y = shapely.get_x(points), shapely.get_y(points)
    ends = np.stack([x + out_x * metres, y + out_y * metres], axis=-1)
    return shapely.linestrings(np.stack([np.stack([x, y], axis=-1), ends], axis=1))


def first_met(
    ways: np.ndarray, points: np.ndarray, shapes: np.ndarray, *, tie_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find what each way meets first, and how far from its point; `NONE` and inf where nothing.

    Of shapes met within about `tie_m` of each other, the lowest position.
    """
    way, shape = shapely.STRtree(shapes).query(ways, predicate="intersects")
    metres = shapely.distance(points[way], shapely.intersection(ways[way], shapes[shape]))
    met = pd.DataFrame({"way": way, "shape": shape, "metres": metres})
    met["round"] = (met["metres"] / tie_m).round()
    met = met.sort_values(["way", "round", "shape"]).drop_duplicates("way")
    first, far = np.full(len(ways), NONE), np.full(len(ways), np.inf)
    first[met["way"]], far[met["way"]] = met["shape"], met["metres"]
    return first, far
