"""What a load tells on the screen; the report file holds every row."""

from collections.abc import Mapping
from shlex import quote
from typing import Any

from rich.table import Table

from geo.store.protocol import Loaded
from webmap.cli.common import screen

SHOWN = 12  # kinds of remark


def show_report(source: str, report: dict[str, Any], loaded: Mapping[str, Loaded]) -> None:
    """Show how many rows were admitted, mended and refused, what changed in which layer, and why.

    `loaded` is empty where nothing was written.
    """
    keys = ("read", "admitted", "mended", "refused")
    counts = ", ".join(f"{report[key]:,} {key}" for key in keys)
    told = "cells" if "raster" in report else counts
    screen.print(f"{report['layer']} from {source}: {told}", style="bold", markup=False)
    if "raster" not in report:
        _show_changes(loaded)
    _show_doubles(source, report, written=bool(loaded))
    _show_mapping(report)
    _show_places(report)
    _show_remarks(report)


def _show_changes(loaded: Mapping[str, Loaded]) -> None:
    """Show what a load changed: trees bring sites along, which count in their own line."""
    for layer, one in loaded.items():
        screen.print(
            f"  {layer}: {one.added:,} new, {one.changed:,} changed, {one.same:,} as before, {one.ended:,} ended",
            markup=False,
        )
    if conflicts := [conflict for one in loaded.values() for conflict in one.conflicts]:
        screen.print(
            f"  {len(conflicts)} edits by hand now differ from the file; `lotleaf status` lists them"
        )


def _show_doubles(source: str, report: dict[str, Any], *, written: bool) -> None:
    """Warn of a file that another source holds already, and say how to count its rows once."""
    out = f"lotleaf unload {report['layer']} --source"
    for one in report["doubles"]:
        other = quote(one["source"])
        what = (
            "the file is the same"
            if one["same_file"]
            else f"{one['rows']:,} of {one['of']:,} rows are the same by id and place"
        )
        remedy = f"load with --source {other}, which takes its place"
        if written:
            remedy = f"{out} {quote(source)}, then {remedy}; or: {out} {other}"
        screen.print(
            f"  warning: source {one['source']} has it already ({what}): each counts twice",
            style="yellow",
            markup=False,
        )
        screen.print(f"  to count each once: {remedy}", style="yellow", markup=False)


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


PLACED = {
    "point": "at their own point",
    "parcel": "without one, by their parcel's number",
    "address": "by their address alone: join and geocode look it up",
    "none": "with nothing that says where they are",
}


def _show_places(report: dict[str, Any]) -> None:
    """Tell by what rows are placed, where not all have a point."""
    counts = report.get("located") or {}
    if sum(counts.values()) == counts.get("point", 0):
        return
    told = "; ".join(f"{count:,} {PLACED[by]}" for by, count in counts.items() if count)
    screen.print(f"  placed: {told}", markup=False)


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
