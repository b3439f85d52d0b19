"""Parameters of the API's description: in the path, and in the query of each route.

`webmap.api.openapi_operations` calls the functions. The filters of a layer come from `webmap.params` and
from `geo/layers.toml`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from geo.fields import Field
from geo.schema import LAYERS, Layer
from geo.store.note import NOTE_LAYERS
from geo.tilesets import TILESETS
from webmap import param_values, params
from webmap.api.edit_routes import MAX_NOTES
from webmap.settings import Settings

Parameter = Mapping[str, Any]

# The values of `placed_by` and the like are in the description of their field.
FILTER_TEXT = {
    "town": "Only records of this town, by name or slug. Separate several with commas, or repeat the parameter. `null` means no "
    "known town.",
    "bbox": "Only records that touch this bounding box: west, south, east, north, in degrees.",
    "limit": "One page with at most this many features. Without it, all features are streamed.",
    "after": "Only records after this id. Features are sorted by id.",
    "fields": "Only these fields. `id`, `source` and `town` are always included.",
    "download": "Any value makes the response a file to download.",
}
CODES_TEXT = "Separate several with commas, or repeat the parameter. `null` means unknown."
WORDS_TEXT = "For several, repeat the parameter, because a value may contain a comma. `null` means unknown."
OVERDUE_TEXT = (
    "`overdue` adds the open inspections that were due before today. `maybe_overdue` adds those that were due before "
    "today and whose status is unknown."
)
# What the path parameters of the routes are called in the description, what they mean, and an example.
PATH_PARAMETERS: dict[str, tuple[str, str, Any]] = {
    "layer": ("layer", "The name of a layer.", "trees"),
    "id_": ("id", "The id of a record. Write a slash in it as `%2F`.", "01-00004"),
    "slug_": ("town", "The slug of a town, as listed in `/api/v1/towns.geojson`.", "pagedale"),
    "set_": ("tileset", "The name of a tileset.", "sites"),
    "mark": ("hash", "A hash of the tileset's content. `/api/v1/tiles` has the current one.", "0123456789abcdef"),
    "z": ("z", "The zoom.", 16),
    "x": ("x", "The column of the tile, counted from the west, without leading zeros.", 16329),
    "y": ("y", "The row of the tile, counted from the north, without leading zeros.", 25116),
    "number": ("number", "The number of a photo, as given in the notes.", 15),
}
# A record of the bundled sample data, for each layer.
EXAMPLE_IDS = {
    "municipalities": "pagedale",
    "districts": "police-bel-nor",
    "parcels": "01E100010",
    "addresses": "A01E100010",
    "streets": "01-S1",
    "sites": "01-00004",
    "trees": "01-00004",
    "canopy": "01-c1",
    "inspections": "01-I00001",
    "landmarks": "01-L1",
    "aliases": "alias-1",
}
VALUE_TILESETS = tuple(name for name, tileset in TILESETS.items() if tileset.value_fields)
# The values that an argument of a route may have.
PATH_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("api.list_fields", "layer"): tuple(LAYERS),
    ("edits.record_notes", "layer"): NOTE_LAYERS,
    ("tiles.vector_tile", "set_"): (*TILESETS, "blocks"),
    ("tiles.tile_values", "set_"): VALUE_TILESETS,
}


def path_parameter(argument: str, choices: tuple[str, ...] = (), example: Any = None) -> Parameter:
    """Return a parameter in the path. `argument` is its name in the route.

    >>> path_parameter("slug_")["name"]
    'town'
    """
    name, text, usual_example = PATH_PARAMETERS[argument]
    schema: dict[str, Any] = {"type": "integer", "minimum": 0} if isinstance(usual_example, int) else {"type": "string"}
    if argument == "mark":
        schema["pattern"] = "^[0-9a-f]{16}$"
    if choices:
        schema["enum"] = list(choices)
    example = usual_example if example is None else example
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema, "example": example}


def query_parameter(name: str, schema: Mapping[str, Any], text: str, **more: Any) -> Parameter:
    """Return a parameter in the query. A list is written with commas, unless `explode` is true.

    >>> query_parameter("since", {"type": "integer"}, "A version.")["in"]
    'query'
    """
    style = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
    return {"name": name, "in": "query", "description": text, "schema": dict(schema), **style, **more}


def filter_parameters(layer: Layer) -> list[Parameter]:
    """Return the filters of a layer, in the order of `webmap.params.layer_parameters`.

    A layer without geometry has no `bbox`.

    >>> [parameter["name"] for parameter in filter_parameters(LAYERS["landmarks"])]
    ['town', 'bbox', 'kind']
    """
    town = query_parameter("town", _text_list(), FILTER_TEXT["town"], example=["pagedale"])
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
    bbox = query_parameter("bbox", box, FILTER_TEXT["bbox"], example=[-90.31, 38.69, -90.29, 38.71])
    fields = [_field_filter(field, layer) for field in params.filter_fields(layer)]
    return [town, *([bbox] if layer.geometry_types else []), *fields, *_date_filters(layer)]


def page_parameters(layer: Layer, settings: Settings) -> list[Parameter]:
    """Return the parameters that choose a page, its fields and its form.

    >>> [parameter["name"] for parameter in page_parameters(LAYERS["trees"], Settings())]
    ['limit', 'after', 'fields', 'download']
    """
    page_size = {"type": "integer", "minimum": 1, "maximum": settings.max_features}
    names = {"type": "array", "items": {"enum": [field.name for field in layer.public_fields]}}
    return [
        query_parameter("limit", page_size, FILTER_TEXT["limit"], example=2),
        query_parameter("after", {"type": "string"}, FILTER_TEXT["after"], example="00"),
        query_parameter("fields", names, FILTER_TEXT["fields"], example=[layer.public_fields[0].name]),
        query_parameter("download", {"type": "string"}, FILTER_TEXT["download"], example="1"),
    ]


def outline_parameters(layer: Layer) -> list[Parameter]:
    """Return the parameters of the towns' outlines.

    >>> [parameter["name"] for parameter in outline_parameters(LAYERS["municipalities"])]
    ['fields', 'version']
    """
    names = {"type": "array", "items": {"enum": [field.name for field in layer.public_fields]}}
    text = "Any text that lets caches tell versions apart. The response is always the current version."
    return [
        query_parameter("fields", names, FILTER_TEXT["fields"], example=["name"]),
        query_parameter("version", {"type": "string"}, text, example="14"),
    ]


def find_parameters(settings: Settings) -> list[Parameter]:
    """Return the parameters of a search.

    >>> [parameter["name"] for parameter in find_parameters(Settings())]
    ['q', 'limit', 'near', 'town']
    """
    limit = {"type": "integer", "minimum": 1, "maximum": settings.max_candidates, "default": 10}
    point = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    query = f"What to find. Only the first {param_values.MAX_VALUE_LENGTH} characters are used."
    near = "Longitude and latitude. Among equal candidates, the closest come first."
    return [
        query_parameter("q", {"type": "string"}, query, example="6209 hanley"),
        query_parameter("limit", limit, "The largest number of candidates.", example=5),
        query_parameter("near", point, near, example=[-90.3, 38.7]),
        query_parameter(
            "town", {"type": "string"}, "Among equal candidates, those in this town come first.", example="pagedale"
        ),
    ]


def point_parameters() -> list[Parameter]:
    """Return the parameters of a point in degrees.

    >>> [parameter["name"] for parameter in point_parameters()]
    ['lon', 'lat']
    """
    limits = {"lon": (180, "Longitude in degrees.", -90.3073), "lat": (90, "Latitude in degrees.", 38.6992)}
    return [
        query_parameter(
            name, {"type": "number", "minimum": -most, "maximum": most}, text, required=True, example=example
        )
        for name, (most, text, example) in limits.items()
    ]


def since_parameters() -> list[Parameter]:
    """Return the parameter of a version to start from."""
    version = {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0}
    return [query_parameter("since", version, "Only changes after this version.", example=14)]


def note_parameters() -> list[Parameter]:
    """Return the parameter of a list of notes."""
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_NOTES}
    return [query_parameter("limit", limit, "The largest number of notes.", example=50)]


def _field_filter(field: Field, layer: Layer) -> Parameter:
    if not field.codes:
        text = f"{field.description} {WORDS_TEXT}"
        return query_parameter(field.name, _text_list(), text, explode=True, example=["null"])
    codes, text = [*field.codes, params.NULL], f"{field.description} {CODES_TEXT}"
    if field.name == "status" and params.can_be_overdue(layer):
        codes, text = [*codes, *params.STATUS_IF_LATE], f"{text} {OVERDUE_TEXT}"
    schema = {"type": "array", "items": {"enum": codes}}
    return query_parameter(field.name, schema, text, example=list(field.codes[:2]))


def _date_filters(layer: Layer) -> Iterator[Parameter]:
    for field in params.date_fields(layer):
        text = f"{field.description} Only records from this day or later. Records without a date are left out."
        schema = {"type": "string", "format": "date"}
        yield query_parameter(field.name + params.FROM_SUFFIX, schema, text, example="2020-01-31")


def _text_list() -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}}
