"""Inspections: to which parcel each belongs, and what a parcel's inspections come to."""

import numpy as np
import pandas as pd
from geopandas import GeoSeries

from geo.join.desk import Desk
from geo.join.figures import tally
from geo.join.inside import inside, lowest
from geo.join.keys import parcel_by_address, parcel_by_key
from geo.join.measured import NONE, NOTHING, Columns, Measured, nowhere, xy_of
from geo.join.shown import shown
from geo.places import WEB


def inspection_places(desk: Desk) -> Columns:
    """Place each inspection: its `parcel` (position), the `method`, where it is `shown`, its `town` and `name`.

    By the parcel that the file names (see `parcel_by_key`); where there is none of that number, by its address, in the town
    of its point or else of its file; else by
    the parcel that contains its point, on a shared edge the lowest id. The town is that of its own
    point, without one its parcel's. It is shown at its own point, without one in its parcel; where its address names the
    crossing of two streets, it is of no parcel, and is shown and has its town there.
    """
    cases, parcels = desk["inspections"], desk["parcels"]
    unknown = np.full(len(cases), NONE)
    places = desk.towns_of(cases.points, unknown)["name"]
    sources = cases.values("source")
    places = np.where(places == None, desk.towns.brought(sources), places)  # noqa: E711 (each by itself)
    here = inside(cases.points, parcels.columns, edge_m=desk.settings.edge_m).first
    named = parcel_by_key(cases.values("parcel_key"), parcels, sources, here)
    words = np.where(named == NONE, cases.values("address"), NOTHING)
    addressed = parcel_by_address(words, places, parcels, desk.find)
    parcel, method = here.copy(), np.where(here == NONE, "none", "point").astype(object)
    for name, found in (("address", addressed), ("parcel", named)):  # the surest last
        parcel[found != NONE], method[found != NONE] = found[found != NONE], name
    crossings = _crossings(desk, cases, parcel)
    lent, points = (crossings, "crossing"), cases.points
    found = np.flatnonzero(~nowhere(crossings))
    if len(found):
        metres = GeoSeries.from_xy(*crossings[found].T, crs=WEB).to_crs(desk.work)
        points = points.copy()
        points[found] = xy_of(metres.to_numpy())
    return {
        "parcel": parcel,
        "method": method,
        **shown(cases.lonlat, lent, parcel, method, parcels),
        **desk.towns_of(points, parcel),
    }


def _crossings(desk: Desk, cases: Measured, parcel: np.ndarray) -> np.ndarray:
    """Find the crossings at which inspections are that have no point and no parcel: (rows, 2) in degrees."""
    found = np.full((len(cases), 2), np.nan)
    words = cases.values("address")
    bare = nowhere(cases.lonlat) & (parcel == NONE)
    asked = np.flatnonzero(bare & (words != None))  # noqa: E711 (each by itself)
    if desk.crossing is not None and len(asked):
        found[asked] = xy_of(desk.crossing(pd.Series(words[asked], dtype="str")))
    return found


def case_figures(cases: Measured, at: np.ndarray, size: int) -> Columns:
    """Count inspections at each of `size` things, and find their last and next day.

    Open and closed as the file says; cancelled ones and those of unknown status are neither. The last
    inspection is the latest day on which one that was not cancelled took place. The next due
    date is the earliest of the open ones that have one in the data: no rule makes one up.
    """
    status = cases.text("status")
    inspected, due = cases.values("inspected_on"), cases.values("due_on")
    still = status == "open"
    return {
        "inspections_open": tally(at[still], size),
        "inspections_closed": tally(at[status == "closed"], size),
        "inspected_last_on": _last(inspected, np.where(status == "cancelled", NONE, at), size),
        "due_next_on": _first(due, np.where(still, at, NONE), size),
    }


def case_table(desk: Desk, cases: Columns) -> pd.DataFrame:
    """Make the inspections' joined table."""
    return desk["inspections"].table(as_told(desk, cases))


def as_told(desk: Desk, cases: Columns) -> Columns:
    """Turn positions into ids, under the names of the fields."""
    told = {name: cases[name] for name in ("method", "placed_by", "lon", "lat")}
    return told | {"town": cases["name"], "parcel_id": desk["parcels"].named(cases["parcel"])}


def _last(days: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Take the last of the days at each thing, None where there is none; ISO text sorts as days do."""
    ranks, known = pd.factorize(days, sort=True)  # -1 where unknown
    latest = np.full(size, NONE)
    np.maximum.at(latest, at[at != NONE], ranks[at != NONE])
    found: np.ndarray = np.append(known, NOTHING)[latest]
    return found


def _first(days: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Take the first of the days at each thing, as `_last` does the last."""
    ranks, known = pd.factorize(days, sort=True)
    there = (at != NONE) & (ranks != NONE)
    found: np.ndarray = np.append(known, NOTHING)[lowest(at[there], ranks[there], size)]
    return found
