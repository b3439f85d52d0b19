"""Joined tables of the layers that get a town and nothing else: addresses, streets, landmarks.

Districts and aliases have no joined fields, so their tables hold ids only. `geo.join.pipeline` calls
`point_table_builders`.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import shapely

from geo.geometry_column import is_missing_point, point_coordinates
from geo.join.areas.towns import declared_town_names
from geo.join.join_context import JoinContext
from geo.join.placement.parcel_keys import find_parcels_by_address, find_parcels_by_key
from geo.projected_layer import NONE


def point_table_builders(context: JoinContext) -> dict[str, Callable[[], pd.DataFrame]]:
    """Return a function for each of these layers that builds its joined table."""
    return {
        "addresses": partial(address_table, context),
        "streets": partial(street_table, context),
        "landmarks": partial(landmark_table, context),
        **{name: partial(context[name].build_joined_table, {}) for name in ("districts", "aliases")},
    }


def address_table(context: JoinContext) -> pd.DataFrame:
    """Build the joined table of the addresses."""
    return context["addresses"].build_joined_table({"town": find_address_towns(context)})


def find_address_towns(context: JoinContext) -> np.ndarray:
    """Return the name of the town of each address, None if unknown.

    The town is that of the point, else that of the parcel. An address without a known place has its
    declared town.
    """
    addresses = context["addresses"]
    keys, sources = addresses.series("parcel_id"), addresses.series("source")
    parcel = find_parcels_by_key(keys, context["parcels"], sources)
    town = context.find_towns(addresses.points, parcel)["name"]
    has_known_place = ~is_missing_point(addresses.points) & context.towns.has_boundaries
    declared_names = declared_town_names(addresses.values("town_declared"), context.towns)
    return np.where(pd.isna(town) & ~has_known_place, declared_names, town)


def landmark_table(context: JoinContext) -> pd.DataFrame:
    """Build the joined table of the landmarks. The town is that of the point, else that of the address."""
    landmarks = context["landmarks"]
    addresses = landmarks.series("address")
    unknown_towns = pd.Series(None, addresses.index, dtype="str")
    parcel = find_parcels_by_address(addresses, unknown_towns, context["parcels"], context.parcel_of_address)
    return landmarks.build_joined_table({"town": context.find_towns(landmarks.points, parcel)["name"]})


def street_table(context: JoinContext) -> pd.DataFrame:
    """Build the joined table of the streets. The town is that of the centerline's midpoint."""
    streets = context["streets"]
    midpoints = shapely.line_interpolate_point(streets.metric_geometries, 0.5, normalized=True)
    no_parcel = np.full(len(streets), NONE)
    return streets.build_joined_table({"town": context.find_towns(point_coordinates(midpoints), no_parcel)["name"]})
