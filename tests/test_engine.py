"""The kernels against Shapely, on shapes that nobody drew for them."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.join.geoparquet_areas import read_areas_by_id
from geo.errors import BadInput
from geo.kernels.geometry_arrays import (
    areas_from_shapely,
    areas_from_wkb,
    points_from_shapely,
    points_from_wkb,
    to_wkb_buffer,
)
from geo.kernels.nearest_area import NONE
from geo.kernels.overlay_area import covered_area_m2, intersection_areas
from geo.kernels.point_in_polygon import locate_points
from geo.kernels.within_distance import has_point_within

NEAR = (250_000.0, 310_000.0)

whole = st.integers(0, 12)
spots = st.tuples(whole, whole)


@st.composite
def shapes(draw, low=0, high=6):
    """Polygons on a coarse grid: shared edges, touching corners and holes come by themselves."""
    found = []
    for ring in draw(st.lists(st.lists(spots, min_size=3, max_size=7), min_size=low, max_size=high)):
        made = shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False)
        found.append(shapely.transform(made, lambda xy: xy + NEAR) if made.area else None)
    return np.array(found, dtype=object)


def columns(shapes_, origin=None):
    return areas_from_wkb(*to_wkb_buffer(shapes_), origin=origin or NEAR)


@settings(deadline=None)
@given(shapes(1), st.lists(spots, min_size=1, max_size=20))
def test_a_point_lies_in_the_lowest_area_that_contains_it(areas, xy):
    points = shapely.points(np.array(xy, float) + NEAR)

    found = locate_points(points_from_wkb(*to_wkb_buffer(points), NEAR), columns(areas), reach_m=2.5)

    for nth, point in enumerate(points):
        within = [row for row, area in enumerate(areas) if area and area.intersects(point)]
        far = [area.distance(point) if area else np.inf for area in areas]
        near = int(np.argmin(far)) if min(far) <= 2.5 else NONE
        assert [found.first_area[nth], found.second_area[nth]] == [*within, NONE, NONE][:2]
        if not within:
            assert found.nearest_area[nth] == near or far[found.nearest_area[nth]] == pytest.approx(min(far))
            assert found.distance_m[nth] == pytest.approx(far[near] if near != NONE else np.inf)


@settings(deadline=None)
@given(shapes(1), shapes(1))
def test_parts_are_as_large_as_the_shapes_that_two_areas_share(zones, areas):
    found = intersection_areas(columns(zones), columns(areas))

    told = {(z, a): m2 for z, a, m2 in zip(*found, strict=True)}
    for z, zone in enumerate(zones):
        for a, area in enumerate(areas):
            m2 = zone.intersection(area).area if zone and area else 0.0
            assert told.get((z, a), 0.0) == pytest.approx(m2, abs=1e-7)


@settings(deadline=None)
@given(shapes(1), shapes(1))
def test_what_pieces_cover_adds_up(zones, pieces):
    apart = shapely.get_parts(shapely.union_all(pieces)) if len(pieces) else pieces
    apart = apart[shapely.get_type_id(apart) == shapely.GeometryType.POLYGON]

    found = covered_area_m2(columns(zones), columns(apart))

    whole_ = shapely.union_all(apart)
    for m2, zone in zip(found, zones, strict=True):
        assert m2 == pytest.approx(zone.intersection(whole_).area if zone else 0.0, abs=1e-7)


@pytest.mark.parametrize("wkt", ["POINT (1 1)", "LINESTRING (0 0, 1 1)"])
def test_what_is_no_polygon_is_refused_by_its_row(wkt):
    with pytest.raises(BadInput, match="row 1"):
        columns(np.array([shapely.box(0, 0, 1, 1), shapely.from_wkt(wkt)]))


def test_a_shape_of_thousands_of_vertices_is_measured_like_a_small_one():
    circle = shapely.buffer(shapely.Point(NEAR), 500, quad_segs=1000)
    zones = shapely.transform(
        np.array([shapely.box(x, y, x + 40, y + 40) for x in range(-600, 600, 40) for y in range(-600, 600, 40)]),
        lambda xy: xy + NEAR,
    )
    found = intersection_areas(columns(zones), columns(np.array([circle])))
    m2 = np.zeros(len(zones))
    m2[found.zone] = found.m2
    assert m2 == pytest.approx(shapely.area(shapely.intersection(zones, circle)), abs=1e-6)
    points = shapely.centroid(zones)
    inside = locate_points(points_from_wkb(*to_wkb_buffer(points), NEAR), columns(np.array([circle])), reach_m=30.0)
    assert ((inside.first_area == 0) == shapely.intersects(circle, points)).all()
    near = inside.nearest_area == 0
    assert near.any()
    assert inside.distance_m[near] == pytest.approx(shapely.distance(points[near], circle))


@settings(deadline=None)
@given(shapes(1), st.lists(spots, max_size=6), st.sampled_from([0.5, 2.0, 30.0]))
def test_an_area_is_marked_when_a_point_is_near(areas, xy, metres):
    points = shapely.points(np.array(xy, float).reshape(-1, 2) + NEAR)

    marks = has_point_within(columns(areas), points_from_shapely(points, NEAR), metres)

    assert marks.tolist() == [
        area is not None and bool((shapely.distance(area, points) <= metres).any()) for area in areas
    ]


@pytest.mark.parametrize("group", [2, 100])
def test_a_file_is_read_by_rising_id_however_it_lies(tmp_path, group):
    shapes_ = [shapely.box(n, 0, n + 1, n + 1) for n in range(5)]
    frame = gpd.GeoDataFrame({"id": list("cbead")}, geometry=[*shapes_[:4], None], crs=26996)
    frame.to_parquet(tmp_path / "lots.parquet", row_group_size=group, index=False)

    ids, areas = read_areas_by_id(tmp_path / "lots.parquet")

    assert ids.to_pylist() == list("abcde")
    assert areas.area_m2.tolist() == [4, 2, 1, 0, 3]
    told = [None if area is None else area.normalize().wkt for area in map(areas.to_shapely, range(5))]
    wanted = [shapes_[3], shapes_[1], shapes_[0], None, shapes_[2]]
    assert told == [None if one is None else shapely.MultiPolygon([one]).normalize().wkt for one in wanted]


def test_areas_seen_from_another_place_are_those_that_are_read_from_there():
    west, south = np.random.default_rng(4).uniform(250_000, 260_000, (2, 500))
    shapes = shapely.box(west, south, west + 30, south + 40)
    here, there = areas_from_shapely(shapes), (249_000.0, 249_000.0)

    moved, read = here.with_origin(there), areas_from_shapely(shapes, there)

    assert here.with_origin(here.origin) is here
    assert moved.origin == read.origin
    np.testing.assert_array_equal(moved.xy, read.xy)
    np.testing.assert_array_equal(moved.bounds, read.bounds)
