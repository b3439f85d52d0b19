"""The API's description: it is valid, it tells of every route, and what it promises is what comes."""

import base64
import json
import re
import shutil
from collections import defaultdict
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from property_examples import SHARE
from test_photos import jpeg

from geo.schema import LAYERS
from geo.store import open_store
from webmap import create_app
from webmap.api.openapi_document import describe_api
from webmap.settings import Settings

STRANGE = "strange-parameter"
NO_QUERY = {"/healthz"}  # takes any query, as monitors add what they like


@pytest.fixture(scope="module")
def workspace(sample_workspace, tmp_path_factory):
    return Path(shutil.copy(sample_workspace, tmp_path_factory.mktemp("openapi") / "sample.gpkg"))


@pytest.fixture(scope="module")
def app(workspace):
    with closing(open_store(workspace)) as store:
        settings = Settings(workspace=workspace, allow_local_edits=True, access_log=False)
        app = create_app(settings, store)
        yield app
        app.extensions["lotleaf-edits"].wait_for_join()


@pytest.fixture(scope="module")
def document(app):
    told = json.loads(json.dumps(describe_api(app, app.extensions["lotleaf"].settings)))
    shared = told["components"]["parameters"]
    for methods in told["paths"].values():  # each operation with its parameters in place
        for operation in methods.values():
            whole = [
                shared[one["$ref"].split("/")[-1]] if "$ref" in one else one for one in operation.get("parameters", ())
            ]
            operation["parameters"] = whole
    return told


@pytest.fixture(scope="module")
def hashes(app):
    """What stands for `hash` in the address of a tileset's tiles and of its values: no file can tell it ahead."""
    told = app.test_client().get("/api/v1/tiles").json["tilesets"]
    return {
        (kind, name): one[kind].split("/")[3] for name, one in told.items() for kind in one if "/" in str(one[kind])
    }


@pytest.fixture(scope="module")
def edit_response(app, document):
    """The documented edit, sent with a photo; gives what came."""
    body = document["paths"]["/api/v1/edits"]["post"]["requestBody"]["content"]["application/json"]["example"]
    (edit,) = body["edits"]
    edit = {**edit, "photo": base64.b64encode(jpeg()).decode()}
    return app.test_client().post("/api/v1/edits", json={"edits": [edit]})


def ask(client, url, **options):
    """Ask, and close the answer: one that streams holds a place among the downloads."""
    with client.get(url, **options) as answer:
        answer.get_data()
        return answer


def operations(document, method="get"):
    return [(path, methods[method]) for path, methods in document["paths"].items() if method in methods]


def address(path, operation, hashes, edit_response=None):
    """Fill in a path with the examples of its parameters."""
    values = {one["name"]: one["example"] for one in operation.get("parameters", ()) if one["in"] == "path"}
    if "number" in values and edit_response:
        values["number"] = edit_response.json["edits"][0]["photo"]
    if "hash" in values:
        values["hash"] = hashes[path.split("/")[1], values["tileset"]]
    return path.format(**values)


def query(operation, *, only_required):
    """Write the examples of the query's parameters as they are sent."""
    pairs = []
    for one in operation.get("parameters", ()):
        if one["in"] == "query" and (one.get("required") or not only_required):
            value = one["example"]
            if isinstance(value, list) and not one["explode"]:
                value = ",".join(map(str, value))
            pairs += [(one["name"], each) for each in (value if isinstance(value, list) else [value])]
    as_dict = defaultdict(list)
    for name, value in pairs:
        as_dict[name].append(value)
    return as_dict


def strict(schema):
    """Give a schema that takes no member that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: strict(each) for name, each in schema.items()}
    return {"additionalProperties": False, **told} if isinstance(told.get("properties"), dict) else told


def faults(document, schema, value):
    """List how a value differs from a schema, which may name components."""
    whole = {**strict(schema), "components": strict(document["components"])}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{fault.json_path}: {fault.message}"[:300] for fault in validator.iter_errors(value)]


def test_the_document_is_valid_and_the_server_sends_it(app, document):
    sent = app.test_client().get("/api/v1/openapi.json").json
    validate(document)
    validate(sent)

    assert sent == json.loads(json.dumps(describe_api(app, app.extensions["lotleaf"].settings)))
    assert set(sent["components"]["parameters"]) == {
        f"{layer}.{one['name']}"
        for layer in LAYERS
        for one in document["paths"][f"/api/v1/{layer}.csv"]["get"]["parameters"]
    }


def test_every_route_of_the_api_is_in_the_document_and_every_path_is_a_route(app, document, hashes):
    pages = ("pages.", "static")
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(pages)]
    routes = {(rule.endpoint, method) for rule in rules for method in rule.methods & {"GET", "POST"}}
    urls = app.url_map.bind("localhost")
    found = defaultdict(set)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            endpoint, values = urls.match(address(path, operation, hashes), method.upper())
            found[endpoint, method.upper()].add(values.get("layer"))

    assert set(found) == routes - {("api.refuse_unknown_path", "GET")}
    for name in ("layer_geojson", "layer_csv", "layer_xlsx", "count_features", "record_card"):
        assert found[f"api.{name}", "GET"] == set(LAYERS)


def test_the_documented_parameters_are_those_that_a_route_takes(app, document, hashes, edit_response):
    assert edit_response.status_code == 200
    for path, operation in operations(document):
        if path in NO_QUERY:
            continue
        told = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
        answer = ask(app.test_client(), address(path, operation, hashes), query_string={STRANGE: 1})
        assert answer.status_code == 400, path
        (allowed,) = re.findall(r"the parameters are: ([\w, ]+)", answer.get_data(as_text=True))
        if "/aliases" in path:  # a table without places, where a bbox is refused by itself
            allowed = allowed.replace(", bbox", "")
        assert allowed == (", ".join(told) or "none"), path


@pytest.mark.parametrize(
    "only_required", [False] if SHARE > 1 else [False, True], ids=lambda one: "plain" if one else "with every parameter"
)
def test_every_example_is_answered_as_its_schema_says(app, document, hashes, edit_response, only_required):
    assert edit_response.status_code == 200
    client = app.test_client()
    for path, operation in operations(document):
        url, asked = address(path, operation, hashes, edit_response), query(operation, only_required=only_required)
        answer = ask(client, url, query_string=asked)
        assert answer.status_code == 200, (url, asked, answer.get_data(as_text=True)[:300])
        ((media_type, content),) = operation["responses"]["200"]["content"].items()
        assert fnmatch(answer.mimetype, media_type), url
        if "schema" in content:
            assert not faults(document, content["schema"], answer.get_json(force=True))[:5], (url, asked)
        mark = answer.headers.get("ETag")
        assert ("304" in operation["responses"]) is (mark is not None), url
        if mark:
            again = ask(client, url, query_string=asked, headers={"If-None-Match": mark})
            assert again.status_code == 304, url


def test_each_filter_is_answered_by_itself(app, document):
    client = app.test_client()
    for path, operation in operations(document):
        if path.startswith("/api/v1/count/"):
            for one in operation["parameters"]:
                asked = query({"parameters": [one]}, only_required=False)
                answer = ask(client, path, query_string=asked)
                assert answer.status_code == 200, (path, asked)


def test_a_schema_does_find_fault(document):
    (unknown,) = faults(document, document["components"]["schemas"]["Version"], {"version": 1, "more": 2})
    (wrong,) = faults(document, document["components"]["schemas"]["TreesProperties"],
                      {"id": "1", "source": "town", "town": None, "condition": "splendid"})  # fmt: skip

    assert "more" in unknown
    assert "splendid" in wrong


@pytest.mark.parametrize("layer", LAYERS)
def test_whole_layers_are_as_their_schema_says(app, document, layer, small_town):
    schema = document["paths"][f"/api/v1/{layer}.geojson"]["get"]["responses"]["200"]["content"]["application/geo+json"]
    with closing(open_store(small_town)) as store:  # where every value is known
        towns = create_app(Settings(workspace=small_town), store).test_client()
        for client in (app.test_client(), towns):
            told = ask(client, f"/api/v1/{layer}.geojson").get_json(force=True)
            assert told["features"]
            assert not faults(document, schema["schema"], {**told, "features": told["features"][:300]})[:5]
    properties = document["components"]["schemas"][f"{layer.capitalize()}Properties"]["properties"]
    assert list(told["features"][0]["properties"]) == list(properties)


def test_the_documented_edit_is_done_and_further_ones_are_told_as_documented(app, document, edit_response):
    content = document["paths"]["/api/v1/edits"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    tree = {"layer": "trees", "id": "01-00004", "was": {"risk": "extreme"}, "set": {"risk": "low"}}
    clash = {"key": str(uuid4()), **tree, "was": {"risk": "extreme", "condition": "dead"}}
    unknown = {"key": str(uuid4()), **tree, "id": "no-such-tree"}
    told = app.test_client().post("/api/v1/edits", json={"edits": [clash, unknown, {"layer": "trees"}]})

    assert [one["status"] for one in edit_response.json["edits"]] == ["done"]
    assert [one["status"] for one in told.json["edits"]] == ["conflict", "refused", "refused"]
    assert not faults(document, content, edit_response.json)
    assert not faults(document, content, told.json)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/card/trees/none", 404), ("/api/v1/trees.geojson?limit=0", 400), ("/api/v1/fields/none", 404),
     ("/api/v1/nothing", 404)],
)  # fmt: skip
def test_a_refusal_is_a_problem_as_documented(app, document, path, status):
    answer = app.test_client().get(path)

    assert answer.status_code == status
    assert not faults(document, document["components"]["schemas"]["Problem"], answer.get_json(force=True))


def test_changes_are_told_as_documented(app, document, edit_response):
    assert edit_response.status_code == 200
    tilesets = app.test_client().get("/api/v1/tiles").json["tilesets"]
    for name in ("lots", "sites", "inspections", "blocks"):
        content = document["paths"][f"/api/v1/changes/{name}"]["get"]["responses"]["200"]["content"]["application/json"]
        told = app.test_client().get(f"/api/v1/changes/{name}?since=0").json
        latest = app.test_client().get(f"/api/v1/changes/{name}?since={tilesets[name]['version']}").json
        assert not faults(document, content["schema"], told)
        assert not faults(document, content["schema"], latest)
        assert latest["changed"] or name in ("lots", "inspections")  # what is told of a lot did not change


def test_no_private_field_is_documented(document):
    schemas = document["components"]["schemas"]
    for layer in LAYERS.values():
        private = {field.name for field in layer.fields if field.private} | {"raw"}
        parameters = document["paths"][f"/api/v1/{layer.name}.geojson"]["get"]["parameters"]
        assert not private & {one["name"] for one in parameters}
        assert not private & set(schemas[f"{layer.name.capitalize()}Properties"]["properties"])


def test_an_empty_workspace_answers_every_address_without_a_fault(document, hashes, tmp_path):
    with closing(open_store(tmp_path / "empty.gpkg", create=True)) as store:
        client = create_app(Settings(workspace=tmp_path / "empty.gpkg", access_log=False), store).test_client()
        for path, operation in operations(document):
            for url in {address(path, operation, hashes), path.replace("{town}", "-").replace("{layer}", "trees")}:
                asked = query(operation, only_required=True)
                assert ask(client, url, query_string=asked).status_code < 500, url
