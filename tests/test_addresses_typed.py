"""What real people type: glued units, slips in towns, highways of every class, heroes, two lots, numbers that are none."""

import pandas as pd
import pytest
import shapely
from addresses_town import address_layer, alias_layer, find_first, layer, parcel_layer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.geocode import AddressIndex, find, make_parcel_finder
from geo.geocode.gazetteer.from_store import living_parcel_ids
from geo.geocode.parse.numbered_roads import parse_road

TOWN = """
parcel_id number number_hi number_sfx predir street suffix postdir unit town_declared zip
N01 600 . . . Highway_N . . . Normandy 63121
D01 610 . . . Route_D . . . Normandy 63121
U01 700 . . . US_Highway_67 . . . Ferguson 63135
S01 800 . . . MO-115 . . . Normandy 63121
C01 900 . . . County_Rd_220 . . . Normandy 63121
I01 950 . . . I-270 . . . Normandy 63121
K01 4000 . . . Dr_Martin_Luther_King Dr . . Pagedale 63133
F01 20 . . . John_F_Kennedy Blvd . . Pagedale 63133
H01 6209 . . . Hanley Rd . . Normandy 63121
H02 6213 . . . Hanley Rd . . Normandy 63121
H03 6217 . . . Hanley Rd . . Normandy 63121
H04 6301 6305 . . Hanley Rd . . Normandy 63121
L01 7782 . . . Lucas_and_Hunt Rd . . Normandy 63121
E01 12 . . . Elm Ct . 1B Pagedale 63133
E02 12 . . . Elm Ct . 2 Pagedale 63133
R01 2735 . . . Ivanhoe Ave . . Hillsdale 63121
R02 2735 . R . Ivanhoe Ave . . Hillsdale 63121
T01 1744 . . . 3rd St . . Hillsdale 63121
T02 1744 . . . 22nd St . . Hillsdale 63121
B01 10 . . N 15th St . . Hillsdale 63121
B02 10 . . N 15th St . . Wellston 63112
M01 44 . . . Chambers Rd SE . Pine_Lawn 63120
M02 44 . . . Chambers Rd . . Pine_Lawn 63120
P01 5507 . . . Partridge Ave . . Pagedale 63133
X01 12 . . . Lexington Ave . . Normandy 63121
X02 16 . . . Lexington St . . Normandy 63121
X03 9416 . . . Lexington St . . Normandy 63121
Y01 8 . . . Saint_Ann Ln . . Bel-Nor 63121
"""
ALIASES = [
    {"alias": "Route AA", "street": "Hanley Rd"},
    {"alias": "The Grove", "street": "Pagedale"},
]
ROWS = [line.split() for line in TOWN.strip().splitlines()[1:]]


@pytest.fixture(scope="module")
def town():
    return AddressIndex.build(addresses=address_layer(TOWN), aliases=alias_layer(ALIASES))


@pytest.mark.parametrize(
    ("query", "parcel", "told"),
    [
        ("12 elm ct apt1b", "E01", "Read “apt1b” as “apt 1b”."),
        ("12 Elm Ct Unit2", "E02", "Read “unit2” as “unit 2”."),
        ("12 Elm Ct, STE2, Pagedale", "E02", "Read “ste2” as “ste 2”."),
        ("apt2 12 elm court", "E02", "Read “apt2” as “apt 2”."),
        ("2735 rear Ivanhoe", "R02", "Read “rear” as “2735R”."),
        ("2735 Ivanhoe Ave rear", "R02", "Read “rear” as “2735R”."),
        ("2735rear Ivanhoe", "R02", "Read “rear” as “2735R”."),
        ("2735-rear Ivanhoe", "R02", "Read “rear” as “2735R”."),
        ("1744 3 rd st", "T01", "Read “3 rd” as “3rd”."),
        ("1744 3th st", "T01", "Read “3th” as “3rd”."),
        ("1744 3st st", "T01", "Read “3st” as “3rd”."),
        ("1744 22 nd street", "T02", "Read “22 nd” as “22nd”."),
        ("1744 22th", "T02", "Read “22th” as “22nd”."),
        ("44 chambersrdse", "M01", "Read “chambersrdse” as “Chambers Rd SE”."),
        ("44 chambers rdse", "M01", " as “Chambers Rd SE”."),
        ("5507 partru", "P01", "Read “partru” as “Partridge Ave”."),
        ("10 N 15th St, Hillsale", "B01", "Read “hillsale” as “Hillsdale”."),
        ("10 n 15th st hillsale", "B01", "Read “hillsale” as “Hillsdale”."),
        ("10 n 15th wellstn", "B02", "Read “wellstn” as “Wellston”."),
        ("12 elm ct apt2 pagdale", "E02", "Read “pagdale” as “Pagedale”."),
        ("8 saint ann ln belnor", "Y01", "Read “belnor” as “Bel-Nor”."),
        ("12 elm ct #2, the grove", "E02", "Read “the grove” as “Pagedale”."),
        ("7782 Lucas-Hunt Rd", "L01", " as “Lucas and Hunt Rd”."),
    ],
)
def test_what_is_typed_in_haste_is_understood_and_told(town, query, parcel, told):
    status, found, changes = find_first(town, query)

    assert (status, found) == ("corrected", parcel)
    assert told in changes


@pytest.mark.parametrize(
    ("query", "status", "parcel"),
    [
        ("12 elm apts", "ambiguous", None),  # apartments are no Apt S
        ("6209 Hanley Rd, Normandy 63121", "exact", "H01"),
        ("7782 Lucas and Hunt Rd", "exact", "L01"),
        ("6301-6305 Hanley Rd", "exact", "H04"),
        ("1744 3rd St", "exact", "T01"),
        ("2735R Ivanhoe", "exact", "R02"),
        ("2735 Ivanhoe", "exact", "R01"),
        ("8 St Ann Ln", "exact", "Y01"),
        ("44 Chambers Rd", "exact", "M02"),
    ],
)
def test_the_neighbors_of_what_is_typed_in_haste_stay(town, query, status, parcel):
    answer = find(town, query)

    assert answer.status == status
    assert parcel is None or answer.candidates[0].parcel_id == parcel


@pytest.mark.parametrize("query", ["6200blk Hanley Rd", "6200block hanley", "6200 blk Hanley Rd"])
def test_a_block_glued_to_its_word_is_one(town, query):
    answer = find(town, query)

    assert answer.status == "block"
    assert [one.parcel_id for one in answer.candidates] == ["H01", "H02", "H03"]


KEEPERS = {
    "US": ("US", "U.S.", "us"),
    "MO": ("MO", "Missouri", "State", "mo"),
    "COUNTY": ("County", "Co", "Cty"),
    "I": ("Interstate", "I"),
}
KINDS = ("Hwy", "Highway", "Rte", "Route", "Rt", "Rd", "Road", "hwy", "ROUTE")
ROADS = {
    "N": ("N01", 600, None),
    "67": ("U01", 700, "US"),
    "115": ("S01", 800, "MO"),
    "220": ("C01", 900, "COUNTY"),
    "270": ("I01", 950, "I"),
}


@st.composite
def road_names(draw):
    """Write a road on record by a word for its class, with or without its keeper."""
    id_ = draw(st.sampled_from(sorted(ROADS)))
    keeper = ROADS[id_][2] or draw(st.sampled_from(["MO", "COUNTY"]))
    words = draw(st.sampled_from(KEEPERS[keeper]))
    kind = draw(st.sampled_from(KINDS))
    if id_ == "N" or words in ("Co", "Cty") or draw(st.booleans()):
        words = f"{words} {kind}" if draw(st.booleans()) or words in ("Co", "Cty") else kind
    return id_, f"{words} {id_}"


@given(road_names())
@settings(max_examples=examples(300), deadline=None)
def test_a_road_is_found_by_every_word_for_its_class(town, name):
    id_, typed = name
    parcel, number, _ = ROADS[id_]

    status, found, changes = find_first(town, f"{number} {typed}")

    assert found == parcel
    assert status in ("exact", "corrected")
    assert status == "exact" or changes


@given(
    st.sampled_from(["Route", "Highway", "Hwy", "MO", "US Hwy", "County Rd", "State Route", "I"]),
    st.sampled_from(["N", "D", "E", "NN", "67", "66", "115", "220", "270", "27"]),
    st.sampled_from([600, 610, 700, 800, 900, 950]),
)
@settings(max_examples=examples(300), deadline=None)
def test_a_road_is_never_taken_for_one_with_another_number_or_letter(town, words, id_, number):
    typed = parse_road(tuple(f"{words} {id_}".upper().split()))

    answer = find(town, f"{number} {words} {id_}")

    for one in answer.candidates:
        street = one.address.partition(" ")[2].replace("-", " ").upper()
        recorded = parse_road(tuple(street.split()))
        assert recorded is None or typed is None or typed.may_be(recorded), (words, id_, one.address)


def test_route_n_is_highway_n_and_never_route_d(town):
    status, found, changes = find_first(town, "600 Route N")

    assert (status, found) == ("corrected", "N01")
    assert changes == "Read “route n” as “Highway N”."
    assert "N01" not in [one.parcel_id for one in find(town, "600 Route D").candidates]
    assert find_first(town, "6209 Route AA")[1] == "H01"  # an alias of the town
    assert find_first(town, "6209 State Hwy AA")[1] == "H01"


@pytest.mark.parametrize(
    "query", ["700 MO Hwy 67", "700 County Rd 67", "700 Old Hwy 67", "800 US 115", "600 Interstate N"]
)
def test_another_keeper_is_another_road(town, query):
    answer = find(town, query)

    assert not [one for one in answer.candidates if one.status in ("exact", "corrected")]


@pytest.mark.parametrize(
    ("query", "parcel"),
    [
        ("4000 MLK Dr", "K01"),
        ("4000 M L K Drive", "K01"),
        ("4000 M.L. King Dr", "K01"),
        ("4000 ML King", "K01"),
        ("4000 Martin Luther King", "K01"),
        ("4000 Martin Luther King Jr Dr", "K01"),
        ("4000 Rev Martin Luther King Dr", "K01"),
        ("20 JFK Blvd", "F01"),
        ("20 J F Kennedy", "F01"),
        ("20 John Kennedy Blvd", "F01"),
        ("20 Pres John F Kennedy Blvd", "F01"),
    ],
)
def test_a_person_is_known_by_initials_and_without_a_title(town, query, parcel):
    status, found, changes = find_first(town, query)

    assert (status, found) == ("corrected", parcel)
    assert changes.startswith("Read “")


@pytest.mark.parametrize(
    "query", ["4000 Coretta King Dr", "4000 King Dr", "4000 MLJ Dr", "20 Robert Kennedy Blvd", "20 RFK Blvd"]
)
def test_another_person_is_another_street(town, query):
    assert not [one for one in find(town, query).candidates if one.status in ("exact", "corrected", "nearest")]


JOINERS = ("&", " & ", " and ", " or ", ", ", ",", "+", " + ", "/", "; ", " & ")


@given(
    st.sampled_from([(6209, 6217), (6217, 6209), (6209, 6213), (6213, 6217)]), st.sampled_from(JOINERS), st.booleans()
)
@example((6209, 6217), " & ", False)
@settings(deadline=None)
def test_two_numbers_are_two_lots_however_they_are_joined(town, numbers, joiner, twice):
    low, high = numbers
    joined = " and " if twice else joiner
    query = f"{low} Hanley Rd{joined}{high} Hanley Rd" if twice else f"{low}{joined}{high} Hanley Rd"

    answer = find(town, query)

    lots = {6209: "H01", 6213: "H02", 6217: "H03"}
    assert [one.parcel_id for one in answer.candidates] == [lots[low], lots[high]]
    assert answer.status == "ambiguous"
    assert all("Several house numbers were typed" in one.changes[0] for one in answer.candidates)
    found = make_parcel_finder(town)(pd.Series([query]), pd.Series([None], dtype="str"))
    assert found.isna().all()


def test_three_numbers_are_three_lots(town):
    assert [one.parcel_id for one in find(town, "6209, 6213 & 6217 Hanley").candidates] == ["H01", "H02", "H03"]


@pytest.mark.parametrize(
    ("query", "parcels"),
    [
        ("6301-6305 Hanley Rd", ["H04"]),
        ("6301 & 6305 Hanley Rd", ["H04"]),  # the table has them as one range
        ("6301 to 6305 Hanley Rd", ["H04"]),
        ("7782 Lucas & Hunt Rd", ["L01"]),
        ("6209 Hanley Rd, 63121", ["H01"]),
        ("6209 Hanley Rd and 12 Lexington Ave", ["H01"]),  # two streets: the first
    ],
)
def test_a_range_stays_a_range_and_a_street_a_street(town, query, parcels):
    assert [one.parcel_id for one in find(town, query).candidates] == parcels


STREETS = sorted({" ".join(cell.replace("_", " ") for cell in row[4:8] if cell != ".") for row in ROWS})
NUMBERS = {
    street: {
        int(row[1]) for row in ROWS if " ".join(cell.replace("_", " ") for cell in row[4:8] if cell != ".") == street
    }
    for street in STREETS
}


@given(st.sampled_from(STREETS), st.integers(1, 99_999))
@settings(max_examples=examples(400), deadline=None)
def test_a_number_that_does_not_exist_has_the_nearest_on_its_street_at_any_distance(town, street, number):
    if number in NUMBERS[street] or 6301 <= number <= 6305:
        return

    answer = find(town, f"{number} {street}")

    told = [int(one.address.split()[0].split("-")[0].rstrip("R")) for one in answer.candidates if street in one.address]
    nearest = min(NUMBERS[street], key=lambda other: abs(other - number))
    assert answer.status == "nearest"
    assert nearest in told or min(abs(other - number) for other in told) <= abs(nearest - number) + 5
    assert all(one.changes and one.status == "nearest" for one in answer.candidates)


def test_the_distance_of_a_far_number_is_told(town):
    near, far = find_first(town, "6219 Hanley Rd"), find_first(town, "9999 Hanley Rd")

    assert near == ("nearest", "H03", "Number 6219 is not on record; 6217 is the nearest on the same side.")
    assert far[:2] == ("nearest", "H04")
    assert far[2].endswith("It is 3694 numbers away.")


def test_the_same_number_on_another_suffix_and_the_mistyped_digit_are_offered(town):
    suffix = find(town, "16 Lexington Ave")
    digit = find(town, "4916 Lexington St")

    assert [one.parcel_id for one in suffix.candidates[:2]] == ["X01", "X02"]
    assert "Typed “Ave”; the street on record is Lexington St." in suffix.candidates[1].changes
    assert digit.candidates[0].parcel_id == "X03"
    assert "Did you mean 9416?" in digit.candidates[0].changes[0]


def test_a_vanished_number_is_answered_by_the_parcel_that_has_it_now():
    parcels = parcel_layer(
        [
            {"id": "10E2", "old_id": "9-1", "address": "1 OAK AVE"},
            {"id": "10E3", "old_id": "9-2"},
            {"id": "10E4", "old_id": "9-2"},
        ]
    )
    addresses = address_layer("parcel_id number street\n9-1 3 Oak\n9-2 5 Oak\n10E3 7 Oak\n")
    addresses = addresses.assign(parcel_id=living_parcel_ids(addresses["parcel_id"], parcels))
    index = AddressIndex.build(parcels=parcels, addresses=addresses)

    assert find_first(index, "3 oak")[:2] == ("exact", "10E2")
    assert find_first(index, "9-1") == ("corrected", "10E2", "Parcel 9-1 is now 10E2.")
    assert find_first(index, "7 oak")[:2] == ("exact", "10E3")
    assert find(index, "5 oak").candidates[0].parcel_id is None  # two parcels had that number
    assert {one.parcel_id for one in find(index, "9-2").candidates} == {"10E3", "10E4"}


def test_a_zip_alone_suggests_its_towns(town):
    for query in ("63121", "zip code 63121", "MO 63121", "63121-4021"):
        answer = find(town, query)

        assert answer.status == "prefix"
        assert [one.address for one in answer.candidates] == ["Normandy", "Hillsdale", "Bel-Nor"]
        assert (answer.candidates[0].kind, answer.candidates[0].id) == ("town", "normandy")
    assert [one.address for one in find(town, "Hillsdale, MO 63121").candidates] == ["Hillsdale"]
    assert find(town, "90210").status == "none"


def test_the_beginning_of_a_parcel_number_suggests_parcels():
    index = AddressIndex.build(parcels=parcel_layer([{"id": "10E620112"}, {"id": "10E620020"}, {"id": "12345678"}]))

    assert [one.parcel_id for one in find(index, "10e 620").candidates] == ["10E620020", "10E620112"]
    assert find(index, "10E620").status == "prefix"
    assert find(index, "1234").candidates[0].parcel_id == "12345678"
    assert find(index, "10").status == "none"


def test_a_landmark_is_found_by_its_words_in_any_order():
    marks = [{"name": name, "geometry": shapely.Point(0, 0)} for name in ("Normandy High School", "Hanley Library")]
    index = AddressIndex.build(landmarks=layer("landmarks", marks))

    assert find(index, "school normandy").candidates[0].address == "Normandy High School"
    assert find(index, "library").candidates[0].address == "Hanley Library"
    assert find(index, "school hanley").status == "none"


@pytest.mark.parametrize(
    "query",
    ["[6209] Hanley Rd", "6209 Hanley Rd [vacant]", "6209 Hanley Rd | Normandy", "6209 Hanley Rd; Normandy; MO", "6209 | Hanley Rd"],
)  # fmt: skip
def test_brackets_bars_and_semicolons_refuse_nothing(town, query):
    status, found, _ = find_first(town, query)

    assert found == "H01"
    assert status in ("exact", "corrected")


@pytest.mark.parametrize(
    "query", ["6209 OR 1=1", "^6209.*$", "6209 <b>Hanley", "6209 Hanley*", "6209 {Hanley}", "'; DROP TABLE parcels; --"]
)
def test_marks_of_other_languages_are_refused_still(town, query):
    assert find(town, query).status == "none"


def test_a_spoken_town_is_the_town_where_it_is_on_record():
    rows = "parcel_id number street suffix town_declared\nA 1 Oak St University_City\nB 1 Oak St Wellston\n"
    index = AddressIndex.build(addresses=address_layer(rows))

    for query in ("1 Oak St, U City", "1 oak st u. city", "1 Oak St, UCity"):
        status, found, changes = find_first(index, query)

        assert (status, found) == ("corrected", "A")
        assert "as “University City”." in changes


MAIN_AND_OAK = (-90.300, 38.700)
LINES = [
    {"name": "Natural Bridge Rd", "geometry": [(-90.301, 38.700), MAIN_AND_OAK]},
    {"name": "Oak Ave", "geometry": [MAIN_AND_OAK, (-90.300, 38.699)]},
    {"name": "Highway N", "geometry": [MAIN_AND_OAK, (-90.299, 38.701)]},
    {"name": "Route D", "geometry": [MAIN_AND_OAK, (-90.299, 38.702)]},
    {"name": "Dr Martin Luther King Dr", "geometry": [MAIN_AND_OAK, (-90.299, 38.703)]},
]  # fmt: skip


@pytest.fixture(scope="module")
def crossings():
    lines = [row | {"geometry": shapely.LineString(row["geometry"])} for row in LINES]
    aliases = alias_layer([{"alias": "MO-115", "street": "Natural Bridge Rd"}])
    return AddressIndex.build(streets=layer("streets", lines), aliases=aliases)


@pytest.mark.parametrize(
    ("query", "name", "told"),
    [
        ("MO-115 & Oak", "Natural Bridge Rd & Oak Ave", "MO-115 is another name for Natural Bridge Rd."),
        ("Oak and Hwy 115", "Oak Ave & Natural Bridge Rd", "MO-115 is another name for Natural Bridge Rd."),
        ("Route N & Oak", "Highway N & Oak Ave", "Read “route n” as “Highway N”."),
        ("Hwy D at Hwy N", "Route D & Highway N", "Read “hwy d” as “Route D”."),
        ("MLK & Oak", "Dr Martin Luther King Dr & Oak Ave", "Read “mlk” as “Dr Martin Luther King Dr”."),
        ("Natural Bridge - Oak", "Natural Bridge Rd & Oak Ave", ""),
    ],
)
def test_a_crossing_knows_other_names_and_a_hyphen(crossings, query, name, told):
    answer = find(crossings, query)

    assert (answer.status, answer.candidates[0].address) == ("intersection", name)
    assert told in " ".join(answer.candidates[0].changes)


@pytest.mark.parametrize("query", ["Route E & Oak", "US 115 & Oak", "Route NN & Oak"])
def test_a_crossing_takes_no_road_for_another(crossings, query):
    assert find(crossings, query).status == "none"
