"""To which parcel each tree and site belongs, how that was found, and how sure it is."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import shapely

from geo.engine.shapes import Areas
from geo.join.frontage import front
from geo.join.ground import Ground
from geo.join.inside import Inside, inside, lowest
from geo.join.measured import NONE, NOTHING, Measured
from geo.join.settings import JoinSettings

# Nothing fronts these: a tree belongs to them only when it stands inside one that is no street.
NO_LOTS = ("right_of_way", "water")
STREET = "right_of_way"


def placed(
    spots: pd.DataFrame,
    points: np.ndarray,
    parcels: Measured,
    ground: Ground,
    streets: Measured,
    settings: JoinSettings,
) -> pd.DataFrame:
    """Place spots that have a point: `inside`, `parcel` and `runner_up` (rows of parcels), and how.

    `spots` has `location` (a code or empty) and `on_street`. The rules, the first that fits:

    - inside a park, or said to stand in one, which is within `near_m`: that park; when it is not
      inside, of medium confidence;
    - inside a parcel that is neither street nor median: that parcel, whatever street lies over it too;
    - inside a parcel whose land use is a median, or said by the inventory to stand in one: median, no parcel;
    - anything else, in a right-of-way polygon or in none: the rules of `front`.

    On an edge that several parcels share, the lowest id contains the spot, and the next is the runner-up.
    """
    shapes = parcels.shapes[ground.rows]
    kind = np.append(parcels.text("kind")[ground.rows], "")
    median = _is_median(parcels)[ground.rows]
    plain = (kind[:-1] != STREET) & ~median
    said = spots["location"].to_numpy(object)
    found = inside(points, ground.areas, edge_m=settings.edge_m)
    held = _held(points, ground.areas, shapes, np.flatnonzero(plain), found, settings)
    between = inside(points, ground.areas.take(np.flatnonzero(median)), edge_m=settings.edge_m)
    park = _park_meant(points, said, held.first, kind, shapes, settings)
    in_lot = (held.first != NONE) & (park == NONE)
    in_median = ~in_lot & (park == NONE) & ((between.first != NONE) | (said == "median"))
    lots = np.flatnonzero(
        ~np.isin(kind[:-1], NO_LOTS) & ~median & ~(shapely.area(shapes) < settings.sliver_m2)
    )
    lots = lots[~shapely.is_missing(shapes[lots])]
    out = np.flatnonzero(~in_lot & ~in_median)
    told, fronted = spots["on_street"].iloc[out], ground.areas.take(lots)
    fronting = _at(front(points[out], told, fronted, streets, settings), lots)
    table = _contained(found, held, kind)
    table.loc[in_median, ["parcel", "runner_up"]] = NONE
    table.loc[in_median, ["method", "distance_m", "confidence"]] = ["median", np.nan, None]
    table.loc[out, fronting.columns] = fronting.to_numpy(object)
    _to_parks(table, points, park, held.first, shapes)
    rows = np.append(ground.rows, NONE)
    for name in ("inside", "parcel", "runner_up"):
        table[name] = rows[table[name].to_numpy(int)]
    return table


def _held(
    points: np.ndarray,
    areas: Areas,
    shapes: np.ndarray,
    plain: np.ndarray,
    found: Inside,
    settings: JoinSettings,
) -> Inside:
    """Find the parcel, no street and no median, that holds each spot.

    Where a street comes before it and the spot is on its edge, the edge is the street's too: it holds nothing.
    """
    at = np.append(plain, NONE)
    first, second = (
        at[row] for row in astuple(inside(points, areas.take(plain), edge_m=settings.edge_m))
    )
    asked = np.flatnonzero((first != NONE) & (first != found.first))
    edges = shapely.distance(points[asked], shapely.boundary(shapes[first[asked]]))
    first[asked[edges <= settings.edge_m]] = NONE
    return Inside(first, second)


def _at(fronting: pd.DataFrame, lots: np.ndarray) -> pd.DataFrame:
    """Turn positions among the lots into positions among the ground parcels."""
    at = np.append(lots, NONE)
    parcel, runner_up = at[fronting["lot"]], at[fronting["runner_up"]]
    return fronting.drop(columns="lot").assign(parcel=parcel, runner_up=runner_up)


def _park_meant(
    points: np.ndarray,
    said: np.ndarray,
    held: np.ndarray,
    kind: np.ndarray,
    shapes: np.ndarray,
    settings: JoinSettings,
) -> np.ndarray:
    """Find the park in reach for spots that are said to stand in one, and do not; `NONE` for all others."""
    park = np.full(len(points), NONE)
    tree = shapely.STRtree(np.where(kind[:-1] == "park", shapes, NOTHING))
    asked = np.flatnonzero((said == "park") & (kind[held] != "park"))
    if len(tree) and len(asked):  # an empty tree has no nearest
        spot, near = tree.query_nearest(points[asked], max_distance=settings.near_m)
        park[asked] = lowest(spot, near, len(asked))
    return park


def _to_parks(
    table: pd.DataFrame,
    points: np.ndarray,
    park: np.ndarray,
    held: np.ndarray,
    shapes: np.ndarray,
) -> None:
    """Give spots to the parks that are meant; what holds them, or what they front, is the runner-up."""
    rows = np.flatnonzero(park != NONE)
    ruled = np.where(held[rows] == NONE, table["parcel"].to_numpy(int)[rows], held[rows])
    table.loc[rows, "runner_up"] = np.where(
        ruled == park[rows], table["runner_up"].iloc[rows], ruled
    )
    table.loc[rows, "parcel"] = park[rows]
    table.loc[rows, "method"] = "park"
    table.loc[rows, "distance_m"] = shapely.distance(points[rows], shapes[park[rows]])
    table.loc[rows, "confidence"] = "medium"


def _is_median(parcels: Measured) -> np.ndarray:
    """Mark the parcels that are a median by their land use, and no lot by their kind."""
    words = pd.Series(parcels.text("land_use")).str.contains(r"\bmedian\b")
    return (words & ~np.isin(parcels.text("kind"), ("lot", "unit", "master", "park"))).to_numpy()


def _contained(found: Inside, held: Inside, kind: np.ndarray) -> pd.DataFrame:
    """Begin the table as if whatever holds a spot were its parcel; the next that contains it, the runner-up."""
    other = np.where(found.first == held.first, found.second, found.first)
    nowhere = held.first == NONE
    return pd.DataFrame(
        {
            "inside": found.first,
            "parcel": held.first,
            "method": np.where(kind[held.first] == "park", "park", "contains").astype(object),
            "distance_m": np.where(nowhere, np.nan, 0.0),
            "runner_up": np.where(held.second == NONE, other, held.second),
            "confidence": np.where(nowhere, NOTHING, "high"),
        }
    )
