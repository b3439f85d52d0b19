"""Reading of CSV files: any delimiter, any encoding, and title lines above the header.

`sandbox_worker` calls `read_csv`. The readers of workbooks share `build_table`.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from geo.errors import BadFile
from geo.ingest.readers.fixed_width import FixedWidthLayout, find_column_spans, iter_short_lines, split_fixed_width
from geo.ingest.readers.raw_table import MAX_COLUMNS, MAX_FIELD_BYTES, RawTable
from geo.ingest.readers.text_encoding import detect_csv_encoding

MAX_ROW_CHARACTERS = 2 * MAX_FIELD_BYTES  # checked before a row is split
MAX_CELLS = 200_000_000  # rows times columns; a blank cell takes four bytes too
BATCH_ROWS = 20_000
HEADER_SEARCH_ROWS = 60  # the header must be among the first rows
MIN_DELIMITED_SHARE = 0.25  # of the first lines that a delimiter splits alike; a comma in a remark splits few
NUMBER_PATTERN = re.compile(r"[-+]?[0-9.,]+%?")


def read_csv(path: Path, name: str, encoding: str | None) -> RawTable:
    """Return the table of a delimited text file. Raises BadFile with the line that cannot be read."""
    file_encoding = detect_csv_encoding(path, name, encoding)
    csv.field_size_limit(MAX_FIELD_BYTES)
    with path.open(encoding=file_encoding, newline="") as file:
        delimiter, is_sure = _detect_delimiter(file.read(1 << 16))
    if not is_sure:
        with path.open(encoding=file_encoding) as file:
            layout = find_column_spans(iter_short_lines(file))
        if layout is not None:
            return _read_fixed_width(path, name, file_encoding, layout)
    with path.open(encoding=file_encoding, newline="") as file:
        table = build_table(_read_csv_rows(file, delimiter, name), name)
    table.metadata.update(driver="CSV", encoding=file_encoding.replace("-sig", ""), delimiter=delimiter)
    return table


def _read_fixed_width(path: Path, name: str, encoding: str, layout: FixedWidthLayout) -> RawTable:
    """Return the table of a text whose columns lie one under another. A warning says where they were cut."""
    with path.open(encoding=encoding) as file:
        table = build_table(split_fixed_width(iter_short_lines(file), layout), name)
    starts = ", ".join(str(low + 1) for low, _ in layout.spans)
    warning = f"fixed-width text: its columns begin at the characters {starts}; if that is wrong, save it as CSV"
    table.metadata.update(
        driver="CSV", encoding=encoding.replace("-sig", ""), delimiter="fixed width", warnings=[warning]
    )
    return table


def build_table(rows: Iterator[Sequence[Any]], name: str) -> RawTable:
    """Return the table below the header row. Cells are text or None.

    Blank rows are skipped, but they count in the row numbers. Filled cells beyond the header get
    columns of their own, such as "column 7". `row_numbers` count from the row below the header.
    Raises BadFile for a row with more filled cells than a table may have columns.

    >>> rows = [["Trees of Pagedale", ""], ["id", "species"], ["1", "Acer rubrum"], ["", ""], ["2", "", "x"]]
    >>> table = build_table(iter(rows), "trees.csv")
    >>> table.column_names, table.row_numbers.to_pylist(), table.metadata["header_row"]
    (['id', 'species', 'column 3'], [1, 3], 2)
    """
    rows = _limit_row_width(rows, name)
    first_rows = [list(row) for _, row in zip(range(HEADER_SEARCH_ROWS), rows, strict=False)]
    header_index = find_header_row(first_rows, name)
    column_names = _column_titles(first_rows[header_index])
    builder = _ColumnBuilder(column_names, name)
    for row in first_rows[header_index + 1 :]:
        builder.add_row(row)
    for later_row in rows:
        builder.add_row(later_row)
    return builder.to_table(header_number=header_index + 1)


def _limit_row_width(rows: Iterator[Sequence[Any]], name: str) -> Iterator[Sequence[Any]]:
    """Yield rows cut to `MAX_COLUMNS` cells. Raises BadFile where a cell beyond that is filled."""
    for row_number, row in enumerate(rows, 1):
        if len(row) <= MAX_COLUMNS:
            yield row
        elif any(_is_filled(cell) for cell in row[MAX_COLUMNS:]):
            raise BadFile(
                f"{name}: row {row_number} from the top has {len(row):,} cells; the limit is {MAX_COLUMNS:,}. Fix or remove that row"
            )
        else:
            yield row[:MAX_COLUMNS]


def find_header_row(rows: list[list[Any]], name: str) -> int:
    """Return the index of the header: the first wide row of words. Raises BadFile if there is none.

    >>> find_header_row([["Trees, June 2024"], ["id", "species", "dbh"], ["1", "Acer rubrum", "12"]], "trees.csv")
    1
    """
    filled_rows = [[str(cell) for cell in row if str(cell or "").strip()] for row in rows]
    width = max((len(row) for row in filled_rows), default=0)
    for index, row in enumerate(filled_rows):
        word_count = sum(1 for cell in row if not NUMBER_PATTERN.fullmatch(cell.strip()))
        if row and len(row) >= max(min(2, width), width * 0.5) and word_count >= 0.8 * len(row):
            return index
    raise BadFile(f"{name}: no header in the first {HEADER_SEARCH_ROWS} rows; add a row with the names of the columns")


class _ColumnBuilder:
    """Columns that grow row by row, stored as Arrow arrays in batches."""

    def __init__(self, column_names: list[str], file_name: str) -> None:
        self.column_names = column_names
        self._file_name = file_name
        self._batch_rows: list[Sequence[Any]] = []
        self._finished_chunks: list[list[pa.Array]] = [[] for _ in column_names]
        self._row_numbers: list[int] = []
        self._short_rows: list[int] = []
        self._row_number = 0

    def add_row(self, row: Sequence[Any]) -> None:
        self._row_number += 1
        if not any(row) or not any(map(_is_filled, row)):
            return
        if len(row) > len(self.column_names):
            filled_count = max(index for index, cell in enumerate(row, 1) if _is_filled(cell))
            row = row[: max(filled_count, len(self.column_names))]
        for index in range(len(self.column_names), len(row)):
            self._add_column(f"column {index + 1}")
        if len(row) < len(self.column_names):
            self._short_rows.append(self._row_number)
        self._batch_rows.append(row)
        self._row_numbers.append(self._row_number)
        if len(self._batch_rows) == BATCH_ROWS:
            self._flush_batch()

    def _add_column(self, name: str) -> None:
        self.column_names.append(name)
        self._finished_chunks.append([pa.nulls(len(chunk), pa.string()) for chunk in self._finished_chunks[0]])

    def _flush_batch(self) -> None:
        if len(self._row_numbers) * len(self.column_names) > MAX_CELLS:
            raise BadFile(
                f"{self._file_name}: {len(self.column_names):,} columns and {len(self._row_numbers):,} rows or more are too many; remove columns, or cut the file to the towns"
            )
        columns = list(zip_longest(*self._batch_rows))
        for cells, chunks in zip(columns, self._finished_chunks, strict=False):
            chunks.append(pa.array(cells, pa.string()))
        for chunks in self._finished_chunks[len(columns) :]:  # no row of the batch reaches these columns
            chunks.append(pa.nulls(len(self._batch_rows), pa.string()))
        self._batch_rows.clear()

    def to_table(self, header_number: int) -> RawTable:
        self._flush_batch()
        columns = [pa.chunked_array(chunks, pa.string()) for chunks in self._finished_chunks]
        metadata = {"header_row": header_number, "short_rows": self._short_rows}
        return RawTable(self.column_names, columns, None, pa.array(self._row_numbers, pa.int64()), metadata)


class _LimitedLines:
    """The lines of a text file. Raises BadFile where one row grows too long.

    A row may take several lines. The caller sets `row_length` to 0 after each complete row.
    """

    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._file_name = file, name
        self._line_number = 0
        self.row_length = 0

    def __iter__(self) -> "_LimitedLines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_ROW_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self._line_number += 1
        self.row_length += len(line)
        if self.row_length > MAX_ROW_CHARACTERS:
            raise BadFile(
                f"{self._file_name}: line {self._line_number}: a row of more than {MAX_ROW_CHARACTERS / 1e6:.0f} MB, or a quote that never closes; fix or remove that line"
            )
        return line


def _read_csv_rows(file: TextIO, delimiter: str, name: str) -> Iterator[list[str]]:
    lines = _LimitedLines(file, name)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            lines.row_length = 0
            yield row
    except csv.Error as error:
        reason = (
            f"a value of more than {MAX_FIELD_BYTES / 1e6:.0f} MB, or a quote that never closes"
            if "limit" in str(error)
            else str(error)
        )
        raise BadFile(f"{name}: line {reader.line_num}: {reason}; fix or remove that line") from None


def _is_filled(cell: Any) -> bool:
    return bool(cell) and not str(cell).isspace()


def _column_titles(row: list[Any]) -> list[str]:
    titles = [str(cell or "").strip() for cell in row]
    while titles and not titles[-1]:
        titles.pop()
    return [title or f"column {number}" for number, title in enumerate(titles, 1)]


def _detect_delimiter(sample: str) -> tuple[str, bool]:
    r"""Return the delimiter that splits the most lines into the same number of cells, at least two.

    The second value says whether it splits enough of them to be sure.

    >>> _detect_delimiter("id;species;dbh_in\n1;Acer rubrum;12,5\n2;Pinus taeda;9,0")
    (';', True)
    """
    lines = sample.splitlines()[:HEADER_SEARCH_ROWS]
    best = max(",;\t|", key=lambda delimiter: _delimiter_fit(lines, delimiter))
    fitting_lines, _ = _delimiter_fit(lines, best)
    if not fitting_lines:
        return ",", False
    return best, fitting_lines >= MIN_DELIMITED_SHARE * sum(bool(line.strip()) for line in lines)


def _delimiter_fit(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0)
    multi_cell_widths = [width for width in widths if width > 1]
    if not multi_cell_widths:
        return (0, 0)
    usual_width = max(set(multi_cell_widths), key=multi_cell_widths.count)
    return (multi_cell_widths.count(usual_width), usual_width)
