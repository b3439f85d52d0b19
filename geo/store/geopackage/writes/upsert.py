"""The load of one source into its layer: insert new rows, update changed ones, delete missing ones.

`load_layer.apply_loads` calls `LayerUpsert.apply`. The rows first enter a temporary table. There they
are matched with existing rows and get the edits made by hand. Rows without a change leave it again.
Only then does the layer change.
"""

from datetime import datetime

import apsw

from geo.schema import layer_named
from geo.store.geopackage import metadata
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import raster_tables, row_encoding
from geo.store.geopackage.tables import has_geometry, quote_name, rtree_name, rtree_triggers
from geo.store.geopackage.writes import audit_log
from geo.store.geopackage.writes.edited_records import find_affected_edits
from geo.store.geopackage.writes.id_allocation import IdAllocator
from geo.store.geopackage.writes.id_carryover import carry_over_ids, resolve_guid_references
from geo.store.geopackage.writes.rtree_bulk import BBOX_COLUMNS, fill_rtree
from geo.store.geopackage.writes.tombstones import create_temp_table, move_to_tombstones
from geo.store.records import Actor, Load, LoadResult


class LayerUpsert:
    """One load into one layer, inside a write transaction."""

    def __init__(self, connection: apsw.Connection, load: Load) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._load = load
        self._layer = layer_named(load.layer)
        self._table_name = quote_name(self._layer.name)
        self._field_columns = [quote_name(field.name) for field in self._layer.fields]
        self._content_columns = [*(["geom"] if has_geometry(self._layer) else []), *self._field_columns, "raw"]

    def apply(self, actor: Actor, at: datetime) -> LoadResult:
        """Bring the layer to the state of the load, and record the load if it holds any news."""
        self._stage_rows()
        renamed = carry_over_ids(self._connection, self._layer, self._load)
        self._drop_rows_deleted_by_hand()
        self._resolve_site_ids()
        self._match_existing_rows()
        self._apply_saved_edits()
        deleted_count = self._find_deleted_rows()
        affected_edits = find_affected_edits(self._connection, self._layer, self._load.source)
        unchanged = self._drop_unchanged_rows()
        raster_changed = raster_tables.write_raster(
            self._connection, self._load.layer, self._load.source, self._load.raster
        )
        staged_count = self._execute("SELECT count(*) FROM temp.stage").get
        content_changed = bool(deleted_count or staged_count or raster_changed or self._has_new_towns())
        deleted = changed = added = 0
        if deleted_count or staged_count:
            deleted, changed, added = self._write_changes(at)
        conflicts = tuple(metadata.find_edit_conflicts(self._connection, self._load.layer, self._load.source))
        result = LoadResult(added, changed, unchanged, deleted, conflicts, affected_edits, renamed)
        if content_changed or renamed or self._has_new_provenance():
            self._record_load(result, actor, at, content_changed=content_changed)
        self._execute("DROP TABLE temp.stage; DROP TABLE temp.gone")
        return result

    def _stage_rows(self) -> None:
        column_definitions = ", ".join(["geom BLOB", *BBOX_COLUMNS, *self._field_columns, "raw"])
        create_temp_table(
            self._connection,
            "stage",
            f"(n INTEGER PRIMARY KEY, source_id TEXT NOT NULL UNIQUE, {column_definitions}, fid INTEGER, id TEXT)",
        )
        placeholders = ", ".join("?" * (len(self._field_columns) + 7))
        column_names = ", ".join(["source_id", "geom", *BBOX_COLUMNS, *self._field_columns, "raw"])
        self._connection.executemany(
            f"INSERT INTO temp.stage ({column_names}) VALUES ({placeholders})",
            row_encoding.to_staging_rows(self._load.frame, self._layer),
        )

    def _drop_rows_deleted_by_hand(self) -> None:
        self._execute(
            "DELETE FROM temp.stage WHERE source_id IN (SELECT source_id FROM lotleaf_tombstones "
            "WHERE layer = ? AND source = ? AND reason = 'deleted')",
            (self._load.layer, self._load.source),
        )

    def _resolve_site_ids(self) -> None:
        """Replace the site ids of trees by the public ids of the sites of their own source.

        Another source's site may have the id that the file uses. Then the public id is `<id>~<source>`.
        """
        if self._load.layer == "trees":
            resolve_guid_references(self._connection, self._load.source)
            self._execute(
                "UPDATE temp.stage SET site_id = s.id FROM sites AS s "
                "WHERE s.source = ? AND s.source_id = stage.site_id",
                (self._load.source,),
            )

    def _match_existing_rows(self) -> None:
        self._execute(
            f"UPDATE temp.stage SET fid = l.fid, id = l.id FROM {self._table_name} AS l "
            "WHERE l.source = ? AND l.source_id = stage.source_id",
            (self._load.source,),
        )

    def _apply_saved_edits(self) -> None:
        """Put edits by hand over the values of the file, and save the value that the file has now."""
        key = (self._load.layer, self._load.source)
        edits = fetch_all(
            self._connection,
            "SELECT source_id, field, value, file_current FROM lotleaf_overrides WHERE layer = ? AND source = ?",
            key,
        )
        for source_id, field, value, known_file_value in edits:
            staged_row = self._execute(
                f"SELECT {quote_name(field)} FROM temp.stage WHERE source_id = ?", (source_id,)
            ).fetchone()
            if staged_row is None:
                continue
            self._execute(f"UPDATE temp.stage SET {quote_name(field)} = ? WHERE source_id = ?", (value, source_id))
            if staged_row[0] != known_file_value:
                self._execute(
                    "UPDATE lotleaf_overrides SET file_current = ? WHERE (layer, source, source_id, field) = (?, ?, ?, ?)",
                    (staged_row[0], *key, source_id, field),
                )

    def _find_deleted_rows(self) -> int:
        create_temp_table(self._connection, "gone", "(fid INTEGER PRIMARY KEY)")
        self._execute(
            f"INSERT INTO temp.gone SELECT fid FROM {self._table_name} WHERE source = ? "
            "AND fid NOT IN (SELECT fid FROM temp.stage WHERE fid NOTNULL)",
            (self._load.source,),
        )
        return self._connection.changes()

    def _drop_unchanged_rows(self) -> int:
        equality_sql = " AND ".join(f"l.{name} IS stage.{name}" for name in self._content_columns)
        self._execute(
            f"DELETE FROM temp.stage WHERE fid NOTNULL AND EXISTS (SELECT 1 FROM {self._table_name} AS l "
            f"WHERE l.fid = stage.fid AND {equality_sql})"
        )
        return self._connection.changes()

    def _write_changes(self, at: datetime) -> tuple[int, int, int]:
        """Change the layer, and return the numbers of rows deleted, changed and added.

        The R-tree is filled at the end. Its triggers are dropped meanwhile.
        """
        triggers = rtree_triggers(self._layer) if has_geometry(self._layer) else {}
        for name in triggers:
            self._execute(f"DROP TRIGGER {quote_name(name)}")
        if triggers:
            self._execute(
                f"DELETE FROM {rtree_name(self._layer)} WHERE id IN (SELECT fid FROM temp.gone "
                "UNION SELECT fid FROM temp.stage WHERE fid NOTNULL)"
            )
        deleted = move_to_tombstones(self._connection, self._layer, "vanished", at)
        changed, added = self._update_rows(), self._insert_rows()
        if triggers:
            fill_rtree(self._connection, self._layer)
        for statement in triggers.values():
            self._execute(statement)
        metadata.update_gpkg_contents(self._connection, self._load.layer, at)
        return deleted, changed, added

    def _update_rows(self) -> int:
        assignments = ", ".join(f"{name} = s.{name}" for name in self._content_columns)
        self._execute(
            f"UPDATE {self._table_name} SET {assignments} FROM temp.stage AS s WHERE {self._table_name}.fid = s.fid"
        )
        return self._connection.changes()

    def _insert_rows(self) -> int:
        IdAllocator(self._connection, self._layer, self._load.source).allocate_ids()
        last_fid = self._execute(
            f"SELECT max(coalesce((SELECT max(fid) FROM {self._table_name}), 0), coalesce("
            "(SELECT seq FROM sqlite_sequence WHERE name = ?), 0))",
            (self._layer.name,),
        ).get
        self._execute("UPDATE temp.stage SET fid = ? + n WHERE fid ISNULL", (last_fid,))
        column_names = ", ".join(["fid", "id", "source_id", *self._content_columns])
        self._execute(
            f"INSERT INTO {self._table_name} ({column_names}, source) SELECT {column_names}, ? FROM temp.stage "
            "WHERE fid > ? ORDER BY n",
            (self._load.source, last_fid),
        )
        return self._connection.changes()

    def _has_new_provenance(self) -> bool:
        """Return whether the provenance differs from that of the source's previous load."""
        previous = self._execute(
            "SELECT provenance FROM lotleaf_loads WHERE n = (SELECT load FROM lotleaf_sources "
            "WHERE layer = ? AND name = ?)",
            (self._load.layer, self._load.source),
        ).fetchone()
        return previous is None or previous[0] != audit_log.to_canonical_json(self._load.provenance)

    def _has_new_towns(self) -> bool:
        """Return whether the source declares other towns than at its previous load. The join depends on them."""
        provenance = self._load.provenance
        previous = metadata.read_declared_towns(self._connection, self._load.layer).get(self._load.source, {})
        return previous != {key: provenance[key] for key in metadata.TOWN_KEYS if provenance.get(key)}

    def _record_load(self, result: LoadResult, actor: Actor, at: datetime, *, content_changed: bool) -> None:
        load = self._load
        counts = {"added": result.added, "changed": result.changed, "same": result.unchanged, "ended": result.deleted}
        json_values = (audit_log.to_canonical_json(load.provenance), audit_log.to_canonical_json(load.report))
        self._execute(
            "INSERT INTO lotleaf_loads (layer, source, at, actor, added, changed, unchanged, deleted,"
            " provenance, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (load.layer, load.source, at.isoformat(), actor.name, *counts.values(), *json_values),
        )
        self._execute(
            "INSERT OR REPLACE INTO lotleaf_sources VALUES (?, ?, last_insert_rowid())", (load.layer, load.source)
        )
        detail = {
            "source": load.source,
            **counts,
            "conflicts": len(result.conflicts),
            "checksum": metadata.provenance_checksum(load.provenance),
            "content": content_changed,
        }
        audit_log.write_entry(self._connection, "load", actor=actor, at=at, layer=load.layer, detail=detail)
