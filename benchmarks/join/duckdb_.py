"""The engine DuckDB with its spatial extension, both from PyPI."""

from functools import cache
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import pyarrow as pa

from benchmarks.join import sql
from benchmarks.join.files import CountyFiles
from benchmarks.join.tasks import NEAR_M, Task

# A parcel that contains the tree is at distance 0, so one query covers both cases.
TREES_SQL = f"""
SELECT t.id AS tree, arg_min(p.id, (ST_Distance(p.geometry, t.geometry), p.id)) AS parcel
FROM trees t JOIN parcels p ON ST_DWithin(p.geometry, t.geometry, {NEAR_M})
GROUP BY t.id
"""  # noqa: S608


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """Return a database in memory. The extension comes from its package, without a download."""
    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions"
    database = duckdb.connect()
    database.load_extension(f"{folder}/v{duckdb.__version__}/spatial.duckdb_extension")
    return database


def _make_query_task(query: str, *table_names: str) -> Task:
    """Return the task that runs a query on these files."""

    def run_query(files: CountyFiles) -> pa.Table:
        database = connection()
        for name in table_names:
            database.read_parquet(str(getattr(files, name))).create_view(name)
        return database.sql(query).to_arrow_table()

    return run_query


TASKS: dict[str, Task] = {
    "trees": _make_query_task(TREES_SQL, "trees", "parcels"),
    "canopy": _make_query_task(sql.CANOPY_SQL, "parcels", "dissolved"),
    "towns": _make_query_task(sql.TOWNS_SQL, "parcels", "towns"),
    "inspections": _make_query_task(sql.INSPECTIONS_SQL, "inspections", "parcels"),
}
