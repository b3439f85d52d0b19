"""Edits of single records: add, change or delete, each with an audit log entry.

`transaction.WriteTransaction` calls `RecordEditor`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import apsw

from geo.errors import NoSuchRecord
from geo.schema import Layer
from geo.store import edit_validation
from geo.store.geopackage import metadata
from geo.store.geopackage.encoding import geometry_blob
from geo.store.geopackage.snapshot import find_record
from geo.store.geopackage.tables import quote_name
from geo.store.geopackage.writes import audit_log, change_log, overrides
from geo.store.geopackage.writes.tombstones import create_temp_table, move_to_tombstones
from geo.store.records import OPERATOR, Actor, Record


@dataclass(frozen=True)
class RecordEditor:
    """An editor of one layer, on a connection inside a write transaction."""

    connection: apsw.Connection
    layer: Layer
    actor: Actor
    at: datetime

    def put(self, record: Record) -> Record:
        """Add a record, or change the given values of an existing one, and return it as the actor sees it.

        A value equal to the current one is no change. Raises BadInput with every fault.
        """
        before = find_record(self.connection, self.layer, record.id, OPERATOR)
        id_ = self._add_record(record) if before is None else self._change_record(record, before)
        after = find_record(self.connection, self.layer, id_, self.actor)
        assert after is not None
        return after

    def delete(self, id_: str) -> None:
        """Delete a record and leave a tombstone, or raise NoSuchRecord."""
        before = find_record(self.connection, self.layer, id_, OPERATOR)
        if before is None:
            raise NoSuchRecord(f"there is no record {id_!r} in {self.layer.name}")
        create_temp_table(self.connection, "gone", "(fid INTEGER PRIMARY KEY)")
        self.connection.execute(
            f"INSERT INTO temp.gone SELECT fid FROM {quote_name(self.layer.name)} WHERE id = ?", (id_,)
        )
        move_to_tombstones(self.connection, self.layer, "deleted", self.at)
        self._write_audit_entry("delete", id_, before={**_own_values(self.layer, before), "geometry": _wkb_hex(before)})
        self._log_change(id_, None, before.wkb, moved=True)

    def _add_record(self, record: Record) -> str:
        cleaned, faults = self._validate_values(record.values)
        faults += edit_validation.missing_required_faults(self.layer, cleaned)
        faults += edit_validation.geometry_faults(self.layer, record.wkb)
        if record.source not in {"", metadata.MANUAL_SOURCE}:
            faults.append(
                f"{record.source!r} is a source of files; a record added by hand has the source {metadata.MANUAL_SOURCE!r}"
            )
        id_ = record.id or f"{metadata.MANUAL_SOURCE}-{audit_log.current_version(self.connection) + 1}"
        edit_validation.raise_if_faults(self.layer, id_, faults)
        row = {"id": id_, "source": metadata.MANUAL_SOURCE, "source_id": id_, **cleaned}
        if record.wkb is not None:
            row["geom"] = geometry_blob.encode_wkb(record.wkb)
        self.connection.execute(
            f"INSERT INTO {quote_name(self.layer.name)} ({', '.join(map(quote_name, row))}) "
            f"VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )
        self.connection.execute(
            "INSERT OR IGNORE INTO lotleaf_sources VALUES (?, ?, NULL)", (self.layer.name, metadata.MANUAL_SOURCE)
        )
        after = cleaned | {"geometry": _wkb_hex(record)}
        self._write_audit_entry("put", id_, before=None, after=after)
        self._log_change(id_, record.wkb, None, moved=True)
        return id_

    def _change_record(self, record: Record, before: Record) -> str:
        changed_values = {k: v for k, v in record.values.items() if k not in before.values or v != before.values[k]}
        cleaned, faults = self._validate_values(changed_values)
        cleaned = {name: value for name, value in cleaned.items() if value != before.values[name]}
        moved = record.wkb is not None and geometry_blob.unwrap_multi(record.wkb) != before.wkb
        if before.source != metadata.MANUAL_SOURCE:
            faults += self._not_editable_faults(cleaned, moved=moved)
        elif moved:
            faults += edit_validation.geometry_faults(self.layer, record.wkb)
        faults += edit_validation.missing_required_faults(self.layer, {**before.values, **cleaned}) if cleaned else []
        edit_validation.raise_if_faults(self.layer, record.id, faults)
        if before.source != metadata.MANUAL_SOURCE:
            self._save_edits(before, cleaned)
        self._update_row(record, cleaned, moved=moved)
        if cleaned or moved:
            old_values = {name: before.values[name] for name in cleaned}
            self._write_audit_entry(
                "put",
                record.id,
                before=old_values | ({"geometry": _wkb_hex(before)} if moved else {}),
                after=cleaned | ({"geometry": _wkb_hex(record)} if moved else {}),
            )
            wkb_pair = (record.wkb, before.wkb) if moved else (None, None)
            self._log_change(record.id, *wkb_pair, moved=moved)
        return record.id

    def _validate_values(self, new_values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        faults = list(edit_validation.not_editable_faults(self.layer, new_values, self.actor))
        own_fields = {field.name for field in self.layer.fields}
        cleaned, value_faults = edit_validation.clean_values(
            self.layer, {k: v for k, v in new_values.items() if k in own_fields}
        )
        value_faults += overrides.override_faults(self.connection, cleaned)
        return cleaned, faults + value_faults

    def _not_editable_faults(self, cleaned: Mapping[str, Any], *, moved: bool) -> list[str]:
        fields = self.layer.fields_by_name
        editable_names = ", ".join(field.name for field in self.layer.fields if field.editable) or "none"
        faults = [
            f"{name} comes from a file and cannot be edited; fields to edit of rows from files: {editable_names}"
            for name in cleaned
            if not fields[name].editable
        ]
        return faults + ["its geometry comes from a file and cannot be moved"] * moved

    def _update_row(self, record: Record, cleaned: Mapping[str, Any], *, moved: bool) -> None:
        row = dict(cleaned)
        if moved:
            row["geom"] = geometry_blob.encode_wkb(record.wkb or b"")
        if row:
            assignments = ", ".join(f"{quote_name(name)} = ?" for name in row)
            self.connection.execute(
                f"UPDATE {quote_name(self.layer.name)} SET {assignments} WHERE id = ?", (*row.values(), record.id)
            )

    def _save_edits(self, before: Record, cleaned: Mapping[str, Any]) -> None:
        """Save each edit beside the value of the file. An edit that agrees with the file is removed."""
        source_id = self.connection.execute(
            f"SELECT source_id FROM {quote_name(self.layer.name)} WHERE id = ?", (before.id,)
        ).get
        for name, value in cleaned.items():
            key = (self.layer.name, before.source, source_id, name)
            saved_edit = self.connection.execute(
                "SELECT file_current FROM lotleaf_overrides WHERE (layer, source, source_id, field) = (?, ?, ?, ?)", key
            ).fetchone()
            file_value = saved_edit[0] if saved_edit else before.values[name]
            self.connection.execute(
                "DELETE FROM lotleaf_overrides WHERE (layer, source, source_id, field) = (?, ?, ?, ?)", key
            )
            if value != file_value:
                self.connection.execute(
                    "INSERT INTO lotleaf_overrides VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*key, value, file_value, file_value, self.at.isoformat(), self.actor.name),
                )

    def _write_audit_entry(self, action: str, id_: str, **detail: Any) -> None:
        audit_log.write_entry(
            self.connection, action, actor=self.actor, at=self.at, layer=self.layer.name, id_=id_, detail=detail
        )

    def _log_change(self, id_: str, new_wkb: bytes | None, old_wkb: bytes | None, *, moved: bool) -> None:
        change_log.log_changes(self.connection, self.layer.name, [id_], moved=moved)
        bboxes = (None if wkb is None else geometry_blob.wkb_bbox(wkb) for wkb in (new_wkb, old_wkb))
        metadata.update_gpkg_contents_for_record(self.connection, self.layer.name, self.at, *bboxes)


def _own_values(layer: Layer, record: Record) -> dict[str, Any]:
    names = [*(field.name for field in layer.fields), "raw"]
    return {name: record.values[name] for name in names}


def _wkb_hex(record: Record) -> str | None:
    return None if record.wkb is None else record.wkb.hex()
