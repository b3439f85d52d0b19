"""The table that every reader returns: plain columns, geometry as WKB, and metadata about the file.

`sandbox_worker` writes it for the parent process, and `geo.ingest.sandbox.sandbox` reads it back.
"""

import itertools
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import BadFile

MAX_FIELD_BYTES = 5_000_000  # of one value; the outline of a whole county is smaller
MAX_GEOMETRY_BYTES = 100_000_000  # of one geometry
MAX_ROWS = 10_000_000
MAX_COLUMNS = 2_000
MAX_WARNINGS = 20  # about columns with one name


@dataclass(frozen=True)
class RawTable:
    """One table as the file has it.

    `columns` hold text, integers, real numbers or booleans. Dates are ISO text, lists and structs
    are JSON text. `wkb` is the geometry in the file's CRS. `row_numbers` are the rows' numbers in
    the file, from 1, or None if they are consecutive. `metadata` holds `driver`, `crs`, `encoding`
    and more.
    """

    column_names: list[str]
    columns: list[pa.ChunkedArray]
    wkb: pa.ChunkedArray | None
    row_numbers: pa.Array | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def has_geometries(self) -> bool:
        """Whether any row has a geometry.

        >>> RawTable([], [], pa.chunked_array([[None, b"?"]])).has_geometries, RawTable([], [], None).has_geometries
        (True, False)
        """
        return self.wkb is not None and self.wkb.null_count < len(self.wkb)


def to_plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of any Arrow type as text, integers, real numbers or booleans.

    >>> to_plain_column(pa.chunked_array([[{"a": 1}, None]])).to_pylist()
    ['{"a": 1}', None]
    >>> to_plain_column(pa.chunked_array([pa.array([3], pa.int16())])).type
    DataType(int64)
    """
    if isinstance(column.type, pa.BaseExtensionType):
        storage_chunks = [chunk.storage for chunk in column.chunks]
        column = pa.chunked_array(storage_chunks, column.type.storage_type)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    arrow_type = column.type
    if pa.types.is_timestamp(arrow_type):
        return _iso_timestamps(column)
    if pa.types.is_nested(arrow_type):
        return _text_column(
            json.dumps(value, ensure_ascii=False, default=str) if value is not None else None
            for value in column.to_pylist()
        )
    if pa.types.is_binary(arrow_type) or pa.types.is_large_binary(arrow_type):
        return _text_column(value.hex() if value is not None else None for value in column.to_pylist())
    return column.cast(_plain_type(arrow_type))


def _plain_type(arrow_type: pa.DataType) -> pa.DataType:
    if pa.types.is_boolean(arrow_type):
        return arrow_type
    if pa.types.is_integer(arrow_type) and arrow_type != pa.uint64():
        return pa.int64()
    return pa.float64() if pa.types.is_floating(arrow_type) else pa.string()


def _text_column(values: Iterable[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def _iso_timestamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return timestamps as ISO text with milliseconds. A Z stands behind those with a zone, which are in UTC.

    >>> import datetime as dt
    >>> _iso_timestamps(pa.chunked_array([[dt.datetime(2024, 3, 4, 9, 30)]])).to_pylist()
    ['2024-03-04T09:30:00.000']
    >>> column = pa.chunked_array([pa.array([dt.datetime(2024, 3, 4, 9, 30)], pa.timestamp("us", "America/Chicago"))])
    >>> _iso_timestamps(column).to_pylist()
    ['2024-03-04T09:30:00.000Z']
    """
    zone_mark = "" if column.type.tz is None else "Z"
    naive_column = column.cast(pa.timestamp("ms", column.type.tz), safe=False).cast(pa.timestamp("ms"))
    return pc.strftime(naive_column, format=f"%Y-%m-%dT%H:%M:%S{zone_mark}")


def check_table_size(table: RawTable, name: str) -> RawTable:
    """Return the table, with a number behind each repeated column name.

    Raises BadFile if it has too many rows or columns, or a value that is too large.
    """
    row_count = len(table.columns[0]) if table.columns else len(table.wkb or ())
    if row_count > MAX_ROWS:
        raise BadFile(f"{name}: {row_count:,} rows; the limit is {MAX_ROWS:,}. Cut the file to the towns")
    check_column_count(len(table.column_names), name)
    table = _number_repeated_names(table)
    for column_name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            _check_longest_value(column, MAX_FIELD_BYTES, f"{name}: the value in column '{column_name}'")
    if table.wkb is not None:
        _check_longest_value(table.wkb, MAX_GEOMETRY_BYTES, f"{name}: the geometry")
    return table


def check_column_count(column_count: int, name: str) -> None:
    """Raise BadFile if a table has more columns than `MAX_COLUMNS`.

    >>> check_column_count(2_001, "trees.gpkg")
    Traceback (most recent call last):
        ...
    geo.errors.BadFile: trees.gpkg: 2,001 columns; the limit is 2,000. Remove columns
    """
    if column_count > MAX_COLUMNS:
        raise BadFile(f"{name}: {column_count:,} columns; the limit is {MAX_COLUMNS:,}. Remove columns")


def _number_repeated_names(table: RawTable) -> RawTable:
    """Return the table with names that differ. A warning in its metadata tells each new one.

    >>> columns = [pa.chunked_array([["1"]])] * 4
    >>> table = _number_repeated_names(RawTable(["ID", "Name", "Name", "Name 2"], columns, None))
    >>> table.column_names, table.metadata["warnings"]
    (['ID', 'Name', 'Name 3', 'Name 2'], ["several columns are named 'Name'; a later one is read as 'Name 3'"])
    """
    names: list[str] = []
    warnings: list[str] = []
    taken, next_number = set(table.column_names), Counter[str]()
    for name in table.column_names:
        unique_name = name
        if next_number[name]:
            numbers = itertools.count(next_number[name])
            unique_name = next(text for number in numbers if (text := f"{name} {number}") not in taken)
            warnings.append(f"several columns are named '{name}'; a later one is read as '{unique_name}'")
        next_number[name] = max(next_number[name] + 1, 2)
        names.append(unique_name)
        taken.add(unique_name)
    if not warnings:
        return table
    told = [*table.metadata.get("warnings", ()), *warnings[:MAX_WARNINGS]]
    return replace(table, column_names=names, metadata={**table.metadata, "warnings": told})


def _check_longest_value(column: pa.ChunkedArray, max_bytes: int, label: str) -> None:
    lengths = pc.binary_length(column)
    longest = pc.max(lengths).as_py() or 0
    if longest > max_bytes:
        row = pc.index(lengths, longest).as_py() + 1
        raise BadFile(
            f"{label} of row {row} has {longest / 1e6:.0f} MB; the limit is {max_bytes / 1e6:.0f} MB. Remove that row"
        )
