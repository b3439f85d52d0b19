"""The process from which the sandbox's workers are forked: `python -I -m geo.ingest.sandbox.fork_server FD`.

`worker_process` starts it once for a process of lotleaf. It imports what reading needs, checks
GDAL's drivers, and then forks one worker for each task. It opens no file itself. A task is one line of JSON on the
socket FD. The answer is two lines: the worker's process id, and its exit code. Only this module reads and changes
environment variables.
"""

import json
import os
import socket
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from geo.ingest.sandbox.gdal_drivers import SKIPPED_DRIVERS, disallowed_drivers, gdal_skip_environment
from geo.ingest.sandbox.sandbox_limits import end_with_parent

MODULE = "geo.ingest.sandbox.fork_server"
# Optional imports of pyogrio and pyarrow. To import them takes longer than to read most files.
DATAFRAME_MODULES = ("pandas", "geopandas")


def main() -> None:
    """Fork a worker for each task, until the other end of the socket is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    end_with_parent()
    sys.meta_path.insert(0, _NoDataFrames())
    _ensure_allowed_drivers()
    from geo.ingest.sandbox.sandbox_worker import run_task  # noqa: PLC0415 - after the drivers are chosen

    with control, control.makefile("rb") as tasks:
        for line in tasks:
            task: dict[str, Any] = json.loads(line)
            process_id = os.fork()
            if process_id == 0:
                os.close(control.detach())
                _prepare_worker(Path(task["folder"]))
                run_task(task)
                os._exit(0)
            _send(control, process_id)
            _, status = os.waitpid(process_id, 0)
            _send(control, os.waitstatus_to_exitcode(status))


def _prepare_worker(folder: Path) -> None:
    """Give the worker a session and a working folder of its own."""
    os.setsid()
    os.chdir(folder)
    os.environ.update(HOME=str(folder), TMPDIR=str(folder))


def _send(control: socket.socket, number: int) -> None:
    control.sendall(f"{number}\n".encode())


def _ensure_allowed_drivers() -> None:
    """Check that GDAL has only the allowed drivers. Restart the process without any other."""
    import pyogrio.raw  # noqa: PLC0415 - GDAL reads its environment at this moment

    driver_names = {str(name) for name in pyogrio.list_drivers()}
    if not (extra_drivers := disallowed_drivers(driver_names)):
        return
    if "LOTLEAF_RESTARTED" in os.environ:
        sys.exit(f"GDAL has drivers that are not allowed: {extra_drivers}")
    environment = {**os.environ, **gdal_skip_environment([*SKIPPED_DRIVERS, *extra_drivers]), "LOTLEAF_RESTARTED": "1"}
    os.execve(sys.executable, [sys.executable, "-I", "-m", MODULE, sys.argv[1]], environment)  # noqa: S606 - no shell


class _NoDataFrames(MetaPathFinder):
    """An import hook for which dataframe modules do not exist."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:  # noqa: ARG002 - the protocol
        """Raise ModuleNotFoundError for a dataframe module, and leave every other to the next hook."""
        if fullname in DATAFRAME_MODULES:
            raise ModuleNotFoundError(fullname, name=fullname)


if __name__ == "__main__":
    main()
