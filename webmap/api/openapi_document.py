"""The API's description: an OpenAPI 3.1 document, built from the app's routes and the layers.

`webmap.api.openapi` sends it. `tools/reference.py` writes it to `docs/reference/openapi.json`. See
https://spec.openapis.org/oas/v3.1.1.html.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from geo.schema import LAYERS
from webmap.api.openapi_layers import component
from webmap.api.openapi_operations import EXAMPLE_EDITS, OPERATIONS, TAGS, Operation
from webmap.api.openapi_parameters import (
    EXAMPLE_IDS,
    PATH_CHOICES,
    PATH_PARAMETERS,
    Parameter,
    filter_parameters,
    page_parameters,
    path_parameter,
)
from webmap.api.openapi_schemas import all_schemas
from webmap.settings import Settings

API_BLUEPRINTS = ("api", "edits", "tiles", "health", "openapi")
CATCH_ALL = "api.refuse_unknown_path"  # it answers only with an error
METHODS = ("GET", "POST")
ARGUMENT_PATTERN = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")  # an argument in a route, as <int:number>
ABOUT = (
    "Trees, canopy and code inspections joined to every parcel. Reading needs no account. Private fields are not "
    "included. Examples use the bundled sample data. `docs/api.md` is a guide."
)


def describe_api(app: Flask, settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document of an app: one path for each route, and for each layer where layers differ.

    Raises KeyError for a route that `webmap.api.openapi_operations` does not list.
    """
    paths: dict[str, dict[str, Any]] = {}
    for path, method, operation in _iter_operations(app, settings):
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "lotleaf",
            "version": version("lotleaf"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {"parameters": _layer_parameters(settings), "schemas": all_schemas()},
    }


def api_rules(app: Flask) -> list[Rule]:
    """Return the routes of the API, without the one that refuses unknown addresses."""
    rules = app.url_map.iter_rules()
    return [rule for rule in rules if rule.endpoint.split(".")[0] in API_BLUEPRINTS and rule.endpoint != CATCH_ALL]


def _iter_operations(app: Flask, settings: Settings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Iterate over the path, the method and the description of each operation."""
    for rule in api_rules(app):
        operation = OPERATIONS[rule.endpoint]
        summary = _first_sentence(app.view_functions[rule.endpoint].__doc__ or "")
        for value in operation.expand[1] if operation.expand else (None,):
            for method in sorted((rule.methods or set()) & {*METHODS}):
                yield _to_path(rule, operation, value), method, _describe(rule, operation, value, summary, settings)


def _layer_parameters(settings: Settings) -> dict[str, Parameter]:
    """Return the parameters of all layers, by the name of the layer and their own."""
    return {
        f"{layer.name}.{parameter['name']}": parameter
        for layer in LAYERS.values()
        for parameter in (*filter_parameters(layer), *page_parameters(layer, settings))
    }


def _first_sentence(docstring: str) -> str:
    """Return the first sentence of a view's docstring.

    >>> _first_sentence("Return a photo. Its number is never used again.")
    'Return a photo.'
    """
    return docstring.split("\n\n", maxsplit=1)[0].replace("\n", " ").split(". ")[0].rstrip(".") + "."


def _to_path(rule: Rule, operation: Operation, value: str | None) -> str:
    """Return the path of a route with plain names of its parameters. The expanded argument becomes `value`."""
    expanded = operation.expand and operation.expand[0]
    return ARGUMENT_PATTERN.sub(
        lambda match: str(value) if match[1] == expanded else f"{{{PATH_PARAMETERS[match[1]][0]}}}", rule.rule
    )


def _describe(rule: Rule, operation: Operation, value: str | None, summary: str, settings: Settings) -> dict[str, Any]:
    is_layer = value is not None and operation.expand is not None and operation.expand[0] == "layer"
    layer = LAYERS[str(value) if is_layer else "trees"]
    description: dict[str, Any] = {
        "operationId": operation.name.format(value),
        "summary": f"{summary} Layer `{value}`." if is_layer else summary,
        "tags": [operation.tag],
    }
    if operation.text:
        description["description"] = operation.text
    query = operation.parameters(layer, settings)
    if is_layer:  # several routes of a layer share its filters
        query = [{"$ref": f"#/components/parameters/{value}.{parameter['name']}"} for parameter in query]
    parameters = [*_path_parameters(rule, operation, value), *query]
    if parameters:
        description["parameters"] = parameters
    if operation.request_schema:
        description["requestBody"] = _request_body(operation.request_schema)
    return description | {"responses": _responses(rule, operation, value)}


def _path_parameters(rule: Rule, operation: Operation, value: str | None) -> Iterator[Mapping[str, Any]]:
    for name in ARGUMENT_PATTERN.findall(rule.rule):
        if operation.expand is None or name != operation.expand[0]:
            example = EXAMPLE_IDS.get(value or "trees") if name == "id_" else None
            yield path_parameter(name, PATH_CHOICES.get((rule.endpoint, name), ()), example)


def _request_body(schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": component(schema), "example": EXAMPLE_EDITS}}
    return {"required": True, "content": content}


def _responses(rule: Rule, operation: Operation, value: str | None) -> dict[str, Any]:
    schema = operation.response_schema(value)
    media_type = {"schema": schema} if schema else {}
    responses: dict[str, Any] = {"200": {"description": "The result.", "content": {operation.media_type: media_type}}}
    if operation.has_etag:
        responses["304"] = {"description": "Nothing has changed since the ETag in `If-None-Match`."}
    content = _problem_content(rule)
    for status in operation.errors:
        responses[str(status)] = {"description": f"{HTTPStatus(status).phrase}.", "content": content}
    return responses | {"default": {"description": "Another error.", "content": content}}


def _problem_content(rule: Rule) -> dict[str, Any]:
    """Return the form of an error: problem details under `/api/`, an HTML page elsewhere."""
    if rule.rule.startswith("/api/"):
        return {"application/problem+json": {"schema": component("Problem")}}
    return {"text/html": {}}
