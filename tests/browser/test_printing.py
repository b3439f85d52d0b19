"""Maps and day sheets on paper: A4 and Letter, crisp, with legend, scale, date and north."""

import re

import pytest

pytestmark = pytest.mark.browser

MARGIN = dict.fromkeys(("top", "bottom", "left", "right"), "12mm")


@pytest.fixture
def printed(visit, site_api, tmp_path):
    """Press a button that prints, and give the page and the file that a printer would get."""
    tree = site_api("/api/v1/sites.geojson?need=remove&limit=1")["features"][0]
    lon, lat = tree["geometry"]["coordinates"]

    def press(view, button, paper, zoom=18, filters=""):
        one = visit("tablet", "dark")
        # A headless browser that was asked to print by its page prints nothing else: the file is made here instead.
        one.page.add_init_script("window.print = () => { document.documentElement.dataset.printing = ''; }")
        page = one.open(f"/map/{view}?at={zoom}/{lat}/{lon}{filters}")
        page.get_by_role("tab", name="More").click()
        page.locator(button).click()
        page.locator("html[data-printing]").wait_for(state="attached")
        path = tmp_path / f"{view}-{paper}.pdf"
        page.pdf(path=path, format=paper, margin=MARGIN)
        return page, path.read_bytes()

    return press


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("view", "zoom"), [("maintenance", 18), ("coverage", 12)])
def test_a_map_prints_on_one_page_and_crisp(printed, view, zoom, paper):
    page, pdf = printed(view, "#print-map", paper, zoom)

    widest = max(int(width) for width in re.findall(rb"/Width (\d+)", pdf))
    inches = 720 / 96
    assert pages(pdf) == 1
    assert widest / inches >= 290
    page.emulate_media(media="print")
    told = page.locator("#paper").inner_text()
    assert "printed" in told
    assert "Data as of" in told
    assert re.search(r"\d+ m\n[\d,]+ ft", told)
    assert page.locator("#paper [aria-label='North is up']").is_visible()
    assert page.locator("#paper .paper-legend li").count() > 1
    assert page.locator(".panel").is_hidden()


def test_a_day_sheet_has_a_row_to_tick_for_each_tree(printed):
    page, pdf = printed("maintenance", "#print-sheet", "Letter", filters="&need=remove&need=prune")
    page.emulate_media(media="print")

    rows = page.locator("#paper tbody tr")
    kinds = [rows.nth(at).locator("td").nth(3).inner_text().split(" · ")[0].strip() for at in range(rows.count())]

    assert kinds
    assert set(kinds) <= {"Remove", "Prune"}
    walks = page.locator("#paper").inner_text()
    assert "In walking order" in walks
    assert "Worked on" in walks
    assert "Remove, Prune" in page.locator("#paper").inner_text()
    assert pages(pdf) >= 1
    assert page.locator("#paper td.number").first.inner_text() == "1"
