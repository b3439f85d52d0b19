"""Connections to the workspace's file, and what their errors mean to people."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from geo.errors import BadInput, BadWorkspace, Busy, NoWorkspace, StoreError
from geo.store.held import Unsound
from geo.store.shapes import FUNCTIONS

BUSY_MS = 10_000  # how long SQLite itself waits: for a checkpoint, or another program's lock
PATIENCE_S = 30.0  # for anything that is looked over, and beyond it by the file's size
SLOWEST = 1_000_000  # bytes that are looked over in a second at least
STEPS = 100_000  # of SQLite's machine, between two looks at the clock
REMEDY = "`lotleaf check` names each such fault, and `lotleaf restore` puts a backup back"

_SENTENCES: tuple[tuple[type[apsw.Error], type[StoreError], str], ...] = (
    (
        apsw.NotADBError,
        BadWorkspace,
        (
            "this is not a workspace: not even an SQLite file; name another with -w, or put a "
            "backup back with `lotleaf restore`"
        ),
    ),
    (
        apsw.CorruptError,
        BadWorkspace,
        "the file is damaged ({error}); put a backup back with `lotleaf restore`",
    ),
    (apsw.BusyError, Busy, "another program holds the file; try again when it is done"),
    (apsw.LockedError, Busy, "another program holds the file; try again when it is done"),
    (
        apsw.FullError,
        StoreError,
        "the disk is full; nothing was changed; make room and do it again",
    ),
    (
        apsw.ReadOnlyError,
        StoreError,
        (
            "the file or its folder may only be read; nothing was changed; make both writable, or use a copy "
            "where you may write"
        ),
    ),
    (
        apsw.CantOpenError,
        StoreError,
        "cannot be opened; the file and its folder must be readable and writable",
    ),
    (apsw.IOError, StoreError, "the disk refused ({error}); nothing was changed"),
    (apsw.TooBigError, StoreError, "one value is larger than a file can hold ({error})"),
    (
        apsw.InterruptError,
        BadWorkspace,
        "to read it takes longer than its size explains; put a backup back with `lotleaf restore`",
    ),
    (apsw.SQLError, BadWorkspace, f"what it holds cannot be read ({{error}}); {REMEDY}"),
)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, each with a sentence that says what to do."""
    try:
        yield
    except apsw.Error as error:
        for kind, ours, sentence in _SENTENCES:
            if isinstance(error, kind):
                raise ours(f"{path}: {sentence.format(error=error)}") from error
        raise StoreError(f"{path}: {error}") from error
    except Unsound as error:
        raise BadWorkspace(f"{path}: {error}; {REMEDY}") from error
    except UnicodeEncodeError as error:
        raise BadInput(f"{error.object!r} is no text: its signs are not UTF-8") from None


def connect(path: Path) -> apsw.Connection:
    """Open one connection, with the functions that the GeoPackage's triggers call.

    Raises NoWorkspace when there is no such file, BadWorkspace for a folder, apsw's errors else.
    """
    if not path.exists():
        raise NoWorkspace(
            f"{path}: there is no workspace; `lotleaf load` makes one, -w names another"
        )
    if not path.is_file():
        raise BadWorkspace(f"{path}: this is no file; name the workspace's file with -w")
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(BUSY_MS)
    # What the file says of itself may call nothing but what cannot harm, and none of its views is asked.
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_VIEW, 0)
    connection.execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-16000")
    connection.execute("PRAGMA journal_size_limit=67108864")  # a big load's WAL shrinks again
    for name, arguments, function in FUNCTIONS:
        connection.create_scalar_function(
            name, function, arguments, deterministic=True, flags=apsw.SQLITE_INNOCUOUS
        )
    return connection


@contextmanager
def in_time(connection: apsw.Connection, path: Path) -> Iterator[None]:
    """Stop what is asked of a connection when it takes longer than a sound file of that size could."""
    end = time.monotonic() + PATIENCE_S + path.stat().st_size / SLOWEST
    connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None)


def fetched(connection: apsw.Connection, sql: str, bound: "apsw.Bindings" = ()) -> list[Any]:
    """Run a statement and give all its rows; what stands in a column is Any to mypy."""
    return connection.execute(sql, bound).fetchall()


class Pool:
    """Connections that wait for their next use; no two uses ever share one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[apsw.Connection] = deque()
        self._closed = threading.Event()

    @contextmanager
    def lease(self) -> Iterator[apsw.Connection]:
        """Give a connection of one's own for as long as the context lasts."""
        if self._closed.is_set():
            raise StoreError(f"{self._path}: the workspace is closed")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = connect(self._path)
        try:
            yield connection
        finally:
            self._take_back(connection)

    def close(self) -> None:
        """Close what waits; what is in use is closed when it comes back."""
        self._closed.set()
        while self._idle:
            self._idle.pop().close()

    def _take_back(self, connection: apsw.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._closed.is_set() or connection.txn_state() != apsw.SQLITE_TXN_NONE:
            connection.close(True)  # somebody still steps through an answer: it ends here
        else:
            self._idle.append(connection)
