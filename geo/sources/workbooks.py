"""XLSX: the first sheet that holds a table, or the one that is named."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from geo.errors import BadFile, NeedsOption
from geo.sources.prologs import has_doctype
from geo.sources.raws import MAX_FIELD, RawTable
from geo.sources.tables import gather


def read_xlsx(path: Path, name: str, sheet: str | None) -> RawTable:
    """Read one sheet of a workbook: values, not formulas. Raises BadFile, or NeedsOption."""
    _refuse_entities(path, name)
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        chosen = _sheet(book, name, sheet)
        table = gather(_rows(chosen, name), f"{name}: sheet {chosen.title}")
    others = [one for one in book.sheetnames if one != chosen.title]
    table.facts.update(driver="XLSX", encoding="UTF-8", table=chosen.title, other_tables=others)
    columns = [_numbers(column) for column in table.columns]
    return RawTable(table.names, columns, None, table.numbers, table.facts)


def _refuse_entities(path: Path, name: str) -> None:
    """Refuse a document type in any part: a workbook may call its parts as it likes."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            with archive.open(member) as file:
                if has_doctype(file):
                    raise BadFile(f"{name}: {member} has a document type; save the workbook again")


def _sheet(book: Any, name: str, told: str | None) -> Any:
    if told is not None:
        if told not in book.sheetnames:
            raise NeedsOption(
                f"{name}: holds no sheet '{told}'; --table takes one of {book.sheetnames}"
            )
        return book[told]
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size need not be so
        filled = sum(
            1
            for _, row in zip(range(60), sheet.values, strict=False)
            if sum(cell is not None for cell in row) > 1
        )
        if filled > 1:
            return sheet
    raise BadFile(f"{name}: no sheet of the workbook holds a table")


def _rows(sheet: Any, name: str) -> Iterator[list[str | None]]:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.values, 1):
        cells = [_text(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if any(cell is not None and len(cell) > MAX_FIELD for cell in cells):
            raise BadFile(
                f"{name}: line {number}: a value of more than {MAX_FIELD / 1e6:.0f} MB; take it out"
            )
        yield list(cells)


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give a column of numbers its type back, unless text would lose by it, as 007 does."""
    for kind in (pa.int64(), pa.float64()):
        try:
            typed = column.cast(kind)
        except pa.ArrowInvalid:
            continue
        if typed.null_count == column.null_count and typed.cast(pa.string()).equals(column):
            return typed
    return column
