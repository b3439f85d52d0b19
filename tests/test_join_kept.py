"""What the join keeps beside the workspace is taken only as what it was made of."""

import shutil
from contextlib import closing
from dataclasses import astuple
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyproj import CRS

from geo.join.layer_cache import LayerCache
from geo.projected_layer import project_layer
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.geopackage.snapshot import Snapshot
from geo.store.records import OPERATOR, PUBLIC, Record
from geo.workspace import join_workspace as join_again

AT = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def asked(monkeypatch):
    """The layers that are read out of the store, in order."""
    names = []
    read = Snapshot.read_layer

    def frame(self, layer, *, actor):
        names.append(layer)
        return read(self, layer, actor=actor)

    monkeypatch.setattr(Snapshot, "read_layer", frame)
    return names


def rejoin(store):
    join_again(store, actor=OPERATOR, at=AT, today=AT.date())
    return {name: store.read_joined_values(name) for name in LAYERS}


def same(one, other):
    for name in LAYERS:
        pd.testing.assert_frame_equal(one[name], other[name])


def loaded(store):
    return [name for name, told in store.status()["layers"].items() if told["rows"]]


def test_a_second_join_reads_no_layer_and_says_the_same(store, asked):
    shutil.rmtree(store.cache_dir, ignore_errors=True)
    first = rejoin(store)
    assert asked == loaded(store)
    asked.clear()
    same(first, rejoin(store))
    assert asked == []


def test_a_layer_is_as_it_was_measured(store):
    work = CRS.from_user_input(store.settings()["crs"])
    rejoin(store)
    for name in loaded(store):
        fresh = project_layer(store.read_layer(name, actor=PUBLIC), LAYERS[name], work)
        kept = LayerCache(store.cache_dir, work).load_layer(LAYERS[name], store.layer_etag(name), pytest.fail)
        pd.testing.assert_frame_equal(kept.attributes, fresh.attributes[list(kept.attributes)])
        assert kept.lonlat_column.wkb.equals(fresh.lonlat_column.wkb)
        assert kept.metric_column.wkb.equals(fresh.metric_column.wkb)
        assert [*kept.metric_geometries] == [*fresh.metric_geometries]
        if name in ("municipalities", "districts", "parcels", "canopy"):
            assert kept.prepared_areas is not None
            for part, other in zip(astuple(kept.areas), astuple(fresh.areas), strict=True):
                np.testing.assert_array_equal(part, other)


def test_a_layer_can_be_read_again_after_its_memory_was_given_back(store):
    rejoin(store)
    shelf = LayerCache(store.cache_dir, CRS.from_user_input(store.settings()["crs"]))
    kept = shelf.load_layer(LAYERS["parcels"], store.layer_etag("parcels"), pytest.fail)
    before = (kept.attributes.copy(deep=True), kept.metric_column.wkb.to_pylist(), kept.areas.xy.copy())

    shelf.release_pages()

    assert len(shelf.memory_maps) == 1
    pd.testing.assert_frame_equal(kept.attributes, before[0])
    assert kept.metric_column.wkb.to_pylist() == before[1]
    np.testing.assert_array_equal(kept.areas.xy, before[2])


def test_only_the_layer_that_was_edited_is_read_again(store, asked):
    rejoin(store)
    asked.clear()
    tree = store.read_layer("trees", actor=OPERATOR)["id"][0]
    asked.clear()
    store.put("trees", Record(tree, "", {"condition": "dead"}), actor=OPERATOR, at=AT)
    rejoin(store)
    assert asked == ["trees"]
    assert store.get("trees", tree, actor=PUBLIC).values["need"] == "remove"


def test_a_copy_that_went_its_own_way_is_not_taken_for_the_first(store, small_town, asked):
    tree = store.read_layer("trees", actor=OPERATOR)["id"][0]
    store.backup(small_town.with_name("copy.gpkg"))
    store.put("trees", Record(tree, "", {"condition": "dead"}), actor=OPERATOR, at=AT)
    rejoin(store)
    with closing(open_store(small_town.with_name("copy.gpkg"))) as copy:
        copy.put("trees", Record(tree, "", {"condition": "good"}), actor=OPERATOR, at=AT)
        shutil.copytree(store.cache_dir, copy.cache_dir)
        assert copy.version < store.version
        asked.clear()
        rejoin(copy)
    assert asked == ["trees"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-4000]),
        lambda path: path.write_bytes(b"ARROW1\0\0" + bytes(5000)),
        lambda path: path.unlink(),
    ],
)
def test_a_file_that_is_not_whole_is_made_again(store, asked, spoil):
    first = rejoin(store)
    spoil(store.cache_dir / "parcels.arrow")
    asked.clear()
    same(first, rejoin(store))
    assert asked == ["parcels"]
    asked.clear()
    rejoin(store)
    assert asked == []


def led_out(rows):
    """Have the offsets of a column lead far out of it."""
    there, offsets, *data = rows.buffers()
    led = bytearray(offsets)
    led[8:16] = (1 << 40).to_bytes(8, "little")
    children = [rows.flatten()] if pa.types.is_large_list(rows.type) else []
    buffers = [there, pa.py_buffer(led), *([] if children else data)]
    return pa.Array.from_buffers(rows.type, len(rows), buffers, children=children)


def set_far(bounds):
    """Put a box beyond all places."""
    values = bounds.flatten().to_numpy().copy()
    values[2] = np.inf
    return pa.FixedSizeListArray.from_arrays(pa.array(values), 4)


@pytest.mark.parametrize(("column", "spoilt"), [("metres", led_out), ("rings", led_out), ("bounds", set_far)])
def test_columns_that_lead_out_of_the_file_are_not_followed(store, asked, column, spoilt):
    first = rejoin(store)
    path = store.cache_dir / "parcels.arrow"
    table = pa.ipc.open_file(path).read_all()
    wild = spoilt(table[column].chunk(0))
    table = table.set_column(table.column_names.index(column), column, wild)
    with pa.ipc.new_file(path.with_suffix(".new"), table.schema) as writer:
        writer.write_table(table)
    path.with_suffix(".new").replace(path)
    asked.clear()
    same(first, rejoin(store))
    assert asked == ["parcels"]


def test_another_crs_and_another_layer_are_not_taken(store):
    rejoin(store)
    work = CRS.from_user_input(store.settings()["crs"])
    for shelf, stamp in [
        (LayerCache(store.cache_dir, CRS.from_epsg(26915)), store.layer_etag("parcels")),
        (LayerCache(store.cache_dir, work), store.layer_etag("trees")),
    ]:
        read = []
        shelf.load_layer(
            LAYERS["parcels"], stamp, lambda read=read: read.append(1) or store.read_layer("parcels", actor=PUBLIC)
        )
        assert read


def test_where_nothing_can_be_kept_the_join_goes_on(store):
    first = rejoin(store)
    shutil.rmtree(store.cache_dir)
    store.cache_dir.write_text("in the way")
    same(first, rejoin(store))


def test_no_private_field_is_kept(store):
    rejoin(store)
    for name in loaded(store):
        held = set(pa.ipc.open_file(store.cache_dir / f"{name}.arrow").schema.names)
        private = {field.name for field in LAYERS[name].fields if field.private}
        assert not held & (private | {"raw"})
