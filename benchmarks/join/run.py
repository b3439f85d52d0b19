"""`make bench-join`: every engine does the same tasks on the same files, in turn, and is checked.

Each run is a process of its own (see `child`). Engines take turns within each round, so that what
else the machine does falls on all alike; of an engine's rounds the least of each figure counts.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd
from rich.console import Console

from benchmarks.join import columns, whole
from benchmarks.join.data import make
from benchmarks.join.files import Files
from benchmarks.join.table import show
from benchmarks.join.tasks import ENGINES, REFERENCE
from benchmarks.join.verify import agrees

OUT = Path("benchmarks/out")
WARM_UP, WARM_UP_TOWNS = 300, 2  # the county on which every engine warms up
LONGEST_S = 3600  # a run that takes longer is ended
WHOLE = {"whole", "edit"}  # what takes a workspace
ONCE_S = 60  # a run that takes longer is not repeated: what else happens is small beside it
CONSOLE = Console()


@dataclass
class Runs:
    """What an engine did with a task."""

    task: str
    engine: str
    measured: list[dict[str, float]] = field(default_factory=list)
    right: list[bool | None] = field(default_factory=list)
    failed: str = ""

    def row(self, parcels: int) -> dict[str, Any]:
        """Give the row of join.json: the least of each figure; it agrees if every run does."""
        runs = self.measured
        told = {name: round(min(run[name] for run in runs), 4) for name in runs[0]}
        right = None if None in self.right else all(self.right)
        head = {"task": self.task, "engine": self.engine, "parcels": parcels}
        return {**head, **told, "agrees": right}


@click.command()
@click.argument("parcels", nargs=-1, type=int, required=True)
@click.option("--repeat", default=3, show_default=True, help="Rounds; the best counts.")
@click.option("--towns", default=24, show_default=True, help="How many towns a county has.")
@click.option("--tasks", default=",".join(ENGINES), help="Only these tasks, comma separated.")
@click.option("--engines", default="", help="Only these engines and the references.")
@click.option("--out", default=OUT / "join.json", show_default=True, type=Path)
def main(
    parcels: Sequence[int], repeat: int, towns: int, tasks: str, engines: str, out: Path
) -> None:
    """Measure the join beside its peers, on counties of so many PARCELS."""
    tiny = _county(WARM_UP, WARM_UP_TOWNS, tasks)
    rows = []
    for size in parcels:
        files = _county(size, towns, tasks)
        for task in tasks.split(","):
            some = [Runs(task, engine) for engine in _engines(task, engines)]
            for nth in range(repeat):
                for runs in some:
                    _turn(runs, f"{size:,} {task} {nth + 1}/{repeat}", tiny, files)
            rows += [runs.row(size) for runs in some if runs.measured and not runs.failed]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    show(rows, CONSOLE)


def _county(size: int, towns: int, tasks: str) -> Files:
    """Make a county's files, and what our engine needs besides."""
    with CONSOLE.status(f"making a county of {size:,} parcels"):
        files = make(OUT / f"county-{size}-{towns}", size, towns)
        columns.prepare(files)
        if WHOLE & set(tasks.split(",")):
            whole.prepare(files)
    return files


def _engines(task: str, only: str) -> list[str]:
    """List a task's engines, the reference first: the others are held against it."""
    chosen = [one for one in ENGINES[task] if not only or one in only.split(",")]
    first = [REFERENCE[task]] if task in REFERENCE else []
    return [*first, *(one for one in chosen if one not in first)]


def _turn(runs: Runs, what: str, tiny: Files, files: Files) -> None:
    """Run once, unless it failed before or takes long, and check the answer."""
    if runs.failed or any(run["wall_s"] > ONCE_S for run in runs.measured):
        return
    answer = _answer(runs.task, runs.engine, files)
    with CONSOLE.status(f"{what} {runs.engine}"):
        told = _child(runs.engine, runs.task, tiny, files, answer)
    if "failed" in told:
        runs.failed = told["failed"]
        CONSOLE.print(f"{what} {runs.engine}: {runs.failed}", highlight=False, markup=False)
        return
    runs.measured.append(told)
    runs.right.append(_right(runs.task, runs.engine, files))
    CONSOLE.print(
        f"{what} {runs.engine}: {told['cpu_s']:.2f} s CPU, {told['wall_s']:.2f} s, "
        f"{told['peak_mb']:,.0f} MB",
        highlight=False,
    )


def _child(engine: str, task: str, tiny: Files, files: Files, answer: Path) -> dict[str, Any]:
    """Run an engine in a process of its own; tells its figures, or under `failed` why not."""
    answer.parent.mkdir(exist_ok=True)
    answer.unlink(missing_ok=True)  # what an earlier run left says nothing of this one
    child = [sys.executable, "-m", "benchmarks.join.child", engine, task]
    places = [tiny.folder, files.folder, answer]
    try:
        done = subprocess.run(
            [*child, *places], capture_output=True, text=True, timeout=LONGEST_S, check=True
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"took longer than {LONGEST_S} s"}
    except subprocess.CalledProcessError as error:
        return {"failed": f"failed, {error.stderr.strip()[-500:] or error}"}
    return json.loads(done.stdout.splitlines()[-1])


def _right(task: str, engine: str, files: Files) -> bool | None:
    """Tell whether the answer agrees with the reference; None where there is none."""
    answer = pd.read_parquet(_answer(task, engine, files))
    if task == "dissolve":
        pieces = gpd.read_parquet(files.dissolved)
        return agrees(task, engine, answer, pd.DataFrame({"m2": pieces.area}), files)
    path = _answer(task, REFERENCE[task], files) if task in REFERENCE else None
    if path is None or not path.exists():
        return None
    return agrees(task, engine, answer, pd.read_parquet(path), files)


def _answer(task: str, engine: str, files: Files) -> Path:
    return files.folder / "answers" / f"{task}-{engine}.parquet"


if __name__ == "__main__":
    main()
