"""Inspections come to their parcel by its number, its address or a point, in this order."""

import pandas as pd
import pytest
from drawn import box, town

LOTS = {"a": box(0, 0, 10, 10), "b": {"wkt": box(10, 0, 10, 10), "old_id": "07-1"}}


def inspections(cases, **more):
    return town({"parcels": LOTS, "inspections": cases} | more, parcel_of_address=at)


def at(addresses, towns):
    """The one address of this town."""
    assert len(addresses) == len(towns)
    return addresses.map({"1 Elm St": "b"}).astype("str")


def test_the_number_says_more_than_the_address_and_the_address_more_than_the_point():
    cases = {
        "all": {"parcel_key": "A", "address": "1 Elm St", "wkt": "POINT (15 5)"},
        "old": {"parcel_key": "07-1"},
        "wrong-number": {"parcel_key": "999", "address": "1 Elm St", "wkt": "POINT (5 5)"},
        "point": {"parcel_key": "999", "address": "9 Oak St", "wkt": "POINT (5 5)"},
        "edge": "POINT (10 5)",
        "street": "POINT (5 -3)",
        "lost": {"address": "9 Oak St"},
    }

    found = inspections(cases)["inspections"]

    assert found["parcel_id"].fillna("").to_dict() == {
        "all": "a", "old": "b", "wrong-number": "b", "point": "a", "edge": "a", "street": "", "lost": "",
    }  # fmt: skip
    assert found["method"].to_dict() == {
        "all": "parcel", "old": "parcel", "wrong-number": "address", "point": "point", "edge": "point",
        "street": "none", "lost": "none",
    }  # fmt: skip


def test_an_address_alone_is_looked_up_in_the_town_whose_file_it_is():
    asked = []

    def find(addresses, towns):
        asked.extend(zip(addresses, towns, strict=True))
        return at(addresses, towns)

    layers = {
        "municipalities": {"Drawn": box(0, 0, 20, 10)},  # the drawings' rows come from "drawn"
        "parcels": LOTS,
        "trees": {"oak": {"address": "1 Elm St"}},
        "inspections": {"case": {"address": "2 Elm St"}},
    }
    town(layers, parcel_of_address=find)

    assert sorted(asked) == [("1 Elm St", "Drawn"), ("2 Elm St", "Drawn")]


def test_nobody_looks_an_address_up_where_the_number_has_said_it():
    asked = []

    def find(addresses, towns):
        asked.extend(addresses)
        return at(addresses, towns)

    cases = {"told": {"parcel_key": "a", "address": "1 Elm St"}, "wanted": {"address": "2 Elm St"}}
    town({"parcels": LOTS, "inspections": cases}, parcel_of_address=find)

    assert asked == ["2 Elm St"]


def test_the_number_is_found_though_another_source_has_it_too():
    lots = {"7~pagedale": box(0, 0, 10, 10)}

    found = town({"parcels": lots, "inspections": {"i": {"parcel_key": "7"}}})["inspections"]

    assert found.loc["i", "parcel_id"] == "7~pagedale"


def test_a_case_without_a_point_is_shown_in_its_parcel():
    found = inspections({"own": {"parcel_key": "a", "wkt": "POINT (3 3)"}, "lent": {"parcel_key": "a"}, "lost": {}})

    places = found["inspections"][["lon", "lat"]]
    assert places.loc["own", "lon"] < places.loc["lent", "lon"]
    assert places.loc["lost"].isna().all()


def test_open_and_closed_are_counted_and_cancelled_and_unknown_are_neither():
    cases = {f"c{n}": {"parcel_key": "a", "status": status} for n, status in enumerate(
        ["open", "open", "closed", "cancelled", "unknown"])}  # fmt: skip

    lots = inspections(cases)["parcels"]

    assert lots["inspections_open"].tolist() == [2, 0]
    assert lots["inspections_closed"].tolist() == [1, 0]


def test_due_next_comes_from_open_cases_that_have_a_due_date_and_from_nothing_else():
    cases = {
        "late": {"parcel_key": "a", "due_on": "2026-12-24"},
        "soon": {"parcel_key": "a", "due_on": "2026-12-01"},
        "done": {"parcel_key": "a", "due_on": "2026-11-01", "status": "closed"},
        "undated": {"parcel_key": "b", "opened_on": "2026-11-01"},
    }

    lots = inspections(cases)["parcels"]

    assert lots.loc["a", "due_next_on"] == "2026-12-01"
    assert pd.isna(lots.loc["b", "due_next_on"])


def test_the_last_inspection_is_the_latest_that_took_place():
    cases = {
        "first": {"parcel_key": "a", "inspected_on": "2024-02-03", "status": "closed"},
        "last": {"parcel_key": "a", "inspected_on": "2026-01-02"},
        "off": {"parcel_key": "a", "inspected_on": "2026-05-05", "status": "cancelled"},
    }

    assert inspections(cases)["parcels"].loc["a", "inspected_last_on"] == "2026-01-02"


def test_a_case_at_one_unit_shows_on_every_unit_of_the_lot():
    units = {"u1": box(0, 0, 10, 10), "u2": box(0, 0, 10, 10)}

    tables = town({"parcels": units, "inspections": {"i": {"parcel_key": "u2"}}})

    assert tables["inspections"].loc["i", "parcel_id"] == "u2"
    assert tables["parcels"]["inspections_open"].tolist() == [1, 1]


@pytest.mark.parametrize("key", [None, "", "  "])
def test_no_number_is_no_parcels_number(key):
    lots = {"a": {"wkt": box(0, 0, 1, 1), "old_id": key}}

    found = town({"parcels": lots, "inspections": {"i": {"parcel_key": key}}})["inspections"]

    assert found.loc["i", "method"] == "none"


def test_a_case_without_an_address_shows_that_of_its_parcel():
    lots = {"a": {"wkt": LOTS["a"], "address": "2 Elm St"}, "b": LOTS["b"]}
    points = {
        "p1": {"parcel_id": "b", "place_name": "Hall"},
        "p2": {"parcel_id": "b", "number": 4, "number_hi": 6, "street": "Elm", "suffix": "St"},
        "p3": {"parcel_id": "b", "address": "8 Elm St"},
        "p4": {"parcel_id": "a", "address": "99 Elm St"},
    }
    cases = {
        "own": {"parcel_key": "a", "address": "2 Elm Street"},
        "blank": {"parcel_key": "a", "address": " "},
        "of-a": {"parcel_key": "a"},
        "of-b": {"parcel_key": "b"},
        "lost": {},
    }

    found = town({"parcels": lots, "addresses": points, "inspections": cases})["inspections"]["parcel_address"]

    assert found.loc[list(cases)].fillna("").tolist() == ["", "2 Elm St", "2 Elm St", "4-6 Elm St", ""]


def test_a_parcel_without_any_address_lends_none():
    found = town({"parcels": LOTS, "inspections": {"i": {"parcel_key": "a"}}})["inspections"]

    assert found["parcel_address"].isna().all()


def test_an_address_point_of_one_town_is_not_that_of_the_same_number_in_another():
    lots = {"7": {"wkt": LOTS["a"], "source": "alpha/roll"}, "7~beta-roll": {**LOTS["b"], "source": "beta/roll"}}
    points = {"p": {"parcel_id": "7", "address": "2 Elm St", "source": "beta/addresses"}}
    cases = {"in-alpha": {"wkt": "POINT (5 5)"}, "in-beta": {"parcel_key": "7", "source": "beta/cases"}}

    found = town({"parcels": lots, "addresses": points, "inspections": cases})["inspections"]

    assert found["parcel_id"].tolist() == ["7", "7~beta-roll"]
    assert found["parcel_address"].fillna("").tolist() == ["", "2 Elm St"]
