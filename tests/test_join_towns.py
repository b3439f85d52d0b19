"""Which town a parcel, a tree or a street is in, on which day, and which districts go with it."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from drawn import box, town
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.join import JoinSettings
from geo.join.areas.area_shares import compute_area_shares, largest_share, overlay_zones
from geo.kernels.geometry_arrays import areas_from_shapely

TWO = {"Bel-Nor": box(0, 0, 100, 100), "Normandy": box(100, 0, 100, 100)}


def parcels(drawn, **layers):
    return town({"municipalities": TWO, "parcels": drawn, **layers})["parcels"]


def test_home_is_the_town_that_holds_most_of_the_parcel():
    lot = parcels({"lot": box(62, 10, 100, 10)}).loc["lot"]

    assert lot["town"] == "Normandy"
    assert lot["town_share"] == pytest.approx(0.62, abs=1e-4)
    assert lot["town_shares"] == "Normandy 0.62; Bel-Nor 0.38"


def test_a_parcel_halved_by_the_border_goes_to_the_lowest_id():
    assert parcels({"lot": box(90, 10, 20, 10)}).loc["lot", "town"] == "Bel-Nor"


def test_a_sliver_across_the_border_is_digitising_noise():
    lot = parcels({"lot": box(100 - 0.1, 10, 20, 30)}).loc["lot"]

    assert (lot["town"], lot["town_share"]) == ("Normandy", 1.0)
    assert pd.isna(lot["town_shares"])


def test_a_parcel_half_outside_every_town_tells_the_share_inside():
    lot = parcels({"lot": box(-20, 10, 50, 10)}).loc["lot"]

    assert lot["town_share"] == pytest.approx(0.6, abs=1e-4)
    assert lot["town_shares"] == "Bel-Nor 0.60"


def test_a_parcel_beyond_all_limits_has_no_town_whatever_the_file_declares():
    lot = parcels({"lot": {"wkt": box(500, 0, 10, 10), "town_declared": "Normandy"}}).loc["lot"]

    assert pd.isna(lot["town"])
    assert pd.isna(lot["town_share"])


def test_a_parcel_that_is_not_drawn_has_the_town_that_the_file_declares():
    lots = parcels({"a": {"town_declared": "BEL NOR"}, "b": {"town_declared": "Elsewhere"}, "c": {}})

    assert lots["town"].fillna("").tolist() == ["Bel-Nor", "Elsewhere", ""]


def test_a_tree_on_the_border_is_the_lowest_towns_and_counts_once():
    tables = town({"municipalities": TWO, "trees": {"oak": "POINT (100 50)", "elm": "POINT (500 0)"}})

    assert tables["trees"]["town"].fillna("").to_dict() == {"oak": "Bel-Nor", "elm": ""}
    assert tables["municipalities"]["trees"].fillna(0).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("day", "town_then"), [(date(2017, 5, 9), "Vinita Terrace"), (date(2017, 5, 10), "Vinita Park")]
)
def test_towns_stand_as_they_did_on_the_day(day, town_then):
    limits = {
        "park": {"name": "Vinita Park", "valid_to": "2017-05-09", "wkt": box(0, 0, 50, 50)},
        "park-2": {"name": "Vinita Park", "valid_from": "2017-05-10", "wkt": box(0, 0, 100, 50)},
        "terrace": {"name": "Vinita Terrace", "valid_to": "2017-05-09", "wkt": box(50, 0, 50, 50)},
    }
    drawing = {
        "municipalities": limits,
        "parcels": {"lot": box(60, 10, 10, 10)},
        "streets": {"st": "LINESTRING (55 5, 90 5)"},
        "trees": {"oak": "POINT (70 20)"},
        "districts": {"court": {"kind": "Court", "name": "East hub", "town": "vinita-park"}},
    }

    tables = town(drawing, today=day)

    assert tables["parcels"].loc["lot", "town"] == town_then
    assert tables["streets"].loc["st", "town"] == town_then
    assert tables["trees"].loc["oak", "town"] == town_then
    assert (tables["parcels"].loc["lot", "court"] == "East hub") == (town_then == "Vinita Park")
    standing = tables["municipalities"]["parcels"].dropna()
    assert standing.sum() == 1
    assert tables["municipalities"].loc[standing.index[0], "town"] == town_then


def test_ground_that_two_towns_claim_is_the_lowest_ones():
    claims = {"Bel-Nor": box(0, 0, 100, 100), "Normandy": box(50, 0, 100, 100)}

    lot = town({"municipalities": claims, "parcels": {"lot": box(70, 10, 60, 10)}})["parcels"].loc["lot"]

    assert lot["town_shares"] == "Bel-Nor 0.50; Normandy 0.50"


def test_a_drawn_district_says_more_than_a_listed_one():
    districts = {
        "a": {"kind": "police", "name": "Cooperative", "town": "Bel-Nor"},
        "b": {"kind": "police", "name": "County", "wkt": box(50, 0, 50, 100)},
        "c": {"kind": "ward", "name": "Ward 1", "wkt": box(0, 0, 30, 100)},
        "d": {"kind": "ward", "name": "Ward 2", "wkt": box(30, 0, 70, 100)},
        "e": {"kind": "school", "name": "Normandy", "town": "Bel-Nor"},
        "f": {"kind": "Fire", "name": "East", "wkt": box(0, 0, 200, 100)},
        "g": {"kind": "police", "name": "Gone", "town": "Bel-Nor", "valid_to": "2020-01-01"},
    }

    lots = parcels({"west": box(25, 0, 9, 10), "east": box(60, 0, 10, 10)}, districts=districts)

    assert lots["police"].to_dict() == {"west": "Cooperative", "east": "County"}
    assert lots["ward"].to_dict() == {"west": "Ward 1", "east": "Ward 2"}
    assert lots["districts"].tolist() == ["fire: East; school: Normandy"] * 2
    assert lots["court"].isna().all()


def test_a_ward_reaches_into_no_other_town():
    limits = {"Bel-Nor": box(0, 0, 50, 100), "Vinita Park": box(50, 0, 50, 100)}
    wards = {
        "a": {"kind": "ward", "name": "Bel-Nor Ward 2", "town": "Bel-Nor", "wkt": box(0, 0, 60, 99)},
        "b": {"kind": "ward", "name": "Ward 1", "town": "Vinita Park", "wkt": box(60, 0, 40, 100)},
    }
    lots = {"own": box(40, 0, 9, 9), "beyond": box(51, 0, 9, 9), "east": box(55, 20, 15, 9)}

    found = town({"municipalities": limits, "parcels": lots, "districts": wards})["parcels"]["ward"]

    assert found.fillna("").to_dict() == {"beyond": "", "east": "Ward 1", "own": "Bel-Nor Ward 2"}


def test_an_unincorporated_place_governs_nobody():
    limits = {"lemay": {"name": "Lemay", "kind": "unincorporated", "wkt": box(0, 0, 100, 100)}}

    lot = parcels({"lot": box(10, 10, 9, 9)}, municipalities=limits).loc["lot"]

    assert pd.isna(lot["town"])


metre = st.integers(0, 12)
zone_boxes = st.lists(st.tuples(metre, metre, st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=8)
cuts = st.lists(st.integers(1, 17), max_size=3, unique=True).map(sorted)


@given(zone_boxes, cuts)
@settings(max_examples=examples(150), deadline=None)
def test_shares_are_those_of_plain_intersections_and_sum_to_one(drawn, borders):
    zones = np.array([shapely.box(x, y, x + w, y + d) for x, y, w, d in drawn], dtype=object)
    edges = [0, *borders, 14]  # a zone beyond 14 lies partly in no town
    towns = np.array([shapely.box(a, 0, b, 18) for a, b in pairwise(edges) if a < b], dtype=object)
    exact = JoinSettings(sliver_share=0.0, sliver_m2=0.0)

    cut = compute_area_shares(overlay_zones(areas_from_shapely(zones), towns), shapely.area(zones), exact)
    home, share = largest_share(cut, len(zones))

    for nth, zone in enumerate(zones):
        held = [zone.intersection(area).area / zone.area for area in towns]
        mine = cut[(cut["zone"] == nth) & (cut["area"] >= 0)].set_index("area")["share"]
        assert mine.to_dict() == pytest.approx({n: part for n, part in enumerate(held) if part > 0})
        assert home[nth] == (held.index(max(held)) if max(held, default=0) > 0 else -1)
        assert home[nth] == -1 or share[nth] == pytest.approx(max(held))
    assert cut.groupby("zone")["share"].sum().to_numpy() == pytest.approx(1.0)
