"""What edits have changed of a layer since it was baked, record by record."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.errors import NoSuchRecord
from geo.export import drawn
from geo.store.protocol import PUBLIC, Reader, Record
from geo.tilesets.base import source_of


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


def _told(record: Record, fields: tuple[str, ...], *, moved: bool) -> dict[str, Any]:
    told = {"id": record.id, "values": {name: record.values[name] for name in fields}}
    if moved or record.values.get("placed_by") not in (None, "point"):
        told["shape"] = _shape(record.wkb)
    return told


def _shape(wkb: bytes | None) -> Any:
    (text,) = drawn(np.array([shapely.from_wkb(wkb)], dtype=object))
    return text and json.loads(text)
