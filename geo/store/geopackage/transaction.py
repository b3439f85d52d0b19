"""Write transactions: edits by hand and the joined values that they change, committed together.

`geopackage_store.GeoPackage.transaction` makes a `GeoPackageTransaction` for `geo.incremental` and `geo.edits`.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import apsw

from geo.crs import Bbox
from geo.schema import layer_named
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import geometry_blob
from geo.store.geopackage.select import from_clause, qualified_column
from geo.store.geopackage.snapshot import Snapshot
from geo.store.geopackage.tables import has_geometry, joined_table, key_sql, quote_name, rtree_name
from geo.store.geopackage.writes import audit_log, change_log, field_notes
from geo.store.geopackage.writes.record_editor import RecordEditor
from geo.store.note import EditResult, Note
from geo.store.records import Actor, Record, RowSet

_LISTED_VALUES_SQL = "(SELECT value FROM json_each(:listed))"
_RTREE_BBOX_SQL = "SELECT id FROM {tree} WHERE maxx >= :west AND minx <= :east AND maxy >= :south AND miny <= :north"


@dataclass(frozen=True)
class GeoPackageTransaction:
    """A `protocol.GeoPackageTransaction` on a connection inside a write transaction."""

    connection: apsw.Connection
    actor: Actor
    at: datetime

    def put(self, layer: str, record: Record) -> Record:
        """Add a record, or change the given values of an existing one."""
        return RecordEditor(self.connection, layer_named(layer), self.actor, self.at).put(record)

    def delete(self, layer: str, id_: str) -> None:
        """Delete a record and leave a tombstone, or raise NoSuchRecord."""
        RecordEditor(self.connection, layer_named(layer), self.actor, self.at).delete(id_)

    def rows_in_bbox(self, layer: str, bbox: Bbox, fields: tuple[str, ...]) -> RowSet:
        """Return the rows with a geometry that meets `bbox` (degrees), and possibly some just outside it."""
        return self._select_rows(layer, fields, _in_bbox_condition(layer), bbox._asdict())

    def rows_where_in(
        self, layer: str, field: str, values: Iterable[str], fields: tuple[str, ...], *, with_geometry: bool = True
    ) -> RowSet:
        """Return the rows with one of `values` in a text field, own or joined."""
        sql_params = {"listed": json.dumps(list(values))}
        return self._select_rows(
            layer, fields, _where_in_condition(layer, field), sql_params, with_geometry=with_geometry
        )

    def rows_by_key(self, layer: str, field: str, keys: Iterable[str], fields: tuple[str, ...]) -> RowSet:
        """Return the rows with one of `keys` in `field`, compared in the spelling of `tables.key_sql`."""
        condition = f"l.{quote_name(field)} NOTNULL AND {key_sql(field, 'l.')} IN {_LISTED_VALUES_SQL}"
        return self._select_rows(layer, fields, condition, {"listed": json.dumps(list(keys))})

    def rows_by_house_number(self, layer: str, house_numbers: Iterable[int], fields: tuple[str, ...]) -> RowSet:
        """Return the rows with an address that begins with one of the house numbers, or with no number."""
        condition = f"l.address NOTNULL AND CAST(l.address AS INTEGER) IN {_LISTED_VALUES_SQL}"
        return self._select_rows(layer, fields, condition, {"listed": json.dumps([0, *house_numbers])})

    def _select_rows(
        self,
        layer: str,
        fields: tuple[str, ...],
        condition: str,
        sql_params: dict[str, Any],
        *,
        with_geometry: bool = True,
    ) -> RowSet:
        return RowSet(
            fields, fetch_all(self.connection, _select_sql(layer, fields, condition, with_geometry), sql_params)
        )

    def update_joined_values(self, layer: str, values_by_id: Mapping[str, Mapping[str, Any]]) -> None:
        """Set joined values of some records, by id. Other values stay, or are unknown in a new row."""
        for id_, values in values_by_id.items():
            row = {"id": id_, **values}
            self.connection.execute(_update_joined_sql(layer, tuple(row)), tuple(row.values()))
        change_log.log_changes(self.connection, layer, values_by_id, moved=False)

    @property
    def reader(self) -> Snapshot:
        """The store as this transaction sees it, with its own writes."""
        return Snapshot(self.connection)

    def version_token(self, version: int | None = None) -> str:
        """Return the audit log entry of a version as text, by default of the current one."""
        return audit_log.version_token(self.connection, version)

    def mark_join_current(self, join_info: Mapping[str, Any]) -> None:
        """Record that the joined tables match the current version."""
        self.connection.execute(
            "UPDATE lotleaf_joins SET at = ?, version = ?, made = ?",
            (self.at.isoformat(), audit_log.current_version(self.connection), audit_log.to_canonical_json(join_info)),
        )

    def find_edit_result(self, key: str) -> EditResult | None:
        """Return the stored result of an idempotency key, or None if the key is new."""
        return field_notes.find_edit_result(self.connection, key)

    def save_edit_result(self, result: EditResult) -> None:
        """Store the result of a new idempotency key."""
        field_notes.save_edit_result(self.connection, result)

    def add_note(self, note: Note, image: bytes | None = None) -> Note:
        """Add a note on a record, with an optional photo, and return it with its note and photo numbers."""
        return field_notes.add_note(self.connection, note, image, self.actor, self.at)

    def sample_ids(
        self,
        layer: str,
        field: str,
        value: str,
        limit: int,
        *,
        excluding: tuple[str, str] | None = None,
        excluding_sources: Collection[str] = (),
    ) -> list[str]:
        """Return at most `limit` ids of records with `value` in a joined field.

        `excluding` is an own field and a lowercase value. Records with that value are left out, and those of
        `excluding_sources`.
        """
        layer_schema = layer_named(layer)
        condition, sql_params = f"j.{quote_name(field)} = :value", {"value": value, "most": limit}
        if excluding is not None:
            condition += f" AND lower(trim(coalesce(l.{quote_name(excluding[0])}, ''))) <> :but"
            sql_params["but"] = excluding[1]
        if excluding_sources:
            condition += f" AND l.source NOT IN {_LISTED_VALUES_SQL}"
            sql_params["listed"] = json.dumps(list(excluding_sources))
        sql = f"SELECT j.id FROM {joined_table(layer_schema)} AS j CROSS JOIN {quote_name(layer)} AS l ON l.fid = j.fid"
        return [id_ for (id_,) in fetch_all(self.connection, f"{sql} WHERE {condition} LIMIT :most", sql_params)]


@cache
def _select_sql(layer: str, fields: tuple[str, ...], condition: str, with_geometry: bool) -> str:  # noqa: FBT001
    layer_schema = layer_named(layer)
    columns = [qualified_column(layer_schema, name) for name in fields]
    geometry_sql = geometry_blob.wkb_sql("l.geom") if has_geometry(layer_schema) and with_geometry else "NULL"
    uses_joined = any(name.startswith("j.") for name in columns)
    table_sql = from_clause(layer_schema) if uses_joined else f"{quote_name(layer)} AS l"
    return f"SELECT {', '.join(['l.id', 'l.source', *columns, geometry_sql])} FROM {table_sql} WHERE {condition} ORDER BY l.id"


@cache
def _in_bbox_condition(layer: str) -> str:
    """Write the condition that a row meets a bounding box. A row without geometry never does."""
    layer_schema = layer_named(layer)
    return f"l.fid IN ({_RTREE_BBOX_SQL.format(tree=rtree_name(layer_schema))})" if has_geometry(layer_schema) else "0"


@cache
def _where_in_condition(layer: str, field: str) -> str:
    layer_schema = layer_named(layer)
    column_sql = qualified_column(layer_schema, field)
    if column_sql.startswith("j."):  # the index is on the joined table
        return (
            f"l.fid IN (SELECT fid FROM {joined_table(layer_schema)} WHERE {quote_name(field)} IN {_LISTED_VALUES_SQL})"
        )
    return f"{column_sql} IN {_LISTED_VALUES_SQL}"


@cache
def _update_joined_sql(layer: str, names: tuple[str, ...]) -> str:
    """Write the statement that inserts or updates joined values of one row. The first value is the id."""
    table_name, column_list = joined_table(layer_named(layer)), ", ".join(map(quote_name, names))
    assignments = ", ".join(f"{quote_name(name)} = excluded.{quote_name(name)}" for name in names)
    placeholders = ", ".join(f"?{position}" for position in range(1, len(names) + 1))
    fid_sql = f"(SELECT fid FROM {quote_name(layer)} WHERE id = ?1)"
    return (
        f"INSERT INTO {table_name} (fid, {column_list}) VALUES ({fid_sql}, {placeholders}) "
        f"ON CONFLICT (fid) DO UPDATE SET {assignments}"
    )
