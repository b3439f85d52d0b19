"""Pages on a narrow phone: nothing is cut off, tables become cards, and a finger hits what it aims at."""

from urllib.parse import quote

import pytest

pytestmark = pytest.mark.browser

MIN_TARGET = 44  # CSS pixels
# A link within a sentence is as high as its line, as WCAG 2.2 has it.
SMALL_TARGETS = """least => [...document.querySelectorAll("main a, main button, main input, main select, main summary, footer a, header a, header button")]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 1 && !e.closest(".leaflet-container, .skip"))
  .filter(e => !(e.matches("p > a") && e.parentElement.textContent.trim() !== e.textContent.trim() && getComputedStyle(e).display === "inline"))
  .filter(e => e.getBoundingClientRect().height < least).map(e => e.outerHTML.slice(0, 120))"""
CUT_TABLES = """() => [...document.querySelectorAll(".scroll")]
  .filter(e => e.querySelector(".stacked") && e.checkVisibility() && e.scrollWidth > e.clientWidth).map(e => e.getAttribute("aria-label"))"""
ROW_HEIGHTS = """() => [...document.querySelectorAll(".stacked tbody tr")].filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)"""


@pytest.fixture(scope="module")
def busy_parcel(site_api):
    """Find the parcel with the most inspections among those with trees."""
    parcels = site_api("/api/v1/parcels.geojson?limit=2000")["features"]
    known = [one["properties"] | {"id": one["id"]} for one in parcels if one["properties"]["trees"]]
    return max(known, key=lambda one: (one["inspections_open"] or 0, one["trees"]))["id"]


@pytest.fixture(scope="module")
def pages(site_api, busy_parcel):
    """Name every kind of page."""
    ids = {
        name: quote(site_api(f"/api/v1/{name}.geojson?limit=1")["features"][0]["id"])
        for name in ("trees", "sites", "inspections", "districts")
    }
    return [
        "/", f"/parcels/{quote(busy_parcel)}", "/towns/pagedale", "/towns/vinita-terrace", "/exports", "/about", "/doubles", "/offline",
        "/find?q=oak", "/find?q=zzzz", "/map/coverage", "/map/maintenance", "/map/inspections",
        *(f"/{name}/{id_}" for name, id_ in ids.items()),
    ]  # fmt: skip


def test_no_page_scrolls_sideways_and_no_table_of_records_is_cut_off(visit, pages):
    one = visit("narrow")

    for address in pages:
        page = one.open(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert page.evaluate(CUT_TABLES) == [], address


def test_an_error_page_does_not_scroll_sideways_either(visit):
    one = visit("narrow")
    one.page.goto(f"{one.site}/trees/{'none' * 30}")

    assert one.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert one.wrong.pop().startswith("error: Failed to load resource")  # the 404 itself


def test_a_finger_hits_every_link_and_button(visit, pages):
    one = visit("narrow")

    for address in pages:
        if not address.startswith(("/map", "/find", "/districts")):
            assert one.open(address).evaluate(SMALL_TARGETS, MIN_TARGET) == [], address


def test_the_rows_of_a_parcel_s_tables_are_cards_that_say_what_their_values_are(visit, busy_parcel):
    one = visit("narrow")
    page = one.open(f"/parcels/{quote(busy_parcel)}")

    first = page.locator(".stacked tbody tr").first
    label = first.locator("td[data-label]").first.evaluate("e => getComputedStyle(e, '::before').content")

    assert label == '"Condition: "'
    assert max(page.evaluate(ROW_HEIGHTS)) < 240
    assert page.get_by_role("row").count() > 1  # laid out otherwise, and still a table
    assert one.faults() == []


def test_the_towns_are_sorted_by_a_key_on_a_column_head(visit):
    page = visit("desktop").open("/")
    names = page.locator(".sortable tbody th")
    first = names.first.inner_text()
    head = page.get_by_role("columnheader", name="Open inspections")

    head.get_by_role("button").focus()
    page.keyboard.press("Enter")

    assert head.get_attribute("aria-sort") == "descending"
    figures = page.locator(".sortable tbody td:last-child").evaluate_all(
        "cells => cells.map(c => Number(c.dataset.value))"
    )
    assert figures == sorted(figures, reverse=True)
    trees = page.get_by_role("columnheader", name="Trees").get_by_role("button")
    trees.click()
    assert page.locator(".sortable tbody tr").last.inner_text().count("unknown") >= 1
    trees.click()
    assert page.locator(".sortable tbody tr").last.inner_text().count("unknown") >= 1
    page.get_by_role("columnheader", name="Town").get_by_role("button").click()
    assert names.first.inner_text() == first
    assert page.locator(".sortable tfoot tr").count() == 1


def test_the_figures_of_towns_do_not_wrap(visit):
    for screen in ("narrow", "upright", "desktop"):
        page = visit(screen).open("/")
        heights = page.locator(".sortable td").evaluate_all(
            "cells => cells.map(c => { const r = document.createRange(); r.selectNodeContents(c.firstChild); return r.getClientRects().length; })"
        )
        assert set(heights) == {1}, screen
