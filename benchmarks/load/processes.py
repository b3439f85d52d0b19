"""CPU time and peak memory of a command with all of its processes."""

import ctypes
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

PR_SET_CHILD_SUBREAPER = 36
POLL_S = 0.05
SHARE_OF_CPU = 0.04  # how much of the time may go into reading the memory of the processes


class Usage(NamedTuple):
    """What a command used: seconds of CPU, seconds, and the highest memory of all its processes together in MB."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def run_measured(command: Sequence[object], **options: Any) -> Usage:
    """Run a command to its end. Raises CalledProcessError if it fails.

    Processes that outlive their parent become ours, so that their CPU time is counted as well.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before, started, peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0.0
    words = [str(word) for word in command]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, **options)
    while process.poll() is None:
        looked = time.perf_counter()
        peak_kb = max(peak_kb, sum(map(_memory_kb, _descendants(process.pid))))
        time.sleep(max(POLL_S, (time.perf_counter() - looked) / SHARE_OF_CPU))
    wall = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    _reap_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, peak_kb / 1000)


def _descendants(pid: int) -> list[int]:
    pids, found = [pid], []
    while pids:
        found.append(parent := pids.pop())
        try:
            pids += map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
        except OSError:
            continue
    return found


def _memory_kb(pid: int) -> float:
    """Return a process's memory, each shared page divided among those who share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)


def _reap_orphans() -> None:
    try:
        while os.waitpid(-1, 0)[0]:
            pass
    except ChildProcessError:
        return
