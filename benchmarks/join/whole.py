"""Everything joined, from a workspace's file to its stored tables; and one edit, joined and stored."""

import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.join.files import Files
from geo.store import open_store
from geo.store.protocol import OPERATOR, PUBLIC, Query, Record, Store
from geo.workspace import rejoin

Columns = dict[str, Any]
TODAY = date(2026, 1, 1)
CONDITIONS = ("good", "dead")


def prepare(files: Files) -> None:
    """Load the sample's folder into a workspace, outside every timing."""
    if not files.workspace.exists():
        lotleaf = Path(sys.executable).with_name("lotleaf")
        words = ["load", "--all", str(files.sample), "-w", str(files.workspace)]
        subprocess.run([lotleaf, *words], check=True, capture_output=True)


def whole(files: Files) -> Columns:
    """Join all layers as the store has them, and store the tables."""
    with closing(open_store(files.workspace)) as store:
        shutil.rmtree(store.beside, ignore_errors=True)
        return _joined(store)


def whole_kept(files: Files) -> Columns:
    """Do the same from the columns that the join before kept."""
    with closing(open_store(files.workspace)) as store:
        return _joined(store)


def edit(files: Files) -> Columns:
    """Give a tree another condition, and have all joined and stored."""
    with closing(open_store(files.workspace)) as store:
        tree = next(iter(store.query("trees", Query(limit=1), actor=PUBLIC)))
        condition = next(one for one in CONDITIONS if one != tree.values["condition"])
        changed = Record(tree.id, tree.source, {"condition": condition})
        store.put("trees", changed, actor=OPERATOR, at=datetime.now(UTC))
        return _joined(store)


def _joined(store: Store) -> Columns:
    rows = rejoin(store, actor=OPERATOR, at=datetime.now(UTC), today=TODAY)
    return {"layer": list(rows), "rows": list(rows.values())}
