"""One writer's turn: edits by hand and the joined rows that they touch, in one transaction."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import apsw

from geo.layers import named
from geo.places import Bbox
from geo.store import audit, notes, shapes, touched
from geo.store.connections import fetched
from geo.store.edits import Hand
from geo.store.noted import Note, Outcome
from geo.store.protocol import Actor, Record, Rows
from geo.store.queries import column, tables
from geo.store.schema import joined, key_of, quoted, rtree, shaped
from geo.store.snapshot import Snapshot

_LISTED = "(SELECT value FROM json_each(:listed))"
_SEEN = "SELECT id FROM {tree} WHERE maxx >= :west AND minx <= :east AND maxy >= :south AND miny <= :north"


@dataclass(frozen=True)
class Turn:
    """A `protocol.Turn` on a connection that is within a write transaction."""

    connection: apsw.Connection
    actor: Actor
    at: datetime

    def put(self, layer: str, record: Record) -> Record:
        """Add a record, or change the named values of one."""
        return Hand(self.connection, named(layer), self.actor, self.at).put(record)

    def delete(self, layer: str, id_: str) -> None:
        """End a record; raises NoSuchRecord."""
        Hand(self.connection, named(layer), self.actor, self.at).delete(id_)

    def near(self, layer: str, box: Bbox, fields: tuple[str, ...]) -> Rows:
        """Give the rows whose box meets one in degrees, and perhaps some beside it; by id."""
        return self._rows(layer, fields, _near(layer), box._asdict())

    def having(
        self,
        layer: str,
        field: str,
        values: Iterable[str],
        fields: tuple[str, ...],
        *,
        shaped: bool = True,
    ) -> Rows:
        """Give the rows that have one of the values in a field of text, own or joined; by id."""
        listed = {"listed": json.dumps(list(values))}
        return self._rows(layer, fields, _having(layer, field), listed, shaped=shaped)

    def called(self, layer: str, field: str, names: Iterable[str], fields: tuple[str, ...]) -> Rows:
        """Give the rows whose key in a field is one of the names, spelt as `key_of` spells them; by id."""
        of = f"l.{quoted(field)} NOTNULL AND {key_of(field, 'l.')} IN {_LISTED}"
        return self._rows(layer, fields, of, {"listed": json.dumps(list(names))})

    def numbered(self, layer: str, numbers: Iterable[int], fields: tuple[str, ...]) -> Rows:
        """Give the rows whose address begins with one of the numbers, and those whose address begins with none; by id."""
        of = f"l.address NOTNULL AND CAST(l.address AS INTEGER) IN {_LISTED}"
        return self._rows(layer, fields, of, {"listed": json.dumps([0, *numbers])})

    def _rows(
        self,
        layer: str,
        fields: tuple[str, ...],
        where: str,
        bound: dict[str, Any],
        *,
        shaped: bool = True,
    ) -> Rows:
        return Rows(fields, fetched(self.connection, _sql(layer, fields, where, shaped), bound))

    def keep_joined(self, layer: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Put joined values into the rows of some ids; what is not named stays, and is unknown where nothing was."""
        for id_, values in rows.items():
            row = {"id": id_, **values}
            self.connection.execute(_keep(layer, tuple(row)), tuple(row.values()))
        touched.note(self.connection, layer, rows, moved=False)

    @property
    def reader(self) -> Snapshot:
        """The store as it stands in this turn."""
        return Snapshot(self.connection)

    def mark(self, version: int | None = None) -> str:
        """Give the text of a version's line in the audit, now's if none is named: no other line has the same."""
        return audit.mark(self.connection, version)

    def joined_alone(self, made: Mapping[str, Any]) -> None:
        """Say that the joined tables stand as of now, made so."""
        self.connection.execute(
            "UPDATE lotleaf_joins SET at = ?, version = ?, made = ?",
            (self.at.isoformat(), audit.version(self.connection), audit.as_json(made)),
        )

    def outcome(self, key: str) -> Outcome | None:
        """Give what came of what was asked under a key, if anything was."""
        return notes.outcome(self.connection, key)

    def keep_outcome(self, kept: Outcome) -> None:
        """Keep what came of a key that was not there."""
        notes.keep_outcome(self.connection, kept)

    def note(self, note: Note, image: bytes | None = None) -> Note:
        """Add a note on a record, with its photo if it has one; gives it with their numbers."""
        return notes.add(self.connection, note, image, self.actor, self.at)

    def some(
        self, layer: str, field: str, value: str, most: int, *, but: tuple[str, str] | None = None
    ) -> list[str]:
        """Give at most so many ids that have a value in a joined field; `but` not those with a value in an own field."""
        asked = named(layer)
        where, bound = f"j.{quoted(field)} = :value", {"value": value, "most": most}
        if but is not None:
            where += f" AND lower(trim(coalesce(l.{quoted(but[0])}, ''))) <> :but"
            bound["but"] = but[1]
        sql = f"SELECT j.id FROM {joined(asked)} AS j CROSS JOIN {quoted(layer)} AS l ON l.fid = j.fid"
        return [
            id_ for (id_,) in fetched(self.connection, f"{sql} WHERE {where} LIMIT :most", bound)
        ]


@cache
def _sql(layer: str, fields: tuple[str, ...], where: str, with_shape: bool) -> str:  # noqa: FBT001
    asked = named(layer)
    columns = [column(asked, name) for name in fields]
    shape = shapes.wkb_of("l.geom") if shaped(asked) and with_shape else "NULL"
    own = any(name.startswith("j.") for name in columns)
    of = tables(asked) if own else f"{quoted(layer)} AS l"
    return f"SELECT {', '.join(['l.id', 'l.source', *columns, shape])} FROM {of} WHERE {where} ORDER BY l.id"


@cache
def _near(layer: str) -> str:
    """Write the condition that a row's box meets one; what has no shape meets none."""
    asked = named(layer)
    return f"l.fid IN ({_SEEN.format(tree=rtree(asked))})" if shaped(asked) else "0"


@cache
def _having(layer: str, field: str) -> str:
    asked = named(layer)
    name = column(asked, field)
    if name.startswith("j."):  # its index is the joined table's
        return f"l.fid IN (SELECT fid FROM {joined(asked)} WHERE {quoted(field)} IN {_LISTED})"
    return f"{name} IN {_LISTED}"


@cache
def _keep(layer: str, names: tuple[str, ...]) -> str:
    """Write the statement that keeps some joined values of the row whose id comes first."""
    table, row = joined(named(layer)), ", ".join(map(quoted, names))
    sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in names)
    marks = ", ".join(f"?{place}" for place in range(1, len(names) + 1))
    fid = f"(SELECT fid FROM {quoted(layer)} WHERE id = ?1)"
    return (
        f"INSERT INTO {table} (fid, {row}) VALUES ({fid}, {marks}) "
        f"ON CONFLICT (fid) DO UPDATE SET {sets}"
    )
