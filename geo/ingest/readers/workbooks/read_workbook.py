"""Reading of a workbook: every sheet with the columns of the first table, or the sheet that is named.

`sandbox_worker` calls `read_workbook`. calamine reads XLSX, XLSB, XLS and ODS alike.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import python_calamine
from python_calamine import CalamineWorkbook, SheetTypeEnum

from geo.errors import BadFile, NeedsOption
from geo.ingest.readers.delimited_text import HEADER_SEARCH_ROWS, build_table, find_header_row
from geo.ingest.readers.raw_table import RawTable
from geo.ingest.readers.workbooks.ods_merges import read_ods_merges
from geo.ingest.readers.workbooks.sheet_cells import MergedRange, read_sheet_rows, restore_number_type
from geo.ingest.readers.workbooks.workbook_guard import date_epoch, refuse_unsafe_workbook

MERGED_CELL_NOTE = "a merged cell holds for each of its rows"


def read_workbook(path: Path, format_name: str, name: str, sheet_name: str | None) -> list[RawTable]:
    """Return one table for each sheet that is read, with values for formulas.

    These are the named sheet, or the first sheet that holds a table and all others with the same
    columns. The first table's metadata names the sheets with other tables under `left_out`. Raises
    BadFile, or NeedsOption for a name that no sheet has.
    """
    refuse_unsafe_workbook(path, format_name, name)
    workbook = _open_workbook(path, name)
    titles = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if sheet_name is not None and sheet_name not in titles:
        raise NeedsOption(f"{name}: has no sheet '{sheet_name}'; name one of these with --table: {titles}")
    ods_merges = read_ods_merges(path) if format_name == "ODS" else {}
    tables, left_out = _read_sheets(workbook, titles, name, sheet_name, ods_merges)
    if not tables:
        raise BadFile(f"{name}: no sheet of the workbook has a table; check the export")
    read_titles = [table.metadata["table"] for table in tables]
    shared = {
        "driver": format_name,
        "encoding": "UTF-8",
        "date_epoch": date_epoch(path, format_name),
        "other_tables": [title for title in titles if title not in read_titles],
    }
    tables = [replace(table, metadata=table.metadata | shared) for table in tables]
    tables[0].metadata["left_out"] = left_out
    return tables


def _open_workbook(path: Path, name: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise BadFile(f"{name}: the workbook has a password; save it without one") from None
    except python_calamine.CalamineError as error:
        raise BadFile(f"{name}: cannot be read as a workbook ({str(error)[:200]}); save it again as XLSX") from None


def _read_sheets(
    workbook: CalamineWorkbook,
    titles: list[str],
    name: str,
    sheet_name: str | None,
    ods_merges: dict[str, list[MergedRange]],
) -> tuple[list[RawTable], list[dict[str, Any]]]:
    """Return the tables to read, and the name, kind and row count of every other sheet with a table."""
    tables: list[RawTable] = []
    left_out: list[dict[str, Any]] = []
    for title in sorted(titles, key=lambda title: title != sheet_name):  # the named sheet first
        table = _read_sheet(workbook, title, name, ods_merges.get(title, []), is_required=title == sheet_name)
        if table is None:
            continue
        if not tables:
            tables.append(table)
        elif sheet_name is None and _column_key(table) == _column_key(tables[0]):
            tables.append(_rename_columns(table, tables[0]))
        elif row_count := len(table.row_numbers or ()):
            left_out.append({"name": title, "kind": "sheet", "rows": row_count})
    return tables, left_out


def _read_sheet(
    workbook: CalamineWorkbook, title: str, name: str, merges: list[MergedRange], *, is_required: bool
) -> RawTable | None:
    """Return the table of a sheet, or None if it holds none. Raises BadFile if it is required or damaged."""
    label = f"{name}: sheet {title}"
    try:
        sheet = workbook.get_sheet_by_name(title)
    except python_calamine.CalamineError as error:
        raise BadFile(f"{label}: cannot be read ({str(error)[:200]}); save the workbook again") from None
    filled: dict[int, list[str]] = {}
    rows = _sheet_rows(sheet, merges, filled, label)
    first_rows = list(islice(rows, HEADER_SEARCH_ROWS))
    if not is_required and not _holds_table(first_rows, label):
        return None
    table = build_table(chain(first_rows, rows), label)
    header_row = table.metadata["header_row"]
    notes = {
        row
        - header_row
        + 1: f"cells {', '.join(dict.fromkeys(labels))} are merged; the value holds for each of their rows"
        for row, labels in filled.items()
        if row >= header_row
    }
    table.metadata.update(table=title, row_notes=[["noted", MERGED_CELL_NOTE, list(notes), list(notes.values())]])
    return replace(table, columns=[restore_number_type(column) for column in table.columns])


def _sheet_rows(
    sheet: Any, merges: list[MergedRange], filled: dict[int, list[str]], label: str
) -> Iterator[list[str | None]]:
    """Return the rows of a sheet from its first row and column on."""
    if sheet.start is None:  # an empty sheet
        return iter(())
    ranges = [*merges, *(MergedRange(*start, *end) for start, end in sheet.merged_cell_ranges or ())]
    return read_sheet_rows(sheet.iter_rows(), sheet.start[1], ranges, filled, label)


def _holds_table(rows: list[list[str | None]], label: str) -> bool:
    """Return whether at least two of the rows have several cells, and one of them is a header.

    >>> _holds_table([["Ask the clerk"]], "book"), _holds_table([["id", "dbh"], ["7", "12"]], "book")
    (False, True)
    """
    if sum(sum(cell is not None for cell in row) > 1 for row in rows) < 2:
        return False
    try:
        find_header_row(rows, label)
    except BadFile:
        return False
    return True


def _column_key(table: RawTable) -> frozenset[str]:
    """Return the names of a table's columns, without case and without those that no header names."""
    return frozenset(name.casefold() for name in table.column_names if not name.startswith("column "))


def _rename_columns(table: RawTable, model: RawTable) -> RawTable:
    """Return the table with the spelling of the model's column names."""
    spellings = {name.casefold(): name for name in model.column_names}
    return replace(table, column_names=[spellings.get(name.casefold(), name) for name in table.column_names])
