"""Limits: in which town a place lies that is on no lot, as a crossing is."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.naming import UNINCORPORATED
from geo.places import LonLat


@dataclass(frozen=True, eq=False)
class Limits:
    """The limits of towns in degrees, with their names, by id."""

    names: tuple[str, ...]
    tree: Any  # an STRtree

    @classmethod
    def build(cls, towns: gpd.GeoDataFrame | None, as_of: str | None) -> "Limits":
        """Take the limits that hold on the day `as_of`, both the first and the last day included; none without a day.

        An unincorporated place has limits, and governs nobody.
        """
        if towns is None or as_of is None:
            return cls((), shapely.STRtree([]))
        begun, ended = towns["valid_from"].fillna(as_of), towns["valid_to"].fillna(as_of)
        governs = towns["kind"].fillna("") != UNINCORPORATED
        held = towns[governs & (begun <= as_of) & (as_of <= ended)].sort_values("id")
        return cls(tuple(held["name"]), shapely.STRtree(held.geometry.to_numpy()))

    def town_at(self, place: LonLat) -> str | None:
        """Name the town that holds a place; on a border, or where limits overlap, the lowest id."""
        found = self.tree.query(shapely.Point(*place), predicate="intersects")
        return self.names[int(np.min(found))] if len(found) else None
