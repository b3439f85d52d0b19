"""The parent's end of the sandbox's workers: one prepared process, from which each worker is forked.

`sandbox` calls `run_worker` for each load. The prepared process starts at the first call and ends with this one.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from geo.ingest.sandbox.gdal_drivers import SKIPPED_DRIVERS, gdal_skip_environment

FORK_SERVER = "geo.ingest.sandbox.fork_server"
END_SECONDS = 5
# The prepared process inherits nothing from this one. A worker's own folder is added as HOME and TMPDIR.
ENVIRONMENT: Mapping[str, str] = {
    **gdal_skip_environment(SKIPPED_DRIVERS),
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}",
    "CPL_VSIL_CURL_USE_HEAD": "NO",
    "GDAL_PAM_ENABLED": "NO",
    "PROJ_NETWORK": "OFF",
    "SHAPE_RESTORE_SHX": "YES",
    "OGR_ORGANIZE_POLYGONS": "DEFAULT",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",  # links of a GML to other documents are not followed
    "GML_DOWNLOAD_WFS_SCHEMA": "NO",
    "GML_SAVE_RESOLVED_TO": "",
}


@dataclass
class ForkServer:
    """A running fork server, with our end of its socket."""

    process: subprocess.Popen[bytes]
    control: socket.socket

    @classmethod
    def start(cls) -> "ForkServer":
        """Start the process in a session of its own, so that an interrupt from the keyboard reaches only us."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-I", "-m", FORK_SERVER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=dict(ENVIRONMENT),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        return cls(process, ours)

    def read_number(self, deadline: float) -> int:
        """Return the next number that the process sends. Raises TimeoutError or EOFError where none comes."""
        text = b""
        while not text.endswith(b"\n"):
            self.control.settimeout(max(deadline - monotonic(), 0.001))
            part = self.control.recv(1)
            if not part:
                raise EOFError
            text += part
        return int(text)

    def stop(self) -> None:
        """End the process. Its workers end with it."""
        self.control.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_lock = threading.Lock()
_servers: dict[int, ForkServer] = {}  # by the process that started it, for a forked process must not use its parent's


def run_worker(task: Mapping[str, Any], *, timeout_s: float) -> int:
    """Run a task in a new worker, and return the worker's exit code, negative for a signal.

    Raises TimeoutError for a worker that takes longer. It is killed then, with all that it started.
    """
    deadline = monotonic() + timeout_s
    with _lock:
        server = _servers.get(os.getpid())
        if server is not None and server.process.poll() is not None:
            _stop(None)
            server = None
        if server is None:
            server = _servers[os.getpid()] = ForkServer.start()
        worker_id: int | None = None
        exit_code: int | None = None
        try:
            server.control.settimeout(timeout_s)
            server.control.sendall(json.dumps(task).encode() + b"\n")
            worker_id = server.read_number(deadline)
            exit_code = server.read_number(deadline)
        except (EOFError, ConnectionError):
            exit_code = server.process.wait(END_SECONDS) or -signal.SIGKILL
        finally:
            if exit_code is None or server.process.poll() is not None:
                _stop(worker_id)
    if exit_code == -signal.SIGXCPU:  # it used as much time of the processor as it has time at all
        raise TimeoutError
    return exit_code


def _stop(worker_id: int | None) -> None:
    """Kill the worker that runs, and stop this process's fork server."""
    if worker_id is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(worker_id, signal.SIGKILL)
    if server := _servers.pop(os.getpid(), None):
        server.stop()


atexit.register(_stop, None)
