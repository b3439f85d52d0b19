"""Tables: the numbered migrations, then one table a layer as `geo.layers` declares it."""

from collections.abc import Iterable, Iterator
from importlib import resources

import apsw

from geo.errors import BadWorkspace
from geo.fields import Field, Kind
from geo.layers import LAYERS, Layer
from geo.naming import OF_SOURCE

APPLICATION_ID = 0x47504B47  # "GPKG"
VERSION = 10300  # GeoPackage 1.3
TYPES: dict[Kind, str] = {
    "text": "TEXT",
    "code": "TEXT",
    "date": "TEXT",  # ISO text, whatever the century
    "integer": "INTEGER",
    "real": "REAL",
    "flag": "BOOLEAN",
}
# What an index of a joined table has behind its column: a town's records come in the order of their ids, page by
# page; lent places are sought from west to east.
THEN = {"town": ", id", "placed_by": ", lon"}
# Fields whose words name a parcel, or are its names: looked up in the spelling of `key_of`.
KEYS = {
    "parcels": ("id", "old_id"),
    "addresses": ("parcel_id",),
    "sites": ("parcel_key", "override_parcel_id"),
    "trees": ("parcel_key", "override_parcel_id"),
    "inspections": ("parcel_key",),
}
# Layers whose records may be placed by their address: sought by the number that it begins with.
ADDRESSED = ("sites", "trees", "inspections", "landmarks")
NUMBER = "CAST(address AS INTEGER)"  # 0 where an address begins with no digit
_RTREE_SPEC = "http://www.geopackage.org/spec120/#extension_rtree"


def quoted(name: str) -> str:
    """Quote a name for SQL.

    >>> quoted("class")
    '"class"'
    """
    return '"' + name.replace('"', '""') + '"'


def shaped(layer: Layer) -> bool:
    """Tell whether a layer's table has a geometry column."""
    return bool(layer.geometry)


def rtree(layer: Layer) -> str:
    """Name the R-tree of a layer."""
    return f"rtree_{layer.name}_geom"


def shape_type(layer: Layer) -> str:
    """Name the one geometry type that a layer's table has for other programs.

    >>> shape_type(LAYERS["districts"])
    'MULTIPOLYGON'
    """
    return layer.geometry[-1].upper()


def key_of(field: str, table: str = "") -> str:
    """Write the SQL of a key in one spelling: capitals, no spaces around, without what tells sources apart.

    SQLite knows the capitals of the 26 letters alone.
    """
    word = table + quoted(field)
    return f"upper(trim(substr({word}, 1, instr({word} || '{OF_SOURCE}', '{OF_SOURCE}') - 1)))"


def joined(layer: Layer) -> str:
    """Name the table of a layer's joined fields."""
    return f"joined_{layer.name}"


def ours(connection: apsw.Connection) -> bool:
    """Tell whether a database is a workspace of lotleaf, of whatever version."""
    marked = connection.pragma("application_id") == APPLICATION_ID
    return bool(marked and connection.table_exists("main", "lotleaf_migrations"))


def up_to_date(connection: apsw.Connection) -> bool:
    """Tell whether the file has every migration and every declared column.

    Raises BadWorkspace when a newer lotleaf has written the file.
    """
    done = _done(connection)
    names = {number for number, _ in migrations()}
    if done - names:
        raise BadWorkspace(
            f"a newer lotleaf wrote this workspace (migration {max(done)}; this one knows up to "
            f"{max(names)}); use that one"
        )
    return done == names and not any(_missing(connection))


def bring_up(connection: apsw.Connection) -> None:
    """Run the migrations that are still to be run, then add what the layers newly declare."""
    done = _done(connection)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS lotleaf_migrations (number INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL)"
    )
    for number, path in migrations():
        if number not in done:
            connection.execute(path.read_text("utf-8"))
            connection.execute("INSERT INTO lotleaf_migrations VALUES (?, ?)", (number, path.name))
    for statement in list(_missing(connection)):
        connection.execute(statement)


def migrations() -> list[tuple[int, resources.abc.Traversable]]:
    """List the numbered SQL files, oldest first."""
    folder = resources.files("geo.store") / "migrations"
    found = [path for path in folder.iterdir() if path.name.endswith(".sql")]
    return sorted((int(path.name.split("_")[0]), path) for path in found)


def rtree_triggers(layer: Layer) -> dict[str, str]:
    """Give the triggers that keep a layer's R-tree, by name, as the GeoPackage standard has them."""
    table, tree = quoted(layer.name), quoted(rtree(layer))
    box = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    put = f"INSERT OR REPLACE INTO {tree} VALUES ({box});"
    drop = f"DELETE FROM {tree} WHERE id = OLD.fid;"
    drop_both = f"DELETE FROM {tree} WHERE id IN (OLD.fid, NEW.fid);"
    some = "NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)"
    none = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    events = {
        "insert": f"AFTER INSERT ON {table} WHEN ({some}) BEGIN {put}",
        "update1": f"AFTER UPDATE OF geom ON {table} WHEN OLD.fid = NEW.fid AND ({some}) BEGIN {put}",
        "update2": f"AFTER UPDATE OF geom ON {table} WHEN OLD.fid = NEW.fid AND {none} BEGIN {drop}",
        "update3": f"AFTER UPDATE ON {table} WHEN OLD.fid != NEW.fid AND ({some}) BEGIN {drop} {put}",
        "update4": f"AFTER UPDATE ON {table} WHEN OLD.fid != NEW.fid AND {none} BEGIN {drop_both}",
        "delete": f"AFTER DELETE ON {table} WHEN OLD.geom NOT NULL BEGIN {drop}",
    }
    return {
        f"{rtree(layer)}_{event}": f"CREATE TRIGGER {quoted(f'{rtree(layer)}_{event}')} {body} END"
        for event, body in events.items()
    }


def _done(connection: apsw.Connection) -> set[int]:
    if not connection.table_exists("main", "lotleaf_migrations"):
        return set()
    return {number for (number,) in connection.execute("SELECT number FROM lotleaf_migrations")}


def _missing(connection: apsw.Connection) -> Iterator[str]:
    """Yield the statements that bring the tables to what the layers declare."""
    for layer in LAYERS.values():
        if not connection.table_exists("main", layer.name):
            yield from _table(layer)
        else:
            yield from _columns(connection, layer.name, layer.fields)
            yield from _of_one_type(connection, layer)
        if layer.joined and not connection.table_exists("main", joined(layer)):
            yield from _joined_table(layer)
        elif layer.joined:
            yield from _columns(connection, joined(layer), layer.joined)
        yield from _keys(connection, layer)


def _of_one_type(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    """Yield what makes a table of any geometry, as there once were, one of the layer's type.

    No shape moves, so that the R-tree stays as it is.
    """
    table = layer.name
    told = connection.execute(
        "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchone()
    if told is None or told[0] == shape_type(layer):
        return
    triggers = rtree_triggers(layer)
    yield from (f"DROP TRIGGER IF EXISTS {quoted(name)}" for name in triggers)
    yield f"UPDATE {quoted(table)} SET geom = lotleaf_promoted(geom) WHERE geom NOTNULL"
    yield from triggers.values()
    yield (
        f"UPDATE gpkg_geometry_columns SET geometry_type_name = '{shape_type(layer)}' "
        f"WHERE table_name = '{table}'"
    )


def _columns(connection: apsw.Connection, table: str, fields: Iterable[Field]) -> Iterator[str]:
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}
    new = [field for field in fields if field.name not in there]
    yield from (f"ALTER TABLE {quoted(table)} ADD COLUMN {_column(field)}" for field in new)
    yield from (_index(table, field.name) for field in new if _sought(field))


def _table(layer: Layer) -> Iterator[str]:
    table = layer.name
    columns = [
        "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
        *([f"geom {shape_type(layer)}"] if shaped(layer) else []),
        "id TEXT NOT NULL UNIQUE",
        "source TEXT NOT NULL",
        "source_id TEXT NOT NULL",
        *map(_column, layer.fields),
        "raw TEXT",
        "UNIQUE (source, source_id)",
    ]
    yield f"CREATE TABLE {quoted(table)} ({', '.join(columns)})"
    yield _contents(table, "features" if shaped(layer) else "attributes", layer.title, layer.says)
    yield from (_index(table, field.name) for field in layer.fields if _sought(field))
    if shaped(layer):
        yield f"INSERT INTO gpkg_geometry_columns VALUES ('{table}', 'geom', '{shape_type(layer)}', 4326, 0, 0)"
        yield f"INSERT INTO gpkg_extensions VALUES ('{table}', 'geom', 'gpkg_rtree_index', '{_RTREE_SPEC}', 'write-only')"
        yield f"CREATE VIRTUAL TABLE {quoted(rtree(layer))} USING rtree(id, minx, maxx, miny, maxy)"
        yield from rtree_triggers(layer).values()


def _joined_table(layer: Layer) -> Iterator[str]:
    """Yield the table beside the layer's: the same fid and id for the same record."""
    table = joined(layer)
    columns = ["fid INTEGER PRIMARY KEY NOT NULL", "id TEXT NOT NULL", *map(_column, layer.joined)]
    yield f"CREATE TABLE {quoted(table)} ({', '.join(columns)})"
    yield _contents(
        table, "attributes", f"{layer.title}: joined", f"What the join adds to {layer.name}."
    )
    yield from (_index(table, field.name) for field in layer.joined if _sought(field))


def _contents(table: str, kind: str, title: str, says: str) -> str:
    title, says = title.replace("'", "''"), says.replace("'", "''")
    srs = 4326 if kind == "features" else "NULL"
    return (
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
        f"VALUES ('{table}', '{kind}', '{title}', '{says}', {srs})"
    )


def _keys(connection: apsw.Connection, layer: Layer) -> Iterator[str]:
    """Yield the indexes of keys, of house numbers and of case numbers that are not there yet."""
    found = [(field, "key", key_of(field)) for field in KEYS.get(layer.name, ())]
    found += [("address", "number", NUMBER)] * (layer.name in ADDRESSED)
    found += [("case_id", "called", quoted("case_id"))] * (layer.name == "inspections")
    for field, what, of in found:
        name = f"{layer.name}_{field}_{what}"
        sql = "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?"
        if connection.execute(sql, (name,)).get is None:
            yield (
                f"CREATE INDEX {quoted(name)} ON {quoted(layer.name)} ({of}) "
                f"WHERE {quoted(field)} NOTNULL"
            )


def _column(field: Field) -> str:
    return f"{quoted(field.name)} {TYPES[field.kind]}"


def _sought(field: Field) -> bool:
    """Tell whether records are looked up by a field, so that it needs an index."""
    unsought = {"case_id", "old_id", "runner_up_id", "override_parcel_id"}
    return field.name in {"town", "placed_by"} or (
        field.name.endswith("_id") and field.name not in unsought
    )


def _index(table: str, column: str) -> str:
    name = quoted(f"{table}_{column}")
    then = THEN.get(column, "") if table.startswith("joined_") else ""
    return (
        f"CREATE INDEX {name} ON {quoted(table)} ({quoted(column)}{then}) "
        f"WHERE {quoted(column)} NOTNULL"
    )
