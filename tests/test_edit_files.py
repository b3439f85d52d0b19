"""Records put from files and ended on the command line, joined as if everything had been."""

import json
import shutil
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.data_folder import requests_from_folder
from geo.errors import NoSuchRecord
from geo.formats.geojson import iter_features as features_of
from geo.sample import make_sample
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.geopackage.metadata import MANUAL_SOURCE
from geo.store.records import OPERATOR, PUBLIC, Query, Record
from geo.workspace import join_workspace, load_source, read_files
from webmap.cli.main import run_command_line
from webmap.clock import today

AT = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A county of 150 parcels in three towns, joined as of today."""
    folder = tmp_path_factory.mktemp("county")
    make_sample(folder / "files", parcels=150, seed=5, towns=3)
    store = open_store(folder / "county.gpkg", create=True)
    for source, request in requests_from_folder(folder / "files"):
        load_source(store, request.layer, read_files(store, request), source=source, actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=today())
    store.close()
    return folder / "county.gpkg"


@pytest.fixture
def town(county, tmp_path):
    """The county as its own store."""
    store = open_store(shutil.copy(county, tmp_path / "town.gpkg"))
    yield store
    store.close()


@pytest.fixture
def edit(town, monkeypatch, capsys):
    """Run `lotleaf edit` on the county, with what is put as a file; gives what it says."""

    folder = town.cache_dir.parent

    def edited(layer, *words, put=(), code=0):
        files = []
        for nth, features in enumerate([put] if put and isinstance(put[0], dict) else put):
            file = folder / f"put-{nth}.geojson"
            told = {"type": "FeatureCollection", "features": list(features)}
            file.write_text(json.dumps(told))
            files += ["--put", str(file)]
        workspace = ["-w", str(folder / "town.gpkg")]
        argv = ["lotleaf", "edit", layer, *words, *files, *workspace]
        monkeypatch.setattr("sys.argv", argv)
        capsys.readouterr()
        got = run_command_line()
        said = capsys.readouterr()
        assert (got, said.out) == (code, ""), said.err
        return said.err

    return edited


def feature(id_, shape, **values):
    drawn = None if shape is None else json.loads(shapely.to_geojson(shape))
    told = {"type": "Feature", "properties": values, "geometry": drawn}
    return told | ({} if id_ is None else {"id": id_})


def exported(store, layer):
    """Give the layer's features by id, as `lotleaf export` writes them."""
    found = features_of(store, LAYERS[layer], Query(), actor=PUBLIC)
    return {one["id"]: one for one in found}


def a_tree(store, nth=0):
    """Give a tree that has a point, and the point."""
    drawn = store.read_layer("trees", actor=PUBLIC).dropna(subset="geometry").iloc[nth]
    return drawn["id"], shapely.get_geometry(drawn.geometry, 0)


def aside(point, metres):
    return shapely.transform(point, lambda xy: xy + np.array([metres / 86_900, 0]))


def assert_as_joined(store):
    """Hold what edits have left against a join of everything."""
    tables = [{name: store.read_joined_values(name).sort_values("id", ignore_index=True) for name in LAYERS}]
    assert not store.status()["joined"]["stale"]
    join_workspace(store, actor=OPERATOR, at=AT, today=today())
    tables.append({name: store.read_joined_values(name).sort_values("id", ignore_index=True) for name in LAYERS})
    for name in LAYERS:
        pd.testing.assert_frame_equal(tables[0][name], tables[1][name], obj=name)


def halves_of(store):
    """Give a lot with trees, and its two halves as features."""
    lots = store.read_joined_values("parcels").set_index("id")
    lot = lots[(lots["trees"] > 1) & (lots["stacked"] == 1)].index[0]
    record = store.get("parcels", lot, actor=OPERATOR)
    shape = shapely.from_wkb(record.wkb)
    west, south, east, north = shape.bounds
    boxes = [(west, south, (west + east) / 2, north), ((west + east) / 2, south, east, north)]
    names = ("address", "kind", "land_use", "town_declared")
    told = {name: record.values[name] for name in names}
    halves = [shape.intersection(shapely.box(*box)) for box in boxes]
    return lot, [feature(f"{lot}-{at}", half, **told) for at, half in enumerate(halves)]


def test_a_parcel_is_split_in_one_command(town, edit):
    lot, halves = halves_of(town)
    was = shapely.from_wkb(town.get("parcels", lot, actor=OPERATOR).wkb)

    said = edit("parcels", "--delete", lot, put=halves)

    assert "parcels: 2 new, 0 changed, 0 unchanged, 1 deleted\n" in said
    assert "joined " in said
    assert " affected rows (" in said
    assert "parcels 2" in said
    with pytest.raises(NoSuchRecord):
        town.get("parcels", lot, actor=OPERATOR)
    made = [town.get("parcels", half["id"], actor=OPERATOR) for half in halves]
    assert sum(shapely.from_wkb(one.wkb).area for one in made) == pytest.approx(was.area)
    assert {one.source for one in made} == {MANUAL_SOURCE}
    assert_as_joined(town)


def test_of_an_edit_all_is_done_or_nothing(town, edit):
    lot, halves = halves_of(town)
    id_, point = a_tree(town)
    version = town.version
    halves[1]["properties"]["land_use"] = "x" * 3_000  # what only the store refuses, at the last record

    said = edit("parcels", "--delete", lot, put=halves, code=2)
    edit("trees", "--delete", id_, put=[feature("new", point, override_parcel_id="nope")], code=2)

    assert "at most 2,000 printable characters" in said
    assert town.version == version
    assert town.get("parcels", lot, actor=OPERATOR).id == lot
    assert town.get("trees", id_, actor=OPERATOR).id == id_


def test_a_tree_comes_with_its_site_changes_moves_and_goes(town, edit):
    _, point = a_tree(town)

    came = edit("trees", put=[feature("new", aside(point, 2), species="Quercus alba", dbh_in=3)])
    changed = edit("trees", put=[feature("new", aside(point, 2), condition="dead")])
    moved = edit("trees", put=[feature("new", aside(point, 9))])

    assert "trees: 1 new, 0 changed" in came
    assert "sites: 1 new, 0 changed" in came
    assert "trees new: condition unknown -> dead\n" in changed
    assert "sites" not in changed.partition("joined")[0]
    assert "trees new: moved\n" in moved
    assert "sites new: moved\n" in moved
    tree, site = (town.get(name, "new", actor=OPERATOR) for name in ("trees", "sites"))
    assert (tree.values["genus"], tree.values["dbh_in"], tree.values["site_id"]) == ("Quercus", 3, "new")
    assert shapely.from_wkb(tree.wkb).distance(aside(point, 9)) < 1e-9
    assert tree.wkb == site.wkb
    assert site.values["tree_id"] == "new"
    assert_as_joined(town)

    gone = edit("trees", "--delete", "new", "--delete", "new")

    assert "trees: 0 new, 0 changed, 0 unchanged, 1 deleted\n" in gone
    assert town.get("sites", "new", actor=OPERATOR).values["tree_id"] is None
    assert_as_joined(town)


@pytest.mark.parametrize("layer", LAYERS)
def test_what_was_exported_and_is_put_back_changes_nothing(town, edit, layer):
    features = list(exported(town, layer).values())
    version = town.version

    said = edit(layer, put=features)

    assert f"{layer}: 0 new, 0 changed, {len(features)} unchanged, 0 deleted\n" in said
    assert "no joined value depends on it" in said
    assert town.version == version


def test_a_number_with_more_digits_than_an_export_writes_is_as_before(town, edit):
    _, point = a_tree(town)
    tree = Record("a", "", {"dbh_in": 0.1 + 0.2}, point.wkb)
    town.put("trees", tree, actor=OPERATOR, at=AT)

    said = edit("trees", put=[exported(town, "trees")["a"]])

    assert "trees: 0 new, 0 changed, 1 unchanged" in said
    assert town.get("trees", "a", actor=OPERATOR).values["dbh_in"] == 0.1 + 0.2


def test_one_value_changed_in_an_export_is_the_only_change(town, edit):
    features = exported(town, "trees")
    chosen = next(iter(features))
    was = features[chosen]["properties"]["condition"]
    features[chosen]["properties"]["condition"] = is_ = "poor" if was != "poor" else "good"

    said = edit("trees", put=list(features.values()))

    assert f"trees: 0 new, 1 changed, {len(features) - 1} unchanged, 0 deleted\n" in said
    assert f"trees {chosen}: condition {was} -> {is_}\n" in said
    assert_as_joined(town)


def test_what_a_feature_lacks_stays_and_an_empty_text_makes_unknown(town, edit):
    _, point = a_tree(town)
    edit("trees", put=[feature("a", point, dbh_in=3, condition="good", address="1 Oak Ave")])

    edit("trees", put=[feature("a", point, dbh_in="", condition=None), feature("b", point, stems=2)])

    values = town.get("trees", "a", actor=OPERATOR).values
    told = [values[name] for name in ("dbh_in", "condition", "address", "stems")]
    assert told == [None, "good", "1 Oak Ave", None]


def test_several_files_are_put_at_once_each_with_its_own_fields(town, edit):
    _, point = a_tree(town)
    edit("trees", put=[feature("a", point, dbh_in=3)])

    said = edit("trees", put=[[feature("a", point, stems=2)], [feature("b", point, dbh_in=5)]])

    assert "trees: 1 new, 1 changed" in said
    assert town.get("trees", "a", actor=OPERATOR).values["dbh_in"] == 3


BOW = shapely.Polygon([(-90.3, 38.7), (-90.29, 38.71), (-90.29, 38.7), (-90.3, 38.71)])


@pytest.mark.parametrize(
    ("layer", "features", "told"),
    [
        ("trees", [feature(None, shapely.Point(-90.3, 38.7), stems=2)], "its features have no id"),
        ("trees", [feature("a", shapely.Point(-90.3, 38.7)), feature(None, shapely.Point(-90.3, 38.71))], "row 2: id: none"),
        ("trees", [feature("a", shapely.Point(-90.3, 38.7)), feature("a", shapely.Point(-90.3, 38.71))], "'a' is used more than once"),
        ("trees", [feature("a", shapely.Point(-90.3, 38.7), condition="splendid")], "'splendid' is not a known value of this field"),
        ("trees", [feature("a", shapely.Point(-90.3, 38.7), dbh_in=1300)], "not between 0.1 and 120 in"),
        ("trees", [feature("a", shapely.Point(-90.3, 38.7), dhb_in=13)], "trees have no field dhb_in"),
        ("trees", [feature("a", shapely.Point(-90.3, 38.7), common="Stump")], "a: says that no tree stands there"),
        ("trees", [feature("a", shapely.Point(38.7, -90.3))], "latitude came before longitude"),
        ("trees", [feature("a", None, stems=2), feature("b", shapely.Point(-90.3, 38.7))], "row 1: cannot be placed"),
        ("trees", [feature("a", None, stems=2)], "lotleaf edit trees ID FIELD=VALUE"),
        ("trees", [feature("a", shapely.Point(900_000, 300_000))], "no such option. Write the file as `lotleaf export trees`"),
        ("parcels", [feature("a", BOW)], "row 1: geometry: invalid"),
        ("canopy", [feature("a", shapely.Point(-90.3, 38.7))], "canopy take Polygon or MultiPolygon"),
    ],
    ids=lambda told: told[:30] if isinstance(told, str) else "",
)  # fmt: skip
def test_what_a_load_would_mend_or_leave_out_is_refused_with_its_row(town, edit, layer, features, told):
    version = town.version

    said = edit(layer, put=features, code=2)

    assert told in said
    assert "internal error" not in said
    assert town.version == version


def test_what_comes_from_a_file_stays_unless_it_is_ended_in_the_same_command(town, edit):
    id_, point = a_tree(town)
    version, other = town.version, feature(id_, aside(point, 3), species="Acer rubrum")

    said = edit("trees", put=[other], code=2)

    assert f"{id_} (species, " in said
    assert "its geometry)" in said
    assert "--delete ID in the same command" in said
    assert town.version == version

    edit("trees", "--delete", id_, put=[other])

    tree = town.get("trees", id_, actor=OPERATOR)
    assert (tree.source, tree.values["species"]) == (MANUAL_SOURCE, "Acer rubrum")
    assert_as_joined(town)


def test_a_tree_from_a_file_keeps_the_site_in_which_it_stands(town, edit):
    _, point = a_tree(town)
    site = Record("S", "", {"status": "vacant"}, point.wkb)
    town.put("sites", site, actor=OPERATOR, at=AT)
    edit("trees", put=[feature("a", point, site_id="S")])

    edit("trees", put=[feature("a", aside(point, 2), dbh_in=4)])
    edit("trees", put=[feature("a", aside(point, 3), site_id="S")])

    assert town.get("trees", "a", actor=OPERATOR).values["site_id"] == "S"
    assert town.get("sites", "S", actor=OPERATOR).wkb == point.wkb
    with pytest.raises(NoSuchRecord):
        town.get("sites", "a", actor=OPERATOR)


def test_a_private_value_is_put_and_never_told(town, edit):
    _, point = a_tree(town)
    edit("trees", put=[feature("a", point, notes="ask Ann")])

    said = edit("trees", put=[feature("a", point, notes="ask Bob")])

    assert "trees a: notes changed\n" in said
    assert "Bob" not in said
    assert town.get("trees", "a", actor=OPERATOR).values["notes"] == "ask Bob"


def test_an_edit_of_limits_says_that_everything_is_joined(town, edit):
    limits = town.read_layer("municipalities", actor=PUBLIC).geometry.iloc[0]

    said = edit("municipalities", put=[feature("newtown", limits, name="Newtown")])

    assert "municipalities: 1 new" in said
    assert "running the full join: every record may depend on municipalities" in said
    assert "joined as of " in said
    assert not town.status()["joined"]["stale"]


@pytest.mark.parametrize("words", [(), ("a",), ("a", "stems=2", "--delete", "b"), ("--delete", "nope")])
def test_half_an_edit_is_refused_and_says_what_is_missing(town, edit, words):
    version = town.version

    said = edit("trees", *words, code=2)

    assert ("'nope'" if "nope" in words else "--put FILE to add and change records, and --delete ID") in said
    assert town.version == version
