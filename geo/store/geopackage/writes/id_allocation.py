"""Allocation of public ids: the source's own id where it is free, and the same id after every reload.

`upsert` calls `IdAllocator.allocate_ids`. See `docs/decisions/0002-ids.md`.
"""

import apsw

from geo.identifiers import disambiguate_id
from geo.schema import Layer
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.tables import quote_name


class IdAllocator:
    """An allocator of public ids for the new rows of one source in `temp.stage`.

    A row that existed before gets its former id. Otherwise the public id is the id within the source.
    If another record has that id, it is `<id>~<source>`. If that is taken too, it is
    `<id>~<source>-2` and so on.
    """

    def __init__(self, connection: apsw.Connection, layer: Layer, source: str) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._layer = layer
        self._source = source
        self._allocated: set[str] = set()

    def allocate_ids(self) -> None:
        """Set the public id of each new row."""
        self._execute(
            "UPDATE temp.stage SET id = coalesce((SELECT e.id FROM lotleaf_tombstones AS e WHERE e.layer = ?"
            " AND e.source = ? AND e.source_id = stage.source_id ORDER BY e.n DESC LIMIT 1), source_id)"
            " WHERE fid ISNULL",
            (self._layer.name, self._source),
        )
        self._execute("CREATE INDEX temp.stage_id ON stage (id) WHERE id <> source_id")
        conflicting_rows = fetch_all(
            self._connection,
            f"SELECT n, source_id FROM temp.stage WHERE fid ISNULL AND (id IN (SELECT id FROM "
            f"{quote_name(self._layer.name)}) OR id <> source_id AND (id IN (SELECT source_id FROM"
            " temp.stage) OR id IN (SELECT o.id FROM temp.stage AS o WHERE o.id <> o.source_id"
            " AND o.n < stage.n))) ORDER BY n",
        )
        for stage_number, source_id in conflicting_rows:
            self._execute("UPDATE temp.stage SET id = ? WHERE n = ?", (self._find_free_id(source_id), stage_number))

    def _find_free_id(self, source_id: str) -> str:
        base_id, suffix = disambiguate_id(source_id, self._source), 2
        candidate = base_id
        while candidate in self._allocated or self._is_taken(candidate):
            candidate, suffix = f"{base_id}-{suffix}", suffix + 1
        self._allocated.add(candidate)
        return candidate

    def _is_taken(self, id_: str) -> bool:
        table = quote_name(self._layer.name)
        sql = (
            f"SELECT EXISTS (SELECT 1 FROM {table} WHERE id = ?1)"
            " OR EXISTS (SELECT 1 FROM temp.stage WHERE source_id = ?1)"
            " OR EXISTS (SELECT 1 FROM temp.stage WHERE id <> source_id AND id = ?1)"
        )
        return bool(self._execute(sql, (id_,)).get)
