"""Canopy: overlapping crowns count once, cells exactly, and unknown is not none."""

import numpy as np
import pandas as pd
import pytest
import shapely
from drawn import CORNER, WORK, box, town
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples
from pyproj import CRS

from geo.crs import WGS84
from geo.join.areas.crown_overlaps import canopy_over, canopy_over_large, dissolve_crowns
from geo.kernels.geometry_arrays import areas_from_shapely
from geo.kernels.zonal_raster import cell_areas
from geo.raster import Raster

BLOCK = {"a": box(0, 0, 20, 30), "b": box(20, 0, 20, 30)}
STREET = {"street": {"kind": "right_of_way", "wkt": box(0, -10, 40, 10)}}


def test_where_two_crowns_overlap_the_ground_counts_once():
    crowns = {"oak": box(0, 0, 10, 10), "elm": box(5, 0, 10, 10)}

    lot = town({"parcels": BLOCK, "canopy": crowns})["parcels"].loc["a"]

    assert lot["canopy_m2"] == pytest.approx(150, abs=0.01)
    assert lot["canopy_pct"] == pytest.approx(25, abs=0.01)


def test_lots_and_the_right_of_way_add_up_to_the_town():
    crowns = {f"c{n}": shapely.Point(4 * n, n % 5).buffer(6).wkt for n in range(-2, 14)}

    tables = town({"municipalities": {"Normandy": box(0, -10, 40, 40)}, "parcels": BLOCK | STREET, "canopy": crowns})

    assert tables["parcels"]["canopy_m2"].sum() == pytest.approx(
        tables["municipalities"].loc["Normandy", "canopy_m2"], abs=0.03
    )


crown_spots = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 9)), max_size=14)


@given(crown_spots)
@settings(max_examples=examples(100), deadline=None)
def test_canopy_is_the_area_of_the_union_however_crowns_overlap(drawn):
    crowns = np.array([shapely.Point(x, y).buffer(r, quad_segs=3) for x, y, r in drawn], dtype=object)
    zones = np.array([shapely.box(x, y, x + 11, y + 9) for x in (0, 11, 22) for y in (0, 9)], dtype=object)

    lots = areas_from_shapely(zones)
    pieces = areas_from_shapely(dissolve_crowns(crowns), lots.origin)
    small, large = canopy_over(lots, pieces), canopy_over_large(zones, pieces)

    united = shapely.union_all(crowns)
    expected = [zone.intersection(united).area for zone in zones]
    assert small == pytest.approx(expected, abs=1e-6)
    assert large == pytest.approx(expected, abs=1e-6)
    assert shapely.area(dissolve_crowns(crowns)).sum() == pytest.approx(united.area)


def test_method_and_year_are_kept_and_two_years_are_no_year():
    crowns = {
        "oak": {"method": "LiDAR", "year": 2022, "wkt": box(0, 0, 5, 5)},
        "elm": {"method": "LiDAR", "year": 2022, "wkt": box(25, 0, 5, 5)},
    }
    older = {"ash": {"method": "aerial photo", "year": 2012, "wkt": box(10, 0, 5, 5)}}

    one = town({"parcels": BLOCK, "canopy": crowns})["parcels"].loc["a"]
    two = town({"parcels": BLOCK, "canopy": crowns | older})["parcels"].loc["b"]

    assert (one["canopy_method"], one["canopy_year"]) == ("LiDAR", 2022)
    assert two["canopy_method"] == "LiDAR; aerial photo"
    assert pd.isna(two["canopy_year"])


def raster(cells, crs=WORK, size=1.0, **more):
    """Cells whose south-west corner lies at the drawings' (0, 0)."""
    west, south = CORNER
    return Raster(np.array(cells, np.uint8), crs, west, south + size * len(cells), size, size, **more)


def test_a_cell_that_the_lot_line_cuts_counts_by_its_part():
    lot = {"lot": box(0.5, 0.25, 1, 1)}  # half of two cells of canopy, a quarter up

    row = town({"parcels": lot}, rasters=[raster([[0, 0], [1, 0]], method="LiDAR", year=2021)])

    lot = row["parcels"].loc["lot"]
    assert lot["canopy_m2"] == pytest.approx(0.5 * 0.75, abs=0.01)
    assert (lot["canopy_method"], lot["canopy_year"], lot["canopy_resolution_m"]) == ("LiDAR", 2021, 1.0)


def test_unknown_cells_are_not_bare_ground():
    lots = {"half": box(0, 0, 2, 1), "blind": box(2, 0, 1, 1), "beyond": box(9, 9, 1, 1)}

    found = town({"parcels": lots}, rasters=[raster([[1, 255, 255]])])["parcels"]

    assert found.loc["half", "canopy_pct"] == pytest.approx(100)
    assert found.loc["half", "canopy_m2"] == pytest.approx(1, abs=0.01)
    assert found.loc[["blind", "beyond"], "canopy_m2"].isna().all()


def test_two_tiles_that_overlap_count_their_common_cells_once():
    left, right = raster([[1, 1, 0]], year=2020), raster([[1, 1, 0]], year=2020)
    right = Raster(right.cells, right.crs, right.west + 2, right.north, 1, 1, year=2020)

    lot = town({"parcels": {"lot": box(0, 0, 5, 1)}}, rasters=[left, right])["parcels"].loc["lot"]

    assert lot["canopy_m2"] == pytest.approx(3, abs=0.01)
    assert lot["canopy_pct"] == pytest.approx(60, abs=0.01)


def test_of_two_surveys_the_newer_tells():
    old, new = raster([[1, 1]], year=2010), raster([[0, 1]], year=2020)

    lot = town({"parcels": {"lot": box(0, 0, 2, 1)}}, rasters=[old, new])["parcels"].loc["lot"]

    assert (lot["canopy_pct"], lot["canopy_year"]) == (50, 2020)


def test_crowns_tell_where_there_are_any_and_cells_elsewhere():
    towns = {"Bel-Nor": box(0, 0, 20, 30), "Normandy": box(20, 0, 20, 30)}
    cells = raster(np.ones((30, 40)), method="cells")

    tables = town({"municipalities": towns, "parcels": BLOCK, "canopy": {"oak": box(5, 5, 6, 5)}}, rasters=[cells])

    for table in (tables["parcels"], tables["municipalities"]):
        assert table["canopy_m2"].tolist() == pytest.approx([30, 600], abs=0.01)
        assert table["canopy_method"].fillna("").tolist() == ["", "cells"]


def test_a_raster_in_degrees_gives_the_same_share():
    west, south, east, north = shapely.bounds(shapely.from_wkt("POINT (-90.3 38.7)").buffer(0.001, cap_style="square"))
    cells = np.zeros((20, 20), np.uint8)
    cells[:, :10] = 1
    grid = Raster(cells, WGS84, west, north, (east - west) / 20, (north - south) / 20)
    zone = shapely.box(west + 0.0005, south + 0.0005, east - 0.0007, north - 0.0005)

    canopy, known = cell_areas(areas_from_shapely(np.array([zone], dtype=object)), grid)[0]

    assert canopy / known == pytest.approx(0.0005 / 0.0008, rel=1e-9)
    assert CRS(grid.crs) == WGS84


spot = st.tuples(st.integers(-30, 130), st.integers(-30, 130))
corners = st.lists(spot.map(lambda xy: (xy[0] / 7, xy[1] / 7)), min_size=3, max_size=9)


@given(corners, st.integers(0, 2**32 - 1))
@settings(max_examples=examples(150), deadline=None)
def test_every_cell_counts_by_the_part_that_the_polygon_covers(places, seed):
    zone = shapely.make_valid(shapely.Polygon(places), method="structure", keep_collapsed=False)
    cells = np.random.default_rng(seed).choice(np.array([0, 1, 255], np.uint8), (13, 11))
    grid = Raster(cells, WORK, 1.0, 14.0, 1.0, 0.5)
    rows, columns = np.indices(cells.shape)
    squares = shapely.box(1 + columns, 14 - 0.5 * (rows + 1), 2 + columns, 14 - 0.5 * rows)

    found = cell_areas(areas_from_shapely(np.array([zone], dtype=object)), grid)[0]

    covered = shapely.area(shapely.intersection(squares, zone)) / 0.5
    assert found.tolist() == pytest.approx([covered[cells == 1].sum(), covered[cells != 255].sum()], abs=1e-9)
