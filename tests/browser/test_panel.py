"""What stands beside the map: panes, filters by mark with their counts, the list and its cards."""

import json
import re

import pytest
from map_panel import read_chip_counts
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tree(site_api):
    return site_api("/api/v1/sites.geojson?need=remove&limit=1")["features"][0]


def near(feature, zoom=18):
    lon, lat = feature["geometry"]["coordinates"]
    return f"at={zoom}/{lat:.6f}/{lon:.6f}"


@pytest.mark.parametrize("screen", ["tablet", "phone"])
def test_a_mark_is_ticked_where_its_count_stands(visit, tree, screen):
    page = visit(screen).open(f"/map/maintenance?{near(tree, 17)}")
    before = read_chip_counts(page)
    assert before["remove"] > 0

    page.locator(".chip", has_text="Needs removal").tap()
    page.locator("#count", has_text=f"{before['remove']} trees and sites in view").wait_for()

    assert read_chip_counts(page) == before  # what ticking another would show
    assert "need=remove" in page.url
    page.locator("#clear").tap()
    page.locator("#count", has_text=f"{sum(before.values()):,} trees").wait_for()
    assert page.locator("#clear").is_hidden()
    assert "need=" not in page.url


def test_panes_are_chosen_by_keys_and_by_finger(visit):
    page = visit("tablet").open("/map/maintenance")
    tabs = page.get_by_role("tab")
    assert page.locator("#pane-list").is_visible()
    assert page.locator("#pane-filters").is_hidden()

    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#pane-filters").is_visible()
    assert page.locator("#pane-list").is_hidden()
    assert page.evaluate("document.activeElement.id") == "tab-filters"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#export").is_visible()
    tabs.first.tap()
    assert page.locator("#list").is_visible()


def test_without_script_everything_is_there(visit):
    one = visit(script=False)
    one.page.goto(one.site + "/map/maintenance")

    for pane in ("#pane-list", "#pane-filters", "#pane-more"):
        assert one.page.locator(pane).is_visible()
    assert one.page.get_by_role("tab").count() == 0


def test_one_goes_from_card_to_card_in_the_order_of_the_list(visit, tree):
    page = visit("tablet").open(f"/map/maintenance?{near(tree)}")
    keys = [row.get_attribute("data-key") for row in page.locator("#list .row").all()[:3]]

    page.locator("#list .row").first.tap()
    expect(page.locator("#sheet-previous")).to_be_disabled()
    page.locator("#sheet-next").tap()
    expect(page.locator("#list [aria-current]")).to_have_attribute("data-key", keys[1])
    page.locator("#sheet-next").tap()
    expect(page.locator("#list [aria-current]")).to_have_attribute("data-key", keys[2])
    page.locator("#sheet-previous").tap()
    expect(page.locator("#list [aria-current]")).to_have_attribute("data-key", keys[1])


def test_a_lot_that_was_looked_up_is_seen_beside_its_card(visit, site_api, tree):
    """Also on a phone, where the card lies over half of the map."""
    lot = site_api(f"/api/v1/card/parcels/{tree['properties']['frontage_parcel_id']}")
    page = visit("phone").open("/map/maintenance")

    page.fill("#q", lot["id"])
    page.keyboard.press("Enter")
    page.locator("#sheet", has_text=lot["id"]).wait_for()
    page.wait_for_timeout(1_500)  # the map flies

    zoom, lat, _ = (float(part) for part in page.url.split("at=")[1].split("&")[0].split("/"))
    stage, sheet = (page.locator(name).bounding_box() for name in ("[data-map]", "#sheet"))
    down = (lat - lot["at"]["lat"]) * 256 * 2**zoom / 360 / 0.78  # at this latitude
    shown = stage["y"] + stage["height"] / 2 + down
    assert stage["y"] + 20 < shown < sheet["y"] - 20


def test_near_maps_ask_for_the_towns_when_they_are_looked_at(visit, tree):
    one = visit("tablet")
    asked = []
    one.page.on("request", lambda request: asked.append(request.url))
    one.page.context.add_init_script("delete Navigator.prototype.serviceWorker")
    page = one.open(f"/map/maintenance?{near(tree, 17)}")
    assert not [url for url in asked if "towns.geojson" in url]

    for _ in range(5):
        page.locator(".leaflet-control-zoom-out").tap()
        one.drawn()
    page.locator("#count", has_text="towns").wait_for()

    assert len([url for url in asked if "towns.geojson" in url]) == 1
    assert page.locator("#list .row").count() > 3


def test_overdue_cases_alone_are_shown_listed_and_exported(visit, site_api):
    found = site_api("/api/v1/inspections.geojson?status=overdue&limit=500")["features"]
    one = found[0]
    page = visit("desktop").open(f"/map/inspections?status=overdue&{near(one, 16)}")

    rows = page.locator("#list .row-sub").all_inner_texts()
    export = page.locator("#export").get_attribute("href")

    assert rows
    days = [int(row.removeprefix("Overdue by ").split()[0].replace(",", "")) for row in rows]
    assert days == sorted(days, reverse=True)
    assert all(" · due " in row for row in rows)
    assert "status=overdue" in export
    inside = page.request.get(page.url.split("/map")[0] + export.replace("&download=1", "")).json()
    count = int(page.locator("#count").inner_text().split()[0].replace(",", ""))
    assert len(inside["features"]) == count
    assert {feature["properties"]["status"] for feature in inside["features"]} == {"open"}


PICKS = ("parcels/../../version", "sites/..", "place/x/y/z", "a", "parcels/../trees/01-00001")


def test_an_address_that_picks_what_is_none_breaks_no_map(visit, tree):
    one = visit("tablet")
    asked = []
    one.page.on("request", lambda request: asked.append(request.url))
    for pick in PICKS:
        page = one.open(f"/map/maintenance?{near(tree)}&pick={pick}")
        assert page.locator("#sheet").is_hidden()
    asked.clear()
    page.wait_for_timeout(4_000)

    assert [url for url in asked if url.endswith("/api/v1/tiles")]  # it follows what others edit
    assert not [url for url in asked if url.endswith("/version")]


def test_a_street_that_is_tapped_tells_which_lot_it_opens_and_outlines_it(visit, site_api):
    """The card says that no lot is drawn there; the lot that it tells of is asked for by its number."""
    streets = site_api("/api/v1/streets.geojson?limit=40")["features"]
    line = max(streets, key=lambda one: len(json.dumps(one["geometry"])))["geometry"]["coordinates"]
    flat = line[0] if isinstance(line[0][0], list) else line
    (lon, lat), *_ = [[(a + b) / 2 for a, b in zip(flat[0], flat[1], strict=True)]]
    one = visit("tablet")
    asked = []
    one.page.on("request", lambda request: asked.append(request.url))
    page = one.open(f"/map/maintenance?off=sites&at=17/{lat:.6f}/{lon:.6f}")
    box = page.locator("[data-map]").bounding_box()

    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator("#sheet").wait_for()
    one.drawn()

    told = page.locator("#sheet").inner_text()
    assert ("No lot is drawn" in told) or ("Parcel " in told)
    if "Parcel " in told:
        assert [url for url in asked if "/values/lots/" in url]


def told_of(page):
    """Read the towns' figures as the list has them, None where unknown."""
    texts = [row.inner_text().rpartition(": ")[2] for row in page.locator("#list .row-sub").all()]
    return [float(text.removesuffix("%")) if text != "unknown" else None for text in texts]


@pytest.mark.parametrize(("order", "sign"), [("most", -1), ("least", 1)])
def test_towns_go_by_name_or_by_their_figure_the_unknown_last(visit, tree, order, sign):
    page = visit("tablet").open(f"/map/maintenance?{near(tree, 11)}")
    names = page.locator("#list .row-main").all_inner_texts()
    assert names == sorted(names)
    assert page.locator("#order").is_hidden()

    page.locator("#order-towns").select_option(order)
    figures = told_of(page)
    known = [one for one in figures if one is not None]
    assert len(known) > 1
    assert known == sorted(known, key=lambda one: sign * one)
    assert figures[: len(known)] == known

    page.locator("#order-towns").select_option("")
    assert page.locator("#list .row-main").all_inner_texts() == names


def test_on_a_phone_a_town_that_is_chosen_in_the_list_is_seen_on_the_map(visit):
    page = visit("phone").open("/map/maintenance")

    page.locator("#list .row").last.tap()
    page.locator("#sheet", has_text="Open the town").wait_for()

    assert page.evaluate("scrollY") == 0
    expect(page.locator("[data-map]")).to_be_in_viewport(ratio=0.4)


@pytest.mark.parametrize(("order", "sign"), [("least", 1), ("most", -1)])
def test_lots_go_by_their_canopy_the_unknown_last(visit, tree, order, sign):
    page = visit("tablet").open(f"/map/coverage?{near(tree, 17)}")
    by_address = page.locator("#list .row-main").all_inner_texts()

    page.locator("#order").select_option(order)
    expect(page.locator("#list .row-main").first).not_to_have_text(by_address[0])
    while page.locator("#more").is_visible():
        rows = page.locator("#list li").count()
        page.locator("#more").click()
        page.locator("#list li").nth(rows).wait_for()

    shares = [
        text.split("Canopy cover: ")[1].split(" · ")[0] for text in page.locator("#list .row-sub").all_inner_texts()
    ]
    known = [float(text.removeprefix("under ").removesuffix("%")) for text in shares if text != "unknown"]
    assert len(known) > 20
    assert [text for text in shares if text != "unknown"] == shares[: len(known)]
    assert known == sorted(known, key=lambda share: sign * share)


VISIBLE_ROWS = """() => [...document.querySelectorAll("#list .row")].filter(row => {
  const box = row.getBoundingClientRect(), scroller = document.querySelector(".results").getBoundingClientRect();
  return box.top >= scroller.top && box.bottom <= Math.min(innerHeight, scroller.bottom); }).length"""


@pytest.mark.parametrize("view", ["coverage", "maintenance", "inspections"])
def test_a_tablet_held_upright_shows_the_map_and_three_rows_of_its_list(visit, tree, view):
    page = visit("upright small").open(f"/map/{view}?{near(tree, 17)}")

    assert page.evaluate(VISIBLE_ROWS) >= 3
    assert page.locator("[data-map]").bounding_box()["height"] >= 360
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


@pytest.mark.parametrize("view", ["coverage", "maintenance", "inspections"])
def test_the_narrowest_phone_scrolls_in_one_direction_and_has_every_filter(visit, tree, view):
    one = visit("narrow")
    page = one.open(f"/map/{view}?{near(tree, 18)}&pick=sites/{tree['id']}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if view == "maintenance":
        assert page.locator("#sheet").is_visible()
        page.locator("#sheet-close").tap()

    page.locator("#tab-filters").tap()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    hidden = page.locator("#pane-filters select, #pane-filters input").evaluate_all(
        "all => all.filter(one => !one.checkVisibility()).map(one => one.id)"
    )
    assert hidden == []
    page.locator("#tab-more").tap()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_back_undoes_a_filter_and_forward_sets_it_again(visit, tree):
    one = visit("desktop")
    page = one.open(f"/map/maintenance?{near(tree, 17)}")
    everything = page.locator("#count").inner_text()
    place = page.url.partition("at=")[2]

    page.locator(".chip", has_text="Needs removal").click()
    expect(page.locator("#count")).not_to_have_text(everything)
    some = page.locator("#count").inner_text()
    page.locator(".leaflet-control-zoom-in").click()  # a move is no step
    page.wait_for_function("text => document.querySelector('#count').textContent !== text", arg=some)
    page.go_back()

    expect(page.locator("#count")).to_have_text(everything)
    assert page.url.partition("at=")[2] == place
    assert page.locator("input[name=need]:checked").count() == 0
    assert page.locator("#clear").is_hidden()
    page.go_forward()
    expect(page.locator("input[name=need]:checked")).to_have_value("remove")
    expect(page.locator("#list .row-sub").first).to_contain_text("Needs removal")
    assert "at=18/" in page.url


def test_back_returns_to_all_towns_and_to_the_layers_that_were_shown(visit, tree):
    one = visit("tablet")
    page = one.open(f"/map/maintenance?{near(tree, 16)}")
    place = page.url.partition("at=")[2]
    page.locator("#f-town").select_option("pagedale")
    one.drawn()
    assert "town=pagedale" in page.url
    assert page.url.partition("at=")[2] != place
    page.locator("#tab-filters").tap()
    page.get_by_label("Streets").uncheck()
    expect(page).to_have_url(re.compile("off=streets"))

    page.go_back()
    expect(page.get_by_label("Streets")).to_be_checked()
    page.go_back()

    expect(page.locator("#f-town")).to_have_value("")
    page.wait_for_function("place => location.search.endsWith(place)", arg=place)


def test_records_on_no_map_are_counted_with_the_filters_also_when_all_are_cleared(visit, site_api):
    counted = {
        filters: site_api(f"/api/v1/count/inspections?placed_by=none{filters}")["count"]
        for filters in ("", "&status=open")
    }
    assert counted[""] > counted["&status=open"]
    page = visit("tablet").open("/map/inspections?status=open")
    page.locator("#tab-more").tap()
    text = page.locator("#unplaced-text")

    page.locator("#clear").tap()

    expect(text).to_contain_text(f"{counted['']:,} inspection")
    assert "have no location" in text.inner_text() or "has no location" in text.inner_text()


@pytest.mark.parametrize("screen", ["small desktop", "upright small"])
def test_a_map_opens_on_all_towns_from_as_far_as_their_names_need(visit, screen):
    page = visit(screen).open("/map/maintenance")

    assert re.match(r"\d+ towns\. Zoom in", page.locator("#count").inner_text())
    assert float(page.url.split("at=")[1].split("/")[0]) < 16
