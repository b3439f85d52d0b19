"""What the workspace says of itself: settings, sources, the join, conflicts."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import apsw
from pyproj import Transformer

from geo.layers import LAYERS
from geo.places import WEB, Bbox, metric_crs
from geo.rasters import Raster
from geo.store import audit, held
from geo.store.connections import fetched
from geo.store.protocol import Load
from geo.store.schema import quoted, rtree, shaped

BOUNDARIES = "municipalities"
HAND = "lotleaf"  # the source of the records that are added here; no load touches it

# What is told of every source, even where its provenance does not say.
_UNTOLD: dict[str, Any] = {
    "files": [],
    "checksum": None,
    "crs": None,
    "profile": None,
    "counts": None,
}


_PLAIN: set[type] = {str, int, float, bool}
# What is no plain text or number in a provenance.
_KINDS: dict[str, set[type]] = {
    "files": {list},
    "counts": {dict},
    "mapping": {dict},
    "raster": {dict},
    "walls": {str, list, dict},
    "date": {str},
    "name": {str},
}


def settings(connection: apsw.Connection) -> dict[str, str]:
    """Give what the workspace remembers about itself."""
    told = dict(fetched(connection, "SELECT name, value FROM lotleaf_settings"))
    held.kinds([*told, *told.values()], {str}, "lotleaf_settings")
    if "crs" in told:
        held.metres(told["crs"])
    return told


def remember(connection: apsw.Connection, name: str, value: str) -> None:
    """Set a setting."""
    connection.execute("INSERT OR REPLACE INTO lotleaf_settings VALUES (?, ?)", (name, value))


def remember_birth(connection: apsw.Connection, at: datetime) -> None:
    """Note the first write's moment as the workspace's beginning."""
    connection.execute(
        "INSERT OR IGNORE INTO lotleaf_settings VALUES ('created', ?)", (at.isoformat(),)
    )


def size(connection: apsw.Connection) -> int:
    """Tell about how many records there are, at once: those that have gone since count too."""
    return int(connection.execute("SELECT total(seq) FROM sqlite_sequence").get)


def choose_crs(connection: apsw.Connection, loads: tuple[Load, ...]) -> None:
    """Choose the CRS of every measure: from the first boundaries, else from what comes first.

    Boundaries that come after other layers choose anew, once.
    """
    chosen_from = settings(connection).get("crs_from")
    if chosen_from == BOUNDARIES:
        return
    boxes = {load.layer: box for load in reversed(loads) if (box := _extent(load)) is not None}
    if not boxes or (chosen_from and BOUNDARIES not in boxes):
        return
    layer = BOUNDARIES if BOUNDARIES in boxes else next(reversed(boxes))
    remember(connection, "crs", metric_crs(boxes[layer]).to_string())
    remember(connection, "crs_from", layer)


def status(connection: apsw.Connection) -> dict[str, Any]:
    """Tell layers, rows, sources with provenance, the join, the version, the CRS, conflicts."""
    return {
        "layers": {name: _layer(connection, name) for name in LAYERS},
        "joined": join_made(connection),
        "crs": settings(connection).get("crs"),
        "version": audit.version(connection),
        "conflicts": list(conflicts(connection)),
    }


def conflicts(
    connection: apsw.Connection, layer: str | None = None, source: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the edits whose value the file has changed since: what it was, what it is, the edit.

    A file that has come to say what the edit says agrees with it.
    """
    rows = fetched(
        connection,
        "SELECT layer, source, source_id, field, file_was, file_is, value FROM lotleaf_edits "
        "WHERE file_is IS NOT file_was AND file_is IS NOT value "
        "AND coalesce(layer = ?1, 1) AND coalesce(source = ?2, 1) ORDER BY 1, 2, 3, 4",
        (layer, source),
    )
    for name, of, source_id, field, was, is_, value in rows:
        held.kinds((was, is_, value), {str, int, float}, "lotleaf_edits")
        if name not in LAYERS or field not in LAYERS[name].by_name:
            raise held.Unsound(f"lotleaf_edits names {name!r}, {field!r}, which is no field")
        id_ = connection.execute(
            f"SELECT id FROM {quoted(name)} WHERE source = ? AND source_id = ?", (of, source_id)
        ).fetchone()
        if id_ is not None:
            told = {"layer": name, "id": id_[0], "field": field}
            yield told | {"file_was": was, "file_is": is_, "edit": value}


def checksum(provenance: Mapping[str, Any]) -> str | None:
    """Give the checksum of what was loaded: as told, else its one file's, else one over all files'."""
    files = provenance.get("files") or []
    if own := provenance.get("checksum"):
        return str(own)
    if len(files) == 1 and "sha256" in files[0]:
        return str(files[0]["sha256"])
    return hashlib.sha256(audit.as_json(files).encode()).hexdigest() if files else None


def touched(connection: apsw.Connection, layer: str, at: datetime) -> None:
    """Tell the GeoPackage's table of contents that a layer has changed, and its new extent."""
    touched_table(connection, layer, at)
    if shaped(LAYERS[layer]):
        connection.execute(
            "UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) = (SELECT min(minx), min(miny), "
            f"max(maxx), max(maxy) FROM {rtree(LAYERS[layer])}) WHERE table_name = ?",
            (layer,),
        )


def touched_by_hand(
    connection: apsw.Connection, layer: str, at: datetime, came: Bbox | None, went: Bbox | None
) -> None:
    """Tell the same of one record that came, went or moved: the layer is looked through only where it must be.

    A box that went from the edge of the layer may have been what made it so wide.
    """
    row = connection.execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (layer,)
    ).fetchone()
    wide = None if row is None or None in row else Bbox(*row)
    held = wide is not None and all(box is None or _well_within(box, wide) for box in (came, went))
    (touched_table if held else touched)(connection, layer, at)


def _well_within(box: Bbox, wide: Bbox) -> bool:
    """Tell whether a box lies within another and does not touch it; the R-tree rounds boxes outward."""
    slack = 1e-4
    return wide.holds(
        Bbox(box.west - slack, box.south - slack, box.east + slack, box.north + slack)
    )


def touched_table(connection: apsw.Connection, table: str, at: datetime) -> None:
    """Tell the GeoPackage's table of contents that a table has changed."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    connection.execute(
        "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (moment, table)
    )


def _layer(connection: apsw.Connection, name: str) -> dict[str, Any]:
    counts = dict(
        fetched(connection, f"SELECT source, count(*) FROM {quoted(name)} GROUP BY source")
    )
    loads = fetched(
        connection,
        "SELECT s.name, l.at, l.provenance FROM lotleaf_sources s LEFT JOIN lotleaf_loads l "
        "ON l.n = s.load WHERE s.layer = ? ORDER BY s.name",
        (name,),
    )
    held.kinds([told for load in loads for told in load], {str}, "lotleaf_loads")
    sources = [
        _source(provenance or "{}")
        | {"name": source, "rows": counts.get(source, 0), "loaded_at": at}
        | _raster(connection, name, source)
        for source, at, provenance in loads
    ]
    return {"rows": sum(counts.values()), "sources": sources}


def _source(text: str) -> dict[str, Any]:
    """Read a source's provenance: what the pages, the exports and `status` tell of it."""
    where = "lotleaf_loads.provenance"
    provenance = held.members(text, where)
    files = provenance.get("files") or []
    held.kinds([files], {list}, f"{where}: files")
    held.kinds(files, {dict}, f"{where}: files")
    held.kinds([told for file in files for told in file.values()], _PLAIN, f"{where}: files")
    for name, told in provenance.items():
        held.kinds([told], _KINDS.get(name, _PLAIN), f"{where}: {name}")
    return _UNTOLD | provenance | {"checksum": checksum(provenance)}


def _raster(connection: apsw.Connection, layer: str, source: str) -> dict[str, Any]:
    names = ("height", "width", "cell_x", "cell_y", "crs", "method", "year")
    row = connection.execute(
        f"SELECT {', '.join(names)} FROM lotleaf_rasters WHERE layer = ? AND source = ?",
        (layer, source),
    ).fetchone()
    held.kinds(row or (), {str, int, float}, "lotleaf_rasters")
    return {} if row is None else {"raster": dict(zip(names, row, strict=True))}


def join_made(connection: apsw.Connection) -> dict[str, Any]:
    """Tell when the last join was made, from which version and how, and whether anything has changed since."""
    row = connection.execute("SELECT made, at, version FROM lotleaf_joins").fetchone()
    made, at, version = row or ("{}", None, 0)
    held.kinds([at], {str}, "lotleaf_joins.at")
    held.kinds([version], {int}, "lotleaf_joins.version")
    return held.members(made, "lotleaf_joins.made") | {
        "at": at,
        "version": version if row else None,
        "stale": audit.content_changed(connection, version),
    }


def _extent(load: Load) -> Bbox | None:
    if load.frame.geometry.notna().any():
        return Bbox(*load.frame.total_bounds.tolist())
    return None if load.raster is None else _raster_extent(load.raster)


def _raster_extent(raster: Raster) -> Bbox:
    to_web = Transformer.from_crs(raster.crs, WEB, always_xy=True)
    return Bbox(*to_web.transform_bounds(raster.west, raster.south, raster.east, raster.north))
