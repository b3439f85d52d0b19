"""The write lock of a workspace: one process and one thread at a time, in order of arrival.

`geopackage_store` and `backup` hold it for every write.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import Busy, StoreError


class WriteLock:
    """A lock on the side file `<workspace>.lock`, taken before SQLite's own lock.

    SQLite lets waiting writers poll, and one of them can starve. The kernel lets those who wait for a
    `flock` in one after another. Each acquisition opens its own file descriptor, so threads wait like
    processes. A process that dies releases the lock. The side file is never the workspace itself:
    closing a descriptor of the workspace would drop SQLite's locks.
    """

    def __init__(self, workspace: Path, lock_timeout_s: float) -> None:
        self._lock_path = workspace.with_name(workspace.name + ".lock")
        self._workspace_path = workspace
        self._lock_timeout_s = lock_timeout_s

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """Hold the lock while the context lasts. Raises Busy after `lock_timeout_s` seconds of waiting."""
        fd = self._open_lock_file()
        try:
            self._lock_file(fd)
            yield
        finally:
            os.close(fd)

    def _lock_file(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _wait_for_lock(fd, self._lock_timeout_s):
                raise Busy(
                    f"{self._workspace_path}: another program has been writing to it for more than "
                    f"{self._lock_timeout_s:g} seconds; try again when it is done"
                ) from None

    def _open_lock_file(self) -> int:
        try:
            return os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise StoreError(
                f"{self._workspace_path}: cannot be written, because its lock file {self._lock_path.name} cannot be "
                f"opened ({error.strerror}); make the folder writable"
            ) from error


def _wait_for_lock(fd: int, lock_timeout_s: float) -> bool:
    """Wait for the lock in another thread, and return whether it came within `lock_timeout_s` seconds.

    `flock` has no timeout, but a waiting thread can be left behind. It has a duplicate descriptor of the
    same open file, so the lock lasts while either is open. After a timeout the first one is closed. When
    the thread gets the lock, it closes the duplicate and so releases the lock.
    """
    duplicate_fd = os.dup(fd)
    acquired = threading.Event()

    def acquire_blocking() -> None:
        fcntl.flock(duplicate_fd, fcntl.LOCK_EX)
        os.close(duplicate_fd)
        acquired.set()

    threading.Thread(target=acquire_blocking, daemon=True).start()
    return acquired.wait(lock_timeout_s)
