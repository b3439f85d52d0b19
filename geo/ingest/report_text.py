"""Values and row numbers as a load report shows them: cut short, and as ranges.

`RowNotes` and the cleaning steps call it.
"""

import numpy as np
import pandas as pd


def clip_values(values: pd.Series) -> pd.Series:
    """Return values as text, cut to 60 characters for a report.

    >>> clip_values(pd.Series(["Oak Ave", "x" * 100])).str.len().tolist()
    [7, 60]
    """
    text = values.astype("str")
    return text.str.slice(0, 60).where(text.str.len() <= 60, text.str.slice(0, 57) + "...")


def format_row_spans(row_numbers: np.ndarray, file_names: np.ndarray | None = None) -> str:
    """Return rows' numbers as ranges, grouped by file if `file_names` `(n,)` is given.

    >>> format_row_spans(np.array([1, 2, 3, 7, 9, 10]))
    '1-3, 7, 9-10'
    >>> format_row_spans(np.array([1, 2, 1]), np.array(["a.csv", "a.csv", "b.csv"]))
    'a.csv: 1-2; b.csv: 1'
    """
    if file_names is not None:
        names = dict.fromkeys(file_names)
        return "; ".join(f"{name}: {format_row_spans(row_numbers[file_names == name])}" for name in names)
    starts = np.flatnonzero(np.diff(row_numbers, prepend=row_numbers[0] - 2) != 1)
    ends = np.append(starts[1:], len(row_numbers)) - 1
    pairs = zip(row_numbers[starts].tolist(), row_numbers[ends].tolist(), strict=True)
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in pairs)
