"""What a crew sees of its own work: on the card, on the map, in the list, and of what others noted."""

import shutil
from datetime import UTC, datetime

import pytest
from chromium import SCREENS, some
from playwright.sync_api import expect

from geo.store import open_store
from geo.store.records import PUBLIC, Query

pytestmark = pytest.mark.browser

AT = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def workspace(sample, tmp_path):
    return shutil.copy(sample, tmp_path / "county.gpkg")


@pytest.fixture
def address(workspace, serving):
    with serving(workspace, "--allow-local-edits") as address:
        yield address


def sites(workspace, need):
    store = open_store(workspace)
    found = [one for one in store.query("sites", Query(where={"need": (need,)}, limit=200), actor=PUBLIC) if one.wkb]
    store.close()
    return found


def opened(visiting, address, site):
    import shapely

    x, y = shapely.get_coordinates(shapely.from_wkb(site.wkb))[0]
    one = visiting(address)
    page = one.open(f"/map/maintenance?at=19/{y:.6f}/{x:.6f}&pick=sites/{site.id}")
    page.locator("#sheet").wait_for()
    return one, page


def kept(workspace, layer, id_):
    store = open_store(workspace)
    try:
        return store.get(layer, id_, actor=PUBLIC).values
    finally:
        store.close()


def test_what_was_sent_is_told_and_the_card_shows_what_stands_there_now(address, visiting, workspace):
    site = next(one for one in sites(workspace, "remove") if one.values["tree_id"])
    one, page = opened(visiting, address, site)

    page.get_by_role("button", name="Mark as done: removed").click()
    page.get_by_role("button", name="Save as removed").click()
    assert page.locator(".crew-form :invalid").count() > 0  # what is left is to be said
    page.get_by_label("Stump ground out; plant again").check()
    page.get_by_role("button", name="Save as removed").click()
    page.locator("#sheet .status-line", has_text="Saved on this device").wait_for()
    page.locator("#sheet .status-line", has_text="Sent.").wait_for(timeout=20_000)

    expect(page.locator("#sheet .mark-line strong")).to_have_text("Vacant site", timeout=10_000)
    assert "Mark as done: planted" in page.locator("#sheet").inner_text()
    assert kept(workspace, "sites", site.id)["status"] == "vacant"
    assert one.faults() == []


def test_what_was_just_marked_can_be_taken_back(address, visiting, workspace):
    site = next(one for one in sites(workspace, "remove") if one.values["tree_id"])
    _, page = opened(visiting, address, site)

    page.get_by_role("button", name="Mark as done").click()
    page.get_by_label("A stump is left").check()
    page.get_by_role("button", name="Save as").click()
    page.get_by_role("button", name="Undo").click()
    page.locator("#sheet .status-line", has_text="Undone.").wait_for()
    page.wait_for_timeout(6_000)

    assert page.locator("#outbox").is_hidden()
    assert kept(workspace, "sites", site.id)["need"] == "remove"


def test_what_is_done_without_a_signal_is_done_on_the_map_and_in_the_list(address, visiting, workspace):
    site = next(one for one in sites(workspace, "remove") if one.values["tree_id"])
    one, page = opened(visiting, address, site)
    page.context.set_offline(True)

    page.get_by_role("button", name="Mark as done").click()
    page.get_by_label("A stump is left").check()
    page.get_by_role("button", name="Save as").click()
    row = page.locator(f"#list [data-key='sites/{site.id}']", has_text="Done here")
    row.wait_for()
    page.locator("#sheet-close").click()
    row.click()
    page.locator("#sheet .status-line", has_text="not sent yet").wait_for()

    assert page.get_by_role("button", name="Mark as done").count() == 0
    assert page.locator("#outbox").inner_text() == "1 not sent"
    expect(page.locator("#sheet .needs-network").first).to_be_hidden()
    one.wrong[:] = [
        fault for fault in one.wrong if "ERR_INTERNET_DISCONNECTED" not in fault and "fetching the script" not in fault
    ]


def test_the_next_crew_sees_what_was_noted(address, visiting, workspace, tmp_path):
    site = next(one for one in sites(workspace, "prune") if one.values["tree_id"])
    one, page = opened(visiting, address, site)
    picture = tmp_path / "photo.png"
    page.locator("[data-map]").screenshot(path=picture)
    page.get_by_role("button", name="Add a note or photo").click()
    page.locator("#crew-note").fill("Bees in\u00a0the \u202atrunk\u202c <img src=x onerror=alert(1)>")
    page.locator("#crew-photo").set_input_files(picture)
    page.locator(".crew-form .photo").wait_for()
    page.get_by_role("button", name="Save").click()
    page.locator("#sheet .status-line", has_text="Sent.").wait_for(timeout=20_000)

    _, other = opened(visiting, address, site)

    note = other.locator(".field-note")
    note.wait_for()
    assert "Bees in the trunk <img src=x onerror=alert(1)>" in note.inner_text()
    expect(note.locator("img")).to_have_js_property("complete", True)
    assert one.faults() == []


def test_a_planted_tree_is_told_by_its_species(address, visiting, workspace):
    site = sites(workspace, "plant")[0]
    _, page = opened(visiting, address, site)

    page.get_by_role("button", name="Mark as done: planted").click()
    species = page.locator("#crew-species option").nth(2).get_attribute("value")
    page.locator("#crew-species").select_option(species)
    page.locator("#crew-dbh").fill("1.5")
    page.get_by_role("button", name="Save as planted").click()
    page.locator("#sheet .status-line", has_text="Sent.").wait_for(timeout=20_000)

    planted = kept(workspace, "trees", kept(workspace, "sites", site.id)["tree_id"])
    assert (planted["species"], planted["dbh_in"]) == (species, 1.5)


def test_an_edit_is_counted_on_far_maps_within_seconds(address, visiting, workspace):
    """Hexagons are told again by their number; no tile is asked for twice."""
    import shapely

    site = next(one for one in sites(workspace, "remove") if one.values["tree_id"])
    x, y = shapely.get_coordinates(shapely.from_wkb(site.wkb))[0]
    far = visiting(address)
    page = far.open(f"/map/maintenance?at=14/{y:.6f}/{x:.6f}")
    box = page.locator("[data-map]").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    removals = page.locator("#sheet .fact", has_text="Needs removal").locator("dd")

    page.mouse.click(*middle)
    before = int(removals.inner_text())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    _, crew = opened(visiting, address, site)
    crew.get_by_role("button", name="Mark as done").click()
    crew.get_by_label("A stump is left").check()
    crew.get_by_role("button", name="Save as").click()
    crew.locator("#sheet .status-line", has_text="Sent.").wait_for(timeout=20_000)
    page.wait_for_timeout(5_000)
    page.locator("#sheet-close").click()
    page.mouse.click(*middle)

    expect(removals).to_have_text(str(before - 1))
    assert not [url for url in asked if "/tiles/blocks" in url]
    assert [url for url in asked if "/changes/blocks" in url]


SAVE_IN_VIEW = """() => { const save = document.querySelector('.crew-form [type=submit]').getBoundingClientRect();
  const hit = document.elementFromPoint(save.x + save.width / 2, save.y + save.height / 2);
  return save.top >= 0 && save.bottom <= innerHeight && hit?.type === 'submit'; }"""


@pytest.mark.parametrize("screen", some(["small", "phone", "upright", "desktop"]))
def test_save_stays_in_view_behind_a_photo(address, visiting, workspace, tmp_path, screen):
    site = next(one for one in sites(workspace, "remove") if one.values["tree_id"])
    _, page = opened(visiting, address, site)
    page.set_viewport_size(SCREENS[screen]["viewport"])
    picture = tmp_path / "photo.png"
    page.locator("[data-map]").screenshot(path=picture)

    page.get_by_role("button", name="Mark as done").click()
    page.locator("#crew-photo").set_input_files(picture)
    page.locator(".crew-form .photo").wait_for()
    page.locator("#sheet-body").evaluate("body => body.scrollTo(0, 0)")
    page.wait_for_timeout(300)

    assert page.evaluate(SAVE_IN_VIEW)
    page.get_by_label("A stump is left").check()
    page.get_by_role("button", name="Save as removed").click()
    status = page.locator("#sheet .status-line", has_text="Saved on this device")
    status.wait_for()
    expect(status).to_be_in_viewport(ratio=0.9)
