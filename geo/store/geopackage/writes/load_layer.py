"""Loads: the rows of a source are replaced by those that its files have now.

`geopackage_store.GeoPackage` calls `apply_loads` and `unload_source`.
"""

from datetime import datetime

import apsw

from geo.errors import BadInput, NoSuchSource
from geo.schema import Layer
from geo.store.geopackage import metadata
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import raster_tables
from geo.store.geopackage.tables import quote_name
from geo.store.geopackage.writes import audit_log
from geo.store.geopackage.writes.tombstones import create_temp_table, move_to_tombstones
from geo.store.geopackage.writes.upsert import LayerUpsert
from geo.store.records import Actor, Load, LoadResult


def apply_loads(
    connection: apsw.Connection, loads: tuple[Load, ...], actor: Actor, at: datetime
) -> tuple[LoadResult, ...]:
    """Apply each load inside the caller's transaction, and return the results in the same order.

    Trees are loaded after sites. Raises BadInput for the source of records that were added by hand.
    """
    if any(layer_load.source == metadata.MANUAL_SOURCE for layer_load in loads):
        raise BadInput(
            f"the source {metadata.MANUAL_SOURCE!r} is for records added by hand; give the files another --source"
        )
    metadata.choose_crs(connection, loads)
    load_order = sorted(range(len(loads)), key=lambda index: loads[index].layer == "trees")  # sites before trees
    results = {index: LayerUpsert(connection, loads[index]).apply(actor, at) for index in load_order}
    return tuple(results[index] for index in range(len(loads)))


def unload_source(connection: apsw.Connection, layer: Layer, source: str, actor: Actor, at: datetime) -> int:
    """Delete every row of a source, remove the source, and return how many rows it had.

    Edits by hand are saved for its return. Raises NoSuchSource.
    """
    key = (layer.name, source)
    connection.execute("DELETE FROM lotleaf_sources WHERE layer = ? AND name = ?", key)
    if not connection.changes() or source == metadata.MANUAL_SOURCE:
        source_rows = fetch_all(
            connection,
            "SELECT name FROM lotleaf_sources WHERE layer = ? AND name <> ?",
            (layer.name, metadata.MANUAL_SOURCE),
        )
        source_names = ", ".join(name for (name,) in source_rows) or "none"
        raise NoSuchSource(f"there is no source {source!r} in {layer.name}; the sources are: {source_names}")
    create_temp_table(connection, "gone", "(fid INTEGER PRIMARY KEY)")
    connection.execute(f"INSERT INTO temp.gone SELECT fid FROM {quote_name(layer.name)} WHERE source = ?", (source,))
    deleted_count = move_to_tombstones(connection, layer, "unloaded", at)
    raster_changed = raster_tables.write_raster(connection, layer.name, source, None)
    detail = {"source": source, "ended": deleted_count, "content": bool(deleted_count or raster_changed)}
    audit_log.write_entry(connection, "unload", actor=actor, at=at, layer=layer.name, detail=detail)
    metadata.update_gpkg_contents(connection, layer.name, at)
    return deleted_count
