"""The rows of a request: its files one after another, or a table joined to geometries by a key.

`assemble_rows` calls `join_tables` and `stack_tables`.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.errors import BadInput
from geo.ingest.mapping.column_matching import column_as_text, rows_as_json, text_from_columns, wkb_array
from geo.ingest.mapping.profile import FieldOrigin, Profile
from geo.ingest.readers.raw_table import RawTable

UNTYPED_FORMATS = {"CSV", "XLSX", "XLSB", "XLS", "ODS"}  # they write an empty value as a blank text


@dataclass(frozen=True)
class SourceRows:
    """Every row of a request in the order of reading.

    `columns` maps column names to Arrow columns. `wkb` `(n,)` is the geometry as the file has it,
    and `raw` the attributes as JSON text. `row_numbers` `(n,)` are the rows' numbers in their
    files, and `file_indexes` `(n,)` say which file, `table_indexes` `(n,)` which table. `part_names`
    are the names of the tables in their files, None where a file has one table. `has_geometry` says whether the files have
    geometry at all. `metadata` is that of the first file. All files have the same CRS. `epoch_years`
    `(n,)` is the year from which each row's workbook counts days, None if all count from 1900.
    """

    columns: dict[str, pa.ChunkedArray]
    wkb: np.ndarray
    raw: pd.Series
    row_numbers: np.ndarray
    file_indexes: np.ndarray
    has_geometry: bool
    metadata: dict[str, Any]
    table_indexes: np.ndarray
    part_names: tuple[str | None, ...]
    epoch_years: np.ndarray | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row_numbers)

    @property
    def is_untyped(self) -> bool:
        """Return whether the format has no types, so that an empty value is a blank text."""
        return self.metadata["driver"] in UNTYPED_FORMATS

    def part_labels(self, file_names: np.ndarray) -> np.ndarray | None:
        """Return the file, the sheet or both of each row `(n,)`, as a report names them. None where all rows are of one table."""
        if len(self.part_names) == 1:
            return None
        has_files = len(np.unique(self.file_indexes)) > 1
        labels = np.full(len(self.part_names), None, dtype=object)
        for index, part in enumerate(self.part_names):
            rows = self.file_indexes[self.table_indexes == index]
            names = [*([str(file_names[rows[0]])] if has_files and len(rows) else []), *([part] if part else [])]
            labels[index] = ": ".join(names)
        return labels[self.table_indexes]

    def decode_geometries(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the geometries `(n,)`, and a mask of those that cannot be read."""
        return read_wkb(self.wkb)

    def origin_text(self, origin: FieldOrigin) -> pd.Series:
        """Return the text of a field's origin, indexed from 0."""
        return text_from_columns(origin, self.columns, len(self)).reset_index(drop=True)


def stack_tables(tables: list[RawTable]) -> SourceRows:
    """Return the rows of several files, one after another. Raises BadInput when their CRSs differ.

    >>> table = RawTable(["id"], [pa.chunked_array([["7", "9"]])], None, None, {"file": 0, "driver": "CSV"})
    >>> rows = stack_tables([table])
    >>> len(rows), rows.row_numbers.tolist(), rows.raw.tolist()
    (2, [1, 2], ['{"id":"7"}', '{"id":"9"}'])
    """
    crs_names = {table.metadata.get("crs") for table in tables}
    if len(crs_names) > 1:
        raise BadInput(
            f"the files are in different coordinate systems ({', '.join(sorted(map(str, crs_names)))[:200]}); load them one at a time"
        )
    row_counts = [_row_count(table) for table in tables]
    return SourceRows(
        columns=stack_columns(tables),
        wkb=np.concatenate(
            [wkb_array(table.wkb, row_count) for table, row_count in zip(tables, row_counts, strict=True)]
        ),
        raw=pd.concat(
            [
                rows_as_json(table.column_names, table.columns, row_count)
                for table, row_count in zip(tables, row_counts, strict=True)
            ],
            ignore_index=True,
        ),
        row_numbers=np.concatenate(
            [_file_row_numbers(table, row_count) for table, row_count in zip(tables, row_counts, strict=True)]
        ),
        file_indexes=np.repeat([table.metadata["file"] for table in tables], row_counts),
        has_geometry=any(table.wkb is not None for table in tables),
        metadata=tables[0].metadata,
        epoch_years=_epoch_years(tables, row_counts),
        table_indexes=np.repeat(np.arange(len(tables)), row_counts),
        part_names=tuple(table.metadata.get("part") for table in tables),
    )


def stack_columns(tables: list[RawTable]) -> dict[str, pa.ChunkedArray]:
    """Return the columns of several files by name, one file after another, null where a file lacks one.

    >>> table = RawTable(["id"], [pa.chunked_array([["7"]])], None)
    >>> other = RawTable(["id", "kind"], [pa.chunked_array([["9"]]), pa.chunked_array([["oak"]])], None)
    >>> {name: column.to_pylist() for name, column in stack_columns([table, other]).items()}
    {'id': ['7', '9'], 'kind': [None, 'oak']}
    """
    row_counts = [_row_count(table) for table in tables]
    names = dict.fromkeys(name for table in tables for name in table.column_names)
    return {name: _combine_column(name, tables, row_counts) for name in names}


def _epoch_years(tables: list[RawTable], row_counts: list[int]) -> np.ndarray | None:
    """Return the year from which each row's workbook counts days, None if all count from 1900."""
    years = [1904 if str(table.metadata.get("date_epoch", "")).startswith("1904") else 1900 for table in tables]
    return np.repeat(years, row_counts) if 1904 in years else None


def join_tables(
    geometry_table: RawTable, attribute_table: RawTable, profile: Profile
) -> tuple[RawTable, dict[str, Any]]:
    """Return the geometry table with the values of the first attribute row that has each geometry's key.

    The second value is a summary for the report. It counts the attribute rows, those with a
    geometry, and the geometries without a row. `several` is a mask of the geometries with more than
    one row.

    >>> parcels = RawTable(["ML"], [pa.chunked_array([["1-1", "1-2"]])], None)
    >>> taxes = RawTable(["ML", "Use"], [pa.chunked_array([["1-2"]]), pa.chunked_array([["Park"]])], None)
    >>> profile = Profile("", "parcels", join_keys={"key": "ML", "table_key": "ML"})
    >>> wide, summary = join_tables(parcels, taxes, profile)
    >>> wide.columns[1].to_pylist(), summary["shapes_without_a_row"]
    ([None, 'Park'], 1)
    """
    key, table_key = profile.join_keys["key"], profile.join_keys["table_key"]
    geometry_keys = column_as_text(geometry_table.columns[geometry_table.column_names.index(key)]).str.strip()
    attribute_keys = column_as_text(attribute_table.columns[attribute_table.column_names.index(table_key)]).str.strip()
    first_row_by_key = pd.Series(np.arange(len(attribute_keys)), index=attribute_keys).groupby(level=0).first()
    matched_rows = geometry_keys.map(first_row_by_key)
    row_indexes = pa.array(matched_rows.astype("float64"), from_pandas=True).cast(pa.int64())
    added_names = [name for name in attribute_table.column_names if name not in geometry_table.column_names]
    added_columns = [
        attribute_table.columns[attribute_table.column_names.index(name)].take(row_indexes) for name in added_names
    ]
    match_counts = geometry_keys.map(attribute_keys.value_counts()).fillna(0)
    join_summary = {
        "rows": len(attribute_keys),
        "rows_with_a_shape": int(attribute_keys.isin(geometry_keys).sum()),
        "shapes_without_a_row": int(matched_rows.isna().sum()),
        "several": (match_counts > 1).to_numpy(),
    }
    wide_table = replace(
        geometry_table,
        column_names=[*geometry_table.column_names, *added_names],
        columns=[*geometry_table.columns, *added_columns],
    )
    return wide_table, join_summary


def read_wkb(wkb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return WKB `(n,)` as geometries, None where unreadable, and a mask of the unreadable ones.

    >>> geometries, is_unreadable = read_wkb(np.array([shapely.to_wkb(shapely.Point(1, 2)), b"?", None], dtype=object))
    >>> geometries.tolist(), is_unreadable.tolist()
    ([<POINT (1 2)>, None, None], [False, True, False])
    """
    with np.errstate(all="ignore"):  # `drop_non_finite` notes nan coordinates
        geometries = shapely.from_wkb(wkb, on_invalid="ignore")
    has_wkb = np.array([value is not None for value in wkb], dtype=bool)
    return geometries, has_wkb & shapely.is_missing(geometries)


def _row_count(table: RawTable) -> int:
    return len(table.columns[0]) if table.columns else len(table.wkb if table.wkb is not None else ())


def _file_row_numbers(table: RawTable, row_count: int) -> np.ndarray:
    return np.arange(1, row_count + 1) if table.row_numbers is None else table.row_numbers.to_numpy()


def _combine_column(name: str, tables: list[RawTable], row_counts: list[int]) -> pa.ChunkedArray:
    """Return one column of all files: as text where their types differ, null where a file lacks it."""
    parts = [item.columns[item.column_names.index(name)] if name in item.column_names else None for item in tables]
    types = {item.type for item in parts if item is not None}
    arrow_type = types.pop() if len(types) == 1 else pa.string()
    chunks: list[pa.Array] = []
    for part, row_count in zip(parts, row_counts, strict=True):
        if part is None:
            chunks.append(pa.nulls(row_count, arrow_type))
        else:
            converted = (
                part
                if part.type == arrow_type
                else pa.chunked_array([pa.array(column_as_text(part), arrow_type, from_pandas=True)])
            )
            chunks += converted.chunks
    return pa.chunked_array(chunks, arrow_type)
