"""Area shares: how much of each parcel lies in each town or district.

Towns, districts and canopy call `overlay_zones`. Towns and districts then call
`compute_area_shares` and `largest_share`.
"""

import numpy as np
import pandas as pd

from geo.join.settings import JoinSettings
from geo.kernels import overlay_area
from geo.kernels.geometry_arrays import Areas, areas_from_shapely
from geo.projected_layer import NONE


def overlay_zones(zones: Areas, areas: np.ndarray) -> pd.DataFrame:
    """Overlay zones with areas: `zone`, `area` (positions) and `m2`, one row for each overlap.

    Both are in the metric CRS. A zone that lies entirely in an area is not cut. Its `m2` is exactly its own
    area.
    """
    overlay = overlay_area.intersection_areas(zones, areas_from_shapely(areas, zones.origin))
    return pd.DataFrame(overlay._asdict())


def compute_area_shares(parts: pd.DataFrame, zone_m2: np.ndarray, settings: JoinSettings) -> pd.DataFrame:
    """Convert overlaps to shares of each zone: `zone`, `area` and `share`, the largest share first.

    The rest of a zone outside all areas is a row with `NONE` as area. A part below `sliver_share` of its
    zone is digitizing noise. So is a part below `sliver_m2` and below half of its zone. Noise is left
    out, and the other shares are scaled to sum to 1. In a tie the lowest area comes first.

    >>> overlaps = pd.DataFrame({"zone": [0, 0, 1], "area": [0, 1, 1], "m2": [620.0, 380.0, 500.0]})
    >>> compute_area_shares(overlaps, np.array([1000.0, 800.0]), JoinSettings())
       zone  area  share
    0     0     0  0.620
    1     0     1  0.380
    2     1     1  0.625
    3     1    -1  0.375
    """
    all_parts = pd.concat([parts, _uncovered_parts(parts, zone_m2)], ignore_index=True)
    all_parts["share"] = all_parts["m2"] / all_parts.groupby("zone")["m2"].transform("sum")
    is_sliver = (all_parts["m2"] < settings.sliver_m2) & (all_parts["share"] < 0.5 - 1e-9)
    retained = all_parts[~is_sliver & (all_parts["share"] >= settings.sliver_share)]
    retained = retained.assign(share=retained["share"] / retained.groupby("zone")["share"].transform("sum"))
    # Rounded, so that two halves that differ in the last bit still tie.
    retained["falling"] = -retained["share"].round(9)
    retained = retained.sort_values(["zone", "falling", "area"], ignore_index=True)
    return retained[["zone", "area", "share"]]


def largest_share(shares: pd.DataFrame, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the area with the largest share of each zone, and that share. `NONE` and nan if there is none.

    >>> shares = pd.DataFrame({"zone": [0, 0], "area": [1, 0], "share": [0.62, 0.38]})
    >>> area, share = largest_share(shares, size=2)
    >>> area.tolist(), share.tolist()
    ([1, -1], [0.62, nan])
    """
    largest_parts = shares[shares["area"] != NONE].drop_duplicates("zone")
    area, share = np.full(size, NONE), np.full(size, np.nan)
    area[largest_parts["zone"]] = largest_parts["area"]
    share[largest_parts["zone"]] = largest_parts["share"]
    return area, share


def _uncovered_parts(parts: pd.DataFrame, zone_m2: np.ndarray) -> pd.DataFrame:
    """Return the rest of each partly covered zone as a row with `NONE` as area.

    >>> _uncovered_parts(pd.DataFrame({"zone": [0], "area": [3], "m2": [500.0]}), np.array([800.0, 90.0]))
       zone  area     m2
    0     0    -1  300.0
    """
    covered_m2 = np.bincount(parts["zone"], parts["m2"], len(zone_m2))
    uncovered_m2 = zone_m2 - covered_m2
    zone = np.flatnonzero((uncovered_m2 > 0) & (covered_m2 > 0))
    return pd.DataFrame({"zone": zone, "area": NONE, "m2": uncovered_m2[zone]})
