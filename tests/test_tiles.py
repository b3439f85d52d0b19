"""Vector tiles, as another reader reads them."""

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples
from shapely.affinity import translate

from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.mvt.geometry_commands import snap_to_tile
from geo.mvt.tile_encoder import TileLayer, encode_tile
from geo.web_mercator import BUFFER, EXTENT, Tile

WHOLE = Tile(0, 0, 0)
TOWN = Tile(16, 16330, 25180)


def at(tile, *shapes):
    """Bring shapes in a tile's units to degrees."""
    west, _, east, _ = tile.bbox_degrees()

    def lonlat(units):
        y = units[:, 1] / EXTENT
        count = 2.0**tile.z
        down = (tile.y + y) / count
        return np.column_stack(
            (west + units[:, 0] / EXTENT * (east - west), np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * down)))))
        )

    return [shapely.transform(one, lonlat) for one in shapes]


def layer(shapes, **values):
    return TileLayer("lots", range(len(shapes)), np.array(shapes, dtype=object), values)


def read_tile(tile, *layers):
    """Read a tile with the other reader, its rows from the north."""
    return mapbox_vector_tile.decode(encode_tile(tile, layers), default_options={"y_coord_down": True})


def shapes_of(told):
    return [shapely.geometry.shape(one["geometry"]) for one in told.get("lots", {"features": []})["features"]]


SHAPES = [
    shapely.Point(10, 20),
    shapely.MultiPoint([(1, 2), (30, 4000)]),
    shapely.LineString([(0, 0), (100, 50), (100, 90)]),
    shapely.MultiLineString([[(0, 0), (10, 10)], [(50, 60), (70, 80), (90, 10)]]),
    shapely.box(100, 100, 300, 200),
    shapely.Polygon([(0, 0), (900, 0), (900, 900), (0, 900)], [[(300, 300), (600, 300), (600, 600)]]),
    shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.box(20, 20, 4000, 4000)]),
]


@pytest.mark.parametrize("tile", [WHOLE, TOWN, Tile(22, 1045150, 1611525)])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.geom_type)
def test_every_kind_of_shape_is_read_back(tile, shape):
    if tile == WHOLE:
        shape = shapely.intersection(shape, shapely.box(0, 0, EXTENT, EXTENT))

    (found,) = shapes_of(read_tile(tile, layer(at(tile, shape))))

    assert found.equals(shape)
    assert found.is_valid


def test_all_kinds_stand_together_in_their_order_with_their_ids():
    told = read_tile(TOWN, layer(at(TOWN, *SHAPES)))

    assert [one["id"] for one in told["lots"]["features"]] == list(range(len(SHAPES)))
    assert all(map(shapely.equals, shapes_of(told), SHAPES))
    assert told["lots"]["version"] == 2
    assert told["lots"]["extent"] == EXTENT


def test_values_keep_their_types_and_what_is_unknown_is_left_out():
    values = {
        "name": ["Öak & <b>", None, ""],
        "count": [0, 3, None],
        "below": [-1, -(2**40), None],
        "share": [0.0, None, 1.25],
        "open": [True, False, None],
    }
    told = read_tile(TOWN, layer(at(TOWN, *[shapely.Point(n, n) for n in range(3)]), **values))

    assert [one["properties"] for one in told["lots"]["features"]] == [
        {"name": "Öak & <b>", "count": 0, "below": -1, "share": 0.0, "open": True},
        {"count": 3, "below": -(2**40), "open": False},
        {"name": "", "share": 1.25},
    ]
    assert told["lots"]["features"][0]["properties"]["open"] is True


def test_a_value_that_many_have_is_written_once():
    points = at(TOWN, *[shapely.Point(n, 1) for n in range(100)])

    one, many = (
        encode_tile(TOWN, [layer(points, town=words)])
        for words in (["Normandy"] * 100, [f"Normandy{n}" for n in range(100)])
    )

    assert one.count(b"Normandy") == 1
    assert len(one) < 0.8 * len(many)


def test_a_tile_without_anything_is_empty_and_a_layer_without_anything_is_left_out():
    far = layer(at(TOWN, shapely.Point(9_000, 9_000)))
    here = TileLayer("trees", [5], np.array(at(TOWN, shapely.Point(9, 9)), dtype=object), {})

    assert encode_tile(TOWN, []) == b""
    assert encode_tile(TOWN, [far]) == b""
    assert list(read_tile(TOWN, far, here)) == ["trees"]


def test_shapes_without_place_and_too_small_ones_leave():
    tiny = at(TOWN, shapely.box(10.1, 10.1, 10.2, 10.2))
    told = layer([None, shapely.Point(), *tiny, *at(TOWN, shapely.Point(7, 8))])

    assert [one["id"] for one in read_tile(TOWN, told)["lots"]["features"]] == [3]


@pytest.mark.parametrize("tile", [Tile(-1, 0, 0), Tile(3, 8, 0), Tile(3, 0, -1), Tile(25, 0, 0)])
def test_a_tile_that_there_is_not_is_refused(tile):
    with pytest.raises(ValueError, match="there is no tile"):
        encode_tile(tile, [])


def test_columns_of_another_length_are_refused():
    with pytest.raises(ValueError, match="2 values for 1 geometries"):
        encode_tile(TOWN, [layer(at(TOWN, shapely.Point(1, 1)), need=["prune", "remove"])])


def test_what_only_touches_the_buffers_edge_leaves_no_line_of_a_lot():
    low = EXTENT + BUFFER
    lot = shapely.Polygon(
        [(10, 10), (low, 10), (low, 40), (4100, 40), (4100, 60), (low + 50, 60), (low + 50, 90), (10, 90)]
    )

    (found,) = shapes_of(read_tile(TOWN, layer(at(TOWN, lot))))

    assert found.geom_type in ("Polygon", "MultiPolygon")
    assert found.is_valid


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.integers(-300, 4500), st.integers(-300, 4500), st.integers(1, 900), st.integers(1, 900), st.integers(0, 3)), min_size=1, max_size=12))  # fmt: skip
def test_overlapping_and_odd_outlines_are_valid_and_where_they_were(boxes):
    """Also those whose rings touch themselves: two boxes joined at a corner, thin wedges, holes."""
    drawn = []
    for x, y, wide, high, kind in boxes:
        whole = shapely.box(x, y, x + wide, y + high)
        wedge = shapely.Polygon([(x, y), (x + wide, y + 1), (x + wide, y + 2)])
        corner = shapely.union(whole, shapely.box(x + wide, y + high, x + wide + 9, y + high + 9))
        holed = whole.difference(shapely.box(x + wide / 3, y, x + wide / 2, y + high / 2))
        drawn.append((whole, wedge, corner, holed)[kind])
    units = snap_to_tile(TOWN, np.array(at(TOWN, *drawn), dtype=object))

    told = read_tile(TOWN, layer(at(TOWN, *drawn)))

    found = {one["id"]: one for one in told.get("lots", {"features": []})["features"]}
    assert set(found) == {n for n, one in enumerate(units) if not one.is_empty}
    for n, one in found.items():
        shape = shapely.geometry.shape(one["geometry"])
        assert shape.is_valid
        assert shape.equals(units[n])
        cut = shapely.intersection(drawn[n], shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER))
        assert shape.hausdorff_distance(cut) <= 1 or shape.area < cut.area + 2 * cut.length


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(3_000, 4_090), st.integers(100, 3_900), st.integers(20, 900), st.integers(20, 150))
def test_at_a_seam_neighbours_show_one_shape_without_gap(x, y, wide, high):
    """What lies across the edge of two tiles meets there: cut at the edge, both halves make the whole."""
    right = Tile(TOWN.z, TOWN.x + 1, TOWN.y)
    lot = shapely.Polygon([(x, y), (x + wide + 100, y + 7), (x + wide + 90, y + high), (x + 3, y + high + 5)])

    pairs = zip((TOWN, right), (0, EXTENT), strict=True)
    square = shapely.box(0, 0, EXTENT, EXTENT)
    halves = [
        translate(one.intersection(square), east, 0)
        for tile, east in pairs
        for one in shapes_of(read_tile(tile, layer(at(TOWN, lot))))
    ]

    joined, whole = shapely.union_all(halves), shapely.set_precision(lot, 1.0)
    assert joined.geom_type == "Polygon"
    assert joined.symmetric_difference(whole).area <= whole.length


@pytest.mark.realdata
@pytest.mark.parametrize(("zoom", "gone"), [(13, 3), (15, 0)])
def test_a_citys_lots_are_read_back_valid(realdata, zoom, gone):
    """Slivers narrower than a unit may be gone at a distance."""
    path = realdata / "parcels" / "cambridge_ma_fy2014" / "ASSESSING_ParcelsFY2014.topojson"
    lots = read_source(IngestRequest(layer="parcels", files=(path,))).frame
    west, south, east, north = lots.total_bounds
    across = ((west + east) / 2 + 180) / 360
    down = (1 - np.arcsinh(np.tan(np.radians((south + north) / 2))) / np.pi) / 2
    tile = Tile(zoom, int(across * 2**zoom), int(down * 2**zoom))

    told = read_tile(tile, layer(list(lots.geometry), id=lots["id"].tolist()))

    found = {one["properties"]["id"]: shapely.geometry.shape(one["geometry"]) for one in told["lots"]["features"]}
    inside = lots.cx[slice(*tile.bbox_degrees()[::2]), slice(*tile.bbox_degrees()[1::2])]
    assert len(inside) > 400
    assert len(set(inside["id"]) - set(found)) <= gone
    assert all(one.is_valid for one in found.values())
