"""Frontage against plain loops, on streets and lots that chance drew."""

import numpy as np
import pandas as pd
import shapely
from drawn import layer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from join_slowly import fronting, nearest
from property_examples import examples

from geo.geometry_column import GeometryColumn
from geo.join import JoinSettings
from geo.join.placement.frontage import find_frontage
from geo.kernels.geometry_arrays import areas_from_shapely
from geo.projected_layer import FrameLayer
from geo.schema import LAYERS

tenth = st.integers(0, 600).map(lambda tenths: tenths / 10)
places = st.lists(st.tuples(tenth, tenth), min_size=1, max_size=8, unique=True)
lot_boxes = st.lists(st.tuples(tenth, tenth, st.integers(3, 20), st.integers(3, 20)), min_size=1, max_size=8)
lines = st.lists(st.tuples(tenth, tenth, tenth, tenth).filter(lambda e: e[:2] != e[2:]), max_size=3)


def centrelines(ends):
    """Streets without names, so that no two are one."""
    promise = LAYERS["streets"]
    rows = layer("streets", {f"s{n}": "LINESTRING (0 0, 1 1)" for n in range(len(ends))})
    shapes = np.array([shapely.LineString([e[:2], e[2:]]) for e in ends], dtype=object)
    return FrameLayer(
        promise, pd.DataFrame(rows.drop(columns="geometry")), GeometryColumn(shapes), GeometryColumn(shapes)
    )


@given(places, lot_boxes, lines)
@example([(0.3, 15.0)], [(0, 0, 3, 3)], [(0, 0, 0, 15.5), (1.5, 15.9, 0, 0), (28.9, 20.2, 0, 15.1)])
@example([(17.6, 15.7)], [(0, 9, 4, 3)], [(0, 0, 0, 6.9), (14.9, 0, 19.2, 16.5), (17, 16.9, 0, 10.5)])  # in a roadway
@settings(max_examples=examples(120), deadline=None)
def test_each_tree_outside_lots_has_the_lot_that_plain_loops_find(spots, boxes, ends):
    lots = np.array([shapely.box(x, y, x + w, y + d) for x, y, w, d in boxes], dtype=object)
    points = shapely.points(np.array(spots))
    points = points[[not any(lot.dwithin(point, 0.2) for lot in lots) for point in points]]
    streets = centrelines(ends)
    names = pd.Series(None, range(len(points)), dtype="str")

    found = find_frontage(shapely.get_coordinates(points), names, areas_from_shapely(lots), streets, JoinSettings())

    expected = [fronting(point, lots, list(streets.metric_geometries)) for point in points]
    assert list(zip(found["lot"], found["method"], strict=True)) == expected


@given(places, lot_boxes)
@settings(max_examples=examples(60), deadline=None)
def test_without_streets_the_nearest_lot_has_the_tree_and_ties_go_to_the_lowest(spots, boxes):
    lots = np.array([shapely.box(x, y, x + w, y + d) for x, y, w, d in boxes], dtype=object)
    points = shapely.points(np.array(spots))

    found = find_frontage(
        np.array(spots, float),
        pd.Series(None, range(len(points)), dtype="str"),
        areas_from_shapely(lots),
        centrelines([]),
        JoinSettings(),
    )

    assert found["lot"].tolist() == [nearest(point, lots) for point in points]
