"""How much of each parcel lies in which area, digitising noise left out."""

import numpy as np
import pandas as pd

from geo.engine import overlaps
from geo.engine.shapes import Areas, areas_from
from geo.join.measured import NONE
from geo.join.settings import JoinSettings


def parts(zones: Areas, areas: np.ndarray) -> pd.DataFrame:
    """Cut zones by areas: `zone`, `area` (positions) and `m2`, one row for each part that is no line.

    A zone that an area covers whole is not cut: its part is its own area, to the last bit.
    """
    found = overlaps.parts(zones, areas_from(areas, zones.origin))
    return pd.DataFrame(found._asdict())


def shares(parts: pd.DataFrame, zone_m2: np.ndarray, settings: JoinSettings) -> pd.DataFrame:
    """Turn parts into shares of their zone: `zone`, `area`, `share`, by zone and falling share.

    What lies in no area counts as a part too (`area` is `NONE`). A part under `sliver_share` of the
    zone, or under `sliver_m2` and less than its half, is digitising noise: it is left out and the
    shares of the others are made to sum to 1. Equal shares: the lowest area first.
    """
    every = pd.concat([parts, _outside(parts, zone_m2)], ignore_index=True)
    every["share"] = every["m2"] / every.groupby("zone")["m2"].transform("sum")
    little = (every["m2"] < settings.sliver_m2) & (every["share"] < 0.5 - 1e-9)
    kept = every[~little & (every["share"] >= settings.sliver_share)]
    kept = kept.assign(share=kept["share"] / kept.groupby("zone")["share"].transform("sum"))
    # Rounded, so that two halves that differ in the last bit are the tie that they look like.
    kept["falling"] = -kept["share"].round(9)
    kept = kept.sort_values(["zone", "falling", "area"], ignore_index=True)
    return kept[["zone", "area", "share"]]


def largest(shares: pd.DataFrame, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Give each zone's area with the largest share, and that share; `NONE` and nan where none."""
    first = shares[shares["area"] != NONE].drop_duplicates("zone")
    area, share = np.full(size, NONE), np.full(size, np.nan)
    area[first["zone"]] = first["area"]
    share[first["zone"]] = first["share"]
    return area, share


def _outside(parts: pd.DataFrame, zone_m2: np.ndarray) -> pd.DataFrame:
    """List the part of each zone that lies in no area, where there is one."""
    within = np.bincount(parts["zone"], parts["m2"], len(zone_m2))
    left = zone_m2 - within
    zone = np.flatnonzero((left > 0) & (within > 0))
    return pd.DataFrame({"zone": zone, "area": NONE, "m2": left[zone]})
