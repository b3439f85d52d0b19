"""The reference pages are what the code says today, and they leave nothing out."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
import shapely
from click import Context
from conftest import AT

from geo.ingest.ingest_request import IngestRequest
from geo.ingest.mapping.profile import profiles_by_name
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR
from geo.workspace import join_workspace, load_source, read_files
from tools import reference, reference_facts
from tools.reference_sentences import RASTER_MEMBERS, REPORT_MEMBERS
from webmap import create_app
from webmap.cli.main import COMMAND_MODULES, lotleaf
from webmap.settings import Settings

ROOT = Path(__file__).parents[1]
FIELDS = [(layer.name, field) for layer in LAYERS.values() for field in layer.fields_by_name.values()]


@pytest.fixture(scope="module")
def built_pages():
    return reference.build_pages()


def page(name):
    return (reference.REFERENCE_DIR / name).read_text("utf-8")


def section(text, heading):
    """Give what stands under a heading, with every run of blanks as one."""
    (told,) = [part for part in re.split(r"^## ", text, flags=re.MULTILINE) if part.startswith(f"{heading}\n")]
    return " ".join(told.split())


def test_the_committed_pages_are_those_that_the_tool_writes_now(built_pages):
    committed = {path.name: path.read_text("utf-8") for path in reference.REFERENCE_DIR.iterdir()}

    assert set(committed) == set(built_pages)
    stale = [name for name, text in built_pages.items() if committed[name] != text]
    assert not stale, f"run `make reference`: {stale}"


def test_the_tool_writes_only_what_has_changed(built_pages, tmp_path):
    assert sorted(path.name for path in reference.write_pages(tmp_path)) == sorted(built_pages)
    (tmp_path / "layers.md").write_text("old")

    assert [path.name for path in reference.write_pages(tmp_path)] == ["layers.md"]


@pytest.mark.parametrize(("layer", "field"), FIELDS, ids=[f"{layer}.{field.name}" for layer, field in FIELDS])
def test_every_field_is_told_with_its_kind_its_codes_and_its_sentence(layer, field):
    text = section(page("layers.md"), layer)

    (told,) = re.findall(rf"- `{field.name}`: (.*?)(?= - `| Joined values:|$)", text)
    kind = told.split(". ")[0].split(", ")
    assert kind[0] == field.kind
    for trait in ("required", "private", "filterable", "editable"):
        assert (trait in kind) is getattr(field, trait)
    assert field.description in told
    assert all(f"`{code}`" in told for code in field.codes)
    assert field.unit is None or f"unit `{field.unit}`" in kind


@pytest.mark.parametrize("name", COMMAND_MODULES)
def test_every_command_is_told_with_its_options(name):
    command = lotleaf.get_command(Context(lotleaf), name)
    text = section(page("commands.md"), f"lotleaf {name}")

    for option in command.params:
        for spelling in option.opts if option.param_type_name == "option" else ():
            assert f"{spelling}" in text
        help_text = getattr(option, "help", None)
        assert help_text is None or " ".join(help_text.split()) in text


def test_every_setting_and_every_profile_is_told():
    settings, profiles = page("settings.md"), page("profiles.md")

    assert not [field.name for field in fields(Settings) if f"- Setting: `{field.name}`" not in settings]
    assert not [name for name in profiles_by_name() if f"### {name}\n" not in profiles]


def test_every_route_is_in_the_written_document(small_town):
    document = json.loads(page("openapi.json"))
    store = open_store(small_town)
    sent = create_app(Settings(workspace=small_town), store).test_client().get("/api/v1/openapi.json").json
    store.close()

    assert document == sent


def test_what_a_load_reports_has_its_sentence(tmp_path):
    """Load what has most to tell: trees, parcels with a table, a raster, and the same trees again."""
    (tmp_path / "oaks.csv").write_text(reference.reference_files.EXAMPLE_ROWS)
    tall = "POINT Z (-90.3 38.7 5)"
    (tmp_path / "tall.csv").write_text(f"id,name,wkt\n1,Hall,{tall}\n2,School,POINT (-90.31 38.7)\n")
    requests = [
        IngestRequest("trees", (tmp_path / "oaks.csv",), town="Pagedale"),
        IngestRequest("landmarks", (tmp_path / "tall.csv",)),
        IngestRequest("canopy", (ROOT / "data" / "canopy-raster" / "canopy.tif",)),
    ]
    reports = [read_files(None, request).report.to_json() for request in requests]

    told = {name for report in reports for name in report}
    assert {"rows", "summary", "located", "in_short", "raster", "unknowns"} <= told <= set(REPORT_MEMBERS)
    assert set(reports[2]["raster"]) == set(RASTER_MEMBERS)
    assert set(reference_facts.profile_facts()["keys"]) >= {"layer", "columns", "join"}


def test_the_files_beside_a_workspace_are_those_that_the_page_names(tmp_path):
    (tmp_path / "lots.csv").write_text(f'id,address,wkt\n1,1 Oak Ave,"{shapely.box(-90.3, 38.7, -90.29, 38.71).wkt}"\n')
    store = open_store(tmp_path / "town.gpkg", create=True)
    lots = read_files(store, IngestRequest("parcels", (tmp_path / "lots.csv",)))
    load_source(store, "parcels", lots, source="lots", actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=AT.date())
    app = create_app(Settings(workspace=tmp_path / "town.gpkg"), store)
    tiles = app.test_client().get("/api/v1/tiles").json["tilesets"]["lots"]
    app.test_client().get("/api/v1/find?q=1+oak")
    xy = app.test_client().get(f"{tiles['tiles']}/14/4082/6279")
    kept = [path.relative_to(store.cache_dir) for path in store.cache_dir.rglob("*") if path.is_file()]
    store.close()

    assert xy.status_code == 200
    patterns = [r"tiles-\w+\.arrow", r"tiles/[a-z]+-[0-9a-f]{16}/(tiles|values)-\d+-\d+-\d+\.gz", "addresses.lock",
                r"packs/.*\.pmtiles", *(f"{name}.arrow" for name in (*LAYERS, "found", "address-index"))]  # fmt: skip
    assert "parcels.arrow" in map(str, kept)
    assert not [str(path) for path in kept if not any(re.fullmatch(pattern, str(path)) for pattern in patterns)]
