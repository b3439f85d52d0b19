"""What a load tells on the screen; the report file holds every row."""

from typing import Any

from rich.table import Table

from geo.store.protocol import Loaded
from webmap.cli.common import screen

SHOWN = 12  # kinds of remark


def show_report(source: str, report: dict[str, Any], loaded: tuple[Loaded, ...]) -> None:
    """Show how many rows were admitted, mended and refused, what changed, and why."""
    counts = ", ".join(
        f"{report[key]:,} {key}" for key in ("read", "admitted", "mended", "refused")
    )
    screen.print(f"{report['layer']} from {source}: {counts}", style="bold", markup=False)
    for one in loaded[:1]:
        screen.print(
            f"  {one.added:,} new, {one.changed:,} changed, {one.same:,} as before, {one.ended:,} ended",
            markup=False,
        )
    if conflicts := [conflict for one in loaded for conflict in one.conflicts]:
        screen.print(
            f"  {len(conflicts)} edits by hand now differ from the file; `lotleaf status` lists them"
        )
    _show_mapping(report)
    _show_remarks(report)


def _show_mapping(report: dict[str, Any]) -> None:
    for key in ("profile", "crs", "encoding"):
        if report.get(key):
            screen.print(f"  {key}: {report[key]}", markup=False)
    mapping = report.get("mapping") or {}
    renamed = [f"{field}={column}" for field, column in mapping.items() if field != column]
    others = "the others " if renamed else ""
    same = f"{others}under their own names" if len(renamed) < len(mapping) else ""
    if told := ", ".join(filter(None, (*renamed, same))):
        screen.print(f"  columns: {told}", markup=False, style="dim")


def _show_remarks(report: dict[str, Any]) -> None:
    summary = report.get("summary") or []
    if not summary:
        return
    table = Table(box=None, padding=(0, 2), show_header=False)
    for line in summary[:SHOWN]:
        table.add_row("", line["outcome"], f"{line['rows']:,}", line["reason"])
    screen.print(table, markup=False)
    if len(summary) > SHOWN:
        screen.print(
            f"  … and {len(summary) - SHOWN} more kinds; --report FILE.json holds every row"
        )
