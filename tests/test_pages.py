"""Pages for people: every one opens, says what is unknown, and takes no text for markup."""

import json
import shutil
from contextlib import closing
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from urllib.parse import unquote

import pandas as pd
import pytest

from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, Load
from geo.workspace import join_workspace
from webmap import create_app
from webmap.assets import bundles
from webmap.maps.palette import NEED_MARKS
from webmap.pages.layers_page import layer_descriptions
from webmap.settings import Settings
from webmap.wording import format_value

AT = datetime(2026, 5, 4, tzinfo=UTC)
PAGES = [
    "/", "/map/coverage", "/map/maintenance", "/map/inspections", "/parcels/0p1", "/towns/bel-nor", "/districts/districts-kind/bel-nor",
    "/trees/trees-0", "/sites/sites-0", "/inspections/inspections-0", "/exports", "/about", "/doubles",
]  # fmt: skip


@pytest.fixture
def web(small_town):
    """Ask the app that serves Bel-Nor."""
    store = open_store(small_town)
    yield create_app(Settings(workspace=small_town), store).test_client()
    store.close()


class Page(HTMLParser):
    """What of a page matters here: headings, landmarks, inline script and style, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.inline: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append(int(tag[1:]))
        runs = tag == "script" and "src" not in given and given.get("type") != "application/json"
        styled = tag == "style" or "style" in given
        handled = [name for name in given if name.startswith("on")]
        if runs or styled or handled:
            self.inline.append(tag)

    def handle_data(self, data):
        self.text += data


def page(web, address):
    """Open a page that must be there."""
    answer = web.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    return Page(answer.text)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_its_landmarks_and_its_headings_in_order(web, address):
    text = web.get(address).text
    shown = Page(text)

    assert '<html lang="en-US" data-units="feet">' in text
    assert shown.tags.count("main") == shown.tags.count("title") == shown.tags.count("h1") == 1
    assert {"header", "nav"} <= set(shown.tags)
    assert shown.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(shown.headings, shown.headings[1:], strict=False))


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_no_inline_script_and_no_inline_style(web, address):
    assert page(web, address).inline == []


@pytest.mark.parametrize("address", PAGES)
def test_a_page_tells_nothing_private(web, address):
    assert "canary" not in web.get(address).text


@pytest.mark.parametrize("address", [*PAGES, "/nowhere", "/parcels/none"])
def test_a_page_names_no_other_host(web, address):
    text = web.get(address).text

    assert "http://" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "https://" not in text


@pytest.mark.parametrize(
    "address",
    [
        "/parcels/none",
        "/towns/none",
        "/districts/none",
        "/trees/none",
        "/sites/none",
        "/inspections/none",
        "/map/none",
        "/exports/none",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_told_on_a_page(web, address):
    answer = web.get(address)

    assert answer.status_code == 404
    assert "To the start page" in answer.text
    assert Page(answer.text).headings == [1]


@pytest.mark.parametrize(
    "path", ["/", "/map/coverage", "/map/maintenance?town=bel-nor", "/exports", "/about", "/find?q=oak"]
)
@pytest.mark.parametrize("name", ["fbclid", "utm_source", "gclid", "x"])
def test_a_page_ignores_parameters_that_links_pick_up_on_their_way(web, path, name):
    plain = web.get(path)

    tracked = web.get(f"{path}{'&' if '?' in path else '?'}{name}=abc123")

    assert tracked.status_code == plain.status_code == 200
    assert "abc123" not in tracked.text


def test_the_api_goes_on_refusing_a_misspelt_filter(web):
    assert web.get("/api/v1/trees.geojson?tonw=bel-nor").status_code == 400


def test_a_parcel_tells_what_applies_there(web):
    shown = page(web, "/parcels/0p1").text

    for name in ("Court hub", "Police", "Inspecting agency", "Canopy", "Inspections"):
        assert name in shown
    assert "the lot is in Bel-Nor." in shown  # the post office's city is another one


def test_a_parcel_links_its_trees_and_they_link_back(web):
    assert 'href="/trees/trees-0"' in web.get("/parcels/0p1").text
    assert 'href="/parcels/0p1"' in web.get("/trees/trees-0").text
    assert 'href="/sites/sites-0"' in web.get("/trees/trees-0").text


def test_a_town_tells_the_share_of_every_need(web):
    needs = web.get("/towns/bel-nor").text.split('id="need"')[1].split("</section>")[0]

    assert needs.count("%</td>") == len(NEED_MARKS)


@pytest.mark.parametrize(
    ("address", "pick"),
    [
        ("/parcels/0p1", "parcels/0p1"),
        ("/trees/trees-0", "sites/sites-0"),
        ("/sites/sites-0", "sites/sites-0"),
        ("/inspections/inspections-0", "inspections/inspections-0"),
    ],
)
def test_a_page_opens_the_map_on_its_own_record(web, address, pick):
    assert f"pick={pick}" in unquote(web.get(address).text)


def test_a_map_remembers_the_filters_of_its_address(web):
    text = web.get("/map/maintenance?town=bel-nor&need=remove&condition=poor").text

    assert '<option value="bel-nor" selected>' in text
    assert '<option value="poor" selected>' in text
    assert 'value="remove" checked' in text
    assert 'value="prune" checked' not in text


def test_a_form_of_the_exports_leaves_blank_choices_out(web):
    answer = web.get("/exports/trees?town=bel-nor&condition=&need=remove&need=prune")

    assert answer.status_code == 302
    wanted = "/api/v1/trees.geojson?town=bel-nor&need=remove&need=prune&download=1"
    assert answer.headers["Location"] == wanted


def test_the_exports_tell_the_field_dictionary_of_every_layer(web):
    text = page(web, "/exports").text

    for layer in LAYERS.values():
        assert layer.title in text
        assert all(field.description in text for field in layer.public_fields)


def test_built_files_are_kept_for_a_year_and_travel_packed(web):
    text = web.get("/").text
    address = text.split('rel="stylesheet" href="')[1].split('"')[0]

    answer = web.get(address, headers={"Accept-Encoding": "gzip, br"})

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.mimetype == "text/css"
    assert web.get(address).headers.get("Content-Encoding") is None
    assert web.get("/assets/manifest.json").status_code == 404


def test_a_server_sends_the_files_of_its_build_also_when_that_is_gone(small_town, tmp_path, monkeypatch):
    dist = shutil.copytree(bundles.DIST_DIR, tmp_path / "dist")
    monkeypatch.setattr(bundles, "DIST_DIR", dist)
    names = json.loads((dist / "manifest.json").read_text()).values()
    store = open_store(small_town)
    web = create_app(Settings(workspace=small_town), store).test_client()

    shutil.rmtree(dist)
    answers = [web.get(f"/assets/{name}") for name in names]
    store.close()

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.data for answer in answers)


def test_a_town_that_is_not_in_force_yet_is_on_no_map_but_has_its_page(web, monkeypatch):
    from webmap.pages import routes

    monkeypatch.setattr(routes, "today", lambda: date(2024, 4, 30))  # before its first day

    assert '<option value="bel-nor"' not in web.get("/map/coverage").text
    assert "This town boundary is in force from May 1, 2024." in web.get("/towns/bel-nor").text


def test_an_unknown_value_is_said_and_zero_is_a_number():
    fields = LAYERS["parcels"].fields_by_name

    assert format_value(None, fields["trees"]) == "unknown"
    assert format_value(0, fields["trees"]) == "0"
    assert format_value(0.0, fields["canopy_m2"]) == "0 sq ft (0 m²)"


def test_a_raster_is_told_by_its_cells_licence_and_date():
    grid = {"width": 1404, "height": 1206, "cell_x": 1.0, "crs": "EPSG:26996"}
    source = {"name": "canopy", "rows": 0, "raster": grid, "licence": "CC0", "date": "2024-06-01"}
    status = {"layers": {name: {"rows": 0, "sources": []} for name in LAYERS}}
    status["layers"]["canopy"]["sources"] = [source]

    (canopy,) = layer_descriptions(status)

    facts = dict(canopy["sources"][0]["facts"])
    assert facts["Cells"].startswith("1,404 by 1,206")
    assert (facts["License"], facts["Date of the data"]) == ("CC0", "Jun 1, 2024")
    assert "Rows" not in facts


def test_a_lot_outside_all_towns_is_governed_by_the_county(small_town):
    with closing(open_store(small_town)) as store:
        lots = store.read_layer("parcels", actor=OPERATOR)
        east = lots.geometry.translate(xoff=0.05)  # 4 km from the town
        rolls = ["UNINCORPORATED", "Ferguson", None]
        lots = lots.assign(town_declared=pd.Series(rolls, dtype="str"), source="").set_geometry(east)
        store.load(Load("parcels", "town", lots, {}), actor=OPERATOR, at=AT)
        join_workspace(store, actor=OPERATOR, at=AT, today=AT.date())
        web = create_app(Settings(workspace=small_town), store).test_client()
        said = [web.get(f"/parcels/{id_}").get_data(as_text=True) for id_ in lots["id"]]
        assert store.read_joined_values("parcels")["town"].isna().all()

        store.unload("municipalities", "town", actor=OPERATOR, at=AT)
        join_workspace(store, actor=OPERATOR, at=AT, today=AT.date())
        without = [web.get(f"/parcels/{id_}").get_data(as_text=True) for id_ in lots["id"]]

    assert "Unincorporated (county government)" in said[0]
    assert "In no town boundary that is loaded; the assessor&#39;s roll says Ferguson" in said[1]
    assert "Unincorporated (county government)" in said[2]
    assert "Unincorporated (county government)" in without[0]
    assert 'href="/towns/ferguson"' in without[1]
    assert "Unknown: no town boundaries are loaded" in without[2]
