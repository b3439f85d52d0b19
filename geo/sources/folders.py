"""The folders of the cage: one for each load, gone with it; or, when it was killed, with a later one."""

import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "lotleaf-"
NAME = re.compile(PREFIX + r"[a-z0-9_]{8}")  # as `tempfile` ends it; another's folder stays
LOCK = "load.lock"
NEW_LOCK = "load.lock.new"
# All that a load puts there by name: a folder with anything else and without a lock may be anyone's.
OURS = re.compile(rf"in-\d+(\.\w+)?|from-in-\d+|\d+\.arrow|cells\.npy|{re.escape(NEW_LOCK)}")
LONGEST = 24 * 3600  # seconds that a folder without a lock may be in use: no load takes a day


@contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder for one load, after which it goes.

    What loads that were killed have left in the temporary folder goes as well.
    """
    made = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    with _locked(Path(made.name)), made:
        folder = Path(made.name).resolve()
        _sweep(folder.parent, now=folder.stat().st_mtime)
        yield folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the kernel lets go when this process ends in whatever way.

    The lock appears under its name only when it is held, so that nobody finds it free before.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    handle = os.open(folder / NEW_LOCK, flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / NEW_LOCK).rename(folder / LOCK)
        yield
    finally:
        os.close(handle)


def _sweep(within: Path, *, now: float) -> None:
    """Remove the folders of our own that no load uses any more; `now` is the time by that disk."""
    for folder in within.glob(f"{PREFIX}*"):
        with suppress(OSError):  # gone meanwhile, or not to be read: another load's business
            about = folder.lstat()
            if not NAME.fullmatch(folder.name) or not stat.S_ISDIR(about.st_mode):
                continue
            if about.st_uid == os.geteuid():
                _remove_if_left(folder, age=now - about.st_mtime)


def _remove_if_left(folder: Path, *, age: float) -> None:
    """Remove a folder whose lock is free, or which has none and is old."""
    try:
        handle = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if age > LONGEST and all(OURS.fullmatch(one.name) for one in folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Only while the name still leads to this lock is the folder the one that it was opened in.
        if os.path.samestat(os.fstat(handle), (folder / LOCK).lstat()):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
