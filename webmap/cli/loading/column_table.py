"""The table of a file's columns on the terminal: what each was taken for, why, how surely, and some of its values.

`lotleaf inspect` and `lotleaf load` print it.
"""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from geo.schema import LAYERS
from webmap.cli.options import console

MAX_SHOWN_COLUMNS = 60
STYLE_BY_CONFIDENCE = {"high": "", "medium": "yellow", "low": "bold yellow"}
EXTRA_FIELD_TEXTS = {"id": "id (Which record it is.)"}


def print_columns(columns: Sequence[dict[str, Any]]) -> None:
    """Print a line for each column, those with a field first, then the unused ones with the reason."""
    used, unused = [item for item in columns if item["fields"]], [item for item in columns if not item["fields"]]
    if used:
        table = Table(box=None, padding=(0, 1), header_style="dim")
        for heading in ("column", "taken for", "sure", "by", "values"):
            table.add_column(heading)
        for item in used[:MAX_SHOWN_COLUMNS]:
            table.add_row(*_cells(item), style=STYLE_BY_CONFIDENCE.get(item["confidence"] or "", ""))
        console.print(table, markup=False)
        _print_rest(len(used) - MAX_SHOWN_COLUMNS)
    print_unused(unused)


def print_unused(unused: Sequence[dict[str, Any]]) -> None:
    """Print the columns that no field uses, with the reason."""
    if not unused:
        return
    console.print("  not used:", markup=False)
    for item in unused[:MAX_SHOWN_COLUMNS]:
        values = f" ({', '.join(item['values'])})" if item.get("values") else ""
        console.print(f"    {item['column']}: {item['reason']}{values}", markup=False, style="dim")
    _print_rest(len(unused) - MAX_SHOWN_COLUMNS)


def print_missing_fields(layer: str, missing: Sequence[str]) -> None:
    """Print a line for each main field that no column holds."""
    fields = LAYERS[layer].fields_by_name
    for name in missing:
        description = f" ({fields[name].description.rstrip('.')})" if name in fields else ""
        console.print(
            f"  no column holds {name}{description}: it will be unknown, or name one with --map {name}=COLUMN",
            style="yellow",
            markup=False,
        )


def _cells(item: dict[str, Any]) -> tuple[str, ...]:
    reason = item["reason"] + (f"; or {item['rival']}" if item.get("rival") else "")
    return (
        item["column"],
        ", ".join(item["fields"]),
        item["confidence"] or "",
        reason,
        " | ".join(item.get("values", ())),
    )


def _print_rest(count: int) -> None:
    if count > 0:
        console.print(f"    ... and {count:,} more columns", markup=False, style="dim")
