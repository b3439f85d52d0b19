"""The index that is kept beside the workspace answers as the one it was made from, and is taken only as what it was made of."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.find.kinds import KINDS
from benchmarks.find.lists import make_address_list
from benchmarks.find.queries import make_queries
from geo.arrow_cache import write_table
from geo.geocode import find
from geo.geocode.gazetteer.from_store import build_index, load_or_build_index
from geo.geocode.gazetteer.index_cache import EXTRAS_KEY
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.geopackage.snapshot import Snapshot
from geo.store.records import OPERATOR, PUBLIC, Record
from geo.workspace import join_workspace

AT = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def town(loaded_sample, tmp_path):
    return Path(shutil.copy(loaded_sample, tmp_path / "town.gpkg"))


@pytest.fixture
def store(town):
    opened = open_store(town)
    yield opened
    opened.close()


@pytest.fixture
def read(monkeypatch):
    """The layers of addresses that are read out of the store, in order."""
    names = []
    real = Snapshot.read_layer

    def frame(self, layer, *, actor):
        names.append(layer)
        return real(self, layer, actor=actor)

    monkeypatch.setattr(Snapshot, "read_layer", frame)
    return names


def opened(store):
    with store.snapshot() as reader:
        return load_or_build_index(reader, store.cache_dir)


def queries(store):
    """Ask what people type, of the town's own addresses and crossings."""
    addresses = store.read_layer("addresses", actor=PUBLIC)
    asked = [one.text for one in make_queries(KINDS, make_address_list(addresses), per_kind=3, seed=3, tries=30)]
    streets = store.read_layer("streets", actor=PUBLIC)["name"].dropna().unique()[:4]
    parcels = store.read_layer("parcels", actor=PUBLIC)["id"][:3]
    marks = store.read_layer("landmarks", actor=PUBLIC)["name"][:3]
    others = store.read_layer("aliases", actor=PUBLIC)["alias"][:3]
    crossings = [f"{a} & {b}" for a in streets for b in streets if a != b]
    return [*asked, *crossings, *parcels, *marks, *others, *(f"100 {name}" for name in others)]


def test_a_kept_index_answers_as_the_one_that_was_built(store, read):
    with store.snapshot() as reader:
        built = build_index(reader)
    fresh = opened(store)
    read.clear()
    kept = opened(store)
    assert read == ["municipalities"]  # for the limits of the towns

    asked = queries(store)

    assert len(asked) > 100
    statuses = {find(built, text).status for text in asked}
    assert statuses >= {"exact", "corrected", "intersection", "block", "prefix"}
    for text in asked:
        assert find(kept, text) == find(built, text) == find(fresh, text)


def test_an_edit_of_an_address_and_a_join_are_another_state(store, read):
    opened(store)
    hall = Record("hall-9", "", {"name": "New Hall"})
    for change in (
        lambda: store.put("landmarks", hall, actor=OPERATOR, at=AT),
        lambda: join_workspace(store, actor=OPERATOR, at=AT, today=AT.date()),
    ):
        change()
        read.clear()
        assert opened(store).parcel_index.ids.to_array().tolist()
        assert "parcels" in read
        read.clear()
        opened(store)
        assert read == ["municipalities"]


def test_an_edit_of_a_tree_is_none(store, read):
    opened(store)
    tree = store.read_layer("trees", actor=OPERATOR)["id"][0]
    store.put("trees", Record(tree, "", {"condition": "dead"}), actor=OPERATOR, at=AT)
    read.clear()

    opened(store)

    assert read == ["municipalities"]


def _spoilt(change):
    """Change the columns or the small part of a file, and keep what it says it was made of."""

    def spoil(path):
        with pa.ipc.open_file(path) as file:
            table = file.read_all()
        columns = {name: table[name].chunk(0).flatten().to_numpy().copy() for name in table.column_names}
        small = json.loads(table.schema.metadata[EXTRAS_KEY])
        change(columns, small)
        arrays = {
            name: pa.LargeListArray.from_arrays([0, len(values)], pa.array(values)) for name, values in columns.items()
        }
        told = {**table.schema.metadata, EXTRAS_KEY: json.dumps(small).encode()}
        write_table(path, pa.table(arrays).replace_schema_metadata(told))

    return spoil


def _set(name, value):
    def change(columns, _):
        columns[name][0] = value

    return _spoilt(change)


def _without(name):
    return _spoilt(lambda columns, _: columns.pop(name))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-300]),
        _set("parcel", 10**6),
        _set("parcel", -2),
        _set("ranges", 10**6),
        _set("key", 10**15),
        _set("town", 999),
        _set("parcel_index.ids.offsets", 10**9),
        _set("parcel_index.row_start", 10**6),
        _set("parcel_index.number_parcels", 10**6),
        _without("zip"),
        _without("nodes"),
        _spoilt(lambda columns, _: columns.update(high=columns["high"][:-1])),
        _spoilt(lambda columns, _: columns.update(key=np.zeros(len(columns["key"])))),
        _spoilt(lambda _, small: small.pop("street_labels")),
        _spoilt(lambda _, small: small.update(widths={"parcel_index.number_keys": 0})),
    ],
)
def test_a_file_that_is_not_whole_is_made_anew(store, read, spoil):
    opened(store)
    spoil(store.cache_dir / "address-index.arrow")
    read.clear()

    told = opened(store)

    assert "parcels" in read
    assert find(told, "100 Main St") == find(opened(store), "100 Main St")


def test_where_nothing_can_be_written_the_index_is_built_each_time(store, tmp_path):
    (tmp_path / "file").write_text("no folder")

    with store.snapshot() as reader:
        assert len(load_or_build_index(reader, tmp_path / "file")) == len(build_index(reader))


def test_of_several_processes_one_builds(town):
    script = (
        "import sys; from pathlib import Path; import geo.geocode.gazetteer.from_store as stored; "
        "from geo.store import open_store; built = []; real = stored.build_index; "
        "stored.build_index = lambda reader: built.append(1) or real(reader); "
        "store = open_store(Path(sys.argv[1])); reader = store.snapshot().__enter__(); "
        "stored.load_or_build_index(reader, store.cache_dir); print(len(built))"
    )
    asks = [subprocess.Popen([sys.executable, "-c", script, str(town)], stdout=subprocess.PIPE) for _ in range(3)]

    assert sum(int(ask.communicate(timeout=120)[0]) for ask in asks) == 1


def test_the_index_and_the_join_keep_their_files_apart(store):
    opened(store)

    names = {path.stem for path in store.cache_dir.glob("*.arrow")}

    assert "address-index" in names
    assert not names & set(LAYERS)
