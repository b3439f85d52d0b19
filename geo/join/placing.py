"""To which parcel each tree and site belongs, how that was found, and how sure it is."""

import numpy as np
import pandas as pd
import shapely

from geo.join.frontage import front
from geo.join.ground import Ground
from geo.join.inside import inside, lowest
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

    - inside a parcel that is no street: that parcel; method park in a park, else contains;
    - inside a parcel whose land use is a median, or said by the inventory to stand in one: median, no parcel;
    - said to stand in a park, and one is within `near_m`: the nearest park; medium confidence;
    - anything else, in a right-of-way polygon or in none: the rules of `front`.

    On an edge that several parcels share, the lowest id contains the spot, and the next is the runner-up.
    """
    shapes = parcels.shapes[ground.rows]
    kind = np.append(parcels.text("kind")[ground.rows], "")
    median = np.append(_is_median(parcels)[ground.rows], False)
    found = inside(points, shapes, edge_m=settings.edge_m)
    said = spots["location"].to_numpy(object)
    in_lot = (found.first != NONE) & (kind[found.first] != STREET) & ~median[found.first]
    in_median = ~in_lot & (median[found.first] | (said == "median"))
    lots = np.flatnonzero(~np.isin(kind[:-1], NO_LOTS) & ~median[:-1] & ~shapely.is_missing(shapes))
    out = np.flatnonzero(~in_lot & ~in_median)
    fronting = front(points[out], spots["on_street"].iloc[out], shapes[lots], streets, settings)
    parks = np.where(kind[:-1] == "park", shapes, NOTHING)
    fronting = _by_park(_at(fronting, lots), points[out], said[out] == "park", parks, settings)
    table = _contained(found.first, found.second, kind)
    table.loc[in_median, ["parcel", "runner_up"]] = NONE
    table.loc[in_median, ["method", "distance_m", "confidence"]] = ["median", np.nan, None]
    table.loc[out, fronting.columns] = fronting.to_numpy(object)
    rows = np.append(ground.rows, NONE)
    for name in ("inside", "parcel", "runner_up"):
        table[name] = rows[table[name].to_numpy(int)]
    return table


def _at(fronting: pd.DataFrame, lots: np.ndarray) -> pd.DataFrame:
    """Turn positions among the lots into positions among the ground parcels."""
    at = np.append(lots, NONE)
    parcel, runner_up = at[fronting["lot"]], at[fronting["runner_up"]]
    return fronting.drop(columns="lot").assign(parcel=parcel, runner_up=runner_up)


def _by_park(
    fronting: pd.DataFrame,
    points: np.ndarray,
    said: np.ndarray,
    parks: np.ndarray,
    settings: JoinSettings,
) -> pd.DataFrame:
    """Give the spots said to stand in a park to the nearest one in reach; the others stay."""
    tree = shapely.STRtree(parks)
    if not len(tree):  # an empty tree has no nearest
        return fronting
    asked = np.flatnonzero(said)
    spot, park = tree.query_nearest(points[asked], max_distance=settings.near_m)
    park = lowest(spot, park, len(asked))
    rows, park = asked[park != NONE], park[park != NONE]
    ruled = fronting["parcel"].to_numpy()[rows]
    fronting.loc[rows, "runner_up"] = np.where(
        ruled == park, fronting["runner_up"].iloc[rows], ruled
    )
    fronting.loc[rows, "parcel"] = park
    fronting.loc[rows, "method"] = "park"
    fronting.loc[rows, "distance_m"] = shapely.distance(points[rows], parks[park])
    fronting.loc[rows, "confidence"] = "medium"
    return fronting


def _is_median(parcels: Measured) -> np.ndarray:
    """Mark the parcels that are a median by their land use, and no lot by their kind."""
    words = pd.Series(parcels.text("land_use")).str.contains(r"\bmedian\b")
    return (words & ~np.isin(parcels.text("kind"), ("lot", "unit", "master", "park"))).to_numpy()


def _contained(first: np.ndarray, second: np.ndarray, kind: np.ndarray) -> pd.DataFrame:
    """Begin the table as if whatever contains a spot were its parcel."""
    return pd.DataFrame(
        {
            "inside": first,
            "parcel": first,
            "method": np.where(kind[first] == "park", "park", "contains").astype(object),
            "distance_m": np.where(first == NONE, np.nan, 0.0),
            "runner_up": second,
            "confidence": np.where(first == NONE, NOTHING, "high"),
        }
    )
