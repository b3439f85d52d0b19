"""Rows that stand no longer, kept with the day and the reason."""

from datetime import datetime

import apsw

from geo.layers import Layer
from geo.store.schema import joined, quoted, shaped


def end(connection: apsw.Connection, layer: Layer, reason: str, at: datetime) -> int:
    """Move the rows that `temp.gone` names to those that have ended; returns how many."""
    names = [*(field.name for field in layer.fields), "raw"]
    record = ", ".join(f"'{name}', {quoted(name)}" for name in names)
    shape = "geom" if shaped(layer) else "NULL"
    gone = "fid IN (SELECT fid FROM temp.gone)"
    connection.execute(
        "INSERT INTO lotleaf_ended (layer, source, source_id, id, ended_on, reason, load, record, geom)"
        f" SELECT ?, source, source_id, id, ?, ?, (SELECT load FROM lotleaf_sources WHERE layer = ?1"
        f" AND name = source), json_object({record}), {shape} FROM {quoted(layer.name)} WHERE {gone}",
        (layer.name, at.date().isoformat(), reason),
    )
    if layer.joined:
        connection.execute(f"DELETE FROM {joined(layer)} WHERE {gone}")
    connection.execute(f"DELETE FROM {quoted(layer.name)} WHERE {gone}")
    return connection.changes()


def fresh_temp(connection: apsw.Connection, name: str, columns: str) -> None:
    """Make a temporary table, empty."""
    connection.execute(f"DROP TABLE IF EXISTS temp.{name}; CREATE TEMP TABLE {name} {columns}")
