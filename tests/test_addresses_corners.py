"""Crossings: placed for the join only where they are sure, and told with the town of their point."""

import pandas as pd
import pytest
import shapely
from addresses_town import layer

from geo.geocode import AddressIndex, find, make_intersection_finder

CORNER = (-90.300, 38.700)
STREETS = [
    {"name": "Elm St", "geometry": [(-90.310, 38.700), CORNER, (-90.290, 38.700)]},
    {"name": "Oak Ave", "geometry": [(-90.300, 38.690), CORNER]},
    {"name": "Crescent Dr", "geometry": [(-90.310, 38.700), (-90.3, 38.68), (-90.290, 38.700)]},
]
TOWNS = {
    "1": {"name": "East", "geometry": shapely.box(-90.300, 38.6, -90.200, 38.8)},
    "2": {"name": "West", "geometry": shapely.box(-90.400, 38.6, -90.300, 38.8)},
    "0": {"name": "Old East", "geometry": shapely.box(-90.300, 38.6, -90.2, 38.8), "valid_to": "2016-10-31"},
    "00": {"name": "Elmwood", "geometry": shapely.box(-90.400, 38.6, -90.2, 38.8), "kind": "unincorporated"},
}  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    lines = [{**row, "geometry": shapely.LineString(row["geometry"])} for row in STREETS]
    return {
        "streets": layer("streets", lines),
        "towns": layer("municipalities", [{"id": id_, **row} for id_, row in TOWNS.items()]),
    }


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("Elm St @ Oak Ave", CORNER),
        ("OAK AV & ELM", CORNER),  # as lists write it
        ("Oak Ave and Elm St", CORNER),
        ("Elm Ave & Oak Ave", None),  # called otherwise
        ("Elm St & Crescent Dr", None),  # they meet twice
        ("Elm St & Nowhere Rd", None),
        ("4021 Elm St", None),
        (None, None),
    ],
)
def test_the_join_gets_a_crossing_only_where_it_is_sure(rows, address, place):
    addresses = pd.Series([None, address], dtype="str")

    found = make_intersection_finder(AddressIndex.build(**rows))(addresses)

    assert [one and (one.x, one.y) for one in found] == [None, place]


@pytest.mark.parametrize(
    ("as_of", "town"), [("2026-11-23", "East"), ("2016-10-31", "Old East"), ("2016-11-01", "East"), (None, None)]
)
def test_a_crossing_on_a_border_is_in_the_town_of_the_lowest_id_that_governs_on_the_day(rows, as_of, town):
    index = AddressIndex.build(**rows, as_of=as_of)

    assert [one.town for one in find(index, "elm st & oak ave").candidates] == [town]


def test_a_town_to_lean_to_puts_its_crossing_first(rows):
    index = AddressIndex.build(**rows, as_of="2026-11-23")

    found = [
        [one.town for one in find(index, "elm st & crescent dr", town=town).candidates] for town in ("East", "West")
    ]

    assert found == [["East", "West"], ["West", "East"]]
