"""Copies of the workspace file: create, back up and restore, each atomically.

`geo.store` calls `create_workspace`, `new_workspace_file` and `restore`.
`geopackage_store.GeoPackage.backup` calls `write_backup`.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import apsw

from geo.errors import BadInput, BadWorkspace, Busy, StoreError
from geo.store.geopackage import schema_migration, tables
from geo.store.geopackage.connections import connect, time_limit, translate_errors
from geo.store.geopackage.integrity import integrity_checks, unknown_objects
from geo.store.geopackage.write_lock import WriteLock
from geo.store.geopackage.writes import audit_log
from geo.store.records import Actor
from geo.store.temp_file import temp_file_beside

REMEDY = "name a file that `lotleaf backup` wrote"


def create_workspace(path: Path, lock_timeout_s: float) -> None:
    """Create an empty workspace atomically. An existing file is left alone."""
    with _hold_write_lock(path, lock_timeout_s), translate_errors(path):
        if not path.exists():
            with temp_file_beside(path) as temp_path:
                _create_tables(temp_path)
                temp_path.replace(path)


@contextmanager
def new_workspace_file(path: Path, lock_timeout_s: float) -> Iterator[Path | None]:
    """Yield the path of a new workspace, which moves to `path` if the context ends without an error.

    Yields None if there is a file at `path` already. After an error nothing is left behind.
    """
    with _hold_write_lock(path, lock_timeout_s):
        if path.exists():
            yield None
            return
        with temp_file_beside(path) as temp_path:
            with translate_errors(path):
                _create_tables(temp_path)
            yield temp_path
            _fsync_file(temp_path)
            temp_path.replace(path)


@contextmanager
def _hold_write_lock(path: Path, lock_timeout_s: float) -> Iterator[None]:
    if not path.parent.is_dir():
        raise StoreError(f"{path}: its folder does not exist; create it first")
    with WriteLock(path, lock_timeout_s).acquire():
        yield


def _create_tables(temp_path: Path) -> None:
    with closing(connect(temp_path)) as connection:
        connection.execute(
            f"PRAGMA application_id={tables.APPLICATION_ID}; "
            f"PRAGMA user_version={tables.GEOPACKAGE_VERSION}; BEGIN IMMEDIATE"
        )
        schema_migration.migrate(connection)
        connection.execute("COMMIT")


def write_backup(connection: apsw.Connection, target: Path) -> None:
    """Write the database of a connection to a new file. Raises BadInput if that file exists."""
    if target.exists():
        raise BadInput(f"{target}: this file already exists; name a new one, because a backup never overwrites a file")
    if not target.parent.is_dir():
        raise BadInput(f"{target}: its folder does not exist; create it first")
    with temp_file_beside(target) as temp_path:
        connection.execute("VACUUM INTO ?", (str(temp_path),))
        _fsync_file(temp_path)
        try:
            os.link(temp_path, target)
        except FileExistsError:
            raise BadInput(
                f"{target}: this file already exists; name a new one, because a backup never overwrites a file"
            ) from None


def restore(backup: Path, workspace: Path, *, actor: Actor, at: datetime, lock_timeout_s: float = 5.0) -> None:
    """Replace the workspace by a backup, atomically.

    The backup is checked first. The new version is higher than that of both files. So no cache of an
    old version passes for the new one. Raises BadInput if the backup is not a sound workspace. Raises Busy
    while another process has the workspace open.
    """
    if not backup.is_file():
        raise BadInput(f"{backup}: there is no such file; {REMEDY}")
    with temp_file_beside(workspace) as temp_path:
        try:
            with translate_errors(backup):
                faults = list(_copy_and_check(backup, temp_path))
        except BadWorkspace as error:
            reason, *_ = str(error).split("; ")  # the rest is advice about workspaces, not backups
            raise BadInput(f"{reason}; nothing was restored; {REMEDY}") from error
        if faults:
            raise BadInput(f"{backup}: the backup has faults, so nothing was restored: {'; '.join(faults[:5])}")
        with WriteLock(workspace, lock_timeout_s).acquire(), translate_errors(workspace):
            version = _read_version(workspace)
            with closing(connect(temp_path)) as copy:
                _write_restore_entry(copy, backup, version, actor, at)
            _fsync_file(temp_path)
            _replace_workspace(temp_path, workspace, valid=version is not None)


def _copy_and_check(backup: Path, temp_path: Path) -> Iterator[str]:
    """Copy a backup, migrate the copy, and yield one sentence for each fault."""
    with closing(connect(backup)) as source, time_limit(source, backup):
        if not schema_migration.is_workspace(source):
            yield "it is not a backup of a workspace"
            return
        schema_migration.is_current(source)
        if object_faults := list(unknown_objects.unexpected_object_faults(source)):
            yield from object_faults
            return
        source.execute("VACUUM INTO ?", (str(temp_path),))
    with closing(connect(temp_path)) as copy, time_limit(copy, temp_path):
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        copy.execute("BEGIN IMMEDIATE")
        schema_migration.migrate(copy)
        copy.execute("COMMIT")
        yield from integrity_checks.find_faults(copy)


def _read_version(workspace: Path) -> int | None:
    """Return the version of the workspace, or None if there is none or it is too damaged."""
    if not workspace.exists():
        return None
    try:
        with translate_errors(workspace), closing(connect(workspace)) as connection:
            if connection.execute("PRAGMA quick_check(1)").get != "ok":
                return None
            return audit_log.current_version(connection)
    except Busy:
        raise
    except StoreError:
        return None


def _write_restore_entry(copy: apsw.Connection, backup: Path, version: int | None, actor: Actor, at: datetime) -> None:
    copy.execute("BEGIN IMMEDIATE")
    backup_version = audit_log.current_version(copy)
    if version is not None and version > backup_version:
        copy.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'lotleaf_audit'", (version,))
    detail = {"from": backup.name, "version": backup_version}
    audit_log.write_entry(copy, "restore", actor=actor, at=at, detail=detail)
    copy.execute("COMMIT")


def _replace_workspace(temp_path: Path, workspace: Path, *, valid: bool) -> None:
    """Copy the new file's pages into the workspace. A workspace that is not valid is replaced as a file."""
    if not valid:
        for suffix in ("-wal", "-shm", "-journal"):
            workspace.with_name(workspace.name + suffix).unlink(missing_ok=True)
        temp_path.replace(workspace)
        return
    with closing(connect(workspace)) as target, closing(connect(temp_path)) as source:
        target.set_busy_timeout(0)
        try:
            # Leaving WAL mode needs exclusive access: it fails while another connection is open.
            target.execute("PRAGMA journal_mode=DELETE").fetchall()
        except (apsw.BusyError, apsw.LockedError):
            raise Busy(
                f"{workspace}: a program has the workspace open; stop `lotleaf serve` and every program "
                "that reads it, then restore again"
            ) from None
        with target.backup("main", source, "main") as page_copy:
            while not page_copy.done:
                page_copy.step(4096)


def _fsync_file(path: Path) -> None:
    """Flush a file to the disk. No connection has it open, so closing it drops no lock of SQLite."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
