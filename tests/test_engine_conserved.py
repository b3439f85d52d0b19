"""Nothing is lost or counted twice: what is asked in parts adds up to what is asked as a whole."""

import os
from itertools import product
from random import Random

import numpy as np
import odd_towns
import pytest
import shapely
from pyproj import CRS

from geo.kernels.geometry_arrays import areas_from_shapely
from geo.kernels.nearest_area import NONE
from geo.kernels.overlay_area import covered_area_m2, intersection_areas
from geo.kernels.parallel import MIN_PARALLEL_SIZE
from geo.kernels.point_in_polygon import locate_points
from geo.kernels.zonal_raster import cell_areas
from geo.raster import CANOPY, NO_CANOPY, UNKNOWN, Raster

TOWNS = int(os.environ.get("LOTLEAF_EXACT_TOWNS", "60"))  # as for the odd towns
SIDE = 24  # a town is so many blocks wide
grounds = pytest.mark.parametrize("ground", odd_towns.NEAR)
seeds = pytest.mark.parametrize("seed", range(1 + TOWNS // 600))


class Town:
    """Lots of one block or some, not one in ten of them missing, within a town limit that all slants."""

    def __init__(self, ground, seed):
        dice = Random(seed)  # noqa: S311
        x, y, self.unit = ground
        self.cells = list(product(range(SIDE), range(SIDE)))
        at = {
            (i, j): (
                x + self.unit * (i + 0.3 * j + dice.uniform(-0.2, 0.2)),
                y + self.unit * (j - 0.3 * i + dice.uniform(-0.2, 0.2)),
            )
            for i, j in product(range(SIDE + 1), range(SIDE + 1))
        }
        self.dice, self.at = dice, lambda i, j: at[i, j]
        self.lots = self.split(250)
        self.rest = self.lots.pop()
        self.limit = self.shape(self.cells)
        self.areas = areas_from_shapely(np.array([*self.lots, self.rest]))
        self.whole = areas_from_shapely(np.array([self.limit]), self.areas.origin)

    def split(self, count):
        """Divide the town: every block is in one of so many shapes, at most."""
        names = [self.dice.randrange(count) for _ in self.cells]
        sets = [[c for c, of in zip(self.cells, names, strict=True) if of == name] for name in range(count)]
        return [self.shape(one) for one in sets if one]

    def shape(self, cells):
        row = odd_towns.lot(set(cells), self.at, keep=True)
        return shapely.MultiPolygon([(shell, holes) for shell, *holes in row])

    def spots(self, count, seed=0, every=7):
        """Scatter points over the town and around it: one of `every` so many on a vertex, some nowhere."""
        dice = np.random.default_rng(seed)
        low, high = self.areas.bounds.min(axis=0)[:2], self.areas.bounds.max(axis=0)[2:]
        xy = dice.uniform(low - self.unit, high + self.unit, (count, 2))
        xy[::every] = dice.choice(self.areas.xy, len(xy[::every]))
        xy[3::50] = np.nan
        return xy

    def raster(self, seed=0):
        """Lay cells over most of the town."""
        dice = np.random.default_rng(seed)
        west, north = self.areas.bounds[:, 0].min(), self.areas.bounds[:, 3].max()
        kinds = dice.choice([CANOPY, NO_CANOPY, UNKNOWN], (90, 129)).astype(np.uint8)
        at = np.array([west, north]) + self.areas.origin
        return Raster(kinds, CRS.from_epsg(26996), *at.tolist(), self.unit * 0.231, self.unit * 0.3)


@grounds
@seeds
def test_every_point_is_in_one_lot_or_more_where_they_touch_or_in_none(ground, seed):
    town = Town(ground, seed)
    xy = town.spots(1000, seed)

    lots, whole = locate_points(xy, town.areas), locate_points(xy, town.whole)

    assert np.array_equal(lots.first_area != NONE, whole.first_area != NONE)
    counted = np.bincount(lots.first_area[lots.first_area != NONE], minlength=len(town.areas)).sum()
    assert counted + (lots.first_area == NONE).sum() == len(xy)
    assert (lots.first_area[lots.second_area != NONE] < lots.second_area[lots.second_area != NONE]).all()


@grounds
@seeds
def test_canopy_over_lots_and_the_rest_is_canopy_over_the_town(ground, seed):
    town = Town(ground, seed)
    raster = town.raster(seed)

    over = cell_areas(town.areas, raster).sum(axis=0)

    assert over == pytest.approx(cell_areas(town.whole, raster)[0], rel=1e-9)


@grounds
@seeds
def test_crowns_over_lots_and_the_rest_are_crowns_over_the_town(ground, seed):
    town = Town(ground, seed)
    crowns = areas_from_shapely(np.array(town.split(40)[::2]), town.areas.origin)

    over = covered_area_m2(town.areas, crowns).sum()

    assert over == pytest.approx(covered_area_m2(town.whole, crowns)[0], rel=1e-9)
    assert over == pytest.approx(crowns.area_m2.sum(), rel=1e-9)


@grounds
@seeds
def test_parts_over_all_districts_are_the_lot(ground, seed):
    town = Town(ground, seed)
    districts = areas_from_shapely(np.array(town.split(9)), town.areas.origin)

    for zones in (town.areas, town.whole, districts):
        found = intersection_areas(zones, districts)
        assert np.bincount(found.zone, found.m2) == pytest.approx(zones.area_m2, rel=1e-9)


def test_pieces_in_threads_give_what_one_piece_gives():
    town = Town(odd_towns.NEAR[1], 0)
    xy = town.spots(2 * MIN_PARALLEL_SIZE, every=1000)
    size = MIN_PARALLEL_SIZE // 2

    whole = locate_points(xy, town.areas, reach_m=town.unit)
    pieces = [locate_points(xy[at : at + size], town.areas, reach_m=town.unit) for at in range(0, len(xy), size)]

    for column, told in zip(whole, zip(*pieces, strict=True), strict=True):
        assert np.array_equal(column, np.concatenate(told))


def test_zones_in_threads_give_what_one_piece_gives():
    town = Town(odd_towns.NEAR[1], 0)
    districts = areas_from_shapely(np.array(town.split(9)), town.areas.origin)
    each, raster = len(town.areas), town.raster()
    many = town.areas.take(np.resize(np.arange(each), MIN_PARALLEL_SIZE + each))

    in_cells, once = cell_areas(many, raster), cell_areas(town.areas, raster)
    shared, alone = covered_area_m2(many, districts), covered_area_m2(town.areas, districts)

    assert np.array_equal(in_cells, np.resize(once, in_cells.shape))
    assert np.array_equal(shared, np.resize(alone, len(shared)))


def test_a_tall_raster_laid_out_in_threads_holds_what_a_low_one_does():
    town = Town(odd_towns.NEAR[1], 0)
    low = town.raster()
    tall = np.full((MIN_PARALLEL_SIZE + 90, 129), UNKNOWN, np.uint8)
    tall[:90] = low.cells

    told = cell_areas(town.areas, Raster(tall, low.crs, low.west, low.north, low.cell_x, low.cell_y))

    assert np.array_equal(told, cell_areas(town.areas, low))
