"""Temporary folders of the sandbox: one for each load, removed with it, or by a later load if it was killed.

`sandbox.read_in_sandbox` calls `private_temp_folder`.
"""

import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER_PREFIX = "lotleaf-"
FOLDER_NAME_PATTERN = re.compile(FOLDER_PREFIX + r"[a-z0-9_]{8}")  # the names that `tempfile` makes
LOCK_FILE = "load.lock"
NEW_LOCK_FILE = "load.lock.new"
RESPONSE_FILE = "response.json"  # what the worker found
# The names of all files that a load creates. A folder with other files and without a lock is not ours.
OWN_FILE_PATTERN = re.compile(
    rf"in-\d+(\.\w+)?|from-in-\d+|\d+\.arrow|cells\.npy|{re.escape(RESPONSE_FILE)}|{re.escape(NEW_LOCK_FILE)}"
)
MAX_AGE_S = 24 * 3600  # no load takes a day


@contextmanager
def private_temp_folder() -> Iterator[Path]:
    """Create a folder for one load, and remove it afterwards.

    Folders left by killed loads are removed too.
    """
    temp_dir = tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX, ignore_cleanup_errors=True)
    with _hold_lock(Path(temp_dir.name)), temp_dir:
        folder = Path(temp_dir.name).resolve()
        _remove_stale_folders(folder.parent, now=folder.stat().st_mtime)
        yield folder


@contextmanager
def _hold_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the kernel releases when this process ends in any way.

    The lock file gets its name only while it is locked, so that no other process finds it unlocked.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    handle = os.open(folder / NEW_LOCK_FILE, flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / NEW_LOCK_FILE).rename(folder / LOCK_FILE)
        yield
    finally:
        os.close(handle)


def _remove_stale_folders(parent: Path, *, now: float) -> None:
    """Remove our own folders that no load uses any more. `now` is the time by that file system."""
    for folder in parent.glob(f"{FOLDER_PREFIX}*"):
        with suppress(OSError):  # removed meanwhile, or not readable
            status = folder.lstat()
            if not FOLDER_NAME_PATTERN.fullmatch(folder.name) or not stat.S_ISDIR(status.st_mode):
                continue
            if status.st_uid == os.geteuid():
                _remove_if_stale(folder, age_s=now - status.st_mtime)


def _remove_if_stale(folder: Path, *, age_s: float) -> None:
    """Remove a folder if its lock is free, or if it has none and is old."""
    try:
        handle = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if age_s > MAX_AGE_S and all(OWN_FILE_PATTERN.fullmatch(file.name) for file in folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # If the path leads to another lock by now, the folder was replaced and must stay.
        if os.path.samestat(os.fstat(handle), (folder / LOCK_FILE).lstat()):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
