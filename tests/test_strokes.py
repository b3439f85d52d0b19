"""Outlines that the kernel draws, against GEOS: the same shapes, cut and snapped."""

from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.mvt.geometry_commands import encode_geometries, snap_to_tile
from geo.mvt.tile_encoder import TileLayer, encode_tile
from geo.web_mercator import BUFFER, EXTENT, Tile, to_degrees

TILE = Tile(16, 16330, 25180)
KEPT = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)


def in_degrees(shapes):
    """Bring shapes in the tile's units to degrees."""
    units = shapely.get_coordinates(shapes)
    corner = np.array(TILE.northwest_corner)
    return shapely.set_coordinates(np.array(shapes, dtype=object), to_degrees((units + corner) / TILE.world_units))


def column(shapes):
    return pa.array(shapely.to_wkb(np.array(shapes, dtype=object), output_dimension=2, byte_order=1), pa.large_binary())


def drawn(shapes):
    """Read what stands in a tile of these shapes, given as WKB, with another reader: by row."""
    layer = TileLayer("lots", range(len(shapes)), column(shapes), {})
    told = mapbox_vector_tile.decode(encode_tile(TILE, [layer]), default_options={"y_coord_down": True})
    features = told.get("lots", {"features": []})["features"]
    return {one["id"]: shapely.geometry.shape(one["geometry"]) for one in features}


def ring(x, y, radii):
    """Draw a star-shaped outline around a place: convex, hollow or spiked, as the radii say."""
    turn = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    far = np.array(radii)
    return shapely.Polygon(np.column_stack((x + far * np.cos(turn), y + far * np.sin(turn))))


RADII = st.lists(st.floats(0.3, 700), min_size=3, max_size=24)
PLACES = st.floats(-400, EXTENT + 400)
HOURGLASS = [90.0, 0.3, 90.0, 0.3]
COMB = [(4300, 9), (4100, 9), (4100, 20), (4290, 24), (4100, 28), (4100, 60), (4300, 60)]


@settings(max_examples=examples(300))
@given(st.lists(st.tuples(PLACES, PLACES, RADII), min_size=1, max_size=6))
@example([(float(EXTENT + BUFFER), 50.0, HOURGLASS)])
@example([(0.0, 0.0, [9_000.0] * 5)])  # a lot around the whole tile
def test_outlines_are_drawn_as_geos_cuts_and_snaps_them(lots):
    shapes = np.array([ring(*one) for one in lots], dtype=object)
    degrees = in_degrees(shapes)
    wanted = snap_to_tile(TILE, degrees)

    found = drawn(degrees)

    for row, want in enumerate(wanted):
        got = found.get(row, shapely.Polygon())
        assert got.is_valid
        # A corner that lies between two units may fall on either.
        assert got.symmetric_difference(want).area <= 2 + 0.01 * want.length
    assert set(found) <= set(range(len(lots)))


def test_a_lot_that_the_edge_cuts_into_parts_stays_in_parts():
    lot = shapely.Polygon(COMB)

    (found,) = drawn(in_degrees([lot])).values()

    assert found.geom_type == "MultiPolygon"
    assert found.equals(shapely.set_precision(lot.intersection(KEPT), 1.0))


@pytest.mark.parametrize("size", [95, 96, 97, 400])
def test_long_outlines_are_drawn_like_short_ones(size):
    lot = ring(2_000, 2_000, [900.0] * size)

    (found,) = drawn(in_degrees([lot])).values()

    assert found.is_valid
    assert found.symmetric_difference(lot).area <= lot.length


def test_holes_parts_and_rows_without_a_shape_keep_their_numbers():
    holed = shapely.box(10, 10, 90, 90).difference(shapely.box(30, 30, 60, 60))
    parts = shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20, 20, 29, 29)])
    plain = shapely.MultiPolygon([shapely.box(100, 100, 190, 140)])
    shapes = in_degrees([plain, holed, shapely.Polygon(), parts, shapely.box(1, 1, 4, 4)])
    shapes[2] = None

    found = drawn(shapes)

    assert list(found) == [0, 1, 3, 4]
    assert found[1].equals(holed)
    assert found[3].equals(parts)
    assert found[0].equals(plain)


def test_a_lot_that_only_touches_what_is_kept_is_not_drawn():
    beside = shapely.box(EXTENT + BUFFER, 5, EXTENT + BUFFER + 50, 50)

    assert drawn(in_degrees([beside])) == {}


def test_a_spike_that_snapping_folds_is_mended_by_geos():
    lot = shapely.Polygon([(0, 0), (50, 0), (50, 50), (25.2, 50), (25, 90), (24.8, 50), (0, 50)])

    (found,) = drawn(in_degrees([lot])).values()

    assert found.is_valid
    assert found.equals(shapely.box(0, 0, 50, 50))


CORNERS = st.lists(st.tuples(PLACES, PLACES), min_size=2, max_size=12)


def kept_of(line):
    """Cut each piece by itself: of a whole line that runs back on itself, GEOS may leave a piece uncut."""
    pieces = [shapely.LineString(pair) for pair in pairwise(line.coords)]
    cut = shapely.intersection(np.array(pieces, dtype=object), KEPT)
    return shapely.MultiLineString([one for one in cut if one.geom_type == "LineString" and not one.is_empty])


@settings(max_examples=examples(300))
@given(st.lists(CORNERS, min_size=1, max_size=4))
@example([[(0.0, 5e-230), (98.0, -65.0), (0.0, 0.0)]])  # there and back
@example([[(-500.0, 50.0), (5_000.0, 50.0), (5_000.0, 90.0), (-500.0, 90.0)]])  # in and out again
@example([[(-64.0, 0.0), (-64.0, 900.0)]])  # along the very edge of what is kept
def test_lines_are_drawn_as_geos_cuts_them(lines):
    shapes = np.array([shapely.LineString(one) for one in lines], dtype=object)
    degrees = in_degrees(shapes)

    found = drawn(degrees)

    for row, shape in enumerate(shapes):
        want = kept_of(shape)
        got = found.get(row, shapely.LineString())
        if got.is_empty:
            assert want.length < 2 * len(lines[row])  # what is shorter than a unit leaves
            continue
        assert got.hausdorff_distance(want) <= 2
        assert KEPT.buffer(0.1).covers(got)


def test_a_line_of_several_parts_keeps_them():
    shape = shapely.MultiLineString([[(0, 0), (10, 10)], [(50, 60), (70, 80), (90, 10)]])

    (found,) = drawn(in_degrees([shape])).values()

    assert found.equals(shape)


def test_points_as_bytes_are_drawn_as_points():
    points = in_degrees([shapely.Point(5, 6), shapely.Point(9_000, 9), shapely.Point(7, 8)])

    (found,) = encode_geometries(TILE, column(points))

    assert found.rows.tolist() == [0, 2]


def test_kinds_that_stand_together_as_bytes_keep_their_order():
    line = shapely.LineString([(0, 0), (50, 60)])
    shapes = in_degrees([shapely.box(1, 1, 9, 9), line, shapely.Point(4, 4)])

    found = drawn(shapes)

    assert {row: one.geom_type for row, one in found.items()} == {0: "Polygon", 1: "LineString", 2: "Point"}
