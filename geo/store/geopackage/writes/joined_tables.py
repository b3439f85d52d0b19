"""Joined tables: for each layer a table of its joined fields, with the same fid as the layer's table.

`geopackage_store` and `writer_main` write them with a `JoinedTablesWriter`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import apsw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import BadInput
from geo.schema import Layer, layer_named
from geo.store.geopackage import metadata
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.tables import joined_table, quote_name
from geo.store.geopackage.writes import audit_log, change_log
from geo.store.records import Actor

BATCH_SIZE = 10_000  # rows that are converted to Python values at a time
FidIndex = tuple[pa.Array, np.ndarray]


class JoinedTablesWriter:
    """A writer of the joined tables of some layers, inside a write transaction.

    The constructor empties the tables and drops their indexes. `fill_table` creates the indexes again,
    since one sort of many rows is faster than single inserts.
    """

    def __init__(self, connection: apsw.Connection, layers: Iterable[str], at: datetime) -> None:
        self._connection = connection
        self._at = at
        self._row_counts: dict[str, int] = {}
        joined_layers = [layer for layer in map(layer_named, layers) if layer.joined_fields]
        self._index_sql = {layer.name: _empty_table(connection, joined_table(layer)) for layer in joined_layers}
        # Built here because the writer process is idle until the first table arrives.
        self._fid_indexes = {layer.name: _build_fid_index(connection, layer) for layer in joined_layers}

    def fill_table(self, layer: str, table: pa.RecordBatch) -> None:
        """Fill a layer's joined table with rows from `to_record_batch`. Rows without a record are skipped."""
        layer_schema = layer_named(layer)
        self._row_counts[layer] = _insert_rows(self._connection, layer_schema, table, self._fid_indexes.pop(layer))
        for create_sql in self._index_sql[layer]:
            self._connection.execute(create_sql)
        metadata.update_last_change(self._connection, joined_table(layer_schema), self._at)

    def record_join(self, actor: Actor, join_info: Mapping[str, Any]) -> None:
        """Record the join, clear the change log and add an audit log entry.

        `join_info["version"]` is the version that the join read, by default the current one.
        """
        version = join_info.get("version", audit_log.current_version(self._connection))
        self._connection.execute(
            "INSERT OR REPLACE INTO lotleaf_joins VALUES (1, ?, ?, ?)",
            (self._at.isoformat(), version, audit_log.to_canonical_json(join_info)),
        )
        change_log.clear_changes(self._connection)
        detail = {"rows": self._row_counts, "made": dict(join_info), "version": version}
        audit_log.write_entry(self._connection, "join", actor=actor, at=self._at, detail=detail)


def to_record_batch(layer: str, table: pd.DataFrame) -> pa.RecordBatch:
    """Convert a layer's joined table to Arrow columns: the id, then the joined fields in order.

    Raises BadInput if the table lacks a joined field or has an undeclared column.

    >>> to_record_batch("canopy", pd.DataFrame({"town": ["Pagedale"], "id": ["C-1"]})).to_pydict()
    {'id': ['C-1'], 'town': ['Pagedale']}
    """
    layer_schema = layer_named(layer)
    _check_columns(layer_schema, table)
    names = ["id", *(field.name for field in layer_schema.joined_fields)]
    return pa.record_batch([_to_single_array(table[name]) for name in names], names=names)


def _insert_rows(connection: apsw.Connection, layer: Layer, table: pa.RecordBatch, fid_index: FidIndex) -> int:
    known_ids, fids_of_known = fid_index
    positions = pc.index_in(table["id"].cast(pa.large_string()), value_set=known_ids)
    fids = fids_of_known[positions.fill_null(-1).to_numpy()]
    order = np.argsort(fids)
    order = order[np.searchsorted(fids[order], 0) :]  # drop rows without a fid
    names = table.schema.names
    insert_sql = (
        f"INSERT INTO {joined_table(layer)} (fid, {', '.join(map(quote_name, names))}) VALUES (?{', ?' * len(names)})"
    )
    for start in range(0, len(order), BATCH_SIZE):
        rows = order[start : start + BATCH_SIZE]
        values = (column.to_pylist() for column in table.take(pa.array(rows)))
        connection.executemany(insert_sql, zip(fids[rows].tolist(), *values, strict=True))
    return len(order)


def _build_fid_index(connection: apsw.Connection, layer: Layer) -> FidIndex:
    """Return the ids of a layer and their fids. A further fid of -1 stands for unknown ids."""
    id_rows = fetch_all(connection, f"SELECT id, fid FROM {quote_name(layer.name)}")
    known_ids = pa.array([id_ for id_, _ in id_rows], pa.large_string())
    return known_ids, np.array([fid for _, fid in id_rows] + [-1], np.int64)


def _to_single_array(column: pd.Series) -> pa.Array:
    array = pa.array(column.array, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _empty_table(connection: apsw.Connection, table: str) -> list[str]:
    """Empty a table, drop its indexes, and return the statements that create them again."""
    condition = "type = 'index' AND tbl_name = ? AND sql NOTNULL"
    indexes = fetch_all(connection, f"SELECT name, sql FROM sqlite_schema WHERE {condition}", (table,))
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {quote_name(name)}")
    connection.execute(f"DELETE FROM {table}")
    return [create_sql for _, create_sql in indexes]


def _check_columns(layer: Layer, table: pd.DataFrame) -> None:
    expected = {"id", *(field.name for field in layer.joined_fields)}
    if missing := expected - set(table.columns):
        raise BadInput(f"{layer.name}: the joined table lacks the columns {sorted(missing)}")
    if unexpected := set(table.columns) - expected:
        raise BadInput(f"{layer.name}: the joined table has unknown columns {sorted(unexpected)}")
    if table["id"].duplicated().any():
        duplicates = table["id"][table["id"].duplicated()].unique().tolist()
        raise BadInput(f"{layer.name}: the joined table has repeated ids: {duplicates[:5]}")
