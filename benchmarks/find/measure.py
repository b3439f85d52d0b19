"""Measurement of one engine in its own process: right results, wrong statements, time and memory.

`benchmarks.find.run` calls `measure_engine`.
"""

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.find.lists import AddressFolder
from benchmarks.find.queries import Query
from benchmarks.find.said import EngineResult, SearchFunction
from benchmarks.missing import MissingEngine

BUDGET_S = 20.0  # for one task; a slow engine leaves queries out, and its count shows it
ResultRow = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """The work for an engine: queries by task, and texts as they grow with each keystroke."""

    folder: AddressFolder
    tasks: dict[str, list[Query]]
    keystrokes: list[str]
    failures_to_print: int = 0  # of the task "kinds"


def measure_engine(engine: str, workload: Workload) -> list[ResultRow]:
    """Return a row for opening the engine, one for each task, and one for keystrokes.

    Returns no rows for an engine that is not installed.
    """
    module = import_module(f"benchmarks.find.engines.{engine}")
    if hasattr(module, "build_index"):
        module.build_index(workload.folder)
    gc.collect()
    start_mb, start = _resident_mb(), perf_counter()
    try:
        search: SearchFunction = module.open_engine(workload.folder)
    except MissingEngine as error:
        print(f"{engine}: {error}")
        return []
    search("1 A", None)
    open_row = {"task": "open", "seconds": round(perf_counter() - start, 3)}
    rows = [{"task": task, **query_statistics(queries, search)} for task, queries in workload.tasks.items()]
    keystroke_row = {"task": "keystrokes", **_measure_keystrokes(workload.keystrokes, search)}
    gc.collect()
    memory = {"mb": round(_resident_mb() - start_mb, 1)}
    if workload.failures_to_print:
        _print_failures(workload, search)
    return [{"engine": engine, **row} for row in ({**open_row, **memory}, *rows, keystroke_row)]


def query_statistics(queries: list[Query], search: SearchFunction) -> ResultRow:
    """Return the shares of right results, the counts of wrong statements, and the times in µs.

    `first` is the share with a right parcel first, `five` the share with the own parcel among five.
    `false_exact` counts results wrongly called exact. The address does not exist, the query differs
    from the list, or a wrong parcel comes first. `silent` counts unexplained changes. `useful` is the share of
    absent numbers with a useful parcel among five.
    """
    durations: list[float] = []
    results = [(query, _time_search(query, search, durations)) for query in _within_budget(queries, durations)]
    wrong_statuses = sum(
        bool(query.allowed_statuses) and result.status not in query.allowed_statuses for query, result in results
    )
    statistics: ResultRow = {
        "queries": len(results),
        "first": sum(map(is_first_right, *zip(*results, strict=True))) / len(results),
        "five": sum(_is_right_among_five(query, result) for query, result in results) / len(results),
        "false_exact": sum(
            result.status == "exact" and not _is_rightly_exact(query, result) for query, result in results
        ),
        "wrong_status": wrong_statuses,
        "silent": sum(result.has_unexplained_change for _, result in results),
    }
    if results[0][1].status is None:
        statistics |= {"false_exact": None, "wrong_status": None}
    if not queries[0].right_parcels:
        statistics |= {"first": None, "five": None, "useful": _share_of_useful(results)}
    return statistics | _duration_percentiles(durations)


def is_first_right(query: Query, result: EngineResult) -> bool:
    """Return whether a right parcel comes first.

    >>> query = Query("as written", "4021 Oak Ave", ("P1",), "P1", may_be_exact=True)
    >>> is_first_right(query, EngineResult(["P1", "P2"])), is_first_right(query, EngineResult([]))
    (True, False)
    """
    return bool(result.parcels) and result.parcels[0] in query.right_parcels


def _share_of_useful(results: list[tuple[Query, EngineResult]]) -> float | None:
    """Return the share of absent numbers with a useful parcel among five, None without such queries."""
    shares = [
        not query.useful_parcels.isdisjoint(result.parcels[:5]) for query, result in results if query.useful_parcels
    ]
    return sum(shares) / len(shares) if shares else None


def _is_right_among_five(query: Query, result: EngineResult) -> bool:
    first_five = result.parcels[:5]
    return query.own_parcel in first_five or len({*first_five} & {*query.right_parcels}) == 5


def _is_rightly_exact(query: Query, result: EngineResult) -> bool:
    return query.may_be_exact and is_first_right(query, result)


def _time_search(query: Query, search: SearchFunction, durations: list[float]) -> EngineResult:
    start = perf_counter()
    result = search(query.text, query.asker_town)
    durations.append(perf_counter() - start)
    return result


def _within_budget(queries: Iterable[Any], durations: list[float]) -> Iterable[Any]:
    """Yield queries until `BUDGET_S` is used up."""
    start = perf_counter()
    for query in queries:
        if durations and perf_counter() - start > BUDGET_S:
            return
        yield query


def _measure_keystrokes(texts: list[str], search: SearchFunction) -> ResultRow:
    """Return the times of keystrokes, each the best of three rounds."""
    first_round = _keystroke_round(texts, search)
    rounds = [first_round, *(_keystroke_round(texts[: len(first_round)], search) for _ in range(2))]
    count = min(map(len, rounds))
    best = np.min([durations[:count] for durations in rounds], axis=0)
    return {"queries": count, **_duration_percentiles(best)}


def _keystroke_round(texts: list[str], search: SearchFunction) -> list[float]:
    durations: list[float] = []
    for text in _within_budget(texts, durations):
        start = perf_counter()
        search(text, None)
        durations.append(perf_counter() - start)
    return durations


def _duration_percentiles(durations: Any) -> ResultRow:
    p50, p99 = (round(float(seconds) * 1e6) for seconds in np.percentile(durations, (50, 99)))
    return {"p50_us": p50, "p99_us": p99}


def _resident_mb() -> float:
    """Return the resident memory of this process in MB, mapped files included."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _print_failures(workload: Workload, search: SearchFunction) -> None:
    results = (
        (workload_query, search(workload_query.text, workload_query.asker_town))
        for workload_query in workload.tasks["kinds"]
    )
    for query, result in islice((pair for pair in results if not is_first_right(*pair)), workload.failures_to_print):
        print(f"{query.kind}: {query.text!r} is {query.right_parcels[:3]}, said {result.status}", end=" ")
        print(result.parcels[:3])
