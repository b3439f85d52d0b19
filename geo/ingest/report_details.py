"""Parts of a load report: what the files hold besides the rows that were read, and the rows that the screen names.

`read_source` calls them for each report.
"""

from typing import Any

import numpy as np
import pandas as pd

from geo.ingest.cleaning.admission import EQUAL_ROW_NOTE
from geo.ingest.cleaning.places.compare_places import CONTRADICTION_NOTE
from geo.ingest.cleaning.places.geometries import FAR_FROM_TOWNS_NOTE
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.report_text import format_row_spans
from geo.ingest.row_notes import RowNotes
from geo.ingest.sandbox.sandbox import SandboxResult


def describe_containers(
    sandbox_result: SandboxResult, rows: SourceRows, row_labels: np.ndarray | None
) -> dict[str, Any]:
    """Return what was read of workbooks, archives and the like, what was not, and what their readers warn of.

    `parts` counts the rows of each sheet that was read. `left_out` lists every other sheet, layer or file with its rows.
    """
    tables = sandbox_result.tables
    left_out = [
        {**part, "file": sandbox_result.files[int(table.metadata["file"])]["name"]}
        for table in tables
        for part in table.metadata.get("left_out", ())
    ]
    has_parts = row_labels is not None and any(rows.part_names)
    warnings = dict.fromkeys(text for table in tables for text in table.metadata.get("warnings", ()))
    details: dict[str, Any] = {
        "header_row": rows.metadata.get("header_row"),
        "table": rows.metadata.get("table"),
        "other_tables": rows.metadata.get("other_tables"),
        "left_out": left_out or None,
        "parts": pd.Series(row_labels).value_counts(sort=False).to_dict() if has_parts else None,
        "warnings": list(warnings) or None,
        "date_epoch": rows.metadata.get("date_epoch"),
    }
    return details


def rows_to_check(notes: RowNotes, row_numbers: np.ndarray, row_file_names: np.ndarray | None) -> dict[str, Any]:
    """Return the rows that the screen names, because their place is doubtful or they were left out."""
    details: dict[str, Any] = {
        "far_from_towns": _far_rows(notes, row_numbers, row_file_names),
        "contradicting_places": _far_rows(notes, row_numbers, row_file_names, CONTRADICTION_NOTE),
        "equal_rows": _equal_rows(notes, row_numbers, row_file_names),
    }
    return details


def _far_rows(
    notes: RowNotes, row_numbers: np.ndarray, row_file_names: np.ndarray | None, kind: str = FAR_FROM_TOWNS_NOTE
) -> dict[str, Any] | None:
    """Return the number of admitted rows with a note of that kind and their row numbers. None if there are none."""
    noted = [note.positions for note in notes.entries if note.kind == kind]
    positions = np.concatenate([*noted, np.zeros(0, np.int64)]).astype(np.int64)
    positions = positions[~notes.rows_with_outcome("refused")[positions]]
    if not len(positions):
        return None
    names = None if row_file_names is None else row_file_names[positions]
    return {"count": len(positions), "rows": format_row_spans(row_numbers[positions], names)}


def _equal_rows(notes: RowNotes, row_numbers: np.ndarray, row_file_names: np.ndarray | None) -> dict[str, Any] | None:
    """Return the number of rows that were left out because they equal another one, and their row numbers."""
    positions = [note.positions for note in notes.entries if note.kind == EQUAL_ROW_NOTE]
    if not positions:
        return None
    names = None if row_file_names is None else row_file_names[positions[0]]
    return {"count": len(positions[0]), "rows": format_row_spans(row_numbers[positions[0]], names)}
