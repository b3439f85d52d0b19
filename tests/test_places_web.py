"""Where records are shown on the web that have no place of their own, and what is told of those that have none."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from drawn import TODAY, box, layer

from geo.store import open_store
from geo.store.records import OPERATOR, Load
from geo.workspace import join_workspace
from webmap import create_app
from webmap.settings import Settings

AT = datetime(2026, 11, 23, tzinfo=UTC)
DRAWING = {
    "municipalities": {"bel-nor": {"name": "Bel-Nor", "wkt": box(0, 0, 100, 100)}},
    "parcels": {
        "a": {"wkt": box(10, 10, 20, 20), "address": "1 Elm St"},
        "b": {"wkt": box(40, 10, 20, 20), "address": "3 Elm St"},
    },
    "trees": {
        "key": {"parcel_key": "a", "site_id": "key", "condition": "dead"},
        "lost": {"parcel_key": "z", "site_id": "lost"},
        "door": {"address": "3 Elm St", "site_id": "door"},
    },
    "streets": {
        "elm": {"wkt": "LINESTRING (0 5, 50 5, 100 5)", "name": "Elm St"},
        "oak": {"wkt": "LINESTRING (50 0, 50 5, 50 90)", "name": "Oak Ave"},
        "beyond": {"wkt": "LINESTRING (100 5, 150 5)", "name": "Elm St"},
        "out": {"wkt": "LINESTRING (150 5, 150 90)", "name": "Outer Rd"},
    },
    "sites": {name: {} for name in ("key", "lost", "door")},
    "inspections": {
        "corner": {"address": "Elm St @ Oak Ave"},
        "door": {"address": "3 Elm St"},
        "lost": {"address": "Natural Bridge @ Lucas and Hunt"},
        "shut": {"address": "Nowhere", "status": "closed"},
    },
}


def served(path, drawing):
    """Load a drawing, join it, and give what asks its server."""
    store = open_store(path, create=True)
    loads = (Load(name, "drawn", layer(name, rows), {}) for name, rows in drawing.items())
    store.load(*loads, actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY)
    return store, create_app(Settings(workspace=path), store).test_client()


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    store, client = served(tmp_path_factory.mktemp("places") / "w.gpkg", DRAWING)
    yield client
    store.close()


def text(web, address):
    """Open a page that must be there, and give its words."""
    answer = web.get(address)
    assert answer.status_code == 200, answer.status
    return " ".join(answer.text.split())


def features(web, address):
    """Give the features of an answer, read to its end."""
    return web.get(address, buffered=True).get_json()["features"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/trees/key", "In front of the lot, by its parcel number (medium confidence)"),
        ("/trees/key", "At the center of its lot, found by parcel number; its own location is not recorded"),
        ("/trees/door", "In front of the lot, by its address (low confidence)"),
        ("/trees/door", "At the center of its lot, found by address; its own location is not recorded"),
        ("/sites/door", "At the center of its lot, found by address; its own location is not recorded"),
        ("/trees/lost", "Not on the map: no location is recorded, and no lot was found"),
        ("/inspections/door", "At the center of its lot, found by address"),
        ("/inspections/lost", "Not on the map"),
        ("/inspections/corner", "At the intersection in its address; its own location is not recorded"),
        ("/inspections/corner", '<a href="/towns/bel-nor">Bel-Nor</a>'),
    ],
)
def test_a_page_tells_by_what_its_record_was_placed(web, address, said):
    assert said in text(web, address)


def test_a_tree_without_a_point_is_on_the_map_and_in_the_export_where_its_lot_is(web):
    box = text(web, "/trees/key").partition("/map/maintenance?")[2].partition('"')[0]
    rows = features(web, "/api/v1/trees.geojson?bbox=-91,38,-90,39")
    sites = features(web, "/api/v1/sites.geojson?placed_by=parcel,address")

    assert "at=19/" in box.replace("%2F", "/")
    assert {row["id"]: row["properties"]["placed_by"] for row in rows} == {"door": "address", "key": "parcel"}
    for row in rows + sites:
        place = [row["properties"]["lon"], row["properties"]["lat"]]
        assert row["geometry"]["coordinates"] == pytest.approx(place, abs=1e-7)


def unplaced(web, address):
    """Give the line of a map's page about what is on no map, and the ids that its link leads to."""
    line = text(web, address).partition('id="unplaced" ')[2].partition("</p>")[0]
    geojson, *tables = (unescape(href) for href in re.findall(r'<a href="([^"]+)"', line))
    assert [href.replace(form, ".geojson") for href, form in zip(tables, (".csv", ".xlsx"), strict=True)] == [
        geojson
    ] * 2
    return line, [row["id"] for row in features(web, geojson)]


@pytest.mark.parametrize(
    ("address", "said", "ids"),
    [
        ("/map/inspections", "2 inspections have no location", ["lost", "shut"]),
        ("/map/inspections?status=open", "1 inspection has no location", ["lost"]),
        ("/map/inspections?status=open&town=bel-nor", "1 inspection has no location", ["lost"]),
        ("/map/maintenance?at=19/38.7/-90.3", "1 tree or site has no location", ["lost"]),
        ("/map/maintenance?placed_by=point", "1 tree or site has no location", ["lost"]),
    ],
)
def test_a_map_says_how_much_of_its_filters_it_cannot_show_and_where_that_is(web, address, said, ids):
    line, found = unplaced(web, address)

    assert said in line
    assert found == ids
    assert "hidden" not in line.partition(">")[0]
    assert ("Records without a known town are counted too." in line) == ("town=" in address)


def test_a_map_that_shows_all_says_nothing_of_it(web):
    line, found = unplaced(web, "/map/inspections?status=cancelled")

    assert "hidden" in line.partition(">")[0]
    assert found == []
    assert 'id="unplaced"' not in text(web, "/map/coverage")


def test_what_is_of_no_known_town_can_be_asked_for(web):
    def ids(query):
        return [row["id"] for row in features(web, f"/api/v1/inspections.geojson?{query}")]

    assert ids("town=null") == ["lost", "shut"]
    assert ids("town=bel-nor") == ["corner", "door"]
    assert ids("town=bel-nor,null") == ["corner", "door", "lost", "shut"]


def test_a_crossing_tells_the_town_of_its_point(web):
    def crossing(query):
        (one,) = web.get(f"/api/v1/find?q={query}").get_json()["candidates"]
        return one["address"], one["town"], one["lon"], one["lat"]

    name, town, *place = crossing("elm st @ oak ave")
    (row,) = features(web, "/api/v1/inspections.geojson?placed_by=crossing")

    assert (name, town) == ("Elm St & Oak Ave", "Bel-Nor")
    assert crossing("elm st and outer rd")[:2] == ("Elm St & Outer Rd", None)
    assert "Bel-Nor" in text(web, "/find?q=elm+st+@+oak+ave")
    assert (row["id"], row["properties"]["town"]) == ("corner", "Bel-Nor")
    assert row["properties"]["parcel_id"] is None
    assert row["geometry"]["coordinates"] == pytest.approx(place, abs=1e-7)
