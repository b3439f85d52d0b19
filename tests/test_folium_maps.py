"""Folium maps as files: any Folium part, no other host, no text that becomes code, no private field, no surprise in size."""

import base64
import hashlib
import html
import json
import re
from datetime import date

import folium
import pandas as pd
import pytest
import shapely
from attacks import attack_every_text
from folium.plugins import Fullscreen, HeatMap, MarkerCluster
from pseudo_words import in_language, texts_of_data, words_left_out, words_of_html

from geo.crs import LonLat
from geo.errors import BadInput
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import PUBLIC, Query
from webmap.cli.map_command import VIEW_NAMES
from webmap.field_labels import CODE_LABELS_BY_FIELD
from webmap.maps import MAP_VIEWS, CanvasLayer, ForeignAsset, LotMap, file_figures, palette
from webmap.maps.file_content import read_content, smaller_contents
from webmap.maps.file_layers import PARCEL_FIELDS, RECORD_FIELDS, PaletteMarker
from webmap.maps.file_map import fit_file_map
from webmap.maps.file_notes import omission_texts
from webmap.maps.packed_records import encode_shapes

DAY = date(2026, 11, 23)
SPOT = (38.7, -90.3)
ATTACK = "</script><img src=x onerror=alert(1)>${alert(1)}{{ 7 * 7 }}{% raw %}{#`\\`'\"<!--<script>alert(2)</script>"
SQUARES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": str(number),
            "properties": {"name": f"Lot {number}"},
            "geometry": shapely.geometry.mapping(shapely.box(-90.3 + number / 100, 38.7, -90.295 + number / 100, 38.705)),
        }
        for number in range(3)
    ],
}  # fmt: skip
FOLIUM_PARTS = {
    "Marker": lambda: folium.Marker(SPOT, popup="<b>An oak</b>", tooltip="An oak"),
    "Icon": lambda: folium.Marker(SPOT, icon=folium.Icon(color="green", icon="tree", prefix="fa")),
    "DivIcon": lambda: folium.Marker(SPOT, icon=folium.DivIcon(html="<b>14</b>")),
    "CircleMarker": lambda: folium.CircleMarker(SPOT, radius=9, popup=folium.Popup("A", lazy=True)),
    "Circle": lambda: folium.Circle(SPOT, radius=90, tooltip=folium.Tooltip("B", style="color: red")),
    "PolyLine": lambda: folium.PolyLine([SPOT, (38.71, -90.29)]),
    "GeoJson": lambda: folium.GeoJson(
        SQUARES, tooltip=folium.GeoJsonTooltip(["name"]), popup=folium.GeoJsonPopup(["name"], aliases=["Lot"])
    ),
    "GeoJson with a style": lambda: folium.GeoJson(
        SQUARES, style_function=lambda lot: {"fillColor": lot["id"]}, highlight_function=lambda _: {"weight": 4}
    ),
    "FeatureGroup": lambda: folium.FeatureGroup(name="Trees").add_child(folium.Marker(SPOT)),
    "LayerControl": folium.LayerControl,
    "Choropleth": lambda: folium.Choropleth(
        SQUARES, data=pd.Series({"0": 1.0, "1": 2.0}), key_on="feature.id", legend_name="Canopy"
    ),
    "FitBounds": lambda: folium.FitBounds([SPOT, (38.8, -90.2)]),
    "HeatMap": lambda: HeatMap([SPOT]),
    "PaletteMarker": lambda: PaletteMarker(palette.NEED_MARKS[0], LonLat(-90.3, 38.7)),
}


def new_map():
    return LotMap("main", LonLat(-90.3, 38.7), 14)


def save_html(lot_map) -> str:
    """Render a map as `save` writes it."""
    return lot_map.get_root().render()


def scripts_of(page: str) -> list[str]:
    """Read the scripts that run, as a browser finds them."""
    return re.findall(r"<script>(.*?)</script>", page, re.DOTALL)


def blocks_of(page: str) -> dict[str, dict]:
    """Read the data blocks of a page by their ids."""
    found = re.findall(r'<script type="application/json" id="data_([^"]+)">(.*?)</script>', page, re.DOTALL)
    return {key: json.loads(text) for key, text in found}


def words_of(page: str) -> str:
    """Read all words of a file: of its page, its data blocks, and the layers to choose from."""
    fields = [field for block in blocks_of(page).values() for field in block["fields"]]
    names = [text for field in fields for text in (field["label"], field["name"])]
    columns = [block["titles"] for block in blocks_of(page).values()] + [field["values"] for field in fields]
    texts = [text or "" for column in columns for text in texts_of(column)]
    layers = re.findall(r'^\s*("(?:\\.|[^"\\])*") : geo_json_', scripts_of(page)[-1], re.MULTILINE)
    assert layers
    return "\n".join([words_of_html(page), *names, *texts, *(words_of_html(json.loads(layer)) for layer in layers)])


def texts_of(column) -> list[str]:
    return column if isinstance(column, list) else [column["texts"][row] for row in column["rows"]]


@pytest.mark.parametrize("make_part", FOLIUM_PARTS.values(), ids=FOLIUM_PARTS)
def test_any_folium_part_is_drawn_by_our_own_files(make_part):
    lot_map = new_map()
    make_part().add_to(lot_map)

    page = save_html(lot_map)

    own_script, *_, script = scripts_of(page)  # Leaflet names its own site, in a link that no map shows
    assert "L.map(" in script
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page.replace(own_script, ""))
    assert "default-src 'none'" in html.unescape(page)


@pytest.mark.parametrize("make_part", FOLIUM_PARTS.values(), ids=FOLIUM_PARTS)
def test_a_page_without_inline_script_names_the_class_to_use_instead(make_part):
    lot_map = new_map()
    make_part().add_to(lot_map)

    with pytest.raises(ForeignAsset, match=r"cannot show \w+.*CanvasLayer.*LotMap\.save"):
        lot_map.render_parts()


def test_a_file_names_the_class_to_use_instead_of_a_layer_that_needs_the_server():
    lot_map = new_map()
    CanvasLayer("parcels", "Parcels").add_to(lot_map)

    with pytest.raises(ForeignAsset, match=r"CanvasLayer 'Parcels'.*DataLayer"):
        save_html(lot_map)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (lambda: MarkerCluster([SPOT]), "markercluster"),
        (Fullscreen, "fullscreen"),
        (lambda: folium.TileLayer("tiles/{z}/{x}/{y}.png", attr="-"), "TileLayer would load tiles"),
        (lambda: folium.TileLayer("OpenStreetMap"), "TileLayer would load https"),
        (
            lambda: folium.raster_layers.ImageOverlay("https://a.example/b.png", [SPOT, (39, -90)]),
            "ImageOverlay would load",
        ),
        (lambda: folium.Marker(SPOT, icon=folium.CustomIcon("https://a.example/b.png")), "CustomIcon would load"),
    ],
)
def test_what_needs_another_file_is_refused_by_name(part, told):
    lot_map = new_map()
    part().add_to(lot_map)

    with pytest.raises(ForeignAsset, match=told):
        save_html(lot_map)


@pytest.mark.parametrize(
    "part",
    [
        lambda: folium.Marker(SPOT, popup=ATTACK, tooltip=ATTACK),
        lambda: folium.Marker(SPOT, popup=folium.Popup(ATTACK, parse_html=True)),
        lambda: folium.GeoJson(
            {**SQUARES, "features": [{**SQUARES["features"][0], "properties": {"name": ATTACK, ATTACK: ATTACK}}]},
            popup=folium.GeoJsonPopup(["name"]),
        ),
        lambda: folium.FeatureGroup(name=ATTACK),
        lambda: folium.Choropleth(SQUARES, data={"0": 1, "1": 2}, key_on="feature.id", legend_name=ATTACK),
    ],
)
def test_no_text_of_a_folium_part_becomes_code(part):
    lot_map = new_map()
    part().add_to(lot_map)
    folium.LayerControl().add_to(lot_map)

    *_, script = scripts_of(save_html(lot_map))

    assert "{{ 7 * 7 }}" in script.replace("\\u007b", "{")  # Python ran nothing of it
    assert "49" not in re.findall(r"alert\(1\)}(.{0,20})", script)
    strings = re.sub(r'"(?:\\.|[^"\\])*"', '""', script)  # what is no string of JavaScript
    assert "alert" not in strings
    assert "`" not in strings


def test_the_name_of_a_field_is_never_written_as_code():
    lot = {"type": "Feature", "properties": {"a; alert(1)": "x"}, "geometry": SQUARES["features"][0]["geometry"]}
    lot_map = new_map()
    folium.GeoJson(
        {"type": "FeatureCollection", "features": [lot]}, style_function=lambda _: {"weight": 2}
    ).add_to(lot_map)  # fmt: skip

    script = scripts_of(save_html(lot_map))[-1]

    assert "switch(feature.id)" in script


def test_the_policy_allows_exactly_the_scripts_of_the_file():
    lot_map = new_map()
    folium.Marker(SPOT, popup=ATTACK).add_to(lot_map)
    page = save_html(lot_map)
    allowed = re.findall(r"'sha256-([^']+)'", html.unescape(page))

    found = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts_of(page)]

    assert found == allowed
    assert "unsafe-inline" not in html.unescape(page).split("script-src")[1].split(";")[0]


def test_html_that_is_added_to_a_folium_page_stands_in_it_and_a_second_rendering_is_equal(tmp_path):
    lot_map = new_map()
    lot_map.get_root().html.add_child(folium.Element("<h1>Street trees</h1>"))
    folium.GeoJson(SQUARES).add_to(lot_map)

    lot_map.save(tmp_path / "map.html")

    page = (tmp_path / "map.html").read_text("utf-8")
    assert "<h1>Street trees</h1>" in page
    assert save_html(lot_map).count("L.geoJson(") == page.count("L.geoJson(")


@pytest.fixture(scope="module")
def pagedale(sample_workspace):
    """Give the content of each map of Pagedale, and the workspace's status."""
    store = open_store(sample_workspace)
    yield {name: read_content(store, view, ["Pagedale"], DAY) for name, view in MAP_VIEWS.items()}, store.status()
    store.close()


@pytest.fixture(scope="module")
def files(pagedale) -> dict[str, str]:
    """Draw each map of Pagedale as a file."""
    contents, status = pagedale
    return {
        name: fit_file_map(content, status, max_mb=3, may_leave_out=True).html for name, content in contents.items()
    }


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_a_file_is_one_page_that_loads_nothing(files, view):
    page = files[view]

    assert page.startswith('<!doctype html>\n<html lang="en-US" data-units="feet">')
    assert f"<title>{MAP_VIEWS[view].title}: Pagedale</title>" in page
    assert page.count("<h1") == 1
    assert not re.findall(
        r"""(?:src|href)=["']?(?!data:|#)[\w/]""", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    )
    assert not re.findall(r"url\((?!data:|.?#|&)[^)]", re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0])
    assert len(page) < 400_000


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_folium_draws_it(files, view):
    script = scripts_of(files[view])[-1]

    for call in ("L.map(", "L.geoJson(", "L.control.layers(", "L.control.scale()", ".fitBounds(", "objects_in_front"):
        assert call in script
    assert script.count("L.geoJson(") == script.count("lotleaf.fillLayer(") == len(blocks_of(files[view]))


def test_the_commands_views_are_the_maps():
    assert list(VIEW_NAMES) == list(MAP_VIEWS)


def test_marks_of_the_palette_stand_at_their_trees(files, pagedale):
    contents, _ = pagedale
    blocks = blocks_of(files["maintenance"])

    for mark in palette.NEED_MARKS:
        sites = [site for site in contents["maintenance"].records if site.values["need"] == mark.code]
        assert len(texts_of(blocks[mark.code]["titles"])) == len(sites)
        assert blocks[mark.code]["shapes"] == encode_shapes([shapely.from_wkb(site.wkb) for site in sites])
        assert json.dumps(mark.outline) in scripts_of(files["maintenance"])[-1]


def test_parcels_have_the_color_of_their_canopy_and_unknown_is_hatched(files, pagedale):
    contents, _ = pagedale
    block = blocks_of(files["coverage"])["parcels"]
    canopy_of = {parcel.id: parcel.values["canopy_pct"] for parcel in contents["coverage"].parcels}
    ids = texts_of(block["fields"][0]["values"])

    for id_, style_row in zip(ids, block["styleRows"], strict=True):
        fill = block["styles"][style_row]["fill"]
        share = canopy_of.pop(id_)
        steps = palette.CANOPY_SCALE.steps
        assert fill == "hatch" if share is None else next(s.color for s in steps if s.high is None or share < s.high)
    assert not canopy_of


def test_a_town_without_an_inventory_is_hatched_not_empty(sample_workspace):
    store = open_store(sample_workspace)
    content = read_content(store, MAP_VIEWS["maintenance"], ["Cool Valley"], DAY)
    page = fit_file_map(content, store.status(), max_mb=3, may_leave_out=True).html
    store.close()
    block = blocks_of(page)["parcels"]

    assert not content.records
    assert {block["styles"][row]["fill"] for row in block["styleRows"]} == {"hatch"}
    assert "No tree inventory is loaded for Cool Valley. Unknown is not zero." in page
    numbers = re.findall(r'<td [^>]*class="number">(.*?)</td>', page)
    assert numbers == ['<span class="unknown">unknown</span>'] * (2 * 7 + 1)  # and no 0


def test_a_town_without_an_inventory_is_unknown_in_the_table_of_towns(sample_workspace):
    store = open_store(sample_workspace)
    content = read_content(store, MAP_VIEWS["maintenance"], ["Cool Valley", "Pagedale"], DAY)
    store.close()

    cool_valley, pagedale_row = file_figures.town_rows(content)

    assert set(cool_valley["cells"]) == {"unknown"}
    assert pagedale_row["cells"][:2] == ["251", "20"]


def test_the_page_tells_counts_dates_license_and_what_it_leaves_out(files):
    page = html.unescape(files["inspections"])

    assert "Illustrative sample." in page
    assert "3 inspections have no location and are not on the map." in page
    assert "Data as of: Inspections: Nov 20, 2026 (inspections)" in page
    assert "License: Apache-2.0, illustrative (inspections" in page
    assert "Made on Nov 23, 2026" in page
    assert "Owners, mailing addresses, complainants, phone numbers and notes are never part of this file." in page


def test_the_same_content_is_the_same_file(files, pagedale):
    contents, status = pagedale

    assert fit_file_map(contents["maintenance"], status, max_mb=3, may_leave_out=True).html == files["maintenance"]


def test_coordinates_are_rounded_to_ten_centimeters():
    def decode_polyline(text):  # Google's algorithm, the other way round
        numbers, value, shift = [], 0, 0
        for code in (ord(sign) - 63 for sign in text):
            value |= (code & 31) << shift
            shift += 5
            if code < 32:
                numbers.append(~(value >> 1) if value & 1 else value >> 1)
                value = shift = 0
        return numbers

    south, west, *steps = decode_polyline(
        encode_shapes([shapely.LineString([(-90.31234567, 38.7), (-90.3, 38.70000049)])])
    )

    assert (south, west) == (38_700_000, -90_312_346)
    assert steps == [0, 12_346]


def test_less_and_less_is_left_until_a_town_fits_and_each_part_is_told(pagedale):
    contents, status = pagedale

    phrases = [omission_texts(smaller)[-1] for smaller in smaller_contents(contents["maintenance"])]
    whole = fit_file_map(contents["maintenance"], status, max_mb=3, may_leave_out=True)
    size_mb = len(whole.html) / 1e6
    smaller = fit_file_map(contents["maintenance"], status, max_mb=size_mb - 0.001, may_leave_out=True)

    assert phrases[0] == "16 streets"
    assert re.fullmatch(r"\d+ parcels without recorded trees or sites", phrases[1])
    assert re.fullmatch(r"all \d+ other parcels", phrases[2])
    assert phrases[3] == "115 trees and sites that need no work"
    assert len(phrases) == 4
    assert smaller.content.omissions == (("streets", 16),)
    assert "the map leaves out: 16 streets. The tables below leave nothing out." in smaller.html


@pytest.fixture(scope="module")
def two_towns(sample_workspace):
    """Give the content of each map of two towns, one of which was never surveyed, the status, and every text of the data."""
    store = open_store(sample_workspace)
    contents = {name: read_content(store, view, ["Cool Valley", "Pagedale"], DAY) for name, view in MAP_VIEWS.items()}
    yield contents, store.status(), texts_of_data(store)
    store.close()


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_a_file_in_the_pseudo_language_has_no_word_outside_the_catalog(two_towns, view):
    contents, status, data = two_towns
    content = contents[view]

    for part in (content, *smaller_contents(content)):
        page = in_language("en-XA", fit_file_map, part, status, max_mb=3, may_leave_out=False).html
        assert words_left_out(words_of(page), data) == []
        assert page.startswith('<!doctype html>\n<html lang="en-XA" data-units="feet">')


def test_a_file_brings_the_words_of_its_scripts_along_as_data(two_towns):
    contents, status, _ = two_towns
    page = in_language("en-XA", fit_file_map, contents["coverage"], status, max_mb=3, may_leave_out=False).html
    english = fit_file_map(contents["coverage"], status, max_mb=3, may_leave_out=False).html

    catalog = json.loads(re.search(r'<script type="application/json" id="catalog">(.*?)</script>', page, re.DOTALL)[1])

    assert catalog["messages"]["Show more"] == ["⟦Šhów móré⟧"]
    assert 'id="catalog"' not in english


def test_the_same_mark_has_the_same_name_everywhere():
    labels = {mark.code: mark.label for mark in palette.NEED_MARKS}

    assert CODE_LABELS_BY_FIELD["need"] == labels
    assert in_language("en-XA", palette.find_mark, palette.NEED_MARKS, "prune").label == "⟦Ñéédš prúñíñg⟧"
    assert palette.find_mark(palette.NEED_MARKS, "prune").label == "Needs pruning"


def test_what_cannot_be_made_to_fit_is_refused_with_advice(pagedale):
    contents, status = pagedale

    with pytest.raises(BadInput, match=r"even without all that can be left out.*--max-mb 0\.3"):
        fit_file_map(contents["coverage"], status, max_mb=0.2, may_leave_out=True)
    with pytest.raises(BadInput, match=r"the map takes 0\.3 MB, and the limit is 0\.25; name fewer towns with --town"):
        fit_file_map(contents["maintenance"], status, max_mb=0.25, may_leave_out=False)


def test_shown_fields_are_public():
    for layer, names in [*RECORD_FIELDS.items(), *(("parcels", names) for names in PARCEL_FIELDS.values())]:
        assert set(names) <= {field.name for field in LAYERS[layer].public_fields}


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_no_private_value_is_in_a_file(bel_nor, view):
    store = open_store(bel_nor)
    content = read_content(store, MAP_VIEWS[view], [], DAY)
    page = fit_file_map(content, store.status(), max_mb=3, may_leave_out=False).html
    store.close()

    assert len(content.parcels) == 3
    assert "canary" not in page.lower()


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_an_attack_in_every_text_stays_text(small_town, view):
    store = open_store(small_town)
    attack_every_text(store, with_attacks, ATTACK)
    content = read_content(store, MAP_VIEWS[view], [], DAY)
    page = fit_file_map(content, store.status(), max_mb=3, may_leave_out=False).html
    store.close()
    blocks = blocks_of(page)

    assert ATTACK in {text for block in blocks.values() for text in texts_of(block["titles"])}
    assert page.count("<script") == page.count("</script>") == len(blocks) + len(scripts_of(page))
    assert "<img" not in page
    assert "alert" not in scripts_of(page)[-1]


def with_attacks(table, fields):
    plain = ("slug", "source")
    names = [
        f.name for f in fields if f.kind == "text" and f.name not in plain and not f.name.endswith(("_id", "_key"))
    ]
    return table.assign(**{name: pd.Series(ATTACK, index=table.index, dtype="str") for name in names})


@pytest.fixture(scope="module")
def county(tmp_path_factory, sample_workspace):
    """Name the workspace of the sample and a folder for files."""
    return sample_workspace, tmp_path_factory.mktemp("maps")


def test_the_command_writes_the_file_and_tells_its_size(lotleaf, county):
    workspace, folder = county
    out = folder / "two.html"

    done = lotleaf("map", "maintenance", "--town", "pagedale", "--town", "Bel-Nor", "-o", out, "-w", workspace)

    assert re.search(r"two\.html: \d+ kB; \d+ trees and sites, \d+ parcels, \d+ streets", done.stderr)
    assert "<title>Maintenance needs: Bel-Nor, Pagedale</title>" in out.read_text("utf-8")
    assert list(folder.iterdir()) == [out]


def test_the_command_tells_what_it_leaves_out(lotleaf, county):
    workspace, folder = county
    out = folder / "small.html"

    command = ("map", "maintenance", "--town", "st-john", "-o", out, "-w", workspace)
    lotleaf(*command)
    whole_size = out.stat().st_size

    done = lotleaf(*command, "--max-mb", (whole_size - 1) / 1e6)

    phrases = re.search(r"left out, to stay under --max-mb: (.*)", done.stderr)[1]
    assert phrases in html.unescape(out.read_text("utf-8"))
    assert out.stat().st_size < whole_size


def test_the_command_writes_the_file_in_the_language_and_units_of_the_settings(lotleaf, county, monkeypatch):
    workspace, folder = county
    out = folder / "pseudo.html"
    monkeypatch.setenv("LOTLEAF_LANGUAGE", "en-XA")
    monkeypatch.setenv("LOTLEAF_UNITS", "meters")

    done = lotleaf("map", "maintenance", "--town", "pagedale", "-o", out, "-w", workspace)

    page = out.read_text("utf-8")
    assert '<html lang="en-XA" data-units="meters">' in page
    assert re.search(r"⟦\d+ çm⟧ \(⟦[\d.]+ íñ⟧\)", json.dumps(blocks_of(page), ensure_ascii=False))
    assert "⟦" not in done.stderr


def test_the_command_refuses_a_language_that_there_is_not(lotleaf, county, monkeypatch):
    workspace, folder = county
    monkeypatch.setenv("LOTLEAF_LANGUAGE", "xx")

    done = lotleaf("map", "coverage", "-o", folder / "none.html", "-w", workspace, code=2)

    assert "no language 'xx'" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["trees", "--town", "pagedale"], "is not one of 'coverage', 'maintenance', 'inspections'"),
        (["coverage", "--town", "Springfield"], "no town is named 'Springfield'"),
        (["maintenance", "--max-mb", "0.4"], "name fewer towns with --town, or allow more with --max-mb"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(lotleaf, county, words, told):
    workspace, folder = county
    out = folder / "none.html"

    done = lotleaf("map", *words, "-o", out, "-w", workspace, code=2)

    assert told in done.stderr
    assert not out.exists()


def test_the_command_refuses_a_folder_that_there_is_not(lotleaf, county):
    workspace, folder = county

    done = lotleaf("map", "coverage", "-o", folder / "no" / "map.html", "-w", workspace, code=2)

    assert "its folder does not exist" in done.stderr


def test_records_without_a_town_are_on_the_map_of_all(sample_workspace):
    store = open_store(sample_workspace)
    content = read_content(store, MAP_VIEWS["inspections"], [], DAY)
    count = store.count("inspections", Query(), actor=PUBLIC)
    store.close()

    assert len(content.records) == count
