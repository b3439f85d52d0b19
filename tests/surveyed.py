"""A town as the engine has it, and as it is in truth."""

from fractions import Fraction
from functools import cached_property
from random import Random

import exact
import numpy as np
import odd_towns
import shapely
from pyproj import CRS

from geo.kernels.geometry_arrays import Areas, areas_from_wkb, points_from_wkb, to_wkb_buffer
from geo.kernels.overlay_area import AREA_TOLERANCE
from geo.raster import CANOPY, NO_CANOPY, UNKNOWN, Raster

COLUMNS = [1, 2, 63, 64, 65, 128]  # bits stand in words of 64


class Surveyed:
    """A town, with what the engine is asked about and what it should answer."""

    def __init__(self, town: odd_towns.Town) -> None:
        self.town = town
        spots = [spot for spot in town.points if spot]
        rings = [ring for row in town.rows if row for polygon in row for ring in polygon]
        spots += [spot for ring in rings for spot in ring]
        self.units = exact.Units(number for spot in spots for number in spot)
        self.rows = [row and self.units.row(row) for row in town.rows]
        self.points = [spot and (self.units(spot[0]), self.units(spot[1])) for spot in town.points]
        self.boxes = [row and exact.box(row) for row in self.rows]
        self.extent = float(np.ptp(np.array(spots), axis=0).max())

    @cached_property
    def areas(self) -> Areas:
        """The rows as the engine reads them."""
        shapes = [row and shapely.MultiPolygon([(shell, holes) for shell, *holes in row]) for row in self.town.rows]
        return areas_from_wkb(*to_wkb_buffer(np.array(shapes, object)))

    @cached_property
    def xy(self) -> np.ndarray:
        """The points as the engine reads them."""
        points = [spot and shapely.Point(spot) for spot in self.town.points]
        return points_from_wkb(*to_wkb_buffer(np.array(points, object)), self.areas.origin)

    @cached_property
    def holders(self) -> list[list[int]]:
        """The rows that contain each point, the lowest first."""
        return [
            [nth for nth, row in enumerate(self.rows) if row and spot and self._holds(nth, spot)]
            for spot in self.points
        ]

    def _holds(self, nth: int, spot: exact.Spot) -> bool:
        west, south, east, north = self.boxes[nth]
        near = west <= spot[0] <= east and south <= spot[1] <= north
        return near and exact.contains(self.rows[nth], spot)

    def metres(self, point: int) -> dict[int, float]:
        """Measure from a point to every row's outline."""
        return {nth: float(square) ** 0.5 for nth, square in self.squares(point).items()}

    def squares(self, point: int) -> dict[int, Fraction]:
        """Measure the same squared, in fractions."""
        return {
            nth: Fraction(exact.squared_distance(row, self.points[point])) / self.units.each**2
            for nth, row in enumerate(self.rows)
            if row
        }

    @property
    def hair(self) -> float:
        """How far off a distance may be for rounding, in metres: the origin is a whole number of them."""
        return 1e-15 * (1 + self.extent)

    def m2(self, nth: int) -> Fraction:
        """Measure a row."""
        row = self.rows[nth]
        return exact.area(row) / self.units.each**2 if row else Fraction(0)

    def shared(self, one: int, other: int) -> Fraction:
        """Measure the ground of two rows."""
        rows = self.rows[one], self.rows[other]
        return exact.shared(*rows) / self.units.each**2 if all(rows) else Fraction(0)

    def slack(self, nth: int) -> float:
        """How far off a part of this row may be, in square metres: the engine's noise, and a hair along its box."""
        west, south, east, north = self.boxes[nth] or (0, 0, 0, 0)
        around = (east - west + north - south) / self.units.each
        return 1.001 * AREA_TOLERANCE * (1 + float(self.m2(nth))) + 4 * self.hair * around

    def raster(self, dice: Random) -> Raster:
        """Lay cells over some of the town, their lines through vertices, and leave some unknown."""
        x, y = dice.choice(odd_towns.vertices(self.town))
        cells = [self.extent / dice.choice([1, 2, 7.3, 30]) for _ in range(2)]
        rows, columns = dice.choice([1, 2, 4]), dice.choice(COLUMNS)
        unknown = dice.choice([0.0, 0.0, 0.3, 1.0])
        kinds = [
            UNKNOWN if dice.random() < unknown else dice.choice([CANOPY, NO_CANOPY]) for _ in range(rows * columns)
        ]
        return Raster(
            np.array(kinds, np.uint8).reshape(rows, columns),
            CRS.from_epsg(26996),
            x - dice.randint(-1, columns) * cells[0],
            y + dice.randint(-1, rows) * cells[1],
            *cells,
        )

    def in_cells(self, nth: int, raster: Raster) -> tuple[float, float]:
        """Measure a row's canopy and its known ground, in cells."""
        if not self.rows[nth]:
            return 0.0, 0.0
        numbers = (raster.west, raster.north, raster.cell_x, raster.cell_y)
        west, north, wide, high = [Fraction(number) * self.units.each for number in numbers]
        found = exact.in_cells(self.rows[nth], west, north, wide, high, raster.cells.shape)
        canopy = sum(part for cell, part in found.items() if raster.cells[cell] == CANOPY)
        known = sum(part for cell, part in found.items() if raster.cells[cell] != UNKNOWN)
        return float(canopy), float(known)
