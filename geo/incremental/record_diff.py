"""Records of a layer before and after an edit, and the parcels that the survey newly reaches.

`geo.incremental.apply_edits` calls `diff_records` and `find_newly_reached_parcels`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from geo.geometry_column import is_missing_point
from geo.incremental.edit_context import EditContext
from geo.incremental.neighbors import build_row_layer, read_by_ids
from geo.incremental.row_layer import RowLayer, merge_rows
from geo.incremental.survey_reach import LOCATION_FIELDS, ground_ids_within_reach, is_interior_to_survey, survey_points
from geo.projected_layer import Columns
from geo.store.protocol import WriteTransaction
from geo.store.records import RowSet

RowValues = dict[str, Any]
MetricPoint = tuple[float, float]  # meters, nan without a point


@dataclass(frozen=True)
class RecordDiff:
    """The affected records of a layer before and after an edit.

    `rows_before` and `rows_after` hold all values by id. `changed_values` holds the joined values that
    differ.
    """

    layer: str
    layer_before: RowLayer
    layer_after: RowLayer
    rows_before: dict[str, RowValues]
    rows_after: dict[str, RowValues]
    changed_values: dict[str, RowValues]


def diff_records(before: RowLayer, after: RowLayer, joined_values: Columns) -> RecordDiff:
    """Compare the joined values of records before the edit with new ones.

    `joined_values` are columns in the order of `after`. A record that was never joined has no row before.
    """
    columns = {name: column_to_python(column) for name, column in joined_values.items()}
    rows_before, rows_after, changed_values = {row["id"]: row for row in row_dicts(before)}, {}, {}
    for index, row in enumerate(row_dicts(after)):
        values = {name: column[index] for name, column in columns.items()}
        rows_after[row["id"]] = row | values
        if row["placed_by"] is not None:  # None: never joined
            rows_before.setdefault(row["id"], row)
        differences = {name: value for name, value in values.items() if value != row[name]}
        if differences or row["placed_by"] is None:
            changed_values[row["id"]] = differences
    return RecordDiff(after.layer.name, before, after, rows_before, rows_after, changed_values)


def find_newly_reached_parcels(
    transaction: WriteTransaction, context: EditContext, diffs: Sequence[RecordDiff], former_parcels: RowLayer
) -> set[str]:
    """Return the ground parcels that gain or lose coverage by the survey.

    They are near a point that a record left or came to, with no other records all around. `former_parcels`
    are the edited parcels before the edit.
    """
    edited_ids = {id_ for diff in diffs for id_ in (*diff.rows_before, *diff.rows_after)}
    ground_ids: set[str] = set()
    for diff in diffs:
        for point in _changed_points(transaction, context, diff, former_parcels) if edited_ids else ():
            if not is_interior_to_survey(transaction, context, np.array(point), edited_ids):
                ground_ids |= ground_ids_within_reach(transaction, context, np.array(point))
    return ground_ids


def _changed_points(
    transaction: WriteTransaction, context: EditContext, diff: RecordDiff, former_parcels: RowLayer
) -> set[MetricPoint]:
    """Return the points in meters that a record left or came to."""
    points_after = _survey_points_by_id(transaction, context, diff.layer_after, diff.rows_after)
    points_before = _survey_points_by_id(transaction, context, diff.layer_before, diff.rows_before, former_parcels)
    other_rows_before = {
        id_: row for id_, row in diff.rows_before.items() if id_ not in set(diff.layer_before.values("id"))
    }
    points_before |= _survey_points_by_id(transaction, context, diff.layer_after, other_rows_before, former_parcels)
    point_pairs = (
        {points_before.get(id_), points_after.get(id_)}
        for id_ in points_before.keys() | points_after.keys()
        if points_before.get(id_) != points_after.get(id_)
    )
    return {point for pair in point_pairs for point in pair if point is not None}


def _survey_points_by_id(
    transaction: WriteTransaction,
    context: EditContext,
    records: RowLayer,
    rows_by_id: dict[str, RowValues],
    former_parcels: RowLayer | None = None,
) -> dict[str, MetricPoint]:
    """Return the survey point in meters of each record in `rows_by_id` that has one."""
    if not rows_by_id or not len(records):
        return {}
    parcel_references = [rows_by_id.get(id_, {}).get("frontage_parcel_id") for id_ in records.values("id")]
    parcel_ids = np.array([*parcel_references, None], object)[:-1]
    fallback_parcel_ids = {
        parcel_id for parcel_id in parcel_ids[is_missing_point(records.points)] if parcel_id is not None
    }
    former_rows = [] if former_parcels is None else former_parcels.to_rows().rows
    geometry_rows = RowSet((), [(row[0], row[1], row[-1]) for row in former_rows])
    parcels = build_row_layer(
        "parcels", merge_rows(read_by_ids(transaction, "parcels", fallback_parcel_ids, ()), geometry_rows), context
    )
    points = survey_points(records, parcel_ids, parcels, LOCATION_FIELDS[records.layer.name]).tolist()
    id_points = zip(records.values("id"), map(tuple, points), strict=True)
    return {id_: point for id_, point in id_points if id_ in rows_by_id and not isnan(point[0])}


def row_dicts(layer: RowLayer) -> list[RowValues]:
    """Return the rows of a layer as dicts of values by field name."""
    names, columns = (list(layer.column_values), [column.tolist() for column in layer.column_values.values()])
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def column_to_python(column: np.ndarray) -> list[Any]:
    """Return a column as a list of Python values, None where unknown.

    >>> column_to_python(np.array([1.5, np.nan])), column_to_python(np.array(["oak", None], object))
    ([1.5, None], ['oak', None])
    """
    values = column.tolist()
    return [None if isinstance(value, float) and isnan(value) else value for value in values]
