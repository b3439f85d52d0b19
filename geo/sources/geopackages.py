"""A GeoPackage before GDAL opens it: what computes rows instead of holding them is taken out, or refused."""

from contextlib import closing
from pathlib import Path

import apsw

from geo.errors import BadFile

MADE = (2, 3)  # how SQLite marks a column that is computed


def disarm(path: Path, name: str, table: str | None) -> None:
    """Take the views out of our copy: one may have no end, or gigabytes in a row.

    Raises BadFile where `table` is a view, and for tables and columns that are computed as they are read.
    """
    try:
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
            schema = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")
            for sort, called, sql in schema.fetchall():
                if sort == "view":
                    connection.execute(f"DROP VIEW {_quoted(str(called))}")
                    _refuse_asked(str(called), table, name)
                elif sort == "table":
                    _refuse_computed(connection, str(called), str(sql), name)
    except apsw.Error as error:
        raise BadFile(
            f"{name}: cannot be read as GPKG ({str(error)[:200]}); is it whole? Export it again"
        ) from None


def _refuse_asked(view: str, table: str | None, name: str) -> None:
    if view == table:
        raise BadFile(f"{name}: '{view}' is a view, which computes its rows; export it as a table")


def _refuse_computed(connection: apsw.Connection, table: str, sql: str, name: str) -> None:
    if sql.lstrip().upper().startswith("CREATE VIRTUAL"):
        if "USING RTREE" not in " ".join(sql.upper().split()):
            raise BadFile(f"{name}: holds a virtual table '{table}'; export the layer alone")
        return
    columns = connection.execute(f"PRAGMA table_xinfo({_quoted(table)})").fetchall()
    if made := [one[1] for one in columns if one[6] in MADE]:
        raise BadFile(
            f"{name}: the column '{made[0]}' of '{table}' is computed; export the layer, so that it holds values"
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
