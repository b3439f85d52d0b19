"""The rules of frontage by Shapely: what the kernels are held against. The rules are those of `front`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from geo.geometry_column import GeometryColumn
from geo.join.areas.containment import lowest_per_group
from geo.join.placement.frontage import TOUCH_TOLERANCE_M, frontage_confidence, normalize_street_names
from geo.join.settings import JoinSettings
from geo.kernels.frontage.street_gaps import MAX_GAP_M
from geo.projected_layer import NONE, ProjectedLayer


def front(
    points: np.ndarray, on_street: pd.Series, lots: np.ndarray, streets: ProjectedLayer, settings: JoinSettings
) -> pd.DataFrame:
    """Find the lot in front of which each point stands; none of the points is inside a lot.

    1. A lot can be meant when it is within `near_m` and the straight way to it meets no centreline:
       it is on the point's own side of every street. If the shortest way meets one, the next longer
       to what faces the point is asked: to a place that is nearer than the outline about it.
    2. Of these, the lot abreast comes first: the first one on the way that leads from the point's
       own street through the point, if no lot lies between street and point, and if that street
       is still the nearest where the way meets the lot (round the corner it isn't), or is told and
       within `near_m`. A lot as near as the one abreast is its equal.
    3. Else the nearest; equally near ones: the lowest position.
    4. A point between the two lines of one street, or on the middle of a divided one, stands in
       a median and before no lot. So does one on an island: out and back, and to either side, its
       ways meet lines of whatever street before any lot, at most `median_m` from each other.
    5. A point at no street, or on a centreline, belongs to the nearest lot within `near_m`: method
       nearest, never of high confidence.

    A street that breaks off and goes straight on within `GAP_M` is one there too: the gap is a
    piece of its centreline.

    The runner-up is the next best: on the own side before across, then by distance, up to twice
    `near_m` away. Confidence compares its distance with the lot's own. Gives for each point `lot`,
    `method`, `distance_m`, `runner_up` and `confidence`; all in metres.
    """
    streets = without_gaps(streets)
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
    sure = frontage_confidence(chosen["metres"], runner_up["metres"], sided, settings)
    return pd.DataFrame(
        {
            "lot": chosen["lot"],
            "method": found,
            "distance_m": chosen["metres"],
            "runner_up": runner_up["lot"],
            "confidence": sure,
        }
    )


def without_gaps(streets: ProjectedLayer) -> ProjectedLayer:
    """Draw the pieces that are missing between ends of one street, each with the lower row."""
    name = normalize_street_names(streets.attributes["name"])
    parts, row = shapely.get_parts(streets.metric_geometries, return_index=True)
    at = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    before = np.concatenate([shapely.get_point(parts, 1), shapely.get_point(parts, -2)])
    row = np.tile(row, 2)
    one, other = shapely.STRtree(at).query(at, predicate="dwithin", distance=MAX_GAP_M)
    alike = (row[one] == row[other]) | ((name[row[one]] == name[row[other]]) & (name[row[one]] != ""))
    one, other = one[alike & (one != other)], other[alike & (one != other)]
    touching = shapely.distance(at[one], at[other]) <= TOUCH_TOLERANCE_M
    free = ~np.isin(np.arange(len(at)), one[touching])
    drawn = streets.metric_geometries.copy()
    for a, b in zip(one, other, strict=True):
        straight = goes_on(before[a], at[a], at[b]) and goes_on(before[b], at[b], at[a])
        if a < b and free[a] and free[b] and straight:
            lower, piece = min(row[a], row[b]), shapely.LineString([at[a], at[b]])
            drawn[lower] = shapely.multilinestrings([*shapely.get_parts(drawn[lower]), piece])
    return replace(streets, meter_geometries=GeometryColumn(drawn))


def goes_on(before: shapely.Point, at: shapely.Point, to: shapely.Point) -> bool:
    """Tell whether the way on turns off by less than 45 degrees."""
    come, go = complex(at.x - before.x, at.y - before.y), complex(to.x - at.x, to.y - at.y)
    return come != 0 and go != 0 and abs(np.angle(go / come)) < np.pi / 4


def neighbours(
    points: np.ndarray, lots: np.ndarray, own: OwnStreet, streets: ProjectedLayer, settings: JoinSettings
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
    near["across"] = crosses_centerline(ways, streets) & sided
    for row in np.flatnonzero(near["across"] & (near["metres"] > TOUCH_TOLERANCE_M)):
        way = way_aside(points[spot[row]], lots[lot[row]], streets, reach)
        if way is not None:
            near.loc[row, ["metres", "across"]] = [way, False]
    near["may"] = ~near["across"] & (near["metres"] <= settings.near_m + settings.edge_m)
    # Whole centimetres, so that two lots that differ by noise are the tie that they look like.
    near["round"] = (near["metres"] / settings.tie_m).round()
    near["abreast"] = _abreast(points, near, lots, own, streets, settings)
    beside = near.loc[near["abreast"]].set_index("spot")["round"]
    near["abreast"] |= near["may"] & (near["round"] == near["spot"].map(beside))
    near["behind"] = ~near["abreast"]
    return near.sort_values(["spot", "behind", "round", "lot"], ignore_index=True)


def way_aside(point: shapely.Point, lot: shapely.Geometry, streets: ProjectedLayer, reach: float) -> float | None:
    """Measure the shortest way to a place of the lot that faces the point and is on its side.

    Such a place is nearer than the outline about it, and the way ends there from outside.
    """
    xy, ring = shapely.get_coordinates(shapely.get_parts(lot.boundary), return_index=True)
    edges = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)[ring[:-1] == ring[1:]])
    ways = shapely.shortest_line(point, edges)
    metres = shapely.length(ways)
    close = metres <= reach + TOUCH_TOLERANCE_M
    close[close] = ~crosses_centerline(ways[close], streets)
    for nth in np.flatnonzero(close)[np.argsort(metres[close], kind="stable")]:
        about = shapely.dwithin(edges, shapely.get_point(ways[nth], -1), TOUCH_TOLERANCE_M)
        before = shapely.line_interpolate_point(ways[nth], metres[nth] - 1e-3)
        if metres[about].min() >= metres[nth] - TOUCH_TOLERANCE_M and not lot.contains(before):
            return float(metres[nth])
    return None


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
    streets: ProjectedLayer,
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
    holds = own.told[spot] & (own.metres[spot] <= settings.near_m)
    holds |= _still_nearest(points[spot], spot, along, own, streets, settings)
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
    streets: ProjectedLayer,
    settings: JoinSettings,
) -> np.ndarray:
    """Mark the places, `along` from each point, where its own street is still the nearest."""
    x = shapely.get_x(points) + own.out_x[spot] * along
    y = shapely.get_y(points) + own.out_y[spot] * along
    nearest, metres = nearest_street(shapely.points(x, y), streets, reach_m=np.inf)
    same = same_street(own.street[spot], nearest, streets)
    return same | (own.metres[spot] + along <= metres + settings.tie_m)


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


def own_streets(points: np.ndarray, on_street: pd.Series, streets: ProjectedLayer, settings: JoinSettings) -> OwnStreet:
    """Find the street at which each spot stands.

    It is the one that the inventory names, where a centreline of that name is in reach; else the
    nearest centreline in reach. Of equally near ones the lowest id.
    """
    nearest, _ = nearest_street(points, streets, reach_m=settings.street_reach_m)
    told = _stated_streets(points, on_street, streets, settings)
    street = np.where(told == NONE, nearest, told)
    has = street != NONE
    way = np.full(len(points), None, object)
    way[has] = shapely.shortest_line(points[has], streets.metric_geometries[street[has]])
    foot = shapely.get_point(way, -1)
    metres = shapely.length(way)
    with np.errstate(invalid="ignore", divide="ignore"):  # on the centreline there is no way out
        out_x = (shapely.get_x(points) - shapely.get_x(foot)) / metres
        out_y = (shapely.get_y(points) - shapely.get_y(foot)) / metres
    return OwnStreet(street, metres, foot, out_x, out_y, told != NONE)


def nearest_street(points: np.ndarray, streets: ProjectedLayer, *, reach_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Find the centreline nearest to each point, and how far it is; `NONE` and inf out of reach."""
    street, metres = np.full(len(points), NONE), np.full(len(points), np.inf)
    if len(streets) and len(points):  # an empty tree has no nearest
        found, far = shapely.STRtree(streets.metric_geometries).query_nearest(
            points, max_distance=None if np.isinf(reach_m) else reach_m, return_distance=True
        )
        street = lowest_per_group(found[0], found[1], len(points))
        metres[found[0]] = far
    return street, metres


def crosses_centerline(ways: np.ndarray, streets: ProjectedLayer) -> np.ndarray:
    """Mark the ways (lines) that meet a centreline."""
    met = shapely.STRtree(streets.metric_geometries).query(ways, predicate="intersects")[0]
    return np.isin(np.arange(len(ways)), met)


def same_street(first: np.ndarray, second: np.ndarray, streets: ProjectedLayer) -> np.ndarray:
    """Tell whether two rows of the centrelines are one street: one row, or rows of one name."""
    name = np.append(normalize_street_names(streets.attributes["name"]), "")
    named = (name[first] == name[second]) & (name[first] != "")
    return (first == second) & (first != NONE) | named


def _stated_streets(
    points: np.ndarray, on_street: pd.Series, streets: ProjectedLayer, settings: JoinSettings
) -> np.ndarray:
    """Find the nearest centreline in reach that has the name the inventory gives."""
    asked = normalize_street_names(on_street)
    ask = np.flatnonzero(asked != "")
    tree = shapely.STRtree(streets.metric_geometries)
    spot, street = tree.query(points[ask], predicate="dwithin", distance=settings.street_reach_m)
    spot = ask[spot]
    whole = normalize_street_names(streets.attributes["name"])[street]
    bare = normalize_street_names(streets.attributes["street"])[street]
    fits = (asked[spot] == whole) | (asked[spot] == bare)
    spot, street = spot[fits], street[fits]
    metres = shapely.distance(points[spot], streets.metric_geometries[street])
    first = pd.DataFrame({"spot": spot, "metres": metres.round(6), "street": street})
    first = first.sort_values(["spot", "metres", "street"]).drop_duplicates("spot")
    told = np.full(len(points), NONE)
    told[first["spot"]] = first["street"]
    return told


def in_median(
    points: np.ndarray, own: OwnStreet, lots: np.ndarray, streets: ProjectedLayer, settings: JoinSettings
) -> np.ndarray:
    """Mark the points in a median.

    Where a divided street is one line: within `half_median_m` of it. Where each carriageway has a
    line: the way from the nearest line through the point meets, before any lot and not
    farther than `median_m`, another line of the same name (or both are marked as divided), or
    the same line again, as round an island.
    """
    divided = np.append(streets.attributes["divided"].fillna(value=False).to_numpy(bool), False)
    middle = divided[own.street] & (own.metres <= settings.half_median_m)
    return middle | _between(points, own, lots, streets, divided, settings)


def _between(
    points: np.ndarray,
    own: OwnStreet,
    lots: np.ndarray,
    streets: ProjectedLayer,
    divided: np.ndarray,
    settings: JoinSettings,
) -> np.ndarray:
    beside = (own.street != NONE) & (own.metres > settings.centre_m)
    spot = np.flatnonzero(beside & (own.metres < settings.median_m))
    left = settings.median_m - own.metres[spot]
    rays = ways_out(points[spot], own.out_x[spot], own.out_y[spot], left)
    line, to_line = first_met(rays, points[spot], streets.metric_geometries, tie_m=settings.tie_m)
    _, to_lot = first_met(rays, points[spot], lots, tie_m=settings.tie_m)
    mine = own.street[spot]
    one = same_street(mine, line, streets) | (divided[mine] & divided[line])
    between = np.zeros(len(points), bool)
    between[spot] = one & (line != NONE) & (to_line < to_lot)
    between[spot] |= _on_island(points, own, spot, lots, streets, settings)
    return between


def _on_island(
    points: np.ndarray,
    own: OwnStreet,
    spot: np.ndarray,
    lots: np.ndarray,
    streets: ProjectedLayer,
    settings: JoinSettings,
) -> np.ndarray:
    """Mark the points about which lines close: ahead, behind and to both sides, before any lot.

    The way back meets the own street at its foot, whatever rounding does to it.
    """
    wide, far, here = settings.median_m, np.inf, points[spot]
    x, y = own.out_x[spot], own.out_y[spot]
    closed = np.ones(len(spot), bool)
    for one, other in (((x, y, far), (-x, -y, own.metres[spot])), ((-y, x, far), (y, -x, far))):
        across = np.zeros(len(spot))
        for to_x, to_y, most in (one, other):
            rays = ways_out(here, to_x, to_y, wide)
            line = np.minimum(plainly_first(rays, here, streets.metric_geometries), most)
            closed &= plainly_first(rays, here, lots) > line + TOUCH_TOLERANCE_M
            across += line
        closed &= across <= wide + TOUCH_TOLERANCE_M
    return closed


def plainly_first(ways: np.ndarray, points: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Measure how far each way goes until it meets one of the shapes; inf where it meets none."""
    way, shape = shapely.STRtree(shapes).query(ways, predicate="intersects")
    metres = np.full(len(ways), np.inf)
    met = shapely.intersection(ways[way], shapes[shape])
    np.minimum.at(metres, way, shapely.distance(points[way], met))
    return metres


def ways_out(points: np.ndarray, out_x: np.ndarray, out_y: np.ndarray, metres: np.ndarray | float) -> np.ndarray:
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
