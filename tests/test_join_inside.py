"""Points in parcels: nothing is lost, nothing counts twice, and a shared edge has one owner."""

import geopandas as gpd
import numpy as np
import shapely
from drawn import TODAY, WORK
from hypothesis import example, given, settings
from hypothesis import strategies as st
from join_slowly import containing
from property_examples import examples
from rtree import index

from geo.crs import WGS84
from geo.geometry_column import GeometryColumn
from geo.join import join_layers
from geo.join.areas.containment import find_containing_areas
from geo.join.areas.ground import dedupe_stacked_parcels
from geo.kernels.geometry_arrays import areas_from_shapely
from geo.schema import LAYERS, admit, cast_columns

# Whole metres on a small field: shared edges, touching corners and stacked lots come by themselves.
metre = st.integers(0, 8)
spots = st.lists(st.tuples(metre, metre), min_size=1, max_size=20)
boxes = st.lists(st.tuples(metre, metre, st.integers(1, 4), st.integers(1, 4)), max_size=12)


def lots(drawn):
    return np.array([shapely.box(x, y, x + w, y + d) for x, y, w, d in drawn], dtype=object)


@given(boxes, spots)
@example([(0, 0, 4, 4), (4, 0, 4, 4), (0, 4, 8, 4)], [(4, 2), (4, 4), (8, 8)])
@settings(max_examples=examples(200), deadline=None)
def test_the_lowest_parcel_that_contains_or_touches_a_tree_has_it(drawn, places):
    points = shapely.points(np.array(places, float))

    found = find_containing_areas(np.array(places, float), areas_from_shapely(lots(drawn)))

    assert found.first.tolist() == [containing(point, lots(drawn)) for point in points]


@given(boxes, spots)
@settings(max_examples=examples(100), deadline=None)
def test_rtree_finds_the_same_parcels(drawn, places):
    boxes_ = index.Index()
    for nth, lot in enumerate(lots(drawn)):
        boxes_.insert(nth, lot.bounds)

    found = find_containing_areas(np.array(places, float), areas_from_shapely(lots(drawn)))

    hits = [sorted(boxes_.intersection((x, y, x, y))) for x, y in places]
    assert found.first.tolist() == [min(hit, default=-1) for hit in hits]
    assert found.second.tolist() == [hit[1] if len(hit) > 1 else -1 for hit in hits]


def test_a_hair_beside_the_edge_is_on_the_edge():
    pair = lots([(0, 0, 4, 4), (4, 0, 4, 4)])
    hair = np.array([[4.00005, 2.0], [4.001, 2.0]])

    assert find_containing_areas(hair, areas_from_shapely(pair), edge_m=0.0001).first.tolist() == [0, 1]


def test_what_is_not_drawn_contains_nothing_and_lies_nowhere():
    found = find_containing_areas(
        np.array([[np.nan, np.nan], [1.0, 1.0]]), areas_from_shapely(np.array([None, shapely.box(0, 0, 2, 2)]))
    )

    assert found.first.tolist() == [-1, 1]


class Parcels:
    """Just what `ground_of` asks of the parcels."""

    def __init__(self, shapes):
        self.metric_column = GeometryColumn(np.array(shapes, dtype=object))
        self.areas = areas_from_shapely(np.array(shapes, dtype=object))

    def __len__(self):
        return len(self.areas)


@given(boxes.filter(bool), st.randoms(use_true_random=False))
@settings(max_examples=examples(100), deadline=None)
def test_parcels_are_one_ground_when_their_outlines_are_equal(drawn, chance):
    shapes = [turned(lot, chance) for lot in lots(drawn)]

    found = dedupe_stacked_parcels(Parcels(shapes))

    lowest = [min(n for n, other in enumerate(shapes) if other.equals(lot)) for lot in shapes]
    assert found.parcel_rows[found.ground_of_parcel].tolist() == lowest
    assert found.stack_sizes.sum() == len(shapes)


def turned(lot, chance):
    """The same lot, its ring begun elsewhere, perhaps run the other way, perhaps with a doubled vertex."""
    ring = list(lot.exterior.coords)[:-1]
    start = chance.randrange(len(ring))
    ring = ring[start:] + ring[:start]
    ring = ring[::-1] if chance.random() < 0.5 else ring
    return shapely.Polygon(ring + [ring[-1]] * chance.randrange(2))


def test_parcels_that_are_not_drawn_are_not_stacked():
    found = dedupe_stacked_parcels(Parcels([None, None, shapely.box(0, 0, 1, 1)]))

    assert found.stack_sizes.tolist() == [1, 1, 1]


def test_overlapping_parcels_each_stand_for_themselves():
    found = dedupe_stacked_parcels(Parcels([shapely.box(0, 0, 4, 4), shapely.box(1, 0, 4, 4)]))

    assert found.stack_sizes.tolist() == [1, 1]


def test_a_tree_on_an_edge_that_was_drawn_in_degrees_is_the_lowest_ids():
    """A straight edge in degrees is bent in metres: the middle of it lies beside its chord."""
    south = shapely.box(-90.3004, 38.7000, -90.3000, 38.7002)
    north = shapely.box(-90.3004, 38.7002, -90.3000, 38.7004)
    on_the_edge = [shapely.Point(-90.3004 + n * 0.00001, 38.7002) for n in range(41)]
    degrees = {
        "parcels": drawn_in_degrees("parcels", {"b": south, "a": north}),
        "trees": drawn_in_degrees("trees", {f"t{n}": spot for n, spot in enumerate(on_the_edge)}),
    }

    trees = join_layers(degrees, metric_crs=WORK, today=TODAY)["trees"]

    assert set(trees["inside_parcel_id"]) == {"a"}
    assert set(trees["runner_up_id"]) == {"b"}


def drawn_in_degrees(name, shapes):
    fields = {field.name: [None] * len(shapes) for field in LAYERS[name].fields}
    frame = gpd.GeoDataFrame(
        {"id": list(shapes), "source": "drawn", "raw": "{}", **fields}, geometry=list(shapes.values()), crs=WGS84
    )
    return admit(cast_columns(frame, LAYERS[name]), LAYERS[name])
