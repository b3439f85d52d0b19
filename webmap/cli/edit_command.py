"""The command `edit`: records changed, added, moved or deleted one by one.

`webmap.cli.main.LazyGroup` imports it. `webmap.cli.edit_files` reads the files of `--put`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from geo.errors import BadInput
from geo.incremental.edit_session import AppliedEdits, EditSession
from geo.schema import LAYERS, Layer, layer_named
from geo.store.protocol import Store, WriteTransaction
from geo.store.record_change import Delete, Put, RecordChange
from geo.store.records import OPERATOR, Actor, Record
from webmap.cli.options import console, help_epilog, open_workspace, workspace_option
from webmap.clock import now, today

if TYPE_CHECKING:
    from webmap.cli.edit_files import PlannedPut

MAX_SHOWN_RECORDS = 12  # changed records that are printed one by one


@click.command(
    epilog=help_epilog(
        "edit trees T-1041 override_parcel_id=10E620112",
        "edit trees T-1041 condition=dead maintenance=",
        "edit trees --put planted.geojson",
        "edit parcels --delete 10E620112 --put two-halves.geojson",
        layers=True,
    )
)
@click.argument("layer")
@click.argument("record", required=False)
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE…]")
@workspace_option
@click.option(
    "--put",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A GeoJSON file of records to add or change. Each feature needs an id. May be repeated.",
)
@click.option("--delete", "deleted_ids", multiple=True, metavar="ID", help="A record to delete. May be repeated.")
def edit(
    layer: str,
    record: str | None,
    values: tuple[str, ...],
    workspace: Path,
    files: tuple[Path, ...],
    deleted_ids: tuple[str, ...],
) -> None:
    """Change, add, move or delete single records of LAYER.

    RECORD is an id. An empty value means unknown. With --put, a feature with a known id changes that
    record: fields that it lacks stay, and a new geometry moves it. A feature with a new id is added.
    --delete is done first. All changes are made, or none.

    Edits survive every reload. If a file later changes the same value, `lotleaf status` shows both.
    """
    layer_def = layer_named(layer)
    if (record is not None) == bool(files or deleted_ids) or (record is not None and not values):
        raise BadInput(
            "name one record and its new values, such as T-1041 condition=dead; "
            "or use --put FILE to add and change records, and --delete ID to delete them"
        )
    with open_workspace(workspace) as store:
        if record is not None:
            _change_record(store, layer_def, record, values)
        else:
            _put_and_delete(store, layer_def, files, list(dict.fromkeys(deleted_ids)))


def _change_record(store: Store, layer: Layer, id_: str, values: tuple[str, ...]) -> None:
    """Change values of one record, and print each change."""
    if any("=" not in value for value in values):
        raise BadInput("give each new value as FIELD=VALUE, such as condition=dead or override_parcel_id=none")
    changes = {name: value_text or None for name, value_text in (value.split("=", 1) for value in values)}
    _refuse_unknown_fields(layer, changes)
    before = store.get(layer.name, id_, actor=OPERATOR)
    result, rejoined_counts = _apply_changes(store, [Put(layer.name, Record(id_, before.source, changes))])
    for line in _describe_changes(layer, before, result.records[0]) or ["no change"]:
        console.print(f"{layer.name} {id_}: {line}", markup=False)
    _join_if_needed(store, result, rejoined_counts)


def _put_and_delete(store: Store, layer: Layer, files: tuple[Path, ...], deleted_ids: list[str]) -> None:
    """Delete records and put those of files in one transaction, and print the changes."""
    from webmap.cli.edit_files import plan_puts

    for id_ in deleted_ids:
        store.get(layer.name, id_, actor=OPERATOR)
    planned_puts, remarks = plan_puts(store, layer, files, deleted_ids) if files else ([], [])
    effective_puts = [planned_put for planned_put in planned_puts if planned_put.has_changes]
    changes: list[RecordChange] = [Delete(layer.name, id_) for id_ in deleted_ids]
    changes += [planned_put.put for planned_put in effective_puts]
    result, rejoined_counts = _apply_changes(store, changes) if changes else (AppliedEdits([], None), Counter())
    described_puts = [
        (planned_put.put, _describe_changes(LAYERS[planned_put.put.layer], planned_put.before, record))
        for planned_put, record in zip(effective_puts, result.records, strict=True)
        if planned_put.before is not None
    ]
    _print_summary(layer, planned_puts, [(put, lines) for put, lines in described_puts if lines], len(deleted_ids))
    for remark in remarks:
        console.print(f"  {remark}", markup=False)
    _join_if_needed(store, result, rejoined_counts)


def _apply_changes(store: Store, changes: Sequence[RecordChange]) -> tuple[AppliedEdits, Counter[str]]:
    """Apply edits. Returns their result, and the number of rejoined rows in each layer."""
    recording_store = _RecordingStore(store)
    session = EditSession(cast("Store", recording_store))  # a session uses only the transactions of its store
    result = session.apply_edits(*changes, actor=OPERATOR, at=now(), today=today())
    return result, Counter(layer for layer, _ in recording_store.joined_rows)


def _join_if_needed(store: Store, result: AppliedEdits, rejoined_counts: Counter[str]) -> None:
    """Print the number of rejoined rows. Runs the full join if the edit needs it."""
    from webmap.cli.load_commands import run_join

    if result.full_join_reason:
        console.print(f"running the full join: {result.full_join_reason}", markup=False)
        run_join(store, today())
        return
    per_layer = ", ".join(f"{name} {rejoined_counts[name]:,}" for name in LAYERS if rejoined_counts[name])
    message = f"joined {rejoined_counts.total():,} affected rows ({per_layer})"
    console.print(message if rejoined_counts else "no joined value depends on it", markup=False)


def _print_summary(
    layer: Layer,
    planned_puts: Sequence["PlannedPut"],
    described_puts: Sequence[tuple[Put, list[str]]],
    deleted_count: int,
) -> None:
    """Print how many records were added, changed and deleted in each layer, and their changes."""
    total_counts = Counter(planned_put.put.layer for planned_put in planned_puts)
    new_counts = Counter(planned_put.put.layer for planned_put in planned_puts if planned_put.before is None)
    changed_counts = Counter(put.layer for put, _ in described_puts)
    for name in dict.fromkeys((layer.name, *total_counts)):
        unchanged, deleted = (
            total_counts[name] - new_counts[name] - changed_counts[name],
            deleted_count if name == layer.name else 0,
        )
        console.print(
            f"{name}: {new_counts[name]:,} new, {changed_counts[name]:,} changed, {unchanged:,} unchanged, {deleted:,} deleted",
            markup=False,
        )
    for put, lines in described_puts[:MAX_SHOWN_RECORDS]:
        console.print(f"  {put.layer} {put.record.id}: {'; '.join(lines)}", markup=False)
    if len(described_puts) > MAX_SHOWN_RECORDS:
        console.print(f"  … and {len(described_puts) - MAX_SHOWN_RECORDS:,} more", markup=False)


def _refuse_unknown_fields(layer: Layer, changes: Mapping[str, Any]) -> None:
    """Raise BadInput for a name that is not a field of the layer."""
    if unknown_fields := [name for name in changes if name not in layer.fields_by_name]:
        editable_fields = ", ".join(field.name for field in layer.fields if field.editable) or "none"
        raise BadInput(
            f"{layer.name}: there is no field {unknown_fields[0]}; the fields to edit of rows from files are: {editable_fields}"
        )


def _describe_changes(layer: Layer, before: Record, after: Record) -> list[str]:
    """Return a line for each changed field, and one for a move. Private values are not shown.

    >>> before, after = (dict.fromkeys(LAYERS["trees"].fields_by_name) for _ in range(2))
    >>> after |= {"condition": "dead", "notes": "call owner first"}
    >>> _describe_changes(LAYERS["trees"], Record("T-1041", "", before), Record("T-1041", "", after))
    ['condition unknown -> dead', 'notes changed']
    """
    lines = []
    for field in layer.fields:
        value_before, value_after = before.values[field.name], after.values[field.name]
        if value_before != value_after:
            change = "changed" if field.private else f"{_value_text(value_before)} -> {_value_text(value_after)}"
            lines.append(f"{field.name} {change}")
    return lines + ["moved"] * (before.wkb != after.wkb)


def _value_text(value: Any) -> str:
    return "unknown" if value is None else str(value)


class _RecordingStore:
    """A store that records the layer and id of each joined row that its transactions write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.joined_rows: set[tuple[str, str]] = set()

    @contextmanager
    def transaction(self, *, actor: Actor, at: datetime) -> Iterator[WriteTransaction]:
        """Open a write transaction that records joined rows."""
        with self._store.transaction(actor=actor, at=at) as transaction:
            yield cast("WriteTransaction", _RecordingTransaction(transaction, self.joined_rows))


class _RecordingTransaction:
    """A write transaction that records the joined rows that it writes."""

    def __init__(self, transaction: WriteTransaction, joined_rows: set[tuple[str, str]]) -> None:
        self._transaction, self._joined_rows = transaction, joined_rows

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the wrapped transaction."""
        return getattr(self._transaction, name)

    def update_joined_values(self, layer: str, values_by_id: Mapping[str, Mapping[str, Any]]) -> None:
        """Write joined values, and record their rows."""
        self._joined_rows.update((layer, id_) for id_ in values_by_id)
        self._transaction.update_joined_values(layer, values_by_id)
