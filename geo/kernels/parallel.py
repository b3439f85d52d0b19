"""Parallel loops over ranges, with one thread for each core.

The kernels that loop over many rows call `parallel_for`. Compiled kernels release the interpreter's
lock, so threads run at the same time.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MIN_PARALLEL_SIZE = 32_768  # below this size, starting threads costs more than it saves
CHUNKS_PER_CORE = 4  # more than one, so that a slow range does not delay the end


def parallel_for(run_range: Callable[[int, int], object], size: int) -> None:
    """Call `run_range(first, last)` for ranges that cover 0 up to `size` once. Raises any error of a call.

    >>> marks = [0] * 5
    >>> def mark(first, last):
    ...     marks[first:last] = [1] * (last - first)
    >>> parallel_for(mark, 5)
    >>> marks
    [1, 1, 1, 1, 1]
    """
    cores = os.cpu_count() or 1
    if size < MIN_PARALLEL_SIZE or cores == 1:
        run_range(0, size)
        return
    step = -(-size // (cores * CHUNKS_PER_CORE))
    starts = range(0, size, step)
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(lambda start: run_range(start, min(start + step, size)), starts))
