"""Workspaces of older versions open, with everything that is in them."""

import lzma
from datetime import UTC, date, datetime
from pathlib import Path

import apsw
import pytest

from geo.edits.edit_request import EditRequest, apply_edit_request
from geo.errors import NoSuchRecord
from geo.incremental.edit_session import EditSession
from geo.store import open_store
from geo.store.record_change import Put
from geo.store.records import PUBLIC, Actor, Record
from geo.workspace import join_workspace

# Loaded from a sample of 25 parcels, joined, edited and noted, by lotleaf at its third migration.
OLD = Path(__file__).parent / "cases" / "workspaces" / "migration-0003.gpkg.xz"
AT, DAY = datetime(2026, 5, 5, 9, tzinfo=UTC), date(2026, 5, 5)
CREW = Actor("local")
SENT = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "old.gpkg"
    path.write_bytes(lzma.decompress(OLD.read_bytes()))
    return path


@pytest.fixture
def store(path):
    store = open_store(path)
    yield store
    store.close()


def tables(path):
    with apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_an_old_workspace_gets_the_tables_plain_names(path, store):
    names = tables(path)

    assert {"lotleaf_overrides", "lotleaf_tombstones", "lotleaf_row_changes", "lotleaf_idempotency_keys"} <= names
    assert not names & {"lotleaf_edits", "lotleaf_ended", "lotleaf_touched", "lotleaf_keys"}
    assert store.check_integrity() == []


def test_what_was_edited_deleted_and_noted_is_still_there(store):
    edited, deleted, noted = "01-00001", "01-00002", "01-00003"

    assert store.get("trees", edited, actor=PUBLIC).values["condition"] == "dead"
    with pytest.raises(NoSuchRecord, match="deleted"):
        store.get("trees", deleted, actor=PUBLIC)
    assert [note.text for note in store.read_notes("trees", noted, limit=9)] == ["Limb over the walk"]


def test_an_edit_that_was_sent_before_is_answered_as_before_and_not_done_twice(path, store):
    tree, version = "02-00001", store.version
    seen = {"condition": before_edit(path, tree)}
    again = EditRequest(
        "22222222-2222-4222-8222-222222222222", "trees", tree, seen, {"condition": "poor"}, made_at=SENT
    )

    told = apply_edit_request(store, EditSession(store), again, actor=CREW, at=AT, today=DAY)

    assert told.response == {"key": again.key, "status": "done"}
    assert store.version == version


def before_edit(path, tree):
    """The condition that the file gave before somebody changed it."""
    with apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY) as connection:
        sql = "SELECT file_base FROM lotleaf_overrides WHERE source_id = ? AND field = 'condition'"
        return connection.execute(sql, (tree,)).get


def test_open_maps_are_still_told_what_an_edit_changed(store):
    changed = store.changed_records("trees", store.version - 1)

    assert changed is not None
    assert "02-00001" in changed


def test_the_join_of_an_old_workspace_is_outdated_and_runs_again(store):
    assert store.join_info()["stale"]
    tree = Put("trees", Record("02-00001", "trees", {"condition": "good"}))

    done = EditSession(store).apply_edits(tree, actor=CREW, at=AT, today=DAY)
    join_workspace(store, actor=CREW, at=AT, today=DAY)

    assert done.full_join_reason == "the loaded data are not joined yet"
    assert not store.join_info()["stale"]
    case = store.get("inspections", "01-I00001", actor=PUBLIC)
    parcel = store.get("parcels", case.values["parcel_id"], actor=PUBLIC)
    assert case.values["parcel_address"] == parcel.values["address"] is not None
