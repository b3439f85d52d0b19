"""Records that somebody edited, and that a load deletes or moves: what was done to them may be lost or wrong.

`upsert.LayerUpsert` calls `find_affected_edits` before it changes the layer.
"""

from collections.abc import Mapping
from math import cos, hypot, radians
from typing import Any

import apsw

from geo.schema import Layer
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.tables import has_geometry, quote_name

MIN_MOVE_M = 1.0  # a shorter move is rounding, or a better survey
METERS_PER_DEGREE = 111_320.0  # of latitude
Bounds = tuple[float, float, float, float]


def find_affected_edits(connection: apsw.Connection, layer: Layer, source: str) -> tuple[Mapping[str, Any], ...]:
    """Return the edited records of a source that `temp.gone` deletes, or that `temp.stage` moves, by id.

    Each has `layer`, `id`, `change` ("deleted" or "moved"), the `edits` by field, the number of `notes`, and
    `moved_m`, None for a deleted record.
    """
    affected = []
    for fid, id_, source_id in _edited_rows(connection, layer, source):
        is_deleted = bool(connection.execute("SELECT EXISTS (SELECT 1 FROM temp.gone WHERE fid = ?)", (fid,)).get)
        moved_m = None if is_deleted else _move_m(connection, layer, fid, source_id)
        if moved_m is None or moved_m >= MIN_MOVE_M:
            affected.append(
                {
                    "layer": layer.name,
                    "id": id_,
                    "change": "deleted" if moved_m is None else "moved",
                    "edits": _edits(connection, layer, source, source_id),
                    "notes": _count_notes(connection, layer, id_),
                    "moved_m": None if moved_m is None else round(moved_m, 1),
                }
            )
    return tuple(affected)


def _edited_rows(connection: apsw.Connection, layer: Layer, source: str) -> list[tuple[Any, ...]]:
    """Return fid, id and source id of the rows of a source that somebody edited or wrote a note on, by id."""
    select = f"SELECT fid, id, source_id FROM {quote_name(layer.name)} WHERE source = :source"
    return fetch_all(
        connection,
        f"{select} AND source_id IN (SELECT source_id FROM lotleaf_overrides WHERE layer = :layer AND source = :source) "
        f"UNION {select} AND id IN (SELECT id FROM lotleaf_notes WHERE layer = :layer) ORDER BY 2",
        {"source": source, "layer": layer.name},
    )


def _move_m(connection: apsw.Connection, layer: Layer, fid: int, source_id: str) -> float:
    """Return how far the load moves the middle of a row's bounds, in meters. 0 without a geometry."""
    if not has_geometry(layer):
        return 0.0
    old = connection.execute(
        f"SELECT ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), ST_MaxY(geom) FROM {quote_name(layer.name)} WHERE fid = ?",
        (fid,),
    ).fetchone()
    new = connection.execute(
        "SELECT minx, maxx, miny, maxy FROM temp.stage WHERE source_id = ?", (source_id,)
    ).fetchone()
    if old is None or new is None or None in old or None in new:
        return 0.0
    return _distance_m(old, new)


def _distance_m(old: Bounds, new: Bounds) -> float:
    """Return the distance between the middles of two bounds (min x, max x, min y, max y in degrees), in meters.

    >>> round(_distance_m((-90.0, -90.0, 38.0, 38.0), (-90.0, -90.0, 38.001, 38.001)))
    111
    """
    east = (new[0] + new[1] - old[0] - old[1]) / 2 * cos(radians(old[2]))
    return hypot(east, (new[2] + new[3] - old[2] - old[3]) / 2) * METERS_PER_DEGREE


def _edits(connection: apsw.Connection, layer: Layer, source: str, source_id: str) -> dict[str, Any]:
    rows = fetch_all(
        connection,
        "SELECT field, value FROM lotleaf_overrides WHERE (layer, source, source_id) = (?, ?, ?) ORDER BY field",
        (layer.name, source, source_id),
    )
    private = {field.name for field in layer.fields if field.private}
    return {field: "(private)" if field in private else value for field, value in rows}


def _count_notes(connection: apsw.Connection, layer: Layer, id_: str) -> int:
    return int(
        connection.execute("SELECT count(*) FROM lotleaf_notes WHERE layer = ? AND id = ?", (layer.name, id_)).get
    )
