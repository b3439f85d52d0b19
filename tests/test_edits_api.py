"""Edits over the web: once, in order, from this machine alone, and never more than was asked."""

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import apsw
import hypothesis
import pytest
from crewed import AT, some
from hypothesis import given
from hypothesis import strategies as st
from property_examples import examples
from test_photos import CANARY, exif, jpeg, png
from test_serving import LOTLEAF, free_port, healthy, served

from geo.edits.edit_request import EditRequest
from geo.errors import BadInput
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, PUBLIC, Query, Record
from webmap import create_app
from webmap.api import edit_service
from webmap.api.edit_service import MAX_EDITS
from webmap.auth.local_only import MAX_BODY_BYTES
from webmap.server import serve
from webmap.settings import Settings

EDITS = "/api/v1/edits"
ROUNDS = int(os.environ.get("LOTLEAF_EDIT_KILLS", "4"))


@pytest.fixture
def workspace(crewed_county, tmp_path):
    return Path(shutil.copy(crewed_county, tmp_path / "county.gpkg"))


@pytest.fixture
def store(workspace):
    opened = open_store(workspace)
    yield opened
    opened.close()


@pytest.fixture
def client(workspace, store):
    app = create_app(Settings(workspace=workspace, allow_local_edits=True), store)
    yield app.test_client()
    app.extensions["lotleaf-edits"].wait_for_join()


@pytest.fixture
def closed(workspace, store):
    return create_app(Settings(workspace=workspace), store).test_client()


def edit(record, layer="trees", *, seen=(), **told):
    was = {name: record.values[name] for name in (*told.get("set", ()), *seen)}
    return {"key": str(uuid4()), "layer": layer, "id": record.id, "was": was, **told}


def send(client, *several, **options):
    answer = client.post(EDITS, json={"edits": list(several)}, **options)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["edits"]


def as_text(image):
    return base64.b64encode(image).decode()


# Who may


def test_a_server_that_was_not_told_to_takes_no_edits_and_says_how_it_would(closed, store):
    tree, version = some(store, "trees"), store.version

    refused = closed.post(EDITS, json={"edits": [edit(tree, set={"condition": "dead"})]})

    assert refused.status_code == 403
    assert refused.mimetype == "application/problem+json"
    assert "lotleaf serve --allow-local-edits" in refused.get_json()["detail"]
    assert closed.post(EDITS, data=b"x" * 10_000_000).status_code == 403
    assert closed.get(f"/api/v1/notes/trees/{tree.id}").status_code == 403
    assert closed.get("/api/v1/photos/1").status_code == 403
    assert (closed.get(EDITS).get_json()["allowed"], store.version) == (False, version)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "trees.town.example"])  # noqa: S104 - refused
def test_no_server_takes_edits_where_others_can_reach_it(workspace, store, host):
    open_ = Settings(workspace=workspace, host=host, allow_local_edits=True)

    with pytest.raises(BadInput, match="leave out --host"):
        create_app(open_, store)
    with pytest.raises(BadInput, match="leave out --host"):
        serve(open_)


@pytest.mark.parametrize("proxied", [{"trusted_proxies": 1}, {"hosts": ("trees.town.example",)}])
def test_no_server_behind_a_proxy_takes_edits(workspace, store, proxied):
    with pytest.raises(BadInput, match="behind a proxy"):
        create_app(Settings(workspace=workspace, allow_local_edits=True, **proxied), store)


@pytest.mark.parametrize(
    ("headers", "peer", "status"),
    [
        ({}, "192.0.2.7", 403),
        ({}, "", 403),
        ({}, "::1", 200),
        ({"Origin": "http://localhost"}, "127.0.0.1", 200),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, "127.0.0.1", 200),
        ({"Origin": "http://localhost:81"}, "127.0.0.1", 403),
        ({"Origin": "https://localhost"}, "127.0.0.1", 403),
        ({"Origin": "http://evil.example"}, "127.0.0.1", 403),
        ({"Origin": "null"}, "127.0.0.1", 403),
        ({"Sec-Fetch-Site": "cross-site"}, "127.0.0.1", 403),
        ({"Sec-Fetch-Site": "same-site"}, "127.0.0.1", 403),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 403),
        ({"Forwarded": "for=127.0.0.1"}, "127.0.0.1", 403),
    ],
)
def test_only_this_machine_and_our_own_pages_may_write_and_read_notes(client, store, headers, peer, status):
    tree, version = some(store, "trees", condition="good"), store.version
    sent = {"edits": [edit(tree, set={"condition": "fair"})]}
    from_ = {"REMOTE_ADDR": peer}

    answers = [
        client.post(EDITS, json=sent, headers=headers, environ_overrides=from_),
        client.get(f"/api/v1/notes/trees/{tree.id}", headers=headers, environ_overrides=from_),
    ]

    assert [answer.status_code for answer in answers] == [status] * 2
    assert (store.version != version) == (status == 200)


def test_a_name_that_leads_here_from_elsewhere_is_not_ours(client, store):
    rebound = {"Host": "evil.example", "Origin": "http://evil.example"}
    sent, version = {"edits": [edit(some(store, "trees"), note="x")]}, store.version

    assert client.post(EDITS, json=sent, headers=rebound).status_code in (400, 413)
    assert client.get(EDITS, headers=rebound).status_code == 400
    assert store.version == version


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/json5"])  # fmt: skip
def test_what_a_form_can_send_is_not_taken(client, store, kind):
    body = json.dumps({"edits": [edit(some(store, "trees"), set={"condition": "dead"})]})
    version = store.version

    assert client.post(EDITS, data=body, content_type=kind).status_code == 415
    assert store.version == version


def test_no_other_address_takes_a_body(client):
    assert client.post("/api/v1/find", json={}).status_code == 413
    assert client.put(EDITS, json={}).status_code == 413
    assert client.get("/api/v1/layers", data=b"x").status_code == 413
    assert client.get(EDITS, data=b"x").status_code == 413
    assert client.delete(EDITS).status_code == 405


def test_a_browser_of_another_site_is_given_no_leave(client):
    answer = client.options(EDITS, headers={"Origin": "http://evil.example"})

    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


# What is told


def test_what_may_be_asked_for_is_told(client):
    told = client.get(EDITS).get_json()

    assert (told["allowed"], told["why"]) == (True, None)
    assert told["fields"]["sites"] == ["status", "override_parcel_id"]
    assert {"prune", "inspect", "remove", "stump", "plant"} == {one["work"] for one in told["work"]}
    (stump,) = [one for one in told["work"] if (one["work"], one["layer"]) == ("stump", "sites")]
    assert (stump["site_status"], stump["accepts"]) == (["vacant", "retired"], ["status"])
    assert told["limits"]["edits"] == MAX_EDITS


def test_work_with_a_note_and_a_photo_shows_on_pages_and_in_notes_at_once(client, store):
    tree = some(store, "trees", need="prune")
    work = edit(
        tree,
        seen=("need", "maintenance", "clearance"),
        work="prune",
        note="Wasps in the hollow.\r\nCome in winter 👩‍🌾",
    )
    work |= {"photo": as_text(jpeg(exif(6))), "made_at": "2026-05-04T09:15:00-05:00"}

    (told,) = send(client, work)

    assert told == {"key": work["key"], "status": "done", "note": told["note"], "photo": told["photo"]}
    assert client.get(f"/api/v1/card/trees/{tree.id}").get_json()["properties"]["need"] != "prune"
    (note,) = client.get(f"/api/v1/notes/trees/{tree.id}").get_json()["notes"]
    assert (note["work"], note["text"]) == ("prune", "Wasps in the hollow.\nCome in winter 👩‍🌾")
    assert note["made_at"] == "2026-05-04T09:15:00-05:00"
    assert note["photo"] == f"/api/v1/photos/{told['photo']}"
    photo = client.get(note["photo"])
    assert (photo.mimetype, photo.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in photo.headers["Content-Security-Policy"]
    assert "immutable" in photo.headers["Cache-Control"]
    assert photo.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert CANARY not in photo.data
    assert client.get(note["photo"], headers={"If-None-Match": photo.headers["ETag"]}).status_code == 304


def test_a_note_with_signs_that_cannot_be_seen_is_kept_without_them(client, store):
    tree = some(store, "trees")
    note = "Call \u202a+1\u00a0314\u202f555\u202c\u200b first\ufeff"

    (told,) = send(client, edit(tree, note=note))

    assert told["status"] == "done"
    (kept,) = client.get(f"/api/v1/notes/trees/{tree.id}").get_json()["notes"]
    assert kept["text"] == "Call +1 314 555 first"


def test_notes_come_newest_first_and_are_bounded(client, store):
    site = some(store, "sites")
    send(client, *(edit(site, "sites", note=f"Note {at}") for at in range(5)))

    two = client.get(f"/api/v1/notes/sites/{site.id}?limit=2")
    send(client, edit(site, "sites", note="Note 5"))
    again = client.get(f"/api/v1/notes/sites/{site.id}", headers={"If-None-Match": two.headers["ETag"]})

    assert [note["text"] for note in two.get_json()["notes"]] == ["Note 4", "Note 3"]
    assert again.get_json()["notes"][0]["text"] == "Note 5"
    assert client.get(f"/api/v1/notes/sites/{site.id}?limit=201").status_code == 400
    assert client.get("/api/v1/notes/parcels/1").status_code == 400
    assert client.get("/api/v1/notes/sites/nowhere").get_json()["notes"] == []
    assert client.get("/api/v1/photos/7").status_code == 404
    assert client.get(f"/api/v1/photos/{10**30}").status_code == 404


def test_a_note_leaves_by_no_export_and_no_search(client, store):
    site = some(store, "sites")
    send(client, edit(site, "sites", note="canary-note"))

    for address in ("sites.geojson", f"card/sites/{site.id}", "find?q=canary-note"):
        answer = client.get(f"/api/v1/{address}", buffered=True).get_json(force=True)
        assert "canary-note" not in json.dumps({**answer, "query": ""})


# Each by itself, in order


def test_edits_are_answered_in_their_order_and_one_that_is_bad_stops_no_other(client, store):
    trees = [some(store, "trees", at, condition="good") for at in range(3)]
    sent = [
        edit(trees[0], set={"condition": "poor"}),
        edit(trees[1], set={"condition": "sad"}),
        {"key": "no uuid"},
        edit(trees[0], set={"condition": "dead"}),
        {**edit(trees[1], note="x"), "id": "nowhere"},
        edit(trees[2], set={"condition": "fair"}),
    ]

    told = send(client, *sent)

    assert [one["status"] for one in told] == ["done", "refused", "refused", "conflict", "refused", "done"]
    assert [one["key"] for one in told] == [None if at == 2 else one["key"] for at, one in enumerate(sent)]
    assert told[3] == {
        "key": sent[3]["key"], "status": "conflict", "field": "condition", "was": "good", "is": "poor", "yours": "dead"
    }  # fmt: skip
    assert store.get("trees", trees[0].id, actor=PUBLIC).values["condition"] == "poor"
    assert send(client, *sent) == told


def test_one_key_twice_in_a_request_is_done_once(client, store):
    tree = some(store, "trees", condition="good")
    one = edit(tree, set={"condition": "poor"}, note="once")

    first, second = send(client, one, one)

    assert first == second
    assert len(store.read_notes("trees", tree.id, limit=9)) == 1


def test_a_fault_of_ours_in_one_edit_keeps_back_no_other_and_may_be_sent_again(client, store, monkeypatch):
    trees = [some(store, "trees", at, condition="good") for at in range(2)]
    sent = [edit(tree, set={"condition": "poor"}) for tree in trees]
    whole = edit_service.apply_edit_request

    def failing(store, writer, asked, **told):
        if asked.id == trees[0].id:
            raise ZeroDivisionError
        return whole(store, writer, asked, **told)

    monkeypatch.setattr(edit_service, "apply_edit_request", failing)
    told = send(client, *sent)
    monkeypatch.setattr(edit_service, "apply_edit_request", whole)

    assert [one["status"] for one in told] == ["failed", "done"]
    assert [one["status"] for one in send(client, *sent)] == ["done", "done"]


def test_an_edit_that_cannot_be_joined_alone_is_done_and_all_is_joined_soon(client, store):
    trees = [some(store, "trees", at, condition="good") for at in range(2)]
    store.put("trees", Record(trees[0].id, "", {"condition": "dead"}), actor=OPERATOR, at=AT)

    answer = client.post(EDITS, json={"edits": [edit(trees[1], set={"condition": "dead"})]}).get_json()

    assert (answer["joined"], answer["edits"][0]["status"]) == (False, "done")
    client.application.extensions["lotleaf-edits"].wait_for_join()
    assert not store.status()["joined"]["stale"]
    assert {store.get("trees", tree.id, actor=PUBLIC).values["need"] for tree in trees} == {"remove"}


# Hostile bodies


def edited(client, **members):
    """Send one edit of a tree with members put in the place of its own; gives its answer."""
    tree = some(client.application.extensions["lotleaf"].store, "trees", condition="good")
    (told,) = send(client, {**edit(tree, set={"condition": "poor"}), **members})
    return told


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"key": None}, "UUID"), ({"key": 5}, "UUID"), ({"key": "x" * 36}, "UUID"), ({"key": ["a"]}, "UUID"), ({"key": "\ud800" * 36}, "UUID"),
        ({"layer": "parcels"}, "layer must be"), ({"layer": None}, "layer must be"), ({"layer": {}}, "layer must be"),
        ({"id": None}, "id is missing"), ({"id": 5}, "id must be text"), ({"id": "x" * 301}, "id must be text"), ({"id": "\ud800"}, "id must be text"),
        ({"id": "a\u202eb"}, "id must be text"), ({"id": "a\0b"}, "id must be text"),
        ({"was": []}, "was must be an object"), ({"was": "x"}, "was must be an object"), ({"was": {str(at): 1 for at in range(41)}}, "at most 40"),
        ({"was": {"condition": {}}}, "condition must be"), ({"was": {"condition": ["good"]}}, "condition must be"),
        ({"was": {"x" * 41: 1}}, "which is not a field"), ({"was": {"\ud800": 1}}, "which is not a field"), ({"was": {"owner": 1}}, "which is not a public field"),
        ({"was": {"condition": "\ud800"}}, "condition must be"), ({"was": {"condition": "x" * 2001}}, "condition must be"),
        ({"set": {"condition": True}}, "condition"), ({"set": {"dbh_in": 1e300}}, "dbh_in must be"), ({"set": {"dbh_in": 10**400}}, "dbh_in must be"),
        ({"set": {"condition": None, "id": "x"}}, "'id' cannot be edited"), ({"set": {"geom": "x"}}, "cannot be edited"),
        ({"set": {"notes": "x"}}, "cannot be edited"), ({"set": {}}, "the edit is empty"), ({"set": None}, "the edit is empty"),
        ({"set": {'condition"; DROP TABLE trees; --': "x"}}, "cannot be edited"),
        ({"work": "fell"}, "is not a kind of work on trees"), ({"work": 5}, "work must be text"), ({"work": "x" * 41}, "work must be text"),
        ({"note": 5}, "note must be text"), ({"note": "x" * 2001}, "note must be text"), ({"note": "\ud83c"}, "note must be text"),
        ({"note": "\x1b[2J"}, "note must be text"), ({"photo": 5}, "base64"), ({"photo": "é"}, "base64"), ({"photo": "AAA"}, "base64"),
        ({"photo": "AA AA"}, "base64"), ({"photo": "data:image/png;base64,AAAA"}, "base64"), ({"photo": ""}, "neither"),
        ({"photo": as_text(b"<svg onload=alert(1)>")}, "neither"), ({"photo": as_text(b"GIF89a")}, "neither"),
        ({"photo": as_text(jpeg()[:-9])}, "cannot be read"), ({"photo": as_text(png(size=(20_000, 20_000)))}, "pixels"),
        ({"made_at": "yesterday"}, "made_at"), ({"made_at": 5}, "made_at"), ({"made_at": "2026-05-04T09:15:00"}, "made_at"), ({"made_at": "9999-01-01T00:00+00:00"}, "made_at"),
        ({"made_at": "0001-01-01T00:00:00+23:59"}, "made_at"), ({"price": 1}, "an edit has no member 'price'"), ({"\ud800": 1}, "an edit has no member"),
    ],
)  # fmt: skip
def test_a_strange_edit_is_refused_by_itself_and_says_why(client, store, members, why):
    version = store.version

    told = edited(client, **members)

    assert told["status"] == "refused"
    assert why in told["reason"]
    assert len(told["reason"]) < 600
    assert store.version == version


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
MEMBER = st.sampled_from(edit_service.EDIT_MEMBERS)


@hypothesis.settings(max_examples=examples(500), deadline=None)
@given(st.lists(st.dictionaries(MEMBER, JSON) | JSON, min_size=1, max_size=3))
def test_whatever_is_sent_is_read_or_refused(several):
    found = edit_service.parse_edits(json.dumps({"edits": several}).encode())

    assert len(found) == len(several)
    for one in found:
        if not isinstance(one, EditRequest):
            assert one["status"] == "refused"
            json.dumps(one, ensure_ascii=False).encode()


FIELD = st.sampled_from(
    [
        "condition",
        "risk",
        "maintenance",
        "clearance",
        "dbh_in",
        "need",
        "native",
        "species",
        "lon",
        "override_parcel_id",
        "town",
    ]
)
VALUE = st.sampled_from(
    [
        None,
        "",
        "good",
        "poor",
        "dead",
        "unknown",
        "Prune",
        "Prune; inspect",
        "none",
        "x" * 2_000,
        0,
        -1,
        12,
        12.5,
        1e15,
        True,
        False,
        "prune",
    ]
)


@hypothesis.settings(
    max_examples=examples(300), deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@given(
    at=st.integers(0, 20),
    seen=st.sets(FIELD),
    was=st.dictionaries(FIELD, VALUE, max_size=2),
    given_=st.dictionaries(FIELD, VALUE, max_size=3),
    work=st.sampled_from([None, None, "prune", "inspect", "remove", "stump", "plant"]),
    note=st.sampled_from([None, "x"]),
)
def test_no_edit_fails_and_what_is_not_done_leaves_all_as_it_was(client, store, at, seen, was, given_, work, note):
    tree = list(store.query("trees", Query(limit=21), actor=PUBLIC))[at]
    before, version = store.get("trees", tree.id, actor=PUBLIC), store.version
    sent = edit(tree, seen=(*seen, *given_), set=given_, work=work, note=note)
    sent["was"] |= was

    (told,) = send(client, sent)

    assert told["status"] in ("done", "conflict", "refused")
    if told["status"] != "done":
        assert (store.version, store.get("trees", tree.id, actor=PUBLIC)) == (version, before)
    elif work != "remove":
        after = store.get("trees", tree.id, actor=PUBLIC).values
        wanted = {name: None if value == "" else value for name, value in given_.items()}
        assert {name: after[name] for name in wanted} == wanted


DEEP = b'{"edits": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b" ", b"{", b"null", b"[]", b"5", b'"edits"', b"{}", b'{"edits": {}}', b'{"edits": null}', b'{"edits": []}', b'{"edits": [1], "more": 1}',
        b'{"edits": [1], "edits": [2]}', b'{"edits": [{"key": 1, "key": 2}]}', b'{"edits": [NaN]}', b'{"edits": [Infinity]}',
        b'{"edits": [' + b"9" * 5000 + b"]}", b"\xff\xfe", b'{"edits": ["\xff"]}', '{"edits": [1]}'.encode("utf-16"), DEEP,
        json.dumps({"edits": [{}] * (MAX_EDITS + 1)}).encode(),
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_what_is_no_list_of_edits_is_refused_whole(client, store, body):
    version = store.version

    answer = client.post(EDITS, data=body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert len(answer.data) < 1_000
    assert store.version == version


@pytest.mark.parametrize("edit_", [None, 5, "x", [], [[]], True, {}, {"edits": []}])
def test_an_edit_that_is_none_is_refused_by_itself(client, edit_):
    (told,) = send(client, edit_)

    assert (told["key"], told["status"]) == (None, "refused")


def test_bodies_and_photos_are_bounded(client, store):
    tree = some(store, "trees")
    large = jpeg(behind=b"x" * 2_500_000)
    many = {"edits": [edit(tree, photo=as_text(large)) for _ in range(2)]}

    assert client.post(EDITS, data=b" " * (MAX_BODY_BYTES + 1), content_type="application/json").status_code == 413
    assert client.post(EDITS, json=many).status_code == 413
    assert send(client, many["edits"][0])[0]["status"] == "done"
    endless = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    assert client.post(EDITS, headers=endless).status_code == 411


def test_a_crowd_of_edits_is_told_to_come_again(client, store):
    hands = client.application.extensions["lotleaf-edits"]
    for _ in range(edit_service.MAX_QUEUED_REQUESTS):
        hands._queue_slots.acquire()

    answer = client.post(EDITS, json={"edits": [edit(some(store, "trees"), note="x")]})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    for _ in range(edit_service.MAX_QUEUED_REQUESTS):
        hands._queue_slots.release()


def test_a_workspace_whose_photo_is_a_page_serves_no_page(client, workspace):
    with apsw.Connection(str(workspace)) as connection:
        connection.execute("INSERT INTO lotleaf_photos VALUES (5, ?)", (b"<script>alert(1)</script>",))
        connection.execute("INSERT INTO lotleaf_photos VALUES (6, 'text')")

    assert client.get("/api/v1/photos/5").status_code == 404
    assert client.get("/api/v1/photos/6").status_code >= 500


# The server


def post(port, several, *, timeout=60):
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{port}"}
        connection.request("POST", EDITS, json.dumps({"edits": several}), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def puts(store, since):
    return [change.id for change in store.changes_since(since, actor=OPERATOR, limit=10_000) if change.action == "put"]


def test_many_who_send_the_same_to_several_processes_are_told_the_same_and_it_is_done_once(workspace, store):
    trees = [some(store, "trees", at, condition="good") for at in range(6)]
    sent = [edit(tree, set={"condition": "poor"}, note="once") for tree in trees]
    since = store.version

    with served(workspace, "--allow-local-edits", "--workers", "2") as (_, port):
        healthy(port)
        with ThreadPoolExecutor(6) as crew:
            answers = list(crew.map(lambda _: until_taken(port, sent), range(12)))

    assert answers == [answers[0]] * 12
    assert {one["status"] for one in answers[0]} == {"done"}
    assert sorted(puts(store, since)) == sorted(tree.id for tree in trees)
    assert all(len(store.read_notes("trees", tree.id, limit=9)) == 1 for tree in trees)


def until_taken(port, sent):
    while True:
        status, told = post(port, sent)
        if status == 200:
            return told["edits"]
        assert status == 503
        time.sleep(0.05)


def wait_for_change(store, version, timeout_s=60):
    started = time.monotonic()
    while store.version == version:
        assert time.monotonic() - started < timeout_s
        time.sleep(0.001)


@pytest.mark.slow
def test_kill_9_at_any_moment_leaves_each_edit_done_once_with_its_key_or_not_at_all(workspace, store):
    good = Query(where={"condition": ("good", "fair")})
    trees = list(store.query("trees", good, actor=PUBLIC))
    sent = [edit(tree, set={"condition": "poor"}, note="once") for tree in trees[:MAX_EDITS]]
    since, halfway = store.version, 0

    for turn, spare in zip(range(ROUNDS), trees[MAX_EDITS:], strict=False):
        with killed(workspace) as (port, kill):
            post(port, [edit(spare, set={"dbh_in": 31.5})])  # the first edit of a process is slow
            before = store.version
            with ThreadPoolExecutor(1) as crew:
                sending = crew.submit(post, port, sent)
                if turn % 2:
                    time.sleep(0.02 + 0.014 * (turn * 7 % 10))
                else:  # after the first of the edits, however slow the machine
                    wait_for_change(store, before)
                kill()
                sending.exception()
        assert store.check_integrity() == []
        ours = {one["id"] for one in sent}
        done = [id_ for id_ in puts(store, since) if id_ in ours]
        noted = [id_ for id_ in ours if store.read_notes("trees", id_, limit=9)]
        assert sorted(done) == sorted(noted) == sorted(answered_keys(workspace) & ours)
        halfway += 0 < len(done) < len(sent)

    app = create_app(Settings(workspace=workspace, allow_local_edits=True), store)
    assert {one["status"] for one in send(app.test_client(), *sent)} == {"done"}
    assert sorted(puts(store, since)) == sorted([*ours, *(tree.id for tree in trees[MAX_EDITS:][:ROUNDS])])
    assert all(len(store.read_notes("trees", id_, limit=9)) == 1 for id_ in ours)
    assert not store.status()["joined"]["stale"]
    assert halfway  # some were killed between two edits, or within one


@contextmanager
def killed(workspace):
    """Serve until killed; gives the port, and what kills the server and its worker."""
    port = free_port()
    words = [LOTLEAF, "serve", "-w", workspace, "--port", str(port), "--allow-local-edits", "--workers", "1"]
    server = subprocess.Popen(words, stderr=subprocess.DEVNULL, start_new_session=True)

    def kill():
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()

    try:
        healthy(port)
        yield port, kill
    finally:
        if server.poll() is None:
            kill()


def answered_keys(workspace):
    """Name the records whose edits are on record as done, by their keys."""
    with apsw.Connection(str(workspace), flags=apsw.SQLITE_OPEN_READONLY) as connection:
        return {
            id_ for (id_,) in connection.execute("SELECT id FROM lotleaf_idempotency_keys WHERE response LIKE '%done%'")
        }


def test_the_command_refuses_to_take_edits_from_everywhere(lotleaf, workspace):
    refused = lotleaf("serve", "-w", workspace, "--host", "0.0.0.0", "--allow-local-edits", code=2)  # noqa: S104

    assert "leave out --host" in " ".join(refused.stderr.split())


def test_every_layer_of_edits_is_one(client):
    assert set(client.get(EDITS).get_json()["fields"]) <= set(LAYERS)
