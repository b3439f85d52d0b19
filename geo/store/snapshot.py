"""The store at one moment: what one connection sees within one read transaction."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import apsw
import geopandas as gpd
import pandas as pd

from geo.errors import NoSuchRecord
from geo.layers import Layer, named
from geo.rasters import Raster
from geo.store import audit, held, notes, rasters, rows, shapes, state, touched
from geo.store.connections import fetched
from geo.store.noted import Note
from geo.store.protocol import Actor, Change, Query, Record
from geo.store.queries import column, placed_by_join, question, tables
from geo.store.schema import joined, quoted, shaped

BATCH = 200  # records looked at together


class Snapshot:
    """A `protocol.Reader` on a connection that is within a read transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.version = audit.version(connection)

    def get(self, layer: str, id_: str, *, actor: Actor) -> Record:
        """Give one record; raises NoSuchRecord, which tells when it ended if it did."""
        found = one(self._connection, named(layer), id_, actor)
        if found is None:
            raise NoSuchRecord(_gone(self._connection, layer, id_))
        return found

    def query(self, layer: str, query: Query, *, actor: Actor) -> Iterator[Record]:
        """Stream the records that a query names; raises BadQuery at once."""
        asked = named(layer)
        found = question(self._connection, asked, query, actor)
        limit = "" if query.limit is None else f" LIMIT {int(query.limit)}"
        columns = columns_for(asked.name, private=actor.sees_private)
        sql = found.sql(columns.sql, f"ORDER BY {found.order}{limit}")
        return columns.records(self._connection, sql, found.bound)

    def count(self, layer: str, query: Query, *, actor: Actor) -> int:
        """Count them; the limit counts too."""
        found = question(self._connection, named(layer), query, actor)
        sql = found.sql("count(*)")
        if query.limit is not None:
            sql = f"SELECT count(*) FROM ({found.sql('1', f'LIMIT {int(query.limit)}')})"
        return int(self._connection.execute(sql, found.bound).get)

    def frame(self, layer: str, *, actor: Actor) -> gpd.GeoDataFrame:
        """Give a whole layer as a frame, in the order in which its rows came."""
        asked = named(layer)
        names = ["id", "source", *(["raw"] if actor.sees_private else [])]
        names += [field.name for field in rows.visible(asked.fields, actor)]
        shape = shapes.wkb_of("geom") if shaped(asked) else "NULL"
        sql = f"SELECT {', '.join(map(quoted, names))}, {shape} FROM {quoted(layer)} ORDER BY fid"
        return rows.framed(fetched(self._connection, sql), asked, actor)

    def joined(self, layer: str) -> pd.DataFrame:
        """Give what the join last wrote for a layer; empty when it has not yet."""
        asked = named(layer)
        kinds = {"id": "str"} | {field.name: field.dtype for field in asked.joined}
        found: list[tuple] = []
        if asked.joined:
            names = ", ".join(map(quoted, kinds))
            sql = f"SELECT {names} FROM {joined(asked)} ORDER BY fid"
            found = fetched(self._connection, sql)
        return rows.typed(found, kinds, f"{joined(asked)}.")[0]

    def rasters(self) -> list[Raster]:
        """Give the canopy rasters."""
        return rasters.read(self._connection)

    def status(self) -> dict[str, Any]:
        """Tell layers, their rows and sources with provenance, the join, the version, the CRS."""
        return state.status(self._connection)

    def join_made(self) -> dict[str, Any]:
        """Tell when the last join was made, from which version and how, and whether anything has changed since."""
        return state.join_made(self._connection)

    def written_since(self, version: int) -> set[str]:
        """Name the layers whose rows were written after a version."""
        return audit.written_since(self._connection, version)

    def changes(self, since: int, *, actor: Actor, limit: int = 1000) -> list[Change]:
        """Tell what was done after `since`, oldest first."""
        return audit.changes(self._connection, since, actor, limit)

    def touched(self, layer: str, since: int) -> Mapping[str, bool] | None:
        """Give the records that were changed after a version, and whether each moved; None where more may have changed."""
        return touched.since(self._connection, named(layer), since)

    def mark(self, version: int) -> str:
        """Give a text that only one version has; empty where there is no such version."""
        return audit.mark(self._connection, version)

    def stamp(self, layer: str) -> str:
        """Tell the state in which a layer's rows are."""
        return audit.stamp(self._connection, named(layer).name)

    def settings(self) -> dict[str, str]:
        """Give what the workspace remembers about itself."""
        return state.settings(self._connection)

    def notes(self, layer: str, id_: str, *, most: int) -> list[Note]:
        """Give the latest notes on a record, the newest first."""
        return notes.notes(self._connection, named(layer).name, id_, most)

    def photo(self, number: int) -> bytes | None:
        """Give the photo of a number, if there is one."""
        return notes.photo(self._connection, number)


class Columns:
    """The columns of a layer's records that an actor may see."""

    def __init__(self, layer: Layer, *, private: bool) -> None:
        self._layer = layer
        self._placed = placed_by_join(layer)
        fields = [field for field in layer.by_name.values() if private or not field.private]
        self.names = [field.name for field in fields] + ["raw"] * private
        dtypes = {field.name: field.dtype for field in fields}
        self._kinds = [(name, dtypes.get(name, "str")) for name in ("id", "source", *self.names)]
        self._flags = [field.name for field in fields if field.kind == "flag"]
        shape = "l.geom" if shaped(layer) else "NULL"
        place = ", j.lon, j.lat" if self._placed else ", NULL, NULL"
        columns = (column(layer, name) for name in self.names)
        self.sql = ", ".join(("l.id", "l.source", *columns, shape)) + place
        self.of_one = f"SELECT {self.sql} FROM {tables(layer)} WHERE l.id = :id"

    def records(
        self, connection: apsw.Connection, sql: str, bound: dict[str, Any]
    ) -> Iterator[Record]:
        """Run a statement that selects these columns."""
        cursor = connection.cursor()
        try:
            found = iter(cursor.execute(sql, bound))
            while batch := list(islice(found, BATCH)):
                yield from self._records(batch)
        finally:
            cursor.close()

    def _records(self, batch: list[tuple[Any, ...]]) -> Iterator[Record]:
        """Make records of rows that hold what the layer declares."""
        *columns, blobs, lons, lats = zip(*batch, strict=True)
        for (name, kind), values in zip(self._kinds, columns, strict=True):
            rows.hold(values, kind, f"{self._layer.name}.{name}")
        wkbs = [shapes.decode(blob) for blob in blobs]
        if self._placed:
            wkbs = [_placed(*place) for place in zip(wkbs, lons, lats, strict=True)]
        held.drawn(wkbs, self._layer)
        for row, wkb in zip(batch, wkbs, strict=True):
            yield rows.record(row, self.names, self._flags, wkb)


@cache
def columns_for(layer: str, *, private: bool) -> Columns:
    """Give the columns of a layer, worked out once."""
    return Columns(named(layer), private=private)


def _placed(wkb: bytes | None, lon: float | None, lat: float | None) -> bytes | None:
    """Give a shape, or the place at which the join shows what has none."""
    return shapes.point(lon, lat) if wkb is None and lon is not None and lat is not None else wkb


def one(connection: apsw.Connection, layer: Layer, id_: str, actor: Actor) -> Record | None:
    """Find one record."""
    columns = columns_for(layer.name, private=actor.sees_private)
    return next(columns.records(connection, columns.of_one, {"id": id_}), None)


def _gone(connection: apsw.Connection, layer: str, id_: str) -> str:
    last = connection.execute(
        "SELECT reason, ended_on, source FROM lotleaf_ended WHERE layer = ? AND id = ? ORDER BY n DESC",
        (layer, id_),
    ).fetchone()
    if last is None:
        return f"{layer} has no record {id_!r}"
    reason, day, source = last
    return f"{layer} has no record {id_!r} any more: {reason} on {day} (source {source})"
