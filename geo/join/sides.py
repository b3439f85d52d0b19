"""Streets seen from a tree: the nearest centreline, and what lies across it."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.join.inside import lowest
from geo.join.measured import NONE, Measured
from geo.join.settings import JoinSettings


@dataclass(frozen=True)
class OwnStreet:
    """For each spot its street (`NONE` where none is in reach), how far, and the way out from it.

    `foot` is the point of the centreline nearest to the spot, `out_x` and `out_y` the unit vector
    from there to the spot: the way on which the lot lies in front of which the spot stands. `told`
    marks the spots whose street the inventory told, and not nearness.
    """

    street: np.ndarray
    metres: np.ndarray
    foot: np.ndarray
    out_x: np.ndarray
    out_y: np.ndarray
    told: np.ndarray


def own_streets(
    points: np.ndarray, on_street: pd.Series, streets: Measured, settings: JoinSettings
) -> OwnStreet:
    """Find the street at which each spot stands.

    It is the one that the inventory names, where a centreline of that name is in reach; else the
    nearest centreline in reach. Of equally near ones the lowest id.
    """
    nearest, _ = nearest_street(points, streets, reach_m=settings.street_reach_m)
    told = _told(points, on_street, streets, settings)
    street = np.where(told == NONE, nearest, told)
    has = street != NONE
    way = np.full(len(points), None, object)
    way[has] = shapely.shortest_line(points[has], streets.shapes[street[has]])
    foot = shapely.get_point(way, -1)
    metres = shapely.length(way)
    with np.errstate(invalid="ignore", divide="ignore"):  # on the centreline there is no way out
        out_x = (shapely.get_x(points) - shapely.get_x(foot)) / metres
        out_y = (shapely.get_y(points) - shapely.get_y(foot)) / metres
    return OwnStreet(street, metres, foot, out_x, out_y, told != NONE)


def nearest_street(
    points: np.ndarray, streets: Measured, *, reach_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find the centreline nearest to each point, and how far it is; `NONE` and inf out of reach."""
    street, metres = np.full(len(points), NONE), np.full(len(points), np.inf)
    if len(streets) and len(points):  # an empty tree has no nearest
        found, far = shapely.STRtree(streets.shapes).query_nearest(
            points, max_distance=None if np.isinf(reach_m) else reach_m, return_distance=True
        )
        street = lowest(found[0], found[1], len(points))
        metres[found[0]] = far
    return street, metres


def crossed(ways: np.ndarray, streets: Measured) -> np.ndarray:
    """Mark the ways (lines) that meet a centreline."""
    met = shapely.STRtree(streets.shapes).query(ways, predicate="intersects")[0]
    return np.isin(np.arange(len(ways)), met)


def same_street(first: np.ndarray, second: np.ndarray, streets: Measured) -> np.ndarray:
    """Tell whether two rows of the centrelines are one street: one row, or rows of one name."""
    name = np.append(street_names(streets.rows["name"]).to_numpy(object), "")
    named = (name[first] == name[second]) & (name[first] != "")
    return (first == second) & (first != NONE) | named


def street_names(words: pd.Series) -> pd.Series:
    """Spell street names alike: letters and digits in lower case; empty where unknown."""
    seen = {word: _spelt(word) for word in words.dropna().unique()}
    return words.map(seen).astype(object).fillna("")


def _spelt(word: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", word.casefold()))


def _told(
    points: np.ndarray, on_street: pd.Series, streets: Measured, settings: JoinSettings
) -> np.ndarray:
    """Find the nearest centreline in reach that has the name the inventory gives."""
    asked = street_names(on_street).to_numpy(object)
    ask = np.flatnonzero(asked != "")
    tree = shapely.STRtree(streets.shapes)
    spot, street = tree.query(points[ask], predicate="dwithin", distance=settings.street_reach_m)
    spot = ask[spot]
    whole = street_names(streets.rows["name"]).to_numpy(object)[street]
    bare = street_names(streets.rows["street"]).to_numpy(object)[street]
    fits = (asked[spot] == whole) | (asked[spot] == bare)
    spot, street = spot[fits], street[fits]
    metres = shapely.distance(points[spot], streets.shapes[street])
    first = pd.DataFrame({"spot": spot, "metres": metres.round(6), "street": street})
    first = first.sort_values(["spot", "metres", "street"]).drop_duplicates("spot")
    told = np.full(len(points), NONE)
    told[first["spot"]] = first["street"]
    return told
