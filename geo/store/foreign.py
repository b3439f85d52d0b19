"""What stands in a file that lotleaf did not put there, and that would act by itself."""

import re
from collections.abc import Iterator
from contextlib import closing
from functools import cache

import apsw

from geo.store import schema
from geo.store.connections import fetched

# GDAL counts the rows of a copy that QGIS worked on: harmless, and this alone.
COUNTING = re.compile(
    r"""CREATE TRIGGER "trigger_(insert|delete)_feature_count_(\w+)" AFTER (INSERT|DELETE) ON "\2" BEGIN """
    r"""UPDATE gpkg_ogr_contents SET feature_count = feature_count [-+] 1 WHERE lower\(table_name\) = lower\('\2'\); END"""
)


def strangers(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each trigger on a table of ours that is not ours, and for what poses as one.

    Nothing of them is run: only what the file says of itself is read. What QGIS adds beside our
    tables never acts on them, and may stay.
    """
    ours = _ours()
    there = fetched(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema")
    for kind, name, of, sql in there:
        known = ours.get(name) == (kind, sql) or of.lower() not in ours
        if kind == "trigger" and not known and not _counts(sql):
            yield f"the trigger {name!r} on {of!r} is none of lotleaf's"
        if kind == "view" and name.lower() in ours:
            yield f"{name!r} should be a table and is a view"


@cache
def _ours() -> dict[str, tuple[str, str]]:
    """Give everything in a fresh workspace, by name: its type and its SQL."""
    with closing(apsw.Connection(":memory:")) as fresh:
        schema.bring_up(fresh)
        made = fetched(fresh, "SELECT name, type, sql FROM sqlite_schema")
    return {name: (kind, sql) for name, kind, sql in made}


def _counts(sql: str) -> bool:
    return COUNTING.fullmatch(" ".join(sql.split())) is not None
