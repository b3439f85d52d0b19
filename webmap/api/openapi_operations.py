"""The operations of the API's description: for each route its parameters, response and errors.

`webmap.api.openapi.describe_api` reads `OPERATIONS`. A route that is not in it fails a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geo.formats.export_file import EXPORT_FORMATS
from geo.schema import LAYERS, Layer
from webmap.api.openapi_layers import component, component_prefix
from webmap.api.openapi_parameters import (
    VALUE_TILESETS,
    Parameter,
    filter_parameters,
    find_parameters,
    note_parameters,
    outline_parameters,
    page_parameters,
    point_parameters,
    since_parameters,
)
from webmap.settings import Settings

JSON, GEOJSON = "application/json", "application/geo+json"
BINARY, TILE, PMTILES = "application/octet-stream", "application/vnd.mapbox-vector-tile", "application/vnd.pmtiles"
GET_ERRORS = (400,)
NOT_FOUND_ERRORS = (400, 404)
EDIT_ERRORS = (400, 403, 411, 413, 415, 503)
# An edit of a tree of the bundled sample data.
EXAMPLE_EDIT: Mapping[str, Any] = {
    "key": "7f0c2a34-9b1e-4d53-8a5e-0f2d1c6b7a98",
    "layer": "trees",
    "id": "01-00004",
    "was": {"need": "prune", "maintenance": "Prune"},
    "work": "prune",
    "note": "Wasps in the hollow.",
    "made_at": "2026-05-04T09:15:00-05:00",
}
ParameterList = Callable[[Layer, Settings], list[Parameter]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What the description says of one route and method.

    `name` becomes the operation's id. `schema` names the component that the response has. It is None for a
    response that is not JSON. In both, `{}` stands for the value in `expand`. `expand` is an argument of
    the route and its values: each value gets a path of its own. `parameters` returns those of the query.
    """

    name: str
    tag: str
    schema: str | None = None
    media_type: str = JSON
    text: str = ""
    errors: tuple[int, ...] = GET_ERRORS
    has_etag: bool = True
    expand: tuple[str, tuple[str, ...]] | None = None
    parameters: ParameterList = lambda _layer, _settings: []
    request_schema: str | None = None

    def response_schema(self, value: str | None) -> Mapping[str, Any] | None:
        """Return the schema of the response. `value` is the one in `expand`.

        >>> OPERATIONS["api.record_card"].response_schema("trees")
        {'$ref': '#/components/schemas/TreesCard'}
        """
        if self.schema is None:
            return None
        if self.expand and self.expand[0] == "layer" and value:
            return component(self.schema.format(component_prefix(LAYERS[value])))
        return component("HexagonChanges" if value == "blocks" else self.schema)


def _layer_query(layer: Layer, settings: Settings) -> list[Parameter]:
    return [*filter_parameters(layer), *page_parameters(layer, settings)]


def _table_operation(format_name: str) -> Operation:
    return Operation(
        f"list_{{}}_{format_name}",
        FEATURES,
        media_type=EXPORT_FORMATS[format_name].media_type,
        text=TABLE_TEXTS[format_name],
        errors=(400, 429),
        expand=EACH_LAYER,
        parameters=_layer_query,
    )


EACH_LAYER = ("layer", tuple(LAYERS))
FEATURES, LOOKUP, TILES, EDITS, SERVICE = "Features", "Lookup", "Tiles", "Edits", "Service"
TAGS = {
    FEATURES: "Layers, their fields and their records.",
    LOOKUP: "Addresses, parcel numbers and points.",
    TILES: "Vector tiles, the values of their features, and what edits have changed since.",
    EDITS: "Edits, notes and photos. Only for the server's own machine, if the server was started with --allow-local-edits.",
    SERVICE: "The state of the server, and this description.",
}
PAGE_TEXT = "With `limit` the response is one page. The address of the next page is in `next` and in the header `Link`."
TABLE_TEXT = (
    "The columns are `id`, `source`, the fields in the order of the field dictionary, and last `lon` and `lat`, the "
    "display point. An empty cell means unknown. With `limit` the response is one page. The address of the next page is in the header `Link`."
)
TABLE_TEXTS = {
    "csv": f"{TABLE_TEXT} UTF-8 with a byte order mark. Text that a spreadsheet would run as a formula gets one space "
    "in front.",
    "xlsx": f"{TABLE_TEXT} Other sheets explain the fields and the sources of the data. More than 1,048,575 rows "
    "are refused.",
}
OFFLINE_TEXT = "One line of JSON, then columns of LEB128 numbers. `docs/reference/cache-files.md` explains it."
EXAMPLE_EDITS = {"edits": [EXAMPLE_EDIT]}


OPERATIONS: dict[str, Operation] = {
    "api.list_layers": Operation("list_layers", FEATURES, "LayerList"),
    "api.list_fields": Operation("list_fields", FEATURES, "FieldList", has_etag=False, errors=NOT_FOUND_ERRORS),
    "api.layer_geojson": Operation(
        "list_{}", FEATURES, "{}Collection", GEOJSON, PAGE_TEXT, (400, 429), expand=EACH_LAYER, parameters=_layer_query
    ),
    "api.layer_csv": _table_operation("csv"),
    "api.layer_xlsx": _table_operation("xlsx"),
    "api.towns_geojson": Operation(
        "list_towns_in_force",
        FEATURES,
        "TownOutlines",
        GEOJSON,
        "Outlines are simplified to about 7 m. Shared borders stay shared.",
        parameters=lambda _layer, _settings: outline_parameters(LAYERS["municipalities"]),
    ),
    "api.count_features": Operation(
        "count_{}",
        FEATURES,
        "FeatureCount",
        expand=EACH_LAYER,
        parameters=lambda layer, _settings: filter_parameters(layer),
    ),
    "api.record_card": Operation("get_{}_record", FEATURES, "{}Card", errors=NOT_FOUND_ERRORS, expand=EACH_LAYER),
    "api.find": Operation(
        "find",
        LOOKUP,
        "GeocodeResult",
        text="The status is 200 even if nothing is found.",
        parameters=lambda _layer, settings: find_parameters(settings),
    ),
    "api.parcel_at": Operation(
        "find_parcel_at_point",
        LOOKUP,
        "ReverseGeocodeResult",
        parameters=lambda _layer, _settings: point_parameters(),
    ),
    "api.offline_index": Operation("get_offline_index", LOOKUP, media_type=BINARY, text=OFFLINE_TEXT),
    "api.offline_intersections": Operation("get_offline_intersections", LOOKUP, media_type=BINARY, text=OFFLINE_TEXT),
    "api.offline_town_file": Operation(
        "get_offline_town", LOOKUP, media_type=BINARY, text=OFFLINE_TEXT, errors=NOT_FOUND_ERRORS
    ),
    "api.tileset_list": Operation("list_tilesets", TILES, "TilesetList"),
    "api.tileset_changes": Operation(
        "list_changes_of_{}",
        TILES,
        "RecordChanges",
        errors=(400, 503),
        expand=("set_", (*VALUE_TILESETS, "blocks")),
        parameters=lambda _layer, _settings: since_parameters(),
    ),
    "tiles.vector_tile": Operation("get_tile", TILES, media_type=TILE, errors=NOT_FOUND_ERRORS),
    "tiles.tile_values": Operation("get_tile_values", TILES, "TileValues", errors=NOT_FOUND_ERRORS),
    "tiles.town_pack": Operation("get_town_pack", TILES, media_type=PMTILES, errors=(400, 404, 503)),
    "edits.edit_options": Operation("get_edit_options", EDITS, "EditOptions", has_etag=False),
    "edits.submit_edits": Operation(
        "submit_edits", EDITS, "EditResponse", errors=EDIT_ERRORS, has_etag=False, request_schema="EditRequest"
    ),
    "edits.record_notes": Operation(
        "list_notes",
        EDITS,
        "NoteList",
        errors=(400, 403),
        parameters=lambda _layer, _settings: note_parameters(),
    ),
    "edits.note_photo": Operation("get_photo", EDITS, media_type="image/*", errors=(400, 403, 404)),
    "api.workspace_version": Operation("get_version", SERVICE, "Version"),
    "health.healthz": Operation("get_health", SERVICE, "Health", errors=(503,), has_etag=False),
    "openapi.api_description": Operation("get_api_description", SERVICE, has_etag=False),
}
