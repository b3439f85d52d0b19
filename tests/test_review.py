"""What a person should look at: possible doubles of trees, overlaps, ties, and edits whose parcel is gone."""

import json
from contextlib import closing
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import AT
from drawn import CORNER, WORK, layer, town
from hypothesis import given
from hypothesis import strategies as st

from geo.geocode.gazetteer.from_store import build_index
from geo.geocode.workspace_search import WorkspaceSearch
from geo.projected_layer import project_layer
from geo.review.parcel_overlaps import find_parcel_overlaps
from geo.review.point_index import PointIndex
from geo.review.tree_doubles import MAX_DOUBLE_M, find_tree_doubles
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, Record
from webmap import create_app
from webmap.settings import Settings

LOT = "POLYGON ((0 0, 20 0, 20 40, 0 40, 0 0))"


def project_rows(name, rows):
    return project_layer(layer(name, rows), LAYERS[name], WORK)


def tree(x, y, source):
    return {"wkt": f"POINT ({x} {y})", "source": source}


tenth = st.integers(0, 300).map(lambda tenths: tenths / 10)


@given(st.lists(st.tuples(tenth, tenth, st.sampled_from("abc")), max_size=25))
def test_the_doubles_are_all_pairs_of_two_sources_within_ten_feet(spots):
    trees = project_rows("trees", {f"t{nth:02d}": tree(*spot) for nth, spot in enumerate(spots)})

    found = {frozenset((double.id, double.other_id)) for double in find_tree_doubles(trees)}

    rows = [(f"t{nth:02d}", *spot) for nth, spot in enumerate(spots)]
    distances = {
        frozenset((a[0], b[0])): np.hypot(a[1] - b[1], a[2] - b[2]) for a, b in combinations(rows, 2) if a[3] != b[3]
    }
    assert found <= {pair for pair, far in distances.items() if far <= MAX_DOUBLE_M + 1e-4}
    assert found >= {pair for pair, far in distances.items() if far <= MAX_DOUBLE_M - 1e-4}


def test_a_pair_names_the_loaded_source_first_and_the_nearest_comes_first():
    trees = project_rows(
        "trees", {"a": tree(0, 0, "old"), "b": tree(2, 0, "new"), "c": tree(0.5, 0, "new"), "d": tree(0, 1, "old")}
    )

    found = find_tree_doubles(trees, "new")

    assert [(double.id, double.other_id) for double in found] == [("c", "a"), ("c", "d"), ("b", "a"), ("b", "d")]
    assert {double.source for double in found} == {"new"}
    assert find_tree_doubles(trees, "another") == []


@given(st.lists(st.lists(st.tuples(tenth, tenth), min_size=1, max_size=8), min_size=1, max_size=4))
def test_a_growing_index_finds_what_it_has_read_so_far(groups):
    points, known = PointIndex(), np.zeros((0, 2))
    for group in groups:
        xy = np.array(group, float)
        new, old, far = points.find_and_add(xy, 3.0)
        distances = np.hypot(*(xy[:, None] - known[None]).transpose(2, 0, 1)) if len(known) else np.zeros((len(xy), 0))
        assert {*zip(new.tolist(), old.tolist(), strict=True)} == {*map(tuple, np.argwhere(distances <= 3.0).tolist())}
        assert np.allclose(distances[new, old], far)
        known = np.concatenate([known, xy])


def overlaps(rows, source=None):
    return [
        (found.id, found.other_id, round(found.area_m2), round(found.other_share, 2))
        for found in find_parcel_overlaps(project_rows("parcels", rows), source)
    ]


def test_parcels_that_overlap_are_told_with_the_area_and_the_share():
    half = "POLYGON ((10 0, 40 0, 40 40, 10 40, 10 0))"

    assert overlaps({"a": LOT, "b": half}) == [("b", "a", 400, 0.5)]
    assert overlaps({"a": LOT, "b": {"wkt": half, "source": "new"}}, "new") == [("b", "a", 400, 0.5)]
    assert overlaps({"a": {"wkt": LOT, "source": "new"}, "b": half}, "new") == [("a", "b", 400, 0.33)]
    assert overlaps({"a": LOT, "b": half}, "another") == []


@pytest.mark.parametrize(
    "other",
    [
        {"wkt": LOT},  # stacked
        {"wkt": "POLYGON ((20 0, 40 0, 40 40, 20 40, 20 0))"},  # beside it
        {"wkt": "POLYGON ((19.9 0, 40 0, 40 40, 19.9 40, 19.9 0))"},  # a sliver
        {"wkt": "POLYGON ((5 5, 10 5, 10 10, 5 10, 5 5))", "kind": "unit"},
        {"wkt": "POLYGON ((-5 0, 5 0, 5 40, -5 40, -5 0))", "kind": "right_of_way"},
    ],
)
def test_stacked_units_neighbors_slivers_and_streets_are_no_overlaps(other):
    assert overlaps({"a": LOT, "b": other}) == []


box = st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(5, 20)] * 2)


@given(st.lists(box, max_size=8))
def test_the_overlaps_are_those_that_shapely_finds(boxes):
    shapes = [shapely.box(x, y, x + wide, y + deep) for x, y, wide, deep in boxes]

    found = {(a, b): area for a, b, area, _ in overlaps({f"p{nth}": shape.wkt for nth, shape in enumerate(shapes)})}

    shared = {}
    for (nth, one), (other, two) in combinations(enumerate(shapes), 2):
        is_first = shapes.index(one) == nth and shapes.index(two) == other  # of stacked ones, the lowest id
        if is_first and not one.equals(two):
            shared[frozenset((f"p{nth}", f"p{other}"))] = (one.intersection(two).area, 0.05 * min(one.area, two.area))
    told = {frozenset(pair) for pair in found}
    assert told >= {pair for pair, (area, least) in shared.items() if area > max(1, least) + 0.01}
    assert told <= {pair for pair, (area, least) in shared.items() if area > max(1, least) - 0.01}
    assert all(abs(area - shared[frozenset(pair)][0]) <= 1 for pair, area in found.items())


TIES = {
    "on the line of two lots": ({"a": LOT, "b": "POLYGON ((20 0, 40 0, 40 40, 20 40, 20 0))"}, (20, 10), "a", "b", "low"),
    "in an overlap": ({"a": LOT, "b": "POLYGON ((10 0, 40 0, 40 40, 10 40, 10 0))"}, (15, 10), "a", "b", "low"),
    "in an overlap of park and lot": (
        {"a": LOT, "b": {"wkt": "POLYGON ((10 0, 40 0, 40 40, 10 40, 10 0))", "kind": "park"}}, (15, 10), "a", "b", "low",
    ),
    "where a street reaches over the lot": (
        {"a": LOT, "b": {"wkt": "POLYGON ((-9 0, 9 0, 9 40, -9 40, -9 0))", "kind": "right_of_way"}}, (5, 10), "a", "b", "high",
    ),
    "on stacked units": ({"a": LOT, "b": LOT}, (5, 10), "a", "", "high"),
    "in one lot": ({"a": LOT}, (5, 10), "a", "", "high"),
    "on the outer line of one lot": ({"a": LOT}, (0, 10), "a", "", "high"),
}  # fmt: skip


@pytest.mark.parametrize("why", TIES)
def test_a_tie_on_a_line_or_in_an_overlap_never_has_high_confidence(why):
    lots, (x, y), parcel, runner_up, confidence = TIES[why]

    row = town({"parcels": lots, "trees": {"oak": f"POINT ({x} {y})"}})["trees"].loc["oak"]

    found = ["" if pd.isna(value) else value for value in row[["frontage_parcel_id", "runner_up_id", "confidence"]]]
    assert found == [parcel, runner_up, confidence]


@pytest.fixture
def place(lotleaf, tmp_path):
    """Run the command line on a workspace of its own; `write` gives a file's path."""

    def run(*words, **options):
        done = lotleaf(*words, "-w", tmp_path / "w.gpkg", **options)
        return done.stdout + done.stderr

    def write(name, rows):
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}) if isinstance(rows, list) else rows)
        return path

    run.write = write
    run.path = tmp_path / "w.gpkg"
    return run


def degrees(wkt):
    there = shapely.transform(shapely.from_wkt(wkt), lambda xy: xy + CORNER)
    frame = pd.Series([there])
    import geopandas as gpd

    return json.loads(shapely.to_geojson(gpd.GeoSeries(frame, crs=WORK).to_crs(4326).iloc[0]))


def row(wkt, **properties):
    return {"type": "Feature", "properties": properties, "geometry": degrees(wkt)}


def test_load_check_and_status_name_overlaps_doubles_and_lost_overrides(place):
    lots = [
        row(LOT, PIN="A1", address="1 Elm St"),
        row("POLYGON ((30 0, 50 0, 50 40, 30 40, 30 0))", PIN="A2", address="3 Elm St"),
    ]
    place("load", "parcels", place.write("lots.geojson", lots), "--source", "roll")
    place(
        "load",
        "trees",
        place.write("trees.geojson", [row("POINT (5 5)", TREEID="T1", species="Acer rubrum")]),
        "--source",
        "town",
    )
    place("edit", "trees", "T1", "override_parcel_id=A2")

    doubles = place(
        "load",
        "trees",
        place.write("more.geojson", [row("POINT (6 5)", TREEID="C1", species="Acer rubrum")]),
        "--source",
        "county",
    )
    overlap = place(
        "load",
        "parcels",
        place.write("over.geojson", [row("POLYGON ((10 0, 40 0, 40 40, 10 40, 10 0))", PIN="OVER1")]),
        "--source",
        "other",
    )
    lost = place("load", "parcels", place.write("lots.geojson", lots[:1]), "--source", "roll")
    checked, status = place("check"), place("status")

    flat = {
        name: " ".join(text.split())
        for name, text in {"d": doubles, "o": overlap, "l": lost, "c": checked, "s": status}.items()
    }
    assert "trees C1 (county) and T1 (town) may be one: they stand 3.3 ft (1 m) apart" in flat["d"]
    assert "parcel OVER1 covers half of A1: 4,30" in flat["o"]
    for text in (flat["l"], flat["c"], flat["s"]):
        assert "trees T1: an edit gave it to parcel A2, which no load holds any more" in text
    assert "look at: parcel OVER1 covers half of A1" in flat["c"]
    assert "look at: trees C1 (county) and T1 (town) may be one" in flat["c"]
    assert "no faults" in flat["c"]


def test_a_dry_run_tells_what_would_change(place):
    trees = [row(f"POINT ({nth} 5)", TREEID=f"T{nth}", species="Acer rubrum") for nth in (0, 20)]
    place("load", "trees", place.write("trees.geojson", trees))
    place("edit", "trees", "T20", "condition=dead")

    told = " ".join(place("load", "trees", place.write("trees.geojson", trees[:1]), "--dry-run").split())

    assert "trees: would be 0 new, 0 changed, 1 unchanged, 1 deleted" in told
    assert "trees T20 was edited by hand (condition=dead) and would be deleted, for the file no longer has it" in told
    assert '"T20"' in place("export", "trees", "-o", "-")


def test_an_address_whose_parcel_vanished_is_no_exact_match(place):
    lots = [
        row(LOT, PIN="A1", address="1 Elm St"),
        row("POLYGON ((30 0, 50 0, 50 40, 30 40, 30 0))", PIN="A2", address="3 Elm St"),
    ]
    points = [row("POINT (35 5)", addressid="1", number="3", street="Elm", suffix="St", parcelid="A2")]
    place("load", "parcels", place.write("lots.geojson", lots), "--source", "roll", "--no-join")
    place("load", "addresses", place.write("points.geojson", points), "--source", "points")
    with closing(open_store(place.path)) as store, store.snapshot() as reader:
        before = WorkspaceSearch.from_reader(reader, build_index(reader)).find("3 Elm St", today=AT.date())
    place("load", "parcels", place.write("lots.geojson", lots[:1]), "--source", "roll")

    with closing(open_store(place.path)) as store, store.snapshot() as reader:
        after = WorkspaceSearch.from_reader(reader, build_index(reader)).find("3 Elm St", today=AT.date())

    assert (before.status, before.candidates[0].parcel_id) == ("exact", "A2")
    assert (after.status, after.candidates[0].parcel_id) == ("corrected", None)
    assert after.candidates[0].changes == ("Parcel A2 is no longer on record.",)


def test_the_page_of_doubles_lists_both_records_and_a_towns_page_links_to_it(small_town):
    from conftest import PROVENANCE

    from geo.store.records import Load

    with closing(open_store(small_town)) as store:
        near = store.read_layer("trees", actor=OPERATOR).iloc[[0]].assign(id="county-7", source="county")
        store.load(Load("trees", "county", near, PROVENANCE), actor=OPERATOR, at=AT)
        client = create_app(Settings(workspace=small_town), store).test_client()

        page, of_town = client.get("/doubles"), client.get("/towns/bel-nor").text
        one_town = client.get("/doubles?town=bel-nor")

        assert page.status_code == one_town.status_code == 200
        assert "1 pair of trees may be one." in page.text
        assert 'href="/trees/county-7"' in page.text
        assert 'href="/trees/trees-0"' in page.text
        assert 'href="/doubles?town=bel-nor"' in of_town
        assert client.get("/doubles?town=nowhere").status_code == 400


def test_an_edit_of_a_lost_override_ends_the_warning(store):
    store.put("trees", Record("trees-0", "town", {"override_parcel_id": "0p2"}), actor=OPERATOR, at=AT)
    assert store.status()["lost_overrides"] == []
