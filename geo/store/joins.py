"""What the join writes: for each layer a table of its joined fields, under the same fid."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import apsw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import BadInput
from geo.layers import Layer, named
from geo.store import audit, state, touched
from geo.store.connections import fetched
from geo.store.protocol import Actor
from geo.store.schema import joined, quoted

BATCH = 10_000  # rows that are made Python's values at a time
Fids = tuple[pa.Array, np.ndarray]


class Writing:
    """The joined tables of some layers on their way into the file, within a write transaction.

    They are emptied at once, and their indexes stand again as each is filled: many rows are sorted faster than put
    in one by one.
    """

    def __init__(self, connection: apsw.Connection, layers: Iterable[str], at: datetime) -> None:
        self._connection = connection
        self._at = at
        self._counts: dict[str, int] = {}
        ours = [layer for layer in map(named, layers) if layer.joined]
        self._indexes = {layer.name: _bared(connection, joined(layer)) for layer in ours}
        # Whoever is handed the tables one by one has time now.
        self._fids = {layer.name: _fids(connection, layer) for layer in ours}

    def fill(self, layer: str, table: pa.RecordBatch) -> None:
        """Fill a layer's table with rows as `columns_of` gives them, without those of records that have gone."""
        asked = named(layer)
        self._counts[layer] = _filled(self._connection, asked, table, self._fids.pop(layer))
        for create in self._indexes[layer]:
            self._connection.execute(create)
        state.touched_table(self._connection, joined(asked), self._at)

    def note(self, actor: Actor, made: Mapping[str, Any]) -> None:
        """Note the join. `made["version"]` is the version that it read; without it, the version now."""
        version = made.get("version", audit.version(self._connection))
        self._connection.execute(
            "INSERT OR REPLACE INTO lotleaf_joins VALUES (1, ?, ?, ?)",
            (self._at.isoformat(), version, audit.as_json(made)),
        )
        touched.forget(self._connection)
        detail = {"rows": self._counts, "made": dict(made), "version": version}
        audit.write(self._connection, "join", actor=actor, at=self._at, detail=detail)


def columns_of(layer: str, table: pd.DataFrame) -> pa.RecordBatch:
    """Give a layer's joined table as the columns that the file has: the id, then the joined fields.

    Raises BadInput for a table that lacks a joined field of its layer, or has another.
    """
    asked = named(layer)
    _check(asked, table)
    names = ["id", *(field.name for field in asked.joined)]
    return pa.record_batch([_whole(table[name]) for name in names], names=names)


def _filled(connection: apsw.Connection, layer: Layer, table: pa.RecordBatch, kept: Fids) -> int:
    known, of_known = kept
    at = pc.index_in(table["id"].cast(pa.large_string()), value_set=known)
    fids = of_known[at.fill_null(-1).to_numpy()]
    order = np.argsort(fids)
    order = order[np.searchsorted(fids[order], 0) :]  # without the rows that have none
    names = table.schema.names
    insert = (
        f"INSERT INTO {joined(layer)} (fid, {', '.join(map(quoted, names))}) "
        f"VALUES (?{', ?' * len(names)})"
    )
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        values = (column.to_pylist() for column in table.take(pa.array(rows)))
        connection.executemany(insert, zip(fids[rows].tolist(), *values, strict=True))
    return len(order)


def _fids(connection: apsw.Connection, layer: Layer) -> Fids:
    """Give a layer's ids, and the fid under which each is kept; behind the last -1, for what is none."""
    kept = fetched(connection, f"SELECT id, fid FROM {quoted(layer.name)}")
    known = pa.array([id_ for id_, _ in kept], pa.large_string())
    return known, np.array([fid for _, fid in kept] + [-1], np.int64)


def _whole(column: pd.Series) -> pa.Array:
    made = pa.array(column.array, from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def _bared(connection: apsw.Connection, table: str) -> list[str]:
    """Empty a table and take its indexes away; gives what makes them again."""
    where = "type = 'index' AND tbl_name = ? AND sql NOTNULL"
    indexes = fetched(connection, f"SELECT name, sql FROM sqlite_schema WHERE {where}", (table,))
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {quoted(name)}")
    connection.execute(f"DELETE FROM {table}")
    return [create for _, create in indexes]


def _check(layer: Layer, table: pd.DataFrame) -> None:
    wanted = {"id", *(field.name for field in layer.joined)}
    if missing := wanted - set(table.columns):
        raise BadInput(f"{layer.name}: the joined table lacks {sorted(missing)}")
    if strange := set(table.columns) - wanted:
        raise BadInput(f"{layer.name}: nobody declared the joined columns {sorted(strange)}")
    if table["id"].duplicated().any():
        again = table["id"][table["id"].duplicated()].unique().tolist()
        raise BadInput(f"{layer.name}: the joined table names ids twice: {again[:5]}")
