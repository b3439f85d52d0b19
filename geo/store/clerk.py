"""A process of its own that writes the joined tables of a large workspace, while the next ones are made.

SQLite writes with one thread, and so does the join make most of its tables: in two processes each has a core. Tables
go by way of a file without a name, which vanishes with the last who has it open, whatever ends them.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from geo import errors
from geo.store.protocol import Actor


@contextmanager
def writing(
    path: Path,
    known_as: Path,
    layers: Iterable[str],
    actor: Actor,
    at: datetime,
    made: Mapping[str, Any],
) -> Iterator[Callable[[str, pa.RecordBatch], None]]:
    """Start the clerk on the joined tables of `layers`; gives what hands a table over.

    All is written in one transaction, which ends when the context does: an error within it undoes it. Raises what
    the clerk met, as the store's own errors; `known_as` is how these call the file. Whoever calls holds the lock.
    """
    task = {
        "path": str(path),
        "known_as": str(known_as),
        "layers": list(layers),
        "actor": actor.name,
        "at": at.isoformat(),
        "made": dict(made),
    }
    with _spool(path, known_as) as spool, _started(spool) as clerk:
        sink = pa.PythonFile(spool, mode="w")

        def hand_over(layer: str, table: pa.RecordBatch) -> None:
            first = spool.tell()
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_batch(table)
            spool.flush()
            _say(clerk, {"layer": layer, "first": first, "end": spool.tell()})

        try:
            _say(clerk, task)
            yield hand_over
            _say(clerk, {})
            _hear(clerk, known_as)
        except BrokenPipeError:
            _hear(clerk, known_as)
        finally:
            clerk.kill()
            with suppress(BrokenPipeError):  # what it no longer reads is lost with it
                clerk.communicate()


@contextmanager
def _spool(path: Path, known_as: Path) -> Iterator[IO[bytes]]:
    """Open a file without a name beside the workspace."""
    try:
        with tempfile.TemporaryFile(dir=path.parent) as spool:
            yield spool
    except BrokenPipeError:
        raise
    except OSError as error:
        raise errors.StoreError(
            f"{known_as}: the disk refused ({error.strerror}); nothing was changed"
        ) from error


def _started(spool: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start the clerk, in a session of its own: what interrupts us is ours to handle."""
    return subprocess.Popen(  # noqa: S603 (our own module, in our own interpreter)
        [sys.executable, "-P", "-m", "geo.store.clerking", str(spool.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[spool.fileno()],
        start_new_session=True,
    )


def _say(clerk: "subprocess.Popen[bytes]", what: Mapping[str, Any]) -> None:
    assert clerk.stdin is not None
    clerk.stdin.write(json.dumps(what).encode() + b"\n")
    clerk.stdin.flush()


def _hear(clerk: "subprocess.Popen[bytes]", known_as: Path) -> None:
    """Wait for the clerk's word; raises what it met."""
    assert clerk.stdout is not None
    word = clerk.stdout.read()
    if not word:
        raise errors.StoreError(
            f"{known_as}: the process that writes ended before its work (code {clerk.wait()}); nothing was changed"
        )
    if met := json.loads(word):
        raise getattr(errors, met["error"])(met["says"])
