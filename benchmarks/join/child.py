"""One engine does one task in a process of its own: warmed up first, then measured.

`python -m benchmarks.join.child ENGINE TASK WARM-UP FOLDER ANSWER` writes the answer as Parquet and
prints, as the last line, what was measured as JSON, or under `failed` why the engine is missing.
"""

import gc
import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.join.files import Files
from benchmarks.join.tasks import TABLES, Task
from benchmarks.missing import Missing


def main() -> None:
    """Do what the command line says."""
    engine, task, warm_up, folder, answer = sys.argv[1:]
    try:
        told = measured(engine, task, Files(Path(warm_up)), Files(Path(folder)), Path(answer))
    except (Missing, NotImplementedError, ModuleNotFoundError) as error:
        told = {"failed": f"missing, {error}"}
    print(json.dumps(told))


def measured(engine: str, task: str, tiny: Files, files: Files, answer: Path) -> dict[str, Any]:
    """Do the task on the tiny files, which imports and compiles, then measure it on the files."""
    module, do = _task(engine, task)
    do(tiny)
    if task in getattr(module, "READY", {}):  # what stands before the task begins
        module.READY[task](files)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # from here on counts the peak of memory
    base, cpu, wall = _peak_mb(module), _cpu_s(module), time.perf_counter()
    found = do(files)
    wall, cpu = time.perf_counter() - wall, _cpu_s(module) - cpu
    told = {"cpu_s": cpu, "wall_s": wall, "peak_mb": _peak_mb(module), "base_mb": base}
    pq.write_table(pa.table(found), answer)
    return told


def _task(engine: str, task: str) -> tuple[ModuleType, Task]:
    name, table = TABLES[engine]
    module = import_module(f"benchmarks.join.{name}")
    tasks: dict[str, Task] = getattr(module, table)
    if task not in tasks:
        raise Missing("not built")
    return module, tasks[task]


def _cpu_s(module: Any) -> float:
    """Sum the CPU seconds of this process with all its threads, its children's, and a server's."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    server = module.server_cpu_s() if hasattr(module, "server_cpu_s") else 0.0
    return sum((one.ru_utime + one.ru_stime for one in used), server)


def _peak_mb(module: Any) -> float:
    """Give the most memory that this process has held, and with it the largest of a server's."""
    told = Path("/proc/self/status").read_text("utf-8")
    server = module.server_peak_mb() if hasattr(module, "server_peak_mb") else 0.0
    return int(told.split("VmHWM:")[1].split()[0]) / 1024 + server


if __name__ == "__main__":
    main()
