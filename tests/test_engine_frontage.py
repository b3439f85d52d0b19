"""The kernels of frontage against the same rules by Shapely, in towns that chance drew."""

import os
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from drawn import CORNER, WORK, layer
from frontage_by_shapely import front
from test_join_frontage import FILES as DRAWINGS
from test_join_frontage import drawing

from geo.geometry_column import GeometryColumn, repair_polygons
from geo.join import JoinSettings
from geo.join.placement.frontage import frontage_confidence, normalize_street_names
from geo.join.placement.place_records import KINDS_WITHOUT_FRONTAGE
from geo.kernels.frontage.assign_frontage import FrontageResult, assign_frontage
from geo.kernels.frontage.choose_parcel import METHODS, FrontageRules
from geo.kernels.frontage.nearby_streets import Streets
from geo.kernels.geometry_arrays import areas_from_shapely, lines_from_wkb, points_from_shapely, to_wkb_buffer
from geo.kernels.nearest_area import NONE
from geo.kernels.point_in_polygon import locate_points
from geo.projected_layer import FrameLayer, project_layer
from geo.sample import make_sample
from geo.schema import LAYERS

PLAIN = JoinSettings(centre_m=0.125)  # whole in binary, as all that is drawn here
COUNTY_PARCELS = 10_000 if "LOTLEAF_EXACT_TOWNS" in os.environ else 3_000
WIDE, DEEP = 120.0, 80.0  # a block with its street


def codes(*columns):
    """Number the names of several columns from one list, -1 where there is none."""
    names = [normalize_street_names(column) for column in columns]
    listed = {name: nth for nth, name in enumerate(sorted(set().union(*names) - {""}))}
    return [np.array([listed.get(name, -1) for name in column], np.int64) for column in names]


def by_kernel(points, on_street, lots, streets, settings=PLAIN):
    """Answer as `front` does, by the kernels."""
    areas = areas_from_shapely(lots, CORNER)
    name, bare, asked = codes(streets.attributes["name"], streets.attributes["street"], on_street)
    divided = streets.attributes["divided"].fillna(value=False).to_numpy(bool)
    lines = lines_from_wkb(*to_wkb_buffer(streets.metric_geometries), CORNER)
    rules = FrontageRules(*(getattr(settings, name) for name in FrontageRules._fields))
    found = assign_frontage(
        points_from_shapely(points, CORNER), asked, areas, Streets(lines, name, bare, divided), rules
    )
    return table(found, settings)


def table(found: FrontageResult, settings):
    sure = frontage_confidence(
        pd.Series(found.distance_m), pd.Series(found.runner_up_distance_m), found.has_side, settings
    )
    return pd.DataFrame(
        {
            "lot": found.parcel,
            "method": np.array(METHODS, object)[found.method],
            "distance_m": found.distance_m,
            "runner_up": found.runner_up,
            "confidence": sure,
        }
    )


def centrelines(rows):
    """Make streets of (WKT-free) rows: shape, name, bare name and whether divided."""
    shapes = np.array([row[0] for row in rows], dtype=object)
    frame = pd.DataFrame(
        {
            "name": pd.Series([row[1] for row in rows], dtype="str"),
            "street": pd.Series([row[2] for row in rows], dtype="str"),
            "divided": pd.Series([row[3] for row in rows], dtype="boolean"),
        }
    )
    return FrameLayer(LAYERS["streets"], frame, GeometryColumn(shapes), GeometryColumn(shapes))


def a_line(chance, vertices, step):
    """Draw a street with bends, on quarters of a metre."""
    xy = np.array(vertices, float)
    xy[1:-1] += np.round(chance.normal(0, step, (len(xy) - 2, 2)) * 4) / 4
    return xy


def some_streets(chance, across, down):
    """Draw a grid of streets: bends, pieces of one name, couples of lines, medians, a loop and an unnamed one."""
    rows = []
    for nth in range(across + down + 2):
        upright = nth > down
        at = (nth - down - 1) * WIDE if upright else nth * DEEP
        count = (down if upright else across) + 1
        step = (DEEP if upright else WIDE) / 2
        run = [(at, k * step) if upright else (k * step, at) for k in range(2 * count - 1)]
        xy = a_line(chance, run, chance.choice([0, 0, 2]))
        name, bare = (None, None) if chance.random() < 0.1 else (f"{nth} Elm St", f"{nth} Elm")
        divided = chance.random() < 0.2
        cut = chance.integers(1, len(xy) - 1)
        rows += [(shapely.LineString(xy[: cut + 1]), name, bare, divided)]
        rows += [(shapely.LineString(xy[cut:]), name, bare, divided)]
        if chance.random() < 0.3:
            aside = np.array([0, 9.5]) if not upright else np.array([9.5, 0])
            rows += [(shapely.LineString(xy + aside), name, bare, divided)]
    oval = [(53, 0), (55, -5), (60, -7), (65, -5), (67, 0), (65, 5), (60, 7), (55, 5), (53, 0)]
    rows += [(shapely.LineString(oval), "Oval Pl", "Oval", None)]
    ends = [[(10, 5), (40, 5)], [(60, DEEP - 8), (90, DEEP - 8)]]
    rows += [(shapely.MultiLineString(ends), "Service Rd", "Service", None)]
    return [rows[nth] for nth in chance.permutation(len(rows))]


def some_lots(chance, across, down):
    """Draw blocks of lots: jogs, cut corners, twins, yards, and lots of two parts."""
    found = []
    for x0 in np.arange(across) * WIDE:
        for y0 in np.arange(down) * DEEP:
            found += block(chance, x0 + 8, y0 + 8, WIDE - 16, DEEP - 16)
    found += [found[nth] for nth in chance.integers(0, len(found), 4)]
    found += [
        shapely.MultiPolygon([found[nth], shapely.box(x, -30, x + 12, -12.3)]) for nth, x in enumerate((20.0, 70.0))
    ]
    return [found[nth] for nth in chance.permutation(len(found))]


def block(chance, x, y, width, depth):
    """Divide a block into two rows of lots, whose fronts jump."""
    cuts = np.unique([0, width, *np.round(chance.uniform(8, width - 8, 4))])
    middle = y + depth / 2
    lots = []
    for left, right in pairwise(cuts):
        low, high = chance.choice([0, 0, 0.5, 2.25, 4], 2)
        south = [(x + left, y + low), (x + right, y + low), (x + right, middle), (x + left, middle)]
        if left == 0:
            south[:1] = [(x, y + low + 5), (x + 5, y + low)]  # a corner with a cut
        lots += [shapely.Polygon(south)]
        lots += [shapely.box(x + left, middle, x + right, y + depth - high)]
    yard = chance.integers(len(lots))
    lots[yard] = lots[yard].difference(lots[yard].centroid.buffer(2, quad_segs=1))
    if chance.random() < 0.3:
        lots[0] = lots[0].segmentize(0.25)  # so many vertices that the lot is cut into bands
    return lots


def some_spots(chance, lots, streets, size):
    """Set trees anywhere, on vertices, on centrelines, beside them, and exactly between lots."""
    west, south, east, north = shapely.total_bounds([*lots, *streets])
    anywhere = chance.uniform((west - 50, south - 50), (east + 50, north + 50), (size, 2))
    corners = chance.permutation(shapely.get_coordinates(lots))[: size // 8]
    bends, line = shapely.get_coordinates(streets, return_index=True)
    on_lines = ((bends[:-1] + bends[1:]) / 2)[line[:-1] == line[1:]]
    strip = corners + chance.choice([-10, -8, -4.5, -0.125, 0, 0.125, 3, 4.5, 8], corners.shape)
    beside = bends + chance.choice([-15, -3, -0.125, 0, 3, 15, 30, 40], bends.shape)
    between = (corners[1:] + corners[:-1]) / 2
    xy = [np.round(anywhere * 64) / 64, corners, bends, on_lines, strip, beside, between]
    return shapely.points(np.concatenate(xy))


def a_town(seed, across=3, down=3, size=1500, turn=0.0):
    """Draw a town; `turn` in radians, so that no coordinate is a round number."""
    chance = np.random.default_rng(seed)
    rows, lots = some_streets(chance, across, down), some_lots(chance, across, down)
    spots = some_spots(chance, np.array(lots), np.array([row[0] for row in rows]), size)
    names = np.array([row[1 + chance.integers(2)] for row in rows] + [None, "Nowhere Ave"], object)
    asked = np.where(chance.random(len(spots)) < 0.3, chance.choice(names, len(spots)), None)
    round_ = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def there(shapes):
        return shapely.transform(np.array(shapes, object), lambda xy: xy @ round_.T + CORNER)

    streets = centrelines([(there([row[0]])[0], *row[1:]) for row in rows])
    return there(spots), pd.Series(asked, dtype="str"), there(lots), streets


def unlike(found, wanted):
    """List the rows in which two answers differ."""
    far = ~np.isclose(found["distance_m"], wanted["distance_m"].astype(float), rtol=0, atol=1e-6, equal_nan=True)
    names = ["lot", "method", "runner_up", "confidence"]
    odd = far | (found[names].fillna("") != wanted[names].fillna("")).any(axis=1).to_numpy()
    return found[odd].assign(wanted=wanted[odd].to_dict("records")).to_dict("index")


@pytest.mark.parametrize("seed", range(6))
def test_every_tree_has_the_lot_that_the_rules_by_shapely_give(seed):
    town = a_town(seed)

    found = by_kernel(*town)

    assert unlike(found, front(*town, PLAIN)) == {}
    assert set(found["method"]) == set(METHODS)


def test_the_rules_are_told_their_lengths():
    town = a_town(7)
    told = replace(PLAIN, near_m=40.0, street_reach_m=12.0, median_m=50.0, tie_m=0.5)

    found = by_kernel(*town, told)

    assert unlike(found, front(*town, told)) == {}
    assert len(unlike(found, by_kernel(*town))) > 500


@pytest.mark.parametrize("turn", [0.37, 1.9])
def test_a_town_that_is_turned_has_the_same_answers(turn):
    """Turning makes every touch and every tie one of rounded numbers. Answers must not hang on their last digits."""
    straight, turned = a_town(8, size=4000), a_town(8, size=4000, turn=turn)

    assert unlike(by_kernel(*turned), by_kernel(*straight)) == {}


def test_many_lots_at_one_place_and_large_ones_find_their_room():
    spots, names, lots, streets = a_town(9, size=200)
    coast = shapely.segmentize(shapely.box(-60, -60, 420, 300).exterior.buffer(9), 0.1)
    lots = np.concatenate([lots, np.repeat(lots[:3], 120), moved([coast])])
    town = spots, names, lots, streets

    assert unlike(by_kernel(*town), front(*town, PLAIN)) == {}


def test_without_streets_and_without_lots_every_tree_still_has_an_answer():
    spots, names, lots, streets = a_town(10, size=50)
    spots = np.append(spots, None)
    names = pd.concat([names, pd.Series([None], dtype="str")], ignore_index=True)

    alone = by_kernel(spots, names, lots, centrelines([]))
    bare = by_kernel(spots, names, lots[:0], streets)

    assert set(alone["method"]) == {"nearest", "none"}
    assert unlike(alone[:-1], front(spots[:-1], names[:-1], lots, centrelines([]), PLAIN)) == {}
    assert set(bare["method"]) == {"median", "none"}
    for found in (alone, bare):
        assert found.iloc[-1][["lot", "method", "runner_up"]].tolist() == [-1, "none", -1]


def moved(shapes):
    """Move what is drawn about (0, 0) to where the drawings lie."""
    return shapely.transform(np.array(shapes, object), lambda xy: xy + CORNER)


def one_tree(x, y, lots, *lines):
    """Ask the kernels and the rules by Shapely about one tree, and see that they agree; lines of one letter are one street."""
    rows = [(moved([shapely.LineString(xy)])[0], name, name, None) for name, xy in lines]
    town = moved([shapely.Point(x, y)]), pd.Series([None], dtype="str"), moved(lots)
    found = by_kernel(*town, centrelines(rows))
    assert unlike(found, front(*town, centrelines(rows), PLAIN)) == {}
    return found.iloc[0]


def test_of_two_lots_met_at_one_corner_the_lowest_is_abreast_though_the_other_is_nearer():
    away = shapely.Polygon([(10, 8), (20, 9), (20, 30), (10, 30)])
    nearer = shapely.Polygon([(10, 8), (10, 30), (0, 30), (0, 5)])

    assert one_tree(10, 3, [away, nearer], ("a", [(-99, 0), (99, 0)]))["lot"] == 0


def test_a_street_beyond_the_lots_may_be_nearer_to_the_place_met():
    """It is 41 m from the tree, farther than any street at which the tree could stand."""
    ahead, aside = shapely.box(-9, 34, 9, 50), shapely.box(10, 21, 19, 50)

    found = one_tree(0, 20, [ahead, aside], ("a", [(-99, 0), (99, 0)]), ("b", [(-99, 61), (99, 61)]))

    assert found["lot"] == 1


@pytest.mark.parametrize(("far", "lots", "method"), [(6, 0, "median"), (6, 1, "frontage"), (40, 0, "none")])
def test_lines_of_any_name_that_close_round_a_tree_make_an_island(far, lots, method):
    """A lot within them, or so long a space between them, is a block."""
    lines = [
        ("a", [(-9, 0), (99, 0)]),
        ("b", [(-9, 12), (99, 12)]),
        ("c", [(-6, -9), (-6, 20)]),
        ("d", [(far, -9), (far, 20)]),
    ]
    within = shapely.box(3, 1, 5, 5)
    ground = [shapely.box(200, 0, 210, 10), *[within][:lots]]

    found = one_tree(0, 4, ground, *lines)

    assert found["method"] == method


def test_a_line_that_runs_along_the_way_is_met_where_it_begins():
    lines = [("a", [(-99, 0), (99, 0)]), ("a", [(10, 5), (10, 30)])]

    assert one_tree(10, 2, [shapely.box(5, 6, 15, 30)], *lines)["method"] == "median"


@pytest.mark.parametrize("steps", [1, 7, 50, 123, 240, 471, 800])
def test_exactly_between_two_lots_the_lowest_has_the_tree_also_where_a_step_is_halved(steps):
    """Both are half a step more than some steps away, and rounding makes the one more, the other less."""
    for turn in np.linspace(0, 3, 40):
        half = (steps + 0.5) * PLAIN.tie_m
        lots = [shapely.box(half, -3, half + 9, 3), shapely.box(-half - 9, -3, -half, 3)]
        lots = [shapely.affinity.rotate(lot, turn, (0, 0), use_radians=True) for lot in lots]
        lots = [shapely.affinity.translate(lot, 1 / 3, 1 / 7) for lot in lots]
        tree = moved([shapely.Point(1 / 3, 1 / 7)]), pd.Series([None], dtype="str")

        found = by_kernel(*tree, moved(lots), centrelines([])).iloc[0]

        assert found[["lot", "runner_up", "confidence"]].tolist() == [0, 1, "low"]


@pytest.mark.parametrize(
    ("name", "farther", "lot"),
    [
        ("a", [(6, 0), (99, 0)], 1),
        ("a", [(10, 0), (99, 0)], 1),
        ("a", [(11, 0), (99, 0)], 0),  # so wide a gap is one
        ("b", [(6, 0), (99, 0)], 0),  # another street begins
        ("a", [(6, 0), (6, 99)], 0),  # and what turns off is no gap
        ("a", [(6, 0), (7, 0), (7, -99)], 1),
    ],
)
def test_a_street_goes_on_across_a_gap(name, farther, lot):
    """The tree stands in the gap, nearer to the lot across than to its own."""
    across, own = shapely.box(-50, -35, 5, -5), shapely.box(-50, 12, 5, 42)

    found = one_tree(3, 2, [across, own], ("a", [(-99, 0), (0, 0)]), (name, farther))

    assert found["lot"] == lot


def test_one_of_two_equally_short_ways_that_meets_no_street_is_enough():
    """The lot has a part on either side of the street, and both are as far from the tree."""
    parts = [shapely.box(0, -30, 20, -12), shapely.box(0, 8, 20, 30)]
    streets = centrelines([(*moved([shapely.LineString([(-99, 0), (99, 0)])]), "Elm", "Elm", None)])
    tree = moved([shapely.Point(10, -2)]), pd.Series([None], dtype="str")

    for order in (parts, parts[::-1]):
        found = by_kernel(*tree, moved([shapely.MultiPolygon(order)]), streets)

        assert found[["lot", "method", "distance_m"]].iloc[0].tolist() == [0, "frontage", 10]


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_drawing_has_the_answers_of_the_rules_by_shapely(path):
    drawn = drawing(path)
    parcels, streets, trees = (
        project_layer(layer(name, drawn.get(name, {})), LAYERS[name], WORK) for name in ("parcels", "streets", "trees")
    )
    lots = parcels.metric_geometries[~np.isin(parcels.normalized_text("kind"), KINDS_WITHOUT_FRONTAGE)]
    out = ~shapely.is_missing(trees.metric_geometries)
    out[out] = [not shapely.dwithin(lots, tree, PLAIN.edge_m).any() for tree in trees.metric_geometries[out]]
    town = (trees.metric_geometries[out], trees.attributes["on_street"][out].reset_index(drop=True), lots, streets)

    assert unlike(by_kernel(*town, JoinSettings()), front(*town, JoinSettings())) == {}


def test_a_county_has_the_answers_of_the_rules_by_shapely(tmp_path):
    make_sample(tmp_path, parcels=COUNTY_PARCELS, seed=22, crowns_per_parcel=0.0, format="geoparquet")
    parcels, streets, trees = (
        gpd.read_parquet(tmp_path / name / f"{name}.parquet").to_crs(WORK).sort_values("id")
        for name in ("parcels", "streets", "trees")
    )
    lots = repair_polygons(parcels.geometry[~parcels["kind"].isin(KINDS_WITHOUT_FRONTAGE)].to_numpy())
    trees = trees[~(trees.geometry.isna() | trees.geometry.is_empty)].reset_index(drop=True)
    areas = areas_from_shapely(lots, CORNER)
    out = locate_points(points_from_shapely(trees.geometry.to_numpy(), CORNER), areas).first_area == NONE
    streets = streets.reset_index(drop=True)
    shapes = streets.geometry.to_numpy()
    lines = FrameLayer(LAYERS["streets"], streets, GeometryColumn(shapes), GeometryColumn(shapes))
    asked = trees["on_street"][out].astype("str").reset_index(drop=True)
    town = trees.geometry.to_numpy()[out], asked, lots, lines

    found = by_kernel(*town, JoinSettings())

    assert len(found) > COUNTY_PARCELS
    assert unlike(found, front(*town, JoinSettings())) == {}
