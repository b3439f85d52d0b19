"""A stranger's columns are recognized by name and contents, and what is not sure is told."""

import csv
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples

from benchmarks.recognition.cases import read_cases
from benchmarks.recognition.judge import RIGHT, judge_case
from benchmarks.recognition.run import count_sure_and_wrong
from geo.ingest.recognition.contents.column_contents import read_contents
from geo.ingest.recognition.contents.content_words import RecognitionContext
from geo.ingest.recognition.recognize import recognize_columns
from geo.schema import LAYERS

HEADINGS = Path(__file__).parents[1] / "benchmarks" / "recognition" / "headings.csv"
MIN_SHARE, MIN_HELD_OUT_SHARE = 0.95, 0.8


def recognize(layer="trees", *, has_geometry=True, context=None, **columns):
    arrow = {name: pa.chunked_array([pa.array(list(values), pa.string())]) for name, values in columns.items()}
    return recognize_columns(arrow, LAYERS[layer], context or RecognitionContext(), has_geometry=has_geometry)


def fields_of(recognition):
    return {field: str(origin) for field, origin in recognition.origins.items()}


@pytest.mark.parametrize(
    ("folder", "least", "most_sure_and_wrong"), [("cases", MIN_SHARE, 0), ("held_out", MIN_HELD_OUT_SHARE, 1)]
)
def test_published_headings_are_understood(folder, least, most_sure_and_wrong):
    judgements = [judgement for case in read_cases(folder) for judgement in judge_case(case)]
    right = sum(judgement.outcome == RIGHT for judgement in judgements)

    assert right >= least * len(judgements), [
        item for item in judgements if item.outcome != RIGHT and folder == "cases"
    ]
    assert count_sure_and_wrong(judgements) <= most_sure_and_wrong


def test_the_table_of_headings_names_where_each_was_seen():
    with HEADINGS.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))

    assert len(lines) >= 151
    assert all(line["layer"] in LAYERS and line["source"] and line["headings"] for line in lines)


def test_contents_decide_between_two_columns_of_names():
    found = recognize(Species=["Red maple", "Pin oak"] * 6, Botanical=["Acer rubrum", "Quercus palustris"] * 6)

    assert fields_of(found) == {"common": "Species", "species": "Botanical"}


def test_a_filled_column_goes_before_an_empty_one_with_the_better_name():
    found = recognize(common_name=[""] * 12, COM=["Red maple", "Pin oak"] * 6)

    assert fields_of(found)["common"] == "COM"
    assert {item.column: item.reason for item in found.columns}["common_name"] == "it is empty"


def test_a_bare_house_number_is_no_address_where_its_street_stands_in_another_column():
    found = recognize("parcels", ADDRESS=[str(4000 + 2 * row) for row in range(12)], STREET=["ELM ST", "OAK AVE"] * 6)

    assert fields_of(found)["address"] == "ADDRESS+STREET"


def test_a_house_number_alone_is_no_address():
    found = recognize("parcels", ADDRESS=[str(4000 + 2 * row) for row in range(12)])

    assert "address" not in found.origins
    assert "address" in found.missing


def test_a_column_of_one_value_decides_nothing():
    columns = {"STREET": ["ELM", "OAK"] * 6, "NUM": [str(row) for row in range(12)], "TYPE": ["STREET"] * 12}

    assert "suffix" not in recognize("addresses", **columns).origins


def test_contents_that_lie_are_told():
    found = recognize(DBH=["Oakley", "Marsh", "Rivers"] * 4, SPECIES=["Acer rubrum"] * 6 + ["Tilia cordata"] * 6)

    assert "dbh_in" not in found.origins
    assert {item.column: item.reason for item in found.columns}[
        "DBH"
    ] == "its name says dbh in, but its values are not diameters"
    assert "dbh_in" in found.missing


def test_two_columns_that_fit_equally_are_not_sure():
    found = recognize(DBH=["12", "7.5", "30"] * 6, DIAMETER=["11", "8.5", "31"] * 6)

    assert set(found.unsure_fields) == {"dbh_in"}
    assert sorted(found.unsure_fields["dbh_in"]) == ["DBH", "DIAMETER"]


def test_parcel_numbers_of_the_workspace_are_known_whatever_the_column_is_called():
    numbers = [f"10E62{row:04d}" for row in range(12)]

    found = recognize("inspections", context=RecognitionContext(parcel_ids=frozenset(numbers)), zzz=numbers)

    assert fields_of(found)["parcel_key"] == "zzz"


def test_thousands_of_unnamed_columns_and_a_heading_of_ten_thousand_letters_end_soon():
    columns = {f"column {number}": ["1", "2"] for number in range(2_000)} | {"x" * 10_000: ["a", "b"]}
    started = time.process_time()

    found = recognize(**columns)

    assert time.process_time() - started < 20
    assert len(found.columns) == 2_001


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12), st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1, max_size=6
    ),
    st.sampled_from(sorted(LAYERS)),
)
@settings(max_examples=examples(60), deadline=None)
def test_any_table_is_described_whole(columns, layer):
    arrow = {name: pa.chunked_array([pa.array(values, pa.string())]) for name, values in columns.items()}

    found = recognize_columns(arrow, LAYERS[layer], RecognitionContext(), has_geometry=False)

    assert [item.column for item in found.columns] == list(columns)
    assert all(item.reason for item in found.columns)
    assert {column for origin in found.origins.values() for column in origin.columns} <= set(columns)


def test_a_sample_is_taken_evenly_from_a_long_column():
    column = pa.chunked_array([[None, "", *map(str, range(100_000))]])

    contents = read_contents("n", column)

    assert contents.values[0] == "0"
    assert contents.values[-1] == "99999"
    assert 0.99 < contents.filled < 1
