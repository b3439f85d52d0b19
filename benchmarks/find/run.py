"""`make bench-find`: how often the right parcel comes first; what was held back from tuning is told apart."""

import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.find import trigram
from benchmarks.find.absent import ABSENT
from benchmarks.find.held import HELD, HELD_ABSENT
from benchmarks.find.kinds import KINDS
from benchmarks.find.lists import listed
from benchmarks.find.queries import Query, made
from geo.addresses import AddressIndex, find
from geo.naming import slug
from geo.sources.read import read_source
from geo.sources.reading import Request

TASKS = {"kinds": KINDS, "held": HELD, "absent": ABSENT, "held absent": HELD_ABSENT}
LIST = Path("../shared/data/addresses/stl_20k/addresses.csv")
Asked = Callable[[str, str | None], tuple[list[str], bool]]  # parcels, best first; called exact?


def figures(queries: list[Query], ask: Asked) -> dict[str, float]:
    """Ask every query: shares right at first and among five, false exacts, µs per query."""
    first = five = false = 0
    took = []
    for query in queries:
        start = perf_counter()
        found, exact = ask(query.text, query.town)
        took.append(perf_counter() - start)
        first += bool(found) and found[0] in query.parcels
        five += query.parcel in found[:5] or len({*found[:5]} & {*query.parcels}) == 5
        false += exact and not query.exact
    right = {"first": first / len(queries), "five": five / len(queries)}
    p50, p99 = (round(float(one) * 1e6) for one in np.percentile(took, (50, 99)))
    told = right if queries[0].parcels else {}
    return {"queries": len(queries), **told, "false_exact": false, "p50_us": p50, "p99_us": p99}


@click.command()
@click.option("--list", "path", default=LIST, show_default=True, type=Path)
@click.option("--each", default=60, show_default=True, help="Queries of each kind.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", default=Path("benchmarks/out/find.json"), show_default=True, type=Path)
def main(path: Path, each: int, seed: int, out: Path) -> None:
    """Measure the finding of addresses beside its peers, on a list of addresses."""
    frame = read_source(Request(layer="addresses", files=(path,))).frame
    index, addresses = AddressIndex.build(addresses=frame), listed(frame)
    others = trigram.ready(addresses)

    def ours(text: str, town: str | None) -> tuple[list[str], bool]:
        answer = find(index, text, town=town and slug(town))
        return [str(one.parcel_id) for one in answer.candidates], answer.status == "exact"

    engines: dict[str, Asked] = {
        "lotleaf": ours,
        "FTS5 trigram": lambda text, town: (others(text, town), False),
    }
    rows = []
    for task, kinds in TASKS.items():
        queries = made(kinds, addresses, each=each, seed=seed)
        head = {"task": task, "addresses": len(addresses.rows)}
        rows += [{**head, "engine": name, **figures(queries, ask)} for name, ask in engines.items()]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    show(rows)


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    names = ("task", "engine", "queries", "first", "five", "false_exact", "p50_us", "p99_us")
    table = Table(*names)
    for row in rows:
        table.add_row(
            *(
                f"{row.get(name, ''):.4}"
                if isinstance(row.get(name), float)
                else str(row.get(name, ""))
                for name in names
            )
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
