"""A workspace that a stranger made: whatever stands in it, we say in one sentence what is wrong."""

import struct
import time
import zlib
from contextlib import closing

import apsw
import pytest
from conftest import AT

from geo.errors import BadInput, BadWorkspace
from geo.geocode.gazetteer.from_store import build_index
from geo.schema import LAYERS
from geo.store import open_store, restore
from geo.store.geopackage.connections import connect
from geo.store.geopackage.encoding.geometry_blob import SQL_FUNCTIONS
from geo.store.records import OPERATOR, PUBLIC, Query

ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS number, 'a' AS name FROM n"
POSED = [
    (
        f"ALTER TABLE lotleaf_migrations RENAME TO hidden; CREATE VIEW lotleaf_migrations AS {ENDLESS}",
        "cannot be read|should be a table, but is a view|not a lotleaf workspace",
    ),
    (
        f"ALTER TABLE lotleaf_sources RENAME TO hidden; CREATE VIEW lotleaf_sources AS {ENDLESS}",
        "'lotleaf_sources' should be a table, but is a view",
    ),
    (
        ("CREATE TRIGGER fill AFTER INSERT ON lotleaf_settings BEGIN INSERT INTO lotleaf_settings "
        "VALUES (hex(zeroblob(1000000)), 'x'); END"),
        "the trigger 'fill' on 'lotleaf_settings' is not part of lotleaf",
    ),
    (
        "CREATE INDEX heavy ON parcels (hex(zeroblob(100000000)))",
        "the index 'heavy' on 'parcels' is not part of lotleaf",
    ),
    (
        "ALTER TABLE aliases ADD COLUMN heavy TEXT AS (hex(zeroblob(100000000)))",
        "the table 'aliases' is not as lotleaf creates it",
    ),
    (
        "DROP TABLE lotleaf_overrides; CREATE TABLE lotleaf_overrides (layer, source, source_id, field, value)",
        "the table 'lotleaf_overrides' is not as lotleaf creates it",
    ),
    ("DROP TABLE lotleaf_loads", "the table 'lotleaf_loads' is missing"),
    (
        "INSERT INTO lotleaf_audit VALUES (9223372036854775807, '', '', 'put', NULL, NULL, '{}')",
        "lotleaf_audit: its rows are numbered up to 9223372036854775807",
    ),
]  # fmt: skip


def nested(depth):
    """A collection within a collection within a collection: GEOS ends the process on it."""
    head = b"GP\x00\x03" + struct.pack("<i4d", 4326, 0, 0, 0, 0)
    wkb = struct.pack("<BII", 1, 6, 1) * depth + struct.pack("<BIdd", 1, 1, 0, 0)
    return f"X'{(head + wkb).hex()}'"


def shape(blob):
    drop = "DROP TRIGGER rtree_parcels_geom_update1; "
    return drop + f"UPDATE parcels SET geom = {blob} WHERE fid = 1"  # noqa: S608 - our own text


def lot(*corners):
    wkb = struct.pack("<BIII", 1, 3, 1, len(corners)) + b"".join(struct.pack("<dd", *at) for at in corners)  # fmt: skip
    return f"X'{(b'GP' + bytes((0, 1)) + struct.pack('<i', 4326) + wkb).hex()}'"


def crs(text):
    return f"UPDATE lotleaf_settings SET value = {text} WHERE name = 'crs'"  # noqa: S608 - our own text


RASTER = (
    "INSERT INTO lotleaf_rasters VALUES (1, 'canopy', 'town', {crs}, 0, 0, 1, 1, {height}, 10, NULL, 2018, 'x'); "
    "INSERT INTO lotleaf_raster_strips VALUES (1, 1, 0, X'{cells}')"
)
HELD = [
    ("UPDATE lotleaf_loads SET provenance = '{'", "provenance"),
    ("UPDATE lotleaf_loads SET provenance = '[]'", "provenance"),
    ("UPDATE lotleaf_loads SET provenance = X'7b7d'", "provenance"),
    ("UPDATE lotleaf_loads SET provenance = '" + "[" * 100_000 + "'", "provenance"),
    ("""UPDATE lotleaf_loads SET provenance = '{"files": ["x"]}'""", "provenance: files"),
    ("""UPDATE lotleaf_loads SET provenance = '{"date": {"year": 2018}}'""", "provenance: date"),
    ("UPDATE lotleaf_loads SET at = X'00'", "lotleaf_loads"),
    ("UPDATE lotleaf_joins SET made = 'yesterday'", "made"),
    ("UPDATE lotleaf_joins SET version = 'x'", "lotleaf_joins"),
    ("UPDATE parcels SET id = X'00ff' WHERE fid = 1", "parcels: 1 values of id"),
    ("UPDATE parcels SET source = X'00ff' WHERE fid = 1", "parcels: 1 values of source"),
    ("UPDATE municipalities SET name = X'ff'", "municipalities: 1 values of name"),
    ("UPDATE joined_trees SET town = X'ff' WHERE fid = 1", "joined_trees: 1 values of town"),
    ("UPDATE trees SET stems = 'many' WHERE fid = 1", "trees: 1 values of stems"),
    ("UPDATE trees SET native = X'01' WHERE fid = 1", "trees: 1 values of native"),
    ("UPDATE trees SET dbh_in = 'thick' WHERE fid = 1", "trees: 1 values of dbh_in"),
    (shape("X'4750'"), "1 geometries cannot be read"),
    (shape("'POLYGON'"), "1 geometries cannot be read"),
    (shape("5"), "1 geometries cannot be read"),
    (shape(nested(10)), "1 geometries cannot be read"),
    (shape(nested(100_000)), "1 geometries cannot be read"),
    (shape(lot((0, 0), (float("nan"), 1), (1, 1), (0, 0))), "1 geometries cannot be read"),
    (shape(lot((0, 0), (5000, 0), (5000, 1), (0, 0))), "1 geometries cannot be read"),
    (crs("'/etc/passwd'"), "not a name like EPSG:26996"),
    (crs("'+proj=pipeline +step +proj=hgridshift +grids=/etc/passwd'"), "not a name like EPSG:26996"),
    (crs("'EPSG:4326'"), "does not measure in meters"),
    (crs("'EPSG:1'"), "not a coordinate system"),
    (crs("X'00'"), "lotleaf_settings"),
    (RASTER.format(crs="'+proj=utm +zone=15 +nadgrids=/etc/passwd'", height=1, cells=zlib.compress(bytes(10)).hex()), "refers to another file"),
    (RASTER.format(crs="'EPSG:26996'", height=1 << 40, cells="00"), "a raster of 1099511627776 x 10 cells"),
    (RASTER.format(crs="'EPSG:26996'", height=1, cells="7879"), "a strip of a raster cannot be unpacked"),
    ("INSERT INTO lotleaf_overrides VALUES ('lotleaf_audit', 'a', 'b', 'seq', 1, 2, 3, '', '')", "lotleaf_overrides"),
]  # fmt: skip


def spoil(path, sql):
    """Do what a stranger's program does: nothing of ours looks on."""
    with closing(apsw.Connection(str(path))) as stranger:
        for name, arguments, function in SQL_FUNCTIONS:
            stranger.create_scalar_function(name, function, arguments)
        stranger.execute(sql)


def ask_all(store):
    """Ask for everything there is; yield what each question is answered with."""
    asked = [
        store.status,
        store.settings,
        store.read_rasters,
        lambda: store.changes_since(0, actor=OPERATOR),
        lambda: build_index(store),
    ]
    for name in LAYERS:
        asked += [
            lambda name=name: store.read_layer(name, actor=OPERATOR),
            lambda name=name: store.read_joined_values(name),
            lambda name=name: list(store.query(name, Query(), actor=PUBLIC)),
        ]
    asked.append(lambda: store.count("trees", Query(town="bel-nor"), actor=PUBLIC))
    for question in asked:
        try:
            question()
        except BadWorkspace as error:
            yield str(error)


@pytest.mark.parametrize(("sql", "told"), POSED)
def test_what_would_act_or_endure_is_not_even_opened(small_town, tmp_path, sql, told):
    spoil(small_town, sql)
    before, begun = small_town.read_bytes(), time.monotonic()

    with pytest.raises(BadWorkspace, match=told):
        open_store(small_town)
    with pytest.raises(BadInput, match="nothing was restored"):
        restore(small_town, tmp_path / "new.gpkg", actor=OPERATOR, at=AT)

    assert small_town.read_bytes() == before
    assert not (tmp_path / "new.gpkg").exists()
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(("sql", "told"), HELD)
def test_what_is_not_as_we_write_it_is_told_by_whoever_reads_it(small_town, tmp_path, sql, told):
    spoil(small_town, sql)
    with closing(open_store(small_town)) as store:
        refused = list(ask_all(store))
        faults = store.check_integrity()

    with pytest.raises(BadInput, match="nothing was restored"):
        restore(small_town, tmp_path / "new.gpkg", actor=OPERATOR, at=AT)

    assert refused
    assert all("lotleaf restore" in said for said in refused)
    assert any(told in fault for fault in faults), faults


def test_a_sound_workspace_answers_everything(small_town):
    with closing(open_store(small_town)) as store:
        assert list(ask_all(store)) == []
        assert store.check_integrity() == []


def test_what_stands_beside_our_tables_may_stay(small_town):
    spoil(
        small_town,
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleqml TEXT DEFAULT (hex(1)));"
        "CREATE VIEW old_oaks AS SELECT * FROM trees WHERE dbh_in > 30;"
        "CREATE INDEX quick ON trees (genus)",
    )

    with closing(open_store(small_town)) as store:
        assert store.check_integrity() == []


def test_nothing_of_a_view_is_run(small_town):
    spoil(small_town, "CREATE VIEW many AS SELECT 1 AS one")

    with closing(connect(small_town)) as connection, pytest.raises(apsw.SQLError, match="prohibited"):
        connection.execute("SELECT * FROM many").fetchall()


def test_a_file_whose_pages_lead_in_circles_is_given_up(small_town, monkeypatch):
    monkeypatch.setattr("geo.store.geopackage.connections.BASE_TIMEOUT_S", 0.2)
    with closing(open_store(small_town)) as store:
        monkeypatch.setattr(
            "geo.store.geopackage.integrity.integrity_checks.find_faults",
            lambda connection: connection.execute(ENDLESS).fetchall(),
        )

        with pytest.raises(BadWorkspace, match="too long for its size"):
            store.check_integrity()
