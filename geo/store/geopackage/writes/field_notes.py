"""Edit results by idempotency key, notes and photos, as crews send them from the field.

`transaction.WriteTransaction` writes them. `snapshot` reads notes and photos.
"""

import hashlib
from datetime import datetime
from typing import Any

import apsw

from geo.errors import BadInput
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import stored_values
from geo.store.geopackage.writes import audit_log
from geo.store.note import EditResult, Note
from geo.store.records import Actor

PHOTO_NUMBER_BYTES = 6  # length of a photo number: integers below 2^48 are exact in JSON


def find_edit_result(connection: apsw.Connection, key: str) -> EditResult | None:
    """Return the stored result of an idempotency key, or None if the key is new."""
    row = connection.execute(
        "SELECT layer, id, at, digest, response FROM lotleaf_idempotency_keys WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    stored_values.require_types(row, {str}, "lotleaf_idempotency_keys")
    layer, id_, at, digest, response_json = row
    return EditResult(
        key, layer, id_, at, digest, stored_values.parse_json_object(response_json, "lotleaf_idempotency_keys.response")
    )


def save_edit_result(connection: apsw.Connection, result: EditResult) -> None:
    """Store the result of a new idempotency key."""
    response_json = audit_log.to_canonical_json(dict(result.response))
    row = (result.key, result.layer, result.id, result.at, result.digest, response_json)
    connection.execute("INSERT INTO lotleaf_idempotency_keys VALUES (?, ?, ?, ?, ?, ?)", row)


def add_note(connection: apsw.Connection, note: Note, image: bytes | None, actor: Actor, at: datetime) -> Note:
    """Add a note with its optional photo and an audit log entry, and return it with both numbers."""
    photo_number = None if image is None else _save_photo(connection, image)
    row = (note.layer, note.id, note.at, note.made_at, note.work, note.text, photo_number)
    connection.execute(
        "INSERT INTO lotleaf_notes (layer, id, at, made_at, work, text, photo) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    )
    note_number = connection.last_insert_rowid()
    detail = {"note": note_number, "photo": photo_number}
    audit_log.write_entry(connection, "note", actor=actor, at=at, layer=note.layer, id_=note.id, detail=detail)
    return Note(*row, number=note_number)


def read_notes(connection: apsw.Connection, layer: str, id_: str, limit: int) -> list[Note]:
    """Return the latest notes on a record, newest first, also if the record is deleted."""
    rows = fetch_all(
        connection,
        "SELECT layer, id, at, made_at, work, text, photo, n FROM lotleaf_notes "
        "WHERE (layer, id) = (?, ?) ORDER BY n DESC LIMIT ?",
        (layer, id_, limit),
    )
    for row in rows:
        stored_values.require_types(row[:6], {str}, "lotleaf_notes")
        stored_values.require_types(row[6:], {int}, "lotleaf_notes")
    return [Note(*row) for row in rows]


def read_photo(connection: apsw.Connection, number: int) -> bytes | None:
    """Return the photo with this number, or None."""
    image: Any = connection.execute("SELECT image FROM lotleaf_photos WHERE number = ?", (number,)).get
    stored_values.require_types([image], {bytes}, "lotleaf_photos.image")
    return image


def _save_photo(connection: apsw.Connection, image: bytes) -> int:
    """Save a photo under a number from the SHA-256 of its bytes. The same photo is saved once.

    Raises BadInput if another photo has that number.
    """
    number = int.from_bytes(hashlib.sha256(image).digest()[:PHOTO_NUMBER_BYTES], "big")
    existing_image = read_photo(connection, number)
    if existing_image is None:
        connection.execute("INSERT INTO lotleaf_photos VALUES (?, ?)", (number, image))
    elif existing_image != image:
        raise BadInput("the photo has the same number as another one; take it again")
    return number
