"""No word of a page is outside the catalog: in the pseudo-language every text of ours is in brackets."""

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog
from pseudo_words import texts_of_data, words_left_out, words_of_html
from test_page_records import AT

from geo.language.catalog import load_language, pseudo_text
from geo.language.translate import use_language
from geo.store import open_store
from geo.store.records import OPERATOR
from tools.words import build_template
from webmap import create_app
from webmap.settings import Settings

PAGES = [
    "/", "/parcels/0p1", "/parcels/0p2", "/towns/bel-nor", "/trees/trees-0", "/sites/sites-0", "/inspections/inspections-0",
    "/exports", "/about", "/doubles", "/offline", "/nowhere",
]  # fmt: skip

MADE_UP_REASONS = {"trees need_rule", "sites need_rule"}  # the store of the tests has no real ones


@pytest.fixture(scope="module")
def pseudo_language(tmp_path_factory):
    """Make a language of all texts that are in the code now, each in brackets."""
    catalog = Catalog(locale="en_US")
    for message in build_template():
        if message.id:
            is_plural = isinstance(message.id, tuple)
            catalog.add(message.id, tuple(map(pseudo_text, message.id)) if is_plural else pseudo_text(message.id))
    path = tmp_path_factory.mktemp("words") / "en.po"
    with path.open("wb") as file:
        pofile.write_po(file, catalog)
    return str(path)


@pytest.fixture
def web(small_town, pseudo_language):
    store = open_store(small_town)
    store.delete("trees", "trees-1", actor=OPERATOR, at=AT)
    yield create_app(Settings(language=pseudo_language), store).test_client(), texts_of_data(store) | MADE_UP_REASONS
    store.close()
    use_language(load_language("en"))


@pytest.mark.parametrize("address", [*PAGES, "/trees/trees-1"])
def test_a_page_has_no_word_outside_the_catalog(web, address):
    client, data_values = web
    html = client.get(address).text

    assert "⟦" in html
    assert words_left_out(words_of_html(html), data_values) == []


def test_the_details_of_an_exception_are_marked_as_english(web):
    html = web[0].get("/trees/none").text

    assert '<p class="lead" lang="en">There is no record' in html
    assert words_left_out(words_of_html(html.replace("There is no record &#39;none&#39; in trees", "")), web[1]) == []


def test_the_manifest_describes_the_app_in_the_language_of_the_settings(web):
    assert web[0].get("/manifest.webmanifest").get_json(force=True)["description"].startswith("⟦")
