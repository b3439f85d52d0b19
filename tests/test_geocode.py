"""`lotleaf geocode`: one row out for one in, a parcel only where it is sure, and every change told."""

import csv
import io
import json

import openpyxl
import pandas as pd
import pytest
from addresses_town import address_layer

from geo.geocode import AddressIndex
from geo.geocode.geocode_table import count_statuses, geocode_addresses

TOWN = """
parcel_id number number_hi frac number_sfx predir street suffix unit town_declared
P01 4900 . . . . Natural_Bridge Rd . Normandy
P02 10 . . . N 15th St . Jennings
P03 10 . . . N 15th St . Wellston
P04 3618 . . . . Edgewood Ave . Hillsdale
"""
ASKED = [
    ("4900 Natural Bridge Rd", None, "P01", "exact"),
    ("4900 natrual bridge", None, None, "corrected"),
    ("10 N 15th St", None, None, "ambiguous"),
    ("10 N 15th St", "Wellston", "P03", "exact"),
    ("4902 Natural Bridge Rd", None, None, "nearest"),
    (None, None, None, "none"),
    ("behind the church", None, None, "none"),
    ("3618 Edgewood St", None, None, "corrected"),
    ("4900 Natural Bridge Rd", None, "P01", "exact"),
]


@pytest.fixture(scope="module")
def found():
    index = AddressIndex.build(addresses=address_layer(TOWN))
    addresses, towns = (pd.Series([row[n] for row in ASKED], dtype="str") for n in (0, 1))
    return geocode_addresses(index, addresses, towns)


def test_each_row_has_its_status_and_a_parcel_only_where_it_is_sure(found):
    told = found[["parcel_id", "status"]].astype(object).where(found.notna(), None)

    assert [*told.itertuples(index=False, name=None)] == [(row[2], row[3]) for row in ASKED]
    assert count_statuses(found) == {"exact": 3, "corrected": 2, "ambiguous": 1, "nearest": 1, "none": 2}


def test_what_was_changed_or_missing_is_told_and_the_first_candidate_named(found):
    assert found["candidate"].fillna("").tolist() == ["P01", "P01", "P02", "P03", "P01", "", "", "P04", "P01"]
    assert "Read “natrual bridge” as “Natural Bridge Rd”." in found["told"][1]
    assert found["told"][2].startswith("2 parcels match equally well.")
    assert found["told"][5] == "The row has no address."
    assert "Typed “St”; the street on record is" in found["told"][7]
    assert pd.isna(found["told"][0])


ROWS = [
    {"Case No": "7", "Location": "1 Oak Ave", "Note": "=1+1"},
    {"Case No": "8", "Location": "1 Oka Ave", "Note": 'a, "b"'},
    {"Case No": "9", "Location": "", "Note": ""},
]


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.csv"
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, ROWS[0])
        rows.writeheader()
        rows.writerows(ROWS)
    return path


def test_every_row_and_column_of_the_file_stays(lotleaf, small_town, cases, tmp_path):
    report = tmp_path / "report.json"
    done = lotleaf("geocode", cases, "-w", small_town, "-o", "-", "--map", "address=Location", "--report", report)
    assert done.stdout.startswith("\ufeff")
    rows = [*csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff")))]
    told = json.loads(report.read_text())

    harmless = [{**ROWS[0], "Note": " =1+1"}, *ROWS[1:]]  # the space keeps spreadsheets from running it
    assert [{name: row[name] for name in ROWS[0]} for row in rows] == harmless
    assert [row["lotleaf_status"] for row in rows] == ["exact", "none", "none"]
    assert rows[0]["lotleaf_parcel_id"] == "0p1"
    assert rows[1]["lotleaf_parcel_id"] == rows[2]["lotleaf_parcel_id"] == ""
    assert (told["rows"], told["with_address"], told["placed"]) == (3, 2, 1)
    assert told["statuses"] == {"exact": 1, "none": 2}
    assert [one["address"] for one in told["not_placed"]] == ["1 Oka Ave", None]
    assert all(one["told"] for one in told["not_placed"])
    assert "placed 1 of 3 rows (33.3%), address from Location" in done.stderr


def test_a_workbook_has_the_same_rows_and_nothing_in_it_runs(lotleaf, small_town, cases, tmp_path):
    out = tmp_path / "placed.xlsx"
    lotleaf("geocode", cases, "-w", small_town, "-o", out, "--map", "address=Location")
    header, *rows = openpyxl.load_workbook(out).active.iter_rows()
    found = [dict(zip([cell.value for cell in header], row, strict=True)) for row in rows]

    assert [{name: row[name].value or "" for name in ROWS[0]} for row in found] == ROWS
    assert found[0]["Note"].data_type == "s"
    assert found[0]["lotleaf_parcel_id"].value == "0p1"
    assert (found[0]["lotleaf_lon"].data_type, found[2]["lotleaf_lon"].value) == ("n", None)


def test_geojson_has_a_feature_for_each_row(lotleaf, small_town, cases, tmp_path):
    out = tmp_path / "placed.geojson"
    lotleaf("geocode", cases, "-w", small_town, "-o", out, "--map", "address=Location")
    features = json.loads(out.read_text())["features"]

    assert [one["properties"]["Case No"] for one in features] == ["7", "8", "9"]
    assert features[0]["properties"]["lotleaf_parcel_id"] == "0p1"
    assert features[0]["geometry"]["type"] == "Point"
    assert features[2]["geometry"] is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["-o", "-", "--map", "address=Nowhere"], "Nowhere"),
        (["-o", "-", "--map", "address"], "--map address: write it as FIELD=COLUMN"),
        (["-o", "placed.ods", "--map", "address=Location"], "-o takes a .csv, .xlsx or .geojson file"),
        (["-o", "/nowhere/placed.csv", "--map", "address=Location"], "its folder does not exist"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(lotleaf, small_town, cases, more, says):
    done = lotleaf("geocode", cases, "-w", small_town, *more, code=2)

    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(lotleaf, small_town, tmp_path):
    done = lotleaf("geocode", tmp_path / "none.csv", "-w", small_town, "-o", "-", code=2)

    assert "none.csv" in done.stderr


def test_a_file_without_a_known_address_names_its_columns(lotleaf, small_town, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("alpha,beta\n1,2\n")

    done = lotleaf("geocode", path, "-w", small_town, "-o", "-", code=2)

    assert "does not know which column has the address" in done.stderr
    assert "alpha, beta" in done.stderr


def test_words_for_nothing_name_no_address(lotleaf, small_town, tmp_path):
    (tmp_path / "rows.csv").write_text("id,address\n1,N/A\n2,-\n3,null\n")

    lotleaf("geocode", tmp_path / "rows.csv", "-o", tmp_path / "out.csv", "-w", small_town)

    told = pd.read_csv(tmp_path / "out.csv", dtype="str")
    assert set(told["lotleaf_status"]) == {"none"}
    assert set(told["lotleaf_told"]) == {"The row has no address."}
