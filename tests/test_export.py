"""Layers out as GeoJSON: as RFC 7946 has it, with one field dictionary, in flat memory."""

import json
import os
import subprocess
import sys
from math import nan

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from geo.formats.export_file import EXPORT_FORMATS, write_export_file
from geo.formats.geojson import (
    field_dictionary,
    iter_features,
    layer_summary,
    stream_feature_collection,
    stream_geojson,
    to_geojson_geometries,
)
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, PUBLIC, Query, Record

TREES = LAYERS["trees"]
GEOJSON = EXPORT_FORMATS["geojson"]


def one(wkt):
    (text,) = to_geojson_geometries(np.array([shapely.from_wkt(wkt)], dtype=object))
    return json.loads(text)


def test_outer_rings_run_anticlockwise_and_holes_clockwise():
    lot = one("POLYGON ((0 0, 0 9, 9 9, 9 0, 0 0), (2 2, 4 2, 4 4, 2 4, 2 2))")

    outer, hole = (shapely.LinearRing(ring) for ring in lot["coordinates"])
    assert outer.is_ccw
    assert not hole.is_ccw


def test_every_part_of_a_lot_in_two_parts_is_turned():
    lot = one("MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))")

    assert [shapely.LinearRing(part[0]).is_ccw for part in lot["coordinates"]] == [True, True]


def test_a_coordinate_has_seven_decimals_and_no_height():
    assert one("POINT Z (-90.123456789 38.700000049 151)")["coordinates"] == [-90.1234568, 38.7]


def test_what_has_no_shape_has_null():
    assert to_geojson_geometries(np.array([None, shapely.Point()], dtype=object)) == [None, None]


corners = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=8, unique=True)


@given(corners, st.sampled_from([1e-8, 3e-8, 1e-6]))
@example([(0, 0), (60, 0), (60, 1)], 1e-8)  # thinner than the grid everywhere
@example([(0, 0), (60, 0), (60, 60), (30, 1), (0, 60)], 3e-8)  # pinched to a point by rounding
def test_rounding_breaks_no_lot(points, cell):
    lot = shapely.make_valid(shapely.Polygon(np.array(points) * cell + [-90.3, 38.7]))
    if lot.geom_type not in {"Polygon", "MultiPolygon"}:
        return

    (text,) = to_geojson_geometries(np.array([lot], dtype=object))
    again = shapely.from_geojson(text)

    assert again.is_valid
    assert not again.is_empty
    assert again.geom_type in {"Polygon", "MultiPolygon"}
    assert abs(again.area - lot.area) <= lot.length * 1e-7 + 1e-14


def test_the_head_says_what_it_is_and_names_nobody(small_town):
    store = open_store(small_town)

    told = json.loads(b"".join(stream_geojson(store, TREES, Query(), actor=PUBLIC)))["lotleaf"]

    assert told["layer"] == "trees"
    assert told["version"] == store.version
    assert told["date"] == "2024-05-01"
    (source,) = told["sources"]
    assert (source["name"], source["licence"], source["method"]) == ("town", "CC0-1.0", "walked")
    assert source["loaded_at"] == "2024-06-01T12:00:00+00:00"
    assert "clerk" not in json.dumps(layer_summary(store.status(), TREES))
    store.close()


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_each_feature_has_the_fields_of_the_dictionary_in_its_order(small_town, layer):
    store = open_store(small_town)

    found = list(iter_features(store, layer, Query(), actor=PUBLIC))

    names = [field["name"] for field in field_dictionary(layer)]
    assert found
    for feature in found:
        assert list(feature["properties"]) == names
        assert feature["id"] == feature["properties"]["id"]
        assert {"id", "town"} <= feature["properties"].keys()
        assert "crs" not in feature
    assert [feature["id"] for feature in found] == sorted(feature["id"] for feature in found)
    store.close()


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_the_operators_dictionary_names_what_the_operator_gets(small_town, layer):
    store = open_store(small_town)

    found = next(iter_features(store, layer, Query(), actor=OPERATOR))

    assert list(found["properties"]) == [f["name"] for f in field_dictionary(layer, private=True)]
    store.close()


def test_unknown_is_null_and_zero_stays_zero():
    record = Record("1", "s", {"dbh_in": nan, "stems": 0, "native": False})

    text = b"".join(stream_feature_collection(TREES, [record], {}))

    (tree,) = json.loads(text)["features"]
    assert b"NaN" not in text
    assert tree["properties"]["dbh_in"] is None
    assert tree["properties"]["town"] is None
    assert (tree["properties"]["stems"], tree["properties"]["native"]) == (0, False)


def test_a_number_has_no_more_digits_than_every_reader_keeps():
    record = Record("1", "s", {"dbh_in": 14.771583360000001, "height_ft": 1e-9 / 3})

    (tree,) = json.loads(b"".join(stream_feature_collection(TREES, [record], {})))["features"]

    assert tree["properties"]["dbh_in"] == 14.77158336
    assert tree["properties"]["height_ft"] == 3.33333333333333e-10


def test_an_empty_layer_is_an_empty_collection():
    assert json.loads(b"".join(stream_feature_collection(TREES, [], {})))["features"] == []


def test_only_the_fields_that_are_wanted_with_those_that_always_are():
    record = Record("1", "s", {"dbh_in": 12.0, "stems": 1, "town": "Bel-Nor"})

    (tree,) = json.loads(b"".join(stream_feature_collection(TREES, [record], {}, only_fields=["dbh_in"])))["features"]

    assert tree["properties"] == {"id": "1", "source": "s", "dbh_in": 12.0, "town": "Bel-Nor"}


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    def pieces():
        yield b"{"
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        write_export_file(tmp_path / "trees.geojson", pieces(), GEOJSON)

    assert list(tmp_path.iterdir()) == []


def test_an_export_follows_a_link_and_replaces_the_file_that_it_leads_to(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "published.geojson").symlink_to(tmp_path / "data" / "trees.geojson")

    for text in (b"first", b"second"):  # the link leads nowhere yet, then to a file
        write_export_file(tmp_path / "published.geojson", [text], GEOJSON)

    assert (tmp_path / "published.geojson").is_symlink()
    assert (tmp_path / "data" / "trees.geojson").read_bytes() == b"second"
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["trees.geojson"]


def test_what_others_put_beside_an_export_is_not_written_to(tmp_path):
    (tmp_path / "theirs").write_text("keep")
    guessed = tmp_path / f"trees.geojson.{os.getpid()}.part"
    guessed.symlink_to(tmp_path / "theirs")

    write_export_file(tmp_path / "trees.geojson", [b"ours"], GEOJSON)

    assert (tmp_path / "trees.geojson").read_text() == "ours"
    assert (tmp_path / "theirs").read_text() == "keep"
    assert guessed.is_symlink()


def test_an_export_that_nobody_else_could_read_stays_so(tmp_path):
    (tmp_path / "owners.geojson").touch(0o600)

    write_export_file(tmp_path / "owners.geojson", [b"private"], GEOJSON)

    assert (tmp_path / "owners.geojson").stat().st_mode & 0o777 == 0o600


def test_parcels_read_back_equal_through_ogr2ogr_and_geopandas(small_town, tmp_path):
    store = open_store(small_town)
    file, copy = tmp_path / "parcels.geojson", tmp_path / "copy.geojson"
    write_export_file(file, stream_geojson(store, LAYERS["parcels"], Query(), actor=PUBLIC), GEOJSON)
    before = {feature["id"]: feature for feature in json.loads(file.read_text())["features"]}
    original = store.read_layer("parcels", actor=PUBLIC).set_index("id").geometry
    store.close()

    subprocess.run(
        ["ogr2ogr", "-lco", "RFC7946=YES", "-lco", "COORDINATE_PRECISION=7",
         str(copy), str(file)], check=True,
    )  # fmt: skip
    frame = gpd.read_file(file)

    after = json.loads(copy.read_text())["features"]
    assert len(after) == len(before) == len(frame) == 3
    for feature in after:
        twin = before[feature["id"]]  # where ogr2ogr keeps the id, and there alone
        assert {"id": feature["id"], **feature["properties"]} == twin["properties"]
        assert shapely.equals(shape(feature), shape(twin))
    assert frame.crs.to_epsg() == 4326
    assert frame["id"].tolist() == ["0p1", "0p2", "0p3"]  # text: the zeros in front are kept
    for row in frame.itertuples():
        assert row.geometry.equals_exact(original[row.id], 1e-7, normalize=True)
        assert row.trees == before[row.id]["properties"]["trees"]


def shape(feature):
    return shapely.from_geojson(json.dumps(feature["geometry"]))


PEAK = """
import resource, sys
import shapely
from geo.formats.geojson import stream_feature_collection
from geo.schema import LAYERS
from geo.store.records import Record

lots = [shapely.box(x, 38.7, x + 0.0009, 38.701).wkb for x in (-90.31, -90.32, -90.33)]
values = {field.name: "some text" for field in LAYERS["parcels"].public_fields}
records = (Record(str(i), "town", dict(values), lots[i % 3]) for i in range(int(sys.argv[1])))
sent = sum(len(piece) for piece in stream_feature_collection(LAYERS["parcels"], records, {}))
print(sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_ten_times_the_parcels_take_no_more_memory():
    small, large = (peak(count) for count in (20_000, 200_000))

    assert large[0] > 9 * small[0] > 100_000_000 / 10
    assert large[1] - small[1] < 8_000  # kB


def peak(count):
    done = subprocess.run([sys.executable, "-c", PEAK, str(count)], capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)

    write_export_file(pipe, [b"whole"], GEOJSON)

    assert reader.communicate(timeout=5)[0] == b"whole"
    assert pipe.is_fifo()
