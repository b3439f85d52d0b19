"""Run of one engine and one task in its own process: first warmed up, then measured.

`benchmarks.join.run` starts `python -m benchmarks.join.child ENGINE TASK WARM-UP FOLDER ANSWER`. It
writes the result as Parquet. Its last line of output is the measurement as JSON, or the reason
under `failed`.
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

from benchmarks.join.files import CountyFiles
from benchmarks.join.tasks import TASK_TABLES, Task
from benchmarks.missing import MissingEngine


def main() -> None:
    """Run the task of the command line, and print the measurement."""
    engine, task, warm_up, folder, answer = sys.argv[1:]
    try:
        response = measure_task(engine, task, CountyFiles(Path(warm_up)), CountyFiles(Path(folder)), Path(answer))
    except (MissingEngine, NotImplementedError, ModuleNotFoundError) as error:
        response = {"failed": f"missing, {error}"}
    print(json.dumps(response))


def measure_task(engine: str, task: str, tiny_files: CountyFiles, files: CountyFiles, answer: Path) -> dict[str, Any]:
    """Run the task on the tiny files, which imports and compiles, then measure it on the files."""
    module, run_task = _load_task(engine, task)
    run_task(tiny_files)
    if task in getattr(module, "READY", {}):  # setup that is not measured
        module.READY[task](files)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak memory
    base_mb, cpu, wall = _total_peak_mb(module), _total_cpu_s(module), time.perf_counter()
    result = run_task(files)
    wall, cpu = time.perf_counter() - wall, _total_cpu_s(module) - cpu
    measures = {"cpu_s": cpu, "wall_s": wall, "peak_mb": _total_peak_mb(module), "base_mb": base_mb}
    pq.write_table(pa.table(result), answer)
    return measures


def _load_task(engine: str, task: str) -> tuple[ModuleType, Task]:
    name, table_name = TASK_TABLES[engine]
    module = import_module(f"benchmarks.join.{name}")
    tasks: dict[str, Task] = getattr(module, table_name)
    if task not in tasks:
        raise MissingEngine("not built")
    return module, tasks[task]


def _total_cpu_s(module: Any) -> float:
    """Return the CPU seconds of this process, its children, and the engine's server."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    server = module.server_cpu_s() if hasattr(module, "server_cpu_s") else 0.0
    return sum((usage.ru_utime + usage.ru_stime for usage in usages), server)


def _total_peak_mb(module: Any) -> float:
    """Return the peak memory in MB of this process plus that of the server's largest process."""
    status = Path("/proc/self/status").read_text("utf-8")
    server_mb = module.server_peak_mb() if hasattr(module, "server_peak_mb") else 0.0
    return int(status.split("VmHWM:")[1].split()[0]) / 1024 + server_mb


if __name__ == "__main__":
    main()
