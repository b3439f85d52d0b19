"""PostGIS, where it is installed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.join import sql
from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Task
from benchmarks.postgres import connection, server_cpu_s, server_peak_mb

__all__ = ["TASKS", "server_cpu_s", "server_peak_mb"]

TREES = f"""
SELECT t.id AS tree, n.id AS parcel
FROM trees t CROSS JOIN LATERAL (
  SELECT p.id FROM parcels p WHERE ST_DWithin(p.geometry, t.geometry, {NEAR_M})
  ORDER BY ST_Distance(p.geometry, t.geometry), p.id LIMIT 1
) n
"""  # noqa: S608


def _asked(question: str, *names: str) -> Task:
    """Make the task that loads these files, indexes them and asks a question."""

    def ask(files: Files) -> pa.Table:
        for name in names:
            _load(name, getattr(files, name))
        found = connection("postgis").execute(question)
        columns = [column.name for column in found.description or ()]
        return pa.table(dict(zip(columns, zip(*found.fetchall(), strict=True), strict=True)))

    return ask


def _load(name: str, path: Path) -> None:
    database, table = connection("postgis"), pq.read_table(path)
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
