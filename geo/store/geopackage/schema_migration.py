"""Migrations: numbered SQL files, then the tables and columns that layers have gained since.

`geopackage_store.GeoPackage` calls `is_workspace`, `is_current` and `migrate` when it opens a file.
"""

from collections.abc import Iterable, Iterator
from importlib import resources

import apsw

from geo.errors import BadWorkspace
from geo.fields import Field
from geo.schema import LAYERS, Layer
from geo.store.geopackage.tables import (
    APPLICATION_ID,
    _column_definition,
    _create_index_statement,
    _create_joined_table_statements,
    _create_table_statements,
    _key_index_statements,
    _needs_index,
    geometry_type,
    joined_table,
    quote_name,
    rtree_triggers,
)


def is_workspace(connection: apsw.Connection) -> bool:
    """Return whether a database is a lotleaf workspace, of any version."""
    has_application_id = connection.pragma("application_id") == APPLICATION_ID
    return bool(has_application_id and connection.table_exists("main", "lotleaf_migrations"))


def is_current(connection: apsw.Connection) -> bool:
    """Return whether the file has every migration and every declared column.

    Raises BadWorkspace if a newer lotleaf has written the file.
    """
    applied = _applied_migrations(connection)
    known_numbers = {number for number, _ in list_migrations()}
    if applied - known_numbers:
        raise BadWorkspace(
            f"a newer version of lotleaf wrote this workspace (migration {max(applied)}; this version knows up to "
            f"{max(known_numbers)}); use the newer version"
        )
    return applied == known_numbers and not any(_pending_statements(connection))


def migrate(connection: apsw.Connection, last_number: int | None = None) -> None:
    """Run the pending migrations, then add the tables, columns and indexes that the layers declare.

    `last_number` stops after one migration, to see what an older workspace looks like.
    """
    applied = _applied_migrations(connection)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS lotleaf_migrations (number INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL)"
    )
    for number, path in list_migrations():
        if number not in applied and (last_number is None or number <= last_number):
            connection.execute(path.read_text("utf-8"))
            connection.execute("INSERT INTO lotleaf_migrations VALUES (?, ?)", (number, path.name))
    for statement in list(_pending_statements(connection)):
        connection.execute(statement)


def list_migrations() -> list[tuple[int, resources.abc.Traversable]]:
    """Return the migrations as pairs of number and SQL file, in order.

    >>> [(number, path.name) for number, path in list_migrations()][0]
    (1, '0001_ground.sql')
    """
    folder = resources.files("geo.store.geopackage") / "migrations"
    paths = [path for path in folder.iterdir() if path.name.endswith(".sql")]
    return sorted((int(path.name.split("_")[0]), path) for path in paths)


def _applied_migrations(connection: apsw.Connection) -> set[int]:
    if not connection.table_exists("main", "lotleaf_migrations"):
        return set()
    return {number for (number,) in connection.execute("SELECT number FROM lotleaf_migrations")}


def _pending_statements(connection: apsw.Connection) -> Iterator[str]:
    """Yield the statements that bring the tables up to the declared layers."""
    for layer in LAYERS.values():
        if not connection.table_exists("main", layer.name):
            yield from _create_table_statements(layer)
        else:
            yield from _add_column_statements(connection, layer.name, layer.fields)
            yield from _single_type_statements(connection, layer)
        if layer.joined_fields and not connection.table_exists("main", joined_table(layer)):
            yield from _create_joined_table_statements(layer)
        elif layer.joined_fields:
            yield from _add_column_statements(connection, joined_table(layer), layer.joined_fields)
        yield from _key_index_statements(connection, layer)


def _single_type_statements(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    """Yield the statements that give a table of mixed geometry types, from an older version, its one type.

    No coordinate changes, so the R-tree stays valid and its triggers are dropped meanwhile.
    """
    table = layer.name
    declared_type = connection.execute(
        "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchone()
    if declared_type is None or declared_type[0] == geometry_type(layer):
        return
    triggers = rtree_triggers(layer)
    yield from (f"DROP TRIGGER IF EXISTS {quote_name(name)}" for name in triggers)
    yield f"UPDATE {quote_name(table)} SET geom = lotleaf_to_multi(geom) WHERE geom NOTNULL"
    yield from triggers.values()
    yield (
        f"UPDATE gpkg_geometry_columns SET geometry_type_name = '{geometry_type(layer)}' WHERE table_name = '{table}'"
    )


def _add_column_statements(connection: apsw.Connection, table: str, fields: Iterable[Field]) -> Iterator[str]:
    existing = {row[1] for row in connection.execute(f"PRAGMA table_info({quote_name(table)})")}
    new_fields = [field for field in fields if field.name not in existing]
    yield from (f"ALTER TABLE {quote_name(table)} ADD COLUMN {_column_definition(field)}" for field in new_fields)
    yield from (_create_index_statement(table, field.name) for field in new_fields if _needs_index(field))
