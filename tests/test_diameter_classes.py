"""A diameter that the inventory gives as a class: stored, filtered, shown and counted as a class."""

import json

import pytest
from conftest import AT

from geo.forestry.diameter_counts import count_diameters
from geo.ingest.ingest_request import IngestRequest
from geo.store.records import OPERATOR, PUBLIC, Query
from geo.workspace import join_workspace, load_source, read_files
from webmap import create_app
from webmap.measures import format_diameter_class, use_units
from webmap.settings import Settings

ROWS = """id,species,DBH,lat,lon
C1,Acer rubrum,7-12,38.70091,-90.3185
C2,Acer rubrum,>36,38.70092,-90.3175
C3,Acer rubrum,14,38.70093,-90.3165
C4,Acer rubrum,,38.70094,-90.3155
C5,Acer rubrum,07 to 12 in,38.70095,-90.3145
"""


@pytest.fixture
def store_with_classes(store, tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text(ROWS, encoding="utf-8")
    request = IngestRequest("trees", (path,))
    load_source(store, "trees", read_files(store, request), source="classes", actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=AT.date())
    return store


def test_a_class_is_found_by_its_ends_shown_and_counted_and_is_never_a_number(store_with_classes):
    web = create_app(Settings(), store_with_classes).test_client()
    where = Query(where={"dbh_low_in": ("7",), "dbh_high_in": ("12",)})
    features = json.loads(web.get("/api/v1/trees.geojson?dbh_low_in=36").get_data(as_text=True))["features"]
    tree, town = (web.get(path).get_data(as_text=True) for path in ("/trees/C1", "/towns/bel-nor"))

    with store_with_classes.snapshot() as reader:
        found = [record.id for record in reader.query("trees", where, actor=PUBLIC)]
        counts = count_diameters(reader, "Bel-Nor")

    assert found == ["C1", "C5"]
    assert [(one["id"], one["properties"]["dbh_in"], one["properties"]["dbh_high_in"]) for one in features] == [
        ("C2", None, None)
    ]
    assert "7 to 12 in" in tree
    assert "36 in or more, recorded as a class" in town
    assert "7 to 12 in, recorded as a class" in town
    assert dict(counts.classes) == {(7.0, 12.0): 2, (36.0, None): 1}
    assert dict(counts.steps)[12, 18] >= 1
    assert counts.unknown_count >= 1


def test_a_site_has_the_class_of_its_tree(store_with_classes):
    with store_with_classes.snapshot() as reader:
        sites = {site.values["tree_id"]: site.values for site in reader.query("sites", Query(), actor=PUBLIC)}

    assert [sites[id_]["dbh_low_in"] for id_ in ("C1", "C2", "C3")] == [7, 36, None]
    assert [sites[id_]["dbh_high_in"] for id_ in ("C1", "C2", "C3")] == [12, None, None]


def test_a_wrong_end_is_refused_with_its_name(store_with_classes):
    answer = create_app(Settings(), store_with_classes).test_client().get("/api/v1/trees.geojson?dbh_low_in=seven")

    assert answer.status_code == 400
    assert "dbh_low_in must be a number" in answer.get_data(as_text=True)


def test_a_class_has_metric_ends_where_meters_come_first():
    use_units("meters")
    try:
        assert format_diameter_class(7.0, 12.0) == "18 to 30 cm (7 to 12 in)"
        assert format_diameter_class(None, 6.0) == "up to 15 cm (up to 6 in)"
    finally:
        use_units("feet")
