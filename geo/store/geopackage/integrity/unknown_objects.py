"""Tables, indexes, triggers and views of other programs, which could run or change lotleaf's writes.

`geopackage_store` calls `unexpected_object_faults` when it opens a file. `backup` and
`integrity_checks` call it before anything else.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cache
from typing import NamedTuple

import apsw

from geo.schema import LAYERS
from geo.store.geopackage import schema_migration
from geo.store.geopackage.connections import fetch_all

# GDAL adds row counters to a copy that QGIS edits. No other unknown trigger is allowed.
FEATURE_COUNT_TRIGGER = re.compile(
    r"""CREATE TRIGGER "trigger_(insert|delete)_feature_count_(\w+)" AFTER (INSERT|DELETE) ON "\2" BEGIN """
    r"""UPDATE gpkg_ogr_contents SET feature_count = feature_count [-+] 1 WHERE lower\(table_name\) = lower\('\2'\); END"""
)
# An added index, and a column of an older layer. Neither may contain an expression.
PLAIN_INDEX = re.compile(r'CREATE INDEX \S+ ON "?\w+"? \(("?\w+"?(, )?)+\)( WHERE "?\w+"? NOTNULL)?')
PLAIN_COLUMN = re.compile(r'"?\w+"? [A-Z]+')


class SchemaObject(NamedTuple):
    """One table, index, trigger or view of `sqlite_schema`: names in lower case, SQL with single spaces."""

    kind: str
    name: str
    table_name: str
    sql: str


def unexpected_object_faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each altered table of lotleaf, and for each unknown object that acts on one.

    It reads `sqlite_schema` only, and runs none of the objects. Tables of other programs, such as those
    of QGIS, are allowed: they never act on lotleaf's.

    >>> database = apsw.Connection(":memory:")
    >>> schema_migration.migrate(database)
    >>> _ = database.execute("CREATE INDEX by_genus ON trees (genus); CREATE TABLE layer_styles (name TEXT)")
    >>> list(unexpected_object_faults(database))
    []
    >>> _ = database.execute("CREATE TRIGGER felled AFTER INSERT ON trees BEGIN DELETE FROM trees; END")
    >>> list(unexpected_object_faults(database))
    ["the trigger 'felled' on 'trees' is not part of lotleaf"]
    """
    schema_objects = list(_schema_objects(connection))
    number = _migration_of({schema_object.name for schema_object in schema_objects})
    expected, table_names = _expected_objects(number), _expected_table_names(number)
    for schema_object in schema_objects:
        expected_table = schema_object.kind == "table" and expected.get(schema_object.name)
        if expected_table and schema_object.sql != expected_table.sql:
            yield from _table_faults(schema_object, expected_table)
        elif schema_object.kind != "table" and schema_object.name in table_names:
            yield f"{schema_object.name!r} should be a table, but is a {schema_object.kind}"
        elif schema_object.table_name in table_names and not _is_harmless(schema_object, expected):
            yield f"the {schema_object.kind} {schema_object.name!r} on {schema_object.table_name!r} is not part of lotleaf"


def missing_table_faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each table of lotleaf that is missing."""
    existing_names = {schema_object.name for schema_object in _schema_objects(connection)}
    newest = schema_migration.list_migrations()[-1][0]
    yield from (f"the table {name!r} is missing" for name in sorted(_expected_table_names(newest) - existing_names))


def _schema_objects(connection: apsw.Connection) -> Iterator[SchemaObject]:
    rows = fetch_all(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema")
    for kind, name, table_name, sql in rows:
        yield SchemaObject(kind, str(name).lower(), str(table_name).lower(), " ".join(str(sql or "").split()))


def _migration_of(names: set[str]) -> int:
    """Return the last migration whose own tables the names contain, the newest if there is none."""
    numbers = [number for number, _ in reversed(schema_migration.list_migrations())]
    return next((number for number in numbers if _own_table_names(number) <= names), numbers[0])


@cache
def _expected_objects(number: int) -> dict[str, SchemaObject]:
    """Return every schema object of a new workspace by name, as a migration left it."""
    with closing(apsw.Connection(":memory:")) as fresh_database:
        schema_migration.migrate(fresh_database, number)
        return {schema_object.name: schema_object for schema_object in _schema_objects(fresh_database)}


@cache
def _expected_table_names(number: int) -> frozenset[str]:
    objects = _expected_objects(number).values()
    return frozenset(schema_object.name for schema_object in objects if schema_object.kind == "table")


def _own_table_names(number: int) -> frozenset[str]:
    """Return the tables beside the layers, which no migration adds or renames without telling."""
    return frozenset(name for name in _expected_table_names(number) if name.startswith("lotleaf_"))


def _table_faults(actual: SchemaObject, expected: SchemaObject) -> Iterator[str]:
    """Compare a table with the expected one. A layer may have further plain columns from an older lotleaf."""
    differences = _definition_parts(actual.sql) ^ _definition_parts(expected.sql)
    if actual.name.removeprefix("joined_") in LAYERS:
        differences = {part for part in differences if not PLAIN_COLUMN.fullmatch(part)}
    if differences:
        yield f"the table {actual.name!r} is not as lotleaf creates it ({min(differences)[:80]})"


def _definition_parts(sql: str) -> set[str]:
    """Split a CREATE TABLE statement into its head and its columns.

    >>> sorted(_definition_parts("CREATE TABLE trees (fid INTEGER, id TEXT)"))
    ['CREATE TABLE trees', 'fid INTEGER', 'id TEXT']
    """
    header, _, columns = sql.removesuffix(")").partition(" (")
    return {header, *columns.split(", ")}


def _is_harmless(schema_object: SchemaObject, expected_objects: Mapping[str, SchemaObject]) -> bool:
    if schema_object.kind == "table":
        return True
    expected = expected_objects.get(schema_object.name)
    if expected is not None and (expected.kind, expected.table_name) == (schema_object.kind, schema_object.table_name):
        return expected.sql == schema_object.sql
    if schema_object.kind == "index":
        return not schema_object.sql or PLAIN_INDEX.fullmatch(schema_object.sql) is not None
    return FEATURE_COUNT_TRIGGER.fullmatch(schema_object.sql) is not None
