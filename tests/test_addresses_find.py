"""What an inspector types in a town of a dozen addresses, and what is answered."""

import pytest
from addresses_town import address_layer, alias_layer, parcel_layer
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import LonLat
from geo.geocode import STATUSES, AddressIndex, find, parse_lonlat

TOWN = """
parcel_id number number_hi frac number_sfx predir street suffix unit town_declared postal_city zip
P01 4900 . . . . Natural_Bridge Rd . Normandy St._Louis 63121
P02 4021 4025 . . . Natural_Bridge Rd . Pine_Lawn St._Louis 63120
P03 503 . 1/2 . N Euclid Ave . Normandy . 63121
P04 503 . . . N Euclid Ave . Normandy . 63121
P05 4131 . . R . Wabash Ave . Pagedale . 63133
P06 3618 . . . . Edgewood Ave . Hillsdale . 63121
P07 3618 . . . . Edgewood Ave 2 Hillsdale . 63121
P08 10 . . . N 15th St . Jennings . 63136
P09 10 . . . N 15th St . Wellston . 63112
P10 5559 . . . . St_Louis Ave . Hillsdale . 63121
P11 4567 . . . . North_Market St . Hillsdale . 63121
P12 8 . . . . Lexington Ave . Normandy . 63121
P13 12 . . . . Lexington St . Normandy . 63121
"""


@pytest.fixture(scope="module")
def town():
    return AddressIndex.build(addresses=address_layer(TOWN))


def one(index, query, **options):
    """Ask, and give status, first parcel and the changes told."""
    answer = find(index, query, **options)
    first = answer.candidates[0] if answer.candidates else None
    return answer.status, first and first.parcel_id, " ".join(first.changes if first else ())


@pytest.mark.parametrize(
    ("query", "parcel"),
    [
        ("3618 Edgewood Ave", "P06"),
        ("  3618   EDGEWOOD    AV  ", "P06"),
        ("3618 edgewood", "P06"),
        ("3618 Edgewood Avenue, Apt 2", "P07"),
        ("3618 Edgewood Ave #2", "P07"),
        ("3618 Edgewood Ave Unit 2, Hillsdale, MO 63121", "P07"),
        ("503 1/2 North Euclid Ave.", "P03"),
        ("503½ N Euclid", "P03"),
        ("503 euclid", "P04"),
        ("4131R Wabash", "P05"),
        ("4131 R WABASH AV", "P05"),
        ("4021-25 Natural Bridge", "P02"),
        ("4021 - 4025 Natural Bridge Rd", "P02"),
        ("10 N Fifteenth Street Jennings", "P08"),
        ("10 n 15th st 63112", "P09"),
        ("5559 Saint Louis Ave", "P10"),
        ("5559 ST LOUIS AV", "P10"),
        ("4567 N Market St", "P11"),
        ("4567 North Market Street Hillsdale MO", "P11"),
    ],
)
def test_an_address_in_any_usual_spelling_is_exact(town, query, parcel):
    status, found, _ = one(town, query)

    assert (status, found) == ("exact", parcel)


@pytest.mark.parametrize(
    ("query", "parcel", "told"),
    [
        ("3618 Edgewood St", "P06", "Typed “St”; the street on record is Edgewood Ave."),
        ("503 S Euclid Ave", "P04", "Typed “S”; the street on record is N Euclid Ave."),
        ("3618 Edgewood Ave Apt 9", "P06", "Apt 9 is not on record"),
        ("3618 1/2 Edgewood Ave", "P06", "Number 3618 1/2 is not on record"),
        ("3618R Edgewood Ave", "P06", "Number"),
        ("4131 Wabash Ave", "P05", "Number 4131 is not on record; this is 4131R"),
        ("4023 Natural Bridge Rd", "P02", "Number 4023 is part of 4021-4025."),
        ("3618 Edgewood Ave, Ferguson", "P06", "is in Hillsdale, not in Ferguson."),
        ("3618 Edgewood Ave 63199", "P06", "The ZIP code is 63121, not 63199."),
        ("3618 Edgewood Ave 63121-1234", "P06", "Ignored “1234” after the ZIP code."),
        ("3618 Edgewood Ave Hillsdale IL 63121", "P06", "The state is MO, not IL."),
        ("3618 Edgewood Ave behind the church", "P06", "Ignored “behind the church”."),
        ("thirty-six eighteen Edgewood", "P06", "Read “thirty six eighteen” as “3618”."),
    ],
)
def test_what_does_not_stand_in_the_table_is_corrected_and_told(town, query, parcel, told):
    status, found, changes = one(town, query)

    assert (status, found) == ("corrected", parcel)
    assert told in changes


@pytest.mark.parametrize(
    ("query", "parcel"),
    [
        ("4802 Natural Bridge Rd", "P01"),  # 98 numbers on
        ("4027 Natural Bridge Rd", "P02"),
        ("3616 Edgewood Ave", "P06"),
        ("12 Lexington Ave", "P12"),  # 12 stands on Lexington St, which is another street
    ],
)
def test_a_number_that_does_not_exist_gives_the_nearest_on_its_side(town, query, parcel):
    status, found, changes = one(town, query)

    assert (status, found) == ("nearest", parcel)
    assert "is not on record" in changes


@pytest.mark.parametrize("query", ["10 N 16th St", "1 Nowhere Ln"])
def test_what_is_on_no_record_is_none_with_a_reason(town, query):
    answer = find(town, query).to_json()

    assert (answer["status"], answer["candidates"]) == ("none", [])
    assert answer["reason"]


def test_the_nearest_number_is_named_and_its_distance_beyond_a_block(town):
    _, _, near = one(town, "4802 Natural Bridge Rd")
    far = find(town, "4433 Natural Bridge Rd")

    assert "Number 4802 is not on record; 4900 is the nearest on the same side." in near
    assert (far.status, [one.parcel_id for one in far.candidates]) == ("nearest", ["P02", "P01"])
    assert "4021-4025 is the nearest on the same side. It is 408 numbers away." in " ".join(far.candidates[0].changes)
    assert "4900 is the nearest on the other side. It is 467 numbers away." in " ".join(far.candidates[1].changes)


FLATS = """
parcel_id number street suffix unit town_declared
HALL 10 Elm St 10 Normandy
HALL 10 Elm St 2 Normandy
HALL 10 Elm St 1 Normandy
C1 20 Elm St 1 Normandy
C10 20 Elm St 10 Normandy
C2 20 Elm St 2 Normandy
"""


@pytest.mark.parametrize("query", ["10 Elm St", "12 Elm St", "0 blk Elm St"])
def test_the_units_of_one_lot_are_one_answer_where_no_unit_was_typed(query):
    index = AddressIndex.build(addresses=address_layer(FLATS))

    first = find(index, query).candidates[0]

    assert (first.parcel_id, first.address) == ("HALL", "10 Elm St")
    assert first.changes[-1] == "3 units have this address."
    assert find(index, "10 Elm St Apt 2").candidates[0].address == "10 Elm St Unit 2"


def test_units_that_are_lots_of_their_own_are_listed_in_the_order_of_their_numbers():
    answer = find(AddressIndex.build(addresses=address_layer(FLATS)), "20 Elm St")

    assert answer.status == "ambiguous"
    assert [one.parcel_id for one in answer.candidates] == ["C1", "C2", "C10"]


def test_one_address_in_two_towns_is_a_question(town):
    answer = find(town, "10 N 15th St")

    assert answer.status == "ambiguous"
    assert [candidate.town for candidate in answer.candidates] == ["Jennings", "Wellston"]


def test_a_tie_leans_to_the_inspectors_town(town):
    assert one(town, "10 N 15th St", town="Wellston")[:2] == ("ambiguous", "P09")
    assert one(town, "10 N 15th St", town="jennings")[:2] == ("ambiguous", "P08")


def test_the_governing_town_is_told_when_the_post_office_has_another_name(town):
    for query in ("4900 Natural Bridge Rd", "4900 Natural Bridge Rd, St. Louis, MO 63121"):
        status, found, changes = one(town, query)

        assert (status, found) == ("exact", "P01")
        assert changes == "Mail says St. Louis; the lot is in Normandy."


def test_an_unfinished_street_is_completed_and_never_exact(town):
    status, found, changes = one(town, "4900 nat bri")

    assert (status, found) == ("prefix", "P01")
    assert "as “Natural Bridge Rd”." in changes


def test_a_street_without_a_number_lists_its_addresses(town):
    answer = find(town, "natural bridge")

    assert answer.status == "prefix"
    assert [one.parcel_id for one in answer.candidates] == ["P02", "P01"]


def test_a_block_lists_its_addresses_lowest_first(town):
    answer = find(town, "4000 blk Natural Bridge")

    assert (answer.status, [one.parcel_id for one in answer.candidates]) == ("block", ["P02"])


@pytest.mark.parametrize(
    "query",
    [
        "", "   ", "x" * 10_000, "4900", "???", "-- , .", "\x00\x07", "4900 Natural\x00Bridge",
        "שלום 4900", "4900 \u202eNatural Bridge", "4900 Natural Bridge 🌳", "'; DROP TABLE parcels; --",
        "4900 OR 1=1", "^4900.*$", "[0-9]+ (nat|lex)", "99999999999999999999 Natural Bridge", "½", "#", "&",
        "and", "blk", "4900 blk", ",,,", "4900,", "N", "Apt 2",
    ],
)  # fmt: skip
def test_bad_input_is_none_with_a_reason(town, query):
    answer = find(town, query).to_json()

    assert (answer["status"], answer["candidates"]) == ("none", [])
    assert answer["reason"]
    assert answer["query"] == query


def test_an_index_of_nothing_answers():
    assert find(AddressIndex.build(), "4900 Natural Bridge").status == "none"


def test_every_status_is_of_the_fixed_vocabulary():
    assert set(STATUSES) == {
        "exact", "corrected", "ambiguous", "nearest", "block", "intersection", "prefix", "none",
    }  # fmt: skip


@given(st.floats(24.5, 49.5), st.floats(-125, -66.5))
def test_coordinates_of_this_country_are_read_in_either_order(lat, lon):
    lat, lon = round(lat, 5) + 1e-5, round(lon, 5) - 1e-5

    assert parse_lonlat(f"{lat:.5f}, {lon:.5f}") == parse_lonlat(f"{lon:.5f}, {lat:.5f}")
    assert parse_lonlat(f"{lat:.5f} {lon:.5f}").lat == pytest.approx(lat)


def test_degrees_are_handed_to_the_map():
    assert parse_lonlat(" -90.3051,38.7002 ") == LonLat(-90.3051, 38.7002)
    assert parse_lonlat("-190.1, 38.7") is None


LOTS = [
    {"id": "10E620112", "address": "1161 DUNN RD", "old_id": "10E620011", "town_declared": "NORMANDY"},
    {"id": "13-B", "address": "4570 R  WABASH AV ", "zip": "63133"},
    {"id": "1-3B", "address": None},
    {"id": "17", "address": "9 N MARKET ST APT 4, Pagedale, MO 63133"},
]  # fmt: skip


@pytest.fixture(scope="module")
def lots():
    towns = {"10E620112": "Normandy", "13-B": "Pagedale", "17": "Pagedale"}
    return AddressIndex.build(parcels=parcel_layer(LOTS), parcel_towns=towns)


@pytest.mark.parametrize(
    ("query", "status", "parcel"),
    [
        ("10E620112", "exact", "10E620112"),
        ("10e 620-112", "exact", "10E620112"),
        ("13-B", "exact", "13-B"),
        ("13 b", "exact", "13-B"),
        ("17", "exact", "17"),
        ("10E620011", "corrected", "10E620112"),
        ("1161 Dunn", "exact", "10E620112"),
        ("1161 dunn road normandy", "exact", "10E620112"),
        ("4570R Wabash Ave", "exact", "13-B"),
        ("9 North Market St # 4", "exact", "17"),
        ("9 N Market", "exact", "17"),
        ("4570 Wabash Ave", "corrected", "13-B"),
    ],
)
def test_a_parcel_is_found_by_its_number_and_by_its_situs(lots, query, status, parcel):
    assert one(lots, query)[:2] == (status, parcel)


def test_a_lot_without_a_number_is_listed_with_its_street():
    index = AddressIndex.build(parcels=parcel_layer([{"id": "V1", "address": "DUNN RD"}]))

    assert one(index, "dunn rd")[:2] == ("prefix", "V1")
    assert find(index, "1 dunn rd").status == "none"
    assert find(index, "DUNN RD").candidates[0].address == "Dunn Rd"


def test_a_number_without_its_hyphen_may_be_two_parcels(lots):
    answer = find(lots, "13B")

    assert answer.status == "ambiguous"
    assert {candidate.parcel_id for candidate in answer.candidates} == {"13-B", "1-3B"}


def test_parcels_of_two_sources_with_one_number_are_both_told():
    index = AddressIndex.build(parcels=parcel_layer([{"id": "7-A"}, {"id": "7-A~county"}]))

    assert [c.parcel_id for c in find(index, "7-a").candidates] == ["7-A", "7-A~county"]
    assert one(index, "7-A~county")[:2] == ("exact", "7-A~county")


def test_an_old_number_tells_the_new_one(lots):
    assert one(lots, "10E620011")[2] == "Parcel 10E620011 is now 10E620112."


def test_an_address_and_its_parcel_are_one_candidate():
    addresses = address_layer("id parcel_id number street suffix\n1 A1 7 Oak St\n")
    parcels = parcel_layer([{"id": "A1", "address": "7 OAK ST"}])
    index = AddressIndex.build(addresses=addresses, parcels=parcels)

    answer = find(index, "7 oak st")

    assert (answer.status, len(answer.candidates)) == ("exact", 1)


def test_a_road_number_is_another_name_of_its_street():
    aliases = alias_layer([{"alias": "MO-115", "street": "Natural Bridge Rd"}])
    index = AddressIndex.build(addresses=address_layer(TOWN), aliases=aliases)

    for query in ("4900 MO-115", "4900 Hwy 115", "4900 mo route 115", "4900 MO 115, Normandy 63121"):
        status, found, changes = one(index, query)

        assert (status, found) == ("corrected", "P01")
        assert "MO-115 is another name for Natural Bridge Rd" in changes
