"""The tasks `whole` and `edit`: the full join of a workspace, and one edit that is joined and stored."""

import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import shapely

from benchmarks.join.files import CountyFiles
from geo.incremental.edit_session import EditSession
from geo.store import open_store
from geo.store.protocol import Store
from geo.store.record_change import Put
from geo.store.records import OPERATOR, PUBLIC, Query, Record
from geo.workspace import join_workspace

ResultColumns = dict[str, Any]
TODAY = date(2026, 1, 1)
WARM_UP_EDITS = 20  # before the measured edit
OFFSET_DEG = 2e-5  # about two meters from an existing tree


def load_workspace(files: CountyFiles) -> None:
    """Load the sample into a workspace. This is not measured."""
    if not files.workspace.exists():
        program = Path(sys.executable).with_name("lotleaf")
        arguments = ["load", "--all", str(files.sample), "-w", str(files.workspace)]
        subprocess.run([program, *arguments], check=True, capture_output=True)


def join_without_cache(files: CountyFiles) -> ResultColumns:
    """Join all layers of the store without layer caches, and store the tables."""
    with closing(open_store(files.workspace)) as store:
        shutil.rmtree(store.cache_dir, ignore_errors=True)
        return _run_join(store)


def join_with_cache(files: CountyFiles) -> ResultColumns:
    """Join all layers with the layer caches of the join before."""
    with closing(open_store(files.workspace)) as store:
        return _run_join(store)


def prepare_edits(files: CountyFiles) -> None:
    """Join if the workspace is not joined, and make `WARM_UP_EDITS` edits. This is not measured."""
    store = open_store(files.workspace)
    if store.status()["joined"]["stale"] or store.status()["joined"]["at"] is None:
        _run_join(store)
    crew = _TreePlanter(EditSession(store), _sample_tree_points(store), f"bench-{store.version}")
    for _ in range(WARM_UP_EDITS):
        crew.add_tree()
    _PLANTERS[files.workspace] = crew


def add_tree(files: CountyFiles) -> ResultColumns:
    """Add a tree, with its join and its write."""
    if files.workspace not in _PLANTERS:
        prepare_edits(files)
    _PLANTERS[files.workspace].add_tree()
    return {"edits": [1]}


@dataclass
class _TreePlanter:
    """Adds trees close to existing ones."""

    session: EditSession
    tree_points: list[shapely.Point]
    id_prefix: str
    edit_count: int = 0

    def add_tree(self) -> None:
        self.edit_count += 1
        new_point = shapely.Point(shapely.get_coordinates(self.tree_points[self.edit_count])[0] + OFFSET_DEG)
        tree = Record(f"{self.id_prefix}-{self.edit_count}", "", {"condition": "good"}, new_point.wkb)
        result = self.session.apply_edits(Put("trees", tree), actor=OPERATOR, at=datetime.now(UTC), today=TODAY)
        if result.full_join_reason:
            raise RuntimeError(f"not joined alone: {result.full_join_reason}")


_PLANTERS: dict[Path, _TreePlanter] = {}


def _sample_tree_points(store: Store) -> list[shapely.Point]:
    """Return the points of some trees."""
    records = store.query("trees", Query(limit=40 * WARM_UP_EDITS), actor=PUBLIC)
    return [shapely.from_wkb(tree.wkb) for tree in records if tree.wkb][::20]


def _run_join(store: Store) -> ResultColumns:
    rows = join_workspace(store, actor=OPERATOR, at=datetime.now(UTC), today=TODAY)
    return {"layer": list(rows), "rows": list(rows.values())}
