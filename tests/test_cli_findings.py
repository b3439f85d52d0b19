"""What people who met lotleaf for the first time stumbled over, and what it says to them now."""

import json
import os
import re
import shlex
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import click
import openpyxl
import pytest

from geo.ingest.mapping.profile import profiles_by_name
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR
from webmap.cli.main import COMMAND_MODULES
from webmap.cli.main import lotleaf as lotleaf_group

ROOT = Path(__file__).parents[1]
TREE_PROFILES = ", ".join(name for name, profile in profiles_by_name().items() if profile.layer == "trees")


@pytest.mark.parametrize("name", ["trees.shp", "trees.KML", "bel-nor.gpkg"])
def test_an_export_under_another_formats_name_is_refused_and_names_ogr2ogr(lotleaf, small_town, name):
    file = small_town.with_name(name)
    before = file.read_bytes() if file.exists() else None

    done = lotleaf("export", "trees", "-o", file, "-w", small_town, code=2)

    plain = file.with_suffix(".geojson")
    assert f"ogr2ogr {file} {plain}" in done.stderr
    assert not plain.exists()
    assert (file.read_bytes() if file.exists() else None) == before


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("need", "write it as FIELD=VALUE"),
        ("need=", "write it as FIELD=VALUE"),
        ("=prune", "write it as FIELD=VALUE"),
        ("foo=1", "there is no field foo; the fields to filter by are"),
        ("dbh_in=12", "dbh_in cannot be filtered; the fields to filter by are"),
        ("limit=1", "there is no field limit; the fields to filter by are"),
    ],
)
def test_half_a_filter_or_a_misspelt_one_never_widens_an_export(lotleaf, small_town, where, told):
    done = lotleaf("export", "trees", "-o", "-", "--where", where, "-w", small_town, code=2)

    assert done.stdout == ""
    assert f"--where {where}: " in done.stderr
    assert told in done.stderr
    assert ("condition" in done.stderr) == ("fields" in told)


def test_the_readmes_workbook_has_a_named_sheet_and_every_trees_place(small_town):
    readme = (ROOT / "README.md").read_text("utf-8")
    (command,) = re.findall(r"^lotleaf export .* work\.xlsx .*$", readme, re.MULTILINE)
    settings = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LOTLEAF_WORKSPACE": small_town}

    subprocess.run(
        ["sh", "-c", command.replace("remove,prune", "remove")], cwd=small_town.parent, env=settings, check=True
    )

    book = openpyxl.load_workbook(small_town.with_name("work.xlsx"))
    head, *rows = book["trees"].iter_rows(values_only=True)
    assert book.sheetnames == ["trees", "Fields", "About"]
    assert len(rows) == 3
    assert head[0] == "id"
    assert [rows[0][head.index(name)] for name in ("lon", "lat")] == [-90.3186, 38.7009]


def test_ogr_calls_a_layer_from_a_pipe_by_its_name(lotleaf, small_town):
    trees = lotleaf("export", "trees", "-o", "-", "-w", small_town).stdout

    told = subprocess.run(["ogrinfo", "-ro", "/vsistdin/"], input=trees, capture_output=True, text=True, check=True)

    assert "1: trees (Point)" in told.stdout


ONE_TREE = "id,lon,lat,species\n1,-90.3186,38.7009,Quercus alba\n"


def test_a_town_that_is_not_loaded_is_refused_and_the_loaded_named(lotleaf, small_town):
    trees = small_town.with_name("oaks.csv")
    trees.write_text(ONE_TREE)

    loaded = lotleaf("load", "trees", trees, "--town", "Atlantis", "-w", small_town, code=2)
    found = lotleaf("find", "1 Oak Ave", "--town", "Atlantis", "-w", small_town, code=2)

    for said in (loaded.stderr, found.stderr):
        assert "no town is named 'Atlantis'; the towns are: bel-nor" in said
    assert "load the town boundaries first" in loaded.stderr
    assert found.stdout == ""
    with closing(open_store(small_town)) as store:
        assert len(store.status()["layers"]["trees"]["sources"]) == 1


def test_a_loaded_town_may_be_written_in_any_way_and_is_kept_as_it_calls_itself(lotleaf, small_town):
    trees = small_town.with_name("oaks.csv")
    trees.write_text(ONE_TREE)

    lotleaf("load", "trees", trees, "--town", "bel nor", "-w", small_town)

    with closing(open_store(small_town)) as store:
        made = store.status()["layers"]["trees"]["sources"]
        tree = store.get("trees", "1", actor=OPERATOR)
    assert {source["name"] for source in made} == {"town", "bel-nor/oaks"}
    assert tree.values["town"] == "Bel-Nor"


def test_a_table_of_a_file_without_tables_is_refused(lotleaf, tmp_path):
    (tmp_path / "oaks.csv").write_text(ONE_TREE)
    workspace = tmp_path / "w.gpkg"

    done = lotleaf("load", "trees", tmp_path / "oaks.csv", "--table", "x", "-w", workspace, code=2)

    assert "--table x: " in done.stderr
    assert "leave --table out" in done.stderr
    assert not workspace.exists()


def test_an_edit_tells_what_it_changed(lotleaf, small_town):
    def edited(*changes):
        return lotleaf("edit", "trees", "trees-0", *changes, "-w", small_town).stderr

    first = edited("condition=dead", "dbh_in=14", "maintenance=")
    again = edited("condition=dead")

    assert "trees trees-0: condition excellent -> dead\n" in first
    assert "trees trees-0: dbh_in 0.1 -> 14.0\n" in first
    assert "trees trees-0: maintenance trees maintenance -> unknown\n" in first
    assert "trees trees-0: no change\n" in again


def test_an_edit_of_no_field_tells_those_there_are(lotleaf, small_town):
    done = lotleaf("edit", "trees", "trees-0", "foo=1", "-w", small_town, code=2)

    assert "there is no field foo" in done.stderr
    assert ", ".join(field.name for field in LAYERS["trees"].fields if field.editable) in done.stderr


def test_a_folder_that_there_is_not_is_told_before_anything_is_read(lotleaf, small_town, tmp_path):
    nowhere = tmp_path / "nowhere" / "x.gpkg"

    for words in (
        ("load", "trees", "any.csv", "-w", nowhere),
        ("backup", nowhere, "-w", small_town),
        ("restore", small_town, "-w", nowhere),
    ):
        said = lotleaf(*words, code=2).stderr
        assert f"{nowhere}: its folder does not exist; create it first" in said


def test_what_is_no_backup_is_told_in_words_for_a_backup(lotleaf, small_town, tmp_path):
    (tmp_path / "notes.txt").write_text("remember the oaks")

    said = lotleaf("restore", tmp_path / "notes.txt", "-w", small_town, code=2).stderr

    assert "not an SQLite file; nothing was restored; name a file that" in said
    assert "-w" not in said
    assert "lotleaf restore" not in said


def test_a_text_that_is_no_table_is_refused_and_the_formats_named(lotleaf, tmp_path):
    done = lotleaf("load", "trees", ROOT / "README.md", "-w", tmp_path / "w.gpkg", code=2)

    assert "README.md: not a format that lotleaf reads; it reads GeoJSON" in done.stderr
    assert "--map" not in done.stderr


def test_status_tells_names_whole_in_80_columns(lotleaf, small_town, monkeypatch):
    long = "the-inventory-of-1998-as-typed-in-by-the-clerk"
    small_town.with_name("municipalities.csv").write_text(
        'id,wkt,name\nx,"POLYGON ((-90.4 38.7, -90.3 38.7, -90.3 38.8, -90.4 38.7))",Ladue\n'
    )
    small_town.with_name(f"{long}.csv").write_text(ONE_TREE)
    lotleaf(
        "load", "municipalities", small_town.with_name("municipalities.csv"),
        "--source", "municipalities", "-w", small_town, "--no-join",
    )  # fmt: skip
    lotleaf("load", "trees", small_town.with_name(f"{long}.csv"), "-w", small_town, "--no-join")
    monkeypatch.setenv("COLUMNS", "80")

    lines = lotleaf("status", "-w", small_town).stdout.splitlines()

    (town,) = [line.split() for line in lines if "municipalities.csv" in line]
    assert town[:3] == ["municipalities", "1", "municipalities"]
    assert not [line for line in lines if "…" in line or len(line) > 80]
    at = next(i for i, line in enumerate(lines) if "the-inven" in line)
    ends = [line[lines[0].index("file") :].strip() for line in lines[at:]]
    assert "".join(ends).startswith(f"{long}.csv")


def test_a_load_counts_the_sites_that_its_trees_bring_along(lotleaf, tmp_path):
    (tmp_path / "oaks.csv").write_text(ONE_TREE + "2,-90.3187,38.7009,Stump\n")

    said = lotleaf("load", "trees", tmp_path / "oaks.csv", "-w", tmp_path / "w.gpkg").stderr

    assert "  trees: 1 new, 0 changed, 0 unchanged, 0 deleted\n" in said
    assert "  sites: 2 new, 0 changed, 0 unchanged, 0 deleted\n" in said


def test_a_raster_is_told_by_its_cells_and_never_as_no_rows(lotleaf, tmp_path):
    raster, workspace = ROOT / "data" / "canopy-raster" / "canopy.tif", tmp_path / "w.gpkg"

    said = lotleaf("load", "canopy", raster, "--year", "2024", "-w", workspace, "--no-join").stderr
    told = lotleaf("status", "-w", workspace).stdout
    layer = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)["layers"]["canopy"]

    assert "canopy from canopy: cells\n" in said
    assert "0 new" not in said
    assert "cells (1,404 by 1,206) of 1 by 1 meters, 2024" in " ".join(told.split())
    (source,) = layer["sources"]
    assert (layer["rows"], source["rows"], source["raster"]["width"]) == (0, 0, 1404)


@pytest.mark.parametrize(
    ("layer", "words", "told"),
    [
        ("trees", (), f"with --profile: {TREE_PROFILES}, lotleaf"),
        ("trees", ("--profile", "stl-city-trees"), f"({TREE_PROFILES}, lotleaf)"),
        ("municipalities", ("--map", "wkt==POLYGON ((-90.4 38.7, -90.3 38.7, -90.3 38.8, -90.4 38.7))"), "--profile: cambridge-boundary, tiger-places, lotleaf"),
    ],
)  # fmt: skip
def test_a_file_without_fitting_columns_is_told_which_profiles_there_are(lotleaf, tmp_path, layer, words, told):
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")

    done = lotleaf("load", layer, tmp_path / "odd.csv", *words, "-w", tmp_path / "w.gpkg", code=2)

    assert told in done.stderr


def test_find_lists_the_units_of_a_house_calmly(lotleaf, tmp_path):
    flats = "".join(f"C{n},7,Oak,St,{n},Ladue,Clayton\n" for n in (10, 2, 1))
    (tmp_path / "a.csv").write_text("parcel_id,number,street,suffix,unit,town_declared,postal_city\n" + flats)
    lotleaf("load", "addresses", tmp_path / "a.csv", "-w", tmp_path / "w.gpkg", "--no-join")

    told = lotleaf("find", "7", "oak", "st", "-w", tmp_path / "w.gpkg").stdout

    assert told.splitlines() == [
        "Several matches: 7 oak st",
        "  Mail says Clayton; the lot is in Ladue.",
        "C1  7 Oak St Unit 1  Ladue",
        "C2  7 Oak St Unit 2  Ladue",
        "C10  7 Oak St Unit 10  Ladue",
    ]


def test_the_help_cuts_no_sentence(lotleaf):
    told = lotleaf("--help").stdout

    assert all(f"\n  {name} " in told for name in COMMAND_MODULES)
    assert "..." not in told.partition("Commands:")[2]


@pytest.mark.parametrize("name", COMMAND_MODULES)
def test_each_command_shows_how_it_is_called_and_the_layers_it_takes(name):
    command = lotleaf_group.get_command(None, name)
    with click.Context(command, info_name=name) as context:
        told = command.get_help(context)

    examples = re.findall(r"^ +lotleaf (.*)$", told, re.MULTILINE)
    takes_layer = any(one.name == "layer" for one in command.params)
    assert examples
    for example in examples:
        of, *words = shlex.split(example.partition(" < ")[0].partition(" > ")[0])
        assert of == name
        command.make_context(name, words)  # refuses what the command does not take
    assert all((layer in told.partition("Layers:")[2]) == takes_layer for layer in LAYERS)


def test_the_help_of_load_tells_the_forms_of_its_options(lotleaf):
    told = " ".join(lotleaf("load", "--help").stdout.split())

    assert "address=NUM+STREET joins columns" in told
    assert "status==open gives every row the value open" in told
    assert "replaces LAYER and FILES" in told
