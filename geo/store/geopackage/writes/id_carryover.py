"""Records that stay the same although their files name them otherwise: another writing, or another column.

`upsert.LayerUpsert` calls `carry_over_ids` before it matches rows, so that edits, notes and web addresses
stay with their records. See docs/decisions/0035-identity.md.
"""

import json
from collections.abc import Iterable
from typing import Any

import apsw

from geo.identifiers import guid_key, is_counter_name
from geo.schema import Layer
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import stored_values
from geo.store.geopackage.tables import has_geometry, quote_name
from geo.store.geopackage.writes.tombstones import create_temp_table
from geo.store.records import Load

GUID_LENGTHS = (32, 48)  # characters of a GUID, with all that may surround it


def carry_over_ids(connection: apsw.Connection, layer: Layer, load: Load) -> int:
    """Give the known rows of a source the ids that the staged rows have now. Return how many changed.

    A GUID in another writing is the same id: the staged row takes the known writing. If the ids come from
    another column than at the previous load, each known row says in its raw values what it is called now.
    If that is a counter, or only the new file has both columns, the two rows must lie at one place too:
    a program may have counted the rows anew.
    """
    former_column, column = _id_columns(connection, layer, load)
    renamed = {}
    if column is not None and column != former_column:
        renamed = _new_ids(connection, layer, load, former_column, column)
        _rename_rows(connection, layer, load.source, renamed)
    _adopt_known_writing(connection, layer, load.source)
    return len(renamed)


def resolve_guid_references(connection: apsw.Connection, source: str) -> None:
    """Let staged trees name their sites by the writing of a GUID that the sites have."""
    named = fetch_all(
        connection,
        "SELECT DISTINCT site_id FROM temp.stage WHERE length(site_id) BETWEEN ? AND ? AND site_id NOT IN "
        "(SELECT source_id FROM sites WHERE source = ?)",
        (*GUID_LENGTHS, source),
    )
    if keys := _by_guid_key(id_ for (id_,) in named):
        known = fetch_all(
            connection,
            "SELECT source_id FROM sites WHERE source = ? AND length(source_id) BETWEEN ? AND ?",
            (source, *GUID_LENGTHS),
        )
        pairs = [
            (known_id, keys[key]) for key, known_id in _by_guid_key(id_ for (id_,) in known).items() if key in keys
        ]
        connection.executemany("UPDATE temp.stage SET site_id = ? WHERE site_id = ?", pairs)


def _id_columns(connection: apsw.Connection, layer: Layer, load: Load) -> tuple[str | None, str | None]:
    """Return the column of the ids at the source's previous load and at this one. Unknown is None."""
    row = connection.execute(
        "SELECT provenance FROM lotleaf_loads WHERE n = (SELECT load FROM lotleaf_sources WHERE layer = ? AND name = ?)",
        (layer.name, load.source),
    ).fetchone()
    if row is None:
        return None, None
    try:
        former = stored_values.parse_json_object(row[0], "lotleaf_loads.provenance").get("mapping")
    except stored_values.CorruptValue:
        return None, None
    mappings = [mapping if isinstance(mapping, dict) else {} for mapping in (former, load.provenance.get("mapping"))]
    column = mappings[1].get("id")
    return mappings[0].get("id"), None if column is None or column.startswith("=") else column


def _new_ids(
    connection: apsw.Connection, layer: Layer, load: Load, former_column: str | None, column: str
) -> dict[str, str]:
    """Return the new ids of the known rows of a source, by their present ids."""
    known = _known_rows(connection, layer, load.source)
    place = "geom" if has_geometry(layer) else "NULL"
    staged = fetch_all(connection, f"SELECT source_id, raw, {place} FROM temp.stage")
    staged_places = {source_id: blob for source_id, _, blob in staged}
    new_ids = {source_id: _raw_text(raw, column) for source_id, (raw, _) in known.items()}
    is_counter = is_counter_name(column) or column.casefold() == "id"
    found = {
        source_id: new_id
        for source_id, new_id in new_ids.items()
        if new_id is not None
        and (guid_key(new_id) or not is_counter or staged_places.get(new_id, b"") == known[source_id][1])
    }
    if former_column is not None and not any(new_ids.values()):
        former_ids = {_raw_text(raw, former_column): source_id for source_id, raw, _ in staged}
        found = {
            source_id: former_ids[source_id]
            for source_id, (_, blob) in known.items()
            if source_id in former_ids and staged_places[former_ids[source_id]] == blob
        }
    return _unambiguous(found, {*known})


def _known_rows(connection: apsw.Connection, layer: Layer, source: str) -> dict[str, tuple[str | None, bytes | None]]:
    """Return the raw row and the geometry of a source's records, current ones before deleted ones, by id."""
    place = "geom" if has_geometry(layer) else "NULL"
    deleted = fetch_all(
        connection,
        "SELECT source_id, record ->> '$.raw', geom FROM lotleaf_tombstones "
        "WHERE layer = ? AND source = ? AND json_valid(record) ORDER BY n",
        (layer.name, source),
    )
    current = fetch_all(
        connection, f"SELECT source_id, raw, {place} FROM {quote_name(layer.name)} WHERE source = ?", (source,)
    )
    return {source_id: (raw, blob) for source_id, raw, blob in (*deleted, *current)}


def _unambiguous(new_ids: dict[str, str], known_ids: set[str]) -> dict[str, str]:
    """Leave out ids that stay, that two rows would share, or that another row has which keeps it.

    >>> _unambiguous({"1": "a", "2": "b", "3": "b", "4": "4"}, {"1", "2", "3", "4"})
    {'1': 'a'}
    """
    counts: dict[str, int] = {}
    for new_id in new_ids.values():
        counts[new_id] = counts.get(new_id, 0) + 1
    renamed = {old: new for old, new in new_ids.items() if old != new and counts[new] == 1}
    while blocked := [old for old, new in renamed.items() if new in known_ids and new not in renamed]:
        for old in blocked:
            del renamed[old]
    return renamed


def _raw_text(raw: str | None, column: str) -> str | None:
    """Return a value of a raw row as ids are written, or None.

    >>> _raw_text('{"OBJECTID":7,"GlobalID":" {0A} "}', "GlobalID"), _raw_text('{"OBJECTID":7.0}', "OBJECTID")
    ('{0A}', '7')
    """
    try:
        value: Any = json.loads(raw or "{}").get(column)
    except (ValueError, AttributeError):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return text or None


def _rename_rows(connection: apsw.Connection, layer: Layer, source: str, new_ids: dict[str, str]) -> None:
    """Give rows, edits by hand and tombstones of a source their new ids, in two steps, for ids may change places."""
    create_temp_table(connection, "renamed", "(old TEXT PRIMARY KEY, new TEXT NOT NULL)")
    connection.executemany("INSERT INTO temp.renamed VALUES (?, ?)", new_ids.items())
    tables = {
        quote_name(layer.name): ("", (source,)),
        "lotleaf_overrides": ("layer = ? AND ", (layer.name, source)),
        "lotleaf_tombstones": ("layer = ? AND ", (layer.name, source)),
    }
    marked = "char(1) || r.new"  # no id of a file begins so
    for table, (condition, parameters) in tables.items() if new_ids else ():
        update = "UPDATE OR REPLACE" if table == "lotleaf_overrides" else "UPDATE"
        connection.execute(
            f"{update} {table} SET source_id = {marked} FROM temp.renamed AS r WHERE {condition}source = ? "
            f"AND {table}.source_id = r.old",
            parameters,
        )
        connection.execute(
            f"{update} {table} SET source_id = substr(source_id, 2) WHERE {condition}source = ? "
            "AND substr(source_id, 1, 1) = char(1)",
            parameters,
        )
    connection.execute("DROP TABLE temp.renamed")


def _adopt_known_writing(connection: apsw.Connection, layer: Layer, source: str) -> None:
    """Let staged rows take the writing of a GUID under which the source's row is known."""
    known_ids = (
        f"SELECT source_id FROM {quote_name(layer.name)} WHERE source = :source UNION "
        "SELECT source_id FROM lotleaf_tombstones WHERE layer = :layer AND source = :source"
    )
    parameters = {"layer": layer.name, "source": source, "low": GUID_LENGTHS[0], "high": GUID_LENGTHS[1]}
    is_guid = "length(source_id) BETWEEN :low AND :high"
    known = fetch_all(
        connection,
        f"SELECT source_id FROM ({known_ids}) WHERE {is_guid} AND source_id NOT IN (SELECT source_id FROM temp.stage)",
        parameters,
    )
    if not (known_by_key := _by_guid_key(id_ for (id_,) in known)):
        return
    staged = fetch_all(
        connection, f"SELECT source_id FROM temp.stage WHERE {is_guid} AND source_id NOT IN ({known_ids})", parameters
    )
    staged_by_key = _by_guid_key(id_ for (id_,) in staged)
    pairs = [(known_by_key[key], id_) for key, id_ in staged_by_key.items() if key in known_by_key]
    connection.executemany("UPDATE temp.stage SET source_id = ? WHERE source_id = ?", pairs)


def _by_guid_key(ids: Iterable[str]) -> dict[str, str]:
    """Return the GUIDs among some ids by their digits.

    >>> _by_guid_key(["12", "{0A1B2C3D-1111-4A4A-9B9B-000000000002}"])
    {'0a1b2c3d11114a4a9b9b000000000002': '{0A1B2C3D-1111-4A4A-9B9B-000000000002}'}
    """
    return {key: id_ for id_ in ids if (key := guid_key(id_)) is not None}
