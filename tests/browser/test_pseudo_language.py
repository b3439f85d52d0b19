"""No word is left outside the catalog: in the pseudo-language every text of ours stands in brackets, on every page."""

import shutil

import pytest
import shapely
from chromium import some
from playwright.sync_api import expect
from pseudo_words import READ_WORDS, texts_of_data, words_left_out

from geo.store import open_store
from geo.store.records import PUBLIC, Query

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(sample, tmp_path_factory):
    return shutil.copy(sample, tmp_path_factory.mktemp("pseudo") / "county.gpkg")


@pytest.fixture(scope="module")
def address(workspace, serving):
    with serving(workspace, "--allow-local-edits", language="en-XA") as address:
        yield address


@pytest.fixture(scope="module")
def data_values(workspace) -> set[str]:
    """Every text of the data, in lower case. Codes are none: they are shown as words of ours."""
    store = open_store(workspace)
    texts = texts_of_data(store)
    store.close()
    return texts


def test_the_measure_itself_finds_what_is_left_out():
    text = "⟦Tréé 5 ⟦óf⟧ Pin oak⟧ · Pin oak\nSave\n⟦Sávé⟧ · 12 · 6209 Hanley Rd"
    assert words_left_out(text, {"pin oak", "hanley rd"}) == ["Save"]


@pytest.fixture
def look(visiting, address, data_values):
    """Open a page in the pseudo-language, and compare its words whenever asked."""
    one = visiting(address)

    def words() -> list[str]:
        return words_left_out(one.page.evaluate(READ_WORDS), data_values)

    one.words = words
    return one


PAGES = (
    "/",
    "/exports",
    "/about",
    "/doubles",
    "/find",
    "/find?q=6209+Hanley+Rd",
    "/find?q=Hanly",
    "/find?q=zzzz",
    "/find?q=Hanley+and+Page",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_word_outside_the_catalog(look, path):
    look.open(path)
    assert look.words() == []


def records(workspace, layer, count, **where):
    store = open_store(workspace)
    found = list(store.query(layer, Query(where=where, limit=count), actor=PUBLIC))
    store.close()
    return found


@pytest.mark.parametrize(("layer", "field", "codes"), [
    ("parcels", "kind", (None,)),
    ("trees", "need", ("remove", "prune", "unknown")),
    ("sites", "need", ("stump", "plant")),
    ("inspections", "status", ("open", "closed", "cancelled", "unknown")),
])  # fmt: skip
def test_records_have_no_word_outside_the_catalog(look, workspace, layer, field, codes):
    for code in codes:
        for record in records(workspace, layer, 3, **({field: (code,)} if code else {})):
            look.open(f"/{layer}/{record.id}")
            assert look.words() == [], record.id


def test_towns_have_no_word_outside_the_catalog(look, workspace):
    for town in records(workspace, "municipalities", 3):
        look.open(f"/towns/{town.values['slug']}")
        assert look.words() == []


@pytest.mark.parametrize("path", ["/nowhere", "/trees/none", "/parcels/none", "/find?q=x&limit=0"])
def test_an_error_has_no_word_outside_the_catalog(look, path):
    look.page.goto(look.site + path)
    look.wrong.clear()  # the console tells the status
    assert look.words() == []


def find_on_map(workspace, layer, field, code):
    """Return a record that has a place, with its longitude and latitude."""
    for record in records(workspace, layer, 300, **{field: (code,)}):
        if record.wkb:
            return record, shapely.get_coordinates(shapely.from_wkb(record.wkb))[0]
    raise LookupError(code)


@pytest.mark.parametrize("view", ["coverage", "maintenance", "inspections"])
def test_a_map_from_afar_and_near_has_no_word_outside_the_catalog(look, workspace, view):
    page = look.open(f"/map/{view}")
    assert look.words() == []
    page.locator("#list button").first.click()  # a town's card
    page.wait_for_timeout(300)
    assert look.words() == []
    _, (lon, lat) = find_on_map(workspace, "sites", "need", "prune")
    for zoom in (14, 18):
        look.open(f"/map/{view}?at={zoom}/{lat:.6f}/{lon:.6f}")
        box = page.locator("[data-map]").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.locator("#sheet").wait_for()
        page.wait_for_timeout(300)
        assert look.words() == []


@pytest.mark.parametrize(("view", "layer", "field", "code"), some([
    ("maintenance", "sites", "need", "remove"),
    ("inspections", "inspections", "status", "open"),
    ("maintenance", "sites", "need", "stump"),
    ("maintenance", "sites", "need", "prune"),
    ("maintenance", "sites", "need", "plant"),
    ("inspections", "inspections", "status", "closed"),
], 2))  # fmt: skip
def test_a_card_and_its_forms_have_no_word_outside_the_catalog(look, workspace, view, layer, field, code):
    record, (lon, lat) = find_on_map(workspace, layer, field, code)
    page = look.open(f"/map/{view}?at=19/{lat:.6f}/{lon:.6f}&pick={layer}/{record.id}")
    page.locator("#sheet").wait_for()
    page.wait_for_timeout(500)
    assert look.words() == []
    buttons = page.locator("#sheet-body button:visible")
    for number in range(buttons.count()):
        buttons.nth(number).click()
        page.wait_for_timeout(200)
        assert look.words() == []


def test_a_search_has_no_word_outside_the_catalog(look):
    page = look.open("/map/coverage")
    for text in ("6209", "Hanley Rd", "Hanly", "zzzzzz", "Pagedale"):
        page.locator("#q").fill(text)
        page.wait_for_timeout(700)
        assert look.words() == [], text


@pytest.mark.parametrize("button", ["#print-map", "#print-sheet"])
def test_a_print_has_no_word_outside_the_catalog(look, workspace, button):
    _, (lon, lat) = find_on_map(workspace, "sites", "need", "prune")
    page = look.open(f"/map/maintenance?at=18/{lat:.6f}/{lon:.6f}")
    page.evaluate("window.print = () => {}")
    page.locator("#tab-more").click()
    page.locator(button).click()
    expect(page.locator("#paper")).not_to_be_empty(timeout=10_000)
    page.wait_for_timeout(500)
    assert look.words() == []


def test_what_waits_without_a_signal_has_no_word_outside_the_catalog(look, workspace):
    record, (lon, lat) = find_on_map(workspace, "sites", "need", "prune")
    page = look.open(f"/map/maintenance?at=19/{lat:.6f}/{lon:.6f}&pick=sites/{record.id}")
    page.locator("#sheet").wait_for()
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    page.wait_for_timeout(500)
    assert look.words() == []
    page.locator("#sheet-body button:visible").first.click()
    page.wait_for_timeout(300)
    assert look.words() == []
    look.wrong.clear()  # the console tells that there is no network
    page.context.set_offline(False)
