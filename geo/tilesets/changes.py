"""What edits have changed of a layer since it was baked, record by record."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.errors import NoSuchRecord
from geo.export import drawn
from geo.store.protocol import PUBLIC, Reader, Record
from geo.tilesets.base import source_of
from geo.tilesets.blocks import Blocks, hexagons, plain
from geo.tilesets.sets import Now

NEW = 1 << 50  # above every number of a feature in a tile


@dataclass(frozen=True)
class Changes:
    """Records changed after version `since` as they stand at `version`; `whole` where more than these may have changed.

    Each of `changed` holds its id and the fields asked for, and its shape as GeoJSON (or null) where that changed too.
    """

    since: int
    version: int
    whole: bool
    changed: list[dict[str, Any]]
    gone: list[str]


def changes(reader: Reader, layer: str, since: int, fields: tuple[str, ...]) -> Changes:
    """Tell what was changed of a layer after a version."""
    found = reader.touched(source_of(layer), since) if since < reader.version else {}
    if found is None or since > reader.version:
        return Changes(since, reader.version, whole=True, changed=[], gone=[])
    changed, gone = [], []
    for id_, moved in found.items():
        try:
            record = reader.get(source_of(layer), id_, actor=PUBLIC)
        except NoSuchRecord:
            gone.append(id_)
        else:
            changed.append(_told(record, fields, moved=moved))
    return Changes(since, reader.version, whole=False, changed=changed, gone=gone)


def changed_blocks(now: Now) -> dict[str, Any]:
    """Tell the blocks that edits have changed since they were counted: `number` as in their tiles, `values` as they are now.

    Where nothing is left in one its values are null; one in which nothing was has its `shape` as GeoJSON.
    """
    changed = [
        one
        for zoom, found in now.recounted.items()
        for one in _blocks(now.sets.blocks[zoom], found)
    ]
    return {"since": now.sets.version_of("blocks"), "changed": changed}


def _blocks(before: Blocks, found: Blocks) -> Iterator[dict[str, Any]]:
    at = np.searchsorted(before.names, found.names)
    known = np.isin(found.names, before.names)
    outlines = drawn(hexagons(found))
    for nth, name in enumerate(found.names.tolist()):
        figures = {key: plain(values[nth]) for key, values in found.figures.items()}
        values = {key: value for key, value in figures.items() if value is not None} or None
        told = {"zoom": found.zoom, "values": values}
        if known[nth]:
            yield {**told, "number": int(at[nth])}
        elif values is not None:
            # No tile has a number as high.
            yield {**told, "number": NEW + name, "shape": json.loads(outlines[nth] or "null")}


def _told(record: Record, fields: tuple[str, ...], *, moved: bool) -> dict[str, Any]:
    told = {"id": record.id, "values": {name: record.values[name] for name in fields}}
    if moved or record.values.get("placed_by") not in (None, "point"):
        told["shape"] = _shape(record.wkb)
    return told


def _shape(wkb: bytes | None) -> Any:
    (text,) = drawn(np.array([shapely.from_wkb(wkb)], dtype=object))
    return text and json.loads(text)
