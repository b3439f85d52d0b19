"""The page of a district, and which police body and court hub a town's page names."""

import re
from datetime import UTC, datetime

import pytest
from drawn import TODAY, box, layer

from geo.store import open_store
from geo.store.records import OPERATOR, Load
from geo.workspace import join_workspace
from webmap import create_app
from webmap.settings import Settings

AT = datetime(2026, 11, 23, tzinfo=UTC)
# Four towns side by side, and one that merged. Elm has two drawn police bodies, Oak one that ends within it.
TOWNS = {
    "elm": {"name": "Elm", "wkt": box(0, 0, 100, 100)},
    "oak": {"name": "Oak", "wkt": box(100, 0, 100, 100)},
    "ash": {"name": "Ash <b>", "wkt": box(200, 0, 100, 100)},
    "fir": {"name": "Fir", "wkt": box(300, 0, 100, 100)},
    "old-fir": {"name": "Old Fir", "wkt": box(400, 0, 100, 100), "valid_to": "2016-11-08"},
}
DISTRICTS = {
    "west": {"kind": "police", "name": "West Police", "wkt": box(-50, 0, 110, 100)},
    "east": {"kind": "police", "name": "East Police", "wkt": box(60, 0, 90, 100)},
    "listed-elm": {"kind": "police", "name": "Listed Police", "town": "Elm"},
    "listed-oak": {"kind": "police", "name": "Listed Police", "town": "OAK"},
    "sliver": {"kind": "police", "name": "Sliver Police", "wkt": box(199.5, 0, 0.4, 100)},
    "ash-one": {"kind": "police", "name": "One & <i>", "town": "Ash <b>"},
    "ash-two": {"kind": "police", "name": "Two", "town": "Ash <b>"},
    "hub": {"kind": "court", "name": "Hub", "town": "Elm"},
    "hub-old": {"kind": "court", "name": "Hub", "town": "Old Fir", "valid_to": "2016-11-08"},
    "hub-gone": {"kind": "court", "name": "Gone hub", "town": "Fir", "valid_to": "2020-12-31"},
    "hub-far": {"kind": "court", "name": "Hub", "town": "Elsewhere"},
}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    path = tmp_path_factory.mktemp("districts") / "w.gpkg"
    store = open_store(path, create=True)
    facts = {name: row for name, row in DISTRICTS.items() if name in ("hub", "listed-oak")}
    invented = {name: row for name, row in DISTRICTS.items() if name not in facts}
    store.load(
        Load("municipalities", "drawn", layer("municipalities", TOWNS), {}),
        Load("districts", "county", layer("districts", facts), {"licence": "CC0-1.0", "date": "2026-05-04"}),
        Load("districts", "sample", layer("districts", invented), {"licence": "CC0-1.0, illustrative"}),
        actor=OPERATOR,
        at=AT,
    )
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY)
    yield create_app(Settings(workspace=path), store).test_client()
    store.close()


def text(web, address):
    """Open a page that must be there, and give its main part."""
    answer = web.get(address)
    assert answer.status_code == 200, answer.status
    return " ".join(answer.text.partition("<main")[2].partition("</main>")[0].split())


def line(web, town, label):
    """Give the line of a town's page with that label."""
    facts = text(web, f"/towns/{town}").partition('<dl class="facts">')[2]
    return facts.partition(f"<dt>{label}</dt><dd>")[2].partition("</dd>")[0]


def links(html):
    return re.findall(r'<a [^>]*href="([^"]+)">(?:<span[^>]*>)?([^<]+)<', html)


def test_a_town_names_its_court_hub_and_links_it(web):
    assert line(web, "elm", "Court hub") == '<a href="/districts/court/hub">Hub</a>'


@pytest.mark.parametrize(("town", "label"), [("oak", "Court hub"), ("fir", "Court hub"), ("fir", "Police")])
def test_a_body_that_nobody_recorded_or_that_ended_is_not_recorded(web, town, label):
    assert line(web, town, label) == '<span class="unknown">not recorded</span>'


def test_a_town_that_is_split_names_every_body_and_the_drawn_ones_replace_the_listed(web):
    assert [name for _, name in links(line(web, "elm", "Police"))] == ["East Police", "West Police"]


def test_a_listed_body_serves_the_part_that_no_drawn_one_covers_and_a_sliver_counts_for_nothing(web):
    assert [name for _, name in links(line(web, "oak", "Police"))] == ["East Police", "Listed Police"]


def test_two_listed_bodies_are_both_named_and_no_name_is_markup(web):
    assert links(line(web, "ash-b", "Police")) == [
        ("/districts/police/one-i", "One &amp; &lt;i&gt;"),
        ("/districts/police/two", "Two"),
    ]


def test_only_an_illustrative_assignment_is_marked(web):
    assert line(web, "oak", "Police").count("(illustrative)") == 1
    assert line(web, "oak", "Police").endswith("Listed Police</a>")
    assert "illustrative" not in line(web, "elm", "Court hub")


def test_a_town_of_the_past_names_the_bodies_of_its_last_day(web):
    assert links(line(web, "old-fir", "Court hub")) == [("/districts/court/hub", "Hub")]


def test_a_districts_page_has_its_kind_its_towns_and_its_sources(web):
    page = text(web, "/districts/court/hub")

    assert "<h1>Hub</h1>" in page
    assert "Court hub" in page
    assert links(page) == [("/towns/elm", "Elm"), ("/towns/old-fir", "Old Fir")]
    assert '<a class="row"><span class="row-main">Elsewhere</span><span class="row-sub">illustrative</span></a>' in page
    assert "until Nov 8, 2016" in page
    assert "county, May 4, 2026. License: CC0-1.0." in page
    assert "CC0-1.0, illustrative" in page
    assert "Show on the map" not in page


def test_a_drawn_district_lists_the_towns_that_it_covers_and_opens_the_map_there(web):
    page = text(web, "/districts/police/east-police")

    assert [href for href, _ in links(page) if href.startswith("/towns/")] == ["/towns/elm", "/towns/oak"]
    zoom, lat, lon = re.search(r"/map/coverage\?at=([^\"]+)", page)[1].replace("%2F", "/").split("/")
    west, south, east, north = layer("districts", {"east": DISTRICTS["east"]}).total_bounds
    assert zoom == "17"
    assert (float(lon), float(lat)) == pytest.approx(((west + east) / 2, (south + north) / 2), abs=1e-5)


def test_a_district_that_ended_says_so(web):
    page = text(web, "/districts/court/gone-hub")

    assert "This district is not in force today. It was on record until Dec 31, 2020." in page


@pytest.mark.parametrize("row", ["hub", "hub-old", "hub-far"])
def test_the_id_of_a_row_leads_to_the_page_of_its_district(web, row):
    answer = web.get(f"/districts/{row}")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/districts/court/hub")


@pytest.mark.parametrize("id_", ["none", "court/none", "court", "police/hub", "court/hub/x", "%00", "..%2Fcourt%2Fhub"])
def test_an_unknown_district_is_not_found(web, id_):
    assert web.get(f"/districts/{id_}").status_code == 404


def test_the_search_opens_the_page_of_a_district_and_lists_several(web):
    alone = web.get("/find?q=east+police")
    several = text(web, "/find?q=police")

    assert (alone.status_code, alone.headers["Location"]) == (302, "/districts/police/east-police")
    assert 'href="/districts/police/west-police"' in several
    assert "Police" in several


def test_the_api_gives_kind_and_id_of_a_district(web):
    answer = web.get("/api/v1/find?q=hub").get_json()

    assert (answer["status"], answer["candidates"][0]["kind"], answer["candidates"][0]["id"]) == (
        *("exact", "district"),
        "court/hub",
    )
