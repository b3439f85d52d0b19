"""Town boundaries: the town at a point that belongs to no parcel, such as an intersection.

`AddressIndex.build` makes a `TownBoundaries`. The matchers and the offline files call `town_at`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import LonLat
from geo.identifiers import UNINCORPORATED
from geo.in_force import rows_in_force


@dataclass(frozen=True, eq=False)
class TownBoundaries:
    """The boundaries of towns in degrees with their names, ordered by id."""

    names: tuple[str, ...]
    tree: Any  # shapely.STRtree of the boundaries, in the order of `names`

    @classmethod
    def build(cls, towns: gpd.GeoDataFrame | None, as_of: str | None) -> "TownBoundaries":
        """Return the boundaries in force on the day `as_of`, first and last day included, none without a day.

        Unincorporated areas are left out, because they govern nothing.
        """
        if towns is None or as_of is None:
            return cls((), shapely.STRtree([]))
        is_governing = towns["kind"].fillna("") != UNINCORPORATED
        in_force = rows_in_force(towns["valid_from"], towns["valid_to"], date.fromisoformat(as_of))
        governing = towns[is_governing & in_force].sort_values("id")
        return cls(tuple(governing["name"]), shapely.STRtree(governing.geometry.to_numpy()))

    def town_at(self, point: LonLat) -> str | None:
        """Return the town that holds a point, None without one. On a shared edge the lowest id wins.

        >>> square = gpd.GeoSeries.from_wkt(["POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"])
        >>> towns = gpd.GeoDataFrame({"id": ["1"], "name": ["Bel-Nor"], "kind": ["city"]}, geometry=square)
        >>> boundaries = TownBoundaries.build(towns.assign(valid_from=None, valid_to=None), "2024-06-01")
        >>> boundaries.town_at(LonLat(0.5, 0.5)), boundaries.town_at(LonLat(2.0, 0.5))
        ('Bel-Nor', None)
        """
        hits = self.tree.query(shapely.Point(*point), predicate="intersects")
        return self.names[int(np.min(hits))] if len(hits) else None
