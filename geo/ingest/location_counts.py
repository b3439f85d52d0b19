"""Counts of a file's rows by their location: a point, a parcel number, an address, or none.

`read_source` puts the counts into the load's report.
"""

from collections.abc import Collection, Mapping

import geopandas as gpd

LOCATION_BY_FIELD = {"parcel_key": "parcel", "address": "address"}  # the join tries them in this order
COUNTED_LAYERS = frozenset(("trees", "sites", "inspections"))


def count_by_location(frame: gpd.GeoDataFrame, unmatched: Collection[int] = ()) -> Mapping[str, int]:
    """Return the number of rows by the first location that each has: point, parcel, address, none.

    The parcel number of a row in `unmatched` (labels of the frame's index) names no parcel, so it places nothing.

    >>> import shapely
    >>> geometry = [shapely.Point(-90.3, 38.7), None, None, None]
    >>> rows = {"parcel_key": ["P1", "P2", None, None], "address": [None, None, "4021 Oak Ave", None]}
    >>> count_by_location(gpd.GeoDataFrame(rows, geometry=geometry, crs=4326))
    {'point': 1, 'parcel': 1, 'address': 1, 'none': 1}
    """
    remaining = frame.geometry.isna() | frame.geometry.is_empty
    counts = {"point": int((~remaining).sum())}
    for field, location in LOCATION_BY_FIELD.items():
        has_value = remaining & frame[field].notna()
        if location == "parcel":
            has_value &= ~frame.index.isin(list(unmatched))
        counts[location] = int(has_value.sum())
        remaining &= ~has_value
    return {**counts, "none": int(remaining.sum())}
