"""What the child hands back: a table of plain columns, and the facts about it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import BadFile

MAX_FIELD = 5_000_000  # bytes in one value; a whole county's outline has fewer
MAX_GEOMETRY = 100_000_000  # bytes in one geometry
MAX_ROWS = 10_000_000
MAX_COLUMNS = 2_000


@dataclass(frozen=True)
class RawTable:
    """One table as the file has it.

    `columns` hold text, whole numbers, real numbers or truth values, nothing else: dates are ISO
    text, lists and records JSON text. `wkb` is the geometry in the file's CRS, `numbers` the rows'
    numbers in the file, 1 for the first. `facts` holds driver, crs, encoding, layer and the like.
    """

    names: list[str]
    columns: list[pa.ChunkedArray]
    wkb: pa.ChunkedArray | None
    numbers: pa.Array | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn a column of any type into text, whole numbers, real numbers or truth values."""
    if isinstance(column.type, pa.BaseExtensionType):
        stored = [chunk.storage for chunk in column.chunks]
        column = pa.chunked_array(stored, column.type.storage_type)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_nested(kind):
        return _texts(
            json.dumps(one, ensure_ascii=False, default=str) if one is not None else None
            for one in column.to_pylist()
        )
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _texts(one.hex() if one is not None else None for one in column.to_pylist())
    return column.cast(_plain_type(kind))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_boolean(kind):
        return kind
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return pa.int64()
    return pa.float64() if pa.types.is_floating(kind) else pa.string()


def _texts(values: Iterable[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write moments as ISO text, to the second or to the millisecond where they have any."""
    naive = column.cast(pa.timestamp("ms"), safe=False)
    return pc.strftime(naive, format="%Y-%m-%dT%H:%M:%S")


def check_size(table: RawTable, name: str) -> RawTable:
    """Return the table, if it is of a size that a town's file may have; raises BadFile."""
    rows = len(table.columns[0]) if table.columns else len(table.wkb or ())
    if rows > MAX_ROWS:
        raise BadFile(f"{name}: {rows:,} rows; {MAX_ROWS:,} are the most. Cut it to the towns")
    check_width(len(table.names), name)
    _no_twins(table.names, name)
    for title, column in zip(table.names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            _check_longest(column, MAX_FIELD, f"{name}: the value in column '{title}'")
    if table.wkb is not None:
        _check_longest(table.wkb, MAX_GEOMETRY, f"{name}: the geometry")
    return table


def check_width(columns: int, name: str) -> None:
    """Refuse what is wider than any municipal table; raises BadFile."""
    if columns > MAX_COLUMNS:
        raise BadFile(f"{name}: {columns:,} columns; {MAX_COLUMNS:,} are the most")


def _no_twins(names: list[str], name: str) -> None:
    if twins := sorted({one for one in names if names.count(one) > 1}):
        raise BadFile(f"{name}: two columns are called '{twins[0]}'; rename one of them")


def _check_longest(column: pa.ChunkedArray, most: int, what: str) -> None:
    lengths = pc.binary_length(column)
    longest = pc.max(lengths).as_py() or 0
    if longest > most:
        row = pc.index(lengths, longest).as_py() + 1
        raise BadFile(
            f"{what} of row {row} has {longest / 1e6:.0f} MB; {most / 1e6:.0f} MB is the most. Take that row out"
        )
