"""Columns that fit one field and say different things about one row.

`geo.ingest.read_source` calls `describe_contradictions` for a file whose columns were recognized.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from geo.ingest.mapping.column_matching import column_as_text
from geo.ingest.recognition.recognize import Recognition

MAX_CHARACTERS = 40  # of a value in a sentence


def describe_contradictions(
    recognition: Recognition, columns: Mapping[str, pa.ChunkedArray], row_numbers: np.ndarray
) -> list[str]:
    """Return a sentence for each pair of columns that contradict each other, with the first such row.

    `row_numbers` `(n,)` are the rows' numbers in the file.
    """
    sentences: list[str] = []
    for field, others in recognition.alternatives.items():
        used = recognition.origins[field].columns[0]
        for other in others:
            first, second = (_comparable(columns[name]) for name in (used, other))
            has_both = (first.notna() & second.notna()).to_numpy()
            differs = has_both & ~_equals(first, second)
            if differs.any():
                sentences.append(
                    f"{used} and {other} both fit {field} and differ in {_rows_text(differs, has_both)}: "
                    f"{_example(differs, row_numbers, columns[used], columns[other])}; {used} is used"
                )
    return sentences


def _comparable(column: pa.ChunkedArray) -> pd.Series:
    """Return a column as text in small letters with single spaces, nan for a blank.

    >>> _comparable(pa.chunked_array([[" 12  Elm AVE", "", None]])).tolist()
    ['12 elm ave', nan, nan]
    """
    texts = column_as_text(column).str.strip().str.lower().str.replace(r"\s+", " ", regex=True)
    return texts.where(texts != "")


def _equals(first: pd.Series, second: pd.Series) -> np.ndarray:
    """Return whether two texts are one, or one number, `(n,)`.

    >>> _equals(pd.Series(["12", "elm", "7"]), pd.Series(["12.0", "elm", "8"])).tolist()
    [True, True, False]
    """
    numbers = [pd.to_numeric(texts, errors="coerce").to_numpy("float64") for texts in (first, second)]
    is_equal = (first == second).fillna(value=False).to_numpy(bool)
    return is_equal | np.isclose(numbers[0], numbers[1], rtol=1e-6, atol=0)


def _rows_text(differs: np.ndarray, has_both: np.ndarray) -> str:
    return f"{differs.sum():,} of {has_both.sum():,} rows that have both"


def _example(differs: np.ndarray, row_numbers: np.ndarray, first: pa.ChunkedArray, second: pa.ChunkedArray) -> str:
    position = int(np.flatnonzero(differs)[0])
    values = [column_as_text(column.slice(position, 1)).iloc[0][:MAX_CHARACTERS] for column in (first, second)]
    return f"row {row_numbers[position]} has '{values[0]}' and '{values[1]}'"
