"""Joined tables in the file: filled without their indexes, which stand there again after; by ourselves or by the clerk."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime

import apsw
import pandas as pd
import pytest

from geo.errors import BadInput, Busy, StoreError
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.geopackage import geopackage_store, writer_process
from geo.store.geopackage.writes import joined_tables
from geo.store.records import OPERATOR

AT = datetime(2018, 1, 1, 9, tzinfo=UTC)
TABLES = ("parcels", "trees", "municipalities")


@pytest.fixture
def path(small_town):
    return small_town


@pytest.fixture
def store(path):
    with closing(open_store(path)) as opened:
        yield opened


@pytest.fixture
def tables(store):
    """The town's joined tables, each tree's town another than it was."""
    kept = {name: store.read_joined_values(name) for name in TABLES}
    return kept | {"trees": kept["trees"].assign(town="Normandy")}


@pytest.fixture(params=[0, geopackage_store.MAX_RECORDS_IN_PROCESS], ids=["clerk", "ourselves"])
def either(request, monkeypatch):
    monkeypatch.setattr(geopackage_store, "MAX_RECORDS_IN_PROCESS", request.param)


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(geopackage_store, "MAX_RECORDS_IN_PROCESS", 0)


def write(store, tables, **made):
    store.write_joined_tables(tables, actor=OPERATOR, at=AT, join_info=made)


def indexes(file):
    return file.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql NOTNULL ORDER BY 1"
    ).fetchall()


def test_indexes_are_away_while_a_table_is_filled_and_back_after(path, tables):
    with closing(apsw.Connection(str(path))) as file:
        before = indexes(file)
        file.execute("BEGIN")
        writing = joined_tables.JoinedTablesWriter(file, ["trees"], AT)
        assert not any(name.startswith("joined_trees") for name, _ in indexes(file))

        writing.fill_table("trees", joined_tables.to_record_batch("trees", tables["trees"]))

        assert indexes(file) == before
        sql = "EXPLAIN QUERY PLAN SELECT id FROM joined_trees WHERE town = 'Normandy'"
        assert "USING COVERING INDEX joined_trees_town" in str(file.execute(sql).fetchall())
        assert file.pragma("integrity_check") == "ok"


@pytest.mark.usefixtures("either")
def test_all_tables_are_written_and_noted(store, tables):
    write(store, tables, as_of="2018-01-01")

    for name, table in tables.items():
        pd.testing.assert_frame_equal(store.read_joined_values(name), table)
    assert store.status()["joined"]["as_of"] == "2018-01-01"
    assert not store.status()["joined"]["stale"]
    assert store.changes_since(0, actor=OPERATOR)[-1].action == "join"
    assert store.check_integrity() == []


@pytest.mark.usefixtures("either")
def test_what_goes_wrong_with_one_table_leaves_all_as_they_were(store, tables):
    before, version = store.read_joined_values("trees"), store.version

    with pytest.raises(BadInput, match=r"lacks the columns \['town'\]"):
        write(store, tables | {"municipalities": tables["municipalities"].drop(columns="town")})

    pd.testing.assert_frame_equal(store.read_joined_values("trees"), before)
    assert store.version == version
    assert store.check_integrity() == []


@pytest.mark.usefixtures("large")
def test_a_table_is_written_while_the_next_is_made(store, tables):
    """Each table is asked for once, and one that is made late finds the first already in the clerk's hands."""
    asked = []

    class Made(dict):
        def __getitem__(self, name):
            asked.append(name)
            return super().__getitem__(name)

    write(store, Made(tables))

    assert asked == list(tables)


@pytest.mark.usefixtures("large")
def test_others_wait_while_the_clerk_writes(path, store, tables):
    with closing(open_store(path, lock_timeout_s=0.1)) as other:

        class Slow(dict):
            def __getitem__(self, name):
                if name == "municipalities":
                    with pytest.raises(Busy):
                        write(other, {"trees": tables["trees"]})
                return super().__getitem__(name)

        write(store, Slow(tables))


@pytest.mark.usefixtures("large")
def test_a_clerk_that_is_killed_leaves_all_as_it_was(path, store, tables, monkeypatch):
    before, started = store.read_joined_values("trees"), []
    begin = writer_process._start_process

    def told(spool):
        started.append(begin(spool))
        return started[-1]

    monkeypatch.setattr(writer_process, "_start_process", told)

    class Killing(dict):
        def __getitem__(self, name):
            if name == "municipalities":
                os.kill(started[0].pid, signal.SIGKILL)
            return super().__getitem__(name)

    with pytest.raises(StoreError, match="stopped too early"):
        write(store, Killing(tables))

    pd.testing.assert_frame_equal(store.read_joined_values("trees"), before)
    assert store.check_integrity() == []
    assert [file.name for file in path.parent.iterdir() if "tmp" in file.name] == []


WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from geo.store import open_store
from geo.store.geopackage import geopackage_store
from geo.store.records import OPERATOR

geopackage_store.MAX_RECORDS_IN_PROCESS = 0
store = open_store(Path(sys.argv[1]))

class Waiting(dict):
    def __getitem__(self, name):
        if name == "municipalities":
            print("waits", flush=True)
            time.sleep(60)
        return super().__getitem__(name)

tables = {name: store.read_joined_values(name) for name in ("trees", "municipalities")}
tables["trees"]["town"] = "Normandy"
store.write_joined_tables(Waiting(tables), actor=OPERATOR, at=datetime.now(UTC), join_info={})
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what ends with its parent")
def test_a_writer_that_is_killed_takes_the_clerk_along(path, store, tables):
    before = store.read_joined_values("trees")
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "waits\n"
        writer.kill()
    patient = time.monotonic() + 5
    while time.monotonic() < patient:
        try:
            write(store, {"parcels": tables["parcels"]})
            break
        except Busy:
            time.sleep(0.1)

    pd.testing.assert_frame_equal(store.read_joined_values("trees"), before)
    pd.testing.assert_frame_equal(store.read_joined_values("parcels"), tables["parcels"])
    assert store.check_integrity() == []


@pytest.mark.usefixtures("either")
def test_every_layer_can_be_handed_over(store):
    tables = {name: store.read_joined_values(name) for name, layer in LAYERS.items() if layer.joined_fields}

    write(store, tables)

    for name, table in tables.items():
        pd.testing.assert_frame_equal(store.read_joined_values(name), table)
