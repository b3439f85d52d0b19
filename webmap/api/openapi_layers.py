"""JSON Schemas of the layers: geometries, properties, features and cards, from `geo/layers.toml`.

`webmap.api.openapi_schemas` adds them to the components of the API's description. Only public fields
appear.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from geo.fields import Field
from geo.formats.geojson import SYSTEM_DESCRIPTIONS
from geo.schema import LAYERS, Layer

JsonSchema = Mapping[str, Any]

JSON_TYPES = {
    "text": "string",
    "code": "string",
    "date": "string",
    "integer": "integer",
    "real": "number",
    "flag": "boolean",
}
POSITION: JsonSchema = {
    "type": "array",
    "description": "Longitude and latitude in degrees (WGS 84), with 7 decimals.",
    "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90},
    ],
    "minItems": 2,
    "maxItems": 2,
}


def object_schema(properties: Mapping[str, JsonSchema], *, optional: Iterable[str] = (), text: str = "") -> JsonSchema:
    """Return the schema of a JSON object. All of its members are required, except the `optional` ones.

    >>> object_schema({"id": {"type": "string"}, "page": {"type": "string"}}, optional=["page"])["required"]
    ['id']
    """
    left_out = set(optional)
    schema = {"type": "object", "properties": dict(properties)}
    schema |= {"required": [name for name in properties if name not in left_out]}
    return schema | ({"description": text} if text else {})


def array_of(items: JsonSchema, **limits: int) -> JsonSchema:
    """Return the schema of a JSON array.

    >>> array_of({"type": "number"}, maxItems=2)
    {'type': 'array', 'items': {'type': 'number'}, 'maxItems': 2}
    """
    return {"type": "array", "items": items, **limits}


def component(name: str) -> JsonSchema:
    """Return a reference to a schema among the components.

    >>> component("Version")
    {'$ref': '#/components/schemas/Version'}
    """
    return {"$ref": f"#/components/schemas/{name}"}


def component_prefix(layer: Layer) -> str:
    """Return the beginning of the names of a layer's schemas.

    >>> component_prefix(LAYERS["trees"])
    'Trees'
    """
    return layer.name.capitalize()


def layer_schemas() -> dict[str, JsonSchema]:
    """Return the schemas of all layers by name: properties, features, collections and cards.

    >>> sorted(name for name in layer_schemas() if name.startswith("Trees"))
    ['TreesCard', 'TreesCollection', 'TreesFeature', 'TreesProperties']
    """
    return {name: schema for layer in LAYERS.values() for name, schema in _schemas_of_layer(layer).items()}


def geometry_schemas() -> dict[str, JsonSchema]:
    """Return the schemas of the geometry types that the layers have, after RFC 7946.

    >>> list(geometry_schemas())
    ['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon']
    """
    line, ring = array_of(POSITION, minItems=2), array_of(POSITION, minItems=4)
    coordinates = {
        "Point": POSITION,
        "MultiPoint": array_of(POSITION),
        "LineString": line,
        "MultiLineString": array_of(line),
        "Polygon": array_of(ring, minItems=1),
        "MultiPolygon": array_of(array_of(ring, minItems=1)),
    }
    return {
        name: object_schema({"type": {"const": name}, "coordinates": schema}) for name, schema in coordinates.items()
    }


def field_schema(field: Field) -> dict[str, Any]:
    """Return the schema of a field's value. It is null where the value is unknown.

    >>> field_schema(LAYERS["trees"].fields_by_name["dbh_in"])["type"]
    ['number', 'null']
    """
    json_type = JSON_TYPES[field.kind]
    schema: dict[str, Any] = {"type": json_type if field.required else [json_type, "null"]}
    if field.codes:
        schema["enum"] = [*field.codes, *(() if field.required else (None,))]
    if field.kind == "date":
        schema["format"] = "date"
    limits = {"minimum": field.low, "maximum": field.high, "x-unit": field.unit}
    schema |= {name: limit for name, limit in limits.items() if limit is not None}
    return schema | {"description": field.description}


def _schemas_of_layer(layer: Layer) -> dict[str, JsonSchema]:
    prefix = component_prefix(layer)
    collection: dict[str, JsonSchema] = {
        "type": {"const": "FeatureCollection"},
        "name": {"const": layer.name},
        "lotleaf": component("LayerSummary"),
        "next": {"type": "string", "format": "uri", "description": "The next page, if there is one."},
        "features": array_of(component(f"{prefix}Feature")),
    }
    feature: dict[str, JsonSchema] = {
        "type": {"const": "Feature"},
        "id": {"type": "string"},
        "geometry": _geometry_schema(layer),
        "properties": component(f"{prefix}Properties"),
    }
    card: dict[str, JsonSchema] = {
        "layer": {"const": layer.name},
        "id": {"type": "string"},
        "page": {"type": ["string", "null"], "description": "The record's page, if its layer has pages."},
        "at": {
            "anyOf": [component("LonLat"), {"type": "null"}],
            "description": "A point inside the record's geometry.",
        },
        "properties": component(f"{prefix}Properties"),
    }
    return {
        f"{prefix}Properties": _properties_schema(layer),
        f"{prefix}Feature": object_schema(feature, text=layer.description),
        f"{prefix}Collection": object_schema(collection, optional=["next"], text=layer.description),
        f"{prefix}Card": object_schema(card, text=layer.description),
    }


def _properties_schema(layer: Layer) -> JsonSchema:
    """Return the schema of a feature's properties. `fields` may leave out all but `id`, `source` and `town`."""
    system = {name: {"type": "string", "description": SYSTEM_DESCRIPTIONS[name]} for name in ("id", "source")}
    public = {field.name: field_schema(field) for field in layer.public_fields}
    return object_schema(system | public, optional=public.keys() - {"town"})


def _geometry_schema(layer: Layer) -> JsonSchema:
    """Return the schema of a layer's geometry. It is null where a record has none and none is borrowed."""
    options = [component(name) for name in layer.geometry_types]
    may_lack_geometry = layer.placed_by != ("geometry",)
    return {"anyOf": [*options, {"type": "null"}]} if may_lack_geometry else {"anyOf": options}
