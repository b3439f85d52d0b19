"""The engine PostGIS, if it is installed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.join import sql
from benchmarks.join.files import CountyFiles
from benchmarks.join.tasks import NEAR_M, Task
from benchmarks.postgres import connect, server_cpu_s, server_peak_mb

__all__ = ["TASKS", "server_cpu_s", "server_peak_mb"]

TREES_SQL = f"""
SELECT t.id AS tree, n.id AS parcel
FROM trees t CROSS JOIN LATERAL (
  SELECT p.id FROM parcels p WHERE ST_DWithin(p.geometry, t.geometry, {NEAR_M})
  ORDER BY ST_Distance(p.geometry, t.geometry), p.id LIMIT 1
) n
"""  # noqa: S608


def _make_query_task(query: str, *table_names: str) -> Task:
    """Return the task that loads and indexes these files and runs a query."""

    def run_query(files: CountyFiles) -> pa.Table:
        for name in table_names:
            _load_table(name, getattr(files, name))
        cursor = connect("postgis").execute(query)
        columns = [column.name for column in cursor.description or ()]
        return pa.table(dict(zip(columns, zip(*cursor.fetchall(), strict=True), strict=True)))

    return run_query


def _load_table(name: str, path: Path) -> None:
    database, table = connect("postgis"), pq.read_table(path)
    column_types = ["bytea" if column == "geometry" else "text" for column in table.column_names]
    database.execute(f"DROP TABLE IF EXISTS {name}")
    database.execute(f"CREATE UNLOGGED TABLE {name} ({_column_definitions(table)})")
    copy_sql = f"COPY {name} FROM STDIN (FORMAT BINARY)"
    with database.cursor() as cursor, cursor.copy(copy_sql) as rows:
        rows.set_types(column_types)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            rows.write_row(row)
    database.execute(f"CREATE INDEX ON {name} USING gist (geometry)")
    database.execute(f"ANALYZE {name}")


def _column_definitions(table: pa.Table) -> str:
    column_types = (("geometry" if name == "geometry" else "text") for name in table.column_names)
    return ", ".join(
        f"{name} {column_type}" for name, column_type in zip(table.column_names, column_types, strict=True)
    )


TASKS: dict[str, Task] = {
    "trees": _make_query_task(TREES_SQL, "trees", "parcels"),
    "canopy": _make_query_task(sql.CANOPY_SQL, "parcels", "dissolved"),
    "towns": _make_query_task(sql.TOWNS_SQL, "parcels", "towns"),
    "inspections": _make_query_task(sql.INSPECTIONS_SQL, "inspections", "parcels"),
}
