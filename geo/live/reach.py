"""Which lots a survey has reached, where a few of its records came, went or moved.

A lot is reached when something of the inventory stands within `survey_reach_m` of it. Where a record that comes or goes stands
amid others, no lot hangs on it alone, and no lot need be looked at (see `amid`).
"""

from collections.abc import Collection

import numpy as np
import shapely

from geo.engine.reached import near_any
from geo.engine.shapes import areas_from
from geo.join.measured import NOWHERE, nowhere, xy_of
from geo.live.around import layer_of, near
from geo.live.few import Few
from geo.live.standing import Standing
from geo.places import Bbox
from geo.store.protocol import Rows, Turn

SAID = {"trees": "location", "sites": "site_type"}  # where the inventory says that a record stands
STEPS = (1 / 8, 1 / 3, 1.0)  # parts of a reach that are looked through one after another
WIDEST = 2 * np.pi / 3  # the widest gap between the ways to records that stand around a place


def places(spots: Few, parcel: np.ndarray, lots: Few, said: str) -> np.ndarray:
    """Tell in metres where each record counts as standing: at its point, else in the middle of its parcel.

    (rows, 2); nan where it stands nowhere, and for what stands in a park: that tells of the park alone.
    """
    middles = np.concatenate([xy_of(shapely.centroid(lots.shapes)), NOWHERE])
    at = spots.points.copy()
    bare = nowhere(at)
    at[bare] = middles[lots.positions(parcel)][bare]
    at[spots.text(said) == "park"] = np.nan
    return at


def amid(place: np.ndarray, others: np.ndarray, reach_m: float) -> bool:
    """Tell whether a place stands so amid others that whatever it reaches one of them reaches too.

    So it is when the ways to those within half the reach leave no gap wider than 120 degrees. Let z be a point within
    the reach r of the place, and q one of the others, d away, whose way leads within 60 degrees of z's. By the law of
    cosines q is at most sqrt(r*r + d*(d - r)) from z: no farther than the place where r >= d, and else less than r + d,
    twice half the reach.

    >>> ring = np.array([[9.0, 0.0], [0.0, 9.0], [-9.0, 0.0], [0.0, -9.0]])
    >>> amid(np.zeros(2), ring, 500.0), amid(np.zeros(2), ring[:3], 500.0)
    (True, False)
    """
    ways = others - place
    metres = np.hypot(ways[:, 0], ways[:, 1])
    if (metres == 0).any():
        return True
    ways = ways[metres <= reach_m / 2]
    if len(ways) < 3:
        return False
    angles = np.sort(np.arctan2(ways[:, 1], ways[:, 0]))
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    return bool(gaps.max() <= WIDEST)


def stands_amid(turn: Turn, standing: Standing, place: np.ndarray, but: Collection[str]) -> bool:
    """Tell whether a place in metres stands amid the records that there are, but some (see `amid`)."""
    reach_m = standing.settings.survey_reach_m
    box = standing.box_of(*place, *place)
    for part in STEPS:
        others = points_near(turn, standing, box, reach_m / 2 * part, but)
        if amid(place, others, reach_m):
            return True
    return False


def lots_within(turn: Turn, standing: Standing, place: np.ndarray) -> set[str]:
    """Give the ground parcels within the survey's reach of a place in metres."""
    reach_m = standing.settings.survey_reach_m
    rows = near(turn, "parcels", [standing.box_of(*place, *place)], reach_m, ("ground_id",))
    lots = layer_of("parcels", rows, standing)
    close = shapely.dwithin(lots.shapes, shapely.Point(place), reach_m + 1)
    return set(lots.values("ground_id")[close])


def reached(turn: Turn, standing: Standing, lots: np.ndarray) -> np.ndarray:
    """Mark the lots (shapes in metres) that have a record of the survey within its reach."""
    marks, reach_m = np.zeros(len(lots), bool), standing.settings.survey_reach_m
    for part in STEPS:
        left = np.flatnonzero(~marks & ~shapely.is_missing(lots))
        if not len(left):
            break
        areas = areas_from(lots[left])
        box = standing.box_of(*shapely.total_bounds(lots[left]).tolist())
        points = points_near(turn, standing, box, reach_m * part, ())
        marks[left] = near_any(areas, points - areas.origin, reach_m)
    left = np.flatnonzero(~marks & ~shapely.is_missing(lots))
    if len(left):
        marks[left] = _reached_by_middles(turn, standing, lots[left])
    return marks


def points_near(
    turn: Turn, standing: Standing, box: Bbox, metres: float, but: Collection[str]
) -> np.ndarray:
    """Give in metres the points of the survey's records around a box, without those in parks."""
    found = [np.zeros((0, 2))]
    for layer, said in SAID.items():
        rows = near(turn, layer, [box], metres, (said,))
        rows = Rows(rows.fields, [row for row in rows.rows if row[0] not in but])
        spots = layer_of(layer, rows, standing)
        found.append(spots.points[spots.text(said) != "park"])
    together = np.concatenate(found)
    return together[np.isfinite(together).all(axis=1)]


def _reached_by_middles(turn: Turn, standing: Standing, lots: np.ndarray) -> np.ndarray:
    """Mark the lots near the middle of a parcel whose trees or sites have no point."""
    areas, reach_m = areas_from(lots), standing.settings.survey_reach_m
    box = standing.box_of(*shapely.total_bounds(lots).tolist())
    parcels = layer_of("parcels", near(turn, "parcels", [box], reach_m, ()), standing)
    marks = np.zeros(len(lots), bool)
    for layer, said in SAID.items():
        fields = (said, "frontage_parcel_id")
        rows = turn.having(layer, "frontage_parcel_id", list(parcels.values("id")), fields)
        bare = Rows(fields, [row for row in rows.rows if row[-1] is None])
        spots = layer_of(layer, bare, standing)
        middles = places(spots, spots.values("frontage_parcel_id"), parcels, said)
        middles = middles[np.isfinite(middles).all(axis=1)]
        marks |= near_any(areas, middles - areas.origin, reach_m)
    return marks
