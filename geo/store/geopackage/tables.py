"""The SQL of a workspace's tables: one table for each layer, as `geo.schema` declares it.

`schema_migration` creates the tables, and the other modules of the store take names from here.
The tables follow GeoPackage 1.3 and its R-tree extension,
http://www.geopackage.org/spec120/#extension_rtree.
"""

from collections.abc import Iterator

import apsw

from geo.fields import Field, FieldKind
from geo.identifiers import SOURCE_SEPARATOR
from geo.schema import Layer, layer_named  # noqa: F401 - the examples use it

APPLICATION_ID = 0x47504B47  # "GPKG"
GEOPACKAGE_VERSION = 10300  # GeoPackage 1.3
SQL_TYPES: dict[FieldKind, str] = {
    "text": "TEXT",
    "code": "TEXT",
    "date": "TEXT",  # ISO text, so that every century fits
    "integer": "INTEGER",
    "real": "REAL",
    "flag": "BOOLEAN",
}
# Further columns in the index of a joined field. Pages list a town's records in the order of their ids.
# Display points are searched by longitude.
EXTRA_INDEX_COLUMNS = {"town": ", id", "placed_by": ", lon"}
# Fields that identify a parcel. They are looked up in the spelling of `key_sql`.
KEY_FIELDS = {
    "parcels": ("id", "old_id"),
    "addresses": ("parcel_id",),
    "sites": ("parcel_key", "override_parcel_id"),
    "trees": ("parcel_key", "override_parcel_id"),
    "inspections": ("parcel_key",),
}
# Layers with records that may be placed by address. They are looked up by house number.
ADDRESSED_LAYERS = ("sites", "trees", "inspections", "landmarks")
HOUSE_NUMBER_SQL = "CAST(address AS INTEGER)"  # 0 for an address without a house number
_RTREE_SPEC = "http://www.geopackage.org/spec120/#extension_rtree"


def quote_name(name: str) -> str:
    """Quote an identifier for SQL.

    >>> quote_name("class")
    '"class"'
    """
    return '"' + name.replace('"', '""') + '"'


def has_geometry(layer: Layer) -> bool:
    """Return whether a layer's table has a geometry column.

    >>> has_geometry(layer_named("trees")), has_geometry(layer_named("aliases"))
    (True, False)
    """
    return bool(layer.geometry_types)


def rtree_name(layer: Layer) -> str:
    """Return the name of a layer's R-tree.

    >>> rtree_name(layer_named("trees"))
    'rtree_trees_geom'
    """
    return f"rtree_{layer.name}_geom"


def geometry_type(layer: Layer) -> str:
    """Return the one geometry type that a layer's table declares to other programs.

    >>> geometry_type(layer_named("districts"))
    'MULTIPOLYGON'
    """
    return layer.geometry_types[-1].upper()


def key_sql(field: str, table: str = "") -> str:
    """Write the SQL expression of a normalized key: upper case, trimmed, without `~source`.

    SQLite changes the case of the 26 ASCII letters only.

    >>> rows = "(SELECT ' 10e620112~pagedale-lots' AS parcel_key)"
    >>> apsw.Connection(":memory:").execute(f"SELECT {key_sql('parcel_key')} FROM {rows}").get
    '10E620112'
    """
    column_sql = table + quote_name(field)
    return (
        f"upper(trim(substr({column_sql}, 1, instr({column_sql} || '{SOURCE_SEPARATOR}', '{SOURCE_SEPARATOR}') - 1)))"
    )


def joined_table(layer: Layer) -> str:
    """Return the name of the table with a layer's joined fields.

    >>> joined_table(layer_named("trees"))
    'joined_trees'
    """
    return f"joined_{layer.name}"


def rtree_triggers(layer: Layer) -> dict[str, str]:
    """Return the statements that create the triggers of a layer's R-tree, by trigger name.

    Names and conditions are those of the GeoPackage R-tree extension.

    >>> list(rtree_triggers(layer_named("trees")))[:2]
    ['rtree_trees_geom_insert', 'rtree_trees_geom_update1']
    """
    table, quoted_rtree = quote_name(layer.name), quote_name(rtree_name(layer))
    bbox_values = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    insert_sql = f"INSERT OR REPLACE INTO {quoted_rtree} VALUES ({bbox_values});"
    delete_sql = f"DELETE FROM {quoted_rtree} WHERE id = OLD.fid;"
    delete_both_sql = f"DELETE FROM {quoted_rtree} WHERE id IN (OLD.fid, NEW.fid);"
    is_present = "NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)"
    is_absent = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    events = {
        "insert": f"AFTER INSERT ON {table} WHEN ({is_present}) BEGIN {insert_sql}",
        "update1": f"AFTER UPDATE OF geom ON {table} WHEN OLD.fid = NEW.fid AND ({is_present}) BEGIN {insert_sql}",
        "update2": f"AFTER UPDATE OF geom ON {table} WHEN OLD.fid = NEW.fid AND {is_absent} BEGIN {delete_sql}",
        "update3": f"AFTER UPDATE ON {table} WHEN OLD.fid != NEW.fid AND ({is_present}) BEGIN {delete_sql} {insert_sql}",
        "update4": f"AFTER UPDATE ON {table} WHEN OLD.fid != NEW.fid AND {is_absent} BEGIN {delete_both_sql}",
        "delete": f"AFTER DELETE ON {table} WHEN OLD.geom NOT NULL BEGIN {delete_sql}",
    }
    return {
        f"{rtree_name(layer)}_{event}": f"CREATE TRIGGER {quote_name(f'{rtree_name(layer)}_{event}')} {body} END"
        for event, body in events.items()
    }


def _create_table_statements(layer: Layer) -> Iterator[str]:
    table = layer.name
    columns = [
        "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
        *([f"geom {geometry_type(layer)}"] if has_geometry(layer) else []),
        "id TEXT NOT NULL UNIQUE",
        "source TEXT NOT NULL",
        "source_id TEXT NOT NULL",
        *map(_column_definition, layer.fields),
        "raw TEXT",
        "UNIQUE (source, source_id)",
    ]
    yield f"CREATE TABLE {quote_name(table)} ({', '.join(columns)})"
    yield _contents_statement(
        table, "features" if has_geometry(layer) else "attributes", layer.title, layer.description
    )
    yield from (_create_index_statement(table, field.name) for field in layer.fields if _needs_index(field))
    if has_geometry(layer):
        yield f"INSERT INTO gpkg_geometry_columns VALUES ('{table}', 'geom', '{geometry_type(layer)}', 4326, 0, 0)"
        yield f"INSERT INTO gpkg_extensions VALUES ('{table}', 'geom', 'gpkg_rtree_index', '{_RTREE_SPEC}', 'write-only')"
        yield f"CREATE VIRTUAL TABLE {quote_name(rtree_name(layer))} USING rtree(id, minx, maxx, miny, maxy)"
        yield from rtree_triggers(layer).values()


def _create_joined_table_statements(layer: Layer) -> Iterator[str]:
    """Yield the statements for a layer's joined table. A record has the same fid and id in both tables."""
    table = joined_table(layer)
    columns = ["fid INTEGER PRIMARY KEY NOT NULL", "id TEXT NOT NULL", *map(_column_definition, layer.joined_fields)]
    yield f"CREATE TABLE {quote_name(table)} ({', '.join(columns)})"
    yield _contents_statement(table, "attributes", f"{layer.title}: joined", f"What the join adds to {layer.name}.")
    yield from (_create_index_statement(table, field.name) for field in layer.joined_fields if _needs_index(field))


def _contents_statement(table: str, data_type: str, title: str, description: str) -> str:
    title, description = title.replace("'", "''"), description.replace("'", "''")
    srs_id = 4326 if data_type == "features" else "NULL"
    return (
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
        f"VALUES ('{table}', '{data_type}', '{title}', '{description}', {srs_id})"
    )


def _key_index_statements(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    """Yield the statements for missing indexes on keys, house numbers and case numbers."""
    indexes = [(field, "key", key_sql(field)) for field in KEY_FIELDS.get(layer.name, ())]
    indexes += [("address", "number", HOUSE_NUMBER_SQL)] * (layer.name in ADDRESSED_LAYERS)
    indexes += [("case_id", "called", quote_name("case_id"))] * (layer.name == "inspections")
    for field, suffix, expression in indexes:
        name = f"{layer.name}_{field}_{suffix}"
        sql = "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?"
        if connection.execute(sql, (name,)).get is None:
            yield (
                f"CREATE INDEX {quote_name(name)} ON {quote_name(layer.name)} ({expression}) "
                f"WHERE {quote_name(field)} NOTNULL"
            )


def _column_definition(field: Field) -> str:
    return f"{quote_name(field.name)} {SQL_TYPES[field.kind]}"


def _needs_index(field: Field) -> bool:
    """Return whether records are looked up by a field."""
    not_indexed = {"case_id", "old_id", "runner_up_id", "override_parcel_id"}
    return field.name in {"town", "placed_by"} or (field.name.endswith("_id") and field.name not in not_indexed)


def _create_index_statement(table: str, column: str) -> str:
    name = quote_name(f"{table}_{column}")
    extra_columns = EXTRA_INDEX_COLUMNS.get(column, "") if table.startswith("joined_") else ""
    return (
        f"CREATE INDEX {name} ON {quote_name(table)} ({quote_name(column)}{extra_columns}) "
        f"WHERE {quote_name(column)} NOTNULL"
    )
