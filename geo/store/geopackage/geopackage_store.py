"""The GeoPackage storage engine: `protocol.Store` in one file.

`geo.store.open_store` makes a `GeoPackage`. Its reads run in `snapshot.Snapshot`. Its writes run in
`transaction.WriteTransaction` and in the modules of `writes`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import apsw
import geopandas as gpd
import pandas as pd
import pyarrow as pa

from geo.crs import Bbox
from geo.errors import BadWorkspace
from geo.raster import Raster
from geo.schema import layer_named
from geo.store.geopackage import metadata, schema_migration, writer_process
from geo.store.geopackage.connections import Pool, time_limit, translate_errors
from geo.store.geopackage.encoding.stored_values import CorruptValue
from geo.store.geopackage.integrity import backup, integrity_checks, unknown_objects
from geo.store.geopackage.snapshot import Snapshot
from geo.store.geopackage.transaction import GeoPackageTransaction
from geo.store.geopackage.write_lock import WriteLock
from geo.store.geopackage.writes import joined_tables, load_layer
from geo.store.note import Note
from geo.store.protocol import Reader
from geo.store.records import Actor, Change, Load, LoadResult, Query, Record, Tombstone

Result = TypeVar("Result")
MAX_RECORDS_IN_PROCESS = 200_000  # above this, a separate process writes the joined tables


class _DryRunDoneError(Exception):
    """Ends the transaction of a dry run, so that it is rolled back."""


class GeoPackage:
    """A `protocol.Store` in one GeoPackage file, for any number of threads and processes at once.

    Readers never wait: each reads the version at which it began. Writers wait for each other. Make one
    with `geo.store.open_store`.
    """

    def __init__(self, path: Path, lock_timeout_s: float, display_path: Path | None = None) -> None:
        self._display_path = display_path or path  # the path in error messages
        self._file_path = path
        self._pool = Pool(path)
        self._write_lock = WriteLock(path, lock_timeout_s)
        with translate_errors(self._display_path):
            self._migrate_file(path)

    @property
    def cache_dir(self) -> Path:
        """The folder for caches of this workspace. It may not exist yet."""
        return self._display_path.with_name(self._display_path.name + "-columns")

    @property
    def version(self) -> int:
        """The current version."""
        return self._with_snapshot(lambda reader: reader.version)

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """Open a reader at the current version for as long as the context lasts."""
        with translate_errors(self._display_path), self._pool.lease() as connection:
            connection.execute("BEGIN")
            yield Snapshot(connection)

    def get(self, layer: str, id_: str, *, actor: Actor) -> Record:
        """Return one record, or raise NoSuchRecord."""
        return self._with_snapshot(lambda reader: reader.get(layer, id_, actor=actor))

    def find_tombstone(self, layer: str, id_: str, *, actor: Actor) -> Tombstone | None:
        """Return what is left of a deleted record, or None."""
        return self._with_snapshot(lambda reader: reader.find_tombstone(layer, id_, actor=actor))

    def query(self, layer: str, query: Query, *, actor: Actor) -> Iterator[Record]:
        """Iterate over the selected records. Raises BadQuery at the call, before the first record."""
        stack = ExitStack()
        with translate_errors(self._display_path):
            reader = stack.enter_context(self.snapshot())
            try:
                records = reader.query(layer, query, actor=actor)
            except BaseException:
                stack.close()
                raise
        return _stream_records(stack, records)

    def count(self, layer: str, query: Query, *, actor: Actor) -> int:
        """Count the selected records."""
        return self._with_snapshot(lambda reader: reader.count(layer, query, actor=actor))

    def layer_extent(self, layer: str, within: Bbox | None = None) -> Bbox | None:
        """Return the bounding box of the records of a layer, or of those that meet `within`."""
        return self._with_snapshot(lambda reader: reader.layer_extent(layer, within))

    def count_in_bbox(self, layer: str, bbox: Bbox, limit: int) -> int:
        """Count the records that may meet a bounding box, at most `limit`."""
        return self._with_snapshot(lambda reader: reader.count_in_bbox(layer, bbox, limit))

    def read_layer(self, layer: str, *, actor: Actor) -> gpd.GeoDataFrame:
        """Return a layer as a frame."""
        return self._with_snapshot(lambda reader: reader.read_layer(layer, actor=actor))

    def read_fields(self, layer: str, names: Iterable[str]) -> pd.DataFrame:
        """Return the ids, sources or public fields of a layer's rows as text."""
        return self._with_snapshot(lambda reader: reader.read_fields(layer, names))

    def read_joined_values(self, layer: str) -> pd.DataFrame:
        """Return the values that the last join wrote for a layer."""
        return self._with_snapshot(lambda reader: reader.read_joined_values(layer))

    def read_rasters(self) -> list[Raster]:
        """Return the canopy rasters."""
        return self._with_snapshot(lambda reader: reader.read_rasters())

    def status(self) -> dict[str, Any]:
        """Return the layers with their rows and sources, the last join, the CRS, the version and the conflicts."""
        return self._with_snapshot(lambda reader: reader.status())

    def changes_since(self, version: int, *, actor: Actor, limit: int = 1000) -> list[Change]:
        """Return the audit log entries after `version`, oldest first."""
        return self._with_snapshot(lambda reader: reader.changes_since(version, actor=actor, limit=limit))

    def declared_towns(self, layer: str) -> dict[str, dict[str, Any]]:
        """Return what each source of a layer declares of its towns."""
        return self._with_snapshot(lambda reader: reader.declared_towns(layer))

    def join_info(self) -> dict[str, Any]:
        """Return when and how the last join ran, the version that it read, and whether it is stale."""
        return self._with_snapshot(lambda reader: reader.join_info())

    def layers_written_since(self, version: int) -> set[str]:
        """Return the names of the layers with writes after a version."""
        return self._with_snapshot(lambda reader: reader.layers_written_since(version))

    def changed_records(self, layer: str, version: int) -> Mapping[str, bool] | None:
        """Return the ids of records that edits changed after `version`, or None if more may have changed."""
        return self._with_snapshot(lambda reader: reader.changed_records(layer, version))

    def version_token(self, version: int) -> str:
        """Return a text that identifies one version and its content, or `null` if there is no such version."""
        return self._with_snapshot(lambda reader: reader.version_token(version))

    def layer_etag(self, layer: str) -> str:
        """Return a text that identifies the state of a layer's rows."""
        return self._with_snapshot(lambda reader: reader.layer_etag(layer))

    def settings(self) -> dict[str, str]:
        """Return the settings of the workspace by name."""
        return self._with_snapshot(lambda reader: reader.settings())

    def read_notes(self, layer: str, id_: str, *, limit: int) -> list[Note]:
        """Return the latest notes on a record, newest first."""
        return self._with_snapshot(lambda reader: reader.read_notes(layer, id_, limit=limit))

    def read_photo(self, number: int) -> bytes | None:
        """Return the photo with this number, or None."""
        return self._with_snapshot(lambda reader: reader.read_photo(number))

    def load(self, *layer_loads: Load, actor: Actor, at: datetime, dry_run: bool = False) -> tuple[LoadResult, ...]:
        """Replace the rows of each load's source, all in one transaction. A dry run then rolls it back.

        A load that changes nothing adds no audit log entry and no version. Raises BadInput for the source
        of records that were added by hand.
        """
        results: tuple[LoadResult, ...] = ()
        with suppress(_DryRunDoneError), self._write_transaction(at) as connection:
            results = load_layer.apply_loads(connection, layer_loads, actor, at)
            if dry_run:
                raise _DryRunDoneError
        return results

    def unload(self, layer: str, source: str, *, actor: Actor, at: datetime) -> int:
        """Remove a source, and return how many rows it had. Raises NoSuchSource."""
        with self._write_transaction(at) as connection:
            return load_layer.unload_source(connection, layer_named(layer), source, actor, at)

    def put(self, layer: str, record: Record, *, actor: Actor, at: datetime) -> Record:
        """Add a record, or change the given values of an existing one."""
        with self.transaction(actor=actor, at=at) as transaction:
            return transaction.put(layer, record)

    def delete(self, layer: str, id_: str, *, actor: Actor, at: datetime) -> None:
        """Delete a record and leave a tombstone. A reload of its source does not bring it back."""
        with self.transaction(actor=actor, at=at) as transaction:
            transaction.delete(layer, id_)

    @contextmanager
    def transaction(self, *, actor: Actor, at: datetime) -> Iterator[GeoPackageTransaction]:
        """Open a write transaction for as long as the context lasts. An exception inside rolls it back."""
        with self._write_transaction(at) as connection:
            yield GeoPackageTransaction(connection, actor, at)

    def write_joined_tables(
        self, tables: Mapping[str, pd.DataFrame], *, actor: Actor, at: datetime, join_info: Mapping[str, Any]
    ) -> None:
        """Replace the joined tables, all in one transaction.

        `tables` may compute each table when it is looked up. Each is looked up once and then released. In a
        large workspace, another process writes one table while the next is computed.
        """
        with self._open_joined_tables(tables, actor, at, join_info) as fill_table:
            for layer in tables:
                table = joined_tables.to_record_batch(layer, tables[layer])
                if layer_named(layer).joined_fields:
                    fill_table(layer, table)

    def check_integrity(self) -> list[str]:
        """Check the file, its R-trees and its references, and return one sentence for each fault."""
        with translate_errors(self._display_path), self._pool.lease() as connection:
            connection.execute("BEGIN")
            with time_limit(connection, self._file_path):
                return list(integrity_checks.find_faults(connection))

    def backup(self, target: Path) -> None:
        """Write a self-contained copy to `target`, or raise BadInput if that file exists."""
        with translate_errors(self._display_path), self._pool.lease() as connection:
            backup.write_backup(connection, target)

    def close(self) -> None:
        """Close all connections to the file."""
        self._pool.close()

    def _with_snapshot(self, read: Callable[[Reader], Result]) -> Result:
        with self.snapshot() as reader:
            return read(reader)

    @contextmanager
    def _write_transaction(self, at: datetime) -> Iterator[apsw.Connection]:
        """Yield a connection inside a write transaction. An exception rolls it back."""
        with translate_errors(self._display_path), self._write_lock.acquire(), self._pool.lease() as connection:
            connection.execute("BEGIN IMMEDIATE")
            metadata.save_created_at(connection, at)
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _open_joined_tables(
        self, layers: Iterable[str], actor: Actor, at: datetime, join_info: Mapping[str, Any]
    ) -> Iterator[Callable[[str, pa.RecordBatch], None]]:
        """Yield a function that writes one joined table, in this process or, for many records, in another."""
        with translate_errors(self._display_path), self._pool.lease() as connection:
            is_large = metadata.estimate_record_count(connection) > MAX_RECORDS_IN_PROCESS
        if not is_large:
            with self._write_transaction(at) as connection:
                writer = joined_tables.JoinedTablesWriter(connection, layers, at)
                yield writer.fill_table
                writer.record_join(actor, join_info)
        else:
            writer_args = layers, actor, at, join_info
            with (
                self._write_lock.acquire(),
                writer_process.start_writer_process(self._file_path, self._display_path, *writer_args) as fill_table,
            ):
                yield fill_table

    def _migrate_file(self, path: Path) -> None:
        """Set WAL mode and run pending migrations. Raises BadWorkspace for a file of another program."""
        with self._pool.lease() as connection:
            with time_limit(connection, path):
                needs_migration = self._needs_migration(connection)
            if not connection.readonly("main"):
                connection.execute("PRAGMA journal_mode=WAL").fetchall()
            if not needs_migration:
                return
            with self._write_lock.acquire():
                connection.execute("BEGIN IMMEDIATE")
                schema_migration.migrate(connection)
                connection.execute("COMMIT")

    def _needs_migration(self, connection: apsw.Connection) -> bool:
        """Return whether migrations are pending, or raise if the file is not a sound workspace."""
        if not schema_migration.is_workspace(connection):
            raise BadWorkspace(
                f"{self._display_path}: this is a database, but not a lotleaf workspace; name another "
                "with -w (to load a GeoPackage's layers: `lotleaf load LAYER FILE`)"
            )
        is_current = schema_migration.is_current(connection)
        faults = list(unknown_objects.unexpected_object_faults(connection))
        if not faults and is_current:
            faults = list(unknown_objects.missing_table_faults(connection)) or list(
                integrity_checks.row_number_faults(connection)
            )
        if faults:
            raise CorruptValue("; ".join(faults[:5]))
        return not is_current


def _stream_records(stack: AbstractContextManager, records: Iterator[Record]) -> Iterator[Record]:
    with stack:
        yield from records
