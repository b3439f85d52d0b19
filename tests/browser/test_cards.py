"""What the cards of the maps tell: why a tree needs work, how old a case is, the way to a place; also without a connection."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def near(feature, zoom=19):
    lon, lat = feature["geometry"]["coordinates"]
    return f"at={zoom}/{lat:.6f}/{lon:.6f}"


@pytest.fixture(scope="module")
def tree(site_api):
    """Find a tree to remove with a clearance that is missing."""
    found = site_api("/api/v1/sites.geojson?need=remove&limit=500")["features"]
    return next(one for one in found if one["properties"]["clearance"] and one["properties"]["overhead_wires"])


@pytest.fixture(scope="module")
def cases(site_api):
    """Inspections on the map, by whether they are overdue, open or closed."""
    rows = {
        status: site_api(f"/api/v1/inspections.geojson?status={status}&limit=500")["features"]
        for status in ("overdue", "open", "closed")
    }
    overdue = {one["id"] for one in rows["overdue"]}
    rows["open"] = [one for one in rows["open"] if one["id"] not in overdue]  # the API counts the overdue as open
    return {status: [one for one in found if one["geometry"]] for status, found in rows.items()}


def facts_of(page):
    facts = page.locator("#sheet .fact").all_inner_texts()
    return dict(text.split("\n", 1) for text in facts)


def tells_of(page, tree):
    """Assert that the open card tells why a tree needs work, and what a crew has to know of it."""
    values = tree["properties"]
    facts = facts_of(page)
    assert values["need_rule"] in page.locator("#sheet .mark-line").inner_text()
    assert facts["Overhead wires"] == values["overhead_wires"]
    assert facts["Clearance"] == values["clearance"]
    assert facts["Tree owner"] == values["owner_kind"]


def test_the_card_and_the_row_of_a_tree_say_why_it_needs_work(visit, tree):
    one = visit("tablet")
    page = one.open(f"/map/maintenance?{near(tree)}&pick=sites/{tree['id']}")
    page.locator("#sheet").wait_for()

    tells_of(page, tree)
    row = page.locator(f"#list [data-key='sites/{tree['id']}'] .row-sub").inner_text()
    assert row.startswith("Needs removal: ")
    assert one.faults() == []


def test_the_card_tells_the_same_without_a_connection(visit, tree, site_api):
    towns = {
        one["properties"]["name"]: one["properties"]["slug"] for one in site_api("/api/v1/towns.geojson")["features"]
    }
    one = visit("tablet")
    page = one.open("/map/maintenance")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.locator("#tab-more").tap()
    page.locator("#offline-town").select_option(towns[tree["properties"]["town"]])
    page.locator("#offline-download").tap()
    page.locator("#offline-packs li").wait_for(timeout=30_000)
    page.context.set_offline(True)

    page = page.context.new_page()
    page.goto(f"{one.site}/map/maintenance?{near(tree)}&pick=sites/{tree['id']}")
    page.locator("#sheet").wait_for()

    tells_of(page, tree)
    one.wrong[:] = [fault for fault in one.wrong if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_a_case_tells_its_age_and_that_it_is_not_closed_yet(visit, cases):
    one = visit("tablet")
    for status, beginning in (("overdue", "Overdue by "), ("open", "Open "), ("closed", "Closed ")):
        case = next(row for row in cases[status] if status != "open" or row["properties"]["opened_on"])
        page = one.open(f"/map/inspections?{near(case)}&pick=inspections/{case['id']}")
        page.locator("#sheet").wait_for()

        assert page.locator("#sheet .mark-line strong").inner_text().startswith(beginning)
        assert (facts_of(page).get("Closed") == "Not closed yet") == (status != "closed")


def test_a_case_without_an_address_is_titled_by_its_lot(visit, cases, site_api):
    case = next(
        row
        for row in cases["overdue"] + cases["open"] + cases["closed"]
        if not row["properties"]["address"] and row["properties"]["parcel_id"]
    )
    lot = site_api(f"/api/v1/card/parcels/{case['properties']['parcel_id']}")
    page = visit("tablet").open(f"/map/inspections?{near(case)}&pick=inspections/{case['id']}")
    page.locator("#sheet").wait_for()

    assert page.locator("#sheet-title").inner_text() == (lot["properties"]["address"] or f"Parcel {lot['id']}")


def test_the_most_urgent_case_has_been_overdue_the_longest_and_the_closed_come_last(visit, cases):
    page = visit("desktop").open(f"/map/inspections?{near(cases['overdue'][0], 16)}")
    while page.locator("#more").is_visible():
        rows = page.locator("#list li").count()
        page.locator("#more").click()
        page.locator("#list li").nth(rows).wait_for()

    texts = page.locator("#list .row-sub").all_inner_texts()

    kinds = [text.split()[0] for text in texts]
    order = ["Overdue", "Open", "Closed", "Canceled", "Status"]
    assert len(set(kinds)) >= 3
    assert kinds == sorted(kinds, key=order.index)
    days = [
        int(text.removeprefix("Overdue by ").split()[0].replace(",", ""))
        for text in texts
        if text.startswith("Overdue")
    ]
    assert days == sorted(days, reverse=True)
    opened = [text for text in texts if text.startswith("Open")]
    assert [" · due " in text for text in opened] == sorted((" · due " in text for text in opened), reverse=True)


def test_a_tablet_leads_to_its_maps_app_and_a_desk_copies_the_coordinates(visit, tree):
    lon, lat = tree["geometry"]["coordinates"]
    address = f"/map/maintenance?{near(tree)}&pick=sites/{tree['id']}"
    page = visit("tablet").open(address)
    page.locator("#sheet").wait_for()
    assert page.locator("#sheet a[href^='geo:']").inner_text() == "Directions"

    one = visit("desktop")
    one.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = one.open(address)
    page.locator("#sheet").wait_for()
    assert page.locator("#sheet a[href^='geo:'], #sheet a[href^='maps:']").count() == 0
    page.get_by_role("button", name="Copy coordinates").click()

    expect(page.locator("#sheet")).to_contain_text("Copied: ")
    assert page.evaluate("navigator.clipboard.readText()") == f"{lat:.6f}, {lon:.6f}"
    link = page.get_by_role("link", name="OpenStreetMap")
    assert link.get_attribute("href").startswith(f"https://www.openstreetmap.org/?mlat={lat:.6f}&mlon={lon:.6f}")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noreferrer noopener")
    assert one.faults() == []
