"""The engine SedonaDB, in this process."""

from functools import cache
from typing import Any

import pyarrow as pa
import sedonadb

from benchmarks.join import sql
from benchmarks.join.files import CountyFiles
from benchmarks.join.tasks import NEAR_M, Task

# Two steps take fewer CPU seconds here than one query.
TREES_SQL = f"""
WITH inside AS (
  SELECT t.id AS tree, min(p.id) AS parcel
  FROM trees t JOIN parcels p ON ST_Intersects(p.geometry, t.geometry)
  GROUP BY t.id
), outside AS (
  SELECT t.id, t.geometry FROM trees t LEFT JOIN inside i ON t.id = i.tree WHERE i.tree IS NULL
)
SELECT tree, parcel FROM inside
UNION ALL
SELECT t.id AS tree,
  first_value(p.id ORDER BY ST_Distance(p.geometry, t.geometry), p.id) AS parcel
FROM outside t JOIN parcels p ON ST_DWithin(p.geometry, t.geometry, {NEAR_M})
GROUP BY t.id
"""  # noqa: S608


@cache
def open_session() -> Any:
    """Open a session."""
    return sedonadb.connect()


def _make_query_task(query: str, *table_names: str) -> Task:
    """Return the task that runs a query on these files."""

    def run_query(files: CountyFiles) -> pa.Table:
        for name in table_names:
            open_session().read_parquet(str(getattr(files, name))).to_view(name, overwrite=True)
        return pa.table(open_session().sql(query))

    return run_query


TASKS: dict[str, Task] = {
    "trees": _make_query_task(TREES_SQL, "trees", "parcels"),
    "canopy": _make_query_task(sql.CANOPY_SQL, "parcels", "dissolved"),
    "towns": _make_query_task(sql.TOWNS_SQL, "parcels", "towns"),
    "inspections": _make_query_task(sql.INSPECTIONS_SQL, "inspections", "parcels"),
}
