"""The search box: an address first, but also the number of a tree, a site or a case, and a town's name."""

import html
import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from conftest import AT

from geo.ingest.ingest_request import IngestRequest
from geo.store import open_store
from geo.store.records import OPERATOR
from geo.workspace import load_source, read_files
from webmap import create_app
from webmap.settings import Settings

FILES = {
    ("trees", "north"): "id,address\nT-7,1 Elm St\nT-8,2 Elm St\nT-9,3 Elm St\n",
    ("trees", "south"): "id,address\nT-8,1 Fir St\n",
    (
        "inspections",
        "cases",
    ): "id,case_id,address,status\nI-1,C-20,1 Elm St,open\nI-2,C-20,1 Elm St,closed\nI-3,C-21,1 Elm St,open\nT-9,C-22,1 Elm St,open\n",
}


@pytest.fixture(scope="module")
def ask(bel_nor, tmp_path_factory):
    """Ask the search of Bel-Nor, in which two inventories and a list of cases stand; gives the answer."""
    folder = tmp_path_factory.mktemp("search")
    workspace = Path(shutil.copy(bel_nor, folder / "w.gpkg"))
    with closing(open_store(workspace)) as store:
        for (layer, source), text in FILES.items():
            (folder / "rows.csv").write_text(text)
            reading = read_files(store, IngestRequest(layer, (folder / "rows.csv",)))
            load_source(store, layer, reading, source=source, actor=OPERATOR, at=AT)
        client = create_app(Settings(workspace=workspace), store).test_client()

        def ask_search(query, **more):
            return client.get("/find", query_string={"q": query, **more})

        ask_search.get = client.get
        yield ask_search


def rows(answer):
    return re.findall(r'class="row" href="([^"]+)"', answer.text)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("T-7", "/trees/T-7"),
        ("t-7", "/trees/T-7"),
        ("sites-1", "/sites/sites-1"),
        ("I-3", "/inspections/I-3"),
        ("C-21", "/inspections/I-3"),
        ("bel nor", "/towns/bel-nor"),
        ("Bel-Nor", "/towns/bel-nor"),
        ("0p2", "/parcels/0p2"),
    ],
)
def test_a_number_or_a_towns_name_opens_its_page_at_once(ask, query, page):
    answer = ask(query)

    assert (answer.status_code, answer.headers.get("Location")) == (302, page)


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("C-20", ["/inspections/I-1", "/inspections/I-2"]),
        ("T-8", ["/trees/T-8", "/trees/T-8~south"]),
        ("T-9", ["/trees/T-9", "/inspections/T-9"]),
    ],
)
def test_a_number_of_several_records_lists_them_all(ask, query, pages):
    answer = ask(query)

    assert (answer.status_code, rows(answer)) == (200, pages)
    assert "Several matches" in answer.text


def test_with_all_the_page_stays_open_and_says_what_it_found(ask):
    answer = ask("T-7", all="1")

    assert (answer.status_code, rows(answer)) == (200, ["/trees/T-7"])
    assert "Exact match" in answer.text
    assert "Tree T-7" in answer.text


@pytest.mark.parametrize("query", ["T-70", "C-2", "Atlantis", "trees"])
def test_half_a_number_or_no_towns_name_opens_nothing(ask, query):
    answer = ask(query)

    assert (answer.status_code, rows(answer)) == (200, [])


def examples(answer):
    """List the examples of the page: the kind of each, and its query."""
    pairs = re.findall(r"<dt>([^<]+)</dt><dd><a href=\"[^\"]+\" translate=\"no\">([^<]+)</a>", answer.text)
    return {html.unescape(kind): html.unescape(query) for kind, query in pairs}


@pytest.mark.parametrize("query", ["", "Atlantis"])
def test_a_page_without_results_shows_what_can_be_typed(ask, query):
    shown = examples(ask(query))

    assert "Half an address is enough." in ask(query).text
    assert {"Address", "Part of an address", "Block", "Parcel number", "Tree number", "Case number", "Town"} <= set(
        shown
    )
    assert shown["Address"].startswith(shown["Part of an address"].title())


def test_each_example_finds_something(ask):
    for kind, query in examples(ask("")).items():
        answer = ask(query)
        assert answer.status_code == 302 or rows(answer), kind


def test_mail_that_names_another_place_is_told_in_one_sentence_in_the_search_and_on_the_page(ask):
    sentence = "Mail says parcels postal_city; the lot is in Bel-Nor."

    assert sentence in ask("1 Oak Ave", all="1").text
    assert sentence in ask.get("/parcels/0p1").text
