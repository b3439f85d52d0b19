"""A PostgreSQL server for benchmarks: its own cluster in a temporary folder, on a Unix socket there.

The engines `benchmarks.join.postgis_` and `benchmarks.find.engines.pg_trgm` call `connect`.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.missing import MissingEngine

DATABASE_USER = "bench"
# No data has to survive a crash, so durability is off.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "jit": "off",
    "autovacuum": "off",
}


@cache
def start_server() -> tuple[subprocess.Popen, Path]:
    """Start a server, and return it with its folder, which holds the socket. It ends with this process."""
    program_dir = _program_dir()
    folder = Path(tempfile.mkdtemp(prefix="lotleaf-postgres-"))
    # PostgreSQL refuses to run as root.
    run_as: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
    if run_as:
        shutil.chown(folder, "postgres")
    # Without a locale, ids sort by their bytes as in the other engines.
    initdb_options = f"-D {folder}/data -A trust -U {DATABASE_USER} --no-locale -E UTF8".split()
    subprocess.run([program_dir / "initdb", *initdb_options], check=True, stdout=subprocess.DEVNULL, **run_as)
    options = [word for name, value in SERVER_SETTINGS.items() for word in ("-c", f"{name}={value}")]
    # setpriv ends the server even if this process is killed.
    postgres = f"{program_dir}/postgres -D {folder}/data -k {folder}".split()
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "INT", *postgres, *options], stderr=(folder / "log").open("w"), **run_as
    )
    atexit.register(_stop_server, process, folder)
    return process, folder


def _program_dir() -> Path:
    """Return the folder of the server's programs. Debian has one outside PATH for each version.

    Raises MissingEngine where PostgreSQL is not installed.
    """
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (versions[-1] if versions else None)
    if initdb is None:
        raise MissingEngine("PostgreSQL is not installed")
    return Path(initdb).resolve().parent


def _stop_server(process: subprocess.Popen, folder: Path) -> None:
    process.send_signal(signal.SIGINT)  # a fast shutdown, which ends sessions
    process.wait()
    shutil.rmtree(folder)


@cache
def connect(extension: str) -> psycopg.Connection:
    """Return a connection with an extension, as soon as the server accepts it. Raises MissingEngine."""
    process, socket_dir = start_server()
    while process.poll() is None:
        try:
            database = psycopg.connect(host=str(socket_dir), dbname="postgres", user=DATABASE_USER, autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return _create_extension(database, extension)
    raise MissingEngine(f"PostgreSQL did not start: {(socket_dir / 'log').read_text()}")


def _create_extension(database: psycopg.Connection, extension: str) -> psycopg.Connection:
    try:
        database.execute(f'CREATE EXTENSION "{extension}"')
    except psycopg.errors.FeatureNotSupported as error:
        raise MissingEngine(f"PostgreSQL has no {extension}") from error
    return database


def server_cpu_s() -> float:
    """Return the CPU seconds of all processes of the server, ended ones included."""
    stat_fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2] for pid in _server_pids())
    return sum(sum(map(int, fields_text.split()[11:15])) for fields_text in stat_fields) / os.sysconf("SC_CLK_TCK")


def server_peak_mb() -> float:
    """Return the peak memory in MB of the server's largest process."""
    statuses = (Path(f"/proc/{pid}/status").read_text() for pid in _server_pids())
    return max(int(status.split("VmHWM:")[1].split()[0]) for status in statuses) / 1024


def _server_pids() -> list[int]:
    pid = start_server()[0].pid
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
