"""The command line without its imports: each command is forked from one process that has lotleaf loaded.

A command that starts on its own spends more than a second on imports. Tests start some hundred. `start_fork_server`
starts the process that commands are forked from. `write_command` writes a `lotleaf` that asks it for one: the same
code in a process and a session of its own, with the caller's files, folder, environment and exit code. It passes
SIGTERM and SIGINT on; when it is killed, its command is.
"""

import atexit
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

# The workers of the sandbox have a process of their own. The command line measures its terminal when it is imported.
NOT_PRELOADED = ("geo.ingest.sandbox.fork_server", "geo.ingest.sandbox.sandbox_worker", "webmap.wsgi", "webmap.cli")
LIBRARIES = ("click", "rich.console", "rich.progress", "rich.table")
# What runs without any of lotleaf's imports, in a Python that reads no site-packages.
COMMAND = """#!{python} -IS
import json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
task = dict(argv=sys.argv, folder=os.getcwd(), environment=dict(os.environ))
socket.send_fds(server, [b"f"], [0, 1, 2])
server.sendall(json.dumps(task).encode() + b"\\n")
answers = server.makefile()
pid = int(answers.readline())
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, _: os.kill(pid, number))
code = int(answers.readline() or 1)
if code < 0:
    signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


def start_fork_server(folder: Path) -> subprocess.Popen[bytes]:
    """Start the process that commands are forked from; it ends when its standard input is closed."""
    address = folder / "lotleaf.socket"
    server = subprocess.Popen([sys.executable, __file__, str(address)], stdin=subprocess.PIPE)
    while not address.exists():
        assert server.poll() is None, "the fork server ended at once"
        time.sleep(0.02)
    return server


def write_command(folder: Path) -> Path:
    """Write the `lotleaf` that asks the folder's fork server, and return its path."""
    path = folder / "lotleaf"
    path.write_text(COMMAND.format(python=sys.executable, address=str(folder / "lotleaf.socket")), "utf-8")
    path.chmod(0o755)
    return path


def serve_forks(address: Path) -> None:
    """Fork a process for each command that is asked for, until standard input is closed."""
    sys.path.remove(str(Path(__file__).parent))
    preload()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that stand between
    listener = socket.socket(socket.AF_UNIX)
    unready = address.with_suffix(".unready")
    listener.bind(str(unready))
    listener.listen(64)
    unready.rename(address)
    ready = selectors.DefaultSelector()
    ready.register(sys.stdin, selectors.EVENT_READ)
    ready.register(listener, selectors.EVENT_READ)
    while True:
        if any(key.fileobj is sys.stdin for key, _ in ready.select()):
            return
        client, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            attend(client)
            os._exit(0)
        client.close()


def preload() -> None:
    """Import nearly every module that a command may import, and load the compiled kernels."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for package in ("geo", "webmap"):
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.startswith(NOT_PRELOADED):
                importlib.import_module(module.name)
    importlib.import_module("geo.kernels.warmup").compile_kernels()


def attend(client: socket.socket) -> None:
    """Fork one command, tell its process id and then its exit code; kill it when the caller is gone."""
    _, files, _, _ = socket.recv_fds(client, 1, 3)
    task: dict[str, Any] = json.loads(client.makefile("rb").readline())
    pid = os.fork()
    if pid == 0:
        client.close()
        run(task, files)
    for file in files:
        os.close(file)
    client.sendall(b"%d\n" % pid)
    watched = selectors.DefaultSelector()
    watched.register(client, selectors.EVENT_READ)
    watched.register(os.pidfd_open(pid), selectors.EVENT_READ)
    if any(key.fileobj is client for key, _ in watched.select()):
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    try:
        client.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    except BrokenPipeError:
        return


def run(task: dict[str, Any], files: list[int]) -> NoReturn:
    """Be the command: take the caller's files, folder, environment and arguments, and exit as it does."""
    from webmap.cli.main import main

    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(task["folder"])
    os.environ.clear()
    os.environ.update(task["environment"])
    sys.argv = task["argv"]
    sys.stdin, sys.stdout = os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8")
    sys.stdout.reconfigure(write_through=bool(os.environ.get("PYTHONUNBUFFERED")))
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    code: object = 1
    try:
        main()
    except SystemExit as done:
        code = done.code
    finally:  # what an interpreter does at its end, but for taking its modules apart
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    serve_forks(Path(sys.argv[1]))
