"""Edit requests from the field: apply each once, or report a conflict or a refusal.

The edit service of `webmap` calls `apply_edit_request`. The response is stored under the request's
idempotency key, and returned again if the same request is sent twice. See docs/decisions/0025-work-orders.md.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from math import isclose
from typing import Any

from geo.errors import BadInput, NotFound
from geo.fields import Field
from geo.forestry.work_orders import WorkType, find_work_type, follow_up_changes, values_after_work
from geo.incremental.edit_session import EditSession
from geo.schema import Layer, layer_named
from geo.store.geopackage.writes.audit_log import to_canonical_json
from geo.store.note import EditResult, Note
from geo.store.protocol import Store, WriteTransaction
from geo.store.record_change import Put, RecordChange, put_changes
from geo.store.records import PUBLIC, Actor, Record

RELATIVE_TOLERANCE = 1e-9  # for numbers that were written as text and read back
KEY_REUSED_MESSAGE = "this key was already used for another edit; give each edit a new key"


@dataclass(frozen=True, slots=True)
class EditRequest:
    """One change that somebody asks for.

    `key` is the idempotency key. `base` holds the values that the user saw, `values` those to set, both by
    field. `work` names a kind of work. `made_at` is the time on the user's device.
    """

    key: str
    layer: str
    id: str
    base: Mapping[str, Any]
    values: Mapping[str, Any]
    work: str | None = None
    note: str | None = None
    image: bytes | None = None
    made_at: datetime | None = None

    @property
    def digest(self) -> str:
        """A SHA-256 digest of all but the key. Equal requests have equal digests.

        >>> edit = ("trees", "T-1", {"condition": "fair"}, {"condition": "dead"})
        >>> digest = EditRequest("k-1", *edit).digest
        >>> digest == EditRequest("k-2", *edit).digest, digest == EditRequest("k-1", *edit, note="Fell.").digest
        (True, False)
        """
        image_digest = self.image and sha256(self.image).hexdigest()
        parts = [self.layer, self.id, dict(self.base), dict(self.values)]
        return sha256(
            to_canonical_json([*parts, self.work, self.note, image_digest, self.made_at]).encode()
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class EditResponse:
    """The response to an edit request, and whether the edit needs a full join."""

    response: Mapping[str, Any]
    needs_full_join: bool = False


class EditConflict(Exception):
    """The record has changed since it was seen. `fields` holds the three values of each field in conflict."""

    def __init__(self, fields: list[dict[str, Any]]) -> None:
        super().__init__()
        self.fields = fields


def apply_edit_request(
    store: Store, session: EditSession, request: EditRequest, *, actor: Actor, at: datetime, today: date
) -> EditResponse:
    """Apply an edit request in one transaction, together with its idempotency key.

    On a conflict or a refusal nothing is applied, and that response is stored under the key. A key that is
    already known returns its stored response. Raises StoreError if the store cannot be written.
    """
    try:
        with store.transaction(actor=actor, at=at) as transaction:
            return _previous_response(transaction, request) or _apply_request(transaction, session, request, at, today)
    except EditConflict as conflict:
        first_field, *other_fields = conflict.fields
        response = {"status": "conflict", **first_field} | ({"others": other_fields} if other_fields else {})
    except (BadInput, NotFound) as error:
        response = {"status": "refused", "reason": str(error)}
    with store.transaction(actor=actor, at=at) as transaction:
        return _previous_response(transaction, request) or _store_response(transaction, request, at, response)


def _previous_response(transaction: WriteTransaction, request: EditRequest) -> EditResponse | None:
    """Return the stored response of the key, or None. A key used for another request is refused."""
    previous = transaction.find_edit_result(request.key)
    if previous is None:
        return None
    if previous.digest != request.digest:
        return EditResponse({"key": request.key, "status": "refused", "reason": KEY_REUSED_MESSAGE})
    return EditResponse(previous.response)


def _store_response(
    transaction: WriteTransaction, request: EditRequest, at: datetime, response: Mapping[str, Any]
) -> EditResponse:
    response = json.loads(to_canonical_json({"key": request.key, **response}))  # as a repeated key gets it
    stored_at = at.isoformat()
    transaction.save_edit_result(
        EditResult(request.key, request.layer, request.id, stored_at, request.digest, response)
    )
    return EditResponse(response)


def _apply_request(
    transaction: WriteTransaction, session: EditSession, request: EditRequest, at: datetime, today: date
) -> EditResponse:
    """Apply a new request. EditConflict, BadInput and NotFound undo the transaction."""
    record = transaction.reader.get(request.layer, request.id, actor=PUBLIC)
    changes = changes_for(transaction, request, record, today)
    response: dict[str, Any] = {"status": "done"}
    needs_full_join = False
    if changes:
        result = session.apply_in_transaction(transaction, *changes, today=today)
        needs_full_join = result.full_join_reason is not None
        new_ids = [
            put_record.id
            for put_record, change in zip(result.records, put_changes(changes), strict=True)
            if not change.record.id
        ]
        response |= {"made": {"layer": "trees", "id": new_ids[0]}} if new_ids else {}
    if request.note is not None or request.image is not None or request.work is not None:
        note = Note(request.layer, request.id, at.isoformat(), _made_at_iso(request), request.work, request.note)
        saved_note = transaction.add_note(note, request.image)
        response |= {"note": saved_note.number} | (
            {} if saved_note.photo_number is None else {"photo": saved_note.photo_number}
        )
    return EditResponse(_store_response(transaction, request, at, response).response, needs_full_join)


def changes_for(transaction: WriteTransaction, request: EditRequest, record: Record, today: date) -> list[RecordChange]:
    """Return the record changes that a request asks for, ready to be made in this order.

    Raises BadInput if one of `REQUEST_CHECKS` refuses it. Raises EditConflict if a field in `base` has
    changed.
    """
    layer = layer_named(request.layer)
    work_type = None if request.work is None else find_work_type(request.work, request.layer)
    _raise_refusal(REQUEST_CHECKS, _CheckedRequest(layer, request, work_type, record))
    seen = {**record.values, **request.base}
    values = dict(request.values) if work_type is None else values_after_work(work_type, seen, request.values)
    if conflicts := _find_conflicts(request, record, values, work_type):
        raise EditConflict(conflicts)
    changed = {name: value for name, value in values.items() if not _is_same_value(record.values[name], value)}
    _raise_refusal((_unseen_field,), _CheckedRequest(layer, request, work_type, record, changed))
    changes: list[RecordChange] = [Put(layer.name, Record(record.id, record.source, changed))] if changed else []
    # The clock of a tablet may run ahead.
    day = min(request.made_at.date() if request.made_at else today, today).isoformat()
    return changes + (follow_up_changes(transaction, work_type, record, request.values, day) if work_type else [])


def _find_conflicts(
    request: EditRequest, record: Record, values: Mapping[str, Any], work_type: WorkType | None
) -> list[dict[str, Any]]:
    """Return the fields in conflict: they changed since they were seen, and not to the requested value.

    The keys are those of the API: `was` is the base, `is` the current and `yours` the proposed value.
    """
    proposed = {**values, **({"need": work_type.work} if work_type else {})}
    return [
        {"field": name, "was": base, "is": record.values[name], "yours": proposed.get(name, base)}
        for name, base in request.base.items()
        if not _is_same_value(record.values[name], base)
        and not (name in values and _is_same_value(record.values[name], values[name]))
    ]


@dataclass(frozen=True, slots=True)
class _CheckedRequest:
    """A request with the inputs of its checks. `changed` holds the values that differ from the record."""

    layer: Layer
    request: EditRequest
    work_type: WorkType | None
    record: Record
    changed: Mapping[str, Any] = field(default_factory=dict)


def _unknown_base_field(checked: _CheckedRequest) -> str | None:
    public_names = {public_field.name for public_field in checked.layer.public_fields}
    unknown = [name for name in checked.request.base if name not in public_names]
    return f"`was` names {unknown[0]!r}, which is not a public field of {checked.layer.name}" if unknown else None


def _mistyped_base_value(checked: _CheckedRequest) -> str | None:
    fields, base = checked.layer.fields_by_name, checked.request.base
    mistyped = [name for name in base if not _is_field_value(fields[name], base[name])]
    return f"`was` has a value for {mistyped[0]} that this field cannot hold" if mistyped else None


def _uneditable_field(checked: _CheckedRequest) -> str | None:
    if checked.work_type is not None:
        return None
    editable = [layer_field.name for layer_field in checked.layer.fields if layer_field.editable]
    refused = [name for name in checked.request.values if name not in editable]
    if not refused:
        return None
    return f"{refused[0]!r} cannot be edited; the fields of {checked.layer.name} to edit are: {', '.join(editable)}"


def _work_without_need(checked: _CheckedRequest) -> str | None:
    has_need = checked.work_type is None or "need" in checked.request.base
    return None if has_need else "`was` must include need, the need that the work was done for"


def _need_not_met_by_work(checked: _CheckedRequest) -> str | None:
    work_type = checked.work_type
    if work_type is None or checked.request.base["need"] in work_type.needs:
        return None
    return f"the work {work_type.work} does not fit a record with the need {checked.request.base['need']}; it fits: {', '.join(work_type.needs)}"


def _unseen_field(checked: _CheckedRequest) -> str | None:
    """Refuse to change a field that was not seen. Work shows only its need, not the text behind the need."""
    request = checked.request
    stated = checked.changed if checked.work_type is None else request.values
    unseen = [name for name in checked.changed if name in stated and name not in request.base]
    return f"`was` must include {', '.join(unseen)}: the value before the change" if unseen else None


# Each check returns the reason to refuse a request, or None. The first reason is the answer.
REQUEST_CHECKS: tuple[Callable[[_CheckedRequest], str | None], ...] = (
    _unknown_base_field,
    _mistyped_base_value,
    _uneditable_field,
    _work_without_need,
    _need_not_met_by_work,
)


def _raise_refusal(checks: Iterable[Callable[[_CheckedRequest], str | None]], checked: _CheckedRequest) -> None:
    for check in checks:
        if reason := check(checked):
            raise BadInput(reason)


def _is_field_value(field: Field, value: Any) -> bool:
    """Return whether a value has the type of a field, or is unknown.

    >>> dbh_in = layer_named("trees").fields_by_name["dbh_in"]
    >>> _is_field_value(dbh_in, 12.5), _is_field_value(dbh_in, None), _is_field_value(dbh_in, "12.5")
    (True, True, False)
    """
    if field.kind in {"integer", "real"}:
        return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    return value is None or isinstance(value, bool if field.kind == "flag" else str)


def _is_same_value(left: Any, right: Any) -> bool:
    """Return whether two values of a field are equal. An empty text is unknown, and flags are not numbers.

    >>> _is_same_value(12, 12.0), _is_same_value(None, ""), _is_same_value(True, 1), _is_same_value("dead", "fair")
    (True, True, False, False)
    """
    left, right = (None if value == "" else value for value in (left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return isclose(left, right, rel_tol=RELATIVE_TOLERANCE)
    return bool(left == right)


def _made_at_iso(request: EditRequest) -> str | None:
    return None if request.made_at is None else request.made_at.isoformat()
