"""Lots in several rows, and streets that are drawn as parcels: read as what they are on the ground."""

import json
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import AT
from hypothesis import given
from hypothesis import strategies as st

from geo.ingest.ingest_request import IngestRequest
from geo.ingest.lots.lot_parts import merge_lot_parts
from geo.ingest.lots.street_shapes import StreetShape, street_shapes
from geo.ingest.lots.street_words import is_class_heading, is_street_number, names_street
from geo.ingest.row_notes import RowNotes
from geo.store import open_store
from geo.store.records import OPERATOR, Query
from geo.workspace import load_source, read_files

METER = 1 / 111_320  # degrees of latitude; the drawings lie on the equator, so also of longitude
CORNER = (10.0, 0.0)  # where their (0, 0) lies


def there(shape):
    """Move a shape in meters to where the drawings lie, in degrees."""
    return shapely.transform(shape, lambda xy: xy * METER + CORNER)


def lot(x, y=0.0, wide=20.0, deep=30.0):
    """Draw a lot, in meters."""
    return there(shapely.box(x, y, x + wide, y + deep))


def row(pin, outline, **properties):
    geometry = json.loads(shapely.to_geojson(outline))
    return {"type": "Feature", "properties": {"PIN": pin, **properties}, "geometry": geometry}


@pytest.fixture
def read_parcels(tmp_path):
    """Read rows as parcels, from one file or several. Gives the result with its parcels by id."""

    def run(*files):
        paths = []
        for number, rows in enumerate(files):
            paths.append(tmp_path / f"lots{number}.geojson")
            paths[-1].write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
        return read_files(None, IngestRequest("parcels", tuple(paths)))

    return run


def parcels(result):
    assert result.report.read == result.report.admitted + result.report.refused
    return result.frame.set_index("id")


def warnings(result):
    return " ".join(result.report.details.get("look_at", []))


def square_meters(geometry):
    return geometry.area / METER**2


@pytest.mark.parametrize("split", [False, True])
def test_rows_of_one_number_and_one_address_are_one_parcel(read_parcels, split):
    parts = [row("7", lot(0), address="1 Part Ln"), row("7", lot(70, wide=10), address="1 PART LN.")]
    other = row("8", lot(30))
    files = ([parts[0], other], [parts[1]]) if split else ([*parts, other],)

    result = read_parcels(*files)

    assert list(parcels(result).index) == ["7", "8"]
    assert parcels(result).geometry["7"].geom_type == "MultiPolygon"
    assert square_meters(parcels(result).geometry["7"]) == pytest.approx(900, rel=0.01)
    assert json.loads(parcels(result).loc["7", "raw"])["other_rows"][0]["PIN"] == "7"
    assert "1 parcel is drawn in several rows, which became parts of one: 7" in warnings(result)


def merge(outlines, ids, addresses):
    """Merge the rows of outlines, in meters, as `clean_layer` does. Gives the merged rows' mask and the frame."""
    frame = pd.DataFrame({"address": pd.Series(addresses, dtype="str"), "raw": "{}", "zoning": "R1"})
    frame["geometry"] = np.array(outlines, object)
    notes = RowNotes(len(frame))
    return merge_lot_parts(frame, pd.Series(ids, dtype="str"), np.ones(len(frame), bool), notes), frame


@given(st.permutations(range(4)), st.lists(st.floats(0, 25), min_size=3, max_size=3))
def test_parts_that_touch_or_lie_near_are_one_whatever_their_order(order, gaps):
    starts = np.cumsum([0, *(gap + 20 for gap in gaps)])
    outlines = [*(lot(starts[nth]) for nth in order), lot(-900)]

    is_merged, frame = merge(outlines, ["7"] * 4 + ["8"], [None] * 5)

    assert is_merged.sum() == 3
    assert not is_merged[4]
    assert square_meters(frame["geometry"][~is_merged].iloc[0]) == pytest.approx(2400, rel=0.01)


spots = st.tuples(st.integers(0, 40), st.sampled_from("78"), st.sampled_from([None, "1 Elm St", "9 Oak Ave"]))


@given(st.lists(spots, max_size=8))
def test_no_ground_is_lost_or_counted_twice(rows):
    outlines, ids, addresses = [lot(100 * x) for x, _, _ in rows], [row[1] for row in rows], [row[2] for row in rows]

    is_merged, frame = merge(outlines, ids, addresses)

    for number in set(ids):
        kept = [
            shape
            for shape, id_, part in zip(frame["geometry"], ids, is_merged, strict=True)
            if id_ == number and not part
        ]
        wanted = shapely.union_all([shape for shape, id_ in zip(outlines, ids, strict=True) if id_ == number])
        assert shapely.union_all(kept).area == pytest.approx(wanted.area)


def test_the_same_part_twice_counts_once(read_parcels):
    result = read_parcels([row("7", lot(0), OWNER="A"), row("7", lot(0), OWNER="B"), row("8", lot(50))])

    assert list(parcels(result).index) == ["7", "8"]
    assert square_meters(parcels(result).geometry["7"]) == pytest.approx(600, rel=0.01)


def test_stacked_units_stay(read_parcels):
    units = [row(str(unit), lot(0), address=f"1 Part Ln #{unit}") for unit in (1, 2, 3)]
    shared = [row("9", lot(50), address=f"5 Part Ln #{unit}") for unit in (1, 2)]

    result = read_parcels([*units, *shared])

    assert list(parcels(result).index) == ["1", "2", "3", "9", "9-2"]


def test_equal_numbers_at_different_places_stay_and_are_told(read_parcels):
    result = read_parcels([row("7", lot(0)), row("7", lot(5_000)), row("8", lot(50))])

    assert list(parcels(result).index) == ["7", "7-2", "8"]
    assert "1 parcel number of several lots, at different places or addresses: 7" in warnings(result)


def test_a_constant_or_a_blank_is_no_lots_number(read_parcels):
    result = read_parcels(
        [row("0", lot(30 * nth)) for nth in range(4)] + [row(None, lot(0, 200)), row(None, lot(25, 200))]
    )

    assert len(parcels(result)) == 6


def test_a_value_that_a_part_lacks_comes_from_another_and_differences_are_told(read_parcels):
    result = read_parcels(
        [row("7", lot(0), landuse=None, zoning="R1"), row("7", lot(25, wide=10), landuse="Residential", zoning="C2")]
    )

    assert parcels(result).loc["7", ["land_use", "zoning"]].tolist() == ["Residential", "R1"]
    reasons = [line["reason"] for line in result.report.rows if line["row"] == 2]
    assert "id: a part of parcel 7; its zoning differs and stays in the raw row" in reasons


STREETS = [
    "Right-of-way", "RIGHT OF WAY", "Rights of Way", "R.O.W.", "R/W", "ROW", "Row", "Street", "STREETS", "Public Street",
    "Private Road", "Alley", "Public alley", "City Street ROW", "HWY ROW", "Highway", "State Highway Right of Way",
    "Street & Alley", "Streets/Alleys", "900 - Road R/W", "Road/ROW", "Vacant - right of way", "MODOT R.O.W.", "RightOfWay",
    "Exempt: public right-of-way", "County Road", "Roadway", "STREET RIGHT-OF-WAY", "0 ROW", "Dedicated street",
]  # fmt: skip
LOTS = [
    "Row House", "Rowhouse", "ROW HOUSES", "Row crops", "Bowling Alley", "Street retail", "Highway commercial",
    "Main Street mixed use", "Off-street parking", "Road contractor yard", "12 Street Rd", "100 Alley", "Main St", "Crown Rd",
    "Vacated right of way", "Former right-of-way", "Adjacent to R.O.W.", "Lot abutting right of way", "Railroad right of way",
    "Utility ROW", "Pipeline R.O.W.", "Residential", "Single family", "Broadway", "Arrow Head Estates", "Streeter Park",
    "Alleyway Theater", "Rodeo", "Growth area", "Parkway commons", "Highland", "Browning", "St Louis", "2 Row Ct", "Street, John",
]  # fmt: skip


def kinds(result):
    return parcels(result)["kind"].fillna("").to_dict()


def test_the_words_of_assessors_make_a_right_of_way(read_parcels):
    uses = {f"S{nth}": text for nth, text in enumerate(STREETS)} | {"home": "Residential"}

    result = read_parcels([row(pin, lot(30 * nth), landuse=text) for nth, (pin, text) in enumerate(uses.items())])

    assert {pin: uses[pin] for pin, kind in kinds(result).items() if kind != "right_of_way"} == {"home": "Residential"}
    assert f"{len(STREETS)} parcels taken for a right of way" in warnings(result)
    assert "S0 (by its land use 'Right-of-way')" in warnings(result)


def test_a_lot_that_holds_such_a_word_stays_a_lot(read_parcels):
    texts = {f"{key}-{nth}": text for nth, text in enumerate(LOTS) for key in ("landuse", "OWNER", "address")}

    rows = [row(f"N{pin}", lot(30 * nth), **{pin.split("-")[0]: text}) for nth, (pin, text) in enumerate(texts.items())]

    assert {texts[pin[1:]] for pin, kind in kinds(read_parcels(rows)).items() if kind} == set()


def test_a_number_with_the_word_is_a_right_of_way_unless_the_row_is_a_lots(read_parcels):
    pins = ["99ROW0001", "ROW", "STREET", "ROW-12", "ALLEY 3", "12.HWY.4"]
    with_address = ["7ROW1x", "7STREET2x"]

    result = read_parcels(
        [row(pin, lot(30 * nth)) for nth, pin in enumerate([*pins, "CROWN1"])]
        + [row(pin, lot(30 * nth, 99), address=f"{nth + 1} Elm St") for nth, pin in enumerate(with_address)]
    )

    assert {pin for pin, kind in kinds(result).items() if kind} == set(pins)
    assert "2 parcels may be a right of way (kept as a lot): 7ROW1x" in warnings(result)


def test_a_column_that_says_what_a_parcel_is_counts_and_that_of_an_address_does_not(read_parcels):
    class_headings = ["ParcelType", "CLASS", "FEATURE", "USE_DESC", "Remarks"]
    headings = [*class_headings, "ST_TYPE", "StreetType", "SUFFIX", "STREETNAME", "OWNER_TYPE", "CITY"]

    result = read_parcels(
        [row(f"N{nth:02d}", lot(30 * nth), **{heading: "Road"}) for nth, heading in enumerate(headings)]
    )

    assert [heading for heading, kind in zip(headings, kinds(result).values(), strict=True) if kind] == class_headings
    assert [heading for heading in headings if is_class_heading(heading)] == class_headings


def block_of_streets():
    """Draw two crossing streets as one polygon, with twelve lots beside them."""
    streets = shapely.union_all([shapely.box(-150, -8, 150, 8), shapely.box(-8, -150, 8, 150)])
    spots = [(x, y) for x in (-90, -60, -30, 8.0, 38, 68) for y in (8.0, -38)]
    lots = [lot(x, y, wide=22, deep=30) for x, y in spots]
    return there(streets), lots


def test_without_words_a_branched_street_among_lots_is_known_by_its_shape(read_parcels):
    street, lots = block_of_streets()

    result = read_parcels([row(f"A{nth}", outline) for nth, outline in enumerate(lots)] + [row("B", street)])

    kinds = parcels(result)["kind"].fillna("")
    assert kinds["B"] == "right_of_way"
    assert (kinds.drop("B") == "").all()
    assert "B (by its shape" in warnings(result)


def test_a_street_shape_with_a_land_use_stays_a_lot(read_parcels):
    street, lots = block_of_streets()

    result = read_parcels(
        [row(f"A{nth}", outline) for nth, outline in enumerate(lots)] + [row("B", street, landuse="Common ground")]
    )

    assert parcels(result)["kind"].isna().all()


@pytest.mark.parametrize("wide", [8.0, 15.0])
def test_a_long_thin_lot_and_a_flag_lot_are_lots(wide):
    thin = shapely.box(0, 0, wide, 300)
    flag = shapely.union_all([shapely.box(0, 0, wide, 200), shapely.box(0, 200, 60, 260)])
    shapes = [there(shape) for shape in (thin, flag)]

    assert street_shapes(np.array(shapes), np.ones(2, bool)).tolist() == [StreetShape.LOT] * 2


def test_a_straight_alley_among_lots_is_a_doubt_that_is_told(read_parcels):
    alley = lot(0, 30, wide=300, deep=5)
    lots = [row(f"A{nth}", lot(30 * nth, y, wide=30)) for nth in range(10) for y in (0.0, 35.0)]

    result = read_parcels([*lots, row("B", alley)])

    assert parcels(result)["kind"].isna().all()
    assert "1 parcel may be a right of way (kept as a lot): B (by its shape" in warnings(result)


@given(st.text(max_size=30))
def test_any_text_is_judged_without_a_failure(text):
    assert names_street(text) in {True, False}
    assert is_street_number(text) in {True, False}


def test_merged_lots_load_again_without_a_change(read_parcels, tmp_path):
    rows = [row("7", lot(0)), row("7", lot(25)), row("8", lot(60))]
    with closing(open_store(tmp_path / "w.gpkg", create=True)) as store:
        first, again = (
            load_source(store, "parcels", read_parcels(rows[::step]), source="roll", actor=OPERATOR, at=AT)[0]
            for step in (1, -1)
        )

        assert (first.added, again.added, again.changed, again.deleted) == (2, 0, 0, 0)
        assert [record.id for record in store.query("parcels", Query(), actor=OPERATOR)] == ["7", "8"]
