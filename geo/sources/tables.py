"""CSV as towns write it: any delimiter, any of their encodings, a banner above the header."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from geo.errors import BadFile
from geo.sources.encodings import table_encoding
from geo.sources.raws import MAX_COLUMNS, MAX_FIELD, RawTable

MAX_LINE = 2 * MAX_FIELD  # signs in one row, looked at before anything splits it
MAX_CELLS = 200_000_000  # of a table: rows by columns, four bytes each even where they are blank
BATCH = 20_000
LOOK = 60  # rows among which the header is looked for
NUMBER = re.compile(r"[-+]?[0-9.,]+%?")


def read_csv(path: Path, name: str, encoding: str | None) -> RawTable:
    """Read a delimited text; raises BadFile with the line that cannot be read."""
    coding = table_encoding(path, name, encoding)
    csv.field_size_limit(MAX_FIELD)
    with path.open(encoding=coding, newline="") as file:
        delimiter = _delimiter(file.read(1 << 16))
    with path.open(encoding=coding, newline="") as file:
        table = gather(_rows(file, delimiter, name), name)
    table.facts.update(driver="CSV", encoding=coding.replace("-sig", ""), delimiter=delimiter)
    return table


def gather(rows: Iterator[Sequence[Any]], name: str) -> RawTable:
    """Find the header, and make columns of what stands below it; cells are text or None.

    Rows that are blank altogether are passed over, and counted in the numbers of those below.
    Cells beyond the header get a column of their own, "column 7", where one is filled. Raises BadFile
    for a row of more cells than a table may have columns.
    """
    rows = _of_believable_width(rows, name)
    first = [list(row) for _, row in zip(range(LOOK), rows, strict=False)]
    at = header_row(first, name)
    names = _titles(first[at], at, name)
    columns = _Columns(names, name)
    for row in first[at + 1 :]:
        columns.take(row)
    for further in rows:
        columns.take(further)
    return columns.table(header=at + 1)


def _of_believable_width(rows: Iterator[Sequence[Any]], name: str) -> Iterator[Sequence[Any]]:
    """Pass rows on, of those that are too wide what is filled; raises BadFile where that is too wide."""
    for number, row in enumerate(rows, 1):
        if len(row) <= MAX_COLUMNS:
            yield row
        elif any(_is_filled(cell) for cell in row[MAX_COLUMNS:]):
            raise BadFile(
                f"{name}: row {number} from the top has {len(row):,} cells; {MAX_COLUMNS:,} are the most. Mend or take out that row"
            )
        else:
            yield row[:MAX_COLUMNS]


def header_row(rows: list[list[Any]], name: str) -> int:
    """Find the header among the first rows: the first wide one that holds words, not numbers."""
    filled = [[str(cell) for cell in row if str(cell or "").strip()] for row in rows]
    width = max((len(row) for row in filled), default=0)
    for at, row in enumerate(filled):
        words = sum(1 for cell in row if not NUMBER.fullmatch(cell.strip()))
        if row and len(row) >= max(min(2, width), width * 0.5) and words >= 0.8 * len(row):
            return at
    raise BadFile(
        f"{name}: no row with the columns' names among the first {LOOK} rows; give it one"
    )


class _Columns:
    """Columns that grow row by row, kept as Arrow in batches."""

    def __init__(self, names: list[str], file: str) -> None:
        self.names = names
        self._file = file
        self._batch: list[Sequence[Any]] = []
        self._done: list[list[pa.Array]] = [[] for _ in names]
        self._numbers: list[int] = []
        self._ragged: list[int] = []
        self._row = 0

    def take(self, row: Sequence[Any]) -> None:
        self._row += 1
        if not any(row) or not any(map(_is_filled, row)):
            return
        if len(row) > len(self.names):
            filled = max(at for at, cell in enumerate(row, 1) if _is_filled(cell))
            row = row[: max(filled, len(self.names))]
        for at in range(len(self.names), len(row)):
            self._add(f"column {at + 1}")
        if len(row) < len(self.names):
            self._ragged.append(self._row)
        self._batch.append(row)
        self._numbers.append(self._row)
        if len(self._batch) == BATCH:
            self._settle()

    def _add(self, name: str) -> None:
        self.names.append(name)
        self._done.append([pa.nulls(len(batch), pa.string()) for batch in self._done[0]])

    def _settle(self) -> None:
        if len(self._numbers) * len(self.names) > MAX_CELLS:
            raise BadFile(
                f"{self._file}: {len(self.names):,} columns and {len(self._numbers):,} rows or more are too many; take out columns, or cut it to the towns"
            )
        columns = list(zip_longest(*self._batch))
        for cells, done in zip(columns, self._done, strict=False):
            done.append(pa.array(cells, pa.string()))
        for done in self._done[len(columns) :]:  # the batch has no row so long
            done.append(pa.nulls(len(self._batch), pa.string()))
        self._batch.clear()

    def table(self, header: int) -> RawTable:
        self._settle()
        columns = [pa.chunked_array(done, pa.string()) for done in self._done]
        facts = {"header_row": header, "short_rows": self._ragged}
        return RawTable(self.names, columns, None, pa.array(self._numbers, pa.int64()), facts)


class _Lines:
    """The lines of a text; raises BadFile where one row, which may take several, grows too long.

    Who has a whole row sets `row` to 0.
    """

    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._name = file, name
        self._number = 0
        self.row = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self.row += len(line)
        if self.row > MAX_LINE:
            raise BadFile(
                f"{self._name}: line {self._number}: a row of more than {MAX_LINE / 1e6:.0f} MB, or a quote that never closes; mend or take out that line"
            )
        return line


def _rows(file: TextIO, delimiter: str, name: str) -> Iterator[list[str]]:
    lines = _Lines(file, name)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            lines.row = 0
            yield row
    except csv.Error as error:
        why = (
            f"a value of more than {MAX_FIELD / 1e6:.0f} MB, or a quote that never closes"
            if "limit" in str(error)
            else str(error)
        )
        raise BadFile(
            f"{name}: line {reader.line_num}: {why}; mend or take out that line"
        ) from None


def _is_filled(cell: Any) -> bool:
    return bool(cell) and not str(cell).isspace()


def _titles(row: list[Any], at: int, name: str) -> list[str]:
    titles = [str(cell or "").strip() for cell in row]
    while titles and not titles[-1]:
        titles.pop()
    titles = [title or f"column {nr}" for nr, title in enumerate(titles, 1)]
    seen: dict[str, int] = {}
    for nr, title in enumerate(titles, 1):
        if title in seen:
            raise BadFile(
                f"{name}: row {at + 1}: two columns are called '{title}' ({seen[title]} and {nr}); rename one of them"
            )
        seen[title] = nr
    return titles


def _delimiter(sample: str) -> str:
    """Choose the delimiter that parts most lines into the same number of cells, at least two."""
    lines = sample.splitlines()[:LOOK]
    best = max(",;\t|", key=lambda mark: _fit(lines, mark))
    return best if _fit(lines, best) > (0, 0) else ","


def _fit(lines: list[str], mark: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
    except csv.Error:
        return (0, 0)
    wide = [width for width in widths if width > 1]
    if not wide:
        return (0, 0)
    usual = max(set(wide), key=wide.count)
    return (wide.count(usual), usual)
