"""Web Mercator tiles (EPSG:3857), and the projection of degrees into them.

`geo.mvt` and `geo.tilesets` build on it. `Tile` names one tile. `to_square` projects degrees to the
world square: side 1, origin in the northwest.
"""

from typing import Any, NamedTuple

import numpy as np

EXTENT = 4096  # units across a tile
BUFFER = 64  # units beyond the edges of a tile, so that maps do not draw outlines along its edges
MAX_LATITUDE = 85.06  # degrees: the world square ends just south of it


class Tile(NamedTuple):
    """One tile of the web map grid: zoom `z`, column `x` from the west, row `y` from the north.

    >>> Tile(14, 4080, 6281).world_units
    67108864.0
    """

    z: int
    x: int
    y: int

    def bbox_degrees(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees (WGS 84).

        `margin` extends the bounding box on each side by this share of the tile's width.

        >>> [round(value, 4) for value in Tile(14, 4080, 6281).bbox_degrees()]
        [-90.3516, 38.6512, -90.3296, 38.6684]
        >>> [round(value, 4) for value in Tile(1, 0, 0).bbox_degrees(margin=0.5)]
        [-270.0, -66.5133, 90.0, 88.9706]
        """
        low, high = np.array([self.x, self.y]) - margin, np.array([self.x, self.y]) + 1 + margin
        (west, north), (east, south) = to_degrees(np.array([low, high]) / 2.0**self.z).tolist()
        return west, south, east, north

    @property
    def world_units(self) -> float:
        """The width of the world in units of this tile.

        >>> Tile(1, 0, 0).world_units
        8192.0
        """
        return EXTENT * 2.0**self.z

    @property
    def northwest_corner(self) -> tuple[int, int]:
        """The northwest corner, in tile units from the northwest corner of the world.

        >>> Tile(1, 1, 0).northwest_corner
        (4096, 0)
        """
        return EXTENT * self.x, EXTENT * self.y

    def to_tile_units(self, lonlat: Any) -> Any:
        """Convert degrees (n, 2) to tile units, counted east and south from the northwest corner of the tile.

        >>> Tile(14, 4080, 6281).to_tile_units(np.array([[-90.33, 38.66]])).round().tolist()
        [[4020.0, 1995.0]]
        """
        return to_square(lonlat) * self.world_units - np.array(self.northwest_corner)


def to_square(lonlat: Any) -> Any:
    """Project degrees (n, 2) to the world square of side 1: x to the east, y to the south.

    Latitudes beyond `MAX_LATITUDE` are clipped to it.

    >>> to_square(np.array([[0.0, 0.0], [-90.33, 38.66]])).round(4).tolist()
    [[0.5, 0.5], [0.2491, 0.3834]]
    """
    sine = np.sin(np.radians(np.clip(lonlat[:, 1], -MAX_LATITUDE, MAX_LATITUDE)))
    south = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return np.column_stack(((lonlat[:, 0] + 180) / 360, south))


def to_degrees(square_xy: Any) -> Any:
    """Convert points (…, 2) of the world square to degrees (lon, lat).

    >>> to_degrees(np.array([0.5, 0.5])).tolist()
    [0.0, 0.0]
    >>> to_degrees(to_square(np.array([[-90.33, 38.66]]))).round(6).tolist()
    [[-90.33, 38.66]]
    """
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * square_xy[..., 1]))))
    return np.stack((square_xy[..., 0] * 360 - 180, lat), axis=-1)
