"""The command line's contract: exit codes, standard output, nothing that prompts."""

import json
import os
import resource
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from webmap.cli.main import run_command_line

TOWN = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "bel-nor", "name": "Bel-Nor"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-90.32, 38.70], [-90.31, 38.70], [-90.31, 38.71], [-90.32, 38.71], [-90.32, 38.70]]],
            },
        }
    ],
}  # fmt: skip
TREES = """id,lon,lat,common,species,dbh_in,condition,maintenance
1,-90.315,38.705,Pin Oak,Quercus palustris,12,Good,Remove\x20
2,-90.316,38.705,Stump,,,,
3,-90.317,38.705,Redbud,Cercis canadensis,9908,Fair,
3,-90.318,38.705,Redbud,Cercis canadensis,4,Fair,
4,0,0,Redbud,Cercis canadensis,4,Fair,
"""


@pytest.fixture
def town(tmp_path):
    (tmp_path / "town.geojson").write_text(json.dumps(TOWN))
    (tmp_path / "trees.csv").write_text(TREES)
    return tmp_path


@pytest.fixture(scope="module")
def planted(lotleaf, tmp_path_factory):
    """Load the trees once; nobody changes this workspace."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "trees.csv").write_text(TREES)
    lotleaf("load", "trees", folder / "trees.csv", "-w", folder / "w.gpkg")
    return folder


@pytest.fixture
def workspace(planted, town):
    """Give a workspace of the town into which its trees have been loaded, to do anything with."""
    shutil.copytree(planted, town, dirs_exist_ok=True)
    return town / "w.gpkg"


def test_load_makes_the_workspace_and_status_counts_it(lotleaf, town):
    workspace = town / "w.gpkg"
    lotleaf("load", "municipalities", town / "town.geojson", "-w", workspace)

    done = lotleaf("load", "trees", town / "trees.csv", "-w", workspace, "--report", town / "r.json")

    assert done.stdout == ""
    report = json.loads((town / "r.json").read_text())
    assert (report["read"], report["admitted"], report["refused"]) == (5, 4, 1)
    assert report["read"] == report["admitted"] + report["refused"]
    assert {row["row"] for row in report["rows"] if row["outcome"] == "refused"} == {5}
    layers = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)["layers"]
    assert (layers["trees"]["rows"], layers["sites"]["rows"]) == (3, 4)
    assert [source["name"] for source in layers["trees"]["sources"]]


def test_the_same_file_twice_changes_nothing(lotleaf, town, workspace):
    first = lotleaf("export", "trees", "-o", "-", "-w", workspace).stdout

    lotleaf("load", "trees", town / "trees.csv", "-w", workspace)

    assert json.loads(first)["features"] == json.loads(
        lotleaf("export", "trees", "-o", "-", "-w", workspace).stdout
    )["features"]  # fmt: skip


def test_a_dry_run_writes_nothing(lotleaf, town):
    lotleaf("load", "trees", town / "trees.csv", "-w", town / "w.gpkg", "--dry-run")

    assert not (town / "w.gpkg").exists()


def test_what_is_refused_leaves_no_workspace_behind(lotleaf, town):
    (town / "hollow.csv").write_text("")

    done = lotleaf("load", "trees", town / "hollow.csv", "-w", town / "new.gpkg", code=2)

    assert "hollow.csv" in done.stderr
    assert not list(town.glob("new.gpkg*"))


def test_a_load_that_the_disk_has_no_room_for_leaves_no_workspace(town):
    done = subprocess.run(
        [Path(sys.executable).with_name("lotleaf"), "load", "trees", town / "trees.csv", "-w", town / "new.gpkg"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "new.gpkg: the disk" in done.stderr
    assert [file.name for file in town.glob("*new*")] == ["new.gpkg.lock"]
    assert not list(town.glob(".lotleaf*"))


def test_a_folder_tells_of_its_files_what_they_do_not_say(lotleaf, town):
    (town / "data" / "trees").mkdir(parents=True)
    (town / "data" / "trees" / "ours.csv").write_text(TREES)
    (town / "data" / "sources.toml").write_text('["trees/ours.csv"]\nlicence = "CC0"\ndate = 2026-01-02\n')

    lotleaf("load", "--all", town / "data", "-w", town / "w.gpkg")

    layers = json.loads(lotleaf("status", "--json", "-w", town / "w.gpkg").stdout)["layers"]
    (source,) = layers["trees"]["sources"]
    assert (source["name"], source["licence"], source["date"]) == ("ours", "CC0", "2026-01-02")


def test_an_unknown_word_about_a_file_is_refused(lotleaf, town):
    (town / "data" / "trees").mkdir(parents=True)
    (town / "data" / "trees" / "ours.csv").write_text(TREES)
    (town / "data" / "sources.toml").write_text('["trees/ours.csv"]\nlicense = "CC0"\n')

    done = lotleaf("load", "--all", town / "data", "-w", town / "w.gpkg", code=2)

    assert "license" in done.stderr
    assert "licence" in done.stderr


def test_every_exported_feature_has_id_and_town(lotleaf, town):
    workspace = town / "w.gpkg"
    lotleaf("load", "municipalities", town / "town.geojson", "-w", workspace)
    lotleaf("load", "trees", town / "trees.csv", "-w", workspace)

    trees = json.loads(lotleaf("export", "trees", "-o", "-", "-w", workspace).stdout)["features"]

    assert {tree["properties"]["town"] for tree in trees} == {"Bel-Nor"}
    assert len({tree["properties"]["id"] for tree in trees}) == len(trees) == 3
    assert {tree["properties"]["need"] for tree in trees} >= {"remove"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["load"], "LAYER"),
        (["load", "hydrants", "x.csv"], "hydrants"),
        (["load", "trees", "nowhere.csv"], "nowhere.csv"),
        (["load", "trees", "trees.csv", "--map", "dbh_in"], "FIELD=COLUMN"),
        (["status"], "w.gpkg"),
        (["export", "trees", "-o", "-"], "w.gpkg"),
        (["find"], "--batch"),
        (["join", "--as-of", "yesterday"], "yesterday"),
        (["unload", "trees", "--source", "x"], "w.gpkg"),
        (["nonsense"], "nonsense"),
        (["load", "trees", "trees.csv", "--report", "/nowhere/r.json"], "/nowhere/r.json"),
    ],
)
def test_what_is_refused_ends_with_2_and_says_why(lotleaf, town, words, told):
    words = [str(town / word) if word == "trees.csv" else word for word in words]
    workspace = [] if words[0] == "nonsense" else ["-w", town / "w.gpkg"]

    done = lotleaf(*words, *workspace, code=2)

    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_export_of_a_town_that_is_not_there_is_refused(lotleaf, town):
    lotleaf("load", "municipalities", town / "town.geojson", "-w", town / "w.gpkg")

    done = lotleaf("export", "parcels", "-o", "-", "--town", "Bel-Nro", "-w", town / "w.gpkg", code=2)

    assert "Bel-Nro" in done.stderr
    assert "bel-nor" in done.stderr


def test_find_in_batch_answers_line_by_line(lotleaf, town):
    (town / "addresses.csv").write_text(
        "parcel_id,number,number_hi,frac,number_sfx,predir,street,suffix,postdir,unit,city,zip\n"
        "10E110003,4900,,,,,Natural Bridge,Rd,,,Normandy,63121\n"
    )
    workspace = town / "w.gpkg"
    lotleaf("load", "addresses", town / "addresses.csv", "-w", workspace)

    done = lotleaf("find", "--batch", "-w", workspace, stdin="4900 natural bridge\n\n12 nowhere st\n")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["query"] for answer in answers] == ["4900 natural bridge", "", "12 nowhere st"]
    assert answers[0]["status"] == "exact"
    assert answers[0]["candidates"][0]["parcel_id"] == "10E110003"
    assert answers[0]["candidates"][0]["town"] == "Normandy"
    assert answers[1]["status"] == answers[2]["status"] == "none"
    assert set(answers[0]["candidates"][0]) >= {
        "parcel_id", "address", "town", "lon", "lat", "status", "changes",
    }  # fmt: skip


def test_find_in_batch_answers_in_utf8_whatever_it_is_asked(workspace):
    done = subprocess.run(
        [Path(sys.executable).with_name("lotleaf"), "find", "--batch", "-w", workspace],
        input=b"caf\xe9\r\n\xe2\x98\x83\n1\xc2\x85\xe2\x80\xa8oak\x0c\n",
        env=os.environ | {"PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
        check=True,
    )

    answers = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    asked = ["caf\ufffd", "☃", "1\x85\u2028oak\x0c"]  # what ends a line elsewhere ends none here
    assert [answer["query"] for answer in answers] == asked


def test_a_file_that_is_no_workspace_is_refused_and_kept(lotleaf, town):
    (town / "notes.txt").write_text("remember the oaks")

    done = lotleaf("load", "trees", town / "trees.csv", "-w", town / "notes.txt", code=2)

    assert "not a workspace" in done.stderr
    assert (town / "notes.txt").read_text() == "remember the oaks"


@pytest.mark.parametrize(
    ("words", "env", "traced"),
    [(["fields", "trees"], "", False), (["--debug", "fields", "trees"], "", True), (["fields", "trees"], "1", True)],
)
def test_what_nobody_foresaw_is_one_line_and_a_trace_only_when_asked(monkeypatch, capsys, words, env, traced):
    def burst(_layer):
        raise RuntimeError("a pipe\nburst")

    monkeypatch.setattr("webmap.cli.query_commands.layer_named", burst)
    monkeypatch.setattr("sys.argv", ["lotleaf", *words])
    monkeypatch.setenv("LOTLEAF_DEBUG", env)

    code = run_command_line()

    said = capsys.readouterr().err
    assert code == 1
    assert "lotleaf: internal error (RuntimeError: a pipe burst); for the traceback, run it again" in said
    assert ("Traceback" in said) == traced
    assert traced or said.count("\n") == 1


ASKING = (["status"], ["check"], ["export", "parcels", "-o", "-"], ["find", "7201"])
STRANGE = "UPDATE lotleaf_loads SET provenance = '{'; UPDATE joined_parcels SET id = X'00ff', town = X'00'"
ENDLESS = (
    "ALTER TABLE lotleaf_sources RENAME TO hidden; CREATE VIEW lotleaf_sources AS WITH RECURSIVE "
    "n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 'parcels' AS layer, x AS name FROM n"
)


@pytest.mark.parametrize(
    ("sql", "words"), [*((STRANGE, words) for words in ASKING), *((ENDLESS, words) for words in (*ASKING, ["join"]))]
)
def test_a_strangers_workspace_is_refused_in_a_sentence(monkeypatch, capsys, small_town, words, sql):
    with closing(apsw.Connection(str(small_town))) as stranger:
        stranger.execute(sql)
    monkeypatch.setattr("sys.argv", ["lotleaf", *words, "-w", str(small_town)])

    code = run_command_line()

    said = capsys.readouterr()
    assert code == (1 if words == ["check"] and "provenance" in sql else 2)
    assert "bel-nor.gpkg" in said.err
    assert "internal error" not in said.err


def test_a_join_makes_strange_joined_tables_anew_and_asks_no_provenance(lotleaf, small_town):
    with closing(apsw.Connection(str(small_town))) as stranger:
        stranger.execute(STRANGE)

    lotleaf("join", "-w", small_town)

    with closing(apsw.Connection(str(small_town))) as again:
        assert not again.execute("SELECT 1 FROM joined_parcels WHERE town = X'00'").get
        again.execute("UPDATE lotleaf_loads SET provenance = '{}'")
    assert lotleaf("check", "-w", small_town)


def test_an_edit_by_hand_survives_a_reload(lotleaf, town, workspace):
    lotleaf("edit", "trees", "1", "condition=dead", "-w", workspace)
    (town / "trees.csv").write_text(TREES.replace("12,Good", "13,Poor"))

    lotleaf("load", "trees", town / "trees.csv", "-w", workspace)

    trees = json.loads(lotleaf("export", "trees", "-o", "-", "-w", workspace).stdout)["features"]
    one = next(tree["properties"] for tree in trees if tree["properties"]["id"] == "1")
    assert (one["condition"], one["dbh_in"]) == ("dead", 13)
    conflicts = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)["conflicts"]
    assert [(conflict["id"], conflict["field"]) for conflict in conflicts] == [("1", "condition")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("override_parcel_id=NOPE", "no such parcel"),
        ("condition=splendid", "excellent, very_good, good"),
        ("dbh_in=1300", "at least 0.1 and at most 120 in"),
        (b"maintenance=caf\xe9", "printable"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_says_what_can(lotleaf, workspace, change, told):
    done = lotleaf("edit", "trees", "1", os.fsdecode(change), "-w", workspace, code=2)

    assert told in done.stderr
    trees = json.loads(lotleaf("export", "trees", "-o", "-", "-w", workspace).stdout)["features"]
    one = next(tree["properties"] for tree in trees if tree["properties"]["id"] == "1")
    assert (one["condition"], one["dbh_in"], one["override_parcel_id"]) == ("good", 12, None)


def test_unloading_trees_takes_their_sites_along(lotleaf, workspace):
    lotleaf("unload", "trees", "--source", "trees", "-w", workspace)

    layers = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)["layers"]
    assert (layers["trees"]["rows"], layers["sites"]["rows"]) == (0, 0)


def test_a_backup_stands_by_itself_and_can_be_put_back(lotleaf, town, workspace):
    lotleaf("backup", town / "copy.gpkg", "-w", workspace)
    lotleaf("unload", "trees", "--source", "trees", "-w", workspace, code=0)

    lotleaf("restore", town / "copy.gpkg", "-w", workspace)

    layers = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)["layers"]
    assert layers["trees"]["rows"] == 3
    lotleaf("check", "-w", workspace)
