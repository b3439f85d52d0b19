"""The documents say what is so: their links lead somewhere, their commands run, their sentences are short."""

import json
import re
import shlex
import statistics
import tomllib
from pathlib import Path

import pytest
from doc_pages import DocPage, differences, open_session

from geo.schema import LAYERS
from webmap.cli.main import COMMAND_MODULES, lotleaf

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Their commands are run, each page in a folder of its own.
RUN_PAGES = [DocPage(path) for path in (README, ROOT / "docs/tutorial.md", *sorted((ROOT / "docs/howto").glob("*.md")))]
MAX_PICTURE_BYTES = 150_000


def name(path: Path) -> str:
    """Name a page as the project does."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_documents_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)\s]*)\)", page.read_text("utf-8"))

    assert not [link for link in links if not leads_somewhere(page, link)]


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link's file is there, and the heading that it names in it."""
    file, _, heading = link.partition("#")
    target = page.parent / file if file else page
    return target.exists() and (not heading or target.suffix != ".md" or heading in anchors(target.read_text("utf-8")))


def anchors(text: str) -> set[str]:
    """List the headings of a page as links name them."""
    headings = re.findall(r"^#+ (.*)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_picture_is_there_and_light_and_says_what_it_shows(page):
    for words, file in re.findall(r"!\[([^\]]*)\]\((?!https?:)([^)]+)\)", page.read_text("utf-8")):
        assert words
        assert (page.parent / file).stat().st_size <= MAX_PICTURE_BYTES


@pytest.mark.parametrize("page", RUN_PAGES, ids=lambda page: name(page.path))
def test_a_readers_commands_run_and_print_what_the_page_promises(page, loaded_sample, tmp_path, forked_lotleaf):
    with open_session(page, tmp_path, loaded_sample, forked_lotleaf) as session:
        for block in page.blocks():
            code, output = session.run(block)

            where = f"{name(page.path)}, line {block.line}"
            assert code == block.code, f"{where}: exit {code}\n{output}"
            if block.promised is not None:
                assert (found := differences(block.promised, output)) is None, f"{where}: {found}\n{output}"


def test_every_command_stands_in_the_readme():
    text = README.read_text("utf-8")

    assert not [command for command in COMMAND_MODULES if f"lotleaf {command}" not in text]


def test_every_command_of_the_readme_is_one_that_lotleaf_takes():
    text = README.read_text("utf-8").replace("\\\n", " ")
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    called = re.findall(r"^lotleaf (\w+)(.*)$", blocks, re.MULTILINE)

    assert len(called) > 10
    for command_name, rest in called:
        words = shlex.split(re.split(r" [|<>] ", rest)[0], comments=True)
        command = lotleaf.get_command(None, command_name)
        command.make_context(command_name, words)  # refuses what the command does not take


def test_the_readmes_edit_is_of_a_tree_and_a_lot_of_the_sample():
    text = README.read_text("utf-8")
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
    text = README.read_text("utf-8")
    profiles = sorted((ROOT / "geo" / "ingest" / "mapping" / "profiles").glob("*.toml"))

    assert profiles
    assert not [path.stem for path in profiles if f"`{path.stem}`" not in text]


def test_every_how_to_stands_in_its_index():
    folder = ROOT / "docs" / "howto"
    index = (folder / "README.md").read_text("utf-8")

    assert not [
        path.name for path in folder.glob("*.md") if path.name != "README.md" and f"]({path.name})" not in index
    ]


def test_the_architecture_page_names_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = {
        path.name for house in ("geo", "webmap") for path in (ROOT / house).iterdir() if not path.name.startswith("__")
    }

    assert not [room for room in rooms if room not in text]


def test_every_field_has_a_whole_sentence():
    fields = [(layer.name, field) for layer in LAYERS.values() for field in layer.fields_by_name.values()]

    assert not [(layer, f.name) for layer, f in fields if not re.fullmatch(r"[A-Z].*\.", f.description)]


def test_every_dependency_comes_with_its_reason():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    needed = tomllib.loads(text)["project"]["dependencies"]

    assert not [package for package in needed if not re.search(rf'"{re.escape(package)}",\s+# \w', text)]


def test_the_documents_are_written_in_short_sentences():
    texts = [without_code(page.read_text("utf-8")) for page in PAGES]
    lengths = sorted(length for text in texts for length in sentence_lengths(text))
    semicolons = sum(text.count(";") for text in texts)

    assert statistics.median(lengths) <= 14
    assert lengths[int(0.9 * len(lengths))] <= 26
    assert 1000 * semicolons / sum(lengths) <= 3


def without_code(text: str) -> str:
    """Leave out what is no prose: blocks and words of code, and where links lead."""
    text = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`]*`", "x", text))


def sentence_lengths(text: str) -> list[int]:
    """Count the words of each sentence of a page; headings and bits of a word or two are none.

    >>> sentence_lengths("# A town\\n\\nIt has three lots. A tree stands in front of each.\\n\\n| two | words |")
    [4, 7]
    """
    prose = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    parts = re.split(r"\n\s*\n|\n(?=\s*[-*] |\s*\d+\. |\|)", prose)
    cells = [cell for part in parts for cell in (part.split("|") if part.strip().startswith("|") else [part])]
    sentences = [sentence for cell in cells for sentence in re.split(r"(?<=[.!?:])\s+", cell.strip())]
    return [count for count in (len(re.findall(r"[\w'\u2019\-]+", sentence)) for sentence in sentences) if count > 2]
