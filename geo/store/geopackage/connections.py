"""SQLite connections to the workspace file, and the translation of SQLite errors.

`geopackage_store.GeoPackage` leases connections from a `Pool`. The modules `backup` and `writer_main`
call `connect`. All of them wrap their work in `translate_errors`.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from geo.errors import BadInput, BadWorkspace, Busy, NoWorkspace, StoreError
from geo.store.geopackage.encoding.geometry_blob import SQL_FUNCTIONS
from geo.store.geopackage.encoding.stored_values import CorruptValue

BUSY_TIMEOUT_MS = 10_000  # SQLite's own wait for a checkpoint or another program's lock
BASE_TIMEOUT_S = 30.0  # time for a check of an empty file, before the share for its size
MIN_BYTES_PER_S = 1_000_000  # lowest speed of a check
VM_STEPS_PER_CHECK = 100_000  # steps of SQLite's virtual machine between two clock readings
REMEDY = "`lotleaf check` lists every fault, and `lotleaf restore` brings back a backup"

_ERROR_MESSAGES: tuple[tuple[type[apsw.Error], type[StoreError], str], ...] = (
    (
        apsw.NotADBError,
        BadWorkspace,
        (
            "this is not a workspace, and not an SQLite file; name another file with -w, or bring back a "
            "backup with `lotleaf restore`"
        ),
    ),
    (apsw.CorruptError, BadWorkspace, "the file is damaged ({error}); bring back a backup with `lotleaf restore`"),
    (apsw.BusyError, Busy, "another program is using the file; try again when it is done"),
    (apsw.LockedError, Busy, "another program is using the file; try again when it is done"),
    (apsw.FullError, StoreError, "the disk is full; nothing was changed; free some space and try again"),
    (
        apsw.ReadOnlyError,
        StoreError,
        (
            "the file or its folder is read-only; nothing was changed; make both writable, or use a copy "
            "in a folder that you can write to"
        ),
    ),
    (apsw.CantOpenError, StoreError, "cannot be opened; the file and its folder must be readable and writable"),
    (
        apsw.IOError,
        StoreError,
        "the disk reported an error ({error}); nothing was changed; check the disk and try again",
    ),
    (apsw.TooBigError, StoreError, "a value is too large for the file ({error}); make it smaller"),
    (
        apsw.InterruptError,
        BadWorkspace,
        "reading it takes too long for its size, so it may be damaged; bring back a backup with `lotleaf restore`",
    ),
    (apsw.SQLError, BadWorkspace, f"its content cannot be read ({{error}}); {REMEDY}"),
)


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and corrupt values into errors of `geo.errors`, each with a remedy."""
    try:
        yield
    except apsw.Error as error:
        for sqlite_error, store_error, message in _ERROR_MESSAGES:
            if isinstance(error, sqlite_error):
                raise store_error(f"{path}: {message.format(error=error)}") from error
        raise StoreError(f"{path}: {error}") from error
    except CorruptValue as error:
        raise BadWorkspace(f"{path}: {error}; {REMEDY}") from error
    except UnicodeEncodeError as error:
        raise BadInput(f"{error.object!r} is not valid text; write it in UTF-8") from None


def connect(path: Path) -> apsw.Connection:
    """Open one connection, with the SQL functions that GeoPackage triggers call.

    Raises NoWorkspace if there is no file, BadWorkspace for a folder, and errors of apsw otherwise.
    """
    if not path.exists():
        raise NoWorkspace(f"{path}: there is no workspace; `lotleaf load` creates one, and -w names another")
    if not path.is_file():
        raise BadWorkspace(f"{path}: this is not a file; name the workspace file with -w")
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    # The file may be hostile: its schema may call harmless functions only, and views are off.
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_VIEW, 0)
    connection.execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-16000")
    connection.execute("PRAGMA journal_size_limit=67108864")  # the WAL shrinks again after a big load
    for name, argument_count, function in SQL_FUNCTIONS:
        connection.create_scalar_function(
            name, function, argument_count, deterministic=True, flags=apsw.SQLITE_INNOCUOUS
        )
    return connection


@contextmanager
def time_limit(connection: apsw.Connection, path: Path) -> Iterator[None]:
    """Interrupt statements that run longer than a sound file of this size can need."""
    deadline = time.monotonic() + BASE_TIMEOUT_S + path.stat().st_size / MIN_BYTES_PER_S
    connection.set_progress_handler(lambda: time.monotonic() > deadline, VM_STEPS_PER_CHECK)
    try:
        yield
    finally:
        connection.set_progress_handler(None)


def fetch_all(connection: apsw.Connection, sql: str, sql_params: "apsw.Bindings" = ()) -> list[Any]:
    """Run a statement and return all its rows. Columns are Any to mypy."""
    return connection.execute(sql, sql_params).fetchall()


class Pool:
    """A pool of idle connections. No connection ever has two users at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[apsw.Connection] = deque()
        self._closed = threading.Event()

    @contextmanager
    def lease(self) -> Iterator[apsw.Connection]:
        """Yield a connection for exclusive use while the context lasts. An open transaction is rolled back."""
        if self._closed.is_set():
            raise StoreError(f"{self._path}: the workspace is closed")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = connect(self._path)
        try:
            yield connection
        finally:
            self._return_connection(connection)

    def close(self) -> None:
        """Close the idle connections. A leased connection closes when it comes back."""
        self._closed.set()
        while self._idle:
            self._idle.pop().close()

    def _return_connection(self, connection: apsw.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._closed.is_set() or connection.txn_state() != apsw.SQLITE_TXN_NONE:
            connection.close(True)  # a cursor is still open, and ends here
        else:
            self._idle.append(connection)
