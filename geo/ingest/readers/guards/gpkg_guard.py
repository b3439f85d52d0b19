"""A check of a GeoPackage before GDAL opens it: views are dropped, computed tables are refused.

`vector_files.read_vector` calls `make_gpkg_safe` on the sandbox's copy of the file.
"""

from contextlib import closing
from pathlib import Path

import apsw

from geo.errors import BadFile

GENERATED_COLUMN_CODES = (2, 3)  # `hidden` in PRAGMA table_xinfo: a virtual or a stored generated column


def make_gpkg_safe(path: Path, name: str, table_name: str | None) -> None:
    """Drop all views of the copy, because a view may return endless rows or gigabytes in one row.

    Raises BadFile where `table_name` is a view, and for virtual tables and generated columns.
    """
    try:
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
            schema = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")
            for object_type, object_name, sql in schema.fetchall():
                if object_type == "view":
                    connection.execute(f"DROP VIEW {_quote_identifier(str(object_name))}")
                    _refuse_requested_view(str(object_name), table_name, name)
                elif object_type == "table":
                    _refuse_computed_table(connection, str(object_name), str(sql), name)
    except apsw.Error as error:
        raise BadFile(
            f"{name}: cannot be read as GPKG ({str(error)[:200]}); is the file complete? Export it again"
        ) from None


def _refuse_requested_view(view_name: str, table_name: str | None, name: str) -> None:
    if view_name == table_name:
        raise BadFile(f"{name}: '{view_name}' is a view, not a table; export it as a table")


def _refuse_computed_table(connection: apsw.Connection, table_name: str, sql: str, name: str) -> None:
    if sql.lstrip().upper().startswith("CREATE VIRTUAL"):
        if "USING RTREE" not in " ".join(sql.upper().split()):
            raise BadFile(f"{name}: has a virtual table '{table_name}'; export only the layer")
        return
    columns = connection.execute(f"PRAGMA table_xinfo({_quote_identifier(table_name)})").fetchall()
    if generated_columns := [column[1] for column in columns if column[6] in GENERATED_COLUMN_CODES]:
        raise BadFile(
            f"{name}: the column '{generated_columns[0]}' of '{table_name}' is computed; export the layer with stored values"
        )


def _quote_identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
