"""What is typed in haste: glued, turned round, misspelt. It is found, told as changed, and never called exact."""

import pytest
import shapely
from addresses_town import address_layer, find_first, layer

from geo.geocode import AddressIndex, find

TOWN = """
parcel_id number number_hi frac number_sfx predir street suffix unit town_declared
P01 4900 . . . . Natural_Bridge Rd . Normandy
P02 4021 4025 . . . Natural_Bridge Rd . Pine_Lawn
P03 503 . 1/2 . N Euclid Ave . Normandy
P04 857 . . . N Florissant Rd . Ferguson
P05 857 . . . S Florissant Rd . Jennings
P06 1744 . . . . 66th St . Hillsdale
P07 1744 . . . . 67th St . Hillsdale
P08 7782 . . . . Lucas_and_Hunt Rd . Normandy
P09 3846 . . . . St_Ferdinand Ave . Wellston
P10 2317 . . . . Union Blvd . Wellston
P11 7315 . . . S Nettle Ave . Pagedale
P12 7313 7319 . . . Nettle Ave . Pagedale
P13 12 . . . . Oak St . Pagedale
P14 12 . . . . Elm Ct 2 Pagedale
"""


@pytest.fixture(scope="module")
def town():
    return AddressIndex.build(addresses=address_layer(TOWN))


@pytest.mark.parametrize(
    ("query", "parcel", "told"),
    [
        ("4900 Natrual Bridge Rd", "P01", "Read “natrual bridge rd” as “Natural Bridge Rd”."),
        ("4900 natural brdige", "P01", "Read “natural brdige” as “Natural Bridge Rd”."),
        ("4900 Naturalbridge Rd", "P01", " as “Natural Bridge Rd”."),
        ("4900 Natural Bridge Raod", "P01", "Ignored “raod”."),
        ("Natural Bridge Rd 4900", "P01", "Moved “4900” before the street."),
        ("Natrual Bridge Rd 4900", "P01", " as “Natural Bridge Rd”."),
        ("4900Natural Bridge Rd", "P01", "Read “4900natural” as “4900 natural”."),
        ("857 Florissant Rd S", "P05", "Moved “S” before the name."),
        ("1744 66 St", "P06", "Read “66” as “66th”."),
        ("7782 Lucas n Hunt Rd", "P08", "Read “n” as “and”."),
        ("7782 Lucas Hunt", "P08", " as “Lucas and Hunt Rd”."),
        ("3846Ste Ferdinand Ave", "P09", " as “St Ferdinand Ave”."),
        ("2317 Unoin Blvd", "P10", " as “Union Blvd”."),
        ("503 1/2 N Eculid Ave", "P03", " as “N Euclid Ave”."),
        ("house no. 4900 natural bridge", "P01", "Ignored “house no”."),
        ("Normandy, 4900 Natural Bridge Rd", "P01", "Moved “normandy” after the street."),
        ("normandy 4900 natural bridge rd", "P01", "Moved “normandy” after the street."),
        ("Natural Bridge Rd #4900", "P01", "Moved “4900” before the street."),
        ("4900 Natural Bridge Rd Rd", "P01", "Ignored the repeated “rd”."),
        ("4900 Natural Bridge Road Rd", "P01", "Ignored the repeated “rd”."),
        ("Apt 2, 12 Elm Court", "P14", "Moved “apt 2” after the street."),
        ("12 apt 2 elm court", "P14", "Moved “apt 2” after the street."),
        ("63121 4900 natural bridge rd", "P01", "Moved “63121” after the street."),
        ("Normandy MO 63121 - 4900 Natural Bridge", "P01", "Moved “normandy mo 63121” after the street."),
        ("city of normandy, natural bridge rd 4900", "P01", "Moved “4900” before the street."),
        ("Natural Bridge Rd 4900 Normandy MO", "P01", "Moved “4900” before the street."),
        ("Natural Bridge 4900 Rd", "P01", "Moved “4900” before the street."),
        ("4900 Rd Natural Bridge", "P01", "Moved “rd” after the name."),
        ("4,900 Natural Bridge Rd", "P01", "Read “4,900” as “4900”."),
        ("49 00 Natural Bridge Rd", "P01", "Read “49 00” as “4900”."),
        ("49OO Natural Bridge Rd", "P01", "Read “49oo” as “4900”."),
        ("4021 & 4025 Natural Bridge Rd", "P02", "Read “4021 & 4025” as “4021-4025”."),
        ("4900 4900 Natural Bridge Rd", "P01", "Ignored the repeated “4900”."),
        ("4900 Natural Natural Bridge Rd", "P01", "Ignored the repeated “natural”."),
        ("4900 on Natural Bridge Rd", "P01", "Ignored “on”."),
        ("4900/Natural Bridge Rd", "P01", "Ignored “&”."),
        ("4900 Natural Bridge Rd at Main St", "P01", "Ignored “at main st”."),
        ("4900 Natural Bridge Rd and 12 Oak St", "P01", "Ignored “and 12 oak st”."),
        ("vacant lot next to 4900 Natural Bridge", "P01", "Ignored “vacant lot next to”."),
        ("behind 12 Oak", "P13", "Ignored “behind”."),
        ("4900 Nat'l Bridge Rd", "P01", "Read “natl bridge rd” as “Natural Bridge Rd”."),
        ("4900 Ntrl Brdg", "P01", "Read “ntrl brdg” as “Natural Bridge Rd”."),
        ("4900 Naturl Bridge Raod", "P01", " as “Natural Bridge Rd”."),
        ("parcel no. P01", "P01", "Ignored “parcel no”."),
        ("857 SFlorissant Rd", "P05", "Read “sflorissant” as “S Florissant”."),
    ],
)
def test_a_sloppy_address_is_corrected_and_told(town, query, parcel, told):
    status, found, changes = find_first(town, query)

    assert (status, found) == ("corrected", parcel)
    assert told in changes


@pytest.mark.parametrize("query", ["4900-Natural-Bridge-Rd", "4900.natural.bridge.rd", "1744-67th-St"])
def test_hyphens_and_dots_between_the_words_change_nothing(town, query):
    assert find(town, query).status == "exact"


@pytest.mark.parametrize("query", ["1744 65th St", "1744 68th St", "1744 6th St", "12 Ork St", "12 Ash St"])
def test_ordinals_and_short_names_are_never_likened(town, query):
    assert find(town, query).status == "none"


def test_a_suffix_lends_a_name_no_slips(town):
    """Onyx Boulevard is three slips from Union Boulevard, but a name of four letters may have one."""
    assert find(town, "2317 Onyx Blvd").status == "none"
    assert find(town, "857 Florence Rd").status == "none"


def test_a_number_with_a_wrong_or_swapped_digit_is_asked_about(town):
    swapped, wrong = find(town, "9400 Natural Bridge Rd"), find(town, "2371 Union Blvd")

    assert (swapped.status, swapped.candidates[0].parcel_id) == ("nearest", "P01")
    assert "Did you mean 4900?" in swapped.candidates[0].changes[0]
    assert [one.parcel_id for one in wrong.candidates] == ["P10"]


def test_a_street_typed_in_full_is_not_passed_over_for_one_with_a_direction(town):
    """7315 stands on S Nettle Ave, and within 7313-7319 of the Nettle Ave that was typed: neither is left out."""
    answer = find(town, "7315 Nettle Ave")

    assert answer.status == "ambiguous"
    assert [one.parcel_id for one in answer.candidates] == ["P12", "P11"]


def test_an_unfinished_street_without_the_number_gives_the_nearest_on_it(town):
    status, found, changes = find_first(town, "4904 nat bri")

    assert (status, found) == ("nearest", "P01")
    assert "Read “nat bri” as “Natural Bridge Rd”." in changes


def test_a_misspelt_street_alone_lists_its_addresses(town):
    status, found, changes = find_first(town, "natural brdige")

    assert (status, found) == ("prefix", "P02")
    assert " as “Natural Bridge Rd”." in changes


def test_streets_of_a_crossing_may_be_unfinished_or_misspelt():
    lines = {"Natural Bridge Rd": "LINESTRING (0 0, 1 0)", "Lucas and Hunt Rd": "LINESTRING (1 0, 1 1)"}
    index = AddressIndex.build(
        streets=layer("streets", [{"name": name, "geometry": shapely.from_wkt(line)} for name, line in lines.items()])
    )

    status, _, changes = find_first(index, "natural brdige & lucas hunt")

    assert status == "intersection"
    assert "Read “natural brdige” as “Natural Bridge Rd”." in changes
    assert "Read “lucas hunt” as “Lucas and Hunt Rd”." in changes
    assert find_first(index, "natural bridge & lucas and hunt")[2] == ""


@pytest.mark.parametrize(
    "query",
    [
        "4900 blk Natural Bridge",
        "the 4900 block of Natural Bridge Rd",
        "block 4900 Natural Bridge",
        "Natural Bridge 4900 block",
        "49xx Natural Bridge Rd",
        "49 hundred block of Natural Bridge",
        "forty nine hundred block natural bridge",
    ],
)
def test_a_block_is_found_in_every_form(town, query):
    answer = find(town, query)

    assert answer.status == "block"
    assert [one.parcel_id for one in answer.candidates] == ["P01"]


def test_a_number_that_is_on_record_is_never_called_missing(town):
    """The street is only near in spelling; the number stands on it."""
    answer = find(town, "4900 oh the Natural Bridge Rd")

    assert not [one for one in answer.candidates if "Number 4900 is not on record" in " ".join(one.changes)]


@pytest.mark.parametrize("query", ["4900 Natural Bridge Rd?", "4900_Natural_Bridge_Rd", "4900 Natural Bridge Rd;"])
def test_marks_at_the_end_and_underscores_change_nothing(town, query):
    assert find(town, query).status == "exact"


@pytest.mark.parametrize("query", ["\u02bc", "'", "7201 '", "?!;", "_", "- -", "& &", "1 , ,", ", 1"])
def test_next_to_nothing_is_none(town, query):
    answer = find(town, query)

    assert answer.status == "none"
    assert answer.reason


def test_a_block_without_an_address_is_told_as_one(town):
    answer = find(town, "7300 blk natural bridge")

    assert answer.status == "none"
    assert answer.reason == "No address is on record in the 7300 block of Natural Bridge Rd."
