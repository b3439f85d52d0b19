"""Changes of a layer since a version, record by record.

The API route `/api/v1/changes` calls `find_layer_delta` and `changed_hexbins`. Open maps then
redraw only these records.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.errors import NoSuchRecord
from geo.formats.geojson import to_geojson_geometries
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Record
from geo.tilesets.hexbins import HexBins, hexagon_polygons, to_json_number
from geo.tilesets.tile_layer import source_layer_name
from geo.tilesets.tileset_snapshot import LiveTilesets

MIN_NEW_HEXBIN_NUMBER = 1 << 50  # above every feature id in a tile


@dataclass(frozen=True)
class LayerDelta:
    """The records of a layer that changed after version `since`, as they are at `version`.

    `changed` holds the id and the requested fields of each. It also holds the geometry as GeoJSON,
    or null, if that changed too. `deleted` holds the ids of deleted records. `resync` is True if other
    records may have changed as well.
    """

    since: int
    version: int
    resync: bool
    changed: list[dict[str, Any]]
    deleted: list[str]


def find_layer_delta(reader: Reader, layer: str, since: int, fields: tuple[str, ...]) -> LayerDelta:
    """Find the records of a layer that changed after version `since`, and read their `fields`."""
    changed_ids = reader.changed_records(source_layer_name(layer), since) if since < reader.version else {}
    if changed_ids is None or since > reader.version:
        return LayerDelta(since, reader.version, resync=True, changed=[], deleted=[])
    changed, deleted = [], []
    for id_, geometry_changed in changed_ids.items():
        try:
            record = reader.get(source_layer_name(layer), id_, actor=PUBLIC)
        except NoSuchRecord:
            deleted.append(id_)
        else:
            changed.append(_changed_record(record, fields, geometry_changed=geometry_changed))
    return LayerDelta(since, reader.version, resync=False, changed=changed, deleted=deleted)


def changed_hexbins(live_tilesets: LiveTilesets) -> dict[str, Any]:
    """Return the hexbins that edits have changed since they were counted.

    `number` is the feature id in the tiles, and `values` are the current statistics. `values` is
    null if the hexbin holds no record any more. A hexbin that was empty before has its outline as
    `geometry` in GeoJSON.
    """
    changed = [
        entry
        for zoom, recounted in live_tilesets.recounted_hexbins.items()
        for entry in _hexbin_changes(live_tilesets.snapshot.hexbins[zoom], recounted)
    ]
    return {"since": live_tilesets.snapshot.tileset_version("blocks"), "changed": changed}


def _hexbin_changes(before: HexBins, recounted: HexBins) -> Iterator[dict[str, Any]]:
    positions = np.searchsorted(before.ids, recounted.ids)
    existed = np.isin(recounted.ids, before.ids)
    geojson = to_geojson_geometries(hexagon_polygons(recounted))
    for nth, hexbin_id in enumerate(recounted.ids.tolist()):
        statistics = {key: to_json_number(values[nth]) for key, values in recounted.statistics.items()}
        values = {key: value for key, value in statistics.items() if value is not None} or None
        entry = {"zoom": recounted.zoom, "values": values}
        if existed[nth]:
            yield {**entry, "number": int(positions[nth])}
        elif values is not None:
            # Feature ids in tiles are row numbers, so this number is free.
            yield {**entry, "number": MIN_NEW_HEXBIN_NUMBER + hexbin_id, "geometry": json.loads(geojson[nth] or "null")}


def _changed_record(record: Record, fields: tuple[str, ...], *, geometry_changed: bool) -> dict[str, Any]:
    entry = {"id": record.id, "values": {name: record.values[name] for name in fields}}
    if geometry_changed or record.values.get("placed_by") not in (None, "point"):
        entry["geometry"] = _wkb_to_geojson(record.wkb)
    return entry


def _wkb_to_geojson(wkb: bytes | None) -> Any:
    (text,) = to_geojson_geometries(np.array([shapely.from_wkb(wkb)], dtype=object))
    return text and json.loads(text)
