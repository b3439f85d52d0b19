"""Numbers that a spreadsheet has bent: a key names its parcel, or its row is told; no other parcel ever."""

import json
from contextlib import closing

import pandas as pd
import pytest
import shapely
from conftest import AT
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.ingest.cleaning.cell_text import restore_zips
from geo.ingest.cleaning.field_values import FieldCleaner
from geo.ingest.cleaning.match_parcel_keys import match_parcel_keys
from geo.ingest.cleaning.numbers import repair_house_numbers
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.ingest.row_notes import RowNotes
from geo.key_repair import ParcelNumbers
from geo.store import open_store
from geo.store.records import OPERATOR
from geo.workspace import load_source, read_files

NUMBERS = st.one_of(
    st.integers(1, 10**9).map(str),
    st.integers(1, 10**7).map(lambda number: f"{number:08}"),
    st.tuples(st.integers(1, 99), st.integers(1, 999)).map(lambda parts: f"{parts[0]}-{parts[1]}"),
    st.from_regex(r"[0-9]{2}[A-Z][0-9]{6}", fullmatch=True),
    st.tuples(st.integers(1, 99), st.integers(0, 9)).map(lambda parts: f"{parts[0]}.{parts[1]}"),
)
BENDS = {
    "decimal": lambda number: f"{number}.0",
    "formula": lambda number: f'="{number}"',
    "apostrophe": lambda number: f"'{number}",
    "blanks": lambda number: f" {number}\u00a0 ",
    "case": str.lower,
    "blank separators": lambda number: number.replace("-", " "),
    "no separators": lambda number: number.replace("-", ""),
}


def parcels(numbers, sources=None, old=None):
    return pd.DataFrame({"id": numbers, "old_id": old or [None] * len(numbers), "source": sources or "lots"})


def match(keys, numbers, **told):
    """Match keys with parcels; give the keys as they are kept, and the notes."""
    notes = RowNotes(len(keys))
    known = ParcelNumbers(numbers if isinstance(numbers, pd.DataFrame) else parcels(numbers))
    request = IngestRequest("inspections", (), parcel_numbers=lambda: known, **told)
    kept = match_parcel_keys(pd.Series(keys, dtype="str"), request, notes)
    return [None if pd.isna(key) else key for key in kept], notes


def told_rows(notes):
    return {int(row) for note in notes.entries for row in note.positions}


@settings(max_examples=examples(150))
@given(st.lists(NUMBERS, min_size=1, max_size=8, unique=True), st.data())
@example(["17110012", "07110012"], None)
def test_a_bent_key_names_its_own_parcel_or_is_told(numbers, data):
    target = data.draw(st.sampled_from(numbers)) if data else "07110012"
    bend = BENDS[data.draw(st.sampled_from([*BENDS]))] if data else BENDS["decimal"]
    key = bend(target)

    (kept,), notes = match([key], numbers)

    known = {number.strip().upper() for number in numbers}
    if key.strip().upper() in known:
        assert kept == key  # what a parcel is called is never bent
    else:
        assert kept in {target, key}
        assert told_rows(notes) == {0}
        others = [number for number in numbers if number != target]
        if not any(char in key for char in ".-") and not any(number.replace("-", "").replace(".", "").lstrip("0") == target.lstrip("0") for number in others):  # fmt: skip
            assert kept == target or bend is BENDS["no separators"]


@given(st.lists(st.integers(10**6, 10**9), min_size=1, max_size=12, unique=True), st.integers(1, 5), st.booleans())
@example([17110012, 17123000], 2, False)
def test_a_number_that_lost_its_digits_names_the_only_parcel_that_fits(integers, places, padded):
    numbers = [f"{number:010}" if padded else str(number) for number in integers]
    key = f"{integers[0]:.{places}E}"

    (kept,), notes = match([key], numbers)

    fitting = [number for number in numbers if f"{int(number):.{places}E}" == key]
    assert kept == (fitting[0] if len(fitting) == 1 else key)
    assert told_rows(notes) == {0}


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8, unique=True), st.integers(7, 9))
def test_zeros_that_a_spreadsheet_took_come_back(integers, width):
    numbers = [f"{number:0{width}}" for number in integers]

    kept, notes = match([str(number) for number in integers], numbers)

    assert kept == numbers
    assert told_rows(notes) == {row for row, number in enumerate(integers) if str(number) != numbers[row]}


@given(st.lists(st.text("0123456789AB-. /", min_size=1, max_size=8), min_size=1, max_size=6), st.text(max_size=10))
def test_whatever_a_key_is_it_names_a_parcel_or_is_told(numbers, key):
    assume(key.strip())
    numbers = [number for number in dict.fromkeys(numbers) if number.strip()] or ["7"]

    (kept,), notes = match([key], numbers)

    assert kept in {key, *numbers}
    assert kept == key or told_rows(notes) == {0}


def test_two_parcels_whose_numbers_differ_by_a_sign_only_stay_two():
    kept, notes = match(["12-3", "123", "12 3", "1-23", "12.3"], ["12-3", "123"])

    assert kept == ["12-3", "123", "12 3", "123", "12.3"]
    assert told_rows(notes) == {2, 3, 4}


def test_signs_at_other_places_make_another_number():
    kept, _ = match(["12-3", "123", "1/23"], ["1-23"])

    assert kept == ["12-3", "1-23", "1-23"]


def test_a_lot_that_ends_in_point_zero_is_its_own():
    assert match(["12.0", "12", "12.1"], ["12", "12.0", "12.1"])[0] == ["12.0", "12", "12.1"]
    assert match(["12.0"], ["12", "12.1"])[0] == ["12"]


@pytest.mark.parametrize("key", ["Dec-14", "14-Dec", "2026-12-14T00:00:00", "12/14/2026"])
def test_a_date_where_a_number_belongs_is_told(key):
    assert match([key], ["12-14", "12-15"])[0] == ["12-14"]
    assert match([key], ["12-14", "14-12"])[0] == (["12-14"] if key == "Dec-14" else [key])
    kept, notes = match([key], ["12-13"])
    assert kept == [key]
    assert told_rows(notes) == {0}


def test_digits_beyond_the_fifteenth_are_lost_in_a_spreadsheet():
    numbers = ["123456789012345678", "123456789012399999"]

    assert match(["123456789012345000", "123456789012000000"], numbers)[0] == [numbers[0], "123456789012000000"]


def test_an_old_number_is_bent_as_well_and_towns_keep_their_own():
    assert match(["71100.0"], parcels(["1-2"], old=["0071100"]))[0] == ["1-2"]
    two_towns = parcels(["07~beta-lots", "07"], ["beta/lots", "alpha/lots"])
    assert match(["7"], two_towns, town="Beta")[0] == ["07~beta-lots"]
    kept, notes = match(["7"], two_towns)
    assert kept == ["7"]
    assert "'7' fits 2 parcels" in str(notes.entries)


def test_without_parcels_no_key_is_checked_and_the_screen_says_so():
    kept, notes = match(["17110012.0", "07110012", None], parcels([]))

    assert kept == ["17110012", "07110012", None]
    assert "no parcels are loaded" in notes.column_note_kinds[0]


# Identifiers, ZIP codes and house numbers


@given(st.lists(st.integers(1, 10**8).map(str), min_size=2, max_size=8), st.data())
def test_some_rows_with_point_zero_lose_it_and_decimals_stay(numbers, data):
    bent = [f"{number}.0" if data.draw(st.booleans()) else number for number in numbers]

    assert FieldCleaner(RowNotes(len(bent))).clean_text(pd.Series(bent, dtype="str"), "id").tolist() == numbers
    with_lot = [*bent, "12.5"]
    kept = FieldCleaner(RowNotes(len(with_lot))).clean_text(pd.Series(with_lot, dtype="str"), "id").tolist()
    assert kept == with_lot


@pytest.mark.parametrize("field", ["id", "address", "zip", "case_id", "species"])
def test_a_formula_that_holds_a_text_is_the_text(field):
    notes = RowNotes(3)

    texts = FieldCleaner(notes).clean_text(pd.Series(['="00712"', "'00713", "'Autumn Blaze'"], dtype="str"), field)

    assert texts.tolist() == ["00712", "00713", "'Autumn Blaze'"]
    assert told_rows(notes) == {0, 1}


def test_zip_codes_get_their_zero_back_only_where_all_of_the_column_lack_it():
    assert restore_zips(pd.Series(["2139", "02140", None], dtype="str"), RowNotes(3)).fillna("").tolist() == ["02139", "02140", ""]  # fmt: skip
    notes = RowNotes(2)
    assert restore_zips(pd.Series(["6312", "63121"], dtype="str"), notes).fillna("").tolist() == ["", "63121"]
    assert told_rows(notes) == {0}


@given(st.integers(1, 12), st.integers(1, 31), st.sampled_from(["{day}-{name}", "{name}-{day:02}", "2026-{month:02}-{day:02} 00:00:00"]))  # fmt: skip
def test_a_date_for_a_house_number_is_unknown_and_told(month, day, shape):
    name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
    text = shape.format(day=day, month=month, name=name)
    notes = RowNotes(2)

    texts = repair_house_numbers({"number": pd.Series([text, "6209"], dtype="str"), "address": pd.Series([f"{text} Oak St", "6209 Oak St"], dtype="str")}, notes)  # fmt: skip

    assert texts["number"].fillna("").tolist() == ["", "6209"]
    assert texts["address"].fillna("").tolist() == ["", "6209 Oak St"]
    assert told_rows(notes) == {0}


@pytest.mark.parametrize("text", ["12-14", "12-14 Oak St", "14 December Ct", "7-A", "May Ave", "3-Oak", "12-Elm St"])
def test_what_looks_like_a_date_and_is_a_house_number_or_a_street_stays(text):
    notes = RowNotes(1)

    assert repair_house_numbers({"address": pd.Series([text], dtype="str")}, notes)["address"].tolist() == [text]
    assert not told_rows(notes)


# A load


@pytest.fixture
def load(tmp_path):
    """Load a file of rows into a workspace of two parcels; give the reading."""
    with closing(open_store(tmp_path / "w.gpkg", create=True)) as store:

        def run(layer, name, text, **told):
            (tmp_path / name).write_text(text)
            reading = read_files(store, IngestRequest(layer, (tmp_path / name,), **told))
            load_source(store, layer, reading, source="case", actor=OPERATOR, at=AT)
            return reading

        lots = [("17110012", shapely.box(-90.2995, 38.7, -90.2992, 38.7003)), ("07110012", shapely.box(-90.3, 38.7, -90.2997, 38.7003))]  # fmt: skip
        features = [{"type": "Feature", "properties": {"parcelid": number}, "geometry": json.loads(shapely.to_geojson(shape))} for number, shape in lots]  # fmt: skip
        run("parcels", "lots.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
        yield run


def test_keys_that_name_no_parcel_are_counted_with_their_rows_and_place_nothing(load):
    reading = load(
        "inspections",
        "cases.csv",
        "request id,parcel,status,opened\nK1,17110012.0,open,2026-03-03\nK2,07110012,open,2026-03-03\n"
        "K3,99X999999,open,2026-03-03\nK4,7.11E+06,open,2026-03-03\nK5,99X999999,open,2026-03-03\n",
    )

    assert reading.frame["parcel_key"].tolist() == ["17110012", "07110012", "99X999999", "07110012", "99X999999"]
    details = reading.report.details
    assert details["unmatched_keys"] == {"keys": 1, "count": 2, "rows": "3, 5", "examples": ["99X999999"]}
    assert details["located"] == {"point": 0, "parcel": 3, "address": 0, "none": 2}
    assert "7.11E+06" in reading.frame["raw"][3]


def test_the_ids_of_rows_do_not_depend_on_the_parcels(load, tmp_path):
    with_parcels = load("inspections", "cases.csv", "parcel,status\n17110012.0,open\n7110012,closed\n")

    alone = read_source(IngestRequest("inspections", (tmp_path / "cases.csv",)))

    assert with_parcels.frame["parcel_key"].tolist() == ["17110012", "07110012"]
    assert alone.frame["id"].tolist() == with_parcels.frame["id"].tolist()
