"""Conversion of raw columns to text, and of whole rows to JSON without any change of values.

`geo.ingest.mapping.map_rows` and `read_address_table` call it.
"""

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.ingest.mapping.profile import FieldOrigin

# Characters that JSON escapes. `_quote_json_text` escapes other control characters one by one.
JSON_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def column_as_text(column: pa.ChunkedArray) -> pd.Series:
    """Return a column as text, nan for null. A real column of whole numbers loses its ".0".

    >>> column_as_text(pa.chunked_array([[24791.0, None, 2.5]])).tolist()
    ['24791', nan, '2.5']
    >>> column_as_text(pa.chunked_array([[True, False]])).tolist()
    ['true', 'false']
    """
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        is_whole = pc.fill_null(_is_whole_number(column), fill_value=False)
        integers = pc.if_else(is_whole, column, pa.scalar(None, column.type)).cast(pa.int64()).cast(pa.string())
        column = pc.coalesce(integers, column.cast(pa.string()))
    return column.cast(pa.string()).to_pandas().astype("str")


def _is_whole_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    is_small = pc.less(pc.abs(column), pa.scalar(1e15))
    return pc.and_(is_small, pc.equal(pc.floor(column), column))


def text_from_columns(origin: FieldOrigin, columns: dict[str, pa.ChunkedArray], row_count: int) -> pd.Series:
    """Return a field's text: one column, several joined by a space, or a constant for every row.

    Columns that the file does not have are skipped. A row is nan where all its parts are null.

    >>> columns = {"N": pa.chunked_array([[4021, 7]]), "S": pa.chunked_array([["ELM AV", None]])}
    >>> text_from_columns(FieldOrigin(("N", "S")), columns, 2).tolist()
    ['4021 ELM AV', '7']
    >>> text_from_columns(FieldOrigin(constant="public"), columns, 2).tolist()
    ['public', 'public']
    """
    if origin.constant is not None:
        return pd.Series([origin.constant] * row_count, dtype="str")
    texts = [column_as_text(columns[name]) for name in origin.columns if name in columns]
    if not texts:
        return pd.Series([None] * row_count, dtype="str")
    if len(origin.columns) == 1:
        return texts[0]
    combined = texts[0].fillna("").str.strip()
    for part in texts[1:]:
        combined = combined + " " + part.fillna("").str.strip()
    has_odd_spaces = combined.str.contains(r"  |[^ -~]", regex=True).astype(bool)  # most texts have none
    combined[has_odd_spaces] = combined[has_odd_spaces].str.replace(r"\s+", " ", regex=True)
    combined = combined.str.strip()
    is_absent = np.logical_and.reduce([part.isna() for part in texts])
    return combined.mask(is_absent).astype("str")


def rows_as_json(names: list[str], columns: list[pa.ChunkedArray], row_count: int) -> pd.Series:
    r"""Return each row as a JSON object of its own attributes, with the values as they are.

    >>> rows_as_json(["a", "b"], [pa.chunked_array([['x"y', None]]), pa.chunked_array([[1.5, 2]])], 2).tolist()
    ['{"a":"x\\"y","b":1.5}', '{"a":null,"b":2}']
    """
    if not names:
        return pd.Series(["{}"] * row_count, dtype="str")
    parts: list[Any] = []
    for index, (name, column) in enumerate(zip(names, columns, strict=True)):
        separator = "{" if index == 0 else ","
        parts += [pa.scalar(f"{separator}{json.dumps(name, ensure_ascii=False)}:"), _json_values(column)]
    json_rows = pc.binary_join_element_wise(*parts, pa.scalar("}"), pa.scalar(""))
    return json_rows.to_pandas().astype("str").reset_index(drop=True)


def _json_values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as JSON values. Infinite numbers and nan become text.

    >>> _json_values(pa.chunked_array([[1.5, None, float("inf")]])).to_pylist()
    ['1.5', 'null', '"inf"']
    """
    if pa.types.is_string(column.type):
        return pc.fill_null(_quote_json_text(column), "null")
    text = column.cast(pa.string())
    if pa.types.is_floating(column.type):
        is_not_finite = pc.invert(pc.is_finite(column))
        text = pc.if_else(pc.fill_null(is_not_finite, fill_value=False), _quote_json_text(text), text)
    return pc.fill_null(text, "null")


def _quote_json_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    for character, escaped in JSON_ESCAPES:
        column = pc.replace_substring(column, pattern=character, replacement=escaped)
    if pc.any(pc.match_substring_regex(column, "[\x00-\x1f]")).as_py():
        for code_point in range(32):
            column = pc.replace_substring(column, pattern=chr(code_point), replacement=f"\\u{code_point:04x}")
    return pc.binary_join_element_wise(pa.scalar('"'), column, pa.scalar('"'), pa.scalar(""))


def wkb_array(column: pa.ChunkedArray | None, row_count: int) -> np.ndarray:
    """Return WKB bytes as an object array `(row_count,)`, None where a row has no geometry.

    >>> wkb_array(None, 2).tolist()
    [None, None]
    """
    if column is None:
        return np.full(row_count, None, dtype=object)
    wkb: np.ndarray = column.to_numpy(zero_copy_only=False)
    return wkb
