"""Benchmark of address search (`make bench-find`): how often the right parcel comes first, for each engine.

Kinds that were held back from tuning are reported separately.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random

import click
from rich.console import Console
from rich.table import Table

from benchmarks.find.absent import ABSENT_KINDS
from benchmarks.find.held import HELD_ABSENT_KINDS, HELD_KINDS
from benchmarks.find.kinds import KINDS
from benchmarks.find.lists import AddressFolder, AddressList
from benchmarks.find.measure import ResultRow, Workload, measure_engine
from benchmarks.find.queries import Query, make_queries

KINDS_BY_TASK = {"kinds": KINDS, "held": HELD_KINDS, "absent": ABSENT_KINDS, "held absent": HELD_ABSENT_KINDS}
ENGINES = ("lotleaf", "trigram", "pg_trgm", "rapidfuzz", "usaddress")
OUT_DIR = Path("benchmarks/out")
MAX_KEYSTROKES = 6_000
COLUMNS = (
    *("task", "engine", "queries", "first", "five", "useful", "false_exact", "wrong_status", "silent"),
    *("p50_us", "p99_us", "seconds", "mb"),
)


@click.command()
@click.option("--list", "lists", multiple=True, default=("stl",), help="stl, a file, or sample parcels.")
@click.option("--engine", "engines", multiple=True, default=ENGINES, type=click.Choice(ENGINES))
@click.option("--each", default=60, show_default=True, help="Queries of each kind.")
@click.option("--seed", default=1, show_default=True)
@click.option("--failures", default=0, help="Print so many queries that went wrong.")
@click.option("--out", default=OUT_DIR / "find.json", show_default=True, type=Path)
def main(  # noqa: D103 - the Makefile has its help
    lists: tuple[str, ...], engines: tuple[str, ...], each: int, seed: int, failures: int, out: Path
) -> None:
    rows = []
    for name in lists:
        folder = AddressFolder.open_or_make(name, OUT_DIR / "find")
        addresses = folder.read_addresses()
        tasks = {task: _task_queries(task, addresses, each, seed) for task in KINDS_BY_TASK}
        workload = Workload(folder, tasks, _typed_prefixes(tasks["kinds"], seed), failures)
        header = {"list": folder.path.name, "addresses": len(addresses.rows)}
        engine_rows = [{**header, **row} for engine in engines for row in _measure_in_process(engine, workload)]
        print_table(engine_rows)
        rows += engine_rows
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


def _task_queries(task: str, addresses: AddressList, each: int, seed: int) -> list[Query]:
    """Return the queries of a task in random order, so that a slow engine's first ones are of every kind."""
    queries = make_queries(KINDS_BY_TASK[task], addresses, per_kind=each, seed=seed)
    return Random(seed).sample(queries, len(queries))  # noqa: S311 - to be the same each time


def _typed_prefixes(queries: list[Query], seed: int) -> list[str]:
    """Return the text of the search field after each keystroke, query after query.

    >>> _typed_prefixes([Query("as written", "12 Elm", (), None, may_be_exact=True)], 1)[:6]
    ['1', '12', '12 ', '12 E', '12 El', '12 Elm']
    """
    rng = Random(seed)  # noqa: S311 - to be the same each time
    prefixes: list[str] = []
    while len(prefixes) < MAX_KEYSTROKES:
        text = rng.choice(queries).text
        prefixes += [text[:end] for end in range(1, len(text) + 1)]
    return prefixes[:MAX_KEYSTROKES]


def _measure_in_process(engine: str, workload: Workload) -> list[ResultRow]:
    """Measure an engine in its own process, so that only its own memory counts."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure_engine, engine, workload).result()


def print_table(rows: list[ResultRow]) -> None:
    """Print the table, task after task."""
    title = f"{rows[0]['list']}: {rows[0]['addresses']:,} addresses" if rows else ""
    table = Table(*COLUMNS, title=title)
    for task in dict.fromkeys(row["task"] for row in rows):
        for row in (row for row in rows if row["task"] == task):
            table.add_row(*(_format_cell(row.get(name)) for name in COLUMNS))
        table.add_section()
    Console(width=140).print(table)


def _format_cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) and value <= 1 else str(value)


if __name__ == "__main__":
    main()
