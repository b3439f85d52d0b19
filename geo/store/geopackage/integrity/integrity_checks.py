"""Integrity checks of a workspace: one sentence for each fault.

`geopackage_store.GeoPackage.check_integrity` and `backup.restore` call `find_faults`.
"""

from collections.abc import Iterator

import apsw

from geo.fields import FieldKind
from geo.schema import LAYERS, Layer
from geo.store.geopackage import metadata
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import raster_tables, stored_values
from geo.store.geopackage.integrity import unknown_objects
from geo.store.geopackage.tables import has_geometry, joined_table, quote_name, rtree_name, rtree_triggers

MAX_ROW_NUMBER = 1 << 53  # highest valid row number: exact in JSON, far below SQLite's limit of 1 << 63
ROW_NUMBER_COLUMNS = {
    "lotleaf_audit": "seq",
    "lotleaf_loads": "n",
    "lotleaf_tombstones": "n",
    "lotleaf_rasters": "n",
    "lotleaf_notes": "n",
}
JSON_COLUMNS = (
    ("lotleaf_loads", "provenance"),
    ("lotleaf_loads", "report"),
    ("lotleaf_audit", "detail"),
    ("lotleaf_tombstones", "record"),
    ("lotleaf_joins", "made"),
    ("lotleaf_idempotency_keys", "response"),
)
# SQLite storage classes that are allowed for each kind of field.
SQLITE_TYPES: dict[FieldKind, str] = {
    "text": "'text'",
    "code": "'text'",
    "date": "'text'",
    "integer": "'integer'",
    "flag": "'integer'",
    "real": "'real', 'integer'",
}


def find_faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each fault. If the file itself is damaged, nothing else is checked."""
    try:
        damage = list(_damage_faults(connection))
    except apsw.CorruptError as error:
        damage = [f"the file is damaged: {error}; bring back a backup with `lotleaf restore`"]
    yield from damage
    if damage:
        return
    if object_faults := [
        *unknown_objects.unexpected_object_faults(connection),
        *unknown_objects.missing_table_faults(connection),
    ]:
        yield from object_faults  # they could run during the checks below
        return
    yield from row_number_faults(connection)
    for layer in LAYERS.values():
        yield from _column_type_faults(connection, layer)
        yield from _orphan_faults(connection, layer)
        if has_geometry(layer):
            yield from _geometry_faults(connection, layer)
    yield from _broken_reference_faults(connection)
    yield from _metadata_faults(connection)


def _damage_faults(connection: apsw.Connection) -> Iterator[str]:
    for (message,) in connection.execute("PRAGMA integrity_check"):
        if message != "ok":
            yield f"the file is damaged: {message}; bring back a backup with `lotleaf restore`"
    for layer in filter(has_geometry, LAYERS.values()):
        message = connection.execute("SELECT rtreecheck('main', ?)", (rtree_name(layer),)).get
        if message != "ok":
            yield f"{layer.name}: the R-tree is damaged: {message}"


def row_number_faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each table with row numbers too high for further rows."""
    tables = {layer.name: "fid" for layer in LAYERS.values()} | ROW_NUMBER_COLUMNS
    for table, column in tables.items():
        (highest,) = connection.execute(
            f"SELECT max((SELECT coalesce(max({column}), 0) FROM {quote_name(table)}), "
            "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?))",
            (table,),
        ).fetchall()[0]
        if not isinstance(highest, int) or highest > MAX_ROW_NUMBER:
            yield f"{table}: its rows are numbered up to {highest!r}, which leaves no room for new rows"


def _column_type_faults(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    """Yield one sentence for each column with values of a wrong type."""
    own_columns: dict[str, FieldKind] = dict.fromkeys(("id", "source", "source_id", "raw"), "text")
    own_columns |= {field.name: field.kind for field in layer.fields}
    joined_columns: dict[str, FieldKind] = {"id": "text"}
    joined_columns |= {field.name: field.kind for field in layer.joined_fields}
    tables = {layer.name: own_columns} | ({joined_table(layer): joined_columns} if layer.joined_fields else {})
    for table, columns in tables.items():
        tests = ", ".join(
            f"total(typeof({quote_name(name)}) NOT IN ('null', {SQLITE_TYPES[kind]}))" for name, kind in columns.items()
        )
        wrong_counts = fetch_all(connection, f"SELECT {tests} FROM {quote_name(table)}")[0]
        for name, wrong_count in zip(columns, wrong_counts, strict=True):
            if wrong_count:
                yield f"{table}: {wrong_count:.0f} values of {name} have the wrong type"


def _metadata_faults(connection: apsw.Connection) -> Iterator[str]:
    """Yield one sentence for each fault of JSON columns, edits by hand, settings, status and rasters."""
    for table, column in JSON_COLUMNS:
        name = quote_name(column)
        wrong_count = _count_rows(
            connection,
            f"{table} WHERE typeof({name}) <> 'text' OR CASE WHEN json_valid({name}) "
            f"THEN json_type({name}) <> 'object' ELSE 1 END",
        )
        if wrong_count:
            yield f"{table}: {wrong_count} values of {column} are not JSON objects"
    layer_list = ", ".join(f"'{name}'" for name in LAYERS)
    if wrong_count := _count_rows(connection, f"lotleaf_overrides WHERE layer NOT IN ({layer_list})"):
        yield f"lotleaf_overrides: {wrong_count} edits by hand name a layer that does not exist"
    for read_metadata in (metadata.read_settings, metadata.build_status, raster_tables.check_rasters):
        try:
            read_metadata(connection)
        except (stored_values.CorruptValue, apsw.SQLError) as error:
            yield str(error)


def _orphan_faults(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    table = quote_name(layer.name)
    if layer.joined_fields:
        orphan_count = _count_rows(
            connection,
            f"{joined_table(layer)} AS j WHERE NOT EXISTS (SELECT 1 FROM {table} AS l WHERE l.fid = j.fid AND l.id = j.id)",
        )
        if orphan_count:
            yield f"{layer.name}: {orphan_count} joined rows belong to no record; run `lotleaf join`"
    known_rows_sql = " UNION ".join(
        (
            f"SELECT source, source_id FROM {table}",
            f"SELECT source, source_id FROM lotleaf_tombstones WHERE layer = '{layer.name}'",
        )
    )
    orphan_count = _count_rows(
        connection, f"lotleaf_overrides WHERE layer = '{layer.name}' AND (source, source_id) NOT IN ({known_rows_sql})"
    )
    if orphan_count:
        yield f"{layer.name}: {orphan_count} edits by hand belong to no record, current or deleted"


def _geometry_faults(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    table, rtree_table, geometry_types = (quote_name(layer.name), rtree_name(layer), " ".join(layer.geometry_types))
    unreadable_count = _count_rows(
        connection, f"{table} WHERE geom NOTNULL AND NOT lotleaf_has_allowed_type(geom, '{geometry_types}')"
    )
    if unreadable_count:
        yield f"{layer.name}: {unreadable_count} geometries cannot be read, do not fit the layer, or have a wrong header"
    missing_count = _count_rows(
        connection,
        f"{table} AS l WHERE geom NOTNULL AND NOT EXISTS (SELECT 1 FROM {rtree_table} AS r WHERE r.id = l.fid)",
    )
    if missing_count:
        yield f"{layer.name}: {missing_count} geometries are missing from the R-tree"
    stray_count = _count_rows(
        connection,
        f"{rtree_table} AS r WHERE NOT EXISTS (SELECT 1 FROM {table} AS l WHERE l.fid = r.id AND l.geom NOTNULL)",
    )
    if stray_count:
        yield f"{layer.name}: {stray_count} boxes of the R-tree belong to no geometry"
    if not unreadable_count:
        yield from _rtree_bbox_faults(connection, layer)
    trigger_rows = fetch_all(
        connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (layer.name,)
    )
    if missing_triggers := set(rtree_triggers(layer)) - {name for (name,) in trigger_rows}:
        yield f"{layer.name}: the R-tree's triggers {sorted(missing_triggers)} are missing"


def _rtree_bbox_faults(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    wrong_count = _count_rows(
        connection,
        f"{quote_name(layer.name)} AS l JOIN {rtree_name(layer)} AS r ON r.id = l.fid WHERE "
        "r.minx > ST_MinX(l.geom) OR r.maxx < ST_MaxX(l.geom) "
        "OR r.miny > ST_MinY(l.geom) OR r.maxy < ST_MaxY(l.geom)",
    )
    if wrong_count:
        yield f"{layer.name}: {wrong_count} boxes of the R-tree do not match their geometries"


def _broken_reference_faults(connection: apsw.Connection) -> Iterator[str]:
    for layer in LAYERS.values():
        unknown_sources = connection.execute(
            f"SELECT DISTINCT source FROM {quote_name(layer.name)} WHERE source NOT IN "
            "(SELECT name FROM lotleaf_sources WHERE layer = ?)",
            (layer.name,),
        )
        for (source,) in unknown_sources.fetchall():
            yield f"{layer.name}: rows name the source {source!r}, but no load of it is recorded"
    orphan_strips = _count_rows(connection, "lotleaf_raster_strips WHERE raster NOT IN (SELECT n FROM lotleaf_rasters)")
    if orphan_strips:
        yield f"canopy: {orphan_strips} raster strips belong to no raster"
    missing_photos = _count_rows(
        connection, "lotleaf_notes WHERE photo NOTNULL AND photo NOT IN (SELECT number FROM lotleaf_photos)"
    )
    if missing_photos:
        yield f"lotleaf_notes: {missing_photos} notes name a photo that does not exist"


def _count_rows(connection: apsw.Connection, from_clause: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {from_clause}").get)
