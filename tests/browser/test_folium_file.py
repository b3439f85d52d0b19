"""Map files in Chromium, opened from the disk without any network: what a town gets by mail."""

import folium
import pytest
from chromium import some
from pseudo_words import READ_WORDS, in_language, texts_of_data, words_left_out

from geo.crs import LonLat
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import PUBLIC, Query
from webmap.clock import today
from webmap.maps import MAP_VIEWS, LotMap
from webmap.maps.file_content import read_content
from webmap.maps.file_map import fit_file_map
from webmap.wording import format_value, tree_name

pytestmark = pytest.mark.browser

VIEWS = ("coverage", "maintenance", "inspections")
COLORS = """() => { const canvas = document.querySelector('.leaflet-overlay-pane canvas');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const colors = new Set(); for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) colors.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  return colors.size; }"""
SMALL = """() => [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML.slice(0, 90))"""
LOW = """() => [...document.querySelectorAll('button, summary, .leaflet-bar a, .leaflet-control-layers label, .leaflet-popup-close-button')]
  .filter(e => e.checkVisibility()).filter(e => Math.round(e.getBoundingClientRect().height) < 48).map(e => e.outerHTML.slice(0, 90))"""
# Where a mark stands on the screen.
MARK_AT = """([name, row]) => { const mark = window[name].getLayers()[row];
  map_main.setView(mark.getLatLng(), 19, {animate: false});
  const point = map_main.latLngToContainerPoint(mark.getLatLng()), box = map_main.getContainer().getBoundingClientRect();
  return [box.left + point.x, box.top + point.y]; }"""


def write_file(workspace, folder, view, *towns):
    """Write a map file of a workspace. Give its address from `file://` on."""
    store = open_store(workspace)
    content = read_content(store, MAP_VIEWS[view], towns, today())
    path = folder / f"{view}.html"
    path.write_text(fit_file_map(content, store.status(), max_mb=3, may_leave_out=True).html, "utf-8")
    store.close()
    return str(path)


@pytest.fixture(scope="module")
def paths(sample, tmp_path_factory):
    """Write each map of Pagedale."""
    folder = tmp_path_factory.mktemp("maps")
    return {view: write_file(sample, folder, view, "Pagedale") for view in VIEWS}


@pytest.fixture
def file_visit(visiting):
    """Open files; an error, a warning or a request fails the test."""

    def start(path, screen=None, theme="light"):
        one = visiting("file://")
        one.page.context.set_offline(True)
        one.page.emulate_media(color_scheme=theme)
        if screen:
            one.page.set_viewport_size(screen)
        one.page.goto(f"file://{path}")
        one.page.wait_for_timeout(300)
        assert one.page.evaluate("map_main._loaded")
        return one

    return start


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("screen", "theme"),
    some(
        [
            ({"width": 390, "height": 844}, "dark"),
            (None, "light"),
            (None, "dark"),
            ({"width": 390, "height": 844}, "light"),
        ]
    ),
)
def test_a_file_opens_clean_and_accessible(file_visit, paths, view, screen, theme):
    one = file_visit(paths[view], screen, theme)

    assert one.faults() == []
    assert one.page.evaluate(COLORS) > 8
    assert one.page.evaluate(SMALL) == []
    assert one.page.evaluate(LOW) == []
    assert one.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert one.page.locator("img").count() == 0  # no tiles of anything


@pytest.fixture(scope="module")
def removals(sample):
    """Give the trees of Pagedale to remove, in the order of their ids."""
    store = open_store(sample)
    found = list(store.query("sites", Query(town="Pagedale", where={"need": ("remove",)}), actor=PUBLIC))
    store.close()
    return found


def test_every_mark_is_there_and_a_tap_tells_what_is_on_record(file_visit, paths, removals):
    page = file_visit(paths["maintenance"]).page
    fields = LAYERS["sites"].fields_by_name
    page.get_by_role("checkbox", name="Needs pruning").uncheck()  # nothing else lies on top

    assert page.evaluate("geo_json_remove.getLayers().length") == len(removals)
    for row, site in list(enumerate(removals))[:4]:
        page.mouse.click(*page.evaluate(MARK_AT, ["geo_json_remove", row]))
        card = page.locator(".leaflet-popup-content")
        facts = dict(zip(card.locator("dt").all_inner_texts(), card.locator("dd").all_inner_texts(), strict=True))
        assert card.locator("h2").inner_text() == tree_name(site.values)
        assert facts["Diameter"] == format_value(site.values["dbh_in"], fields["dbh_in"])
        assert facts["Address"] == site.values["address"]
        assert facts["Reason"] == site.values["need_rule"]
        page.keyboard.press("Escape")
        page.wait_for_selector(".leaflet-popup", state="detached")


def test_a_mark_stands_where_its_tree_stands(file_visit, paths, removals):
    page = file_visit(paths["maintenance"]).page

    positions = page.evaluate("geo_json_remove.getLayers().map(l => [l.getLatLng().lng, l.getLatLng().lat])")

    for (lon, lat), site in zip(positions, removals, strict=True):
        assert abs(lon - site.values["lon"]) <= 0.51e-6
        assert abs(lat - site.values["lat"]) <= 0.51e-6


def test_the_keyboard_hides_a_layer_and_shows_it_again_under_the_marks(file_visit, paths):
    page = file_visit(paths["maintenance"]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip the map"

    for _ in range(20):
        page.keyboard.press("Tab")
        if "Parcels" in page.evaluate("document.activeElement.closest('label')?.textContent ?? ''"):
            break
    page.keyboard.press("Space")
    assert not page.evaluate("map_main.hasLayer(geo_json_parcels)")
    page.keyboard.press("Space")
    assert page.evaluate("map_main.hasLayer(geo_json_parcels)")

    order = page.evaluate("""() => { const order = []; const canvas = geo_json_parcels.getLayers()[0]._renderer;
      for (let one = canvas._drawFirst; one; one = one.next) order.push(one.layer.feature.properties.records.kind); return order; }""")
    assert order.index("point") > max(index for index, kind in enumerate(order) if kind in {"polygon", "line"})


def test_the_table_lists_every_record_and_shows_one_on_the_map(file_visit, paths, removals):
    page = file_visit(paths["maintenance"]).page
    page.get_by_text("All trees and sites as a table").click()
    rows = page.locator("#records tbody tr")
    rows.first.wait_for()

    assert rows.count() == 100
    assert rows.first.locator("td").nth(6).inner_text() == removals[0].values["address"]
    rows.first.get_by_role("button").click()
    page.wait_for_selector(".leaflet-popup-content")
    assert page.locator(".leaflet-popup-content h2").inner_text() == tree_name(removals[0].values)
    page.get_by_role("button", name="Show more").click()
    assert rows.count() == 200


def test_the_table_of_figures_counts_what_the_map_shows(file_visit, paths):
    page = file_visit(paths["inspections"]).page

    for row in page.locator("#figures tbody tr").all():
        name, count = row.locator("th").inner_text().strip(), int(row.locator("td.number").first.inner_text())
        layer = page.locator("#layer-control label", has_text=name)
        if name not in ("All", "Closed") and count:  # three closed ones have no place
            assert int(layer.locator(".layer-count").inner_text()) == count


@pytest.mark.parametrize("view", VIEWS)
def test_on_a_phone_cards_and_figures_lie_within_the_screen(file_visit, paths, view):
    page = file_visit(paths[view], {"width": 360, "height": 780}).page
    page.locator("#records summary").click()
    page.locator("#records tbody button").first.click()
    page.wait_for_selector(".leaflet-popup-content")
    page.wait_for_timeout(400)

    zoom_buttons = page.locator(".leaflet-control-zoom").bounding_box()
    for part in (".leaflet-popup", "#figures tbody tr:first-child td", "#records tbody tr:first-child td:visible"):
        box = page.locator(part).last.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    assert page.locator(".leaflet-popup").bounding_box()["x"] >= zoom_buttons["x"] + zoom_buttons["width"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_file_in_the_pseudo_language_has_no_word_outside_the_catalog(file_visit, sample, tmp_path, view):
    path = in_language("en-XA", write_file, sample, tmp_path, view, "Cool Valley", "Pagedale")
    store = open_store(sample)
    data = texts_of_data(store)
    store.close()
    page = file_visit(path).page
    page.locator("#records summary").click()
    page.locator("#records tbody tr", has=page.locator(".unknown")).first.get_by_role("button").click()
    page.wait_for_selector(".leaflet-popup-content")

    words = page.evaluate(READ_WORDS)

    assert words_left_out(words, data) == []
    for text in ("⟦Šhów móré⟧", "⟦Çlóšé⟧", "⟦Žóóm íñ⟧", "⟦Ñót réçórdéd⟧"):  # of scripts alone
        assert text in words


def test_a_saved_map_in_another_language_has_no_english_word(file_visit, tmp_path):
    def save_map() -> None:
        lot_map = LotMap("main", LonLat(-90.3, 38.7), 13)
        lot_map.control_scale = True
        folium.Marker((38.7, -90.3)).add_to(lot_map)
        folium.LayerControl().add_to(lot_map)
        lot_map.save(tmp_path / "map.html")

    in_language("en-XA", save_map)
    words = file_visit(tmp_path / "map.html").page.evaluate(READ_WORDS)

    assert words_left_out(words, set()) == []
    assert "⟦Márkér⟧" in words


@pytest.mark.parametrize("view", VIEWS)
def test_an_attack_on_a_file_stays_text(file_visit, hostile, small_town, tmp_path, view):
    path = write_file(small_town, tmp_path, view)
    page = file_visit(path).page
    page.locator("#records summary").click()
    page.locator("#records tbody button").first.click()
    page.wait_for_selector(".leaflet-popup-content")

    assert hostile[1] in page.locator(".leaflet-popup-content").inner_text()
    assert hostile[1] in page.locator("#records tbody").inner_text()
    assert page.locator("img").count() == 0
    assert page.evaluate("document.querySelectorAll('main script:not([type=\"application/json\"])').length") == 0


def test_any_folium_part_is_shown_in_a_saved_map(file_visit, tmp_path):
    lot = {"type": "Feature", "properties": {"name": "<b>Lot 1</b>"}, "geometry": {"type": "Point", "coordinates": [-90.31, 38.7]}}  # fmt: skip
    lots = {"type": "FeatureCollection", "features": [lot]}
    lot_map = LotMap("main", LonLat(-90.3, 38.7), 13)
    trees = folium.FeatureGroup(name="Trees").add_to(lot_map)
    folium.Marker((38.7, -90.3), popup="<b>Pin oak</b> ${alert(1)} {{ 7 * 7 }}", tooltip="An oak").add_to(trees)
    folium.Marker((38.705, -90.29), icon=folium.Icon(color="green")).add_to(trees)
    folium.CircleMarker((38.71, -90.28), radius=12, fill=True).add_to(trees)
    folium.GeoJson(lots, name="Lots", popup=folium.GeoJsonPopup(["name"], labels=False)).add_to(lot_map)
    folium.LayerControl(collapsed=False).add_to(lot_map)
    lot_map.save(tmp_path / "folium.html")

    page = file_visit(tmp_path / "folium.html").page

    assert page.locator(".leaflet-marker-icon").count() == 3
    assert page.locator(".leaflet-control-layers label").all_inner_texts() == ["Trees", "Lots"]
    assert page.evaluate(COLORS) > 1
    page.locator(".leaflet-marker-icon").first.click()
    assert page.locator(".leaflet-popup-content").inner_text() == "Pin oak ${alert(1)} {{ 7 * 7 }}"
    assert page.locator(".leaflet-popup-content b").count() == 1  # a popup's HTML is its author's
    page.locator(".leaflet-marker-icon").nth(2).click()
    page.locator(".leaflet-popup-content", has_text="<b>Lot 1</b>").wait_for()  # data is not
