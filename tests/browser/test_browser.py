"""The pages and maps in Chromium, as a crew, a planner and an inspector use them."""

import json
import urllib.request
from statistics import median
from urllib.parse import quote

import pytest
from chromium import some

pytestmark = pytest.mark.browser

NEAR = 17


def ask(site, address):
    """Ask the API."""
    with urllib.request.urlopen(site + address, timeout=30) as answer:  # noqa: S310 - our own server
        return json.load(answer)


@pytest.fixture(scope="session")
def tree(site):
    """Find a tree to remove that stands in front of a lot."""
    found = ask(site, "/api/v1/sites.geojson?need=remove&limit=200")["features"]
    return next(one for one in found if one["properties"]["frontage_parcel_id"])


@pytest.fixture(scope="session")
def lot(site, tree):
    """Find the lot that the tree belongs to."""
    return ask(site, f"/api/v1/card/parcels/{quote(tree['properties']['frontage_parcel_id'])}")


@pytest.fixture(scope="session")
def around(tree):
    """Tell where the map has to look to show the tree."""
    lon, lat = tree["geometry"]["coordinates"]
    return f"at={NEAR}/{lat:.6f}/{lon:.6f}"


@pytest.fixture(scope="session")
def pages(site, tree, lot, around):
    """Name every kind of page."""
    slug = ask(site, "/api/v1/municipalities.geojson?limit=1")["features"][0]["properties"]["slug"]
    case = ask(site, "/api/v1/inspections.geojson?limit=1")["features"][0]["id"]
    return [
        "/", "/map/coverage", f"/map/coverage?{around}", f"/map/maintenance?{around}",
        f"/map/inspections?{around}", lot["page"], f"/towns/{slug}",
        f"/trees/{quote(tree['properties']['tree_id'])}", f"/sites/{quote(tree['id'])}",
        f"/inspections/{quote(case)}", "/find?q=oak", "/exports", "/about", "/doubles",
    ]  # fmt: skip


@pytest.mark.parametrize(("screen", "theme"), some([("tablet", "light"), ("desktop", "dark"), ("upright", "sun")]))
def test_every_page_is_clean_and_accessible(visit, pages, screen, theme):
    one = visit(screen, theme)

    for address in pages:
        one.open(address)
        assert one.faults() == [], address


def test_a_page_that_is_not_there_is_accessible_too(visit):
    one = visit()
    one.page.goto(one.site + "/nowhere")

    assert one.faults() == []
    assert one.wrong.pop().startswith("error: Failed to load resource")  # the 404 itself


SMALL = """() => [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML.slice(0, 90))"""
NARROW = """() => [...document.querySelectorAll('button, select, input:not([type=checkbox], [type=radio]), .button, .nav a, summary, label.key, .brand, .chip, .choice')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 1)
  .filter(e => Math.round(e.getBoundingClientRect().height) < 48).map(e => e.outerHTML.slice(0, 90))"""
SIZES = """() => { const sizes = new Set(), weights = new Set();
  for (const e of document.querySelectorAll('body *')) if ([...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility()) {
    const s = getComputedStyle(e); sizes.add(s.fontSize); weights.add(s.fontWeight); }
  return [sizes.size, weights.size]; }"""


@pytest.mark.parametrize("screen", some(["upright", "tablet"]))
def test_text_and_targets_are_large_enough_for_a_glove(visit, pages, screen):
    one = visit(screen)

    for address in pages:
        page = one.open(address)
        sizes, weights = page.evaluate(SIZES)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert page.evaluate(SMALL) == [], address
        assert page.evaluate(NARROW) == [], address
        assert sizes <= 3, address
        assert weights <= 2, address
        assert wide <= 0, address


def test_the_keyboard_alone_leads_from_the_start_page_to_a_lot(visit, lot):
    one = visit()
    page = one.open("/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type(lot["id"])
    page.keyboard.press("Enter")
    page.wait_for_url("**" + lot["page"])

    assert (lot["properties"]["address"] or lot["id"]) in page.locator("h1").inner_text()


def typed(page, text):
    """Type into the box, and wait until it has answered."""
    page.fill("#q", "")
    page.locator("#q").press_sequentially(text)
    page.locator(".search [role=status]:not(:empty)").wait_for(state="attached")
    return page.locator("#q-answers [role=option]")


@pytest.fixture(scope="session")
def misspelt(lot):
    """Tell a lot's address with a letter of its street left out."""
    number, name, *rest = lot["properties"]["address"].split()
    return " ".join([number, name[:2] + name[3:], *rest])


def test_the_box_answers_while_one_types_and_keys_choose(visit, lot, misspelt):
    one = visit("desktop")
    page = one.open("/exports")
    box = page.locator("#q")

    rows = typed(page, misspelt)
    rows.filter(has_text=lot["id"]).first.wait_for()  # what was typed before was answered too

    assert box.get_attribute("role") == "combobox"
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-controls") == "q-answers"
    assert "Close match" in page.locator(".answers-note").inner_text()
    assert "Read “" in page.locator(".answers-note").inner_text()
    assert lot["id"] in rows.first.inner_text()
    assert one.faults() == []
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == rows.first.get_attribute("id")
    assert rows.first.get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == misspelt
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("#q-answers [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**" + lot["page"])


@pytest.mark.parametrize(("screen", "theme"), some([("phone", "dark"), ("tablet", "sun")]))
def test_on_a_map_a_finger_chooses_and_the_map_flies_there(visit, lot, misspelt, screen, theme):
    one = visit(screen, theme)
    page = one.open("/map/maintenance")
    page.evaluate("window.stayed = true")

    rows = typed(page, misspelt)
    assert one.faults() == []
    assert rows.first.bounding_box()["height"] >= 48
    rows.first.tap()
    page.wait_for_selector("#sheet:not([hidden])")
    page.wait_for_url("**pick=parcels/**")
    page.wait_for_timeout(1_200)

    assert page.evaluate("window.stayed")
    assert page.locator("#sheet-title").inner_text() == lot["properties"]["address"]
    zoom, lat, lon = page.url.split("at=")[1].split("&")[0].split("/")
    assert float(zoom) == 19
    assert abs(float(lat) - lot["at"]["lat"]) < 1e-3
    assert abs(float(lon) - lot["at"]["lon"]) < 1e-3


def test_enter_on_a_map_goes_to_the_one_answer_and_lists_several(visit, lot):
    one = visit("desktop")
    page = one.open("/map/coverage")
    page.evaluate("window.stayed = true")

    page.fill("#q", lot["id"])
    page.locator("#q").press("Enter")  # before any answer came
    page.wait_for_selector("#sheet:not([hidden])")
    rows = typed(page, lot["properties"]["address"].split()[1])
    page.keyboard.press("Enter")

    assert page.evaluate("window.stayed")
    assert rows.count() > 1
    assert rows.first.get_attribute("aria-selected") == "true"


def test_a_landmark_is_marked_and_named_on_the_map(visit, site):
    mark = ask(site, "/api/v1/landmarks.geojson?limit=1")["features"][0]["properties"]["name"]
    one = visit()
    page = one.open(f"/find?all=1&q={quote(mark)}")

    page.locator(".found a").first.click()
    page.wait_for_selector("#sheet:not([hidden])")

    assert page.locator("#sheet-title").inner_text() == mark


def test_the_box_says_that_the_server_does_not_answer(visit):
    one = visit()
    page = one.open("/about")
    page.route("**/api/v1/find**", lambda route: route.abort())

    rows = typed(page, "6209 hanley")

    assert "could not be loaded" in page.locator(".answers-note").inner_text()
    assert rows.count() == 0
    assert page.locator("#q").get_attribute("aria-expanded") == "false"
    one.wrong.clear()  # the request that was cut off


def test_a_click_on_a_lot_answers_with_it(visit, lot):
    one = visit()
    at = lot["at"]
    page = one.open(f"/map/coverage?at=19/{at['lat']}/{at['lon']}")

    middle = page.locator("[data-map]").bounding_box()
    page.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.wait_for_selector("#sheet:not([hidden])")

    told = page.locator("#sheet").inner_text()
    assert lot["id"] in told
    assert lot["properties"]["town"] in told
    assert page.locator("#sheet a.button").get_attribute("href") == lot["page"]


def test_a_finger_beside_a_tree_touches_it(visit, tree):
    one = visit("tablet")
    lon, lat = tree["geometry"]["coordinates"]
    page = one.open(f"/map/maintenance?need=remove&at=20/{lat}/{lon}")

    middle = page.locator("[data-map]").bounding_box()
    page.touchscreen.tap(middle["x"] + middle["width"] / 2 + 14, middle["y"] + middle["height"] / 2 + 14)
    page.wait_for_selector("#sheet:not([hidden])")

    assert "Needs removal" in page.locator("#sheet").inner_text()
    assert f"Tree {tree['properties']['tree_id']}" in page.locator("#sheet").inner_text()
    assert f"pick=sites/{quote(tree['id'])}" in page.url


def test_enter_on_the_map_asks_about_its_middle_and_escape_leaves(visit, lot):
    one = visit()
    at = lot["at"]
    page = one.open(f"/map/coverage?at=19/{at['lat']}/{at['lon']}")

    page.locator("[data-map]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#sheet:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "sheet"
    page.keyboard.press("Escape")

    assert page.locator("#sheet").is_hidden()
    assert page.evaluate("document.activeElement.hasAttribute('data-map')")


def test_a_filter_leaves_only_what_was_chosen_on_the_map_and_in_the_list(visit, around):
    one = visit()
    page = one.open(f"/map/maintenance?{around}")

    page.locator("input[name=need][value=remove]").check()
    one.drawn()

    needs = page.locator("#list .row-sub").all_inner_texts()
    assert needs
    assert all(text.startswith("Needs removal") for text in needs)
    assert "need=remove" in page.url


def test_the_list_is_in_the_order_of_work(visit, around):
    one = visit()
    page = one.open(f"/map/maintenance?{around}")

    order = page.locator(".chip-name").all_inner_texts()
    assert order[:2] == ["Needs removal", "Needs pruning"]
    told = [text.split(" · ")[0].split(":")[0] for text in page.locator("#list .row-sub").all_inner_texts()]

    assert told == sorted(told, key=order.index)


@pytest.mark.parametrize(
    ("view", "filters"), [("coverage", ""), ("maintenance", "&need=remove&need=prune"), ("inspections", "&status=open")]
)
def test_an_export_holds_the_same_features_as_the_map(visit, site, around, view, filters):
    one = visit()
    page = one.open(f"/map/{view}?{around}{filters}")

    while page.locator("#more").is_visible():
        rows = page.locator("#list li").count()
        page.locator("#more").click()
        page.locator("#list li").nth(rows).wait_for()
    listed = page.locator("#list button").evaluate_all("rows => rows.map(r => r.dataset.key)")
    links = page.locator(".doings a[data-export]").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    exported = ask(site, links[0])["features"]

    assert listed
    assert [link.partition("?")[2] for link in links] == [links[0].partition("?")[2]] * 3
    assert [link.partition("?")[0].rpartition(".")[2] for link in links] == ["geojson", "csv", "xlsx"]
    assert {key.split("/", 1)[1] for key in listed} == {one["id"] for one in exported}


def test_a_permanent_link_brings_everything_back(visit, lot):
    one = visit()
    at = lot["at"]
    page = one.open(f"/map/maintenance?need=prune&need=remove&off=streets&at=18/{at['lat']}/{at['lon']}")
    page.locator("[data-map]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#sheet:not([hidden])")
    page.wait_for_timeout(500)
    link = page.url.removeprefix(one.site)
    rows = page.locator("#list").inner_text()

    other = visit()
    again = other.open(link)
    again.wait_for_selector("#sheet:not([hidden])")

    assert again.url.removeprefix(one.site) == link
    assert again.locator("#list").inner_text() == rows
    assert again.locator("input[name=need]:checked").count() == 2
    assert "off=streets" in link
    assert lot["id"] in again.locator("#sheet").inner_text()


@pytest.mark.parametrize("zoom", some([15.5, 14, 12]))
def test_the_towns_are_listed_when_the_map_is_far(visit, site, zoom):
    one = visit()
    page = one.open(f"/map/coverage?at={zoom}/{middle(site)}")

    towns = ask(site, "/api/v1/municipalities.geojson?fields=valid_to")["features"]
    standing = [town for town in towns if not town["properties"]["valid_to"]]

    assert page.locator("#list button").count() == min(len(standing), 60)
    assert "Vinita Terrace" not in page.locator("#list").inner_text()


def test_a_tap_on_a_hexagon_tells_all_that_stands_in_it(visit, tree):
    one = visit("tablet")
    lon, lat = tree["geometry"]["coordinates"]
    page = one.open(f"/map/maintenance?at=14/{lat}/{lon}")

    middle = page.locator("[data-map]").bounding_box()
    page.touchscreen.tap(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.locator("#sheet", has_text="Everything in this hexagon").wait_for()

    facts = dict(
        zip(page.locator("#sheet dt").all_inner_texts(), page.locator("#sheet dd").all_inner_texts(), strict=True)
    )
    assert int(facts["Needs removal"].replace(",", "")) >= 1
    assert int(facts["Trees"].replace(",", "")) >= int(facts["Needs removal"].replace(",", ""))
    assert one.faults() == []


def test_a_tap_on_a_far_map_tells_of_the_town_and_asks_nobody(visit, lot):
    one = visit("tablet")
    at = lot["at"]
    page = one.open(f"/map/coverage?at=11/{at['lat']}/{at['lon']}")
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    middle = page.locator("[data-map]").bounding_box()
    page.touchscreen.tap(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.locator("#sheet", has_text="Open the town").wait_for()

    assert page.locator("#sheet-title").inner_text() == lot["properties"]["town"]
    assert not [url for url in asked if "/api/v1/changes/" not in url]
    assert one.faults() == []


def test_every_site_of_a_wide_view_is_counted(visit, site):
    one = visit()
    page = one.open(f"/map/maintenance?at=16/{middle(site)}")

    export = page.locator("#export").get_attribute("href")
    inside = ask(site, "/api/v1/count/sites?" + without_download(export))["count"]

    assert inside > 500
    assert page.locator("#count").inner_text().startswith(f"{inside:,} trees and sites in view · ")
    tally = [int(one.replace(",", "")) for one in page.locator(".chip-count").all_inner_texts()]
    assert sum(tally) == inside


@pytest.mark.parametrize("screen", ["small", "phone", "tablet", "upright", "desktop"])
def test_the_search_box_shows_its_whole_hint(visit, screen):
    one = visit(screen)
    page = one.open("/map/coverage")

    room = page.evaluate(
        "() => { const q = document.getElementById('q'); q.value = q.placeholder; return q.clientWidth - q.scrollWidth; }"
    )

    assert room >= 0


@pytest.mark.parametrize("screen", some(["narrow", "desktop", "phone", "upright small"], 2))
def test_the_results_of_the_search_box_are_within_the_screen(visit, screen):
    one = visit(screen)
    page = one.open("/map/coverage")

    typed(page, "6211 hanley").first.wait_for()

    box = page.locator(".answers-panel").bounding_box()
    width = page.viewport_size["width"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["width"] >= min(width - 64, 400)
    assert box["y"] >= page.locator("#q").bounding_box()["y"] + page.locator("#q").bounding_box()["height"]


def test_a_search_that_finds_nothing_says_that_half_an_address_is_enough(visit):
    one = visit("phone")
    page = one.open("/map/coverage")

    typed(page, "zzzzzz")

    assert "Half an address is enough" in page.locator(".answers-hint").inner_text()
    typed(page, "6211 hanley").first.wait_for()
    assert not page.locator(".answers-hint").is_visible()


def test_what_a_key_ticks_is_kept_in_the_address(visit, around):
    one = visit()
    page = one.open(f"/map/inspections?{around}")

    page.locator("input[name=status][value=open]").focus()
    page.keyboard.press("Space")
    one.drawn()
    link = page.url.removeprefix(one.site)
    again = one.open(link)

    assert "status=open" in link
    assert again.locator("input[name=status]:checked").evaluate_all("all => all.map(e => e.value)") == ["open"]
    assert {text.split()[0] for text in again.locator("#list .row-sub").all_inner_texts()} <= {"Open", "Overdue"}


def test_an_empty_map_of_a_town_without_inventory_says_so(visit):
    one = visit()
    page = one.open("/map/maintenance?town=norwood-court")

    assert page.locator("#count").inner_text() == "Norwood Court has no tree inventory."


def test_a_page_leads_to_its_own_record_on_the_map(visit, tree, lot):
    one = visit()
    for address, layer, id_ in (
        (f"/trees/{quote(tree['properties']['tree_id'])}", "sites", tree["id"]),
        (lot["page"], "parcels", lot["id"]),
    ):
        link = one.open(address).get_by_role("link", name="Show on the map")
        page = one.open(link.get_attribute("href"))
        page.wait_for_selector("#sheet:not([hidden])")

        assert f"pick={layer}/{quote(id_)}" in page.url


def middle(site):
    """Tell where the map finds the most sites: their median place, whatever a few strays say."""
    rows = ask(site, "/api/v1/sites.geojson?fields=need")["features"]
    placed = [row["geometry"]["coordinates"] for row in rows if row["geometry"]]
    lons, lats = zip(*placed, strict=True)
    return f"{median(lats)}/{median(lons)}"


def without_download(address):
    """Give the question of an export as a count takes it."""
    return address.split("?")[1].replace("&download=1", "")


def test_the_chosen_colours_stay(visit):
    one = visit()
    page = one.open("/")
    page.locator("#theme").select_option("sun")

    page = one.open("/exports")

    assert page.evaluate("document.documentElement.dataset.theme") == "sun"
    assert page.locator("#theme").input_value() == "sun"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_count_of_an_export_follows_its_filters(visit, site):
    one = visit()
    page = one.open("/exports")

    page.locator("#sites-need").select_option("remove")
    count = ask(site, "/api/v1/count/sites?need=remove")["count"]

    page.wait_for_function(
        "text => document.querySelector('form[action$=\"/exports/sites\"] output').textContent === text",
        arg=f"{count:,} rows",
    )


def test_a_workbook_is_downloaded_without_script(visit):
    one = visit(script=False)
    page = one.page
    page.goto(one.site + "/exports")
    form = page.locator('form[action$="/exports/trees"]')
    form.locator("#trees-town").select_option("pagedale")

    with page.expect_download() as download:
        form.get_by_role("button", name="Excel (XLSX)").click()

    assert download.value.suggested_filename == "trees-pagedale.xlsx"
    assert download.value.path().read_bytes().startswith(b"PK")


def test_pages_answer_without_script(visit, lot):
    one = visit(script=False)
    page = one.page
    page.goto(one.site + "/")
    page.locator("#q").fill(lot["id"])
    page.locator(".hero button").click()

    assert lot["id"] in page.locator("main").inner_text()
    page.goto(one.site + "/map/maintenance")
    assert page.locator("noscript table, table").count() >= 1


@pytest.mark.parametrize("screen", ["upright", "phone"])
def test_the_map_has_its_place_before_it_has_come(visit, screen):
    page = visit(screen).open("/map/maintenance")
    top = "document.querySelector('.panel').getBoundingClientRect().top"
    before = page.evaluate(top)

    page.evaluate("document.querySelector('.stage').remove()")  # on a slow line it comes last

    assert page.evaluate(top) == before


SHIFTS = """window.__shift = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) window.__shift += one.value; }).observe({type: 'layout-shift', buffered: true});"""


@pytest.mark.parametrize("screen", some(["tablet", "upright", "desktop"]))
def test_nothing_jumps_while_a_page_comes(visit, pages, screen):
    one = visit(screen)
    one.page.add_init_script(SHIFTS)

    shifted = {address: one.open(address).evaluate("window.__shift") for address in pages}

    assert {address: shift for address, shift in shifted.items() if shift > 0.02} == {}


def test_the_first_page_is_light(browser, site):
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(site + "/map/maintenance")
    page.wait_for_selector("[data-ready]", state="attached")
    page.wait_for_load_state("networkidle")
    context.close()

    assert sum(sizes) < 150_000
