"""Maps and day sheets on paper: all of the screen's map, crisp, with legend, scale, date, north and the page's address."""

import re

import pytest
from chromium import some

pytestmark = pytest.mark.browser

CSS_PX_PER_MM = 96 / 25.4
MARGIN_MM = 12
PAPERS = {"A4": (210, 297), "Letter": (215.9, 279.4)}
IS_SHOWN = "element => getComputedStyle(element).display !== 'none'"


@pytest.fixture
def tree(site_api):
    return site_api("/api/v1/sites.geojson?need=remove&limit=1")["features"][0]


@pytest.fixture
def open_print(visit, tree):
    """Press a button that prints, and give the page as it stands then."""
    lon, lat = tree["geometry"]["coordinates"]

    def press(view, button, zoom=18, filters="", screen="tablet"):
        one = visit(screen, "dark")
        # A headless browser that was asked to print by its page prints nothing else: the file is made here instead.
        one.page.add_init_script("window.print = () => { document.documentElement.dataset.printing = ''; }")
        page = one.open(f"/map/{view}?at={zoom}/{lat}/{lon}{filters}")
        page.get_by_role("tab", name="More").click()
        page.locator(button).click()
        return page

    return press


@pytest.fixture
def paper(open_print):
    """Print, and give the page once its paper is made."""

    def make(*args, **options):
        page = open_print(*args, **options)
        page.locator("html[data-printing]").wait_for(state="attached")
        return page

    return make


def pdf_pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def show_paper(page, name, *, landscape=False):
    """Show the page as it is on paper: without the margins, and one paper high."""
    width, height = sorted(PAPERS[name], reverse=landscape)
    size = {
        "width": int((width - 2 * MARGIN_MM) * CSS_PX_PER_MM),
        "height": int((height - 2 * MARGIN_MM) * CSS_PX_PER_MM),
    }
    page.emulate_media(media="print")
    page.set_viewport_size(size)
    return size


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(("view", "zoom"), [("maintenance", 18), ("coverage", 12)])
def test_a_map_prints_on_one_page_and_crisp(paper, view, zoom, name):
    page = paper(view, "#print-map", zoom)

    pdf = page.pdf(format=name)
    widest = max(int(width) for width in re.findall(rb"/Width (\d+)", pdf))
    assert pdf_pages(pdf) == 1
    assert widest / 7.5 >= 290  # dots on each inch
    show_paper(page, name)
    told = page.locator("#paper").inner_text()
    assert "Printed" in told
    assert "Data as of" in told
    assert page.locator("#paper [aria-label='North is up']").is_visible()
    assert page.locator("#paper .paper-legend li").count() > 1
    assert page.locator(".panel").is_hidden()


@pytest.mark.parametrize("landscape", [False, True], ids=["portrait", "landscape"])
@pytest.mark.parametrize("name", some(list(PAPERS)))
@pytest.mark.parametrize("screen", some(["phone", "desktop", "tablet", "upright"]))
def test_all_of_the_screens_map_is_on_the_paper(paper, screen, name, landscape):
    page = paper("maintenance", "#print-map", screen=screen)
    on_screen = page.locator("[data-map]").bounding_box()
    address = page.url

    assert pdf_pages(page.pdf(format=name, landscape=landscape)) == 1
    size = show_paper(page, name, landscape=landscape)
    picture = page.locator(".paper-map").bounding_box()
    foot = page.locator(".paper-foot").bounding_box()

    assert picture["width"] / picture["height"] == pytest.approx(on_screen["width"] / on_screen["height"], abs=0.02)
    assert picture["x"] >= 0
    assert picture["x"] + picture["width"] <= size["width"]
    assert max(picture["y"] + picture["height"], foot["y"] + foot["height"]) <= size["height"]
    assert picture["width"] * picture["height"] > 0.3 * size["width"] * size["height"]
    assert page.locator(".paper-url").inner_text() == address
    assert page.locator(".paper-qr").bounding_box()["width"] == pytest.approx(26 * CSS_PX_PER_MM, abs=1)


def test_paper_says_that_a_sample_is_one_and_keeps_the_hatch_of_unknown(paper):
    page = paper("coverage", "#print-map", 15)
    show_paper(page, "Letter")

    assert page.locator(".banner").is_visible()
    assert "Illustrative sample" in page.locator(".banner").inner_text()
    assert page.locator("#paper .scale use[href='#hatched']").count() == 1
    assert page.locator("svg.defs").evaluate(IS_SHOWN)  # a pattern that is not displayed fills nothing


def test_feet_come_before_meters(paper):
    page = paper("maintenance", "#print-map")
    show_paper(page, "Letter")

    assert re.search(r"[\d,]+ ft\n[\d,]+ m", page.locator("#paper").inner_text())


def test_the_towns_of_a_near_map_are_named(paper, tree):
    page = paper("maintenance", "#print-map")
    show_paper(page, "Letter")

    assert tree["properties"]["town"] in page.locator(".paper-head").inner_text()


def test_a_day_sheet_has_a_row_to_tick_for_each_tree(paper):
    page = paper("maintenance", "#print-sheet", filters="&need=remove&need=prune")
    pdf = page.pdf(format="Letter")
    show_paper(page, "Letter")

    rows = page.locator("#paper tbody tr")
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    assert cells
    assert {row[3].split("\n")[0].strip() for row in cells} <= {"Needs removal", "Needs pruning"}
    assert [row[1] for row in cells] == [str(number) for number in range(1, len(cells) + 1)]
    told = page.locator("#paper").inner_text()
    assert "In walking order" in told
    assert "Worked on" in told
    assert "Needs removal, Needs pruning" in told
    assert pdf_pages(pdf) >= 1


def test_each_row_has_the_address_the_reason_the_wires_the_clearance_and_the_owner(paper):
    page = paper("maintenance", "#print-sheet", filters="&need=remove")
    show_paper(page, "Letter")

    for row in page.locator("#paper tbody tr").all():
        _, _, tree, work, address, facts, _ = row.locator("td").all_inner_texts()
        assert re.search(r"\b(Tree|Site) \S+", tree)
        assert len(work.strip().split("\n")) >= 2, work  # the need, then why
        assert re.match(r"\d", address), address  # a house number
        for fact in ("overhead wires", "clearance", "tree owner"):
            assert fact in facts.lower(), facts


def test_a_day_sheet_is_one_table_whose_head_is_repeated_and_whose_rows_are_whole(paper):
    page = paper("maintenance", "#print-sheet", zoom=17)
    assert pdf_pages(page.pdf(format="A4")) > 2
    show_paper(page, "A4")

    assert page.locator("#paper table").count() == 1
    assert page.locator("#paper thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"
    breaks = page.locator("#paper tbody tr").evaluate_all(
        "rows => [...new Set(rows.map(row => getComputedStyle(row).breakInside))]"
    )
    assert breaks == ["avoid"]
    assert page.evaluate(PAGE_NUMBERS) == ['counter(page) " / " counter(pages)']


PAGE_NUMBERS = """() => [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).flatMap(rule => [...(rule.media?.mediaText === 'print' ? rule.cssRules : [])])
  .filter(rule => rule.type === CSSRule.PAGE_RULE).flatMap(rule => rule.cssText.match(/counter\\(page\\)[^;]*/) ?? [])"""


def test_a_far_map_gives_no_empty_day_sheet_but_says_to_zoom_in(open_print):
    page = open_print("maintenance", "#print-sheet", zoom=13)

    page.locator("#notice", has_text="Zoom in until the map shows single marks").wait_for()
    assert page.locator("html[data-printing]").count() == 0
