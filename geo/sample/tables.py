"""Tables of the sample: columns of plain Python values, None where unknown."""

from collections.abc import Mapping, Sequence

import numpy as np

Table = dict[str, np.ndarray]  # one object array for each column, all of one length


def objects(columns: Mapping[str, np.ndarray | Sequence | str | None]) -> Table:
    """Make a table; a single value stands for the whole column."""
    long = max(len(c) for c in columns.values() if isinstance(c, np.ndarray | list))
    return {name: _column(column, long) for name, column in columns.items()}


def _column(values: np.ndarray | Sequence | str | None, long: int) -> np.ndarray:
    column = np.empty(long, dtype=object)
    column[:] = values if isinstance(values, np.ndarray | list) else [values] * long
    return column


def known(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Keep values where `mask` is true, None elsewhere.

    >>> known(np.array([1, 2]), np.array([True, False])).tolist()
    [1, None]
    """
    kept = values.astype(object)
    kept[~mask] = None
    return kept


def drawn(rng: np.random.Generator, count: int, options: Mapping[str | None, float]) -> np.ndarray:
    """Draw texts by their weights."""
    weights = np.array([*options.values()], dtype="float64")
    which = rng.choice(len(weights), count, p=weights / weights.sum())
    return np.array([*options], dtype=object)[which]


def dates(days: np.ndarray) -> np.ndarray:
    """Write days since 1970-01-01 as ISO text.

    >>> dates(np.array([0, 17_113])).tolist()
    ['1970-01-01', '2016-11-08']
    """
    return np.datetime_as_string(days.astype("datetime64[D]")).astype(object)


def day(text: str) -> int:
    """Count the days from 1970-01-01 to an ISO date."""
    return int(np.datetime64(text, "D").astype(int))


def rows(table: Table, which: np.ndarray) -> Table:
    """Take some rows."""
    return {name: column[which] for name, column in table.items()}
