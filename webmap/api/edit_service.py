"""The edit service: it parses edits from JSON and applies them one after another.

`webmap.api.edit_routes.submit_edits` calls `EditService.apply_edits`, the entry point.
"""

import json
import logging
import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from math import isfinite
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, NoReturn
from unicodedata import category

from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from geo.edits.edit_request import EditRequest, apply_edit_request
from geo.errors import BadInput, GeoError
from geo.forestry.work_orders import WORK_TYPES
from geo.incremental.edit_session import EditSession
from geo.schema import LAYERS
from geo.store.edit_validation import MAX_TEXT_LENGTH
from geo.store.note import NOTE_LAYERS
from geo.store.protocol import Store
from geo.store.records import Actor
from geo.workspace import join_workspace
from webmap import param_values
from webmap.api import photos
from webmap.auth.local_only import MAX_BODY_BYTES
from webmap.clock import now, today

MAX_EDITS = 50  # in one request
MAX_PHOTO_BYTES = 4_000_000  # bytes of all photos in one request
MAX_FIELDS = 40  # no layer has more editable fields
MAX_NUMBER = 1e15  # larger numbers lose digits in JSON
MAX_QUEUED_REQUESTS = 2  # one in progress, the others waiting
RETRY_AFTER_S = 2
LOCAL_ACTOR = Actor("local")  # anyone at this machine, until there are accounts
KEY_PATTERN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
EDIT_MEMBERS = ("key", "layer", "id", "was", "set", "work", "note", "photo", "made_at")
ZERO_WIDTH_JOINERS = "\u200c\u200d"  # they join characters, as in emoji
ALLOWED_TO_SPACE = str.maketrans(dict.fromkeys("\r\n\t" + ZERO_WIDTH_JOINERS, " "))
TOO_MANY_EDITS = "Other edits are being saved. Send these again in a few seconds."
EDIT_FAILED = "Something went wrong on the server and was logged. This edit was not saved. You can send it again."

log = logging.getLogger(__name__)

JsonObject = Mapping[str, Any]


def parse_edits(body: bytes) -> list[EditRequest | JsonObject]:
    """Parse the edits in a request body, in order. A malformed edit becomes a refusal with its reason.

    Raises BadInput when the body is not a list of edits. Raises RequestEntityTooLarge for too many
    bytes of photos.

    >>> parse_edits(b'{"edits": [{"key": "K1", "layer": "trees"}]}')
    [{'key': None, 'status': 'refused', 'reason': 'key must be a UUID, a new one for each edit'}]
    """
    document = _parse_json(body)
    if not isinstance(document, dict) or set(document) != {"edits"} or not isinstance(document["edits"], list):
        raise BadInput('the body must be {"edits": [...]}')
    edits = document["edits"]
    if not 1 <= len(edits) <= MAX_EDITS:
        raise BadInput(f"send 1 to {MAX_EDITS} edits at once, not {len(edits)}")
    photo_texts = [edit.get("photo") for edit in edits if isinstance(edit, dict)]
    if sum(len(photo) for photo in photo_texts if isinstance(photo, str)) * 3 // 4 > MAX_PHOTO_BYTES:
        raise RequestEntityTooLarge(f"At most {MAX_PHOTO_BYTES:,} bytes of photos can be sent at once. Send fewer.")
    return [_parse_edit(edit) for edit in edits]


def _parse_json(body: bytes) -> Any:
    """Parse strict JSON: UTF-8, no repeated member, no NaN or infinity, limited nesting."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_unique_members, parse_constant=_refuse_constant)
    except RecursionError:
        raise BadInput("the edits are nested too deeply") from None
    except ValueError as error:
        raise BadInput(f"the edits cannot be read as JSON: {error}"[: param_values.MAX_VALUE_LENGTH]) from None


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is repeated")
    return members


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _parse_edit(edit: Any) -> EditRequest | JsonObject:
    """Return one edit, or its refusal. The refusal repeats only a valid key.

    >>> edit = {"key": "0b9f6a52-6d38-4b8e-9a37-51d7c53a1d10", "layer": "trees", "id": "T-1041"}
    >>> _parse_edit(edit | {"set": {"condition": "dead"}}).values
    {'condition': 'dead'}
    """
    key = edit.get("key") if isinstance(edit, dict) else None
    key = key.lower() if isinstance(key, str) and KEY_PATTERN.fullmatch(key) else None
    try:
        return _to_edit_request(edit, key)
    except BadInput as error:
        return {"key": key, "status": "refused", "reason": str(error)}


def _to_edit_request(edit: Any, key: str | None) -> EditRequest:
    if not isinstance(edit, dict):
        raise BadInput("an edit must be a JSON object")
    if unknown_members := [name for name in edit if name not in EDIT_MEMBERS]:
        raise BadInput(f"an edit has no member {unknown_members[0][:40]!a}; the members are: {', '.join(EDIT_MEMBERS)}")
    if key is None:
        raise BadInput("key must be a UUID, a new one for each edit")
    layer, id_ = (_text_member(edit, name, max_length=param_values.MAX_VALUE_LENGTH) for name in ("layer", "id"))
    if layer is None or layer not in NOTE_LAYERS:
        raise BadInput(f"layer must be one of {', '.join(NOTE_LAYERS)}")
    if id_ is None:
        raise BadInput("id is missing")
    image = _decode_photo(edit.get("photo"))
    base, values = (
        _values_member(edit, "was", printable_only=False),
        _values_member(edit, "set"),
    )  # base values may hold any character
    work, note = _text_member(edit, "work", max_length=40), _note_member(edit)
    note = note and (note.strip() or None)
    if not values and work is None and note is None and image is None:
        raise BadInput("the edit is empty; it needs set, work, note or photo")
    return EditRequest(key, layer, id_, base, values, work, note, image, _made_at_member(edit))


def _text_member(edit: JsonObject, name: str, *, max_length: int) -> str | None:
    """Return a text of printable characters and line ends. None when it is absent or empty.

    >>> _text_member({"work": "prune"}, "work", max_length=40)
    'prune'
    """
    value = edit.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > max_length or not _is_printable(value):
        raise BadInput(f"{name} must be text of at most {max_length:,} printable characters")
    return value.replace("\r\n", "\n") or None


def _note_member(edit: JsonObject) -> str | None:
    r"""Return the note with only printable characters, since pasted text may hold direction marks.

    >>> _note_member({"note": "split\u00a0limb\u200e"})
    'split limb'
    """
    note = edit.get("note")
    cleaned = "".join(_printable_character(character) for character in note) if isinstance(note, str) else note
    return _text_member({"note": cleaned}, "note", max_length=MAX_TEXT_LENGTH)


def _printable_character(character: str) -> str:
    category_code = category(character)
    if category_code == "Cf" and character not in ZERO_WIDTH_JOINERS:
        return ""
    return " " if category_code in ("Zs", "Zl", "Zp") else character


def _is_printable(text: str) -> bool:
    r"""Return whether all characters can be shown. Zero-width joiners may occur, as in emoji.

    >>> _is_printable("split limb"), _is_printable("split\x1b[31m")
    (True, False)
    """
    return text.translate(ALLOWED_TO_SPACE).isprintable()


def _values_member(edit: JsonObject, name: str, *, printable_only: bool = True) -> dict[str, Any]:
    values = edit.get(name)
    if values is None:
        return {}
    if not isinstance(values, dict) or len(values) > MAX_FIELDS:
        raise BadInput(f"{name} must be an object of at most {MAX_FIELDS} fields")
    if unknown_fields := [field for field in values if len(field) > 40 or not _is_printable(field)]:
        raise BadInput(f"{name} names {unknown_fields[0][:40]!a}, which is not a field")
    if invalid_fields := [
        field for field, value in values.items() if not _is_json_scalar(value, printable_only=printable_only)
    ]:
        raise BadInput(f"{name}: {invalid_fields[0]} must be text, a number, true, false or null")
    return {field: None if value == "" else value for field, value in values.items()}


def _is_encodable(text: str) -> bool:
    """Return whether a text can be encoded as UTF-8, which a lone surrogate prevents."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_json_scalar(value: Any, *, printable_only: bool) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_TEXT_LENGTH and (_is_printable(value) if printable_only else _is_encodable(value))
    if isinstance(value, int | float):
        return abs(value) <= MAX_NUMBER and isfinite(value)
    return value is None


def _decode_photo(encoded: Any) -> bytes | None:
    if encoded is None:
        return None
    try:
        image = b64decode(encoded.encode("ascii"), validate=True)
    except (AttributeError, UnicodeEncodeError, NoBase64):
        raise BadInput("photo must be a JPEG or a PNG, written as base64") from None
    return photos.strip_metadata(image)


def _made_at_member(edit: JsonObject) -> datetime | None:
    text = _text_member(edit, "made_at", max_length=40)
    if text is None:
        return None
    try:
        made_at = datetime.fromisoformat(text)
        offset = made_at.utcoffset()
    except ValueError:
        offset = None
    if offset is None or not 2000 <= made_at.year <= 2200:
        raise BadInput("made_at must be a time with its UTC offset, such as 2026-05-04T09:15:00-05:00")
    return made_at


class EditService:
    """Applies edits to one store, one after another. One instance for each store and process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._session = EditSession(store)
        self._queue_slots = BoundedSemaphore(MAX_QUEUED_REQUESTS)
        self._edit_lock, self._join_lock = Lock(), Lock()
        self._join_thread: Thread | None = None

    def edit_options(self) -> dict[str, Any]:
        """Return the editable fields by layer, the work orders, and the limits of a request."""
        limits = {"edits": MAX_EDITS, "photo_bytes": MAX_PHOTO_BYTES, "body_bytes": MAX_BODY_BYTES}
        fields = {layer: [field.name for field in LAYERS[layer].fields if field.editable] for layer in NOTE_LAYERS}
        work_orders = [
            asdict(work_order) | {"accepts": work_order.accepted_fields} for work_order in WORK_TYPES.values()
        ]
        return {"fields": fields, "work": work_orders, "limits": limits | {"text": MAX_TEXT_LENGTH}}

    def apply_edits(self, body: bytes) -> tuple[list[JsonObject], bool]:
        """Apply the edits of a request in order, each on its own.

        Returns one result for each edit, and whether all joined values are up to date. If not, a full
        join runs in a thread. Raises as `parse_edits` does, ServiceUnavailable when too many requests
        wait, and StoreError when the store cannot be written.
        """
        if not self._queue_slots.acquire(blocking=False):
            raise ServiceUnavailable(TOO_MANY_EDITS, retry_after=RETRY_AFTER_S)
        try:
            edits = parse_edits(body)
            with self._edit_lock:
                results = [self._apply_edit(edit) for edit in edits]
        finally:
            self._queue_slots.release()
        needs_full_join = any(needs_join for _, needs_join in results)
        if needs_full_join:
            self._join_thread = Thread(target=self._run_full_join, daemon=True, name="join")
            self._join_thread.start()
        return [response for response, _ in results], not needs_full_join

    def _apply_edit(self, edit: EditRequest | JsonObject) -> tuple[JsonObject, bool]:
        if not isinstance(edit, EditRequest):
            return edit, False
        try:
            result = apply_edit_request(self._store, self._session, edit, actor=LOCAL_ACTOR, at=now(), today=today())
        except GeoError:
            raise  # the store failed: the client sends the edits again later
        except Exception:
            # A bug in one edit must not stop the next ones.
            log.exception("an edit failed")
            return {"key": edit.key, "status": "failed", "reason": EDIT_FAILED}, False
        return result.response, result.needs_full_join

    def _run_full_join(self) -> None:
        """Run the full join in a thread, after an edit that needs it."""
        with self._join_lock:
            try:
                if self._store.join_info()["stale"]:
                    join_workspace(self._store, actor=LOCAL_ACTOR, at=now(), today=today())
            except GeoError:
                log.exception("the edits are not joined; run `lotleaf join`")

    def wait_for_join(self) -> None:
        """Wait for the thread of the full join."""
        if self._join_thread:
            self._join_thread.join()
