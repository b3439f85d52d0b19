"""The table that the join benchmark prints."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

MEASURE_TITLES = {"cpu_s": "CPU s", "wall_s": "wall s", "peak_mb": "peak MB"}
AGREES_LABELS = {True: "yes", False: "NO", None: ""}
NOTES = """\
Ratios are to lotleaf from the files; where it has not run, to the first engine.
Agrees: with geopandas, for the raster with exactextract, parcel by parcel, areas
within 1e-6. rasterstats counts cells by their middles: held within 0.03 of the
share, in parcels of 100 m² or more. Empty where there is nothing to compare with.
"""


def print_tables(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print a table for every task, the least CPU seconds first."""
    for (parcels, task), task_rows in groupby(rows, lambda row: (row["parcels"], row["task"])):
        engines = sorted(task_rows, key=lambda row: row["cpu_s"])
        base = next((row for row in engines if row["engine"] == "lotleaf"), engines[0])
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
        table.add_column(f"{task}, {parcels:,}", width=21)
        for title in MEASURE_TITLES.values():
            table.add_column(title, justify="right", min_width=7)
            table.add_column("ratio", justify="right")
        table.add_column("agrees")
        for row in engines:
            table.add_row(row["engine"], *_measure_cells(row, base), AGREES_LABELS[row["agrees"]])
        console.print(table)
    console.print(NOTES, highlight=False, soft_wrap=True)


def _measure_cells(row: dict[str, Any], base: dict[str, Any]) -> Iterator[str]:
    for name in MEASURE_TITLES:
        yield f"{row[name]:,.0f}" if name == "peak_mb" else f"{row[name]:,.2f}"
        yield f"{row[name] / base[name]:.1f}"
