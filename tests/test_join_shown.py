"""Where a tree, a site or an inspection is shown that has no point of its own, and by what that is known."""

import geopandas as gpd
import pytest
from drawn import WORK, box, shape, town
from geopandas import GeoSeries

from geo.crs import WGS84

LOTS = {"a": box(0, 0, 10, 10), "b": box(20, 0, 10, 10), "undrawn": None}
TOWNS = {"Bel-Nor": box(-50, -50, 200, 200)}


def at(addresses, _):
    """Know one address."""
    return addresses.map({"4021 Elm St": "b"}).astype("str")


def joined(layer, rows, **others):
    """Join rows of a layer with the lots and the town."""
    drawing = {"municipalities": TOWNS, "parcels": LOTS, layer: rows, **others}
    return town(drawing, parcel_of_address=at)[layer]


def lots_at(found):
    """Tell on which drawn lot each row is shown."""
    points = GeoSeries(gpd.points_from_xy(found["lon"], found["lat"]), crs=WGS84).to_crs(WORK)
    lots = {name: shape(wkt) for name, wkt in LOTS.items() if wkt}
    return ["".join(name for name, lot in lots.items() if lot.covers(point)) for point in points]


ROWS = {
    "address": {"address": "4021 Elm St"},
    "key": {"parcel_key": "a"},
    "lost": {"address": "1 Nowhere Rd"},
    "point": {"wkt": "POINT (25 5)", "parcel_key": "a"},
    "undrawn": {"parcel_key": "undrawn"},
}


@pytest.mark.parametrize("layer", ["trees", "sites", "inspections"])
def test_what_has_no_point_is_shown_in_its_lot_and_says_what_found_it(layer):
    found = joined(layer, ROWS)

    assert found["placed_by"].to_dict() == {
        "address": "address",
        "key": "parcel",
        "lost": "none",
        "point": "point",
        "undrawn": "none",
    }
    assert lots_at(found) == ["b", "a", "", "b", ""]
    assert found["town"].fillna("").tolist() == ["Bel-Nor", "Bel-Nor", "", "Bel-Nor", ""]


def test_a_lot_set_by_hand_shows_the_tree_there_and_none_leaves_it_where_it_was_found():
    rows = {
        "moved": {"parcel_key": "a", "override_parcel_id": "b"},
        "none": {"parcel_key": "a", "override_parcel_id": "none"},
        "point": {"wkt": "POINT (5 5)", "override_parcel_id": "b"},
    }

    found = joined("trees", rows)

    assert found["placed_by"].tolist() == ["manual", "parcel", "point"]
    assert lots_at(found) == ["b", "a", "a"]


def test_a_tree_on_a_median_is_shown_at_the_lot_that_its_inventory_names():
    found = joined("trees", {"oak": {"parcel_key": "a", "location": "median"}})

    assert found["frontage_parcel_id"].isna().all()
    assert found.loc["oak", "placed_by"] == "parcel"
    assert lots_at(found) == ["a"]


def test_a_tree_and_its_site_lend_each_other_their_point():
    trees = {"oak": {"site_id": "s"}, "elm": {"wkt": "POINT (25 5)", "site_id": "t"}}
    sites = {"s": "POINT (5 5)", "t": {}}

    assert joined("trees", trees, sites=sites)["placed_by"].to_dict() == {"oak": "site", "elm": "point"}
    found = joined("sites", sites, trees=trees)
    assert found["placed_by"].tolist() == ["point", "tree"]
    assert lots_at(found) == ["a", "b"]
