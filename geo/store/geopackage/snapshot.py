"""Reads at one version: a connection inside one read transaction sees one state of the store.

`geopackage_store.GeoPackage.snapshot` makes a `Snapshot`. `RecordColumns` turns its rows into records.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import apsw
import geopandas as gpd
import pandas as pd

from geo.crs import Bbox
from geo.errors import BadQuery, NoSuchRecord
from geo.raster import Raster
from geo.schema import Layer, layer_named
from geo.store.geopackage import extent, metadata
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import geometry_blob, raster_tables, row_encoding, stored_values
from geo.store.geopackage.select import build_select, from_clause, has_display_point, qualified_column
from geo.store.geopackage.tables import has_geometry, joined_table, quote_name
from geo.store.geopackage.writes import audit_log, change_log, field_notes, tombstones
from geo.store.note import Note
from geo.store.records import PUBLIC, Actor, Change, Query, Record, Tombstone

BATCH_SIZE = 200  # records that are checked together
# The reasons of tombstones, as a message shows them.
DELETION_TEXT = {"deleted": "deleted", "vanished": "no longer in its file", "unloaded": "removed with its source"}


class Snapshot:
    """A `protocol.Reader` on a connection inside a read transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.version = audit_log.current_version(connection)

    def get(self, layer: str, id_: str, *, actor: Actor) -> Record:
        """Return one record. Raises NoSuchRecord, with day and reason if the record was deleted."""
        record = find_record(self._connection, layer_named(layer), id_, actor)
        if record is None:
            raise NoSuchRecord(_missing_record_message(layer, id_, self.find_tombstone(layer, id_, actor=actor)))
        return record

    def find_tombstone(self, layer: str, id_: str, *, actor: Actor) -> Tombstone | None:
        """Return what is left of a deleted record, or None."""
        return tombstones.find_tombstone(self._connection, layer_named(layer), id_, actor)

    def query(self, layer: str, query: Query, *, actor: Actor) -> Iterator[Record]:
        """Iterate over the selected records. Raises BadQuery at the call, before the first record."""
        layer_schema = layer_named(layer)
        statement = build_select(self._connection, layer_schema, query, actor)
        limit = "" if query.limit is None else f" LIMIT {int(query.limit)}"
        columns = record_columns(layer_schema.name, private=actor.sees_private)
        sql = statement.to_sql(columns.select_list, f"ORDER BY {statement.order_by}{limit}")
        return columns.select_records(self._connection, sql, statement.sql_params)

    def count(self, layer: str, query: Query, *, actor: Actor) -> int:
        """Count the selected records, at most the limit of the query."""
        statement = build_select(self._connection, layer_named(layer), query, actor)
        sql = statement.to_sql("count(*)")
        if query.limit is not None:
            sql = f"SELECT count(*) FROM ({statement.to_sql('1', f'LIMIT {int(query.limit)}')})"
        return int(self._connection.execute(sql, statement.sql_params).get)

    def layer_extent(self, layer: str, within: Bbox | None = None) -> Bbox | None:
        """Return the bounding box of the records of a layer, or of those that meet `within`."""
        return extent.find_extent(self._connection, layer_named(layer), within)

    def count_in_bbox(self, layer: str, bbox: Bbox, limit: int) -> int:
        """Count the records that may meet a bounding box, at most `limit`."""
        return extent.count_candidates(self._connection, layer_named(layer), bbox, limit)

    def read_layer(self, layer: str, *, actor: Actor) -> gpd.GeoDataFrame:
        """Return a layer as a frame, in the order of insertion."""
        layer_schema = layer_named(layer)
        column_names = ["id", "source", *(["raw"] if actor.sees_private else [])]
        column_names += [field.name for field in row_encoding.visible_fields(layer_schema.fields, actor)]
        geometry_sql = geometry_blob.wkb_sql("geom") if has_geometry(layer_schema) else "NULL"
        sql = f"SELECT {', '.join(map(quote_name, column_names))}, {geometry_sql} FROM {quote_name(layer)} ORDER BY fid"
        return row_encoding.to_geodataframe(fetch_all(self._connection, sql), layer_schema, actor)

    def read_fields(self, layer: str, names: Iterable[str]) -> pd.DataFrame:
        """Return the ids, sources or public fields of a layer's rows as text, in the order of insertion."""
        layer_schema, column_names = layer_named(layer), list(names)
        public_names = {
            "id",
            "source",
            *(field.name for field in row_encoding.visible_fields(layer_schema.fields, PUBLIC)),
        }
        if unknown_names := set(column_names) - public_names:
            raise BadQuery(f"{layer} have no public field {min(unknown_names)}")
        sql = f"SELECT {', '.join(map(quote_name, column_names))} FROM {quote_name(layer_schema.name)} ORDER BY fid"
        return pd.DataFrame(fetch_all(self._connection, sql), columns=column_names, dtype="str")

    def read_joined_values(self, layer: str) -> pd.DataFrame:
        """Return the values that the last join wrote for a layer. The frame is empty before the first join."""
        layer_schema = layer_named(layer)
        dtypes = {"id": "str"} | {field.name: field.dtype for field in layer_schema.joined_fields}
        joined_rows: list[tuple] = []
        if layer_schema.joined_fields:
            column_list = ", ".join(map(quote_name, dtypes))
            sql = f"SELECT {column_list} FROM {joined_table(layer_schema)} ORDER BY fid"
            joined_rows = fetch_all(self._connection, sql)
        return row_encoding.to_dataframe(joined_rows, dtypes, f"{joined_table(layer_schema)}.")[0]

    def read_rasters(self) -> list[Raster]:
        """Return the canopy rasters."""
        return raster_tables.read_rasters(self._connection)

    def status(self) -> dict[str, Any]:
        """Return the layers with their rows and sources, the last join, the CRS, the version and the conflicts."""
        return metadata.build_status(self._connection)

    def declared_towns(self, layer: str) -> dict[str, dict[str, Any]]:
        """Return what each source of a layer declares of its towns."""
        return metadata.read_declared_towns(self._connection, layer_named(layer).name)

    def join_info(self) -> dict[str, Any]:
        """Return when and how the last join ran, the version that it read, and whether it is stale."""
        return metadata.join_info(self._connection)

    def layers_written_since(self, version: int) -> set[str]:
        """Return the names of the layers with writes after a version."""
        return audit_log.layers_written_since(self._connection, version)

    def changes_since(self, version: int, *, actor: Actor, limit: int = 1000) -> list[Change]:
        """Return the audit log entries after `version`, oldest first."""
        return audit_log.changes_since(self._connection, version, actor, limit)

    def changed_records(self, layer: str, version: int) -> Mapping[str, bool] | None:
        """Return the ids of records that edits changed after `version`, or None if more may have changed."""
        return change_log.changed_records(self._connection, layer_named(layer), version)

    def version_token(self, version: int) -> str:
        """Return a text that identifies one version and its content, or `null` if there is no such version."""
        return audit_log.version_token(self._connection, version)

    def layer_etag(self, layer: str) -> str:
        """Return a text that identifies the state of a layer's rows."""
        return audit_log.layer_etag(self._connection, layer_named(layer).name)

    def settings(self) -> dict[str, str]:
        """Return the settings of the workspace by name."""
        return metadata.read_settings(self._connection)

    def read_notes(self, layer: str, id_: str, *, limit: int) -> list[Note]:
        """Return the latest notes on a record, newest first."""
        return field_notes.read_notes(self._connection, layer_named(layer).name, id_, limit)

    def read_photo(self, number: int) -> bytes | None:
        """Return the photo with this number, or None."""
        return field_notes.read_photo(self._connection, number)


class RecordColumns:
    """The columns of a layer's records that an actor may see, and the SQL that selects them."""

    def __init__(self, layer: Layer, *, private: bool) -> None:
        self._layer = layer
        self._has_display_point = has_display_point(layer)
        fields = [field for field in layer.fields_by_name.values() if private or not field.private]
        self.field_names = [field.name for field in fields] + ["raw"] * private
        dtypes = {field.name: field.dtype for field in fields}
        self._dtypes = [(name, dtypes.get(name, "str")) for name in ("id", "source", *self.field_names)]
        self._flag_names = [field.name for field in fields if field.kind == "flag"]
        geometry_column = "l.geom" if has_geometry(layer) else "NULL"
        display_columns = ", j.lon, j.lat" if self._has_display_point else ", NULL, NULL"
        columns = (qualified_column(layer, name) for name in self.field_names)
        self.select_list = ", ".join(("l.id", "l.source", *columns, geometry_column)) + display_columns
        self.select_one_sql = f"SELECT {self.select_list} FROM {from_clause(layer)} WHERE l.id = :id"

    def select_records(self, connection: apsw.Connection, sql: str, sql_params: dict[str, Any]) -> Iterator[Record]:
        """Run a statement that selects these columns, and iterate over its records."""
        cursor = connection.cursor()
        try:
            result_rows = iter(cursor.execute(sql, sql_params))
            while batch := list(islice(result_rows, BATCH_SIZE)):
                yield from self._rows_to_records(batch)
        finally:
            cursor.close()

    def _rows_to_records(self, batch: list[tuple[Any, ...]]) -> Iterator[Record]:
        """Turn a batch of rows into records. Raises CorruptValue for a value of another type."""
        *columns, blobs, lons, lats = zip(*batch, strict=True)
        for (name, dtype), values in zip(self._dtypes, columns, strict=True):
            row_encoding.require_dtype(values, dtype, f"{self._layer.name}.{name}")
        wkbs = [geometry_blob.decode_blob(blob) for blob in blobs]
        if self._has_display_point:
            wkbs = [_with_display_point(*row_values) for row_values in zip(wkbs, lons, lats, strict=True)]
        stored_values.parse_geometries(wkbs, self._layer)
        for row, wkb in zip(batch, wkbs, strict=True):
            yield row_encoding.to_record(row, self.field_names, self._flag_names, wkb)


@cache
def record_columns(layer: str, *, private: bool) -> RecordColumns:
    """Return the columns of a layer, computed once for each permission."""
    return RecordColumns(layer_named(layer), private=private)


def _with_display_point(wkb: bytes | None, lon: float | None, lat: float | None) -> bytes | None:
    """Return the geometry of a record as WKB, or its display point if it has none.

    >>> _with_display_point(None, -90.31, 38.68) == geometry_blob.point_wkb(-90.31, 38.68)
    True
    """
    return geometry_blob.point_wkb(lon, lat) if wkb is None and lon is not None and lat is not None else wkb


def find_record(connection: apsw.Connection, layer: Layer, id_: str, actor: Actor) -> Record | None:
    """Return the record with an id, or None."""
    columns = record_columns(layer.name, private=actor.sees_private)
    return next(columns.select_records(connection, columns.select_one_sql, {"id": id_}), None)


def _missing_record_message(layer: str, id_: str, tombstone: Tombstone | None) -> str:
    if tombstone is None:
        return f"there is no record {id_!r} in {layer}"
    reason = DELETION_TEXT.get(tombstone.reason, tombstone.reason)
    return f"there is no longer a record {id_!r} in {layer}: {reason} on {tombstone.deleted_on} (source {tombstone.source})"
