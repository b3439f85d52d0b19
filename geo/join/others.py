"""The layers of which only the town is joined, or nothing: addresses, landmarks, streets, districts, aliases."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import shapely

from geo.join.desk import Desk
from geo.join.keys import parcel_by_address, parcel_by_key
from geo.join.measured import NONE, nowhere, xy_of
from geo.join.towns import declared


def other_tables(desk: Desk) -> dict[str, Callable[[], pd.DataFrame]]:
    """Tell how the joined table of each of these layers is made."""
    return {
        "addresses": partial(address_table, desk),
        "streets": partial(street_table, desk),
        "landmarks": partial(landmark_table, desk),
        **{name: partial(desk[name].table, {}) for name in ("districts", "aliases")},
    }


def address_table(desk: Desk) -> pd.DataFrame:
    """Find each address's town: by its point, else its parcel's, else the one that the file declares."""
    addresses = desk["addresses"]
    keys, sources = addresses.rows["parcel_id"], addresses.rows["source"]
    parcel = parcel_by_key(keys, desk["parcels"], sources)
    town = desk.towns_of(addresses.points, parcel)["name"]
    placed = ~nowhere(addresses.points) & desk.towns.loaded
    words = declared(addresses.values("town_declared"), desk.towns)
    return addresses.table({"town": np.where(pd.isna(town) & ~placed, words, town)})


def landmark_table(desk: Desk) -> pd.DataFrame:
    """Find each landmark's town: by its point, else that of the parcel at its address."""
    landmarks = desk["landmarks"]
    words = landmarks.rows["address"]
    unknown = pd.Series(None, words.index, dtype="str")
    parcel = parcel_by_address(words, unknown, desk["parcels"], desk.find)
    return landmarks.table({"town": desk.towns_of(landmarks.points, parcel)["name"]})


def street_table(desk: Desk) -> pd.DataFrame:
    """Find each centreline's town: that of its middle."""
    streets = desk["streets"]
    middles = shapely.line_interpolate_point(streets.shapes, 0.5, normalized=True)
    unknown = np.full(len(streets), NONE)
    return streets.table({"town": desk.towns_of(xy_of(middles), unknown)["name"]})
