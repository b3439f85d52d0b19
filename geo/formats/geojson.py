"""GeoJSON export of layers (RFC 7946), streamed so that memory stays flat at any size.

The API, the live tiles and `lotleaf export` call it. `stream_geojson` writes a layer and `iter_features` yields one
record at a time.

A feature has `id` and `source`, then the layer's public fields in order, and always `town`. Unknown
values are null. Coordinates are degrees with 7 decimals (1 cm), and outer rings run
counterclockwise. Private fields and `raw` appear only for an actor who may see them.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from math import isfinite
from typing import Any

import numpy as np
import shapely

from geo.fields import Field
from geo.schema import SYSTEM_COLUMNS, Layer
from geo.store.protocol import Reader
from geo.store.records import Actor, Query, Record

BATCH_SIZE = 500  # records converted at once: enough for numpy, a few MB at most
COORDINATE_DECIMALS = 7  # of a degree

SYSTEM_DESCRIPTIONS = {
    "id": "What the record is called; unique in its layer and stable across reloads.",
    "source": "The source that brought it.",
    "raw": "The row as the file had it, as JSON text.",
}
# The public keys of a source's provenance. Other keys name files, machines and people.
PUBLIC_PROVENANCE_KEYS = (
    "name",
    "rows",
    "description",
    "date",
    "licence",
    "covers",
    "method",
    "year",
    "profile",
    "loaded_at",
    "illustrative",
)


def field_dictionary(layer: Layer, *, private: bool = False) -> list[dict[str, Any]]:
    """Return the properties of the layer's features, in order: name, kind, description, unit, codes.

    >>> from geo.schema import LAYERS
    >>> [field["name"] for field in field_dictionary(LAYERS["landmarks"])]
    ['id', 'source', 'name', 'kind', 'address', 'town']
    """
    system_columns = SYSTEM_COLUMNS if private else SYSTEM_COLUMNS[:-1]
    system_entries = [
        {"name": name, "kind": "text", "description": SYSTEM_DESCRIPTIONS[name]} for name in system_columns
    ]
    return system_entries + [_field_entry(field) for field in _visible_fields(layer, private=private)]


def iter_features(reader: Reader, layer: Layer, query: Query, *, actor: Actor) -> Iterator[dict[str, Any]]:
    """Yield the records of a query as GeoJSON features, ordered by id."""
    records = reader.query(layer.name, query, actor=actor)
    names = [field.name for field in _visible_fields(layer, private=actor.sees_private)]
    for line in _feature_lines(names, records, private=actor.sees_private):
        yield json.loads(line)


def stream_geojson(reader: Reader, layer: Layer, query: Query, *, actor: Actor) -> Iterator[bytes]:
    """Yield the records of a query as one GeoJSON text, in chunks, with a `lotleaf` member that describes the layer."""
    records = reader.query(layer.name, query, actor=actor)
    members = {"lotleaf": layer_summary(reader.status(), layer)}
    yield from stream_feature_collection(layer, records, members, private=actor.sees_private)


def stream_feature_collection(
    layer: Layer,
    records: Iterable[Record],
    members: Mapping[str, Any],
    *,
    private: bool = False,
    only_fields: Collection[str] = (),
) -> Iterator[bytes]:
    """Yield records as one FeatureCollection, in chunks, with `members` at its head.

    The first member is `name`, the layer's name, which ogr2ogr uses for piped input. `only_fields` limits the
    properties. `id`, `source` and `town` are always written.

    >>> from geo.schema import LAYERS
    >>> hall = Record("hall", "bel-nor/halls", {"name": "City Hall"}, shapely.Point(-90.3166, 38.7002).wkb)
    >>> chunks = stream_feature_collection(LAYERS["landmarks"], [hall], {}, only_fields=["name"])
    >>> [feature["geometry"]["coordinates"] for feature in json.loads(b"".join(chunks))["features"]]
    [[-90.3166, 38.7002]]
    """
    header = {"name": layer.name, **members}
    header_text = "".join(f"{_dump_json(name)}:{_dump_json(value)},\n" for name, value in header.items())
    yield f'{{"type":"FeatureCollection",\n{header_text}"features":['.encode()
    separator = "\n"
    names = [
        field.name for field in _visible_fields(layer, private=private) if not only_fields or field.name in only_fields
    ]
    feature_lines = _feature_lines(names, records, private=private)
    while batch := list(islice(feature_lines, BATCH_SIZE)):
        yield (separator + ",\n".join(batch)).encode()
        separator = ",\n"
    yield b"\n]}\n"


def layer_summary(status: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    """Return a layer's title, version, date and sources, without private provenance.

    `date` is the latest date of its sources, None if no source has one.

    >>> from geo.schema import LAYERS
    >>> status = {"version": 7, "layers": {"trees": {"sources": [{"name": "bel-nor/trees", "date": "2023-06-01"}]}}}
    >>> layer_summary(status, LAYERS["trees"])["date"]
    '2023-06-01'
    """
    sources = [_public_provenance(source) for source in status["layers"][layer.name]["sources"]]
    dates = [source["date"] for source in sources if source.get("date")]
    return {
        "layer": layer.name,
        "title": layer.title,
        "version": status["version"],
        "date": max(dates, default=None),
        "sources": sources,
    }


def to_geojson_geometries(geometries: np.ndarray) -> list[str | None]:
    """Return geometries in degrees as GeoJSON texts, None for a missing or empty one.

    Rounding never makes a valid geometry invalid. A geometry that rounding breaks is snapped to the
    same grid. One that is too thin for the grid keeps its own coordinates.

    >>> to_geojson_geometries(shapely.from_wkt(["POINT (-90.31664449 38.7002)", "POINT EMPTY"]))
    ['{"type":"Point","coordinates":[-90.3166445,38.7002]}', None]
    """
    rounded = shapely.transform(geometries, _round_coordinates)
    invalid_rows = np.flatnonzero(~shapely.is_valid(rounded) & shapely.is_valid(geometries))
    if len(invalid_rows):
        rounded[invalid_rows] = _snap_to_grid(geometries[invalid_rows])
    rounded[shapely.is_empty(rounded)] = None
    texts: list[str | None] = shapely.to_geojson(shapely.orient_polygons(rounded)).tolist()
    return texts


def _feature_lines(names: list[str], records: Iterable[Record], *, private: bool) -> Iterator[str]:
    remaining = iter(records)
    while batch := list(islice(remaining, BATCH_SIZE)):
        geometries = to_geojson_geometries(shapely.from_wkb(np.array([record.wkb for record in batch], dtype=object)))
        for record, geometry in zip(batch, geometries, strict=True):
            properties = _dump_json(feature_properties(record, names, private=private))
            yield (
                f'{{"type":"Feature","id":{_dump_json(record.id)},"geometry":{geometry or "null"},'
                f'"properties":{properties}}}'
            )


def feature_properties(record: Record, names: Iterable[str], *, private: bool = False) -> dict[str, Any]:
    """Return the properties of a record's feature: `id`, `source`, the named fields and `town`.

    Numbers that JSON cannot write (nan, infinity) become None.

    >>> oak = Record("T-7", "bel-nor/trees", {"dbh_in": 12.5, "height_ft": float("nan"), "town": "Bel-Nor"})
    >>> feature_properties(oak, ["dbh_in", "height_ft"])
    {'id': 'T-7', 'source': 'bel-nor/trees', 'dbh_in': 12.5, 'height_ft': None, 'town': 'Bel-Nor'}
    """
    values = record.values
    properties: dict[str, Any] = {"id": record.id, "source": record.source}
    if private:
        properties["raw"] = values.get("raw")
    properties |= {name: _to_json_value(values.get(name)) for name in names}
    return properties | {"town": _to_json_value(values.get("town"))}


def _visible_fields(layer: Layer, *, private: bool) -> tuple[Field, ...]:
    return tuple(layer.fields_by_name.values()) if private else layer.public_fields


def _field_entry(field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": field.name, "kind": field.kind, "description": field.description}
    if field.unit:
        entry["unit"] = field.unit
    if field.codes:
        entry["codes"] = list(field.codes)
    if field.filterable:
        entry["filter"] = True
    return entry


def _public_provenance(source: Mapping[str, Any]) -> dict[str, Any]:
    provenance = {**source.get("provenance", {}), **source}
    provenance.setdefault("description", provenance.get("says"))  # ingest stores the file's sentence under this key
    return {name: provenance[name] for name in PUBLIC_PROVENANCE_KEYS if provenance.get(name) is not None}


def _to_json_value(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    # A double keeps 15 digits exactly, and ogr2ogr writes no more.
    return float(f"{value:.15g}") if isfinite(value) else None


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _round_coordinates(coordinates: np.ndarray) -> np.ndarray:
    return np.round(coordinates, COORDINATE_DECIMALS)


def _snap_to_grid(geometries: np.ndarray) -> np.ndarray:
    snapped = shapely.transform(shapely.set_precision(geometries, 10.0**-COORDINATE_DECIMALS), _round_coordinates)
    unusable = shapely.is_empty(snapped) | ~shapely.is_valid(snapped)
    result: np.ndarray = np.where(unusable, shapely.force_2d(geometries), snapped)
    return result
