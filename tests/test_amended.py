"""What edits have changed, in packs and in blocks: as if all had been laid out anew."""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely
from columns import plainly
from crewed import AT, TODAY, make_county, some
from pmtiles.reader import MemorySource
from pmtiles.reader import Reader as PmReader

from geo.incremental.edit_session import EditSession
from geo.store import open_store
from geo.store.record_change import Delete, Put
from geo.store.records import OPERATOR, Record
from geo.tilesets import TilesetSnapshot, changed_hexbins
from geo.tilesets.layer_delta import MIN_NEW_HEXBIN_NUMBER
from geo.tilesets.morton import to_tile_coordinates
from geo.web_mercator import Tile
from webmap import create_app
from webmap.settings import Settings


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return make_county(tmp_path_factory.mktemp("county"))


@pytest.fixture
def workspace(county, tmp_path):
    return Path(shutil.copy(county, tmp_path / "county.gpkg"))


@pytest.fixture
def store(workspace):
    store = open_store(workspace)
    yield store
    store.close()


@pytest.fixture
def sets(store):
    with store.snapshot() as reader:
        return TilesetSnapshot.load(store.cache_dir, reader)


def edit(store, *edits):
    return EditSession(store).apply_edits(*edits, actor=OPERATOR, at=AT, today=TODAY)


def place_of(record):
    return shapely.get_coordinates(shapely.from_wkb(record.wkb))[0]


def site_at(id_, lon, lat, **values):
    return Put("sites", Record(id_, "", {"status": "vacant"} | values, shapely.to_wkb(shapely.Point(lon, lat))))  # fmt: skip


def remove(store):
    tree = some(store, "sites", need="remove").values["tree_id"]
    return Delete("trees", tree)


EDITS = {
    "a tree is rated": lambda store: [
        Put("trees", Record(some(store, "sites", need="prune").values["tree_id"], "", {"condition": "dead"}))
    ],
    "a tree goes": lambda store: [remove(store)],
    "a site comes where others are": lambda store: [
        site_at("new-1", *(place_of(some(store, "sites", need="plant")) + 1e-5))
    ],
    "a site comes where nothing is": lambda _: [site_at("new-2", -90.21, 38.79)],
    "a site that came moves far": lambda store: [
        edit(store, site_at("new-4", *(place_of(some(store, "sites", need="plant")) + 1e-5)))
        and site_at("new-4", -90.22, 38.80)
    ],
    "a case is closed": lambda store: [
        Put("inspections", Record(some(store, "inspections", status="open").id, "", {"status": "closed"}))
    ],
    "much at once": lambda store: [
        remove(store),
        site_at("new-3", -90.21, 38.79),
        Put("trees", Record(some(store, "sites", need="prune").values["tree_id"], "", {"risk": "high"})),
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", EDITS)
def test_blocks_and_rows_are_as_if_laid_out_anew(store, sets, tmp_path, kind):
    edit(store, *EDITS[kind](store))

    with store.snapshot() as reader:
        now = sets.with_edits(reader)
        anew = TilesetSnapshot.load(tmp_path / "elsewhere", reader)

    for zoom, fresh in anew.hexbins.items():
        assert now.hexbins[zoom].ids.tolist() == fresh.ids.tolist()
        np.testing.assert_array_equal(now.hexbins[zoom].centers, fresh.centers)
        for name, values in fresh.statistics.items():
            np.testing.assert_array_equal(now.hexbins[zoom].statistics[name], values, err_msg=name)
    for name, base in anew.layers.items():
        if name in now.live_layers:
            assert rows(now.layers_in_cells(base.cells)[name]) == rows(base)


def rows(base):
    """Give a layer's rows by id."""
    columns = {name: column.to_pylist() for name, column in base.columns.items()}
    shapes = base.geometries.to_pylist()
    return {
        id_: (shapes[at], {name: values[at] for name, values in columns.items()})
        for at, id_ in enumerate(base.ids.to_pylist())
    }


def test_nothing_is_told_of_blocks_where_nothing_was_edited(store, sets):
    with store.snapshot() as reader:
        assert changed_hexbins(sets.with_edits(reader))["changed"] == []


def test_a_block_tells_what_has_changed_by_its_number_and_a_new_one_its_shape(store, sets):
    edit(store, *EDITS["a site comes where nothing is"](store), remove(store))

    with store.snapshot() as reader:
        told = changed_hexbins(sets.with_edits(reader))["changed"]

    near = [one for one in told if one["number"] < MIN_NEW_HEXBIN_NUMBER]
    new = [one for one in told if one["number"] >= MIN_NEW_HEXBIN_NUMBER]
    assert {one["zoom"] for one in told} == {10, 11, 12, 13, 14}
    assert all("geometry" not in one for one in near)
    assert near
    assert new
    assert {one["geometry"]["type"] for one in new} == {"Polygon"}
    assert all(one["values"] == {"need_plant": 0, "trees": 0} | one["values"] for one in new)


def test_a_pack_is_as_edits_have_left_the_town(workspace, store):
    gone = some(store, "sites", need="remove")
    rated = some(store, "sites", need="prune", town=gone.values["town"])
    client = create_app(Settings(workspace=workspace), store).test_client()
    slug = gone.values["town"].lower().replace(" ", "-").replace(".", "")
    before = pack(client, slug)
    edit(store, Delete("trees", gone.values["tree_id"]))
    edit(store, Put("trees", Record(rated.values["tree_id"], "", {"dbh_in": 77.5})))
    edit(store, site_at("new-9", *(place_of(gone) + 2e-6)))

    after = pack(client, slug)

    assert before[gone.id]["need"] == "remove"
    assert before[rated.id]["dbh_in"] != 77.5
    assert after[gone.id]["need"] == "unknown"  # nobody said what was left
    assert after[rated.id]["dbh_in"] == 77.5
    assert "new-9" in after
    assert "new-9" not in before
    assert len(list((store.cache_dir / "packs").iterdir())) == 2


def pack(client, slug):
    """Read what a town's pack tells of its sites."""
    answer = client.get(f"/packs/{slug}.pmtiles")
    assert answer.status_code == 200
    archive = PmReader(MemorySource(answer.data))
    header = archive.header()
    corners = np.array([[header["min_lon_e7"], header["max_lat_e7"]], [header["max_lon_e7"], header["min_lat_e7"]]])
    (west, north), (east, south) = to_tile_coordinates(corners / 1e7).astype(int).tolist()
    found = {}
    for x in range(west, east + 1):
        for y in range(north, south + 1):
            if body := archive.get(*Tile(16, x, y)):
                found |= sites_in(gzip.decompress(body))
    return found


def sites_in(body):
    at = body.index(b"sites\0{") + len(b"sites\0")
    told, _ = json.JSONDecoder().raw_decode(body[at:].decode("utf-8", "replace"))
    whole = plainly(told["id"], told["fields"])
    return {id_: {name: column[n] for name, column in whole.items()} for n, id_ in enumerate(whole["id"])}  # fmt: skip


def test_who_asks_for_a_pack_while_another_is_made_is_told_to_come_again(workspace, store):
    app = create_app(Settings(workspace=workspace), store)
    client = app.test_client()
    town = some(store, "municipalities").values["name"].lower().replace(" ", "-").replace(".", "")
    packs = app.extensions["lotleaf"].packs._cache

    with packs._build_lock:
        refused = client.get(f"/packs/{town}.pmtiles")

    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert client.get(f"/packs/{town}.pmtiles").status_code == 200


@pytest.mark.parametrize("town", ["../county", "..%2fcounty", "atlantis", "%00"])
def test_a_pack_of_no_town_is_not_found(workspace, store, town):
    client = create_app(Settings(workspace=workspace), store).test_client()

    assert client.get(f"/packs/{town}.pmtiles").status_code == 404
