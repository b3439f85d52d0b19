"""The kernels against exact fractions, on thousands of towns that nobody would draw."""

import os
import sys
import time
from fractions import Fraction
from functools import cached_property
from random import Random

import exact
import numpy as np
import odd_towns
import pytest
import shapely

from geo.engine.points import NONE, located
from geo.engine.shapes import areas_of, buffer_of, points_of

TOWNS = int(os.environ.get("LOTLEAF_EXACT_TOWNS", "120"))  # `make proof-exact` runs thousands


class Surveyed:
    """A town as the engine has it, and as it is in truth."""

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
    def areas(self):
        shapes = [
            row and shapely.MultiPolygon([(shell, holes) for shell, *holes in row])
            for row in self.town.rows
        ]
        return areas_of(*buffer_of(np.array(shapes, object)))

    @cached_property
    def xy(self):
        points = [spot and shapely.Point(spot) for spot in self.town.points]
        return points_of(*buffer_of(np.array(points, object)), self.areas.origin)

    @cached_property
    def holders(self) -> list[list[int]]:
        """List the rows that contain each point, the lowest first."""
        return [
            [nth for nth, row in enumerate(self.rows) if row and spot and self.holds(nth, spot)]
            for spot in self.points
        ]

    def holds(self, nth: int, spot: exact.Spot) -> bool:
        west, south, east, north = self.boxes[nth]
        inside = west <= spot[0] <= east and south <= spot[1] <= north
        return inside and exact.contains(self.rows[nth], spot)

    def squared(self, spot: exact.Spot) -> list[tuple[Fraction, int]]:
        """Measure the squared distance in metres to every outline, the nearest first, then the lowest."""
        found = (
            (exact.squared_distance(row, spot) / self.units.each**2, nth)
            for nth, row in enumerate(self.rows)
            if row
        )
        return sorted(found)

    def m2(self, nth: int) -> Fraction:
        return exact.area(self.rows[nth]) / self.units.each**2

    def shared(self, one: int, other: int) -> Fraction:
        if not self.rows[one] or not self.rows[other]:
            return Fraction(0)
        return exact.shared(self.rows[one], self.rows[other]) / self.units.each**2


def each(kind, capsys):
    """Give the seeds of this kind's towns with a survey of each, and say how far it is where there are many."""
    count, began = TOWNS // len(odd_towns.KINDS), time.monotonic()
    for seed in range(count):
        yield seed, Surveyed(odd_towns.town(kind, seed)), Random(seed)  # noqa: S311
        if TOWNS > 1000 and (seed % 25 == 0 or seed == count - 1):
            with capsys.disabled():
                took = time.monotonic() - began
                sys.stderr.write(f"\r{kind}: {seed + 1} of {count} towns, {took:.0f} s ")


kinds = pytest.mark.parametrize("kind", odd_towns.KINDS)


@kinds
def test_a_point_is_in_the_lowest_rows_that_contain_it(kind, capsys):
    for seed, town, _ in each(kind, capsys):
        found = located(town.xy, town.areas)

        for nth, holders in enumerate(town.holders):
            told = [int(found.first[nth]), int(found.second[nth])]
            assert told == [*holders, NONE, NONE][:2], (kind, seed, town.town.points[nth])
