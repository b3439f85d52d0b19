"""Metadata of the workspace: settings, layers and sources, the last join, and edit conflicts.

`snapshot.Snapshot` reads it. The modules of `writes` update it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import apsw
from pyproj import Transformer

from geo.crs import WGS84, Bbox, choose_metric_crs
from geo.raster import Raster
from geo.schema import LAYERS
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import stored_values
from geo.store.geopackage.lost_overrides import find_lost_overrides
from geo.store.geopackage.tables import has_geometry, quote_name, rtree_name
from geo.store.geopackage.writes import audit_log
from geo.store.records import Load

BOUNDARY_LAYER = "municipalities"
TOWN_KEYS = ("town", "covers")  # the provenance that names a source's towns
MANUAL_SOURCE = "lotleaf"  # source of records that were added by hand, which no load changes

# Keys that every source has in `status`, even if its provenance lacks them.
_DEFAULT_PROVENANCE: dict[str, Any] = {"files": [], "checksum": None, "crs": None, "profile": None, "counts": None}


_SCALAR_TYPES: set[type] = {str, int, float, bool}
# Types of provenance values that are not plain text or numbers.
_PROVENANCE_TYPES: dict[str, set[type]] = {
    "files": {list},
    "covers": {list},
    "counts": {dict},
    "mapping": {dict},
    "raster": {dict},
    "walls": {str, list, dict},
    "date": {str},
    "name": {str},
}


def read_settings(connection: apsw.Connection) -> dict[str, str]:
    """Return the settings of the workspace by name. Raises CorruptValue for a CRS that is not metric."""
    values = dict(fetch_all(connection, "SELECT name, value FROM lotleaf_settings"))
    stored_values.require_types([*values, *values.values()], {str}, "lotleaf_settings")
    if "crs" in values:
        stored_values.require_metric_crs(values["crs"])
    return values


def save_setting(connection: apsw.Connection, name: str, value: str) -> None:
    """Insert or replace a setting."""
    connection.execute("INSERT OR REPLACE INTO lotleaf_settings VALUES (?, ?)", (name, value))


def save_created_at(connection: apsw.Connection, at: datetime) -> None:
    """Save the time of the first write as `created`. Later writes do not change it."""
    connection.execute("INSERT OR IGNORE INTO lotleaf_settings VALUES ('created', ?)", (at.isoformat(),))


def estimate_record_count(connection: apsw.Connection) -> int:
    """Return an upper estimate of the number of records, without a table scan.

    It sums the highest row numbers of the layers' tables, so deleted rows count too.
    """
    sql = "SELECT total(seq) FROM sqlite_sequence WHERE name IN (SELECT value FROM json_each(?))"
    return int(connection.execute(sql, (json.dumps(list(LAYERS)),)).get)


def choose_crs(connection: apsw.Connection, loads: tuple[Load, ...]) -> None:
    """Choose the metric CRS of the workspace from the first boundaries, or else from the first layer loaded.

    If boundaries come after other layers, they replace the CRS once.
    """
    chosen_from = read_settings(connection).get("crs_from")
    if chosen_from == BOUNDARY_LAYER:
        return
    bboxes = {load.layer: bbox for load in reversed(loads) if (bbox := _load_bbox(load)) is not None}
    if not bboxes or (chosen_from and BOUNDARY_LAYER not in bboxes):
        return
    layer = BOUNDARY_LAYER if BOUNDARY_LAYER in bboxes else next(reversed(bboxes))
    save_setting(connection, "crs", choose_metric_crs(bboxes[layer]).to_string())
    save_setting(connection, "crs_from", layer)


def build_status(connection: apsw.Connection) -> dict[str, Any]:
    """Return the layers with their rows and sources, the last join, the CRS, the version and what is wrong with edits."""
    return {
        "layers": {name: _layer_status(connection, name) for name in LAYERS},
        "joined": join_info(connection),
        "crs": read_settings(connection).get("crs"),
        "version": audit_log.current_version(connection),
        "conflicts": list(find_edit_conflicts(connection)),
        "lost_overrides": list(find_lost_overrides(connection)),
    }


def find_edit_conflicts(
    connection: apsw.Connection, layer: str | None = None, source: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the edits by hand of values that their file has changed since then.

    Each has `layer`, `id`, `field`, `file_base`, `file_current` and `edit`. If the file now agrees with the
    edit, there is no conflict. `layer` and `source` limit the search.
    """
    rows = fetch_all(
        connection,
        "SELECT layer, source, source_id, field, file_base, file_current, value FROM lotleaf_overrides "
        "WHERE file_current IS NOT file_base AND file_current IS NOT value "
        "AND coalesce(layer = ?1, 1) AND coalesce(source = ?2, 1) ORDER BY 1, 2, 3, 4",
        (layer, source),
    )
    for name, row_source, source_id, field, base, current, value in rows:
        stored_values.require_types((base, current, value), {str, int, float}, "lotleaf_overrides")
        if name not in LAYERS or field not in LAYERS[name].fields_by_name:
            raise stored_values.CorruptValue(f"lotleaf_overrides names {name!r}, {field!r}, which is not a field")
        id_ = connection.execute(
            f"SELECT id FROM {quote_name(name)} WHERE source = ? AND source_id = ?", (row_source, source_id)
        ).fetchone()
        if id_ is not None:
            conflict = {"layer": name, "id": id_[0], "field": field}
            yield conflict | {"file_base": base, "file_current": current, "edit": value}


def provenance_checksum(provenance: Mapping[str, Any]) -> str | None:
    """Return the checksum of the loaded files, or None if there are no files.

    It is the declared one, or that of the only file, or else a SHA-256 over the list of files.

    >>> provenance_checksum({"files": [{"name": "oaks.csv", "sha256": "9f86d08"}]})
    '9f86d08'
    >>> provenance_checksum({}) is None
    True
    """
    files = provenance.get("files") or []
    if declared := provenance.get("checksum"):
        return str(declared)
    if len(files) == 1 and "sha256" in files[0]:
        return str(files[0]["sha256"])
    return hashlib.sha256(audit_log.to_canonical_json(files).encode()).hexdigest() if files else None


def update_gpkg_contents(connection: apsw.Connection, layer: str, at: datetime) -> None:
    """Update the time of change and the extent of a layer in `gpkg_contents`."""
    update_last_change(connection, layer, at)
    if has_geometry(LAYERS[layer]):
        connection.execute(
            "UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) = (SELECT min(minx), min(miny), "
            f"max(maxx), max(maxy) FROM {rtree_name(LAYERS[layer])}) WHERE table_name = ?",
            (layer,),
        )


def update_gpkg_contents_for_record(
    connection: apsw.Connection, layer: str, at: datetime, new_bbox: Bbox | None, old_bbox: Bbox | None
) -> None:
    """Update `gpkg_contents` after one record was added, deleted or moved.

    The extent is computed again only if one of the bounding boxes reaches the edge of the old extent.
    """
    row = connection.execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (layer,)
    ).fetchone()
    layer_bbox = None if row is None or None in row else Bbox(*row)
    extent_unchanged = layer_bbox is not None and all(
        bbox is None or _is_well_within(bbox, layer_bbox) for bbox in (new_bbox, old_bbox)
    )
    (update_last_change if extent_unchanged else update_gpkg_contents)(connection, layer, at)


def _is_well_within(bbox: Bbox, outer_bbox: Bbox) -> bool:
    """Return whether a bounding box lies inside another by more than a margin of 0.0001 degrees.

    The margin covers the R-tree, which rounds bounding boxes outward.

    >>> pagedale = Bbox(-90.32, 38.67, -90.30, 38.69)
    >>> _is_well_within(Bbox(-90.311, 38.68, -90.31, 38.681), pagedale), _is_well_within(pagedale, pagedale)
    (True, False)
    """
    margin = 1e-4
    return outer_bbox.contains(Bbox(bbox.west - margin, bbox.south - margin, bbox.east + margin, bbox.north + margin))


def update_last_change(connection: apsw.Connection, table: str, at: datetime) -> None:
    """Update the time of change of a table in `gpkg_contents`."""
    timestamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    connection.execute("UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (timestamp, table))


def _layer_status(connection: apsw.Connection, name: str) -> dict[str, Any]:
    counts = dict(fetch_all(connection, f"SELECT source, count(*) FROM {quote_name(name)} GROUP BY source"))
    loads = fetch_all(
        connection,
        "SELECT s.name, l.at, l.provenance FROM lotleaf_sources s LEFT JOIN lotleaf_loads l "
        "ON l.n = s.load WHERE s.layer = ? ORDER BY s.name",
        (name,),
    )
    stored_values.require_types([load_value for load in loads for load_value in load], {str}, "lotleaf_loads")
    sources = [
        _parse_provenance(provenance or "{}")
        | {"name": source, "rows": counts.get(source, 0), "loaded_at": at}
        | _raster_status(connection, name, source)
        for source, at, provenance in loads
    ]
    return {"rows": sum(counts.values()), "sources": sources}


def _parse_provenance(provenance_json: str) -> dict[str, Any]:
    """Parse the provenance of a source and check its types, since pages, exports and `status` show it."""
    location = "lotleaf_loads.provenance"
    provenance = stored_values.parse_json_object(provenance_json, location)
    files = provenance.get("files") or []
    stored_values.require_types([files], {list}, f"{location}: files")
    stored_values.require_types(files, {dict}, f"{location}: files")
    stored_values.require_types([item for file in files for item in file.values()], _SCALAR_TYPES, f"{location}: files")
    for name, item in provenance.items():
        stored_values.require_types([item], _PROVENANCE_TYPES.get(name, _SCALAR_TYPES), f"{location}: {name}")
    return _DEFAULT_PROVENANCE | provenance | {"checksum": provenance_checksum(provenance)}


def _raster_status(connection: apsw.Connection, layer: str, source: str) -> dict[str, Any]:
    column_names = ("height", "width", "cell_x", "cell_y", "crs", "method", "year")
    row = connection.execute(
        f"SELECT {', '.join(column_names)} FROM lotleaf_rasters WHERE layer = ? AND source = ?", (layer, source)
    ).fetchone()
    stored_values.require_types(row or (), {str, int, float}, "lotleaf_rasters")
    return {} if row is None else {"raster": dict(zip(column_names, row, strict=True))}


def join_info(connection: apsw.Connection) -> dict[str, Any]:
    """Return when and how the last join ran, the version that it read, and whether it is stale.

    `at` and `version` are None before the first join.
    """
    row = connection.execute("SELECT made, at, version FROM lotleaf_joins").fetchone()
    info_json, at, version = row or ("{}", None, 0)
    stored_values.require_types([at], {str}, "lotleaf_joins.at")
    stored_values.require_types([version], {int}, "lotleaf_joins.version")
    info = stored_values.parse_json_object(info_json, "lotleaf_joins.made")
    _check_surveys(info)
    return info | {
        "at": at,
        "version": version if row else None,
        "stale": audit_log.has_content_changed(connection, version),
    }


def read_declared_towns(connection: apsw.Connection, layer: str) -> dict[str, dict[str, Any]]:
    """Return what each source of a layer declares of its towns. Provenance that cannot be read declares nothing."""
    sql = "SELECT s.name, l.provenance FROM lotleaf_sources s JOIN lotleaf_loads l ON l.n = s.load WHERE s.layer = ?"
    declared = {}
    for source, provenance_json in connection.execute(sql, (layer,)):
        try:
            provenance = stored_values.parse_json_object(provenance_json, "lotleaf_loads.provenance")
        except stored_values.CorruptValue:
            continue
        towns = {key: provenance[key] for key in TOWN_KEYS if provenance.get(key)}
        if isinstance(source, str) and isinstance(towns.get("covers", []), list) and towns:
            declared[source] = towns
    return declared


def _check_surveys(info: Mapping[str, Any]) -> None:
    """Raise CorruptValue unless the towns that sources declare have the form that the join writes.

    >>> _check_surveys({"surveys": {"trees": {"bel-nor/trees": {"towns": ["Bel-Nor"], "whole": False}}}})
    >>> _check_surveys({"surveys": ["Bel-Nor"]})
    Traceback (most recent call last):
    geo.store.geopackage.encoding.stored_values.CorruptValue: lotleaf_joins.made: the towns of sources cannot be read
    """
    surveys = info.get("surveys", {})
    layers = list(surveys.values()) if isinstance(surveys, dict) else [None]
    sources = [source for layer in layers if isinstance(layer, dict) for source in layer.values()]
    is_sound = all(isinstance(item, dict) for item in (*layers, *sources)) and all(
        isinstance(source.get("towns"), list) and isinstance(source.get("whole"), bool) for source in sources
    )
    if not is_sound:
        raise stored_values.CorruptValue("lotleaf_joins.made: the towns of sources cannot be read")


def _load_bbox(load: Load) -> Bbox | None:
    if load.frame.geometry.notna().any():
        return Bbox(*load.frame.total_bounds.tolist())
    return None if load.raster is None else _raster_bbox(load.raster)


def _raster_bbox(raster: Raster) -> Bbox:
    to_wgs84 = Transformer.from_crs(raster.crs, WGS84, always_xy=True)
    return Bbox(*to_wgs84.transform_bounds(raster.west, raster.south, raster.east, raster.north))
