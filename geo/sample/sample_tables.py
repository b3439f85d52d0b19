"""Tables of the sample: dicts of columns with plain Python values, None where unknown."""

from collections.abc import Mapping, Sequence

import numpy as np

Table = dict[str, np.ndarray]  # one object array for each column, all of the same length


def make_table(columns: Mapping[str, np.ndarray | Sequence | str | None]) -> Table:
    """Return a table of object columns. A single value fills a whole column.

    >>> table = make_table({"id": ["01-L1", "01-L2"], "kind": "park"})
    >>> table["kind"].tolist()
    ['park', 'park']
    """
    row_count = max(len(values) for values in columns.values() if isinstance(values, np.ndarray | list))
    return {name: _object_column(column, row_count) for name, column in columns.items()}


def _object_column(values: np.ndarray | Sequence | str | None, row_count: int) -> np.ndarray:
    column = np.empty(row_count, dtype=object)
    column[:] = values if isinstance(values, np.ndarray | list) else [values] * row_count
    return column


def unknown_unless(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return `values` `(n,)` as objects, None where `mask` is false.

    >>> unknown_unless(np.array([1, 2]), np.array([True, False])).tolist()
    [1, None]
    """
    result = values.astype(object)
    result[~mask] = None
    return result


def draw_weighted(rng: np.random.Generator, count: int, options: Mapping[str | None, float]) -> np.ndarray:
    """Draw `count` of the options by their weights, which need not add up to 1.

    >>> draw_weighted(np.random.default_rng(1), 3, {"open": 1.0, "closed": 0.0}).tolist()
    ['open', 'open', 'open']
    """
    weights = np.array([*options.values()], dtype="float64")
    indices = rng.choice(len(weights), count, p=weights / weights.sum())
    return np.array([*options], dtype=object)[indices]


def iso_dates(days: np.ndarray) -> np.ndarray:
    """Return days since 1970-01-01 as ISO dates.

    >>> iso_dates(np.array([0, 17_113])).tolist()
    ['1970-01-01', '2016-11-08']
    """
    return np.datetime_as_string(days.astype("datetime64[D]")).astype(object)


def days_since_epoch(text: str) -> int:
    """Return the number of days from 1970-01-01 to an ISO date.

    >>> days_since_epoch("2016-11-08")
    17113
    """
    return int(np.datetime64(text, "D").astype(int))


def take_rows(table: Table, row_indices: np.ndarray) -> Table:
    """Return the rows of a table at these indices.

    >>> take_rows(make_table({"id": ["a", "b", "c"]}), np.array([2, 0]))["id"].tolist()
    ['c', 'a']
    """
    return {name: column[row_indices] for name, column in table.items()}
