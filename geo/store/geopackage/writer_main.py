"""The entry point of the writer process, which writes the joined tables of a large workspace.

`writer_process` starts it and sends JSON lines to its standard input. The first line is the task. Each
further line is a layer with the byte range of its table in the spool file. An empty object ends the
input. The reply is one JSON object: empty, or with `error` and `says`.
"""

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
from geo.store.geopackage import metadata
from geo.store.geopackage.connections import connect, translate_errors
from geo.store.geopackage.writes import joined_tables
from geo.store.records import Actor

PR_SET_PDEATHSIG = 1
CACHE_KIB = 262_144  # enough to sort an index of a million rows in memory


def main() -> None:
    """Read the task and the tables, write them, and print the reply."""
    if sys.platform.startswith("linux"):  # if the parent dies, so does this process, and nothing is written
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    failure = {}
    try:
        _write_tables(json.loads(sys.stdin.readline()), int(sys.argv[1]))
    except errors.GeoError as error:
        failure = {"error": type(error).__name__, "says": str(error)}
    sys.stdout.write(json.dumps(failure))


def _write_tables(task: Mapping[str, Any], spool_fd: int) -> None:
    at = datetime.fromisoformat(task["at"])
    with translate_errors(Path(task["known_as"])), closing(connect(Path(task["path"]))) as connection:
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute("BEGIN IMMEDIATE")
        metadata.save_created_at(connection, at)
        writer = joined_tables.JoinedTablesWriter(connection, task["layers"], at)
        while message := json.loads(sys.stdin.readline()):
            writer.fill_table(message["layer"], _read_table(spool_fd, message["first"], message["end"]))
        writer.record_join(Actor(task["actor"]), task["made"])
        connection.execute("COMMIT")


def _read_table(spool_fd: int, start: int, end: int) -> pa.RecordBatch:
    buffer = pa.py_buffer(mmap.mmap(spool_fd, end, prot=mmap.PROT_READ))
    return pa.ipc.open_stream(buffer.slice(start)).read_next_batch()


if __name__ == "__main__":
    main()
