"""What somebody in the field asks for: answered once under its key, against what they saw, or refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from math import isclose
from typing import Any

from geo.errors import BadInput, NotFound
from geo.fields import Field
from geo.layers import Layer, named
from geo.live.edit import Change, Put
from geo.live.work import Work, after, also, work_of
from geo.live.writer import Writer
from geo.store.audit import as_json
from geo.store.noted import Note, Outcome
from geo.store.protocol import PUBLIC, Actor, Record, Store, Turn

NEARLY = 1e-9  # as near as a number comes back that went out as text
OTHERS = "this key was used for something else; each edit has a key of its own"


@dataclass(frozen=True, slots=True)
class Asked:
    """One edit: what was seen (`was`), what is to be (`given`, by field), and a note; `key` is its own."""

    key: str
    layer: str
    id: str
    was: Mapping[str, Any]
    given: Mapping[str, Any]
    work: str | None = None
    note: str | None = None
    image: bytes | None = None
    made_at: datetime | None = None

    @property
    def digest(self) -> str:
        """A text that only this edit has."""
        image = self.image and sha256(self.image).hexdigest()
        told = [self.layer, self.id, dict(self.was), dict(self.given)]
        return sha256(
            as_json([*told, self.work, self.note, image, self.made_at]).encode()
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an edit, and whether everything is to be joined because of it."""

    told: Mapping[str, Any]
    whole: bool = False


class Differs(Exception):
    """What is on record is not what was seen: each field with what was seen, what is, what was asked for."""

    def __init__(self, fields: list[dict[str, Any]]) -> None:
        super().__init__()
        self.fields = fields


def answered(
    store: Store, writer: Writer, asked: Asked, *, actor: Actor, at: datetime, today: date
) -> Answer:
    """Do what is asked, in one transaction with its key; a key that is known is told what came of it.

    Where what is on record differs from what was seen, or it cannot be done, nothing of it is, and that is
    kept under the key. Raises StoreError when the store cannot be written.
    """
    try:
        with store.turn(actor=actor, at=at) as turn:
            return _before(turn, asked) or _done(turn, writer, asked, at, today)
    except Differs as found:
        first, *others = found.fields
        told = {"status": "conflict", **first} | ({"others": others} if others else {})
    except (BadInput, NotFound) as error:
        told = {"status": "refused", "reason": str(error)}
    with store.turn(actor=actor, at=at) as turn:
        return _before(turn, asked) or _kept(turn, asked, at, told)


def _before(turn: Turn, asked: Asked) -> Answer | None:
    """Give what came of the key, if anything did."""
    kept = turn.outcome(asked.key)
    if kept is None:
        return None
    if kept.digest != asked.digest:
        return Answer({"key": asked.key, "status": "refused", "reason": OTHERS})
    return Answer(kept.told)


def _kept(turn: Turn, asked: Asked, at: datetime, told: Mapping[str, Any]) -> Answer:
    told = json.loads(as_json({"key": asked.key, **told}))  # as it is told again
    when = at.isoformat()
    turn.keep_outcome(Outcome(asked.key, asked.layer, asked.id, when, asked.digest, told))
    return Answer(told)


def _done(turn: Turn, writer: Writer, asked: Asked, at: datetime, today: date) -> Answer:
    """Do it; raises Differs, BadInput or NotFound, which undo it."""
    record = turn.reader.get(asked.layer, asked.id, actor=PUBLIC)
    changes = meant(turn, asked, record, today)
    told: dict[str, Any] = {"status": "done"}
    whole = False
    if changes:
        made = writer.within(turn, *changes, today=today)
        whole = made.whole is not None
        new = [
            one.id
            for one, change in zip(made.records, _puts(changes), strict=True)
            if not change.record.id
        ]
        told |= {"made": {"layer": "trees", "id": new[0]}} if new else {}
    if asked.note is not None or asked.image is not None or asked.work is not None:
        note = Note(asked.layer, asked.id, at.isoformat(), _iso(asked), asked.work, asked.note)
        noted = turn.note(note, asked.image)
        told |= {"note": noted.n} | ({} if noted.photo is None else {"photo": noted.photo})
    return Answer(_kept(turn, asked, at, told).told, whole)


def meant(turn: Turn, asked: Asked, record: Record, today: date) -> list[Change]:
    """Tell the changes that are asked for; raises BadInput for what nobody may ask, Differs for what has changed."""
    layer = named(asked.layer)
    work = None if asked.work is None else work_of(asked.work, asked.layer)
    _refuse_names(layer, asked, work)
    is_ = record.values
    seen = {**is_, **asked.was}
    if work and seen["need"] not in work.needs:
        raise BadInput(f"what needs {seen['need']} is not answered by {work.work}")
    own = dict(asked.given) if work is None else after(work, seen, asked.given)
    yours = own | ({"need": work.work} if work else {})
    if differing := [
        {"field": name, "was": was, "is": is_[name], "yours": yours.get(name, was)}
        for name, was in asked.was.items()
        if not _same(is_[name], was) and not (name in own and _same(is_[name], own[name]))
    ]:
        raise Differs(differing)
    changed = {name: value for name, value in own.items() if not _same(is_[name], value)}
    # Who marks work as done has seen the need; the words behind it are the file's.
    said = changed if work is None else asked.given
    if blind := [name for name in changed if name in said and name not in asked.was]:
        raise BadInput(f"`was` must tell {', '.join(blind)}: what is changed must have been seen")
    changes: list[Change] = []
    if changed:
        changes.append(Put(layer.name, Record(record.id, record.source, changed)))
    # A tablet whose clock runs ahead plants nothing tomorrow.
    day = min(asked.made_at.date() if asked.made_at else today, today).isoformat()
    return changes + (also(turn, work, record, asked.given, day) if work else [])


def _refuse_names(layer: Layer, asked: Asked, work: Work | None) -> None:
    """Refuse a field that is not there for strangers, or not edited by hand, and work on what was not seen."""
    public = {field.name for field in layer.public}
    if strange := [name for name in asked.was if name not in public]:
        raise BadInput(f"{layer.name} have no public field {strange[0]!r}")
    if unfit := [name for name in asked.was if not _can_be(layer.by_name[name], asked.was[name])]:
        raise BadInput(f"`was` tells of {unfit[0]} what that never is")
    open_ = [field.name for field in layer.fields if field.editable]
    if work is None and (closed := [name for name in asked.given if name not in open_]):
        raise BadInput(
            f"{closed[0]!r} is not edited by hand; of {layer.name} are: {', '.join(open_)}"
        )
    if work is not None and "need" not in asked.was:
        raise BadInput("`was` must tell need: work is done on what needed it")


def _can_be(field: Field, value: Any) -> bool:
    """Tell whether a value is of a field's kind, or unknown."""
    if field.kind in {"integer", "real"}:
        return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    return value is None or isinstance(value, bool if field.kind == "flag" else str)


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values say the same.

    >>> _same(12, 12.0), _same(None, ""), _same(True, 1), _same("dead", "fair")
    (True, True, False, False)
    """
    one, other = (None if value == "" else value for value in (one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isclose(one, other, rel_tol=NEARLY)
    return bool(one == other)


def _puts(changes: list[Change]) -> list[Put]:
    return [change for change in changes if isinstance(change, Put)]


def _iso(asked: Asked) -> str | None:
    return None if asked.made_at is None else asked.made_at.isoformat()
