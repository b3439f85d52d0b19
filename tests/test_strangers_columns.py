"""Kinds of columns and rows in files that strangers brought: each was read wrongly once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.read_source import read_source
from geo.ingest.recognition.name_scores import shared_prefix

LOTS = "pin,situs_address,land_use\n1001-22-0001,12 Elm St,Residential\n1001-22-0002,14 Elm St,Residential\n1001-22-0003,16 Elm St,Vacant\n1001-22-0004,18 Elm St,Vacant\n"  # fmt: skip


def load_table(tmp_path, layer: str, text: str) -> IngestResult:
    path = tmp_path / f"{layer}.csv"
    path.write_text(text)
    return read_source(IngestRequest(layer, (path,)))


def mapping(result: IngestResult) -> dict[str, str]:
    return result.report.to_json()["mapping"]


def refusals(result: IngestResult) -> dict[str, int]:
    return {line["reason"]: line["rows"] for line in result.report.summary if line["outcome"] == "refused"}


@pytest.mark.parametrize("whose", ["mailing", "mail", "owner", "taxpayer", "billing"])
def test_an_owners_city_is_not_the_lots(tmp_path, whose):
    lines = LOTS.splitlines()
    cities = ["", "WEST LEBANON", "NEW YORK", "FRISCO", "NEW YORK"]
    text = "\n".join(f"{line},{city or whose + '_city'}" for line, city in zip(lines, cities, strict=True))

    result = load_table(tmp_path, "parcels", text)

    assert f"{whose}_city" not in mapping(result).values()
    assert result.frame["postal_city"].isna().all()


@pytest.mark.parametrize("total", ["TOTAL ASSESS", "Total", "Grand total:", "Sub-totals", "TOTAL 4 parcels"])
def test_a_total_line_is_no_record(tmp_path, total):
    result = load_table(tmp_path, "parcels", f"{LOTS},{total},\n")

    assert refusals(result) == {"a total line, not a record": 1}
    assert len(result.frame) == 4


@pytest.mark.parametrize(
    "row", ["1001-22-0005,Total Wine & More,Retail", ",7 Total St,Retail", "1001-22-0005,Total,Retail"]
)
def test_a_record_that_has_the_word_total_is_one(tmp_path, row):
    assert len(load_table(tmp_path, "parcels", f"{LOTS}{row}\n").frame) == 5


def test_a_row_with_nothing_but_what_stands_in_every_row_is_none(tmp_path):
    lines = LOTS.replace("situs_address", "address").splitlines()
    text = "\n".join(f"{line},{'state' if not index else 'ME 04107'}" for index, line in enumerate(lines))

    result = load_table(tmp_path, "parcels", f"{text}\n,,,ME 04107\n")

    assert refusals(result) == {"blank but for what stands in every row": 1}


@given(
    st.lists(
        st.tuples(st.floats(24.5, 49.3, allow_nan=False), st.floats(-124, -67, allow_nan=False)),
        min_size=3,
        max_size=12,
    )
)
def test_headings_of_coordinates_that_are_swapped_are_set_right_and_told(tmp_path_factory, points):
    rows = "".join(
        f"T{number},Acer rubrum,{lon:.6f},{lat:.6f}\n" for number, (lat, lon) in enumerate(points)
    )  # under each other's heading

    result = load_table(tmp_path_factory.mktemp("swapped"), "trees", f"id,species,latitude,longitude\n{rows}")

    assert result.frame.geometry.x.tolist() == pytest.approx([round(lon, 6) for _, lon in points], abs=1e-6)
    assert result.frame.geometry.y.tolist() == pytest.approx([round(lat, 6) for lat, _ in points], abs=1e-6)
    assert "swapped" in " ".join(line["reason"] for line in result.report.summary)


def test_a_count_is_no_kind_of_case(tmp_path):
    rows = "".join(f"C{number},12 Elm St,2024-05-0{number},{number % 3},open\n" for number in range(1, 9))

    result = load_table(tmp_path, "inspections", f"case number,address,opened,building_violations,status\n{rows}")

    assert "kind" not in mapping(result)
    assert "kind" in result.report.to_json()["missing_fields"]


PREFIXED = ["Number", "Type", "Status", "Opened Date", "Closed Date"]


@pytest.mark.parametrize("prefix", ["Code Case ", "CodeCase_", "ONS.", "Enforcement - "])
def test_words_that_most_headings_begin_with_are_left_out(tmp_path, prefix):
    heading = ",".join([*(prefix + name for name in PREFIXED), "Address"])
    rows = "".join(
        f"OPM-{number:04d},Weeds,{'Open' if number % 2 else 'Closed'},5/{number}/2024,,12 Elm St\n"
        for number in range(1, 20)
    )

    taken = mapping(load_table(tmp_path, "inspections", f"{heading}\n{rows}"))

    assert taken["opened_on"] == f"{prefix}Opened Date"
    assert taken["status"] == f"{prefix}Status"
    assert taken["kind"] == f"{prefix}Type"


def test_a_prefix_is_of_whole_words_and_of_many_names():
    assert shared_prefix(["status", "street", "state", "station"]) == ""
    assert shared_prefix(["tree_id", "tree_dbh", "tree_status", "tree_species", "lat"]) == "tree_"


def test_headings_that_carry_their_types_are_known_by_their_names(tmp_path):
    text = '"treeid,C,20","species,C,80","dbh,N,5,1","lat,N,19,11","lon,N,19,11"\n'
    text += "".join(f"T{number},Acer rubrum,{number + 4},38.70{number},-90.31\n" for number in range(1, 9))

    taken = mapping(load_table(tmp_path, "trees", text))

    assert taken == {"id": "treeid,C,20", "species": "species,C,80", "dbh_in": "dbh,N,5,1", "lat": "lat,N,19,11", "lon": "lon,N,19,11"}  # fmt: skip


def test_the_numbered_streets_of_a_grid_are_streets(tmp_path):
    streets = ["100", "200", "MAIN", "300", "50", "100", "400", "200", "150"]
    rows = "".join(f"{number * 10 + 5},N,{street},15-031-00{number:02d}\n" for number, street in enumerate(streets, 1))

    result = load_table(tmp_path, "addresses", f"AddNum,PrefixDir,StreetName,ParcelID\n{rows}")

    assert mapping(result)["street"] == "StreetName"
    assert result.frame["street"].str.lower().tolist() == [street.lower() for street in streets]


def test_requests_with_a_number_and_a_street_are_not_sent_to_the_addresses(tmp_path):
    rows = "".join(f"{100 + number},Canal,4/{number}/2016\n" for number in range(1, 20))

    result = load_table(tmp_path, "inspections", f"StreetNumber,StreetName,dtTime\n{rows}")

    assert len(result.frame) == 19
