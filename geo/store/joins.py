"""What the join writes: for each layer a table of its joined fields, under the same fid."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import apsw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import BadInput
from geo.layers import Layer, named
from geo.store import audit, state
from geo.store.connections import fetched
from geo.store.protocol import Actor
from geo.store.schema import joined, quoted

BATCH = 10_000  # rows that are made Python's values at a time


def write(
    connection: apsw.Connection,
    tables: Mapping[str, pd.DataFrame],
    actor: Actor,
    at: datetime,
    made: Mapping[str, Any],
) -> None:
    """Replace the joined tables that are given; the others stay.

    Each table is asked for once and forgotten as soon as it is written. A layer without joined fields has no table,
    and nothing of it is kept. Rows of records that have gone since the join read them are left out.
    `made["version"]` is the version that the join read; without it, the version now. Raises BadInput for a table
    that lacks a joined field of its layer.
    """
    version = made.get("version", audit.version(connection))
    counts = {}
    for layer in map(named, tables):
        rows = _replace(connection, layer, tables[layer.name])
        if layer.joined:
            counts[layer.name] = rows
            state.touched_table(connection, joined(layer), at)
    connection.execute(
        "INSERT OR REPLACE INTO lotleaf_joins VALUES (1, ?, ?, ?)",
        (at.isoformat(), version, audit.as_json(made)),
    )
    detail = {"rows": counts, "made": dict(made), "version": version}
    audit.write(connection, "join", actor=actor, at=at, detail=detail)


def _replace(connection: apsw.Connection, layer: Layer, table: pd.DataFrame) -> int:
    _check(layer, table)
    if not layer.joined:
        return 0
    fids = _fids(connection, layer, _whole(table["id"].astype("str")))
    order = np.argsort(fids)
    order = order[np.searchsorted(fids[order], 0) :]  # without the rows that have none
    names = ["id", *(field.name for field in layer.joined)]
    columns = pa.record_batch([_whole(table[name]) for name in names], names=names)
    insert = (
        f"INSERT INTO {joined(layer)} (fid, {', '.join(map(quoted, names))}) "
        f"VALUES (?{', ?' * len(names)})"
    )
    with _bare(connection, joined(layer)):
        connection.execute(f"DELETE FROM {joined(layer)}")
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            values = (column.to_pylist() for column in columns.take(pa.array(rows)))
            connection.executemany(insert, zip(fids[rows].tolist(), *values, strict=True))
    return len(order)


def _fids(connection: apsw.Connection, layer: Layer, ids: pa.Array) -> np.ndarray:
    """Give the fid under which each id is kept; -1 where none is."""
    kept = fetched(connection, f"SELECT id, fid FROM {quoted(layer.name)}")
    known = pa.array([id_ for id_, _ in kept], pa.large_string())
    fids = np.array([fid for _, fid in kept] + [-1], np.int64)
    at: np.ndarray = pc.index_in(ids, value_set=known).fill_null(-1).to_numpy()
    return fids[at]


def _whole(column: pd.Series) -> pa.Array:
    made = pa.array(column.array, from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


@contextmanager
def _bare(connection: apsw.Connection, table: str) -> Iterator[None]:
    """Take a table's indexes away and make them again: many rows are sorted faster than put in one by one."""
    where = "type = 'index' AND tbl_name = ? AND sql NOTNULL"
    indexes = fetched(connection, f"SELECT name, sql FROM sqlite_schema WHERE {where}", (table,))
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {quoted(name)}")
    yield
    for _, create in indexes:
        connection.execute(create)


def _check(layer: Layer, table: pd.DataFrame) -> None:
    wanted = {"id", *(field.name for field in layer.joined)}
    if missing := wanted - set(table.columns):
        raise BadInput(f"{layer.name}: the joined table lacks {sorted(missing)}")
    if strange := set(table.columns) - wanted:
        raise BadInput(f"{layer.name}: nobody declared the joined columns {sorted(strange)}")
    if table["id"].duplicated().any():
        again = table["id"][table["id"].duplicated()].unique().tolist()
        raise BadInput(f"{layer.name}: the joined table names ids twice: {again[:5]}")
