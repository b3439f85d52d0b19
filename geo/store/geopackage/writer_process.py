"""A separate process that writes joined tables of a large workspace while the join computes the next.

`geopackage_store` calls `start_writer_process`. SQLite writes with one thread, and the join computes most
tables with one, so two processes use two cores. Tables pass as Arrow streams through a file without
a name. It vanishes with the last process that has it open. See `docs/decisions/0021-writer-process.md`.
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
from geo.store.records import Actor


@contextmanager
def start_writer_process(
    path: Path, display_path: Path, layers: Iterable[str], actor: Actor, at: datetime, join_info: Mapping[str, Any]
) -> Iterator[Callable[[str, pa.RecordBatch], None]]:
    """Start the writer process for the joined tables of `layers`, and yield a function that sends a table.

    All tables are written in one transaction. It commits when the context ends. An error inside rolls it
    back. Errors of the writer process are raised here, and call the file `display_path`. The caller holds
    the write lock.
    """
    task = {
        "path": str(path),
        "known_as": str(display_path),
        "layers": list(layers),
        "actor": actor.name,
        "at": at.isoformat(),
        "made": dict(join_info),
    }
    with _open_spool_file(path, display_path) as spool_file, _start_process(spool_file) as process:
        sink = pa.PythonFile(spool_file, mode="w")

        def send_table(layer: str, table: pa.RecordBatch) -> None:
            start = spool_file.tell()
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_batch(table)
            spool_file.flush()
            _send_message(process, {"layer": layer, "first": start, "end": spool_file.tell()})

        try:
            _send_message(process, task)
            yield send_table
            _send_message(process, {})
            _wait_for_result(process, display_path)
        except BrokenPipeError:
            _wait_for_result(process, display_path)
        finally:
            process.kill()
            with suppress(BrokenPipeError):  # the process has ended and reads no more
                process.communicate()


@contextmanager
def _open_spool_file(path: Path, display_path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file without a name, in the folder of the workspace."""
    try:
        with tempfile.TemporaryFile(dir=path.parent) as spool_file:
            yield spool_file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise errors.StoreError(
            f"{display_path}: the disk reported an error ({error.strerror}); nothing was changed; check the disk and try again"
        ) from error


def _start_process(spool_file: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start the writer process in its own session, so that Ctrl-C reaches only this process."""
    return subprocess.Popen(  # noqa: S603 (our own module, in our own interpreter)
        [sys.executable, "-P", "-m", "geo.store.geopackage.writer_main", str(spool_file.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[spool_file.fileno()],
        start_new_session=True,
    )


def _send_message(process: "subprocess.Popen[bytes]", message: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def _wait_for_result(process: "subprocess.Popen[bytes]", display_path: Path) -> None:
    """Wait for the reply of the writer process, and raise the error that it holds."""
    assert process.stdout is not None
    reply = process.stdout.read()
    if not reply:
        raise errors.StoreError(
            f"{display_path}: the writing process stopped too early (code {process.wait()}); nothing was changed; try again"
        )
    if failure := json.loads(reply):
        raise getattr(errors, failure["error"])(failure["says"])
