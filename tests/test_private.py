"""No private field leaves by any door but `lotleaf export --private`.

Every private field and every raw row of a small town holds a canary; every address of the app is
called, for every layer and every id; no canary may sing in a body or in a header.
"""

import io
import json
import re
import zipfile
from itertools import product
from urllib.parse import quote

import pytest

from geo.errors import GeoError
from geo.formats.export_file import EXPORT_FORMATS
from geo.formats.geojson import iter_features
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, PUBLIC, Query
from webmap import create_app
from webmap.settings import Settings

CANARY = re.compile(r"canary", re.IGNORECASE)
PRIVATE = [(name, f.name) for name, layer in LAYERS.items() for f in layer.fields_by_name.values() if f.private]
CANARIES = [f"canary-{name}-{field}" for name, field in [*PRIVATE, *((name, "raw") for name in LAYERS)]]

# What to put into each variable part of an address. An address with a part that is not here fails
# the test: whoever adds a route tells here how it is called.
PARTS = {
    "layer": list(LAYERS),
    "id_": ["0p1", "0p2", *(f"{name}-0" for name in LAYERS), "canary-parcels-owner"],
    "slug_": ["bel-nor", "-", "canary"],
    "name": ["coverage", "maintenance", "inspections", "canary.js"],
    "filename": ["icon.svg"],
    "_": ["canary"],
    "set_": ["lots", "streets", "sites", "inspections", "blocks", "canary"],
    "mark": ["0" * 16],
    "z": [16],
    "x": [16325],
    "y": [25116],
    "number": [5],
}
# And what to ask each of them, besides nothing.
SEARCHES = [f"q={quote(canary)}" for canary in CANARIES] + ["q=1+oak+ave", "q=0p1"]
REFUSING = {
    "api.refuse_unknown_path",
    "edits.record_notes",
    "edits.note_photo",
}  # what never answers anything, or only where edits are taken
ASKED = {
    "api.layer_geojson": ["download=1", "limit=1", "town=bel-nor", "fields=town"],
    "api.layer_csv": ["limit=1", "town=bel-nor", "fields=town"],
    "api.layer_xlsx": ["limit=1", "town=bel-nor", "fields=town"],
    "api.count_features": ["town=bel-nor"],
    "api.find": SEARCHES,
    "api.parcel_at": ["lon=-90.3187&lat=38.7015", "lon=-90.318&lat=38.705", "lon=0&lat=0"],
    "pages.show_search": SEARCHES,
}


@pytest.fixture
def app(small_town):
    store = open_store(small_town)
    yield create_app(Settings(workspace=small_town), store)
    store.close()


def addresses(app):
    """Name every address of the app, for every layer, id and question that is known here."""
    sets = app.test_client().get("/api/v1/tiles").json["tilesets"].values()
    marks = {each[kind].split("/")[3] for each in sets for kind in ("tiles", "values") if each[kind]}
    names = [*PARTS["name"], *app.extensions["assets"].hashed_names.values()]
    known = PARTS | {"name": names, "mark": [*PARTS["mark"], *sorted(marks)]}
    for rule in app.url_map.iter_rules():
        unknown = rule.arguments - set(known)
        assert not unknown, f"{rule}: say in PARTS how {unknown} of this new route is called"
        for parts in product(*(known[name] for name in sorted(rule.arguments))):
            values = dict(zip(sorted(rule.arguments), parts, strict=True))
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **values)
            yield rule.endpoint, path
            yield from ((rule.endpoint, f"{path}?{asked}") for asked in ASKED.get(rule.endpoint, ()))


def test_no_canary_sings_on_any_route(app):
    client = app.test_client()
    answered = set()

    for endpoint, path in addresses(app):
        response = client.get(path, buffered=True)
        # What was asked may be said back; what was not asked may not be told.
        body = unpack_body(response).decode("utf-8", "replace")  # some files are no text
        told = body.replace(quote(path), "") + str(response.headers)
        found = set(re.findall(r"canary-\w+-\w+", told)) - asked_for(path)
        assert not found, f"{path} tells {found}"
        assert response.status_code < 500, f"{path} fails"
        answered |= {endpoint} if response.status_code < 400 else set()

    assert {rule.endpoint for rule in app.url_map.iter_rules()} - answered == REFUSING


def unpack_body(response):
    """Give the body of an answer, and of a workbook all that is packed in it."""
    body = response.get_data()
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def asked_for(path):
    return {canary for canary in CANARIES if quote(canary) in path}


def test_searching_for_something_private_finds_nothing(app):
    client = app.test_client()

    for canary in CANARIES:
        answer = client.get("/api/v1/find", query_string={"q": canary}).get_json()
        assert answer["candidates"] == []


@pytest.mark.parametrize(("layer", "field"), PRIVATE)
def test_a_private_field_is_no_filter_and_no_column(app, layer, field):
    client = app.test_client()

    for name in EXPORT_FORMATS:
        assert client.get(f"/api/v1/{layer}.{name}?{field}=canary").status_code == 400
        assert client.get(f"/api/v1/{layer}.{name}?fields={field}").status_code == 400
    assert client.get(f"/api/v1/count/{layer}?{field}=canary").status_code == 400


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_an_export_holds_canaries_for_the_operator_alone(small_town, layer):
    store = open_store(small_town)

    public = json.dumps(list(iter_features(store, layer, Query(), actor=PUBLIC)))
    operator = json.dumps(list(iter_features(store, layer, Query(), actor=OPERATOR)))
    store.close()

    assert not CANARY.search(public)
    wanted = {canary for canary in CANARIES if canary.startswith(f"canary-{layer.name}-")}
    assert set(re.findall(r"canary-\w+-\w+", operator)) == wanted


def test_the_command_line_gives_private_fields_only_when_told(lotleaf, small_town):
    public = lotleaf("export", "parcels", "-o", "-", "-w", small_town).stdout
    private = lotleaf("export", "parcels", "-o", "-", "--private", "-w", small_town).stdout

    assert not CANARY.search(public)
    assert "canary-parcels-owner" in private


def test_asking_by_a_private_field_is_refused_in_the_store_too(small_town):
    store = open_store(small_town)

    with pytest.raises(GeoError):
        list(store.query("parcels", Query(where={"owner": ("canary-parcels-owner",)}), actor=PUBLIC))
    store.close()
