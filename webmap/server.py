"""The HTTP server: granian with several workers, restarted when they die.

The `serve` command calls `serve`. `webmap.wsgi` calls `open_app`.
"""

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
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query
from webmap import create_app
from webmap.auth.local_only import check_edit_settings, is_loopback
from webmap.http.security import content_security_policy
from webmap.pages.search_page import example_address
from webmap.settings import Settings

if TYPE_CHECKING:
    from flask import Flask
    from granian.server.common import AbstractServer

STOP_TIMEOUT_S = 10  # how long a worker may take to finish its responses at shutdown
LISTEN_BACKLOG = 1024  # connections that wait until a worker takes them
PARENT_POLL_S = 0.5  # how often a worker checks that the server is alive

NO_ACCOUNTS = (
    "Anyone who can reach {host}:{port} can read this workspace: lotleaf has no accounts yet. "
    "Private fields are never served."
)


def serve(settings: Settings) -> int:
    """Serve a workspace until SIGINT or SIGTERM and return the exit code.

    Raises GeoError when the workspace cannot be opened. Raises BadInput or NeedsOption when the address
    or the certificate cannot be used. All checks run before the server listens.
    """
    suggestions = _check_startup(settings)
    listener = open_listener(settings)
    for line in (*greeting_lines(settings), *suggestions):
        click.echo(line, err=True)
    server = _build_server(settings, listener)
    try:
        server.serve(target_loader=partial(_start_worker, settings), wrap_loader=False)
    except SystemExit as exit_request:
        return int(exit_request.code or 0)
    return 0


def greeting_lines(settings: Settings) -> Iterator[str]:
    """Iterate over the lines that the server prints at startup: its URL, then warnings.

    >>> list(greeting_lines(Settings(port=8080)))
    ['lotleaf serves lotleaf.gpkg at http://127.0.0.1:8080/ (Ctrl+C stops it)']
    """
    host = _url_host(settings)
    yield f"lotleaf serves {settings.workspace} at {_base_url(settings)}/ (Ctrl+C stops it)"
    if settings.allow_local_edits:
        yield "Edits are accepted from this machine: anyone who uses it can change the workspace."
    if not is_loopback(settings.host):
        yield "Warning: " + NO_ACCOUNTS.format(host=host, port=settings.port)


def suggested_pages(settings: Settings, reader: Reader) -> Iterator[str]:
    """Iterate over lines that name pages to open first, from the records of this workspace."""
    base_url = _base_url(settings)
    yield f"  {base_url}/map/maintenance  what needs work, and where"
    if address := example_address(reader):
        yield f"  {base_url}/find?q={quote_plus(address)}  a parcel from an address"
    needing_work = Query(where={"need": ("remove", "prune", "inspect")}, limit=1)
    for record in reader.query("parcels", needing_work, actor=PUBLIC):
        yield f"  {base_url}/parcels/{quote(record.id)}  what applies at a parcel"
    yield f"  {base_url}/exports  the layers, as GeoJSON, CSV and Excel"


def _url_host(settings: Settings) -> str:
    return f"[{settings.host}]" if ":" in settings.host else settings.host


def _base_url(settings: Settings) -> str:
    scheme = "https" if settings.tls_cert else "http"
    return f"{scheme}://{_url_host(settings)}:{settings.port}"


def open_app(settings: Settings) -> "Flask":
    """Open the workspace and return the app that serves it."""
    return create_app(settings, open_store(settings.workspace))


def _check_startup(settings: Settings) -> list[str]:
    """Check the settings and the workspace, and return the lines of suggested pages."""
    if bool(settings.tls_cert) != bool(settings.tls_key):
        missing_option = "--tls-key" if settings.tls_cert else "--tls-cert"
        raise NeedsOption(f"HTTPS needs both a certificate and its key; add {missing_option}")
    check_edit_settings(settings)
    content_security_policy(settings)  # an invalid basemap is refused before any worker starts
    store = open_store(settings.workspace)
    try:
        return list(suggested_pages(settings, store))
    finally:
        store.close()


def open_listener(settings: Settings) -> socket.socket:
    """Return a socket that listens at the settings' address, shared by all workers.

    A client that reads nothing for `stall_s` seconds is disconnected, where the system supports it.
    Otherwise it would hold a thread and a snapshot forever, because granian sets no limit. Accepted
    connections inherit the options set here. The timeout also applies to clients that acknowledge
    without reading. Raises BadInput when the address is not available.
    """
    host, port = settings.host, settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        is_dualstack = family == socket.AF_INET6  # [::] listens on all IPv4 and IPv6 addresses
        listener = socket.create_server(address, family=family, backlog=LISTEN_BACKLOG, dualstack_ipv6=is_dualstack)
    except OSError as error:
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise BadInput(f"cannot listen at {host}:{port}: {reason}; choose another --host or --port") from None
    # Headers and body are sent separately. Without this the body waits 40 ms for an acknowledgment.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        stall_ms = int(settings.stall_s * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stall_ms)
    listener.setblocking(False)
    return listener


def _build_server(settings: Settings, listener: socket.socket) -> "AbstractServer[Any]":
    from granian._granian import SocketHolder  # noqa: PLC0415 - only the server needs it
    from granian.server.mp import MPServer  # noqa: PLC0415

    class Server(MPServer):
        """A granian server with our listener, shared by all workers.

        granian's own listener takes no socket options and is separate for each worker.
        """

        def _init_shared_socket(self) -> None:
            uds = False
            self._ssp, self._sso = None, listener
            self._shd = SocketHolder(listener.fileno(), uds, LISTEN_BACKLOG)  # type: ignore[assignment,call-arg] # not in its stub

    return Server("webmap", **_server_options(settings))


def _server_options(settings: Settings) -> dict[str, Any]:
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
            header_read_timeout=int(settings.header_read_s * 1000), max_buffer_size=settings.max_header_bytes
        ),
        "log_level": LogLevels.error,
        "log_dictconfig": _logging_config(),
        "ssl_cert": settings.tls_cert,
        "ssl_key": settings.tls_key,
        "respawn_failed_workers": True,
        "respawn_interval": 0.1,
        "workers_kill_timeout": STOP_TIMEOUT_S,
    }


def _start_worker(settings: Settings) -> "Flask":
    """Return the app inside a worker process. The worker ends with the process that started it.

    A forked worker inherits the server's signal handlers, which would swallow signals until granian
    installs its own. So SIGTERM ends a worker that is still starting. SIGINT reaches all processes of
    a terminal and is ignored here: the server ends its workers.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := parent_process():
        watch_parent = partial(_exit_with_parent, parent.pid)
        threading.Thread(target=watch_parent, daemon=True, name="server").start()
    app = open_app(settings)
    app.extensions["lotleaf"].start_warming()
    return app


def _exit_with_parent(parent_pid: int | None) -> None:
    """Wait until the server process is gone, then end this worker.

    It also works when the server ended before this thread started. The sentinel pipe of
    `multiprocessing` does not work here: workers that are forked later keep it open.
    """
    while os.getppid() == parent_pid:
        time.sleep(PARENT_POLL_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_TIMEOUT_S)
    os._exit(1)


def _logging_config() -> dict[str, Any]:
    """Return the logging configuration: warnings as text and requests as bare JSON, on standard error."""
    stderr_handler = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    warning_logger = {"handlers": ["console"], "level": "WARNING", "propagate": False}
    return {
        "formatters": {
            "generic": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "access": {"format": "%(message)s"},
        },
        "handlers": {
            "console": {"formatter": "generic", **stderr_handler},
            "access": {"formatter": "access", **stderr_handler},
        },
        "loggers": {
            "_granian": dict(warning_logger),
            "lotleaf.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
