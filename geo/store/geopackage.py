"""The store as one GeoPackage."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import apsw
import geopandas as gpd
import pandas as pd
import pyarrow as pa

from geo.errors import BadWorkspace
from geo.layers import named
from geo.rasters import Raster
from geo.store import checks, clerk, copies, foreign, joins, loads, schema, state
from geo.store.connections import Pool, in_time, told
from geo.store.held import Unsound
from geo.store.locks import WriteLock
from geo.store.noted import Note
from geo.store.protocol import Actor, Change, Load, Loaded, Query, Reader, Record
from geo.store.snapshot import Snapshot
from geo.store.turn import Turn

Answer = TypeVar("Answer")
LARGE = 200_000  # records beyond which a process of its own writes the joined tables


class GeoPackage:
    """A `protocol.Store` in one file, for any number of threads and processes at once.

    Readers never wait: each reads the version that was there when it began. Writers wait for each
    other. Make one with `geo.store.open_store`.
    """

    def __init__(self, path: Path, patience_s: float, known_as: Path | None = None) -> None:
        self._path = known_as or path  # as errors tell it
        self._file = path
        self._pool = Pool(path)
        self._lock = WriteLock(path, patience_s)
        with told(self._path):
            self._make_ready(path)

    @property
    def beside(self) -> Path:
        """The folder for what can be made again from the file."""
        return self._path.with_name(self._path.name + "-columns")

    @property
    def version(self) -> int:
        """The version as of now."""
        return self._read(lambda reader: reader.version)

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """Open the store as it is now, for as long as the context lasts."""
        with told(self._path), self._pool.lease() as connection:
            connection.execute("BEGIN")
            yield Snapshot(connection)

    def get(self, layer: str, id_: str, *, actor: Actor) -> Record:
        """Give one record; raises NoSuchRecord."""
        return self._read(lambda reader: reader.get(layer, id_, actor=actor))

    def query(self, layer: str, query: Query, *, actor: Actor) -> Iterator[Record]:
        """Stream the records that a query names; raises BadQuery at once."""
        stack = ExitStack()
        with told(self._path):
            reader = stack.enter_context(self.snapshot())
            try:
                found = reader.query(layer, query, actor=actor)
            except BaseException:
                stack.close()
                raise
        return _stream(stack, found)

    def count(self, layer: str, query: Query, *, actor: Actor) -> int:
        """Count them."""
        return self._read(lambda reader: reader.count(layer, query, actor=actor))

    def frame(self, layer: str, *, actor: Actor) -> gpd.GeoDataFrame:
        """Give a whole layer as a frame."""
        return self._read(lambda reader: reader.frame(layer, actor=actor))

    def joined(self, layer: str) -> pd.DataFrame:
        """Give what the join last wrote for a layer."""
        return self._read(lambda reader: reader.joined(layer))

    def rasters(self) -> list[Raster]:
        """Give the canopy rasters."""
        return self._read(lambda reader: reader.rasters())

    def status(self) -> dict[str, Any]:
        """Tell layers, their rows and sources with provenance, the join, the version, the CRS."""
        return self._read(lambda reader: reader.status())

    def changes(self, since: int, *, actor: Actor, limit: int = 1000) -> list[Change]:
        """Tell what was done after `since`, oldest first."""
        return self._read(lambda reader: reader.changes(since, actor=actor, limit=limit))

    def join_made(self) -> dict[str, Any]:
        """Tell when the last join was made, from which version and how, and whether anything has changed since."""
        return self._read(lambda reader: reader.join_made())

    def written_since(self, version: int) -> set[str]:
        """Name the layers whose rows were written after a version."""
        return self._read(lambda reader: reader.written_since(version))

    def touched(self, layer: str, since: int) -> Mapping[str, bool] | None:
        """Give the records that edits changed after a version, and whether each moved; None where more may have changed."""
        return self._read(lambda reader: reader.touched(layer, since))

    def mark(self, version: int) -> str:
        """Give a text that only one version has; empty where there is no such version."""
        return self._read(lambda reader: reader.mark(version))

    def stamp(self, layer: str) -> str:
        """Tell the state in which a layer's rows are."""
        return self._read(lambda reader: reader.stamp(layer))

    def settings(self) -> dict[str, str]:
        """Give what the workspace remembers about itself."""
        return self._read(lambda reader: reader.settings())

    def notes(self, layer: str, id_: str, *, most: int) -> list[Note]:
        """Give the latest notes on a record, the newest first."""
        return self._read(lambda reader: reader.notes(layer, id_, most=most))

    def photo(self, number: int) -> bytes | None:
        """Give the photo of a number, if there is one."""
        return self._read(lambda reader: reader.photo(number))

    def load(self, *given: Load, actor: Actor, at: datetime) -> tuple[Loaded, ...]:
        """Put each load in the place of what its source held, all in one transaction.

        A load that changes nothing leaves no audit row and no new version. Raises BadInput for the
        source that holds what is added by hand.
        """
        with self._writing(at) as connection:
            return loads.load(connection, given, actor, at)

    def unload(self, layer: str, source: str, *, actor: Actor, at: datetime) -> int:
        """Take a source out; returns its rows. Raises NoSuchSource."""
        with self._writing(at) as connection:
            return loads.unload(connection, named(layer), source, actor, at)

    def put(self, layer: str, record: Record, *, actor: Actor, at: datetime) -> Record:
        """Add a record, or change the named values of one."""
        with self.turn(actor=actor, at=at) as turn:
            return turn.put(layer, record)

    def delete(self, layer: str, id_: str, *, actor: Actor, at: datetime) -> None:
        """End a record; a reload of its source does not bring it back."""
        with self.turn(actor=actor, at=at) as turn:
            turn.delete(layer, id_)

    @contextmanager
    def turn(self, *, actor: Actor, at: datetime) -> Iterator[Turn]:
        """Take the writer's turn for as long as the context lasts; whatever is raised within undoes it all."""
        with self._writing(at) as connection:
            yield Turn(connection, actor, at)

    def write_joined(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        actor: Actor,
        at: datetime,
        made: Mapping[str, Any],
    ) -> None:
        """Replace the joined tables, all in one transaction.

        Each table is asked for once and forgotten as soon as it is written; in a large workspace while it is written.
        """
        with self._tables(tables, actor, at, made) as fill:
            for layer in tables:
                table = joins.columns_of(layer, tables[layer])
                if named(layer).joined:
                    fill(layer, table)

    def check(self) -> list[str]:
        """Look the store over; one sentence for each fault."""
        with told(self._path), self._pool.lease() as connection:
            connection.execute("BEGIN")
            with in_time(connection, self._file):
                return list(checks.faults(connection))

    def backup(self, to: Path) -> None:
        """Write a copy that stands by itself; raises BadInput when `to` exists."""
        with told(self._path), self._pool.lease() as connection:
            copies.write(connection, to)

    def close(self) -> None:
        """Let go of the file."""
        self._pool.close()

    def _read(self, ask: Callable[[Reader], Answer]) -> Answer:
        with self.snapshot() as reader:
            return ask(reader)

    @contextmanager
    def _writing(self, at: datetime) -> Iterator[apsw.Connection]:
        """Open a write transaction; whatever is raised within undoes it."""
        with told(self._path), self._lock.held(), self._pool.lease() as connection:
            connection.execute("BEGIN IMMEDIATE")
            state.remember_birth(connection, at)
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _tables(
        self, layers: Iterable[str], actor: Actor, at: datetime, made: Mapping[str, Any]
    ) -> Iterator[Callable[[str, pa.RecordBatch], None]]:
        """Open the joined tables for writing: here, or in a process of its own where there is much to write."""
        with told(self._path), self._pool.lease() as connection:
            large = state.size(connection) > LARGE
        if not large:
            with self._writing(at) as connection:
                writing = joins.Writing(connection, layers, at)
                yield writing.fill
                writing.note(actor, made)
        else:
            given = layers, actor, at, made
            with self._lock.held(), clerk.writing(self._file, self._path, *given) as fill:
                yield fill

    def _make_ready(self, path: Path) -> None:
        """Bring tables up to what this lotleaf declares; raises BadWorkspace for a foreign file."""
        with self._pool.lease() as connection:
            with in_time(connection, path):
                new = self._recognised(connection)
            if not connection.readonly("main"):
                connection.execute("PRAGMA journal_mode=WAL").fetchall()
            if not new:
                return
            with self._lock.held():
                connection.execute("BEGIN IMMEDIATE")
                schema.bring_up(connection)
                connection.execute("COMMIT")

    def _recognised(self, connection: apsw.Connection) -> bool:
        """Make sure that the file is a workspace of ours; tells whether there is anything to bring up."""
        if not schema.ours(connection):
            raise BadWorkspace(
                f"{self._path}: this is a database, but not a workspace of lotleaf; name another "
                "with -w (to load a GeoPackage's layers: `lotleaf load LAYER FILE`)"
            )
        up_to_date = schema.up_to_date(connection)
        faults = list(foreign.strangers(connection))
        if not faults and up_to_date:
            faults = list(foreign.missing(connection)) or list(checks.counters(connection))
        if faults:
            raise Unsound("; ".join(faults[:5]))
        return not up_to_date


def _stream(stack: AbstractContextManager, found: Iterator[Record]) -> Iterator[Record]:
    with stack:
        yield from found
