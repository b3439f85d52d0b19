"""Temporary files beside a target file, so that a finished file can replace the target atomically.

`geo.formats.export_file` and `geo.store.geopackage.integrity.backup` call `temp_file_beside`.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIDE_FILE_SUFFIXES = ("", "-journal", "-wal", "-shm", ".lock")  # the file, SQLite's side files, and our lock file


@contextmanager
def temp_file_beside(path: Path) -> Iterator[Path]:
    """Create an empty file with a random name in the folder of `path`, and remove it when the context ends.

    Its side files are removed too. A file that the caller has renamed stays. Raises OSError for `path`.
    """
    temp_path = path.with_name(f".lotleaf-{secrets.token_hex(8)}.new")
    try:
        os.close(os.open(temp_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
    except OSError as error:  # name the path that the caller knows
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        yield temp_path
    finally:
        for suffix in SIDE_FILE_SUFFIXES:
            temp_path.with_name(temp_path.name + suffix).unlink(missing_ok=True)
