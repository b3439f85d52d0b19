"""Where records are shown: at their own point, or at one that is lent to them, and by what that is known."""

from typing import Any

import numpy as np
import shapely

from geo.join.measured import NONE, NOTHING, Columns, Measured, firsts


def own_points(layer: Measured) -> np.ndarray:
    """Give each row's own point in degrees, None where it has none; a multipoint stands at its first."""
    return firsts(layer.web)


def shown(
    own: np.ndarray,
    lent: tuple[np.ndarray, Any],
    parcel: np.ndarray,
    by: np.ndarray,
    parcels: Measured,
) -> Columns:
    """Tell where each record is shown: `lon` and `lat` in degrees, and `placed_by`.

    At its `own` point (in degrees, None without one), which is told as "point"; else at the one that is `lent`, told as
    what lends it; else at a point inside the `parcel` (position), told as what found that, `by`. Where nothing
    tells of a place, or the parcel is not drawn, it is shown nowhere: "none".
    """
    bare = shapely.is_missing(own)
    points, lender = lent
    pointed = ~bare | ~shapely.is_missing(points)
    places = np.where(bare, points, own)
    housed = np.flatnonzero(~pointed & (parcel != NONE))
    lots, each = np.unique(parcel[housed], return_inverse=True)
    inner = shapely.point_on_surface(parcels.degrees.some(lots))
    places[housed] = np.append(inner, NOTHING)[each]
    method = np.where(bare, np.where(pointed, lender, by), np.array("point", object))
    method[shapely.is_missing(places)] = "none"
    return {"placed_by": method, "lon": shapely.get_x(places), "lat": shapely.get_y(places)}
