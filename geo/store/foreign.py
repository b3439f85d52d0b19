"""What stands in a file that lotleaf did not put there, and that would act by itself."""

import re
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import NamedTuple

import apsw

from geo.layers import LAYERS
from geo.store import schema
from geo.store.connections import fetched

# GDAL counts the rows of a copy that QGIS worked on: harmless, and this alone.
COUNTING = re.compile(
    r"""CREATE TRIGGER "trigger_(insert|delete)_feature_count_(\w+)" AFTER (INSERT|DELETE) ON "\2" BEGIN """
    r"""UPDATE gpkg_ogr_contents SET feature_count = feature_count [-+] 1 WHERE lower\(table_name\) = lower\('\2'\); END"""
)
# An index that somebody added, and a column that a layer had once: nothing in them is worked out.
PLAIN_INDEX = re.compile(
    r'CREATE INDEX \S+ ON "?\w+"? \(("?\w+"?(, )?)+\)( WHERE "?\w+"? NOTNULL)?'
)
PLAIN_COLUMN = re.compile(r'"?\w+"? [A-Z]+')


class Thing(NamedTuple):
    """A table, index, trigger or view, as the file says of itself."""

    kind: str
    name: str
    of: str
    sql: str


def strangers(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each table of ours that is not as lotleaf makes it, and whatever acts on one.

    Nothing of them is run: only what the file says of itself is read. What QGIS adds beside our
    tables never acts on them, and may stay.
    """
    for thing in _things(connection):
        table = thing.kind == "table" and _ours().get(thing.name)
        if table and thing.sql != table.sql:
            yield from _table_faults(thing, table)
        elif thing.kind != "table" and thing.name in _ours_of("table"):
            yield f"{thing.name!r} should be a table and is a {thing.kind}"
        elif thing.of in _ours_of("table") and not _harmless(thing):
            yield f"the {thing.kind} {thing.name!r} on {thing.of!r} is none of lotleaf's"


def missing(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each table of ours that is not there."""
    there = {thing.name for thing in _things(connection)}
    yield from (f"the table {name!r} is missing" for name in sorted(_ours_of("table") - there))


def _things(connection: apsw.Connection) -> Iterator[Thing]:
    rows = fetched(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema")
    for kind, name, of, sql in rows:
        yield Thing(kind, str(name).lower(), str(of).lower(), " ".join(str(sql or "").split()))


@cache
def _ours() -> dict[str, Thing]:
    """Give everything in a fresh workspace, by name."""
    with closing(apsw.Connection(":memory:")) as fresh:
        schema.bring_up(fresh)
        return {thing.name: thing for thing in _things(fresh)}


@cache
def _ours_of(kind: str) -> frozenset[str]:
    return frozenset(thing.name for thing in _ours().values() if thing.kind == kind)


def _table_faults(there: Thing, ours: Thing) -> Iterator[str]:
    """Hold a table to ours: a layer may have other plain columns, as an older lotleaf declared them."""
    unlike = _parts(there.sql) ^ _parts(ours.sql)
    if there.name.removeprefix("joined_") in LAYERS:
        unlike = {part for part in unlike if not PLAIN_COLUMN.fullmatch(part)}
    if unlike:
        yield f"the table {there.name!r} is not as lotleaf makes it ({min(unlike)[:80]})"


def _parts(sql: str) -> set[str]:
    """Split what defines a table of ours into its head and its columns."""
    head, _, columns = sql.removesuffix(")").partition(" (")
    return {head, *columns.split(", ")}


def _harmless(thing: Thing) -> bool:
    if thing.kind == "table":
        return True
    ours = _ours().get(thing.name)
    if ours is not None and (ours.kind, ours.of) == (thing.kind, thing.of):
        return ours.sql == thing.sql
    if thing.kind == "index":
        return not thing.sql or PLAIN_INDEX.fullmatch(thing.sql) is not None
    return COUNTING.fullmatch(thing.sql) is not None
