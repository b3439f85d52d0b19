"""`lotleaf inspect` shows what each column would be taken for; a profile keeps it; `load` asks only at a terminal."""

import json

import pytest
from click.testing import CliRunner

from webmap.cli import load_commands
from webmap.cli.inspect_command import inspect
from webmap.cli.load_commands import load
from webmap.cli.loading import ask_columns

TREES = "TreeNo,BOTANICALN,DIAM,Cond,LAT,LONG,Misc\n" + "".join(
    f"T{row},{'Acer rubrum' if row % 2 else 'Quercus alba'},{8 + row},{'Good' if row % 3 else 'Poor'},38.69{row:02},-90.30{row:02},zz{row}\n"
    for row in range(12)
)


@pytest.fixture
def trees(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text(TREES)
    return path


def run(command, *words):
    result = CliRunner().invoke(command, [*map(str, words)], catch_exceptions=False, env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    return result.output


def test_inspect_tells_the_layer_each_column_and_what_is_not_used(trees, tmp_path):
    told = run(inspect, trees, "-w", tmp_path / "none.gpkg")

    assert "layer: trees" in told
    for column, field in [("BOTANICALN", "species"), ("DIAM", "dbh_in"), ("Cond", "condition"), ("LAT", "lat")]:
        assert any(line.split()[:2] == [column, field] for line in told.splitlines()), told
    assert "Misc: no field of the layer fits (zz0, zz1, zz2)" in told
    assert not (tmp_path / "none.gpkg").exists()


def test_a_saved_profile_maps_the_next_file_and_names_what_it_lacks(trees, tmp_path):
    profile = tmp_path / "bel-nor.toml"
    run(inspect, trees, "-w", tmp_path / "none.gpkg", "--save-profile", profile, "--map", "notes=Misc")
    (tmp_path / "next.csv").write_text(TREES.replace(",Misc", ",Remarks"))
    report = tmp_path / "report.json"

    told = run(load, "trees", tmp_path / "next.csv", "--profile", profile, "-w", tmp_path / "w.gpkg", "--dry-run", "--report", report)  # fmt: skip

    assert "the profile names columns that the file does not have: Misc" in told
    mapping = json.loads(report.read_text())["mapping"]
    assert mapping == {
        "id": "TreeNo",
        "lon": "LONG",
        "lat": "LAT",
        "species": "BOTANICALN",
        "dbh_in": "DIAM",
        "condition": "Cond",
    }


def test_a_guid_that_goes_before_a_counter_says_why(tmp_path):
    path, report = tmp_path / "guids.csv", tmp_path / "report.json"
    path.write_text("OBJECTID,GlobalID,SPECIES,lat,lon\n" + "".join(f"{row},0A1B2C3D-1111-4A4A-9B9B-0000000000{row:02},Acer rubrum,38.69{row:02},-90.30{row:02}\n" for row in range(12)))  # fmt: skip

    run(load, "trees", path, "-w", tmp_path / "w.gpkg", "--dry-run", "--report", report)

    told = {entry["column"]: entry for entry in json.loads(report.read_text())["columns"]}
    assert told["GlobalID"]["fields"] == ["id"]
    assert told["OBJECTID"]["fields"] == []
    assert all(entry["reason"].strip() not in {"", "profile"} for entry in told.values())
    assert "--map" not in told["OBJECTID"]["reason"]
    inspected = run(inspect, path, "--layer", "trees", "-w", tmp_path / "none.gpkg")
    assert any(line.split()[:2] == ["GlobalID", "id"] for line in inspected.splitlines()), inspected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("layer = ", "is not TOML"),
        ("columns = { id = 'A' }", "does not say its layer"),
        ("layer = 'trees'\nwhatever = 1", "unknown key whatever"),
        ("layer = 'trees'\ncolumns = 7", "wrong type"),
    ],
)
def test_a_profile_that_is_none_is_refused_with_the_reason(trees, tmp_path, text, reason):
    profile = tmp_path / "bad.toml"
    profile.write_text(text)

    result = CliRunner().invoke(load, ["trees", str(trees), "--profile", str(profile), "-w", str(tmp_path / "w.gpkg")])

    assert reason in str(result.exception)


def test_an_unsure_main_column_is_asked_for_at_a_terminal_and_not_otherwise(tmp_path, monkeypatch):
    path, report = tmp_path / "two.csv", tmp_path / "report.json"
    path.write_text("id,DBH,DIAMETER,lat,lon\n" + "".join(f"T{row},{8 + row},{9 + row},38.69{row:02},-90.30{row:02}\n" for row in range(12)))  # fmt: skip
    words = ["trees", str(path), "--dry-run", "--report", str(report), "-w", str(tmp_path / "w.gpkg")]

    without = CliRunner().invoke(load, words, catch_exceptions=False)
    best = json.loads(report.read_text())["mapping"]["dbh_in"]
    monkeypatch.setattr(load_commands, "is_terminal", lambda: True)
    monkeypatch.setattr(ask_columns, "is_terminal", lambda: True)
    asked = CliRunner().invoke(load, words, input="2\n", catch_exceptions=False)
    second = json.loads(report.read_text())["mapping"]["dbh_in"]
    none = CliRunner().invoke(load, words, input="0\n", catch_exceptions=False)

    assert "Which column holds dbh_in" not in without.output
    assert "Which column holds dbh_in" in asked.output
    assert {best, second} == {"DBH", "DIAMETER"}
    assert none.exit_code == 0
    assert "dbh_in" not in json.loads(report.read_text())["mapping"]
    yes = CliRunner().invoke(load, [*words, "--yes"], catch_exceptions=False)
    assert "Which column holds" not in yes.output
