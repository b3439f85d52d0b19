"""PostGIS, where it is installed: a cluster of its own in a temporary folder, on a socket there."""

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
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.join import sql
from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Missing, Task

TREES = f"""
SELECT t.id AS tree, n.id AS parcel
FROM trees t CROSS JOIN LATERAL (
  SELECT p.id FROM parcels p WHERE ST_DWithin(p.geometry, t.geometry, {NEAR_M})
  ORDER BY ST_Distance(p.geometry, t.geometry), p.id LIMIT 1
) n
"""  # noqa: S608
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
    folder = Path(tempfile.mkdtemp(prefix="lotleaf-postgis-"))
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
    """Find the server's programs, PostGIS with them."""
    found = shutil.which("pg_ctl")
    if found is None:
        raise Missing("PostgreSQL is not installed")
    binaries = Path(found).resolve().parent
    shared = subprocess.check_output([binaries / "pg_config", "--sharedir"], text=True)
    if not Path(shared.strip(), "extension", "postgis.control").exists():
        raise Missing("PostGIS is not installed")
    return binaries


def _end(process: subprocess.Popen, folder: Path) -> None:
    process.send_signal(signal.SIGINT)  # which ends sessions too
    process.wait()
    shutil.rmtree(folder)


@cache
def connection() -> psycopg.Connection:
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
            database.execute("CREATE EXTENSION postgis")
            return database
    raise Missing(f"PostgreSQL did not start: {(folder / 'log').read_text()}")


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


def _asked(question: str, *names: str) -> Task:
    """Make the task that loads these files, indexes them and asks a question."""

    def ask(files: Files) -> pa.Table:
        for name in names:
            _load(name, getattr(files, name))
        found = connection().execute(question)
        columns = [column.name for column in found.description or ()]
        return pa.table(dict(zip(columns, zip(*found.fetchall(), strict=True), strict=True)))

    return ask


def _load(name: str, path: Path) -> None:
    database, table = connection(), pq.read_table(path)
    kinds = ["bytea" if column == "geometry" else "text" for column in table.column_names]
    database.execute(f"DROP TABLE IF EXISTS {name}")
    database.execute(f"CREATE UNLOGGED TABLE {name} ({_columns(table)})")
    copy = f"COPY {name} FROM STDIN (FORMAT BINARY)"
    with database.cursor() as cursor, cursor.copy(copy) as rows:
        rows.set_types(kinds)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            rows.write_row(row)
    database.execute(f"CREATE INDEX ON {name} USING gist (geometry)")
    database.execute(f"ANALYZE {name}")


def _columns(table: pa.Table) -> str:
    kinds = (("geometry" if name == "geometry" else "text") for name in table.column_names)
    return ", ".join(f"{name} {kind}" for name, kind in zip(table.column_names, kinds, strict=True))


TASKS: dict[str, Task] = {
    "trees": _asked(TREES, "trees", "parcels"),
    "canopy": _asked(sql.CANOPY, "parcels", "dissolved"),
    "towns": _asked(sql.TOWNS, "parcels", "towns"),
    "inspections": _asked(sql.INSPECTIONS, "inspections", "parcels"),
}
