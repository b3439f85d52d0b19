"""`make bench-find`: how often the right parcel comes first, beside what people use instead.

What was held back from tuning is told apart.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random

import click
from rich.console import Console
from rich.table import Table

from benchmarks.find.absent import ABSENT
from benchmarks.find.held import HELD, HELD_ABSENT
from benchmarks.find.kinds import KINDS
from benchmarks.find.lists import Folder, List
from benchmarks.find.measure import Row, Work, measured
from benchmarks.find.queries import Query, made

TASKS = {"kinds": KINDS, "held": HELD, "absent": ABSENT, "held absent": HELD_ABSENT}
ENGINES = ("lotleaf", "trigram", "pg_trgm", "rapidfuzz", "usaddress")
OUT = Path("benchmarks/out")
KEYSTROKES = 6_000
COLUMNS = (
    *("task", "engine", "queries", "first", "five", "false_exact", "wrong_status", "silent"),
    *("p50_us", "p99_us", "seconds", "mb"),
)


@click.command()
@click.option(
    "--list", "lists", multiple=True, default=("stl",), help="stl, a file, or sample parcels."
)
@click.option("--engine", "engines", multiple=True, default=ENGINES, type=click.Choice(ENGINES))
@click.option("--each", default=60, show_default=True, help="Queries of each kind.")
@click.option("--seed", default=1, show_default=True)
@click.option("--failures", default=0, help="Print so many queries that went wrong.")
@click.option("--out", default=OUT / "find.json", show_default=True, type=Path)
def main(  # noqa: D103 - its help stands in the Makefile
    lists: tuple[str, ...], engines: tuple[str, ...], each: int, seed: int, failures: int, out: Path
) -> None:
    rows = []
    for name in lists:
        folder = Folder.of(name, OUT / "find")
        addresses = folder.list()
        tasks = {task: _queries(task, addresses, each, seed) for task in TASKS}
        work = Work(folder, tasks, _keystrokes(tasks["kinds"], seed), failures)
        head = {"list": folder.path.name, "addresses": len(addresses.rows)}
        found = [{**head, **row} for engine in engines for row in _alone(engine, work)]
        show(found)
        rows += found
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


def _queries(task: str, addresses: List, each: int, seed: int) -> list[Query]:
    """Make the queries of a task in an order in which a slow engine's first ones are of every kind."""
    queries = made(TASKS[task], addresses, each=each, seed=seed)
    return Random(seed).sample(queries, len(queries))  # noqa: S311 - to be the same each time


def _keystrokes(queries: list[Query], seed: int) -> list[str]:
    """Give what stands in the box after each key, query after query."""
    rng = Random(seed)  # noqa: S311 - to be the same each time
    typed: list[str] = []
    while len(typed) < KEYSTROKES:
        text = rng.choice(queries).text
        typed += [text[:end] for end in range(1, len(text) + 1)]
    return typed[:KEYSTROKES]


def _alone(engine: str, work: Work) -> list[Row]:
    """Measure an engine in a process of its own, so that it is charged for its own memory alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measured, engine, work).result()


def show(rows: list[Row]) -> None:
    """Print the table, task after task."""
    head = f"{rows[0]['list']}: {rows[0]['addresses']:,} addresses" if rows else ""
    table = Table(*COLUMNS, title=head)
    for task in dict.fromkeys(row["task"] for row in rows):
        for row in (row for row in rows if row["task"] == task):
            table.add_row(*(_told(row.get(name)) for name in COLUMNS))
        table.add_section()
    Console(width=140).print(table)


def _told(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) and value <= 1 else str(value)


if __name__ == "__main__":
    main()
