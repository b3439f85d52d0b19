"""Who may write: one process, one thread at a time, in the order in which they came."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import Busy, StoreError


class WriteLock:
    """A lock on a side file, taken before SQLite's own.

    SQLite lets waiting writers poll, and one of them can starve; the kernel lets those who wait for
    a `flock` in one after another. Each turn has its own handle, so threads wait like processes. A
    process that dies lets go. The side file is never the workspace itself: a handle on that, closed,
    would drop SQLite's locks.
    """

    def __init__(self, workspace: Path, patience_s: float) -> None:
        self._path = workspace.with_name(workspace.name + ".lock")
        self._workspace = workspace
        self._patience_s = patience_s

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; raises Busy after `patience_s` seconds."""
        handle = self._open()
        try:
            self._take(handle)
            yield
        finally:
            os.close(handle)

    def _take(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _came(handle, self._patience_s):
                raise Busy(
                    f"{self._workspace}: another process has been writing for more than "
                    f"{self._patience_s:g} seconds; try again when it is done"
                ) from None

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise StoreError(
                f"{self._workspace}: cannot be written, since {self._path.name} beside it cannot be "
                f"opened ({error.strerror}); make the folder writable"
            ) from error


def _came(handle: int, patience_s: float) -> bool:
    """Wait for the lock in a thread of its own: it alone can stand in the kernel's queue and give up.

    The thread has a second number for the same open file, so the lock stays while either is open.
    When nobody waits any more, the first is closed by then, and closing the second lets go.
    """
    second = os.dup(handle)
    came = threading.Event()

    def stand_in_line() -> None:
        fcntl.flock(second, fcntl.LOCK_EX)
        os.close(second)
        came.set()

    threading.Thread(target=stand_in_line, daemon=True).start()
    return came.wait(patience_s)
