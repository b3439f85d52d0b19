"""In front of which lot a street tree stands. The rules are those of `front`."""

import numpy as np
import pandas as pd
import shapely

from geo.join.measured import NONE, NOTHING, Measured
from geo.join.medians import in_median
from geo.join.settings import JoinSettings
from geo.join.sides import OwnStreet, crossed, nearest_street, own_streets, same_street
from geo.join.ways import first_met, ways_out

TOUCH_M = (
    1e-6  # added to both distances, so that two lots that a point touches are the tie they are
)


def front(
    points: np.ndarray,
    on_street: pd.Series,
    lots: np.ndarray,
    streets: Measured,
    settings: JoinSettings,
) -> pd.DataFrame:
    """Find the lot in front of which each point stands; none of the points is inside a lot.

    1. A lot can be meant when it is within `near_m` and the straight way to it meets no centreline:
       it is on the point's own side of every street.
    2. Of these, the lot abreast comes first: the first one on the way that leads from the point's
       own street through the point, if no lot lies between street and point, and if that street
       is still the nearest where the way meets the lot (round the corner it isn't). A lot as
       near as the one abreast is its equal.
    3. Else the nearest; equally near ones: the lowest position.
    4. A point between the two lines of one street, or on the middle of a divided one, stands in
       a median and before no lot.
    5. A point at no street, or on a centreline, belongs to the nearest lot within `near_m`: method
       nearest, never of high confidence.

    The runner-up is the next best: on the own side before across, then by distance, up to twice
    `near_m` away. Confidence compares its distance with the lot's own. Gives for each point `lot`,
    `method`, `distance_m`, `runner_up` and `confidence`; all in metres.
    """
    own = own_streets(points, on_street, streets, settings)
    near = neighbours(points, lots, own, streets, settings)
    chosen = _first(near[near["may"]], len(points))
    median = in_median(points, own, lots, streets, settings) & (
        (chosen["lot"] == NONE) | (own.metres <= settings.half_median_m)
    )
    chosen.loc[median, ["lot", "metres"]] = [NONE, np.nan]
    left = near[near["lot"].to_numpy() != chosen["lot"].to_numpy()[near["spot"]]]
    runner_up = _first(left.sort_values(["spot", "across", "round", "lot"]), len(points))
    sided = (own.street != NONE) & (own.metres > settings.centre_m)
    none = (chosen["lot"] == NONE).to_numpy()
    found = np.select([median, none, sided], ["median", "none", "frontage"], "nearest")
    sure = confidence(chosen["metres"], runner_up["metres"], sided, settings)
    return pd.DataFrame(
        {
            "lot": chosen["lot"],
            "method": found,
            "distance_m": chosen["metres"],
            "runner_up": runner_up["lot"],
            "confidence": sure,
        }
    )


def neighbours(
    points: np.ndarray, lots: np.ndarray, own: OwnStreet, streets: Measured, settings: JoinSettings
) -> pd.DataFrame:
    """List the lots within twice `near_m` of each point, the best first.

    `metres` is the distance, `across` whether a centreline lies between, `may` whether the lot
    can be meant, `abreast` whether the point stands right before it.
    """
    reach = 2 * settings.near_m
    lot, spot = shapely.STRtree(points).query(lots, predicate="dwithin", distance=reach)
    ways = shapely.shortest_line(points[spot], lots[lot])
    near = pd.DataFrame({"spot": spot, "lot": lot, "metres": shapely.length(ways)})
    sided = ((own.street != NONE) & (own.metres > settings.centre_m))[spot]
    near["across"] = crossed(ways, streets) & sided
    near["may"] = ~near["across"] & (near["metres"] <= settings.near_m + settings.edge_m)
    # Whole centimetres, so that two lots that differ by noise are the tie that they look like.
    near["round"] = (near["metres"] / settings.tie_m).round()
    near["abreast"] = _abreast(points, near, lots, own, streets, settings)
    beside = near.loc[near["abreast"]].set_index("spot")["round"]
    near["abreast"] |= near["may"] & (near["round"] == near["spot"].map(beside))
    near["behind"] = ~near["abreast"]
    return near.sort_values(["spot", "behind", "round", "lot"], ignore_index=True)


def confidence(
    metres: pd.Series, runner_up: pd.Series, sided: np.ndarray, settings: JoinSettings
) -> np.ndarray:
    """Say how sure a lot outside which a tree stands is; None where there is no lot.

    No runner-up counts as one at any distance. High only on a known side of a known street.
    """
    ratio = ((runner_up + TOUCH_M) / (metres + TOUCH_M)).fillna(np.inf).to_numpy() + 1e-6
    sure = [sided & (ratio >= settings.high_ratio), ratio >= settings.medium_ratio]
    return np.where(metres.isna(), NOTHING, np.select(sure, ["high", "medium"], "low"))


def _first(near: pd.DataFrame, size: int) -> pd.DataFrame:
    """Take the first row of each point: `lot` and `metres`, `NONE` and nan where it has none."""
    first = near.drop_duplicates("spot").set_index("spot")[["lot", "metres"]]
    first = first.reindex(range(size))
    return first.assign(lot=first["lot"].fillna(NONE).astype(int))


def _abreast(
    points: np.ndarray,
    near: pd.DataFrame,
    lots: np.ndarray,
    own: OwnStreet,
    streets: Measured,
    settings: JoinSettings,
) -> np.ndarray:
    """Mark the lot that the way out from each point's own street meets first.

    It counts only when it may be meant, when no lot lies between street and point, and when no
    other street is nearer at the place met.
    """
    spot = np.unique(near["spot"][near["may"]])
    spot = spot[(own.street != NONE)[spot] & (own.metres > settings.centre_m)[spot]]
    spot = spot[~_behind_lots(points[spot], own.foot[spot], lots)]
    ways = ways_out(points[spot], own.out_x[spot], own.out_y[spot], settings.near_m)
    lot, along = first_met(ways, points[spot], lots, tie_m=settings.tie_m)
    met = lot != NONE
    spot, lot, along = spot[met], lot[met], along[met]
    holds = own.told[spot] | _still_nearest(points[spot], spot, along, own, streets, settings)
    meant = pd.MultiIndex.from_arrays([spot[holds], lot[holds]])
    asked = pd.MultiIndex.from_arrays([near["spot"], near["lot"]])
    return near["may"].to_numpy() & asked.isin(meant)


def _behind_lots(points: np.ndarray, feet: np.ndarray, lots: np.ndarray) -> np.ndarray:
    """Mark the points that a lot parts from their street, as where a lane is drawn across lots."""
    ends = np.stack([shapely.get_coordinates(feet), shapely.get_coordinates(points)], axis=1)
    parted = shapely.STRtree(lots).query(shapely.linestrings(ends), predicate="crosses")[0]
    return np.isin(np.arange(len(points)), parted)


def _still_nearest(
    points: np.ndarray,
    spot: np.ndarray,
    along: np.ndarray,
    own: OwnStreet,
    streets: Measured,
    settings: JoinSettings,
) -> np.ndarray:
    """Mark the places, `along` from each point, where its own street is still the nearest."""
    x = shapely.get_x(points) + own.out_x[spot] * along
    y = shapely.get_y(points) + own.out_y[spot] * along
    nearest, metres = nearest_street(shapely.points(x, y), streets, reach_m=np.inf)
    same = same_street(own.street[spot], nearest, streets)
    return same | (own.metres[spot] + along <= metres + settings.tie_m)
