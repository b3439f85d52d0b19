"""Records far from every town: found, named, and left out of what maps open on."""

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from geo import mapped_area
from geo.crs import Bbox
from geo.mapped_area import find_far_records, is_far_from_towns, load_mapped_area, make_mapped_area
from geo.store.records import OPERATOR, Record
from webmap import create_app
from webmap.settings import Settings

AT = datetime(2024, 7, 1, 12, tzinfo=UTC)
TOWN = shapely.box(-90.32, 38.70, -90.31, 38.71)
FAR = shapely.Point(-93.3, 37.2)  # Springfield, 300 km away
TREES = Bbox(-90.3186, 38.7009, -90.3166, 38.7009)


def put_record(store, layer, id_, geometry, **values):
    wkb = None if geometry is None else geometry.wkb
    return store.put(layer, Record(id_, "", values, wkb), actor=OPERATOR, at=AT)


def far(store, layer):
    with store.snapshot() as reader:
        return find_far_records(reader, layer, load_mapped_area(reader))


def test_far_is_more_than_ten_kilometers_from_the_nearest_boundary():
    area = make_mapped_area(np.array([TOWN, shapely.box(-90.0, 38.70, -89.99, 38.71)]), "EPSG:26996")
    degree_m = 110_997  # of latitude here
    spots = [shapely.Point(-90.315, 38.71 + distance_m / degree_m) for distance_m in (9_900, 10_100)]
    line = shapely.LineString([spots[0], FAR])

    assert area.is_far(np.array([*spots, line, FAR, None, shapely.Point()])).tolist() == [
        False,
        True,
        False,
        True,
        False,
        False,
    ]
    assert area.is_far(np.array([shapely.Point(-90.155, 38.705)])).tolist() == [True]  # between the two towns
    assert area.is_far(np.array([shapely.Point(10.0, -50.0), shapely.Point(90.0, 0.0)])).tolist() == [True, True]


def test_many_points_are_told_apart_as_single_ones_are():
    random = np.random.default_rng(4)
    area = make_mapped_area(np.array([TOWN]), "EPSG:26996")
    spots = shapely.points(random.uniform((-90.5, 38.5), (-90.1, 38.9), (400, 2)))

    alone = [bool(area.is_far(np.array([spot]))[0]) for spot in spots]

    assert area.is_far(spots).tolist() == alone
    assert 0 < sum(alone) < 400


def test_a_tree_far_away_is_named_and_left_out_of_the_bounding_box(store):
    assert far(store, "trees").ids == ()
    near_bbox = far(store, "trees").near_bbox

    put_record(store, "trees", "lost", FAR)
    put_record(store, "trees", "gone", shapely.Point(0.5, 51.5))

    assert far(store, "trees").ids == ("gone", "lost")
    assert far(store, "trees").is_complete
    assert far(store, "trees").near_bbox == near_bbox
    assert near_bbox.contains(TREES)
    assert near_bbox.east - near_bbox.west < 0.01
    assert far(store, "parcels").ids == ()


def test_without_boundaries_nothing_is_far(tmp_path):
    from geo.store import open_store

    store = open_store(tmp_path / "no-town.gpkg", create=True)
    put_record(store, "trees", "oak", FAR)

    assert far(store, "trees").ids == ()
    assert far(store, "trees").near_bbox.contains(Bbox(*FAR.bounds))
    assert far(store, "aliases").near_bbox is None
    with store.snapshot() as reader:
        assert not is_far_from_towns(FAR, reader)
    store.close()


def test_too_many_are_not_all_counted(store, monkeypatch):
    monkeypatch.setattr(mapped_area, "MAX_FAR_RECORDS", 3)
    for number in range(5):
        put_record(store, "trees", f"lost-{number}", shapely.Point(-93.3 + number, 37.2))

    found = far(store, "trees")

    assert len(found.ids) == 3
    assert not found.is_complete


def test_where_more_are_than_are_read_at_once_the_box_is_divided(store, monkeypatch):
    monkeypatch.setattr(mapped_area, "MAX_RECORDS_READ", 2)
    for number in range(30):
        put_record(store, "trees", f"lost-{number:02}", shapely.Point(-93.3 + number / 100, 37.2))
        put_record(store, "trees", f"near-{number:02}", shapely.Point(-90.315 + number / 10_000, 38.705))

    assert far(store, "trees").ids == tuple(f"lost-{number:02}" for number in range(30))


@pytest.fixture
def web(small_town, store):
    put_record(store, "trees", "lost", FAR)
    put_record(store, "trees", "beside", shapely.Point(-90.33, 38.70))
    return create_app(Settings(workspace=small_town), store).test_client()


def test_the_page_of_a_far_tree_does_not_say_that_the_county_governs(web):
    assert "Outside the mapped area" in web.get("/trees/lost").text
    assert "Unincorporated (county government)" in web.get("/trees/beside").text


def test_the_api_and_the_exports_page_name_far_records(web, store):
    layers = {layer["layer"]: layer for layer in web.get("/api/v1/layers").get_json()["layers"]}

    assert layers["trees"]["far_from_towns"] == {"count": 1, "is_complete": True, "ids": ["lost"]}
    assert Bbox(*layers["trees"]["bbox"]).contains(TREES)
    assert layers["trees"]["bbox"][2] < -90.3
    assert layers["aliases"]["bbox"] is None
    exports = web.get("/exports").text
    assert "1 row is more than 6.2 mi (10 km) from every town." in exports
    assert '<a href="/trees/lost">lost</a>' in exports
    store.delete("trees", "lost", actor=OPERATOR, at=AT)
    assert "from every town" not in web.get("/exports").text
