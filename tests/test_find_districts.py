"""Police bodies, court hubs and other districts, found by name, initials, words, kind and town."""

from datetime import date

import pytest
import shapely
from addresses_town import address_layer, layer

from geo.crs import LonLat
from geo.geocode import AddressIndex, find
from geo.geocode.gazetteer.index_cache import read_index, write_index
from geo.geocode.workspace_search import WorkspaceSearch

COOPERATIVE = "police/north-county-police-cooperative"
NORMANDY = "police/normandy-police-illustrative"
HUB_ONE, HUB_TWO = "court/court-hub-one", "court/court-hub-two"
ROWS = [
    {"id": "p1", "kind": "police", "name": "North County Police Cooperative", "town": "Vinita Park"},
    {"id": "p2", "kind": "Police", "name": "North County Police Cooperative", "town": "Wellston"},
    {"id": "p3", "kind": "police", "name": "Normandy Police (illustrative)", "town": "Normandy"},
    {"id": "p4", "kind": "police", "name": "Old Police", "town": "Normandy", "valid_to": "2020-12-31"},
    {"id": "p5", "kind": "police", "name": "Next Police", "town": "Normandy", "valid_from": "2030-01-01"},
    {"id": "c1", "kind": "court", "name": "Court hub one", "town": "Normandy"},
    {"id": "c2", "kind": "court", "name": "Court hub two", "town": "St. John"},
    {"id": "f1", "kind": "fire district", "name": "Saint Louis North", "geometry": shapely.box(-90.3, 38.7, -90.2, 38.8)},
]  # fmt: skip
ADDRESSES = """
    parcel_id number street suffix town_declared
    A         1      Court  St     Normandy
    B         3      Police Ave    Normandy
    C         1      Hub    Ave    Normandy
"""


@pytest.fixture(scope="module")
def index():
    marks = layer("landmarks", [{"name": "City Hall"}, {"name": "Cooperative Park"}])
    districts = layer("districts", ROWS)
    return AddressIndex.build(
        addresses=address_layer(ADDRESSES), landmarks=marks, districts=districts, as_of="2026-11-23"
    )


def search(index, query, **options):
    """Give the status, and the id or the address of each candidate."""
    answer = find(index, query, **options)
    return answer.status, [one.id or one.address for one in answer.candidates]


@pytest.mark.parametrize(
    ("query", "district"),
    [
        ("North County Police Cooperative", COOPERATIVE),
        ("n. county POLICE cooperative", COOPERATIVE),
        ("Normandy Police (illustrative)", NORMANDY),
        ("normandy police", NORMANDY),
        ("court hub one", HUB_ONE),
        ("St. Louis North", "fire-district/saint-louis-north"),
    ],
)
def test_a_district_is_found_by_its_whole_name_with_its_kind_and_id(index, query, district):
    answer = find(index, query)

    assert (answer.status, len(answer.candidates)) == ("exact", 1)
    assert (answer.candidates[0].kind, answer.candidates[0].id) == ("district", district)
    assert (answer.candidates[0].parcel_id, answer.candidates[0].changes) == (None, ())


def test_the_rows_of_one_body_are_one_candidate_and_only_a_single_town_is_its_town(index):
    cooperative, hub = (find(index, query).candidates[0] for query in ("North County Police Cooperative", "hub two"))

    assert (cooperative.address, cooperative.town) == ("North County Police Cooperative", None)
    assert (hub.address, hub.town) == ("Court hub two", "St. John")


@pytest.mark.parametrize("query", ["NCPC", "ncpc", "N.C.P.C.", "n c p c"])
def test_initials_are_read_as_the_name_and_the_answer_says_so(index, query):
    answer = find(index, query)

    assert (answer.status, answer.candidates[0].id) == ("corrected", COOPERATIVE)
    assert answer.candidates[0].changes == ("Read “NCPC” as “North County Police Cooperative”.",)


@pytest.mark.parametrize("query", ["NP", "NCP", "NCPCX", "cpc"])
def test_too_few_or_other_initials_find_no_district(index, query):
    assert COOPERATIVE not in search(index, query)[1]
    assert NORMANDY not in search(index, query)[1]


@pytest.mark.parametrize(
    ("query", "districts"),
    [
        ("north cou", [COOPERATIVE]),
        ("coop", ["Cooperative Park", COOPERATIVE]),
        ("county police", [COOPERATIVE]),
        ("poli coun", [COOPERATIVE]),
        ("court hub", [HUB_ONE, HUB_TWO]),
        ("fire", ["fire-district/saint-louis-north"]),
        ("louis fire", ["fire-district/saint-louis-north"]),
    ],
)
def test_beginnings_of_words_in_any_order_suggest_a_district_after_landmarks(index, query, districts):
    assert search(index, query) == ("prefix", districts)


@pytest.mark.parametrize(
    ("query", "districts"),
    [("police", [NORMANDY, COOPERATIVE, "3 Police Ave"]), ("court", [HUB_ONE, HUB_TWO, "1 Court St"])],
)
def test_a_kind_typed_in_full_lists_its_districts_before_streets_of_that_word(index, query, districts):
    assert search(index, query) == ("prefix", districts)


def test_a_kind_that_is_not_yet_whole_lists_streets_first(index):
    assert search(index, "hub") == ("prefix", ["1 Hub Ave", HUB_ONE, HUB_TWO])


@pytest.mark.parametrize(
    ("query", "districts"),
    [
        ("wellston police", [COOPERATIVE]),
        ("police vinita park", [COOPERATIVE]),
        ("court, St. John", [HUB_TWO]),
        ("saint john court", [HUB_TWO]),
        ("police st john", []),
        ("wellston", []),
    ],
)
def test_a_kind_and_a_town_find_the_district_that_serves_it_but_a_town_alone_does_not(index, query, districts):
    assert [one.id for one in find(index, query).candidates if one.kind == "district"] == districts


def test_on_the_map_of_a_town_its_own_districts_come_first(index):
    assert search(index, "police", town="wellston")[1][:2] == [COOPERATIVE, NORMANDY]
    assert search(index, "court hub", town="St. John")[1] == [HUB_TWO, HUB_ONE]


@pytest.mark.parametrize("query", ["Old Police", "Next Police"])
def test_a_district_that_is_not_in_force_on_the_day_of_the_join_is_not_found(index, query):
    assert all(one.kind != "district" for one in find(index, query).candidates)


def test_without_a_join_districts_of_every_day_are_found():
    index = AddressIndex.build(districts=layer("districts", ROWS))

    assert search(index, "old police") == ("exact", ["police/old-police"])


def test_a_drawn_district_has_a_point_and_a_listed_one_has_none(index):
    drawn, listed = (find(index, query).candidates[0] for query in ("Saint Louis North", "Court hub one"))

    assert shapely.box(-90.3, 38.7, -90.2, 38.8).contains(shapely.Point(drawn.lon, drawn.lat))
    assert (listed.lon, listed.lat) == (None, None)


def test_a_landmark_and_a_district_of_one_name_are_both_listed():
    marks = layer("landmarks", [{"name": "Court hub one", "geometry": shapely.Point(-90.3, 38.7)}])
    index = AddressIndex.build(landmarks=marks, districts=layer("districts", ROWS))

    answer = find(index, "court hub one", near=LonLat(-90.3, 38.7))

    assert (answer.status, [one.kind for one in answer.candidates]) == ("ambiguous", ["landmark", "district"])


@pytest.mark.parametrize("query", ["4021 Police", "po", "1", "&", "co"])
def test_numbers_and_one_or_two_letters_suggest_no_district(index, query):
    assert all(one.kind != "district" for one in find(index, query).candidates)


def test_the_cache_file_keeps_the_districts(index, tmp_path):
    write_index(index, tmp_path / "index.arrow", b"mark")

    cached = read_index(tmp_path / "index.arrow", b"mark", index.town_boundaries)

    assert cached.districts.districts == index.districts.districts
    assert find(cached, "wellston police") == find(index, "wellston police")


def test_the_name_of_a_town_means_the_town_before_a_district_of_that_name():
    index = AddressIndex.build(districts=layer("districts", [{"id": "1", "kind": "school", "name": "Normandy"}]))
    sources = {"trees": (), "sites": (), "inspections": ()}
    search = WorkspaceSearch(None, index, sources, {"normandy": "Normandy"})

    answer = search.find("Normandy", today=date(2026, 11, 23))

    assert answer.status == "exact"
    assert [one.id for one in answer.candidates] == ["normandy", "school/normandy"]


def test_the_command_line_prints_the_page_of_a_district(lotleaf, loaded_sample):
    printed = lotleaf("find", "NCPC", "-w", loaded_sample).stdout

    assert "North County Police Cooperative  /districts/police/north-county-police-cooperative" in printed
