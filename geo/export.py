"""Layers out as GeoJSON (RFC 7946), streamed: memory stays flat at any size.

A feature has `id` and `source`, then the layer's public fields in their order, `town` always among
them; what is unknown is null. Coordinates are degrees with 7 decimals (1 cm), outer rings run
anticlockwise. A private field or a raw row leaves only on behalf of an actor who may see it.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.errors import BadInput
from geo.fields import Field
from geo.layers import SYSTEM, Layer
from geo.store.aside import beside
from geo.store.protocol import Actor, Query, Reader, Record

BATCH = 500  # records drawn at once: enough for numpy, a few MB at most
DECIMALS = 7  # of a degree
# What a file's name may promise that is no GeoJSON; ogr2ogr writes these.
OTHER_FORMATS = {".csv", ".dxf", ".fgb", ".gml", ".gpkg", ".kml", ".kmz", ".ods", ".parquet"}
OTHER_FORMATS |= {".pdf", ".shp", ".shz", ".sqlite", ".tab", ".xlsx", ".zip"}

SYSTEM_SAYS = {
    "id": "What the record is called; unique in its layer and stable across reloads.",
    "source": "The source that brought it.",
    "raw": "The row as the file had it, as JSON text.",
}
# What of a source's provenance is told to everybody; the rest names files, machines and people.
TOLD = (
    "name",
    "rows",
    "says",
    "date",
    "licence",
    "method",
    "year",
    "profile",
    "loaded_at",
    "illustrative",
)


def dictionary(layer: Layer, *, private: bool = False) -> list[dict[str, Any]]:
    """Tell the properties that a feature of the layer has, in order: the field dictionary.

    >>> from geo.layers import LAYERS
    >>> [field["name"] for field in dictionary(LAYERS["landmarks"])]
    ['id', 'source', 'name', 'kind', 'address', 'town']
    """
    system = SYSTEM if private else SYSTEM[:-1]
    told = [{"name": name, "kind": "text", "says": SYSTEM_SAYS[name]} for name in system]
    return told + [_entry(field) for field in _fields(layer, private=private)]


def features(
    reader: Reader, layer: Layer, query: Query, *, actor: Actor
) -> Iterator[dict[str, Any]]:
    """Give each record that the query names as a GeoJSON feature, in the order of their ids."""
    records = reader.query(layer.name, query, actor=actor)
    names = [field.name for field in _fields(layer, private=actor.sees_private)]
    for line in _lines(names, records, private=actor.sees_private):
        yield json.loads(line)


def geojson(reader: Reader, layer: Layer, query: Query, *, actor: Actor) -> Iterator[bytes]:
    """Give the same as one GeoJSON text, in pieces, with a `lotleaf` member that says what it is."""
    records = reader.query(layer.name, query, actor=actor)
    members = {"lotleaf": about(reader.status(), layer)}
    yield from collection(layer, records, members, private=actor.sees_private)


def collection(
    layer: Layer,
    records: Iterable[Record],
    members: Mapping[str, Any],
    *,
    private: bool = False,
    only: Collection[str] = (),
) -> Iterator[bytes]:
    """Write records as a FeatureCollection, in pieces; `members` stand at its head.

    Before them stands `name`, the layer's, by which ogr2ogr calls what comes from a pipe. `only` names the fields that are wanted, where not all are; `id`, `source` and `town` stay.
    """
    head = {"name": layer.name, **members}
    named = "".join(f"{_json(name)}:{_json(value)},\n" for name, value in head.items())
    yield f'{{"type":"FeatureCollection",\n{named}"features":['.encode()
    comma = "\n"
    names = [f.name for f in _fields(layer, private=private) if not only or f.name in only]
    rest = _lines(names, records, private=private)
    while lines := list(islice(rest, BATCH)):
        yield (comma + ",\n".join(lines)).encode()
        comma = ",\n"
    yield b"\n]}\n"


def about(status: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    """Tell what a layer is and where it comes from, without anything private.

    `date` is that of the youngest source that tells one.
    """
    sources = [_source(source) for source in status["layers"][layer.name]["sources"]]
    dates = [source["date"] for source in sources if source.get("date")]
    return {
        "layer": layer.name,
        "title": layer.title,
        "version": status["version"],
        "date": max(dates, default=None),
        "sources": sources,
    }


def write_geojson(path: Path, pieces: Iterable[bytes]) -> None:
    """Write the pieces to a file that appears whole or not at all; a device or pipe is written to.

    A link is followed: it stays, and the file that it leads to is replaced. Raises BadInput where
    the file's name promises another format.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            device.writelines(pieces)
        return
    if path.suffix.lower() in OTHER_FORMATS:
        plain = path.with_suffix(".geojson")
        raise BadInput(
            f"{path}: an export is GeoJSON; write it to {plain} and turn that into "
            f"{path.suffix[1:]} with: ogr2ogr {path} {plain}"
        )
    path = path.resolve()
    if not path.parent.is_dir():
        raise BadInput(f"{path}: its folder does not exist; make it first")
    with beside(path) as part:
        with part.open("wb") as file:
            file.writelines(pieces)
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)  # what nobody else could read, nobody else can
        part.replace(path)


def drawn(shapes: np.ndarray) -> list[str | None]:
    """Write shapes in degrees as GeoJSON geometries; None where there is none.

    Rounding keeps what was valid valid: a shape that it would break is snapped to the same grid
    instead, and one too thin for the grid keeps its own coordinates.
    """
    rounded = shapely.transform(shapes, _round)
    broken = np.flatnonzero(~shapely.is_valid(rounded) & shapely.is_valid(shapes))
    if len(broken):
        rounded[broken] = _snapped(shapes[broken])
    rounded[shapely.is_empty(rounded)] = None
    texts: list[str | None] = shapely.to_geojson(shapely.orient_polygons(rounded)).tolist()
    return texts


def _lines(names: list[str], records: Iterable[Record], *, private: bool) -> Iterator[str]:
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        shapes = drawn(shapely.from_wkb(np.array([record.wkb for record in batch], dtype=object)))
        for record, shape in zip(batch, shapes, strict=True):
            properties = _json(properties_of(record, names, private=private))
            yield (
                f'{{"type":"Feature","id":{_json(record.id)},"geometry":{shape or "null"},'
                f'"properties":{properties}}}'
            )


def properties_of(record: Record, names: Iterable[str], *, private: bool = False) -> dict[str, Any]:
    """Give the properties of a record's feature: what it is called, the fields named, its town."""
    values = record.values
    told: dict[str, Any] = {"id": record.id, "source": record.source}
    if private:
        told["raw"] = values.get("raw")
    told |= {name: _plain(values.get(name)) for name in names}
    return told | {"town": _plain(values.get("town"))}


def _fields(layer: Layer, *, private: bool) -> tuple[Field, ...]:
    return tuple(layer.by_name.values()) if private else layer.public


def _entry(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.name, "kind": field.kind, "says": field.says}
    if field.unit:
        told["unit"] = field.unit
    if field.codes:
        told["codes"] = list(field.codes)
    if field.choose:
        told["filter"] = True
    return told


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    told = {**source.get("provenance", {}), **source}
    return {name: told[name] for name in TOLD if told.get(name) is not None}


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    # 15 digits are what every reader and writer of doubles keeps; ogr2ogr writes no more.
    return float(f"{value:.15g}") if isfinite(value) else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _round(coordinates: np.ndarray) -> np.ndarray:
    return np.round(coordinates, DECIMALS)


def _snapped(shapes: np.ndarray) -> np.ndarray:
    snapped = shapely.transform(shapely.set_precision(shapes, 10.0**-DECIMALS), _round)
    gone = shapely.is_empty(snapped) | ~shapely.is_valid(snapped)
    kept: np.ndarray = np.where(gone, shapely.force_2d(shapes), snapped)
    return kept
