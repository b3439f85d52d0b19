"""Inspections: the parcel of each one, and the counts for parcels and towns.

The full and the incremental join call `place_inspections`. `geo.join.summary_tables` calls
`count_inspections`. See docs/decisions/0016-inspections-and-due-dates.md.
"""

import numpy as np
import pandas as pd
from geopandas import GeoSeries

from geo.crs import WGS84
from geo.geometry_column import is_missing_point, point_coordinates
from geo.join.areas.containment import find_containing_areas, lowest_per_group
from geo.join.counts import count_per_group
from geo.join.join_context import JoinContext
from geo.join.placement.display_point import find_display_points
from geo.join.placement.parcel_addresses import find_parcel_addresses, has_text
from geo.join.placement.parcel_keys import find_parcels_by_address, find_parcels_by_key
from geo.projected_layer import NONE, NONE_VALUE, Columns, ProjectedLayer, map_distinct


def place_inspections(context: JoinContext) -> Columns:
    """Find the parcel, the town and the display point of each inspection.

    The first parcel found counts, and `method` names how:

    - "parcel": the parcel that `parcel_key` names (see `find_parcels_by_key`).
    - "address": the parcel at `address`, in the town of the point, else in that of the source.
    - "point": the parcel that contains the point. On a shared edge the lowest id wins.
    - "none": no parcel.

    An inspection without point and parcel may have an intersection as its address. It is displayed
    there and belongs to the town there. Else the town is that of the point, or that of the parcel.

    The columns are `parcel` (position or `NONE`), `method`, `placed_by`, `lon`, `lat`, `town` (position
    or `NONE`) and `name` of the town (None if unknown).
    """
    inspections, parcels = context["inspections"], context["parcels"]
    no_parcel = np.full(len(inspections), NONE)
    town_names = context.find_towns(inspections.points, no_parcel)["name"]
    sources = inspections.values("source")
    town_names = np.where(
        town_names == None,  # noqa: E711 - elementwise
        context.towns.town_names_of_sources(sources),
        town_names,
    )
    containing_parcel = find_containing_areas(inspections.points, parcels.areas, edge_m=context.settings.edge_m).first
    keyed_parcel = find_parcels_by_key(inspections.values("parcel_key"), parcels, sources, containing_parcel)
    addresses = np.where(keyed_parcel == NONE, inspections.values("address"), NONE_VALUE)
    addressed_parcel = find_parcels_by_address(addresses, town_names, parcels, context.parcel_of_address)
    parcel, method = (containing_parcel.copy(), np.where(containing_parcel == NONE, "none", "point").astype(object))
    for method_name, matches in (("address", addressed_parcel), ("parcel", keyed_parcel)):  # the most reliable one last
        parcel[matches != NONE], method[matches != NONE] = matches[matches != NONE], method_name
    intersections = _locate_intersections(context, inspections, parcel)
    fallback_point, points = (intersections, "crossing"), inspections.points
    matches = np.flatnonzero(~is_missing_point(intersections))
    if len(matches):
        projected = GeoSeries.from_xy(*intersections[matches].T, crs=WGS84).to_crs(context.metric_crs)
        points = points.copy()
        points[matches] = point_coordinates(projected.to_numpy())
    return {
        "parcel": parcel,
        "method": method,
        **find_display_points(inspections.lonlat, fallback_point, parcel, method, parcels),
        **context.find_towns(points, parcel),
    }


def _locate_intersections(context: JoinContext, inspections: ProjectedLayer, parcel: np.ndarray) -> np.ndarray:
    """Return the intersections of inspections without point and parcel: (n, 2) in degrees, else nan."""
    points = np.full((len(inspections), 2), np.nan)
    addresses = inspections.values("address")
    unplaced = is_missing_point(inspections.lonlat) & (parcel == NONE)
    rows = np.flatnonzero(unplaced & (addresses != None))  # noqa: E711 - elementwise
    if context.point_of_intersection is not None and len(rows):
        points[rows] = point_coordinates(context.point_of_intersection(pd.Series(addresses[rows], dtype="str")))
    return points


def count_inspections(inspections: ProjectedLayer, group_of: np.ndarray, group_count: int) -> Columns:
    """Count the inspections of each group, and find their last and next day.

    Open and closed inspections are counted. Canceled ones and those of unknown status are not.
    `inspected_last_on` is the latest day of an inspection that was not canceled. `due_next_on` is the
    earliest recorded due date of the open ones. No rule makes up a due date. Days are ISO text, None if
    there is none.
    """
    status = inspections.normalized_text("status")
    inspected_on, due_on = inspections.values("inspected_on"), inspections.values("due_on")
    is_open = status == "open"
    return {
        "inspections_open": count_per_group(group_of[is_open], group_count),
        "inspections_closed": count_per_group(group_of[status == "closed"], group_count),
        "inspected_last_on": _latest_day(inspected_on, np.where(status == "cancelled", NONE, group_of), group_count),
        "due_next_on": _earliest_day(due_on, np.where(is_open, group_of, NONE), group_count),
    }


def inspection_table(context: JoinContext, inspections: Columns) -> pd.DataFrame:
    """Build the joined table of the inspections."""
    return context["inspections"].build_joined_table(joined_inspection_values(context, inspections))


def joined_inspection_values(context: JoinContext, inspections: Columns) -> Columns:
    """Return the joined fields of inspections, with parcel ids instead of positions."""
    values = {name: inspections[name] for name in ("method", "placed_by", "lon", "lat")}
    parcel = inspections["parcel"]
    return values | {
        "town": inspections["name"],
        "parcel_id": context["parcels"].ids_at(parcel),
        "parcel_address": _borrow_parcel_addresses(context, parcel),
    }


def _borrow_parcel_addresses(context: JoinContext, parcel: np.ndarray) -> np.ndarray:
    """Return the address of each inspection's parcel, None for an inspection with an address of its own."""
    has_own_address = map_distinct(context["inspections"].values("address"), has_text).astype(bool)
    return find_parcel_addresses(context["parcels"], context["addresses"], np.where(has_own_address, NONE, parcel))


def _latest_day(days: np.ndarray, group_of: np.ndarray, group_count: int) -> np.ndarray:
    """Return the latest day of each group, or None. ISO text sorts as days do.

    >>> days = np.array(["2024-05-01", None, "2023-01-09"], object)
    >>> _latest_day(days, np.array([0, 0, NONE]), 2).tolist()
    ['2024-05-01', None]
    """
    ranks, sorted_days = pd.factorize(days, sort=True)  # -1 where unknown
    latest_rank = np.full(group_count, NONE)
    np.maximum.at(latest_rank, group_of[group_of != NONE], ranks[group_of != NONE])
    latest_days: np.ndarray = np.append(sorted_days, NONE_VALUE)[latest_rank]
    return latest_days


def _earliest_day(days: np.ndarray, group_of: np.ndarray, group_count: int) -> np.ndarray:
    """Return the earliest day of each group, or None.

    >>> days = np.array(["2024-05-01", None, "2023-01-09"], object)
    >>> _earliest_day(days, np.array([0, 0, 0]), 2).tolist()
    ['2023-01-09', None]
    """
    ranks, sorted_days = pd.factorize(days, sort=True)
    is_counted = (group_of != NONE) & (ranks != NONE)
    earliest_days: np.ndarray = np.append(sorted_days, NONE_VALUE)[
        lowest_per_group(group_of[is_counted], ranks[is_counted], group_count)
    ]
    return earliest_days
