"""The report of a load on the terminal. The file of `--report` has every row.

`webmap.cli.load_commands` calls `print_load_report`.
"""

from collections.abc import Mapping
from shlex import quote
from typing import Any

from rich.table import Table

from geo.store.records import LoadResult
from webmap.cli.options import console

MAX_SHOWN_REASONS = 12  # reasons that are printed
MAX_ROWS_TEXT = 80  # characters of a list of row numbers
OUTCOME_TEXT = {"mended": "repaired"}  # the report as JSON says "mended"


def print_load_report(source: str, report: dict[str, Any], load_results: Mapping[str, LoadResult]) -> None:
    """Print how many rows were admitted, repaired and refused, with the changes and reasons.

    `load_results` maps layers to results. It is empty when nothing was written.
    """
    outcomes = ("read", "admitted", "mended", "refused")
    counts = ", ".join(f"{report[outcome]:,} {OUTCOME_TEXT.get(outcome, outcome)}" for outcome in outcomes)
    summary = "cells" if "raster" in report else counts
    console.print(f"{report['layer']} from {source}: {summary}", style="bold", markup=False)
    if "raster" not in report:
        _print_changes(load_results)
    _print_duplicates(source, report, is_loaded=bool(load_results))
    _print_mapping(report)
    _print_placements(report)
    _print_far_rows(report)
    _print_reasons(report)


def _print_changes(load_results: Mapping[str, LoadResult]) -> None:
    """Print the changes in each layer. Trees add sites, which have a line of their own."""
    for layer, load_result in load_results.items():
        console.print(
            f"  {layer}: {load_result.added:,} new, {load_result.changed:,} changed, {load_result.unchanged:,} unchanged, {load_result.deleted:,} deleted",
            markup=False,
        )
    if conflicts := [conflict for load_result in load_results.values() for conflict in load_result.conflicts]:
        console.print(f"  {len(conflicts)} edits by hand now differ from the file; `lotleaf status` lists them")


def _print_duplicates(source: str, report: dict[str, Any], *, is_loaded: bool) -> None:
    """Warn about rows that another source holds, too, and print the commands that fix it."""
    unload_command = f"lotleaf unload {report['layer']} --source"
    for duplicate in report["doubles"]:
        other_source = quote(duplicate["source"])
        overlap = (
            "the file is the same"
            if duplicate["same_file"]
            else f"{duplicate['rows']:,} of {duplicate['of']:,} rows have the same id and location"
        )
        remedy = f"load with --source {other_source}, which replaces its rows"
        if is_loaded:
            remedy = f"{unload_command} {quote(source)}, then {remedy}; or: {unload_command} {other_source}"
        console.print(
            f"  warning: source {duplicate['source']} already has these rows ({overlap}), so each counts twice",
            style="yellow",
            markup=False,
        )
        console.print(f"  to count each once: {remedy}", style="yellow", markup=False)


def _print_mapping(report: dict[str, Any]) -> None:
    for key in ("profile", "crs", "encoding"):
        if report.get(key):
            console.print(f"  {key}: {report[key]}", markup=False)
    mapping = report.get("mapping") or {}
    renamed = [f"{field}={column}" for field, column in mapping.items() if field != column]
    others_text = "the others " if renamed else ""
    unchanged_text = f"{others_text}under their own names" if len(renamed) < len(mapping) else ""
    if columns_text := ", ".join(filter(None, (*renamed, unchanged_text))):
        console.print(f"  columns: {columns_text}", markup=False, style="dim")


PLACED_BY_TEXT = {
    "point": "with a point",
    "parcel": "without a point, by parcel number",
    "address": "by address only: join and geocode look it up",
    "none": "without a location",
}


def _print_placements(report: dict[str, Any]) -> None:
    """Print how rows are placed, if not all have a point."""
    counts = report.get("located") or {}
    if sum(counts.values()) == counts.get("point", 0):
        return
    summary = "; ".join(f"{count:,} {PLACED_BY_TEXT[placed_by]}" for placed_by, count in counts.items() if count)
    console.print(f"  placed: {summary}", markup=False)


def _print_far_rows(report: dict[str, Any]) -> None:
    """Warn about rows that are far from every town. They are admitted, but their coordinates may be wrong."""
    if not (far := report.get("far_from_towns")):
        return
    verb, noun = ("is", "row") if far["count"] == 1 else ("are", "rows")
    rows = far["rows"] if len(far["rows"]) <= MAX_ROWS_TEXT else far["rows"][:MAX_ROWS_TEXT].rpartition(",")[0] + ", …"
    console.print(
        f"  warning: {far['count']:,} of {report['admitted']:,} {report['layer']} {verb} more than 10 km from every town: "
        f"{noun} {rows}; check the coordinates",
        style="yellow",
        markup=False,
    )


def _print_reasons(report: dict[str, Any]) -> None:
    summary = report.get("summary") or []
    if not summary:
        return
    table = Table(box=None, padding=(0, 2), show_header=False)
    for entry in summary[:MAX_SHOWN_REASONS]:
        table.add_row("", OUTCOME_TEXT.get(entry["outcome"], entry["outcome"]), f"{entry['rows']:,}", entry["reason"])
    console.print(table, markup=False)
    if len(summary) > MAX_SHOWN_REASONS:
        console.print(f"  … and {len(summary) - MAX_SHOWN_REASONS} more; --report FILE.json lists every row")
