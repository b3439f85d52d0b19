"""To which parcel each tree and site belongs, how that was found, and how sure it is."""

import re
from dataclasses import astuple

import numpy as np
import shapely

from geo.engine.shapes import Areas
from geo.join.frontage import front
from geo.join.ground import Ground
from geo.join.inside import Inside, inside, lowest
from geo.join.measured import NONE, NOTHING, Columns, Measured, drawn, each, repeated
from geo.join.settings import JoinSettings

# Nothing fronts these: a tree belongs to them only when it stands inside one that is no street.
NO_LOTS = ("right_of_way", "water")
STREET = "right_of_way"
BUILT_ON = (
    "lot",
    "unit",
    "master",
    "park",
)  # what is called a median by its land use alone is none of these
ROWS = ("inside", "parcel", "runner_up")  # columns that hold rows of parcels


def placed(
    spots: Columns,
    points: np.ndarray,
    parcels: Measured,
    ground: Ground,
    streets: Measured,
    settings: JoinSettings,
) -> Columns:
    """Place spots that have a point: `inside`, `parcel` and `runner_up` (rows of parcels), and how.

    `spots` has `location` (a code or empty) and `on_street`; `points` (rows, 2) are in metres. The rules, the first that fits:

    - inside a park, or said to stand in one, which is within `near_m`: that park; when it is not
      inside, of medium confidence;
    - inside a parcel that is neither street nor median: that parcel, whatever street lies over it too;
    - inside a parcel whose land use is a median, or said by the inventory to stand in one: median, no parcel;
    - anything else, in a right-of-way polygon or in none: the rules of `front`.

    On an edge that several parcels share, the lowest id contains the spot, and the next is the runner-up.
    """
    areas = ground.areas
    kind = parcels.text("kind")[ground.rows]
    median = _is_median(parcels)[ground.rows]
    found = inside(points, areas, edge_m=settings.edge_m)
    held = _held(points, areas, np.flatnonzero((kind != STREET) & ~median), found, settings)
    between = inside(points, areas.take(np.flatnonzero(median)), edge_m=settings.edge_m)
    said, kinds = spots["location"], np.append(kind, "")
    park = _park_meant(points, said, held.first, kinds, areas, settings)
    in_lot = (held.first != NONE) & (park == NONE)
    in_median = ~in_lot & (park == NONE) & ((between.first != NONE) | (said == "median"))
    table = _contained(found, held, kinds)
    table["parcel"][in_median] = table["runner_up"][in_median] = NONE
    table["method"][in_median], table["confidence"][in_median] = "median", None
    table["distance_m"][in_median] = np.nan
    out = np.flatnonzero(~in_lot & ~in_median)
    lots = np.flatnonzero(~np.isin(kind, NO_LOTS) & ~median & (areas.m2 >= settings.sliver_m2))
    fronting = front(points[out], spots["on_street"][out], areas.take(lots), streets, settings)
    at = np.append(lots, NONE)
    table["parcel"][out], table["runner_up"][out] = at[fronting["lot"]], at[fronting["runner_up"]]
    for name in ("method", "distance_m", "confidence"):
        table[name][out] = fronting[name]
    _to_parks(table, points, park, held.first, areas)
    rows = np.append(ground.rows, NONE)
    return table | {name: rows[table[name]] for name in ROWS}


def _held(
    points: np.ndarray,
    areas: Areas,
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
    edges = shapely.distance(drawn(points[asked]), shapely.boundary(_drawn(areas, first[asked])))
    first[asked[edges <= settings.edge_m]] = NONE
    return Inside(first, second)


def _park_meant(
    points: np.ndarray,
    said: np.ndarray,
    held: np.ndarray,
    kinds: np.ndarray,
    areas: Areas,
    settings: JoinSettings,
) -> np.ndarray:
    """Find the park in reach for spots that are said to stand in one, and do not; `NONE` for all others."""
    park = np.full(len(points), NONE)
    asked = np.flatnonzero((said == "park") & (kinds[held] != "park"))
    parks = np.flatnonzero(kinds[:-1] == "park")
    if len(parks) and len(asked):  # an empty tree has no nearest
        tree = shapely.STRtree(_drawn(areas, parks))
        spot, near = tree.query_nearest(drawn(points[asked]), max_distance=settings.near_m)
        park[asked] = np.append(parks, NONE)[lowest(spot, near, len(asked))]
    return park


def _to_parks(
    table: Columns,
    points: np.ndarray,
    park: np.ndarray,
    held: np.ndarray,
    areas: Areas,
) -> None:
    """Give spots to the parks that are meant; what holds them, or what they front, is the runner-up."""
    rows = np.flatnonzero(park != NONE)
    ruled = np.where(held[rows] == NONE, table["parcel"][rows], held[rows])
    table["runner_up"][rows] = np.where(ruled == park[rows], table["runner_up"][rows], ruled)
    table["parcel"][rows], table["method"][rows] = park[rows], "park"
    table["distance_m"][rows] = shapely.distance(drawn(points[rows]), _drawn(areas, park[rows]))
    table["confidence"][rows] = "medium"


def _drawn(areas: Areas, rows: np.ndarray) -> np.ndarray:
    """Give some of the areas as Shapely knows them."""
    shapes = {row: areas.shape(row) for row in set(rows.tolist())}
    return np.array([*map(shapes.__getitem__, rows.tolist()), None], object)[:-1]


def _is_median(parcels: Measured) -> np.ndarray:
    """Mark the parcels that are a median by their land use, and no lot by their kind."""
    words = each(parcels.text("land_use"), lambda use: re.search(r"\bmedian\b", use) is not None)
    return words.astype(bool) & ~np.isin(parcels.text("kind"), BUILT_ON)


def _contained(found: Inside, held: Inside, kinds: np.ndarray) -> Columns:
    """Begin the table as if whatever holds a spot were its parcel; the next that contains it, the runner-up."""
    other = np.where(found.first == held.first, found.second, found.first)
    nowhere = held.first == NONE
    method = repeated("contains", len(nowhere))
    method[kinds[held.first] == "park"] = "park"
    return {
        "inside": found.first,
        "parcel": held.first.copy(),
        "method": method,
        "distance_m": np.where(nowhere, np.nan, 0.0),
        "runner_up": np.where(held.second == NONE, other, held.second),
        "confidence": np.where(nowhere, NOTHING, np.array("high", object)),
    }
