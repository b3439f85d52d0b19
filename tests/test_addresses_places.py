"""Crossings, landmarks, empty layers, and whole columns of addresses for the join."""

import pandas as pd
import pytest
import shapely
from addresses_town import address_layer, layer, parcel_layer

from geo.crs import LonLat
from geo.geocode import AddressIndex, find, make_parcel_finder
from geo.schema import LAYERS, empty_frame

MAIN_AND_OAK = (-90.300, 38.700)
STREETS = [
    {"predir": "N", "street": "Main", "suffix": "St", "geometry": [(-90.301, 38.700), MAIN_AND_OAK, (-90.299, 38.700)]},
    {"name": "OAK AVE", "geometry": [(-90.300, 38.701), MAIN_AND_OAK, (-90.300, 38.699)]},
    {"name": "Lucas and Hunt Rd", "geometry": [(-90.300, 38.699), (-90.299, 38.699)]},
    {"name": None, "geometry": [MAIN_AND_OAK, (-90.305, 38.705)]},
]  # fmt: skip


@pytest.fixture(scope="module")
def town():
    lines = [row | {"geometry": shapely.LineString(row["geometry"])} for row in STREETS]
    marks = [
        {"name": "Normandy High School", "geometry": shapely.Point(-90.31, 38.71)},
        {"name": "St. Ann's Church", "geometry": None, "address": "1 Oak Ave"},
    ]
    return AddressIndex.build(streets=layer("streets", lines), landmarks=layer("landmarks", marks))


@pytest.mark.parametrize(
    "query",
    ["Main & Oak", "oak ave and n main st", "Oak Avenue @ North Main", "corner of main and oak", "MAIN ST / OAK AVE", "main/oak", "Main at Oak"],
)  # fmt: skip
def test_two_streets_meet_where_their_lines_share_a_vertex(town, query):
    answer = find(town, query)

    assert answer.status == "intersection"
    assert [(one.address, one.lon, one.lat, one.changes) for one in answer.candidates] == [
        (answer.candidates[0].address, *MAIN_AND_OAK, ())
    ]
    assert answer.candidates[0].parcel_id is None


def test_a_street_whose_name_holds_an_and_crosses_like_any_other(town):
    answer = find(town, "lucas and hunt and oak")

    assert (answer.status, answer.candidates[0].lat) == ("intersection", 38.699)


def test_a_wrong_suffix_at_a_crossing_is_told(town):
    answer = find(town, "Main St & Oak Blvd")

    assert answer.candidates[0].changes == ("Typed “oak blvd”; the street on record is Oak Ave.",)


@pytest.mark.parametrize("query", ["Main & Lucas and Hunt", "Main at Lucas and Hunt"])
def test_streets_that_do_not_meet_have_no_crossing(town, query):
    answer = find(town, query)

    assert (answer.status, answer.reason) == ("none", "No intersection of these two streets is on record.")


def test_a_landmark_is_found_by_its_name_and_by_its_beginning(town):
    whole, begun = find(town, "normandy high school"), find(town, "normandy hi")

    assert (whole.status, whole.candidates[0].kind, whole.candidates[0].lon) == (*("exact", "landmark"), -90.31)
    assert (begun.status, begun.candidates[0].address) == ("prefix", "Normandy High School")


def test_a_landmark_without_a_place_has_none(town):
    assert find(town, "saint anns church").to_json()["candidates"][0]["lon"] is None


def test_layers_without_a_row_make_an_index_without_an_answer():
    names = ("addresses", "parcels", "streets", "landmarks", "aliases")
    index = AddressIndex.build(**{name: empty_frame(LAYERS[name]) for name in names})

    assert len(index) == 0
    assert find(index, "1 Oak Ave").status == "none"
    assert find(index, "10E620112").status == "none"


def test_rows_that_name_no_street_are_left_out():
    index = AddressIndex.build(addresses=address_layer("parcel_id number street\nA 7 .\nB . .\n"))

    assert len(index) == 0
    assert find(index, "B").candidates == ()


def test_an_address_is_shown_at_its_own_point_else_where_its_parcel_is():
    places = pd.DataFrame({"id": ["A", "B"], "lon": [-90.1, -90.2], "lat": [38.1, 38.2]})
    parcels = parcel_layer([{"id": "A", "address": "1 OAK AVE"}, {"id": "B"}])
    addresses = layer(
        "addresses",
        [
            {"parcel_id": "B", "number": 3, "street": "Oak", "geometry": shapely.Point(-90.5, 38.5)},
            {"parcel_id": "B", "number": 5, "street": "Oak"},
        ],
    )
    index = AddressIndex.build(parcels=parcels, addresses=addresses, label_points=places)

    shown = [find(index, f"{number} oak").candidates[0].lon for number in (1, 3, 5)]

    assert shown == [-90.1, -90.5, -90.2]


def test_a_tie_leans_to_where_the_inspector_stands():
    rows = [
        {"parcel_id": "W", "number": 1, "street": "Oak", "town_declared": "West", "geometry": shapely.Point(-90.4, 38.7)},
        {"parcel_id": "E", "number": 1, "street": "Oak", "town_declared": "East", "geometry": shapely.Point(-90.2, 38.7)},
    ]  # fmt: skip
    index = AddressIndex.build(addresses=layer("addresses", rows))

    near_east = find(index, "1 oak", near=LonLat(-90.21, 38.7))

    assert [one.parcel_id for one in near_east.candidates] == ["E", "W"]


def test_the_joins_town_counts_before_the_declared_one():
    addresses = address_layer("id parcel_id number street town_declared\nx A 1 Oak Vinita_Terrace\n")

    index = AddressIndex.build(addresses=addresses, address_towns={"x": "Vinita Park"})

    assert find(index, "1 oak").candidates[0].town == "Vinita Park"


COLUMN = """
parcel_id number number_hi street suffix unit town_declared
A 10 . Oak Ave . Normandy
B 10 . Oak Ave . Wellston
C 12 16 Elm St . Normandy
D 20 . Elm St 1 Normandy
E 20 . Elm St 2 Normandy
"""


def test_a_column_without_an_address_gets_no_parcel():
    index = AddressIndex.build(addresses=address_layer(COLUMN))
    nothing = pd.Series([], dtype="str")
    unknown = pd.Series([None, None], dtype="str")

    assert make_parcel_finder(index)(nothing, nothing).tolist() == []
    assert make_parcel_finder(index)(unknown, unknown).isna().all()


@pytest.mark.parametrize(
    ("address", "town", "parcel"),
    [
        ("10 OAK AV", "Normandy", "A"),
        ("10 OAK AV", "WELLSTON", "B"),
        ("10 OAK AV", None, None),  # which of the two is not said
        ("10 OAK AV", "St. Louis", None),  # a post office decides nothing
        ("10 OAK AV", "Pagedale", None),
        ("12-16 Elm Street", None, "C"),
        ("12 elm", "Normandy", "C"),
        ("12 elm", "Wellston", None),  # Wellston governs, and has no Elm St
        ("14 Elm St", None, None),  # within a range is not as typed
        ("20 Elm St #2", None, "E"),
        ("20 Elm St", None, None),
        ("22 Elm St", None, None),
        ("A", None, None),  # a parcel number is no address
        ("nonsense", None, None),
        (None, "Normandy", None),
    ],
)
def test_the_join_gets_a_parcel_only_from_a_sure_address(address, town, parcel):
    index = AddressIndex.build(addresses=address_layer(COLUMN))
    addresses = pd.Series([None, address], index=[7, 3], dtype="str")
    towns = pd.Series([None, town], index=[7, 3], dtype="str")

    found = make_parcel_finder(index)(addresses, towns)

    assert found.index.tolist() == [7, 3]
    assert pd.isna(found[7])
    assert (None if pd.isna(found[3]) else found[3]) == parcel
