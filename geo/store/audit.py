"""The audit: one row for each write, only ever added to. Its last number is the store's version."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import apsw

from geo.layers import LAYERS, SYSTEM
from geo.store import held
from geo.store.protocol import Actor, Change

# What changes the layers themselves, so that a join made before is stale.
CONTENT = ("load", "unload", "put", "delete")


def version(connection: apsw.Connection) -> int:
    """Tell the version: it grows with every write."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM lotleaf_audit").get)


def write(
    connection: apsw.Connection,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    detail: Mapping[str, Any],
    layer: str | None = None,
    id_: str | None = None,
) -> int:
    """Add a row; returns its number."""
    row = (at.isoformat(), actor.name, action, layer, id_, as_json(detail))
    connection.execute(
        "INSERT INTO lotleaf_audit (at, actor, action, layer, id, detail) VALUES (?, ?, ?, ?, ?, ?)",
        row,
    )
    return connection.last_insert_rowid()


def changes(connection: apsw.Connection, since: int, actor: Actor, limit: int) -> list[Change]:
    """Tell what was done after `since`, without what the actor may not see."""
    found = connection.execute(
        "SELECT seq, at, actor, action, layer, id, detail FROM lotleaf_audit WHERE seq > ? "
        "ORDER BY seq LIMIT ?",
        (since, limit),
    )
    return [_change(row, actor) for row in found]


def content_changed(connection: apsw.Connection, since: int) -> bool:
    """Tell whether any layer's rows or rasters have changed after `since`."""
    marks = ", ".join("?" * len(CONTENT))
    sql = (
        "SELECT EXISTS (SELECT 1 FROM lotleaf_audit WHERE seq > ? "
        f"AND action IN ({marks}) AND detail ->> '$.content' IS NOT 0)"
    )
    return bool(connection.execute(sql, (since, *CONTENT)).get)


def wholesale(connection: apsw.Connection, layer: str, since: int) -> bool:
    """Tell whether more than single records of a layer may have changed after `since`: by a load, a join, a restore."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM lotleaf_audit WHERE seq > ? AND (action IN ('join', 'restore') "
        "OR (layer = ? AND action IN ('load', 'unload') AND detail ->> '$.content' IS NOT 0)))"
    )
    return bool(connection.execute(sql, (since, layer)).get)


def stamp(connection: apsw.Connection, layer: str) -> str:
    """Tell the last write of a layer, as a text that no other write has.

    A copy of the file that has since gone its own way tells another, even where it has the same numbers.
    """
    marks = ", ".join("?" * len(CONTENT))
    last = connection.execute(
        "SELECT seq, at, actor, action, id, detail FROM lotleaf_audit "
        f"WHERE (layer = ? AND action IN ({marks})) OR action = 'restore' ORDER BY seq DESC LIMIT 1",
        (layer, *CONTENT),
    ).fetchone()
    return hashlib.sha256(as_json(last).encode()).hexdigest()


def written_since(connection: apsw.Connection, since: int) -> set[str]:
    """Name the layers whose rows were written after a version."""
    marks = ", ".join("?" * len(CONTENT))
    sql = f"SELECT DISTINCT layer FROM lotleaf_audit WHERE seq > ? AND action IN ({marks})"
    return {layer for (layer,) in connection.execute(sql, (since, *CONTENT))}


def mark(connection: apsw.Connection, seq: int | None = None) -> str:
    """Give the text of a version's line, the last one's if none is named; empty where there is none."""
    line = connection.execute(
        "SELECT seq, at, actor, action, layer, id, detail FROM lotleaf_audit WHERE seq = ?",
        (version(connection) if seq is None else seq,),
    ).fetchone()
    return as_json(line)


def as_json(value: Any) -> str:
    """Write a value as JSON text, always the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _change(row: tuple[Any, ...], actor: Actor) -> Change:
    seq, at, who, action, layer, id_, text = row
    detail = held.members(text, "lotleaf_audit.detail")
    if not actor.sees_private and layer in LAYERS:
        detail = {key: _public(layer, value) for key, value in detail.items()}
    return Change(seq, at, who, action, layer, id_, detail)


def _public(layer: str, value: Any) -> Any:
    """Leave private fields out of a `before` or an `after`."""
    if not isinstance(value, dict):
        return value
    hidden = {field.name for field in LAYERS[layer].by_name.values() if field.private}
    hidden |= {name for name in SYSTEM if name == "raw"}
    return {name: each for name, each in value.items() if name not in hidden}
