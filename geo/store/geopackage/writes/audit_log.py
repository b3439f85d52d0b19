"""The audit log: one entry for each change, never altered. Its highest number is the store's version.

The other modules of `writes` call `write_entry`. `snapshot` reads the log.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import apsw

from geo.schema import LAYERS, SYSTEM_COLUMNS
from geo.store.geopackage.encoding import stored_values
from geo.store.records import Actor, Change

# Actions that change layers, and so make an earlier join stale.
CONTENT_ACTIONS = ("load", "unload", "put", "delete")


def current_version(connection: apsw.Connection) -> int:
    """Return the current version. It grows with every write."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM lotleaf_audit").get)


def write_entry(
    connection: apsw.Connection,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    detail: Mapping[str, Any],
    layer: str | None = None,
    id_: str | None = None,
) -> int:
    """Add an entry and return its number."""
    row = (at.isoformat(), actor.name, action, layer, id_, to_canonical_json(detail))
    connection.execute(
        "INSERT INTO lotleaf_audit (at, actor, action, layer, id, detail) VALUES (?, ?, ?, ?, ?, ?)", row
    )
    return connection.last_insert_rowid()


def changes_since(connection: apsw.Connection, since: int, actor: Actor, limit: int) -> list[Change]:
    """Return the entries after `since`, oldest first, without the fields that the actor may not see."""
    rows = connection.execute(
        "SELECT seq, at, actor, action, layer, id, detail FROM lotleaf_audit WHERE seq > ? ORDER BY seq LIMIT ?",
        (since, limit),
    )
    return [_row_to_change(row, actor) for row in rows]


def has_content_changed(connection: apsw.Connection, since: int) -> bool:
    """Return whether rows or rasters of any layer changed after version `since`."""
    placeholders = ", ".join("?" * len(CONTENT_ACTIONS))
    sql = (
        "SELECT EXISTS (SELECT 1 FROM lotleaf_audit WHERE seq > ? "
        f"AND action IN ({placeholders}) AND detail ->> '$.content' IS NOT 0)"
    )
    return bool(connection.execute(sql, (since, *CONTENT_ACTIONS)).get)


def has_bulk_change(connection: apsw.Connection, layer: str, since: int) -> bool:
    """Return whether a load, a join or a restore after version `since` may have changed many records of a layer."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM lotleaf_audit WHERE seq > ? AND (action IN ('join', 'restore') "
        "OR (layer = ? AND action IN ('load', 'unload') AND detail ->> '$.content' IS NOT 0)))"
    )
    return bool(connection.execute(sql, (since, layer)).get)


def layer_etag(connection: apsw.Connection, layer: str) -> str:
    """Return a SHA-256 of the entry of a layer's last write, in hexadecimal.

    The entry has time and actor. So two copies of a file with different writes differ, even under
    the same number.
    """
    placeholders = ", ".join("?" * len(CONTENT_ACTIONS))
    last_entry = connection.execute(
        "SELECT seq, at, actor, action, id, detail FROM lotleaf_audit "
        f"WHERE (layer = ? AND action IN ({placeholders})) OR action = 'restore' ORDER BY seq DESC LIMIT 1",
        (layer, *CONTENT_ACTIONS),
    ).fetchone()
    return hashlib.sha256(to_canonical_json(last_entry).encode()).hexdigest()


def layers_written_since(connection: apsw.Connection, since: int) -> set[str]:
    """Return the names of the layers with a load, unload, put or delete after version `since`."""
    placeholders = ", ".join("?" * len(CONTENT_ACTIONS))
    sql = f"SELECT DISTINCT layer FROM lotleaf_audit WHERE seq > ? AND action IN ({placeholders})"
    return {layer for (layer,) in connection.execute(sql, (since, *CONTENT_ACTIONS))}


def version_token(connection: apsw.Connection, seq: int | None = None) -> str:
    """Return the entry of a version as JSON text, by default the last one, or `null` if there is none."""
    entry = connection.execute(
        "SELECT seq, at, actor, action, layer, id, detail FROM lotleaf_audit WHERE seq = ?",
        (current_version(connection) if seq is None else seq,),
    ).fetchone()
    return to_canonical_json(entry)


def to_canonical_json(value: Any) -> str:
    """Write a value as JSON text. Equal values have the same text.

    Values that JSON lacks become their NumPy item or their `str`.

    >>> to_canonical_json({"town": "Pagedale", "on": datetime(2018, 1, 31)})
    '{"on": "2018-01-31 00:00:00", "town": "Pagedale"}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_json_default)


def _json_default(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _row_to_change(row: tuple[Any, ...], actor: Actor) -> Change:
    seq, at, actor_name, action, layer, id_, detail_json = row
    detail = stored_values.parse_json_object(detail_json, "lotleaf_audit.detail")
    if not actor.sees_private and layer in LAYERS:
        detail = {key: _without_private_fields(layer, value) for key, value in detail.items()}
    return Change(seq, at, actor_name, action, layer, id_, detail)


def _without_private_fields(layer: str, value: Any) -> Any:
    """Remove private fields and `raw` from the `before` or the `after` of an entry.

    >>> _without_private_fields("parcels", {"owner": "A. Resident", "raw": "{}", "address": "1 Oak St"})
    {'address': '1 Oak St'}
    """
    if not isinstance(value, dict):
        return value
    private_names = {field.name for field in LAYERS[layer].fields_by_name.values() if field.private}
    private_names |= {name for name in SYSTEM_COLUMNS if name == "raw"}
    return {name: item for name, item in value.items() if name not in private_names}
