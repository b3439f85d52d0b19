"""Columns as they came, as text; and whole rows as JSON, untouched."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.sources.profile import Origin

# What JSON cannot have in a text as it is; other control characters follow by regular expression.
ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def text_of(column: pa.ChunkedArray) -> pd.Series:
    """Give a column as text; a real column of whole numbers loses its ".0".

    >>> text_of(pa.chunked_array([[24791.0, None, 2.5]])).tolist()
    ['24791', nan, '2.5']
    """
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        whole = pc.fill_null(_is_whole(column), fill_value=False)
        ints = (
            pc.if_else(whole, column, pa.scalar(None, column.type))
            .cast(pa.int64())
            .cast(pa.string())
        )
        column = pc.coalesce(ints, column.cast(pa.string()))
    return column.cast(pa.string()).to_pandas().astype("str")


def _is_whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    small = pc.less(pc.abs(column), pa.scalar(1e15))
    return pc.and_(small, pc.equal(pc.floor(column), column))


def origin_text(origin: Origin, columns: dict[str, pa.ChunkedArray], rows: int) -> pd.Series:
    """Give a field as text: a column, several joined by a blank, or a constant for every row.

    >>> parts = {"N": pa.chunked_array([[4021, 7]]), "S": pa.chunked_array([["ELM AV", None]])}
    >>> origin_text(Origin(("N", "S")), parts, 2).tolist()
    ['4021 ELM AV', '7']
    """
    if origin.constant is not None:
        return pd.Series([origin.constant] * rows, dtype="str")
    held = [text_of(columns[name]) for name in origin.columns if name in columns]
    if not held:
        return pd.Series([None] * rows, dtype="str")
    if len(origin.columns) == 1:
        return held[0]
    joined = held[0].fillna("").str.strip()
    for part in held[1:]:
        joined = joined + " " + part.fillna("").str.strip()
    joined = joined.str.replace(r"\s+", " ", regex=True).str.strip()
    absent = np.logical_and.reduce([part.isna() for part in held])
    return joined.mask(absent).astype("str")


def raw_json(names: list[str], columns: list[pa.ChunkedArray], rows: int) -> pd.Series:
    r"""Give each row as a JSON object of its own attributes, values as they came.

    >>> raw_json(["a", "b"], [pa.chunked_array([['x"y', None]]), pa.chunked_array([[1.5, 2]])], 2).tolist()
    ['{"a":"x\\"y","b":1.5}', '{"a":null,"b":2}']
    """
    if not names:
        return pd.Series(["{}"] * rows, dtype="str")
    parts: list[Any] = []
    for at, (name, column) in enumerate(zip(names, columns, strict=True)):
        opening = "{" if at == 0 else ","
        parts += [pa.scalar(f"{opening}{json.dumps(name, ensure_ascii=False)}:"), _values(column)]
    whole = pc.binary_join_element_wise(*parts, pa.scalar("}"), pa.scalar(""))
    return whole.to_pandas().astype("str").reset_index(drop=True)


def _values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write a column as JSON values; what is no number in JSON becomes text."""
    if pa.types.is_string(column.type):
        return pc.fill_null(_quoted(column), "null")
    text = column.cast(pa.string())
    if pa.types.is_floating(column.type):
        odd = pc.invert(pc.is_finite(column))
        text = pc.if_else(pc.fill_null(odd, fill_value=False), _quoted(text), text)
    return pc.fill_null(text, "null")


def _quoted(column: pa.ChunkedArray) -> pa.ChunkedArray:
    for plain, escaped in ESCAPES:
        column = pc.replace_substring(column, pattern=plain, replacement=escaped)
    if pc.any(pc.match_substring_regex(column, "[\x00-\x1f]")).as_py():
        for code in range(32):
            column = pc.replace_substring(column, pattern=chr(code), replacement=f"\\u{code:04x}")
    return pc.binary_join_element_wise(pa.scalar('"'), column, pa.scalar('"'), pa.scalar(""))


def wkb_of(column: pa.ChunkedArray | None, rows: int) -> np.ndarray:
    """Give geometry as an array of WKB bytes, None where there is none."""
    if column is None:
        return np.full(rows, None, dtype=object)
    wkb: np.ndarray = column.to_numpy(zero_copy_only=False)
    return wkb
