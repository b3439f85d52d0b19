"""What an edit changes on an open map: the card, the list and the counts, on this device and on others."""

import shutil

import pytest
import shapely
from chromium import some
from map_panel import read_chip_counts
from playwright.sync_api import expect

from geo.store import open_store
from geo.store.records import PUBLIC, Query

pytestmark = pytest.mark.browser


@pytest.fixture
def workspace(sample, tmp_path):
    return shutil.copy(sample, tmp_path / "county.gpkg")


@pytest.fixture
def address(workspace, serving):
    with serving(workspace, "--allow-local-edits") as address:
        yield address


@pytest.fixture
def tree(workspace):
    """Find a site with a tree to remove."""
    store = open_store(workspace)
    found = store.query("sites", Query(where={"need": ("remove",)}, limit=200), actor=PUBLIC)
    chosen = next(one for one in found if one.wkb and one.values["tree_id"])
    store.close()
    return chosen


def map_of(site, filters=""):
    x, y = shapely.get_coordinates(shapely.from_wkb(site.wkb))[0]
    return f"/map/maintenance?{filters}at=18/{y:.6f}/{x:.6f}"


def mark_as_removed(page, *, leaves):
    page.get_by_role("button", name="Mark as done").click()
    page.locator(f".crew-form input[type=radio][value={leaves}]").check()
    page.locator(".crew-form [type=submit]").click()


STUMP, GROUND_OUT = "stump", "vacant"  # the status of the site from then on


@pytest.mark.parametrize(
    ("leaves", "mark", "title"), [(STUMP, "Stump to grind", "Stump"), (GROUND_OUT, "Vacant site", "Vacant site")]
)
@pytest.mark.parametrize("filters", some(["need=remove&", ""]))
def test_after_a_removal_the_card_is_that_of_the_site_and_leads_to_its_page(
    address, visiting, tree, leaves, mark, title, filters
):
    """Also where the filter hides the site from then on."""
    one = visiting(address)
    page = one.open(f"{map_of(tree, filters)}&pick=sites/{tree.id}")
    page.locator("#sheet").wait_for()

    mark_as_removed(page, leaves=leaves)

    expect(page.locator("#sheet .mark-line strong")).to_have_text(mark, timeout=20_000)
    assert page.locator("#sheet-title").inner_text() == title
    link = page.locator("#sheet").get_by_role("link", name="Full record")
    assert link.get_attribute("href") == f"/sites/{tree.id}"
    link.click()
    page.wait_for_url(f"**/sites/{tree.id}")
    assert page.locator("h1").inner_text()


def test_counts_follow_what_is_marked_here_and_an_edit_from_elsewhere(address, visiting, tree):
    mine, other = visiting(address), visiting(address)
    page = mine.open(f"{map_of(tree)}&pick=sites/{tree.id}")
    theirs = other.open(map_of(tree, "need=remove&"))
    before = read_chip_counts(page)["remove"]
    stumps = read_chip_counts(page)["stump"]
    assert read_chip_counts(theirs)["remove"] > 0
    shown = int(theirs.locator("#count").inner_text().split()[0].replace(",", ""))

    mark_as_removed(page, leaves=STUMP)

    expect(page.locator(".chip-count[data-code=remove]")).to_have_text(str(before - 1), timeout=3_000)
    expect(page.locator("#count")).to_contain_text("1 done here, not sent yet")
    expect(page.locator(".chip-count[data-code=stump]")).to_have_text(str(stumps + 1), timeout=20_000)
    expect(page.locator("#count")).not_to_contain_text("done here")
    # Another device hears of it within seconds: its count, its chips and its list.
    expect(theirs.locator("#count")).to_contain_text(f"{shown - 1} tree", timeout=20_000)
    expect(theirs.locator(f"#list [data-key='sites/{tree.id}']")).to_have_count(0)


def test_what_is_marked_here_leaves_the_list_of_what_is_to_be_removed_and_comes_back_with_undo(address, visiting, tree):
    one = visiting(address)
    page = one.open(f"{map_of(tree, 'need=remove&')}&pick=sites/{tree.id}")
    page.locator("#sheet").wait_for()
    row = page.locator(f"#list [data-key='sites/{tree.id}']")
    row.wait_for()
    before = page.locator("#count").inner_text()

    mark_as_removed(page, leaves=STUMP)
    expect(row).to_have_count(0)
    page.locator("#sheet").get_by_role("button", name="Undo").click()

    row.wait_for()
    expect(page.locator("#count")).to_have_text(before)


def test_the_card_of_a_lot_follows_an_edit(address, visiting, workspace, tree):
    store = open_store(workspace)
    lot = (
        store.get("parcels", tree.values["frontage_parcel_id"], actor=PUBLIC).values
        if tree.values["frontage_parcel_id"]
        else None
    )
    store.close()
    if lot is None:
        pytest.skip("the tree belongs to no lot")
    watching, working = visiting(address), visiting(address)
    lot_page = watching.open(
        map_of(tree).replace("maintenance", "coverage") + f"&pick=parcels/{tree.values['frontage_parcel_id']}"
    )
    trees = lot_page.locator("#sheet .fact", has_text="inside").locator("dd")
    before = trees.inner_text()

    page = working.open(f"{map_of(tree)}&pick=sites/{tree.id}")
    page.locator("#sheet").wait_for()
    mark_as_removed(page, leaves=STUMP)

    expect(trees).not_to_have_text(before, timeout=25_000)
