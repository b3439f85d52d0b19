"""SedonaDB, in this process."""

from functools import cache
from typing import Any

import pyarrow as pa
import sedonadb

from benchmarks.join import sql
from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Task

# Faster here than one question for both, by CPU seconds.
TREES = f"""
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
def context() -> Any:
    """Open a session."""
    return sedonadb.connect()


def _asked(question: str, *names: str) -> Task:
    """Make the task that asks a question of these files."""

    def ask(files: Files) -> pa.Table:
        for name in names:
            context().read_parquet(str(getattr(files, name))).to_view(name, overwrite=True)
        return pa.table(context().sql(question))

    return ask


TASKS: dict[str, Task] = {
    "trees": _asked(TREES, "trees", "parcels"),
    "canopy": _asked(sql.CANOPY, "parcels", "dissolved"),
    "towns": _asked(sql.TOWNS, "parcels", "towns"),
    "inspections": _asked(sql.INSPECTIONS, "inspections", "parcels"),
}
