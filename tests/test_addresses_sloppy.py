"""What is typed in haste: glued, turned round, misspelt. It is found, told as changed, and never called exact."""

import pytest
import shapely
from addresses_town import address_layer, layer

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


def first(index, query):
    """Ask, and give status, first parcel and the changes told."""
    answer = find(index, query)
    one = answer.candidates[0] if answer.candidates else None
    return answer.status, one and one.parcel_id, " ".join(one.changes if one else ())


@pytest.mark.parametrize(
    ("query", "parcel", "told"),
    [
        ("4900 Natrual Bridge Rd", "P01", "“natrual bridge rd” was read as Natural Bridge Rd"),
        ("4900 natural brdige", "P01", "“natural brdige” was read as"),
        ("4900 Naturalbridge Rd", "P01", "was read as Natural Bridge Rd"),
        ("4900 Natural Bridge Raod", "P01", "“raod” was ignored"),
        ("Natural Bridge Rd 4900", "P01", "4900 was typed behind the street"),
        ("Natrual Bridge Rd 4900", "P01", "was read as Natural Bridge Rd"),
        ("4900Natural Bridge Rd", "P01", "was read as 4900 and the street"),
        ("857 Florissant Rd S", "P05", "S was typed behind the street"),
        ("1744 66 St", "P06", "“66” was read as 66th"),
        ("7782 Lucas n Hunt Rd", "P08", "“n” was read as and"),
        ("7782 Lucas Hunt", "P08", "was read as Lucas and Hunt Rd"),
        ("3846Ste Ferdinand Ave", "P09", "was read as St Ferdinand Ave"),
        ("2317 Unoin Blvd", "P10", "was read as Union Blvd"),
        ("503 1/2 N Eculid Ave", "P03", "was read as N Euclid Ave"),
        ("house no. 4900 natural bridge", "P01", "“house no” was ignored"),
        ("Normandy, 4900 Natural Bridge Rd", "P01", "“normandy” was typed before the address"),
        ("normandy 4900 natural bridge rd", "P01", "was typed before the address"),
        ("Natural Bridge Rd #4900", "P01", "4900 was typed behind the street"),
        ("4900 Natural Bridge Rd Rd", "P01", "“rd” was typed twice"),
        ("4900 Natural Bridge Road Rd", "P01", "was typed twice"),
        ("Apt 2, 12 Elm Court", "P14", "“apt 2” was typed before the street"),
        ("12 apt 2 elm court", "P14", "“apt 2” was typed before the street"),
        ("63121 4900 natural bridge rd", "P01", "“63121” was typed before the address"),
        ("Normandy MO 63121 - 4900 Natural Bridge", "P01", "“normandy mo 63121” was typed before"),
        ("city of normandy, natural bridge rd 4900", "P01", "4900 was typed behind the street"),
        ("Natural Bridge Rd 4900 Normandy MO", "P01", "4900 was typed behind the street"),
        ("Natural Bridge 4900 Rd", "P01", "4900 was typed within the street"),
        ("4900 Rd Natural Bridge", "P01", "“rd” was typed before the name"),
        ("4,900 Natural Bridge Rd", "P01", "“4,900” was read as 4900"),
        ("49 00 Natural Bridge Rd", "P01", "“49 00” was read as 4900"),
        ("49OO Natural Bridge Rd", "P01", "“49oo” was read as 4900"),
        ("4021 & 4025 Natural Bridge Rd", "P02", "“4021 & 4025” was read as 4021-4025"),
        ("4900 4900 Natural Bridge Rd", "P01", "“4900” was typed twice"),
        ("4900 Natural Natural Bridge Rd", "P01", "“natural” was typed twice"),
        ("4900 on Natural Bridge Rd", "P01", "“on” was ignored"),
        ("4900/Natural Bridge Rd", "P01", "“&” was ignored"),
        ("4900 Natural Bridge Rd at Main St", "P01", "“at main st” was ignored"),
        ("4900 Natural Bridge Rd and 12 Oak St", "P01", "“and 12 oak st” was ignored"),
        ("vacant lot next to 4900 Natural Bridge", "P01", "“vacant lot next to” was ignored"),
        ("behind 12 Oak", "P13", "“behind” was ignored"),
        ("4900 Nat'l Bridge Rd", "P01", "“natl bridge rd” was read as Natural Bridge Rd"),
        ("4900 Ntrl Brdg", "P01", "“ntrl brdg” was read as Natural Bridge Rd"),
        ("4900 Naturl Bridge Raod", "P01", "was read as Natural Bridge Rd"),
        ("parcel no. P01", "P01", "“parcel no” was ignored"),
        ("857 SFlorissant Rd", "P05", "“sflorissant” was read as S Florissant"),
    ],
)
def test_a_sloppy_address_is_corrected_and_told(town, query, parcel, told):
    status, found, changes = first(town, query)

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
    assert "did you mean 4900?" in swapped.candidates[0].changes[0]
    assert [one.parcel_id for one in wrong.candidates] == ["P10"]


def test_a_street_typed_in_full_is_not_passed_over_for_one_with_a_direction(town):
    """7315 stands on S Nettle Ave, and within 7313-7319 of the Nettle Ave that was typed: neither is left out."""
    answer = find(town, "7315 Nettle Ave")

    assert answer.status == "ambiguous"
    assert [one.parcel_id for one in answer.candidates] == ["P12", "P11"]


def test_an_unfinished_street_without_the_number_gives_the_nearest_on_it(town):
    status, found, changes = first(town, "4904 nat bri")

    assert (status, found) == ("nearest", "P01")
    assert "“nat bri” was read as Natural Bridge Rd" in changes


def test_a_misspelt_street_alone_lists_its_addresses(town):
    status, found, changes = first(town, "natural brdige")

    assert (status, found) == ("prefix", "P02")
    assert "was read as Natural Bridge Rd" in changes


def test_streets_of_a_crossing_may_be_unfinished_or_misspelt():
    lines = {"Natural Bridge Rd": "LINESTRING (0 0, 1 0)", "Lucas and Hunt Rd": "LINESTRING (1 0, 1 1)"}
    index = AddressIndex.build(
        streets=layer("streets", [{"name": name, "geometry": shapely.from_wkt(line)} for name, line in lines.items()])
    )

    status, _, changes = first(index, "natural brdige & lucas hunt")

    assert status == "intersection"
    assert "“natural brdige” was read as Natural Bridge Rd" in changes
    assert "“lucas hunt” was read as Lucas and Hunt Rd" in changes
    assert first(index, "natural bridge & lucas and hunt")[2] == ""


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

    assert not [one for one in answer.candidates if "0 numbers away" in " ".join(one.changes)]


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
    assert answer.reason == "Natural Bridge Rd has no address on record in its 7300 block."
