"""Many processes on one workspace at once, and one that may only read it."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from test_serving import LOTLEAF

from geo.store import open_store
from geo.store.records import PUBLIC, Query

ROUNDS = 8
# What each process does, once in a round; `n` counts the rounds. A load brings every tree anew.
ROLES = {
    "load": "store.load(trees(n), actor=OPERATOR, at=AT)",
    "edit": "store.put('trees', Record('trees-0', '', {'dbh_in': 10 + n}), actor=OPERATOR, at=AT)",
    "judge": "store.put('trees', Record('trees-1', '', {'maintenance': f'in round {n}'}), actor=OPERATOR, at=AT)",
    "name": "store.put('aliases', Record(f'alias {n}', '', {'alias': str(n), 'street': 'Elm'}), actor=OPERATOR, at=AT)",
    "join": "join_workspace(store, actor=OPERATOR, at=AT, today=AT.date())",
    "backup": "store.backup(path.with_name(f'{n}.gpkg'))",
    "read": "look(store)",
}
PROCESS = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from conftest import AT, PROVENANCE, rows_of
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, Load, Query, Record
from geo.geocode.gazetteer.from_store import build_index
from geo.workspace import join_workspace

def trees(n):
    return Load("trees", "town", rows_of(LAYERS["trees"]).assign(height_ft=10.0 + n), PROVENANCE)

def look(store):
    with store.snapshot() as reader:
        told, found = reader.status(), list(reader.query("trees", Query(), actor=OPERATOR))
        assert told["layers"]["trees"]["rows"] == len(found) == len(reader.read_layer("trees", actor=OPERATOR))
        assert len({record.values["height_ft"] for record in found}) == 1, "half of a load"
        assert reader.version == told["version"]
    build_index(store)

path = Path(sys.argv[2])
store = open_store(path)
for n in range(int(sys.argv[3])):
    {what}
store.close()
"""


def test_whoever_writes_and_reads_at_once_loses_nothing(small_town):
    tests = str(Path(__file__).parent)
    running = {
        role: subprocess.Popen(
            [sys.executable, "-c", PROCESS.replace("{what}", what), tests, str(small_town), str(ROUNDS)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for role, what in ROLES.items()
    }  # fmt: skip

    said = {role: process.communicate(timeout=120)[1] for role, process in running.items()}

    assert said == dict.fromkeys(ROLES, "")
    assert {process.returncode for process in running.values()} == {0}
    with closing(open_store(small_town)) as store:
        trees = {record.id: record.values for record in store.query("trees", Query(), actor=PUBLIC)}
        assert trees["trees-0"]["dbh_in"] == 10 + ROUNDS - 1
        assert trees["trees-1"]["maintenance"] == f"in round {ROUNDS - 1}"
        assert {tree["height_ft"] for tree in trees.values()} == {10.0 + ROUNDS - 1}
        assert store.count("aliases", Query(), actor=PUBLIC) == 1 + ROUNDS
        done = [change.action for change in store.changes_since(0, actor=PUBLIC)]
        assert done.count("put") == 3 * ROUNDS
        assert [change.seq for change in store.changes_since(0, actor=PUBLIC)] == list(range(1, len(done) + 1))
        assert store.check_integrity() == []
    for n in range(ROUNDS):
        with closing(open_store(small_town.with_name(f"{n}.gpkg"))) as copy:
            assert copy.check_integrity() == []


def as_reader(*words):
    """Run the command line as somebody whom permissions bind; root's do not."""
    bound = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    if bound and shutil.which("setpriv") is None:
        pytest.skip("root may write everything, and there is no setpriv")
    return subprocess.run([*bound, str(LOTLEAF), *map(str, words)], capture_output=True, text=True, check=False)


READ = (["status"], ["check"], ["export", "trees", "-o", "-"])
EDIT = ("edit", "trees", "trees-0", "condition=dead", "-w")


def test_a_file_that_may_only_be_read_is_read(small_town):
    small_town.chmod(0o444)

    read = [as_reader(*words, "-w", small_town) for words in READ]
    edited = as_reader(*EDIT, small_town)

    assert [done.returncode for done in read] == [0, 0, 0], [done.stderr for done in read]
    assert edited.returncode == 1
    assert "bel-nor.gpkg: the file or its folder is read-only; nothing was" in edited.stderr


def test_a_folder_in_which_readers_cannot_meet_the_writer_is_told(small_town):
    mode = small_town.parent.stat().st_mode
    small_town.parent.chmod(0o555)

    done = [as_reader(*words, "-w", small_town) for words in READ]
    small_town.parent.chmod(mode)

    assert {each.returncode for each in done} == {1}
    assert all("make both writable, or use a copy" in each.stderr for each in done), done[0].stderr


def test_a_folder_that_may_only_be_read_is_told_by_the_name_that_was_given(small_town, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)

    copied = as_reader("backup", closed / "copy.gpkg", "-w", small_town)
    written = as_reader("export", "trees", "-o", closed / "trees.geojson", "-w", small_town)

    assert (copied.returncode, written.returncode) == (2, 2)
    assert f"{closed / 'copy.gpkg'}: Permission denied" in copied.stderr
    assert f"{closed / 'trees.geojson'}: Permission denied" in written.stderr
