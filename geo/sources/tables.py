"""CSV as towns write it: any delimiter, any of their encodings, a banner above the header."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.errors import BadFile
from geo.sources.encodings import table_encoding
from geo.sources.raws import MAX_FIELD, RawTable

BATCH = 20_000
LOOK = 60  # rows among which the header is looked for
NUMBER = re.compile(r"[-+]?[\d.,]+%?")


def read_csv(path: Path, name: str, encoding: str | None) -> RawTable:
    """Read a delimited text; raises BadFile with the line that cannot be read."""
    coding = table_encoding(path, name, encoding)
    csv.field_size_limit(MAX_FIELD)
    with path.open(encoding=coding, newline="") as file:
        delimiter = _delimiter(file.read(1 << 16))
    with path.open(encoding=coding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        table = gather(_rows(reader, name), name)
    table.facts.update(driver="CSV", encoding=coding.replace("-sig", ""), delimiter=delimiter)
    return table


def gather(rows: Iterator[Sequence[Any]], name: str) -> RawTable:
    """Find the header, and make columns of what stands below it; cells are text or None.

    Rows that are blank altogether are passed over, and counted in the numbers of those below.
    Cells beyond the header get a column of their own, "column 7".
    """
    first = [list(row) for _, row in zip(range(LOOK), rows, strict=False)]
    at = header_row(first, name)
    names = _titles(first[at], at, name)
    columns = _Columns(names)
    for row in first[at + 1 :]:
        columns.take(row)
    for further in rows:
        columns.take(further)
    return columns.table(header=at + 1)


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

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self._cells: list[list[str | None]] = [[] for _ in names]
        self._done: list[list[pa.Array]] = [[] for _ in names]
        self._numbers: list[int] = []
        self._ragged: list[int] = []
        self._row = 0
        self._rows = 0

    def take(self, row: Sequence[Any]) -> None:
        self._row += 1
        if not any(row) or all(not str(cell or "").strip() for cell in row):
            return
        if len(row) > len(self.names):
            self._widen(len(row))
        if len(row) < len(self.names):
            self._ragged.append(self._row)
        padded = [*row, *[None] * (len(self.names) - len(row))]
        for cells, cell in zip(self._cells, padded, strict=True):
            cells.append(cell)
        self._numbers.append(self._row)
        self._rows += 1
        if self._rows % BATCH == 0:
            self._settle()

    def _widen(self, width: int) -> None:
        held = len(self._cells[0]) if self._cells else 0
        sizes = [len(batch) for batch in self._done[0]] if self._done else []
        for at in range(len(self.names), width):
            self.names.append(f"column {at + 1}")
            self._cells.append([None] * held)
            self._done.append([pa.nulls(size, pa.string()) for size in sizes])

    def _settle(self) -> None:
        for cells, done in zip(self._cells, self._done, strict=True):
            done.append(pa.array(cells, pa.string()))
            cells.clear()

    def table(self, header: int) -> RawTable:
        self._settle()
        columns = [pa.chunked_array(done, pa.string()) for done in self._done]
        facts = {"header_row": header, "short_rows": self._ragged}
        return RawTable(self.names, columns, None, pa.array(self._numbers, pa.int64()), facts)


def _rows(reader: Any, name: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        why = (
            f"a value of more than {MAX_FIELD / 1e6:.0f} MB, or a quote that never closes"
            if "limit" in str(error)
            else str(error)
        )
        raise BadFile(
            f"{name}: line {reader.line_num}: {why}; mend or take out that line"
        ) from None


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
