"""Police bodies and court hubs in the search box, and their page."""

import pytest

pytestmark = pytest.mark.browser
COOPERATIVE = "/districts/police/north-county-police-cooperative"


@pytest.mark.parametrize("address", ["/about", "/map/coverage"])
def test_the_box_suggests_a_police_body_by_its_initials_and_opens_its_page(visit, address):
    page = visit().open(address)

    page.locator("#q").press_sequentially("ncpc")
    row = page.locator("#q-answers [role=option]", has_text="North County Police Cooperative")
    row.wait_for()
    assert "Police" in row.inner_text()
    row.click()
    page.wait_for_url(f"**{COOPERATIVE}")

    assert page.locator("h1").inner_text() == "North County Police Cooperative"
    page.get_by_role("link", name="Wellston").click()
    page.wait_for_url("**/towns/wellston")
    assert page.locator(f"a[href='{COOPERATIVE}']").count() == 1


@pytest.mark.parametrize(("screen", "theme"), [("phone", "light"), ("desktop", "dark")])
def test_the_page_of_a_district_is_clean_and_accessible(visit, screen, theme):
    one = visit(screen, theme)

    for address in (COOPERATIVE, "/districts/ward/bel-nor-ward-1"):
        one.open(address)
        assert one.faults() == [], address
