"""Tombstones: deleted rows, saved with the day and the reason.

`upsert`, `load_layer` and `record_editor` call `move_to_tombstones`.
"""

from datetime import datetime

import apsw

from geo.schema import Layer
from geo.store.geopackage.tables import has_geometry, joined_table, quote_name


def move_to_tombstones(connection: apsw.Connection, layer: Layer, reason: str, at: datetime) -> int:
    """Move the rows of `temp.gone` from a layer to `lotleaf_tombstones`, and return their number."""
    names = [*(field.name for field in layer.fields), "raw"]
    record_sql = ", ".join(f"'{name}', {quote_name(name)}" for name in names)
    geometry_sql = "geom" if has_geometry(layer) else "NULL"
    condition = "fid IN (SELECT fid FROM temp.gone)"
    connection.execute(
        "INSERT INTO lotleaf_tombstones (layer, source, source_id, id, deleted_on, reason, load, record, geom)"
        f" SELECT ?, source, source_id, id, ?, ?, (SELECT load FROM lotleaf_sources WHERE layer = ?1"
        f" AND name = source), json_object({record_sql}), {geometry_sql} FROM {quote_name(layer.name)} WHERE {condition}",
        (layer.name, at.date().isoformat(), reason),
    )
    if layer.joined_fields:
        connection.execute(f"DELETE FROM {joined_table(layer)} WHERE {condition}")
    connection.execute(f"DELETE FROM {quote_name(layer.name)} WHERE {condition}")
    return connection.changes()


def create_temp_table(connection: apsw.Connection, name: str, columns: str) -> None:
    """Create an empty temporary table, and drop an older one of the same name."""
    connection.execute(f"DROP TABLE IF EXISTS temp.{name}; CREATE TEMP TABLE {name} {columns}")
