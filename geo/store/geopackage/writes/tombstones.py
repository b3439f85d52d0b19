"""Tombstones: deleted rows, saved with the day and the reason.

`upsert`, `load_layer` and `record_editor` call `move_to_tombstones`. `snapshot` calls `find_tombstone`.
"""

from datetime import datetime

import apsw

from geo.schema import Layer
from geo.store.geopackage.encoding import geometry_blob, row_encoding, stored_values
from geo.store.geopackage.tables import has_geometry, joined_table, quote_name
from geo.store.records import Actor, Tombstone


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


def find_tombstone(connection: apsw.Connection, layer: Layer, id_: str, actor: Actor) -> Tombstone | None:
    """Return the latest tombstone of an id, with the values that the actor may see. None if there is none."""
    row = connection.execute(
        "SELECT source, deleted_on, reason, record, geom FROM lotleaf_tombstones"
        " WHERE layer = ? AND id = ? ORDER BY n DESC",
        (layer.name, id_),
    ).fetchone()
    if row is None:
        return None
    source, deleted_on, reason, record, blob = row
    values = stored_values.parse_json_object(record, "lotleaf_tombstones.record")
    visible_names = (field.name for field in row_encoding.visible_fields(layer.fields, actor))
    visible_values = {name: values.get(name) for name in visible_names}
    wkb = geometry_blob.decode_blob(blob)
    return Tombstone(layer.name, id_, source, deleted_on, reason, visible_values, wkb)


def create_temp_table(connection: apsw.Connection, name: str, columns: str) -> None:
    """Create an empty temporary table, and drop an older one of the same name."""
    connection.execute(f"DROP TABLE IF EXISTS temp.{name}; CREATE TEMP TABLE {name} {columns}")
