"""Where records are shown: at their own point, or at one that is lent to them, and by what that is known."""

import numpy as np
import pandas as pd
import shapely

from geo.join.measured import NONE, NOTHING, Measured


def own_points(layer: Measured) -> np.ndarray:
    """Give each row's own point in degrees, None where it has none; a multipoint stands at its first."""
    points: np.ndarray = shapely.get_geometry(layer.web, 0)
    return points


def shown(own: np.ndarray, parcel: np.ndarray, by: np.ndarray, parcels: Measured) -> pd.DataFrame:
    """Tell where each record is shown: `lon` and `lat` in degrees, and `placed_by`.

    At its own point (in degrees, None without one), which is told as "point"; else at a point inside the `parcel`
    (position), told as what found that, `by`. Where neither is, or the parcel is not drawn, it is shown nowhere: "none".
    """
    pointed = ~shapely.is_missing(own)
    places = own.copy()
    lent = np.flatnonzero(~pointed & (parcel != NONE))
    lots, each = np.unique(parcel[lent], return_inverse=True)
    places[lent] = np.append(shapely.point_on_surface(parcels.web[lots]), NOTHING)[each]
    method = np.where(pointed, "point", by).astype(object)
    method[shapely.is_missing(places)] = "none"
    return pd.DataFrame(
        {"placed_by": method, "lon": shapely.get_x(places), "lat": shapely.get_y(places)}
    )
