"""One load on its way into its layer.

The new rows come into a temporary table first; there they find the rows that they are, take the
edits made by hand, and leave when nothing about them has changed. Only then is the layer touched.
"""

from datetime import datetime

import apsw

from geo.layers import named
from geo.store import audit, rasters, rows, state
from geo.store.connections import fetched
from geo.store.ended import end, fresh_temp
from geo.store.ids import Ids
from geo.store.protocol import Actor, Load, Loaded
from geo.store.schema import quoted, rtree, rtree_triggers, shaped

BOX = ("minx", "maxx", "miny", "maxy")


class Landing:
    """One load on its way into its layer."""

    def __init__(self, connection: apsw.Connection, load: Load) -> None:
        self._connection = connection
        self._run = connection.execute
        self._load = load
        self._layer = named(load.layer)
        self._table = quoted(self._layer.name)
        self._fields = [quoted(field.name) for field in self._layer.fields]
        self._content = [*(["geom"] if shaped(self._layer) else []), *self._fields, "raw"]

    def land(self, actor: Actor, at: datetime) -> Loaded:
        """Bring the layer to what the load has, and note it if that is any news."""
        self._stage()
        self._refer()
        self._find_rows()
        self._edit()
        gone = self._find_gone()
        same = self._drop_same()
        raster = rasters.write(
            self._connection, self._load.layer, self._load.source, self._load.raster
        )
        waiting = self._run("SELECT count(*) FROM temp.stage").get
        content = bool(gone or waiting or raster)
        ended = changed = added = 0
        if gone or waiting:
            ended, changed, added = self._settle(at)
        conflicts = tuple(state.conflicts(self._connection, self._load.layer, self._load.source))
        loaded = Loaded(added, changed, same, ended, conflicts)
        if content or self._news():
            self._note(loaded, actor, at, content=content)
        self._run("DROP TABLE temp.stage; DROP TABLE temp.gone")
        return loaded

    def _stage(self) -> None:
        kinds = ", ".join(["geom BLOB", *BOX, *self._fields, "raw"])
        fresh_temp(
            self._connection,
            "stage",
            f"(n INTEGER PRIMARY KEY, source_id TEXT NOT NULL UNIQUE, {kinds}, fid INTEGER, id TEXT)",
        )
        marks = ", ".join("?" * (len(self._fields) + 7))
        names = ", ".join(["source_id", "geom", *BOX, *self._fields, "raw"])
        self._connection.executemany(
            f"INSERT INTO temp.stage ({names}) VALUES ({marks})",
            rows.staged(self._load.frame, self._layer),
        )
        self._run(
            "DELETE FROM temp.stage WHERE source_id IN (SELECT source_id FROM lotleaf_ended "
            "WHERE layer = ? AND source = ? AND reason = 'deleted')",
            (self._load.layer, self._load.source),
        )

    def _refer(self) -> None:
        """Let trees name the sites of their own source as these are called here.

        Another source's site may have the id that the file gives; then theirs is `<id>~<source>`.
        """
        if self._load.layer == "trees":
            self._run(
                "UPDATE temp.stage SET site_id = s.id FROM sites AS s "
                "WHERE s.source = ? AND s.source_id = stage.site_id",
                (self._load.source,),
            )

    def _find_rows(self) -> None:
        self._run(
            f"UPDATE temp.stage SET fid = l.fid, id = l.id FROM {self._table} AS l "
            "WHERE l.source = ? AND l.source_id = stage.source_id",
            (self._load.source,),
        )

    def _edit(self) -> None:
        """Put the edits made by hand on top of what the file has, and note what it has."""
        key = (self._load.layer, self._load.source)
        edits = fetched(
            self._connection,
            "SELECT source_id, field, value, file_is FROM lotleaf_edits WHERE layer = ? AND source = ?",
            key,
        )
        for source_id, field, value, knew in edits:
            found = self._run(
                f"SELECT {quoted(field)} FROM temp.stage WHERE source_id = ?", (source_id,)
            ).fetchone()
            if found is None:
                continue
            self._run(
                f"UPDATE temp.stage SET {quoted(field)} = ? WHERE source_id = ?", (value, source_id)
            )
            if found[0] != knew:
                self._run(
                    "UPDATE lotleaf_edits SET file_is = ? WHERE (layer, source, source_id, field)"
                    " = (?, ?, ?, ?)",
                    (found[0], *key, source_id, field),
                )

    def _find_gone(self) -> int:
        fresh_temp(self._connection, "gone", "(fid INTEGER PRIMARY KEY)")
        self._run(
            f"INSERT INTO temp.gone SELECT fid FROM {self._table} WHERE source = ? "
            "AND fid NOT IN (SELECT fid FROM temp.stage WHERE fid NOTNULL)",
            (self._load.source,),
        )
        return self._connection.changes()

    def _drop_same(self) -> int:
        equal = " AND ".join(f"l.{name} IS stage.{name}" for name in self._content)
        self._run(
            f"DELETE FROM temp.stage WHERE fid NOTNULL AND EXISTS (SELECT 1 FROM {self._table} AS l "
            f"WHERE l.fid = stage.fid AND {equal})"
        )
        return self._connection.changes()

    def _settle(self, at: datetime) -> tuple[int, int, int]:
        """Touch the layer; returns the rows ended, changed and added.

        The R-tree is filled in one statement at the end, its triggers put aside meanwhile.
        """
        triggers = rtree_triggers(self._layer) if shaped(self._layer) else {}
        for name in triggers:
            self._run(f"DROP TRIGGER {quoted(name)}")
        if triggers:
            self._run(
                f"DELETE FROM {rtree(self._layer)} WHERE id IN (SELECT fid FROM temp.gone "
                "UNION SELECT fid FROM temp.stage WHERE fid NOTNULL)"
            )
        ended = end(self._connection, self._layer, "vanished", at)
        changed, added = self._change(), self._add()
        if triggers:
            self._run(
                f"INSERT INTO {rtree(self._layer)} SELECT fid, {', '.join(BOX)} FROM temp.stage "
                "WHERE geom NOTNULL ORDER BY fid"
            )
        for statement in triggers.values():
            self._run(statement)
        state.touched(self._connection, self._load.layer, at)
        return ended, changed, added

    def _change(self) -> int:
        sets = ", ".join(f"{name} = s.{name}" for name in self._content)
        self._run(
            f"UPDATE {self._table} SET {sets} FROM temp.stage AS s WHERE {self._table}.fid = s.fid"
        )
        return self._connection.changes()

    def _add(self) -> int:
        Ids(self._connection, self._layer, self._load.source).allot()
        last = self._run(
            f"SELECT max(coalesce((SELECT max(fid) FROM {self._table}), 0), coalesce("
            "(SELECT seq FROM sqlite_sequence WHERE name = ?), 0))",
            (self._layer.name,),
        ).get
        self._run("UPDATE temp.stage SET fid = ? + n WHERE fid ISNULL", (last,))
        names = ", ".join(["fid", "id", "source_id", *self._content])
        self._run(
            f"INSERT INTO {self._table} ({names}, source) SELECT {names}, ? FROM temp.stage "
            "WHERE fid > ? ORDER BY n",
            (self._load.source, last),
        )
        return self._connection.changes()

    def _news(self) -> bool:
        """Tell whether the load says anything of itself that is not yet known."""
        known = self._run(
            "SELECT provenance FROM lotleaf_loads WHERE n = (SELECT load FROM lotleaf_sources "
            "WHERE layer = ? AND name = ?)",
            (self._load.layer, self._load.source),
        ).fetchone()
        return known is None or known[0] != audit.as_json(self._load.provenance)

    def _note(self, loaded: Loaded, actor: Actor, at: datetime, *, content: bool) -> None:
        load = self._load
        counts = {name: getattr(loaded, name) for name in ("added", "changed", "same", "ended")}
        told = (audit.as_json(load.provenance), audit.as_json(load.report))
        self._run(
            "INSERT INTO lotleaf_loads (layer, source, at, actor, added, changed, same, ended,"
            " provenance, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (load.layer, load.source, at.isoformat(), actor.name, *counts.values(), *told),
        )
        self._run(
            "INSERT OR REPLACE INTO lotleaf_sources VALUES (?, ?, last_insert_rowid())",
            (load.layer, load.source),
        )
        detail = {
            "source": load.source,
            **counts,
            "conflicts": len(loaded.conflicts),
            "checksum": state.checksum(load.provenance),
            "content": content,
        }
        audit.write(self._connection, "load", actor=actor, at=at, layer=load.layer, detail=detail)
