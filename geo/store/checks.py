"""A look over the whole workspace: one sentence for each fault."""

from collections.abc import Iterator

import apsw

from geo.layers import LAYERS, Layer
from geo.store import foreign
from geo.store.connections import fetched
from geo.store.schema import joined, quoted, rtree, rtree_triggers, shaped


def faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each fault found; damage of the file first, and then nothing else."""
    try:
        damage = list(_damage(connection))
    except apsw.CorruptError as error:
        damage = [f"the file is damaged: {error}; put a backup back with `lotleaf restore`"]
    yield from damage
    if damage:
        return
    if strange := list(foreign.strangers(connection)):
        yield from strange  # they would act on whatever is asked further
        return
    for layer in LAYERS.values():
        yield from _orphans(connection, layer)
        if shaped(layer):
            yield from _shape_faults(connection, layer)
    yield from _sourceless(connection)


def _damage(connection: apsw.Connection) -> Iterator[str]:
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"the file is damaged: {said}; put a backup back with `lotleaf restore`"
    for layer in filter(shaped, LAYERS.values()):
        said = connection.execute("SELECT rtreecheck('main', ?)", (rtree(layer),)).get
        if said != "ok":
            yield f"{layer.name}: the R-tree is damaged: {said}"


def _orphans(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    table = quoted(layer.name)
    if layer.joined:
        lost = _count(
            connection,
            f"{joined(layer)} AS j WHERE NOT EXISTS (SELECT 1 FROM {table} AS l WHERE l.fid = j.fid AND l.id = j.id)",
        )
        if lost:
            yield f"{layer.name}: {lost} joined rows belong to no record; run `lotleaf join`"
    known = " UNION ".join(
        (
            f"SELECT source, source_id FROM {table}",
            f"SELECT source, source_id FROM lotleaf_ended WHERE layer = '{layer.name}'",
        )
    )
    lost = _count(
        connection,
        f"lotleaf_edits WHERE layer = '{layer.name}' AND (source, source_id) NOT IN ({known})",
    )
    if lost:
        yield f"{layer.name}: {lost} edits by hand belong to no record, present or ended"


def _shape_faults(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    table, tree = quoted(layer.name), rtree(layer)
    unread = _count(connection, f"{table} WHERE geom NOTNULL AND NOT lotleaf_parses(geom)")
    if unread:
        yield f"{layer.name}: {unread} shapes cannot be read, or their header belies them"
    lost = _count(
        connection,
        f"{table} AS l WHERE geom NOTNULL AND NOT EXISTS (SELECT 1 FROM {tree} AS r WHERE r.id = l.fid)",
    )
    if lost:
        yield f"{layer.name}: {lost} shapes are missing from the R-tree"
    stray = _count(
        connection,
        f"{tree} AS r WHERE NOT EXISTS (SELECT 1 FROM {table} AS l WHERE l.fid = r.id AND l.geom NOTNULL)",
    )
    if stray:
        yield f"{layer.name}: {stray} boxes of the R-tree belong to no shape"
    if not unread:
        yield from _box_faults(connection, layer)
    there = fetched(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?",
        (layer.name,),
    )
    if missing := set(rtree_triggers(layer)) - {name for (name,) in there}:
        yield f"{layer.name}: the R-tree's triggers {sorted(missing)} are missing"


def _box_faults(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    wrong = _count(
        connection,
        f"{quoted(layer.name)} AS l JOIN {rtree(layer)} AS r ON r.id = l.fid WHERE "
        "r.minx > ST_MinX(l.geom) OR r.maxx < ST_MaxX(l.geom) "
        "OR r.miny > ST_MinY(l.geom) OR r.maxy < ST_MaxY(l.geom)",
    )
    if wrong:
        yield f"{layer.name}: {wrong} boxes of the R-tree are not where their shapes are"


def _sourceless(connection: apsw.Connection) -> Iterator[str]:
    for layer in LAYERS.values():
        lost = connection.execute(
            f"SELECT DISTINCT source FROM {quoted(layer.name)} WHERE source NOT IN "
            "(SELECT name FROM lotleaf_sources WHERE layer = ?)",
            (layer.name,),
        )
        for (source,) in lost.fetchall():
            yield f"{layer.name}: rows name the source {source!r}, of which no load is known"
    lost_strips = _count(
        connection, "lotleaf_raster_strips WHERE raster NOT IN (SELECT n FROM lotleaf_rasters)"
    )
    if lost_strips:
        yield f"canopy: {lost_strips} strips of cells belong to no raster"


def _count(connection: apsw.Connection, what: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {what}").get)
