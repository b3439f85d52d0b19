"""Where records are shown: at their own point, or at one that is lent to them, and by what that is known."""

from typing import Any

import numpy as np
import shapely

from geo.join.measured import NONE, NOWHERE, Columns, Measured, nowhere, xy_of


def shown(
    own: np.ndarray,
    lent: tuple[np.ndarray, Any],
    parcel: np.ndarray,
    by: np.ndarray,
    parcels: Measured,
) -> Columns:
    """Tell where each record is shown: `lon` and `lat` in degrees, and `placed_by`.

    At its `own` point (in degrees, nan without one), which is told as "point"; else at the one that is `lent`, told as
    what lends it; else at a point inside the `parcel` (position), told as what found that, `by`. Where nothing
    tells of a place, or the parcel is not drawn, it is shown nowhere: "none".
    """
    bare = nowhere(own)
    points, lender = lent
    pointed = ~bare | ~nowhere(points)
    places = np.where(bare[:, None], points, own)
    housed = np.flatnonzero(~pointed & (parcel != NONE))
    lots, each = np.unique(parcel[housed], return_inverse=True)
    inner = xy_of(shapely.point_on_surface(parcels.degrees.some(lots)))
    places[housed] = np.concatenate([inner, NOWHERE])[each]
    method = np.where(bare, np.where(pointed, lender, by), np.array("point", object))
    method[nowhere(places)] = "none"
    return {"placed_by": method, "lon": places[:, 0], "lat": places[:, 1]}
