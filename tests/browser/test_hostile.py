"""A town whose every text is an attack: on every page and map it stands as text, and nothing runs."""

import json
import urllib.request

import pytest

pytestmark = pytest.mark.browser

STRAY = """document.querySelectorAll(
  'img, main script:not([type="application/json"]), [href^="javascript:" i], [src^="javascript:" i], [action^="javascript:" i]',
).length"""
MAPS = ["/map/coverage", "/map/maintenance", "/map/inspections"]


@pytest.fixture
def lot(hostile):
    """Find a lot of that town, whose id is odd."""
    with urllib.request.urlopen(hostile[0] + "/api/v1/parcels.geojson") as answer:  # noqa: S310 - our own server
        return json.load(answer)["features"][0]


@pytest.mark.parametrize("view", MAPS)
def test_an_attack_on_a_map_its_list_and_its_sheet_stays_text(hostile, hostile_visit, view):
    one = hostile_visit()

    for place in ("", "?at=19/38.7009/-90.3186"):
        page = one.open(view + place)
        assert hostile[1] in page.locator("#list").inner_text()
        page.locator("#list button").first.click()
        page.wait_for_selector("#sheet:not([hidden])")
        assert hostile[1] in page.locator("#sheet").inner_text()
        assert page.evaluate(STRAY) == 0


def test_an_attack_on_the_pages_stays_text(hostile, hostile_visit, lot):
    one = hostile_visit()
    page = one.open(f"/map/coverage?at=19/38.7015/-90.3186&pick=parcels/{quoted(lot['id'])}")
    page.locator("#sheet a.button").click()
    page.wait_for_load_state("networkidle")

    assert lot["id"] in page.locator("main").inner_text()  # slashes, spaces and all
    shown = {page.url}
    links = page.locator("main a").evaluate_all("links => links.map(a => a.href)")
    for link in [*links, hostile[0] + "/sites/sites-0"]:
        page.goto(link)
        shown.add(link)
        assert page.locator("h1").count() == 1
        assert hostile[1] in page.locator("main").inner_text(), link
        assert page.evaluate(STRAY) == 0, link
    for layer in ("towns", "trees", "sites", "inspections"):
        assert any(f"/{layer}/" in link for link in shown), layer


@pytest.mark.parametrize("address", ["/", "/about", "/exports", "/find?q=<img src=x onerror=alert(1)>"])
def test_an_attack_on_the_other_pages_runs_nothing(hostile_visit, address):
    page = hostile_visit().open(address)

    assert page.evaluate(STRAY) == 0


def quoted(text):
    """Quote a text for the query of an address."""
    return urllib.request.quote(text, safe="")
