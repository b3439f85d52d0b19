"""The server: granian, with workers that are started again when they die."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import click

from geo.errors import BadInput, NeedsOption
from geo.store import open_store
from geo.store.protocol import PUBLIC, Query, Reader
from webmap import create_app
from webmap.local import look_over, loopback
from webmap.pages.search import example
from webmap.security import csp_of
from webmap.settings import Settings

if TYPE_CHECKING:
    from flask import Flask
    from granian.server.common import AbstractServer

STOP_S = 10  # how long a worker may finish what it answers when the server ends
WAITING = 1024  # connections that wait until a worker takes them
ORPHAN_S = 0.5  # how often a worker looks whether the server still lives

NO_ACCOUNTS = (
    "Whoever reaches {host}:{port} can read this workspace: lotleaf has no accounts yet. "
    "Private fields are never served."
)


def serve(settings: Settings) -> int:
    """Serve a workspace until SIGINT or SIGTERM; returns the exit code.

    Raises GeoError when the workspace cannot be opened, and BadInput or NeedsOption when the address
    or the certificate cannot be used: before anything listens.
    """
    tries = _look_over(settings)
    listener = listen(settings)
    for line in (*greeting(settings), *tries):
        click.echo(line, err=True)
    server = _server(settings, listener)
    try:
        server.serve(target_loader=partial(_work, settings), wrap_loader=False)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def greeting(settings: Settings) -> Iterator[str]:
    """Tell where the server is, and what there is to know before others are let in."""
    host = _host(settings)
    yield f"lotleaf serves {settings.workspace} at {_address(settings)}/ (Ctrl+C ends it)"
    if settings.allow_local_edits:
        yield "Edits are taken from this machine: whoever uses it may write to the workspace."
    if not loopback(settings.host):
        yield "Warning: " + NO_ACCOUNTS.format(host=host, port=settings.port)


def to_try(settings: Settings, reader: Reader) -> Iterator[str]:
    """Name pages worth opening first, from what this workspace holds."""
    base = _address(settings)
    yield f"  {base}/map/maintenance  what needs work, and where"
    if asked := example(reader):
        yield f"  {base}/find?q={quote_plus(asked)}  a parcel from an address"
    busy = Query(where={"need": ("remove", "prune", "inspect")}, limit=1)
    for record in reader.query("parcels", busy, actor=PUBLIC):
        yield f"  {base}/parcels/{quote(record.id)}  what applies at a parcel"
    yield f"  {base}/exports  the layers, as GeoJSON"


def _host(settings: Settings) -> str:
    return f"[{settings.host}]" if ":" in settings.host else settings.host


def _address(settings: Settings) -> str:
    scheme = "https" if settings.tls_cert else "http"
    return f"{scheme}://{_host(settings)}:{settings.port}"


def opened(settings: Settings) -> "Flask":
    """Open the workspace and make the app that serves it."""
    return create_app(settings, open_store(settings.workspace))


def _look_over(settings: Settings) -> list[str]:
    """Make sure that all is there to serve with; give the pages to try."""
    if bool(settings.tls_cert) != bool(settings.tls_key):
        missing = "--tls-key" if settings.tls_cert else "--tls-cert"
        raise NeedsOption(f"https needs both a certificate and its key; {missing} is missing")
    look_over(settings)
    csp_of(settings)  # a basemap that cannot be is refused before any worker starts
    store = open_store(settings.workspace)
    try:
        return list(to_try(settings, store))
    finally:
        store.close()


def listen(settings: Settings) -> socket.socket:
    """Listen at the settings' address, for all workers together.

    A client that takes nothing of its answer is cut off after `stall_s`, where the system can:
    otherwise it would hold a thread and a moment of the store for ever, for granian sets no limit.
    Connections inherit what is set here; the limit counts also when a client acknowledges without reading.
    """
    host, port = settings.host, settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = family == socket.AF_INET6  # [::] is every address of either kind
        listener = socket.create_server(
            address, family=family, backlog=WAITING, dualstack_ipv6=both
        )
    except OSError as error:
        why = (
            error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        )
        raise BadInput(
            f"cannot listen at {host}:{port}: {why}; choose another --host or --port"
        ) from None
    # An answer's head and body are sent apart: without this the body waits 40 ms for the head's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        stall_ms = int(settings.stall_s * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stall_ms)
    listener.setblocking(False)
    return listener


def _server(settings: Settings, listener: socket.socket) -> "AbstractServer[Any]":
    from granian._granian import SocketHolder  # noqa: PLC0415 - only the server needs it
    from granian.server.mp import MPServer  # noqa: PLC0415

    class Server(MPServer):
        """granian, whose workers share our listener: its own takes no options, and is one for each."""

        def _init_shared_socket(self) -> None:
            uds = False
            self._ssp, self._sso = None, listener
            self._shd = SocketHolder(listener.fileno(), uds, WAITING)  # type: ignore[assignment,call-arg] # its stub knows none

    return Server("webmap", **_options(settings))


def _options(settings: Settings) -> dict[str, Any]:
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    return {
        "address": settings.host,
        "port": settings.port,
        "interface": Interfaces.WSGI,
        "workers": settings.workers,
        "blocking_threads": settings.threads,
        "websockets": False,
        "http1_settings": HTTP1Settings(
            header_read_timeout=int(settings.header_read_s * 1000),
            max_buffer_size=settings.max_header_bytes,
        ),
        "log_level": LogLevels.error,
        "log_dictconfig": _logging(),
        "ssl_cert": settings.tls_cert,
        "ssl_key": settings.tls_key,
        "respawn_failed_workers": True,
        "respawn_interval": 0.1,
        "workers_kill_timeout": STOP_S,
    }


def _work(settings: Settings) -> "Flask":
    """Make the app inside a worker, which ends with the process that started it.

    A forked worker inherits the server's own handlers, which would swallow the signals until
    granian's worker sets others: SIGTERM ends a worker that is only starting, and Ctrl+C, which all
    processes of a terminal get, leaves its end to the server.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if server := parent_process():
        watch = partial(_end_with, server.pid)
        threading.Thread(target=watch, daemon=True, name="server").start()
    app = opened(settings)
    app.extensions["lotleaf"].keep_warm()
    return app


def _end_with(server: int | None) -> None:
    """Wait until the server is gone, also when it went before this began; then end.

    The pipe that `multiprocessing` offers for it stays open in each worker that is forked later.
    """
    while os.getppid() == server:
        time.sleep(ORPHAN_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_S)
    os._exit(1)


def _logging() -> dict[str, Any]:
    """Log to standard error: what is amiss in words, requests as bare JSON."""
    stderr = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    amiss = {"handlers": ["console"], "level": "WARNING", "propagate": False}
    return {
        "formatters": {
            "generic": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "access": {"format": "%(message)s"},
        },
        "handlers": {
            "console": {"formatter": "generic", **stderr},
            "access": {"formatter": "access", **stderr},
        },
        "loggers": {
            "_granian": dict(amiss),
            "lotleaf.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
