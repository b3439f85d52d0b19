"""Apply changes to records and join the affected rows, in one transaction.

`EditSession` calls `apply_edits`, or `write_changes` where an incremental join is impossible.
"""

from collections.abc import Mapping, Sequence

from geo.incremental.address_dependents import find_dependents_of_address_points
from geo.incremental.dependents import find_dependents
from geo.incremental.edit_context import EditContext
from geo.incremental.neighbors import NeedsFullJoin
from geo.incremental.recompute_canopy import read_crowns, recompute_canopy, recompute_crowns
from geo.incremental.recompute_counts import recompute_counts
from geo.incremental.recompute_parcels import ParcelChanges, read_parcels, recompute_parcels
from geo.incremental.recompute_placement import (
    read_address_points,
    read_inspections,
    read_trees_and_sites,
    recompute_address_points,
    recompute_inspections,
    recompute_trees_and_sites,
)
from geo.incremental.record_diff import RecordDiff, RowValues, diff_records, find_newly_reached_parcels
from geo.incremental.row_layer import RowLayer
from geo.incremental.town_totals import (
    TownCoverage,
    contribution_of_record,
    find_coverage_change,
    update_parcel_totals,
    update_town_totals,
)
from geo.projected_layer import Columns
from geo.store.protocol import WriteTransaction
from geo.store.record_change import Delete, RecordChange, put_changes
from geo.store.records import Record

PLACED_LAYERS = ("trees", "sites", "inspections")  # layers with a placement
INCREMENTAL_LAYERS = (*PLACED_LAYERS, "parcels", "canopy", "addresses")  # layers with incremental joins
PARCEL_REFERENCE_FIELDS = ("frontage_parcel_id", "inside_parcel_id", "parcel_id")  # joined fields that name a parcel
COUNTED_FIELDS = (*PARCEL_REFERENCE_FIELDS, "need", "tree_id", "condition", "status", "inspected_on", "due_on")


def apply_edits(
    transaction: WriteTransaction, context: EditContext, changes: Sequence[RecordChange]
) -> tuple[list[Record], str | None]:
    """Apply changes and join the rows that they affect.

    Returns the records that were put. Returns also the reason for a full join, or None if none is needed.
    """
    ids = {
        layer: {_changed_id(record_change) for record_change in changes if record_change.layer == layer}
        for layer in INCREMENTAL_LAYERS
    }
    before = _read_records(transaction, context, ids)
    records = write_changes(transaction, changes)
    for change, record in zip(put_changes(changes), records, strict=True):
        ids[change.layer].add(record.id)
    try:
        return records, rejoin_affected(transaction, context, before, ids)
    except NeedsFullJoin as reason:
        return records, str(reason)


def write_changes(transaction: WriteTransaction, changes: Sequence[RecordChange]) -> list[Record]:
    """Write changes without joining. Returns the records that were put."""
    records = []
    for change in changes:
        if isinstance(change, Delete):
            transaction.delete(change.layer, change.id)
        else:
            records.append(transaction.put(change.layer, change.record))
    return records


def rejoin_affected(
    transaction: WriteTransaction, context: EditContext, before: Mapping[str, RowLayer], ids: Mapping[str, set[str]]
) -> str | None:
    """Join the edited records and all that depend on them.

    `before` holds the records as they were, `ids` the edited ids of each layer. Returns the reason for a
    full join, or None.
    """
    coverage = TownCoverage(transaction, context.surveys)
    parcel_changes, gains = recompute_parcels(transaction, context, before["parcels"], ids["parcels"])
    if ids["parcels"]:
        update_parcel_totals(transaction, context, gains)
        context.address_index.mark_changed(ids["parcels"])
    canopy_ground_ids = (
        recompute_crowns(transaction, context, before["canopy"], ids["canopy"]) | parcel_changes.ground_ids
    )
    after = _read_affected_records(transaction, context, before, ids, parcel_changes)
    diffs = _recompute_placements(transaction, context, before, after)
    contributions_before, contributions_after = (
        [contribution_of_record(*row, context.surveys) for row in rows] for rows in _rows_before_and_after(diffs)
    )
    reason = find_coverage_change(transaction, context.surveys, contributions_before, contributions_after)
    if reason is None:
        update_town_totals(transaction, context, contributions_before, contributions_after)
        ground_ids = _affected_ground_ids(transaction, diffs) | find_newly_reached_parcels(
            transaction, context, diffs[:2], parcel_changes.before
        )
        transaction.update_joined_values(
            "parcels", recompute_counts(transaction, context, coverage, ground_ids | parcel_changes.ground_ids)
        )
        transaction.update_joined_values("parcels", recompute_canopy(transaction, context, coverage, canopy_ground_ids))
    return reason


def _read_affected_records(
    transaction: WriteTransaction,
    context: EditContext,
    before: Mapping[str, RowLayer],
    ids: Mapping[str, set[str]],
    parcel_changes: ParcelChanges,
) -> dict[str, RowLayer]:
    """Read the trees, sites and inspections that were edited, or may depend on edited parcels or address points."""
    by_address_point = _rejoin_address_points(transaction, context, before["addresses"], ids["addresses"])
    by_parcel = find_dependents(transaction, context, parcel_changes)
    affected_ids = {
        layer: ids[layer] | set(before[layer].values("id")) | by_parcel[layer] | by_address_point[layer]
        for layer in PLACED_LAYERS
    }
    return _read_records(transaction, context, affected_ids)


def _rejoin_address_points(
    transaction: WriteTransaction, context: EditContext, before: RowLayer, ids: set[str]
) -> dict[str, set[str]]:
    """Join edited address points to their towns. Returns the ids of records, by layer, that may depend on them."""
    after = read_address_points(transaction, context, ids)
    ids_by_layer = find_dependents_of_address_points(transaction, context, before, after)
    recompute_address_points(transaction, context, after)
    if ids:
        context.address_index.mark_changed({*before.values("parcel_id"), *after.values("parcel_id")})
    return ids_by_layer


def _recompute_placements(
    transaction: WriteTransaction, context: EditContext, before: Mapping[str, RowLayer], after: Mapping[str, RowLayer]
) -> list[RecordDiff]:
    """Place records again, and write the joined values that differ."""
    joined_values: dict[str, Columns] = {}
    if len(after["trees"]) or len(after["sites"]):
        joined_values |= recompute_trees_and_sites(transaction, context, after["trees"], after["sites"])
    if len(after["inspections"]):
        joined_values |= {"inspections": recompute_inspections(transaction, context, after["inspections"])}
    diffs = [diff_records(before[layer], after[layer], joined_values.get(layer, {})) for layer in PLACED_LAYERS]
    for diff in diffs:
        transaction.update_joined_values(diff.layer, diff.changed_values)
    return diffs


def _changed_id(change: RecordChange) -> str:
    return change.id if isinstance(change, Delete) else change.record.id


def _read_records(
    transaction: WriteTransaction, context: EditContext, ids: Mapping[str, set[str]]
) -> dict[str, RowLayer]:
    """Read records with their joined values, each tree with its site and each site with its trees."""
    trees, sites = read_trees_and_sites(transaction, context, ids["trees"], ids["sites"])
    layers = {"trees": trees, "sites": sites}
    readers = {
        "inspections": read_inspections,
        "parcels": read_parcels,
        "canopy": read_crowns,
        "addresses": read_address_points,
    }
    return layers | {
        layer: read_records(transaction, context, ids[layer]) for layer, read_records in readers.items() if layer in ids
    }


def _rows_before_and_after(
    diffs: Sequence[RecordDiff],
) -> tuple[list[tuple[str, RowValues]], list[tuple[str, RowValues]]]:
    """Return the records before and after the edit, each with its layer."""
    rows_before = [(diff.layer, row) for diff in diffs for row in diff.rows_before.values()]
    return rows_before, [(diff.layer, row) for diff in diffs for row in diff.rows_after.values()]


def _affected_ground_ids(transaction: WriteTransaction, diffs: Sequence[RecordDiff]) -> set[str]:
    """Return the ground parcels of records that count differently after the edit."""
    parcel_ids = {
        row[name]
        for diff in diffs
        for id_ in diff.rows_before.keys() | diff.rows_after.keys()
        for row in _rows_counted_differently(diff, id_)
        for name in PARCEL_REFERENCE_FIELDS
        if row.get(name) is not None
    }
    parcel_rows = transaction.rows_where_in("parcels", "id", sorted(parcel_ids), ("ground_id",), with_geometry=False)
    return {row[2] for row in parcel_rows.rows}


def _rows_counted_differently(diff: RecordDiff, id_: str) -> list[RowValues]:
    """Return a record before and after the edit if it counts differently, else an empty list."""
    before, after = diff.rows_before.get(id_, {}), diff.rows_after.get(id_, {})
    is_same = all(before.get(name) == after.get(name) for name in COUNTED_FIELDS)
    return [] if is_same else [before, after]
