"""Display points: where each record is drawn on the map.

A record without a point of its own borrows one from its tree, site, intersection or parcel. Trees,
sites and inspections call `find_display_points`. See docs/decisions/0019-display-points.md.
"""

from typing import Any

import numpy as np
import shapely

from geo.geometry_column import is_missing_point, point_coordinates
from geo.projected_layer import NAN_POINT, NONE, Columns, ProjectedLayer


def find_display_points(
    own_points: np.ndarray,
    fallback: tuple[np.ndarray, Any],
    parcel: np.ndarray,
    parcel_method: np.ndarray,
    parcels: ProjectedLayer,
) -> Columns:
    """Find the display point of each record: `lon` and `lat` in degrees, and `placed_by`.

    The first of these that exists counts:

    - "point": the record's own point. `own_points` (n, 2) are in degrees, nan where unknown.
    - The first item of `fallback`, points (n, 2). Its second item names them, such as "site".
    - A representative point of `parcel` (position). `placed_by` is then `parcel_method`.
    - "none": no point, nan. This includes a parcel without geometry.
    """
    lacks_point = is_missing_point(own_points)
    fallback_points, fallback_source = fallback
    has_point = ~lacks_point | ~is_missing_point(fallback_points)
    lonlat = np.where(lacks_point[:, None], fallback_points, own_points)
    rows_by_parcel = np.flatnonzero(~has_point & (parcel != NONE))
    parcel_rows, parcel_index = np.unique(parcel[rows_by_parcel], return_inverse=True)
    inner_points = point_coordinates(shapely.point_on_surface(parcels.lonlat_column.geometries_at(parcel_rows)))
    lonlat[rows_by_parcel] = np.concatenate([inner_points, NAN_POINT])[parcel_index]
    method = np.where(lacks_point, np.where(has_point, fallback_source, parcel_method), np.array("point", object))
    method[is_missing_point(lonlat)] = "none"
    return {"placed_by": method, "lon": lonlat[:, 0], "lat": lonlat[:, 1]}
