"""The clerk's own process: reads from its standard input what `clerk` says, and writes the joined tables."""

import ctypes
import json
import mmap
import signal
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo import errors
from geo.store import joins, state
from geo.store.connections import connect, told
from geo.store.protocol import Actor

PR_SET_PDEATHSIG = 1
CACHE_KIB = 262_144  # an index of a million rows is sorted in it, and not on the disk


def main() -> None:
    """Be the clerk: read the task and then where each table lies, and write them."""
    if sys.platform.startswith("linux"):  # who asked is gone: so are we, and nothing is written
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    met = {}
    try:
        _write(json.loads(sys.stdin.readline()), int(sys.argv[1]))
    except errors.GeoError as error:
        met = {"error": type(error).__name__, "says": str(error)}
    sys.stdout.write(json.dumps(met))


def _write(task: Mapping[str, Any], spool: int) -> None:
    at = datetime.fromisoformat(task["at"])
    with told(Path(task["known_as"])), closing(connect(Path(task["path"]))) as connection:
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute("BEGIN IMMEDIATE")
        state.remember_birth(connection, at)
        tables = joins.Writing(connection, task["layers"], at)
        while given := json.loads(sys.stdin.readline()):
            tables.fill(given["layer"], _taken(spool, given["first"], given["end"]))
        tables.note(Actor(task["actor"]), task["made"])
        connection.execute("COMMIT")


def _taken(spool: int, first: int, end: int) -> pa.RecordBatch:
    lies = pa.py_buffer(mmap.mmap(spool, end, prot=mmap.PROT_READ))
    return pa.ipc.open_stream(lies.slice(first)).read_next_batch()


if __name__ == "__main__":
    main()
