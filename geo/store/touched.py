"""Which records were changed since a version, one by one: for whoever holds the rest of the layer already."""

from collections.abc import Iterable, Mapping

import apsw

from geo.layers import Layer
from geo.store import audit
from geo.store.connections import fetched

MOST = 5_000  # records beyond which the whole layer counts as changed

_NOTE = (
    "INSERT INTO lotleaf_touched VALUES (?, ?, ?, ?) ON CONFLICT (layer, id) "
    "DO UPDATE SET seq = excluded.seq, moved = max(moved, excluded.moved)"
)


def note(connection: apsw.Connection, layer: str, ids: Iterable[str], *, moved: bool) -> None:
    """Note that records were changed as of now; `moved` says that their shape was, or that they came or went."""
    seq = audit.version(connection)
    connection.executemany(_NOTE, ((layer, id_, seq, int(moved)) for id_ in ids))


def forget(connection: apsw.Connection) -> None:
    """Forget what was noted: everything is written anew."""
    connection.execute("DELETE FROM lotleaf_touched")


def since(connection: apsw.Connection, layer: Layer, version: int) -> Mapping[str, bool] | None:
    """Give the records of a layer that were changed after a version, and whether each moved.

    None where more than single records may have changed: a load or a join since, or too many edits.
    """
    if audit.wholesale(connection, layer.name, version):
        return None
    sql = "SELECT id, moved FROM lotleaf_touched WHERE layer = ? AND seq > ? LIMIT ?"
    found = fetched(connection, sql, (layer.name, version, MOST + 1))
    return None if len(found) > MOST else {id_: bool(moved) for id_, moved in found}
