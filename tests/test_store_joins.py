"""Joined tables in the file: filled without their indexes, which stand there again after."""

from contextlib import closing

import apsw
import pytest

from geo.store import joins


@pytest.fixture
def file():
    with closing(apsw.Connection("")) as connection:
        connection.execute(
            "CREATE TABLE joined_parcels (fid INTEGER PRIMARY KEY, id, town);"
            "CREATE INDEX joined_parcels_town ON joined_parcels (town, id) WHERE town NOTNULL;"
        )
        yield connection


def indexes(file):
    return file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index'").fetchall()


def test_indexes_are_away_while_a_table_is_filled_and_back_after(file):
    before = indexes(file)

    with joins._bare(file, "joined_parcels"):
        assert indexes(file) == []
        file.execute("INSERT INTO joined_parcels VALUES (1, '10E1', 'Normandy')")

    assert indexes(file) == before
    sql = "EXPLAIN QUERY PLAN SELECT id FROM joined_parcels WHERE town = 'Normandy'"
    assert "USING COVERING INDEX joined_parcels_town" in str(file.execute(sql).fetchall())
    assert file.pragma("integrity_check") == "ok"
