"""Edits joined alone end in the tables that the whole join makes."""

import itertools
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from pyproj import CRS

from geo.data_folder import requests_from_folder
from geo.errors import BadInput, NoSuchRecord
from geo.incremental import address_lookup, apply_edits
from geo.incremental.edit_session import EditSession
from geo.incremental.survey_reach import is_interior
from geo.join import JoinSettings
from geo.sample import make_sample
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.record_change import Delete, Put
from geo.store.records import OPERATOR, PUBLIC, Record
from geo.workspace import join_workspace, load_source, read_files

AT = datetime(2026, 5, 4, tzinfo=UTC)
TODAY = AT.date()
RUNS = int(os.environ.get("LOTLEAF_EDIT_RUNS", "6"))
# A short reach, so that what comes and goes bares and reaches lots now and then.
NEAR = JoinSettings(survey_reach_m=45.0)
SEEN: Counter[str] = Counter()  # how often edits were joined alone, and why not


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A county of 150 parcels in three towns, joined: what stands in it, by layer."""
    return make_county(tmp_path_factory.mktemp("county"))


def make_county(folder, declared=()):
    """Make the county. `declared` holds what the files of a layer say about the towns that they survey."""
    make_sample(folder / "files", parcels=150, seed=5, towns=3)
    path = folder / "county.gpkg"
    store = open_store(path, create=True)
    for source, request in requests_from_folder(folder / "files"):
        told = replace(request, **dict(declared).get(request.layer, {}))
        load_source(store, request.layer, read_files(store, told), source=source, actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY, settings=NEAR)
    store.close()
    return path


def tables(store):
    return {name: store.read_joined_values(name).sort_values("id", ignore_index=True) for name in LAYERS}


def assert_as_joined(store):
    """Hold what edits have left against a join of everything."""
    alone = tables(store)
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY, settings=NEAR)
    for name, whole in tables(store).items():
        pd.testing.assert_frame_equal(alone[name], whole, obj=name)


class Town(RuleBasedStateMachine):
    """Somebody edits: trees, sites and inspections come, change, move and go, singly and several at once."""

    county: Path

    @initialize(seed=st.integers(0, 2**16))
    def begin(self, seed):
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "town.gpkg"
        shutil.copy(self.county, path)
        self.store = open_store(path)
        self.writer = EditSession(self.store, NEAR)
        self.random = np.random.default_rng(seed)
        self.frames = {
            name: self.store.read_layer(name, actor=PUBLIC)
            for name in ("parcels", "trees", "sites", "inspections", "streets", "canopy", "addresses")
        }
        self.hand = {name: [] for name in self.frames}
        self.numbers = itertools.count()

    def teardown(self):
        if hasattr(self, "store"):
            assert_as_joined(self.store)
            self.store.close()
            self.folder.cleanup()

    def edit(self, *changes):
        try:
            done = self.writer.apply_edits(*changes, actor=OPERATOR, at=AT, today=TODAY)
        except BadInput as error:
            note(str(error))
            return None
        SEEN[done.full_join_reason or "alone"] += 1
        if done.full_join_reason:
            join_workspace(self.store, actor=OPERATOR, at=AT, today=TODAY, settings=NEAR)
        assert not self.store.status()["joined"]["stale"]
        for change in changes:
            if isinstance(change, Delete):
                self.hand[change.layer] = [id_ for id_ in self.hand[change.layer] if id_ != change.id]
            elif change.record.id not in self.hand[change.layer] and change.record.source == "":
                self.hand[change.layer].append(change.record.id)
        return done

    def some(self, layer):
        """Give the id and source of a record, from a file or by hand."""
        if self.hand[layer] and self.random.random() < 0.5:
            return self.random.choice(self.hand[layer]), "hand"
        row = self.frames[layer].iloc[self.random.integers(len(self.frames[layer]))]
        return row["id"], row["source"]

    def place(self):
        """A place beside a tree, on a lot's corner, in a lot, on a street, or far from everything."""
        kind = self.random.choice(["tree", "corner", "lot", "street", "far"], p=[0.4, 0.2, 0.2, 0.15, 0.05])
        layer = {"tree": "trees", "corner": "parcels", "lot": "parcels", "street": "streets", "far": "trees"}[kind]
        shapes = self.frames[layer].geometry.dropna().to_numpy()
        shape = shapes[self.random.integers(len(shapes))]
        if kind == "lot":
            return shapely.point_on_surface(shape).wkb
        xy = shapely.get_coordinates(shape)[0]
        width = {"tree": 2e-4, "corner": 0.0, "street": 1e-4, "far": 2e-2}[kind]
        return shapely.Point(xy + self.random.uniform(-width, width, 2)).wkb

    def words(self, layer):
        """What an inventory may say of where a record is."""
        parcel = self.frames["parcels"].iloc[self.random.integers(len(self.frames["parcels"]))]
        said = {
            "parcel_key": self.random.choice([parcel["id"], parcel["id"].lower(), "no such"]),
            "address": parcel["address"] if isinstance(parcel["address"], str) else None,
        }
        if layer != "inspections":
            said["override_parcel_id"] = self.random.choice([parcel["id"], " NONE "])
        return {name: str(value) for name, value in said.items() if value and self.random.random() < 0.4}

    def told(self, layer):
        """Values as a file or a hand may give them."""
        if layer == "trees":
            return {
                "condition": str(self.random.choice(["good", "fair", "poor", "dead"])),
                "location": str(self.random.choice(["street", "park", "yard", "median"])),
                "maintenance": str(self.random.choice(["Prune", "Remove", "none", "stump"])),
            }
        if layer == "sites":
            return {
                "status": str(self.random.choice(["vacant", "stump", "planted", "retired"])),
                "site_type": str(self.random.choice(["street", "park", "median"])),
            }
        return {
            "status": str(self.random.choice(["open", "closed", "cancelled"])),
            "inspected_on": f"2025-0{self.random.integers(1, 9)}-11",
            "due_on": f"2026-0{self.random.integers(1, 9)}-11",
        }

    def new(self, layer):
        pointed = self.random.random() < 0.75
        words = self.words(layer)
        wkb = self.place() if pointed or not words else None
        values = self.told(layer) | words
        if layer == "trees" and self.random.random() < 0.4:
            values["site_id"] = str(self.some("sites")[0])
            values["surveyed_on"] = f"2027-0{self.random.integers(1, 9)}-02"
        return Put(layer, Record(f"by-hand-{next(self.numbers)}", "", values, wkb))

    @rule(layer=st.sampled_from(["trees", "trees", "sites", "inspections"]))
    def add(self, layer):
        self.edit(self.new(layer))

    @rule(size=st.integers(2, 4))
    def add_several(self, size):
        layers = self.random.choice(["trees", "sites", "inspections"], size)
        self.edit(*(self.new(str(layer)) for layer in layers))

    @rule(layer=st.sampled_from(["trees", "sites", "inspections"]))
    def move(self, layer):
        if self.hand[layer]:
            id_ = str(self.random.choice(self.hand[layer]))
            self.edit(Put(layer, Record(id_, "hand", {}, self.place())))

    @rule(layer=st.sampled_from(["trees", "sites", "inspections"]))
    def change(self, layer):
        id_, source = self.some(layer)
        values = self.told(layer) | self.words(layer)
        if source != "hand":
            open_ = {field.name for field in LAYERS[layer].fields if field.editable}
            values = {name: value for name, value in values.items() if name in open_}
        self.edit(Put(layer, Record(str(id_), str(source), values)))

    @rule(layer=st.sampled_from(["trees", "sites", "inspections"]))
    def delete(self, layer):
        id_, _ = self.some(layer)
        try:
            self.store.get(layer, str(id_), actor=OPERATOR)
        except NoSuchRecord:
            return
        self.edit(Delete(layer, str(id_)))

    def drawn(self, layer):
        """Give a record that still stands and has a shape."""
        id_, _ = self.some(layer)
        try:
            record = self.store.get(layer, str(id_), actor=OPERATOR)
        except NoSuchRecord:
            return None
        return record if record.wkb else None

    @rule(along=st.floats(0.2, 0.8))
    def split(self, along):
        record = self.drawn("parcels")
        if record is None:
            return
        shape = shapely.from_wkb(record.wkb)
        west, south, east, north = shape.bounds
        at = west + along * (east - west)
        halves = [shape.intersection(shapely.box(*box)) for box in ((west, south, at, north), (at, south, east, north))]
        names = ("address", "postal_city", "town_declared", "kind", "land_use")
        values = {name: record.values[name] for name in names if record.values[name] is not None}
        number, _, street = (values.get("address") or "").partition(" ")
        other = values | ({"address": f"{int(number) + 2} {street}"} if number.isdigit() else {})
        made = [
            Put("parcels", Record(f"{record.id}-{nth}-{next(self.numbers)}", "", told, half.wkb))
            for nth, (half, told) in enumerate(zip(halves, (values, other), strict=True))
            if half.geom_type in ("Polygon", "MultiPolygon")
        ]
        self.edit(Delete("parcels", record.id), *made)

    @rule()
    def stack(self):
        record = self.drawn("parcels")
        if record is not None:
            id_ = f"{self.random.choice(['0', 'z'])}-unit-{next(self.numbers)}"
            self.edit(Put("parcels", Record(id_, "", {"kind": "unit"}, record.wkb)))

    @rule()
    def take_a_parcel_away(self):
        record = self.drawn("parcels")
        if record is not None:
            self.edit(Delete("parcels", record.id))

    @rule(kind=st.sampled_from(["new", "new", "changed", "gone"]))
    def address_point(self, kind):
        """An address point comes, changes or goes: at a lot of the file, or at a unit that has no address itself."""
        if kind == "gone" or (kind == "changed" and self.hand["addresses"]):
            id_, source = self.some("addresses") if kind == "gone" else (self.hand["addresses"][0], "hand")
            try:
                record = self.store.get("addresses", str(id_), actor=OPERATOR)
            except NoSuchRecord:
                return
            number = int(self.random.integers(1, 90))
            changed = Put("addresses", Record(str(id_), source, {"number": number}))
            self.edit(Delete("addresses", record.id) if kind == "gone" else changed)
            return
        like = self.frames["addresses"].iloc[self.random.integers(len(self.frames["addresses"]))]
        names = ("predir", "street", "suffix", "postdir", "postal_city", "town_declared")
        told = {name: like[name] for name in names if isinstance(like[name], str)}
        told |= {"number": int(like["number"]) + 2, "parcel_id": str(self.some("parcels")[0])}
        point = None if self.random.random() < 0.1 else like.geometry.wkb
        self.edit(Put("addresses", Record(f"address-{next(self.numbers)}", "", told, point)))

    @rule(wide=st.floats(1e-5, 2e-4))
    def crown(self, wide):
        record = self.drawn("canopy")
        if record is None:
            return
        kind = self.random.choice(["new", "moved", "gone"])
        if kind == "gone":
            self.edit(Delete("canopy", record.id))
            return
        xy = shapely.get_coordinates(shapely.from_wkb(record.wkb))[0] + self.random.uniform(-wide, wide, 2)
        shape = shapely.Point(xy).buffer(wide, quad_segs=3)
        told = {name: record.values[name] for name in ("method", "year") if record.values[name] is not None}
        if kind == "moved" and self.hand["canopy"]:
            self.edit(Put("canopy", Record(str(self.random.choice(self.hand["canopy"])), "hand", {}, shape.wkb)))
        else:
            self.edit(Put("canopy", Record(f"crown-{next(self.numbers)}", "", told, shape.wkb)))


def test_edits_alone_end_where_the_whole_join_does(county):
    edit_at_random(county, RUNS)

    assert SEEN["alone"] > sum(SEEN.values()) / 2, SEEN


def test_edits_alone_keep_to_the_towns_that_sources_declare(county, tmp_path):
    store = open_store(county)
    names = store.read_layer("municipalities", actor=PUBLIC)["name"].tolist()
    store.close()
    declared = {"trees": {"town": names[0]}, "inspections": {"covers": (names[1],)}}

    edit_at_random(make_county(tmp_path, declared), max(2, RUNS // 4))

    store = open_store(tmp_path / "county.gpkg")
    towns = store.read_layer("municipalities", actor=PUBLIC).merge(store.read_joined_values("municipalities"), on="id")
    assert towns.set_index("name")["trees"].notna().loc[names].tolist() == [True, False, False]
    assert towns.set_index("name")["inspections_open"].notna().loc[names].tolist() == [False, True, False]
    store.close()


def edit_at_random(county, runs):
    class Here(Town):
        pass

    Here.county = county
    machine = Here.TestCase
    machine.settings = settings(
        max_examples=runs,
        stateful_step_count=12,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    SEEN.clear()

    machine("runTest").runTest()


def test_a_lot_is_bared_by_the_last_tree_near_it_and_reached_again_by_the_next(county, tmp_path):
    store = open_store(shutil.copy(county, tmp_path / "town.gpkg"))
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY, settings=NEAR)
    writer = EditSession(store, NEAR)
    work = CRS.from_user_input(store.settings()["crs"])
    lots = store.read_layer("parcels", actor=PUBLIC).merge(store.read_joined_values("parcels"), on="id")
    spots = pd.concat([store.read_layer(name, actor=PUBLIC).assign(of=name) for name in ("trees", "sites")])
    metres = spots.to_crs(work).geometry
    bare = lots[(lots["trees"] == 0) & (lots["need"] == "none")].to_crs(work)
    near = {row.id: spots[metres.dwithin(row.geometry, 45.0)] for row in bare.itertuples()}
    lot = min(near, key=lambda id_: len(near[id_]))

    for one in near[lot].itertuples():
        done = writer.apply_edits(Delete(one.of, one.id), actor=OPERATOR, at=AT, today=TODAY)
        assert done.full_join_reason is None
    assert store.get("parcels", lot, actor=OPERATOR).values["trees"] is None
    assert_as_joined(store)
    first = near[lot].iloc[0]
    tree = Put("trees", Record("next", "", {}, shapely.get_geometry(first.geometry, 0).wkb))
    writer.apply_edits(tree, actor=OPERATOR, at=AT, today=TODAY)
    assert store.get("parcels", lot, actor=OPERATOR).values["trees"] == 0
    assert_as_joined(store)
    store.close()


@settings(deadline=None)
@given(
    ring=st.lists(st.tuples(st.floats(-14, 14), st.floats(0.01, 249)), min_size=4, max_size=4),
    turned=st.floats(0, 360),
    way=st.floats(0, 2 * np.pi),
    far=st.floats(0, 500),
)
def test_what_a_place_amid_others_reaches_one_of_them_reaches_too(ring, turned, way, far):
    angles = np.radians([turned + 90 * nth + aside for nth, (aside, _) in enumerate(ring)])
    metres = np.array([distance for _, distance in ring])
    others = np.column_stack([np.cos(angles), np.sin(angles)]) * metres[:, None]
    there = far * np.array([np.cos(way), np.sin(way)])

    assert is_interior(np.zeros(2), others, 500.0)
    assert np.hypot(*(others - there).T).min() <= 500.0 + 1e-9


@pytest.fixture
def town(county, tmp_path):
    """The county as its own store, with who edits it."""
    store = open_store(shutil.copy(county, tmp_path / "town.gpkg"))
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY, settings=NEAR)
    yield store, EditSession(store, NEAR)
    store.close()


def beside_a_tree(store, aside=1e-5):
    shapes = store.read_layer("trees", actor=PUBLIC).geometry.dropna().to_numpy()
    return shapely.Point(shapely.get_coordinates(shapes[0])[0] + aside).wkb


def test_an_edit_that_cannot_be_joined_is_not_made(town, monkeypatch):
    store, writer = town
    before = (store.version, tables(store)["parcels"])
    monkeypatch.setattr(apply_edits, "recompute_counts", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        writer.apply_edits(
            Put("trees", Record("new", "", {}, beside_a_tree(store))),
            actor=OPERATOR, at=AT, today=TODAY,
        )  # fmt: skip

    assert store.version == before[0]
    pd.testing.assert_frame_equal(tables(store)["parcels"], before[1])
    with pytest.raises(NoSuchRecord):
        store.get("trees", "new", actor=OPERATOR)


def test_an_edit_that_bares_a_town_is_made_and_says_why_all_is_to_be_joined(town):
    store, writer = town
    cases = store.read_joined_values("inspections")
    of_one = cases[cases["town"] == cases["town"].dropna().iloc[0]]

    done = writer.apply_edits(*(Delete("inspections", id_) for id_ in of_one["id"]), actor=OPERATOR, at=AT, today=TODAY)

    assert "loses its last inspections" in done.full_join_reason
    assert store.status()["joined"]["stale"]
    again = writer.apply_edits(
        Put("trees", Record("new", "", {}, beside_a_tree(store))),
        actor=OPERATOR, at=AT, today=TODAY,
    )  # fmt: skip
    assert again.full_join_reason == "the loaded data are not joined yet"


def test_a_day_on_which_other_limits_hold_has_all_joined(town):
    store, writer = town
    tree = Record("new", "", {}, beside_a_tree(store))
    later = TODAY.replace(year=TODAY.year + 1)

    assert writer.apply_edits(Put("trees", tree), actor=OPERATOR, at=AT, today=later).full_join_reason is None
    assert store.status()["joined"]["as_of"] == later.isoformat()
    limits = store.read_layer("municipalities", actor=PUBLIC).iloc[0]
    told = {"name": limits["name"], "valid_from": TODAY.replace(year=TODAY.year + 2).isoformat()}
    store.put("municipalities", Record("soon", "", told, limits.geometry.wkb), actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=later, settings=NEAR)

    far = TODAY.replace(year=TODAY.year + 3)
    done = writer.apply_edits(Delete("trees", "new"), actor=OPERATOR, at=AT, today=far)

    assert done.full_join_reason == f"town boundaries or districts have changed since {later.isoformat()}"


def test_a_second_writer_sees_what_the_first_has_done(town):
    store, writer = town
    other = open_store(Path(store.cache_dir).with_name("town.gpkg"))
    second = EditSession(other, NEAR)
    for nth, one in enumerate([writer, second, writer, second]):
        tree = Put("trees", Record(f"new-{nth}", "", {}, beside_a_tree(store, nth * 1e-5)))
        assert one.apply_edits(tree, actor=OPERATOR, at=AT, today=TODAY).full_join_reason is None
    other.close()

    assert_as_joined(store)


def test_an_edit_of_limits_has_all_joined(town):
    store, writer = town
    limits = store.read_layer("municipalities", actor=PUBLIC).iloc[0]
    told = {"name": "Newtown", "kind": "city"}

    done = writer.apply_edits(
        Put("municipalities", Record("newtown", "", told, limits.geometry.wkb)),
        actor=OPERATOR, at=AT, today=TODAY,
    )  # fmt: skip

    assert done.full_join_reason == "every record may depend on municipalities"


def test_a_case_follows_its_address_to_the_parcel_that_now_has_it(town, monkeypatch):
    store, writer = town
    parcels = store.read_layer("parcels", actor=PUBLIC)
    one = parcels[parcels["address"].notna() & parcels.geometry.notna()].iloc[7]
    told = {"status": "open", "address": one["address"]}
    names = ("address", "postal_city", "town_declared", "zip")
    same = {name: one[name] for name in names if isinstance(one[name], str)}

    def edit_(*changes):
        done = writer.apply_edits(*changes, actor=OPERATOR, at=AT, today=TODAY)
        assert done.full_join_reason is None
        return store.get("inspections", "case", actor=OPERATOR).values["parcel_id"]

    assert edit_(Put("inspections", Record("case", "", told))) == one["id"]
    monkeypatch.setattr(address_lookup, "index_from_layers", lambda *_: 1 / 0)  # once is enough
    renamed = Put("parcels", Record("renamed", "", same, one.geometry.wkb))
    on_file = (store.read_layer("addresses", actor=PUBLIC)["parcel_id"] == one["id"]).any()
    found = edit_(Delete("parcels", one["id"]), renamed)
    # Where the address layer still names the parcel that has gone, the address is no one parcel's.
    assert found == (None if on_file else "renamed")
    edit_(Delete("parcels", "renamed"))
    assert edit_(Put("parcels", Record("again", "", same, one.geometry.wkb))) == found or not on_file
    edit_(Put("inspections", Record("next", "", told)))
    monkeypatch.undo()
    assert_as_joined(store)


def address_parts(point):
    """Give the parts of an address point beside its number, and its street as a text."""
    names = ("predir", "street", "suffix", "postdir", "postal_city", "town_declared")
    parts = {name: point[name] for name in names if isinstance(point[name], str)}
    return parts, " ".join(parts[name] for name in names[:4] if name in parts)


def test_a_case_shows_the_address_of_its_parcel_and_follows_it(town):
    store, writer = town
    parcels, points = (store.read_layer(name, actor=PUBLIC) for name in ("parcels", "addresses"))
    point = points[points["street"].notna() & points["number"].notna()].iloc[5]
    lot = parcels[parcels["id"] == point["parcel_id"]].iloc[0]
    parts, street = address_parts(point)

    def edit_(*changes):
        done = writer.apply_edits(*changes, actor=OPERATOR, at=AT, today=TODAY)
        assert done.full_join_reason is None
        return store.get("inspections", "case", actor=OPERATOR).values["parcel_address"]

    unit = Put("parcels", Record("unit", "", {"kind": "unit"}, lot.geometry.wkb))
    case = Put("inspections", Record("case", "", {"status": "open", "parcel_key": "unit"}))
    assert edit_(unit, case) is None
    named = Record("door", "", {**parts, "parcel_id": "unit", "number": 5001}, point.geometry.wkb)
    assert edit_(Put("addresses", named)) == f"5001 {street}"
    assert edit_(Put("addresses", Record("door", "hand", {"number": 5003}))) == f"5003 {street}"
    assert edit_(Put("addresses", Record("adoor", "", {**named.values, "number": 1}, named.wkb))) == f"1 {street}"
    assert_as_joined(store)
    assert edit_(Put("parcels", Record("unit", "hand", {"address": f"7 {street}"}))) == f"7 {street}"
    assert (
        edit_(Delete("addresses", "adoor"), Put("parcels", Record("unit", "hand", {"address": None})))
        == f"5003 {street}"
    )
    assert edit_(Put("inspections", Record("case", "hand", {"address": f"9 {street}"}))) is None
    assert_as_joined(store)


def test_an_address_point_on_a_new_street_has_all_joined(town):
    store, writer = town
    point = store.read_layer("addresses", actor=PUBLIC).iloc[0]
    told = {"parcel_id": point["parcel_id"], "number": 1, "street": "Brandnew", "suffix": "Pl"}

    done = writer.apply_edits(
        Put("addresses", Record("door", "", told, point.geometry.wkb)),
        Put("addresses", Record("lost", "", {"number": 1, "street": "Brandnew"}, point.geometry.wkb)),
        actor=OPERATOR, at=AT, today=TODAY,
    )  # fmt: skip

    assert done.full_join_reason == "an address point names no parcel"
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY, settings=NEAR)
    done = writer.apply_edits(
        Delete("addresses", "lost"), Delete("addresses", "door"), actor=OPERATOR, at=AT, today=TODAY
    )
    assert done.full_join_reason is not None
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY, settings=NEAR)
    done = writer.apply_edits(
        Put("addresses", Record("door", "", told, point.geometry.wkb)), actor=OPERATOR, at=AT, today=TODAY
    )
    assert "no other address nearby mentions" in done.full_join_reason


def test_a_case_at_an_address_moves_with_the_address_point(town):
    store, writer = town
    points = store.read_layer("addresses", actor=PUBLIC)
    point = points[points["street"].notna() & points["number"].notna()].iloc[3]
    other = points[points["parcel_id"] != point["parcel_id"]].iloc[0]["parcel_id"]
    parts, street = address_parts(point)

    def edit_(*changes):
        done = writer.apply_edits(*changes, actor=OPERATOR, at=AT, today=TODAY)
        assert done.full_join_reason is None
        return store.get("inspections", "case", actor=OPERATOR).values["parcel_id"]

    assert edit_(Put("inspections", Record("case", "", {"status": "open", "address": f"6001 {street}"}))) is None
    told = {**parts, "parcel_id": point["parcel_id"], "number": 6001}
    assert edit_(Put("addresses", Record("door", "", told, point.geometry.wkb))) == point["parcel_id"]
    assert edit_(Put("addresses", Record("door", "hand", {"parcel_id": other}))) == other
    assert edit_(Delete("addresses", "door")) is None
    assert_as_joined(store)
