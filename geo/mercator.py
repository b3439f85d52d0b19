"""The web's square grid of tiles (EPSG:3857), and the way to it from degrees."""

from typing import Any, NamedTuple

import numpy as np

EXTENT = 4096  # units across a tile
BUFFER = 64  # units beyond its edges that are kept, so that outlines are not drawn along them
NORTHMOST = 85.06  # degrees: beyond, the square ends


class Tile(NamedTuple):
    """A tile of the web's grid: `z` how near, `x` from the west, `y` from the north."""

    z: int
    x: int
    y: int

    def degrees(self, beyond: float = 0.0) -> tuple[float, float, float, float]:
        """Give west, south, east, north in degrees (EPSG:4326), wider by a share of the tile on each side."""
        low, high = np.array([self.x, self.y]) - beyond, np.array([self.x, self.y]) + 1 + beyond
        (west, north), (east, south) = to_degrees(np.array([low, high]) / 2.0**self.z).tolist()
        return west, south, east, north

    @property
    def across(self) -> float:
        """The tile's units around the whole Earth."""
        return EXTENT * 2.0**self.z

    @property
    def corner(self) -> tuple[int, int]:
        """The tile's north-west corner, in its units from that of the whole square."""
        return EXTENT * self.x, EXTENT * self.y

    def units(self, lonlat: Any) -> Any:
        """Bring degrees (n, 2) to the tile's units, from its north-west corner east and south."""
        return to_square(lonlat) * self.across - np.array(self.corner)


def to_square(lonlat: Any) -> Any:
    """Project degrees (n, 2) by web Mercator to a square of side 1, from its north-west corner east and south."""
    sine = np.sin(np.radians(np.clip(lonlat[:, 1], -NORTHMOST, NORTHMOST)))
    south = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return np.column_stack(((lonlat[:, 0] + 180) / 360, south))


def to_degrees(places: Any) -> Any:
    """Give the degrees of places (…, 2) on that square."""
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * places[..., 1]))))
    return np.stack((places[..., 0] * 360 - 180, lat), axis=-1)
