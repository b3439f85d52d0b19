"""DuckDB with its spatial extension, both from PyPI."""

from functools import cache
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import pyarrow as pa

from benchmarks.join import sql
from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Task

# What is inside is at distance 0, so that one question asks for both.
TREES = f"""
SELECT t.id AS tree, arg_min(p.id, (ST_Distance(p.geometry, t.geometry), p.id)) AS parcel
FROM trees t JOIN parcels p ON ST_DWithin(p.geometry, t.geometry, {NEAR_M})
GROUP BY t.id
"""  # noqa: S608


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """Open a database in memory; the extension is read from its package, not fetched."""
    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions"
    database = duckdb.connect()
    database.load_extension(f"{folder}/v{duckdb.__version__}/spatial.duckdb_extension")
    return database


def _asked(question: str, *names: str) -> Task:
    """Make the task that asks a question of these files."""

    def ask(files: Files) -> pa.Table:
        database = connection()
        for name in names:
            database.read_parquet(str(getattr(files, name))).create_view(name)
        return database.sql(question).to_arrow_table()

    return ask


TASKS: dict[str, Task] = {
    "trees": _asked(TREES, "trees", "parcels"),
    "canopy": _asked(sql.CANOPY, "parcels", "dissolved"),
    "towns": _asked(sql.TOWNS, "parcels", "towns"),
    "inspections": _asked(sql.INSPECTIONS, "inspections", "parcels"),
}
