"""What a browser takes along to look addresses up by itself, as the server sends it."""

import gzip
import json

import pytest
from conftest import AT

from geo.store.records import OPERATOR, Record
from webmap import create_app
from webmap.settings import Settings

PATHS = ("index.bin", "corners.bin", "towns/bel-nor.bin")


@pytest.fixture
def get(small_town, store):
    client = create_app(Settings(workspace=small_town), store).test_client()
    return lambda path, **headers: client.get(f"/api/v1/find/{path}", headers=headers)


def head(body):
    return json.loads(body.split(b"\n", 1)[0])


@pytest.mark.parametrize("path", PATHS)
def test_a_file_is_sent_packed_or_plain_and_once(get, path):
    plain = get(path)
    packed = get(path, **{"Accept-Encoding": "gzip"})
    mark = packed.headers["ETag"]
    again = get(path, **{"If-None-Match": mark})

    assert plain.status_code == packed.status_code == 200
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.vary
    assert head(plain.data)["format"] == 2
    assert (again.status_code, again.data) == (304, b"")


def test_the_mark_changes_with_the_addresses_alone(get, store):
    before = [get(path).headers["ETag"] for path in PATHS]
    tree = store.read_layer("trees", actor=OPERATOR)["id"][0]
    store.put("trees", Record(tree, "", {"condition": "dead"}), actor=OPERATOR, at=AT)

    assert [get(path).headers["ETag"] for path in PATHS] == before

    store.put("landmarks", Record("hall", "", {"name": "New Hall"}), actor=OPERATOR, at=AT)
    after = [get(path).headers["ETag"] for path in PATHS]

    assert after[1] != before[1]
    assert (after[0], after[2]) == (before[0], before[2])


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("towns/atlantis.bin", 404, "no town with addresses has the slug 'atlantis'; the slugs are"),
        ("towns/Bel-Nor.bin", 404, "no town with addresses"),
        ("rest.bin", 404, ""),
        ("index.bin?q=7201", 400, "q"),
    ],
)
def test_what_there_is_not_is_refused(get, path, code, says):
    answer = get(path)

    assert answer.status_code == code
    assert says in answer.json["detail"]


def test_no_private_field_and_no_file_is_in_it(get):
    every = b"".join(get(path).data for path in PATHS)

    assert b"canary" not in every
    assert b"Bel-Nor" in every
