"""What the join writes: for each layer a table of its joined fields, under the same fid."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import apsw
import numpy as np
import pandas as pd

from geo.errors import BadInput
from geo.layers import Layer, named
from geo.store import audit, rows, state
from geo.store.connections import fetched
from geo.store.protocol import Actor
from geo.store.schema import joined, quoted


def write(
    connection: apsw.Connection,
    tables: Mapping[str, pd.DataFrame],
    actor: Actor,
    at: datetime,
    made: Mapping[str, Any],
) -> None:
    """Replace the joined tables that are given; the others stay.

    A layer without joined fields has no table, and nothing of it is kept. Rows of records that have gone since the join read them are left out. `made["version"]` is the
    version that the join read; without it, the version now. Raises BadInput for a table that lacks
    a joined field of its layer.
    """
    version = made.get("version", audit.version(connection))
    for name, table in tables.items():
        _check(named(name), table)
    layers = [named(name) for name in tables if named(name).joined]
    counts = {layer.name: _replace(connection, layer, tables[layer.name]) for layer in layers}
    for layer in layers:
        state.touched_table(connection, joined(layer), at)
    connection.execute(
        "INSERT OR REPLACE INTO lotleaf_joins VALUES (1, ?, ?, ?)",
        (at.isoformat(), version, audit.as_json(made)),
    )
    detail = {"rows": counts, "made": dict(made), "version": version}
    audit.write(connection, "join", actor=actor, at=at, detail=detail)


def _replace(connection: apsw.Connection, layer: Layer, table: pd.DataFrame) -> int:
    kept = fetched(connection, f"SELECT id, fid FROM {quoted(layer.name)} ORDER BY id")
    ids, fids = zip(*kept, strict=True) if kept else ((), ())
    if table["id"].tolist() == list(ids):  # mostly nothing has come or gone since the join read
        there = table.assign(fid=np.array(fids, dtype="int64"))
    else:
        found = table["id"].map(dict(kept))
        there = table[found.notna()].assign(fid=found[found.notna()].astype("int64"))
    there = there.sort_values("fid")
    names = ["fid", "id", *(field.name for field in layer.joined)]
    connection.execute(f"DELETE FROM {joined(layer)}")
    connection.executemany(
        f"INSERT INTO {joined(layer)} ({', '.join(map(quoted, names))}) "
        f"VALUES ({', '.join('?' * len(names))})",
        zip(*(rows.plain(there[name]) for name in names), strict=True),
    )
    return len(there)


def _check(layer: Layer, table: pd.DataFrame) -> None:
    wanted = {"id", *(field.name for field in layer.joined)}
    if missing := wanted - set(table.columns):
        raise BadInput(f"{layer.name}: the joined table lacks {sorted(missing)}")
    if strange := set(table.columns) - wanted:
        raise BadInput(f"{layer.name}: nobody declared the joined columns {sorted(strange)}")
    if table["id"].duplicated().any():
        again = table["id"][table["id"].duplicated()].unique().tolist()
        raise BadInput(f"{layer.name}: the joined table names ids twice: {again[:5]}")
