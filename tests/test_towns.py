"""A town stands from its first day to its last, wherever it is asked for."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import AT, PROVENANCE, rows_of

from geo.crs import WGS84, LonLat
from geo.reverse_geocode import reverse_geocode
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, Load
from webmap import create_app
from webmap.settings import Settings
from webmap.state.town_list import towns_in_force

BEL_NOR = LonLat(-90.318, 38.705)


@pytest.fixture
def to_merge(tmp_path):
    """Make a workspace of a town from May 2024 whose merger in 2031 is voted already."""
    store = open_store(tmp_path / "w.gpkg", create=True)
    town = rows_of(LAYERS["municipalities"]).assign(valid_to="2030-12-31")
    town["valid_to"] = town["valid_to"].astype("str")
    store.load(Load("municipalities", "town", town, PROVENANCE), actor=OPERATOR, at=AT)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("today", "there"), [("2024-04-30", False), ("2024-05-01", True), ("2030-12-31", True), ("2031-01-01", False)]
)
def test_a_town_stands_from_its_first_day_to_its_last(to_merge, today, there):
    day = date.fromisoformat(today)

    names = [town.values["name"] for town in towns_in_force(to_merge, day)]
    under = reverse_geocode(to_merge, BEL_NOR, near_m=15, today=day)

    assert names == (["Bel-Nor"] if there else [])
    assert (under.match_type, under.town) == (("town", "Bel-Nor") if there else ("none", None))


# Two towns with a creek between them that winds a metre to either side, and one that merged away.
CREEK = [(-90.31 + 0.00001 * (at % 2), 38.70 + 0.00001 * at) for at in range(1001)]
WEST = shapely.Polygon([*CREEK, (-90.32, 38.71), (-90.32, 38.70)])
EAST = shapely.Polygon([*CREEK, (-90.30, 38.71), (-90.30, 38.70)])
BEND = LonLat(-90.309995, 38.70501)  # west of the creek's bend, east of its outline


@pytest.fixture
def creek(tmp_path):
    """Serve the towns along the creek."""
    store = open_store(tmp_path / "w.gpkg", create=True)
    towns = pd.concat([rows_of(LAYERS["municipalities"])] * 3, ignore_index=True)
    towns["id"] = ["west", "east", "old"]
    towns["name"] = ["West", "East", "Old West"]
    towns["slug"] = ["west", "east", "old-west"]
    towns["valid_to"] = [None, None, "2024-12-31"]
    towns = gpd.GeoDataFrame(towns, geometry=gpd.GeoSeries([WEST, EAST, WEST], crs=WGS84), crs=WGS84)
    towns["valid_to"] = towns["valid_to"].astype("str")
    store.load(Load("municipalities", "town", towns, PROVENANCE), actor=OPERATOR, at=AT)
    yield create_app(Settings(), store).test_client()
    store.close()


def far(web, layer):
    """Ask for all of a layer."""
    return web.get(f"/api/v1/{layer}.geojson").get_json(force=True)


def drawn(web, address):
    """Give the shapes of an answer by the towns' names."""
    features = web.get(address).get_json(force=True)["features"]
    return {one["properties"]["name"]: shapely.geometry.shape(one["geometry"]) for one in features}


def test_far_views_get_outlines_of_the_towns_that_stand_with_their_borders_shared(creek):
    outlines = drawn(creek, "/api/v1/towns.geojson?fields=name")
    limits = drawn(creek, "/api/v1/municipalities.geojson")

    assert set(outlines) == {"East", "West"}
    shapes = np.array(list(outlines.values()))
    assert shapely.coverage_is_valid(shapes)
    assert all(shapely.get_num_coordinates(shapes) < 20)
    for name, outline in outlines.items():
        assert shapely.hausdorff_distance(outline, limits[name]) < 0.0001  # degrees: ten metres


def test_a_town_is_told_the_place_that_lies_deepest_inside_it(creek):
    limits = {one["id"]: one for one in far(creek, "municipalities")["features"]}

    middles = far(creek, "towns")["label_points"]

    assert set(middles) == {"west", "east"}
    for town, middle in middles.items():
        limit = shapely.geometry.shape(limits[town]["geometry"])
        away = shapely.boundary(limit).distance(shapely.Point(middle))
        assert limit.contains(shapely.Point(middle))
        assert away > 0.0044  # degrees: half of the town's width, nearly


@pytest.mark.parametrize(("asked", "rows"), [("west", 1), ("west,east", 2), ("West&town=east", 2)])
def test_several_towns_may_be_asked_for_at_once(creek, asked, rows):
    assert creek.get(f"/api/v1/count/municipalities?town={asked}").get_json()["count"] == rows
    assert creek.get(f"/api/v1/count/districts?town={asked}").status_code == 200
    assert creek.get(f"/api/v1/count/aliases?town={asked}").status_code == 200


def test_a_tap_is_answered_by_the_exact_limits(creek):
    outlines = drawn(creek, "/api/v1/towns.geojson?fields=name")

    answer = creek.get(f"/api/v1/parcel-at?lon={BEND.lon}&lat={BEND.lat}").get_json()

    assert outlines["East"].contains(shapely.Point(BEND))
    assert answer["town"] == "West"
