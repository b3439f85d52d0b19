"""PostgreSQL, where it is installed: a cluster of its own in a temporary folder, on a socket there."""

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

from benchmarks.missing import Missing

USER = "bench"
# A scratch database: nothing in it must outlive a crash.
SETTINGS = {
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
def server() -> tuple[subprocess.Popen, Path]:
    """Start a server; returns it and its folder, where its socket is. It ends with this process."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="lotleaf-postgres-"))
    # PostgreSQL refuses to run as root.
    user: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "postgres")
    # Without a locale, so that the lowest id is the same as everywhere else.
    made = f"-D {folder}/data -A trust -U {USER} --no-locale -E UTF8".split()
    subprocess.run([binaries / "initdb", *made], check=True, stdout=subprocess.DEVNULL, **user)
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    # With setpriv the server ends too when this process is killed.
    postgres = f"{binaries}/postgres -D {folder}/data -k {folder}".split()
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "INT", *postgres, *options],
        stderr=(folder / "log").open("w"),
        **user,
    )
    atexit.register(_end, process, folder)
    return process, folder


def _binaries() -> Path:
    """Find the server's programs; Debian keeps them out of the path, one folder a version."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (versions[-1] if versions else None)
    if found is None:
        raise Missing("PostgreSQL is not installed")
    return Path(found).resolve().parent


def _end(process: subprocess.Popen, folder: Path) -> None:
    process.send_signal(signal.SIGINT)  # which ends sessions too
    process.wait()
    shutil.rmtree(folder)


@cache
def connection(extension: str) -> psycopg.Connection:
    """Connect as soon as the server answers, and make the extension."""
    process, folder = server()
    while process.poll() is None:
        try:
            database = psycopg.connect(
                host=str(folder), dbname="postgres", user=USER, autocommit=True
            )
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return _with(database, extension)
    raise Missing(f"PostgreSQL did not start: {(folder / 'log').read_text()}")


def _with(database: psycopg.Connection, extension: str) -> psycopg.Connection:
    try:
        database.execute(f'CREATE EXTENSION "{extension}"')
    except psycopg.errors.FeatureNotSupported as error:
        raise Missing(f"PostgreSQL has no {extension}") from error
    return database


def server_cpu_s() -> float:
    """Sum the CPU seconds of the server's processes, those that have ended too."""
    ticks = (Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2] for pid in _processes())
    return sum(sum(map(int, one.split()[11:15])) for one in ticks) / os.sysconf("SC_CLK_TCK")


def server_peak_mb() -> float:
    """Give the most memory that one process of the server has held."""
    told = (Path(f"/proc/{pid}/status").read_text() for pid in _processes())
    return max(int(one.split("VmHWM:")[1].split()[0]) for one in told) / 1024


def _processes() -> list[int]:
    pid = server()[0].pid
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
