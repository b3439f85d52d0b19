"""The catalog of words: one list for Python, templates and scripts, and a second language that is a file."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest
from babel.messages import pofile
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.language.catalog import FIXED_PART, LOCALES_DIR, load_language, pseudo_text, read_catalog
from geo.language.translate import gettext, ngettext, use_language
from tools import words
from webmap import create_app
from webmap.http.display_language import add_translations
from webmap.measures import format_area, format_distance, use_units
from webmap.settings import Settings

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
SPANISH = (
    HEADER
    + """"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: webmap/templates/base.html
msgid "Exports"
msgstr "Descargas"

#: webmap/frontend/src/map/card-parts.js webmap/pages/town_page.py
#, python-format
msgid "%(count)s tree"
msgid_plural "%(count)s trees"
msgstr[0] "%(count)s árbol"
msgstr[1] "%(count)s árboles"
"""
)


@pytest.fixture(autouse=True)
def _english_and_feet_afterwards():
    yield
    use_language(load_language("en"))
    use_units("feet")


@pytest.fixture
def spanish(tmp_path):
    path = tmp_path / "es.po"
    path.write_text(SPANISH, "utf-8")
    return path


def test_the_list_of_texts_is_up_to_date():
    assert (LOCALES_DIR / "messages.pot").read_text("utf-8") == words.template_text(), "run `make words`"


def test_the_list_has_texts_of_python_templates_scripts_and_tables():
    sources = {path for message in words.build_template() for path, _ in message.locations}
    assert {Path(path).suffix for path in sources} >= {".py", ".html", ".js", ".toml"}


def test_the_command_says_when_the_list_is_out_of_date(tmp_path, monkeypatch):
    stale = tmp_path / "messages.pot"
    stale.write_text("", "utf-8")
    monkeypatch.setattr(words, "TEMPLATE_PATH", stale)
    monkeypatch.setattr(sys, "argv", ["words", "--check"])
    with pytest.raises(SystemExit, match="run `make words`"):
        words.main()


def test_no_text_is_looked_up_before_the_language_is_known():
    """A text that is looked up while a module loads would stay English."""
    code = (
        "import geo.language.translate as translate\n"
        "def fail(*_args, **_values): raise AssertionError('a text was looked up at import')\n"
        "translate.gettext = translate.ngettext = fail\n"
        "import webmap.app, webmap.cli.main, webmap.maps.file_map\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_second_language_is_a_file(spanish):
    use_language(load_language(str(spanish)))
    assert gettext("Exports") == "Descargas"
    assert [ngettext("%(count)s tree", "%(count)s trees", number) for number in (1, 12345)] == [
        "1 árbol",
        "12.345 árboles",
    ]
    assert gettext("Town") == "Town", "what a catalog lacks stays English"


def test_scripts_get_their_texts_and_no_others(spanish):
    catalog = load_language(str(spanish)).frontend_catalog
    assert catalog["messages"] == {"%(count)s tree": ["%(count)s árbol", "%(count)s árboles"]}
    assert len(catalog["forms"]) == 200
    assert catalog["forms"].startswith("101")


def test_a_page_is_served_in_the_language_of_the_settings(spanish, store):
    client = create_app(Settings(language=str(spanish)), store).test_client()
    page = client.get("/").get_data(as_text=True)
    assert '<html lang="es" data-units="feet">' in page
    assert ">Descargas</a>" in page
    catalog = re.search(r'<script type="application/json" id="catalog">(.*?)</script>', page)
    assert json.loads(catalog[1])["messages"]["%(count)s tree"][1] == "%(count)s árboles"


def test_two_servers_in_one_process_keep_their_languages(spanish, store):
    spanish_client = create_app(Settings(language=str(spanish)), store).test_client()
    english_client = create_app(Settings(), store).test_client()
    assert "Descargas" in spanish_client.get("/exports").get_data(as_text=True)
    assert "Descargas" not in english_client.get("/exports").get_data(as_text=True)
    assert "Descargas" in spanish_client.get("/exports").get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("es.po", HEADER + '\n#, python-format\nmsgid "Parcel %(id)s"\nmsgstr "Parcela %(numero)s"\n', "es.po, line"),
        ("es.po", HEADER + '\nmsgid "Town\n', "es.po is no PO file"),
        ("klingonesque.po", HEADER, "no language tag"),
        ("es.po", b"\xff\xfe\x00msgid", "es.po is no PO file"),
    ],
)
def test_a_faulty_catalog_is_refused_by_name(tmp_path, name, text, expected):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput, match=expected):
        load_language(str(path))


@pytest.mark.parametrize("tag", ["xx", "../messages", "es.po", "/etc/passwd", ""])
def test_an_unknown_language_is_refused_with_those_that_are_known(tag):
    with pytest.raises(BadInput, match="known are en"):
        load_language(tag)


@given(st.lists(st.sampled_from(["%(name)s", "%%", "<b>", "</b>", "&amp;", "Tree ", "önü ", "5 "])).map("".join))
def test_the_pseudo_language_keeps_what_is_not_words(text):
    assert FIXED_PART.findall(pseudo_text(text)) == FIXED_PART.findall(text)


def test_the_pseudo_language_has_every_text():
    pseudo = load_language("en-XA").translations
    for message in read_catalog(LOCALES_DIR / "messages.pot"):
        if isinstance(message.id, str) and message.id:
            assert pseudo.gettext(message.id).startswith("⟦"), message.id


def test_values_enter_a_template_as_text():
    environment = jinja2.Environment(autoescape=True)
    add_translations(environment)
    template = environment.from_string(
        """{% trans id=id %}<b>Parcel</b> {{ id }}{% endtrans %} {{ _("Parcel %(id)s", id=id) }}"""
    )
    assert template.render(id="<i>%(x)s") == "<b>Parcel</b> &lt;i&gt;%(x)s Parcel &lt;i&gt;%(x)s"


def test_meters_come_first_where_a_town_says_so(store):
    client = create_app(Settings(units="meters"), store).test_client()
    assert 'data-units="meters"' in client.get("/").get_data(as_text=True)
    use_units("meters")
    assert (format_area(1000.0), format_distance(30.0)) == ("1,000 m² (10,764 sq ft)", "30 m (98 ft)")
    with pytest.raises(BadInput, match="feet or meters"):
        create_app(Settings(units="yards"), store)


def test_the_list_is_a_valid_pot_file():
    with (LOCALES_DIR / "messages.pot").open("rb") as file:
        assert len(pofile.read_po(file, abort_invalid=True)) > 100
