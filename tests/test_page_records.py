"""Pages of records that users stumbled over: what was deleted, how old a case is, which towns count."""

import re
import shutil
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from crewed import AT as WORKED_AT
from crewed import TODAY as WORKED_ON
from crewed import make_request, some
from drawn import box, layer

from geo.edits.edit_request import apply_edit_request
from geo.incremental.edit_session import EditSession
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, PUBLIC, Actor, Load, Query
from geo.workspace import join_workspace
from webmap import create_app
from webmap.field_labels import CODE_LABELS, CODE_LABELS_BY_FIELD, FIELD_LABELS
from webmap.maps.palette import NEED_MARKS
from webmap.pages import routes
from webmap.settings import Settings

AT = datetime(2026, 11, 20, tzinfo=UTC)
TODAY = date(2026, 11, 20)
CASES = {
    "late": {"kind": "weeds", "opened_on": "2026-10-01", "due_on": "2026-11-08"},
    "later": {"kind": "porch", "opened_on": "2026-09-01", "due_on": "2026-11-19"},
    "soon": {"kind": "paint", "opened_on": "2026-10-17", "due_on": "2026-11-30"},
    "undated": {"kind": "noise", "opened_on": "2026-11-20"},
    "new": {"kind": "fence", "opened_on": "2026-01-05", "closed_on": "2026-03-03", "status": "closed"},
    "old": {"kind": "roof", "opened_on": "2025-01-05", "closed_on": "2025-03-03", "status": "closed"},
    "odd": {"kind": "gutter", "opened_on": "2024-01-05", "status": "closed"},
}
DRAWING = {
    "municipalities": {
        "vinita-park": {"name": "Vinita Park", "wkt": box(0, 0, 100, 100), "valid_from": "2016-11-09"},
        "vinita-park-until-2016": {"name": "Vinita Park", "wkt": box(0, 0, 60, 100), "valid_to": "2016-11-08"},
        "vinita-terrace": {"name": "Vinita Terrace", "wkt": box(60, 0, 40, 100), "valid_to": "2016-11-08"},
    },
    "parcels": {"a": {"wkt": box(10, 10, 20, 20), "address": "1 Elm St"}},
    "inspections": {id_: {"parcel_key": "a", "status": "open", **values} for id_, values in CASES.items()},
}


@pytest.fixture(scope="module")
def drawn_workspace(tmp_path_factory):
    path = tmp_path_factory.mktemp("cases") / "w.gpkg"
    store = open_store(path, create=True)
    loads = (Load(name, "drawn", layer(name, rows), {}) for name, rows in DRAWING.items())
    store.load(*loads, actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY)
    store.close()
    return path


@pytest.fixture
def drawn_store(drawn_workspace, tmp_path):
    store = open_store(Path(shutil.copy(drawn_workspace, tmp_path / "w.gpkg")))
    yield store
    store.close()


@pytest.fixture
def drawn_web(drawn_store, monkeypatch):
    monkeypatch.setattr(routes, "today", lambda: TODAY)
    return create_app(Settings(), drawn_store).test_client()


@pytest.fixture
def county(crewed_county, tmp_path):
    store = open_store(Path(shutil.copy(crewed_county, tmp_path / "county.gpkg")))
    yield store
    store.close()


class Cells(HTMLParser):
    """The cells of each row of a page's tables."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.in_cell = [], False
        self.feed(html)

    def handle_starttag(self, tag, _attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.in_cell:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {data}".strip()


def words(answer):
    """Give the visible words of an answer on one line."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.text).split()))


# What was deleted


def remove_tree(store):
    """Report the first tree with a site as removed, as a crew does."""
    tree = next(tree for tree in store.query("trees", Query(), actor=PUBLIC) if tree.values["site_id"])
    request = make_request(tree, "trees", seen=("need",), work="remove", note="canary-note")
    response = apply_edit_request(
        store, EditSession(store), request, actor=Actor("tablet"), at=WORKED_AT, today=WORKED_ON
    ).response
    assert response["status"] == "done"
    return tree


def test_a_removed_tree_says_when_it_was_removed_and_leads_to_its_site(county):
    tree = remove_tree(county)
    client = create_app(Settings(), county).test_client()

    answer = client.get(f"/trees/{tree.id}")

    assert answer.status_code == 410
    assert answer.headers["Cache-Control"] == "no-store"
    assert "A crew reported on May 4, 2026 that this tree was removed." in words(answer)
    assert "canary" not in answer.text
    site_url = f"/sites/{tree.values['site_id']}"
    assert f'href="{site_url}"' in answer.text
    assert client.get(site_url).status_code == 200


def test_a_removed_tree_is_still_no_record_of_the_api(county):
    tree = remove_tree(county)

    assert create_app(Settings(), county).test_client().get(f"/api/v1/trees/{tree.id}").status_code == 404


def test_a_tree_deleted_by_hand_is_not_said_to_be_removed(county):
    tree = some(county, "trees")
    county.delete("trees", tree.id, actor=OPERATOR, at=WORKED_AT)

    answer = create_app(Settings(), county).test_client().get(f"/trees/{tree.id}")

    assert answer.status_code == 410
    assert "This record was deleted on May 4, 2026." in words(answer)
    assert "removed" not in words(answer)


def test_a_deleted_parcel_leads_to_the_search_and_the_map(drawn_store, drawn_web):
    drawn_store.delete("parcels", "a", actor=OPERATOR, at=AT)

    answer = drawn_web.get("/parcels/a")

    assert answer.status_code == 410
    assert "This record was deleted on Nov 20, 2026." in words(answer)
    assert 'href="/find?q=1+Elm+St"' in answer.text
    assert 'href="/map/coverage?at=19/' in answer.text.replace("%2F", "/")


def test_a_vanished_parcel_leads_to_the_one_that_has_its_number_now(drawn_store, drawn_web):
    rows = {"b-1": {"wkt": box(40, 10, 20, 20), "address": "3 Elm St", "old_id": "never"}}
    rows |= {"b-2": {"wkt": box(70, 10, 20, 20), "address": "5 Elm St", "old_id": "a"}}
    drawn_store.load(Load("parcels", "drawn", layer("parcels", rows), {}), actor=OPERATOR, at=AT)

    vanished, never = drawn_web.get("/parcels/a"), drawn_web.get("/parcels/never")

    assert vanished.status_code == 410
    assert 'href="/parcels/b-2"' in vanished.text
    assert "To its new number, b-2" in words(vanished)
    assert (never.status_code, never.headers["Location"]) == (302, "/parcels/b-1")


def test_a_deleted_inspection_leads_to_its_parcel(drawn_store, drawn_web):
    drawn_store.delete("inspections", "late", actor=OPERATOR, at=AT)

    answer = drawn_web.get("/inspections/late")

    assert answer.status_code == 410
    assert 'href="/parcels/a"' in answer.text


def test_a_record_that_its_new_file_lacks_says_so(drawn_store, drawn_web):
    rows = {id_: row for id_, row in DRAWING["inspections"].items() if id_ != "old"}
    load = Load("inspections", "drawn", layer("inspections", rows), {})
    drawn_store.load(load, actor=OPERATOR, at=AT)

    answer = drawn_web.get("/inspections/old")

    assert answer.status_code == 410
    assert "The file of drawn that was loaded on Nov 20, 2026 no longer has this record." in words(answer)


def test_a_record_that_never_was_is_not_found(drawn_web):
    answer = drawn_web.get("/inspections/never")

    assert answer.status_code == 404
    assert '<p class="lead" lang="en">' in answer.text


# How old a case is


def test_inspections_come_overdue_first_then_by_due_date_then_the_closed_newest_first(drawn_web):
    rows = [row for row in Cells(drawn_web.get("/parcels/a").text).rows if len(row) == 6][1:]

    assert [row[0] for row in rows] == ["Weeds", "Porch", "Paint", "Noise", "Fence", "Roof", "Gutter"]
    assert [row[1] for row in rows] == [
        "Overdue by 12 days",
        "Overdue by 1 day",
        "Open 34 days",
        "Opened today",
        "Closed Mar 3, 2026",
        "Closed Mar 3, 2025",
        "Closed",
    ]
    assert [row[4] for row in rows] == [*["Not closed yet"] * 4, "Mar 3, 2026", "Mar 3, 2025", "unknown"]


def test_an_open_case_is_not_closed_yet(drawn_web):
    shown = words(drawn_web.get("/inspections/soon"))

    assert "Open 34 days" in shown
    assert "Opened Oct 17, 2026, due Nov 30, 2026. Not closed yet." in shown
    assert "Closed Not closed yet" in shown
    not_recorded = shown.partition("Not recorded ")[2].partition(" Data as of")[0]
    assert "inspected" in not_recorded
    assert "closed" not in not_recorded


def test_a_closed_case_without_a_day_says_that_the_day_is_not_recorded(drawn_web):
    shown = words(drawn_web.get("/inspections/odd"))

    assert "Not closed yet" not in shown
    assert "closed" in shown.partition("Not recorded ")[2]


# Which towns count


def test_the_start_page_says_which_towns_it_does_not_count(drawn_web):
    answer = drawn_web.get("/")

    names = "Vinita Park until Nov 8, 2016 Vinita Terrace until Nov 8, 2016"
    assert f"2 former towns or boundaries are not counted: {names}" in words(answer)
    exports_text = f"2 of the rows are former towns or boundaries, which the start page does not count: {names}"
    assert exports_text in words(drawn_web.get("/exports"))
    assert [row[0] for row in Cells(answer.text).rows if len(row) == 7][1:] == ["Vinita Park"]
    for url in ("/towns/vinita-park-until-2016", "/towns/vinita-terrace"):
        assert f'href="{url}"' in answer.text
        page = drawn_web.get(url)
        assert "This town or boundary ended on Nov 8, 2016. Figures are computed only for towns in force." in words(
            page
        )
        assert 'class="figures"' not in page.text
    assert "ended" not in words(drawn_web.get("/towns/vinita-park"))


def test_a_table_can_be_sorted_by_what_its_cells_hold(drawn_web):
    text = drawn_web.get("/").text
    table = text.partition('class="sortable"')[2].partition("</table>")[0]

    assert 'data-value="1"' in table  # parcels
    unknown = re.findall(r'<td class="number"([^>]*)><span class="unknown">', table)
    assert unknown
    assert not any("data-value" in attributes for attributes in unknown)


# The words


def test_every_field_and_every_code_of_the_layers_has_its_words():
    fields = [field for one in LAYERS.values() for field in one.public_fields]

    assert {field.name for field in fields} - set(FIELD_LABELS) == set()
    nameless = {
        (field.name, code)
        for field in fields
        for code in field.codes
        if code not in CODE_LABELS_BY_FIELD.get(field.name, {}) and code not in CODE_LABELS
    }
    assert nameless == set()


def test_the_words_of_needs_are_those_of_their_marks():
    assert CODE_LABELS_BY_FIELD["need"] == {mark.code: mark.label for mark in NEED_MARKS}
