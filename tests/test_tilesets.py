"""Tiles as the server cuts them: what they hold against the store, what edits change, and how they are sent."""

import gzip
import json
import shutil
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from columns import plainly
from crewed import AT, TODAY, make_county
from pmtiles.reader import MemorySource
from pmtiles.reader import Reader as PmReader

from geo.incremental.edit_session import EditSession
from geo.store import open_store
from geo.store.record_change import Put
from geo.store.records import OPERATOR, PUBLIC, Query, Record
from geo.tilesets import TILESETS, TilesetSnapshot, find_layer_delta
from geo.tilesets.definitions import FIELD_DECIMALS
from geo.tilesets.morton import cells_of_bboxes, morton_code, morton_range, to_tile_coordinates
from geo.web_mercator import EXTENT, Tile
from geo.workspace import join_workspace
from webmap import create_app
from webmap.settings import Settings


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A county of 150 parcels in three towns, joined."""
    return make_county(tmp_path_factory.mktemp("county"))


@pytest.fixture
def sample_town(county, tmp_path):
    return Path(shutil.copy(county, tmp_path / "county.gpkg"))


@pytest.fixture
def store(sample_town):
    store = open_store(sample_town)
    yield store
    store.close()


@pytest.fixture
def sets(store):
    return made(store)


def made(store):
    with store.snapshot() as reader:
        return TilesetSnapshot.load(store.cache_dir, reader)


def tiles_at(store, zoom):
    """Name every tile that some parcel or site reaches."""
    frames = [store.read_layer(name, actor=PUBLIC) for name in ("parcels", "sites", "inspections")]
    bounds = np.concatenate([one.geometry.dropna().bounds.to_numpy() for one in frames])
    across = 1 << (16 - zoom)
    low, high = (to_tile_coordinates(bounds[:, [0, 3]]) // across, to_tile_coordinates(bounds[:, [2, 1]]) // across)
    found = {
        (x, y)
        for west, north, east, south in np.hstack([low, high]).astype(int).tolist()
        for x in range(west, east + 1)
        for y in range(north, south + 1)
    }
    return [Tile(zoom, x, y) for x, y in sorted(found)]


def features(body):
    """Read a packed tile with another reader: its layers, each as features by number."""
    read = mapbox_vector_tile.decode(gzip.decompress(body), default_options={"y_coord_down": True})
    return {name: {one["id"]: one for one in layer["features"]} for name, layer in read.items()}


def columns(body):
    """Read packed values: each feature's by number."""
    told = json.loads(gzip.decompress(body))
    whole = plainly(told["id"], told["fields"])
    numbers = np.cumsum(told["numbers"]).tolist()
    return {at: {name: column[n] for name, column in whole.items()} for n, at in enumerate(numbers)}


@pytest.mark.parametrize("name", ["lots", "sites", "inspections"])
@pytest.mark.parametrize("zoom", [14, 16])
def test_tiles_hold_every_record_with_what_the_store_tells_of_it(store, sets, name, zoom):
    asked = TILESETS[name]
    told, drawn = {}, set()
    for tile in tiles_at(store, zoom):
        here = features(sets.gzipped_tile(name, tile)).get(asked.main_layer, {})
        said = columns(sets.gzipped_values(name, tile))
        assert here.keys() <= said.keys()
        told |= {said[at]["id"]: {f: said[at][f] for f in asked.value_fields} for at in here}
        drawn |= here.keys()

    known = list(store.query(asked.main_layer, Query(), actor=PUBLIC))

    assert len(drawn) == len(told)
    assert told == {
        one.id: {f: figure(one.values[f], f) for f in asked.value_fields} for one in known if one.wkb is not None
    }


def figure(value, name):
    return value if value is None or name not in FIELD_DECIMALS else round(value, FIELD_DECIMALS[name])


def test_a_record_stands_in_a_tile_where_the_store_has_it(store, sets):
    kept = {one.id: one for one in store.query("sites", Query(), actor=PUBLIC)}
    for tile in tiles_at(store, 16)[:20]:
        said = columns(sets.gzipped_values("sites", tile))
        for at, one in features(sets.gzipped_tile("sites", tile)).get("sites", {}).items():
            point = shapely.get_coordinates(shapely.from_wkb(kept[said[at]["id"]].wkb))[0]
            exact = (to_tile_coordinates(point[None])[0] - (tile.x, tile.y)) * EXTENT
            drawn = np.array(one["geometry"]["coordinates"]).reshape(-1, 2)[0]
            assert np.abs(exact - drawn).max() <= 0.5 + 1e-6


@pytest.mark.parametrize("zoom", [10, 12, 14])
def test_blocks_count_everything_once(store, sets, zoom):
    found = {}
    for tile in tiles_at(store, zoom):
        found |= features(sets.gzipped_tile("blocks", tile)).get("blocks", {})
    sums = {
        name: sum(one["properties"].get(name, 0) for one in found.values())
        for name in ("trees", "need_remove", "need_plant", "inspections_open")
    }
    sites = [one for one in store.query("sites", Query(), actor=PUBLIC) if one.wkb is not None]
    lots = list(store.query("parcels", Query(), actor=PUBLIC))
    ground = [one for one in lots if one.values["ground_id"] in (None, one.id)]

    assert sums == {
        "trees": sum(one.values["tree_id"] is not None for one in sites),
        "need_remove": sum(one.values["need"] == "remove" for one in sites),
        "need_plant": sum(one.values["need"] == "plant" for one in sites),
        "inspections_open": sum(one.values["inspections_open"] or 0 for one in ground),
    }


def test_the_canopy_of_blocks_is_that_of_their_lots(store, sets):
    blocks = sets.hexbins[10]
    lots = [
        one.values
        for one in store.query("parcels", Query(), actor=PUBLIC)
        if one.values["canopy_pct"] is not None and one.values["ground_id"] in (None, one.id)
    ]
    shaded = sum(one["canopy_pct"] * one["area_m2"] for one in lots)
    area = sum(one["area_m2"] for one in lots)
    least, most = np.nanmin(blocks.statistics["canopy_pct"]), np.nanmax(blocks.statistics["canopy_pct"])

    assert least - 0.05 <= shaded / area <= most + 0.05  # told to a tenth


def test_a_tile_is_a_slice_of_the_deepest_ones():
    rng = np.random.default_rng(1)
    low = rng.uniform(100, 4000, (500, 2))
    boxes = np.hstack([low, low + rng.uniform(0, 3, (500, 2))])
    cells, of_cell = cells_of_bboxes(boxes)
    for zoom, x, y in [(14, 100, 200), (15, 300, 400), (16, 1000, 900)]:
        first, behind = morton_range(Tile(zoom, x, y))
        within = np.unique(of_cell[(cells >= first) & (cells < behind)])
        west, north = np.array([x, y]) * (1 << 16 - zoom)
        wide = 1 << 16 - zoom
        margin = 1 / 64
        met = (boxes[:, 0] - margin < west + wide) & (boxes[:, 2] + margin >= west)
        met &= (boxes[:, 1] - margin < north + wide) & (boxes[:, 3] + margin >= north)
        assert within.tolist() == np.flatnonzero(met).tolist()
    assert morton_code(np.array([3]), np.array([5])).tolist() == [0b100111]


def test_an_edit_leaves_tiles_and_is_told_alone(store, sets):
    site = next(store.query("sites", Query(where={"need": ("prune",)}), actor=PUBLIC))
    before = store.version
    tree = Record(site.values["tree_id"], "", {"condition": "dead"})
    edited = EditSession(store).apply_edits(Put("trees", tree), actor=OPERATOR, at=AT, today=TODAY)
    assert edited.full_join_reason is None

    after = made(store)
    with store.snapshot() as reader:
        told = find_layer_delta(reader, "sites", before, TILESETS["sites"].value_fields)

    assert (after.tile_hashes, after.value_hashes) == (sets.tile_hashes, sets.value_hashes)
    with store.snapshot() as reader:
        assert TilesetSnapshot.load(store.cache_dir, reader, sets) is sets
    assert not told.resync
    assert [one["id"] for one in told.changed] == [site.id]
    assert told.changed[0]["values"]["condition"] == "dead"
    assert "geometry" not in told.changed[0]
    with store.snapshot() as reader:
        assert find_layer_delta(reader, "sites", store.version, ("need",)).changed == []


def test_what_comes_moves_and_goes_is_told_with_its_shape(store):
    writer, before = EditSession(store), store.version
    point = shapely.from_wkb(next(store.query("sites", Query(limit=1), actor=PUBLIC)).wkb)
    spot = shapely.to_wkb(shapely.Point(shapely.get_coordinates(point)[0] + 1e-5))
    new = Record("new-1", "", {"status": "vacant"}, spot)
    writer.apply_edits(Put("sites", new), actor=OPERATOR, at=AT, today=TODAY)
    with store.snapshot() as reader:
        came = find_layer_delta(reader, "sites", before, ("status",))
    with store.transaction(actor=OPERATOR, at=AT) as turn:
        turn.delete("sites", "new-1")
    with store.snapshot() as reader:
        went = find_layer_delta(reader, "sites", before, ("status",))

    (one,) = [one for one in came.changed if one["id"] == "new-1"]
    assert one["values"] == {"status": "vacant"}
    assert one["geometry"]["type"] == "Point"
    assert went.deleted == ["new-1"]


def test_a_join_makes_all_anew(store, sets):
    before = store.version
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY)

    with store.snapshot() as reader:
        assert find_layer_delta(reader, "sites", before, ()).resync
        again = TilesetSnapshot.load(store.cache_dir, reader, sets)

    assert again.tile_hashes == sets.tile_hashes  # the same content has the same mark
    assert again.layers["sites"].version > sets.layers["sites"].version


def test_a_file_of_columns_that_is_not_whole_is_made_anew(store, sets):
    for path in store.cache_dir.glob("tiles-*.arrow"):
        path.write_bytes(path.read_bytes()[:-100])

    assert made(store).tile_hashes == sets.tile_hashes


@pytest.fixture
def client(store, sample_town):
    return create_app(Settings(workspace=sample_town), store).test_client()


@pytest.fixture
def address(store, client, sets):
    stem = client.get("/api/v1/tiles").json["tilesets"]
    tile = next(tile for tile in tiles_at(store, 16) if features(sets.gzipped_tile("lots", tile)))
    return f"{stem['lots']['tiles']}/{tile.z}/{tile.x}/{tile.y}"


@pytest.mark.parametrize("times", [1, 2])  # cut, then ready
def test_a_tile_is_sent_packed_and_never_again(client, address, times):
    for _ in range(times):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    mark = answer.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": mark, "Accept-Encoding": "gzip"})
    bare = client.get(address)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert not mark.startswith("W/")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == "application/vnd.mapbox-vector-tile"
    assert (again.status_code, again.data) == (304, b"")
    assert bare.data == gzip.decompress(answer.data)
    assert bare.headers["ETag"] != mark


def test_nothing_is_kept_of_tiles_in_which_nothing_is(client, store, address):
    stem = address.rsplit("/", 3)[0]
    values = client.get("/api/v1/tiles").json["tilesets"]["lots"]["values"]
    for place in ("16/1/1", "14/3/3", "15/7/9"):
        assert client.get(f"{stem}/{place}").data == b""
        assert client.get(f"{values}/{place}").json == {"numbers": [], "id": [], "fields": {}}

    assert list((store.cache_dir / "tiles").glob("**/*.gz")) == []
    client.get(address)
    assert len(list((store.cache_dir / "tiles").glob("**/*.gz"))) == 1


def test_a_ready_tile_is_handed_to_known_hosts_alone(client, address):
    client.get(address, headers={"Accept-Encoding": "gzip"})
    strange = {"Accept-Encoding": "gzip", "Host": "elsewhere.example"}

    assert client.get(address, headers=strange).status_code == 400


def test_ready_tiles_outlive_the_server(store, sample_town, client, address):
    first = client.get(address, headers={"Accept-Encoding": "gzip"}).data
    other = create_app(Settings(workspace=sample_town), store)

    assert other.extensions["lotleaf"].tiles.cache.get(address) == first


@pytest.mark.parametrize("spoilt", ["16/1/1", "13/1/1", "17/1/1", "16/70000/1", "16/1/../1", "16/1"])
def test_a_tile_that_there_is_not_is_empty_or_refused(client, address, spoilt):
    stem = address.rsplit("/", 3)[0]
    answer = client.get(f"{stem}/{spoilt}")

    assert answer.status_code == (200 if spoilt == "16/1/1" else 404)
    assert answer.data == b"" or answer.status_code == 404


@pytest.mark.parametrize("other", ["016", "١٦", "16?", "+16", "16.0", "0x10"])
def test_a_tile_has_one_address(client, store, address, other):
    stem, z, x, y = address.rsplit("/", 3)
    assert client.get(address).status_code == 200
    kept = len(list((store.cache_dir / "tiles").glob("**/*.gz")))

    for spelt in (f"{other}/{x}/{y}", f"{z}/0{x}/{y}", f"{z}/{x}/{y}/", f"{z}/{x}/{'0' * 4000}{y}"):
        assert client.get(f"{stem}/{spelt}").status_code in (400, 404, 414)
    assert len(list((store.cache_dir / "tiles").glob("**/*.gz"))) == kept


@pytest.mark.parametrize(
    "path", ["/tiles/lots/0000000000000000/16/1/1", "/values/blocks/0/16/1/1", "/tiles/owners/0000000000000000/16/1/1"]
)
def test_a_mark_or_a_set_that_is_none_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.fixture
def packed(sample_town, tmp_path, lotleaf):
    """Pack a town by the command line, and read the archive with the format's own reader."""
    path = tmp_path / "all.pmtiles"
    lotleaf("pack", "-o", path, "-w", sample_town)
    return path


def test_a_pack_holds_what_the_server_gives(store, sets, packed):
    archive = PmReader(MemorySource(packed.read_bytes()))
    deepest = [tile for tile in tiles_at(store, 16) if archive.get(*tile)]
    assert deepest

    for tile in deepest[:12]:
        body = archive.get(*tile)
        drawn = features(body)
        said = dict(one.split(b"\0", 1) for one in extensions(gzip.decompress(body)))
        assert set(json.loads(said[b"lots"])["fields"]) > {"address", "police", "court"}
        for name, layer in (("sites", "sites"), ("lots", "parcels")):
            values = columns(gzip.compress(said[name.encode()]))
            kept = by_id(drawn.get(layer, {}), values)
            sent = by_id(
                features(sets.gzipped_tile(name, tile)).get(layer, {}), columns(sets.gzipped_values(name, tile))
            )
            assert {id_: shape for id_, (shape, _) in kept.items()} == {id_: shape for id_, (shape, _) in sent.items()}
            assert all(told.items() <= kept[id_][1].items() for id_, (_, told) in sent.items())
    far = [tile for tile in tiles_at(store, 12) if archive.get(*tile)]
    assert far
    assert [features(archive.get(*tile)) for tile in far] == [
        features(sets.gzipped_tile("blocks", tile)) for tile in far
    ]


def by_id(drawn, said):
    """Give shapes and values by id: a pack numbers its features anew."""
    return {said[at]["id"]: (one["geometry"], said[at]) for at, one in drawn.items()}


def extensions(body):
    """Give what stands in a tile's extension 16."""
    found, at = [], 0
    while at < len(body):
        key, at = varint(body, at)
        size, at = varint(body, at)
        if key >> 3 == 16:
            found.append(body[at : at + size])
        at += size
    return found


def varint(body, at):
    value = shift = 0
    while True:
        byte = body[at]
        value, at = value | (byte & 127) << shift, at + 1
        if byte < 128:
            return value, at
        shift += 7


def test_a_pack_tells_its_towns_and_its_version(store, packed):
    told = PmReader(MemorySource(packed.read_bytes())).metadata()

    assert told["lotleaf"]["version"] == store.version
    assert len(told["lotleaf"]["towns"]) == 3
    assert told["attribution"]


def test_the_server_sends_a_towns_pack(client, tmp_path):
    slug = client.get("/api/v1/municipalities.geojson").json["features"][0]["properties"]["slug"]
    answer = client.get(f"/packs/{slug}.pmtiles")
    path = tmp_path / "one.pmtiles"
    path.write_bytes(answer.data)

    assert answer.content_type == "application/vnd.pmtiles"
    assert len(PmReader(MemorySource(path.read_bytes())).metadata()["lotleaf"]["towns"]) == 1
    assert client.get("/packs/atlantis.pmtiles").status_code == 404


def test_a_town_that_there_is_not_is_refused(sample_town, tmp_path, lotleaf):
    done = lotleaf("pack", "atlantis", "-o", tmp_path / "x.pmtiles", "-w", sample_town, code=2)

    assert "no town has the slug 'atlantis'" in done.stderr
    assert list(tmp_path.glob("x*")) == []
