"""One assignment of all columns to all fields, with the best total score.

`recognize` calls `assign_columns`. The assignment is that of Kuhn (1955), as `scipy.optimize.linear_sum_assignment` solves it.
"""

import numpy as np

from geo.ingest.recognition.column_scores import ScoreTable

MIN_TOTAL = 0.3  # a lower score is no recognition
HIGH, MEDIUM, LOW = "high", "medium", "low"
MIN_HIGH_TOTAL, MIN_MEDIUM_TOTAL = 0.78, 0.5
MIN_HIGH_FIT = 0.25  # of the contents
MIN_HIGH_MARGIN = 0.08  # to the next best column of the same field


def assign_columns(table: ScoreTable) -> dict[str, str]:
    """Return the column of each field. Each column serves one field, and each field has one column at most.

    >>> scores = ScoreTable(("A", "B"), ("species", "common"), np.array([[0.9, 0.8], [0.7, 0.1]]), {})
    >>> assign_columns(scores)
    {'common': 'A', 'species': 'B'}
    """
    if not table.totals.size:
        return {}
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - half a second, and known files need none

    rows, columns = linear_sum_assignment(-np.where(table.totals >= MIN_TOTAL, table.totals, 0.0))
    return {
        table.fields[field]: table.columns[column]
        for column, field in zip(rows.tolist(), columns.tolist(), strict=True)
        if table.totals[column, field] >= MIN_TOTAL
    }


def confidence_of(table: ScoreTable, field: str, column: str, columns_in_use: set[str]) -> tuple[str, str | None]:
    """Return how sure a column is, and the next best column of the field that is nearly as good, or None.

    High needs a name that says it, contents that agree, and no other column as good.

    >>> from geo.ingest.recognition.column_scores import ColumnScore
    >>> scores = {("A", "species"): ColumnScore(1.0, 1.0, 1.0), ("B", "species"): ColumnScore(1.0, 0.9, 0.97)}
    >>> table = ScoreTable(("A", "B"), ("species",), np.array([[1.0], [0.97]]), scores)
    >>> confidence_of(table, "species", "A", {"A"})
    ('low', 'B')
    """
    score = table.scores[column, field]
    field_index = table.fields.index(field)
    others = [
        (float(table.totals[index, field_index]), name)
        for index, name in enumerate(table.columns)
        if name != column and name not in columns_in_use
    ]
    next_total, next_column = max(others, default=(0.0, None))
    rival = next_column if next_total >= MIN_TOTAL and score.total - next_total < MIN_HIGH_MARGIN else None
    if rival is not None:
        return LOW, rival
    if score.total >= MIN_HIGH_TOTAL and score.contents >= MIN_HIGH_FIT:
        return HIGH, None
    return (MEDIUM if score.total >= MIN_MEDIUM_TOTAL else LOW), None
