"""What this engine promises beyond the contract: a valid GeoPackage, safe under threads and processes."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from geo.crs import WGS84, Bbox
from geo.errors import BadInput, BadWorkspace, Busy, NoWorkspace, StoreError
from geo.schema import LAYERS, cast_columns
from geo.store import open_new_store, open_store, restore
from geo.store.geopackage import schema_migration
from geo.store.geopackage.connections import connect
from geo.store.geopackage.select import build_select
from geo.store.records import OPERATOR, PUBLIC, Load, Query, Record

MONDAY = datetime(2018, 1, 1, 9, tzinfo=UTC)
ROUNDS = int(os.environ.get("LOTLEAF_STORE_KILLS", "4"))


def lots(number, *, address=None, first=0):
    """So many lots in a row, as a load of the source `county`."""
    west = -90.4 + np.arange(first, first + number) / 1e5
    table = {"id": [f"{n:06d}" for n in range(first, first + number)], "source": "", "raw": "{}"}
    table |= {field.name: [None] * number for field in LAYERS["parcels"].fields}
    table |= {"address": [address] * number, "owner": ["A private person"] * number}
    boxes = shapely.box(west, 38.7, west + 1e-5, 38.7001)
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(boxes, crs=WGS84), crs=WGS84)
    return Load("parcels", "county", cast_columns(frame, LAYERS["parcels"]), {"checksum": address})


def fill(store, *args, **kwargs):
    (done,) = store.load(lots(*args, **kwargs), actor=OPERATOR, at=MONDAY)
    return done


@pytest.fixture
def path(tmp_path):
    return tmp_path / "town.gpkg"


@pytest.fixture
def store(path):
    opened = open_store(path, create=True)
    yield opened
    opened.close()


def ask(path, sql):
    """Ask the file itself, over SQLite's own locks."""
    with closing(connect(path)) as connection:
        return connection.execute(sql).fetchall()


# Other programs


def test_gdal_lists_and_reads_the_file_while_we_write(store, path, tmp_path):
    fill(store, 200)
    stop = threading.Event()
    failed = []

    def write():
        try:
            turn = 0
            while not stop.is_set():
                turn += 1
                fill(store, 200, address=f"{turn} Elm")
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        listed = [run("ogrinfo", "-ro", "-al", "-so", path) for _ in range(5)]
        run("ogr2ogr", "-f", "GeoJSON", tmp_path / "lots.geojson", path, "parcels")
    finally:
        stop.set()
        writer.join()

    assert failed == []
    for layer in LAYERS:
        assert f"Layer name: {layer}\n" in listed[0]
    assert all("Feature Count: 200" in text for text in listed)
    features = json.loads((tmp_path / "lots.geojson").read_text())["features"]
    assert len({feature["properties"]["address"] for feature in features}) == 1
    assert len(features) == 200
    assert store.check_integrity() == []


def run(*words):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return done.stdout


def test_gdal_finds_by_our_rtree_and_sees_the_extent(store, path):
    fill(store, 500)
    fill(store, 400)

    found = run(
        "ogrinfo", "-ro", "-al", "-so", "-spat", "-90.40001", "38", "-90.39995", "39", path, "parcels"
    )  # fmt: skip

    assert "Feature Count: 6\n" in found or "Feature Count: 7\n" in found
    extent = re.search(r"Extent: \((.+), (.+)\) - \((.+), (.+)\)", found)
    assert [float(side) for side in extent.groups()] == pytest.approx(
        [-90.4, 38.7, -90.396, 38.7001],
        abs=1e-5,  # the R-tree rounds outward
    )
    assert 'ID["EPSG",4326]' in found


def test_the_joined_tables_can_be_joined_in_other_programs(store, path):
    fill(store, 3)
    table = store.read_joined_values("parcels").reindex(range(3))
    table = table.assign(id=store.read_layer("parcels", actor=PUBLIC)["id"], town="Normandy")
    store.write_joined_tables({"parcels": table}, actor=OPERATOR, at=MONDAY, join_info={})

    sql = "SELECT p.id, j.town FROM parcels p JOIN joined_parcels j USING (id)"
    found = run("ogrinfo", "-ro", "-q", path, "-sql", sql)

    assert found.count("town (String) = Normandy") == 3


def test_the_file_says_that_it_is_a_geopackage(store, path):
    fill(store, 2)

    assert ask(path, "PRAGMA application_id") == [(0x47504B47,)]
    assert ask(path, "PRAGMA user_version") == [(10300,)]
    assert ask(path, "PRAGMA foreign_key_check") == []
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    shaped = {name for name, layer in LAYERS.items() if layer.geometry_types}
    registered = ask(path, "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'")  # fmt: skip
    assert {name for (name,) in registered} == shaped
    blob = ask(path, "SELECT geom FROM parcels ORDER BY id")[0][0]
    assert blob[:8] == b"GP\x00\x03\xe6\x10\x00\x00"
    assert np.frombuffer(blob[8:40]).round(5).tolist() == [-90.4, -90.39999, 38.7, 38.7001]


def test_the_triggers_keep_the_rtree_when_another_program_edits_a_copy(store, tmp_path):
    fill(store, 5)
    store.backup(tmp_path / "copy.gpkg")
    sql = "UPDATE parcels SET geom = (SELECT geom FROM parcels WHERE id = '000004') WHERE id = '000000'"

    run("ogrinfo", "-q", tmp_path / "copy.gpkg", "-sql", sql)
    run("ogrinfo", "-q", tmp_path / "copy.gpkg", "-sql", "DELETE FROM parcels WHERE id = '000001'")

    copy = open_store(tmp_path / "copy.gpkg")
    assert [fault for fault in copy.check_integrity() if "R-tree" in fault] == []
    copy.close()


# Threads and processes


def test_readers_see_whole_loads_while_one_thread_writes(store):
    fill(store, 300, address="0 Elm")
    stop, seen, failed = threading.Event(), set(), []

    def read():
        try:
            while not stop.is_set():
                found = [r.values["address"] for r in store.query("parcels", Query(), actor=PUBLIC)]
                assert (len(found), len(set(found))) == (300, 1)
                seen.add(found[0])
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(1, 15):
        fill(store, 300, address=f"{turn} Elm")
    stop.set()
    for reader in readers:
        reader.join()

    assert failed == []
    assert len(seen) > 1


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from geo.store import open_store
from geo.store.records import OPERATOR, Record
store = open_store(Path(sys.argv[1]))
for n in range(int(sys.argv[3])):
    record = Record(f"{sys.argv[2]}-{n}", "", {"alias": str(n), "street": "Elm"})
    store.put("aliases", record, actor=OPERATOR, at=datetime(2018, 1, 1, tzinfo=UTC))
store.close()
"""


def test_two_processes_that_write_at_once_both_succeed(store, path):
    words = [sys.executable, "-c", WRITER, str(path)]
    children = [subprocess.Popen([*words, name, "100"]) for name in ("a", "b")]
    for n in range(50):
        record = Record(f"c-{n}", "", {"alias": str(n), "street": "Elm"})
        store.put("aliases", record, actor=OPERATOR, at=MONDAY)

    assert [child.wait() for child in children] == [0, 0]
    assert store.count("aliases", Query(), actor=PUBLIC) == 250
    assert [change.seq for change in store.changes_since(0, actor=PUBLIC)] == list(range(1, 251))


def test_who_waits_too_long_for_another_writer_is_told(store, path):
    hasty = open_store(path, lock_timeout_s=0.1)

    with store._write_transaction(MONDAY), pytest.raises(Busy, match=r"more than 0\.1 seconds"):
        fill(hasty, 1)

    assert fill(hasty, 1).added == 1
    hasty.close()


LOADER = """
import sys
sys.path.insert(0, sys.argv[1])
from datetime import UTC, datetime
from pathlib import Path
from geo.store import open_store
from geo.store.records import OPERATOR
from test_store_geopackage import fill
store = open_store(Path(sys.argv[2]))
print("ready", flush=True)
turn = int(sys.argv[3])
while True:
    turn += 1
    fill(store, 400 if turn % 2 else 1000, address="old" if turn % 2 else "new")
    print(turn, flush=True)
"""


def test_kill_9_while_loading_leaves_the_old_or_the_new_layer_whole(store, path):
    fill(store, 400, address="old")
    for turn in range(ROUNDS):
        child = subprocess.Popen(
            [sys.executable, "-c", LOADER, str(Path(__file__).parent), str(path), str(turn)], stdout=subprocess.PIPE
        )
        assert child.stdout.readline() == b"ready\n"
        if turn % 2:  # every second child has one load behind it, however slow the machine
            assert child.stdout.readline() == b"%d\n" % (turn + 1)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.013 * (turn % 11))
        child.kill()
        child.wait()
        child.stdout.close()

        rows = store.count("parcels", Query(), actor=PUBLIC)
        addresses = {r.values["address"] for r in store.query("parcels", Query(), actor=PUBLIC)}
        assert (rows, addresses) in [(400, {"old"}), (1000, {"new"})]
        assert store.check_integrity() == []
    assert store.version > 1


# Quick answers


@pytest.mark.parametrize(
    ("layer", "query", "index"),
    [
        ("trees", Query(where={"frontage_parcel_id": ("1",)}), "joined_trees_frontage_parcel_id"),
        ("inspections", Query(where={"parcel_id": ("1",)}), "joined_inspections_parcel_id"),
        ("addresses", Query(where={"parcel_id": ("1",)}), "addresses_parcel_id"),
        ("parcels", Query(town="Normandy", after_id="5", limit=9), "joined_parcels_town"),
        ("parcels", Query(after_id="5", limit=9), "sqlite_autoindex_parcels_1"),
        ("parcels", Query(bbox=Bbox(-90.4, 38, -90.3, 39)), "VIRTUAL TABLE INDEX 2"),
    ],
)
def test_a_question_is_answered_by_an_index(store, layer, query, index):
    fill(store, 3)
    with store._pool.lease() as connection:
        asked = build_select(connection, LAYERS[layer], query, PUBLIC)
        sql = f"EXPLAIN QUERY PLAN {asked.to_sql('l.id', f'ORDER BY {asked.order_by}')}"
        plan = [row[3] for row in connection.execute(sql, asked.sql_params)]

    assert any(index in step for step in plan), plan
    assert not any(step.startswith("SCAN l") and "USING" not in step for step in plan), plan


# What is no workspace


def test_a_missing_workspace_is_told_and_not_made(path):
    with pytest.raises(NoWorkspace, match="there is no workspace; `lotleaf load` creates one"):
        open_store(path)

    assert list(path.parent.iterdir()) == []


def text(path):
    path.write_text("parcel,owner\n1,Elm\n" * 100)


def empty(path):
    path.touch()


def folder(path):
    path.mkdir()


def foreign(path):
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE parcels (id)")


def truncated(path):
    with closing(open_store(path, create=True)) as store:
        fill(store, 500)
    os.truncate(path, 100_000)


def newer(path):
    open_store(path, create=True).close()
    ask(path, "INSERT INTO lotleaf_migrations VALUES (9999, '9999_tomorrow.sql')")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (text, "this is not a workspace, and not an SQLite file"),
        (empty, "this is a database, but not a lotleaf workspace|is empty"),
        (folder, "this is not a file"),
        (foreign, "this is a database, but not a lotleaf workspace"),
        (truncated, "the file is damaged"),
        (newer, "a newer version of lotleaf wrote this workspace"),
    ],
)
def test_a_file_that_is_no_workspace_is_refused_and_left_alone(path, spoil, told):
    spoil(path)
    before = path.read_bytes() if path.is_file() else None

    with pytest.raises(BadWorkspace, match=told):
        open_store(path, create=True)

    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_full_disk_is_told_and_changes_nothing(store):
    fill(store, 400, address="old")
    with store._pool.lease() as connection:  # the one that the next write takes
        pages = connection.pragma("page_count")
        connection.pragma("max_page_count", pages + 5)

    with pytest.raises(StoreError, match="the disk is full; nothing was changed"):
        fill(store, 5000, address="new")

    assert store.count("parcels", Query(), actor=PUBLIC) == 400
    assert store.check_integrity() == []


def test_what_fails_while_a_workspace_is_begun_leaves_none(path):
    def begin_on_a_small_disk():
        with open_new_store(path) as store:
            with store._pool.lease() as connection:
                connection.pragma("max_page_count", connection.pragma("page_count") + 5)
            fill(store, 5000)

    with pytest.raises(StoreError, match=f"{path}: the disk is full"):
        begin_on_a_small_disk()

    assert [file.name for file in path.parent.iterdir()] == ["town.gpkg.lock"]
    with open_new_store(path) as store:
        fill(store, 5)
    with open_new_store(path) as store:  # there already: opened as it is
        assert store.count("parcels", Query(), actor=PUBLIC) == 5
        assert store.check_integrity() == []


def test_two_backups_to_one_name_leave_one_whole_copy(store, tmp_path):
    fill(store, 3000)
    told, start = [], threading.Barrier(4)

    def back_up():
        start.wait()
        try:
            told.append(store.backup(tmp_path / "copy.gpkg"))
        except BadInput as error:
            told.append(str(error))

    threads = [threading.Thread(target=back_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told.count(None) == 1
    assert all("already exists" in each for each in told if each is not None)
    assert not list(tmp_path.glob("*.new")) + list(tmp_path.glob(".*"))
    with closing(open_store(tmp_path / "copy.gpkg")) as copy:
        assert (copy.count("parcels", Query(), actor=PUBLIC), copy.check_integrity()) == (3000, [])


def test_a_file_that_may_only_be_read_is_told_and_not_written(store, path, monkeypatch):
    fill(store, 3)
    store.close()
    # As root reads and writes everything, the flag that SQLite itself falls back to stands for it.
    monkeypatch.setattr(apsw, "SQLITE_OPEN_READWRITE", apsw.SQLITE_OPEN_READONLY)

    again = open_store(path)

    assert again.count("parcels", Query(), actor=PUBLIC) == 3
    with pytest.raises(StoreError, match="is read-only; nothing was changed"):
        fill(again, 4)
    again.close()


def test_a_closed_store_says_so(path):
    store = open_store(path, create=True)
    store.close()

    with pytest.raises(StoreError, match="is closed"):
        store.count("parcels", Query(), actor=PUBLIC)


# Migrations and declarations


def test_a_field_that_is_newly_declared_gets_its_column(store, path):
    fill(store, 2, address="1 Elm")
    store.close()
    ask(path, "ALTER TABLE parcels DROP COLUMN zoning")
    ask(path, "DROP TABLE joined_trees; DELETE FROM gpkg_contents WHERE table_name = 'joined_trees'")

    again = open_store(path)

    assert again.get("parcels", "000001", actor=PUBLIC).values["zoning"] is None
    assert len(again.read_joined_values("trees")) == 0
    again.close()


# What an older lotleaf made of a workspace: tables of any geometry, each shape as it came.
OLDER = """
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = substr(sql, 1, instr(sql, ', geom ')) || ' geom GEOMETRY'
  || substr(sql, instr(sql, ', id TEXT')) WHERE instr(sql, ', geom MULTI');
PRAGMA writable_schema = RESET;
UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY';
UPDATE parcels SET geom = CAST(substr(geom, 1, 40) || substr(geom, 50) AS BLOB);
"""


def test_an_older_workspace_gets_layers_of_one_type(store, path):
    fill(store, 300)
    before = {r.id: r.wkb for r in store.query("parcels", Query(), actor=PUBLIC)}
    store.close()
    ask(path, OLDER)
    kinds = dict(pyogrio.list_layers(path))

    with closing(open_store(path)) as again:
        after = {r.id: r.wkb for r in again.query("parcels", Query(), actor=PUBLIC)}
        faults = again.check_integrity()

    assert kinds["parcels"] == "Unknown"
    assert dict(pyogrio.list_layers(path))["parcels"] == "MultiPolygon"
    assert set(gpd.read_file(path, layer="parcels").geom_type) == {"MultiPolygon"}
    assert (after, faults) == (before, [])


def test_other_programs_see_one_layer_of_one_type_whatever_its_first_rows_are(small_town):
    kinds = {name: kind for name, kind in pyogrio.list_layers(small_town) if name in LAYERS}

    assert kinds == {name: layer.geometry_types[-1] if layer.geometry_types else None for name, layer in LAYERS.items()}  # fmt: skip
    for name, layer in LAYERS.items():
        if layer.geometry_types:
            assert set(gpd.read_file(small_town, layer=name).geom_type) == {layer.geometry_types[-1]}


QGIS = """
import sys
from qgis.core import QgsApplication, QgsProviderRegistry, QgsVectorLayer, QgsWkbTypes
app = QgsApplication([], False)
app.initQgis()
for one in QgsProviderRegistry.instance().providerMetadata("ogr").querySublayers(sys.argv[1]):
    layer = QgsVectorLayer(one.uri(), one.name(), "ogr")
    shapes = sum(feature.hasGeometry() for feature in layer.getFeatures())
    print(one.name(), QgsWkbTypes.displayString(layer.wkbType()), layer.featureCount(), shapes)
app.exitQgis()
"""


def test_qgis_shows_districts_once_with_their_shapes(small_town, tmp_path):
    python = shutil.which("python3", path="/usr/bin")
    if python is None or subprocess.run([python, "-c", "import qgis.core"], check=False, capture_output=True).returncode:  # fmt: skip
        pytest.skip("no QGIS on this machine")
    ask(
        small_town,
        "INSERT INTO districts (fid, id, source, source_id, kind, name) VALUES (0, '0', 'town', '0', 'ward', 'Ward 0')",
    )

    done = subprocess.run(
        [python, "-c", QGIS, str(small_town)],
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    seen = [line for line in done.stdout.splitlines() if line.startswith("districts ")]
    assert seen == ["districts MultiPolygon 2 1"]


def test_the_migrations_are_numbered_without_gaps():
    assert [number for number, _ in schema_migration.list_migrations()] == list(
        range(1, len(schema_migration.list_migrations()) + 1)
    )


def test_the_audit_refuses_to_be_changed(store, path):
    fill(store, 2)

    for sql in ("UPDATE lotleaf_audit SET actor = 'nobody'", "DELETE FROM lotleaf_audit"):
        with pytest.raises(apsw.ConstraintError, match="only added to"):
            ask(path, sql)


# Looking it over


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("DELETE FROM rtree_parcels_geom WHERE id = 1", "1 geometries are missing from the R-tree"),
        ("INSERT INTO rtree_parcels_geom VALUES (99, 0, 1, 0, 1)", "1 boxes of the R-tree belong to"),
        ("UPDATE rtree_parcels_geom SET minx = 5, maxx = 6 WHERE id = 1", "1 boxes of the R-tree do not match"),
        ("DELETE FROM rtree_parcels_geom_rowid", "the R-tree is damaged"),
        ("DROP TRIGGER rtree_parcels_geom_delete", r"triggers \['rtree_parcels_geom_delete'\]"),
        ("INSERT INTO joined_parcels (fid, id) VALUES (77, 'x')", "1 joined rows belong to no record"),
        ("UPDATE parcels SET source = 'x' WHERE fid = 1", "rows name the source 'x'"),
        (
            "INSERT INTO lotleaf_overrides VALUES ('trees', 'a', 'b', 'dbh_in', 1, 2, 2, '', '')",
            "trees: 1 edits by hand belong to no record",
        ),
        (
            "DROP TRIGGER rtree_parcels_geom_update1; UPDATE parcels SET geom = X'4750' WHERE fid = 1",
            "1 geometries cannot be read",
        ),
        ("INSERT INTO lotleaf_raster_strips VALUES (1, 5, 0, X'')", "1 raster strips"),
    ],
)  # fmt: skip
def test_check_finds_the_harm(store, path, harm, told):
    fill(store, 3)
    assert store.check_integrity() == []
    store.close()
    ask(path, harm)

    again = open_store(path)

    faults = again.check_integrity()
    assert any(re.search(told, fault) for fault in faults), faults
    again.close()


def test_check_finds_damaged_pages(store, path):
    fill(store, 2000)
    store.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)

    again = open_store(path)

    assert "the file is damaged" in again.check_integrity()[0]
    again.close()


# Putting a backup back


def test_a_backup_put_back_is_what_the_workspace_then_holds(store, path, tmp_path):
    fill(store, 5, address="old")
    store.backup(tmp_path / "copy.gpkg")
    fill(store, 9, address="new")
    store.close()

    restore(tmp_path / "copy.gpkg", path, actor=OPERATOR, at=MONDAY)

    again = open_store(path)
    assert again.count("parcels", Query(), actor=PUBLIC) == 5
    assert again.get("parcels", "000001", actor=PUBLIC).values["address"] == "old"
    assert again.version == 3  # not 2: what the web kept under 2 is of the other one
    assert again.changes_since(1, actor=PUBLIC)[0].action == "restore"
    assert again.check_integrity() == []
    assert fill(again, 5, address="new").changed == 5
    again.close()
    assert {file.name for file in tmp_path.iterdir()} == {"copy.gpkg", "town.gpkg", "town.gpkg.lock"}


def test_a_workspace_that_somebody_holds_is_not_replaced(store, path, tmp_path):
    fill(store, 5)
    store.backup(tmp_path / "copy.gpkg")
    fill(store, 9)

    with pytest.raises(Busy, match="a program has the workspace open; stop `lotleaf serve`"):
        restore(tmp_path / "copy.gpkg", path, actor=OPERATOR, at=MONDAY)

    assert store.count("parcels", Query(), actor=PUBLIC) == 9
    assert store.check_integrity() == []


@pytest.mark.parametrize("spoil", [None, text, truncated])
def test_a_backup_replaces_a_workspace_that_is_missing_or_damaged(path, tmp_path, spoil):
    with closing(open_store(tmp_path / "first.gpkg", create=True)) as first:
        fill(first, 5)
        first.backup(tmp_path / "copy.gpkg")
    if spoil:
        spoil(path)

    restore(tmp_path / "copy.gpkg", path, actor=OPERATOR, at=MONDAY)

    with closing(open_store(path)) as again:
        assert (again.count("parcels", Query(), actor=PUBLIC), again.check_integrity()) == (5, [])


@pytest.mark.parametrize("spoil", [None, text, empty, foreign, truncated])
def test_what_is_no_sound_backup_is_not_put_back(store, path, tmp_path, spoil):
    fill(store, 4)
    store.close()
    if spoil:
        spoil(tmp_path / "copy.gpkg")

    with pytest.raises(BadInput):
        restore(tmp_path / "copy.gpkg", path, actor=OPERATOR, at=MONDAY)

    with closing(open_store(path)) as again:
        assert (again.count("parcels", Query(), actor=PUBLIC), again.version) == (4, 1)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER spy AFTER INSERT ON lotleaf_audit BEGIN UPDATE parcels SET address = owner; END",
        (
            "CREATE TRIGGER spy AFTER INSERT ON parcels BEGIN "
            "UPDATE gpkg_ogr_contents SET feature_count = (SELECT owner FROM parcels); END"
        ),
        (
            "ALTER TABLE lotleaf_sources RENAME TO hidden; CREATE VIEW lotleaf_sources AS WITH RECURSIVE "
            "n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 'parcels' AS layer, x AS name, 1 AS load FROM n"
        ),
    ],
)
def test_a_backup_that_would_act_by_itself_is_not_restored(tmp_path, path, store, sql):
    fill(store, 3)
    store.backup(tmp_path / "copy.gpkg")
    store.close()
    before = path.read_bytes()
    with closing(apsw.Connection(str(tmp_path / "copy.gpkg"))) as copy:
        copy.execute(sql)

    with pytest.raises(BadInput, match="nothing was restored"):
        restore(tmp_path / "copy.gpkg", path, actor=OPERATOR, at=MONDAY)

    assert path.read_bytes() == before


def test_a_copy_in_which_gdal_counts_rows_may_be_restored(tmp_path, path, store):
    fill(store, 3)
    store.backup(tmp_path / "copy.gpkg")
    store.close()
    with closing(apsw.Connection(str(tmp_path / "copy.gpkg"))) as copy:
        copy.execute(
            "CREATE TABLE gpkg_ogr_contents (table_name TEXT PRIMARY KEY, feature_count INTEGER); "
            'CREATE TRIGGER "trigger_insert_feature_count_parcels" AFTER INSERT ON "parcels" BEGIN '
            "UPDATE gpkg_ogr_contents SET feature_count = feature_count + 1 "
            "WHERE lower(table_name) = lower('parcels'); END"
        )

    restore(tmp_path / "copy.gpkg", path, actor=OPERATOR, at=MONDAY)

    with closing(open_store(path)) as again:
        assert again.count("parcels", Query(), actor=PUBLIC) == 3
