"""A look over the whole workspace: one sentence for each fault."""

from collections.abc import Iterator

import apsw

from geo.fields import Kind
from geo.layers import LAYERS, Layer
from geo.store import foreign, held, rasters, state
from geo.store.connections import fetched
from geo.store.schema import joined, quoted, rtree, rtree_triggers, shaped

LAST = 1 << 53  # the highest number that a row may have: JSON keeps no more, SQLite ends at 1 << 63
NUMBERED = {
    "lotleaf_audit": "seq",
    "lotleaf_loads": "n",
    "lotleaf_ended": "n",
    "lotleaf_rasters": "n",
    "lotleaf_notes": "n",
}
OBJECTS = (
    ("lotleaf_loads", "provenance"),
    ("lotleaf_loads", "report"),
    ("lotleaf_audit", "detail"),
    ("lotleaf_ended", "record"),
    ("lotleaf_joins", "made"),
    ("lotleaf_keys", "outcome"),
)
# As what SQLite may keep a value of each kind.
HELD: dict[Kind, str] = {
    "text": "'text'",
    "code": "'text'",
    "date": "'text'",
    "integer": "'integer'",
    "flag": "'integer'",
    "real": "'real', 'integer'",
}


def faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each fault found; damage of the file first, and then nothing else."""
    try:
        damage = list(_damage(connection))
    except apsw.CorruptError as error:
        damage = [f"the file is damaged: {error}; put a backup back with `lotleaf restore`"]
    yield from damage
    if damage:
        return
    if strange := [*foreign.strangers(connection), *foreign.missing(connection)]:
        yield from strange  # they would act on whatever is asked further
        return
    yield from counters(connection)
    for layer in LAYERS.values():
        yield from _kind_faults(connection, layer)
        yield from _orphans(connection, layer)
        if shaped(layer):
            yield from _shape_faults(connection, layer)
    yield from _sourceless(connection)
    yield from _telling_faults(connection)


def _damage(connection: apsw.Connection) -> Iterator[str]:
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"the file is damaged: {said}; put a backup back with `lotleaf restore`"
    for layer in filter(shaped, LAYERS.values()):
        said = connection.execute("SELECT rtreecheck('main', ?)", (rtree(layer),)).get
        if said != "ok":
            yield f"{layer.name}: the R-tree is damaged: {said}"


def counters(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each table whose rows have numbers after which there is none."""
    tables = {layer.name: "fid" for layer in LAYERS.values()} | NUMBERED
    for table, column in tables.items():
        (last,) = connection.execute(
            f"SELECT max((SELECT coalesce(max({column}), 0) FROM {quoted(table)}), "
            "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?))",
            (table,),
        ).fetchall()[0]
        if not isinstance(last, int) or last > LAST:
            yield f"{table}: its rows are numbered up to {last!r}, beyond which there is no room for more"


def _kind_faults(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    """Yield one sentence for each column that holds what its field cannot."""
    own: dict[str, Kind] = dict.fromkeys(("id", "source", "source_id", "raw"), "text")
    own |= {field.name: field.kind for field in layer.fields}
    made: dict[str, Kind] = {"id": "text"}
    made |= {field.name: field.kind for field in layer.joined}
    tables = {layer.name: own} | ({joined(layer): made} if layer.joined else {})
    for table, columns in tables.items():
        tests = ", ".join(
            f"total(typeof({quoted(name)}) NOT IN ('null', {HELD[kind]}))"
            for name, kind in columns.items()
        )
        row = fetched(connection, f"SELECT {tests} FROM {quoted(table)}")[0]
        for name, number in zip(columns, row, strict=True):
            if number:
                yield f"{table}: {number:.0f} values of {name} are not what the field holds"


def _telling_faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield what is wrong with what the workspace says of itself: JSON, settings, rasters, edits."""
    for table, column in OBJECTS:
        name = quoted(column)
        wrong = _count(
            connection,
            f"{table} WHERE typeof({name}) <> 'text' OR CASE WHEN json_valid({name}) "
            f"THEN json_type({name}) <> 'object' ELSE 1 END",
        )
        if wrong:
            yield f"{table}: {wrong} values of {column} are no JSON object"
    names = ", ".join(f"'{name}'" for name in LAYERS)
    if wrong := _count(connection, f"lotleaf_edits WHERE layer NOT IN ({names})"):
        yield f"lotleaf_edits: {wrong} edits by hand are of no layer that there is"
    for ask in (state.settings, state.status, rasters.look_over):
        try:
            ask(connection)
        except (held.Unsound, apsw.SQLError) as error:
            yield str(error)


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
    table, tree, kinds = quoted(layer.name), rtree(layer), " ".join(layer.geometry)
    unread = _count(connection, f"{table} WHERE geom NOTNULL AND NOT lotleaf_fits(geom, '{kinds}')")
    if unread:
        yield f"{layer.name}: {unread} shapes cannot be read, or are none that the layer takes, or their header belies them"
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
    lost_photos = _count(
        connection,
        "lotleaf_notes WHERE photo NOTNULL AND photo NOT IN (SELECT number FROM lotleaf_photos)",
    )
    if lost_photos:
        yield f"lotleaf_notes: {lost_photos} notes name a photo that there is not"


def _count(connection: apsw.Connection, what: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {what}").get)
