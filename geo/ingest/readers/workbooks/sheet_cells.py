"""Cells of a sheet as text, with merged cells filled in.

`geo.ingest.readers.workbooks.read_workbook` calls it for each sheet.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from geo.errors import BadFile
from geo.ingest.readers.raw_table import MAX_FIELD_BYTES

MAX_MERGED_RANGES = 100_000


class MergedRange(NamedTuple):
    """A range of merged cells, counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        """Return the range as a spreadsheet names it.

        >>> str(MergedRange(1, 1, 3, 1)), str(MergedRange(0, 26, 9, 27))
        ('B2:B4', 'AA1:AB10')
        """
        return f"{_column_letters(self.left)}{self.top + 1}:{_column_letters(self.right)}{self.bottom + 1}"


def read_sheet_rows(
    rows: Iterator[list[Any]], first_column: int, ranges: list[MergedRange], filled: dict[int, list[str]], name: str
) -> Iterator[list[str | None]]:
    """Yield each row's cells as text, None for an empty cell. A merged cell holds for all its rows.

    `rows` begin with the sheet's first row and `first_column`. `filled` gets, by row from 0, the merged ranges of which the row took a value. A row
    without any other cell takes none.

    >>> filled = {}
    >>> rows = [["oak", "6209 Hanley Rd"], ["elm", ""], ["", ""]]
    >>> list(read_sheet_rows(iter(rows), 0, [MergedRange(0, 1, 2, 1)], filled, "trees.xlsx"))
    [['oak', '6209 Hanley Rd'], ['elm', '6209 Hanley Rd'], []]
    >>> filled
    {0: ['B1:B3'], 1: ['B1:B3']}
    """
    pending = sorted((span for span in ranges if span.bottom > span.top), reverse=True)[:MAX_MERGED_RANGES]
    active: list[tuple[MergedRange, str]] = []
    for row_index, row in enumerate(rows):
        cells: list[str | None] = [*([None] * first_column), *map(_cell_text, row)]
        while cells and cells[-1] is None:
            cells.pop()
        if any(cell is not None and len(cell) > MAX_FIELD_BYTES for cell in cells):
            raise BadFile(
                f"{name}: line {row_index + 1}: a value of more than {MAX_FIELD_BYTES / 1e6:.0f} MB; remove it"
            )
        active = [(span, value) for span, value in active if span.bottom >= row_index]
        if cells and active:
            _fill_merged_cells(cells, active, filled.setdefault(row_index, []))
        while pending and pending[-1].top <= row_index:
            span = pending.pop()
            if span.left < len(cells) and (value := cells[span.left]) is not None:
                active.append((span, value))
                filled.setdefault(row_index, []).append(str(span))
        yield cells


def _fill_merged_cells(cells: list[str | None], active: list[tuple[MergedRange, str]], labels: list[str]) -> None:
    """Write the value of each merged range into a row that has other cells."""
    for span, value in active:
        cells.extend([None] * (span.left + 1 - len(cells)))
        cells[span.left] = value
        labels.append(str(span))


def _cell_text(cell: Any) -> str | None:
    """Return a cell as text, None for an empty one.

    >>> import datetime as dt
    >>> [_cell_text(cell) for cell in ("", "007", 12.0, 12.5, True, dt.date(2024, 3, 4))]
    [None, '007', '12', '12.5', 'true', '2024-03-04']
    """
    if cell is None or isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def restore_number_type(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a text column as numbers, unless that would change a text, such as 007.

    >>> restore_number_type(pa.chunked_array([["12", None]])).to_pylist()
    [12, None]
    >>> restore_number_type(pa.chunked_array([["007", "12"]])).to_pylist()
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


def _column_letters(index: int) -> str:
    """Return the letters of a column counted from 0.

    >>> _column_letters(0), _column_letters(25), _column_letters(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters
