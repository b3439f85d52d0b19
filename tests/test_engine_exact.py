"""The kernels against exact fractions, on towns that nobody would draw: some here, thousands in `make proof-exact`."""

import os
import sys
import time
from fractions import Fraction
from random import Random

import numpy as np
import odd_towns
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_points import ulps_off
from surveyed import Surveyed

from geo.kernels.cell_labels import find_areas_around_zones
from geo.kernels.geometry_arrays import areas_from_shapely, points_from_shapely
from geo.kernels.nearest_area import NONE
from geo.kernels.overlay_area import covered_area_m2, intersection_areas
from geo.kernels.point_in_polygon import locate_points
from geo.kernels.zonal_raster import cell_areas

TOWNS = int(os.environ.get("LOTLEAF_EXACT_TOWNS", "60"))
NEAR, UNEVEN = odd_towns.NEAR, odd_towns.UNEVEN

kinds = pytest.mark.parametrize("kind", odd_towns.KINDS)


@pytest.fixture
def towns(capsys):
    """Give the towns of a kind, each with dice of its own, and say how far it is where there are many."""

    def each(kind, grounds=NEAR):
        count, began = TOWNS // len(odd_towns.KINDS), time.monotonic()
        for seed in range(count):
            yield Surveyed(odd_towns.town(kind, seed, grounds)), Random(seed)  # noqa: S311
            if TOWNS > 1000 and (seed % 25 == 0 or seed == count - 1):
                with capsys.disabled():
                    took = time.monotonic() - began
                    sys.stderr.write(f"\r{kind}: {seed + 1} of {count} towns, {took:.0f} s ")

    return each


@kinds
def test_a_point_is_in_the_lowest_rows_that_contain_it(towns, kind):
    for town, _ in towns(kind):
        contained_as_in_truth(town)


@kinds
def test_a_point_within_reach_of_an_edge_is_in_the_row(towns, kind):
    for town, dice in towns(kind, NEAR + UNEVEN):
        edge_m = town.extent * dice.choice([1e-7, 1e-3, 0.1])
        found = locate_points(town.xy, town.areas, edge_m=edge_m)

        for nth, holders in enumerate(town.holders):
            metres = town.metres(nth) if town.points[nth] else {}
            if any(abs(far - edge_m) <= town.hair for far in metres.values()):
                continue
            rows = [row for row in metres if row in holders or metres[row] < edge_m]
            assert [found.first_area[nth], found.second_area[nth]] == [*rows, NONE, NONE][:2]


@kinds
def test_a_point_in_no_row_has_the_nearest(towns, kind):
    for town, dice in towns(kind, NEAR + UNEVEN):
        nearest_as_in_truth(town, town.extent * dice.choice([0.01, 0.3, 2.0]))


@kinds
def test_rows_and_what_they_share_are_as_large_as_in_truth(towns, kind):
    for town, dice in towns(kind, NEAR + UNEVEN):
        parts_as_in_truth(town, dice)


@kinds
def test_small_zones_share_with_large_rows_what_they_do_in_truth(towns, kind):
    whole = 0
    for large, dice in towns(kind, NEAR + UNEVEN):
        few = dice.sample([row for row in large.town.rows if row], 1)
        few += dice.sample(large.town.rows, min(len(large.town.rows), 4))
        rows = few + odd_towns.crumbs(dice, odd_towns.Town(few, []), 150)
        town = Surveyed(odd_towns.Town(rows, []))
        numbers = np.arange(len(rows))
        zones, areas = town.areas.take(numbers[len(few) :]), town.areas.take(numbers[: len(few)])
        whole += (find_areas_around_zones(zones, areas) >= 0).sum()

        told = {(z, a): m2 for z, a, m2 in zip(*intersection_areas(zones, areas), strict=True)}

        for zone in dice.sample(range(150), 15):
            for area in range(len(few)):
                off = told.get((zone, area), 0.0) - float(town.shared(len(few) + zone, area))
                assert abs(off) <= town.slack(len(few) + zone)
    assert whole or kind == "crowds"  # where few lots are larger than a crumb


@kinds
def test_cells_are_counted_by_the_part_inside(towns, kind):
    for town, dice in towns(kind, NEAR + UNEVEN):
        cells_as_in_truth(town, dice)


@kinds
def test_rows_and_points_in_another_order_have_the_same_answers(towns, kind):
    for town, dice in towns(kind):
        rows, points = ([*range(len(one))] for one in (town.town.rows, town.town.points))
        dice.shuffle(rows)
        dice.shuffle(points)
        other = Surveyed(
            odd_towns.Town([town.town.rows[row] for row in rows], [town.town.points[nth] for nth in points])
        )
        found = locate_points(other.xy, other.areas)
        place = {row: nth for nth, row in enumerate(rows)}

        for nth, point in enumerate(points):
            holders = sorted(place[row] for row in town.holders[point])
            assert [found.first_area[nth], found.second_area[nth]] == [*holders, NONE, NONE][:2]
        taken = town.areas.take(np.array(rows))
        assert taken.area_m2 == pytest.approx(other.areas.area_m2, rel=1e-9, abs=1e-9)
        mine, others = (
            {pair: m2 for *pair_, m2 in zip(*told, strict=True) for pair in [tuple(pair_)]}
            for told in (intersection_areas(taken, taken), intersection_areas(other.areas, other.areas))
        )
        for zone, area in mine.keys() | others.keys():
            off = mine.get((zone, area), 0.0) - others.get((zone, area), 0.0)
            assert abs(off) <= 2 * other.slack(zone)


@kinds
def test_a_town_moved_by_whole_metres_has_the_same_answers(towns, kind):
    moved = 0
    for town, dice in towns(kind):
        x, y = dice.choice([(1, 0), (-7, 3), (1000, -1000), (2**14, 2**13)])
        other = Surveyed(odd_towns.moved(town.town, x, y))
        if [*other.areas.origin] != [*np.add(town.areas.origin, (x, y))] or not (
            np.array_equal(other.areas.xy, town.areas.xy) and np.array_equal(other.xy, town.xy, equal_nan=True)
        ):
            continue  # another power of two: doubles lie less close there
        moved += 1
        reach_m = town.extent / 3
        found, again = (locate_points(one.xy, one.areas, reach_m=reach_m) for one in (town, other))
        assert all(map(np.array_equal, found, again))
        assert all(
            map(
                np.array_equal, intersection_areas(town.areas, town.areas), intersection_areas(other.areas, other.areas)
            )
        )
    assert moved


blocks = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1)
places = st.tuples(st.integers(-2, 10), st.integers(-2, 10), st.integers(-2, 2), st.integers(-2, 2))


@settings(deadline=None)
@given(
    st.lists(st.none() | blocks, min_size=1, max_size=6).filter(any),
    st.lists(places, max_size=12),
    st.sampled_from(NEAR),
    st.sampled_from([0.0, 0.1, 0.61]),
    st.randoms(use_true_random=False),
)
def test_whatever_hypothesis_draws_is_as_in_truth(sets, spots, ground, lean, dice):
    x, y, unit = ground

    def at(i, j):
        return x + unit * (i - lean * j), y + unit * (j + lean * i)

    rows = [cells and odd_towns.lot(cells, at, keep=True) for cells in sets]
    points = [ulps_off(at(i / 2, j / 2), *off) for i, j, *off in spots]
    town = Surveyed(odd_towns.Town(rows, points))

    contained_as_in_truth(town)
    nearest_as_in_truth(town, 0.7 * unit)
    parts_as_in_truth(town, dice)
    cells_as_in_truth(town, dice)


def contained_as_in_truth(town):
    found = locate_points(town.xy, town.areas)
    for nth, holders in enumerate(town.holders):
        told = [int(found.first_area[nth]), int(found.second_area[nth])]
        assert told == [*holders, NONE, NONE][:2], town.town.points[nth]


def nearest_as_in_truth(town, reach_m):
    found = locate_points(town.xy, town.areas, reach_m=reach_m)
    for nth, point in enumerate(town.points):
        row, metres = found.nearest_area[nth], found.distance_m[nth]
        if point is None or found.first_area[nth] != NONE:
            assert (row, metres) == (NONE, np.inf)
            continue
        squares = town.squares(nth)
        least, lowest = min((square, row) for row, square in squares.items())
        if least > Fraction(reach_m) ** 2:
            assert (row, metres) == (NONE, np.inf)
        else:
            assert row == lowest
            assert abs(metres - float(least) ** 0.5) <= town.hair


def parts_as_in_truth(town, dice):
    areas = town.areas
    some = dice.sample(range(len(areas)), min(len(areas), 4))
    taken = areas.take(np.array(some))
    for others in (areas, taken):
        told = {(z, a): m2 for z, a, m2 in zip(*intersection_areas(areas, others), strict=True)}
        assert [*told] == sorted(told)
        # Of a zone that rounds to nothing, see the last of the least cases.
        assert all(0 < m2 <= areas.area_m2[z] for (z, _), m2 in told.items())
    apart = []
    for zone in some:
        assert abs(areas.area_m2[zone] - float(town.m2(zone))) <= town.slack(zone)
        shared = [town.shared(zone, other) for other in some]
        for nth, m2 in enumerate(shared):
            assert abs(told.get((zone, nth), 0.0) - float(m2)) <= town.slack(zone)
        if not any(m2 for other, m2 in zip(some, shared, strict=True) if other in apart):
            apart.append(zone)
    found = covered_area_m2(areas, areas.take(np.array(apart)))
    for zone in some:
        m2 = sum((town.shared(zone, piece) for piece in apart), Fraction(0))
        assert abs(found[zone] - float(m2)) <= (1 + len(apart)) * town.slack(zone)


def cells_as_in_truth(town, dice):
    raster = town.raster(dice)
    found = cell_areas(town.areas, raster)
    for zone in dice.sample(range(len(town.rows)), min(len(town.rows), 3)):
        canopy, known = town.in_cells(zone, raster)
        assert found[zone] == pytest.approx([canopy, known], rel=1e-9, abs=1e-9)


# What is found wrong, each by its least case.


def test_of_lots_with_one_front_line_the_lowest_is_nearest():
    lots = areas_from_shapely(np.array([shapely.box(0, 0, 3, 1), shapely.box(0, 0, 10, 1)]))
    trees = points_from_shapely(shapely.points([(1.0, -0.1)]), lots.origin)

    assert locate_points(trees, lots, reach_m=5.0).nearest_area.tolist() == [0]


@pytest.mark.parametrize("turn", [(3, 4), (5, -12), (-1, 1), (1, 1000), (0, 1)])
def test_of_lots_along_one_slanted_line_the_lowest_is_nearest(turn):
    """Two fronts on one line, one part of the other: whole numbers, so that the tie is one in truth."""
    run, rise = turn
    fronts = [((a * run, a * rise), (b * run, b * rise)) for a, b in ((2, 5), (0, 9), (1, 4))]
    lots = areas_from_shapely(
        np.array([shapely.Polygon([one, other, (other[0] - rise, other[1] + run)]) for one, other in fronts])
    )
    spot = (3 * run + rise / 8, 3 * rise - run / 8)

    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        found = locate_points(
            points_from_shapely(shapely.points([spot]), lots.origin), lots.take(np.array(order)), reach_m=500
        )
        assert found.nearest_area.tolist() == [0]


def test_what_is_as_far_as_the_reach_is_within_it_and_an_ulp_farther_is_not():
    lots = areas_from_shapely(np.array([shapely.box(0, 0, 3, 3)]))
    spots = [(-0.3, 1), (np.nextafter(-0.3, -1), 1)]

    found = locate_points(points_from_shapely(shapely.points(spots), lots.origin), lots, reach_m=0.3)

    assert found.nearest_area.tolist() == [0, NONE]


def test_an_origin_is_kept_only_where_all_differences_from_it_are_exact():
    near = areas_from_shapely(np.array([shapely.box(700000.1, 4e6, 780000.7, 4.1e6)]))
    across = areas_from_shapely(
        np.array([shapely.box(700000.1, 4e6, 780000.7, 4.1e6), shapely.box(0.1, 4e6, 9, 4.1e6)])
    )

    assert near.origin in ((700000.0, 4e6), (780000.0, 4e6))
    assert across.origin[0] == 0.0
    assert across.to_shapely(1).bounds == (0.1, 4e6, 9, 4.1e6)


def test_a_part_too_thin_to_have_a_side_is_a_part_all_the_same():
    a, b = (250047.40586625712, 310043.3138004304), (250013.2773422098, 310009.3423395375)
    thin = shapely.Polygon([a, b, (250047.07298179594, 310042.98244793946)])
    square = shapely.box(249937.5, 310000.25, 249993.5, 310007.25)
    lots = areas_from_shapely(np.array([shapely.MultiPolygon([square, thin])]))

    assert len(lots.to_shapely(0).geoms) == 2
    assert locate_points(points_from_shapely(shapely.points([b]), lots.origin), lots).first_area.tolist() == [0]


def test_a_lot_whose_first_part_is_empty_lies_where_it_lies():
    lot = "MULTIPOLYGON (EMPTY, ((70000.7 20000.5, 70001.7 20000.5, 70001.7 20001.5, 70000.7 20000.5)))"
    lots = areas_from_shapely(np.array([shapely.from_wkt(lot)]))

    assert lots.area_m2 == pytest.approx([0.5])


def test_a_point_an_ulp_outside_is_outside_on_both_sides_of_0():
    lots = areas_from_shapely(np.array([shapely.box(-3.7, 0, 0.1, 1, ccw=False)]))
    points = points_from_shapely(shapely.points([(np.nextafter(0.1, 1), 0.5)]), lots.origin)

    assert locate_points(points, lots).first_area.tolist() == [NONE]


def test_a_zone_that_rounds_to_nothing_has_no_part_above_0():
    a, b = (1203599.3714263013, 1303041.048863237), (1201692.9668302082, 1304313.5773469242)
    thin = shapely.Polygon([a, b, (1203528.203383123, 1303088.5536595737)])
    corners = [shapely.box(x, y, x + 9, y + 9) for x in (1150000, 1249991) for y in (1250000, 1349991)]
    zones = areas_from_shapely(np.array([thin, *corners]), (1200000.0, 1300000.0))
    town = areas_from_shapely(np.array([shapely.box(1150000, 1250000, 1250000, 1350000)]), zones.origin)

    assert (intersection_areas(zones, town).m2 > 0).all()
