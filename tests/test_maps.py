"""The Folium room: nothing foreign, nothing inline, no data, the same page twice."""

import json
import re
from datetime import date

import folium
import pytest
from folium.plugins import Fullscreen

from geo.crs import Bbox, LonLat
from geo.schema import LAYERS
from geo.tilesets import TILESETS
from geo.tilesets.definitions import TOWN_PACK_FIELDS
from webmap.maps import MAP_VIEWS, CanvasLayer, ForeignAsset, LotMap, draw_map, palette, to_latlon

HOME = Bbox(-90.36, 38.66, -90.24, 38.75)
DAY = date(2026, 11, 23)


def drawn(view):
    """Draw a map as the page asks for it."""
    sets = {"sites": {"tiles": "/tiles/sites/0", "values": None, "version": 1}}
    tiles = {"version": 1, "tilesets": sets}
    return draw_map(view, HOME, api="/api/v1", today=DAY, tileset_summary=tiles, module_urls={"workerUrl": "/w.js"})


def page_config(body: str) -> dict:
    """Read the configuration that a map's body carries."""
    return json.loads(re.search(r"<script[^>]*>(.*)</script>", body, re.DOTALL).group(1))


@pytest.mark.parametrize("view", MAP_VIEWS.values(), ids=MAP_VIEWS)
def test_a_map_is_a_genuine_folium_map_of_our_own_files(view):
    parts = drawn(view)

    assert issubclass(LotMap, folium.Map)
    assert parts.scripts == ("boot.js", "map-page.js")
    assert parts.styles == ("map.css",)


@pytest.mark.parametrize("view", MAP_VIEWS.values(), ids=MAP_VIEWS)
def test_a_map_writes_no_script_that_runs_and_no_style(view):
    body = str(drawn(view).body)

    assert re.findall(r"<script[^>]*>", body) == ['<script type="application/json" id="map_main-config">']
    assert "style" not in body.split("<script", maxsplit=1)[0]
    assert "http" not in body


def test_the_same_map_is_the_same_page():
    once, again = (drawn(MAP_VIEWS["coverage"]) for _ in range(2))

    assert once == again


def test_a_folium_plugin_with_files_elsewhere_is_refused():
    chart = LotMap("main", LonLat(-90.3, 38.7), 12, {})
    Fullscreen().add_to(chart)

    with pytest.raises(ForeignAsset):
        chart.render_parts()


def test_a_folium_layer_that_writes_script_into_the_page_is_refused():
    chart = LotMap("main", LonLat(-90.3, 38.7), 12, {})
    folium.Marker((38.7, -90.3), popup="${alert(1)}").add_to(chart)

    with pytest.raises(ForeignAsset):
        chart.render_parts()


def test_configuration_that_looks_like_markup_stays_data():
    hostile = "</script><img src=x onerror=alert(1)>${alert(1)}"
    chart = LotMap("main", LonLat(-90.3, 38.7), 12, {"title": hostile})

    body = str(chart.render_parts().body)

    assert body.count("</script>") == 1
    assert "<img" not in body
    assert page_config(body)["title"] == hostile


def test_leaflet_gets_its_farthest_and_nearest_zoom():
    options = page_config(str(drawn(MAP_VIEWS["coverage"]).body))["options"]

    assert options["maxZoom"] == 21
    assert options["preferCanvas"] is True


def test_a_hidden_layer_is_told_as_hidden():
    chart = LotMap("main", LonLat(-90.3, 38.7), 12, {})
    CanvasLayer("a", "A", show=False).add_to(chart)
    CanvasLayer("b", "B").add_to(chart)

    shown = {layer["key"]: layer["show"] for layer in page_config(str(chart.render_parts().body))["layers"]}

    assert shown == {"a": False, "b": True}


def test_folium_gets_latitude_first():
    assert to_latlon(LonLat(lon=-90.3, lat=38.7)) == (38.7, -90.3)


@pytest.mark.parametrize("view", MAP_VIEWS.values(), ids=MAP_VIEWS)
def test_a_map_asks_only_for_public_fields_that_exist(view):
    config = page_config(str(drawn(view).body))
    public = {field.name for field in LAYERS["municipalities"].public_fields}

    assert set(config["townFields"]) <= public
    assert TILESETS[config["tileset"]].main_layer == config["layer"]


@pytest.mark.parametrize("one", TILESETS.values(), ids=TILESETS)
def test_what_is_told_with_tiles_is_public(one):
    public = {field.name for field in LAYERS[one.main_layer].public_fields}

    assert set(one.value_fields) <= public
    assert set(TOWN_PACK_FIELDS) <= {field.name for field in LAYERS["parcels"].public_fields}


def test_every_need_and_status_has_a_mark_of_its_own_shape():
    needs = LAYERS["sites"].fields_by_name["need"].codes
    statuses = LAYERS["inspections"].fields_by_name["status"].codes

    assert {mark.code for mark in palette.NEED_MARKS} == set(needs)
    assert {mark.code for mark in palette.STATUS_MARKS} == {*statuses, "overdue", "maybe_overdue"}
    for marks in (palette.NEED_MARKS, palette.STATUS_MARKS):
        assert len({(mark.outline, mark.glyph) for mark in marks}) == len(marks)


@pytest.mark.parametrize("mark", [*palette.NEED_MARKS, *palette.STATUS_MARKS], ids=lambda mark: mark.code)
def test_the_sign_in_a_mark_stands_out_from_its_colour(mark):
    assert contrast(mark.color, "#ffffff") >= 4.5


@pytest.mark.parametrize("scale", [palette.CANOPY_SCALE, palette.NEED_SCALE, palette.OPEN_INSPECTIONS_SCALE])
def test_a_scale_grows_darker_step_by_step(scale):
    lights = [luminance(colour) for colour in scale.colors]

    assert lights == sorted(lights, reverse=True)
    assert len(scale.colors) == len(scale.breaks) + 1
    assert palette.UNKNOWN_COLOR not in scale.colors


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
