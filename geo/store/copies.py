"""Whole copies: a new workspace, a backup, a backup put back."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import apsw

from geo.errors import BadInput, BadWorkspace, Busy, StoreError
from geo.store import audit, checks, foreign, schema
from geo.store.aside import beside
from geo.store.connections import connect, in_time, told
from geo.store.locks import WriteLock
from geo.store.protocol import Actor

REMEDY = "name a file that `lotleaf backup` wrote"


def make(path: Path, patience_s: float) -> None:
    """Make an empty workspace, whole or not at all; another's that came first is left as it is."""
    with _turn(path, patience_s), told(path):
        if not path.exists():
            with beside(path) as new:
                _make(new)
                new.replace(path)


@contextmanager
def begun(path: Path, patience_s: float) -> Iterator[Path | None]:
    """Give a new workspace, to be filled, that takes its place at `path` when the context ends well.

    Gives None where another's came first. Whatever fails leaves nothing behind.
    """
    with _turn(path, patience_s):
        if path.exists():
            yield None
            return
        with beside(path) as new:
            with told(path):
                _make(new)
            yield new
            _sync(new)
            new.replace(path)


@contextmanager
def _turn(path: Path, patience_s: float) -> Iterator[None]:
    if not path.parent.is_dir():
        raise StoreError(f"{path}: its folder does not exist; make it first")
    with WriteLock(path, patience_s).held():
        yield


def _make(new: Path) -> None:
    with closing(connect(new)) as connection:
        connection.execute(
            f"PRAGMA application_id={schema.APPLICATION_ID}; "
            f"PRAGMA user_version={schema.VERSION}; BEGIN IMMEDIATE"
        )
        schema.bring_up(connection)
        connection.execute("COMMIT")


def write(connection: apsw.Connection, to: Path) -> None:
    """Write what a connection reads to a new file; raises BadInput when there is one already."""
    if to.exists():
        raise BadInput(f"{to}: exists already; a backup never overwrites, so name a new file")
    if not to.parent.is_dir():
        raise BadInput(f"{to}: its folder does not exist; make it first")
    with beside(to) as new:
        connection.execute("VACUUM INTO ?", (str(new),))
        _sync(new)
        try:
            os.link(new, to)
        except FileExistsError:
            raise BadInput(f"{to}: exists already; a backup never overwrites") from None


def restore(
    backup: Path, workspace: Path, *, actor: Actor, at: datetime, patience_s: float = 5.0
) -> None:
    """Put a backup in the place of the workspace, whole or not at all.

    The backup is looked over first. The version goes on from the higher of the two, so that nothing
    kept under an old version is taken for the new. Raises BadInput when the backup is no sound
    workspace, Busy while anybody has the workspace open.
    """
    if not backup.is_file():
        raise BadInput(f"{backup}: there is no such backup; {REMEDY}")
    with beside(workspace) as new:
        try:
            with told(backup):
                faults = list(_prepared(backup, new))
        except BadWorkspace as error:
            wrong, *_ = str(error).split("; ")  # what follows is the remedy for a workspace
            raise BadInput(f"{wrong}; nothing was restored; {REMEDY}") from error
        if faults:
            raise BadInput(f"{backup}: not sound, so nothing was restored: {'; '.join(faults[:5])}")
        with WriteLock(workspace, patience_s).held(), told(workspace):
            version = _version(workspace)
            with closing(connect(new)) as copy:
                _mark(copy, backup, version, actor, at)
            _sync(new)
            _put(new, workspace, sound=version is not None)


def _prepared(backup: Path, new: Path) -> Iterator[str]:
    """Copy a backup to a file of this lotleaf's; yields one sentence for each fault of it."""
    with closing(connect(backup)) as source, in_time(source, backup):
        if not schema.ours(source):
            yield "it is no backup of a workspace"
            return
        schema.up_to_date(source)
        if strange := list(foreign.strangers(source)):
            yield from strange
            return
        source.execute("VACUUM INTO ?", (str(new),))
    with closing(connect(new)) as copy, in_time(copy, new):
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        copy.execute("BEGIN IMMEDIATE")
        schema.bring_up(copy)
        copy.execute("COMMIT")
        yield from checks.faults(copy)


def _version(workspace: Path) -> int | None:
    """Tell the workspace's version; None when there is none, or it is too damaged to tell."""
    if not workspace.exists():
        return None
    try:
        with told(workspace), closing(connect(workspace)) as connection:
            if connection.execute("PRAGMA quick_check(1)").get != "ok":
                return None
            return audit.version(connection)
    except Busy:
        raise
    except StoreError:
        return None


def _mark(
    copy: apsw.Connection, backup: Path, version: int | None, actor: Actor, at: datetime
) -> None:
    copy.execute("BEGIN IMMEDIATE")
    was = audit.version(copy)
    if version is not None and version > was:
        copy.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'lotleaf_audit'", (version,))
    detail = {"from": backup.name, "version": was}
    audit.write(copy, "restore", actor=actor, at=at, detail=detail)
    copy.execute("COMMIT")


def _put(new: Path, workspace: Path, *, sound: bool) -> None:
    """Put the new file's pages into the workspace, or the file in its place if it is past that."""
    if not sound:
        for suffix in ("-wal", "-shm", "-journal"):
            workspace.with_name(workspace.name + suffix).unlink(missing_ok=True)
        new.replace(workspace)
        return
    with closing(connect(workspace)) as target, closing(connect(new)) as source:
        target.set_busy_timeout(0)
        try:
            # Leaving WAL needs the file for oneself: it fails while anybody has it open.
            target.execute("PRAGMA journal_mode=DELETE").fetchall()
        except (apsw.BusyError, apsw.LockedError):
            raise Busy(
                f"{workspace}: somebody has the workspace open; stop `lotleaf serve` and whatever "
                "else reads it, then restore"
            ) from None
        with target.backup("main", source, "main") as copying:
            while not copying.done:
                copying.step(4096)


def _sync(path: Path) -> None:
    """See the file onto the disk. Nobody has it open, so that no lock is lost."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
