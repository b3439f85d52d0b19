"""Edits by hand: one record added, changed or ended, with its audit row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import apsw

from geo.errors import NoSuchRecord
from geo.layers import Layer
from geo.store import audit, overrides, shapes, state, touched, values
from geo.store.ended import end, fresh_temp
from geo.store.protocol import OPERATOR, Actor, Record
from geo.store.schema import quoted
from geo.store.snapshot import one


@dataclass(frozen=True)
class Hand:
    """Whoever changes one record, when, and through which connection (in a write transaction)."""

    connection: apsw.Connection
    layer: Layer
    actor: Actor
    at: datetime

    def put(self, record: Record) -> Record:
        """Add a record, or change the named values of one; what is said as it is already is no change.

        Raises BadInput with every fault told.
        """
        before = one(self.connection, self.layer, record.id, OPERATOR)
        id_ = self._add(record) if before is None else self._change(record, before)
        after = one(self.connection, self.layer, id_, self.actor)
        assert after is not None
        return after

    def delete(self, id_: str) -> None:
        """End a record; raises NoSuchRecord."""
        before = one(self.connection, self.layer, id_, OPERATOR)
        if before is None:
            raise NoSuchRecord(f"{self.layer.name} has no record {id_!r}")
        fresh_temp(self.connection, "gone", "(fid INTEGER PRIMARY KEY)")
        self.connection.execute(
            f"INSERT INTO temp.gone SELECT fid FROM {quoted(self.layer.name)} WHERE id = ?", (id_,)
        )
        end(self.connection, self.layer, "deleted", self.at)
        self._audit("delete", id_, before={**_own(self.layer, before), "geometry": _hex(before)})
        self._touched(id_, None, before.wkb, moved=True)

    def _add(self, record: Record) -> str:
        clean, faults = self._judged(record.values)
        faults += values.lacking(self.layer, clean)
        faults += values.shape_faults(self.layer, record.wkb)
        if record.source not in {"", state.HAND}:
            faults.append(
                f"{record.source!r} is the source of files; what is added by hand has {state.HAND!r}"
            )
        id_ = record.id or f"{state.HAND}-{audit.version(self.connection) + 1}"
        values.refuse(self.layer, id_, faults)
        row = {"id": id_, "source": state.HAND, "source_id": id_, **clean}
        if record.wkb is not None:
            row["geom"] = shapes.encode_one(record.wkb)
        self.connection.execute(
            f"INSERT INTO {quoted(self.layer.name)} ({', '.join(map(quoted, row))}) "
            f"VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )
        self.connection.execute(
            "INSERT OR IGNORE INTO lotleaf_sources VALUES (?, ?, NULL)",
            (self.layer.name, state.HAND),
        )
        after = clean | {"geometry": _hex(record)}
        self._audit("put", id_, before=None, after=after)
        self._touched(id_, record.wkb, None, moved=True)
        return id_

    def _change(self, record: Record, before: Record) -> str:
        told = {
            k: v
            for k, v in record.values.items()
            if k not in before.values or v != before.values[k]
        }
        clean, faults = self._judged(told)
        clean = {name: value for name, value in clean.items() if value != before.values[name]}
        moved = record.wkb is not None and shapes.alone(record.wkb) != before.wkb
        if before.source != state.HAND:
            faults += self._unfit_for_edits(clean, moved=moved)
        elif moved:
            faults += values.shape_faults(self.layer, record.wkb)
        faults += values.lacking(self.layer, {**before.values, **clean}) if clean else []
        values.refuse(self.layer, record.id, faults)
        if before.source != state.HAND:
            self._keep_edits(before, clean)
        self._set(record, clean, moved=moved)
        if clean or moved:
            was = {name: before.values[name] for name in clean}
            self._audit(
                "put",
                record.id,
                before=was | ({"geometry": _hex(before)} if moved else {}),
                after=clean | ({"geometry": _hex(record)} if moved else {}),
            )
            boxed = (record.wkb, before.wkb) if moved else (None, None)
            self._touched(record.id, *boxed, moved=moved)
        return record.id

    def _judged(self, told: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        faults = list(values.unfit(self.layer, told, self.actor))
        own = {field.name for field in self.layer.fields}
        clean, wrong = values.cleaned(self.layer, {k: v for k, v in told.items() if k in own})
        wrong += overrides.faults(self.connection, clean)
        return clean, faults + wrong

    def _unfit_for_edits(self, clean: Mapping[str, Any], *, moved: bool) -> list[str]:
        fields = self.layer.by_name
        open_ = ", ".join(field.name for field in self.layer.fields if field.editable) or "none"
        faults = [
            f"{name} comes from its file and is not edited by hand; of this layer's rows from files: {open_}"
            for name in clean
            if not fields[name].editable
        ]
        return faults + ["its shape comes from its file and is not moved by hand"] * moved

    def _set(self, record: Record, clean: Mapping[str, Any], *, moved: bool) -> None:
        row = dict(clean)
        if moved:
            row["geom"] = shapes.encode_one(record.wkb or b"")
        if row:
            sets = ", ".join(f"{quoted(name)} = ?" for name in row)
            self.connection.execute(
                f"UPDATE {quoted(self.layer.name)} SET {sets} WHERE id = ?",
                (*row.values(), record.id),
            )

    def _keep_edits(self, before: Record, clean: Mapping[str, Any]) -> None:
        """Note each edit beside what the file has; one that says what the file says is none."""
        source_id = self.connection.execute(
            f"SELECT source_id FROM {quoted(self.layer.name)} WHERE id = ?", (before.id,)
        ).get
        for name, value in clean.items():
            key = (self.layer.name, before.source, source_id, name)
            held = self.connection.execute(
                "SELECT file_is FROM lotleaf_edits WHERE (layer, source, source_id, field) = (?, ?, ?, ?)",
                key,
            ).fetchone()
            file_is = held[0] if held else before.values[name]
            self.connection.execute(
                "DELETE FROM lotleaf_edits WHERE (layer, source, source_id, field) = (?, ?, ?, ?)",
                key,
            )
            if value != file_is:
                self.connection.execute(
                    "INSERT INTO lotleaf_edits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*key, value, file_is, file_is, self.at.isoformat(), self.actor.name),
                )

    def _audit(self, action: str, id_: str, **detail: Any) -> None:
        audit.write(
            self.connection,
            action,
            actor=self.actor,
            at=self.at,
            layer=self.layer.name,
            id_=id_,
            detail=detail,
        )

    def _touched(self, id_: str, came: bytes | None, went: bytes | None, *, moved: bool) -> None:
        touched.note(self.connection, self.layer.name, [id_], moved=moved)
        boxes = (None if wkb is None else shapes.box(wkb) for wkb in (came, went))
        state.touched_by_hand(self.connection, self.layer.name, self.at, *boxes)


def _own(layer: Layer, record: Record) -> dict[str, Any]:
    names = [*(field.name for field in layer.fields), "raw"]
    return {name: record.values[name] for name in names}


def _hex(record: Record) -> str | None:
    return None if record.wkb is None else record.wkb.hex()
