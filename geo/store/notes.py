"""What crews send from the field: keys with what came of them, notes, photos."""

import hashlib
from datetime import datetime
from typing import Any

import apsw

from geo.errors import BadInput
from geo.store import audit, held
from geo.store.connections import fetched
from geo.store.noted import Note, Outcome
from geo.store.protocol import Actor

NUMBER_BYTES = 6  # of a photo's number: 2^48 are whole numbers in JSON too


def outcome(connection: apsw.Connection, key: str) -> Outcome | None:
    """Give what came of what was asked under a key, if anything was."""
    row = connection.execute(
        "SELECT layer, id, at, digest, outcome FROM lotleaf_keys WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    held.kinds(row, {str}, "lotleaf_keys")
    layer, id_, at, digest, told = row
    return Outcome(key, layer, id_, at, digest, held.members(told, "lotleaf_keys.outcome"))


def keep_outcome(connection: apsw.Connection, kept: Outcome) -> None:
    """Keep what came of a key that was not there."""
    told = audit.as_json(dict(kept.told))
    row = (kept.key, kept.layer, kept.id, kept.at, kept.digest, told)
    connection.execute("INSERT INTO lotleaf_keys VALUES (?, ?, ?, ?, ?, ?)", row)


def add(
    connection: apsw.Connection, note: Note, image: bytes | None, actor: Actor, at: datetime
) -> Note:
    """Add a note, and its photo if it has one, with a line in the audit; gives it with their numbers."""
    number = None if image is None else _keep_photo(connection, image)
    row = (note.layer, note.id, note.at, note.made_at, note.work, note.text, number)
    connection.execute(
        "INSERT INTO lotleaf_notes (layer, id, at, made_at, work, text, photo) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    n = connection.last_insert_rowid()
    told = {"note": n, "photo": number}
    audit.write(connection, "note", actor=actor, at=at, layer=note.layer, id_=note.id, detail=told)
    return Note(*row, n=n)


def notes(connection: apsw.Connection, layer: str, id_: str, most: int) -> list[Note]:
    """Give the latest notes on a record, the newest first; also where it has ended."""
    rows = fetched(
        connection,
        "SELECT layer, id, at, made_at, work, text, photo, n FROM lotleaf_notes "
        "WHERE (layer, id) = (?, ?) ORDER BY n DESC LIMIT ?",
        (layer, id_, most),
    )
    for row in rows:
        held.kinds(row[:6], {str}, "lotleaf_notes")
        held.kinds(row[6:], {int}, "lotleaf_notes")
    return [Note(*row) for row in rows]


def photo(connection: apsw.Connection, number: int) -> bytes | None:
    """Give the photo of a number, if there is one."""
    image: Any = connection.execute(
        "SELECT image FROM lotleaf_photos WHERE number = ?", (number,)
    ).get
    held.kinds([image], {bytes}, "lotleaf_photos.image")
    return image


def _keep_photo(connection: apsw.Connection, image: bytes) -> int:
    """Keep a photo under the number that its bytes make; the same photo is kept once."""
    number = int.from_bytes(hashlib.sha256(image).digest()[:NUMBER_BYTES], "big")
    there = photo(connection, number)
    if there is None:
        connection.execute("INSERT INTO lotleaf_photos VALUES (?, ?)", (number, image))
    elif there != image:
        raise BadInput("the photo cannot be told from another one; take it again")
    return number
