"""The change log: the records that edits changed since the last join, for open maps and tiles.

`record_editor` and `transaction` write it. `snapshot` reads it with `changed_records`.
"""

from collections.abc import Iterable, Mapping

import apsw

from geo.schema import Layer
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.writes import audit_log

MAX_CHANGED_RECORDS = 5_000  # above this, the layer counts as changed everywhere

_UPSERT_SQL = (
    "INSERT INTO lotleaf_row_changes VALUES (?, ?, ?, ?) ON CONFLICT (layer, id) "
    "DO UPDATE SET version = excluded.version, moved = max(moved, excluded.moved)"
)


def log_changes(connection: apsw.Connection, layer: str, ids: Iterable[str], *, moved: bool) -> None:
    """Log that records changed at the current version.

    `moved` says that their geometry changed, or that they were added or deleted.
    """
    version = audit_log.current_version(connection)
    connection.executemany(_UPSERT_SQL, ((layer, id_, version, int(moved)) for id_ in ids))


def clear_changes(connection: apsw.Connection) -> None:
    """Clear the change log, after a join has written all joined values."""
    connection.execute("DELETE FROM lotleaf_row_changes")


def changed_records(connection: apsw.Connection, layer: Layer, version: int) -> Mapping[str, bool] | None:
    """Return the ids of a layer's records that changed after `version`, and for each whether it moved.

    Returns None if more than single records may have changed: by a load, a join, a restore or too many edits.
    """
    if audit_log.has_bulk_change(connection, layer.name, version):
        return None
    sql = "SELECT id, moved FROM lotleaf_row_changes WHERE layer = ? AND version > ? LIMIT ?"
    rows = fetch_all(connection, sql, (layer.name, version, MAX_CHANGED_RECORDS + 1))
    return None if len(rows) > MAX_CHANGED_RECORDS else {id_: bool(moved) for id_, moved in rows}
