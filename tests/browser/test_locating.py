"""Where am I, on the maps: told by the browser, drawn, and used to order the list."""

import math

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def somewhere(site_api):
    """Name a place beside a tree to remove."""
    tree = site_api("/api/v1/sites.geojson?need=remove&limit=1")["features"][0]
    lon, lat = tree["geometry"]["coordinates"]
    return lat + 0.0002, lon + 0.0001


@pytest.fixture
def located(visit, somewhere):
    """Open the maintenance map in a browser that tells where it is."""
    one = visit("tablet")
    one.page.context.grant_permissions(["geolocation"])
    here = {"latitude": somewhere[0], "longitude": somewhere[1], "accuracy": 12}
    one.page.context.set_geolocation(here)
    one.open(f"/map/maintenance?at=16/{somewhere[0]:.6f}/{somewhere[1]:.6f}")
    return one


def distances(page):
    rows = page.locator("#list .row-sub").all_inner_texts()
    told = [row.split(" away")[0].split() for row in rows]
    return [float(number) * {"ft": 1, "mi": 5280}[unit] for number, unit in told]


def test_the_map_goes_to_where_one_is_and_shows_how_sure_that_is(located, somewhere):
    page = located.page
    page.locator(".locate").tap()
    page.locator(".location-dot").wait_for()
    located.drawn()

    zoom, lat, lon = page.url.split("at=")[1].split("&")[0].split("/")
    assert float(zoom) >= 18
    assert math.hypot(float(lat) - somewhere[0], float(lon) - somewhere[1]) < 1e-4
    assert page.locator("path.location-circle").count() == 1
    assert page.locator(".locate").get_attribute("aria-pressed") == "true"
    assert located.faults() == []

    page.locator(".locate").tap()
    page.locator(".location-dot").wait_for(state="detached")
    assert page.locator(".locate").get_attribute("aria-pressed") == "false"


def test_needs_near_me_are_told_where_the_mark_of_the_place_cannot_come(located):
    page = located.page
    page.route("**/assets/lazy-parts-*.js", lambda route: route.abort())
    page.locator("#order").select_option("distance")
    page.locator("#list .row-sub", has_text=" away").first.wait_for()
    located.drawn()

    assert distances(page) == sorted(distances(page))
    assert page.locator(".locate").get_attribute("aria-pressed") == "true"
    located.wrong[:] = [fault for fault in located.wrong if "ERR_FAILED" not in fault]


def test_needs_near_me_stand_by_distance(located):
    page = located.page
    page.locator("#order").select_option("distance")
    page.locator(".location-dot").wait_for()
    page.locator("#list .row-sub", has_text=" away").first.wait_for()
    located.drawn()

    away = distances(page)

    assert away == sorted(away)
    assert away[0] < 150


def test_walking_on_orders_the_list_anew(located, somewhere):
    page = located.page
    page.locator("#order").select_option("distance")
    page.locator("#list .row-sub", has_text=" away").first.wait_for()
    first = page.locator("#list .row").first.get_attribute("data-key")
    page.context.set_geolocation({"latitude": somewhere[0] + 0.0005, "longitude": somewhere[1] - 0.0006, "accuracy": 8})
    page.wait_for_timeout(1500)
    located.drawn()

    away = distances(page)
    assert away == sorted(away)
    assert page.locator("#list .row").first.get_attribute("data-key") != first


def test_who_may_not_know_is_told_so(visit):
    one = visit("tablet")
    one.page.context.clear_permissions()
    page = one.open("/map/maintenance")

    page.locator(".locate").tap()
    page.locator("#notice", has_text="does not share your location").wait_for()

    assert page.locator(".locate").get_attribute("aria-pressed") == "false"
