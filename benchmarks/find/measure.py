"""Measuring one engine in a process of its own: how often it is right, how long it takes, what it holds."""

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.find.lists import Folder
from benchmarks.find.queries import Query
from benchmarks.find.said import Asked, Said
from benchmarks.missing import Missing

BUDGET_S = 20.0  # for one task of a slow engine: the rest is left out, and the count tells
Row = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """What an engine is to do: tasks by name, and texts as they grow under the fingers."""

    folder: Folder
    tasks: dict[str, list[Query]]
    keystrokes: list[str]
    failures: int = 0  # of the kinds tuned for, to be printed


def measured(engine: str, work: Work) -> list[Row]:
    """Measure an engine: a row for its index, one for each task, one for keystrokes; none where it is not here."""
    module = import_module(f"benchmarks.find.engines.{engine}")
    if hasattr(module, "prepare"):
        module.prepare(work.folder)
    gc.collect()
    before, start = _held_mb(), perf_counter()
    try:
        ask: Asked = module.ready(work.folder)
    except Missing as missing:
        print(f"{engine}: {missing}")
        return []
    ask("1 A", None)
    opened = {"task": "open", "seconds": round(perf_counter() - start, 3)}
    rows = [{"task": task, **figures(some, ask)} for task, some in work.tasks.items()]
    typed = {"task": "keystrokes", **_typed(work.keystrokes, ask)}
    gc.collect()
    held = {"mb": round(_held_mb() - before, 1)}
    if work.failures:
        _show_failures(work, ask)
    return [{"engine": engine, **row} for row in ({**opened, **held}, *rows, typed)]


def figures(queries: list[Query], ask: Asked) -> Row:
    """Ask queries: shares right at first and among five, what was said wrongly, µs a query.

    `false_exact` counts answers called exact where no such address exists, where a part was typed otherwise, and where another
    parcel comes first.
    """
    took: list[float] = []
    said = [(query, _timed(query, ask, took)) for query in _within(queries, took)]
    wrong = sum(bool(query.statuses) and one.status not in query.statuses for query, one in said)
    told: Row = {
        "queries": len(said),
        "first": sum(map(right, *zip(*said, strict=True))) / len(said),
        "five": sum(_among_five(query, one) for query, one in said) / len(said),
        "false_exact": sum(one.status == "exact" and not _exact(query, one) for query, one in said),
        "wrong_status": wrong,
        "silent": sum(one.silent for _, one in said),
    }
    if said[0][1].status is None:
        told |= {"false_exact": None, "wrong_status": None}
    if not queries[0].parcels:
        told |= {"first": None, "five": None}
    return told | _percentiles(took)


def right(query: Query, said: Said) -> bool:
    """Tell whether the right parcel came first."""
    return bool(said.parcels) and said.parcels[0] in query.parcels


def _among_five(query: Query, said: Said) -> bool:
    first = said.parcels[:5]
    return query.parcel in first or len({*first} & {*query.parcels}) == 5


def _exact(query: Query, said: Said) -> bool:
    return query.exact and right(query, said)


def _timed(query: Query, ask: Asked, took: list[float]) -> Said:
    start = perf_counter()
    said = ask(query.text, query.town)
    took.append(perf_counter() - start)
    return said


def _within(queries: Iterable[Any], took: list[float]) -> Iterable[Any]:
    """Give queries for as long as the budget lasts."""
    start = perf_counter()
    for query in queries:
        if took and perf_counter() - start > BUDGET_S:
            return
        yield query


def _typed(texts: list[str], ask: Asked) -> Row:
    """Time each keystroke, the best of three rounds."""
    first = _round(texts, ask)
    rounds = [first, *(_round(texts[: len(first)], ask) for _ in range(2))]
    count = min(map(len, rounds))
    best = np.min([one[:count] for one in rounds], axis=0)
    return {"queries": count, **_percentiles(best)}


def _round(texts: list[str], ask: Asked) -> list[float]:
    took: list[float] = []
    for text in _within(texts, took):
        start = perf_counter()
        ask(text, None)
        took.append(perf_counter() - start)
    return took


def _percentiles(took: Any) -> Row:
    p50, p99 = (round(float(one) * 1e6) for one in np.percentile(took, (50, 99)))
    return {"p50_us": p50, "p99_us": p99}


def _held_mb() -> float:
    """Give what this process holds in memory, mapped files and all."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _show_failures(work: Work, ask: Asked) -> None:
    wrong = ((one, ask(one.text, one.town)) for one in work.tasks["kinds"])
    for query, said in islice((pair for pair in wrong if not right(*pair)), work.failures):
        print(f"{query.kind}: {query.text!r} is {query.parcels[:3]}, said {said.status}", end=" ")
        print(said.parcels[:3])
