"""Edits that crews send: read from JSON with every doubt refused, and done one after another."""

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

from geo.errors import BadInput, GeoError
from geo.layers import LAYERS
from geo.live.asked import Asked, answered
from geo.live.work import WORKS
from geo.live.writer import Writer
from geo.store.noted import NOTED
from geo.store.protocol import Actor, Store
from geo.store.values import LONGEST
from geo.workspace import rejoin
from webmap import params, photos
from webmap.clock import now, today
from webmap.local import MOST_BODY

MOST_EDITS = 50  # in one request
MOST_PHOTOS = 4_000_000  # bytes of the photos of one request
MOST_FIELDS = 40  # more than any layer has to edit
LARGEST = 1e15  # number that a field may hold, so that JSON keeps it
PLACES = 2  # requests of which one is done and the others wait
COME_AGAIN_S = 2
CREW = Actor("local")  # whoever sits at this machine, until there are accounts
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MEMBERS = ("key", "layer", "id", "was", "set", "work", "note", "photo", "made_at")
JOINERS = "\u200c\u200d"  # of signs, as in emoji
SHOWN = str.maketrans(dict.fromkeys("\r\n\t" + JOINERS, " "))
CROWDED = "Other edits are being done; send these again in a few seconds."
FAILED = "Something went wrong here; it has been noted. Nothing of this edit was done; it may be sent again."

log = logging.getLogger(__name__)

Told = Mapping[str, Any]


def read(body: bytes) -> list[Asked | Told]:
    """Read a request's edits, in their order; in the place of one that cannot be read stands its refusal.

    Raises BadInput where it is no list of edits, RequestEntityTooLarge for more photos than are taken at once.
    """
    told = _json(body)
    if not isinstance(told, dict) or set(told) != {"edits"} or not isinstance(told["edits"], list):
        raise BadInput('send {"edits": [...]}')
    edits = told["edits"]
    if not 1 <= len(edits) <= MOST_EDITS:
        raise BadInput(f"send 1 to {MOST_EDITS} edits at once, not {len(edits)}")
    sent = [edit.get("photo") for edit in edits if isinstance(edit, dict)]
    if sum(len(photo) for photo in sent if isinstance(photo, str)) * 3 // 4 > MOST_PHOTOS:
        raise RequestEntityTooLarge(f"At most {MOST_PHOTOS:,} bytes of photos are taken at once.")
    return [_one(edit) for edit in edits]


def _json(body: bytes) -> Any:
    """Read JSON as it should be: UTF-8, each member once, no number beyond all bounds, not too deep."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_members, parse_constant=_no_number)
    except RecursionError:
        raise BadInput("the edits are nested too deep") from None
    except ValueError as error:
        raise BadInput(f"the edits cannot be read as JSON: {error}"[: params.LONGEST]) from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a member stands twice")
    return told


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _one(edit: Any) -> Asked | Told:
    """Read one edit, or give its refusal; only a key that is one is told back."""
    key = edit.get("key") if isinstance(edit, dict) else None
    key = key.lower() if isinstance(key, str) and KEY.fullmatch(key) else None
    try:
        return _asked(edit, key)
    except BadInput as error:
        return {"key": key, "status": "refused", "reason": str(error)}


def _asked(edit: Any, key: str | None) -> Asked:
    if not isinstance(edit, dict):
        raise BadInput("an edit is an object")
    if strange := [name for name in edit if name not in MEMBERS]:
        raise BadInput(f"an edit has no {strange[0][:40]!a}; it may have {', '.join(MEMBERS)}")
    if key is None:
        raise BadInput("key must be a UUID of this edit's own")
    layer, id_ = (_text(edit, name, longest=params.LONGEST) for name in ("layer", "id"))
    if layer is None or layer not in NOTED:
        raise BadInput(f"layer must be one of {', '.join(NOTED)}")
    if id_ is None:
        raise BadInput("id is missing")
    image = _photo(edit.get("photo"))
    was, given = _values(edit, "was", sound=False), _values(edit, "set")  # what was seen is data
    work, note = _text(edit, "work", longest=40), _note(edit)
    note = note and (note.strip() or None)
    if not given and work is None and note is None and image is None:
        raise BadInput("it asks for nothing: an edit has a set, a work, a note or a photo")
    return Asked(key, layer, id_, was, given, work, note, image, _moment(edit))


def _text(edit: Told, name: str, *, longest: int) -> str | None:
    """Give a text of printable signs and line ends; None when it is absent or empty."""
    value = edit.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest or not _sound(value):
        raise BadInput(f"{name} must be text of at most {longest:,} signs, all of them printable")
    return value.replace("\r\n", "\n") or None


def _note(edit: Told) -> str | None:
    """Give the note as it can be shown: people paste no-break spaces and marks of direction, and work must not be lost for these."""
    note = edit.get("note")
    told = "".join(_shown(sign) for sign in note) if isinstance(note, str) else note
    return _text({"note": told}, "note", longest=LONGEST)


def _shown(sign: str) -> str:
    kind = category(sign)
    if kind == "Cf" and sign not in JOINERS:
        return ""
    return " " if kind in ("Zs", "Zl", "Zp") else sign


def _sound(text: str) -> bool:
    """Tell whether all signs can be shown; what joins others, as in emoji, may stand. A lone surrogate may not."""
    return text.translate(SHOWN).isprintable()


def _values(edit: Told, name: str, *, sound: bool = True) -> dict[str, Any]:
    told = edit.get(name)
    if told is None:
        return {}
    if not isinstance(told, dict) or len(told) > MOST_FIELDS:
        raise BadInput(f"{name} must be an object of at most {MOST_FIELDS} fields")
    if strange := [field for field in told if len(field) > 40 or not _sound(field)]:
        raise BadInput(f"{name} tells {strange[0][:40]!a}, which is no field")
    if unfit := [field for field, value in told.items() if not _plain(value, sound=sound)]:
        raise BadInput(f"{name}: {unfit[0]} must be a text, a number, true, false or null")
    return {field: None if value == "" else value for field, value in told.items()}


def _whole(text: str) -> bool:
    """Tell whether a text can be written down: a lone surrogate cannot."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _plain(value: Any, *, sound: bool) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST and (_sound(value) if sound else _whole(value))
    if isinstance(value, int | float):
        return abs(value) <= LARGEST and isfinite(value)
    return value is None


def _photo(told: Any) -> bytes | None:
    if told is None:
        return None
    try:
        image = b64decode(told.encode("ascii"), validate=True)
    except (AttributeError, UnicodeEncodeError, NoBase64):
        raise BadInput("photo must be a JPEG or a PNG, written as base64") from None
    return photos.bare(image)


def _moment(edit: Told) -> datetime | None:
    told = _text(edit, "made_at", longest=40)
    if told is None:
        return None
    try:
        made_at = datetime.fromisoformat(told)
        offset = made_at.utcoffset()
    except ValueError:
        offset = None
    if offset is None or not 2000 <= made_at.year <= 2200:
        raise BadInput("made_at must be a moment with its offset, as 2026-05-04T09:15:00-05:00")
    return made_at


class Hands:
    """Those who edit, one after another; one for each store and process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._writer = Writer(store)
        self._places = BoundedSemaphore(PLACES)
        self._turn, self._joining = Lock(), Lock()
        self._join: Thread | None = None

    def offers(self) -> dict[str, Any]:
        """Tell what may be asked for: the fields to edit, the table of work, and how much is taken at once."""
        limits = {"edits": MOST_EDITS, "photo_bytes": MOST_PHOTOS, "body_bytes": MOST_BODY}
        fields = {
            layer: [field.name for field in LAYERS[layer].fields if field.editable]
            for layer in NOTED
        }
        work = [asdict(one) | {"takes": one.sets} for one in WORKS.values()]
        return {"fields": fields, "work": work, "limits": limits | {"text": LONGEST}}

    def answer(self, body: bytes) -> tuple[list[Told], bool]:
        """Do a request's edits in their order, each by itself; gives what came of each, and whether all figures tell of them already.

        Raises as `read` does, and ServiceUnavailable where others wait already, StoreError where the store cannot be written.
        """
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable(CROWDED, retry_after=COME_AGAIN_S)
        try:
            edits = read(body)
            with self._turn:
                found = [self._answer(edit) for edit in edits]
        finally:
            self._places.release()
        whole = any(joins for _, joins in found)
        if whole:
            self._join = Thread(target=self._join_all, daemon=True, name="join")
            self._join.start()
        return [told for told, _ in found], not whole

    def _answer(self, edit: Asked | Told) -> tuple[Told, bool]:
        if not isinstance(edit, Asked):
            return edit, False
        try:
            done = answered(self._store, self._writer, edit, actor=CREW, at=now(), today=today())
        except GeoError:
            raise  # of the store: nothing more can be done now, and what is sent again is answered then
        except Exception:
            # A fault of ours in one edit must not keep back those behind it.
            log.exception("an edit failed")
            return {"key": edit.key, "status": "failed", "reason": FAILED}, False
        return done.told, done.whole

    def _join_all(self) -> None:
        """Join everything, beside the requests: an edit has asked for it."""
        with self._joining:
            try:
                if self._store.join_made()["stale"]:
                    rejoin(self._store, actor=CREW, at=now(), today=today())
            except GeoError:
                log.exception("what was edited is not joined; `lotleaf join` does it")

    def end(self) -> None:
        """Wait for what is still being joined."""
        if self._join:
            self._join.join()
