"""The same inventory under two names: told when it is loaded, with how to count it once."""

import json
from contextlib import closing

import pytest
from conftest import AT

from geo.ingest.ingest_request import IngestRequest
from geo.ingest.source_overlap import SourceOverlap, find_source_overlaps
from geo.schema import layer_named
from geo.store import open_store
from geo.store.records import OPERATOR
from geo.workspace import load_source, read_files

ROWS = [(str(n), -90.31 - n / 1000, 38.705) for n in range(4)]


def table(rows):
    return "id,lon,lat,species\n" + "".join(f"{i},{x},{y},Quercus alba\n" for i, x, y in rows)


@pytest.fixture
def load(tmp_path):
    """Load rows as a layer's source, and give the sources that told of them before."""
    with closing(open_store(tmp_path / "w.gpkg", create=True)) as store:

        def run(text, source, layer="trees"):
            (tmp_path / "rows.csv").write_text(text)
            reading = read_files(store, IngestRequest(layer, (tmp_path / "rows.csv",)))
            found = find_source_overlaps(store, layer_named(layer), reading, source)
            load_source(store, layer, reading, source=source, actor=OPERATOR, at=AT)
            return found

        yield run


def test_the_same_file_under_another_name_is_a_double(load):
    assert load(table(ROWS), "old") == []

    assert load(table(ROWS), "new") == [SourceOverlap("old", rows=4, of=4, same_file=True)]


def test_most_rows_in_place_and_id_are_enough_whatever_else_the_file_says(load):
    load(table(ROWS), "old")
    shared = table(ROWS[:3]).replace("Quercus alba", "Acer rubrum")

    found = load(shared + "9,-90.4,38.7,Acer rubrum\n", "new")

    assert found == [SourceOverlap("old", rows=3, of=4, same_file=False)]


@pytest.mark.parametrize(
    "rows",
    [
        [ROWS[0], ("8", -90.4, 38.7), ("9", -90.41, 38.7)],  # a few shared trees
        [(i, x + 0.001, y) for i, x, y in ROWS],  # another town's trees, numbered alike
        [(f"B{i}", x, y) for i, x, y in ROWS],  # another survey of the same places
    ],
)
def test_an_inventory_of_other_trees_is_no_double(load, rows):
    load(table(ROWS), "old")

    assert load(table(rows), "new") == []


def test_the_next_file_of_a_source_is_no_double_of_the_one_before(load):
    load(table(ROWS), "old")

    assert load(table(ROWS), "old") == []


def test_the_sites_that_trees_brought_are_no_double_of_a_file_of_sites(load):
    load(table(ROWS), "old")

    sites = "id,lon,lat,status\n" + "".join(f"{i},{x},{y},planted\n" for i, x, y in ROWS)

    assert load(sites, "new", "sites") == []


def test_rows_without_a_place_are_doubles_where_the_file_says_the_same_of_them(load):
    load("id,address\n1,1 Oak St\n2,2 Oak St\n", "oak")

    assert load("id,address\n1,1 Elm St\n2,2 Elm St\n", "elm") == []
    found = load("id,address\n1,1 Oak St\n2,2 Oak St\n3,3 Oak St\n", "again")
    assert [(one.source, one.rows) for one in found] == [("oak", 2)]


def test_police_and_court_districts_of_one_outline_are_no_doubles(load):
    head, outline = "id,kind,name,wkt\n", "POLYGON ((-90.4 38.7, -90.3 38.7, -90.3 38.8, -90.4 38.7))"  # fmt: skip
    load(f'{head}1,police,North,"{outline}"\n', "police", "districts")

    assert load(f'{head}1,court,Hub one,"{outline}"\n', "courts", "districts") == []


def test_a_load_warns_with_both_remedies_and_a_dry_run_before_anything_is_doubled(lotleaf, tmp_path):
    for name in ("old.csv", "new.csv"):
        (tmp_path / name).write_text(table(ROWS))
    workspace, report = tmp_path / "w.gpkg", tmp_path / "r.json"
    lotleaf("load", "trees", tmp_path / "old.csv", "-w", workspace, "--no-join")
    words = ("load", "trees", tmp_path / "new.csv", "-w", workspace, "--report", report)

    dry = lotleaf(*words, "--dry-run").stderr
    told = json.loads(report.read_text())["doubles"]
    done = lotleaf(*words, "--no-join").stderr

    assert told == [{"source": "old", "rows": 4, "of": 4, "same_file": True}]
    for said in (dry, done):
        assert "warning: source old already has these rows (the file is the same), so each counts twice" in said  # fmt: skip
    assert "to count each once: load with --source old, which replaces its rows" in dry
    assert "lotleaf unload trees --source new, then load with --source old" in done
    assert "or: lotleaf unload trees --source old" in done
