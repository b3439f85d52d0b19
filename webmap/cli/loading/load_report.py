"""The report of a load on the terminal. The file of `--report` has every row.

`webmap.cli.load_commands` calls `print_load_report`.
"""

from collections.abc import Mapping
from shlex import quote
from typing import Any

from rich.table import Table

from geo.store.records import LoadResult
from webmap.cli.loading.column_table import print_columns, print_missing_fields
from webmap.cli.loading.review_report import affected_edit_lines
from webmap.cli.options import console

MAX_SHOWN_REASONS = 12  # reasons that are printed
MAX_LISTED_CASES = 8  # case numbers that are printed
MAX_SHOWN_PARTS = 20  # sheets and layers that were not read
MAX_ROWS_TEXT = 80  # characters of a list of row numbers
MAX_SHOWN_NAMES = 5  # names of trees that the roster does not have
OUTCOME_TEXT = {"mended": "repaired"}  # the report as JSON says "mended"


def print_load_report(
    source: str, report: dict[str, Any], load_results: Mapping[str, LoadResult], *, is_dry_run: bool = False
) -> None:
    """Print how many rows were admitted, repaired and refused, with the changes and reasons.

    `load_results` maps layers to results. It is empty where there is no workspace to compare with.
    """
    outcomes = ("read", "admitted", "mended", "refused")
    counts = ", ".join(f"{report[outcome]:,} {OUTCOME_TEXT.get(outcome, outcome)}" for outcome in outcomes)
    summary = "cells" if "raster" in report else counts
    console.print(f"{report['layer']} from {source}: {summary}", style="bold", markup=False)
    if "raster" not in report:
        _print_changes(load_results, is_dry_run=is_dry_run)
    _print_affected_edits(load_results, is_dry_run=is_dry_run)
    print_warnings(*(report.get("look_at") or ()))
    _print_duplicates(source, report, is_loaded=bool(load_results) and not is_dry_run)
    _print_mapping(report)
    _print_parts(report)
    _print_placements(report)
    _print_unmatched_keys(report)
    _print_far_rows(report)
    _print_case_history(report)
    _print_column_notes(report)
    _print_strange_names(report)
    _print_contradictions(report)
    _print_reasons(report)


def print_warnings(*lines: str) -> None:
    """Print lines that a person should read, in yellow."""
    for line in lines:
        console.print(f"  warning: {line}", style="yellow", markup=False)


def _print_affected_edits(load_results: Mapping[str, LoadResult], *, is_dry_run: bool) -> None:
    """Name the edited records that the load deletes or moves, and tell of ids from another column."""
    for layer, load_result in load_results.items():
        print_warnings(*affected_edit_lines(load_result.affected_edits, is_dry_run=is_dry_run))
        if load_result.renamed:
            console.print(
                f"  {load_result.renamed:,} {layer} are known by another column now, and keep their edits and addresses",
                markup=False,
            )


def _print_changes(load_results: Mapping[str, LoadResult], *, is_dry_run: bool) -> None:
    """Print the changes in each layer. Trees add sites, which have a line of their own."""
    would_be = "would be " if is_dry_run else ""
    for layer, load_result in load_results.items():
        console.print(
            f"  {layer}: {would_be}{load_result.added:,} new, {load_result.changed:,} changed, {load_result.unchanged:,} unchanged, {load_result.deleted:,} deleted",
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
        print_warnings(f"source {duplicate['source']} already has these rows ({overlap}), so each counts twice")
        console.print(f"  to count each once: {remedy}", style="yellow", markup=False)


def _print_mapping(report: dict[str, Any]) -> None:
    for key in ("profile", "crs", "encoding"):
        if report.get(key):
            console.print(f"  {key}: {report[key]}", markup=False)
    if report.get("recognized"):
        print_columns(report["columns"])
    else:
        _print_known_mapping(report)
    print_missing_fields(report["layer"], report.get("missing_fields") or ())


def _print_known_mapping(report: dict[str, Any]) -> None:
    """Print the columns that a profile names, and those that it names and the file does not have."""
    mapping = report.get("mapping") or {}
    renamed = [f"{field}={column}" for field, column in mapping.items() if field != column]
    others_text = "the others " if renamed else ""
    unchanged_text = f"{others_text}under their own names" if len(renamed) < len(mapping) else ""
    if columns_text := ", ".join(filter(None, (*renamed, unchanged_text))):
        console.print(f"  columns: {columns_text}", markup=False, style="dim")
    if unused := report.get("unused"):
        console.print(f"  not used: {', '.join(unused)}", markup=False, style="dim")
    if missing := report.get("missing_columns"):
        console.print(
            f"  the profile names columns that the file does not have: {', '.join(missing)}",
            style="yellow",
            markup=False,
        )


def _print_parts(report: dict[str, Any]) -> None:
    """Print which sheets were read together, what else the files hold, and what the readers warn of."""
    if parts := report.get("parts"):
        text = ", ".join(f"{name} ({_rows_text(count)})" for name, count in parts.items())
        console.print(f"  read together: {text}; --table reads one of them", markup=False)
    left_out = report.get("left_out") or []
    for part in left_out[:MAX_SHOWN_PARTS]:
        rows = "" if part["rows"] is None else f", {_rows_text(part['rows'])}"
        console.print(
            f"  not read: {part['kind']} {part['name']} of {part['file']}{rows}; load it with --table {quote(part['name'])}",
            style="yellow",
            markup=False,
        )
    if len(left_out) > MAX_SHOWN_PARTS:
        console.print(f"  … and {len(left_out) - MAX_SHOWN_PARTS} more; --report FILE.json lists them", style="yellow")
    print_warnings(*(report.get("warnings") or ()))


def _rows_text(count: int) -> str:
    """Return a number of rows.

    >>> _rows_text(1), _rows_text(1200)
    ('1 row', '1,200 rows')
    """
    return f"{count:,} row{'' if count == 1 else 's'}"


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


def _print_unmatched_keys(report: dict[str, Any]) -> None:
    """Warn about parcel numbers that no parcel of the workspace has."""
    if not (unmatched := report.get("unmatched_keys")):
        return
    numbers, verb = ("parcel number", "names") if unmatched["keys"] == 1 else ("parcel numbers", "name")
    rows = "row" if unmatched["count"] == 1 else "rows"
    examples = ", ".join(f"'{key}'" for key in unmatched["examples"])
    more = ", …" if unmatched["keys"] > len(unmatched["examples"]) else ""
    print_warnings(
        f"{unmatched['keys']:,} {numbers} {verb} no parcel: {rows} {_short_rows(unmatched['rows'])} ({examples}{more})"
    )


def _print_far_rows(report: dict[str, Any]) -> None:
    """Warn about rows that are far from every town. They are admitted, but their coordinates may be wrong."""
    if not (far := report.get("far_from_towns")):
        return
    verb, noun = ("is", "row") if far["count"] == 1 else ("are", "rows")
    rows = _short_rows(far["rows"])
    print_warnings(
        f"{far['count']:,} of {report['admitted']:,} {report['layer']} {verb} more than 10 km from every town: "
        f"{noun} {rows}; check the coordinates"
    )


def _print_case_history(report: dict[str, Any]) -> None:
    """Print how many rows became the history of a case, and the cases of which no day says how they stand."""
    if not (history := report.get("case_history")):
        return
    console.print(
        f"  cases: earlier rows are history, the latest row says how a case stands; {history['rows']:,} became history, of inspections: {history['inspections']:,}",
        markup=False,
    )
    if cases := history["unclear_cases"]:
        names = ", ".join(cases[:MAX_LISTED_CASES]) + (" …" if len(cases) > MAX_LISTED_CASES else "")
        print_warnings(
            f"{len(cases):,} cases have rows of one day that differ in status, which is now unknown: {names}"
        )


def _print_contradictions(report: dict[str, Any]) -> None:
    """Print which rows the file's own columns place elsewhere, and which were left out because they equal another."""
    if contradicting := report.get("contradicting_places"):
        print_warnings(
            f"{_rows_text(contradicting['count'])} of {report['admitted']:,} {'has' if contradicting['count'] == 1 else 'have'} a geometry more than 50 m from "
            f"the place in the file's own columns: rows {_short_rows(contradicting['rows'])}; the geometry was taken, --place-by columns takes the columns"
        )
    if equal := report.get("equal_rows"):
        console.print(
            f"  left out: {_rows_text(equal['count'])}, the same as another in every column: {_short_rows(equal['rows'])}",
            style="yellow",
            markup=False,
        )


def _print_column_notes(report: dict[str, Any]) -> None:
    """Print how whole columns were read, such as in which order of day and month."""
    for note in report.get("column_notes") or ():
        rows = "row" if note["count"] == 1 else "rows"
        console.print(f"  {note['reason']} ({rows} {_short_rows(note['rows'])})", markup=False)


def _print_strange_names(report: dict[str, Any]) -> None:
    """Print the most frequent names of trees that the roster of species does not have."""
    if not (names := report.get("names_not_in_roster")):
        return
    tree_count = sum(count for _, count in names)
    trees, noun = f"{tree_count:,} {'tree' if tree_count == 1 else 'trees'}", "name" if len(names) == 1 else "names"
    listed = ", ".join(f"{name} ({count:,})" for name, count in names[:MAX_SHOWN_NAMES])
    others = ", …" if len(names) > MAX_SHOWN_NAMES else ""
    verb = "is" if tree_count == 1 else "are"
    console.print(
        f"  species: {trees} of {len(names):,} {noun} {verb} not in the roster: {listed}{others}", markup=False
    )


def _short_rows(rows: str) -> str:
    """Return a list of rows, cut after a whole range.

    >>> _short_rows("1-3, 7"), len(_short_rows(", ".join(map(str, range(100))))) <= MAX_ROWS_TEXT + 3
    ('1-3, 7', True)
    """
    return rows if len(rows) <= MAX_ROWS_TEXT else rows[:MAX_ROWS_TEXT].rpartition(",")[0] + ", …"


def _print_reasons(report: dict[str, Any]) -> None:
    told_reasons = {note["reason"] for note in report.get("column_notes") or ()}
    summary = [entry for entry in report.get("summary") or [] if entry["reason"] not in told_reasons]
    if not summary:
        return
    table = Table(box=None, padding=(0, 2), show_header=False)
    for entry in summary[:MAX_SHOWN_REASONS]:
        table.add_row("", OUTCOME_TEXT.get(entry["outcome"], entry["outcome"]), f"{entry['rows']:,}", entry["reason"])
    console.print(table, markup=False)
    if len(summary) > MAX_SHOWN_REASONS:
        console.print(f"  … and {len(summary) - MAX_SHOWN_REASONS} more; --report FILE.json lists every row")
