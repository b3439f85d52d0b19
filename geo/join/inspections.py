"""Inspections: to which parcel each belongs, and what a parcel's inspections come to."""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries

from geo.join.desk import Desk
from geo.join.inside import inside
from geo.join.keys import parcel_by_address, parcel_by_key
from geo.join.measured import NONE, Measured
from geo.join.shown import own_points, shown
from geo.places import WEB


def inspection_places(
    desk: Desk,
) -> pd.DataFrame:
    """Place each inspection: its `parcel` (position), the `method`, where it is `shown`, its `town` and `name`.

    By the parcel that the file names (see `parcel_by_key`); where there is none of that number, by its address, in the town
    of its point or else of its file; else by
    the parcel that contains its point, on a shared edge the lowest id. The town is that of its own
    point, without one its parcel's. It is shown at its own point, without one in its parcel; where its address names the
    crossing of two streets, it is of no parcel, and is shown and has its town there.
    """
    cases, parcels = desk["inspections"], desk["parcels"]
    nowhere = np.full(len(cases), NONE)
    places = desk.towns_of(cases.points, nowhere)["name"]
    places = np.where(places == None, desk.brought_from(cases.values("source")), places)  # noqa: E711 (each by itself)
    here = inside(cases.points, parcels.columns, edge_m=desk.settings.edge_m).first
    keys, sources = cases.rows["parcel_key"], cases.rows["source"]
    named = parcel_by_key(keys, parcels, sources, here)
    words = cases.rows["address"].where(named == NONE)
    by = {
        "parcel": named,
        "address": parcel_by_address(words, places, parcels, desk.find),
        "point": here,
    }
    hits = [found != NONE for found in by.values()]
    parcel = np.select(hits, list(by.values()), NONE)
    method = np.select(hits, list(by), "none").astype(object)
    placed = pd.DataFrame({"parcel": parcel, "method": method})
    crossings = _crossings(desk, cases, parcel)
    placed = placed.assign(
        **shown(own_points(cases), (crossings, "crossing"), parcel, method, parcels)
    )
    metres = GeoSeries(crossings, crs=WEB).to_crs(desk.work).to_numpy()
    points = np.where(shapely.is_missing(crossings), cases.points, metres)
    return placed.assign(**desk.towns_of(points, parcel))


def _crossings(desk: Desk, cases: Measured, parcel: np.ndarray) -> np.ndarray:
    """Find the crossings at which inspections are that have no point and no parcel, in degrees."""
    found = np.full(len(cases), None, object)
    words = cases.rows["address"]
    bare = shapely.is_missing(own_points(cases)) & (parcel == NONE)
    asked = np.flatnonzero(bare & words.notna().to_numpy())
    if desk.crossing is not None and len(asked):
        found[asked] = desk.crossing(words.iloc[asked])
    return found


def case_figures(cases: Measured, at: np.ndarray, size: int) -> pd.DataFrame:
    """Count inspections at each of `size` things, and find their last and next day.

    Open and closed as the file says; cancelled ones and those of unknown status are neither. The last
    inspection is the latest day on which one that was not cancelled took place. The next due
    date is the earliest of the open ones that have one in the data: no rule makes one up.
    """
    status = cases.text("status")
    days = cases.rows[["inspected_on", "due_on"]].astype(object)
    took_place = (at != NONE) & (status != "cancelled") & days["inspected_on"].notna().to_numpy()
    due = (at != NONE) & (status == "open") & days["due_on"].notna().to_numpy()
    return pd.DataFrame(
        {
            "inspections_open": np.bincount(at[(at != NONE) & (status == "open")], minlength=size),
            "inspections_closed": np.bincount(
                at[(at != NONE) & (status == "closed")], minlength=size
            ),
            "inspected_last_on": _day(
                days["inspected_on"][took_place], at[took_place], size, "max"
            ),
            "due_next_on": _day(days["due_on"][due], at[due], size, "min"),
        }
    )


def case_table(desk: Desk, cases: pd.DataFrame) -> pd.DataFrame:
    """Make the inspections' joined table."""
    told = {name: cases[name] for name in ("method", "placed_by", "lon", "lat")}
    parcel = desk["parcels"].ids[cases["parcel"].to_numpy()]
    return desk["inspections"].table({**told, "town": cases["name"], "parcel_id": parcel})


def _day(days: pd.Series, at: np.ndarray, size: int, which: str) -> np.ndarray:
    """Take the first or last of the days at each thing; ISO text sorts as days do."""
    order = days.sort_values(ascending=which == "min", kind="stable")
    first = pd.Series(at, index=days.index)[order.index].drop_duplicates()
    found = np.full(size, None, object)
    found[first] = order[first.index]
    return found
