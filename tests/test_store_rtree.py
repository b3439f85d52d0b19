"""The R-tree of a first load is packed at once: it finds what SQLite's own finds, and lives on by its triggers."""

from contextlib import closing
from datetime import UTC, datetime

import apsw
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples
from test_store_contract import frame

from geo.crs import Bbox
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.geopackage.connections import connect
from geo.store.geopackage.writes.rtree_bulk import MIN_ROWS, fill_rtree
from geo.store.records import OPERATOR, PUBLIC, Load, Query, Record

FOUND = "SELECT id FROM rtree_trees_geom WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
RIGHT = "SELECT fid FROM temp.stage WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
MONDAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


def boxes_of(count, seed, kind):
    chance = np.random.default_rng(seed)
    corner = np.column_stack([chance.uniform(-90.36, -90.22, count), chance.uniform(38.68, 38.78, count)])
    if kind == "one place":
        corner[:] = corner[0]
    elif kind == "one line":
        corner[:, 0] = corner[0, 0]
    size = chance.uniform(0, 0.002, (count, 2)) if kind == "boxes" else np.zeros((count, 2))
    return np.column_stack([corner[:, 0], corner[:, 0] + size[:, 0], corner[:, 1], corner[:, 1] + size[:, 1]])


@settings(max_examples=examples(60))
@given(
    st.sampled_from([MIN_ROWS, MIN_ROWS + 1, 51 * 51, 51 * 51 + 1, 3_000, 51**2 * 2]),
    st.integers(0, 1000),
    st.sampled_from(["boxes", "points", "one place", "one line"]),
)
def test_a_packed_tree_is_whole_and_finds_what_lies_there(count, seed, kind):
    rows = boxes_of(count, seed, kind)
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE rtree_trees_geom USING rtree(id, minx, maxx, miny, maxy)")
        connection.execute("CREATE TEMP TABLE stage (fid INTEGER PRIMARY KEY, geom, minx, maxx, miny, maxy)")
        staged = ((7 * number + 3, b"", *box) for number, box in enumerate(rows.tolist()))
        connection.executemany("INSERT INTO temp.stage VALUES (?, ?, ?, ?, ?, ?)", staged)

        fill_rtree(connection, LAYERS["trees"])

        assert connection.execute("SELECT rtreecheck('main', 'rtree_trees_geom')").get == "ok"
        assert connection.execute("SELECT count(*) FROM rtree_trees_geom").get == count
        nodes = connection.execute("SELECT count(*) FROM rtree_trees_geom_node").get
        assert nodes <= 1 + count / 51 * 1.03 + 2  # full nodes
        for box in rows[:: max(1, count // 40)].tolist():
            asked = (box[1], box[0], box[3], box[2])
            found = {id_ for (id_,) in connection.execute(FOUND, asked)}
            right = {fid for (fid,) in connection.execute(RIGHT, asked)}
            assert found >= right
            assert len(found) <= len(right) + 3  # single precision holds a little more
        connection.execute("DELETE FROM rtree_trees_geom WHERE id % 2 = 0")
        connection.execute("INSERT INTO rtree_trees_geom VALUES (2, -90.3, -90.3, 38.7, 38.7)")
        assert connection.execute("SELECT rtreecheck('main', 'rtree_trees_geom')").get == "ok"


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "town.gpkg", create=True)
    yield opened
    opened.close()


def trees(count, shift=0.0):
    spots = np.random.default_rng(5).uniform([-90.36, 38.68], [-90.22, 38.78], (count, 2)) + shift
    return frame("trees", {f"T-{number}": {"at": shapely.Point(spot).wkt} for number, spot in enumerate(spots)})


def found_in(store, box):
    return {record.id for record in store.query("trees", Query(bbox=box), actor=PUBLIC)}


def test_a_layer_is_packed_filled_again_edited_and_emptied(store, tmp_path):
    box = Bbox(-90.30, 38.70, -90.28, 38.72)
    for count, shift in ((2_000, 0.0), (2_500, 0.0001), (1_000, -0.0001)):
        loaded = trees(count, shift)
        store.load(Load("trees", "town", loaded, {}), actor=OPERATOR, at=MONDAY)
        assert found_in(store, box) == set(loaded["id"][loaded.geometry.intersects(shapely.box(*box))])
        assert store.check_integrity() == []

    store.put("trees", Record("new", "", {}, shapely.Point(-90.29, 38.71).wkb), actor=OPERATOR, at=MONDAY)
    assert "new" in found_in(store, box)
    assert store.check_integrity() == []
    store.unload("trees", "town", actor=OPERATOR, at=MONDAY)
    assert found_in(store, box) == {"new"}
    store.load(Load("trees", "town", trees(900), {}), actor=OPERATOR, at=MONDAY)
    assert store.check_integrity() == []
    with closing(connect(tmp_path / "town.gpkg")) as connection:
        assert connection.execute("SELECT count(*) FROM rtree_trees_geom").get == 901
