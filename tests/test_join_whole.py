"""The whole join: every promised column, nothing lost, nothing twice, and zero is not unknown."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from drawn import TODAY, WORK, box, layer, town
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.join import JoinSettings, join_layers
from geo.schema import LAYERS

TOWNS = {"Bel-Nor": box(0, 0, 100, 100), "Normandy": box(100, 0, 100, 100)}
LOTS = {"a": box(10, 10, 20, 30), "b": box(30, 10, 20, 30), "c": box(110, 10, 20, 30), "d": box(300, 10, 20, 30)}


def promised(tables):
    for name, table in tables.items():
        kinds = {"id": "str"} | {field.name: field.dtype for field in LAYERS[name].joined_fields}
        assert {column: str(kind) for column, kind in table.dtypes.items()} == kinds, name


def test_every_layer_gets_exactly_its_joined_fields_even_when_all_are_empty():
    tables = join_layers({name: layer(name, {}) for name in LAYERS}, metric_crs=WORK, today=TODAY)

    assert set(tables) == set(LAYERS)
    promised(tables)


@pytest.mark.parametrize("alone", sorted(LAYERS))
def test_any_layer_can_be_joined_alone(alone):
    rows = {
        "districts": {"d": {"town": "Bel-Nor"}},
        "aliases": {"x": {"alias": "MO-115", "street": "Natural Bridge Rd"}},
        "streets": {"x": "LINESTRING (0 0, 10 0)"},
        **{name: {"x": box(0, 0, 9, 9)} for name in ("municipalities", "parcels", "canopy")},
    }

    tables = join_layers({alone: layer(alone, rows.get(alone, {"x": "POINT (1 1)"}))}, metric_crs=WORK, today=TODAY)

    assert list(tables) == [alone]
    assert len(tables[alone]) == 1
    promised(tables)


def test_codes_stay_in_their_lists():
    tables = town(
        {
            "municipalities": TOWNS,
            "parcels": LOTS,
            "streets": {"s": "LINESTRING (0 0, 200 0)"},
            "trees": {f"t{n}": f"POINT ({n * 7} {n})" for n in range(30)},
            "sites": {"s": {"wkt": "POINT (20 7)", "status": "stump"}},
            "inspections": {"i": "POINT (20 20)"},
        }
    )

    for name, table in tables.items():
        for field in LAYERS[name].joined_fields:
            assert set(table[field.name].dropna()) <= set(field.codes or table[field.name].dropna())


def test_a_surveyed_parcel_without_trees_has_zero_and_an_unsurveyed_one_unknown():
    tables = town({"municipalities": TOWNS, "parcels": LOTS, "trees": {"oak": "POINT (15 20)"}})

    lots = tables["parcels"]
    assert lots["trees"].tolist() == [1, 0, pd.NA, pd.NA]
    assert lots["need_prune"].tolist() == [0, 0, pd.NA, pd.NA]
    assert lots["need"].fillna("").tolist() == ["unknown", "none", "", ""]
    assert lots["inspections_open"].isna().all()
    assert lots["canopy_m2"].isna().all()
    assert tables["municipalities"]["trees"].tolist() == [1, pd.NA]
    assert tables["municipalities"]["parcels"].tolist() == [2, 1]


def test_a_parcel_outside_every_town_is_known_by_its_own_records_alone():
    lots = town({"municipalities": TOWNS, "parcels": LOTS, "trees": {"oak": "POINT (310 20)"}})["parcels"]

    assert lots["trees"].tolist() == [pd.NA, pd.NA, pd.NA, 1]


def test_a_lot_far_from_everything_recorded_was_not_surveyed():
    lots = town(
        {
            "municipalities": {"Bel-Nor": box(0, 0, 2_000, 100)},
            "parcels": {"at": box(0, 10, 20, 30), "near": box(400, 10, 20, 30), "far": box(900, 10, 20, 30)},
            "trees": {"oak": "POINT (10 20)"},
        }
    )["parcels"]  # fmt: skip

    assert lots.loc[["at", "near", "far"], "trees"].tolist() == [1, 0, pd.NA]


def test_a_parks_inventory_tells_nothing_of_the_lots_beside_it():
    lots = town(
        {
            "municipalities": {"Bel-Nor": box(0, 0, 200, 100)},
            "parcels": {"lot": box(100, 10, 20, 30)},
            "trees": {"oak": {"wkt": "POINT (10 20)", "location": "park"}},
        }
    )["parcels"]

    assert lots["trees"].isna().all()


def test_the_source_of_one_town_tells_nothing_of_another():
    trees = {
        "oak": {"wkt": "POINT (15 20)", "source": "bel-nor/trees"},
        "stray": {"wkt": "POINT (150 20)", "source": "bel-nor/trees"},
    }
    told = {"trees": {"bel-nor/trees": {"towns": ["BEL NOR"], "whole": False}}}
    cases = {"case": {"wkt": "POINT (150 20)", "source": "bel-nor/cases"}}
    told_cases = {"inspections": {"bel-nor/cases": {"towns": ["Bel-Nor"], "whole": False}}}
    drawing = {"municipalities": TOWNS, "parcels": LOTS, "trees": trees, "inspections": cases}

    tables = town(drawing, declarations=told | told_cases)

    assert tables["municipalities"]["trees"].tolist() == [1, pd.NA]
    assert tables["municipalities"]["need_plant"].tolist() == [0, pd.NA]
    assert tables["municipalities"]["inspections_open"].isna().all()
    assert tables["parcels"]["trees"].tolist() == [1, 0, pd.NA, pd.NA]
    assert town(drawing)["municipalities"]["trees"].tolist() == [1, 1]
    assert tables["trees"].loc["stray", "town"] == "Normandy"


def test_a_record_in_a_lot_counts_there_although_nobody_surveyed_its_town():
    trees = {"stray": {"wkt": "POINT (115 20)", "source": "bel-nor/trees"}}
    told = {"trees": {"bel-nor/trees": {"towns": ["Bel-Nor"], "whole": False}}}

    tables = town({"municipalities": TOWNS, "parcels": LOTS, "trees": trees}, declarations=told)

    assert tables["municipalities"]["trees"].isna().all()
    assert tables["parcels"]["trees"].tolist() == [pd.NA, pd.NA, 1, pd.NA]


def test_a_source_that_covers_a_town_makes_nothing_recorded_a_zero():
    far = {"far": box(3000, 10, 20, 30)}
    towns = {"Bel-Nor": box(0, 0, 5000, 100), "Normandy": box(5000, 0, 100, 100)}
    trees = {"oak": {"wkt": "POINT (15 20)", "source": "county/trees"}}
    told = {
        "trees": {"county/trees": {"towns": ["Bel-Nor", "Normandy"], "whole": True}},
        "inspections": {"county/cases": {"towns": ["Normandy"], "whole": True}},
    }

    tables = town({"municipalities": towns, "parcels": LOTS | far, "trees": trees}, declarations=told)

    assert tables["municipalities"]["trees"].tolist() == [1, 0]
    assert tables["municipalities"]["need_remove"].tolist() == [0, 0]
    assert tables["municipalities"]["inspections_open"].tolist() == [pd.NA, 0]
    assert tables["parcels"].loc["far", ["trees", "trees_inside", "need_plant"]].tolist() == [0, 0, 0]
    assert tables["parcels"]["inspections_open"].isna().all()


def test_a_source_of_a_town_that_is_no_more_covers_where_it_has_records():
    trees = {"oak": {"wkt": "POINT (150 20)", "source": "vinita-terrace/trees"}}
    told = {"trees": {"vinita-terrace/trees": {"towns": ["Vinita Terrace"], "whole": False}}}

    tables = town({"municipalities": TOWNS, "parcels": LOTS, "trees": trees}, declarations=told)

    assert tables["municipalities"]["trees"].tolist() == [pd.NA, 1]


def test_without_limits_the_workspace_is_one_area():
    lots = town({"parcels": LOTS, "trees": {"oak": "POINT (15 20)"}, "inspections": {}})["parcels"]

    assert lots["trees"].tolist() == [1, 0, 0, 0]
    assert lots["inspections_open"].isna().all()


def test_the_survey_of_a_town_with_only_stumps_counts_its_trees_as_none():
    drawing = {"parcels": LOTS, "sites": {"s": {"wkt": "POINT (15 20)", "status": "stump"}}}

    lots = town(drawing)["parcels"]

    assert lots["need_stump"].tolist() == [1, 0, 0, 0]
    assert lots["trees"].tolist() == [0, 0, 0, 0]
    assert lots["need"].tolist() == ["stump", "none", "none", "none"]


def test_a_site_shows_its_current_tree_and_counts_once():
    drawing = {
        "parcels": LOTS,
        "sites": {"s": {"wkt": "POINT (15 20)", "status": "planted"}},
        "trees": {
            "old": {"site_id": "s", "surveyed_on": "2019-01-01", "condition": "dead"},
            "oak": {"site_id": "s", "surveyed_on": "2025-01-01", "condition": "good",
                    "species": "Quercus alba", "dbh_in": 12.5, "risk": "low"},
        },
    }  # fmt: skip

    tables = town(drawing)

    site = tables["sites"].loc["s"]
    assert site[["tree_id", "species", "dbh_in", "condition", "risk", "need"]].tolist() == [
        "oak", "Quercus alba", 12.5, "good", "low", "none",
    ]  # fmt: skip
    assert tables["trees"]["frontage_parcel_id"].tolist() == ["a", "a"]
    assert tables["parcels"].loc["a", ["trees", "need_none", "need_remove"]].tolist() == [2, 1, 1]


def test_stacked_units_carry_the_lots_figures_and_the_town_counts_them_once():
    units = {f"u{n}": {"kind": "unit", "wkt": box(10, 10, 20, 30)} for n in range(3)}
    drawing = {"municipalities": TOWNS, "parcels": units, "trees": {"oak": "POINT (15 20)"}}

    tables = town(drawing)

    assert tables["parcels"]["trees"].tolist() == [1, 1, 1]
    assert tables["parcels"]["ground_id"].tolist() == ["u0"] * 3
    assert tables["parcels"]["stacked"].tolist() == [3, 3, 3]
    assert tables["municipalities"].loc["Bel-Nor", ["parcels", "trees"]].tolist() == [1, 1]


def test_a_tree_in_the_right_of_way_is_inside_the_street_and_belongs_to_the_lot():
    drawing = {
        "parcels": LOTS | {"st": {"kind": "right_of_way", "wkt": box(0, 0, 200, 10)}},
        "streets": {"main": "LINESTRING (0 3, 200 3)"},
        "trees": {"oak": "POINT (20 7)"},
    }

    lots = town(drawing)["parcels"]

    assert lots.loc["st", ["trees", "trees_inside", "trees_front"]].tolist() == [0, 1, 0]
    assert lots.loc["a", ["trees", "trees_inside", "trees_front"]].tolist() == [1, 0, 1]


def test_addresses_and_landmarks_have_their_points_town_then_their_parcels_then_the_declared_one():
    drawing = {
        "municipalities": TOWNS,
        "parcels": LOTS,
        "addresses": {
            "point": {"wkt": "POINT (150 5)", "parcel_id": "a", "town_declared": "Bel-Nor"},
            "parcel": {"parcel_id": "c", "town_declared": "bel-nor"},
            "said": {"town_declared": "BEL NOR"},
            "beyond": {"wkt": "POINT (900 5)", "town_declared": "Bel-Nor"},
        },
        "landmarks": {"school": {"address": "1 Elm St"}, "church": "POINT (150 5)"},
    }

    tables = town(drawing, parcel_of_address=lambda words, _: words.map({"1 Elm St": "a"}).astype("str"))

    assert tables["addresses"]["town"].fillna("").to_dict() == {
        "point": "Normandy", "parcel": "Normandy", "said": "Bel-Nor", "beyond": "",
    }  # fmt: skip
    assert tables["landmarks"]["town"].to_dict() == {"school": "Bel-Nor", "church": "Normandy"}


def test_each_step_is_told_once_and_in_order():
    told = []

    town({"parcels": LOTS}, progress=lambda step, share: told.append((step, share)))

    assert [share for _, share in told] == sorted({share for _, share in told})
    assert len({step for step, _ in told}) == len(told) == 5


def test_the_settings_are_told_by_name():
    assert JoinSettings(near_m=8).to_dict()["near_m"] == 8


def test_what_goes_in_is_not_changed():
    trees, lots = layer("trees", {"oak": "POINT (15 20)"}), layer("parcels", LOTS)
    before = trees.copy(deep=True), lots.copy(deep=True)

    join_layers({"trees": trees, "parcels": lots}, metric_crs=WORK, today=TODAY)

    pd.testing.assert_frame_equal(trees, before[0])
    pd.testing.assert_frame_equal(lots, before[1])


spots = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), min_size=1, max_size=25)


@given(spots, st.lists(st.integers(1, 49), max_size=5, unique=True).map(sorted), st.booleans())
@settings(max_examples=examples(40), deadline=None)
def test_every_tree_counts_once_or_is_told_as_unassigned(places, borders, street):
    edges = [0, *borders, 50]
    lots = {f"p{n}": box(a, 10, b - a, 30) for n, (a, b) in enumerate(pairwise(edges))}
    limits = {"East": box(30, -10, 30, 80), "West": box(-10, -10, 40, 80)}
    trees = {f"t{n}": shapely.Point(x, y).wkt for n, (x, y) in enumerate(places)}
    streets = {"main": "LINESTRING (-10 0, 70 0)"} if street else {}

    tables = town({"municipalities": limits, "parcels": lots, "trees": trees, "streets": streets})

    told = tables["trees"]
    nobodys = told["method"].isin(["none", "median"]).sum()
    assert tables["parcels"]["trees"].fillna(0).sum() + nobodys == len(places)
    assert tables["municipalities"]["trees"].fillna(0).sum() == told["town"].notna().sum()
    held = tables["parcels"].dropna(subset=["trees"])
    assert (held["trees"] == held["trees_inside"] + held["trees_front"]).all()
    assert (told["frontage_parcel_id"].isna() == told["method"].isin(["none", "median"])).all()
    conditions = [name for name in held if name.startswith("trees_") and name[6:] not in ("inside", "front")]
    assert (held[conditions].sum(axis=1) == held["trees"]).all()
    needs = held[[name for name in held if name.startswith("need_")]].sum(axis=1)
    assert np.array_equal(needs, held["trees"])


def test_a_tree_on_the_other_side_of_the_earth_has_no_town_and_breaks_nothing():
    trees = layer("trees", {"far": "POINT (0 0)", "near": "POINT (15 15)"})
    trees.loc[trees["id"] == "far", "geometry"] = shapely.Point(1.0, 2.0)  # degrees

    layers = {name: layer(name, rows) for name, rows in {"municipalities": TOWNS, "parcels": LOTS}.items()}
    table = join_layers(layers | {"trees": trees}, metric_crs=WORK, today=TODAY)["trees"].set_index("id")

    assert table.loc["near", "frontage_parcel_id"] == "a"
    assert table.loc["far", "method"] == "none"
    assert pd.isna(table.loc["far", "town"])
