"""A town taken along: the maps, the cards and the address search without a signal, in a new tab too."""

import pytest
from chromium import some

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tree(site_api):
    """Find a tree to remove that stands in front of a lot with an address."""
    for one in site_api("/api/v1/sites.geojson?need=remove&limit=300")["features"]:
        lot = one["properties"]["frontage_parcel_id"]
        if lot and site_api(f"/api/v1/card/parcels/{lot}")["properties"]["address"]:
            return one
    raise LookupError


@pytest.fixture(scope="module")
def lot(site_api, tree):
    return site_api(f"/api/v1/card/parcels/{tree['properties']['frontage_parcel_id']}")


@pytest.fixture
def along(visit, lot, site_api):
    """Take the lot's town along, and lose the signal."""
    towns = site_api("/api/v1/towns.geojson")["features"]
    name = lot["properties"]["town"]
    (slug,) = (one["properties"]["slug"] for one in towns if one["properties"]["name"] == name)
    one = visit("tablet")
    page = one.open("/map/maintenance")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_role("tab", name="More").click()
    page.locator("#offline-town").select_option(slug)
    page.locator("#offline-download").click()
    page.locator("#offline-packs li", has_text=name).wait_for(timeout=30_000)
    assert "used in total" in page.locator("#offline-status").inner_text()
    page.context.set_offline(True)
    return one, name


def near(place, zoom=18):
    lon, lat = place
    return f"at={zoom}/{lat:.6f}/{lon:.6f}"


def opened(one, address):
    """Open an address in a new tab without a signal."""
    page = one.page.context.new_page()
    page.goto(one.site + address)
    page.wait_for_selector("[data-ready]", state="attached", timeout=15_000)
    page.wait_for_timeout(400)
    return page


def without_signal(one):
    """Leave out the requests that fail because there is no signal."""
    one.wrong[:] = [fault for fault in one.wrong if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_a_new_tab_without_a_signal_shows_lists_and_opens_what_was_taken_along(along, tree):
    one, name = along
    page = opened(one, f"/map/maintenance?need=remove&{near(tree['geometry']['coordinates'])}")

    assert "Offline. Downloaded:" in page.locator("#online-status").inner_text()
    assert name in page.locator("#online-status").inner_text()
    rows = page.locator("#list .row-sub").all_inner_texts()
    assert rows
    assert all(row.startswith("Needs removal") for row in rows)

    middle = page.locator("[data-map]").bounding_box()
    page.touchscreen.tap(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.locator("#sheet", has_text=f"Tree {tree['properties']['tree_id']}").wait_for()
    without_signal(one)


@pytest.mark.parametrize("zoom", some([19, 16, 17]))
def test_a_lot_tells_what_applies_there_without_a_signal(along, lot, zoom):
    one, name = along
    at = lot["at"]
    page = opened(one, f"/map/coverage?{near((at['lon'], at['lat']), zoom)}")

    middle = page.locator("[data-map]").bounding_box()
    page.touchscreen.tap(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    sheet = page.locator("#sheet", has_text=lot["id"])
    sheet.wait_for()

    told = sheet.inner_text()
    assert "Offline" in told
    assert name in told
    assert (lot["properties"]["court"] or "unknown") in told
    without_signal(one)


def test_addresses_are_found_without_a_signal(along, lot):
    one, _ = along
    page = opened(one, "/map/maintenance")

    page.fill("#q", lot["properties"]["address"])
    page.locator("#q-answers [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#sheet", has_text=lot["id"]).wait_for()

    assert float(page.url.split("at=")[1].split("/")[0]) >= 18
    without_signal(one)


def test_far_views_and_where_one_is_work_without_a_signal(along, tree):
    one, _ = along
    lon, lat = tree["geometry"]["coordinates"]
    one.page.context.grant_permissions(["geolocation"])
    one.page.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 9})
    page = opened(one, "/map/maintenance")
    assert page.locator("#list .row").count() > 3  # the towns

    page.locator(".locate").tap()
    page.locator("#order").select_option("distance")
    page.locator("#list .row-sub", has_text="1 ft away").first.wait_for()
    without_signal(one)


def test_what_was_taken_along_is_taken_away_again(along):
    one, name = along
    page = one.page
    page.get_by_role("button", name=f"Remove {name} from this device").click()
    page.locator("#offline-packs li").wait_for(state="detached")

    assert (
        page.evaluate(
            "caches.open('along').then(c => c.keys()).then(k => k.filter(r => r.url.endsWith('.pmtiles')).length)"
        )
        == 0
    )
    without_signal(one)


def test_a_page_that_was_not_kept_says_so_and_leads_back(along):
    one, _ = along
    page = one.page.context.new_page()
    page.goto(one.site + "/exports")

    assert page.locator("h1").inner_text() == "Offline"
    page.get_by_role("link", name="Back to the map").click()
    page.wait_for_selector("[data-ready]", state="attached", timeout=15_000)
    without_signal(one)


def test_a_link_to_a_town_opens_it_without_a_signal(along, lot, site_api):
    one, name = along
    towns = site_api("/api/v1/towns.geojson")["features"]
    (slug,) = (one["properties"]["slug"] for one in towns if one["properties"]["name"] == name)
    page = opened(one, f"/map/maintenance?town={slug}")

    _, lat, lon = (float(part) for part in page.url.split("at=")[1].split("&")[0].split("/"))
    assert abs(lat - lot["at"]["lat"]) < 0.02
    assert abs(lon - lot["at"]["lon"]) < 0.03
    without_signal(one)


def test_what_was_taken_along_is_renewed_by_itself(sample, serving, visiting, tmp_path):
    import shutil
    from datetime import UTC, date, datetime

    from geo.incremental.edit_session import EditSession
    from geo.store import open_store
    from geo.store.record_change import Put
    from geo.store.records import OPERATOR, PUBLIC, Query, Record

    workspace = shutil.copy(sample, tmp_path / "county.gpkg")
    with serving(workspace) as address:
        one = visiting(address)
        page = one.open("/map/maintenance")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.get_by_role("tab", name="More").click()
        page.locator("#offline-download").click()
        page.locator("#offline-packs li").wait_for(timeout=30_000)
        town = page.locator("#offline-packs strong").inner_text()
        before = page.evaluate(PACKED)
        store = open_store(workspace)
        tree = next(iter(store.query("trees", Query(town=town, limit=1), actor=PUBLIC)))
        made = datetime(2026, 5, 4, tzinfo=UTC)
        EditSession(store).apply_edits(Put("trees", Record(tree.id, "", {"dbh_in": 77.5})), actor=OPERATOR, at=made, today=date(2026, 5, 4))  # fmt: skip
        store.close()

        one.open("/map/maintenance")
        page.wait_for_timeout(12_000)

        assert page.evaluate(PACKED) != before
        page.close()  # before its server ends


PACKED = """async () => { const cache = await caches.open('along'); const [pack] = (await cache.keys()).filter(({ url }) => url.endsWith('.pmtiles'));
  const bytes = new Uint8Array(await (await cache.match(pack)).arrayBuffer()); return [...new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))].join(); }"""
