"""The documents say what is so."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from geo.layers import LAYERS
from webmap.cli.main import COMMANDS, lotleaf

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_documents_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))

    assert not [link for link in links if not (page.parent / link).exists()]


def test_every_command_stands_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")

    assert not [name for name in COMMANDS if f"lotleaf {name}" not in text]


def test_every_command_of_the_readme_is_one_that_lotleaf_takes():
    text = (ROOT / "README.md").read_text("utf-8").replace("\\\n", " ")
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    called = re.findall(r"^lotleaf (\w+)(.*)$", blocks, re.MULTILINE)

    assert len(called) > 10
    for name, rest in called:
        words = shlex.split(re.split(r" [|<>] ", rest)[0], comments=True)
        command = lotleaf.get_command(None, name)
        command.make_context(name, words)  # refuses what the command does not take


def test_the_readmes_edit_is_of_a_tree_and_a_lot_of_the_sample():
    text = (ROOT / "README.md").read_text("utf-8")
    ((tree, lot),) = re.findall(r"lotleaf edit trees (\S+) override_parcel_id=(\w+)", text)

    for layer, id_ in (("trees", tree), ("parcels", lot)):
        sample = json.loads((ROOT / "data" / layer / f"{layer}.geojson").read_text("utf-8"))
        assert id_ in {feature["properties"]["id"] for feature in sample["features"]}


def test_the_edit_in_the_apis_page_is_of_a_tree_of_the_sample():
    (text,) = re.findall(r"-d '({.*?})'", (ROOT / "docs" / "api.md").read_text("utf-8"), re.DOTALL)
    (edit,) = json.loads(text)["edits"]
    sample = json.loads((ROOT / "data" / "trees" / "trees.geojson").read_text("utf-8"))

    (told,) = [f["properties"] for f in sample["features"] if f["properties"]["id"] == edit["id"]]
    assert told["maintenance"] == edit["was"]["maintenance"]


def test_every_profile_stands_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    profiles = sorted((ROOT / "geo" / "sources" / "profiles").glob("*.toml"))

    assert profiles
    assert not [path.stem for path in profiles if f"`{path.stem}`" not in text]


def test_the_architecture_page_names_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = {
        path.name
        for house in ("geo", "webmap")
        for path in (ROOT / house).iterdir()
        if not path.name.startswith("__")
    }

    assert not [name for name in rooms if name not in text]


def test_every_field_has_a_whole_sentence():
    fields = [(layer.name, field) for layer in LAYERS.values() for field in layer.by_name.values()]

    assert not [(name, f.name) for name, f in fields if not re.fullmatch(r"[A-Z].*\.", f.says)]


def test_every_dependency_comes_with_its_reason():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    needed = tomllib.loads(text)["project"]["dependencies"]

    assert not [name for name in needed if not re.search(rf'"{re.escape(name)}",\s+# \w', text)]
