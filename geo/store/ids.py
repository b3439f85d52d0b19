"""Public ids: the source's own where nobody has it, and for good."""

import apsw

from geo.layers import Layer
from geo.naming import set_apart
from geo.store.connections import fetched
from geo.store.schema import quoted


class Ids:
    """Public ids for the rows in `temp.stage` that have none yet.

    A row that was here before gets its own again. Else the id is the one within the source; where
    another record has that already, `<id>~<source>`, and should even that be taken,
    `<id>~<source>-2` and so on.
    """

    def __init__(self, connection: apsw.Connection, layer: Layer, source: str) -> None:
        self._connection = connection
        self._run = connection.execute
        self._layer = layer
        self._source = source
        self._allotted: set[str] = set()

    def allot(self) -> None:
        """Give each new row its id."""
        self._run(
            "UPDATE temp.stage SET id = coalesce((SELECT e.id FROM lotleaf_ended AS e WHERE e.layer = ?"
            " AND e.source = ? AND e.source_id = stage.source_id ORDER BY e.n DESC LIMIT 1), source_id)"
            " WHERE fid ISNULL",
            (self._layer.name, self._source),
        )
        self._run("CREATE INDEX temp.stage_id ON stage (id) WHERE id <> source_id")
        taken = fetched(
            self._connection,
            f"SELECT n, source_id FROM temp.stage WHERE fid ISNULL AND (id IN (SELECT id FROM "
            f"{quoted(self._layer.name)}) OR id <> source_id AND (id IN (SELECT source_id FROM"
            " temp.stage) OR id IN (SELECT o.id FROM temp.stage AS o WHERE o.id <> o.source_id"
            " AND o.n < stage.n))) ORDER BY n",
        )
        for n, source_id in taken:
            self._run("UPDATE temp.stage SET id = ? WHERE n = ?", (self._free(source_id), n))

    def _free(self, source_id: str) -> str:
        stem, further = set_apart(source_id, self._source), 2
        found = stem
        while found in self._allotted or self._held(found):
            found, further = f"{stem}-{further}", further + 1
        self._allotted.add(found)
        return found

    def _held(self, id_: str) -> bool:
        table = quoted(self._layer.name)
        sql = (
            f"SELECT EXISTS (SELECT 1 FROM {table} WHERE id = ?1)"
            " OR EXISTS (SELECT 1 FROM temp.stage WHERE source_id = ?1)"
            " OR EXISTS (SELECT 1 FROM temp.stage WHERE id <> source_id AND id = ?1)"
        )
        return bool(self._run(sql, (id_,)).get)
