"""Long loops in pieces, one thread for each core: compiled kernels let go of the interpreter's lock."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

LEAST = 32_768  # below this many, waking threads costs more than it brings
PIECES = 4  # for each core, so that one slow piece does not hold the others up


def in_pieces(work: Callable[[int, int], object], size: int) -> None:
    """Call `work(first, last)` so that all from 0 to `size` are covered once; raises what it raises."""
    cores = os.cpu_count() or 1
    if size < LEAST or cores == 1:
        work(0, size)
        return
    step = -(-size // (cores * PIECES))
    firsts = range(0, size, step)
    with ThreadPoolExecutor(cores) as threads:
        list(threads.map(lambda first: work(first, min(first + step, size)), firsts))
