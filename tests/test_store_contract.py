"""What every store must do. The tests speak the protocol only; `store` says which engine."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from geo.crs import WGS84, Bbox
from geo.errors import BadInput, BadQuery, NoSuchLayer, NoSuchRecord, NoSuchSource
from geo.raster import Raster
from geo.schema import LAYERS, admit, cast_columns
from geo.store import open_store
from geo.store.note import EditResult, Note
from geo.store.records import OPERATOR, PUBLIC, Load, Query, Record

MONDAY = datetime(2018, 1, 1, 9, tzinfo=UTC)
TUESDAY = datetime(2018, 1, 2, 9, tzinfo=UTC)


@pytest.fixture(params=["geopackage"])
def store(request, tmp_path):
    assert request.param == "geopackage"
    opened = open_store(tmp_path / "town.gpkg", create=True)
    yield opened
    opened.close()


def frame(layer, rows):
    """Make a layer's frame: rows by id, each with `at` (a WKT) and whatever fields it has."""
    shape = gpd.GeoSeries([shapely.from_wkt(row["at"]) if "at" in row else None for row in rows.values()], crs=WGS84)
    columns = {name: [row.get(name) for row in rows.values()] for name in fields(layer)}
    raw = [json.dumps({"OBJECT": id_}) for id_ in rows]
    table = {"id": list(rows), "source": "", "raw": raw} | columns
    return cast_columns(gpd.GeoDataFrame(table, geometry=shape, crs=WGS84), LAYERS[layer])


def fields(layer):
    return [field.name for field in LAYERS[layer].fields]


def lot(west, **values):
    """A lot a thousandth of a degree wide, on the street at 38.7° N."""
    box = shapely.box(west, 38.7, west + 0.001, 38.701).wkt
    return {"at": box, "kind": "lot"} | values


def load(store, layer, rows, *, source="county", at=MONDAY, **provenance):
    (done,) = store.load(Load(layer, source, frame(layer, rows), provenance), actor=OPERATOR, at=at)
    return done


def counts(done):
    return {"added": done.added, "changed": done.changed, "same": done.unchanged, "ended": done.deleted}


def ids(found):
    return [record.id for record in found]


def all_ids(store, layer="parcels", query=None):
    return ids(store.query(layer, query or Query(), actor=OPERATOR))


OAKS = {
    "T1": {"at": "POINT (-90.3 38.7)", "species": "Quercus alba", "dbh_in": 12.5, "condition": "good"},
    "T2": {"at": "POINT (-90.2 38.7)", "species": "Acer rubrum", "native": True, "condition": "fair"},
}  # fmt: skip


# Loading


def test_a_loaded_layer_comes_back_as_it_was(store):
    rows = {"0012": lot(-90.3, address="1 Elm", year_built=1950, frontage_ft=50.5), "13": lot(-90.2)}

    done = load(store, "parcels", rows)

    back = store.read_layer("parcels", actor=OPERATOR)
    assert counts(done) == {"added": 2, "changed": 0, "same": 0, "ended": 0}
    given = frame("parcels", rows).assign(source="county").astype({"source": "str"})
    pd.testing.assert_frame_equal(admit(back, LAYERS["parcels"]), given)
    assert back.crs == WGS84


def test_every_layer_can_be_loaded_and_read(store):
    at = {"Point": "POINT (-90.3 38.7)", "Polygon": lot(-90.3)["at"]} | {
        "LineString": "LINESTRING (-90.3 38.7, -90.2 38.7)"
    }
    for name, layer in LAYERS.items():
        required = {f.name: f.codes[0] if f.codes else "Elm" for f in layer.fields if f.required}
        row = required | ({"at": at[layer.geometry_types[0]]} if layer.geometry_types else {})
        load(store, name, {"1": row})

        assert len(admit(store.read_layer(name, actor=OPERATOR), layer)) == 1
        assert store.get(name, "1", actor=PUBLIC).values.items() >= required.items()
    assert {name: told["rows"] for name, told in store.status()["layers"].items()} == dict.fromkeys(LAYERS, 1)


def test_the_same_file_twice_changes_nothing(store):
    rows = {"12": lot(-90.3), "13": lot(-90.2, address=None)}
    load(store, "parcels", rows, files=[{"name": "lots.csv", "checksum": "ab"}])
    before = (store.version, store.status())

    again = load(store, "parcels", rows, at=TUESDAY, files=[{"name": "lots.csv", "checksum": "ab"}])

    assert counts(again) == {"added": 0, "changed": 0, "same": 2, "ended": 0}
    assert (store.version, store.status()) == before


def test_a_reload_changes_what_changed_and_ends_what_vanished(store):
    load(store, "parcels", {"1": lot(-90.3), "2": lot(-90.2), "3": lot(-90.1)})

    again = load(
        store, "parcels", {"2": lot(-90.2, address="2 Elm"), "3": lot(-90.1), "4": lot(-90)}, at=TUESDAY
    )  # fmt: skip

    assert counts(again) == {"added": 1, "changed": 1, "same": 1, "ended": 1}
    assert all_ids(store) == ["2", "3", "4"]
    assert store.get("parcels", "2", actor=PUBLIC).values["address"] == "2 Elm"
    with pytest.raises(NoSuchRecord, match="no longer in its file on 2018-01-02"):
        store.get("parcels", "1", actor=PUBLIC)


def test_a_load_replaces_only_its_own_source(store):
    load(store, "trees", OAKS, source="normandy")
    load(store, "trees", {"T9": OAKS["T1"]}, source="pagedale")

    load(store, "trees", {"T1": OAKS["T1"]}, source="normandy", at=TUESDAY)

    assert all_ids(store, "trees") == ["T1", "T9"]


def test_an_id_that_two_towns_use_names_its_town_and_stays(store):
    load(store, "trees", OAKS, source="normandy")
    load(store, "trees", {**OAKS, "T3": OAKS["T1"]}, source="St. John")
    load(store, "trees", {}, source="normandy", at=TUESDAY)

    again = load(store, "trees", {**OAKS, "T3": OAKS["T2"]}, source="St. John", at=TUESDAY)

    assert counts(again) == {"added": 0, "changed": 1, "same": 2, "ended": 0}
    assert all_ids(store, "trees") == ["T1~st-john", "T2~st-john", "T3"]


def test_even_an_id_that_looks_like_anothers_is_unique(store):
    load(store, "trees", {"1": OAKS["T1"]}, source="a")

    load(store, "trees", {"1": OAKS["T1"], "1~b": OAKS["T2"], "1~b-2": OAKS["T2"]}, source="b")

    assert sorted(all_ids(store, "trees")) == ["1", "1~b", "1~b-2", "1~b-3"]


def test_a_row_that_comes_back_has_its_own_id_again(store):
    load(store, "trees", OAKS, source="a")
    load(store, "trees", OAKS, source="b")
    load(store, "trees", {"T1": OAKS["T1"]}, source="b")
    load(store, "trees", {}, source="a")

    load(store, "trees", OAKS, source="b", at=TUESDAY)

    assert all_ids(store, "trees") == ["T1~b", "T2~b"]


def test_a_layers_stamp_changes_with_its_rows_and_with_nothing_else(store):
    load(store, "trees", OAKS, source="a")
    first, parcels = store.layer_etag("trees"), store.layer_etag("parcels")

    load(store, "trees", OAKS, source="a", at=TUESDAY)
    load(store, "parcels", {"1": lot(-90.31)})
    assert store.layer_etag("trees") == first
    assert store.layer_etag("parcels") != parcels

    store.put("trees", Record("T1", "", {"condition": "dead"}), actor=OPERATOR, at=TUESDAY)
    edited = store.layer_etag("trees")
    store.delete("trees", "T1", actor=OPERATOR, at=TUESDAY)
    ended = store.layer_etag("trees")
    store.unload("trees", "a", actor=OPERATOR, at=TUESDAY)
    assert len({first, edited, ended, store.layer_etag("trees")}) == 4


def test_loads_of_one_call_stand_or_fall_together(store):
    good = Load("trees", "a", frame("trees", OAKS), {})
    bad = Load("sites", "lotleaf", frame("sites", {"S1": {"status": "vacant"}}), {})

    with pytest.raises(BadInput, match="--source"):
        store.load(good, bad, actor=OPERATOR, at=MONDAY)

    assert store.version == 0
    assert store.count("trees", Query(), actor=PUBLIC) == 0


def test_an_unloaded_source_is_gone_and_the_others_stay(store):
    load(store, "trees", OAKS, source="a")
    load(store, "trees", OAKS, source="b")

    rows = store.unload("trees", "a", actor=OPERATOR, at=TUESDAY)

    assert rows == 2
    assert all_ids(store, "trees") == ["T1~b", "T2~b"]
    assert [source["name"] for source in store.status()["layers"]["trees"]["sources"]] == ["b"]
    with pytest.raises(NoSuchSource, match="the sources are: b"):
        store.unload("trees", "a", actor=OPERATOR, at=TUESDAY)


def test_a_raster_is_kept_cell_by_cell_and_replaced_by_its_source(store):
    cells = np.array([[0, 1, 255], [1, 1, 0]], dtype="uint8")
    raster = Raster(cells, CRS.from_epsg(26996), 265000.0, 320000.0, 1.0, 1.0, "", "lidar", 2020)
    none = frame("canopy", {})
    store.load(Load("canopy", "county", none, {}, raster=raster), actor=OPERATOR, at=MONDAY)
    version = store.version

    store.load(Load("canopy", "county", none, {}, raster=raster), actor=OPERATOR, at=TUESDAY)

    (kept,) = store.read_rasters()
    assert store.version == version
    assert (kept.cells == cells).all()
    assert (kept.crs, kept.west, kept.north) == (raster.crs, 265000.0, 320000.0)
    assert (kept.cell_x, kept.source, kept.method, kept.year) == (1.0, "county", "lidar", 2020)
    assert store.status()["layers"]["canopy"]["sources"][0]["raster"]["width"] == 3
    assert store.settings()["crs"] == "EPSG:26996"
    store.unload("canopy", "county", actor=OPERATOR, at=TUESDAY)
    assert store.read_rasters() == []


# Edits by hand


def test_an_edit_survives_a_reload(store):
    load(store, "trees", OAKS)
    store.put("trees", Record("T1", "", {"condition": "dead"}), actor=OPERATOR, at=MONDAY)

    again = load(store, "trees", OAKS, at=TUESDAY)

    assert counts(again) == {"added": 0, "changed": 0, "same": 2, "ended": 0}
    assert again.conflicts == ()
    assert store.get("trees", "T1", actor=PUBLIC).values["condition"] == "dead"


def test_a_file_that_changes_what_somebody_edited_is_a_conflict_until_somebody_decides(store):
    load(store, "trees", OAKS)
    store.put("trees", Record("T1", "", {"condition": "dead"}), actor=OPERATOR, at=MONDAY)
    fair = {**OAKS, "T1": OAKS["T1"] | {"condition": "fair"}}

    again = load(store, "trees", fair, at=TUESDAY)

    conflict = {
        "layer": "trees", "id": "T1", "field": "condition",
        "file_base": "good", "file_current": "fair", "edit": "dead",
    }  # fmt: skip
    assert again.conflicts == (conflict,)
    assert store.status()["conflicts"] == [conflict]
    assert store.get("trees", "T1", actor=PUBLIC).values["condition"] == "dead"
    store.put("trees", Record("T1", "", {"condition": "poor"}), actor=OPERATOR, at=TUESDAY)
    assert store.status()["conflicts"] == []
    assert load(store, "trees", fair, at=TUESDAY).conflicts == ()


def test_an_edit_that_says_what_the_file_says_follows_the_file_again(store):
    load(store, "trees", OAKS)
    for condition in ("dead", "good"):
        store.put("trees", Record("T1", "", {"condition": condition}), actor=OPERATOR, at=MONDAY)

    load(store, "trees", {**OAKS, "T1": OAKS["T1"] | {"condition": "fair"}}, at=TUESDAY)

    assert store.get("trees", "T1", actor=PUBLIC).values["condition"] == "fair"


def test_an_edit_is_there_again_when_its_row_comes_back(store):
    load(store, "trees", OAKS)
    store.put("trees", Record("T1", "", {"dbh_in": 20}), actor=OPERATOR, at=MONDAY)
    load(store, "trees", {"T2": OAKS["T2"]})
    store.unload("trees", "county", actor=OPERATOR, at=MONDAY)

    load(store, "trees", OAKS, at=TUESDAY)

    assert store.get("trees", "T1", actor=PUBLIC).values["dbh_in"] == 20.0
    assert store.check_integrity() == []


def test_a_deleted_record_stays_deleted_over_reloads(store):
    load(store, "trees", OAKS)

    store.delete("trees", "T1", actor=OPERATOR, at=MONDAY)

    again = load(store, "trees", OAKS, at=TUESDAY)
    assert counts(again) == {"added": 0, "changed": 0, "same": 1, "ended": 0}
    assert all_ids(store, "trees") == ["T2"]
    with pytest.raises(NoSuchRecord, match="deleted on 2018-01-01"):
        store.get("trees", "T1", actor=PUBLIC)
    tombstone = store.find_tombstone("trees", "T1", actor=PUBLIC)
    assert (tombstone.deleted_on, tombstone.reason, tombstone.source) == ("2018-01-01", "deleted", "county")
    assert tombstone.values["species"] == OAKS["T1"]["species"]
    assert shapely.from_wkb(tombstone.wkb) == shapely.Point(-90.3, 38.7)
    assert "notes" not in tombstone.values
    assert "notes" in store.find_tombstone("trees", "T1", actor=OPERATOR).values
    assert store.find_tombstone("trees", "T2", actor=PUBLIC) is None
    with pytest.raises(NoSuchRecord):
        store.delete("trees", "T1", actor=OPERATOR, at=MONDAY)


def test_a_record_added_by_hand_is_no_loads_business(store):
    place = shapely.to_wkb(shapely.Point(-90.25, 38.7))
    added = store.put("trees", Record("", "", {"species": "Cercis canadensis"}, place), actor=OPERATOR, at=MONDAY)

    load(store, "trees", OAKS, at=TUESDAY)

    assert (added.source, added.wkb) == ("lotleaf", place)
    assert all_ids(store, "trees") == ["T1", "T2", added.id]
    moved = shapely.to_wkb(shapely.Point(-90.24, 38.7))
    store.put("trees", Record(added.id, "", {"notes": "x"}, moved), actor=OPERATOR, at=TUESDAY)
    near = Query(bbox=Bbox(-90.245, 38.69, -90.235, 38.71))
    assert all_ids(store, "trees", near) == [added.id]


def test_what_is_put_is_held_to_the_layers_promises_and_every_fault_is_told(store):
    load(store, "trees", OAKS)
    wrong = {
        "condition": "splendid", "dbh_in": "thick", "species": "Tilia", "height": 3, "town": "Normandy"
    }  # fmt: skip

    with pytest.raises(BadInput) as refused:
        store.put("trees", Record("T1", "", wrong), actor=OPERATOR, at=MONDAY)

    said = str(refused.value)
    assert "condition is 'splendid', but it must be one of excellent" in said
    assert "dbh_in is 'thick', but it must be a number, at least 0.1 and at most 120 in" in said
    assert "species comes from a file and cannot be edited" in said
    assert "there is no field 'height'" in said
    assert "town is computed by the join" in said
    assert store.get("trees", "T1", actor=PUBLIC).values["condition"] == "good"


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (Record("S1", "", {}, shapely.to_wkb(shapely.Point(0, 0))), "status is required"),
        (Record("S1", "", {"status": "vacant"}, b"nonsense"), "the geometry cannot be read"),
        (Record("S1", "", {"status": "vacant"}, shapely.to_wkb(shapely.box(0, 0, 1, 1))), "Polygon"),
        (Record("S1", "", {"status": "vacant"}, shapely.to_wkb(shapely.Point(500, 0))), "degrees"),
        (Record("S1", "", {"status": "vacant", "surveyed_on": "1/2/18"}), "a date like 2018-01-31"),
        (Record("S1", "", {"status": "vacant", "strip_width_ft": 900}), "at least 0 and at most 200 ft"),
        (Record("S1", "", {"status": "vacant", "strip_width_ft": "1_0"}), "must be a number"),
        (Record("S1", "", {"status": "vacant", "strip_width_ft": 10**400}), "must be a number"),
        (Record("S1", "", {"status": "vacant", "notes": "x" * 2001}), "at most 2,000 printable characters"),
        (Record("S1", "", {"status": "vacant", "notes": "a\x1b[31m"}), "printable characters"),
        (Record("S1", "", {"status": "vacant", "strip_width_ft": True}), "must be a number"),
        (Record("S1", "", {"status": 7}), "it must be text"),
        (Record("S1", "normandy", {"status": "vacant"}), "a source of files"),
    ],
)  # fmt: skip
def test_a_record_that_breaks_a_promise_is_not_added(store, record, fault):
    with pytest.raises(BadInput, match=fault):
        store.put("sites", record, actor=OPERATOR, at=MONDAY)

    assert store.count("sites", Query(), actor=OPERATOR) == 0


def test_a_parcel_set_by_hand_is_one_that_there_is(store):
    load(store, "parcels", {"10E110003": lot(-90.3, old_id="07-1"), "10E110004": lot(-90.2)})
    load(store, "trees", OAKS)

    with pytest.raises(BadInput) as refused:
        store.put("trees", Record("T1", "", {"override_parcel_id": "10E11003"}), actor=OPERATOR, at=MONDAY)  # fmt: skip

    said = str(refused.value)
    assert "there is no such parcel (the nearest ids: 10E110003, 10E110004)" in said
    assert "lotleaf find" in said
    assert store.get("trees", "T1", actor=PUBLIC).values["override_parcel_id"] is None


@pytest.mark.parametrize("word", ["10E110003", " 10e110003", "07-1", "None", "10E110004"])
def test_a_parcel_set_by_hand_is_called_as_the_join_finds_it(store, word):
    lots = {"10E110003": lot(-90.3, old_id="07-1")}
    load(store, "parcels", lots)
    load(store, "parcels", {"10E110003": lot(-90.1), "10E110004": lot(-90.2)}, source="normandy")
    load(store, "trees", OAKS)

    put = store.put("trees", Record("T1", "", {"override_parcel_id": word}), actor=OPERATOR, at=MONDAY)

    assert put.values["override_parcel_id"] == word


def test_a_text_that_is_no_utf_8_is_refused(store):
    load(store, "trees", OAKS)

    with pytest.raises(BadInput, match="printable characters"):
        store.put("trees", Record("T1", "", {"maintenance": "\udce9"}), actor=OPERATOR, at=MONDAY)
    with pytest.raises(BadInput, match="is not valid text"):
        store.get("trees", "\udce9", actor=PUBLIC)


def test_only_who_sees_private_fields_writes_them(store):
    site = Record("S1", "", {"status": "vacant", "notes": "dog"})

    with pytest.raises(BadInput, match="notes is private"):
        store.put("sites", site, actor=PUBLIC, at=MONDAY)

    store.put("sites", site, actor=OPERATOR, at=MONDAY)
    assert store.get("sites", "S1", actor=OPERATOR).values["notes"] == "dog"


def test_putting_back_what_was_read_is_no_change(store):
    load(store, "trees", OAKS)
    version = store.version

    store.put("trees", store.get("trees", "T1", actor=OPERATOR), actor=OPERATOR, at=MONDAY)

    assert store.version == version


# Asking


@pytest.fixture
def street(store):
    """Nine lots in a row from west to east; lots 1 to 4 lie in Normandy, 5 to 8 in St. John."""
    towns = {
        name: {"at": shapely.box(west, 38.6, west + 0.04, 38.8).wkt, "name": name, "slug": slug}
        for name, west, slug in (("Normandy", -90.4, "normandy"), ("St. John", -90.36, "st-john"))
    }
    load(store, "municipalities", towns)
    lots = {str(n): lot(-90.4 + n / 100, kind="park" if n == 3 else "lot") for n in range(1, 10)}
    load(store, "parcels", lots | {"7": lots["7"] | {"owner": "A private person"}})
    table = pd.DataFrame({"id": list(lots)})
    for field in LAYERS["parcels"].joined_fields:
        table[field.name] = pd.array([None] * 9, dtype=field.dtype)
    table["town"] = pd.array(["Normandy"] * 4 + ["St. John"] * 4 + [None], dtype="str")
    table["trees"] = pd.array([0, 1, None, 2, 0, 0, 0, 0, 0], dtype="Int64")
    store.write_joined_tables({"parcels": table}, actor=OPERATOR, at=MONDAY, join_info={"as_of": "2018-01-01"})
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), "123456789"),
        (Query(limit=2), "12"),
        (Query(limit=0), ""),
        (Query(after_id="7"), "89"),
        (Query(after_id="2", limit=3), "345"),
        (Query(town="Normandy"), "1234"),
        (Query(town="st-john"), "5678"),
        (Query(town="St. John", after_id="6", limit=5), "78"),
        (Query(town="Nowhere"), ""),
        (Query(bbox=Bbox(-90.375, 38.65, -90.355, 38.75)), "34"),
        (Query(bbox=Bbox(-90.375, 38.65, -90.335, 38.75), town="st-john"), "56"),
        (Query(bbox=Bbox(-90.37, 38.701, -90.37, 38.701)), "3"),  # a corner alone
        (Query(bbox=Bbox(-90.375, 38.75, -90.355, 38.8)), ""),
        (Query(bbox=Bbox(-91, 38, -90, 39), after_id="4", limit=1), "5"),
        (Query(where={"kind": ("park",)}), "3"),
        (Query(where={"kind": ("park", "lot")}, town="normandy"), "1234"),
        (Query(where={"kind": ("park",), "town": ("St. John",)}), ""),
        (Query(where={"town": ("",)}), "9"),
        (Query(where={"town": ("", "Normandy")}), "12349"),
        (Query(where={"kind": ()}), ""),
    ],
)
def test_a_query_finds_these_lots(street, query, expected):
    assert ids(street.query("parcels", query, actor=PUBLIC)) == list(expected)
    assert street.count("parcels", query, actor=PUBLIC) == len(expected)


def test_a_box_that_holds_many_gives_them_in_the_order_of_their_ids(store):
    many = {f"{n:05d}": lot(-90.4 + (n * 7919 % 6000) / 10_000) for n in range(6_000)}
    load(store, "parcels", many)

    found = all_ids(store, query=Query(bbox=Bbox(-90.35, 38, -89, 39)))

    expected = [id_ for id_, row in many.items() if shapely.from_wkt(row["at"]).bounds[2] >= -90.35]
    assert found == expected


def test_ids_are_ordered_as_text(store):
    load(store, "trees", dict.fromkeys(("9", "10", "a", "B", "010"), OAKS["T1"]))

    assert all_ids(store, "trees") == ["010", "10", "9", "B", "a"]


def test_the_towns_themselves_are_found_by_name_or_slug(street):
    assert all_ids(street, "municipalities", Query(town="st-john")) == ["St. John"]
    assert all_ids(street, "municipalities", Query(town="Normandy")) == ["Normandy"]


@pytest.mark.parametrize(
    ("layer", "query", "fault"),
    [
        ("parcels", Query(where={"owner": ("A private person",)}), "cannot be filtered by 'owner'"),
        ("parcels", Query(where={"raw": ("x",)}), "cannot be filtered by 'raw'"),
        ("parcels", Query(where={"kind OR 1": ("x",)}), "cannot be filtered by"),
        ("parcels", Query(limit=-1), "use 0 or more"),
        ("parcels", Query(bbox=Bbox(1, 0, 0, 1)), "west <= east"),
        ("aliases", Query(bbox=Bbox(0, 0, 1, 1)), "has no geometry"),
    ],
)
def test_a_question_put_wrongly_is_refused_before_anything_is_streamed(store, layer, query, fault):
    with pytest.raises(BadQuery, match=fault):
        store.query(layer, query, actor=PUBLIC)
    with pytest.raises(BadQuery, match=fault):
        store.count(layer, query, actor=PUBLIC)


def test_a_layer_that_nobody_declared_is_not_found(store):
    for ask in (store.get, store.delete):
        with pytest.raises(NoSuchLayer):
            ask("sqlite_schema", "1", actor=OPERATOR, **({"at": MONDAY} if ask == store.delete else {}))
    with pytest.raises(NoSuchLayer):
        store.query("sqlite_schema", Query(), actor=OPERATOR)


def test_the_public_sees_no_private_value_anywhere(street):
    with street.snapshot() as reader:
        records = [reader.get("parcels", "7", actor=PUBLIC)]
        records += reader.query("parcels", Query(), actor=PUBLIC)
        table = reader.read_layer("parcels", actor=PUBLIC)

    hidden = {"raw"} | {field.name for field in LAYERS["parcels"].fields if field.private}
    assert not hidden & {name for record in records for name in record.values}
    assert not hidden & set(table.columns)
    seen = street.get("parcels", "7", actor=OPERATOR)
    assert seen.values["owner"] == "A private person"
    assert seen.values["raw"] == '{"OBJECT": "7"}'


def test_an_inspection_without_a_point_is_found_where_the_join_shows_it(store):
    load(store, "inspections", {
        "C1": {"status": "open", "address": "1 Elm"},
        "C2": {"status": "open", "at": "POINT (-90.3 38.7)"},
        "C3": {"status": "closed"},
    })  # fmt: skip
    table = pd.DataFrame({"id": ["C1", "C2", "C3"]})
    for field in LAYERS["inspections"].joined_fields:
        table[field.name] = pd.array([None] * 3, dtype=field.dtype)
    table["lon"], table["lat"] = [-90.31, -90.3, None], [38.7, 38.7, None]
    table["placed_by"] = ["address", "point", "none"]
    store.write_joined_tables({"inspections": table}, actor=OPERATOR, at=MONDAY, join_info={})

    found = list(store.query("inspections", Query(bbox=Bbox(-90.32, 38, -90.3, 39)), actor=PUBLIC))

    assert ids(found) == ["C1", "C2"]
    assert [shapely.from_wkb(record.wkb).wkt for record in found] == ["POINT (-90.31 38.7)", "POINT (-90.3 38.7)"]
    assert store.get("inspections", "C3", actor=PUBLIC).wkb is None


def test_unknown_is_none_and_zero_is_zero(street):
    trees = [record.values["trees"] for record in street.query("parcels", Query(), actor=PUBLIC)]

    assert trees == [0, 1, None, 2, 0, 0, 0, 0, 0]


def test_flags_come_back_as_flags(store):
    load(store, "trees", OAKS)

    natives = [r.values["native"] for r in store.query("trees", Query(), actor=PUBLIC)]

    assert natives == [None, True]
    assert store.read_layer("trees", actor=PUBLIC)["native"].dtype == "boolean"


# The join's tables


def test_a_joined_table_comes_back_as_it_was(street):
    back = street.read_joined_values("parcels")

    assert list(back["id"]) == list("123456789")
    assert {f.name: back[f.name].dtype.name for f in LAYERS["parcels"].joined_fields} == {
        f.name: pd.array([], dtype=f.dtype).dtype.name for f in LAYERS["parcels"].joined_fields
    }
    assert back["trees"].tolist() == [0, 1, pd.NA, 2, 0, 0, 0, 0, 0]


def test_a_layer_not_yet_joined_has_an_empty_joined_table(store):
    assert list(store.read_joined_values("trees").columns) == ["id", *(f.name for f in LAYERS["trees"].joined_fields)]
    assert len(store.read_joined_values("trees")) == 0
    assert list(store.read_joined_values("aliases").columns) == ["id"]


def test_a_join_is_stale_once_a_layer_has_changed(street):
    assert street.status()["joined"].items() >= {"as_of": "2018-01-01", "stale": False}.items()

    street.put("parcels", Record("N", "", {}, shapely.to_wkb(shapely.box(0, 0, 1, 1))), actor=OPERATOR, at=TUESDAY)  # fmt: skip

    assert street.status()["joined"]["stale"] is True


def test_a_join_made_from_an_older_version_is_stale_and_drops_what_is_gone(street):
    read = street.version
    table = street.read_joined_values("parcels")
    street.delete("parcels", "1", actor=OPERATOR, at=MONDAY)

    street.write_joined_tables({"parcels": table}, actor=OPERATOR, at=TUESDAY, join_info={"version": read})

    assert street.status()["joined"]["stale"] is True
    assert list(street.read_joined_values("parcels")["id"]) == list("23456789")
    assert street.check_integrity() == []


def test_a_joined_table_that_lacks_a_field_is_refused(street):
    with pytest.raises(BadInput, match=r"lacks the columns \['town'\]"):
        street.write_joined_tables(
            {"parcels": street.read_joined_values("parcels").drop(columns="town")},
            actor=OPERATOR,
            at=MONDAY,
            join_info={},
        )


def test_a_join_of_which_one_table_is_refused_leaves_all_as_they_were(street):
    load(street, "sites", {"1": {"at": "POINT (-90.4 38.7)"}})
    table = street.read_joined_values("parcels")

    with pytest.raises(BadInput, match="lacks"):
        street.write_joined_tables(
            {"parcels": table.assign(town="Bel-Nor"), "sites": pd.DataFrame({"id": ["1"]})},
            actor=OPERATOR,
            at=MONDAY,
            join_info={},
        )

    assert street.read_joined_values("parcels").equals(table)


def test_a_layer_to_which_the_join_adds_nothing_may_come_along(street):
    load(street, "districts", {"1": {"kind": "court", "name": "North hub"}})

    street.write_joined_tables({"districts": pd.DataFrame({"id": ["1"]})}, actor=OPERATOR, at=MONDAY, join_info={})

    assert list(street.read_joined_values("districts").columns) == ["id"]
    with pytest.raises(BadInput, match=r"the joined table has unknown columns \['town'\]"):
        street.write_joined_tables(
            {"districts": pd.DataFrame({"id": ["1"], "town": ["x"]})}, actor=OPERATOR, at=MONDAY, join_info={}
        )


def test_what_ends_takes_its_joined_row_along(street):
    load(street, "parcels", {"1": lot(-90.39)}, at=TUESDAY)

    assert list(street.read_joined_values("parcels")["id"]) == ["1"]
    assert street.check_integrity() == []


# One moment, and what was done


def test_a_snapshot_sees_nothing_of_what_comes_after(store):
    load(store, "trees", OAKS)
    with store.snapshot() as reader:
        found = reader.query("trees", Query(), actor=PUBLIC)
        first = next(found)
        store.put("trees", Record("T2", "", {"condition": "dead"}), actor=OPERATOR, at=TUESDAY)
        store.unload("trees", "county", actor=OPERATOR, at=TUESDAY)

        assert [first.id, *ids(found)] == ["T1", "T2"]
        assert reader.get("trees", "T2", actor=PUBLIC).values["condition"] == "fair"
        assert len(reader.read_layer("trees", actor=PUBLIC)) == 2
        assert reader.version == 1
    assert store.version == 3


def test_an_answer_half_read_does_not_hold_the_store_in_the_past(store):
    load(store, "trees", OAKS)
    found = store.query("trees", Query(), actor=PUBLIC)
    next(found)

    store.unload("trees", "county", actor=OPERATOR, at=TUESDAY)

    assert store.count("trees", Query(), actor=PUBLIC) == 0
    assert ids(found) == ["T2"]  # the answer itself stays as of its question


def test_every_write_leaves_one_line_with_before_and_after(store):
    load(store, "trees", OAKS, checksum="c0ffee")
    store.put("trees", Record("T1", "", {"condition": "dead"}), actor=OPERATOR, at=MONDAY)
    store.delete("trees", "T1", actor=OPERATOR, at=TUESDAY)
    store.unload("trees", "county", actor=OPERATOR, at=TUESDAY)

    loaded, put, deleted, unloaded = store.changes_since(0, actor=OPERATOR)

    assert [c.action for c in (loaded, put, deleted, unloaded)] == ["load", "put", "delete", "unload"]  # fmt: skip
    assert loaded.detail.items() >= {"added": 2, "checksum": "c0ffee", "source": "county"}.items()
    assert (put.layer, put.id, put.actor, put.at) == ("trees", "T1", "operator", MONDAY.isoformat())
    assert (put.detail["before"], put.detail["after"]) == ({"condition": "good"}, {"condition": "dead"})
    assert deleted.detail["before"]["species"] == "Quercus alba"
    assert unloaded.detail["ended"] == 1
    assert [c.seq for c in store.changes_since(put.seq, actor=PUBLIC, limit=1)] == [deleted.seq]
    assert store.version == unloaded.seq


def test_what_edits_touch_is_told_record_by_record(street):
    before = street.version
    new = Record("new", "", {"kind": "lot"}, shapely.box(0, 0, 1, 1).wkb)
    street.put("parcels", new, actor=OPERATOR, at=TUESDAY)
    with street.transaction(actor=OPERATOR, at=TUESDAY) as turn:
        turn.update_joined_values("parcels", {"1": {"town": "Charlack"}})
        turn.delete("parcels", "9")

    assert street.changed_records("parcels", before) == {"1": False, "9": True, "new": True}
    assert street.changed_records("parcels", street.version) == {}
    assert street.changed_records("trees", before) == {}


def test_after_a_load_or_a_join_more_than_records_may_have_changed(street):
    before = street.version
    load(street, "trees", {"t": {"at": "POINT (-90.3 38.7)"}})

    assert street.changed_records("parcels", before) == {}
    assert street.changed_records("trees", before) is None

    street.write_joined_tables({}, actor=OPERATOR, at=TUESDAY, join_info={})

    assert street.changed_records("parcels", before) is None
    assert street.changed_records("parcels", street.version) == {}


def test_each_version_has_a_mark_of_its_own(street):
    marks = [street.version_token(version) for version in range(1, street.version + 1)]

    assert len(set(marks)) == len(marks)
    assert street.version_token(street.version + 1) == "null"


def test_a_date_chooses_from_that_day_on_and_leaves_out_the_unknown(store):
    days = {"a": "2024-02-29", "b": "2024-03-01", "c": None, "d": "2024-03-01T08:00:00"}
    load(store, "inspections", {id_: {"opened_on": day} for id_, day in days.items()})

    found = store.query("inspections", Query(date_from={"opened_on": "2024-03-01"}), actor=PUBLIC)

    assert [one.id for one in found] == ["b", "d"]
    with pytest.raises(BadQuery, match="not a date"):
        store.count("inspections", Query(date_from={"kind": "2024-03-01"}), actor=PUBLIC)


def test_the_public_audit_tells_nothing_private(store):
    site = Record("S1", "", {"status": "vacant", "notes": "dog"})
    store.put("sites", site, actor=OPERATOR, at=MONDAY)
    store.delete("sites", "S1", actor=OPERATOR, at=MONDAY)

    told = [dict(change.detail) for change in store.changes_since(0, actor=PUBLIC)]

    assert "dog" not in json.dumps(told)
    assert told[0]["after"]["status"] == "vacant"
    assert "dog" in json.dumps([dict(c.detail) for c in store.changes_since(0, actor=OPERATOR)])


def test_status_tells_every_layer_and_each_sources_origin(store):
    told = {"files": [{"name": "lots.csv"}], "checksum": "ab", "crs": "EPSG:2272", "licence": "CC0"}
    load(store, "parcels", {"1": lot(-90.3)}, **told, counts={"read": np.int64(1)})

    status = json.loads(json.dumps(store.status()))

    assert {name: layer["rows"] for name, layer in status["layers"].items()} == {
        **dict.fromkeys(LAYERS, 0),
        "parcels": 1,
    }
    (source,) = status["layers"]["parcels"]["sources"]
    assert source.items() >= told.items()
    assert (source["name"], source["rows"], source["counts"]) == ("county", 1, {"read": 1})
    assert source["loaded_at"] == MONDAY.isoformat()
    assert status["version"] == store.version == 1
    assert status["joined"] == {"at": None, "version": None, "stale": True}


def test_the_first_boundaries_choose_the_crs_of_every_measure(store):
    assert store.status()["crs"] is None
    load(store, "trees", {"T1": OAKS["T1"] | {"at": "POINT (-71.1 42.37)"}}, source="far")
    assert store.settings()["crs"] == "EPSG:26986"  # Massachusetts

    load(store, "municipalities", {"N": {"name": "Normandy", "at": lot(-90.3)["at"]}})
    load(store, "municipalities", {"C": {"name": "C", "at": "POLYGON ((-71.1 42, -71 42, -71 43, -71.1 42))"}}, source="far")  # fmt: skip

    assert store.status()["crs"] == store.settings()["crs"] == "EPSG:26996"
    assert store.settings()["created"] == MONDAY.isoformat()


def test_a_backup_stands_by_itself_and_overwrites_nothing(store, tmp_path):
    load(store, "trees", OAKS)

    store.backup(tmp_path / "copy.gpkg")

    copy = open_store(tmp_path / "copy.gpkg")
    assert (all_ids(copy, "trees"), copy.version, copy.check_integrity()) == (["T1", "T2"], 1, [])
    copy.close()
    with pytest.raises(BadInput, match="already exists"):
        store.backup(tmp_path / "copy.gpkg")


# What comes from the field


KEY = "0b0f9a6e-6f0c-4a5e-9c57-1c1f5a3f2d11"


def test_a_key_is_kept_with_its_edit_or_not_at_all(store):
    load(store, "trees", OAKS)
    kept = EditResult(KEY, "trees", "T1", MONDAY.isoformat(), "d", {"status": "done"})

    with suppress(KeyboardInterrupt), store.transaction(actor=OPERATOR, at=MONDAY) as turn:
        turn.put("trees", Record("T1", "", {"condition": "dead"}))
        turn.save_edit_result(kept)
        raise KeyboardInterrupt
    with store.transaction(actor=OPERATOR, at=MONDAY) as turn:
        before = turn.find_edit_result(KEY)
        turn.put("trees", Record("T1", "", {"condition": "poor"}))
        turn.save_edit_result(kept)
    with store.transaction(actor=OPERATOR, at=TUESDAY) as turn:
        after = turn.find_edit_result(KEY)

    assert (before, after) == (None, kept)
    assert store.get("trees", "T1", actor=PUBLIC).values["condition"] == "poor"


def test_notes_come_newest_first_with_photos_and_make_a_version_but_no_join_stale(store):
    load(store, "trees", OAKS)
    before, stamp = store.version, store.layer_etag("trees")
    one, two = (Note("trees", "T1", day.isoformat(), text=f"Note of {day:%A}") for day in (MONDAY, TUESDAY))

    with store.transaction(actor=OPERATOR, at=MONDAY) as turn:
        first = turn.add_note(one, b"photo")
        second = turn.add_note(two, b"photo")

    assert store.read_notes("trees", "T1", limit=10) == [second, first]
    assert store.read_notes("trees", "T1", limit=1) == [second]
    assert store.read_notes("trees", "T2", limit=10) == store.read_notes("sites", "T1", limit=10) == []
    assert first.photo_number == second.photo_number  # the same photo is kept once
    assert store.read_photo(first.photo_number) == b"photo"
    assert store.read_photo(first.photo_number + 1) is None
    assert store.version == before + 2
    assert store.layer_etag("trees") == stamp
    assert store.layers_written_since(before) == set()
    assert store.check_integrity() == []


def test_the_extent_of_a_layer_takes_in_what_is_drawn_and_can_be_limited(store):
    assert store.layer_extent("trees") is None
    load(
        store,
        "trees",
        {"T1": {"at": "POINT (-90.31 38.7)"}, "T2": {"at": "POINT (-90.3 38.71)"}, "T3": {"at": "POINT (2.35 48.85)"}},
    )
    within = Bbox(-91, 38, -90, 39)

    assert store.layer_extent("trees") == pytest.approx((-90.31, 38.7, 2.35, 48.85), abs=1e-4)
    assert store.layer_extent("trees", within) == pytest.approx((-90.31, 38.7, -90.3, 38.71), abs=1e-4)
    assert store.layer_extent("trees", Bbox(0, 0, 1, 1)) is None
    assert [store.count_in_bbox("trees", within, limit) for limit in (1, 5)] == [1, 2]
    assert store.count_in_bbox("aliases", within, 5) == 0


def test_the_extent_takes_in_display_points(store):
    load(store, "inspections", {"I1": {"status": "open", "parcel_key": "1"}})
    joined = {"id": ["I1"], "placed_by": ["parcel"], "lon": [-90.3], "lat": [38.7]}
    fields_ = LAYERS["inspections"].joined_fields
    table = pd.DataFrame({field.name: joined.get(field.name, [None]) for field in fields_} | {"id": ["I1"]})
    table = table.astype({"id": "str"} | {field.name: field.dtype for field in fields_})
    store.write_joined_tables({"inspections": table}, actor=OPERATOR, at=MONDAY, join_info={})

    assert store.layer_extent("inspections") == Bbox(-90.3, 38.7, -90.3, 38.7)
    assert store.count_in_bbox("inspections", Bbox(-91, 38, -90, 39), 5) == 1


def test_a_source_that_declares_other_towns_makes_the_join_outdated(store):
    load(store, "trees", OAKS, source="a", town="Bel-Nor")
    store.write_joined_tables({}, actor=OPERATOR, at=MONDAY, join_info={"version": store.version})
    assert not store.join_info()["stale"]

    load(store, "trees", OAKS, source="a", town="Bel-Nor", at=TUESDAY)
    assert not store.join_info()["stale"]
    load(store, "trees", OAKS, source="a", town="Bel-Nor", covers=["Bel-Nor"], at=TUESDAY)
    assert store.join_info()["stale"]


def test_samples_leave_out_sources(store):
    load(store, "trees", {"T1": {"at": "POINT (-90.31 38.7)"}}, source="a")
    load(store, "trees", {"T2": {"at": "POINT (-90.31 38.7)"}}, source="b")
    with store.transaction(actor=OPERATOR, at=MONDAY) as transaction:
        transaction.update_joined_values("trees", {id_: {"town": "Bel-Nor"} for id_ in ("T1", "T2")})

        assert transaction.sample_ids("trees", "town", "Bel-Nor", 5) == ["T1", "T2"]
        assert transaction.sample_ids("trees", "town", "Bel-Nor", 5, excluding_sources=["a"]) == ["T2"]
        assert transaction.sample_ids("trees", "town", "Bel-Nor", 5, excluding_sources=("a", "b")) == []
