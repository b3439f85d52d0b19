"""A file of one's own beside another, in which to prepare what then takes its place whole."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BESIDE = ("", "-journal", "-wal", "-shm", ".lock")  # what SQLite and we put beside a file


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Make an empty file that nobody else has, in the folder of `path`; what is left of it goes in the end."""
    new = path.with_name(f".lotleaf-{secrets.token_hex(8)}.new")
    try:
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
    except OSError as error:  # told by the name that somebody knows
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        yield new
    finally:
        for suffix in BESIDE:
            new.with_name(new.name + suffix).unlink(missing_ok=True)
