"""By what the rows of a file can be placed: a point of their own, a parcel's number, an address, or nothing."""

from collections.abc import Mapping

import geopandas as gpd

BY_TEXT = {"parcel_key": "parcel", "address": "address"}  # the join places by them, in this order
LAYERS = frozenset(("trees", "sites", "inspections"))


def located(frame: gpd.GeoDataFrame) -> Mapping[str, int]:
    """Count rows by the first that they have: point, parcel, address, none."""
    left = frame.geometry.isna() | frame.geometry.is_empty
    counts = {"point": int((~left).sum())}
    for field, name in BY_TEXT.items():
        here = left & frame[field].notna()
        counts[name] = int(here.sum())
        left &= ~here
    return {**counts, "none": int(left.sum())}
