"""The web's answers: what each address says, and how it refuses."""

import gzip
import json
import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import url_for
from werkzeug.test import Client

from geo.errors import Busy
from geo.schema import LAYERS
from geo.store.records import OPERATOR, PUBLIC, Query, Record
from webmap import create_app
from webmap.assets.bundles import current_assets
from webmap.http.request_limiter import SPARE_THREADS, TOO_MANY_REQUESTS
from webmap.http.security import CSP, allowed_hosts
from webmap.params import MAP_STATE_PARAMS, all_parameter_names
from webmap.settings import Settings
from webmap.state.versioned_cache import VersionedCache

LATER = datetime(2024, 7, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


@pytest.fixture
def app(small_town, store):
    return create_app(Settings(workspace=small_town, max_features=2), store)


@pytest.fixture
def ask(app):
    """Ask the API, and give what it says; `status` is what is expected."""
    client = app.test_client()

    def asked(path, status=200, **headers):
        response = client.get(f"/api/v1/{path}", headers=headers)
        assert response.status_code == status, response.get_data(as_text=True)
        return response.get_json(force=True)

    return asked


def ids(answer):
    return [feature["id"] for feature in answer["features"]]


# What there is


def test_the_layers_are_told_with_rows_sources_filters_and_fields(ask):
    told = {layer["layer"]: layer for layer in ask("layers")["layers"]}

    assert list(told) == list(LAYERS)
    assert told["trees"]["rows"] == 3
    assert told["trees"]["sources"][0]["licence"] == "CC0-1.0"
    assert {"town", "bbox", "need", "condition"} <= set(told["trees"]["filters"])
    assert told["trees"]["fields"] == ask("fields/trees")["fields"]


def test_every_address_of_the_api_stands_in_its_page(app):
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    rules = [rule.rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(("pages.", "static"))]

    words = {"id_": "ID", "slug_": "TOWN", "set_": "SET", "mark": "HASH"}
    named = [
        re.sub(r"<(?:\w+:)?(\w+)>", lambda part: words.get(part[1], part[1].upper()), rule)
        for rule in rules
        if rule != "/api/v1/<path:_>"
    ]
    assert len(named) > 20
    assert not [rule for rule in named if f"`{rule}" not in page]


# Features


def test_a_layer_without_a_limit_comes_whole_whatever_a_page_may_hold(ask):
    assert ids(ask("parcels.geojson")) == ["0p1", "0p2", "0p3"]


def test_pages_follow_each_other_and_the_last_says_so(app):
    client = app.test_client()

    first = client.get("/api/v1/parcels.geojson?limit=2&town=bel-nor")
    more = first.get_json(force=True)["next"]
    last = client.get(more)

    assert ids(first.get_json(force=True)) == ["0p1", "0p2"]
    assert first.headers["Link"] == f'<{more}>; rel="next"'
    assert "town=bel-nor" in more
    assert ids(last.get_json(force=True)) == ["0p3"]
    assert "next" not in last.get_json(force=True)
    assert "Link" not in last.headers


def test_a_page_that_is_just_full_is_followed_by_none(ask):
    answer = ask("parcels.geojson?limit=1&after=0p2")

    assert ids(answer) == ["0p3"]
    assert "next" not in answer


def test_a_box_gives_what_touches_it(ask):
    assert ids(ask("parcels.geojson?bbox=-90.3190,38.701,-90.3185,38.702")) == ["0p1"]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("need=remove", 3), ("need=prune", 0), ("need=remove,prune", 3), ("need=prune&need=remove", 3),
        ("need=null", 0), ("need=", 3), ("town=Bel-Nor", 3), ("town=bel-nor,bel-nor", 3),
        ("condition=excellent&need=remove", 3), ("condition=excellent&need=prune", 0),
        ("species=trees+species", 3), ("species=Acer,+red", 0), ("town=&bbox=&need=&condition=", 3),
    ],
)  # fmt: skip
def test_filters_count_and_give_the_same(ask, asked, count):
    assert ask(f"count/trees?{asked}")["count"] == count
    assert len(ask(f"trees.geojson?{asked}")["features"]) == count


def test_the_addresses_template_with_nothing_filled_in_is_the_whole_layer(ask):
    answer = ask("sites.geojson?town=&bbox=&need=&condition=&status=&limit=&after=")

    assert len(answer["features"]) == 3


def test_a_download_is_offered_as_a_file(app):
    response = app.test_client().get("/api/v1/trees.geojson?download=1")

    assert response.headers["Content-Disposition"] == 'attachment; filename="trees.geojson"'
    assert response.mimetype == "application/geo+json"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("trees.geojson?ned=prune", "the parameters are: town, bbox"),
        ("trees.geojson?need=cut", "remove, prune, stump"),
        ("trees.geojson?bbox=1,2,3", "west,south,east,north"),
        ("trees.geojson?bbox=nan,0,1,1", "nan"),
        ("trees.geojson?bbox=0,0,inf,1", "inf"),
        ("trees.geojson?bbox=0,0,1e999,1", "1e999"),
        ("trees.geojson?bbox=2,0,1,1", "west <= east"),
        ("trees.geojson?bbox=-200,0,1,1", "-200"),
        ("trees.geojson?bbox=0,0,1,1&bbox=0,0,1,1", "2 times"),
        ("trees.geojson?limit=0", "between 1 and 2"),
        ("trees.geojson?limit=3", "between 1 and 2"),
        ("trees.geojson?limit=9999999999999999999999", "between 1 and 2"),
        ("trees.geojson?limit=ten", "ten"),
        ("trees.geojson?town=atlantis", "bel-nor"),
        ("trees.geojson?species=" + "x" * 301, "300"),
        ("trees.geojson?after=%00", "not text"),
        ("trees.geojson?fields=height_cm", "height_ft"),
        ("trees.geojson?" + "&".join(f"species={i}" for i in range(101)), "the limit is 100"),
        ("count/trees?limit=1", "the parameters are"),
        ("parcel-at?lon=1", "lat is missing"),
        ("parcel-at?lon=1&lat=91", "between -90 and 90"),
        ("parcel-at?lon=1&lat=NaN", "NaN"),
        ("find?q=1&near=1", "lon,lat"),
    ],
)
def test_a_question_that_is_not_put_right_is_refused_and_says_what_would_be(ask, path, told):
    problem = ask(path, status=400)

    assert problem["status"] == 400
    assert problem["title"] == "Bad Request"
    assert told in problem["detail"]


# Look-ups


def test_find_always_answers_in_its_shape(ask):
    for asked in ("q=1+oak+ave", "q=no+such+street", "q=", "", "q=%00", "q=" + "9" * 900):
        answer = ask(f"find?{asked}")
        assert {"query", "status", "candidates"} <= answer.keys()
        for candidate in answer["candidates"]:
            shape = {"parcel_id", "address", "town", "lon", "lat", "status", "changes"}
            assert shape <= candidate.keys()


def test_find_knows_a_parcels_number(ask):
    assert ask("find?q=0p2")["candidates"][0]["parcel_id"] == "0p2"


def test_a_click_inside_a_lot_gives_the_lot(ask):
    answer = ask("parcel-at?lon=-90.3187&lat=38.7015")

    assert (answer["how"], answer["distance_m"], answer["town"]) == ("inside", 0.0, "Bel-Nor")
    assert answer["parcel"]["id"] == "0p1"
    assert answer["parcel"]["page"] == "/parcels/0p1"
    assert answer["parcel"] == ask("card/parcels/0p1")


def test_a_click_on_the_kerb_gives_the_nearest_lot_and_how_far_it_is(ask):
    # 0.00005° of latitude south of the lot: 5.55 m.
    answer = ask("parcel-at?lon=-90.3187&lat=38.70095")

    assert (answer["how"], answer["parcel"]["id"]) == ("near", "0p1")
    assert answer["distance_m"] == pytest.approx(5.55, abs=0.01)


def test_a_click_between_two_lots_as_near_gives_the_lower_id(ask):
    # 0.0001° lie between the lots: 8.7 m, so that both are 4.35 m away.
    answer = ask("parcel-at?lon=-90.31805&lat=38.7015")

    assert (answer["how"], answer["parcel"]["id"]) == ("near", "0p1")


def test_a_click_far_from_any_lot_gives_the_town_and_outside_it_nothing(ask):
    town, nowhere = ask("parcel-at?lon=-90.318&lat=38.705"), ask("parcel-at?lon=0&lat=0")

    assert (town["how"], town["town"], town["parcel"]) == ("town", "Bel-Nor", None)
    assert (nowhere["how"], nowhere["town"], nowhere["parcel"]) == ("none", None, None)


def test_a_card_says_unknown_as_null_and_where_the_record_is(ask):
    card = ask("card/trees/trees-0")

    assert (card["layer"], card["id"], card["page"]) == ("trees", "trees-0", "/trees/trees-0")
    assert card["at"] == {"lon": -90.3186, "lat": 38.7009}
    assert card["properties"]["condition"] == "excellent"


def test_what_was_changed_is_seen_by_the_next_question(store, ask):
    before = ask("version")["version"]

    store.put("trees", Record("trees-0", "town", {"condition": "dead"}), actor=OPERATOR, at=LATER)

    assert ask("version")["version"] > before
    assert ask("card/trees/trees-0")["properties"]["condition"] == "dead"
    assert ask("count/trees?condition=dead")["count"] == 1


# Refusals


@pytest.mark.parametrize("path", ["nothing", "hydrants.geojson", "count/hydrants", "card/trees/999", "fields/x", ""])
def test_what_is_not_there_is_a_problem_in_json(app, path):
    response = app.test_client().get(f"/api/v1/{path}")

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    problem = response.get_json(force=True)
    assert problem.keys() == {"type", "title", "status", "detail"}
    assert problem["status"] == 404


def test_people_get_a_page_where_programs_get_json(app):
    response = app.test_client().get("/nowhere")

    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "There is nothing at this address." in response.get_data(as_text=True)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/api/v1/layers", "/api/v1/trees.geojson", "/healthz"])
def test_only_questions_are_answered(app, path, method):
    response = app.test_client().open(path, method=method)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_every_address_but_that_of_edits_takes_questions_alone(app):
    rules = app.url_map.iter_rules()
    methods = {(rule.rule, method) for rule in rules for method in rule.methods}

    asking = {(rule, method) for rule, method in methods if method in ("GET", "HEAD", "OPTIONS")}
    assert methods - asking == {("/api/v1/edits", "POST")}


def test_a_body_and_an_endless_query_are_refused(app):
    client = app.test_client()

    assert client.get("/api/v1/layers", data=b"x").status_code == 413
    assert client.get("/api/v1/find?q=" + "x" * 40_000).status_code == 414


def test_a_fault_of_ours_tells_strangers_nothing_and_the_log_all(app, store, caplog, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret path /home/clerk")

    monkeypatch.setattr(type(store), "snapshot", broken)

    response = app.test_client().get("/api/v1/layers")

    assert response.status_code == 500
    assert "clerk" not in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"
    assert "clerk" in caplog.text


def test_a_busy_workspace_asks_to_come_again(app, store, monkeypatch):
    def busy(*_, **__):
        raise Busy("another process is writing to /home/clerk/town.gpkg")

    monkeypatch.setattr(type(store), "snapshot", busy)

    response = app.test_client().get("/healthz")

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "clerk" not in response.get_data(as_text=True)


# What every answer carries


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/layers", "/nowhere", "/api/v1/x", "/sw.js"])
def test_every_answer_is_guarded(app, path):
    headers = app.test_client().get(path).headers

    assert headers["Content-Security-Policy"] == CSP
    assert "unsafe" not in CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("name", "whole"), [("map-page.js", False), ("map.css", False), ("render-worker.js", True), ("icon.svg", True)])  # fmt: skip
def test_built_files_carry_the_policy_where_one_would_hold(app, name, whole):
    with app.test_request_context():
        address = url_for("pages.assets.asset_file", name=current_assets().hashed_names[name])

    headers = app.test_client().get(address).headers

    assert ("Content-Security-Policy" in headers) is whole
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_name_that_is_not_ours_is_refused_on_loopback_and_taken_when_told(small_town, store):
    stranger = {"Host": "trees.evil.example"}
    here = create_app(Settings(workspace=small_town), store).test_client()
    told = Settings(workspace=small_town, hosts=("trees.evil.example",))

    assert here.get("/healthz", headers=stranger).status_code == 400
    assert here.get("/healthz", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    assert create_app(told, store).test_client().get("/healthz", headers=stranger).status_code == 200
    assert allowed_hosts(Settings(host="0.0.0.0")) is None  # noqa: S104 - what an open server is told


@pytest.mark.parametrize("host", ["evil.example", "", "a b", "localhost:99999999", "user@localhost"])
@pytest.mark.parametrize("path", ["/", "/api/v1/trees.geojson", "/healthz", "/assets/x.js"])
def test_a_strange_name_is_answered_plainly_and_leaves_one_line(small_town, store, caplog, host, path):
    app = create_app(Settings(workspace=small_town, access_log=True), store)

    with caplog.at_level(logging.INFO):
        answer = app.test_client().get(path, headers={"Host": host})
        said = answer.get_data(as_text=True)
        answer.close()

    assert answer.status_code == 400
    assert "This server does not have this host name. LOTLEAF_HOSTS" in said
    assert [record.name for record in caplog.records] == ["lotleaf.access"]


def test_the_same_is_not_sent_twice_until_something_changes(app, store):
    client = app.test_client()
    mark = client.get("/api/v1/trees.geojson").headers["ETag"]

    again = client.get("/api/v1/trees.geojson", headers={"If-None-Match": mark})
    store.delete("trees", "trees-0", actor=OPERATOR, at=LATER)
    changed = client.get("/api/v1/trees.geojson", headers={"If-None-Match": mark})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != mark


@pytest.mark.parametrize("path", ["/api/v1/parcels.geojson", "/api/v1/layers"])
def test_large_answers_are_packed_for_who_can_unpack_them(app, path):
    client = app.test_client()
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert len(packed.get_data()) < len(plain.get_data()) / 2


def test_head_reads_nothing_and_options_tells_what_may_be_asked(app):
    client = app.test_client()

    assert client.head("/api/v1/trees.geojson").get_data() == b""
    assert client.head("/api/v1/trees.geojson").headers["ETag"]
    assert "GET" in client.options("/api/v1/trees.geojson").headers["Allow"]


def test_a_large_layer_is_sent_as_it_is_read(app):
    response = app.test_client().get("/api/v1/parcels.geojson", buffered=False)

    assert response.is_streamed
    assert "Content-Length" not in response.headers
    response.close()


def test_what_is_light_waits_for_no_turn_and_one_too_many_is_told_to_come_again(small_town, store):
    one_place = Settings(workspace=small_town, threads=SPARE_THREADS + 9, downloads=8)
    app = create_app(one_place, store)
    working, done = threading.Event(), threading.Event()

    @app.get("/api/v1/heavy/work")
    def heavy():
        working.set()
        done.wait(10)
        return "done"

    with ThreadPoolExecutor() as pool:
        first = pool.submit(lambda: app.test_client().get("/api/v1/heavy/work"))
        assert working.wait(10)
        refused = [app.test_client().get(path) for path in ("/api/v1/layers", "/")]
        light = [app.test_client().get(path) for path in ("/healthz", "/api/v1/version")]
        done.set()
        assert first.result().status_code == 200
    again = app.test_client().get("/api/v1/layers")

    assert [(one.status_code, one.headers["Retry-After"]) for one in refused] == [(503, "2")] * 2
    assert refused[0].get_json(force=True)["detail"] == TOO_MANY_REQUESTS
    assert TOO_MANY_REQUESTS in refused[1].get_data(as_text=True)
    assert [one.status_code for one in (*light, again)] == [200, 200, 200]


def test_a_turn_is_given_on_also_when_an_answer_fails(small_town, store):
    app = create_app(Settings(workspace=small_town, threads=SPARE_THREADS + 9, downloads=8), store)

    statuses = [
        app.test_client().get(path).status_code
        for path in ("/api/v1/trees.geojson?limit=x", "/parcels/none", "/api/v1/layers") * 3
    ]

    assert statuses == [400, 404, 200] * 3


def test_slow_downloads_leave_room_for_questions(small_town, store):
    client = create_app(Settings(workspace=small_town, downloads=2), store).test_client()
    running = [client.get("/api/v1/parcels.geojson") for _ in range(2)]

    refused = client.get("/api/v1/parcels.geojson")
    page = client.get("/api/v1/parcels.geojson?limit=2")
    running[0].close()
    again = client.get("/api/v1/parcels.geojson", buffered=True)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert "Try again" in refused.get_json(force=True)["detail"]
    assert (page.status_code, again.status_code) == (200, 200)
    running[1].close()


def test_a_request_leaves_one_line_that_tells_not_what_was_looked_for(app, caplog):
    caplog.set_level(logging.INFO, logger="lotleaf.access")

    app.test_client().get("/api/v1/find?q=7201+natural+bridge&limit=3", buffered=True)

    (line,) = [record.message for record in caplog.records if record.name == "lotleaf.access"]
    told = json.loads(line)
    assert (told["method"], told["path"], told["status"]) == ("GET", "/api/v1/find", 200)
    assert told["asked"] == ["limit", "q"]
    assert told["bytes"] > 0
    assert "natural" not in line


def test_a_line_counts_the_parameters_that_are_not_ours_and_keeps_their_names_to_itself(app, caplog):
    caplog.set_level(logging.INFO, logger="lotleaf.access")

    app.test_client().get("/api/v1/find?q=1&Jane+Roe,+7201+Natural+Bridge&x=2", buffered=True)

    told = json.loads(caplog.records[-1].message)
    assert (told["status"], told["asked"], told["strange"]) == (400, ["q"], 2)
    assert "Jane" not in caplog.text


def test_a_day_that_is_none_is_refused(ask):
    whole = ask("count/inspections")["count"]

    assert ask("count/inspections?opened_on_from=1900-01-01")["count"] <= whole
    assert ask("count/inspections?opened_on_from=2999-01-01")["count"] == 0
    assert "not a date like" in ask("count/inspections?opened_on_from=yesterday", 400)["detail"]


def test_every_parameter_that_an_address_takes_is_known(app):
    # What an address takes, it tells when it refuses another.
    client = app.test_client()
    taken = set()
    for rule in app.url_map.iter_rules():
        parts = {"layer": "trees", "name": "coverage", "slug_": "bel-nor", "filename": "icon.svg"}
        parts |= {"set_": "lots", "mark": "0" * 16, "z": 16, "x": 1, "y": 1, "number": 5}
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **{part: parts.get(part, "x") for part in rule.arguments})
        told = re.search(r"the parameters are: ([\w, ]+)", client.get(f"{path}?canary=1", buffered=True).text)
        taken |= set(told[1].split(", ")) if told and told[1] != "none" else set()

    assert {"q", "limit", "lon", "need"} <= taken
    assert taken | set(MAP_STATE_PARAMS) <= all_parameter_names()


def test_the_line_of_a_stream_counts_all_its_bytes(app, caplog):
    caplog.set_level(logging.INFO, logger="lotleaf.access")

    body = app.test_client().get("/api/v1/parcels.geojson", buffered=True).get_data()

    assert json.loads(caplog.records[-1].message)["bytes"] == len(body)


def test_no_line_is_left_when_that_is_switched_off(small_town, store, caplog):
    caplog.set_level(logging.INFO, logger="lotleaf.access")
    quiet = create_app(Settings(workspace=small_town, access_log=False), store)

    quiet.test_client().get("/healthz", buffered=True)

    assert not caplog.records


def test_many_threads_look_up_while_the_store_changes(app, store):
    faults = []

    def looking():
        client = Client(app)
        for _ in range(20):
            answer = client.get("/api/v1/find?q=1+oak+ave")
            place = client.get("/api/v1/parcel-at?lon=-90.3187&lat=38.7015")
            if answer.status_code != 200 or place.json["parcel"]["id"] != "0p1":
                faults.append(place.get_data(as_text=True))

    threads = [threading.Thread(target=looking) for _ in range(6)]
    for thread in threads:
        thread.start()
    for condition in ("dead", "good", "fair"):
        record = Record("trees-1", "town", {"condition": condition})
        store.put("trees", record, actor=OPERATOR, at=LATER)
    for thread in threads:
        thread.join()

    assert not faults


def test_what_is_made_once_is_made_anew_only_when_its_layers_change(app, store, ask):
    atlas = app.extensions["lotleaf"]
    before = ask("find?q=3+natural+bridge")["candidates"]
    (index,) = atlas.addresses._index._entries.values.values()

    store.put("trees", Record("trees-1", "town", {"condition": "dead"}), actor=OPERATOR, at=LATER)
    ask("find?q=3+natural+bridge")
    (kept,) = atlas.addresses._index._entries.values.values()
    for at in range(3):
        store.delete("addresses", f"addresses-{at}", actor=OPERATOR, at=LATER)
    after = ask("find?q=3+natural+bridge")["candidates"]

    assert kept is index
    assert index not in atlas.addresses._index._entries.values.values()
    assert len(before) > len(after) == 0


def test_a_look_up_does_not_wait_for_the_new_index(app, store, ask):
    atlas = app.extensions["lotleaf"]
    atlas.start_warming()
    until(atlas.addresses._index.last_value)
    with atlas.addresses._index._lock:  # as while a new one is built
        for at in range(3):
            store.delete("addresses", f"addresses-{at}", actor=OPERATOR, at=LATER)
        meanwhile = ask("find?q=3+natural+bridge")["candidates"]

    until(lambda: ask("find?q=3+natural+bridge")["candidates"] == [])
    atlas.stop_warming()

    assert meanwhile


def test_what_is_made_of_an_older_version_is_not_kept_by_anybody(app, store):
    atlas, client = app.extensions["lotleaf"], app.test_client()
    atlas.start_warming()
    until(atlas.tiles._tilesets.last_value)
    until(lambda: "ETag" in client.get("/api/v1/tiles").headers)
    with atlas.addresses._index._lock, atlas.tiles._tilesets._lock:  # as while new ones are laid out
        store.delete("addresses", "addresses-0", actor=OPERATOR, at=LATER)
        meanwhile = [client.get(path) for path in ("/api/v1/tiles", "/api/v1/find?q=3+natural", "/map/coverage")]  # fmt: skip

    until(lambda: "ETag" in client.get("/api/v1/tiles").headers)
    atlas.stop_warming()

    assert [one.headers["Cache-Control"] for one in meanwhile] == ["no-store"] * 3
    assert not any("ETag" in one.headers for one in meanwhile)


def test_a_page_is_another_one_with_other_settings_and_for_whoever_may_edit(small_town, store):
    def mark(headers=None, **settings):
        client = create_app(Settings(workspace=small_town, **settings), store).test_client()
        return client.get("/map/maintenance", headers=headers or {}).headers["ETag"]

    plain, crewed = mark(), mark(allow_local_edits=True)
    strange = mark({"Sec-Fetch-Site": "cross-site"}, allow_local_edits=True)
    based = mark(basemap="https://tiles.example/{z}/{x}/{y}.png", basemap_credit="Somebody")

    assert len({plain, crewed, strange, based}) == 4
    assert mark() == plain


@pytest.mark.parametrize("host", ["[::1]:8000", "[::1]", "LOCALHOST:8000", "127.0.0.1"])
def test_a_server_on_this_machine_is_reached_by_each_of_its_names(small_town, store, host):
    for settings in (Settings(workspace=small_town), Settings(workspace=small_town, host="::1")):
        client = create_app(settings, store).test_client()
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
        assert client.get("/healthz", headers={"Host": "[::2]:8000"}).status_code == 400


def test_overdue_inspections_are_asked_for_beside_other_statuses(app, store):
    client = app.test_client()
    client.get("/")
    today = date.today().isoformat()  # noqa: DTZ011 - as the server asks
    rows = list(store.query("inspections", Query(), actor=PUBLIC))
    late = {one.id for one in rows if one.values["status"] == "open" and (one.values["due_on"] or "9") < today}  # fmt: skip
    closed = {one.id for one in rows if one.values["status"] == "closed"}

    def asked(query):
        told = client.get(f"/api/v1/inspections.geojson?{query}").json["features"]
        return {one["id"] for one in told}

    assert asked("status=overdue") == late
    assert asked("status=overdue,closed") == late | closed
    assert asked("status=overdue&status=open") == {one.id for one in rows if one.values["status"] == "open"}  # fmt: skip
    assert client.get("/api/v1/trees.geojson?need=overdue").status_code == 400


def until(there, *, within=20.0):
    """Wait until something is there."""
    started = time.monotonic()
    while not there():
        assert time.monotonic() - started < within
        time.sleep(0.02)


def test_a_towns_trees_are_counted_once_until_they_change(app, store):
    before, once = town_page(app)
    store.delete("addresses", "addresses-0", actor=OPERATOR, at=LATER)
    again, kept = town_page(app)
    store.delete("trees", "trees-1", actor=OPERATOR, at=LATER)
    after, anew = town_page(app)

    assert "Trees of known species: 3." in before
    assert again == before
    assert kept is once
    assert "Trees of known species: 2." in after
    assert anew is not once


def town_page(app):
    """Open Bel-Nor's page; give its text, and what was counted for it."""
    text = app.test_client().get("/towns/bel-nor").text
    (counted,) = app.extensions["lotleaf"]._diversity._entries.values.values()
    return text, counted


def test_what_was_made_last_about_few_things_is_kept(store):
    latest = VersionedCache(lambda _, town: [town], None, max_entries=2)

    made = [latest.get(store, town) for town in "abc"]

    assert latest.get(store, "c") is made[2]
    assert latest.get(store, "a") is not made[0]


def test_a_look_up_of_ten_kilobytes_is_answered_with_none(app):
    answer = app.test_client().get("/api/v1/find", query_string={"q": "é" * 5_000})

    assert answer.status_code == 200
    assert answer.json["status"] == "none"
    assert "characters" in answer.json["reason"]


def test_a_strange_name_is_told_back_in_short(app):
    answer = app.test_client().get("/api/v1/trees.geojson?" + "&".join("n" * n + "=1" for n in range(200, 230)))

    assert answer.status_code == 400
    assert "unknown parameter 'nnn" in answer.json["detail"]
    assert len(answer.json["detail"]) < 600
