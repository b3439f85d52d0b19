"""Everything joined, from a workspace's file to its stored tables; and one edit, joined and stored."""

import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import shapely

from benchmarks.join.files import Files
from geo.live.edit import Put
from geo.live.writer import Writer
from geo.store import open_store
from geo.store.protocol import OPERATOR, PUBLIC, Query, Record, Store
from geo.workspace import rejoin

Columns = dict[str, Any]
TODAY = date(2026, 1, 1)
EARLIER = 20  # edits before the one that is measured
BESIDE = 2e-5  # degrees: two metres from a tree that there is


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


def ready_to_edit(files: Files) -> None:
    """Join where that has not been done, and make the edits with which a crew's day begins."""
    store = open_store(files.workspace)
    if store.status()["joined"]["stale"] or store.status()["joined"]["at"] is None:
        _joined(store)
    crew = _Crew(Writer(store), _places(store), f"bench-{store.version}")
    for _ in range(EARLIER):
        crew.add()
    _CREWS[files.workspace] = crew


def edit(files: Files) -> Columns:
    """Add a tree, joined and stored."""
    if files.workspace not in _CREWS:
        ready_to_edit(files)
    _CREWS[files.workspace].add()
    return {"edits": [1]}


@dataclass
class _Crew:
    """Whoever adds trees beside those that there are."""

    writer: Writer
    places: list[shapely.Point]
    name: str
    made: int = 0

    def add(self) -> None:
        self.made += 1
        beside = shapely.Point(shapely.get_coordinates(self.places[self.made])[0] + BESIDE)
        tree = Record(f"{self.name}-{self.made}", "", {"condition": "good"}, beside.wkb)
        done = self.writer.edit(
            Put("trees", tree), actor=OPERATOR, at=datetime.now(UTC), today=TODAY
        )
        if done.whole:
            raise RuntimeError(f"not joined alone: {done.whole}")


_CREWS: dict[Path, _Crew] = {}


def _places(store: Store) -> list[shapely.Point]:
    """Give where some trees stand."""
    found = store.query("trees", Query(limit=40 * EARLIER), actor=PUBLIC)
    return [shapely.from_wkb(tree.wkb) for tree in found if tree.wkb][::20]


def _joined(store: Store) -> Columns:
    rows = rejoin(store, actor=OPERATOR, at=datetime.now(UTC), today=TODAY)
    return {"layer": list(rows), "rows": list(rows.values())}
