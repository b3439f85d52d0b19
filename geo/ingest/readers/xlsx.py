"""Reading of one sheet of an XLSX workbook: the named one, or the first that holds a table.

`sandbox_worker` calls `read_xlsx`.
"""

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from geo.errors import BadFile, NeedsOption
from geo.ingest.readers.delimited_text import build_table
from geo.ingest.readers.raw_table import MAX_FIELD_BYTES, RawTable
from geo.ingest.readers.xml_guard import has_doctype


def read_xlsx(path: Path, name: str, sheet_name: str | None) -> RawTable:
    """Return one sheet of a workbook, with values for formulas. Raises BadFile, or NeedsOption for its name."""
    _refuse_doctype(path, name)
    with path.open("rb") as file:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        chosen_sheet = _choose_sheet(workbook, name, sheet_name)
        table = build_table(_read_sheet_rows(chosen_sheet, name), f"{name}: sheet {chosen_sheet.title}")
    other_sheets = [title for title in workbook.sheetnames if title != chosen_sheet.title]
    table.metadata.update(driver="XLSX", encoding="UTF-8", table=chosen_sheet.title, other_tables=other_sheets)
    columns = [_restore_number_type(column) for column in table.columns]
    return RawTable(table.column_names, columns, None, table.row_numbers, table.metadata)


def _refuse_doctype(path: Path, name: str) -> None:
    """Raise BadFile if any member of the archive has a document type. Parts may have any name."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            with archive.open(member) as file:
                if has_doctype(file):
                    raise BadFile(f"{name}: {member} has a document type, which is not read; save the workbook again")


def _choose_sheet(workbook: Any, name: str, sheet_name: str | None) -> Any:
    if sheet_name is not None:
        if sheet_name not in workbook.sheetnames:
            raise NeedsOption(
                f"{name}: has no sheet '{sheet_name}'; name one of these with --table: {workbook.sheetnames}"
            )
        return workbook[sheet_name]
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # the size that the file declares may be wrong
        filled_rows = sum(
            1 for _, row in zip(range(60), sheet.values, strict=False) if sum(cell is not None for cell in row) > 1
        )
        if filled_rows > 1:
            return sheet
    raise BadFile(f"{name}: no sheet of the workbook has a table; check the export")


def _read_sheet_rows(sheet: Any, name: str) -> Iterator[list[str | None]]:
    sheet.reset_dimensions()
    for row_number, row in enumerate(sheet.values, 1):
        cells = [_cell_text(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if any(cell is not None and len(cell) > MAX_FIELD_BYTES for cell in cells):
            raise BadFile(f"{name}: line {row_number}: a value of more than {MAX_FIELD_BYTES / 1e6:.0f} MB; remove it")
        yield list(cells)


def _cell_text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _restore_number_type(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a text column as numbers, unless that would change a text, such as 007.

    >>> _restore_number_type(pa.chunked_array([["12", None]])).to_pylist()
    [12, None]
    >>> _restore_number_type(pa.chunked_array([["007", "12"]])).to_pylist()
    ['007', '12']
    """
    for arrow_type in (pa.int64(), pa.float64()):
        try:
            numbers = column.cast(arrow_type)
        except pa.ArrowInvalid:
            continue
        if numbers.null_count == column.null_count and numbers.cast(pa.string()).equals(column):
            return numbers
    return column
