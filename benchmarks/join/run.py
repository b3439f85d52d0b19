"""Benchmark of the join (`make bench-join`): every engine runs the same tasks, and results are compared.

Each run has its own process (`benchmarks.join.child`). The engines alternate within each round, so
that other load on the machine affects all alike. The lowest value of all rounds counts.
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
from benchmarks.join.data import make_county
from benchmarks.join.files import CountyFiles
from benchmarks.join.table import print_tables
from benchmarks.join.tasks import ENGINES_BY_TASK, REFERENCE_BY_TASK
from benchmarks.join.verify import is_in_agreement

OUT_DIR = Path("benchmarks/out")
WARM_UP_PARCELS, WARM_UP_TOWNS = 300, 2  # size of the warm-up county
MAX_RUN_S = 3600  # a longer run is ended
WORKSPACE_TASKS = {"whole", "edit"}  # tasks that need a workspace
MAX_REPEATED_RUN_S = 60  # a longer run is not repeated, because other load hardly affects it
CONSOLE = Console()


@dataclass
class EngineRuns:
    """The runs of one engine on one task."""

    task: str
    engine: str
    measurements: list[dict[str, float]] = field(default_factory=list)
    agreements: list[bool | None] = field(default_factory=list)
    failure: str = ""

    def summary_row(self, parcels: int) -> dict[str, Any]:
        """Return the row of join.json: the lowest value of each measure. It agrees if every run does.

        >>> runs = EngineRuns("trees", "lotleaf", [{"cpu_s": 1.2}, {"cpu_s": 1.1}], [True, True])
        >>> runs.summary_row(20_000)
        {'task': 'trees', 'engine': 'lotleaf', 'parcels': 20000, 'cpu_s': 1.1, 'agrees': True}
        """
        runs = self.measurements
        least_measures = {name: round(min(run[name] for run in runs), 4) for name in runs[0]}
        all_agree = None if None in self.agreements else all(self.agreements)
        header = {"task": self.task, "engine": self.engine, "parcels": parcels}
        return {**header, **least_measures, "agrees": all_agree}


@click.command()
@click.argument("parcels", nargs=-1, type=int, required=True)
@click.option("--repeat", default=3, show_default=True, help="Rounds; the best counts.")
@click.option("--towns", default=24, show_default=True, help="How many towns a county has.")
@click.option("--tasks", default=",".join(ENGINES_BY_TASK), help="Only these tasks, comma separated.")
@click.option("--engines", default="", help="Only these engines and the references.")
@click.option("--out", default=OUT_DIR / "join.json", show_default=True, type=Path)
def main(parcels: Sequence[int], repeat: int, towns: int, tasks: str, engines: str, out: Path) -> None:
    """Measure the join and its alternatives, on counties of so many PARCELS."""
    tiny_files = _prepare_county(WARM_UP_PARCELS, WARM_UP_TOWNS, tasks)
    rows = []
    for size in parcels:
        files = _prepare_county(size, towns, tasks)
        for task in tasks.split(","):
            task_runs = [EngineRuns(task, engine_name) for engine_name in _select_engines(task, engines)]
            for round_number in range(repeat):
                for runs in task_runs:
                    _run_once(runs, f"{size:,} {task} {round_number + 1}/{repeat}", tiny_files, files)
            rows += [runs.summary_row(size) for runs in task_runs if runs.measurements and not runs.failure]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    print_tables(rows, CONSOLE)


def _prepare_county(size: int, towns: int, tasks: str) -> CountyFiles:
    """Return a county's files, with the layer caches and workspaces that lotleaf's tasks need."""
    with CONSOLE.status(f"making a county of {size:,} parcels"):
        files = make_county(OUT_DIR / f"county-{size}-{towns}", size, towns)
        columns.write_layer_caches(files)
        if WORKSPACE_TASKS & set(tasks.split(",")):
            whole.load_workspace(files)
    return files


def _select_engines(task: str, wanted: str) -> list[str]:
    """Return a task's engines, the reference first, because the others are compared with it.

    >>> _select_engines("raster", "lotleaf")
    ['exactextract', 'lotleaf']
    """
    chosen = [engine for engine in ENGINES_BY_TASK[task] if not wanted or engine in wanted.split(",")]
    reference = [REFERENCE_BY_TASK[task]] if task in REFERENCE_BY_TASK else []
    return [*reference, *(engine for engine in chosen if engine not in reference)]


def _run_once(runs: EngineRuns, label: str, tiny_files: CountyFiles, files: CountyFiles) -> None:
    """Run an engine once and check its result, unless it failed before or takes too long."""
    if runs.failure or any(run["wall_s"] > MAX_REPEATED_RUN_S for run in runs.measurements):
        return
    answer_path = _answer_path(runs.task, runs.engine, files)
    with CONSOLE.status(f"{label} {runs.engine}"):
        response = _run_in_child_process(runs.engine, runs.task, tiny_files, files, answer_path)
    if "failed" in response:
        runs.failure = response["failed"]
        CONSOLE.print(f"{label} {runs.engine}: {runs.failure}", highlight=False, markup=False)
        return
    runs.measurements.append(response)
    runs.agreements.append(_agrees_with_reference(runs.task, runs.engine, files))
    CONSOLE.print(
        f"{label} {runs.engine}: {response['cpu_s']:.2f} s CPU, {response['wall_s']:.2f} s, "
        f"{response['peak_mb']:,.0f} MB",
        highlight=False,
    )


def _run_in_child_process(
    engine: str, task: str, tiny_files: CountyFiles, files: CountyFiles, answer_path: Path
) -> dict[str, Any]:
    """Run an engine in its own process. Return its measurement, or the reason under `failed`."""
    answer_path.parent.mkdir(exist_ok=True)
    answer_path.unlink(missing_ok=True)  # so that no older result is compared
    command = [sys.executable, "-m", "benchmarks.join.child", engine, task]
    arguments = [tiny_files.folder, files.folder, answer_path]
    try:
        process = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=MAX_RUN_S, check=True)
    except subprocess.TimeoutExpired:
        return {"failed": f"took longer than {MAX_RUN_S} s"}
    except subprocess.CalledProcessError as error:
        return {"failed": f"failed, {error.stderr.strip()[-500:] or error}"}
    return json.loads(process.stdout.splitlines()[-1])


def _agrees_with_reference(task: str, engine: str, files: CountyFiles) -> bool | None:
    """Return whether the result agrees with the reference, None without a reference."""
    answer = pd.read_parquet(_answer_path(task, engine, files))
    if task == "dissolve":
        pieces = gpd.read_parquet(files.dissolved)
        return is_in_agreement(task, engine, answer, pd.DataFrame({"m2": pieces.area}), files)
    reference_path = _answer_path(task, REFERENCE_BY_TASK[task], files) if task in REFERENCE_BY_TASK else None
    if reference_path is None or not reference_path.exists():
        return None
    return is_in_agreement(task, engine, answer, pd.read_parquet(reference_path), files)


def _answer_path(task: str, engine: str, files: CountyFiles) -> Path:
    return files.folder / "answers" / f"{task}-{engine}.parquet"


if __name__ == "__main__":
    main()
